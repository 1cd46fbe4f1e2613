/* SPDX-License-Identifier: MPL-2.0 */
/* What members and a rendezvous say to each other (docs/protocol.md section 2), as text.
 *
 * What is passed on is written anew from the members that the protocol knows, so that nobody gets
 * bytes that only another side's JSON reader understands.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

typedef enum
{
  RENDEZVOUS_REASON_NO_ROOM,
  RENDEZVOUS_REASON_FULL,
  RENDEZVOUS_REASON_DUPLICATE,
  RENDEZVOUS_REASON_DISMISSED,
  RENDEZVOUS_REASON_PROTOCOL,
  RENDEZVOUS_REASON_BUSY,
  RENDEZVOUS_REASON_TIMEOUT,
} RendezvousReason;

typedef enum
{
  RENDEZVOUS_MESSAGE_JOIN,
  RENDEZVOUS_MESSAGE_RELAY, /* a description or a candidate */
  RENDEZVOUS_MESSAGE_GONE,
  RENDEZVOUS_MESSAGE_OTHER, /* of a type that we do not know: left out */
} RendezvousMessageKind;

typedef struct
{
  RendezvousMessageKind kind;
  char *id;       /* (owned) (nullable): with JOIN */
  gboolean opens; /* with JOIN */
  gint64 session; /* with RELAY and GONE */
  char *text;     /* (owned) (nullable): with RELAY: what to pass on */
} RendezvousMessage;

void rendezvous_message_clear (RendezvousMessage *self);

/* Fills @out from a member's @text, which is hostile. FALSE with FLOE_ERROR_SYNTAX when it breaks
 * the protocol. */
gboolean rendezvous_message_read (const char *text, gsize size, RendezvousMessage *out,
                                  GError **error);

/* (transfer full): @ice_servers (nullable) of FloeIceServer; those that need a password are left
 * out unless @with_passwords. */
char *rendezvous_message_write_welcome (GPtrArray *ice_servers, gboolean with_passwords,
                                        FloePrivacyLevel privacy);

/* (transfer full). */
char *rendezvous_message_write_peer (gint64 session, gboolean offers);

/* (transfer full). */
char *rendezvous_message_write_gone (gint64 session);

/* (transfer full). */
char *rendezvous_message_write_error (RendezvousReason reason);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RendezvousMessage, rendezvous_message_clear)

G_END_DECLS
