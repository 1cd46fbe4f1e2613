/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-address-private.h"

#include <string.h>

#define IPV4_NETWORK_BITS 24

FloeStunAddress
floe_nat_address_from_inet (GInetAddress *inet)
{
  FloeStunAddress address = { .size = g_inet_address_get_native_size (inet) };

  memcpy (address.bytes, g_inet_address_to_bytes (inet), address.size);
  return address;
}

gboolean
floe_nat_address_from_socket (GSocketAddress *address, FloeStunAddress *out)
{
  GInetSocketAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  inet = G_INET_SOCKET_ADDRESS (address);
  *out = floe_nat_address_from_inet (g_inet_socket_address_get_address (inet));
  out->port = g_inet_socket_address_get_port (inet);
  return TRUE;
}

gboolean
floe_nat_address_from_text (const char *text, FloeStunAddress *out)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);

  if (inet == NULL)
    return FALSE;
  *out = floe_nat_address_from_inet (inet);
  return TRUE;
}

GInetAddress *
floe_nat_address_to_inet (const FloeStunAddress *self)
{
  return g_inet_address_new_from_bytes (
      self->bytes, self->size == FLOE_STUN_IPV4_SIZE ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
}

GSocketAddress *
floe_nat_address_to_socket (const FloeStunAddress *self)
{
  g_autoptr (GInetAddress) inet = floe_nat_address_to_inet (self);

  return g_inet_socket_address_new (inet, self->port);
}

char *
floe_nat_address_to_text (const FloeStunAddress *self)
{
  g_autoptr (GInetAddress) inet = floe_nat_address_to_inet (self);

  return g_inet_address_to_string (inet);
}

char *
floe_nat_address_to_text_with_port (const FloeStunAddress *self)
{
  g_autofree char *text = floe_nat_address_to_text (self);

  return g_strdup_printf (self->size == FLOE_STUN_IPV4_SIZE ? "%s:%u" : "[%s]:%u", text,
                          self->port);
}

FloeStunAddress
floe_nat_address_get_prefix (const FloeStunAddress *self, guint bits)
{
  FloeStunAddress prefix = { .size = self->size };

  for (gsize i = 0; i < self->size && bits > 0; i++)
    {
      guint taken = MIN (bits, 8u);

      prefix.bytes[i] = self->bytes[i] & (guint8) (0xff << (8 - taken));
      bits -= taken;
    }
  return prefix;
}

FloeStunAddress
floe_nat_address_get_network (const FloeStunAddress *self, guint ipv6_bits)
{
  return floe_nat_address_get_prefix (self, self->size == FLOE_STUN_IPV4_SIZE ? IPV4_NETWORK_BITS
                                                                              : ipv6_bits);
}
