/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: prefixes that were read are few and of the six lengths; what one embeds it extracts;
 * what is no public address is not reached by the well-known one. */
#include <string.h>

#include "floe-nat64-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_prefix (const FloeNat64 *nat64, guint index, const guint8 *ipv4)
{
  const FloeNat64Prefix *prefix = &nat64->prefixes[index];
  guint8 ipv6[FLOE_NAT64_IPV6_SIZE], back[FLOE_NAT64_IPV4_SIZE];
  FloeNat64Prefix again;

  g_assert_true (floe_nat64_prefix_set (&again, prefix->bytes, prefix->bits));
  g_assert_cmpmem (&again, sizeof again, prefix, sizeof *prefix);
  floe_nat64_prefix_embed (prefix, ipv4, ipv6);
  g_assert_true (floe_nat64_prefix_extract (prefix, ipv6, back));
  g_assert_cmpmem (back, sizeof back, ipv4, FLOE_NAT64_IPV4_SIZE);
  g_assert_cmpuint (floe_nat64_find_bits (nat64, ipv6), !=, 0);
  if (floe_nat64_synthesize (prefix, ipv4, ipv6) && ipv6[0] == 0x00 && ipv6[5] == 0)
    g_assert_true (floe_nat64_is_public (ipv4));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeNat64Answer answers[FLOE_NAT64_MAX_ANSWERS + 8];
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE] = { 0 };
  FloeNat64 nat64;
  guint count;

  memcpy (ipv4, data, MIN (size, sizeof ipv4));
  data += MIN (size, sizeof ipv4);
  size -= MIN (size, sizeof ipv4);
  count = (guint) MIN (size / sizeof answers[0], G_N_ELEMENTS (answers));
  memcpy (answers, data, count * sizeof answers[0]);
  floe_nat64_read (&nat64, answers, count);
  g_assert_cmpuint (nat64.count, <=, FLOE_NAT64_MAX_PREFIXES);
  for (guint i = 0; i < nat64.count; i++)
    check_prefix (&nat64, i, ipv4);
  return 0;
}
