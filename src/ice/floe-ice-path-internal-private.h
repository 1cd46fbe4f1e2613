/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of a path share: floe-ice-path.c has its life, floe-ice-path-agent.c its agent.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-candidate-convert-private.h"
#include "floe-ice-path-private.h"
#include "floe-ice-repeats-private.h"
#include "floe-nice-agent-private.h"
#include "floe-reflexive-private.h"
#include "floe-relay-access-private.h"
#include "floe-tcp-gate-private.h"
#include "floe-tcp-so-private.h"

G_BEGIN_DECLS

/* What of the remote side an agent knows. */
typedef struct
{
  guint number; /* of the newest candidate */
  guint translated_number;
  guint tcp_number;
  guint count;     /* of candidates */
  guint own_count; /* of the path's own candidates */
  gboolean has_credentials;
  gboolean has_end;
} FloeFedRemote;

/* Since a path was started. */
typedef struct
{
  gint64 started_us;
  gboolean has_sockets;  /* nothing has to come before the path's @reflexive can say something */
  gboolean is_reflected; /* a candidate of the server's making has come */
} FloePathGathering;

typedef struct _FloePathTcp FloePathTcp;

struct _FloeIcePath
{
  guint id;
  FloePathSpec *spec;          /* (owned) */
  const FloeIceShared *shared; /* (unowned): the transport outlives its paths */
  const FloeIcePathEvents *events;
  gpointer user_data;
  FloePathState state;
  GCancellable *lookup;     /* (owned) (nullable): while the name is being resolved */
  FloeRelayAccess *access;  /* (owned) (nullable): of a relay path */
  NiceAgent *agent;         /* (owned) (nullable) */
  FloeReflexive *reflexive; /* (owned) (nullable): of a direct path with taps */
  FloeIceRepeats *repeats;  /* (owned) (nullable): of a direct path with taps and a peer */
  FloePathTcp *tcp;         /* (owned) (nullable): of an ICE-TCP path that has sockets */
  NiceComponentState component_state;
  FloePathGathering gathering;
  gint64 attempt_us; /* when the agent was made */
  gboolean is_gathered;
  FloeFedRemote fed;        /* to @agent */
  GPtrArray *own;           /* (owned) (nullable) (element-type NiceCandidate): of a path apart */
  const char *server_error; /* (unowned) (nullable): why the server could not be used */
};

/* A new agent, whose server and addresses are to be set; then gather(). */
void floe_ice_path_make_agent (FloeIcePath *self);
/* Returns why nothing can be gathered, or NULL. */
const char *floe_ice_path_gather (FloeIcePath *self, gboolean has_address);
/* Does nothing when there is none. */
void floe_ice_path_drop_agent (FloeIcePath *self);

FloeCandidateMark floe_ice_path_get_mark (const FloeIcePath *self);

/* floe-ice-path-apart.c */
/* Gives the agent what of the path's own candidates it does not know yet. */
void floe_ice_path_feed_own (FloeIcePath *self);
/* (transfer full) (element-type FloeLocalAddress): to bind to. */
GArray *floe_ice_path_select_addresses (const FloeIcePath *self);

/* floe-ice-path-privacy.c */
/* Whether checks may go to @candidate, by the guard and by the privacy level. */
gboolean floe_ice_path_may_check (const FloeIcePath *self, const NiceCandidate *candidate);
/* Has the agent's sockets hear only whom the privacy level lets them answer. Returns why that can't
 * be, or NULL. */
const char *floe_ice_path_close_gates (FloeIcePath *self);

/* floe-ice-path-tcp.c: nothing happens on other paths. */
void floe_ice_path_begin_tcp (FloeIcePath *self);
void floe_ice_path_end_tcp (FloeIcePath *self);
/* A pair was selected, or is what stays (@is_ready). */
void floe_ice_path_settle_tcp (FloeIcePath *self, gboolean is_ready);
/* Prepends the TCP candidates to @fresh that the agent does not know: they are for no other path.
 */
GSList *floe_ice_path_take_tcp (FloeIcePath *self, GSList *fresh);
/* What the peers call a pair that libnice sees a bridge in. */
void floe_ice_path_name_tcp (const FloeIcePath *self, FloeCandidate *local, FloeCandidate *remote);

/* Too many strangers have come. */
void floe_ice_path_end_flooded (FloeIcePath *self);

/* What there is to tell is told, once. */
void floe_ice_path_finish_gathering (FloeIcePath *self);
/* The same of a relay path, when it is known what came of it. @code 0 for an address. */
void floe_ice_path_finish_relay (FloeIcePath *self, guint code, const char *text);

G_END_DECLS
