/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-tactic-private.h"

#define ALL_PORTS 64512      /* 1024 to 65535 */
#define POOL_PER_SOCKET 32   /* one socket for so many ports of a block: 63 for 2016 */
#define MIN_SOCKETS 8        /* in a small block */
#define MAX_SHARE_OF_BLOCK 4 /* at most a quarter of a block is used: others live in it, too */
#define BLOCK_SOCKETS 8      /* where both sides have blocks */
#define HAND_OVER_MS 100     /* from the first hit to a path that is ready */

gboolean
floe_strategy_is_sequential (const FloeNatSummary *summary)
{
  return summary->allocation == FLOE_NAT_ALLOCATION_SEQUENTIAL && summary->step > 0;
}

/* 0 unless all of a NAT's mappings are in a block. */
static guint
get_pool (const FloeNatSummary *summary)
{
  return summary->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK ? summary->pool : 0;
}

static gboolean
depends_on_address (FloeStrategyClass kind)
{
  return kind == FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT;
}

/* A NAT with one mapping has nothing to foretell, however it chose its port. */
static gboolean
can_foretell (FloeStrategyClass kind, const FloeNatSummary *summary)
{
  return (kind == FLOE_STRATEGY_CLASS_SEQUENTIAL || depends_on_address (kind))
         && floe_strategy_is_sequential (summary);
}

/* Whose ports are foretold: those of a NAT with a port for each address before those of a symmetric
 * one, as it lets the other side in from any port. */
static gboolean
do_we_foretell (const FloeStrategyOutcome *outcome, const FloeNatSummary *local,
                const FloeNatSummary *remote, gboolean is_offerer)
{
  gboolean can_local = can_foretell (outcome->local_class, local);
  gboolean can_remote = can_foretell (outcome->remote_class, remote);

  if (can_local != can_remote)
    return can_local;
  if (depends_on_address (outcome->local_class) != depends_on_address (outcome->remote_class))
    return depends_on_address (outcome->local_class);
  return is_offerer;
}

static void
share_prediction (FloeStrategyOutcome *outcome, const FloeNatSummary *local,
                  const FloeNatSummary *remote, gboolean is_offerer)
{
  gboolean we_foretell = do_we_foretell (outcome, local, remote, is_offerer);
  FloeStrategyTactic *hard = we_foretell ? &outcome->local : &outcome->remote;
  FloeStrategyTactic *easy = we_foretell ? &outcome->remote : &outcome->local;

  hard->part = FLOE_STRATEGY_PART_FORETELL;
  hard->window = FLOE_STRATEGY_WINDOW;
  hard->local_step = we_foretell ? local->step : remote->step;
  easy->part = FLOE_STRATEGY_PART_AWAIT;
  easy->window = FLOE_STRATEGY_WINDOW;
}

static FloeStrategyTactic
make_lock_step (guint local_step, guint remote_step)
{
  return (FloeStrategyTactic){ .part = FLOE_STRATEGY_PART_LOCK_STEP,
                               .window = FLOE_STRATEGY_WINDOW,
                               .local_step = local_step,
                               .remote_step = remote_step };
}

/* Sockets are opened by the side whose ports are not known: toward the one port of a NAT with one
 * mapping, or behind a filter that asks for the address only. */
static gboolean
do_we_open (const FloeStrategyOutcome *outcome, const FloeNatSummary *local,
            const FloeNatSummary *remote, gboolean is_offerer)
{
  gboolean is_local_easy = outcome->local_class == FLOE_STRATEGY_CLASS_FIREWALL
                           || outcome->local_class == FLOE_STRATEGY_CLASS_PORT_RESTRICTED;
  gboolean is_remote_easy = outcome->remote_class == FLOE_STRATEGY_CLASS_FIREWALL
                            || outcome->remote_class == FLOE_STRATEGY_CLASS_PORT_RESTRICTED;

  if (is_local_easy || is_remote_easy)
    return is_remote_easy;
  if (depends_on_address (outcome->local_class) != depends_on_address (outcome->remote_class))
    return depends_on_address (outcome->local_class);
  /* Both have a port for each address: a block is found sooner. */
  if ((get_pool (local) > 0) != (get_pool (remote) > 0))
    return get_pool (local) > 0;
  if (get_pool (local) != get_pool (remote))
    return get_pool (local) < get_pool (remote);
  return is_offerer;
}

/* How many probes a side may send from one socket: behind a NAT with a mapping for each destination
 * port every one of them takes a port. */
static guint
limit_probes (FloeStrategyClass kind, const FloeNatSummary *summary, guint probes)
{
  return kind == FLOE_STRATEGY_CLASS_BLOCK
             ? MIN (probes, MAX (summary->pool / MAX_SHARE_OF_BLOCK, 1))
             : probes;
}

static void
share_punch (FloeStrategyOutcome *outcome, const FloeNatSummary *local,
             const FloeNatSummary *remote, gboolean is_offerer)
{
  gboolean we_open = do_we_open (outcome, local, remote, is_offerer);
  const FloeNatSummary *opener = we_open ? local : remote;
  const FloeNatSummary *sprayer = we_open ? remote : local;
  FloeStrategyTactic *open = we_open ? &outcome->local : &outcome->remote;
  FloeStrategyTactic *spray = we_open ? &outcome->remote : &outcome->local;
  guint pool = get_pool (opener);
  guint sockets = pool > 0 ? CLAMP (pool / POOL_PER_SOCKET, MIN_SOCKETS, FLOE_STRATEGY_MAX_SOCKETS)
                           : FLOE_STRATEGY_MAX_SOCKETS;
  /* One port of the block is known, so that it may reach as far to either side. */
  guint probes = pool > 0 ? MIN (2 * pool, FLOE_STRATEGY_MAX_PROBES) : FLOE_STRATEGY_MAX_PROBES;

  if (pool > 0)
    sockets = MIN (sockets, MAX (pool / MAX_SHARE_OF_BLOCK, 1));
  *open = (FloeStrategyTactic){ .part = FLOE_STRATEGY_PART_OPEN,
                                .sockets = sockets,
                                .rate = FLOE_STRATEGY_RATE };
  *spray = (FloeStrategyTactic){ .part = FLOE_STRATEGY_PART_SPRAY,
                                 .rate = FLOE_STRATEGY_RATE,
                                 .pool = pool };
  spray->probes = limit_probes (floe_strategy_classify (sprayer), sprayer, probes);
  open->probes = spray->probes;
}

/* How many ports a side has left to use: of a sequential one as many as it is foretold. */
static guint
get_block_probes (const FloeNatSummary *summary)
{
  guint pool = get_pool (summary);

  return pool > 0 ? MAX (pool / MAX_SHARE_OF_BLOCK, 1) : MAX_SHARE_OF_BLOCK * FLOE_STRATEGY_WINDOW;
}

static FloeStrategyTactic
make_block (guint probes, guint pool)
{
  return (FloeStrategyTactic){ .part = FLOE_STRATEGY_PART_BLOCK,
                               .sockets = MIN (BLOCK_SOCKETS, probes),
                               .probes = probes,
                               .rate = FLOE_STRATEGY_RATE,
                               .pool = pool };
}

void
floe_strategy_share_out (FloeStrategyOutcome *outcome, const FloeNatSummary *local,
                         const FloeNatSummary *remote, gboolean is_offerer)
{
  switch (outcome->method)
    {
    case FLOE_STRATEGY_METHOD_FORETOLD:
      share_prediction (outcome, local, remote, is_offerer);
      break;
    case FLOE_STRATEGY_METHOD_LOCK_STEP:
      outcome->local = make_lock_step (local->step, remote->step);
      outcome->remote = make_lock_step (remote->step, local->step);
      break;
    case FLOE_STRATEGY_METHOD_PUNCH:
      share_punch (outcome, local, remote, is_offerer);
      break;
    case FLOE_STRATEGY_METHOD_PUNCH_BLOCKS:
      outcome->local = make_block (get_block_probes (local), get_pool (remote));
      outcome->remote = make_block (get_block_probes (remote), get_pool (local));
      break;
    case FLOE_STRATEGY_METHOD_UNKNOWN:
      /* Costs little, and helps when the unknown side keeps its port. */
      if (can_foretell (outcome->local_class, local)
          != can_foretell (outcome->remote_class, remote))
        share_prediction (outcome, local, remote, is_offerer);
      break;
    case FLOE_STRATEGY_METHOD_PLAIN:
    case FLOE_STRATEGY_METHOD_RELAY:
    case FLOE_STRATEGY_METHOD_RELAY_TCP:
    default:
      break;
    }
}

/* @count probes, drawn without repetition, all miss: 1 - C(N-n, m) / C(N, m). */
static double
get_hit_probability (guint ports, guint sockets, guint probes, guint *half_count)
{
  double miss = 1;

  *half_count = 0;
  for (guint i = 0; i < probes; i++)
    {
      guint left = ports > i ? ports - i : 0;

      miss *= left > sockets ? 1 - (double) sockets / left : 0;
      if (miss <= 0.5 && *half_count == 0)
        *half_count = i + 1;
    }
  return 1 - miss;
}

/* Both sides' mappings are drawn anew with each packet: 1 - exp (-m n / (M N)), as a product over
 * the smaller one of m and n, so that both sides get the same. */
static double
get_block_probability (const FloeStrategyOutcome *outcome)
{
  guint local_ports =
      outcome->remote.pool > 0 ? outcome->remote.pool : MAX_SHARE_OF_BLOCK * outcome->local.probes;
  guint remote_ports =
      outcome->local.pool > 0 ? outcome->local.pool : MAX_SHARE_OF_BLOCK * outcome->remote.probes;
  guint fewer = MIN (outcome->local.probes, outcome->remote.probes);
  guint more = MAX (outcome->local.probes, outcome->remote.probes);
  double share = (double) more / ((double) local_ports * remote_ports);
  double miss = 1;

  for (guint i = 0; i < fewer; i++)
    miss *= 1 - MIN (share, 1);
  return 1 - miss;
}

void
floe_strategy_expect_punch (FloeStrategyOutcome *outcome)
{
  const FloeStrategyTactic *spray =
      outcome->local.part == FLOE_STRATEGY_PART_SPRAY ? &outcome->local : &outcome->remote;
  const FloeStrategyTactic *open =
      outcome->local.part == FLOE_STRATEGY_PART_SPRAY ? &outcome->remote : &outcome->local;
  guint half_count = 0;

  if (outcome->method == FLOE_STRATEGY_METHOD_PUNCH_BLOCKS)
    {
      outcome->probability = get_block_probability (outcome);
      outcome->expected_packets = outcome->local.probes + outcome->remote.probes;
      outcome->expected_ms = 0;
      return;
    }
  outcome->probability = get_hit_probability (spray->pool > 0 ? 2 * spray->pool : ALL_PORTS,
                                              open->sockets, spray->probes, &half_count);
  outcome->expected_ms = 0;
  if (half_count > 0)
    outcome->expected_ms =
        FLOE_STRATEGY_PUNCH_START_MS + half_count * 1000 / spray->rate + HAND_OVER_MS;
  outcome->expected_packets = open->sockets + (half_count > 0 ? half_count : spray->probes);
}
