/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-url.h"

#include <string.h>

#define DEFAULT_PORT 3478
#define DEFAULT_TLS_PORT 5349

/* Reads ":port" at the end of @rest into @port; FALSE when what is there is none. */
static gboolean
take_port (const char *rest, guint16 *port)
{
  guint64 number;

  if (*rest == '\0')
    return TRUE;
  if (*rest != ':' || !g_ascii_string_to_unsigned (rest + 1, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

/* Splits "host:port", "[address]:port" and the like. */
static gboolean
take_authority (TurnUrl *self, const char *text)
{
  const char *end;

  if (*text == '[')
    {
      end = strchr (text, ']');
      if (end == NULL)
        return FALSE;
      self->host = g_strndup (text + 1, (gsize) (end - text - 1));
      end++;
    }
  else
    {
      end = text + strcspn (text, ":");
      self->host = g_strndup (text, (gsize) (end - text));
    }
  return self->host[0] != '\0' && strpbrk (self->host, "/?#@ []") == NULL
         && take_port (end, &self->port);
}

static gboolean
take_transport (TurnUrl *self, const char *query)
{
  gboolean is_tls = self->transport == TURN_TRANSPORT_TLS;

  if (query == NULL || (strcmp (query, "transport=udp") == 0 && !is_tls))
    return TRUE;
  if (strcmp (query, "transport=tcp") != 0)
    return FALSE;
  if (!is_tls)
    self->transport = TURN_TRANSPORT_TCP;
  return TRUE;
}

gboolean
turn_url_parse (TurnUrl *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "?", 2);
  TurnUrl url = { NULL, DEFAULT_PORT, TURN_TRANSPORT_UDP };
  const char *authority = NULL;

  if (parts[0] != NULL && g_str_has_prefix (parts[0], "turn:"))
    authority = parts[0] + strlen ("turn:");
  else if (parts[0] != NULL && g_str_has_prefix (parts[0], "turns:"))
    {
      authority = parts[0] + strlen ("turns:");
      url.transport = TURN_TRANSPORT_TLS;
      url.port = DEFAULT_TLS_PORT;
    }
  if (authority != NULL && take_authority (&url, authority) && take_transport (&url, parts[1]))
    {
      *self = url;
      return TRUE;
    }
  turn_url_clear (&url);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "'%s' is no TURN server: write turn:HOST, turn:HOST:PORT?transport=tcp or "
               "turns:HOST:PORT; an IPv6 address in brackets",
               text);
  return FALSE;
}

const char *
turn_transport_get_name (TurnTransport transport)
{
  static const char *names[] = { "UDP", "TCP", "TLS" };

  return names[transport];
}

void
turn_url_clear (TurnUrl *self)
{
  g_clear_pointer (&self->host, g_free);
}
