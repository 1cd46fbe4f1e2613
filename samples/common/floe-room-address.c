/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-room-address.h"

#include <string.h>

#define MAX_ADDRESS_SIZE 512

void
floe_room_address_clear (FloeRoomAddress *self)
{
  g_clear_pointer (&self->scheme, g_free);
  g_clear_pointer (&self->host, g_free);
  floe_code_clear (&self->code);
  self->has_code = FALSE;
}

/* GUri decodes percent escapes, so a host may have anything in it; a name with a slash, say, would
 * be another address when it is written again. '%' begins the zone of an IPv6 address. */
static gboolean
is_host (const char *host)
{
  gboolean is_ipv6 = strchr (host, ':') != NULL;

  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (is_ipv6 ? ".-_:%" : ".-_", *p) == NULL
        && (guchar) *p < 0x80)
      return FALSE;
  return host[0] != '\0';
}

/* Fills all but the code. */
static gboolean
read_server (GUri *uri, FloeRoomAddress *out)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);
  const char *path = g_uri_get_path (uri);
  int port = g_uri_get_port (uri);
  gboolean is_https = strcmp (scheme, "https") == 0;

  if (port == -1)
    port = is_https ? 443 : 80;
  if ((!is_https && strcmp (scheme, "http") != 0) || host == NULL || !is_host (host) || port < 1
      || port > G_MAXUINT16 || (path[0] != '\0' && strcmp (path, "/") != 0)
      || g_uri_get_query (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  out->scheme = g_strdup (scheme);
  out->host = g_strdup (host);
  out->port = (guint16) port;
  return TRUE;
}

gboolean
floe_room_address_parse (const char *text, FloeRoomAddress *out, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_auto (FloeRoomAddress) address = { 0 };

  if (strnlen (text, MAX_ADDRESS_SIZE + 1) <= MAX_ADDRESS_SIZE)
    uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || !read_server (uri, &address))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "This is no address of a rendezvous, which has the form "
                           "http://HOST:PORT/#CODE");
      return FALSE;
    }
  if (g_uri_get_fragment (uri) != NULL)
    {
      if (!floe_code_parse (g_uri_get_fragment (uri), &address.code, error))
        return FALSE;
      address.has_code = TRUE;
    }
  *out = address;
  address = (FloeRoomAddress){ 0 };
  return TRUE;
}

/* (transfer full): host and port as RFC 3986 section 3.2 writes them, and a zone as RFC 6874
 * section 2 does: "[fe80::1%25eth0]". */
static char *
format_authority (const FloeRoomAddress *self)
{
  gboolean is_ipv6 = strchr (self->host, ':') != NULL;
  g_auto (GStrv) parts = g_strsplit (self->host, "%", -1);
  g_autofree char *host = g_strjoinv ("%25", parts);

  return g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", host, self->port);
}

char *
floe_room_address_to_string (const FloeRoomAddress *self)
{
  g_autofree char *authority = format_authority (self);
  g_autofree char *code = self->has_code ? floe_code_to_string (&self->code) : NULL;

  return g_strconcat (self->scheme, "://", authority, "/", code != NULL ? "#" : NULL, code, NULL);
}

char *
floe_room_address_to_websocket_uri (const FloeRoomAddress *self)
{
  g_autofree char *authority = format_authority (self);
  g_autofree char *room = NULL;
  const char *scheme = strcmp (self->scheme, "https") == 0 ? "wss" : "ws";

  g_return_val_if_fail (self->has_code, NULL);

  room = floe_code_get_room (&self->code);
  return g_strdup_printf ("%s://%s/ws/%s", scheme, authority, room);
}

gboolean
floe_room_address_is_loopback (const FloeRoomAddress *self)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (self->host, "localhost") == 0;
}

/* RFC 4193 section 3: fc00::/7. GInetAddress knows only the old site-local addresses. */
static gboolean
is_unique_local (GInetAddress *address)
{
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
         && (g_inet_address_to_bytes (address)[0] & 0xfe) == 0xfc;
}

gboolean
floe_room_address_is_private (const FloeRoomAddress *self)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);

  if (address == NULL)
    return floe_room_address_is_loopback (self);
  return g_inet_address_get_is_loopback (address) || g_inet_address_get_is_link_local (address)
         || g_inet_address_get_is_site_local (address) || is_unique_local (address);
}
