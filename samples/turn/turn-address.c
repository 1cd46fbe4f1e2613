/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-address.h"

#include <string.h>

static TurnAddress
from_inet (GInetAddress *inet)
{
  TurnAddress address = { 0 };

  address.size = (guint8) g_inet_address_get_native_size (inet);
  memcpy (address.bytes, g_inet_address_to_bytes (inet), address.size);
  return address;
}

gboolean
turn_address_parse (TurnAddress *address, const char *text)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);

  /* A zone ("fe80::1%eth0") means something on one machine only. */
  if (inet == NULL || strchr (text, '%') != NULL)
    return FALSE;
  *address = from_inet (inet);
  return TRUE;
}

char *
turn_address_to_string (const TurnAddress *address)
{
  g_autoptr (GInetAddress) inet = turn_address_to_inet (address);

  return g_inet_address_to_string (inet);
}

gboolean
turn_address_equal (const TurnAddress *a, const TurnAddress *b)
{
  return a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
}

gboolean
turn_address_has_prefix (const TurnAddress *address, const TurnAddress *prefix, guint bits)
{
  guint whole = bits / 8;
  guint rest = bits % 8;
  guint8 mask = (guint8) (0xff << (8 - rest));

  if (address->size != prefix->size || memcmp (address->bytes, prefix->bytes, whole) != 0)
    return FALSE;
  return rest == 0 || ((address->bytes[whole] ^ prefix->bytes[whole]) & mask) == 0;
}

TurnAddress
turn_address_from_socket (GSocketAddress *socket_address)
{
  TurnAddress none = { 0 };

  if (!G_IS_INET_SOCKET_ADDRESS (socket_address))
    return none;
  return from_inet (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address)));
}

GInetAddress *
turn_address_to_inet (const TurnAddress *address)
{
  return g_inet_address_new_from_bytes (address->bytes, address->size == 16 ? G_SOCKET_FAMILY_IPV6
                                                                            : G_SOCKET_FAMILY_IPV4);
}
