/* SPDX-License-Identifier: MPL-2.0 */
/* What a tactic is given that crosses hard NATs (foretelling, lock step, punching): one per
 * connection and method, made by floe-traversal when the plan's row for it is due, and freed when
 * the connection rises above relays, closes, or the plan changes its mind.
 *
 * A tactic sends nothing on its own account but what the plan's FloeStrategyTactic allows, and
 * adds its paths by floe_ice_transport_add_path(); that one of them works shows in the transport.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-ice-transport-private.h"
#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

/* Outlives the tactics; all of it is the traversal's. */
typedef struct
{
  GMainContext *context; /* (unowned): the network's */
  FloeIceTransport *ice; /* (unowned) */
  const char *local_ufrag;
  const char *local_pwd;
  const char *remote_ufrag;
  const char *remote_pwd;
  gboolean is_controlling;
  gboolean is_offerer;
  gboolean is_metered;
  FloeNatSummary local;  /* as it was told to the peer */
  FloeNatSummary remote; /* as it was told to us */
  GArray *stun_servers;  /* (nullable) (element-type FloeIceUri) */
  GArray *locals;        /* (element-type FloeCandidate): that were told to the peer so far */
  GArray *remotes;       /* (element-type FloeCandidate): that the peer has told so far */
  guint base_path_id;    /* the plan's direct path, whose sockets the peer knows */
} FloeTacticContext;

/* What a kind of tactic does. */
typedef struct _FloeTactic FloeTactic;

typedef struct
{
  const char *name;
  /* @tactic is the plan's, copied if needed. NULL when it can't be done here. */
  FloeTactic *(*start) (const FloeTacticContext *context, const FloeStrategyTactic *tactic);
  /* The last of context->locals or context->remotes is new. */
  void (*handle_candidate) (FloeTactic *self);
  /* A path of the transport works, or does no longer: ask it. */
  void (*handle_change) (FloeTactic *self);
  void (*free) (FloeTactic *self);
} FloeTacticClass;

/* (nullable): how @part is carried out. NULL for NONE and for AWAIT,
 * which the plain checks of the direct path do. */
const FloeTacticClass *floe_tactic_find (FloeStrategyPart part);

G_END_DECLS
