/* SPDX-License-Identifier: MPL-2.0 */
/* Answers questions for names of ours, and says when there are no more of them (RFC 6762 sections 6
 * to 10), without any I/O.
 *
 * Names are unique by chance (draft-ietf-mmusic-mdns-ice-candidates section 3.1.1): they are not
 * probed for, and others who claim one change nothing.
 *
 * All times are monotonic microseconds given by the caller. Contract: after each call but the
 * getters, poll until FALSE, then wait for a query or the deadline.
 *
 * Layer: mdns. Network thread only. */
#pragma once

#include "floe-mdns-link-private.h"

G_BEGIN_DECLS

/* In the whole process. A connection has one a local address. */
#define FLOE_MDNS_MAX_PUBLISHED 512

typedef struct _FloeMdnsResponderCore FloeMdnsResponderCore;

FloeMdnsResponderCore *floe_mdns_responder_core_new (void);
void floe_mdns_responder_core_free (FloeMdnsResponderCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeMdnsResponderCore, floe_mdns_responder_core_free)

/* Publishes @name, which is new, on @interface; FALSE when there are too many. */
gboolean floe_mdns_responder_core_add (FloeMdnsResponderCore *self, gint64 now_us, const char *name,
                                       const FloeMdnsAddress *address, guint interface);
/* The address has gone from its interface (0), or to another one. */
void floe_mdns_responder_core_move (FloeMdnsResponderCore *self, gint64 now_us, const char *name,
                                    guint interface);
/* Withdraws @name: whoever heard of it is told. */
void floe_mdns_responder_core_remove (FloeMdnsResponderCore *self, const char *name);
/* (nullable): whose address is asked for */
const FloeMdnsAddress *floe_mdns_responder_core_find (const FloeMdnsResponderCore *self,
                                                      const char *name);

void floe_mdns_responder_core_handle_query (FloeMdnsResponderCore *self, gint64 now_us,
                                            const FloeMdnsLink *link, const FloeMdnsSource *source,
                                            const FloeMdnsMessage *query);
gint64 floe_mdns_responder_core_get_deadline (const FloeMdnsResponderCore *self); /* -1: none */
gboolean floe_mdns_responder_core_poll (FloeMdnsResponderCore *self, gint64 now_us,
                                        FloeMdnsOutput *out);

G_END_DECLS
