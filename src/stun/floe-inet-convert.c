/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-inet-convert-private.h"

#include <string.h>

FloeStunAddress
floe_stun_address_from_inet (GInetAddress *address, guint16 port)
{
  FloeStunAddress out = { .size = g_inet_address_get_native_size (address), .port = port };

  memcpy (out.bytes, g_inet_address_to_bytes (address), out.size);
  return out;
}

gboolean
floe_stun_address_from_socket_address (GSocketAddress *address, FloeStunAddress *out)
{
  GInetSocketAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  inet = G_INET_SOCKET_ADDRESS (address);
  *out = floe_stun_address_from_inet (g_inet_socket_address_get_address (inet),
                                      g_inet_socket_address_get_port (inet));
  return TRUE;
}

gboolean
floe_stun_address_from_text (const char *text, FloeStunAddress *out)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address == NULL)
    return FALSE;
  *out = floe_stun_address_from_inet (address, 0);
  return TRUE;
}

GInetAddress *
floe_stun_address_to_inet (const FloeStunAddress *self)
{
  return g_inet_address_new_from_bytes (
      self->bytes, self->size == FLOE_STUN_IPV4_SIZE ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
}

GSocketAddress *
floe_stun_address_to_socket_address (const FloeStunAddress *self)
{
  g_autoptr (GInetAddress) address = floe_stun_address_to_inet (self);

  return g_inet_socket_address_new (address, self->port);
}

char *
floe_stun_address_to_text (const FloeStunAddress *self)
{
  g_autoptr (GInetAddress) address = floe_stun_address_to_inet (self);

  return g_inet_address_to_string (address);
}

char *
floe_stun_address_to_text_with_port (const FloeStunAddress *self)
{
  g_autofree char *text = floe_stun_address_to_text (self);

  return g_strdup_printf (self->size == FLOE_STUN_IPV4_SIZE ? "%s:%u" : "[%s]:%u", text,
                          self->port);
}
