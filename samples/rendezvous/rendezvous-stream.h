/* SPDX-License-Identifier: MPL-2.0 */
/* One connection's bytes, both ways, that never block and are bounded.
 *
 * A connection is read a bit at a time, so that one that always has something to say does not keep
 * the others waiting, and is dropped when it leaves too much of what it is sent unread.
 *
 * Layer: samples. Knows GIO; knows nothing about what the bytes mean. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What may wait to be sent: somewhat more than a member may say in a session. */
#define RENDEZVOUS_MAX_QUEUED_SIZE (640 * 1024)

typedef struct _RendezvousStream RendezvousStream;

/* They run from the main loop, never inside a call. Only handle_closed() may free the stream. */
typedef struct
{
  void (*handle_input) (gpointer user_data, const guint8 *data, gsize size);
  void (*handle_closed) (gpointer user_data); /* once: nothing follows */
} RendezvousStreamCallbacks;

/* (transfer full): @io (referenced) is @socket itself or TLS over it, its handshake done. */
RendezvousStream *rendezvous_stream_new (GIOStream *io, GSocket *socket,
                                         const RendezvousStreamCallbacks *callbacks,
                                         gpointer user_data);

/* Ends the connection, if it still stands. What was sent goes out as far as that takes no waiting.
 */
void rendezvous_stream_free (RendezvousStream *self);

/* Takes @bytes; nothing happens when the stream has ended. */
void rendezvous_stream_send (RendezvousStream *self, GBytes *bytes);

/* What was sent still goes out, within some seconds; input is dropped from now on. Idempotent. */
void rendezvous_stream_finish (RendezvousStream *self);

/* Ends the connection; handle_closed() follows. Idempotent. */
void rendezvous_stream_abort (RendezvousStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousStream, rendezvous_stream_free)

G_END_DECLS
