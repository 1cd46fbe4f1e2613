/* SPDX-License-Identifier: MPL-2.0 */
/* One peer that came to the room: a connection to it, the data channel, and the proof that it knows
 * the code.
 *
 * No handler is called inside a call. A handler may free the link, and none is called after that.
 *
 * Layer: samples. Knows nothing about files. */
#pragma once

#include "exit-status.h"
#include "floe-proof.h"
#include "floe-signaling.h"

G_BEGIN_DECLS

typedef struct
{
  /* It knows the code. */
  void (*proven) (gpointer user_data);
  /* It does not (EXIT_STATUS_AUTHENTICATION), or something else went wrong. The last one called. */
  void (*failed) (ExitStatus status, const char *message, gpointer user_data);
  /* After the proof: messages, and that there is room for more to send. */
  void (*text) (const char *text, gpointer user_data);
  void (*bytes) (GBytes *bytes, gpointer user_data);
  void (*room) (gpointer user_data);
  /* After the proof: data takes another path. @ms: since the link was made. */
  void (*path) (FloePathEvent *event, gint64 ms, gpointer user_data);
} PeerLinkHandlers;

typedef struct
{
  FloeConfiguration *configuration;
  FloeSignaling *signaling;
  gboolean offers;
  FloeProofRole role;
  FloePrivacyLevel privacy; /* the configuration's, which the peer is told */
  const guint8 *key;        /* FLOE_CODE_KEY_SIZE bytes; only read by peer_link_new () */
} PeerLinkOptions;

typedef struct _PeerLink PeerLink;

/* (transfer full): begins to connect, or NULL with FLOE_ERROR. */
PeerLink *peer_link_new (const PeerLinkOptions *options, const PeerLinkHandlers *handlers,
                         gpointer user_data, GError **error);

/* Hangs up: what was not sent is lost. */
void peer_link_free (PeerLink *self);

/* Takes @self: hangs up once the other side has done so or some time has passed, in which it can
 * read what was sent last. No handler is called any more. */
void peer_link_part (PeerLink *self);

/* The way that descriptions and candidates came is not used any more. */
void peer_link_forget_signaling (PeerLink *self);

/* Whether the channel is open, so that something can be said. */
gboolean peer_link_is_open (PeerLink *self);
gboolean peer_link_is_proven (PeerLink *self);

/* Whether packets got through to the peer a moment ago. */
gboolean peer_link_is_alive (PeerLink *self);

gboolean peer_link_send_text (PeerLink *self, const char *text, GError **error);
gboolean peer_link_send_bytes (PeerLink *self, GBytes *bytes, GError **error);

/* How many bytes wait to be sent; the handler room() is called when they are few. */
guint64 peer_link_get_buffered (PeerLink *self);

/* How large a message of bytes may be. */
gsize peer_link_get_chunk_size (PeerLink *self);

/* (transfer full) (nullable). */
FloeIceCandidatePair *peer_link_get_pair (PeerLink *self);

/* (transfer full): how the connection has come about so far. */
FloeConnectionMetrics *peer_link_get_metrics (PeerLink *self);

/* From when the link was made to when its channel opened. */
gint64 peer_link_get_connect_ms (PeerLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerLink, peer_link_free)

G_END_DECLS
