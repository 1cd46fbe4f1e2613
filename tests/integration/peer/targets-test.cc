/* SPDX-License-Identifier: MPL-2.0 */
/* What a peer may name, as the configuration says. */
#include "peer-pair.h"

#include <algorithm>

#include "peer/fake-resolver.h"

struct Wishes
{
  const char *name;
  gboolean resolves;
  FloePrivacyLevel privacy;
  const char *host;
  bool is_asked_for;
};

class Targets : public testing::TestWithParam<Wishes>
{
protected:
  static FloeIceCandidate *WithHost (FloeIceCandidate *candidate, const std::string &host)
  {
    std::string text = floe_ice_candidate_get_candidate (candidate);
    std::string address = floe_ice_candidate_get_address (candidate);

    text.replace (text.find (" " + address + " "), address.size () + 2, " " + host + " ");
    return floe_ice_candidate_new (text.c_str (), floe_ice_candidate_get_sdp_mid (candidate),
                                   floe_ice_candidate_get_sdp_mline_index (candidate), nullptr,
                                   nullptr);
  }

  /* A thread of the case before may still ask for that one's name, so each has another. */
  bool IsAsked ()
  {
    std::lock_guard<std::mutex> guard (dns_.lock);

    return std::count (dns_.asked.begin (), dns_.asked.end (), GetParam ().host) > 0;
  }

  FakeDns dns_;
};

static std::string
WithoutCandidates (std::string sdp)
{
  for (auto at = sdp.find ("a=candidate:"); at != std::string::npos; at = sdp.find ("a=candidate:"))
    sdp.erase (at, sdp.find ("\r\n", at) + 2 - at);
  return sdp;
}

/* The answerer is told of the offerer by a name alone; the offerer of the answerer not at all. */
TEST_P (Targets, AreLookedUpForWhoAsksOnly)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

  dns_.hosts[GetParam ().host] = "127.0.0.1";
  floe_configuration_set_include_loopback (configuration, TRUE);
  Peer alice (configuration);
  floe_configuration_set_resolve_candidate_names (configuration, GetParam ().resolves);
  floe_configuration_set_privacy_level (configuration, GetParam ().privacy);
  Peer bob (configuration);
  std::unique_ptr<Channel> channel = alice.CreateChannel ("test");

  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }, 60));
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (alice.pc);
  g_autoptr (FloeSessionDescription) offer = EditDescription (local, WithoutCandidates);
  ASSERT_EQ (bob.SetRemote (offer), "");
  ASSERT_EQ (bob.SetLocal (), "");
  for (FloeIceCandidate *candidate : alice.kept)
    {
      g_autoptr (FloeIceCandidate) named = WithHost (candidate, GetParam ().host);

      ASSERT_NE (named, nullptr);
      EXPECT_EQ (bob.AddCandidate (named), "");
    }
  if (GetParam ().is_asked_for)
    EXPECT_TRUE (RunUntil ([&] { return IsAsked (); }, 60));
  else
    RunFor (0.3);
  EXPECT_EQ (IsAsked (), GetParam ().is_asked_for);
}

INSTANTIATE_TEST_SUITE_P (
    Names, Targets,
    testing::Values (Wishes{ "ByDefault", FALSE, FLOE_PRIVACY_LEVEL_OPEN, "one.example.org",
                             false },
                     Wishes{ "WhenAsked", TRUE, FLOE_PRIVACY_LEVEL_OPEN, "two.example.org", true },
                     Wishes{ "WithoutHostCandidates", TRUE, FLOE_PRIVACY_LEVEL_NO_HOST,
                             "three.example.org", false },
                     Wishes{ "OfTheLink", TRUE, FLOE_PRIVACY_LEVEL_OPEN,
                             "1f4712db-ea17-4bcf-a596-105139dfd8bf.local", false }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (TargetProperties, ArePropertiesAndStayForTheLifeOfAConnection)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  gboolean allows = TRUE, resolves = TRUE;
  ErrorHolder error;

  g_object_get (configuration, "allow-local-targets", &allows, "resolve-candidate-names", &resolves,
                nullptr);
  EXPECT_FALSE (allows || resolves);
  Peer peer (configuration);
  g_object_set (configuration, "allow-local-targets", TRUE, nullptr);
  EXPECT_TRUE (floe_configuration_get_allow_local_targets (configuration));
  EXPECT_FALSE (floe_peer_connection_set_configuration (peer.pc, configuration, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_MODIFICATION)) << error.message ();
  g_object_set (configuration, "allow-local-targets", FALSE, "resolve-candidate-names", TRUE,
                nullptr);
  EXPECT_TRUE (floe_configuration_get_resolve_candidate_names (configuration));
  EXPECT_FALSE (floe_peer_connection_set_configuration (peer.pc, configuration, error));
}
