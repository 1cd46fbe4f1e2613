/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeDataChannel: made and fed by its connection.
 *
 * What the network side tells waits in a queue of the channel's own until it can be given: a
 * message waits for somebody who listens, everything else waits behind what came before it.
 *
 * Layer: peer. */
#pragma once

#include <floe/floe-data-channel.h>
#include <floe/floe-peer-connection.h>

#include "floe-stack-messages-private.h"

G_BEGIN_DECLS

/* Takes messages instead of the signals; returns FALSE to be asked again later. */
typedef gboolean (*FloeChannelSinkFunc) (GBytes *bytes, gpointer user_data);

typedef enum
{
  FLOE_CHANNEL_PROP_LABEL = 1,
  FLOE_CHANNEL_PROP_PROTOCOL,
  FLOE_CHANNEL_PROP_ID,
  FLOE_CHANNEL_PROP_READY_STATE,
  FLOE_CHANNEL_PROP_BUFFERED_AMOUNT,
  FLOE_CHANNEL_PROP_BUFFERED_AMOUNT_LOW_THRESHOLD,
  FLOE_CHANNEL_N_PROPS,
} FloeChannelProp;

typedef enum
{
  FLOE_CHANNEL_SIGNAL_OPEN,
  FLOE_CHANNEL_SIGNAL_MESSAGE_TEXT,
  FLOE_CHANNEL_SIGNAL_MESSAGE_BYTES,
  FLOE_CHANNEL_SIGNAL_BUFFERED_AMOUNT_LOW,
  FLOE_CHANNEL_SIGNAL_CLOSING,
  FLOE_CHANNEL_SIGNAL_CLOSE,
  FLOE_CHANNEL_SIGNAL_ERROR,
  FLOE_CHANNEL_N_SIGNALS,
} FloeChannelSignal;

struct _FloeDataChannel
{
  GObject parent_instance;
  FloePeerConnection *connection; /* (unowned) (nullable): holds us until we are closed */
  guint32 key;
  FloeChannelInfo info; /* (owned) */
  FloeDataChannelState ready_state;
  guint64 buffered_amount;
  guint64 low_threshold;
  GQueue pending; /* (element-type FloeFact) (owned): not yet emitted */
  gboolean is_announced;
  gboolean is_open_told;
  gint64 end_us;            /* when the peer's closing came, monotonic; 0 before */
  FloeChannelSinkFunc sink; /* (nullable) */
  gpointer sink_data;
};

/* @is_open: the peer's channels are open when they are announced (W3C 6.2). */
FloeDataChannel *floe_data_channel_new (FloePeerConnection *connection, guint32 key,
                                        const FloeChannelInfo *info, gboolean is_open);

guint32 floe_data_channel_get_key (FloeDataChannel *self);
void floe_data_channel_notify (FloeDataChannel *self, FloeChannelProp prop);
guint floe_data_channel_get_signal_id (FloeChannelSignal signal);
/* The variable arguments are the signal's. */
void floe_data_channel_emit (FloeDataChannel *self, FloeChannelSignal signal, ...);

/* floe-data-channel-facts.c */
void floe_data_channel_drop_pending (FloeDataChannel *self);

/* The application was told of the channel, so that signals may be emitted. */
void floe_data_channel_announce (FloeDataChannel *self);

/* (transfer full) @fact. Emits what can be emitted. */
void floe_data_channel_handle_fact (FloeDataChannel *self, FloeFact *fact);

/* Emits what can be emitted now; TRUE when something still waits for a handler. */
gboolean floe_data_channel_flush (FloeDataChannel *self);

/* The connection is closed or gone: closed at once, without signals. */
void floe_data_channel_detach (FloeDataChannel *self);

/* For the stream: messages go to @func as long as it takes them; NULL ends that. */
void floe_data_channel_set_sink (FloeDataChannel *self, FloeChannelSinkFunc func,
                                 gpointer user_data);

/* (transfer none) (nullable): NULL once closed. */
FloePeerConnection *floe_data_channel_get_connection (FloeDataChannel *self);

/* floe-peer-channels.c: what a channel asks of its connection. */
gboolean floe_peer_send (FloePeerConnection *self, FloeDataChannel *channel, gboolean is_text,
                         GBytes *bytes, GError **error);
/* Whether @size bytes more may be queued on the connection. */
gboolean floe_peer_has_room (FloePeerConnection *self, gsize size);
void floe_peer_close_channel (FloePeerConnection *self, FloeDataChannel *channel);
/* Something waits for a handler: looks again soon, or in the next turn of the main loop. */
void floe_peer_hold (FloePeerConnection *self, gboolean is_urgent);
/* The application took a message or a channel: @size bytes of the account, overhead included. */
void floe_peer_note_consumed (FloePeerConnection *self, guint32 key, gsize size);
void floe_peer_forget_channel (FloePeerConnection *self, FloeDataChannel *channel,
                               gsize buffered_amount);

G_END_DECLS
