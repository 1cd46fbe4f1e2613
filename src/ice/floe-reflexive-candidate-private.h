/* SPDX-License-Identifier: MPL-2.0 */
/* The server-reflexive candidate that an answer of a STUN server makes.
 *
 * Layer: ice. May include: base, sdp, stun. Pure. */
#pragma once

#include "floe-candidate-codec-private.h"
#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

/* What a socket looks like from outside. */
typedef struct
{
  guint base;
  guint server; /* that was the first to see it */
  FloeStunAddress address;
  FloeCandidate candidate;
} FloeReflexiveMapping;

/* What tells the candidates of a path from each other. */
typedef struct
{
  guint path_id;
  guint base;    /* of several bases with one IP address the first */
  guint server;  /* which of the servers */
  guint ordinal; /* how many the base had before */
} FloeReflexiveName;

/* @host: the host candidate that is the base. */
void floe_reflexive_candidate_make (FloeCandidate *out, const FloeCandidate *host,
                                    const FloeReflexiveName *name, const FloeStunAddress *mapped);

/* Whether what a server sees is what the host candidate at @base says already. Without a NAT it
 * does, unless that candidate is hidden: what the server learns peers may know as well, but for
 * addresses of a local network. */
gboolean floe_reflexive_is_redundant (const FloeStunAddress *base, gboolean is_hidden,
                                      const FloeStunAddress *mapped);

/* FALSE for another family, and for a server out there from loopback: the host's own addresses are
 * reached from there, too, but nothing beyond. */
gboolean floe_reflexive_may_reach (const FloeStunAddress *base, const FloeStunAddress *server);

/* What a server's response says of a socket at @base; FALSE when peers could not send there. */
gboolean floe_reflexive_read (const FloeStunMessage *response, const FloeStunAddress *base,
                              FloeStunAddress *mapped);

/* @mappings: (element-type FloeReflexiveMapping) */
gboolean floe_reflexive_mappings_have (const GArray *mappings, guint base,
                                       const FloeStunAddress *address);
/* The candidate with this address and port, or NULL. */
const FloeCandidate *floe_reflexive_mappings_find (const GArray *mappings, const char *address,
                                                   guint16 port);

G_END_DECLS
