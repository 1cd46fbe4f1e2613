/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-address-private.h"

#include <string.h>

/* The first that fits decides: RFC 6890 and the registries that it made. */
static const FloeStunRange ipv4_ranges[] = {
  { { 0 }, 8, FLOE_STUN_SCOPE_NONE },
  { { 127 }, 8, FLOE_STUN_SCOPE_LOOPBACK },
  { { 169, 254 }, 16, FLOE_STUN_SCOPE_LINK },
  { { 10 }, 8, FLOE_STUN_SCOPE_PRIVATE },
  { { 172, 16 }, 12, FLOE_STUN_SCOPE_PRIVATE },
  { { 192, 168 }, 16, FLOE_STUN_SCOPE_PRIVATE },
  { { 100, 64 }, 10, FLOE_STUN_SCOPE_SHARED },
  { { 224 }, 3, FLOE_STUN_SCOPE_NONE }, /* multicast, class E and broadcast */
  { { 0 }, 0, FLOE_STUN_SCOPE_GLOBAL },
};

static const FloeStunRange ipv6_ranges[] = {
  { { 0 }, 128, FLOE_STUN_SCOPE_NONE },         { { [15] = 1 }, 128, FLOE_STUN_SCOPE_LOOPBACK },
  { { 0xfe, 0x80 }, 10, FLOE_STUN_SCOPE_LINK }, { { 0xfc }, 7, FLOE_STUN_SCOPE_PRIVATE },
  { { 0xff }, 8, FLOE_STUN_SCOPE_NONE },        { { 0 }, 0, FLOE_STUN_SCOPE_GLOBAL },
};

static gboolean
is_within (const guint8 *bytes, const FloeStunRange *range)
{
  gsize whole = range->bits / 8;
  guint rest = range->bits % 8;

  return memcmp (bytes, range->bytes, whole) == 0
         && (rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0);
}

static FloeStunScope
find_scope (const guint8 *bytes, const FloeStunRange *ranges)
{
  while (!is_within (bytes, ranges))
    ranges++;
  return ranges->scope;
}

const FloeStunRange *
floe_stun_scope_get_ranges (gsize size)
{
  return size == FLOE_STUN_IPV4_SIZE ? ipv4_ranges : ipv6_ranges;
}

FloeStunFamily
floe_stun_address_get_family (const FloeStunAddress *self)
{
  return self->size == FLOE_STUN_IPV6_SIZE ? FLOE_STUN_FAMILY_IPV6 : FLOE_STUN_FAMILY_IPV4;
}

gboolean
floe_stun_address_is_same_host (const FloeStunAddress *a, const FloeStunAddress *b)
{
  return a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
}

gboolean
floe_stun_address_equal (const FloeStunAddress *a, const FloeStunAddress *b)
{
  return a->port == b->port && floe_stun_address_is_same_host (a, b);
}

FloeStunScope
floe_stun_address_get_scope (const FloeStunAddress *self)
{
  static const guint8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

  if (self->size == FLOE_STUN_IPV4_SIZE)
    return find_scope (self->bytes, ipv4_ranges);
  if (self->size != FLOE_STUN_IPV6_SIZE)
    return FLOE_STUN_SCOPE_NONE;
  if (memcmp (self->bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return find_scope (self->bytes + sizeof mapped_prefix, ipv4_ranges);
  return find_scope (self->bytes, ipv6_ranges);
}
