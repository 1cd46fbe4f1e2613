/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-uri-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#define MAX_NAME_SIZE 253 /* RFC 1035 section 2.3.4: 255 octets on the wire */
#define MAX_LABEL_SIZE 63 /* RFC 1035 section 2.3.4 */
#define MAX_ECHO_SIZE 64  /* how much of a bad URI an error repeats */

typedef struct
{
  const char *name;
  guint16 default_port;             /* RFC 7064 section 3.2, RFC 7065 section 3.2 */
  FloeIceProtocol default_protocol; /* RFC 7065 section 3.2 */
  gboolean has_transport;           /* RFC 7064 knows no "?transport=" */
} Scheme;

static const Scheme schemes[] = {
  [FLOE_ICE_URI_STUN] = { "stun", 3478, FLOE_ICE_PROTOCOL_UDP, FALSE },
  [FLOE_ICE_URI_STUNS] = { "stuns", 5349, FLOE_ICE_PROTOCOL_TCP, FALSE },
  [FLOE_ICE_URI_TURN] = { "turn", 3478, FLOE_ICE_PROTOCOL_UDP, TRUE },
  [FLOE_ICE_URI_TURNS] = { "turns", 5349, FLOE_ICE_PROTOCOL_TCP, TRUE },
};

static const char *const protocol_names[] = {
  [FLOE_ICE_PROTOCOL_UDP] = "udp",
  [FLOE_ICE_PROTOCOL_TCP] = "tcp",
};

/* Part of the text between two positions. */
typedef struct
{
  const char *data; /* (unowned) */
  gsize size;
} Span;

static gboolean
span_equal (Span span, const char *text)
{
  return span.size == strlen (text) && g_ascii_strncasecmp (span.data, text, span.size) == 0;
}

static gboolean
fail (GError **error, const char *text, const char *why)
{
  g_autofree char *head = g_strndup (text, MAX_ECHO_SIZE);
  g_autofree char *printable = g_utf8_make_valid (head, -1);

  g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "“%s” is not a server URL: %s", printable,
               why);
  return FALSE;
}

static gboolean
take_scheme (const char **cursor, FloeIceUriScheme *out)
{
  const char *colon = strchr (*cursor, ':');
  Span span;

  if (colon == NULL)
    return FALSE;
  span = (Span){ *cursor, (gsize) (colon - *cursor) };
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (!span_equal (span, schemes[i].name))
        continue;
      *out = i;
      *cursor = colon + 1;
      return TRUE;
    }
  return FALSE;
}

/* A name as DNS has it: labels of letters, digits, hyphens and underscores. */
static gboolean
is_name (const char *name)
{
  gsize label_size = 0;
  gboolean label_is_number = TRUE;
  gsize size = strlen (name);

  if (size == 0 || size > MAX_NAME_SIZE)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    {
      if (name[i] == '.' && label_size == 0)
        return FALSE;
      if (name[i] == '.' && i + 1 < size)
        {
          label_size = 0;
          label_is_number = TRUE;
          continue;
        }
      if (name[i] == '.')
        break; /* the dot of the root */
      if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_')
        return FALSE;
      label_is_number = label_is_number && g_ascii_isdigit (name[i]);
      if (++label_size > MAX_LABEL_SIZE)
        return FALSE;
    }
  /* No top level domain is a number: such a host is a mistyped IPv4 address, and resolvers take
   * "1" for 0.0.0.1. */
  return !label_is_number;
}

/* RFC 3986 section 3.2.2: an IPv6 address stands in brackets. */
static gboolean
take_host (const char **cursor, char *out, gsize out_size)
{
  gboolean is_bracketed = **cursor == '[';
  const char *start = *cursor + (is_bracketed ? 1 : 0);
  gsize size = strcspn (start, is_bracketed ? "]" : ":?/@#");

  if (size == 0 || size >= out_size || (is_bracketed && start[size] != ']'))
    return FALSE;
  memcpy (out, start, size);
  out[size] = '\0';
  *cursor = start + size + (is_bracketed ? 1 : 0);

  /* A zone ("%eth0") means something on one machine only. */
  if (is_bracketed)
    return strchr (out, ':') != NULL && strchr (out, '%') == NULL && g_hostname_is_ip_address (out);
  return g_hostname_is_ip_address (out) || is_name (out);
}

static gboolean
take_port (const char **cursor, guint16 *out)
{
  guint port = 0;
  gsize count = 0;

  if (**cursor != ':')
    return TRUE;
  for (++*cursor; g_ascii_isdigit (**cursor); ++*cursor, count++)
    {
      port = port * 10 + (guint) (**cursor - '0');
      if (port > G_MAXUINT16)
        return FALSE;
    }
  *out = (guint16) port;
  return count > 0 && port > 0;
}

static gboolean
take_transport (const char **cursor, FloeIceProtocol *out)
{
  static const char key[] = "?transport=";
  gsize key_size = strlen (key);

  if (g_ascii_strncasecmp (*cursor, key, key_size) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (protocol_names); i++)
    {
      Span rest = { *cursor + key_size, strlen (*cursor + key_size) };

      if (!span_equal (rest, protocol_names[i]))
        continue;
      *out = i;
      *cursor = rest.data + rest.size;
      return TRUE;
    }
  return FALSE;
}

/* RFC 7064 section 3.1 and RFC 7065 section 3.1:
 *
 *   stunURI = scheme ":" host [ ":" port ]
 *   turnURI = scheme ":" host [ ":" port ] [ "?transport=" transport ]
 */
gboolean
floe_ice_uri_parse (FloeIceUri *out, const char *text, GError **error)
{
  const char *cursor = text;
  FloeIceUri uri = { 0 };

  if (!take_scheme (&cursor, &uri.scheme))
    return fail (error, text, "it must begin with stun:, turn:, stuns: or turns:");
  uri.port = schemes[uri.scheme].default_port;
  uri.protocol = schemes[uri.scheme].default_protocol;

  if (!take_host (&cursor, uri.host, sizeof uri.host))
    return fail (error, text, "the host is neither a name nor an address (IPv6 in brackets)");
  if (!take_port (&cursor, &uri.port))
    return fail (error, text, "the port must be a number from 1 to 65535");
  if (*cursor == '?' && !schemes[uri.scheme].has_transport)
    return fail (error, text, "only turn: and turns: take “?transport=”");
  if (*cursor == '?' && !take_transport (&cursor, &uri.protocol))
    return fail (error, text, "the only query is “?transport=udp” or “?transport=tcp”");
  if (*cursor != '\0')
    return fail (error, text, "there is something left behind the host and the port");
  *out = uri;
  return TRUE;
}

char *
floe_ice_uri_serialize (const FloeIceUri *uri)
{
  const Scheme *scheme = &schemes[uri->scheme];
  gboolean is_ipv6 = strchr (uri->host, ':') != NULL;
  GString *text = g_string_new (scheme->name);

  g_string_append_printf (text, is_ipv6 ? ":[%s]" : ":%s", uri->host);
  if (uri->port != scheme->default_port)
    g_string_append_printf (text, ":%u", uri->port);
  if (uri->protocol != scheme->default_protocol)
    g_string_append_printf (text, "?transport=%s", protocol_names[uri->protocol]);
  return g_string_free (text, FALSE);
}
