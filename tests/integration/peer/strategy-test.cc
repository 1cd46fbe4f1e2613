/* SPDX-License-Identifier: MPL-2.0 */
/* Plans of two NATs, carried out: what is told, what begins when, and over what data goes. */
#include <algorithm>

#include "../coturn.h"
#include "../traverse/descriptors.h"
#include "peer-pair.h"

#define PORT_RESTRICTED "1 udp-yes nat-yes map-ei filter-apd sure-high"
#define RANDOM "1 udp-yes nat-yes map-apd filter-apd alloc-random sure-high"
#define BLOCKED "1 udp-no sure-high"

/* A peer, and over what its data has gone: "relay-udp", "relay-tcp", "direct". */
class Racer : public Peer
{
public:
  explicit Racer (FloeConfiguration *configuration) : Peer (configuration)
  {
    g_signal_connect (pc, "path-changed",
                      G_CALLBACK (+[] (FloePeerConnection *, FloePathEvent *event, Racer *self) {
                        self->paths.push_back (Name (floe_path_event_get_to (event)));
                      }),
                      this);
  }

  static std::string Name (FloeIceCandidatePair *pair)
  {
    if (!floe_ice_candidate_pair_is_relayed (pair))
      return "direct";
    switch (floe_ice_candidate_pair_get_relay_protocol (pair))
      {
      case FLOE_RELAY_PROTOCOL_TCP:
        return "relay-tcp";
      case FLOE_RELAY_PROTOCOL_TLS:
        return "relay-tls";
      default:
        return "relay-udp";
      }
  }

  std::vector<std::string> paths;
};

class Strategy : public PeerPairTest
{
protected:
  static FloeConfiguration *MakeConfiguration (const char *summary = nullptr)
  {
    FloeConfiguration *configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_include_loopback (configuration, TRUE);
    EXPECT_TRUE (floe_configuration_set_nat_summary (configuration, summary, error))
        << error.message ();
    return configuration;
  }
};

class StrategyWithRelay : public Strategy
{
protected:
  void SetUp () override
  {
    if (!server_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  FloeConfiguration *Configure (const char *summary,
                                const std::vector<const char *> &transports = { "udp" })
  {
    FloeConfiguration *configuration = MakeConfiguration (summary);
    ErrorHolder error;

    for (const char *transport : transports)
      EXPECT_TRUE (
          floe_configuration_add_ice_server_url (configuration, server_.Url (transport).c_str (),
                                                 Coturn::Username (), Coturn::Credential (), error))
          << error.message ();
    return configuration;
  }
  std::unique_ptr<Racer> MakeRacer (const char *summary,
                                    const std::vector<const char *> &transports = { "udp" })
  {
    g_autoptr (FloeConfiguration) configuration = Configure (summary, transports);

    return std::make_unique<Racer> (configuration);
  }
  bool WasAsked () const
  {
    return server_.Log ().find ("ALLOCATE") != std::string::npos;
  }

  Coturn server_;
};

TEST (StrategyConfiguration, HasLimitsOfPunchingAsProperties)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  guint sockets = 1, probes = 1, rate = 1;
  std::vector<std::string> told;

  g_signal_connect (
      configuration, "notify",
      G_CALLBACK (+[] (GObject *, GParamSpec *property, std::vector<std::string> *log) {
        log->push_back (property->name);
      }),
      &told);
  g_object_set (configuration, "max-punch-sockets", 64, nullptr);
  g_object_set (configuration, "max-punch-probes", 500, nullptr);
  g_object_set (configuration, "max-punch-rate", 50, nullptr);
  floe_configuration_get_punch_limits (configuration, &sockets, &probes, &rate);
  EXPECT_EQ (sockets, 64u);
  EXPECT_EQ (probes, 500u);
  EXPECT_EQ (rate, 50u);
  floe_configuration_set_punch_limits (configuration, 64, 0, 50);
  EXPECT_EQ (told, (std::vector<std::string>{ "max-punch-sockets", "max-punch-probes",
                                              "max-punch-rate", "max-punch-probes" }));
}

TEST (StrategyConfiguration, KeepsOfItsMemoryWhatIsOfItsForm)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  std::string text = "floe-ways 1\n" + std::string (64, 'a') + " relay "
                     + std::to_string (g_get_real_time () / G_USEC_PER_SEC) + "\n";
  g_autofree char *kept = nullptr;
  g_autofree char *none = nullptr;

  floe_configuration_set_strategy_memory (configuration, (text + "192.0.2.1 relay 5\n").c_str ());
  kept = floe_configuration_get_strategy_memory (configuration);
  EXPECT_EQ (kept, text);
  floe_configuration_set_strategy_memory (configuration, nullptr);
  none = floe_configuration_get_strategy_memory (configuration);
  EXPECT_STREQ (none, "floe-ways 1\n");
}

TEST_F (StrategyWithRelay, DirectFastAsksForNoRelay)
{
  g_autoptr (FloeConfiguration) configuration = Configure (PORT_RESTRICTED);
  floe_configuration_set_relay_start (configuration, 4000);
  auto carol = std::make_unique<Racer> (configuration);
  auto dave = std::make_unique<Racer> (configuration);
  auto near = carol->CreateChannel ("direct");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && dave->Incoming () != nullptr; }, 30));
  /* Longer than it takes until a relay would be asked for. */
  RunFor (4.5);
  ASSERT_TRUE (near->SendPattern (1000));
  EXPECT_TRUE (RunUntil ([&] { return !dave->Incoming ()->bytes.empty (); }));
  EXPECT_EQ (carol->paths[0], "direct");
  EXPECT_FALSE (WasAsked ()) << server_.Log ();
}

TEST_F (StrategyWithRelay, WithoutAReportAsksForRelaysAsEver)
{
  auto carol = MakeRacer (nullptr), dave = MakeRacer (nullptr);
  auto near = carol->CreateChannel ("direct");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open (); }, 30));
  EXPECT_TRUE (RunUntil ([&] { return WasAsked (); }, 30));
}

TEST_F (StrategyWithRelay, TurnOnlyBeginsOnTheRelayAndRises)
{
  auto carol = MakeRacer (RANDOM), dave = MakeRacer (RANDOM);
  auto near = carol->CreateChannel ("rising");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && dave->Incoming () != nullptr; }, 30));
  ASSERT_FALSE (carol->paths.empty ());
  EXPECT_EQ (carol->paths[0], "relay-udp");
  EXPECT_TRUE (RunUntil ([&] { return carol->paths.back () == "direct"; }, 60));
  ASSERT_TRUE (near->SendPattern (1000));
  EXPECT_TRUE (RunUntil ([&] { return !dave->Incoming ()->bytes.empty (); }, 30));
}

TEST_F (StrategyWithRelay, IsTheOneThatTheApplicationWants)
{
  g_autoptr (FloeConfiguration) configuration = Configure (PORT_RESTRICTED);
  floe_configuration_set_strategy (configuration, FLOE_STRATEGY_TURN_ONLY);
  auto carol = std::make_unique<Racer> (configuration);
  auto dave = std::make_unique<Racer> (configuration);
  auto near = carol->CreateChannel ("fixed");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open (); }, 30));
  ASSERT_FALSE (carol->paths.empty ());
  EXPECT_EQ (carol->paths[0], "relay-udp");
}

TEST_F (StrategyWithRelay, BlockedGoesToTheRelayOverTcp)
{
  g_autoptr (FloeConfiguration) configuration = Configure (BLOCKED, { "udp", "tcp" });
  /* On one host the peers reach each other over TCP as soon as they reach the relay. */
  floe_configuration_set_ice_tcp (configuration, FALSE);
  auto carol = std::make_unique<Racer> (configuration);
  auto dave = std::make_unique<Racer> (configuration);
  auto near = carol->CreateChannel ("blocked");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open (); }, 30));
  ASSERT_FALSE (carol->paths.empty ());
  EXPECT_EQ (carol->paths[0], "relay-tcp");
}

TEST_F (StrategyWithRelay, TellsTheRelayToWhoTakesNoCandidatesLater)
{
  auto carol = MakeRacer (PORT_RESTRICTED), dave = MakeRacer (PORT_RESTRICTED);
  auto near = carol->CreateChannel ("all at once");

  ASSERT_EQ (carol->SetLocal (), "");
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (carol->pc);
  g_autoptr (FloeSessionDescription) offer = EditDescription (local, [] (std::string sdp) {
    auto at = sdp.find ("a=ice-options:trickle\r\n");

    EXPECT_NE (at, std::string::npos);
    return sdp.erase (at, strlen ("a=ice-options:trickle\r\n"));
  });
  ASSERT_EQ (dave->SetRemote (offer), "");
  ASSERT_EQ (dave->SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return dave->is_gathering_done; }, 30));
  g_autoptr (FloeSessionDescription) answer = floe_peer_connection_get_local_description (dave->pc);
  EXPECT_NE (strstr (floe_session_description_get_sdp (answer), "typ relay"), nullptr)
      << floe_session_description_get_sdp (answer);
}

static std::string
GetOffer (FloeConfiguration *configuration)
{
  Peer peer (configuration);
  auto channel = peer.CreateChannel ("any");

  EXPECT_EQ (peer.SetLocal (), "");
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (peer.pc);
  return floe_session_description_get_sdp (local);
}

TEST_F (Strategy, TellsTheNatInTheDescription)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (PORT_RESTRICTED " punch-block");
  std::string offer = GetOffer (configuration);

  EXPECT_NE (offer.find ("a=floe-nat:" PORT_RESTRICTED " punch-yes\r\n"), std::string::npos)
      << offer;
}

TEST_F (Strategy, OffersNoPunchingThatIsNotAllowed)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (PORT_RESTRICTED " punch-block");
  floe_configuration_set_punching (configuration, FLOE_PUNCHING_NONE);
  std::string offer = GetOffer (configuration);

  EXPECT_NE (offer.find ("a=floe-nat:" PORT_RESTRICTED "\r\n"), std::string::npos) << offer;
}

TEST_F (Strategy, TellsNothingWhereOnlyRelaysMayBeUsed)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (PORT_RESTRICTED);
  floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);

  EXPECT_EQ (GetOffer (configuration).find ("floe-nat"), std::string::npos);
}

TEST_F (Strategy, TellsNothingWhenNothingIsKnown)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration ();

  EXPECT_EQ (GetOffer (configuration).find ("floe-nat"), std::string::npos);
}

/* How often a description and candidates tell of a NAT. */
static int
CountTold (const std::string &offer, const std::vector<FloeIceCandidate *> &candidates)
{
  int count = offer.find ("a=floe-nat:") != std::string::npos;

  for (FloeIceCandidate *candidate : candidates)
    {
      const char *text = floe_ice_candidate_get_candidate (candidate);

      count += strstr (text, " floe-nat 1.") != nullptr;
    }
  return count;
}

TEST_F (StrategyWithRelay, TellsOnceWhatIsFoundOutLaterAndUsesItAgain)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration ();
  ErrorHolder error;

  ASSERT_TRUE (floe_configuration_add_ice_server_url (configuration, server_.StunUrl ().c_str (),
                                                      nullptr, nullptr, error));
  Peer carol (configuration);
  auto near = carol.CreateChannel ("found out");
  ASSERT_EQ (carol.SetLocal (), "");
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (carol.pc);
  std::string offer = floe_session_description_get_sdp (local);

  ASSERT_TRUE (RunUntil ([&] { return CountTold (offer, carol.kept) > 0; }, 30));
  RunFor (0.2);
  EXPECT_EQ (CountTold (offer, carol.kept), 1);
  /* What is known when a connection is made is in its description. */
  EXPECT_NE (GetOffer (configuration).find ("a=floe-nat:1 "), std::string::npos);
}

TEST_F (StrategyWithRelay, AsksNobodyWhereDiscoveryIsOff)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration ();
  ErrorHolder error;

  ASSERT_TRUE (floe_configuration_add_ice_server_url (configuration, server_.StunUrl ().c_str (),
                                                      nullptr, nullptr, error));
  floe_configuration_set_nat_discovery (configuration, FLOE_NAT_DISCOVERY_MODE_OFF);
  Peer carol (configuration);
  auto near = carol.CreateChannel ("unknown");
  ASSERT_EQ (carol.SetLocal (), "");
  RunFor (2);
  EXPECT_EQ (CountTold ("", carol.kept), 0);
}

TEST_F (Strategy, EndsWithOneFailureWhenNothingWorks)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (PORT_RESTRICTED);
  floe_configuration_set_ice_failed_timeout (configuration, 1000);
  Peer carol (configuration), dave (configuration);
  auto near = carol.CreateChannel ("never");

  /* No candidate comes through, and there is no way to learn of one. */
  ASSERT_EQ (carol.SetLocal (), "");
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (carol.pc);
  g_autoptr (FloeSessionDescription) bare = EditDescription (offer, [] (std::string sdp) {
    for (size_t at; (at = sdp.find ("a=candidate:")) != std::string::npos;)
      sdp.erase (at, sdp.find ("\r\n", at) + 2 - at);
    return sdp;
  });
  ASSERT_EQ (dave.SetRemote (bare), "");
  ASSERT_EQ (dave.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return dave.state () == FLOE_PEER_CONNECTION_STATE_FAILED; }, 60));
  RunFor (1);
  EXPECT_EQ (std::count (dave.states.begin (), dave.states.end (), "failed"), 1);
  EXPECT_EQ (dave.state (), FLOE_PEER_CONNECTION_STATE_FAILED);
}

/* Each side is told of a password that the other one does not have. */
static std::string
SpoilPassword (std::string sdp)
{
  return sdp.replace (sdp.find ("a=ice-pwd:") + 10, 8, "spoiled0");
}

TEST_F (StrategyWithRelay, LeavesNoDescriptorOfAConnectionThatHasFailed)
{
  g_autoptr (FloeConfiguration) configuration = Configure (nullptr);
  int before = 0;

  floe_configuration_set_ice_failed_timeout (configuration, 2000);
  /* What is opened the first time and stays belongs to nobody. */
  for (bool is_first : { true, false })
    {
      if (!is_first)
        before = CountDescriptors ();
      Peer carol (configuration), dave (configuration);
      auto near = carol.CreateChannel ("never");

      Negotiate (carol, dave, SpoilPassword, SpoilPassword);
      for (Peer *peer : { &carol, &dave })
        ASSERT_TRUE (
            RunUntil ([=] { return peer->state () == FLOE_PEER_CONNECTION_STATE_FAILED; }, 60));
      EXPECT_TRUE (RunUntil ([=] { return is_first || CountDescriptors () <= before; }, 60))
          << CountDescriptors () << ", and " << before << " before";
      for (Peer *peer : { &carol, &dave })
        {
          g_autoptr (FloeConnectionMetrics) metrics = floe_peer_connection_get_metrics (peer->pc);

          EXPECT_NE (metrics, nullptr);
          EXPECT_EQ (std::count (peer->states.begin (), peer->states.end (), "failed"), 1);
          floe_peer_connection_close (peer->pc);
          EXPECT_TRUE (
              RunUntil ([=] { return peer->state () == FLOE_PEER_CONNECTION_STATE_CLOSED; }, 60));
        }
      RunFor (is_first ? 2 : 0);
    }
}

TEST_F (Strategy, RefusesASummaryThatIsNone)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (PORT_RESTRICTED);
  g_autoptr (GError) syntax = nullptr, version = nullptr;
  g_autofree char *kept = nullptr;

  EXPECT_FALSE (floe_configuration_set_nat_summary (configuration, "1 map", &syntax));
  EXPECT_TRUE (g_error_matches (syntax, FLOE_ERROR, FLOE_ERROR_SYNTAX));
  EXPECT_FALSE (floe_configuration_set_nat_summary (configuration, "2 map-ei", &version));
  EXPECT_TRUE (g_error_matches (version, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED));
  kept = floe_configuration_get_nat_summary (configuration);
  EXPECT_STREQ (kept, PORT_RESTRICTED);
}

TEST_F (Strategy, CanNotBeChangedLater)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration ();
  g_autoptr (FloeConfiguration) other = MakeConfiguration ();
  g_autoptr (GError) error = nullptr;
  Peer peer (configuration);

  floe_configuration_set_strategy (other, FLOE_STRATEGY_DIRECT_FAST);
  EXPECT_FALSE (floe_peer_connection_set_configuration (peer.pc, other, &error));
  EXPECT_TRUE (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_INVALID_MODIFICATION));
}
