/* SPDX-License-Identifier: MPL-2.0 */
/* Foretelling ports, by hand and against the laboratory's sequential NATs. */
#include "prediction-world.h"

#include <cmath>

namespace
{

FloeStunAddress
At (guint16 port, guint8 last = 1)
{
  return { { 203, 0, 113, last }, FLOE_STUN_IPV4_SIZE, port };
}

class PredictionTest : public testing::Test
{
protected:
  void Make (const FloePredictionConfig &config)
  {
    core_.reset (floe_prediction_core_new (&config));
    floe_prediction_core_start (core_.get (), now_us_);
  }
  /* "0", "1", "done", as they come. */
  std::string Drain ()
  {
    FloePredictionOutput output;
    std::string text;

    while (floe_prediction_core_poll (core_.get (), &output))
      text += output.type == FLOE_PREDICTION_OUTPUT_DONE ? "done" : std::to_string (output.sample);
    return text;
  }
  void Timeout ()
  {
    now_us_ = floe_prediction_core_get_deadline (core_.get ());
    floe_prediction_core_handle_timeout (core_.get (), now_us_);
  }
  void Sample (guint sample, const FloeStunAddress &mapped)
  {
    floe_prediction_core_handle_sample (core_.get (), now_us_, sample, &mapped);
  }
  /* A round with two answers. */
  const FloePrediction &Round (guint16 first, guint16 second)
  {
    EXPECT_EQ (Drain (), "0");
    Sample (0, At (first));
    Timeout ();
    EXPECT_EQ (Drain (), "1");
    Sample (1, At (second));
    EXPECT_EQ (Drain (), "done");
    EXPECT_EQ (floe_prediction_core_get_deadline (core_.get ()), -1);
    return result ();
  }
  const FloePrediction &result ()
  {
    return *floe_prediction_core_get_result (core_.get ());
  }
  std::vector<guint16> Ports ()
  {
    return { result ().ports, result ().ports + result ().count };
  }

  Prediction core_;
  gint64 now_us_ = kSecond;
};

TEST_F (PredictionTest, SamplesAre200MsApart)
{
  Make (Sequential (1));
  EXPECT_EQ (Drain (), "0");
  EXPECT_EQ (floe_prediction_core_get_deadline (core_.get ()), now_us_ + FLOE_PREDICTION_SAMPLE_US);
  Timeout ();
  EXPECT_EQ (Drain (), "1");
}

TEST_F (PredictionTest, WithoutOthersTheNext16PortsAreForetold)
{
  Make (Sequential (1));
  Round (40000, 40001);
  EXPECT_EQ (result ().count, 16u);
  EXPECT_EQ (result ().ports[0], 40002);
  EXPECT_EQ (result ().ports[15], 40017);
  EXPECT_EQ (result ().address.port, 0);
  EXPECT_EQ (result ().foreign_per_s, 0);
  EXPECT_EQ (result ().chance, 1);
}

struct Step
{
  guint known;
  guint16 first, second;
  int step;
  guint16 next;
  double foreign_per_s;
};

class PredictionStep : public PredictionTest, public testing::WithParamInterface<Step>
{
};

TEST_P (PredictionStep, IsTheReportsOrWhatTheSamplesSay)
{
  Make (Sequential (GetParam ().known));
  Round (GetParam ().first, GetParam ().second);
  EXPECT_EQ (result ().step, GetParam ().step);
  EXPECT_EQ (result ().ports[0], GetParam ().next);
  EXPECT_NEAR (result ().foreign_per_s, GetParam ().foreign_per_s, 0.001);
}

INSTANTIATE_TEST_SUITE_P (
    Samples, PredictionStep,
    testing::Values (Step{ 1, 2000, 2003, 1, 2004, 10 }, Step{ 2, 2000, 2008, 2, 2010, 15 },
                     Step{ 0, 2000, 2002, 2, 2004, 0 }, Step{ 0, 2000, 2004, 4, 2008, 0 },
                     Step{ 0, 2000, 2008, 8, 2016, 0 }, Step{ 0, 2000, 2003, 1, 2004, 10 },
                     Step{ 4, 2000, 2006, 2, 2008, 10 }, /* the report is wrong */
                     Step{ 3, 2000, 2003, 3, 2006, 0 }, Step{ G_MAXUINT, 2000, 2003, 1, 2004, 10 },
                     Step{ 1, 2003, 2001, -1, 2000, 5 },
                     Step{ 2, 65534, 1026, 2, 1028, 5 }, /* round the pool's end */
                     Step{ 1, 1025, 65535, -1, 65534, 5 }));

TEST_F (PredictionTest, PortsGoRoundThePoolsEnd)
{
  FloePredictionConfig config = Sequential (1);

  config.pool.min = 2000;
  config.pool.max = 2999;
  Make (config);
  Round (2994, 2995);
  EXPECT_THAT (Ports (), testing::ElementsAre (2996, 2997, 2998, 2999, 2000, 2001, 2002, 2003, 2004,
                                               2005, 2006, 2007, 2008, 2009, 2010, 2011));
}

TEST_F (PredictionTest, APoolThatWasTakenTooNarrowIsWidened)
{
  FloePredictionConfig config = Sequential (1);

  config.pool.min = 2000;
  config.pool.max = 2999;
  Make (config);
  Round (3100, 3101);
  EXPECT_EQ (result ().count, 16u);
  for (guint16 port : Ports ())
    EXPECT_TRUE (port >= 2000 && port <= 3101);
}

/* Sums of the Poisson distribution. */
TEST (PredictionWindow, GrowsWithWhatOthersTake)
{
  EXPECT_EQ (floe_prediction_get_window (0), 16u);
  EXPECT_EQ (floe_prediction_get_window (5), 16u);
  EXPECT_EQ (floe_prediction_get_window (10), 19u);
  EXPECT_EQ (floe_prediction_get_window (20), 32u);
  EXPECT_EQ (floe_prediction_get_window (50), 64u);
  EXPECT_EQ (floe_prediction_get_window (1e9), 64u);
  EXPECT_NEAR (floe_prediction_get_chance (1, 4), 0.981, 0.001);
  EXPECT_NEAR (floe_prediction_get_chance (5, 8), 0.867, 0.001);
  EXPECT_NEAR (floe_prediction_get_chance (10, 16), 0.951, 0.001);
  EXPECT_NEAR (floe_prediction_get_chance (50, 64), 0.968, 0.002);
}

TEST_F (PredictionTest, OwnMappingsWidenTheWindowToo)
{
  FloePredictionConfig config = Sequential (1);

  config.own_count = 10;
  Make (config);
  EXPECT_EQ (Round (40000, 40001).count, 26u);
  config.own_count = 100;
  Make (config);
  EXPECT_EQ (Round (40000, 40001).count, 64u);
  EXPECT_EQ (result ().chance, 0);
}

TEST_F (PredictionTest, OneAnswerIsUsedAndPromisesNothing)
{
  Make (Sequential (2));
  Drain ();
  Timeout ();
  Drain ();
  Sample (1, At (40000));
  Timeout ();
  EXPECT_EQ (Drain (), "done");
  EXPECT_EQ (result ().count, 32u);
  EXPECT_EQ (result ().ports[0], 40002);
  EXPECT_FALSE (result ().has_rate);
  EXPECT_EQ (result ().chance, 0);
}

TEST_F (PredictionTest, WithoutAnAnswerNothingIsForetold)
{
  Make (Sequential (1));
  Timeout ();
  Timeout ();
  EXPECT_EQ (Drain (), "01done");
  EXPECT_EQ (result ().count, 0u);
  EXPECT_FALSE (floe_prediction_core_is_fresh (core_.get (), now_us_));
}

TEST_F (PredictionTest, NothingIsForetoldOfWhatCannotBe)
{
  FloePredictionConfig config = Sequential (1);

  Make (config); /* a NAT that gives each socket another address */
  Sample (0, At (40000, 1));
  Timeout ();
  Sample (1, At (40001, 2));
  EXPECT_EQ (result ().count, 0u);
  Make (config); /* random, after all */
  EXPECT_EQ (Round (40000, 12345).count, 0u);
  Make (config); /* the same mapping: not a NAT whose ports depend on the socket */
  EXPECT_EQ (Round (40000, 40000).count, 0u);
  config.allocation = FLOE_NAT_ALLOCATION_RANDOM;
  Make (config);
  EXPECT_EQ (Round (40000, 40001).count, 0u);
}

TEST_F (PredictionTest, LateDoubleAndEmptyAnswersAreIgnored)
{
  Make (Sequential (1));
  Sample (1, At (9)); /* not asked for yet */
  Sample (0, At (0));
  Sample (0, At (40000));
  Sample (0, At (50000));
  Timeout ();
  Sample (1, At (40001));
  EXPECT_EQ (result ().ports[0], 40002);
  Sample (1, At (50001));
  EXPECT_EQ (result ().ports[0], 40002);
}

TEST_F (PredictionTest, SamplesAgeAndAnotherRoundIsBegun)
{
  Make (Sequential (1));
  EXPECT_FALSE (floe_prediction_core_is_fresh (core_.get (), now_us_));
  Round (40000, 40001);
  EXPECT_TRUE (floe_prediction_core_is_fresh (core_.get (), now_us_ + FLOE_PREDICTION_FRESH_US));
  now_us_ += FLOE_PREDICTION_FRESH_US + 1;
  EXPECT_FALSE (floe_prediction_core_is_fresh (core_.get (), now_us_));
  floe_prediction_core_start (core_.get (), now_us_);
  EXPECT_EQ (Round (41000, 41001).ports[0], 41002);
}

TEST_F (PredictionTest, OfABlockRandomPortsAreForetoldNoneTwice)
{
  FloePredictionConfig config = {};

  config.allocation = FLOE_NAT_ALLOCATION_PORT_BLOCK;
  config.pool.block_min = 5000;
  config.pool.block_max = 5511;
  config.seed = 1;
  Make (config);
  Round (5100, 5400);
  EXPECT_EQ (std::set<guint16> (result ().ports, result ().ports + result ().count).size (), 64u);
  for (guint16 port : Ports ())
    EXPECT_TRUE (port >= 5000 && port <= 5511);
  EXPECT_FALSE (std::is_sorted (result ().ports, result ().ports + result ().count));
  EXPECT_NEAR (result ().chance, 64 / 512., 0.001);
}

TEST_F (PredictionTest, OfATinyBlockAllArePorts)
{
  FloePredictionConfig config = {};

  config.allocation = FLOE_NAT_ALLOCATION_PORT_BLOCK;
  config.pool.block_min = 5000;
  config.pool.block_max = 5009;
  Make (config);
  EXPECT_EQ (Round (5001, 5002).count, 10u);
  EXPECT_EQ (result ().chance, 1);
}

/* RFC 8445 section 5.1.2.1: the true ones have 100 in the first byte, relayed ones 0. */
TEST (PredictionPriority, IsBelowEachTrueCandidatesAndFalls)
{
  guint32 last = 100u << 24;

  for (guint i = 0; i < FLOE_PREDICTION_MAX_WINDOW; i++)
    {
      guint32 priority = floe_prediction_get_priority (i, 1);

      EXPECT_LT (priority, last);
      EXPECT_GT (priority, 0x00ffffffu);
      last = priority;
    }
}

TEST (PortPool, LearnsABlockWithAMarginOnEachSide)
{
  const guint16 ports[] = { 5200, 5100, 5300, 5450, 5070, 5420, 5350, 5140 };
  FloePortPool pool = {};

  floe_port_pool_learn (&pool, ports, G_N_ELEMENTS (ports));
  EXPECT_EQ (pool.block_min, 5070 - 380 / 7);
  EXPECT_EQ (pool.block_max, 5450 + 380 / 7);
}

TEST (PortPool, LearnsNothingFromOneAndStaysInRange)
{
  const guint16 ports[] = { 1030, 65530 };
  FloePortPool pool = {};

  floe_port_pool_learn (&pool, ports, 1);
  EXPECT_EQ (pool.block_min, 0);
  floe_port_pool_learn (&pool, ports, 2);
  EXPECT_EQ (pool.block_min, FLOE_PORT_MIN);
  EXPECT_EQ (pool.block_max, FLOE_PORT_MAX);
}

std::vector<guint16>
DrawAll (const FloePortPool &pool)
{
  FloePortDraw *draw = floe_port_draw_new (&pool, 5);
  std::vector<guint16> ports;
  guint16 port;

  while (floe_port_draw_next (draw, &port))
    ports.push_back (port);
  EXPECT_FALSE (floe_port_draw_next (draw, &port));
  floe_port_draw_free (draw);
  return ports;
}

TEST (PortDraw, HasEachPortOnceTheBlocksFirstAndOfThemTheEven)
{
  FloePortPool pool = { 2000, 2999, 2200, 2399, TRUE };
  std::vector<guint16> ports = DrawAll (pool);

  ASSERT_EQ (ports.size (), 1000u);
  EXPECT_EQ (std::set<guint16> (ports.begin (), ports.end ()).size (), 1000u);
  for (size_t i = 0; i < ports.size (); i++)
    {
      EXPECT_EQ (ports[i] >= 2200 && ports[i] <= 2399, i < 200) << i;
      EXPECT_EQ (ports[i] % 2 == 0, i < 100 || (i >= 200 && i < 600)) << i;
    }
}

/* What a peer says of its pool. */
TEST (PortDraw, NeverLeavesThePortsThatNatsGive)
{
  for (const FloePortPool &pool :
       { FloePortPool{ 0, 0, 0, 0, FALSE }, FloePortPool{ 1, 0, 0, 0, FALSE },
         FloePortPool{ 9, 7, 0, 0, FALSE }, FloePortPool{ 1, 80, 1, 80, TRUE },
         FloePortPool{ 5000, 4000, 9, 1, FALSE }, FloePortPool{ 0, 0, 53, 53, FALSE } })
    {
      std::vector<guint16> ports = DrawAll (pool);

      EXPECT_EQ (ports.size (), 64512u);
      EXPECT_GE (*std::min_element (ports.begin (), ports.end ()), 1024);
    }
}

/* Alice signals what is foretold; bob checks all of it and alice bob. */
struct Busy
{
  const char *name;
  const char *knobs; /* of the sequential NAT */
  guint step;
  gint64 lead_ms;
  double chance;
};

class PredictionMeets : public testing::TestWithParam<Busy>
{
protected:
  static bool Meet (guint64 seed)
  {
    PredictionWorld world (std::string ("apdm-sequential ") + GetParam ().knobs, "eim-apdf", seed);
    FloePredictionConfig config = Sequential (GetParam ().step);
    FloeStunAddress bob = world.Reflexive ("bob");
    bool alice_heard = false, bob_heard = false;
    FloePrediction said;

    config.lead_us = GetParam ().lead_ms * kMillisecond;
    said = world.Foretell ("alice", config);
    EXPECT_GT (said.count, 0u);
    world.net ().Wait (config.lead_us - 20 * kMillisecond);
    for (guint round = 0; round < 3; round++)
      {
        world.Send ("alice", bob, "check");
        for (guint i = 0; i < said.count; i++)
          {
            said.address.port = said.ports[i];
            world.Send ("bob", said.address, "check");
          }
        world.net ().Wait (100 * kMillisecond);
        alice_heard = alice_heard || !world.Take ("alice").empty ();
        bob_heard = bob_heard || !world.Take ("bob").empty ();
      }
    return alice_heard && bob_heard;
  }
};

TEST_P (PredictionMeets, AsOftenAsComputed)
{
  guint seeds = SeedCount (), met = 0;
  double chance = GetParam ().chance;

  for (guint64 seed = 1; seed <= seeds; seed++)
    met += Meet (seed + g_str_hash (GetParam ().name));
  EXPECT_GE (met + 1 + 4 * std::sqrt (seeds * chance * (1 - chance)), seeds * chance);
  if (g_getenv ("FLOE_PUNCH_TABLE") != nullptr)
    g_print ("| PxS %s | %u/%u |\n", GetParam ().name, met, seeds);
}

/* The chances: the rate is measured by a count, so the window is one for that count and its root.
 */
INSTANTIATE_TEST_SUITE_P (
    PxS, PredictionMeets,
    testing::Values (Busy{ "Quiet", "", 1, 60, 1 }, Busy{ "StepOf2", "step=2", 2, 60, 1 },
                     Busy{ "UnknownStepOf4", "step=4", 0, 60, 1 },
                     Busy{ "StepOf8OfOthers", "step=8 foreign=10", 8, 60, 1 },
                     Busy{ "TenASecond", "foreign=10", 1, 60, 1 },
                     Busy{ "HundredASecond", "foreign=100", 1, 60, 0.99 },
                     Busy{ "SlowSignalling", "foreign=20", 1, 1000, 0.85 },
                     Busy{ "ThreeHundredASecond", "foreign=300", 1, 100, 0.95 }),
    [] (const auto &info) { return std::string (info.param.name); });

} // namespace
