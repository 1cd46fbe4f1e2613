/* SPDX-License-Identifier: MPL-2.0 */
/* Punching between pairs of NATs, against the theory: n ports open of N and m probes meet m n / N
 * times in the mean, and a run without any has a chance of exp (-m n / N). FLOE_NAT_SEEDS says how
 * many seeds, 6 unless it is set; FLOE_PUNCH_TABLE=1 prints what docs/decisions/0022 has. */
#include "punch-world.h"

#include <cmath>

namespace
{

constexpr double kPorts = FLOE_PORT_MAX - FLOE_PORT_MIN + 1;

struct Pair
{
  const char *name;
  PunchSetup setup;
  double chance;   /* of one run, in theory */
  gint64 limit_ms; /* that nineteen of twenty keep, in theory */
  bool is_plain;   /* neither loss nor a block that was learned: simple theory */
};

void
PrintTo (const Pair &pair, std::ostream *out)
{
  *out << pair.name;
}

PunchSetup
Between (const std::string &alice, const std::string &bob, bool is_exact = true)
{
  PunchSetup setup;

  setup.alice = alice;
  setup.bob = bob;
  setup.is_exact = is_exact;
  return setup;
}

PunchSetup
Lossy (PunchSetup setup)
{
  setup.link = "loss=5%";
  return setup;
}

PunchSetup
InBlock (const std::string &alice, guint block, bool is_learned)
{
  PunchSetup setup = Between (alice, "eim-apdf");

  setup.alice_block = block;
  if (is_learned)
    setup.pool.block_min = setup.pool.block_max = FLOE_PORT_MIN; /* as it turns out */
  return setup;
}

/* 256 sockets are open after 1.3 s; then three of N / n, 756 probes, are 95 %: 4.4 s in all. In a
 * block of 512 ports a quarter is 128 sockets, and 2,016 probes of 64,512 ports are 98 %. */
const Pair kPairs[] = {
  { "PxR", Between ("apdm-random", "eim-apdf"), 0.999, 4500, true },
  { "FxR", Between ("apdm-random", "firewall"), 0.999, 4500, true },
  { "PxRLossy", Lossy (Between ("apdm-random", "eim-apdf")), 0.998, 5400, false },
  { "PxNetfilterRandom", Between ("masquerade-random", "eim-apdf"), 0.999, 4500, true },
  { "PxRb", InBlock ("apdm-block", 512, false), 0.98, 9000, true },
  { "PxRbLearned", InBlock ("apdm-block", 512, true), 1, 1500, false },
  { "PxRbLearned2016", InBlock ("cgn-symmetric", 2016, true), 1, 1500, false },
  { "PxRbLearnedLossy", Lossy (InBlock ("apdm-block", 512, true)), 1, 2500, false },
  { "DxR", Between ("adm-adf", "apdm-random", false), 0.999, 4500, true },
  { "DxRb", Between ("adm-adf", "cgn-symmetric", false), 0.999, 4500, true },
  { "DxD", Between ("adm-adf", "adm-adf", false), 0.999, 4500, true },
  { "DxP", Between ("adm-adf", "eim-apdf"), 0.999, 4500, true },
};

/* Eight samples, as discovery takes them: fresh sockets that ask a server. */
FloePortPool
LearnPool (PunchWorld *world)
{
  FloePortPool pool = {};
  guint16 ports[8];

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    ports[i] = world->AskServer ("alice", (guint16) (7000 + i)).port;
  floe_port_pool_learn (&pool, ports, G_N_ELEMENTS (ports));
  return pool;
}

/* How many hits were to be expected when there was the first: 1 in the mean. Where primers go to
 * the very port that probes come from it does not matter which of the two came first: either gets
 * in when the other has left. Else a probe must find the port open. */
double
ExpectedHits (const PunchWorld &world, bool is_exact)
{
  const std::vector<gint64> &opened_us = world.alice.opened_us, &sent_us = world.bob.sent_us;
  gint64 met_us = is_exact ? opened_us[world.alice.socket] : 0;
  double hits = 0;

  for (size_t i = 0; i < world.bob.probed.size (); i++)
    if (world.bob.probed[i] == world.bob.remote.port)
      {
        met_us = std::max (met_us, sent_us[i]);
        break;
      }
  for (size_t i = 0; i < world.bob.probed.size () && sent_us[i] <= met_us; i++)
    hits += (double) std::count_if (opened_us.begin (), opened_us.end (), [&] (gint64 us) {
      return us <= (is_exact ? met_us : sent_us[i]);
    });
  return hits / kPorts;
}

class PunchPairs : public testing::TestWithParam<Pair>
{
protected:
  void Keep (PunchWorld &world, guint entries_before)
  {
    guint entries = world.Entries ("a") - entries_before;

    for (const PunchSide *side : { &world.alice, &world.bob })
      {
        EXPECT_LE (side->sent_us.size (), (size_t) FLOE_PROBE_MAX_PACKETS);
        EXPECT_LE (side->Peak (), (guint) FLOE_PROBE_UNMETERED_PER_S + FLOE_PROBE_BURST);
      }
    EXPECT_LE (entries, world.alice.counters ().opened);
    alice_sent_.push_back ((guint) world.alice.sent_us.size ());
    alice_entries_.push_back (entries);
    bob_sent_.push_back ((guint) world.bob.sent_us.size ());
  }

  void Print (guint seeds)
  {
    g_print ("| %s | %zu/%u | %u | %u | %u | %u | %u |\n", GetParam ().name, times_ms_.size (),
             seeds, Part (times_ms_, 50), Part (times_ms_, 95), Part (alice_sent_, 50),
             Part (alice_entries_, 50), Part (bob_sent_, 50));
  }

  /* That @percent of them don't exceed. */
  static guint Part (std::vector<guint> values, guint percent)
  {
    std::sort (values.begin (), values.end ());
    return values.empty () ? 0 : values[(values.size () - 1) * percent / 100];
  }

  std::vector<guint> times_ms_, alice_sent_, alice_entries_, bob_sent_;
};

TEST_P (PunchPairs, MeetAsTheTheorySays)
{
  guint seeds = SeedCount (), late = 0;
  double hits = 0, chance = GetParam ().chance;

  for (guint i = 1; i <= seeds; i++)
    {
      PunchSetup setup = GetParam ().setup;
      guint64 seed = i + 1000 * g_str_hash (GetParam ().name);

      if (setup.pool.block_min != 0)
        {
          PunchWorld twin (setup, seed);
          setup.pool = LearnPool (&twin);
        }
      PunchWorld world (setup, seed);
      guint before = world.Entries ("a");
      world.Run ();
      Keep (world, before);
      if (!world.Succeeded ())
        continue;
      late += world.TookMs () > GetParam ().limit_ms;
      hits += ExpectedHits (world, setup.is_exact);
      times_ms_.push_back ((guint) world.TookMs ());
    }
  if (g_getenv ("FLOE_PUNCH_TABLE") != nullptr)
    Print (seeds);
  EXPECT_GE (times_ms_.size () + 1 + 4 * std::sqrt (seeds * chance * (1 - chance)), seeds * chance);
  EXPECT_LE (late, 1 + seeds * 0.05 + 4 * std::sqrt (seeds * 0.05));
  if (GetParam ().is_plain)
    {
      EXPECT_NEAR (hits / (double) times_ms_.size (), 1, 4 / std::sqrt (seeds));
    }
}

INSTANTIATE_TEST_SUITE_P (Nats, PunchPairs, testing::ValuesIn (kPairs),
                          [] (const auto &info) { return std::string (info.param.name); });

/* n sockets, all open before the first of m probes: 1 - exp (-m n / 64512). */
struct Cell
{
  guint sockets, probes;
  double chance;
};

class PunchCells : public testing::TestWithParam<Cell>
{
};

TEST_P (PunchCells, AreAsLikelyAsComputed)
{
  guint seeds = SeedCount (), succeeded = 0;
  double chance = GetParam ().chance;

  for (guint i = 1; i <= seeds; i++)
    {
      PunchSetup setup = Between ("apdm-random", "eim-apdf");

      setup.socket_count = GetParam ().sockets;
      setup.bob_waits_us = 1500 * kMillisecond;
      setup.bob_table = FLOE_PROBE_MAX_PART * (GetParam ().probes + FLOE_PROBE_RESERVE);
      PunchWorld world (setup, i + 1000 * GetParam ().sockets + 7 * GetParam ().probes);
      world.Run ();
      succeeded += world.Succeeded ();
      EXPECT_LE (world.bob.counters ().probes, GetParam ().probes);
    }
  EXPECT_NEAR (succeeded, seeds * chance, 1 + 4 * std::sqrt (seeds * chance * (1 - chance)));
}

INSTANTIATE_TEST_SUITE_P (Table31, PunchCells,
                          testing::Values (Cell{ 16, 256, 0.061 }, Cell{ 64, 512, 0.400 },
                                           Cell{ 128, 512, 0.640 }, Cell{ 256, 256, 0.639 },
                                           Cell{ 256, 1024, 0.983 }),
                          [] (const auto &info) {
                            return std::to_string (info.param.sockets) + "x"
                                   + std::to_string (info.param.probes);
                          });

TEST (Punch, BetweenTwoRandomNatsIsInVainAndLeavesNothing)
{
  PunchWorld world (Between ("apdm-random", "apdm-random", false), 1);

  world.Run ();
  EXPECT_TRUE (world.alice.is_exhausted);
  EXPECT_TRUE (world.bob.is_exhausted);
  EXPECT_EQ (world.alice.end, FLOE_PUNCH_END_TIMED_OUT);
  EXPECT_EQ (world.bob.end, FLOE_PUNCH_END_SPENT);
  EXPECT_TRUE (world.alice.sockets.empty ());
  EXPECT_EQ (world.bob.counters ().probes, (guint) FLOE_PROBE_MAX_PACKETS - FLOE_PROBE_RESERVE);
  for (PunchSide *side : { &world.alice, &world.bob })
    EXPECT_EQ (floe_punch_core_get_deadline (side->core.get ()), -1);
}

TEST (Punch, ProbesNoPortTwice)
{
  PunchWorld world (Between ("apdm-random", "apdm-random", false), 2);

  world.Run ();
  std::sort (world.bob.probed.begin (), world.bob.probed.end ());
  EXPECT_EQ (std::adjacent_find (world.bob.probed.begin (), world.bob.probed.end ()),
             world.bob.probed.end ());
}

TEST (Punch, TakesEvenPortsFirstWhereParityIsKept)
{
  PunchSetup setup = Between ("apdm-random parity=yes", "eim-apdf");

  setup.pool.is_parity_kept = TRUE;
  PunchWorld world (setup, 3);
  world.Run ();
  ASSERT_TRUE (world.Succeeded ());
  EXPECT_EQ (world.alice.sockets[world.alice.socket] % 2, 0);
  for (size_t i = 0; i < world.bob.probed.size (); i++)
    EXPECT_EQ (world.bob.probed[i] % 2, 0);
}

/* Bob's router remembers strangers that knock, and what he sends to them leaves from elsewhere. */
TEST (Punch, PrimersThatEndBehindTheirOwnNatPoisonNobody)
{
  PunchSetup setup = Between ("apdm-random", "masquerade-poisoned");

  setup.bob_waits_us = 1500 * kMillisecond;
  PunchWorld poisoned (setup, 4);
  poisoned.Run ();
  EXPECT_TRUE (poisoned.bob.is_exhausted);
  setup.primer_ttl = 2;
  PunchWorld world (setup, 4);
  world.Run ();
  EXPECT_TRUE (world.Succeeded ());
}

TEST (Punch, RenewsPrimersBeforeFiltersForget)
{
  PunchSetup setup = Between ("apdm-random lifetime=30s", "eim-apdf");

  setup.bob_waits_us = 35 * kSecond;
  setup.give_up_us = 60 * kSecond;
  PunchWorld world (setup, 5);
  world.Run ();
  EXPECT_TRUE (world.Succeeded ());
  EXPECT_GE (world.alice.counters ().primers, 4u * FLOE_PROBE_MAX_SOCKETS);
  EXPECT_EQ (world.alice.counters ().opened, (guint) FLOE_PROBE_MAX_SOCKETS);
}

TEST (Punch, DoesWithTheSocketsThatThereAre)
{
  PunchWorld world (Between ("apdm-random", "eim-apdf"), 6);

  world.alice.max_sockets = 100;
  world.Run ();
  EXPECT_TRUE (world.Succeeded ());
  EXPECT_LE (world.alice.counters ().opened, 100u);
}

TEST (Punch, EndsWhereNoSocketCanBeOpened)
{
  PunchWorld world (Between ("apdm-random", "eim-apdf"), 6);

  world.alice.max_sockets = 0;
  world.Run (kSecond);
  EXPECT_TRUE (world.alice.is_exhausted);
  EXPECT_EQ (world.alice.end, FLOE_PUNCH_END_NO_SOCKETS);
}

} // namespace
