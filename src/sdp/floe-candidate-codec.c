/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-candidate-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-sdp-text-private.h"

#define MAX_CANDIDATE_TEXT 4096 /* bytes; the longest legal values of what we read fit */
#define MAX_CANDIDATE_WORDS 128
#define MAX_COMPONENT 256       /* RFC 8445 section 5.1.1.1 */
#define MAX_PRIORITY 2147483647 /* RFC 8445 section 5.1.2: 1 to 2^31 - 1 */

enum
{
  WORD_FOUNDATION,
  WORD_COMPONENT,
  WORD_TRANSPORT,
  WORD_PRIORITY,
  WORD_ADDRESS,
  WORD_PORT,
  WORD_TYP,
  WORD_TYPE,
  WORD_EXTENSIONS,
};

static const char *const type_names[] = {
  [FLOE_ICE_CANDIDATE_TYPE_HOST] = "host",
  [FLOE_ICE_CANDIDATE_TYPE_SRFLX] = "srflx",
  [FLOE_ICE_CANDIDATE_TYPE_PRFLX] = "prflx",
  [FLOE_ICE_CANDIDATE_TYPE_RELAY] = "relay",
};

/* RFC 6544 section 4.5. */
static const char *const tcp_type_names[] = {
  [FLOE_CANDIDATE_TCP_ACTIVE] = "active",
  [FLOE_CANDIDATE_TCP_PASSIVE] = "passive",
  [FLOE_CANDIDATE_TCP_SO] = "so",
};

static gboolean
fail (GError **error, const char *what, const char *word)
{
  g_autofree char *beginning = g_strndup (word, 64);
  g_autofree char *shown = g_utf8_make_valid (beginning, -1);

  g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
               "The candidate does not parse: %s is wrong at \"%s\" (RFC 8839 section 5.1)", what,
               shown);
  return FALSE;
}

/* The words between runs of spaces. */
static GPtrArray *
split_words (const char *text)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  while (*text != '\0' && words->len <= MAX_CANDIDATE_WORDS)
    {
      gsize length = strcspn (text, " ");

      if (length > 0)
        g_ptr_array_add (words, g_strndup (text, length));
      text += length;
      text += strspn (text, " ");
    }
  return g_steal_pointer (&words);
}

/* Of an extension that comes twice the last one counts; nothing of the other may stay behind. */
static void
replace_text (char *out, gsize size, const char *text)
{
  memset (out, 0, size);
  g_strlcpy (out, text, size);
}

static gboolean
take_address (char *out, const char *word, GError **error)
{
  if (!floe_sdp_is_address (word))
    return fail (error, "an address", word);
  replace_text (out, FLOE_ADDRESS_SIZE, word);
  return TRUE;
}

static gboolean
take_number (guint64 *out, const char *word, guint64 min, guint64 max, GError **error)
{
  if (!floe_sdp_parse_number (word, max, out) || *out < min)
    return fail (error, "a number", word);
  return TRUE;
}

static gboolean
take_type (FloeCandidate *candidate, const char *word, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_ascii_strcasecmp (word, type_names[i]) == 0)
      {
        candidate->type = (FloeIceCandidateType) i;
        return TRUE;
      }
  if (!floe_sdp_is_token (word, FLOE_CANDIDATE_WORD_SIZE - 1))
    return fail (error, "the type", word);
  g_strlcpy (candidate->other_type, word, sizeof candidate->other_type);
  return TRUE;
}

/* The words that have a fixed place. */
static gboolean
take_fixed_words (FloeCandidate *candidate, char **words, GError **error)
{
  guint64 component, priority, port;

  if (!floe_sdp_is_ice_string (words[WORD_FOUNDATION], 1, FLOE_FOUNDATION_SIZE - 1))
    return fail (error, "the foundation", words[WORD_FOUNDATION]);
  if (!floe_sdp_is_token (words[WORD_TRANSPORT], FLOE_CANDIDATE_WORD_SIZE - 1))
    return fail (error, "the transport", words[WORD_TRANSPORT]);
  if (strcmp (words[WORD_TYP], "typ") != 0)
    return fail (error, "the keyword \"typ\"", words[WORD_TYP]);
  if (!take_number (&component, words[WORD_COMPONENT], 1, MAX_COMPONENT, error)
      || !take_number (&priority, words[WORD_PRIORITY], 1, MAX_PRIORITY, error)
      || !take_number (&port, words[WORD_PORT], 0, G_MAXUINT16, error)
      || !take_address (candidate->address, words[WORD_ADDRESS], error)
      || !take_type (candidate, words[WORD_TYPE], error))
    return FALSE;

  g_strlcpy (candidate->foundation, words[WORD_FOUNDATION], sizeof candidate->foundation);
  candidate->component = (guint) component;
  candidate->priority = (guint32) priority;
  candidate->port = (guint16) port;
  return TRUE;
}

/* "1.1", "2.-4" */
static void
take_lock (FloeCandidate *candidate, const char *word)
{
  const char *dot = strchr (word, '.');
  gboolean is_negative = dot != NULL && dot[1] == '-';
  g_autofree char *first = dot != NULL ? g_strndup (word, (gsize) (dot - word)) : NULL;
  guint64 round, step;

  if (dot == NULL || !floe_sdp_parse_number (first, FLOE_CANDIDATE_MAX_LOCK_ROUND, &round)
      || !floe_sdp_parse_number (dot + 1 + is_negative, FLOE_CANDIDATE_MAX_LOCK_STEP, &step)
      || round == 0 || step == 0)
    return;
  candidate->lock.round = (guint) round;
  candidate->lock.step = is_negative ? -(int) step : (int) step;
}

/* One pair of name and value after the type. */
static gboolean
take_extension (FloeCandidate *candidate, const char **tcp_type, const char *name,
                const char *value, GError **error)
{
  guint64 port;

  if (strcmp (name, "raddr") == 0)
    return take_address (candidate->related_address, value, error);
  if (strcmp (name, "rport") == 0)
    {
      if (!take_number (&port, value, 0, G_MAXUINT16, error))
        return FALSE;
      candidate->related_port = (guint16) port;
    }
  else if (strcmp (name, "tcptype") == 0)
    *tcp_type = value;
  else if (strcmp (name, "ufrag") == 0)
    {
      if (!floe_sdp_is_ice_string (value, 4, FLOE_UFRAG_SIZE - 1))
        return fail (error, "the username fragment", value);
      replace_text (candidate->ufrag, sizeof candidate->ufrag, value);
    }
  else if (strcmp (name, FLOE_NAT_SUMMARY_ATTRIBUTE) == 0)
    candidate->has_nat |=
        floe_nat_summary_parse (&candidate->nat, value, FLOE_NAT_SUMMARY_TOKEN, NULL);
  else if (strcmp (name, FLOE_CANDIDATE_LOCK) == 0)
    take_lock (candidate, value);
  return TRUE;
}

static FloeCandidateTransport
find_transport (const char *name, const char *tcp_type)
{
  if (g_ascii_strcasecmp (name, "udp") == 0)
    return FLOE_CANDIDATE_UDP;
  if (g_ascii_strcasecmp (name, "tcp") != 0 || tcp_type == NULL)
    return FLOE_CANDIDATE_OTHER;
  for (guint i = FLOE_CANDIDATE_TCP_ACTIVE; i <= FLOE_CANDIDATE_TCP_SO; i++)
    if (g_ascii_strcasecmp (tcp_type, tcp_type_names[i]) == 0)
      return (FloeCandidateTransport) i;
  return FLOE_CANDIDATE_OTHER;
}

static gboolean
take_transport (FloeCandidate *candidate, const char *name, const char *tcp_type, GError **error)
{
  candidate->transport = find_transport (name, tcp_type);
  if (candidate->other_type[0] != '\0')
    candidate->transport = FLOE_CANDIDATE_OTHER;
  if (candidate->transport == FLOE_CANDIDATE_OTHER)
    g_strlcpy (candidate->other_transport, name, sizeof candidate->other_transport);
  /* RFC 6544 section 4.5: an active candidate has no port of its own, and says 9 or 0. */
  else if (candidate->port == 0 && candidate->transport != FLOE_CANDIDATE_TCP_ACTIVE)
    return fail (error, "the port", "0");
  return TRUE;
}

gboolean
floe_candidate_parse (FloeCandidate *out, const char *text, GError **error)
{
  g_autoptr (GPtrArray) words = NULL;
  FloeCandidate candidate = { 0 };
  const char *tcp_type = NULL;

  if (g_str_has_prefix (text, "a="))
    text += 2;
  if (!g_str_has_prefix (text, "candidate:"))
    return fail (error, "the beginning \"candidate:\"", text);
  if (strlen (text) > MAX_CANDIDATE_TEXT)
    return fail (error, "its length", text);
  words = split_words (text + strlen ("candidate:"));
  if (words->len < WORD_EXTENSIONS || words->len > MAX_CANDIDATE_WORDS || words->len % 2 != 0)
    return fail (error, "the number of words", text);

  if (!take_fixed_words (&candidate, (char **) words->pdata, error))
    return FALSE;
  for (guint i = WORD_EXTENSIONS; i < words->len; i += 2)
    if (!take_extension (&candidate, &tcp_type, words->pdata[i], words->pdata[i + 1], error))
      return FALSE;
  if (!take_transport (&candidate, words->pdata[WORD_TRANSPORT], tcp_type, error))
    return FALSE;
  if (candidate.related_address[0] == '\0')
    candidate.related_port = 0;
  *out = candidate;
  return TRUE;
}

static const char *
transport_name (const FloeCandidate *candidate)
{
  if (candidate->transport == FLOE_CANDIDATE_OTHER)
    return candidate->other_transport;
  return candidate->transport == FLOE_CANDIDATE_UDP ? "udp" : "tcp";
}

char *
floe_candidate_serialize (const FloeCandidate *candidate)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "candidate:%s %u %s %" G_GUINT32_FORMAT " %s %u typ %s",
                   candidate->foundation, candidate->component, transport_name (candidate),
                   candidate->priority, candidate->address, candidate->port,
                   candidate->other_type[0] != '\0' ? candidate->other_type
                                                    : type_names[candidate->type]);
  if (candidate->related_address[0] != '\0')
    g_string_append_printf (text, " raddr %s rport %u", candidate->related_address,
                            candidate->related_port);
  if (candidate->transport != FLOE_CANDIDATE_UDP && candidate->transport != FLOE_CANDIDATE_OTHER)
    g_string_append_printf (text, " tcptype %s", tcp_type_names[candidate->transport]);
  if (candidate->ufrag[0] != '\0')
    g_string_append_printf (text, " ufrag %s", candidate->ufrag);
  if (candidate->has_nat)
    {
      g_autofree char *nat = floe_nat_summary_serialize (&candidate->nat, FLOE_NAT_SUMMARY_TOKEN);

      g_string_append_printf (text, " " FLOE_NAT_SUMMARY_ATTRIBUTE " %s", nat);
    }
  if (candidate->lock.round != 0)
    g_string_append_printf (text, " " FLOE_CANDIDATE_LOCK " %u.%d", candidate->lock.round,
                            candidate->lock.step);
  return g_string_free (text, FALSE);
}

gboolean
floe_candidate_is_same_address (const FloeCandidate *a, const FloeCandidate *b)
{
  return a->component == b->component && a->transport == b->transport && a->port == b->port
         && g_ascii_strcasecmp (a->address, b->address) == 0
         && g_ascii_strcasecmp (a->other_transport, b->other_transport) == 0;
}

gboolean
floe_candidate_has_literal_address (const FloeCandidate *candidate)
{
  return g_hostname_is_ip_address (candidate->address);
}

const char *
floe_candidate_get_tcp_type (const FloeCandidate *candidate)
{
  return candidate->transport < G_N_ELEMENTS (tcp_type_names) ? tcp_type_names[candidate->transport]
                                                              : NULL;
}
