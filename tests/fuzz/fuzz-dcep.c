/* SPDX-License-Identifier: MPL-2.0 */
/* Property: whatever parses as an OPEN serialises to bytes that parse to the same. */
#include "floe-dcep-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (FloeDcepOpen) open = { 0 };
  g_auto (FloeDcepOpen) again = { 0 };
  g_autoptr (GBytes) wire = NULL;

  floe_dcep_get_type (data, size);
  if (!floe_dcep_open_parse (&open, data, size, NULL))
    return 0;
  g_assert_true (g_utf8_validate (open.label, -1, NULL));
  g_assert_true (g_utf8_validate (open.protocol, -1, NULL));
  wire = floe_dcep_open_serialize (&open);
  /* NULs become three bytes: a label full of them may get too long to write. */
  if (wire == NULL)
    return 0;
  g_assert_true (
      floe_dcep_open_parse (&again, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), NULL));
  g_assert_cmpstr (open.label, ==, again.label);
  g_assert_cmpstr (open.protocol, ==, again.protocol);
  g_assert_cmpuint (open.priority, ==, again.priority);
  g_assert_cmpint (open.is_ordered, ==, again.is_ordered);
  g_assert_cmpint (open.max_retransmits, ==, again.max_retransmits);
  g_assert_cmpint (open.max_packet_life_time, ==, again.max_packet_life_time);
  return 0;
}
