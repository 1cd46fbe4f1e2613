/* SPDX-License-Identifier: MPL-2.0 */
/* What sending and receiving have in common: be in a room, find out who of those who come knows the
 * code, watch that something moves, and end in an orderly way.
 *
 * Everything belongs to the default context. Once an end is decided the engine is not called any
 * more, and what it still sends is dropped; so it may go on after a call that ended the session.
 *
 * Layer: samples. Knows nothing about files. */
#pragma once

#include "floe-proof.h"
#include "options.h"
#include "report.h"
#include "transfer-message.h"

G_BEGIN_DECLS

typedef struct _Session Session;

/* What is done once both sides are sure of each other. Nothing is called before start(). */
typedef struct
{
  FloeProofRole role;
  void (*start) (gpointer engine);
  /* Neither UNKNOWN nor ERROR. */
  void (*handle_message) (const TransferMessage *message, gpointer engine);
  void (*handle_bytes) (GBytes *bytes, gpointer engine);
  /* There is room for more to send. */
  void (*handle_room) (gpointer engine);
  /* How many bytes of how many (-1: not known) have moved. */
  void (*get_progress) (guint64 *bytes, gint64 *total, gpointer engine);
} SessionEngine;

/* (transfer full): @options and @report outlive it. */
Session *session_new (const Options *options, Report *report, const SessionEngine *engine,
                      gpointer user_data);
void session_free (Session *self);

/* Runs until an end, and returns what kind of. */
ExitStatus session_run (Session *self);

/* Takes @text. */
void session_send_text (Session *self, char *text);
void session_send_bytes (Session *self, GBytes *bytes);

/* How many bytes wait to be sent, and how large a message of bytes may be. */
guint64 session_get_buffered (Session *self);
gsize session_get_chunk_size (Session *self);

/* Whether somebody is being asked something, on either side, who may take as long as they like. */
void session_set_awaits_person (Session *self, gboolean awaits_person);

/* Since the proof, in seconds. */
double session_get_seconds (Session *self);

/* Ends well: at once, or, when @waits_for_peer, after the other side has had the time to read what
 * was sent last. The first end counts. */
void session_finish (Session *self, gboolean waits_for_peer);

/* Ends with @status, reports @message, and tells the other side as much as it needs to know. */
void session_fail (Session *self, ExitStatus status, const char *message);

/* The same, for what the other side did wrong. */
void session_fail_protocol (Session *self, const char *message);

/* Ends with @status and reports @message; the other side was told, or does not have to be.
 * @waits_for_peer as in session_finish(). */
void session_end (Session *self, ExitStatus status, const char *message, gboolean waits_for_peer);

gboolean session_is_ending (Session *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

G_END_DECLS
