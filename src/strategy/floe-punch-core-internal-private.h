/* SPDX-License-Identifier: MPL-2.0 */
/* What the parts of the punching core share: its state, and how packets leave.
 *
 * Layer: strategy. GLib only. */
#pragma once

#include "floe-punch-core-private.h"

G_BEGIN_DECLS

typedef enum
{
  PUNCH_STATE_IDLE,
  PUNCH_STATE_TRYING,
  PUNCH_STATE_LINGERING, /* ONE: found, and still answering */
  PUNCH_STATE_DONE,
} PunchState;

typedef struct
{
  gboolean is_open;
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE]; /* of its primers and of what it asks back with */
} PunchSocket;

/* MANY: a socket that got a probe, and from where. */
typedef struct
{
  guint socket;
  FloeStunAddress remote;
  guint ask_count;
  guint answer_count;
  gint64 ask_us; /* when to ask back, or again */
} PunchHit;

/* An answer that waits for a token. */
typedef struct
{
  guint socket;
  FloeStunAddress to;
  gsize size;
  guint8 data[FLOE_PUNCH_MAX_MESSAGE_SIZE];
} PunchAnswer;

/* Asking whom one has met: as often as makes sure, 5 % loss each way being usual. */
#define PUNCH_ASK_US (100 * G_TIME_SPAN_MILLISECOND)
#define PUNCH_MAX_ASKS 10
/* How often the same party is answered: replays cost no more than that. */
#define PUNCH_MAX_ANSWERS 16

/* ONE */
typedef struct
{
  guint16 port;
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
} PunchProbe;

typedef struct
{
  PunchSocket sockets[FLOE_PROBE_MAX_SOCKETS];
  guint asked;         /* how many have been told to be opened */
  guint next;          /* whose primer is next */
  gint64 next_pass_us; /* when primers begin anew */
  PunchHit hits[FLOE_PUNCH_MAX_HITS];
  guint hit_count;
} PunchMany;

typedef struct
{
  FloePortDraw *draw;     /* (owned) */
  GArray *probes;         /* (owned) (element-type PunchProbe) */
  GHashTable *ports;      /* (owned): port to one more than the index among probes */
  gboolean is_drawn;      /* there are no more ports */
  gint64 last_us;         /* when the last probe left */
  FloeStunAddress remote; /* whom it has heard; size 0: nobody */
  guint answer_count;
  /* What makes sure that the peer knows, too: asked until it is answered. */
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  gboolean is_answered;
  guint ask_count;
  gint64 ask_us;
} PunchOne;

struct _FloePunchCore
{
  FloePunchConfig config;
  FloePunchIdentity *identity; /* (owned) */
  FloeProbeBudgetCore *budget; /* (unowned): outlives this */
  FloeProbeGrant grant;
  FloeStunAddress peer;
  PunchState state;
  gint64 now_us;
  gint64 ends_us;
  gint64 wake_us;
  gint64 base_rtt_us; /* of the path that carries data; 0: no report yet */
  guint base_loss_permille;
  guint sent; /* packets */
  PunchMany many;
  PunchOne one;
  PunchAnswer answers[FLOE_PUNCH_MAX_WAITING];
  guint answer_count;
  GQueue outputs; /* (owned) */
  gpointer told;  /* (owned) (nullable): the last output */
  FloePunchCounters counters;
};

/* Sends if the budget grants it. FALSE: not now; wake_us tells when, or it is over. */
gboolean floe_punch_send (FloePunchCore *self, guint socket, const FloeStunAddress *to, guint ttl,
                          const guint8 *data, gsize size);
/* Whether a packet could leave now; else wake_us is when. */
gboolean floe_punch_is_ready (FloePunchCore *self);
void floe_punch_wake_at (FloePunchCore *self, gint64 at_us);
void floe_punch_push (FloePunchCore *self, FloePunchOutputType type, guint socket);
void floe_punch_push_found (FloePunchCore *self, guint socket, const FloeStunAddress *remote);
void floe_punch_set_state (FloePunchCore *self, PunchState next, const char *reason);
/* Closes everything, and tells why. */
void floe_punch_fail (FloePunchCore *self, FloePunchEnd end, FloeProbeVerdict verdict);
void floe_punch_answer (FloePunchCore *self, guint socket, const FloeStunAddress *to,
                        const FloeStunMessage *request);
/* Packets that are no answers leave some of the attempt's for those. */
gboolean floe_punch_has_packets (const FloePunchCore *self);

void floe_punch_many_start (FloePunchCore *self);
void floe_punch_many_handle_failed (FloePunchCore *self, guint socket);
void floe_punch_many_step (FloePunchCore *self);
gboolean floe_punch_many_handle (FloePunchCore *self, guint socket, const FloeStunAddress *from,
                                 const FloeStunMessage *message);
void floe_punch_many_win (FloePunchCore *self, guint socket, const FloeStunAddress *remote);

void floe_punch_one_start (FloePunchCore *self);
void floe_punch_one_step (FloePunchCore *self);
gboolean floe_punch_one_handle (FloePunchCore *self, const FloeStunAddress *from,
                                const FloeStunMessage *message);
void floe_punch_one_linger (FloePunchCore *self);
/* @is_answered: the peer knows, as it has answered a probe. */
void floe_punch_one_win (FloePunchCore *self, const FloeStunAddress *remote, gboolean is_answered);
void floe_punch_one_clear (FloePunchCore *self);

G_END_DECLS
