/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of FloeNatLifetimeCore share: floe-nat-lifetime-core has the outputs and requests,
 * floe-nat-lifetime-idle-core the sockets and what follows from what they hear,
 * floe-nat-lifetime-witness-core makes mappings and knocks at them in one of three ways, and
 * floe-nat-lifetime-plan-core says how long to wait.
 *
 * Layer: nat. GLib only. May include: base, stun. One thread. */
#pragma once

#include "floe-nat-core-internal-private.h"
#include "floe-nat-lifetime-core-private.h"

G_BEGIN_DECLS

#define LIFETIME_MAX_SERVERS 3
/* The first socket asks, the others have the mappings that are left alone. */
#define LIFETIME_ASKER 0
#define LIFETIME_FIRST 1
/* Of each packet that may be lost: at 10 % loss there and back one of 10^4 silences is wrong. */
#define LIFETIME_SEND_COUNT 4

typedef enum
{
  LIFETIME_WITNESS_NONE,
  LIFETIME_WITNESS_PORT,  /* RESPONSE-PORT */
  LIFETIME_WITNESS_RELAY, /* a Send indication through a relay */
  LIFETIME_WITNESS_AGAIN, /* another Binding from the same socket */
} LifetimeWitness;

typedef enum
{
  LIFETIME_HELD, /* until the first one has shown that the way works */
  LIFETIME_FREE,
  LIFETIME_OPENING,  /* making a mapping */
  LIFETIME_PROVING,  /* knocking at it while it has to be alive */
  LIFETIME_IDLE,     /* leaving it alone */
  LIFETIME_KNOCKING, /* knocking to see whether it still is */
  LIFETIME_SPENT,    /* nothing more comes of it */
} LifetimeState;

typedef enum
{
  LIFETIME_PURPOSE_GREET,
  LIFETIME_PURPOSE_ALLOCATE,
  LIFETIME_PURPOSE_PERMIT,
  LIFETIME_PURPOSE_KEEP,
  LIFETIME_PURPOSE_OPEN,
  LIFETIME_PURPOSE_KNOCK,
  LIFETIME_PURPOSE_RELEASE,
} LifetimePurpose;

typedef struct
{
  guint64 id;
  LifetimePurpose purpose;
  guint server;
  guint socket; /* of OPEN and KNOCK: which mapping it is about */
} LifetimePending;

typedef struct
{
  LifetimeState state;
  gboolean is_open;
  FloeStunAddress local;
  FloeStunAddress mapped;
  guint wait_s;
  gint64 opened_us;  /* the mapping is not older */
  gint64 active_us;  /* the last packet that has refreshed it */
  gint64 knocked_us; /* the first knock after the wait */
  gint64 silent_us;  /* how old the mapping before was when it was silent; 0: there is none */
  gint64 due_us;     /* of IDLE: when to knock; through a relay also when to send again */
  guint send_count;  /* of a relay */
  NatToken token;    /* of a relay */
} LifetimeSocket;

typedef struct
{
  FloeStunAddress address;
  FloeStunCredentials *credentials; /* (owned) (nullable) */
  FloeStunAddress mapped;           /* where it sees the asker; size 0: not known */
  gboolean has_other;               /* says that it does RFC 5780 */
  guint nat64_bits;                 /* of @address; 0: it is not behind NAT64 */
} LifetimeServer;

struct _FloeNatLifetimeCore
{
  FloeStunAddress base;
  FloeStunClientCore *client; /* (owned) */
  GArray *pending;            /* (owned): LifetimePending */
  NatOutputs outputs;         /* (owned) */
  LifetimeServer servers[LIFETIME_MAX_SERVERS];
  guint server_count;
  LifetimeSocket sockets[FLOE_NAT_LIFETIME_MAX_SOCKETS];
  LifetimeWitness witness;
  guint tried; /* bits of LifetimeWitness; that of NONE: servers have been greeted */
  guint server;
  FloeStunAddress relayed;
  gboolean has_allocated; /* what has to be given back */
  gint64 kept_us;         /* when the asker has last sent to the relay */
  FloeNatLifetime result;
  gint64 now_us;
  gint64 started_us; /* -1 before */
  gboolean was_cut;  /* no packet is left */
  gboolean is_done;
};

/* floe-nat-lifetime-core.c */
void floe_nat_lifetime_send (FloeNatLifetimeCore *self, guint socket, const FloeStunAddress *to,
                             const guint8 *data, gsize size);
/* @socket sends it, @pending says what it is about, and @from (nullable) where an answer comes. */
void floe_nat_lifetime_ask (FloeNatLifetimeCore *self, const LifetimePending *pending, guint socket,
                            const FloeStunBuilder *builder, const FloeStunRoute *from);
gboolean floe_nat_lifetime_is_asking (const FloeNatLifetimeCore *self);
void floe_nat_lifetime_set_evidence (FloeNatLifetimeCore *self, FloeNatConfidence confidence,
                                     const char *evidence);

/* floe-nat-lifetime-idle-core.c */
void floe_nat_lifetime_begin (FloeNatLifetimeCore *self);
void floe_nat_lifetime_opened (FloeNatLifetimeCore *self, guint socket,
                               const FloeStunAddress *mapped);
void floe_nat_lifetime_heard (FloeNatLifetimeCore *self, guint socket);
/* What was sent for the mapping of @socket has led to nothing. */
void floe_nat_lifetime_silent (FloeNatLifetimeCore *self, guint socket);
void floe_nat_lifetime_step (FloeNatLifetimeCore *self);
gboolean floe_nat_lifetime_is_measuring (const FloeNatLifetimeCore *self);

/* floe-nat-lifetime-witness-core.c */
void floe_nat_witness_choose (FloeNatLifetimeCore *self);
void floe_nat_witness_open (FloeNatLifetimeCore *self, guint socket);
void floe_nat_witness_knock (FloeNatLifetimeCore *self, guint socket);
void floe_nat_witness_handle (FloeNatLifetimeCore *self, const LifetimePending *pending,
                              const FloeStunMessage *response);
void floe_nat_witness_handle_datagram (FloeNatLifetimeCore *self, guint socket,
                                       const FloeStunAddress *from, const guint8 *data, gsize size);
void floe_nat_witness_step (FloeNatLifetimeCore *self);
gint64 floe_nat_witness_get_deadline (const FloeNatLifetimeCore *self);
void floe_nat_witness_release (FloeNatLifetimeCore *self);

/* floe-nat-lifetime-plan-core.c: seconds. @died 0: not known; @waits are under way. 0: no wait that
 * ends within @left would tell much more. */
guint floe_nat_lifetime_plan (guint lived, guint died, const guint *waits, guint count, guint left);

G_END_DECLS
