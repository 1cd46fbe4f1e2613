/* SPDX-License-Identifier: MPL-2.0 */
/* The table of docs/security.md, cell by cell. */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-privacy-rules-private.h"
G_END_DECLS

struct LevelCase
{
  const char *name;
  FloePrivacyLevel level;
  FloeIceTransportPolicy policy;
  /* What is told of a host's address, of its name, of what servers and what peers see. */
  bool address, hostname, reflexive, peer_reflexive;
  bool related, in_default, nat;
  bool all_routes, punch, listen, redirects;
  /* Packets: from a private address to a private and a global one, and from a global one. */
  bool private_to_private, private_to_global, from_global;
};

static const FloeIceTransportPolicy ALL = FLOE_ICE_TRANSPORT_POLICY_ALL;
static const FloeIceTransportPolicy RELAY = FLOE_ICE_TRANSPORT_POLICY_RELAY;

static const LevelCase levels[] = {
  { "Open", FLOE_PRIVACY_LEVEL_OPEN, ALL, true, true, true, true, true, true, true, true, true,
    true, true, true, true, true },
  { "DefaultRoute", FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE, ALL, true, true, true, true, true, true, true,
    false, true, true, true, true, true, true },
  { "Obfuscated", FLOE_PRIVACY_LEVEL_OBFUSCATED, ALL, false, true, true, false, false, false, false,
    false, false, true, true, true, true, true },
  { "NoHost", FLOE_PRIVACY_LEVEL_NO_HOST, ALL, false, false, true, false, false, false, false,
    false, false, false, true, false, true, false },
  { "RelayOnly", FLOE_PRIVACY_LEVEL_RELAY_ONLY, ALL, false, false, false, false, false, false,
    false, true, false, false, false, false, false, false },
  { "RelayPolicyAndOpen", FLOE_PRIVACY_LEVEL_OPEN, RELAY, false, false, false, false, false, true,
    false, true, false, false, true, false, false, false },
  { "RelayPolicyAndDefaultRoute", FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE, RELAY, false, false, false,
    false, false, true, false, false, false, false, true, false, false, false },
  { "RelayPolicyAndNoHost", FLOE_PRIVACY_LEVEL_NO_HOST, RELAY, false, false, false, false, false,
    false, false, false, false, false, true, false, false, false },
  { "RelayPolicyAndRelayOnly", FLOE_PRIVACY_LEVEL_RELAY_ONLY, RELAY, false, false, false, false,
    false, false, false, true, false, false, false, false, false, false },
  { "Unknown", (FloePrivacyLevel) 7, ALL, false, false, false, false, false, false, false, true,
    false, false, false, false, false, false },
};

class PrivacyRules : public testing::TestWithParam<LevelCase>
{
protected:
  static FloeCandidate Candidate (FloeIceCandidateType type, const char *address)
  {
    FloeCandidate candidate = {};

    candidate.type = type;
    candidate.port = 4000;
    g_strlcpy (candidate.address, address, sizeof candidate.address);
    if (type != FLOE_ICE_CANDIDATE_TYPE_HOST)
      {
        g_strlcpy (candidate.related_address, strchr (address, ':') ? "2001:db8::5" : "10.0.0.5",
                   sizeof candidate.related_address);
        candidate.related_port = 5000;
      }
    candidate.has_nat = TRUE;
    return candidate;
  }

  bool Tells (FloeIceCandidateType type, const char *address)
  {
    FloeCandidate candidate = Candidate (type, address);

    return floe_privacy_rules_prepare (&rules_, &candidate);
  }

  bool Sends (const char *from, const char *to)
  {
    FloeStunAddress a, b;

    EXPECT_TRUE (floe_stun_address_from_text (from, &a));
    EXPECT_TRUE (floe_stun_address_from_text (to, &b));
    return floe_privacy_rules_may_send (&rules_, &a, &b);
  }

  FloePrivacyRules rules_ = floe_privacy_rules_get (GetParam ().level, GetParam ().policy);
};

TEST_P (PrivacyRules, TellCandidatesByTheirType)
{
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_HOST, "10.0.0.5"), GetParam ().address);
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_HOST, "2001:db8::5"), GetParam ().address);
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_HOST, "3c0b.local"), GetParam ().hostname);
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_SRFLX, "192.0.2.1"), GetParam ().reflexive);
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_PRFLX, "192.0.2.1"), GetParam ().peer_reflexive);
  EXPECT_EQ (Tells (FLOE_ICE_CANDIDATE_TYPE_PRFLX, "3c0b.local"), GetParam ().hostname);
  EXPECT_TRUE (Tells (FLOE_ICE_CANDIDATE_TYPE_RELAY, "203.0.113.9"));
}

TEST_P (PrivacyRules, TakeAwayWhatIsNotToBeTold)
{
  FloeCandidate ipv4 = Candidate (FLOE_ICE_CANDIDATE_TYPE_RELAY, "203.0.113.9");
  FloeCandidate ipv6 = Candidate (FLOE_ICE_CANDIDATE_TYPE_RELAY, "2001:db8::9");

  ASSERT_TRUE (floe_privacy_rules_prepare (&rules_, &ipv4));
  ASSERT_TRUE (floe_privacy_rules_prepare (&rules_, &ipv6));
  EXPECT_STREQ (ipv4.related_address, GetParam ().related ? "10.0.0.5" : "0.0.0.0");
  EXPECT_STREQ (ipv6.related_address, GetParam ().related ? "2001:db8::5" : "::");
  EXPECT_EQ (ipv4.related_port, GetParam ().related ? 5000 : 9);
  EXPECT_EQ (ipv6.related_port, GetParam ().related ? 5000 : 9);
  EXPECT_EQ (ipv4.has_nat, GetParam ().nat);
  EXPECT_STREQ (ipv4.address, "203.0.113.9");
  EXPECT_EQ (ipv4.port, 4000);
}

TEST_P (PrivacyRules, AddNoRelatedAddressWhereThereWasNone)
{
  FloeCandidate host = Candidate (FLOE_ICE_CANDIDATE_TYPE_HOST, "3c0b.local");

  floe_privacy_rules_mask (&rules_, &host);
  EXPECT_STREQ (host.related_address, "");
  EXPECT_EQ (host.related_port, 0);
}

TEST_P (PrivacyRules, MaskWhatReportsWouldShow)
{
  FloeCandidate host = Candidate (FLOE_ICE_CANDIDATE_TYPE_HOST, "10.0.0.5");
  FloeCandidate seen = Candidate (FLOE_ICE_CANDIDATE_TYPE_PRFLX, "2001:db8::1");

  floe_privacy_rules_mask (&rules_, &host);
  EXPECT_STREQ (host.address, GetParam ().address ? "10.0.0.5" : "0.0.0.0");
  EXPECT_EQ (host.port, GetParam ().address ? 4000 : 9);
  floe_privacy_rules_mask (&rules_, &seen);
  EXPECT_STREQ (seen.address, GetParam ().peer_reflexive ? "2001:db8::1" : "::");
  EXPECT_EQ (seen.port, GetParam ().peer_reflexive ? 4000 : 9);
  EXPECT_STREQ (seen.related_address, GetParam ().related ? "2001:db8::5" : "::");
}

TEST_P (PrivacyRules, SayWhatElseMayBe)
{
  EXPECT_EQ (rules_.tells_default, GetParam ().in_default);
  EXPECT_EQ (rules_.tells_nat, GetParam ().nat);
  EXPECT_EQ (rules_.uses_all_routes, GetParam ().all_routes);
  EXPECT_EQ (rules_.may_punch, GetParam ().punch);
  EXPECT_EQ (rules_.resolves_names, GetParam ().hostname);
  EXPECT_EQ (rules_.names_host, GetParam ().hostname && !GetParam ().address);
  EXPECT_EQ (rules_.may_listen, GetParam ().listen);
  EXPECT_EQ (rules_.follows_redirects, GetParam ().redirects);
  EXPECT_EQ (rules_.speaks_to_peers, GetParam ().private_to_global);
}

TEST_P (PrivacyRules, BoundWhereChecksGo)
{
  EXPECT_EQ (Sends ("10.0.0.5", "10.0.0.6"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("10.0.0.5", "169.254.0.6"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("10.0.0.5", "100.64.0.6"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("127.0.0.1", "127.0.0.1"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("fd00::5", "fd00::6"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("100.64.0.5", "10.0.0.6"), GetParam ().private_to_private);
  EXPECT_EQ (Sends ("10.0.0.5", "192.0.2.6"), GetParam ().private_to_global);
  EXPECT_EQ (Sends ("fd00::5", "2001:db8::6"), GetParam ().private_to_global);
  EXPECT_EQ (Sends ("2001:db8::5", "2001:db8::6"), GetParam ().from_global);
  EXPECT_EQ (Sends ("192.0.2.5", "198.51.100.6"), GetParam ().from_global);
  EXPECT_EQ (Sends ("192.0.2.5", "10.0.0.6"), GetParam ().from_global);
  EXPECT_EQ (Sends ("2001:db8::5", "fe80::6"), GetParam ().from_global);
}

INSTANTIATE_TEST_SUITE_P (Levels, PrivacyRules, testing::ValuesIn (levels),
                          [] (const auto &info) { return std::string (info.param.name); });
