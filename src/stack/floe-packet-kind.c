/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-packet-kind-private.h"

/* RFC 9260 section 3: a common header, then chunks of type, flags, length, padded to 4 bytes. */
#define HEADER_SIZE 12
#define CHUNK_HEADER_SIZE 4

#define CHUNK_DATA 0
#define CHUNK_HEARTBEAT_ACK 5
#define CHUNK_I_DATA 64 /* RFC 8260 section 2.1 */

gboolean
floe_packet_has_data (const guint8 *packet, gsize size)
{
  gsize at = HEADER_SIZE;

  while (at + CHUNK_HEADER_SIZE <= size)
    {
      gsize length = (gsize) packet[at + 2] << 8 | packet[at + 3];

      if (length < CHUNK_HEADER_SIZE)
        return FALSE;
      if (packet[at] == CHUNK_DATA || packet[at] == CHUNK_I_DATA)
        return TRUE;
      at += (length + 3) & ~(gsize) 3;
    }
  return FALSE;
}

gboolean
floe_packet_is_heartbeat_answer (const guint8 *packet, gsize size)
{
  return size >= HEADER_SIZE + CHUNK_HEADER_SIZE && packet[HEADER_SIZE] == CHUNK_HEARTBEAT_ACK;
}
