/* SPDX-License-Identifier: MPL-2.0 */
/* The two halves of a FloeDataChannelStream: pollable streams without a thread or descriptor.
 *
 * Whatever makes them ready happens in the channel's context, so their sources simply look again
 * each time that the context is about to wait.
 *
 * Layer: peer. */
#pragma once

#include <gio/gio.h>

#include <floe/floe-data-channel-stream.h>

G_BEGIN_DECLS

/* (transfer full): do not hold @owner, who holds them and detaches them in its dispose(). */
GInputStream *floe_channel_input_stream_new (FloeDataChannelStream *owner);
GOutputStream *floe_channel_output_stream_new (FloeDataChannelStream *owner);
void floe_channel_input_stream_detach (GInputStream *stream);
void floe_channel_output_stream_detach (GOutputStream *stream);

/* floe-data-channel-stream.c: what the halves ask of the whole. */
gboolean floe_channel_stream_is_readable (FloeDataChannelStream *self);
gboolean floe_channel_stream_is_writable (FloeDataChannelStream *self);
/* 0 when there is nothing to read. */
gssize floe_channel_stream_read (FloeDataChannelStream *self, void *buffer, gsize count);
gssize floe_channel_stream_write (FloeDataChannelStream *self, const void *buffer, gsize count,
                                  GError **error);

G_END_DECLS
