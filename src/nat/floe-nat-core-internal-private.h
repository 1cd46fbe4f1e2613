/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of FloeNatCore share: floe-nat-core has the sockets, requests and the report,
 * floe-nat-mapping-core asks servers where they see the main socket, the others measure one thing
 * each. The others start requests and send packets through floe-nat-core, are told what came of
 * them, and are asked by step() what to do next.
 *
 * Layer: nat. GLib only. May include: base, stun. One thread. */
#pragma once

#include "floe-nat-classify-core-private.h"
#include "floe-nat-core-private.h"
#include "floe-nat-outputs-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_PROBER_COUNT 2
#define FLOE_NAT_SAMPLE_SOCKETS 6
#define FLOE_NAT_SAMPLE_SERVERS 2
#define FLOE_NAT_MAX_OBSERVATIONS 24

/* Copies of each packet that may be filtered: at 10 % loss there and back one of 10^6 silences is
 * wrong. */
#define FLOE_NAT_ROUND_COUNT 6
#define FLOE_NAT_ROUND_US (40 * G_TIME_SPAN_MILLISECOND)
/* Bytes: what is larger is no answer to what is asked here. */
#define FLOE_NAT_MAX_REPAIRED_SIZE 1024
/* Servers that say nothing for so long are not waited for. */
#define FLOE_NAT_PATIENCE_US (600 * G_TIME_SPAN_MILLISECOND)

typedef enum
{
  NAT_SOCKET_MAIN,
  NAT_SOCKET_FILTER, /* one per prober: has sent to nothing but its server */
  NAT_SOCKET_NEAR = NAT_SOCKET_FILTER + FLOE_NAT_PROBER_COUNT, /* has sent to the relay's host */
  NAT_SOCKET_FAR,                                              /* has not */
  NAT_SOCKET_HAIRPIN,
  NAT_SOCKET_SAMPLE,
  NAT_SOCKET_COUNT = NAT_SOCKET_SAMPLE + FLOE_NAT_SAMPLE_SOCKETS,
} NatSocket;

G_STATIC_ASSERT (NAT_SOCKET_COUNT <= FLOE_NAT_MAX_SOCKETS);

/* What a request is for. */
typedef enum
{
  NAT_PURPOSE_MAPPING,
  NAT_PURPOSE_ALLOCATE,
  NAT_PURPOSE_PERMIT,
  NAT_PURPOSE_RELEASE,
  NAT_PURPOSE_NEAR,
  NAT_PURPOSE_FAR,
  NAT_PURPOSE_FILTER_OPEN,
  NAT_PURPOSE_FILTER_BOTH, /* from the server's other address and port */
  NAT_PURPOSE_FILTER_PORT, /* from its other port */
  NAT_PURPOSE_CONTROL_BOTH,
  NAT_PURPOSE_CONTROL_PORT,
  NAT_PURPOSE_HAIRPIN,
  NAT_PURPOSE_SAMPLE,
  NAT_PURPOSE_POISON,
} NatPurpose;

typedef struct
{
  guint64 id;
  NatPurpose purpose;
  guint server;
  guint socket;
  FloeStunAddress to;
} NatPending;

typedef struct
{
  FloeStunAddress address;
  FloeStunAddress other;            /* OTHER-ADDRESS; of size 0 when there is none that is sane */
  FloeStunCredentials *credentials; /* (owned) (nullable) */
  gboolean has_allocated;
  gboolean names_itself; /* its OTHER-ADDRESS is an address of its own */
  gboolean is_on_443;    /* it answers there, and that is not its own port */
  gboolean is_refused;   /* nothing gets to its own port: ICMP says so */
  gboolean is_there;     /* and it is its host that says so */
  gint64 rtt_bound_us;   /* an answer takes no longer; 0: not known */
  guint nat64_bits;      /* of @address; 0: it is not behind NAT64 */
} NatServer;

/* How a request differs from a plain Binding that is sent up to four times. */
typedef struct
{
  gboolean is_once;
  gboolean changes_address, changes_port;
  guint16 response_port; /* or 0 */
  FloeStunAddress from;  /* where the response comes from; size 0: where the request went */
} NatBinding;

typedef struct
{
  guint count;
  gint64 next_us;  /* when the next round is due, or, after the last, when silence is proven */
  gboolean is_cut; /* the budget was spent before the last one: silence means nothing */
} NatRounds;

typedef struct
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
} NatToken;

/* A socket that was knocked at sends to who knocked. */
typedef struct
{
  gboolean is_started;
  guint socket;
  gint64 ends_us;   /* not waited for any longer */
  NatToken token;   /* of a relay */
  NatRounds rounds; /* of a relay */
  FloeStunAddress mapped;
} NatReopening;

typedef struct
{
  FloeNatBehaviour filtering;
  FloeNatConfidence confidence;
  gboolean is_over;
  const char *evidence;
} NatFilterVerdict;

/* CHANGE-REQUEST, RFC 5780 section 4.4. */
typedef struct
{
  gboolean is_started;
  guint server;
  NatRounds rounds;
  gboolean is_open, has_both, has_port; /* heard */
  gboolean control_both, control_port;  /* heard */
  gboolean has_asked_mapping, has_asked_both, has_asked_port;
  NatReopening reopening;
} NatProber;

typedef enum
{
  NAT_RELAY_NONE,
  NAT_RELAY_PERMITTING,
  NAT_RELAY_PUNCHING, /* main socket to relay, so that the NAT lets it in: the control */
  NAT_RELAY_TESTING,
  NAT_RELAY_FAILED,
} NatRelayState;

typedef struct
{
  NatRelayState state;
  guint server;
  FloeStunAddress relayed;
  FloeStunAddress permitted; /* our external address */
  FloeStunAddress near_mapped, far_mapped, main_mapped;
  FloeStunAddress near_elsewhere; /* the near socket as the server sees it, when the relay is on
                                     another host */
  NatToken near_token, far_token, control_token, punch_token;
  gboolean has_asked_far;
  gboolean has_hurried;
  gint64 prepared_us;                      /* when tests begin with the sockets that are ready */
  gboolean tests_near, tests_far;          /* in every round */
  gboolean has_near, has_far, has_control; /* heard */
  NatRounds rounds;
  NatReopening reopening;
} NatRelay;

typedef struct
{
  gboolean is_started;
  guint server;
  FloeStunAddress main_mapped, mapped;
  NatToken token;
  gboolean is_heard;
  NatRounds rounds;
} NatHairpin;

/* Who says what of packets on the way; bits of servers. */
typedef struct
{
  guint spoilt;         /* what comes from them has been changed */
  guint intact;         /* they tell our outside address in clear, and it comes as such */
  gboolean shows_local; /* an address that nobody outside knows stands in an answer */
  gboolean is_repaired; /* the datagram that is being handled */
} NatRewriting;

typedef struct
{
  gboolean is_started;
  gint64 ends_us;
  guint16 ports[FLOE_NAT_SAMPLE_SOCKETS][FLOE_NAT_SAMPLE_SERVERS]; /* by server; 0: none */
  guint servers[FLOE_NAT_SAMPLE_SERVERS];
  guint server_count;
} NatSamples;

typedef struct
{
  FloeStunAddress local; /* size 0: not known */
  guint16 seen_port;     /* external port: the same as the local one if it was ever seen so */
  gboolean is_open;
} NatSocketState;

struct _FloeNatCore
{
  FloeStunClientCore *client; /* (owned) */
  NatServer servers[FLOE_NAT_MAX_SERVERS];
  GArray *pending;    /* (owned): NatPending */
  NatOutputs outputs; /* (owned) */
  NatSocketState sockets[NAT_SOCKET_COUNT];
  FloeNatObservation observations[FLOE_NAT_MAX_OBSERVATIONS];
  guint observation_count;
  NatProber probers[FLOE_NAT_PROBER_COUNT];
  NatRelay relay;
  NatHairpin hairpin;
  NatSamples samples;
  NatRewriting rewriting;
  FloeNatFindings report;
  gint64 now_us;
  gint64 started_us; /* -1 before */
  gboolean has_heard;
  gboolean has_heard_freely; /* from a port that only a network without limits lets out */
  gboolean has_tried_443;
  gboolean was_cut; /* the budget is spent: no silence means anything */
  gboolean is_done;
};

/* floe-nat-core.c */
void floe_nat_core_send (FloeNatCore *self, guint socket, const FloeStunAddress *to,
                         const guint8 *data, gsize size);
void floe_nat_core_set_proof (FloeNatCore *self, FloeNatAspect aspect, FloeNatConfidence confidence,
                              const char *evidence);

/* floe-nat-conclude-core.c */
void floe_nat_conclude_udp (FloeNatCore *self, gboolean is_end);
void floe_nat_conclude_filtering (FloeNatCore *self);

/* floe-nat-request-core.c */
void floe_nat_core_bind (FloeNatCore *self, NatPurpose purpose, guint server, guint socket,
                         const FloeStunAddress *to, const NatBinding *binding);
void floe_nat_core_ask (FloeNatCore *self, NatPurpose purpose, guint server,
                        const FloeStunBuilder *builder, guint send_count);
guint floe_nat_core_count_pending (const FloeNatCore *self, NatPurpose purpose);
/* Whether a server may still tell where it sees the main socket. */
gboolean floe_nat_core_is_asking (const FloeNatCore *self);
gboolean floe_nat_core_has_pending (const FloeNatCore *self, NatPurpose purpose, guint server);
void floe_nat_core_fault (FloeNatCore *self, guint server, FloeNatFault fault);
gboolean floe_nat_core_is_sane (const FloeNatCore *self, guint server,
                                const FloeStunAddress *address);
/* How we send to what @server calls @address: behind NAT64 servers know IPv4 addresses only. */
FloeStunAddress floe_nat_core_reach (const FloeStunAddress *server, guint nat64_bits,
                                     const FloeStunAddress *address);
/* The length of the NAT64 prefix in the server's address, or 0. */
guint floe_nat_get_nat64_bits (const FloeNatServer *server);
FloeStunFamily floe_nat_get_relay_family (const FloeStunAddress *server, guint nat64_bits);
/* A server at @server speaks of @address: one of our family, or of NAT64, that can be seen from
 * where it is. */
gboolean floe_nat_is_sane (const FloeStunAddress *server, guint nat64_bits,
                           const FloeStunAddress *address);
gboolean floe_nat_core_read_mapped (FloeNatCore *self, guint server, const FloeStunMessage *message,
                                    FloeStunAddress *mapped);
/* A Binding indication whose transaction id is @token, for packets that are to be recognized. */
gsize floe_nat_core_build_token (const NatToken *token, guint8 *buffer, gsize size);
gboolean floe_nat_core_is_token (const NatToken *token, const guint8 *data, gsize size);
/* The bytes of a datagram, without its FINGERPRINT when that is all that is wrong with it: NATs
 * that rewrite addresses in what passes (RFC 8489 section 14.2) spoil it. Nothing was asked for
 * with a FINGERPRINT, and there is nothing but STUN here that it would tell apart. */
typedef struct
{
  const guint8 *data;
  gsize size;
  guint8 repaired[FLOE_NAT_MAX_REPAIRED_SIZE];
} NatDatagram;

void floe_nat_datagram_init (NatDatagram *self, const guint8 *data, gsize size);
/* Whether the next round is due now; counts it. What is listened for takes as long as @server. */
gboolean floe_nat_core_take_round (FloeNatCore *self, NatRounds *rounds, guint server);
gboolean floe_nat_core_is_silent (const FloeNatCore *self, const NatRounds *rounds);

/* floe-nat-mapping-core.c */
void floe_nat_mapping_start (FloeNatCore *self);
void floe_nat_mapping_handle (FloeNatCore *self, const NatPending *pending,
                              const FloeStunMessage *response);
/* Takes the OTHER-ADDRESS of a Binding response from a server's own address. */
void floe_nat_mapping_learn_other (FloeNatCore *self, guint server,
                                   const FloeStunMessage *response);
/* What a server says of its other address is wrong. One that relays is there for that. */
void floe_nat_mapping_fault_other (FloeNatCore *self, guint server);
void floe_nat_mapping_observe (FloeNatCore *self, guint server, const FloeStunAddress *to,
                               const FloeStunAddress *mapped);
const FloeNatObservation *floe_nat_mapping_find (const FloeNatCore *self,
                                                 const FloeStunAddress *to);
gboolean floe_nat_mapping_is_trusted (const FloeNatCore *self, guint server);
void floe_nat_mapping_step (FloeNatCore *self);
void floe_nat_mapping_conclude (FloeNatCore *self);

/* floe-nat-change-core.c */
void floe_nat_change_handle (FloeNatCore *self, const NatPending *pending,
                             const FloeStunMessage *response);
void floe_nat_change_step (FloeNatCore *self);
NatFilterVerdict floe_nat_change_judge (FloeNatCore *self, guint prober);

/* floe-nat-relay-core.c */
void floe_nat_relay_allocate (FloeNatCore *self, guint server);
void floe_nat_relay_handle (FloeNatCore *self, const NatPending *pending,
                            const FloeStunOutcome *outcome);
gboolean floe_nat_relay_handle_datagram (FloeNatCore *self, guint socket,
                                         const FloeStunAddress *from, const guint8 *data,
                                         gsize size);
void floe_nat_relay_step (FloeNatCore *self);
void floe_nat_relay_release (FloeNatCore *self);
NatFilterVerdict floe_nat_relay_judge (FloeNatCore *self);

/* floe-nat-ports-core.c: allocation and hairpin */
void floe_nat_ports_handle (FloeNatCore *self, const NatPending *pending,
                            const FloeStunMessage *response);
gboolean floe_nat_ports_handle_datagram (FloeNatCore *self, guint socket, const guint8 *data,
                                         gsize size);
void floe_nat_ports_step (FloeNatCore *self);
gboolean floe_nat_ports_is_over (const FloeNatCore *self);
/* Whether ports were seen in a way that no NAT gives them: a server lies. */
gboolean floe_nat_ports_is_impossible (const FloeNatCore *self);

/* floe-nat-rewrite-core.c */
void floe_nat_rewrite_note (FloeNatCore *self, const NatPending *pending,
                            const FloeStunMessage *response);
void floe_nat_rewrite_conclude (FloeNatCore *self);

/* floe-nat-poison-core.c */
void floe_nat_poison_handle (FloeNatCore *self, const NatPending *pending,
                             const FloeStunMessage *response);
gboolean floe_nat_poison_take (FloeNatCore *self, const FloeStunAddress *peer,
                               const guint8 *payload, gsize size);
void floe_nat_poison_step (FloeNatCore *self);
gboolean floe_nat_poison_is_over (const FloeNatCore *self);

G_END_DECLS
