/* SPDX-License-Identifier: MPL-2.0 */
/* Property: what was read is written and read again as the same, and is never too much. */
#include <string.h>

#include "floe-way-memory-private.h"

#define NOW_S G_GINT64_CONSTANT (1790000000)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (FloeWayMemory) memory = floe_way_memory_parse ((const char *) data, size, NOW_S);
  g_autofree char *text = floe_way_memory_serialize (memory, NOW_S);
  g_autoptr (FloeWayMemory) again = floe_way_memory_parse (text, strlen (text), NOW_S);
  g_autofree char *text_again = floe_way_memory_serialize (again, NOW_S);

  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpuint (floe_way_memory_get_count (memory), <=, FLOE_WAY_MEMORY_SIZE);
  return 0;
}
