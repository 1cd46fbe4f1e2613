/* SPDX-License-Identifier: MPL-2.0 */
/* HEARTBEAT packets of our own, which prove the path that they were sent on, and their answers
 * (RFC 9260 sections 3.3.5 and 3.3.6).
 *
 * The sender's heartbeat info is opaque to the peer, who returns it as it came: ours is a magic
 * number, which tells it from usrsctp's own, and a nonce.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint16 local_port;
  guint16 remote_port;
  guint32 peer_tag; /* the verification tag that the peer expects */
} FloeSctpHeartbeatRoute;

typedef struct
{
  guint64 nonce;
  gsize offset; /* where the chunk is in the packet */
  gsize size;   /* with its padding */
} FloeSctpHeartbeatAck;

#define FLOE_SCTP_HEARTBEAT_SIZE 32

/* Writes a packet with a checksum. Returns: its size, or 0 when @size is too small. */
gsize floe_sctp_heartbeat_write (const FloeSctpHeartbeatRoute *route, guint64 nonce, guint8 *buffer,
                                 gsize size);

/* Finds the first answer to one of ours among the chunks of @packet. */
gboolean floe_sctp_heartbeat_find_ack (const guint8 *packet, gsize size, FloeSctpHeartbeatAck *out);

G_END_DECLS
