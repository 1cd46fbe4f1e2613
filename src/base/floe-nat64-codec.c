/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat64-codec-private.h"

#include <string.h>

/* RFC 6052 section 2.2: "Bits 64 to 71 of the address are reserved … These bits MUST be set to
 * zero". */
#define U_OCTET 8

/* RFC 7050 section 8.2: ipv4only.arpa is 192.0.0.170 and 192.0.0.171. */
#define WELL_KNOWN_FIRST 170
#define WELL_KNOWN_COUNT 2

typedef struct
{
  guint8 bytes[FLOE_NAT64_IPV6_SIZE];
  guint bits; /* how many of them count */
} Range;

static const guint lengths[] = { 96, 64, 56, 48, 40, 32 };

/* RFC 6052 section 2.1 */
static const FloeNat64Prefix well_known_prefix = { { 0x00, 0x64, 0xff, 0x9b }, 96 };

static gboolean
is_within (const guint8 *bytes, const Range *range)
{
  gsize whole = range->bits / 8;
  guint rest = range->bits % 8;

  return memcmp (bytes, range->bytes, whole) == 0
         && (rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0);
}

static gboolean
is_within_any (const guint8 *bytes, const Range *ranges, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      if (is_within (bytes, &ranges[i]))
        return TRUE;
    }
  return FALSE;
}

/* Global unicast, RFC 4291 section 2.4, a site's own, RFC 4193, and RFC 8215's for translators. */
static gboolean
is_possible (const FloeNat64Prefix *prefix)
{
  static const Range ranges[] = { { { 0x20 }, 3 },
                                  { { 0xfc }, 7 },
                                  { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 } };

  return memcmp (prefix, &well_known_prefix, sizeof *prefix) == 0
         || is_within_any (prefix->bytes, ranges, G_N_ELEMENTS (ranges));
}

gboolean
floe_nat64_prefix_set (FloeNat64Prefix *self, const guint8 *address, guint bits)
{
  FloeNat64Prefix prefix = { .bits = bits };
  gsize i = 0;

  while (i < G_N_ELEMENTS (lengths) && lengths[i] != bits)
    i++;
  if (i == G_N_ELEMENTS (lengths))
    return FALSE;
  memcpy (prefix.bytes, address, bits / 8);
  if (prefix.bytes[U_OCTET] != 0 || !is_possible (&prefix))
    return FALSE;
  *self = prefix;
  return TRUE;
}

/* Where the next octet of the IPv4 address is.
 *
 *     bits  0    32    40    48    56    64    72    80    88    96
 *      /32  prefix      v4(32)           | u | suffix
 *      /40  prefix          v4(24)       | u |(8)| suffix
 *      /48  prefix                v4(16) | u | (16) | suffix
 *      /56  prefix                    (8)| u |  v4(24)  | suffix
 *      /64  prefix                       | u |   v4(32)     | suffix
 *      /96  prefix                                          v4(32) */
static gsize
next_place (gsize place)
{
  return place + 1 == U_OCTET ? U_OCTET + 1 : place + 1;
}

static gsize
first_place (const FloeNat64Prefix *self)
{
  return self->bits / 8 == U_OCTET ? U_OCTET + 1 : self->bits / 8;
}

void
floe_nat64_prefix_embed (const FloeNat64Prefix *self, const guint8 *ipv4, guint8 *ipv6)
{
  gsize place = first_place (self);

  memcpy (ipv6, self->bytes, FLOE_NAT64_IPV6_SIZE);
  for (gsize i = 0; i < FLOE_NAT64_IPV4_SIZE; i++, place = next_place (place))
    ipv6[place] = ipv4[i];
}

gboolean
floe_nat64_prefix_extract (const FloeNat64Prefix *self, const guint8 *ipv6, guint8 *ipv4)
{
  gsize place = first_place (self);

  if (memcmp (self->bytes, ipv6, self->bits / 8) != 0 || ipv6[U_OCTET] != 0)
    return FALSE;
  for (gsize i = 0; i < FLOE_NAT64_IPV4_SIZE; i++, place = next_place (place))
    ipv4[i] = ipv6[place];
  return TRUE;
}

/* Which of the well-known addresses is in @answer behind a prefix of that length: 1 or 2; 0 for
 * none. */
static guint
find_well_known (const FloeNat64Answer *answer, guint bits, FloeNat64Prefix *prefix)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];

  if (!floe_nat64_prefix_set (prefix, answer->bytes, bits)
      || !floe_nat64_prefix_extract (prefix, answer->bytes, ipv4) || ipv4[0] != 192 || ipv4[1] != 0
      || ipv4[2] != 0 || ipv4[3] < WELL_KNOWN_FIRST
      || ipv4[3] >= WELL_KNOWN_FIRST + WELL_KNOWN_COUNT)
    return 0;
  return ipv4[3] - WELL_KNOWN_FIRST + 1u;
}

/* Whether the other one of the well-known addresses is there with the same prefix. */
static gboolean
is_confirmed (const FloeNat64Prefix *prefix, guint found, const FloeNat64Answer *answers,
              guint count)
{
  for (guint i = 0; i < count; i++)
    {
      FloeNat64Prefix other;
      guint also = find_well_known (&answers[i], prefix->bits, &other);

      if (also != 0 && also != found
          && memcmp (prefix->bytes, other.bytes, sizeof other.bytes) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_prefix (FloeNat64 *self, const FloeNat64Prefix *prefix)
{
  for (guint i = 0; i < self->count; i++)
    {
      if (self->prefixes[i].bits == prefix->bits
          && memcmp (self->prefixes[i].bytes, prefix->bytes, sizeof prefix->bytes) == 0)
        return;
    }
  if (self->count < FLOE_NAT64_MAX_PREFIXES)
    self->prefixes[self->count++] = *prefix;
}

void
floe_nat64_read (FloeNat64 *self, const FloeNat64Answer *answers, guint count)
{
  count = MIN (count, FLOE_NAT64_MAX_ANSWERS);
  *self = (FloeNat64){ 0 };
  for (guint i = 0; i < count; i++)
    {
      FloeNat64Prefix fitting[G_N_ELEMENTS (lengths)];
      guint found[G_N_ELEMENTS (lengths)];
      guint fitting_count = 0;

      for (gsize j = 0; j < G_N_ELEMENTS (lengths); j++)
        {
          found[fitting_count] = find_well_known (&answers[i], lengths[j], &fitting[fitting_count]);
          fitting_count += found[fitting_count] != 0 ? 1 : 0;
        }
      for (guint j = 0; j < fitting_count; j++)
        {
          if (fitting_count == 1 || is_confirmed (&fitting[j], found[j], answers, count))
            add_prefix (self, &fitting[j]);
        }
    }
}

/* What has a meaning on one host or link only, or for no host: RFC 6890 and its registry. */
static gboolean
is_near (const guint8 *ipv4)
{
  static const Range ranges[] = {
    { { 0 }, 8 }, { { 127 }, 8 }, { { 169, 254 }, 16 }, { { 224 }, 3 }
  };

  return is_within_any (ipv4, ranges, G_N_ELEMENTS (ranges));
}

gboolean
floe_nat64_is_public (const guint8 *ipv4)
{
  static const Range ranges[] = { { { 10 }, 8 },
                                  { { 100, 64 }, 10 },
                                  { { 172, 16 }, 12 },
                                  { { 192, 0, 0 }, 24 },
                                  { { 192, 168 }, 16 } };

  return !is_near (ipv4) && !is_within_any (ipv4, ranges, G_N_ELEMENTS (ranges));
}

gboolean
floe_nat64_synthesize (const FloeNat64Prefix *self, const guint8 *ipv4, guint8 *ipv6)
{
  gboolean is_well_known = memcmp (self, &well_known_prefix, sizeof *self) == 0;

  if (is_well_known ? !floe_nat64_is_public (ipv4) : is_near (ipv4))
    return FALSE;
  floe_nat64_prefix_embed (self, ipv4, ipv6);
  return TRUE;
}

/* Returns: (nullable): the prefix that @ipv6 has; @ipv4 is filled then. */
static const FloeNat64Prefix *
find_prefix (const FloeNat64 *self, const guint8 *ipv6, guint8 *ipv4)
{
  for (guint i = 0; self != NULL && i < self->count; i++)
    {
      if (floe_nat64_prefix_extract (&self->prefixes[i], ipv6, ipv4))
        return &self->prefixes[i];
    }
  return floe_nat64_prefix_extract (&well_known_prefix, ipv6, ipv4) ? &well_known_prefix : NULL;
}

gboolean
floe_nat64_extract (const FloeNat64 *self, const guint8 *ipv6, guint8 *ipv4)
{
  return find_prefix (self, ipv6, ipv4) != NULL;
}

guint
floe_nat64_find_bits (const FloeNat64 *self, const guint8 *ipv6)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];
  const FloeNat64Prefix *prefix = find_prefix (self, ipv6, ipv4);

  return prefix != NULL ? prefix->bits : 0;
}
