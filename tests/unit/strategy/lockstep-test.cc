/* SPDX-License-Identifier: MPL-2.0 */
/* Lock step, by hand and between two of the laboratory's sequential NATs. */
#include "floe-lockstep-core-private.h"
#include "prediction-world.h"

namespace
{

struct LockstepFree
{
  void operator() (FloeLockstepCore *core) const
  {
    floe_lockstep_core_free (core);
  }
};
using Lockstep = std::unique_ptr<FloeLockstepCore, LockstepFree>;

FloeLockstepConfig
Config (bool is_controlling, guint16 port = 40000, int step = 1)
{
  FloeLockstepConfig config = {};

  config.next = { { 203, 0, 113, 1 }, FLOE_STUN_IPV4_SIZE, port };
  config.step = step;
  config.is_controlling = is_controlling;
  return config;
}

/* All new checks' ports, and how many packets there were in all. */
std::vector<guint16>
RunAlone (FloeLockstepCore *core, guint *packets, gint64 *took_us)
{
  std::vector<guint16> ports;
  FloeLockstepOutput output;
  gint64 now_us = kSecond;
  bool is_exhausted = false;

  floe_lockstep_core_start (core, now_us);
  for (*packets = 0; !is_exhausted;)
    {
      while (floe_lockstep_core_poll (core, &output))
        {
          is_exhausted = output.type == FLOE_LOCKSTEP_OUTPUT_EXHAUSTED;
          *packets += !is_exhausted;
          if (!is_exhausted && output.is_new)
            {
              EXPECT_EQ (output.check, ports.size ());
              EXPECT_EQ (now_us, kSecond + output.check * FLOE_LOCKSTEP_INTERVAL_US);
              ports.push_back (output.to.port);
            }
        }
      if (is_exhausted)
        break;
      EXPECT_GT (floe_lockstep_core_get_deadline (core), now_us);
      now_us = floe_lockstep_core_get_deadline (core);
      floe_lockstep_core_handle_timeout (core, now_us);
    }
  *took_us = now_us - kSecond;
  return ports;
}

TEST (Lockstep, TheControlledSideAimsAtTheSameCount)
{
  FloeLockstepConfig config = Config (false, 65530, 2);
  Lockstep core (floe_lockstep_core_new (&config));
  guint packets;
  gint64 took_us;
  std::vector<guint16> ports = RunAlone (core.get (), &packets, &took_us);

  ASSERT_EQ (ports.size (), (size_t) FLOE_LOCKSTEP_MAX_CHECKS);
  EXPECT_THAT (std::vector<guint16> (ports.begin (), ports.begin () + 5),
               testing::ElementsAre (65530, 65532, 65534, 1024, 1026));
}

TEST (Lockstep, TheControllingSideAimsFurtherAndFurther)
{
  FloeLockstepConfig config = Config (true);
  Lockstep core (floe_lockstep_core_new (&config));
  guint packets;
  gint64 took_us;
  std::vector<guint16> ports = RunAlone (core.get (), &packets, &took_us);

  EXPECT_THAT (std::vector<guint16> (ports.begin (), ports.begin () + 6),
               testing::ElementsAre (40000, 40001, 40003, 40004, 40006, 40007));
  EXPECT_EQ (ports.back (), 40000 + FLOE_LOCKSTEP_MAX_CHECKS - 1 + FLOE_LOCKSTEP_MAX_SHIFT);
}

/* Three checks are on their way when the answer tells of five ports that are gone. */
TEST (Lockstep, AimsAsFarAheadAsOurPortsHaveMovedOn)
{
  for (bool is_controlling : { false, true })
    {
      FloeLockstepConfig config = Config (is_controlling);
      Lockstep core (floe_lockstep_core_new (&config));
      std::vector<guint16> first, again;
      FloeLockstepOutput output;

      floe_lockstep_core_set_lead (core.get (), 1);
      floe_lockstep_core_start (core.get (), 0);
      for (gint64 now_us = 0; now_us <= 400 * kMillisecond; now_us += 20 * kMillisecond)
        {
          if (now_us == 60 * kMillisecond)
            floe_lockstep_core_set_lead (core.get (), 6);
          floe_lockstep_core_set_lead (core.get (), 60000); /* nonsense */
          floe_lockstep_core_handle_timeout (core.get (), now_us);
          while (floe_lockstep_core_poll (core.get (), &output))
            (output.is_new ? first : again).push_back (output.to.port);
        }
      ASSERT_GE (first.size (), 16u);
      EXPECT_EQ (first[13], 40019);
      EXPECT_EQ (first[15], is_controlling ? 40022 : 40021) << "the shift comes in the end";
      first.resize (8);
      EXPECT_THAT (first,
                   testing::ElementsAre (40001, 40002, 40003, 40009, 40010, 40011, 40012, 40013));
      ASSERT_GE (again.size (), 4u);
      again.resize (4);
      EXPECT_EQ (again, std::vector<guint16> (first.begin (), first.begin () + 4));
    }
}

TEST (Lockstep, EndsInTimeWithABoundedNumberOfPackets)
{
  FloeLockstepConfig config = Config (true);
  Lockstep core (floe_lockstep_core_new (&config));
  guint packets;
  gint64 took_us;

  EXPECT_TRUE (floe_lockstep_core_is_exclusive (core.get ()));
  RunAlone (core.get (), &packets, &took_us);
  EXPECT_EQ (packets, (guint) FLOE_LOCKSTEP_MAX_PACKETS);
  EXPECT_LT (took_us, 3 * kSecond);
  EXPECT_EQ (floe_lockstep_core_get_deadline (core.get ()), -1);
  EXPECT_FALSE (floe_lockstep_core_is_exclusive (core.get ()));
}

TEST (Lockstep, SendsNothingOnceConnected)
{
  FloeLockstepConfig config = Config (true);
  Lockstep core (floe_lockstep_core_new (&config));
  FloeLockstepOutput output;

  EXPECT_FALSE (floe_lockstep_core_poll (core.get (), &output)) << "nor before the start";
  floe_lockstep_core_start (core.get (), kSecond);
  EXPECT_TRUE (floe_lockstep_core_poll (core.get (), &output));
  floe_lockstep_core_handle_connected (core.get (), kSecond);
  floe_lockstep_core_handle_timeout (core.get (), 9 * kSecond);
  EXPECT_FALSE (floe_lockstep_core_poll (core.get (), &output));
  EXPECT_FALSE (floe_lockstep_core_is_exclusive (core.get ()));
}

TEST (Lockstep, RefusesWhatAPeerCannotMean)
{
  FloeLockstepConfig bad = Config (true, 80);

  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true, 40000, 0);
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true, 40000, 65);
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true, 40000, G_MININT);
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true);
  bad.pool = { 50000, 45000, 0, 0, FALSE };
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true);
  bad.pool = { 40001, 45000, 0, 0, FALSE };
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr);
  bad = Config (true);
  bad.next.bytes[0] = 10;
  bad.next.bytes[1] = 0;
  EXPECT_EQ (floe_lockstep_core_new (&bad), nullptr) << "10.0.113.1 is private";
}

struct Busy
{
  const char *name;
  const char *alice, *bob; /* knobs */
  gint64 skew_ms;          /* between the two starts */
  guint nineteen_of_twenty_ms;
  guint step;
};

class LockstepWorld : public testing::Test
{
protected:
  struct Side
  {
    std::string host;
    Lockstep core;
    gint64 starts_us;
    bool has_started = false, is_heard = false;
    guint packets = 0;
  };

  static FloeLockstepConfig Aim (const FloePrediction &peer, bool is_controlling)
  {
    FloeLockstepConfig config = {};

    config.next = peer.address;
    config.next.port = peer.ports[0];
    config.step = peer.step;
    config.is_controlling = is_controlling;
    return config;
  }

  static void Step (PredictionWorld &world, Side &side, bool is_exclusive = true)
  {
    FloeLockstepOutput output;
    gint64 now_us = world.net ().now_us ();

    if (!side.has_started && now_us >= side.starts_us)
      {
        side.has_started = true;
        floe_lockstep_core_start (side.core.get (), now_us);
      }
    for (const auto &[from, text] : world.Take (side.host))
      if (text == "check")
        world.Send (side.host, from, "answer");
      else if (!side.is_heard)
        {
          side.is_heard = true;
          floe_lockstep_core_handle_connected (side.core.get (), now_us);
        }
    floe_lockstep_core_handle_timeout (side.core.get (), now_us);
    while (floe_lockstep_core_poll (side.core.get (), &output))
      if (output.type == FLOE_LOCKSTEP_OUTPUT_CHECK)
        {
          side.packets++;
          if (!is_exclusive && output.is_new)
            world.Send (side.host, OtherCandidate (output.check), "check");
          world.Send (side.host, output.to, "check");
        }
  }

  /* As an agent has them that is given all candidates of the peer, or a relay's. */
  static FloeStunAddress OtherCandidate (guint number)
  {
    return { { 198, 51, 100, 250 }, FLOE_STUN_IPV4_SIZE, (guint16) (30000 + number) };
  }

  /* Milliseconds from what was signalled, or -1. */
  static gint64 Meet (const Busy &busy, guint64 seed, bool is_exclusive = true, guint taken = 0,
                      bool is_known = false)
  {
    PredictionWorld world (std::string ("apdm-sequential ") + busy.alice,
                           std::string ("apdm-sequential ") + busy.bob, seed);
    FloePrediction bob_said = world.Foretell ("bob", Sequential (busy.step));
    FloePrediction alice_said = world.Foretell ("alice", Sequential (busy.step));
    FloeLockstepConfig alice_config = Aim (bob_said, true), bob_config = Aim (alice_said, false);
    gint64 began_us = world.net ().now_us ();
    Side alice = { "alice", Lockstep (floe_lockstep_core_new (&alice_config)),
                   began_us + kSignalling + busy.skew_ms * kMillisecond };
    Side bob = { "bob", Lockstep (floe_lockstep_core_new (&bob_config)), began_us + kSignalling };

    if (alice.core == nullptr || bob.core == nullptr)
      return -1;
    for (guint i = 0; i < taken; i++)
      world.Send ("bob", OtherCandidate (i), "check");
    for (guint i = 0; i < 2 * taken; i++)
      world.Send ("alice", OtherCandidate (i), "check");
    floe_lockstep_core_set_lead (alice.core.get (), is_known ? 2 * taken : 0);
    floe_lockstep_core_set_lead (bob.core.get (), is_known ? taken : 0);
    for (guint i = 0; i < 4000 && !(alice.is_heard && bob.is_heard); i++)
      {
        Step (world, alice, is_exclusive);
        Step (world, bob, is_exclusive);
        world.net ().Wait (kMillisecond);
      }
    EXPECT_LE (alice.packets, (guint) FLOE_LOCKSTEP_MAX_PACKETS);
    return alice.is_heard && bob.is_heard ? (world.net ().now_us () - began_us) / kMillisecond : -1;
  }
};

class LockstepMeets : public LockstepWorld, public testing::WithParamInterface<Busy>
{
};

TEST_F (LockstepWorld, WithOtherChecksBetweenItIsInVain)
{
  const Busy quiet = { "Quiet", "", "", 0, 0, 1 };

  for (guint64 seed = 1; seed <= 4; seed++)
    {
      EXPECT_GE (Meet (quiet, seed), 0);
      EXPECT_LT (Meet (quiet, seed, false), 0);
    }
}

TEST_F (LockstepWorld, WhatIsTakenMeanwhileCostsLittleTimeWhenItIsKnown)
{
  const Busy quiet = { "Quiet", "", "", 0, 0, 1 };

  for (guint64 seed = 1; seed <= 4; seed++)
    {
      EXPECT_GE (Meet (quiet, seed, true, 5), 500) << "fifteen ports, by their turn";
      EXPECT_LE (Meet (quiet, seed, true, 5, true), 200) << "the other side is five ahead";
    }
}

TEST_P (LockstepMeets, ByTheFirstChecksOrByTheirTurn)
{
  guint seeds = SeedCount (), late = 0;
  std::vector<gint64> times_ms;

  for (guint64 seed = 1; seed <= seeds; seed++)
    {
      gint64 took_ms = Meet (GetParam (), seed + g_str_hash (GetParam ().name));

      late += took_ms < 0 || took_ms > GetParam ().nineteen_of_twenty_ms;
      times_ms.push_back (took_ms);
    }
  std::sort (times_ms.begin (), times_ms.end ());
  EXPECT_LE (late, 1 + seeds / 20);
  if (g_getenv ("FLOE_PUNCH_TABLE") != nullptr)
    g_print ("| SxS %s | %u late of %u | median %d | worst %d ms |\n", GetParam ().name, late,
             seeds, (int) times_ms[seeds / 2], (int) times_ms.back ());
}

INSTANTIATE_TEST_SUITE_P (SxS, LockstepMeets,
                          testing::Values (Busy{ "Quiet", "", "", 0, 150, 1 },
                                           Busy{ "StepsOf2", "step=2", "step=2", 0, 150, 2 },
                                           Busy{ "StartApart", "", "", 70, 250, 1 },
                                           Busy{ "Lossy", "loss=5%", "loss=5%", 0, 400, 1 },
                                           Busy{ "OneBusy", "foreign=5", "", 0, 500, 1 },
                                           Busy{ "BothBusy", "foreign=5", "foreign=5", 0, 1500,
                                                 1 }),
                          [] (const auto &info) { return std::string (info.param.name); });

} // namespace
