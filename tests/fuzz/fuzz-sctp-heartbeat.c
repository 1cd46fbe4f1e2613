/* SPDX-License-Identifier: MPL-2.0 */
/* Property: an answer that is found lies inside the packet, and a HEARTBEAT made of its nonce,
 * turned into an answer, is found with the same nonce. */
#include "floe-sctp-heartbeat-codec-private.h"

#define CHUNK_TYPE_OFFSET 12
#define CHUNK_HEARTBEAT_ACK 5

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const FloeSctpHeartbeatRoute route = { 5000, 5000, 1 };
  FloeSctpHeartbeatAck ack, again;
  guint8 packet[FLOE_SCTP_HEARTBEAT_SIZE];

  if (!floe_sctp_heartbeat_find_ack (data, size, &ack))
    return 0;
  g_assert_cmpuint (ack.offset, <=, size);
  g_assert_cmpuint (ack.size, <=, size - ack.offset);
  floe_sctp_heartbeat_write (&route, ack.nonce, packet, sizeof packet);
  packet[CHUNK_TYPE_OFFSET] = CHUNK_HEARTBEAT_ACK;
  g_assert_true (floe_sctp_heartbeat_find_ack (packet, sizeof packet, &again));
  g_assert_cmpuint (ack.nonce, ==, again.nonce);
  return 0;
}
