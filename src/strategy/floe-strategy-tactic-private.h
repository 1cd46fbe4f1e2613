/* SPDX-License-Identifier: MPL-2.0 */
/* Who does what of a method, with which figures, and what punching costs: of FloeStrategyOutcome.
 *
 * Layer: strategy. GLib only. May include: base, sdp. Pure. */
#pragma once

#include "floe-strategy-outcome-private.h"

G_BEGIN_DECLS

/* Foreign flows take ports between the question to a STUN server and the first check: with 10 of
 * them 16 ports are enough in 95 % of cases. */
#define FLOE_STRATEGY_WINDOW 16

/* What birthday punching may cost: a home router has room for 1024 mappings and more. 256 sockets
 * against 2048 of all ports miss each other in one of 4,000 runs. */
#define FLOE_STRATEGY_MAX_SOCKETS 256
#define FLOE_STRATEGY_MAX_PROBES 2048
#define FLOE_STRATEGY_RATE 200 /* packets a second */
#define FLOE_STRATEGY_MAX_RATE 250

/* When both sides begin, after both have both descriptions: before that plain checks may show that
 * a NAT is not what it was taken for. */
#define FLOE_STRATEGY_PUNCH_START_MS 500

/* Whether each new mapping has a port that follows from the one before. */
gboolean floe_strategy_is_sequential (const FloeNatSummary *summary);

/* Fills in both sides' tactics for the method. */
void floe_strategy_share_out (FloeStrategyOutcome *outcome, const FloeNatSummary *local,
                              const FloeNatSummary *remote, gboolean is_offerer);

/* Fills in what is to be expected of punching with those tactics. */
void floe_strategy_expect_punch (FloeStrategyOutcome *outcome);

G_END_DECLS
