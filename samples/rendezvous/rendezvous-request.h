/* SPDX-License-Identifier: MPL-2.0 */
/* The head of an HTTP/1.1 request (RFC 9112), read strictly: what browsers send, and no more.
 *
 * No request has a body, so there are none of the ways to disagree about where one ends.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RENDEZVOUS_MAX_HEAD_SIZE (16 * 1024)

typedef struct
{
  char *method;        /* (owned) */
  char *path;          /* (owned): begins with a slash; without the query */
  gboolean is_last;    /* no other one follows on this connection */
  GHashTable *headers; /* (owned): name in lower case -> value; repeated ones joined by ", " */
} RendezvousRequest;

void rendezvous_request_clear (RendezvousRequest *self);

/* The size of the head that @data begins with, or 0 when its end is not there yet. */
gsize rendezvous_request_find_end (const guint8 *data, gsize size);

/* Fills @out from a whole head and returns 0, or an HTTP status to refuse it with. */
guint rendezvous_request_parse (const guint8 *head, gsize size, RendezvousRequest *out);

/* (nullable) (transfer none): @name in lower case. */
const char *rendezvous_request_get_header (const RendezvousRequest *self, const char *name);

/* Whether this is a WebSocket handshake, good or bad. */
gboolean rendezvous_request_is_upgrade (const RendezvousRequest *self);

/* Returns 0 when the WebSocket handshake is good and offers @protocol, or an HTTP status to refuse
 * it with. */
guint rendezvous_request_check_upgrade (const RendezvousRequest *self, const char *protocol);

/* (transfer full): the value of Sec-WebSocket-Accept, for a handshake that was checked. */
char *rendezvous_request_make_accept (const RendezvousRequest *self);

/* Whether Host is one of ours, which DNS rebinding can't have: a numeric address, localhost, the
 * machine's name @machine with or without .local, or one of @hosts (nullable). */
gboolean rendezvous_request_has_own_host (const RendezvousRequest *self, const char *machine,
                                          const char *const *hosts);

/* Whether Origin is missing or of the same host and port as Host. */
gboolean rendezvous_request_has_own_origin (const RendezvousRequest *self, gboolean is_tls);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RendezvousRequest, rendezvous_request_clear)

G_END_DECLS
