/* SPDX-License-Identifier: MPL-2.0 */
/* Descriptions of which only that is left which a privacy level lets pass: text to text, line by
 * line, so that what stays is byte for byte what it was.
 *
 * A line passes when it is understood, or when nothing in it may be an address. It does not depend
 * on other lines but for one thing: where a "m=" can't be left, its section goes with it, or its
 * attributes would become those of another one.
 *
 * Layer: sdp. Pure. */
#include <floe/floe-privacy.h>

#include <string.h>

#include <floe/floe-error.h>

#include "floe-address-scan-private.h"
#include "floe-privacy-candidate-private.h"
#include "floe-sdp-codec-private.h"
#include "floe-sdp-text-private.h"

/* RFC 8840 section 4.1.1: what stands for no address, beside port 9. */
#define NO_ADDRESS "IN IP4 0.0.0.0"
#define NO_ADDRESS_IPV6 "IN IP6 ::"

#define MAX_ORIGIN_NUMBER 20 /* digits: 64 bits */
#define MAX_ATTRIBUTE_NAME 64

typedef struct
{
  GString *out; /* (owned) */
  FloePrivacyLevel level;
  gboolean is_dropping; /* until the next "m=" */
} Filter;

/* Ends at what is the end of a line for anybody: CR is no legal one (RFC 8866 section 9), but who
 * takes it for one would find more lines than were looked at. */
static gsize
measure_line (const char *text)
{
  return strcspn (text, "\r\n");
}

static gsize
measure_line_end (const char *text)
{
  if (text[0] == '\r' && text[1] == '\n')
    return 2;
  return text[0] != '\0' ? 1 : 0;
}

static gboolean
has_control (const char *line)
{
  for (; *line != '\0'; line++)
    if (g_ascii_iscntrl (*line) && *line != '\t')
      return TRUE;
  return FALSE;
}

static gboolean
may_hold_address (const char *text)
{
  return floe_address_scan (text, strlen (text));
}

static gboolean
pass (Filter *self, const char *line)
{
  g_string_append (self->out, line);
  return TRUE;
}

static gboolean
pass_innocent (Filter *self, const char *line)
{
  return !may_hold_address (line) && pass (self, line);
}

static gboolean
is_no_address (const char *text)
{
  return strcmp (text, NO_ADDRESS) == 0 || strcmp (text, NO_ADDRESS_IPV6) == 0;
}

/* RFC 8866 section 5.2: o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address>.
 * There are phones that put names with spaces into the first. */
static gboolean
filter_origin (Filter *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line + 2, " ", -1);
  guint count = g_strv_length (words);
  g_autofree char *address = NULL;
  char **last;

  if (count < 6)
    return FALSE;
  last = words + count - 5;
  for (guint i = 0; i < 2; i++)
    if (last[i][0] == '\0' || strlen (last[i]) > MAX_ORIGIN_NUMBER
        || last[i][strspn (last[i], "0123456789")] != '\0')
      return FALSE;
  address = g_strjoinv (" ", last + 2);
  g_string_append_printf (self->out, "o=- %s %s %s", last[0], last[1],
                          is_no_address (address) ? address : NO_ADDRESS);
  return TRUE;
}

/* RFC 8866 section 5.3: without a name of its own a session has "-" or a space. */
static gboolean
filter_name (Filter *self, const char *line)
{
  return pass (self, strcmp (line, "s= ") == 0 ? line : "s=-");
}

static gboolean
filter_connection (Filter *self, const char *line)
{
  return pass (self, is_no_address (line + 2) ? line : "c=" NO_ADDRESS);
}

/* A port, perhaps with a count: 0 says that a section is rejected or bundled (RFC 9143 section 6),
 * the others give the default candidate's. NULL for what is no port. */
static const char *
hide_port (const char *port)
{
  gsize digits = strspn (port, "0123456789");

  if (digits == 0 || (port[digits] != '\0' && port[digits] != '/'))
    return NULL;
  return strspn (port, "0") == digits ? "0" : "9";
}

/* RFC 8866 section 5.14: m=<media> <port> <proto> <fmt> ... */
static gboolean
filter_media (Filter *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  const char *port = g_strv_length (words) == 3 ? hide_port (words[1]) : NULL;

  self->is_dropping = port == NULL || may_hold_address (words[0]) || may_hold_address (words[2]);
  if (self->is_dropping)
    return FALSE;
  g_string_append_printf (self->out, "%s %s %s", words[0], port, words[2]);
  return TRUE;
}

static gboolean
filter_candidate (Filter *self, const char *line)
{
  gsize size = self->out->len;

  g_string_append (self->out, "a=");
  if (floe_privacy_append_candidate (self->out, line + 2, strlen (line + 2), self->level))
    return TRUE;
  g_string_truncate (self->out, size);
  return FALSE;
}

/* RFC 3605 section 2.1: "a=rtcp:" port [nettype addrtype connection-address] */
static gboolean
filter_rtcp (Filter *self, const char *line)
{
  const char *address;

  /* It may be "a=rtcp" alone. */
  if (g_ascii_strncasecmp (line, "a=rtcp:", strlen ("a=rtcp:")) != 0)
    return FALSE;
  address = strchr (line + strlen ("a=rtcp:"), ' ');
  if (address == NULL)
    return pass (self, "a=rtcp:9");
  g_string_append_printf (self->out, "a=rtcp:9 %s",
                          is_no_address (address + 1) ? address + 1 : NO_ADDRESS);
  return TRUE;
}

static gboolean
filter_nat (Filter *self, const char *line)
{
  return self->level <= FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE && pass_innocent (self, line);
}

/* Colons between hexadecimal digits, as in an address. */
static gboolean
filter_fingerprint (Filter *self, const char *line)
{
  const char *value = strchr (line, ':');

  return value != NULL && floe_sdp_is_fingerprint (value + 1) && pass (self, line);
}

/* RFC 3550 section 6.5.1: older programs make the CNAME of the user's and the host's name. */
static gboolean
filter_ssrc (Filter *self, const char *line)
{
  return strchr (line, '@') == NULL && pass_innocent (self, line);
}

static gboolean
drop (Filter *self, const char *line)
{
  return FALSE;
}

typedef gboolean (*LineFunc) (Filter *self, const char *line);

/* The others pass when nothing in them may be an address. */
static const struct
{
  const char *name;
  LineFunc func;
} attributes[] = {
  { "candidate", filter_candidate },
  { "rtcp", filter_rtcp },
  { "fingerprint", filter_fingerprint },
  { "ssrc", filter_ssrc },
  { "floe-nat", filter_nat },
  /* RFC 8839 section 5.2: addresses of this exchange, all of which are told otherwise. */
  { "remote-candidates", drop },
  /* RFC 7273 section 4.8: a clock by its MAC address. */
  { "ts-refclk", drop },
};

static gboolean
filter_attribute (Filter *self, const char *line)
{
  g_autofree char *name = g_strndup (line + 2, MIN (strcspn (line + 2, ":"), MAX_ATTRIBUTE_NAME));

  /* As the most tolerant reader would take it. */
  g_strstrip (name);
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (g_ascii_strcasecmp (name, attributes[i].name) == 0)
      return attributes[i].func (self, line);
  return pass_innocent (self, line);
}

/* RFC 8866 section 5: the kinds of lines there are; others are ignored by who knows that. Title,
 * URI, address, telephone number and key are told of no session that gives addresses away. */
static const LineFunc line_funcs[] = {
  ['v' - 'a'] = pass_innocent,     ['o' - 'a'] = filter_origin, ['s' - 'a'] = filter_name,
  ['c' - 'a'] = filter_connection, ['m' - 'a'] = filter_media,  ['a' - 'a'] = filter_attribute,
  ['t' - 'a'] = pass_innocent,     ['r' - 'a'] = pass_innocent, ['z' - 'a'] = pass_innocent,
  ['b' - 'a'] = pass_innocent,
};

/* Appends what passes of @line. FALSE: nothing was appended. */
static gboolean
filter_line (Filter *self, const char *line)
{
  LineFunc func;

  if (!g_ascii_islower (line[0]) || line[1] != '=' || has_control (line))
    return FALSE;
  if (self->is_dropping && line[0] != 'm')
    return FALSE;
  func = (gsize) (line[0] - 'a') < G_N_ELEMENTS (line_funcs) ? line_funcs[line[0] - 'a'] : NULL;
  return func != NULL && func (self, line);
}

static void
filter_lines (Filter *self, const char *text)
{
  while (*text != '\0')
    {
      gsize size = measure_line (text), end_size = measure_line_end (text + size);
      g_autofree char *line = g_strndup (text, size);

      if (size == 0 || filter_line (self, line))
        g_string_append_len (self->out, text + size, (gssize) end_size);
      text += size + end_size;
    }
}

static gboolean
is_level (FloePrivacyLevel level)
{
  return (guint) level <= FLOE_PRIVACY_LEVEL_RELAY_ONLY;
}

/**
 * floe_privacy_filter_candidate:
 * @candidate: a candidate's text, of either side: `candidate:…`, with or without `a=` in front and
 *   a line end behind; empty for the end of candidates
 * @level: what may be shown
 *
 * Gets what @level lets pass of a candidate, or %NULL when that is nothing. It is for texts that
 * are not Floe's own: connections keep to #FloeConfiguration:privacy-level by themselves.
 *
 * - %FLOE_PRIVACY_LEVEL_OPEN lets everything pass, whatever it is.
 * - %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE lets all that are candidates pass as they are: a text does
 * not tell which addresses are those of the default route.
 * - %FLOE_PRIVACY_LEVEL_OBFUSCATED lets server-reflexive and relayed candidates pass, and host
 *   candidates under a name that ends in `.local`. Those with an address do not: only who has the
 *   address can publish a name for it.
 * - %FLOE_PRIVACY_LEVEL_NO_HOST lets server-reflexive and relayed candidates pass, without
 * `.local`.
 * - %FLOE_PRIVACY_LEVEL_RELAY_ONLY lets relayed candidates pass, without `.local`.
 *
 * From %FLOE_PRIVACY_LEVEL_OBFUSCATED on, `raddr` becomes `0.0.0.0`, or `::` beside an IPv6
 * address, and `rport` 9 (RFC 8839 section 5.1); foundations of more than four characters of
 * candidates that are not relayed are replaced, since they are often hashes of what is hidden; and
 * extensions are taken out but for `tcptype`, `generation` and `ufrag`, and for `network-id` and
 * `network-cost` up to %FLOE_PRIVACY_LEVEL_OBFUSCATED. What is not touched stays byte for byte, and
 * a text that was filtered is left as it is by the same level. What is no candidate passes
 * %FLOE_PRIVACY_LEVEL_OPEN only.
 *
 * The type of a candidate is taken to be what it says. Neither waits nor looks names up; may be
 * called from any thread.
 *
 * Returns: (transfer full) (nullable): the text that may be shown, or %NULL
 * Since: 1.0
 */
char *
floe_privacy_filter_candidate (const char *candidate, FloePrivacyLevel level)
{
  g_autoptr (GString) out = NULL;
  g_autofree char *line = NULL;
  gsize prefix_size, size, end_size;

  g_return_val_if_fail (candidate != NULL, NULL);
  g_return_val_if_fail (is_level (level), NULL);

  if (level == FLOE_PRIVACY_LEVEL_OPEN || *candidate == '\0')
    return g_strdup (candidate);
  size = measure_line (candidate);
  end_size = measure_line_end (candidate + size);
  line = g_strndup (candidate, size);
  if (candidate[size + end_size] != '\0' || has_control (line)
      || !g_utf8_validate (line, (gssize) size, NULL))
    return NULL;
  prefix_size = g_str_has_prefix (line, "a=") ? 2 : 0;
  out = g_string_new_len (line, (gssize) prefix_size);
  if (!floe_privacy_append_candidate (out, line + prefix_size, size - prefix_size, level))
    return NULL;
  g_string_append_len (out, candidate + size, (gssize) end_size);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * floe_privacy_filter_sdp:
 * @sdp: a session description, of either side
 * @level: what may be shown
 * @error: return location for an error, or %NULL
 *
 * Gets what @level lets pass of a session description: an offer or an answer that is to be sent, or
 * one that came and is to be applied. It is for texts that are not Floe's own: connections keep to
 * #FloeConfiguration:privacy-level by themselves.
 *
 * %FLOE_PRIVACY_LEVEL_OPEN lets everything pass. From %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE on
 *
 * - candidates pass as with floe_privacy_filter_candidate(), in the session and in its media;
 * - `c=`, `o=` and `a=rtcp` have the address `0.0.0.0`, or `::` where that was there; the ports in
 *   `a=rtcp` and `m=` are 9, but 0 stays 0;
 * - the user in `o=` and the name in `s=` are `-`, and `i=`, `u=`, `e=`, `p=` and `k=` are gone;
 * - `a=remote-candidates`, `a=ts-refclk` and `a=ssrc` with the name of a user are gone, and from
 *   %FLOE_PRIVACY_LEVEL_OBFUSCATED on `a=floe-nat`, which tells of the NAT;
 * - another line is gone if it is not of the form `x=…` with a letter of RFC 8866 (so are folded
 *   ones), or may hold an address: an IPv4 or IPv6 literal, or a name under `.local`.
 *   `a=fingerprint` is read, and stays. A media section goes with its `m=`.
 *
 * Line ends may be CRLF, LF and CR, and stay. What is not touched stays byte for byte in its order,
 * and a text that was filtered is left as it is by the same level. Candidates may be left that lead
 * nowhere, or none: `a=end-of-candidates` stays. Names that an application has chosen to be shown
 * (`a=identity`, `a=msid`, `a=mid`) stay, too, and addresses that were disguised as
 * something else (in base 64, say) are not found.
 *
 * Fails with %FLOE_ERROR_SDP_SYNTAX_ERROR when @sdp is longer than 256 KiB or not UTF-8, at any
 * level. Malformed lines are no error, and a text of nothing else becomes an empty one. Neither
 * waits nor looks names up; may be called from any thread.
 *
 * Returns: (transfer full) (nullable): the description that may be shown, or %NULL with @error set
 * Since: 1.0
 */
char *
floe_privacy_filter_sdp (const char *sdp, FloePrivacyLevel level, GError **error)
{
  Filter filter = { .level = level };
  gsize size;

  g_return_val_if_fail (sdp != NULL, NULL);
  g_return_val_if_fail (is_level (level), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  size = strnlen (sdp, FLOE_SDP_MAX_SIZE + 1);
  if (size > FLOE_SDP_MAX_SIZE || !g_utf8_validate (sdp, (gssize) size, NULL))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR,
                           "The session description is longer than 256 KiB or not UTF-8");
      return NULL;
    }
  if (level == FLOE_PRIVACY_LEVEL_OPEN)
    return g_strdup (sdp);
  filter.out = g_string_sized_new (size);
  filter_lines (&filter, sdp);
  return g_string_free (filter.out, FALSE);
}
