/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that a connection is told of by a directory. */
#include <gmock/gmock.h>

#include "../coturn.h"
#include "../stun-responder.h"
#include "own-directory.h"
#include "peer-pair.h"
#include "peer/fake-resolver.h"

using testing::HasSubstr;
using testing::StartsWith;

static void
Answer (FloeServerQuery *query, const std::string &url, const char *username,
        const char *credential, guint lifetime)
{
  const char *urls[] = { url.c_str (), nullptr };
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);

  g_ptr_array_add (servers, floe_ice_server_new (urls, username, credential, nullptr));
  floe_server_query_answer (query, servers, lifetime);
}

/* A configuration of this host alone; takes @directory. */
static FloeConfiguration *
MakeConfiguration (FloeServerDirectory *directory, bool is_relay_only = false)
{
  static const char *const loopback[] = { "127.0.0.1", nullptr };
  FloeConfiguration *configuration = floe_configuration_new ();

  floe_configuration_set_interfaces (configuration, loopback);
  floe_configuration_set_server_directory (configuration, directory);
  if (is_relay_only)
    floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
  g_clear_object (&directory);
  return configuration;
}

/* A peer that writes down how gathering goes. */
class GatheringPeer
{
public:
  explicit GatheringPeer (FloeConfiguration *configuration)
  {
    g_autoptr (FloeConfiguration) used = configuration;

    peer = std::make_unique<Peer> (used);
    g_signal_connect (peer->pc, "notify::ice-gathering-state", G_CALLBACK (OnState), this);
    g_signal_connect (peer->pc, "ice-candidate", G_CALLBACK (OnCandidate), this);
    g_signal_connect (peer->pc, "ice-candidate-error", G_CALLBACK (OnError), this);
    channel = peer->CreateChannel ("any");
  }
  ~GatheringPeer ()
  {
    g_signal_handlers_disconnect_by_data (peer->pc, this);
  }
  GatheringPeer (const GatheringPeer &) = delete;

  bool Writes (const char *wanted, double seconds = 10) const
  {
    return RunUntil ([&] { return trace == wanted; }, seconds);
  }

  std::unique_ptr<Peer> peer;
  std::unique_ptr<Channel> channel;
  std::string trace;
  std::vector<std::string> errors;

private:
  static void OnState (FloePeerConnection *pc, GParamSpec *, GatheringPeer *self)
  {
    bool is_complete =
        floe_peer_connection_get_ice_gathering_state (pc) == FLOE_ICE_GATHERING_STATE_COMPLETE;

    self->trace += is_complete ? "complete " : "gathering ";
  }
  static void OnCandidate (FloePeerConnection *, FloeIceCandidate *candidate, GatheringPeer *self)
  {
    static const char *const names[] = { "host ", "srflx ", "prflx ", "relay " };

    self->trace +=
        candidate == nullptr ? "end " : names[floe_ice_candidate_get_candidate_type (candidate)];
  }
  static void OnError (FloePeerConnection *, const char *url, guint code, const char *text,
                       GatheringPeer *self)
  {
    self->errors.push_back (std::string (url) + " " + std::to_string (code) + " " + text);
  }
};

static guint16
PortOf (const std::string &url)
{
  return (guint16) atoi (url.c_str () + url.rfind (':') + 1);
}

/* What the DNS says of a STUN server of ours. */
static void
Publish (FakeDns &dns, const StunResponder &stun)
{
  dns.hosts["stun.example.org"] = "127.0.0.1";
  dns.services["_stun._udp.example.org"] = { { "stun.example.org", PortOf (stun.Url ()) } };
}

static FloeServerDirectory *
MakeDns ()
{
  return FLOE_SERVER_DIRECTORY (floe_dns_server_directory_new ("example.org", nullptr, nullptr));
}

static const char one_run[] = "gathering host srflx complete end ";

TEST (DirectoryServers, AreAskedWhenCandidatesAreGatheredFirst)
{
  FakeDns dns;
  StunResponder stun (nullptr, 1);
  GatheringPeer carol (MakeConfiguration (MakeDns ()));

  Publish (dns, stun);
  RunFor (0.1);
  EXPECT_TRUE (dns.asked.empty ()) << "nobody has gathered yet";
  EXPECT_EQ (carol.peer->SetLocal (), "");
  EXPECT_TRUE (carol.Writes (one_run)) << carol.trace;
  EXPECT_TRUE (carol.errors.empty ());
}

TEST (DirectoryServers, AreAskedByWhoAnswersAsWell)
{
  FakeDns dns;
  StunResponder stun (nullptr, 1);
  Peer carol;
  GatheringPeer dave (MakeConfiguration (MakeDns ()));
  auto channel = carol.CreateChannel ("test");

  Publish (dns, stun);
  Negotiate (carol, *dave.peer);
  EXPECT_TRUE (RunUntil ([&] { return channel->is_open (); }));
  EXPECT_TRUE (dave.Writes (one_run)) << dave.trace;
}

TEST (DirectoryServers, ThatComeLateLendAnAddressAllTheSame)
{
  Coturn coturn;
  FloeServerQuery *kept = nullptr;

  if (!coturn.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  GatheringPeer carol (MakeConfiguration (
      MakeOwn ([&] (FloeServerQuery *query) { kept = FLOE_SERVER_QUERY (g_object_ref (query)); }),
      true));
  EXPECT_EQ (carol.peer->SetLocal (), "");
  ASSERT_TRUE (carol.Writes ("gathering complete end ")) << carol.trace;
  Answer (kept, coturn.Url ("udp"), Coturn::Username (), Coturn::Credential (), 0);
  g_object_unref (kept);
  EXPECT_TRUE (carol.Writes ("gathering complete end gathering relay complete end "))
      << carol.trace;
}

/* The candidate that a peer sends from. */
static std::string
LocalOf (const Peer &peer)
{
  g_autoptr (FloeIceCandidatePair) pair =
      floe_peer_connection_get_selected_candidate_pair (peer.pc);

  return pair == nullptr
             ? ""
             : floe_ice_candidate_get_candidate (floe_ice_candidate_pair_get_local (pair));
}

TEST (DirectoryServers, AreReplacedWhileDataFlowsWhenTheirTimeIsOver)
{
  Coturn coturn ({ "--use-auth-secret", "--static-auth-secret=north" });
  int asked = 0;
  auto ask = [&] (FloeServerQuery *query) {
    g_autoptr (FloeTurnCredentials) credentials =
        floe_turn_credentials_new ("north", "floe", 3600 + 60 * asked++, nullptr);

    Answer (query, coturn.Url ("udp"), floe_turn_credentials_get_username (credentials),
            floe_turn_credentials_get_password (credentials), asked == 1 ? 3 : 0);
  };

  if (!coturn.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  GatheringPeer carol (MakeConfiguration (MakeOwn (ask), true));
  Peer dave;
  Negotiate (*carol.peer, dave);
  ASSERT_TRUE (RunUntil ([&] { return carol.channel->is_open () && dave.Incoming () != nullptr; }));
  ASSERT_TRUE (RunUntil ([&] { return !LocalOf (*carol.peer).empty (); }));
  std::string first = LocalOf (*carol.peer);
  guint sent = 0;
  for (; LocalOf (*carol.peer) == first && sent < 1000; sent++)
    {
      ASSERT_TRUE (carol.channel->SendText (std::to_string (sent).c_str ()));
      RunFor (0.02);
    }
  EXPECT_NE (LocalOf (*carol.peer), first) << "a new relay carries";
  EXPECT_EQ (asked, 2);
  auto &texts = dave.Incoming ()->texts;
  EXPECT_TRUE (RunUntil ([&] { return texts.size () == sent; })) << texts.size () << "/" << sent;
  EXPECT_EQ (carol.peer->states, (std::vector<std::string>{ "connecting", "connected" }));
}

TEST (DirectoryServers, ThatCantBeHadAreToldOfAndHinderNothing)
{
  FakeDns dns;
  GatheringPeer carol (MakeConfiguration (MakeDns ()));

  EXPECT_EQ (carol.peer->SetLocal (), "");
  EXPECT_TRUE (carol.Writes ("gathering host complete end ")) << carol.trace;
  ASSERT_EQ (carol.errors.size (), 1u);
  EXPECT_THAT (carol.errors[0], StartsWith (" 701 "));
  EXPECT_THAT (carol.errors[0], HasSubstr ("example.org"));
}

TEST (DirectoryServers, MayBeToldOfAfterTheConnectionIsGone)
{
  FloeServerQuery *kept = nullptr;
  {
    GatheringPeer carol (MakeConfiguration (MakeOwn (
        [&] (FloeServerQuery *query) { kept = FLOE_SERVER_QUERY (g_object_ref (query)); })));

    EXPECT_EQ (carol.peer->SetLocal (), "");
    ASSERT_TRUE (RunUntil ([&] { return kept != nullptr; }));
  }
  EXPECT_TRUE (g_cancellable_is_cancelled (floe_server_query_get_cancellable (kept)));
  Answer (kept, "stun:127.0.0.1:9", nullptr, nullptr, 1);
  g_object_unref (kept);
  RunFor (0.1);
}

TEST (DirectoryServers, MayCloseTheConnectionThatAsks)
{
  FloePeerConnection *asking = nullptr;
  GatheringPeer carol (MakeConfiguration (
      MakeOwn ([&] (FloeServerQuery *) { floe_peer_connection_close (asking); })));

  asking = carol.peer->pc;
  EXPECT_EQ (carol.peer->SetLocal (), "");
  EXPECT_TRUE (
      RunUntil ([&] { return carol.peer->state () == FLOE_PEER_CONNECTION_STATE_CLOSED; }));
  RunFor (0.1);
  EXPECT_TRUE (carol.errors.empty ());
}

TEST (DirectoryServers, StayWhenTheConfigurationChanges)
{
  Coturn coturn;

  if (!coturn.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  GatheringPeer carol (MakeConfiguration (MakeOwn ([&] (FloeServerQuery *query) {
                                            Answer (query, coturn.Url ("udp"), Coturn::Username (),
                                                    Coturn::Credential (), 0);
                                          }),
                                          true));
  Peer dave;
  EXPECT_EQ (carol.peer->SetLocal (), "");
  ASSERT_TRUE (carol.Writes ("gathering relay complete end ")) << carol.trace;
  EXPECT_TRUE (floe_peer_connection_set_configuration (
      carol.peer->pc, floe_peer_connection_get_configuration (carol.peer->pc), nullptr));
  RunFor (3); /* a relay that is not wanted any more ends after 2 s */
  Negotiate (*carol.peer, dave);
  EXPECT_TRUE (RunUntil ([&] { return carol.channel->is_open (); }));
}

TEST (SlowDirectories, ArePassedOver)
{
  FakeDns dns;
  StunResponder stun (nullptr, 1);
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  const std::string url = stun.Url ();
  const char *urls[] = { url.c_str (), nullptr };
  g_ptr_array_add (servers, floe_ice_server_new (urls, nullptr, nullptr, nullptr));
  FloeServerQuery *kept = nullptr;
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (g_object_unref);
  Outcome outcome;

  dns.silent = { "_stun._udp.example.org" };
  g_ptr_array_add (links, MakeOwn ([&] (FloeServerQuery *query) {
                     kept = FLOE_SERVER_QUERY (g_object_ref (query));
                   }));
  g_ptr_array_add (links, MakeDns ());
  g_ptr_array_add (links, floe_static_server_directory_new (servers));
  g_autoptr (FloeServerDirectoryChain) chain = floe_server_directory_chain_new (links);
  floe_server_directory_list_async (
      FLOE_SERVER_DIRECTORY (chain), nullptr,
      [] (GObject *source, GAsyncResult *result, gpointer data) {
        GError *error = nullptr;
        g_autoptr (GPtrArray) found = floe_server_directory_list_finish (
            FLOE_SERVER_DIRECTORY (source), result, nullptr, &error);

        EXPECT_TRUE (found != nullptr && found->len == 1);
        ((Outcome *) data)->Fill (error);
      },
      &outcome);
  EXPECT_TRUE (RunUntil ([&] { return outcome.is_done; }, 30));
  EXPECT_EQ (outcome.error, "");
  g_object_unref (kept);
  RunFor (0.1);
}

TEST (SlowDirectories, DoNotKeepWhatTheDnsHasToldAlready)
{
  FakeDns dns;
  Outcome outcome;

  dns.services["_stun._udp.example.org"] = { { "stun.example.org", 3478 } };
  dns.silent = { "_turn._udp.example.org", "_turn._tcp.example.org", "_turns._tcp.example.org" };
  g_autoptr (FloeDnsServerDirectory) directory =
      floe_dns_server_directory_new ("example.org", "user", "password");
  floe_server_directory_list_async (
      FLOE_SERVER_DIRECTORY (directory), nullptr,
      [] (GObject *source, GAsyncResult *result, gpointer data) {
        GError *error = nullptr;
        g_autoptr (GPtrArray) found = floe_server_directory_list_finish (
            FLOE_SERVER_DIRECTORY (source), result, nullptr, &error);

        EXPECT_TRUE (found != nullptr && found->len == 1);
        ((Outcome *) data)->Fill (error);
      },
      &outcome);
  EXPECT_TRUE (RunUntil ([&] { return outcome.is_done; }));
  EXPECT_EQ (outcome.error, "");
}

TEST (GatherTimeout, EndsGatheringAndWhatComesLaterIsToldStill)
{
  StunResponder slow (nullptr, 1);
  FloeConfiguration *configuration = MakeConfiguration (nullptr);

  slow.is_holding = true;
  floe_configuration_add_ice_server_url (configuration, slow.Url ().c_str (), nullptr, nullptr,
                                         nullptr);
  floe_configuration_set_gather_timeout (configuration, 100);
  GatheringPeer carol (configuration);
  EXPECT_EQ (carol.peer->SetLocal (), "");
  EXPECT_TRUE (carol.Writes ("gathering host complete end ", 3)) << carol.trace;
  slow.Release ();
  EXPECT_TRUE (carol.Writes ("gathering host complete end gathering srflx complete end "))
      << carol.trace;
}
