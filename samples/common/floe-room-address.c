/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-room-address.h"

#include <floe/floe.h>

#include <string.h>
#include <sys/random.h>

#define MAX_TOKEN_SIZE 64
#define MAX_ADDRESS_SIZE 512
#define NEW_TOKEN_BYTES 16

void
floe_room_address_clear (FloeRoomAddress *self)
{
  g_clear_pointer (&self->scheme, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->token, g_free);
}

gboolean
floe_room_token_is_valid (const char *token)
{
  gsize size = 0;

  while (g_ascii_isalnum (token[size]) || token[size] == '-' || token[size] == '_')
    if (++size > MAX_TOKEN_SIZE)
      return FALSE;
  return size > 0 && token[size] == '\0';
}

char *
floe_room_token_new (void)
{
  guint8 bytes[NEW_TOKEN_BYTES];
  GString *token = g_string_sized_new (2 * sizeof bytes);

  /* Up to 256 bytes come whole once the kernel's pool is ready, and the call waits for that. */
  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("The kernel gives no random bytes");
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (token, "%02x", bytes[i]);
  return g_string_free (token, FALSE);
}

gboolean
floe_room_address_parse (const char *text, FloeRoomAddress *out, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme = NULL, *host = NULL, *token = NULL;
  int port = -1;

  if (strnlen (text, MAX_ADDRESS_SIZE + 1) <= MAX_ADDRESS_SIZE)
    uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  if (uri != NULL)
    {
      scheme = g_uri_get_scheme (uri);
      host = g_uri_get_host (uri);
      token = g_uri_get_fragment (uri);
      port = g_uri_get_port (uri);
    }
  if (port == -1)
    port = g_strcmp0 (scheme, "https") == 0 ? 443 : 80;
  if ((g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0) || host == NULL
      || host[0] == '\0' || port < 1 || port > G_MAXUINT16 || token == NULL
      || !floe_room_token_is_valid (token))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "This is no address of a rendezvous: give the one that \"floe send\" "
                           "prints, with all that follows the '#'");
      return FALSE;
    }
  out->scheme = g_strdup (scheme);
  out->host = g_strdup (host);
  out->port = (guint16) port;
  out->token = g_strdup (token);
  return TRUE;
}

/* (transfer full): host and port as RFC 3986 section 3.2 writes them. */
static char *
format_authority (const FloeRoomAddress *self)
{
  gboolean is_ipv6 = strchr (self->host, ':') != NULL;

  return g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", self->host, self->port);
}

char *
floe_room_address_to_string (const FloeRoomAddress *self)
{
  g_autofree char *authority = format_authority (self);

  return g_strdup_printf ("%s://%s/#%s", self->scheme, authority, self->token);
}

char *
floe_room_address_to_websocket_uri (const FloeRoomAddress *self)
{
  g_autofree char *authority = format_authority (self);
  const char *scheme = strcmp (self->scheme, "https") == 0 ? "wss" : "ws";

  return g_strdup_printf ("%s://%s/room/%s", scheme, authority, self->token);
}

gboolean
floe_room_address_is_loopback (const FloeRoomAddress *self)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (self->host, "localhost") == 0;
}
