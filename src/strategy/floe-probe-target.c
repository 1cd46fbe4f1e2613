/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-probe-target-private.h"

#include <string.h>

typedef struct
{
  guint8 bytes[FLOE_STUN_IPV6_SIZE];
  gsize size; /* of the addresses */
  guint bits;
} Range;

/* Global by their scope, and yet no host's: the IANA registries of special-purpose addresses (RFC
 * 6890). Those for documentation are left in: nobody has them but laboratories. */
static const Range special[] = {
  { { 192, 0, 0 }, FLOE_STUN_IPV4_SIZE, 24 },
  { { 192, 88, 99 }, FLOE_STUN_IPV4_SIZE, 24 },                  /* RFC 7526 */
  { { 198, 18 }, FLOE_STUN_IPV4_SIZE, 15 },                      /* RFC 2544 */
  { { 0 }, FLOE_STUN_IPV6_SIZE, 96 },                            /* RFC 4291, once compatible */
  { { [10] = 0xff, [11] = 0xff }, FLOE_STUN_IPV6_SIZE, 96 },     /* IPv4-mapped */
  { { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, FLOE_STUN_IPV6_SIZE, 48 }, /* RFC 8215 */
  { { 0x01 }, FLOE_STUN_IPV6_SIZE, 64 },                         /* RFC 6666 */
  { { 0x20, 0x01, 0 }, FLOE_STUN_IPV6_SIZE, 32 },                /* RFC 4380 */
  { { 0x20, 0x02 }, FLOE_STUN_IPV6_SIZE, 16 },                   /* RFC 3056 */
  { { 0xfe, 0xc0 }, FLOE_STUN_IPV6_SIZE, 10 },                   /* RFC 3879, once site-local */
};

/* RFC 6052 section 2.1 */
static const Range nat64 = { { 0x00, 0x64, 0xff, 0x9b }, FLOE_STUN_IPV6_SIZE, 96 };

static gboolean
is_within (const FloeStunAddress *address, const Range *range)
{
  gsize whole = range->bits / 8;
  guint rest = range->bits % 8;

  return address->size == range->size && memcmp (address->bytes, range->bytes, whole) == 0
         && (rest == 0 || (address->bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0);
}

gboolean
floe_probe_target_is_public (const FloeStunAddress *address)
{
  FloeStunAddress embedded = { .size = FLOE_STUN_IPV4_SIZE };

  if (is_within (address, &nat64))
    {
      memcpy (embedded.bytes, address->bytes + nat64.bits / 8, FLOE_STUN_IPV4_SIZE);
      return floe_probe_target_is_public (&embedded);
    }
  if (floe_stun_address_get_scope (address) != FLOE_STUN_SCOPE_GLOBAL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (special); i++)
    if (is_within (address, &special[i]))
      return FALSE;
  return TRUE;
}
