/* SPDX-License-Identifier: MPL-2.0 */
/* One ICE identity over several paths. A path is one NiceAgent; all share ufrag and password, so
 * the peer sees one ordinary endpoint that trickles. Data is taken from any path and sent on one.
 *
 * Events are called from the network context's main loop, never inside a call to the transport;
 * inside an event the transport may be closed and unreferenced.
 *
 * Layer: ice. May include: base, sdp. Network thread only. Knows nothing of DTLS. */
#pragma once

#include <gio/gio.h>

#include "floe-candidate-codec-private.h"
#include "floe-ice-schedule-private.h"
#include "floe-ice-steps-private.h"
#include "floe-path-spec-private.h"

G_BEGIN_DECLS

typedef struct _FloeIceTransport FloeIceTransport;

typedef struct
{
  /* A local candidate, with a foundation that no other path uses. */
  void (*candidate) (const FloeCandidate *candidate, gpointer user_data);
  /* A server did not do its part (W3C icecandidateerror; 701 when it can't be reached). */
  void (*candidate_error) (const char *url, guint code, const char *text, gpointer user_data);
  /* The useful candidates are there (floe-gather-core). A candidate that comes after this starts
   * gathering again, and is followed by this again. */
  void (*gathering_done) (gpointer user_data);
  void (*state_changed) (FloeIceConnectionState state, gpointer user_data);
  /* The path that carries data, or its pair, changed. @relay_protocol is in @local. @elapsed_us:
   * since the start of gathering. */
  void (*pair_changed) (guint path_id, const FloeCandidate *local, const FloeCandidate *remote,
                        FloePathReason reason, gint64 elapsed_us, gpointer user_data);
  /* A datagram that is not STUN, from an address with a valid pair. */
  void (*received) (guint path_id, const guint8 *data, gsize size, gpointer user_data);
  /* Send something on this path that the peer answers; then call handle_answer(). */
  void (*probe) (guint path_id, gpointer user_data);
  /* (nullable): a path works, or does no longer. */
  void (*changed) (gpointer user_data);
  /* What was sent lately is probably lost, and what is sent now may arrive: another path took over
   * from a silent one (then this follows pair_changed()), or a silent one shows life again.
   * @is_heard: the peer sends there as well. Where it does not yet this comes again when it does.
   */
  void (*resumed) (gboolean is_heard, gpointer user_data);
  /* What became of a path, for metrics. Counters are told with each step, and while data flows
   * about each second. */
  void (*stepped) (const FloePathStep *step, gpointer user_data);
} FloeIceTransportEvents;

typedef struct
{
  GMainContext *context; /* (unowned): the network context */
  const char *ufrag;
  const char *pwd;
  guint16 min_port; /* 0, 0: any */
  guint16 max_port;
  const char *const *interfaces; /* (nullable): names of interfaces or addresses to use */
  gboolean include_loopback;     /* also when something else is up */
  FloePrivacyLevel privacy;
  gboolean relay_only;
  GProxyResolver *proxy_resolver; /* (unowned) (nullable): for TURN over TCP and TLS */
  GTlsDatabase *tls_database;     /* (unowned) (nullable) */
  guint failed_timeout_ms;        /* FAILED then; 0: as floe-ice-state-core has it */
  guint relay_warm_ms;     /* relays stay so long when a direct path carries; G_MAXUINT: for ever */
  guint gather_timeout_ms; /* gathering is complete then at the latest; 0: no limit */
} FloeIceTransportConfig;

/* @config and @plan (element-type FloePathSpec) are copied; @events is static. */
FloeIceTransport *floe_ice_transport_new (const FloeIceTransportConfig *config, GPtrArray *plan,
                                          const FloeIceTransportEvents *events, gpointer user_data);
FloeIceTransport *floe_ice_transport_ref (FloeIceTransport *self);
void floe_ice_transport_unref (FloeIceTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceTransport, floe_ice_transport_unref)

/* Before gathering. */
void floe_ice_transport_set_controlling (FloeIceTransport *self, gboolean is_controlling);

/* When the paths of the plan begin and may carry, instead of all of them at once. At any time: what
 * has begun goes on. */
void floe_ice_transport_set_schedule (FloeIceTransport *self, const FloeIceSchedule *schedule);

/* Starts the paths of the plan. Once. */
void floe_ice_transport_gather (FloeIceTransport *self);

/* Other servers, or other credentials. Before gathering they are simply the ones to use. After its
 * start the rows of @plan that are relays count: what carries data is replaced before it ends. */
void floe_ice_transport_set_plan (FloeIceTransport *self, GPtrArray *plan);

/* The remote side may come before or after gathering starts; candidates before or after this. */
void floe_ice_transport_set_remote_credentials (FloeIceTransport *self, const char *ufrag,
                                                const char *pwd);

/* UDP candidates with literal addresses are handed to the paths, passive TCP ones to those over
 * TCP; others are counted and dropped. Bounded: at most 100 and 8 are kept. */
void floe_ice_transport_add_remote_candidate (FloeIceTransport *self,
                                              const FloeCandidate *candidate);
void floe_ice_transport_set_remote_end_of_candidates (FloeIceTransport *self);

/* Sends a datagram on the path that carries data. FALSE when there is none (or consent is gone:
 * no life for 30 s), or when the socket would block; the datagram is lost then. */
gboolean floe_ice_transport_send (FloeIceTransport *self, const guint8 *data, gsize size);
/* The same on a given path; for probes. */
gboolean floe_ice_transport_send_on (FloeIceTransport *self, guint path_id, const guint8 *data,
                                     gsize size);

/* The peer has proved that it is alive: data came on this path that nobody else can have sent. */
void floe_ice_transport_handle_life (FloeIceTransport *self, guint path_id);
/* Or a probe that went out on this path was answered, wherever the answer came from. */
void floe_ice_transport_handle_answer (FloeIceTransport *self, guint path_id, gint64 round_trip_us);
/* How long the NAT keeps a mapping that nothing uses, in seconds, as it was measured; 0 when that
 * is not known. Paths that are idle or in reserve are asked so often that they outlast it. */
void floe_ice_transport_set_mapping_lifetime (FloeIceTransport *self, guint lifetime_s);
/* What was sent last is something that the peer answers soon. */
void floe_ice_transport_handle_sent (FloeIceTransport *self);

/* The host's network may have changed. Looks at its addresses: paths that are bound to one that is
 * gone are dead, and a better one is looked for. */
void floe_ice_transport_handle_network_change (FloeIceTransport *self);

/* Paths beside the plan's: for what crosses hard NATs. */
#define FLOE_ICE_NO_PATH G_MAXUINT

/* That the peer takes part: a check with its password was answered on the path that carries. */
typedef struct
{
  gboolean is_alive;
  gboolean is_direct;   /* no relay is in between */
  gint64 round_trip_us; /* 0: not known */
  FloeCandidate remote; /* where its packets come from, as that path sees it */
} FloeIceWitness;

/* A direct path, begun at once: @spec says where to bind to; its sockets are there when this
 * returns. It asks no server and tells no candidate; its checks go where add_path_candidate() says.
 * What does not work within 10 s ends by itself. FLOE_ICE_NO_PATH when there can be none: before
 * gathering, with relays only, or after very many. */
guint floe_ice_transport_add_path (FloeIceTransport *self, const FloePathSpec *spec);
/* FALSE when the path has ended, has too many already, or the guard refuses the address. */
gboolean floe_ice_transport_add_path_candidate (FloeIceTransport *self, guint path_id,
                                                const FloeCandidate *candidate);
/* Nothing when it carries data. */
void floe_ice_transport_end_path (FloeIceTransport *self, guint path_id);
gboolean floe_ice_transport_is_path_ready (FloeIceTransport *self, guint path_id);
/* (transfer none) (nullable): of any path that has an agent: its UDP socket that is bound to
 * @address, or the first one for NULL. Good until the path ends: ask each time. */
GSocket *floe_ice_transport_get_socket (FloeIceTransport *self, guint path_id, const char *address);
/* FALSE unless the path works, and no relay is in between. @remote: whom it leads to. */
gboolean floe_ice_transport_get_direct_pair (FloeIceTransport *self, guint path_id,
                                             FloeCandidate *remote);
/* What the path that carries data says of the peer; all zero when there is none. */
void floe_ice_transport_get_witness (FloeIceTransport *self, FloeIceWitness *out);
/* That sockets shall be bound in; 0, 0: any. */
void floe_ice_transport_get_port_range (FloeIceTransport *self, guint16 *min_port,
                                        guint16 *max_port);
/* Tells the peer of one more candidate of ours, in the words of the caller. */
void floe_ice_transport_tell (FloeIceTransport *self, const FloeCandidate *candidate);
/* (transfer none) (element-type FloeLocalAddress) (nullable): that paths bind to; NULL before
 * gathering. */
const GArray *floe_ice_transport_get_addresses (FloeIceTransport *self);

/* A path without a relay carries data, and lives. */
gboolean floe_ice_transport_is_direct (FloeIceTransport *self);
/* Has all counters told as they are now, and then that all have been. */
void floe_ice_transport_count (FloeIceTransport *self);
/* Since the start of gathering; 0 before. */
gint64 floe_ice_transport_get_elapsed_us (const FloeIceTransport *self);

FloeIceConnectionState floe_ice_transport_get_state (FloeIceTransport *self);

/* No event comes after this; allocations are given back in the background. Idempotent. The same
 * happens by itself when all has failed, before that is told, but that the state, what was counted
 * and what is on its way to the events stay; calls do nothing any more. */
void floe_ice_transport_close (FloeIceTransport *self);

G_END_DECLS
