/* SPDX-License-Identifier: MPL-2.0 */
/* One end of a session between two floes, for programs that attack the other end: connects and
 * opens the channel as docs/protocol.md says, and leaves the rest to them.
 *
 * Layer: tests. Signalling goes through functions, as JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "floe-proof.h"

G_BEGIN_DECLS

typedef struct _AttackLink AttackLink;

/* Called by the main loop. None of them may free the link. */
typedef struct
{
  /* @object (transfer full): a description or a candidate for the other end */
  void (*signal) (JsonObject *object, gpointer user_data);
  void (*opened) (gpointer user_data);
  void (*text) (const char *text, gpointer user_data);
  void (*bytes) (GBytes *bytes, gpointer user_data);
  /* Much was sent, and most of it is gone. */
  void (*drained) (gpointer user_data);
  /* The channel is over, or there never will be one. */
  void (*closed) (gpointer user_data);
} AttackLinkEvents;

/* (transfer full): @offers makes the channel and the offer. @events lives as long as the link. */
AttackLink *attack_link_new (gboolean offers, const AttackLinkEvents *events, gpointer user_data);

/* Ends the session as a program does that is done. */
void attack_link_free (AttackLink *self);

/* A description or a candidate from the other end. Whatever length of message it says it takes, we
 * send longer ones. */
void attack_link_receive (AttackLink *self, JsonObject *object);

/* FALSE when it can't be sent. */
gboolean attack_link_send_text (AttackLink *self, const char *text);
gboolean attack_link_send_bytes (AttackLink *self, GBytes *bytes);

/* Whether there is so much to send that ::drained will be called. */
gboolean attack_link_is_full (AttackLink *self);

/* Takes in no more, so that the other end can't get rid of what it sends. */
void attack_link_stall (AttackLink *self);

/* Fills in the fingerprints of @binding. FALSE when a description has none. */
gboolean attack_link_get_fingerprints (AttackLink *self, FloeProofBinding *binding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AttackLink, attack_link_free)

G_END_DECLS
