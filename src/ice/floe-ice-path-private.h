/* SPDX-License-Identifier: MPL-2.0 */
/* One path of a transport: one NiceAgent with one server, from its start to its end.
 *
 * Events may come inside a call to the path; all but received() must only take notes. Sending
 * goes through the path, so that a faster way to send can slot in here.
 *
 * Layer: ice. Network thread only. Knows nothing of other paths. */
#pragma once

#include <gio/gio.h>

#include "floe-candidate-codec-private.h"
#include "floe-check-budget-private.h"
#include "floe-gather-core-private.h"
#include "floe-ice-remote-private.h"
#include "floe-path-spec-private.h"
#include "floe-privacy-rules-private.h"
#include "floe-rise-core-private.h"

G_BEGIN_DECLS

typedef struct _FloeIcePath FloeIcePath;

typedef enum
{
  FLOE_PATH_IDLE,      /* not started */
  FLOE_PATH_RESOLVING, /* the server's name */
  FLOE_PATH_RUNNING,   /* has an agent */
  FLOE_PATH_CLOSED,    /* given up, or the transport closed */
} FloePathState;

typedef struct
{
  void (*candidate) (FloeIcePath *path, const FloeCandidate *candidate, gpointer user_data);
  /* Nothing came of one of a direct path's STUN servers. @text is static. */
  void (*server_failed) (FloeIcePath *path, const FloeIceUri *server, guint code, const char *text,
                         gpointer user_data);
  /* Once a start, at the latest some seconds after it: libnice has nothing more to come. Candidates
   * may come afterwards. @code 0, or a W3C error code and @text. */
  void (*gathered) (FloeIcePath *path, guint code, const char *text, gpointer user_data);
  /* One of is_ready(), is_finished(), the pair and what add_gather_facts() adds may have
   * changed. */
  void (*changed) (FloeIcePath *path, gpointer user_data);
  /* What the TURN server had lent is lost, or will be. */
  void (*lost) (FloeIcePath *path, guint code, const char *text, gpointer user_data);
  void (*received) (FloeIcePath *path, const guint8 *data, gsize size, gpointer user_data);
  /* The peer has sent a check, so it has our password. Not told of every one. */
  void (*met) (FloeIcePath *path, gpointer user_data);
} FloeIcePathEvents;

/* What all paths of a transport have in common. */
typedef struct
{
  GMainContext *context; /* (unowned): the transport's */
  char *ufrag;           /* (owned) */
  char *pwd;             /* (owned) */
  guint16 min_port;
  guint16 max_port;
  gboolean relay_only;
  FloePrivacyRules rules;
  gboolean is_controlling;
  GArray *addresses;              /* (owned) (element-type FloeLocalAddress): to bind to */
  gboolean has_free_choice;       /* a relay path may use any address that leads to its server */
  const FloeIceRemote *remote;    /* (unowned): the transport's */
  GProxyResolver *proxy_resolver; /* (owned) (nullable): for TURN over TCP and TLS */
  GTlsDatabase *tls_database;     /* (owned) (nullable) */
  gboolean is_direct_held;        /* direct paths are not told of the remote side yet */
  guint path_count;               /* that share the pace of checks */
  FloeCheckBudget *budget;        /* (owned): of checks beside libnice's, of all paths */
  guint mapping_lifetime_s;       /* of the NAT's idle mappings; 0: not known */
  gint64 received_us;             /* when the peer sent something on any path; 0: never */
  gboolean peer_answers;          /* it has answered a probe, on whatever path */
  gint64 life_us;                 /* when any path showed life; 0: never */
} FloeIceShared;

/* @shared lives longer than the path; so does @events. */
FloeIcePath *floe_ice_path_new (guint id, const FloePathSpec *spec, const FloeIceShared *shared,
                                const FloeIcePathEvents *events, gpointer user_data);
void floe_ice_path_free (FloeIcePath *self);

/* Of a direct path, before it is started (again); @servers (nullable) (element-type FloeIceUri):
 * copied. */
void floe_ice_path_set_stun_servers (FloeIcePath *self, const GArray *servers);

/* It may be started again after it was closed. */
void floe_ice_path_start (FloeIcePath *self, gint64 now_us);

/* Of a path apart: one more candidate of the peer's, at any time. FALSE when it is of no use. */
gboolean floe_ice_path_add_candidate (FloeIcePath *self, const FloeCandidate *candidate);
/* (transfer none) (nullable): the UDP socket that is bound to @address, or the first one for NULL.
 * Good until the path closes. */
GSocket *floe_ice_path_get_socket (const FloeIcePath *self, const char *address);

/* Hands what is new in the shared remote side to the agent. */
void floe_ice_path_update_remote (FloeIcePath *self);

/* Stops everything; no event comes after this, unless it is started again. Idempotent. */
void floe_ice_path_close (FloeIcePath *self);

gboolean floe_ice_path_send (FloeIcePath *self, const guint8 *data, gsize size);

/* Monotonic microseconds, -1 for none. */
void floe_ice_path_handle_timeout (FloeIcePath *self, gint64 now_us);
gint64 floe_ice_path_get_deadline (const FloeIcePath *self);

guint floe_ice_path_get_id (const FloeIcePath *self);
const FloePathSpec *floe_ice_path_get_spec (const FloeIcePath *self);
/* The server that libnice uses, or NULL. */
const FloeIceUri *floe_ice_path_get_server (const FloeIcePath *self);
FloePathState floe_ice_path_get_state (const FloeIcePath *self);
/* When it was started last; 0: never. */
gint64 floe_ice_path_get_started_us (const FloeIcePath *self);
/* There are candidates to check. */
gboolean floe_ice_path_is_checking (const FloeIcePath *self);
gboolean floe_ice_path_is_gathered (const FloeIcePath *self);
/* What the path knows that the end of gathering depends on. */
void floe_ice_path_add_gather_facts (const FloeIcePath *self, FloeGatherFacts *facts);
/* The transport is connected: STUN servers are not asked again. */
void floe_ice_path_stop_refreshing (FloeIcePath *self);
/* A pair is nominated and works. */
gboolean floe_ice_path_is_ready (const FloeIcePath *self);
/* Ready, and no better pair is being checked. */
gboolean floe_ice_path_is_finished (const FloeIcePath *self);
/* FALSE when no pair was ever selected. */
gboolean floe_ice_path_get_pair (const FloeIcePath *self, FloeCandidate *local,
                                 FloeCandidate *remote);

/* By what kind of way the selected pair leads to the peer; NONE without one. */
FloeRouteKind floe_ice_path_get_route (const FloeIcePath *self);
/* Whether the selected pair's socket is bound to one of @addresses (element-type
 * FloeLocalAddress), or nobody can tell: a tunnel's socket is GIO's. */
gboolean floe_ice_path_is_bound_to (const FloeIcePath *self, const GArray *addresses);
/* Whether all its sockets are bound to @addresses (element-type FloeLocalAddress). */
gboolean floe_ice_path_keeps_to (const FloeIcePath *self, const GArray *addresses);

G_END_DECLS
