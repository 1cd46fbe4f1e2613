/* SPDX-License-Identifier: MPL-2.0 */
/* A session's two halves: session.c has its life, from the first phase to the last, its clock and
 * what engines call; session-peers.c has who comes and goes. */
#pragma once

#include "networks.h"
#include "peer-link.h"
#include "room.h"
#include "session.h"

G_BEGIN_DECLS

#define SESSION_SIGNAL_COUNT 3

typedef enum
{
  PHASE_WAITING,      /* for somebody to come */
  PHASE_CONNECTING,   /* to who came, and for the proof */
  PHASE_TRANSFERRING, /* with who knows the code */
  PHASE_PARTING,      /* the end is decided: for the other side to hang up */
  PHASE_OVER,
} Phase;

struct _Session
{
  const Options *options; /* (unowned) */
  Report *report;         /* (unowned) */
  SessionEngine engine;
  gpointer user_data;

  GMainLoop *loop;                         /* (owned) */
  Room *room;                              /* (owned) (nullable): NULL when there could be none */
  Networks *networks;                      /* (owned) */
  PeerLink *link;                          /* (owned) (nullable): NULL unless somebody is there */
  guint sources[SESSION_SIGNAL_COUNT + 1]; /* and the tick */
  guint parting_source;                    /* 0 unless it is armed */

  Phase phase;
  ExitStatus status;
  guint wrong_proofs;
  gboolean is_peer_gone; /* from the room */
  gboolean is_room_lost; /* for good: who is there is the last */
  gboolean awaits_person;
  guint64 moved_bytes;
  gint64 moved_at_us; /* when something moved last */
  gint64 phase_began_us;
};

/* In session-peers.c. */
extern const RoomHandlers session_room_handlers;

/* Sees whether who is there has been too long about it; nothing moved for @quiet_us. */
void session_check_peer (Session *self, gint64 quiet_us);

/* In session.c. */
void session_set_phase (Session *self, Phase phase);

/* Nothing comes of who is there. */
void session_report_attempt (Session *self);

/* Ends the phase PHASE_PARTING. */
void session_hang_up (Session *self);

G_END_DECLS
