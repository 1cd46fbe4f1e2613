/* SPDX-License-Identifier: MPL-2.0 */
/* TURN servers that die, and such that come back without knowing us: libnice tells nothing of it.
 */
#include "coturn.h"
#include "ice-peer.h"

class IceRelayLoss : public IceTest
{
protected:
  void SetUp () override
  {
    if (!first_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  PeerOptions Options (const std::vector<std::string> &urls, bool is_controlling)
  {
    PeerOptions options;

    options.relay_only = true;
    options.is_controlling = is_controlling;
    for (const std::string &url : urls)
      options.urls.push_back (url.c_str ());
    return options;
  }

  /* Probes are answered as SCTP would. */
  static void ShowLife (IcePeer &peer)
  {
    peer.on_probe = [&peer] (guint path_id) {
      floe_ice_transport_send_on (peer.transport, path_id, (const guint8 *) "ping", 4);
    };
    peer.on_message = [&peer] (guint path_id, const std::string &text) {
      floe_ice_transport_handle_life (peer.transport, path_id);
      if (text == "pong")
        floe_ice_transport_handle_answer (peer.transport, path_id, 1000);
      if (text == "ping")
        floe_ice_transport_send_on (peer.transport, path_id, (const guint8 *) "pong", 4);
    };
  }

  /* As of two behind NATs that let only servers in. */
  static void WireRelays (IcePeer &a, IcePeer &b)
  {
    for (auto [from, to] : { std::pair (&a, &b), std::pair (&b, &a) })
      from->on_candidate = [to = to] (const FloeCandidate &candidate) {
        if (candidate.type == FLOE_ICE_CANDIDATE_TYPE_RELAY)
          floe_ice_transport_add_remote_candidate (to->transport, &candidate);
      };
  }

  void Join (IcePeer &a, IcePeer &b)
  {
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
    ASSERT_TRUE (Run (10000, [&] { return a.IsConnected () && b.IsConnected (); }));
    ASSERT_TRUE (Run (10000, [&] { return a.gathered_count == 1 && b.gathered_count == 1; }));
    Pause (1000);
  }

  void Connect (IcePeer &a, IcePeer &b)
  {
    Wire (a, b);
    ShowLife (a);
    ShowLife (b);
    Join (a, b);
  }

  /* Both have shown life, so that the limits for silence hold. */
  bool Exchange (IcePeer &a, IcePeer &b)
  {
    gsize a_count = a.messages.size (), b_count = b.messages.size ();

    return a.Send ("ping") && b.Send ("ping") && Run (2000, [&] {
             return a.messages.size () > a_count && b.messages.size () > b_count;
           });
  }

  Coturn first_;
};

class IceRelayDies : public IceRelayLoss, public testing::WithParamInterface<const char *>
{
};

TEST_P (IceRelayDies, AndBothPeersAreDisconnected)
{
  std::vector<std::string> urls = { first_.Url (GetParam ()) };
  IcePeer a (context_, Options (urls, true)), b (context_, Options (urls, false));

  Connect (a, b);
  ASSERT_TRUE (Exchange (a, b));
  first_.Kill ();
  EXPECT_TRUE (Run (15000, [&] {
    return a.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED
           && b.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED;
  }));
}

/* libnice makes no pair of lower priority than the selected one, so the other relay's pair leads to
 * the dead one at the far end: a peer with two relays needs an ICE restart. A reserve is no harm.
 */
TEST_P (IceRelayDies, AndADirectConnectionDoesNotNotice)
{
  std::vector<std::string> urls = { first_.Url (GetParam ()) };
  PeerOptions controlling = Options (urls, true), controlled = Options (urls, false);

  controlling.relay_only = controlled.relay_only = false;
  IcePeer a (context_, controlling), b (context_, controlled);
  Connect (a, b);
  ASSERT_TRUE (Exchange (a, b));
  first_.Kill ();
  for (int i = 0; i < 12; i++)
    {
      Pause (500);
      EXPECT_TRUE (a.IsConnected () && b.IsConnected ());
      EXPECT_TRUE (Exchange (a, b));
    }
}

INSTANTIATE_TEST_SUITE_P (Over, IceRelayDies, testing::Values ("udp", "tcp"),
                          [] (const auto &info) { return std::string (info.param); });

/* Each sends to the other's relay, and hears it by way of its own. When the way there dies nothing
 * comes any more but what the peer repeats, which has no acknowledgement. */
TEST_F (IceRelayLoss, AWayThatNothingHasComeOnIsLeftWhenItDiesUnderLoad)
{
  std::vector<std::string> urls = { first_.Url ("udp") };
  PeerOptions controlling = Options (urls, true), controlled = Options (urls, false);

  controlling.relay_only = controlled.relay_only = false;
  IcePeer a (context_, controlling), b (context_, controlled);
  guint heard_on = 0;

  WireRelays (a, b);
  Join (a, b);
  ASSERT_TRUE (Run (10000, [&] { return a.pair_path == 0 && b.pair_path == 0; }));
  AnswerProbes (a);
  AnswerProbes (b);
  a.on_message = [&, handle = a.on_message] (guint path_id, const std::string &text) {
    heard_on = path_id;
    handle (path_id, text);
  };
  /* What comes by its relay is as good as lost. */
  b.on_message = [&, handle = b.on_message] (guint path_id, const std::string &text) {
    if (path_id == b.pair_path)
      handle (path_id, text);
  };
  for (int i = 0; i < 10; i++)
    EXPECT_TRUE (b.Send ("data"));
  ASSERT_TRUE (Run (10000, [&] { return a.messages.size () >= 10; }));
  ASSERT_NE (heard_on, 0u);
  for (int i = 0; i < 20 && a.pair_path == 0; i++)
    {
      Pause (1000);
      EXPECT_TRUE (b.Send ("data"));
    }
  EXPECT_NE (a.pair_path, 0u) << "it goes on until consent expires, after 30 s";
}

/* The refresh that it answers with 437 comes after nine minutes: see ice-long-relay-test.cc. */
TEST_F (IceRelayLoss, AServerThatHasForgottenTheAllocationIsNoticed)
{
  std::vector<std::string> urls = { first_.Url ("udp") };
  IcePeer a (context_, Options (urls, true)), b (context_, Options (urls, false));

  Connect (a, b);
  ASSERT_TRUE (Exchange (a, b));
  first_.Restart ();
  ASSERT_TRUE (first_.IsRunning ());
  EXPECT_TRUE (Run (20000, [&] {
    return a.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED
           && b.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED;
  }));
  /* Closing asks the server to free what it does not know. */
  a.Drop ();
  b.Drop ();
  Pause (500);
}

TEST_F (IceRelayLoss, ClosingInMidGatheringGivesAllAllocationsBack)
{
  std::vector<std::string> urls = { first_.Url ("udp") };
  std::string log;
  gsize created = 0, freed = 0;

  for (int pause_ms : { 0, 5, 20, 60 })
    {
      IcePeer a (context_, Options (urls, true)), b (context_, Options (urls, false));

      floe_ice_transport_gather (a.transport);
      floe_ice_transport_gather (b.transport);
      Pause (pause_ms);
    }
  EXPECT_TRUE (
      Run (8000,
           [&] {
             log = first_.Log ();
             created = freed = 0;
             for (gsize at = 0;
                  (at = log.find ("ALLOCATE processed, success", at)) != std::string::npos; at++)
               created++;
             for (gsize at = 0; (at = log.find ("lifetime=0", at)) != std::string::npos; at++)
               freed++;
             return created > 0 && freed == created;
           }))
      << created << " made, " << freed << " freed\n"
      << log;
}
