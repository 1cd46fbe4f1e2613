/* SPDX-License-Identifier: MPL-2.0 */
/* What sending and receiving have in common: join a room, connect to who else is there, watch that
 * something moves, and end in an orderly way.
 *
 * Everything belongs to the default context. Once an end is decided no handler runs any more.
 *
 * Layer: samples. Knows nothing about files. */
#pragma once

#include "floe-room-address.h"
#include "report.h"

G_BEGIN_DECLS

typedef struct _Session Session;

typedef struct
{
  /* A connection was made and nothing negotiated yet: time to make or await channels. */
  void (*prepare) (FloePeerConnection *connection, gpointer user_data);
  /* How many bytes of how many have moved; @total stays 0 until that is known. */
  void (*get_progress) (guint64 *bytes, guint64 *total, gpointer user_data);
} SessionHandlers;

typedef struct
{
  gboolean offers;            /* this side makes the offer */
  const char *invitation;     /* (nullable): the address to tell others, when this side invites */
  gboolean includes_loopback; /* the room is on this machine, so the other side may be too */
  guint timeout_s;            /* without anything moving; 0 for the default, with which an inviting
                                 side waits for ever for somebody to join */
} SessionOptions;

/* (transfer full): reports to @report, which outlives it. Copies what it keeps of @options. */
Session *session_new (Report *report, const SessionOptions *options,
                      const SessionHandlers *handlers, gpointer user_data);
void session_free (Session *self);

/* Joins the room at @address once the session runs. */
void session_join (Session *self, const FloeRoomAddress *address);

/* Runs until an end, and returns what kind of. */
ExitStatus session_run (Session *self);

/* (nullable) (transfer none): NULL until prepare(). */
FloePeerConnection *session_get_connection (Session *self);

/* How long the connection has stood, in seconds. */
double session_get_seconds (Session *self);

/* Ends the session with @status: at once, or, when @waits_for_peer, after the other side has had
 * the time to read what was sent last. The first end counts. */
void session_end (Session *self, ExitStatus status, gboolean waits_for_peer);

/* Reports @message as an error and ends at once with @status. */
void session_fail (Session *self, ExitStatus status, const char *message);

/* As session_fail (), but see @waits_for_peer above. */
void session_fail_politely (Session *self, ExitStatus status, const char *message);

/* The other side closed its channel: if this side only waited for that, it ends now. Otherwise the
 * session fails. */
void session_lose_peer (Session *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

G_END_DECLS
