/* SPDX-License-Identifier: MPL-2.0 */
/* What a transport tells of its paths for metrics. */
#include "ice-peer.h"

class IceSteps : public IceTest
{
protected:
  void Connect ()
  {
    Wire (a_, b_);
    a_.TakeCredentials (b_);
    b_.TakeCredentials (a_);
    floe_ice_transport_gather (a_.transport);
    floe_ice_transport_gather (b_.transport);
    ASSERT_TRUE (Run (20000, [&] { return a_.IsConnected () && b_.IsConnected (); }));
  }

  static std::vector<FloePathStepKind> Kinds (const IcePeer &peer, guint run)
  {
    std::vector<FloePathStepKind> kinds;

    for (const FloePathStep &step : peer.steps)
      if (step.run == run && step.kind != FLOE_PATH_STEP_COUNTED)
        kinds.push_back (step.kind);
    return kinds;
  }

  static FloePathStep Last (const IcePeer &peer, guint run)
  {
    FloePathStep last = {};

    for (const FloePathStep &step : peer.steps)
      if (step.run == run)
        last = step;
    return last;
  }

  static guint FindRun (const IcePeer &peer, FloePathType type)
  {
    for (const FloePathStep &step : peer.steps)
      if (step.type == type)
        return step.run;
    return 0;
  }

  static PeerOptions Controlling ()
  {
    PeerOptions options;

    options.is_controlling = true;
    return options;
  }

  IcePeer a_{ context_, Controlling () };
  IcePeer b_{ context_, {} };
};

TEST_F (IceSteps, OfADirectPathAreToldInTheirOrder)
{
  const std::vector<FloePathStepKind> expected = { FLOE_PATH_STEP_STARTED, FLOE_PATH_STEP_CHECKED,
                                                   FLOE_PATH_STEP_WORKS, FLOE_PATH_STEP_CARRIES };
  gint64 last_us = 0;

  Connect ();
  EXPECT_EQ (Kinds (a_, 1), expected);
  EXPECT_EQ (Kinds (b_, 1), expected);
  for (const FloePathStep &step : a_.steps)
    {
      if (step.run != 1)
        continue;
      EXPECT_EQ (step.type, FLOE_PATH_TYPE_DIRECT);
      EXPECT_FALSE (step.is_try);
      EXPECT_GE (step.elapsed_us, last_us);
      last_us = step.elapsed_us;
    }
}

TEST_F (IceSteps, CountersAreToldWhenTheyAreAskedFor)
{
  const std::string text (1000, 'x');

  Connect ();
  ASSERT_TRUE (a_.Send (text));
  ASSERT_TRUE (Run (20000, [&] { return !b_.messages.empty (); }));
  for (IcePeer *peer : { &a_, &b_ })
    {
      gsize count = peer->steps.size ();

      floe_ice_transport_count (peer->transport);
      EXPECT_EQ (peer->steps.size (), count) << "An event came inside the call";
      ASSERT_TRUE (Run (20000, [&] {
        return !peer->steps.empty () && peer->steps.back ().kind == FLOE_PATH_STEP_TOLD_ALL;
      }));
    }
  EXPECT_EQ (Last (a_, 1).sent_bytes, text.size ());
  EXPECT_EQ (Last (a_, 1).received_bytes, 0u);
  EXPECT_EQ (Last (b_, 1).received_bytes, text.size ());
}

TEST_F (IceSteps, OfAPathBesideThePlanAreOfAnotherRunAndSayHowItIsTried)
{
  const std::vector<FloePathStepKind> expected = { FLOE_PATH_STEP_STARTED, FLOE_PATH_STEP_ENDED };
  FloePathSpec spec = {};

  spec.may_carry_data = TRUE;
  spec.type = FLOE_PATH_TYPE_PUNCHED;
  Connect ();
  guint path_id = floe_ice_transport_add_path (a_.transport, &spec);
  ASSERT_NE (path_id, FLOE_ICE_NO_PATH);
  floe_ice_transport_end_path (a_.transport, path_id);
  ASSERT_TRUE (Run (20000, [&] {
    guint run = FindRun (a_, FLOE_PATH_TYPE_PUNCHED);

    return run > 1 && Kinds (a_, run).size () == expected.size ();
  }));
  EXPECT_EQ (Kinds (a_, FindRun (a_, FLOE_PATH_TYPE_PUNCHED)), expected);
  EXPECT_TRUE (Last (a_, FindRun (a_, FLOE_PATH_TYPE_PUNCHED)).is_try);
}
