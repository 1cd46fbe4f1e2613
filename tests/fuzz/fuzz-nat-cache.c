/* SPDX-License-Identifier: MPL-2.0 */
/* Property: what was read is written and read again as the same, and what is read is complete. */
#include <string.h>

#include "floe-nat-cache-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) records = floe_nat_cache_parse ((const char *) data, size);
  g_autofree char *text = floe_nat_cache_serialize (records);
  g_autoptr (GPtrArray) again = floe_nat_cache_parse (text, strlen (text));
  g_autofree char *text_again = floe_nat_cache_serialize (again);

  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpuint (records->len, <=, FLOE_NAT_CACHE_MAX_GROUPS);
  for (guint i = 0; i < records->len; i++)
    {
      const FloeNatRecord *record = g_ptr_array_index (records, i);

      g_assert_true (record->is_complete);
      g_assert_nonnull (record->key);
      g_assert_cmpint (record->time_us, >=, 0);
      g_assert_cmpuint (record->findings.external_count, ==, 0);
    }
  return 0;
}
