/* SPDX-License-Identifier: MPL-2.0 */
/* Looks up the addresses of names by asking the link (RFC 6762 section 5), without any I/O.
 *
 * A name is asked for at 0, 1 and 3 s; a peer that publishes it late is found until a minute has
 * passed. The first address of each family counts, whatever else is told: the peer has one a name,
 * and checks find out whether it is the peer's.
 *
 * All times are monotonic microseconds given by the caller. Contract: after each call but the
 * getters, poll until FALSE, then wait for a response or the deadline.
 *
 * Layer: mdns. Network thread only. */
#pragma once

#include "floe-mdns-link-private.h"

G_BEGIN_DECLS

/* Names at once, in the whole process. */
#define FLOE_MDNS_MAX_LOOKUPS 128

typedef enum
{
  FLOE_MDNS_EVENT_ASK,    /* send a question for @name and @type on all links */
  FLOE_MDNS_EVENT_FOUND,  /* @name has @address */
  FLOE_MDNS_EVENT_MISSED, /* nobody has answered in time, and may still */
  FLOE_MDNS_EVENT_ENDED,  /* nobody is asked any more */
} FloeMdnsEventType;

typedef struct
{
  FloeMdnsEventType type;
  char name[FLOE_MDNS_NAME_SIZE];
  guint16 question_type;
  FloeMdnsAddress address;
} FloeMdnsEvent;

typedef struct _FloeMdnsResolverCore FloeMdnsResolverCore;

FloeMdnsResolverCore *floe_mdns_resolver_core_new (void);
void floe_mdns_resolver_core_free (FloeMdnsResolverCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeMdnsResolverCore, floe_mdns_resolver_core_free)

/* Begins to look up @name, in lower case; nothing when that has begun. What was found is kept until
 * stop(). FALSE when there are too many. */
gboolean floe_mdns_resolver_core_start (FloeMdnsResolverCore *self, gint64 now_us,
                                        const char *name);
void floe_mdns_resolver_core_stop (FloeMdnsResolverCore *self, const char *name);

void floe_mdns_resolver_core_handle_response (FloeMdnsResolverCore *self, gint64 now_us,
                                              const FloeMdnsMessage *response);
void floe_mdns_resolver_core_handle_timeout (FloeMdnsResolverCore *self, gint64 now_us);
gint64 floe_mdns_resolver_core_get_deadline (const FloeMdnsResolverCore *self); /* -1: none */
gboolean floe_mdns_resolver_core_poll (FloeMdnsResolverCore *self, FloeMdnsEvent *out);

/* (nullable): what was found, of @family */
const FloeMdnsAddress *floe_mdns_resolver_core_get_found (const FloeMdnsResolverCore *self,
                                                          const char *name, FloeMdnsFamily family);
/* Whether an answer would still be taken. */
gboolean floe_mdns_resolver_core_is_open (const FloeMdnsResolverCore *self, const char *name);
/* Whether nothing was found yet, and the time for it is not over. */
gboolean floe_mdns_resolver_core_is_pending (const FloeMdnsResolverCore *self, const char *name);

G_END_DECLS
