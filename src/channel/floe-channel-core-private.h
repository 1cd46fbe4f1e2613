/* SPDX-License-Identifier: MPL-2.0 */
/* The life of one data channel, without any I/O (RFC 8832 section 6, RFC 8831 section 6.7).
 *
 *   CONNECTING -> OPEN -> CLOSING -> CLOSED
 *
 * Each fact that is told returns what is to be done about it: a set of FloeChannelActions, in the
 * order of their bits.
 *
 * A local channel is OPEN as soon as its OPEN message is on its way: RFC 8832 section 6 lets the
 * sender "start sending messages containing user data without waiting for the reception of the
 * corresponding DATA_CHANNEL_ACK message", which saves a round trip. A channel is CLOSED when its
 * stream was reset in both directions; then the id is free.
 *
 * Layer: protocol core. May include: base. Knows nothing of SCTP, queues and bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_CHANNEL_CONNECTING,
  FLOE_CHANNEL_OPEN,
  FLOE_CHANNEL_CLOSING,
  FLOE_CHANNEL_CLOSED,
} FloeChannelState;

typedef enum
{
  FLOE_CHANNEL_LOCAL,      /* we send OPEN */
  FLOE_CHANNEL_NEGOTIATED, /* nobody does */
  FLOE_CHANNEL_PEERS,      /* the peer did, we send ACK */
} FloeChannelOrigin;

typedef enum
{
  FLOE_CHANNEL_SEND_OPEN = 1 << 0,
  FLOE_CHANNEL_SEND_ACK = 1 << 1,
  FLOE_CHANNEL_TELL_OPENED = 1 << 2,
  FLOE_CHANNEL_DELIVER = 1 << 3,
  FLOE_CHANNEL_CLEAR_QUEUE = 1 << 4,
  FLOE_CHANNEL_TELL_CLOSING = 1 << 5,
  FLOE_CHANNEL_RESET = 1 << 6,     /* our outgoing stream */
  FLOE_CHANNEL_RETIRE_ID = 1 << 7, /* the stream could not be reset: never use it again */
  FLOE_CHANNEL_TELL_CLOSED = 1 << 8,
} FloeChannelActions;

/* A value, owned by nobody in particular. */
typedef struct
{
  FloeChannelState state;
  FloeChannelOrigin origin;
  gboolean may_send_unordered;
  gboolean is_draining;      /* close() was called and messages are queued */
  gboolean is_reset_asked;   /* of our outgoing stream */
  gboolean is_outgoing_done; /* the peer did it */
  gboolean is_incoming_done; /* the peer reset its own */
  guint stale_resets;        /* outstanding ones of the stream's former channel */
} FloeChannelCore;

FloeChannelCore floe_channel_core_init (FloeChannelOrigin origin);

/* The stream id and the association are there. */
FloeChannelActions floe_channel_core_handle_ready (FloeChannelCore *self);
FloeChannelActions floe_channel_core_handle_ack (FloeChannelCore *self);
FloeChannelActions floe_channel_core_handle_data (FloeChannelCore *self);
/* The peer did on this channel's stream what RFC 8832 forbids. */
FloeChannelActions floe_channel_core_handle_violation (FloeChannelCore *self);
FloeChannelActions floe_channel_core_close (FloeChannelCore *self, gboolean has_queue);
/* Everything queued was passed on. */
FloeChannelActions floe_channel_core_handle_drained (FloeChannelCore *self);
FloeChannelActions floe_channel_core_handle_incoming_reset (FloeChannelCore *self);
FloeChannelActions floe_channel_core_handle_outgoing_reset (FloeChannelCore *self,
                                                            gboolean is_done);
/* The association is gone. */
FloeChannelActions floe_channel_core_handle_lost (FloeChannelCore *self);

/* Whether the peer may open a new channel on the stream already: it reset its side, and can have
 * seen ours reset before the news of it came here. */
gboolean floe_channel_core_is_successor_allowed (const FloeChannelCore *self);

/* Ids (RFC 8832 section 6): the DTLS client opens even ones, the server odd ones. 65535 is
 * reserved (RFC 8831 section 6.5). */
#define FLOE_CHANNEL_MAX_ID 65534
typedef gboolean (*FloeChannelIsUsedFunc) (guint id, gpointer user_data);
/* The lowest free id below @limit, or -1. */
int floe_channel_core_choose_id (gboolean is_dtls_client, guint limit,
                                 FloeChannelIsUsedFunc is_used, gpointer user_data);
gboolean floe_channel_core_is_peers_id (gboolean is_dtls_client, guint id);

G_END_DECLS
