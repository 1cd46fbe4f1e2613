/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that change while the connection is there, and credentials that end. */
#include "../coturn.h"
#include "peer-pair.h"

static const char secret[] = "north";

/* Credentials for so many seconds. */
static FloeIceServer *
MakeServer (const std::string &url, guint lifetime)
{
  g_autoptr (FloeTurnCredentials) credentials =
      floe_turn_credentials_new (secret, "floe", lifetime, nullptr);
  const char *urls[] = { url.c_str (), nullptr };

  return floe_ice_server_new (urls, floe_turn_credentials_get_username (credentials),
                              floe_turn_credentials_get_password (credentials), nullptr);
}

static FloeConfiguration *
MakeConfiguration (const std::string &url, guint lifetime)
{
  g_autoptr (FloeIceServer) server = MakeServer (url, lifetime);
  FloeConfiguration *configuration = floe_configuration_new ();

  floe_configuration_set_include_loopback (configuration, TRUE);
  floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
  floe_configuration_add_ice_server (configuration, server);
  return configuration;
}

/* A peer whose credentials are renewed whenever they end, by an hour. */
class RenewingPeer
{
public:
  RenewingPeer (const std::string &url, guint lifetime) : url_ (url)
  {
    g_autoptr (FloeConfiguration) configuration = MakeConfiguration (url, lifetime);

    peer = std::make_unique<Peer> (configuration);
    g_signal_connect (
        peer->pc, "ice-server-expiring",
        G_CALLBACK (+[] (FloePeerConnection *pc, FloeIceServer *server, RenewingPeer *self) {
          g_autoptr (FloeConfiguration) renewed = MakeConfiguration (self->url_, 3600);
          ErrorHolder error;

          self->expiring.push_back (floe_ice_server_get_urls (server)[0]);
          EXPECT_TRUE (floe_peer_connection_set_configuration (pc, renewed, error))
              << error.message ();
        }),
        this);
  }
  ~RenewingPeer ()
  {
    g_signal_handlers_disconnect_by_data (peer->pc, this);
  }
  RenewingPeer (const RenewingPeer &) = delete;

  /* The candidate that this side sends from. */
  std::string Local () const
  {
    g_autoptr (FloeIceCandidatePair) pair =
        floe_peer_connection_get_selected_candidate_pair (peer->pc);

    return pair == nullptr
               ? ""
               : floe_ice_candidate_get_candidate (floe_ice_candidate_pair_get_local (pair));
  }

  std::unique_ptr<Peer> peer;
  std::vector<std::string> expiring;

private:
  std::string url_;
};

class Credentials : public testing::TestWithParam<const char *>
{
};

TEST_P (Credentials, ThatEndAreReplacedWhileDataFlows)
{
  Coturn coturn ({ "--use-auth-secret", std::string ("--static-auth-secret=") + secret });

  if (!coturn.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  RenewingPeer carol (coturn.Url (GetParam ()), 8), dave (coturn.Url (GetParam ()), 3600);
  auto near = carol.peer->CreateChannel ("numbers");
  guint sent = 0;

  Negotiate (*carol.peer, *dave.peer);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && dave.peer->Incoming () != nullptr; }))
      << coturn.Log ();
  ASSERT_TRUE (RunUntil ([&] { return !carol.Local ().empty (); }));
  std::string first = carol.Local ();
  gint64 end_us = g_get_monotonic_time () + 13 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end_us)
    {
      ASSERT_TRUE (near->SendText (std::to_string (sent++).c_str ()));
      RunFor (0.02);
    }
  EXPECT_EQ (carol.expiring, std::vector<std::string>{ coturn.Url (GetParam ()) });
  EXPECT_TRUE (dave.expiring.empty ());
  EXPECT_NE (carol.Local (), first) << "a new relay carries";
  auto &texts = dave.peer->Incoming ()->texts;
  EXPECT_TRUE (RunUntil ([&] { return texts.size () == sent; })) << texts.size () << "/" << sent;
  for (gsize i = 0; i < texts.size (); i++)
    ASSERT_EQ (texts[i], std::to_string (i));
  EXPECT_EQ (carol.peer->states, (std::vector<std::string>{ "connecting", "connected" }))
      << "nothing was broken in between";
  EXPECT_EQ (floe_peer_connection_get_ice_gathering_state (carol.peer->pc),
             FLOE_ICE_GATHERING_STATE_COMPLETE);
}

INSTANTIATE_TEST_SUITE_P (Transports, Credentials, testing::Values ("udp", "tcp"),
                          [] (const auto &info) { return std::string (info.param); });

static const char unused_url[] = "turn:127.0.0.1:9";

TEST (Servers, AreNotToldOfAfterTheConnectionIsClosed)
{
  RenewingPeer carol (unused_url, 1);

  floe_peer_connection_close (carol.peer->pc);
  RunFor (1.5);
  EXPECT_TRUE (carol.expiring.empty ());
}

TEST (Servers, MayBeClosedAndDroppedWhenToldOf)
{
  g_autoptr (FloeConfiguration) configuration = MakeConfiguration (unused_url, 1);
  FloePeerConnection *pc = floe_peer_connection_new (configuration, nullptr);
  bool was_told = false;

  g_signal_connect (pc, "ice-server-expiring",
                    G_CALLBACK (+[] (FloePeerConnection *self, FloeIceServer *, bool *told) {
                      *told = true;
                      floe_peer_connection_close (self);
                      g_object_unref (self);
                    }),
                    &was_told);
  EXPECT_TRUE (RunUntil ([&] { return was_told; }));
  RunFor (0.1);
}

TEST (Servers, ThatLiveLongAreNotToldOf)
{
  RenewingPeer carol (unused_url, 3600);

  RunFor (0.2);
  EXPECT_TRUE (carol.expiring.empty ());
}

/* Two servers that end together, and what is done when told of one. */
class TwoServers : public testing::Test
{
protected:
  static constexpr const char *urls[] = { "turn:127.0.0.1:9", "turn:127.0.0.1:19" };

  static FloeConfiguration *Make (guint lifetime)
  {
    FloeConfiguration *configuration = MakeConfiguration (urls[0], lifetime);
    g_autoptr (FloeIceServer) second = MakeServer (urls[1], lifetime);

    floe_configuration_add_ice_server (configuration, second);
    return configuration;
  }
  void SetUp () override
  {
    g_autoptr (FloeConfiguration) configuration = Make (2);

    peer_ = std::make_unique<Peer> (configuration);
    g_signal_connect (peer_->pc, "ice-server-expiring", G_CALLBACK (OnExpiring), this);
  }
  void TearDown () override
  {
    g_signal_handlers_disconnect_by_data (peer_->pc, this);
    g_clear_object (&next_);
  }

  FloeConfiguration *next_ = nullptr; /* NULL for what the connection has */
  int told_ = 0;

private:
  static void OnExpiring (FloePeerConnection *pc, FloeIceServer *, TwoServers *self)
  {
    self->told_++;
    EXPECT_TRUE (floe_peer_connection_set_configuration (
        pc, self->next_ != nullptr ? self->next_ : floe_peer_connection_get_configuration (pc),
        nullptr));
  }

  std::unique_ptr<Peer> peer_;
};

TEST_F (TwoServers, AreReplacedByOneAnswer)
{
  next_ = Make (3600);
  RunFor (2.5);
  EXPECT_EQ (told_, 1) << "the other one is not in use any more";
}

TEST_F (TwoServers, AreToldOfOnceAlsoWhenTheyStay)
{
  RunFor (2.5);
  EXPECT_EQ (told_, 2);
}

struct Modification
{
  const char *name;
  std::function<void (FloeConfiguration *)> change;
  bool is_allowed;
};

class Modifications : public testing::TestWithParam<Modification>
{
};

TEST_P (Modifications, AreAsW3cHasThem)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloePeerConnection) pc = floe_peer_connection_new (configuration, nullptr);
  ErrorHolder error;

  GetParam ().change (configuration); /* the same object: what is in effect was kept */
  EXPECT_EQ (floe_peer_connection_set_configuration (pc, configuration, error) != FALSE,
             GetParam ().is_allowed)
      << error.message ();
  EXPECT_TRUE (GetParam ().is_allowed || error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_MODIFICATION))
      << error.message ();
  floe_peer_connection_close (pc);
}

INSTANTIATE_TEST_SUITE_P (
    Configuration, Modifications,
    testing::Values (
        Modification{ "Nothing", [] (auto *) {}, true },
        Modification{ "Server",
                      [] (auto *self) {
                        floe_configuration_add_ice_server_url (self, "turns:a.org", "u", "p",
                                                               nullptr);
                      },
                      true },
        Modification{ "Certificate",
                      [] (auto *self) {
                        g_autoptr (FloeCertificate) other = floe_certificate_generate (nullptr);

                        floe_configuration_set_certificate (self, other);
                      },
                      false },
        Modification{ "Policy",
                      [] (auto *self) {
                        floe_configuration_set_ice_transport_policy (
                            self, FLOE_ICE_TRANSPORT_POLICY_RELAY);
                      },
                      false },
        Modification{
            "Ports",
            [] (auto *self) { floe_configuration_set_port_range (self, 5000, 6000, nullptr); },
            false },
        Modification{ "Interfaces",
                      [] (auto *self) {
                        const char *const names[] = { "lo", nullptr };

                        floe_configuration_set_interfaces (self, names);
                      },
                      false },
        Modification{ "Channels",
                      [] (auto *self) { floe_configuration_set_max_channels (self, 7); }, false },
        Modification{ "Timeout",
                      [] (auto *self) { floe_configuration_set_ice_failed_timeout (self, 7000); },
                      false },
        Modification{ "GatherTimeout",
                      [] (auto *self) { floe_configuration_set_gather_timeout (self, 7000); },
                      false },
        Modification{ "Directory",
                      [] (auto *self) {
                        g_autoptr (FloeDnsServerDirectory) directory =
                            floe_dns_server_directory_new ("example.org", nullptr, nullptr);

                        floe_configuration_set_server_directory (self,
                                                                 FLOE_SERVER_DIRECTORY (directory));
                      },
                      false },
        Modification{ "Proxies",
                      [] (auto *self) {
                        g_autoptr (GProxyResolver) resolver =
                            g_simple_proxy_resolver_new ("direct://", nullptr);

                        floe_configuration_set_proxy_resolver (self, resolver);
                      },
                      false }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Servers, CantBeChangedOnceClosed)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloePeerConnection) pc = floe_peer_connection_new (configuration, nullptr);
  ErrorHolder error;

  floe_peer_connection_close (pc);
  EXPECT_FALSE (floe_peer_connection_set_configuration (pc, configuration, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
}

TEST (Servers, ThatAreSetAreTheConfiguration)
{
  g_autoptr (FloeConfiguration) first = floe_configuration_new ();
  g_autoptr (FloeConfiguration) second = floe_configuration_new ();
  g_autoptr (FloePeerConnection) pc = floe_peer_connection_new (first, nullptr);
  int notified = 0;

  g_signal_connect (
      pc, "notify::configuration",
      G_CALLBACK (+[] (FloePeerConnection *, GParamSpec *, int *count) { (*count)++; }), &notified);
  EXPECT_TRUE (floe_peer_connection_set_configuration (pc, second, nullptr));
  EXPECT_EQ (floe_peer_connection_get_configuration (pc), second);
  EXPECT_EQ (notified, 1);
  g_signal_handlers_disconnect_by_data (pc, &notified);
}
