/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-core-private.h"

#include "floe-strategy-tactic-private.h"

/* RFC 8863 section 4: "implementations SHOULD use 39.5 seconds" before ICE fails; and a relay that
 * starts last has more than half a minute. */
#define FAIL_AFTER_MS 39500
/* Measured with a router that spoils ports: 0 of 4 runs without, 4 of 4 with. */
#define POISON_HOLD_MS 200
/* Both sides' figures, whatever their strategies are. */
#define PREDICTED_START_MS 0
#define PREDICTED_GIVE_UP_MS 5000
/* Every other check would take a port, and then the steps are out. */
#define LOCK_STEP_ALONE_MS 1500
/* After the last probe is sent: the way there and back, and a repetition. */
#define PUNCH_GRACE_MS 2000
/* With less than that DIRECT_FAST and DIRECT_PATIENT are not chosen. */
#define CERTAIN 0.9
#define LIKELY 0.5

typedef struct
{
  const char *name;
  guint direct_start_ms;
  guint relay_start_ms; /* the first kind of relay that is configured */
  guint relay_carry_ms;
  guint tcp_later_ms; /* than the first kind */
  guint tls_later_ms;
  guint ice_tcp_start_ms;
  gboolean has_standby;
} Timing;

/* The strategies. They differ in head starts and in nothing else. */
static const Timing timings[] = {
  /* clang-format off */
  /*                                name           direct relay carries tcp   tls ice-tcp standby */
  [FLOE_STRATEGY_DIRECT_FAST] =    { "direct-fast",    0, 1500,  1500, 1000, 2000, 4000,   FALSE },
  [FLOE_STRATEGY_DIRECT_PATIENT] = { "direct-patient", 0,  250,  1000, 1000, 2000, 4000,   TRUE },
  [FLOE_STRATEGY_TURN_FALLBACK] =  { "turn-fallback",  0,    0,   300, 1000, 2000, 4000,   TRUE },
  [FLOE_STRATEGY_TURN_ONLY] =      { "turn-only",   5000,    0,     0, 1000, 2000, 6000,   FALSE },
  /* clang-format on */
};

/* Where UDP is blocked here, whatever the strategy: TCP and TLS at once, with ICE-TCP beside them.
 * UDP is tried later, as networks change and reports err. */
#define BLOCKED_UDP_START_MS 5000

/* What each method calls for. */
static const struct
{
  FloeStrategy strategy;
  const char *reason;
} choices[FLOE_STRATEGY_METHOD_COUNT] = {
  [FLOE_STRATEGY_METHOD_UNKNOWN] = { FLOE_STRATEGY_DIRECT_PATIENT,
                                     "too little is known, so a relay stands by" },
  [FLOE_STRATEGY_METHOD_PLAIN] = { FLOE_STRATEGY_DIRECT_FAST, "plain checks connect" },
  [FLOE_STRATEGY_METHOD_FORETOLD] = { FLOE_STRATEGY_DIRECT_PATIENT,
                                      "the next ports of one side can be foretold" },
  [FLOE_STRATEGY_METHOD_LOCK_STEP] = { FLOE_STRATEGY_DIRECT_PATIENT,
                                       "both sides' next ports can be met in lock step" },
  [FLOE_STRATEGY_METHOD_PUNCH] = { FLOE_STRATEGY_TURN_FALLBACK,
                                   "many sockets and many probes are needed to meet" },
  [FLOE_STRATEGY_METHOD_PUNCH_BLOCKS] = { FLOE_STRATEGY_TURN_FALLBACK,
                                          "both sides have to try ports of small blocks" },
  [FLOE_STRATEGY_METHOD_RELAY] = { FLOE_STRATEGY_TURN_ONLY, "neither side can find the other" },
  [FLOE_STRATEGY_METHOD_RELAY_TCP] = { FLOE_STRATEGY_TURN_ONLY, "only TCP and TLS get through" },
};

/* Instead of the method's, where each side's NAT does that. */
#define SPOILED_REASON "packets that come too early spoil the ports of both"

static gboolean
has_relay (const FloeStrategyConfig *config)
{
  return config->has_relay_udp || config->has_relay_tcp || config->has_relay_tls;
}

static gboolean
is_relay_only (const FloeStrategyConfig *config)
{
  return config->policy == FLOE_ICE_TRANSPORT_POLICY_RELAY;
}

FloePunching
floe_strategy_get_punching (const FloeStrategyConfig *config)
{
  return config->is_metered || is_relay_only (config) ? FLOE_PUNCHING_NONE : config->punching;
}

/* What is known badly may be worse or better than it looks: the next strategy, and what has worked
 * here has its word. Names are in the order of how much they hope. */
static FloeStrategy
weigh (FloeStrategy strategy, const FloeStrategyOutcome *outcome, FloeStrategyMemory last)
{
  if (strategy == FLOE_STRATEGY_DIRECT_FAST && outcome->probability < CERTAIN)
    strategy = FLOE_STRATEGY_DIRECT_PATIENT;
  if (strategy == FLOE_STRATEGY_DIRECT_PATIENT && outcome->probability < LIKELY)
    strategy = FLOE_STRATEGY_TURN_FALLBACK;
  if (strategy == FLOE_STRATEGY_TURN_ONLY && outcome->is_doubted)
    strategy = FLOE_STRATEGY_TURN_FALLBACK;
  if (!outcome->is_doubted)
    return strategy;
  if (last == FLOE_STRATEGY_MEMORY_DIRECT && strategy > FLOE_STRATEGY_DIRECT_FAST)
    return strategy - 1;
  if (last == FLOE_STRATEGY_MEMORY_RELAY && strategy < FLOE_STRATEGY_TURN_FALLBACK)
    return strategy + 1;
  return strategy;
}

static FloeStrategy
choose (const FloeStrategyOutcome *outcome, const FloeStrategyConfig *config)
{
  FloeStrategy strategy = choices[outcome->method].strategy;

  if (is_relay_only (config))
    return FLOE_STRATEGY_TURN_ONLY;
  if (config->strategy > FLOE_STRATEGY_AUTO && config->strategy <= FLOE_STRATEGY_TURN_ONLY)
    return config->strategy;
  if (outcome->method != FLOE_STRATEGY_METHOD_RELAY_TCP)
    strategy = weigh (strategy, outcome, config->last);
  else if (outcome->local_class != FLOE_STRATEGY_CLASS_BLOCKED)
    /* The other side's relay is reached from here by UDP, and directly. */
    strategy = FLOE_STRATEGY_TURN_FALLBACK;
  return has_relay (config) ? strategy : MIN (strategy, FLOE_STRATEGY_DIRECT_PATIENT);
}

/* Whatever times the application sets, half of the time is left for what starts last. */
static guint
bound_start (const FloeStrategyPlan *plan, guint start_ms)
{
  return MIN (start_ms, plan->fail_after_ms / 2);
}

static FloeStrategyRow *
add_row (FloeStrategyPlan *plan, FloeStrategyPath path, guint start_after_ms,
         guint may_carry_after_ms)
{
  FloeStrategyRow *row = &plan->rows[plan->row_count++];

  start_after_ms = bound_start (plan, start_after_ms);
  may_carry_after_ms = bound_start (plan, may_carry_after_ms);
  *row = (FloeStrategyRow){ .path = path,
                            .start_after_ms = start_after_ms,
                            .may_carry_after_ms = MAX (start_after_ms, may_carry_after_ms) };
  return row;
}

static gboolean
is_blocked (const FloeStrategyPlan *plan)
{
  return plan->outcome.local_class == FLOE_STRATEGY_CLASS_BLOCKED;
}

/* When plain direct paths start. */
static guint
get_direct_start (const FloeStrategyPlan *plan, const FloeStrategyConfig *config)
{
  guint start_ms =
      is_blocked (plan) ? BLOCKED_UDP_START_MS : timings[plan->strategy].direct_start_ms;

  if (!has_relay (config))
    start_ms = 0;
  if (plan->outcome.local.part == FLOE_STRATEGY_PART_LOCK_STEP)
    start_ms = MAX (start_ms, LOCK_STEP_ALONE_MS);
  return start_ms;
}

static guint
limit (guint value, guint wanted)
{
  return wanted > 0 ? MIN (value, wanted) : value;
}

static void
add_punched (FloeStrategyPlan *plan, const FloeStrategyConfig *config, guint carry_ms)
{
  FloeStrategyRow *row =
      add_row (plan, FLOE_STRATEGY_PATH_PUNCHED, FLOE_STRATEGY_PUNCH_START_MS, carry_ms);
  FloeStrategyTactic *tactic = &row->tactic;
  guint sending_ms = 0;

  *tactic = plan->outcome.local;
  tactic->sockets = limit (tactic->sockets, config->max_sockets);
  if (config->max_rate > 0)
    tactic->rate = MIN (config->max_rate, FLOE_STRATEGY_MAX_RATE);
  if (tactic->part != FLOE_STRATEGY_PART_SPRAY)
    /* As long as the other one may send, at the usual rate. */
    sending_ms = plan->outcome.remote.probes * 1000 / FLOE_STRATEGY_RATE;
  if (tactic->part != FLOE_STRATEGY_PART_OPEN)
    {
      tactic->probes = limit (tactic->probes, config->max_probes);
      sending_ms = MAX (sending_ms, tactic->probes * 1000 / tactic->rate);
    }
  row->give_up_after_ms = MIN (sending_ms + PUNCH_GRACE_MS, plan->fail_after_ms);
}

/* What both sides do together. */
static void
add_hard_paths (FloeStrategyPlan *plan, const FloeStrategyConfig *config, guint carry_ms)
{
  FloeStrategyRow *row;

  switch (plan->outcome.local.part)
    {
    case FLOE_STRATEGY_PART_FORETELL:
    case FLOE_STRATEGY_PART_LOCK_STEP:
      row = add_row (plan, FLOE_STRATEGY_PATH_PREDICTED, PREDICTED_START_MS, carry_ms);
      row->give_up_after_ms = MIN (PREDICTED_GIVE_UP_MS, plan->fail_after_ms);
      row->tactic = plan->outcome.local;
      break;
    case FLOE_STRATEGY_PART_OPEN:
    case FLOE_STRATEGY_PART_SPRAY:
    case FLOE_STRATEGY_PART_BLOCK:
      /* The network may have become metered after the other side was told. */
      if (floe_strategy_get_punching (config) != FLOE_PUNCHING_NONE)
        add_punched (plan, config, carry_ms);
      break;
    case FLOE_STRATEGY_PART_NONE:
    case FLOE_STRATEGY_PART_AWAIT: /* the direct path checks whatever candidate comes */
    default:
      break;
    }
}

static void
add_direct_paths (FloeStrategyPlan *plan, const FloeStrategyConfig *config)
{
  guint start_ms = get_direct_start (plan, config);
  guint carry_ms = has_relay (config) ? timings[plan->strategy].direct_start_ms : 0;

  add_row (plan, FLOE_STRATEGY_PATH_DIRECT, start_ms, carry_ms);
  add_hard_paths (plan, config, carry_ms);
}

static void
add_relay (FloeStrategyPlan *plan, FloeStrategyPath path, guint start_ms, guint carry_ms,
           gboolean *is_first)
{
  FloeStrategyRow *row = add_row (plan, path, start_ms, carry_ms);

  /* One relay stands by, and no more. */
  row->is_standby = *is_first && timings[plan->strategy].has_standby;
  *is_first = FALSE;
}

static void
add_relays (FloeStrategyPlan *plan, const FloeStrategyConfig *config)
{
  const Timing *timing = &timings[plan->strategy];
  gboolean is_late = !is_blocked (plan) || !(config->has_relay_tcp || config->has_relay_tls);
  guint start_ms = is_late ? timing->relay_start_ms : 0;
  guint carry_ms = is_late ? timing->relay_carry_ms : 0;
  gboolean is_first = TRUE;
  guint tcp_ms = 0, tls_ms = 0;

  if (config->has_relay_start)
    {
      /* The time to carry moves along. */
      carry_ms -= start_ms;
      start_ms = bound_start (plan, config->relay_start_ms);
      carry_ms += start_ms;
    }
  if (is_late && config->has_relay_udp)
    tcp_ms = timing->tcp_later_ms;
  if (is_late && (config->has_relay_udp || config->has_relay_tcp))
    tls_ms =
        config->has_relay_udp ? timing->tls_later_ms : timing->tls_later_ms - timing->tcp_later_ms;
  if (config->has_relay_udp && is_late)
    add_relay (plan, FLOE_STRATEGY_PATH_RELAY_UDP, start_ms, carry_ms, &is_first);
  else if (config->has_relay_udp)
    add_row (plan, FLOE_STRATEGY_PATH_RELAY_UDP, BLOCKED_UDP_START_MS, 0);
  if (config->has_relay_tcp)
    add_relay (plan, FLOE_STRATEGY_PATH_RELAY_TCP, start_ms + tcp_ms, carry_ms, &is_first);
  if (config->has_relay_tls)
    add_relay (plan, FLOE_STRATEGY_PATH_RELAY_TLS, start_ms + tls_ms, carry_ms, &is_first);
}

static void
add_ice_tcp (FloeStrategyPlan *plan)
{
  gboolean is_at_once = plan->outcome.method == FLOE_STRATEGY_METHOD_RELAY_TCP;

  add_row (plan, FLOE_STRATEGY_PATH_ICE_TCP,
           is_at_once ? 0 : timings[plan->strategy].ice_tcp_start_ms, 0);
}

/* Early packets do harm when nothing was sent before: the offerer's first check goes out after the
 * answer has come, when the answerer's checks may be there already. */
static void
set_holds (FloeStrategyPlan *plan, const FloeNatSummary *local, const FloeNatSummary *remote,
           gboolean is_offerer)
{
  gboolean is_local_spoiled = local != NULL && local->poisoning == FLOE_NAT_ANSWER_YES;
  gboolean is_remote_spoiled = remote != NULL && remote->poisoning == FLOE_NAT_ANSWER_YES;

  if (is_offerer && is_local_spoiled)
    plan->hold_candidates_ms = POISON_HOLD_MS;
  else if (is_offerer && is_remote_spoiled)
    plan->hold_checks_ms = POISON_HOLD_MS;
}

static void
explain (FloeStrategyPlan *plan, const FloeStrategyConfig *config)
{
  const char *name = floe_strategy_to_string (plan->strategy);
  const FloeStrategyOutcome *outcome = &plan->outcome;

  if (is_relay_only (config))
    g_snprintf (plan->explanation, sizeof plan->explanation,
                plan->row_count > 0
                    ? "%s: the application allows nothing but relays."
                    : "%s: the application allows nothing but relays, and there are "
                      "none.",
                name);
  else
    g_snprintf (plan->explanation, sizeof plan->explanation, "%s%s: %s here and %s there, %s%s%s.",
                name, config->strategy == plan->strategy ? ", as the application wants" : "",
                floe_strategy_class_to_string (outcome->local_class),
                floe_strategy_class_to_string (outcome->remote_class),
                outcome->is_spoiled ? SPOILED_REASON : choices[outcome->method].reason,
                outcome->is_doubted && outcome->method != FLOE_STRATEGY_METHOD_UNKNOWN
                    ? " as far as is known"
                    : "",
                has_relay (config) ? "" : ", and there is no relay");
}

void
floe_strategy_make_plan (FloeStrategyPlan *out, const FloeNatSummary *local,
                         const FloeNatSummary *remote, const FloeStrategyConfig *config)
{
  FloeStrategyPlan plan = { 0 };

  floe_strategy_predict (&plan.outcome, local, remote, config->is_offerer);
  plan.strategy = choose (&plan.outcome, config);
  plan.fail_after_ms = config->fail_after_ms > 0 ? config->fail_after_ms : FAIL_AFTER_MS;
  if (!is_relay_only (config))
    {
      add_direct_paths (&plan, config);
      set_holds (&plan, local, remote, config->is_offerer);
    }
  add_relays (&plan, config);
  if (!is_relay_only (config) && config->has_ice_tcp)
    add_ice_tcp (&plan);
  explain (&plan, config);
  *out = plan;
}

const FloeStrategyRow *
floe_strategy_plan_find (const FloeStrategyPlan *plan, FloeStrategyPath path)
{
  for (guint i = 0; i < plan->row_count; i++)
    if (plan->rows[i].path == path)
      return &plan->rows[i];
  return NULL;
}

const char *
floe_strategy_to_string (FloeStrategy strategy)
{
  return strategy == FLOE_STRATEGY_AUTO ? "auto" : timings[strategy].name;
}
