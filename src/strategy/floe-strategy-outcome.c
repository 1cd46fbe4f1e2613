/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-outcome-private.h"

#include "floe-strategy-tactic-private.h"

#define MAX_BLOCK 2048 /* ports: a larger block is as good as none */

/* Shares of runs that get a direct path when all is as it was told. */
#define PLAIN_PROBABILITY 0.98
#define FORETOLD_PROBABILITY 0.95 /* 16 ports ahead, 10 foreign flows in between: 95.1 % */
#define LOCK_STEP_PROBABILITY 0.95
#define UNKNOWN_PROBABILITY 0.7 /* of attempts in the field that libp2p counted */
#define ICE_TCP_PROBABILITY 0.9 /* of TCP to a host without NAT and filter */
/* Where each side's first packet spoils a port of the other side. */
#define POISONED_PROBABILITY 0.05

enum
{
  Q = FLOE_STRATEGY_METHOD_UNKNOWN,
  I = FLOE_STRATEGY_METHOD_PLAIN,
  N = FLOE_STRATEGY_METHOD_FORETOLD,
  L = FLOE_STRATEGY_METHOD_LOCK_STEP,
  B = FLOE_STRATEGY_METHOD_PUNCH,
  b = FLOE_STRATEGY_METHOD_PUNCH_BLOCKS,
  T = FLOE_STRATEGY_METHOD_RELAY,
  Xt = FLOE_STRATEGY_METHOD_RELAY_TCP,
};

/* With O, C and A on one side the first check of the other side passes, or opens, the filter, and
 * its port is learned from it: whatever the other side has, unless UDP does not get out. */
/* clang-format off */
static const guint8 methods[FLOE_STRATEGY_CLASS_COUNT][FLOE_STRATEGY_CLASS_COUNT] = {
  /*                                          ?,  O,  F,  C,  A,  P,  D,  S,  Rb, R,  X */
  [FLOE_STRATEGY_CLASS_UNKNOWN] = {           Q,  I,  Q,  I,  I,  Q,  Q,  Q,  Q,  Q,  Xt },
  [FLOE_STRATEGY_CLASS_OPEN] = {              I,  I,  I,  I,  I,  I,  I,  I,  I,  I,  Xt },
  [FLOE_STRATEGY_CLASS_FIREWALL] = {          Q,  I,  I,  I,  I,  I,  B,  N,  B,  B,  Xt },
  [FLOE_STRATEGY_CLASS_FULL_CONE] = {         I,  I,  I,  I,  I,  I,  I,  I,  I,  I,  Xt },
  [FLOE_STRATEGY_CLASS_RESTRICTED] = {        I,  I,  I,  I,  I,  I,  I,  I,  I,  I,  Xt },
  [FLOE_STRATEGY_CLASS_PORT_RESTRICTED] = {   Q,  I,  I,  I,  I,  I,  B,  N,  B,  B,  Xt },
  [FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT] = { Q,  I,  B,  I,  I,  B,  B,  B,  B,  B,  Xt },
  [FLOE_STRATEGY_CLASS_SEQUENTIAL] = {        Q,  I,  N,  I,  I,  N,  B,  L,  b,  T,  Xt },
  [FLOE_STRATEGY_CLASS_BLOCK] = {             Q,  I,  B,  I,  I,  B,  B,  b,  b,  T,  Xt },
  [FLOE_STRATEGY_CLASS_RANDOM] = {            Q,  I,  B,  I,  I,  B,  B,  T,  T,  T,  Xt },
  [FLOE_STRATEGY_CLASS_BLOCKED] = {           Xt, Xt, Xt, Xt, Xt, Xt, Xt, Xt, Xt, Xt, Xt },
};
/* clang-format on */

static const FloeNatSummary nothing_known = { 0 };

/* A mapping for each address and port, or as hard to cross. */
static FloeStrategyClass
classify_by_ports (const FloeNatSummary *summary)
{
  if (floe_strategy_is_sequential (summary))
    return FLOE_STRATEGY_CLASS_SEQUENTIAL;
  if (summary->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK && summary->pool > 0
      && summary->pool <= MAX_BLOCK)
    return FLOE_STRATEGY_CLASS_BLOCK;
  return FLOE_STRATEGY_CLASS_RANDOM;
}

static FloeStrategyClass
classify_by_filter (const FloeNatSummary *summary)
{
  gboolean is_translated = summary->is_translated != FLOE_NAT_ANSWER_NO;

  switch (summary->filtering)
    {
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT:
      return is_translated ? FLOE_STRATEGY_CLASS_FULL_CONE : FLOE_STRATEGY_CLASS_OPEN;
    case FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT:
      return FLOE_STRATEGY_CLASS_RESTRICTED;
    case FLOE_NAT_BEHAVIOUR_UNKNOWN:
    case FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT:
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT:
    default:
      return is_translated ? FLOE_STRATEGY_CLASS_PORT_RESTRICTED : FLOE_STRATEGY_CLASS_FIREWALL;
    }
}

FloeStrategyClass
floe_strategy_classify (const FloeNatSummary *summary)
{
  if (summary->udp == FLOE_NAT_ANSWER_NO)
    return FLOE_STRATEGY_CLASS_BLOCKED;
  /* What is not translated is mapped to itself. */
  if (summary->is_translated == FLOE_NAT_ANSWER_NO)
    return classify_by_filter (summary);
  switch (summary->mapping)
    {
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT:
      return classify_by_filter (summary);
    case FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT:
      /* With a stricter filter nobody can be found whose port is not known either. */
      if (summary->filtering == FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
          || summary->filtering == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT)
        return FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT;
      return classify_by_ports (summary);
    case FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT:
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT:
      /* Each socket of ours has its own port, so that nothing clashes in the NAT. */
      if (summary->allocation == FLOE_NAT_ALLOCATION_PORT_PRESERVING)
        return FLOE_STRATEGY_CLASS_PORT_RESTRICTED;
      return classify_by_ports (summary);
    case FLOE_NAT_BEHAVIOUR_UNKNOWN:
    default:
      return FLOE_STRATEGY_CLASS_UNKNOWN;
    }
}

static gboolean
is_sequential_by_address (const FloeNatSummary *summary)
{
  return floe_strategy_classify (summary) == FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT
         && floe_strategy_is_sequential (summary);
}

FloeStrategyMethod
floe_strategy_get_method (const FloeNatSummary *a, const FloeNatSummary *other)
{
  FloeStrategyMethod method = methods[floe_strategy_classify (a)][floe_strategy_classify (other)];

  if (method == FLOE_STRATEGY_METHOD_PUNCH
      && (is_sequential_by_address (a) || is_sequential_by_address (other)))
    return FLOE_STRATEGY_METHOD_FORETOLD;
  return method;
}

/* What both sides take part in. */
static FloeStrategyMethod
agree (const FloeNatSummary *local, const FloeNatSummary *remote)
{
  FloeStrategyMethod method = floe_strategy_get_method (local, remote);
  FloePunching punching = MIN (local->punching, remote->punching);

  if ((method == FLOE_STRATEGY_METHOD_PUNCH && punching < FLOE_PUNCHING_ONE_SIDED)
      || (method == FLOE_STRATEGY_METHOD_PUNCH_BLOCKS && punching < FLOE_PUNCHING_BLOCK))
    return FLOE_STRATEGY_METHOD_RELAY;
  return method;
}

static gboolean
are_both_poisoned (const FloeNatSummary *local, const FloeNatSummary *remote)
{
  return local->poisoning == FLOE_NAT_ANSWER_YES && remote->poisoning == FLOE_NAT_ANSWER_YES
         && local->filtering != FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT
         && remote->filtering != FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
}

/* When all is as it was told. */
static void
expect (FloeStrategyOutcome *outcome)
{
  /* Times and packets measured with libnice at a round trip of 40 ms. */
  static const struct
  {
    double probability;
    guint ms;
    guint packets;
  } expected[FLOE_STRATEGY_METHOD_COUNT] = {
    [FLOE_STRATEGY_METHOD_UNKNOWN] = { UNKNOWN_PROBABILITY, 500, 20 },
    [FLOE_STRATEGY_METHOD_PLAIN] = { PLAIN_PROBABILITY, 280, 20 },
    [FLOE_STRATEGY_METHOD_FORETOLD] = { FORETOLD_PROBABILITY, 330, 52 },
    [FLOE_STRATEGY_METHOD_LOCK_STEP] = { LOCK_STEP_PROBABILITY, 200, 32 },
    [FLOE_STRATEGY_METHOD_RELAY] = { 0, 600, 20 },
    [FLOE_STRATEGY_METHOD_RELAY_TCP] = { 0, 700, 20 },
  };

  outcome->probability = expected[outcome->method].probability;
  outcome->expected_ms = expected[outcome->method].ms;
  outcome->expected_packets = expected[outcome->method].packets;
  if (outcome->method == FLOE_STRATEGY_METHOD_PUNCH
      || outcome->method == FLOE_STRATEGY_METHOD_PUNCH_BLOCKS)
    floe_strategy_expect_punch (outcome);
  /* RFC 6544: a host that nothing hides takes TCP from one that UDP can't leave. */
  if (outcome->method == FLOE_STRATEGY_METHOD_RELAY_TCP
      && (outcome->local_class == FLOE_STRATEGY_CLASS_OPEN
          || outcome->remote_class == FLOE_STRATEGY_CLASS_OPEN))
    outcome->probability = ICE_TCP_PROBABILITY;
}

/* How much of what is expected is left when it is proven so well only. */
static double
trust (const FloeNatSummary *summary)
{
  static const double trusts[] = {
    [FLOE_NAT_CONFIDENCE_NONE] = 0.7,
    [FLOE_NAT_CONFIDENCE_LOW] = 0.85,
    [FLOE_NAT_CONFIDENCE_MEDIUM] = 0.97,
    [FLOE_NAT_CONFIDENCE_HIGH] = 1,
  };

  return trusts[MIN (summary->confidence, FLOE_NAT_CONFIDENCE_HIGH)];
}

/* What is left of it as things are. */
static void
doubt (FloeStrategyOutcome *outcome, const FloeNatSummary *local, const FloeNatSummary *remote)
{
  double least = MIN (trust (local), trust (remote));

  outcome->is_doubted = MIN (local->confidence, remote->confidence) < FLOE_NAT_CONFIDENCE_MEDIUM;
  if (outcome->method == FLOE_STRATEGY_METHOD_UNKNOWN)
    outcome->is_doubted = TRUE;
  else
    outcome->probability *= least;
  outcome->is_spoiled = are_both_poisoned (local, remote);
  if (outcome->is_spoiled)
    outcome->probability = MIN (outcome->probability, POISONED_PROBABILITY);
}

void
floe_strategy_predict (FloeStrategyOutcome *out, const FloeNatSummary *local,
                       const FloeNatSummary *remote, gboolean is_offerer)
{
  FloeStrategyOutcome outcome = { 0 };

  local = local != NULL ? local : &nothing_known;
  remote = remote != NULL ? remote : &nothing_known;
  outcome.local_class = floe_strategy_classify (local);
  outcome.remote_class = floe_strategy_classify (remote);
  outcome.method = agree (local, remote);
  floe_strategy_share_out (&outcome, local, remote, is_offerer);
  expect (&outcome);
  doubt (&outcome, local, remote);
  *out = outcome;
}

const char *
floe_strategy_class_to_string (FloeStrategyClass kind)
{
  static const char *const names[FLOE_STRATEGY_CLASS_COUNT] = {
    [FLOE_STRATEGY_CLASS_UNKNOWN] = "an unknown network",
    [FLOE_STRATEGY_CLASS_OPEN] = "an open network",
    [FLOE_STRATEGY_CLASS_FIREWALL] = "a firewall without NAT",
    [FLOE_STRATEGY_CLASS_FULL_CONE] = "a full-cone NAT",
    [FLOE_STRATEGY_CLASS_RESTRICTED] = "a restricted NAT",
    [FLOE_STRATEGY_CLASS_PORT_RESTRICTED] = "a port-restricted NAT",
    [FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT] = "a NAT with a port for each address",
    [FLOE_STRATEGY_CLASS_SEQUENTIAL] = "a symmetric NAT with ports in a row",
    [FLOE_STRATEGY_CLASS_BLOCK] = "a symmetric NAT with a block of ports",
    [FLOE_STRATEGY_CLASS_RANDOM] = "a symmetric NAT with random ports",
    [FLOE_STRATEGY_CLASS_BLOCKED] = "a network that blocks UDP",
  };

  return names[kind];
}
