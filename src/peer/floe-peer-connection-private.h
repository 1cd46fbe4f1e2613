/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of the façade share.
 *
 * One file per concern: floe-peer-connection.c (type, properties, close), floe-peer-making.c
 * (construction, and where it belongs), floe-peer-negotiation.c
 * (the operations chain and descriptions), floe-peer-channels.c, floe-peer-facts.c (what the
 * network side tells), floe-peer-metrics.c (what is counted of it), floe-peer-servers.c (servers
 * that change), floe-peer-nat.c (what both sides' NATs are), floe-peer-state.c (states that follow
 * from others).
 *
 * Layer: peer. Belongs to the thread that made the connection. */
#pragma once

#include <floe/floe-nat-discovery.h>
#include <floe/floe-peer-connection.h>

#include "floe-directory-watch-private.h"
#include "floe-jsep-private.h"
#include "floe-network-watch-private.h"
#include "floe-stack-private.h"

G_BEGIN_DECLS

/* What is queued below for all channels together may not grow beyond this. */
#define FLOE_PEER_MAX_QUEUED_SIZE FLOE_STACK_MAX_SEND_SIZE

typedef struct
{
  FloeIceGatheringState gathering;
  FloeIceConnectionState ice;
  FloePeerConnectionState connection;
  FloeSignalingState signaling; /* as last notified */
  FloeDtlsState dtls;
} FloePeerStates;

typedef struct
{
  GHashTable *by_key;  /* (owned) (element-type guint32 FloeDataChannel): those not closed */
  GQueue unannounced;  /* (element-type FloeDataChannel) (owned): nobody listens yet */
  GSource *hold_timer; /* (owned) (nullable): while something waits for a handler */
  guint hold_interval_ms;
  guint32 next_key;
  gsize queued_size;    /* bytes of all channels that SCTP has not taken */
  guint32 consumed_key; /* one channel's taken bytes, not yet told below: folded into one order */
  gsize consumed_size;
} FloePeerChannels;

typedef struct
{
  GQueue queue;                   /* (element-type Operation) (owned): W3C's [[Operations]] */
  GSource *source;                /* (owned) (nullable): runs the head */
  gboolean is_negotiation_needed; /* W3C's [[NegotiationNeeded]] */
  GSource *needed_source;         /* (owned) (nullable): the signal is on its way */
} FloePeerOperations;

/* The servers in use, and those whose credentials end. */
typedef struct
{
  FloeConfiguration *applied; /* (owned): what is in effect, whatever becomes of the original */
  GArray *expiring;           /* (owned) (element-type Expiring): whose credentials end */
  GSource *timer;             /* (owned): until closed */
  FloeDirectoryWatch *watch;  /* (owned) (nullable): until closed */
  FloeOrder *held_gather;     /* (owned) (nullable): until the first servers are known */
} FloePeerServers;

/* What is known of the host's network, and what the two sides have told each other of their NATs.
 */
typedef struct
{
  FloeNetworkWatch *watch;     /* (owned) (nullable): as stack */
  FloeNatDiscovery *discovery; /* (owned) (nullable): while it is asked */
  FloeCandidate *last;         /* (owned) (nullable): the last candidate that was told */
  FloeNatSummary local;
  guint lifetime_s;    /* of the NAT's idle mappings; 0: not known */
  gboolean is_known;   /* @local is; it stays as it is then */
  gboolean is_secret;  /* the privacy level has it told to nobody */
  gboolean is_written; /* in the description that was made last */
  gboolean is_told;
  gboolean has_remote; /* the network side was told of the peer's */
  char *key;           /* (owned) (nullable): of the network that @local was found out on,
                        * as long as the host is there */
  FloeStrategyConfig strategy;
} FloePeerNetwork;

typedef struct _FloePeerMetrics FloePeerMetrics;

/* The ways to the peer. */
typedef struct
{
  FloeIceCandidatePair *pair; /* (owned) (nullable): that carries data */
  FloePeerMetrics *metrics;   /* (owned): see floe-peer-metrics-private.h */
} FloePeerPaths;

struct _FloePeerConnection
{
  GObject parent_instance;
  GMainContext *context;            /* (owned): where everything is told */
  FloeConfiguration *configuration; /* (owned) */
  FloeJsep *jsep;                   /* (owned) */
  FloeMailbox *facts;               /* (owned) */
  FloeStack *stack;                 /* (owned) (nullable): until closed */
  FloePeerNetwork network;
  char *ufrag; /* (owned): the local one */
  FloePeerStates states;
  FloePeerChannels channels;
  FloePeerOperations operations;
  FloePeerServers servers;
  GQueue early_candidates; /* (element-type FloeIceCandidate) (owned): before the description */
  FloePeerPaths paths;
  guint64 max_message_size; /* bytes; 0 before the peer's description */
  gboolean has_remote;
  gboolean can_trickle;
  gboolean is_started; /* FLOE_ORDER_START went out */
  gboolean is_closed;
  GError *failure;         /* (owned) (nullable): it could not be made, and is closed since */
  GSource *closing_source; /* (owned) (nullable): the last notifications are on their way */
};

/* floe-peer-connection.c */
typedef enum
{
  FLOE_PEER_PROP_CONFIGURATION = 1,
  FLOE_PEER_PROP_MAIN_CONTEXT,
  FLOE_PEER_PROP_SIGNALING_STATE,
  FLOE_PEER_PROP_ICE_GATHERING_STATE,
  FLOE_PEER_PROP_ICE_CONNECTION_STATE,
  FLOE_PEER_PROP_CONNECTION_STATE,
  FLOE_PEER_N_PROPS,
} FloePeerProp;

typedef enum
{
  FLOE_PEER_SIGNAL_ICE_CANDIDATE,
  FLOE_PEER_SIGNAL_ICE_CANDIDATE_ERROR,
  FLOE_PEER_SIGNAL_FILTER_CANDIDATE,
  FLOE_PEER_SIGNAL_DATA_CHANNEL,
  FLOE_PEER_SIGNAL_NEGOTIATION_NEEDED,
  FLOE_PEER_SIGNAL_ICE_SERVER_EXPIRING,
  FLOE_PEER_SIGNAL_PATH_CHANGED,
  FLOE_PEER_SIGNAL_METRICS,
  FLOE_PEER_N_SIGNALS,
} FloePeerSignal;

void floe_peer_notify (FloePeerConnection *self, FloePeerProp prop);
/* Returns: (transfer full): an idle source on the connection's context that runs @func once. */
GSource *floe_peer_defer (FloePeerConnection *self, GSourceFunc func);
void floe_peer_clear_source (GSource **source);

/* floe-peer-making.c */
/* Makes all that follows from the configuration; sets the context where none was given. FALSE with
 * @error set leaves nothing that would have to be closed. */
gboolean floe_peer_make (FloePeerConnection *self, GError **error);
/* Returns: (transfer full): whose callback comes on the connection's context, also where the caller
 * runs that context without having made it the thread-default one. */
GTask *floe_peer_task_new (FloePeerConnection *self, gpointer source_tag, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);

/* floe-peer-signals.c */
/* At the class's making. */
void floe_peer_install_signals (GType type);
guint floe_peer_get_signal_id (FloePeerSignal signal);
/* Does nothing once closed. */
void floe_peer_emit (FloePeerConnection *self, FloePeerSignal signal, ...);

/* floe-peer-network.c */
void floe_peer_watch_network (FloePeerConnection *self);
/* All paths have ended: nothing is asked, found out or watched for them any more. Idempotent. */
void floe_peer_leave_network (FloePeerConnection *self);

/* floe-peer-nat.c */
/* Before the stack is made. */
void floe_peer_nat_init (FloePeerConnection *self);
/* Has what is not known found out, in the background. */
void floe_peer_nat_start (FloePeerConnection *self);
void floe_peer_nat_stop (FloePeerConnection *self);
void floe_peer_nat_clear (FloePeerConnection *self);
/* A description is about to be made: it tells of our NAT. */
void floe_peer_nat_write (FloePeerConnection *self);
/* That description was applied, and nothing has followed from it yet. */
void floe_peer_nat_handle_local (FloePeerConnection *self);
/* A description or candidate of the peer's was taken in. */
void floe_peer_nat_handle_remote (FloePeerConnection *self);
/* It is about to be told, and tells of our NAT if nothing else has. */
void floe_peer_nat_mark_candidate (FloePeerConnection *self, FloeCandidate *candidate);
/* Another path carries data: that is remembered for this network. */
void floe_peer_nat_handle_path (FloePeerConnection *self, gboolean is_relayed,
                                FloePathReason reason);

/* floe-peer-facts.c */
extern const FloeMailboxFuncs floe_peer_fact_funcs;
/* Tells the application of a local candidate. */
void floe_peer_tell_candidate (FloePeerConnection *self, const FloeCandidate *value);
void floe_peer_tell_gathered (FloePeerConnection *self);
/* Asks the application. FALSE when the candidate is to be as if it were not there, and when the
 * connection is closed, which a handler may have done. */
gboolean floe_peer_keeps_candidate (FloePeerConnection *self, const FloeCandidate *value,
                                    gboolean is_local);

/* floe-peer-servers.c */
/* Returns: (transfer full) */
FloeConfiguration *floe_peer_servers_copy_configuration (const FloeConfiguration *other);
/* Takes the connection's configuration as the one in effect. */
void floe_peer_servers_init (FloePeerConnection *self);
/* Has candidates gathered, as soon as it is known with which servers. */
void floe_peer_servers_gather (FloePeerConnection *self, gboolean is_controlling);
/* Nothing is told of any more. */
void floe_peer_servers_stop (FloePeerConnection *self);
void floe_peer_servers_clear (FloePeerConnection *self);

/* floe-peer-operations.c */
typedef void (*FloeOperationFunc) (FloePeerConnection *self, GTask *task);
/* (transfer full) @task: @func returns it, when its turn has come. */
void floe_peer_chain_operation (FloePeerConnection *self, GTask *task, FloeOperationFunc func);
void floe_peer_update_negotiation_needed (FloePeerConnection *self);
void floe_peer_abort_operations (FloePeerConnection *self);
void floe_peer_update_signaling_state (FloePeerConnection *self);

/* floe-peer-descriptions.c */
void floe_peer_run_create (FloePeerConnection *self, GTask *task);
void floe_peer_run_set_local (FloePeerConnection *self, GTask *task);
void floe_peer_run_set_remote (FloePeerConnection *self, GTask *task);
void floe_peer_run_add_candidate (FloePeerConnection *self, GTask *task);

/* floe-peer-state.c */
void floe_peer_set_gathering_state (FloePeerConnection *self, FloeIceGatheringState state);
void floe_peer_set_ice_state (FloePeerConnection *self, FloeIceConnectionState state);
void floe_peer_set_dtls_state (FloePeerConnection *self, FloeDtlsState state);
FloePeerConnectionState floe_peer_combine_states (FloeIceConnectionState ice, FloeDtlsState dtls,
                                                  gboolean is_closed);

/* floe-peer-channels.c */
void floe_peer_channels_init (FloePeerConnection *self);
void floe_peer_channels_clear (FloePeerConnection *self);
/* As the application would: the peer wants none. */
void floe_peer_close_channels (FloePeerConnection *self);
void floe_peer_handle_channel_fact (FloePeerConnection *self, FloeFact *fact);
/* Tells the network side what the application has taken in this batch. */
void floe_peer_flush_consumed (FloePeerConnection *self);

G_END_DECLS
