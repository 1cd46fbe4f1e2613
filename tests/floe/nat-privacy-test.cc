/* SPDX-License-Identifier: MPL-2.0 */
#include <gmock/gmock.h>

#include "nat-facts-test.h"

extern "C"
{
#include "nat-privacy.h"
#include "nat-text.h"
}

using testing::HasSubstr;
using testing::Not;

TEST (NatPrivacy, IsToldOfAHomeInWords)
{
  NatFacts facts = MakeFacts ();

  EXPECT_EQ (TakeString (nat_text_format_privacy (&facts, 1)),
             "\n"
             "What those who you connect to, and where you meet, see (--privacy):\n"
             "  open            every address of this machine: 192.168.0.10 and 203.0.113.1\n"
             "  default-route   of these, only those of the interface that leads to the\n"
             "                  internet\n"
             "  obfuscated      203.0.113.1; the address in your own network only to those\n"
             "                  who are in it, too\n"
             "  no-host         203.0.113.1, and nothing of your own network\n"
             "  relay-only      no address; but there is no relay that works, and without one\n"
             "                  nobody is reached (--turn)\n");
}

TEST (NatPrivacy, NamesTheRelayThatLearnsTheAddress)
{
  const NatServer relay[] = { { "turn:b", nullptr, FLOE_NAT_FAULT_NONE, 1 } };
  NatFacts facts = MakeFacts ();

  facts.servers = relay;
  facts.n_servers = 1;
  EXPECT_EQ (TakeString (nat_privacy_describe (&facts, 1, FLOE_PRIVACY_LEVEL_RELAY_ONLY)),
             "no address but that of the relay; only turn:b learns yours");
}

TEST (NatPrivacy, CountsEachAddressOnceAndSaysWhereTheOutsideOneIsOurs)
{
  const NatFacts facts[] = { MakeFactsOfIpv6 (), MakeFacts (), MakeFacts () };

  EXPECT_EQ (TakeString (nat_privacy_describe (facts, 3, FLOE_PRIVACY_LEVEL_OPEN)),
             "every address of this machine: 2001:db8::1, 192.168.0.10 and 203.0.113.1");
  EXPECT_THAT (TakeString (nat_privacy_describe (facts, 3, FLOE_PRIVACY_LEVEL_NO_HOST)),
               HasSubstr ("2001:db8::1 and 203.0.113.1 (which is this machine's own)"));
}

TEST (NatPrivacy, ShowsNoOwnAddressFromObfuscatedOn)
{
  NatFacts facts = MakeFacts ();

  for (FloePrivacyLevel level :
       { FLOE_PRIVACY_LEVEL_OBFUSCATED, FLOE_PRIVACY_LEVEL_NO_HOST, FLOE_PRIVACY_LEVEL_RELAY_ONLY })
    EXPECT_THAT (TakeString (nat_privacy_describe (&facts, 1, level)),
                 Not (HasSubstr ("192.168.0.10")));
}

TEST (NatPrivacy, IsNotToldWithoutANetwork)
{
  NatFacts facts = {};

  EXPECT_EQ (TakeString (nat_text_format_privacy (&facts, 1)), "");
}

TEST (NatPrivacy, SaysThatThePublicAddressIsNotKnown)
{
  NatFacts facts = MakeFactsWithoutUdp (FLOE_NAT_ANSWER_NO, FLOE_NAT_ANSWER_NO);

  EXPECT_THAT (TakeString (nat_privacy_describe (&facts, 1, FLOE_PRIVACY_LEVEL_NO_HOST)),
               HasSubstr ("no server has told"));
}
