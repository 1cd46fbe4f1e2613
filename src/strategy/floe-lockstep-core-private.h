/* SPDX-License-Identifier: MPL-2.0 */
/* Two NATs that count ports up, both for each destination: neither side's port is known before its
 * packet has left. Both sides foretell theirs, tell each other, and then go in lock step: each
 * sends its n-th check at the time of the n-th to where the other's n-th comes from. Without any
 * I/O.
 *
 * As long as nobody else takes a port in between, check 0 meets check 0. When others have taken k
 * ports before check n of the one side and l before check m of the other, two checks meet if
 *
 *     the first aims   m + l  further, and that is where m leaves from,
 *     the second aims  n + k  further,
 *
 * and the sum of what each aims beyond its own count is then k + l. So one side, the controlling
 * one, aims further and further beyond its count, by one each REPEAT checks, and the other never
 * does: whatever k + l is, up to FLOE_LOCKSTEP_MAX_SHIFT, its turn comes. Mappings and filters
 * outlive that, so the two need not go at quite the same time.
 *
 * Most of what is taken in between one takes oneself: other paths check, relays are asked. That can
 * be known, by one more question to a STUN server that leaves just before check 0: each side aims
 * so much further as its own ports have moved on (set_lead ()), and then both do
 *
 *     from a + k + n  to b + n + k         from b + l + m  to a + m + l
 *
 * and meet where n + k = m + l. The shift is for what comes later, and waits for so long.
 *
 *   CHECK     send an authenticated check to this address, from the one socket whose ports were
 *             foretold; again to the same one some times, as it may be lost
 *   EXHAUSTED it was in vain; comes once
 *
 * How it is carried out: the wrapper sends each check by hand, as an agent paces and orders its own
 * as it likes; handle_connected() when a pair works, which the agent makes of a check of the
 * peer's. Until this is over no other candidate of the peer is given to that agent, and no STUN
 * server is asked from its socket: each new destination takes a port, and checks of host candidates
 * alone have it fail (floe_lockstep_core_is_exclusive ()).
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for the deadline. All times
 * are monotonic microseconds given by the caller. Sends FLOE_LOCKSTEP_MAX_PACKETS at most.
 *
 * Layer: strategy. GLib only. May include: stun. One thread. */
#pragma once

#include "floe-port-draw-private.h"
#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_LOCKSTEP_INTERVAL_US (20 * G_TIME_SPAN_MILLISECOND)
#define FLOE_LOCKSTEP_REPEAT 2 /* checks with the same aim */
/* Of the first ones after a lead is set the aim does not shift: sides that know their own ports
 * meet in these, though one of them begins later, and has moved on by so many more. */
#define FLOE_LOCKSTEP_STEADY 10
#define FLOE_LOCKSTEP_MAX_SHIFT 31 /* without a lead */
#define FLOE_LOCKSTEP_MAX_CHECKS (FLOE_LOCKSTEP_REPEAT * (FLOE_LOCKSTEP_MAX_SHIFT + 1))
/* Each check is sent so often, RESEND_US apart. */
#define FLOE_LOCKSTEP_SENDS 3
#define FLOE_LOCKSTEP_RESEND_US (100 * G_TIME_SPAN_MILLISECOND)
#define FLOE_LOCKSTEP_MAX_PACKETS (FLOE_LOCKSTEP_SENDS * FLOE_LOCKSTEP_MAX_CHECKS)
/* After the last packet. */
#define FLOE_LOCKSTEP_LAST_WAIT_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  FloeStunAddress next; /* of the peer: where its next mapping is foretold to be */
  int step;             /* from one of its mappings to the next */
  FloePortPool pool;    /* of its NAT */
  gboolean is_controlling;
} FloeLockstepConfig;

typedef enum
{
  FLOE_LOCKSTEP_OUTPUT_CHECK,
  FLOE_LOCKSTEP_OUTPUT_EXHAUSTED,
} FloeLockstepOutputType;

typedef struct
{
  FloeLockstepOutputType type;
  FloeStunAddress to;
  guint check;     /* the n-th */
  gboolean is_new; /* else it has been sent before */
} FloeLockstepOutput;

typedef struct _FloeLockstepCore FloeLockstepCore;

/* NULL when the peer's port or step can't be true: it comes from the peer. */
FloeLockstepCore *floe_lockstep_core_new (const FloeLockstepConfig *config);
void floe_lockstep_core_free (FloeLockstepCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeLockstepCore, floe_lockstep_core_free)

/* Once, at the time that was agreed: when the answer was sent plus the way of signalling, for
 * instance. */
void floe_lockstep_core_start (FloeLockstepCore *self, gint64 now_us);
/* How many ports our NAT has given to other flows before check 0, since the peer was told of our
 * next one. What is sent anew is aimed by that. */
void floe_lockstep_core_set_lead (FloeLockstepCore *self, guint lead);
void floe_lockstep_core_handle_connected (FloeLockstepCore *self, gint64 now_us);
void floe_lockstep_core_handle_timeout (FloeLockstepCore *self, gint64 now_us);
/* -1 before the start and when it is over. */
gint64 floe_lockstep_core_get_deadline (const FloeLockstepCore *self);
gboolean floe_lockstep_core_poll (FloeLockstepCore *self, FloeLockstepOutput *output);
/* Whether other pairs with this socket have to be held back. */
gboolean floe_lockstep_core_is_exclusive (const FloeLockstepCore *self);

G_END_DECLS
