/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-candidate-guard-private.h"
#include "floe-local-addresses-private.h"
G_END_DECLS

class CandidateGuard : public testing::Test
{
protected:
  ~CandidateGuard () override
  {
    g_array_unref (addresses_);
  }

  void AddLocal (const char *text, gboolean is_loopback)
  {
    FloeLocalAddress address = {};

    g_strlcpy (address.text, text, sizeof address.text);
    address.is_loopback = is_loopback;
    g_array_append_val (addresses_, address);
  }

  bool Allows (const char *text, guint16 port = 5000)
  {
    NiceCandidate *candidate = nice_candidate_new (NICE_CANDIDATE_TYPE_HOST);
    FloeCandidateRules rules = { addresses_, &nat64_, allows_local_ };
    bool result;

    nice_address_set_from_string (&candidate->addr, text);
    nice_address_set_port (&candidate->addr, port);
    result = floe_candidate_guard_allows (candidate, &rules);
    nice_candidate_free (candidate);
    return result;
  }

  FloeNat64 nat64_ = {};
  gboolean allows_local_ = FALSE;
  GArray *addresses_ = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
};

TEST_F (CandidateGuard, RefusesLoopbackToAMachineThatGathersOnItsNetworkOnly)
{
  AddLocal ("192.0.2.1", FALSE);
  AddLocal ("2001:db8::1", FALSE);
  EXPECT_FALSE (Allows ("127.0.0.1"));
  EXPECT_FALSE (Allows ("127.8.9.10"));
  EXPECT_FALSE (Allows ("::1"));
  EXPECT_TRUE (Allows ("192.0.2.1"));
  EXPECT_TRUE (Allows ("10.0.0.1"));
  EXPECT_TRUE (Allows ("2001:db8::1"));
}

TEST_F (CandidateGuard, RefusesWhatIsNotPublicBehindNat64)
{
  static const guint8 prefix[FLOE_NAT64_IPV6_SIZE] = { 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x64 };

  AddLocal ("2001:db8::1", FALSE);
  EXPECT_TRUE (Allows ("64:ff9b::198.51.100.1"));
  EXPECT_FALSE (Allows ("64:ff9b::127.0.0.1"));
  EXPECT_FALSE (Allows ("64:ff9b::10.0.0.1"));
  EXPECT_FALSE (Allows ("64:ff9b::224.0.0.1"));
  EXPECT_TRUE (Allows ("2001:db8:64::192.168.0.1"));
  ASSERT_TRUE (floe_nat64_prefix_set (&nat64_.prefixes[0], prefix, 96));
  nat64_.count = 1;
  EXPECT_FALSE (Allows ("2001:db8:64::192.168.0.1"));
  EXPECT_FALSE (Allows ("2001:db8:64::255.255.255.255"));
  EXPECT_TRUE (Allows ("2001:db8:64::198.51.100.1"));
  EXPECT_TRUE (Allows ("2001:db8::2"));
}

TEST_F (CandidateGuard, AllowsLoopbackToWhoGathersThere)
{
  AddLocal ("192.0.2.1", FALSE);
  AddLocal ("127.0.0.1", TRUE);
  EXPECT_TRUE (Allows ("127.0.0.1"));
  EXPECT_TRUE (Allows ("::1"));
}

TEST_F (CandidateGuard, RefusesLoopbackWithoutAnyAddress)
{
  EXPECT_FALSE (Allows ("127.0.0.1"));
  EXPECT_TRUE (Allows ("192.0.2.1"));
}

TEST_F (CandidateGuard, RefusesALinkThatTheMachineIsNotOn)
{
  AddLocal ("192.0.2.1", FALSE);
  EXPECT_FALSE (Allows ("169.254.169.254"));
  AddLocal ("169.254.7.7", FALSE);
  EXPECT_TRUE (Allows ("169.254.169.254"));
  EXPECT_FALSE (Allows ("127.0.0.1"));
}

TEST_F (CandidateGuard, AllowsWhatIsNearToWhoAsksForIt)
{
  AddLocal ("192.0.2.1", FALSE);
  allows_local_ = TRUE;
  EXPECT_TRUE (Allows ("169.254.1.1"));
  EXPECT_TRUE (Allows ("127.0.0.1"));
  EXPECT_TRUE (Allows ("::1"));
  EXPECT_FALSE (Allows ("127.0.0.1", 80));
  EXPECT_FALSE (Allows ("224.0.0.251"));
  EXPECT_FALSE (Allows ("0.0.0.0"));
}

struct Target
{
  const char *name;
  const char *address;
  guint16 port;
  bool is_allowed;
};

class CandidateGuardTarget : public CandidateGuard, public testing::WithParamInterface<Target>
{
};

TEST_P (CandidateGuardTarget, IsJudgedByAddressAndPort)
{
  AddLocal ("192.0.2.1", FALSE);
  AddLocal ("2001:db8::1", FALSE);
  EXPECT_EQ (Allows (GetParam ().address, GetParam ().port), GetParam ().is_allowed);
}

INSTANTIATE_TEST_SUITE_P (Remote, CandidateGuardTarget,
                          testing::Values (Target{ "Public", "198.51.100.1", 50000, true },
                                           Target{ "FirstUserPort", "198.51.100.1", 1024, true },
                                           Target{ "LastSystemPort", "198.51.100.1", 1023, false },
                                           Target{ "Dns", "198.51.100.1", 53, false },
                                           Target{ "Ntp", "198.51.100.1", 123, false },
                                           Target{ "PublicHttp", "198.51.100.1", 80, true },
                                           Target{ "PublicHttps", "198.51.100.1", 443, true },
                                           Target{ "PrivateHttps", "192.168.0.1", 443, false },
                                           Target{ "CarriersHttps", "100.64.0.1", 443, false },
                                           Target{ "LocalHttps6", "fd00::1", 443, false },
                                           Target{ "PublicHttps6", "2600::1", 443, true },
                                           Target{ "Private", "192.168.0.1", 50000, true },
                                           Target{ "ThisNetwork", "0.1.2.3", 50000, false },
                                           Target{ "Reserved", "240.0.0.1", 50000, false },
                                           Target{ "Broadcast", "255.255.255.255", 50000, false },
                                           Target{ "Multicast", "239.1.2.3", 50000, false },
                                           Target{ "Multicast6", "ff0e::1", 50000, false },
                                           Target{ "LinkLocal6", "fe80::1", 50000, false },
                                           Target{ "Mapped", "::ffff:127.0.0.1", 50000, false },
                                           Target{ "Compatible", "::127.0.0.2", 50000, false },
                                           Target{ "SixToFour", "2002:7f00:1::1", 50000, false },
                                           Target{ "Teredo", "2001:0:c000:201::1", 50000, false },
                                           Target{ "NotTeredo", "2001:4860::1", 50000, true },
                                           Target{ "SiteLocal", "fec0::1", 50000, false },
                                           Target{ "SiteLocalToo", "feff::1", 50000, false },
                                           Target{ "Discard", "100::1", 50000, false },
                                           Target{ "OthersNat64", "64:ff9b:1::7f00:1", 50000,
                                                   false }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST_F (CandidateGuard, CountsTheAddressesOfEachAgent)
{
  NiceAgent *agent = nice_agent_new (nullptr, NICE_COMPATIBILITY_RFC5245);
  NiceAgent *other = nice_agent_new (nullptr, NICE_COMPATIBILITY_RFC5245);

  for (int i = 0; i < FLOE_MAX_REFLEXIVE_ADDRESSES; i++)
    ASSERT_FALSE (floe_candidate_guard_is_flooded (agent)) << i;
  EXPECT_TRUE (floe_candidate_guard_is_flooded (agent));
  EXPECT_TRUE (floe_candidate_guard_is_flooded (agent));
  EXPECT_FALSE (floe_candidate_guard_is_flooded (other));
  g_object_unref (agent);
  g_object_unref (other);
}
