/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-ranges.h"

#include <stdlib.h>
#include <string.h>

static const TurnRange ranges[] = {
  { "0.0.0.0/8", "this network, which Linux takes for itself (RFC 791)" },
  { "10.0.0.0/8", "private (RFC 1918)" },
  { "100.64.0.0/10", "behind a carrier's NAT, and clouds' inner services (RFC 6598)" },
  { "127.0.0.0/8", "loopback (RFC 1122)" },
  { "169.254.0.0/16", "link-local, with clouds' metadata servers (RFC 3927)" },
  { "172.16.0.0/12", "private (RFC 1918)" },
  { "192.0.0.0/24", "protocol assignments (RFC 6890)" },
  { "192.0.2.0/24", "documentation (RFC 5737)" },
  { "192.88.99.0/24", "6to4 relays (RFC 7526)" },
  { "192.168.0.0/16", "private (RFC 1918)" },
  { "198.18.0.0/15", "benchmarks, and often inner networks (RFC 2544)" },
  { "198.51.100.0/24", "documentation (RFC 5737)" },
  { "203.0.113.0/24", "documentation (RFC 5737)" },
  { "224.0.0.0/4", "multicast (RFC 5771)" },
  { "240.0.0.0/4", "reserved (RFC 1112)" },
  { "255.255.255.255/32", "broadcast (RFC 919)" },
  { "::/128", "unspecified, which Linux takes for itself (RFC 4291)" },
  { "::1/128", "loopback (RFC 4291)" },
  { "::/96", "an IPv4 address in IPv6, the old form (RFC 4291)" },
  { "::ffff:0.0.0.0/96", "an IPv4 address in IPv6 (RFC 4291)" },
  { "64:ff9b::/96", "IPv4 through NAT64 (RFC 6052)" },
  { "64:ff9b:1::/48", "IPv4 through a local NAT64 (RFC 8215)" },
  { "100::/64", "discard (RFC 6666)" },
  { "2001::/23", "protocol assignments (RFC 2928)" },
  { "2001::/32", "IPv4 through Teredo (RFC 4380)" },
  { "2001:db8::/32", "documentation (RFC 3849)" },
  { "2002::/16", "IPv4 through 6to4 (RFC 3056)" },
  { "3fff::/20", "documentation (RFC 9637)" },
  { "5f00::/16", "segment routing (RFC 9602)" },
  { "fc00::/7", "private (RFC 4193)" },
  { "fe80::/10", "link-local (RFC 4291)" },
  { "fec0::/10", "site-local (RFC 3879)" },
  { "ff00::/8", "multicast (RFC 4291)" },
};

const TurnRange *
turn_ranges_get (guint *count)
{
  *count = G_N_ELEMENTS (ranges);
  return ranges;
}

guint
turn_range_get_bits (const TurnRange *self)
{
  return (guint) atoi (strchr (self->prefix, '/') + 1);
}

TurnAddress
turn_range_get_first (const TurnRange *self)
{
  g_autofree char *text = g_strndup (self->prefix, strcspn (self->prefix, "/"));
  TurnAddress first = { 0 };

  if (!turn_address_parse (&first, text))
    g_assert_not_reached ();
  return first;
}

/* The first address with all bits from @from_bit on set. */
static TurnAddress
fill (const TurnRange *self, guint from_bit)
{
  TurnAddress address = turn_range_get_first (self);

  for (guint bit = from_bit; bit < address.size * 8u; bit++)
    address.bytes[bit / 8] |= (guint8) (0x80 >> bit % 8);
  return address;
}

/* The last of the lower half. */
TurnAddress
turn_range_get_middle (const TurnRange *self)
{
  return fill (self, turn_range_get_bits (self) + 1);
}

TurnAddress
turn_range_get_last (const TurnRange *self)
{
  return fill (self, turn_range_get_bits (self));
}

const TurnRange *
turn_ranges_find (const TurnAddress *address)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      TurnAddress first = turn_range_get_first (&ranges[i]);
      if (turn_address_has_prefix (address, &first, turn_range_get_bits (&ranges[i])))
        return &ranges[i];
    }
  return NULL;
}

static gboolean
is_zero (const TurnAddress *address)
{
  static const guint8 zeros[16] = { 0 };

  return memcmp (address->bytes, zeros, address->size) == 0;
}

static void
add_line (GPtrArray *lines, const TurnAddress *first, const TurnAddress *last)
{
  g_autofree char *from = turn_address_to_string (first);
  g_autofree char *to = turn_address_to_string (last);

  g_ptr_array_add (lines, turn_address_equal (first, last) ? g_strdup (from)
                                                           : g_strconcat (from, "-", to, NULL));
}

/* coturn 4.6.1 knows no prefix lengths: it looks "10.0.0.0/8" up as a host name, complains, and
 * denies nothing. In IPv6 it compares octet by octet (addr_less_eq), which is right for what a
 * prefix spans and nothing else, so neighbours can't be joined. And a first address of zeros stands
 * for no bound at all, in both families: "denied-peer-ip=::" denies everybody. So a range that
 * starts there is told as several, one for each octet that may be other than zero; "::" and 0.0.0.0
 * themselves coturn refuses without being told. */
GPtrArray *
turn_range_to_coturn (const TurnRange *self)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  TurnAddress first = turn_range_get_first (self);
  TurnAddress last = turn_range_get_last (self);

  if (!is_zero (&first))
    {
      add_line (lines, &first, &last);
      return lines;
    }
  /* IPv4 it compares as numbers. */
  for (guint i = first.size == 4 ? 3 : 0; i < first.size; i++)
    if (last.bytes[i] != 0)
      {
        TurnAddress from = first;
        from.bytes[i] = 1;
        add_line (lines, &from, &last);
      }
  return lines;
}
