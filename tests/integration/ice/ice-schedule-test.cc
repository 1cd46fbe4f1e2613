/* SPDX-License-Identifier: MPL-2.0 */
/* Transports that are told when to begin what. */
#include "coturn.h"
#include "ice-peer.h"

#define NEVER_MS 3600000

class IceSchedule : public IceTest
{
protected:
  /* A direct path at once, and nothing else. */
  static FloeIceSchedule Direct ()
  {
    FloeIceSchedule schedule = {};

    schedule.rows[FLOE_ICE_ROW_DIRECT].is_planned = TRUE;
    return schedule;
  }
  static FloeIceSchedule WithRelay (guint start_after_ms, bool stays_warm = false)
  {
    FloeIceSchedule schedule = Direct ();
    FloeIceRow *row = &schedule.rows[FLOE_ICE_ROW_RELAY_UDP];

    row->is_planned = TRUE;
    row->start_after_ms = start_after_ms;
    row->stays_warm = stays_warm;
    return schedule;
  }
  static PeerOptions Controlling ()
  {
    PeerOptions options;

    options.is_controlling = true;
    return options;
  }
  static void Pass (IcePeer &from, IcePeer &to)
  {
    from.on_candidate = [&to] (const FloeCandidate &candidate) {
      floe_ice_transport_add_remote_candidate (to.transport, &candidate);
    };
    AnswerProbes (from);
  }
  void Connect (IcePeer &a, IcePeer &b)
  {
    Pass (a, b);
    Pass (b, a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    ASSERT_TRUE (Run (30000, [&] { return a.IsConnected () && b.IsConnected (); }));
  }
};

class IceScheduleWithRelay : public IceSchedule
{
protected:
  void SetUp () override
  {
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
    url_ = coturn_.Url ("udp");
  }
  PeerOptions Options (bool is_controlling)
  {
    PeerOptions options;

    options.urls.push_back (url_.c_str ());
    options.is_controlling = is_controlling;
    return options;
  }
  /* Relays are due when a direct path carries already. */
  void ConnectBeforeRelays (IcePeer &a, IcePeer &b)
  {
    FloeIceSchedule schedule = WithRelay (NEVER_MS);

    floe_ice_transport_set_schedule (a.transport, &schedule);
    Connect (a, b);
    schedule = WithRelay (0);
    floe_ice_transport_set_schedule (a.transport, &schedule);
  }
  bool WasAsked () const
  {
    return coturn_.Log ().find ("ALLOCATE") != std::string::npos;
  }

  Coturn coturn_;
  std::string url_;
};

TEST_F (IceSchedule, CandidatesAreHeldBackUntilBothDescriptionsAreThere)
{
  IcePeer a (context_, Controlling ()), b (context_, PeerOptions ());
  FloeIceSchedule schedule = Direct ();

  schedule.hold_candidates_ms = 100;
  floe_ice_transport_set_schedule (a.transport, &schedule);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (30000, [&] { return a.gathered_count == 1; }))
      << "who waits for the end before he sends his description would wait for ever";
  EXPECT_TRUE (a.candidates.empty ());
  a.TakeCredentials (b);
  EXPECT_TRUE (Run (30000, [&] { return !a.candidates.empty () && a.gathered_count == 2; }))
      << a.candidates.size () << " candidates, " << a.gathered_count << " ends";
}

TEST_F (IceSchedule, ChecksAreHeldBackAndThenMade)
{
  IcePeer a (context_, Controlling ()), b (context_, PeerOptions ());
  FloeIceSchedule schedule = Direct ();
  gint64 start_us = g_get_monotonic_time ();

  schedule.hold_checks_ms = 500;
  floe_ice_transport_set_schedule (a.transport, &schedule);
  Connect (a, b);
  EXPECT_GE (g_get_monotonic_time () - start_us, 500 * G_TIME_SPAN_MILLISECOND);
}

TEST_F (IceSchedule, DataGoesNowhereBeforeItMay)
{
  IcePeer a (context_, Controlling ()), b (context_, PeerOptions ());
  FloeIceSchedule schedule = Direct ();
  gint64 start_us = g_get_monotonic_time ();

  schedule.rows[FLOE_ICE_ROW_DIRECT].may_carry_after_ms = 700;
  floe_ice_transport_set_schedule (a.transport, &schedule);
  Connect (a, b);
  EXPECT_GE (g_get_monotonic_time () - start_us, 700 * G_TIME_SPAN_MILLISECOND);
}

TEST_F (IceSchedule, APathThatBeginsLaterIsToldOfThen)
{
  IcePeer a (context_, Controlling ()), b (context_, PeerOptions ());
  FloeIceSchedule schedule = Direct ();

  schedule.rows[FLOE_ICE_ROW_DIRECT].start_after_ms = 300;
  floe_ice_transport_set_schedule (a.transport, &schedule);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (30000, [&] { return a.gathered_count == 1; }));
  EXPECT_TRUE (a.candidates.empty ());
  a.TakeCredentials (b);
  EXPECT_TRUE (Run (30000, [&] { return !a.candidates.empty () && a.gathered_count == 2; }))
      << a.candidates.size () << " candidates, " << a.gathered_count << " ends";
}

TEST_F (IceSchedule, ALaterScheduleBeginsAtOnceWhatIsOverdue)
{
  IcePeer a (context_, Controlling ()), b (context_, PeerOptions ());
  FloeIceSchedule schedule = Direct ();

  schedule.rows[FLOE_ICE_ROW_DIRECT].start_after_ms = NEVER_MS;
  floe_ice_transport_set_schedule (a.transport, &schedule);
  floe_ice_transport_gather (a.transport);
  a.TakeCredentials (b);
  ASSERT_TRUE (Run (30000, [&] { return a.gathered_count == 1; }));
  EXPECT_TRUE (a.candidates.empty ());
  schedule = Direct ();
  floe_ice_transport_set_schedule (a.transport, &schedule);
  EXPECT_TRUE (Run (30000, [&] { return !a.candidates.empty (); }));
}

TEST_F (IceScheduleWithRelay, IsAskedWhenItsTimeHasCome)
{
  IcePeer a (context_, Options (true)), b (context_, PeerOptions ());
  FloeIceSchedule schedule = WithRelay (NEVER_MS);

  floe_ice_transport_set_schedule (a.transport, &schedule);
  floe_ice_transport_gather (a.transport);
  a.TakeCredentials (b);
  ASSERT_TRUE (Run (30000, [&] { return a.gathered_count == 1; }));
  EXPECT_FALSE (WasAsked ());
  schedule = WithRelay (0);
  floe_ice_transport_set_schedule (a.transport, &schedule);
  EXPECT_TRUE (Run (30000, [&] {
    return !a.candidates.empty () && a.candidates.back ().type == FLOE_ICE_CANDIDATE_TYPE_RELAY;
  }));
}

TEST_F (IceScheduleWithRelay, IsNotAskedWhileADirectPathCarries)
{
  IcePeer a (context_, Options (true)), b (context_, PeerOptions ());

  ConnectBeforeRelays (a, b);
  Pause (1000);
  EXPECT_FALSE (WasAsked ());
}

TEST_F (IceScheduleWithRelay, StandsByWhereTheScheduleSaysSo)
{
  IcePeer a (context_, Options (true)), b (context_, PeerOptions ());
  FloeIceSchedule schedule = WithRelay (100, true);

  floe_ice_transport_set_schedule (a.transport, &schedule);
  Connect (a, b);
  EXPECT_TRUE (Run (30000, [&] { return WasAsked (); }));
}

TEST_F (IceScheduleWithRelay, IsAskedWhenNothingComesBackOnTheDirectPath)
{
  IcePeer a (context_, Options (true)), b (context_, PeerOptions ());

  ConnectBeforeRelays (a, b);
  /* Something that the peer answers, and then something that it does not. */
  ASSERT_TRUE (a.Send ("hello") && b.Send ("hello"));
  ASSERT_TRUE (Run (30000, [&] { return !a.messages.empty (); }));
  EXPECT_FALSE (WasAsked ());
  b.Drop ();
  a.Send ("is anybody there?");
  floe_ice_transport_handle_sent (a.transport);
  EXPECT_TRUE (Run (30000, [&] { return WasAsked (); }));
}

TEST_F (IceScheduleWithRelay, IsGivenBackWhenAllHasFailed)
{
  PeerOptions options = Options (true);

  options.failed_timeout_ms = 1000;
  IcePeer a (context_, options), b (context_, PeerOptions ());
  FloeIceSchedule schedule = WithRelay (0, true);

  floe_ice_transport_set_schedule (a.transport, &schedule);
  floe_ice_transport_gather (a.transport);
  a.TakeCredentials (b);
  ASSERT_TRUE (Run (30000, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_FAILED; }));
  EXPECT_TRUE (Run (30000, [&] {
    return coturn_.Log ().find ("lifetime 0") != std::string::npos
           || coturn_.Log ().find ("lifetime=0") != std::string::npos;
  })) << coturn_.Log ();
}
