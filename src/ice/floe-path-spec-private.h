/* SPDX-License-Identifier: MPL-2.0 */
/* The rows that a plan consists of: which paths an ICE transport opens, and when.
 *
 * Layer: ice. Filled in by the strategy above; ice need not know how. */
#pragma once

#include <glib.h>
#include <netinet/in.h>

#include "floe-ice-uri-codec-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_PATH_DIRECT,  /* host and reflexive candidates */
  FLOE_PATH_RELAY,   /* candidates of one TURN server */
  FLOE_PATH_ICE_TCP, /* host candidates over TCP, active and passive (RFC 6544) */
} FloePathKind;

typedef struct
{
  FloePathKind kind;
  guint start_after_ms;   /* from the start of gathering; the relays' race: the smallest of all */
  guint give_up_after_ms; /* from the path's start; 0: never */
  gboolean may_carry_data;
  guint preference;      /* the ready path with the highest one carries data */
  GArray *stun_servers;  /* (owned) (nullable) (element-type FloeIceUri): DIRECT: all are asked;
                            ICE_TCP: some */
  FloeIceUri server;     /* RELAY: the TURN server */
  char *username;        /* (owned) (nullable) */
  char *credential;      /* (owned) (nullable) */
  gboolean is_successor; /* peers shall move to it from what they use, even of the same kind */
  gboolean is_try;       /* DIRECT: one more, later than the plan's */
  /* DIRECT, beside the plan: of the peer's candidates it gets only those that are given to it by
   * name, asks no server, and tells none of its own. */
  gboolean is_apart;
  char local_address[INET6_ADDRSTRLEN]; /* the only one to bind to; "": all */
  guint16 local_port;                   /* 0: any */
  gboolean stays_warm;                  /* RELAY: not given back when a direct path carries */
  FloePathType type;                    /* how it is called in metrics; DIRECT: as the rest says */
} FloePathSpec;

/* What metrics call it. */
FloePathType floe_path_spec_get_type (const FloePathSpec *self);
/* How a relay path reaches its server; NONE for the direct path. */
FloeRelayProtocol floe_path_spec_get_relay_protocol (const FloePathSpec *self);

FloePathSpec *floe_path_spec_copy (const FloePathSpec *self);
void floe_path_spec_free (FloePathSpec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePathSpec, floe_path_spec_free)

G_END_DECLS
