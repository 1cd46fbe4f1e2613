/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-connection-metrics-private.h"
#include "floe-test.h"

static constexpr gint64 origin_us = 1000000;

class MetricsCore : public testing::Test
{
protected:
  MetricsCore ()
  {
    floe_metrics_core_init (&core_);
  }
  ~MetricsCore () override
  {
    floe_metrics_core_clear (&core_);
  }

  void Step (FloePathStepKind kind, guint run, gint64 time_ms, guint64 bytes = 0,
             FloePathType type = FLOE_PATH_TYPE_DIRECT)
  {
    const FloePathStep step = { kind,  run,      type, FALSE, origin_us, time_ms * 1000 + 999,
                                bytes, 2 * bytes };

    floe_metrics_core_handle_step (&core_, &step);
  }

  const FloeMetricsPath &Path (guint index) const
  {
    return g_array_index (core_.paths, FloeMetricsPath, index);
  }

  gint64 At (gint64 time_ms) const
  {
    return origin_us + time_ms * 1000;
  }

  std::string Json (gint64 time_ms = 0) const
  {
    g_autoptr (FloeConnectionMetrics) metrics = floe_connection_metrics_new (&core_, At (time_ms));

    return TakeString (floe_connection_metrics_to_json (metrics));
  }

  bool Says (const std::string &text, gint64 time_ms = 0) const
  {
    return Json (time_ms).find (text) != std::string::npos;
  }

  FloeMetricsCore core_;
};

TEST_F (MetricsCore, TellsWhenEachStepOfAPathWasTaken)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  Step (FLOE_PATH_STEP_CHECKED, 1, 40);
  Step (FLOE_PATH_STEP_WORKS, 1, 81);
  Step (FLOE_PATH_STEP_CARRIES, 1, 82);
  Step (FLOE_PATH_STEP_ENDED, 1, 5000, 70);
  ASSERT_EQ (core_.paths->len, 1u);
  EXPECT_EQ (Path (0).start_ms, 0);
  EXPECT_EQ (Path (0).check_ms, 40);
  EXPECT_EQ (Path (0).success_ms, 81);
  EXPECT_EQ (Path (0).selection_ms, 82);
  EXPECT_EQ (Path (0).end_ms, 5000);
  EXPECT_EQ (Path (0).sent_bytes, 70u);
  EXPECT_EQ (Path (0).received_bytes, 140u);
}

TEST_F (MetricsCore, KeepsTheFirstTimeThatAPathCarried)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  Step (FLOE_PATH_STEP_CARRIES, 1, 82);
  Step (FLOE_PATH_STEP_STARTED, 2, 100);
  Step (FLOE_PATH_STEP_CARRIES, 2, 182);
  Step (FLOE_PATH_STEP_CARRIES, 1, 282);
  EXPECT_EQ (Path (0).selection_ms, 82);
  EXPECT_EQ (core_.carrier, 1u);
}

TEST_F (MetricsCore, NeverCountsBackwards)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  Step (FLOE_PATH_STEP_COUNTED, 1, 50, 1000);
  Step (FLOE_PATH_STEP_WORKS, 1, 40, 10);
  EXPECT_EQ (Path (0).sent_bytes, 1000u);
}

TEST_F (MetricsCore, IgnoresPathsThatItWasNotToldOf)
{
  Step (FLOE_PATH_STEP_WORKS, 7, 40, 10);
  EXPECT_EQ (core_.paths->len, 0u);
}

TEST_F (MetricsCore, CountsTheTimeOnRelaysOnly)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  floe_metrics_core_handle_move (&core_, 500, TRUE, FLOE_PATH_REASON_FIRST);
  EXPECT_EQ (floe_metrics_core_get_relay_ms (&core_, At (800)), 300);
  floe_metrics_core_handle_move (&core_, 1500, FALSE, FLOE_PATH_REASON_BETTER);
  EXPECT_EQ (floe_metrics_core_get_relay_ms (&core_, At (9000)), 1000);
  floe_metrics_core_handle_move (&core_, 10000, TRUE, FLOE_PATH_REASON_LOST);
  floe_metrics_core_handle_close (&core_, At (10250));
  EXPECT_EQ (floe_metrics_core_get_relay_ms (&core_, At (90000)), 1250);
  EXPECT_TRUE (Says ("\"relay_seconds\":1.250", 90000));
}

TEST_F (MetricsCore, SaysWhenItWasTaken)
{
  EXPECT_TRUE (Says ("{\"ms\":null,", 500));
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  EXPECT_TRUE (Says ("{\"ms\":500,", 500));
}

TEST_F (MetricsCore, EndsAllPathsAtTheClose)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  Step (FLOE_PATH_STEP_ENDED, 1, 10);
  Step (FLOE_PATH_STEP_STARTED, 2, 5);
  floe_metrics_core_handle_close (&core_, At (777));
  EXPECT_EQ (Path (0).end_ms, 10);
  EXPECT_EQ (Path (1).end_ms, 777);
}

TEST_F (MetricsCore, OfManyPathsKeepsThoseThatCarriedOrAreThere)
{
  const guint many = 3 * FLOE_METRICS_MAX_PATHS;

  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  Step (FLOE_PATH_STEP_CARRIES, 1, 1);
  Step (FLOE_PATH_STEP_ENDED, 1, 2);
  Step (FLOE_PATH_STEP_STARTED, 2, 0);
  for (guint run = 3; run <= many; run++)
    {
      Step (FLOE_PATH_STEP_STARTED, run, run);
      Step (FLOE_PATH_STEP_ENDED, run, run + 1);
    }
  ASSERT_EQ (core_.paths->len, (guint) FLOE_METRICS_MAX_PATHS);
  EXPECT_EQ (Path (0).number, 1u);
  EXPECT_EQ (Path (1).number, 2u);
  EXPECT_EQ (Path (core_.paths->len - 1).number, many);
  EXPECT_EQ (core_.path_count, many);
}

TEST_F (MetricsCore, LeavesOutWhatIsNewWhenAllAreThere)
{
  for (guint run = 1; run <= FLOE_METRICS_MAX_PATHS + 1; run++)
    Step (FLOE_PATH_STEP_STARTED, run, run);
  EXPECT_EQ (Path (core_.paths->len - 1).number, (guint) FLOE_METRICS_MAX_PATHS);
  EXPECT_EQ (core_.path_count, FLOE_METRICS_MAX_PATHS + 1u);
}

TEST_F (MetricsCore, KeepsTheLastMoves)
{
  for (guint i = 0; i <= FLOE_METRICS_MAX_MOVES; i++)
    floe_metrics_core_handle_move (&core_, i, FALSE, FLOE_PATH_REASON_BETTER);
  EXPECT_EQ (core_.moves->len, (guint) FLOE_METRICS_MAX_MOVES);
  EXPECT_EQ (g_array_index (core_.moves, FloeMetricsMove, 0).time_ms, 1);
  EXPECT_EQ (core_.move_count, FLOE_METRICS_MAX_MOVES + 1u);
}

TEST_F (MetricsCore, ChangesNothingInWhatWasTaken)
{
  Step (FLOE_PATH_STEP_STARTED, 1, 0);
  g_autoptr (FloeConnectionMetrics) before = floe_connection_metrics_new (&core_, At (0));

  Step (FLOE_PATH_STEP_STARTED, 2, 0);
  floe_metrics_core_handle_connected (&core_, 5);
  EXPECT_EQ (floe_connection_metrics_get_paths (before)->len, 1u);
  EXPECT_EQ (floe_connection_metrics_get_connected_time (before), -1);
}

TEST_F (MetricsCore, SaysNullForWhatHasNotHappened)
{
  EXPECT_TRUE (Says ("\"strategy\":null,\"explanation\":null,\"method\":\"unknown\","
                     "\"local_nat\":{\"type\":\"UNKNOWN\",\"mapping\":\"unknown\","
                     "\"filtering\":\"unknown\"}"))
      << Json ();
  EXPECT_TRUE (Says ("\"connected_ms\":null,\"dtls_ms\":null,\"channel_ms\":null")) << Json ();
  EXPECT_TRUE (Says ("\"paths\":[],\"path_count\":0,\"moves\":[],\"move_count\":0,"
                     "\"relay_seconds\":0.000}"))
      << Json ();
}

TEST_F (MetricsCore, SaysWhatThePlanIs)
{
  const FloeNatSummary local = {
    .udp = FLOE_NAT_ANSWER_YES,
    .is_translated = FLOE_NAT_ANSWER_YES,
    .mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
    .filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  };
  const FloeNatSummary remote = { .udp = FLOE_NAT_ANSWER_NO };

  floe_metrics_core_set_plan (&core_, FLOE_STRATEGY_TURN_FALLBACK, "Why \"this\" \n one", &local,
                              &remote);
  EXPECT_TRUE (Says ("\"strategy\":\"TURN_FALLBACK\",\"explanation\":\"Why \\u0022this\\u0022 "
                     "\\u000a one\",\"method\":\"relay-tcp\",\"local_nat\":{\"type\":"
                     "\"PORT_RESTRICTED\",\"mapping\":\"endpoint-independent\",\"filtering\":"
                     "\"address-and-port-dependent\"},\"remote_nat\":{\"type\":\"BLOCKED\""))
      << Json ();
}

TEST_F (MetricsCore, SaysWhatBecameOfPaths)
{
  floe_metrics_core_add_candidate (&core_, FLOE_METRICS_LOCAL, FLOE_ICE_CANDIDATE_TYPE_HOST);
  floe_metrics_core_add_candidate (&core_, FLOE_METRICS_REMOTE, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  floe_metrics_core_add_candidate (&core_, FLOE_METRICS_REMOTE, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  Step (FLOE_PATH_STEP_STARTED, 1, 250, 0, FLOE_PATH_TYPE_RELAY_TLS);
  Step (FLOE_PATH_STEP_CARRIES, 1, 300, 5);
  floe_metrics_core_handle_move (&core_, 300, TRUE, FLOE_PATH_REASON_FIRST);
  EXPECT_TRUE (Says ("\"gathered\":{\"host\":1,\"srflx\":0,\"prflx\":0,\"relay\":0},"
                     "\"received\":{\"host\":0,\"srflx\":2,\"prflx\":0,\"relay\":0}"))
      << Json ();
  EXPECT_TRUE (Says ("\"paths\":[{\"number\":1,\"type\":\"relay-tls\",\"try\":false,"
                     "\"start_ms\":250,\"check_ms\":null,\"success_ms\":null,"
                     "\"selection_ms\":300,\"end_ms\":null,\"bytes_sent\":5,"
                     "\"bytes_received\":10}]"))
      << Json ();
  EXPECT_TRUE (Says ("\"moves\":[{\"ms\":300,\"path\":1,\"relayed\":true,\"reason\":\"first\"}]"))
      << Json ();
}
