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

  bool Allows (const char *text)
  {
    NiceCandidate *candidate = nice_candidate_new (NICE_CANDIDATE_TYPE_HOST);
    bool result;

    nice_address_set_from_string (&candidate->addr, text);
    nice_address_set_port (&candidate->addr, 5000);
    result = floe_candidate_guard_allows (candidate, addresses_, &nat64_);
    nice_candidate_free (candidate);
    return result;
  }

  FloeNat64 nat64_ = {};
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
