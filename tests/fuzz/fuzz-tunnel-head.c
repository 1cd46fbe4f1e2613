/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: what is a whole head is incomplete before its last byte, and the same with more
 * behind it; credentials lie inside it. */
#include "floe-tunnel-head-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *text = (const char *) data;
  FloeTunnelHead head, again;
  FloeTunnelHeadResult result = floe_tunnel_head_parse (&head, text, size);

  if (result == FLOE_TUNNEL_HEAD_INCOMPLETE)
    g_assert_cmpuint (size, <, FLOE_TUNNEL_MAX_HEAD);
  if (result != FLOE_TUNNEL_HEAD_CONNECT)
    return 0;
  g_assert_cmpuint (head.size, <=, MIN (size, FLOE_TUNNEL_MAX_HEAD));
  if (head.credentials != NULL)
    g_assert_true (head.credentials > text
                   && head.credentials + head.credentials_size < text + head.size);
  g_assert_cmpint (floe_tunnel_head_parse (&again, text, head.size - 1), ==,
                   FLOE_TUNNEL_HEAD_INCOMPLETE);
  g_assert_cmpint (floe_tunnel_head_parse (&again, text, head.size), ==, FLOE_TUNNEL_HEAD_CONNECT);
  g_assert_true (again.size == head.size && again.credentials == head.credentials);
  return 0;
}
