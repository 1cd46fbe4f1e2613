/* SPDX-License-Identifier: MPL-2.0 */
/* The data channels of one connection on the network side (RFC 8831, RFC 8832): DCEP, stream ids,
 * send queues, resets, and the account of what the application has not taken yet.
 *
 * A channel is known above by its key, which whoever makes it chooses: the façade's counter for
 * local channels (odd numbers), the set's for the peer's (even numbers, from 2 on).
 *
 * Events are called inside the call that caused them; inside them the set may be asked anything,
 * but not be freed.
 *
 * Layer: channel. May include: base, sctp. Network thread only. */
#pragma once

#include <glib.h>

#include "floe-sctp-engine-private.h"

G_BEGIN_DECLS

typedef struct _FloeChannelSet FloeChannelSet;

/* label and protocol are UTF-8, at most 65535 bytes. A value: see clear(). */
typedef struct
{
  char *label;    /* (owned) */
  char *protocol; /* (owned) */
  gboolean is_ordered;
  int max_retransmits;      /* -1: none */
  int max_packet_life_time; /* ms, -1: none */
  gboolean is_negotiated;
  int id; /* -1: not chosen yet */
} FloeChannelInfo;

void floe_channel_info_copy (FloeChannelInfo *to, const FloeChannelInfo *from);
void floe_channel_info_clear (FloeChannelInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeChannelInfo, floe_channel_info_clear)

typedef struct
{
  /* The peer opened a channel. */
  void (*incoming) (guint32 key, const FloeChannelInfo *info, gpointer user_data);
  /* The channel can send now, on stream @id. */
  void (*opened) (guint32 key, guint16 id, gpointer user_data);
  /* (transfer full) @bytes. */
  void (*message) (guint32 key, gboolean is_text, GBytes *bytes, gpointer user_data);
  /* @size bytes of what send() queued went to SCTP. */
  void (*sent) (guint32 key, gsize size, gpointer user_data);
  /* The peer is closing the channel. */
  void (*closing) (guint32 key, gpointer user_data);
  /* Last event of a channel. @error (nullable) when it did not end in order. */
  void (*closed) (guint32 key, const GError *error, gpointer user_data);
} FloeChannelEvents;

/* @engine is (nullable) until set_engine(). @max_channels bounds ids. @events is static. */
FloeChannelSet *floe_channel_set_new (guint max_channels, const FloeChannelEvents *events,
                                      gpointer user_data);
void floe_channel_set_free (FloeChannelSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeChannelSet, floe_channel_set_free)

/* The DTLS role, which decides on even or odd ids (RFC 8832 section 6: the client uses even). */
void floe_channel_set_set_role (FloeChannelSet *self, gboolean is_dtls_client);
/* (unowned); call when the association is CONNECTED, NULL when it is gone (all channels close). */
void floe_channel_set_set_engine (FloeChannelSet *self, FloeSctpEngine *engine,
                                  const GError *error);

/* Local channels. @info is copied. They open when role and engine are known. A channel that can't
 * have an id is closed with OperationError. */
void floe_channel_set_open (FloeChannelSet *self, guint32 key, const FloeChannelInfo *info);
/* (transfer none) @bytes; copied once, by SCTP. */
void floe_channel_set_send (FloeChannelSet *self, guint32 key, gboolean is_text, GBytes *bytes);
/* What is queued is still sent, then the stream is reset (RFC 8831 section 6.7). */
void floe_channel_set_close (FloeChannelSet *self, guint32 key);
/* The application has taken @size bytes (with 64 for each message's overhead) of the channel. */
void floe_channel_set_handle_consumed (FloeChannelSet *self, guint32 key, gsize size);
#define FLOE_MESSAGE_OVERHEAD 64

/* What a channel of the peer's counts for until the application knows of it: so that opening and
 * closing channels can't fill the memory of an application that is busy. */
gsize floe_channel_info_get_cost (const FloeChannelInfo *info);

/* From the engine's callbacks. */
void floe_channel_set_handle_message (FloeChannelSet *self, guint16 stream, guint32 ppid,
                                      GBytes *bytes);
void floe_channel_set_handle_incoming_reset (FloeChannelSet *self, const guint16 *streams,
                                             gsize count);
void floe_channel_set_handle_outgoing_reset (FloeChannelSet *self, const guint16 *streams,
                                             gsize count, gboolean is_done);
void floe_channel_set_handle_writable (FloeChannelSet *self);

G_END_DECLS
