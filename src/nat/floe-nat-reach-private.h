/* SPDX-License-Identifier: MPL-2.0 */
/* Whether servers are reached over TCP and TLS from one base. The servers of a plan that are to be
 * reached so are asked at once. When UDP gives no answer, the hosts of other servers are tried as
 * well, and prove something only if they answer.
 *
 * Layer: nat. May include: base, stun, tunnel. Belongs to the thread that runs its context, which
 * has it as its thread-default context. */
#pragma once

#include "floe-nat-findings-private.h"
#include "floe-nat-plan-private.h"

G_BEGIN_DECLS

/* Servers of one kind after these are not asked. */
#define FLOE_NAT_REACH_MAX_SERVERS 2
/* How long UDP is waited for before other hosts are tried. */
#define FLOE_NAT_REACH_GUESS_US (300 * G_TIME_SPAN_MILLISECOND)
#define FLOE_NAT_REACH_LIMIT_US (1400 * G_TIME_SPAN_MILLISECOND)

typedef struct _FloeNatReach FloeNatReach;

/* Called from the context's main loop, never inside a call to the object. */
typedef struct
{
  void (*changed) (gpointer user_data);
  void (*done) (gpointer user_data); /* once, and the last */
} FloeNatReachEvents;

typedef struct
{
  FloeNatAnswer answer;
  FloeNatProof proof;
} FloeNatReachVerdict;

/* Returns: (transfer full): begins at once. @skipped: bit N says that target N has no address that
 * can be reached from @base. @events is static. */
FloeNatReach *floe_nat_reach_new (GMainContext *context, FloeNatPlan *plan,
                                  const FloeStunAddress *base, guint32 skipped,
                                  const FloeNatReachEvents *events, gpointer user_data);
void floe_nat_reach_free (FloeNatReach *self);

/* UDP works: other hosts need not be tried. */
void floe_nat_reach_set_udp_works (FloeNatReach *self);

/* UDP does not: other hosts are tried now. */
void floe_nat_reach_set_udp_fails (FloeNatReach *self);

/* @way: TCP or TLS. */
FloeNatReachVerdict floe_nat_reach_judge (const FloeNatReach *self, FloeNatWay way);
/* Returns: (transfer none) (nullable): a proxy, "host:port", through which an answer has come, as
 * long as @self lives. */
const char *floe_nat_reach_get_proxy (const FloeNatReach *self);
/* FALSE when the target was not asked here. */
gboolean floe_nat_reach_get_server (const FloeNatReach *self, guint target, FloeNatFault *fault,
                                    gint64 *rtt_us);

G_END_DECLS
