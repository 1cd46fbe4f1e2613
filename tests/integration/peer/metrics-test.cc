/* SPDX-License-Identifier: MPL-2.0 */
/* What the metrics of real connections say. */
#include "../coturn.h"
#include "peer-pair.h"

using Metrics = std::unique_ptr<FloeConnectionMetrics, decltype (&floe_connection_metrics_unref)>;

static Metrics
Take (FloeConnectionMetrics *metrics)
{
  return Metrics (metrics, floe_connection_metrics_unref);
}

/* With all counters as they are. */
static Metrics
Update (const Peer &peer)
{
  FloeConnectionMetrics *metrics = nullptr;

  floe_peer_connection_update_metrics_async (
      peer.pc, nullptr,
      [] (GObject *source, GAsyncResult *result, gpointer user_data) {
        *(FloeConnectionMetrics **) user_data = floe_peer_connection_update_metrics_finish (
            FLOE_PEER_CONNECTION (source), result, nullptr);
      },
      &metrics);
  EXPECT_EQ (metrics, nullptr) << "The callback ran inside the call";
  EXPECT_TRUE (RunUntil ([&] { return metrics != nullptr; }));
  return Take (metrics);
}

/* The path that has carried data last. */
static FloePathMetrics *
Carrier (const Metrics &metrics)
{
  GPtrArray *paths = floe_connection_metrics_get_paths (metrics.get ());
  GPtrArray *moves = floe_connection_metrics_get_moves (metrics.get ());

  for (guint i = 0; moves->len > 0 && i < paths->len; i++)
    {
      auto *path = (FloePathMetrics *) paths->pdata[i];
      auto *move = (FloeMoveMetrics *) moves->pdata[moves->len - 1];

      if (floe_path_metrics_get_number (path) == floe_move_metrics_get_path_number (move))
        return path;
    }
  return nullptr;
}

/* Notes what an application would log. */
struct Log
{
  explicit Log (const Peer &peer) : pc (peer.pc)
  {
    g_signal_connect (
        pc, "metrics",
        G_CALLBACK (+[] (FloePeerConnection *, FloeConnectionMetrics *metrics, Log *self) {
          self->told.push_back (Take (floe_connection_metrics_ref (metrics)));
        }),
        this);
  }
  ~Log ()
  {
    g_signal_handlers_disconnect_by_data (pc, this);
  }

  FloePeerConnection *pc;
  std::vector<Metrics> told;
};

class MetricsOfAPair : public PeerPairTest
{
};

TEST_F (MetricsOfAPair, TellHowItCameAbout)
{
  Connect ();
  ASSERT_TRUE (RunUntil ([&] { return alice.is_connected (); }));
  Metrics metrics = Take (floe_peer_connection_get_metrics (alice.pc));
  FloePathMetrics *path = Carrier (metrics);

  ASSERT_NE (path, nullptr);
  EXPECT_EQ (floe_path_metrics_get_path_type (path), FLOE_PATH_TYPE_DIRECT);
  EXPECT_GE (floe_path_metrics_get_start_time (path), 0);
  EXPECT_GE (floe_path_metrics_get_check_time (path), floe_path_metrics_get_start_time (path));
  EXPECT_GE (floe_path_metrics_get_success_time (path), floe_path_metrics_get_check_time (path));
  EXPECT_GE (floe_path_metrics_get_selection_time (path),
             floe_path_metrics_get_success_time (path));
  EXPECT_EQ (floe_path_metrics_get_end_time (path), -1);
  EXPECT_GE (floe_connection_metrics_get_connected_time (metrics.get ()),
             floe_path_metrics_get_selection_time (path));
  EXPECT_GE (floe_connection_metrics_get_dtls_time (metrics.get ()),
             floe_connection_metrics_get_connected_time (metrics.get ()));
  EXPECT_GE (floe_connection_metrics_get_channel_time (metrics.get ()),
             floe_connection_metrics_get_dtls_time (metrics.get ()));
  EXPECT_GT (
      floe_connection_metrics_get_gathered_count (metrics.get (), FLOE_ICE_CANDIDATE_TYPE_HOST),
      0u);
  EXPECT_GT (
      floe_connection_metrics_get_received_count (metrics.get (), FLOE_ICE_CANDIDATE_TYPE_HOST),
      0u);
  EXPECT_EQ (floe_connection_metrics_get_relay_seconds (metrics.get ()), 0);
  EXPECT_EQ (floe_connection_metrics_get_local_nat_type (metrics.get ()), FLOE_NAT_TYPE_UNKNOWN);
}

TEST_F (MetricsOfAPair, TellWhichStrategyItIsAndWhy)
{
  Connect ();
  Metrics metrics = Take (floe_peer_connection_get_metrics (alice.pc));
  const char *explanation = floe_connection_metrics_get_explanation (metrics.get ());

  EXPECT_NE (floe_connection_metrics_get_strategy (metrics.get ()), FLOE_STRATEGY_AUTO);
  ASSERT_NE (explanation, nullptr);
  EXPECT_STRNE (explanation, "");
  EXPECT_STREQ (floe_connection_metrics_get_method (metrics.get ()), "unknown")
      << "Nobody has looked at any NAT";
}

TEST_F (MetricsOfAPair, CountWhatIsSentAndReceived)
{
  constexpr gsize size = 100000;

  Connect ();
  ASSERT_TRUE (channel->SendPattern (size));
  ASSERT_TRUE (RunUntil ([&] { return !peer_channel->bytes.empty (); }));
  Metrics near = Update (alice);
  Metrics far = Update (bob);

  EXPECT_GT (floe_path_metrics_get_bytes_sent (Carrier (near)), size);
  EXPECT_GT (floe_path_metrics_get_bytes_received (Carrier (far)), size);
  EXPECT_LT (floe_path_metrics_get_bytes_received (Carrier (near)), size);
}

TEST_F (MetricsOfAPair, AreEmittedWhenItIsUpAndWhenItIsClosed)
{
  Log log (alice);

  Connect ();
  ASSERT_TRUE (RunUntil ([&] { return !log.told.empty (); }));
  EXPECT_NE (Carrier (log.told[0]), nullptr);
  EXPECT_GE (floe_connection_metrics_get_dtls_time (log.told[0].get ()), 0);
  gsize count = log.told.size ();
  floe_peer_connection_close (alice.pc);
  EXPECT_EQ (log.told.size (), count) << "The handler ran inside the call";
  ASSERT_TRUE (RunUntil ([&] { return log.told.size () > count; }));
  EXPECT_GE (floe_path_metrics_get_end_time (Carrier (log.told.back ())), 0);
  Metrics after = Update (alice);
  EXPECT_NE (Carrier (after), nullptr) << "They can be had after the close";
}

TEST_F (MetricsOfAPair, EndACallThatTheCloseOvertakes)
{
  Outcome outcome;

  Connect ();
  floe_peer_connection_update_metrics_async (
      alice.pc, nullptr,
      [] (GObject *source, GAsyncResult *result, gpointer user_data) {
        GError *error = nullptr;

        EXPECT_EQ (floe_peer_connection_update_metrics_finish (FLOE_PEER_CONNECTION (source),
                                                               result, &error),
                   nullptr);
        ((Outcome *) user_data)->Fill (error);
      },
      &outcome);
  floe_peer_connection_close (alice.pc);
  ASSERT_TRUE (RunUntil ([&] { return outcome.is_done; }));
  EXPECT_EQ (outcome.error, "AbortError");
}

TEST_F (MetricsOfAPair, CanBeHadBeforeAnythingHasBegun)
{
  Metrics metrics = Update (alice);

  EXPECT_EQ (floe_connection_metrics_get_paths (metrics.get ())->len, 0u);
  EXPECT_EQ (floe_connection_metrics_get_connected_time (metrics.get ()), -1);
  EXPECT_EQ (floe_connection_metrics_get_strategy (metrics.get ()), FLOE_STRATEGY_AUTO);
}

TEST_F (MetricsOfAPair, KnowTheNatThatThePeerTellsOf)
{
  channel = alice.CreateChannel ("test");
  Negotiate (alice, bob, [] (std::string sdp) {
    return sdp.insert (sdp.find ("m="),
                       "a=floe-nat:1 udp-yes nat-yes map-ei filter-apd sure-high\r\n");
  });
  Metrics metrics = Take (floe_peer_connection_get_metrics (bob.pc));

  EXPECT_EQ (floe_connection_metrics_get_remote_nat_type (metrics.get ()),
             FLOE_NAT_TYPE_PORT_RESTRICTED);
  EXPECT_EQ (floe_connection_metrics_get_remote_mapping (metrics.get ()),
             FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT);
}

TEST_F (MetricsOfAPair, DoNotFollowAPeerThatTellsOfAnotherNatLater)
{
  constexpr char text[] = "candidate:9 1 udp 1 127.0.0.1 9 typ host "
                          "floe-nat 1.udp-yes.nat-yes.map-apd.filter-apd.alloc-random.sure-high";

  channel = alice.CreateChannel ("test");
  Negotiate (alice, bob, [] (std::string sdp) {
    return sdp.insert (sdp.find ("m="),
                       "a=floe-nat:1 udp-yes nat-yes map-ei filter-apd sure-high\r\n");
  });
  ErrorHolder error;
  g_autoptr (FloeIceCandidate) later = floe_ice_candidate_new (text, "0", 0, nullptr, error);
  ASSERT_NE (later, nullptr) << error.message ();
  ASSERT_EQ (bob.AddCandidate (later), "");
  Metrics metrics = Update (bob);

  EXPECT_NE (floe_connection_metrics_get_strategy (metrics.get ()), FLOE_STRATEGY_AUTO);
  EXPECT_EQ (floe_connection_metrics_get_remote_mapping (metrics.get ()),
             FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT);
}

/* Through a relay, where each side has addresses of more kinds. */
class MetricsOverARelay : public testing::Test
{
protected:
  void SetUp () override
  {
    if (!server_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  std::unique_ptr<Peer> MakePeer ()
  {
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_include_loopback (configuration, TRUE);
    floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
    EXPECT_TRUE (floe_configuration_add_ice_server_url (configuration, server_.Url ("udp").c_str (),
                                                        Coturn::Username (), Coturn::Credential (),
                                                        error))
        << error.message ();
    return std::make_unique<Peer> (configuration);
  }

  Coturn server_;
};

/* All that is an address or a port in a description. */
static std::vector<std::string>
FindSecrets (const Peer &peer)
{
  std::vector<std::string> secrets = { Coturn::Username (), Coturn::Credential () };
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (peer.pc);
  g_auto (GStrv) lines = g_strsplit (floe_session_description_get_sdp (local), "\r\n", -1);

  for (char **line = lines; *line != nullptr; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);

      if (g_str_has_prefix (*line, "a=candidate:") && g_strv_length (words) > 7)
        secrets.insert (secrets.end (), { words[4], std::string (":") + words[5] });
      if (g_str_has_prefix (*line, "a=ice-ufrag:") || g_str_has_prefix (*line, "a=ice-pwd:"))
        secrets.push_back (strchr (*line, ':') + 1);
    }
  return secrets;
}

TEST_F (MetricsOverARelay, HaveNoAddressInThem)
{
  auto carol = MakePeer ();
  auto dave = MakePeer ();
  auto near = carol->CreateChannel ("relayed");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && dave->Incoming () != nullptr; }));
  Metrics metrics = Update (*carol);
  std::string json = TakeString (floe_connection_metrics_to_json (metrics.get ()));
  std::vector<std::string> secrets = FindSecrets (*carol);
  std::vector<std::string> others = FindSecrets (*dave);

  EXPECT_GT (secrets.size (), 4u) << "There is a candidate";
  secrets.insert (secrets.end (), others.begin (), others.end ());
  for (const std::string &secret : secrets)
    EXPECT_EQ (json.find (secret), std::string::npos) << secret << " is in " << json;
  EXPECT_FALSE (g_regex_match_simple ("[0-9]+\\.[0-9]+\\.[0-9]+|::|[0-9a-f]:[0-9a-f]{1,4}:",
                                      json.c_str (), (GRegexCompileFlags) 0, (GRegexMatchFlags) 0))
      << json;
  EXPECT_NE (json.find ("\"type\":\"relay-udp\""), std::string::npos) << json;
}

TEST_F (MetricsOverARelay, TellThatItIsOne)
{
  auto carol = MakePeer ();
  auto dave = MakePeer ();
  auto near = carol->CreateChannel ("relayed");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open (); }));
  EXPECT_TRUE (RunUntil ([&] {
    Metrics metrics = Take (floe_peer_connection_get_metrics (carol->pc));
    return floe_connection_metrics_get_relay_seconds (metrics.get ()) > 0;
  }));
  Metrics metrics = Take (floe_peer_connection_get_metrics (carol->pc));
  auto *move = (FloeMoveMetrics *) floe_connection_metrics_get_moves (metrics.get ())->pdata[0];

  EXPECT_TRUE (floe_move_metrics_is_relayed (move));
  EXPECT_EQ (floe_move_metrics_get_reason (move), FLOE_PATH_REASON_FIRST);
  ASSERT_NE (Carrier (metrics), nullptr);
  EXPECT_EQ (floe_path_metrics_get_path_type (Carrier (metrics)), FLOE_PATH_TYPE_RELAY_UDP);
  EXPECT_GT (
      floe_connection_metrics_get_gathered_count (metrics.get (), FLOE_ICE_CANDIDATE_TYPE_RELAY),
      0u);
}
