/* SPDX-License-Identifier: MPL-2.0 */
/* What "floe nat" makes of a report: how well others are reached, the exit status, and the words.
 */
#include "nat-facts-test.h"

#include <gmock/gmock.h>

extern "C"
{
#include "nat-text.h"
#include "nat-words.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

constexpr int answers = FLOE_NAT_ANSWER_YES + 1;
constexpr int behaviours = FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT + 1;
constexpr int allocations = FLOE_NAT_ALLOCATION_PORT_BLOCK + 1;

struct Reach
{
  FloeNatAnswer udp, tcp, tls, translation;
  FloeNatBehaviour mapping, filtering;
  NatReach reach;
  int status;
};

#define YES FLOE_NAT_ANSWER_YES
#define NO FLOE_NAT_ANSWER_NO
#define DUNNO FLOE_NAT_ANSWER_UNKNOWN
#define INDEPENDENT FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT
#define BY_ADDRESS FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
#define BY_PORT FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT
#define BY_SOMETHING FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT
#define UNKNOWN FLOE_NAT_BEHAVIOUR_UNKNOWN

TEST (NatFactsReach, FollowsFromUdpMappingAndFiltering)
{
  const Reach cases[] = {
    { YES, DUNNO, DUNNO, NO, INDEPENDENT, INDEPENDENT, NAT_REACH_ALL, 0 },
    { YES, DUNNO, DUNNO, NO, UNKNOWN, UNKNOWN, NAT_REACH_MOST, 0 },
    { YES, DUNNO, DUNNO, YES, INDEPENDENT, INDEPENDENT, NAT_REACH_ALL, 0 },
    { YES, DUNNO, DUNNO, YES, INDEPENDENT, BY_ADDRESS, NAT_REACH_ALL, 0 },
    { YES, DUNNO, DUNNO, YES, INDEPENDENT, BY_PORT, NAT_REACH_MOST, 0 },
    { YES, DUNNO, DUNNO, YES, INDEPENDENT, UNKNOWN, NAT_REACH_MOST, 0 },
    { YES, NO, NO, YES, UNKNOWN, INDEPENDENT, NAT_REACH_UNCLEAR, 0 },
    { YES, NO, NO, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_UNCLEAR, 0 },
    { YES, YES, YES, YES, BY_ADDRESS, BY_ADDRESS, NAT_REACH_SOME, 0 },
    { YES, YES, YES, YES, BY_PORT, INDEPENDENT, NAT_REACH_SOME, 0 },
    { YES, YES, YES, YES, BY_SOMETHING, UNKNOWN, NAT_REACH_SOME, 0 },
    { NO, YES, YES, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_RELAY, 3 },
    { NO, NO, YES, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_RELAY, 3 },
    { DUNNO, YES, DUNNO, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_RELAY, 3 },
    { NO, NO, NO, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_NONE, 4 },
    { NO, DUNNO, DUNNO, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_NONE, 4 },
    { DUNNO, DUNNO, DUNNO, DUNNO, UNKNOWN, UNKNOWN, NAT_REACH_NONE, 4 },
  };

  for (const Reach &c : cases)
    {
      NatFacts facts = {};
      facts.udp = c.udp;
      facts.tcp = c.tcp;
      facts.tls = c.tls;
      facts.translation = c.translation;
      facts.mapping = c.mapping;
      facts.filtering = c.filtering;
      EXPECT_EQ (nat_facts_get_reach (&facts), c.reach) << &c - cases;
      EXPECT_EQ (exit_status_to_int (nat_facts_get_status (&facts)), c.status) << &c - cases;
    }
}

TEST (NatFactsReach, IsThatOfARelayWhereUdpGetsOutToAFewPortsOnly)
{
  NatFacts facts = MakeFacts ();

  facts.udp_limited = YES;
  for (int filtering = 0; filtering < behaviours; filtering++)
    {
      facts.filtering = (FloeNatBehaviour) filtering;
      EXPECT_EQ (nat_facts_get_reach (&facts), NAT_REACH_LIMITED);
      EXPECT_EQ (nat_facts_get_status (&facts), EXIT_STATUS_OK) << "UDP works";
    }
  facts.udp_limited = NO;
  facts.filtering = INDEPENDENT;
  EXPECT_EQ (nat_facts_get_reach (&facts), NAT_REACH_ALL);
}

TEST (NatFactsReach, IsNotKnownWhereNoNameWasFound)
{
  const NatServer servers[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_UNRESOLVED, -1 },
                                { "stun:b", nullptr, FLOE_NAT_FAULT_UNRESOLVED, -1 },
                                { "stun:c", nullptr, FLOE_NAT_FAULT_OTHER_FAMILY, -1 },
                                { "stun:d", nullptr, FLOE_NAT_FAULT_SILENT, -1 } };
  const NatReach reaches[] = { NAT_REACH_NONE, NAT_REACH_UNRESOLVED, NAT_REACH_UNRESOLVED,
                               NAT_REACH_UNTESTED, NAT_REACH_NONE };
  NatFacts facts = {};

  facts.servers = servers;
  for (gsize count = 0; count < G_N_ELEMENTS (reaches); count++)
    {
      facts.n_servers = count;
      EXPECT_EQ (nat_facts_get_reach (&facts), reaches[count]) << count;
      EXPECT_EQ (nat_facts_get_status (&facts), EXIT_STATUS_UNREACHABLE);
    }
  facts.tls = YES;
  EXPECT_EQ (nat_facts_get_reach (&facts), NAT_REACH_RELAY) << "a proxy knows the name";
}

TEST (NatFactsReach, IsNotKnownWhereNoServerHasAnAddressOfTheFamily)
{
  const NatServer servers[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_OTHER_FAMILY, -1 },
                                { "stun:b", nullptr, FLOE_NAT_FAULT_SILENT, -1 } };
  NatFacts facts = {};

  facts.servers = servers;
  facts.n_servers = 1;
  EXPECT_EQ (nat_facts_get_reach (&facts), NAT_REACH_UNTESTED);
  facts.n_servers = 2;
  EXPECT_EQ (nat_facts_get_reach (&facts), NAT_REACH_NONE);
}

TEST (NatFactsOrder, IsTheBestFirstAndIpv4BeforeIpv6)
{
  NatFacts home = MakeFacts (), ipv6 = MakeFactsOfIpv6 (), open = MakeFactsOfIpv6 ();
  NatFacts blocked = MakeFactsWithoutUdp (YES, YES);

  open.filtering = INDEPENDENT;
  EXPECT_LT (nat_facts_compare (&home, &ipv6), 0);
  EXPECT_GT (nat_facts_compare (&home, &open), 0);
  EXPECT_LT (nat_facts_compare (&home, &blocked), 0);
  EXPECT_EQ (nat_facts_compare (&home, &home), 0);
}

TEST (NatFactsRelay, IsTheTurnServerWithoutFaultThatAnswersFirst)
{
  const NatServer servers[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_NONE, 1 },
                                { "turn:b", nullptr, FLOE_NAT_FAULT_NONE, -1 },
                                { "TURNS:c", nullptr, FLOE_NAT_FAULT_NONE, 9 },
                                { "turn:d", nullptr, FLOE_NAT_FAULT_REFUSED, 2 } };
  NatFacts facts = MakeFacts ();

  EXPECT_EQ (nat_facts_find_relay (&facts), nullptr);
  facts.servers = servers;
  facts.n_servers = 4;
  EXPECT_EQ (nat_facts_find_relay (&facts), &servers[2]);
  facts.n_servers = 2;
  EXPECT_EQ (nat_facts_find_relay (&facts), &servers[1]);
  facts.n_servers = 1;
  EXPECT_EQ (nat_facts_find_relay (&facts), nullptr);
}

/* What holds for whatever a report says. */
void
ExpectSensible (const NatFacts &facts, const std::string &text)
{
  size_t begin = 0;

  ASSERT_FALSE (text.empty ());
  EXPECT_EQ (text.back (), '\n') << text;
  for (const char *never : { "unknown", "(null)", "  - ", "..", "( ", "\n\n\n", ": :" })
    EXPECT_THAT (text, Not (HasSubstr (never)));
  EXPECT_EQ (text.find ("\nWhat to do:\n- ") == std::string::npos, false) << text;
  EXPECT_EQ (text.find ("\n  NAT  ") == std::string::npos, facts.udp != YES) << text;
  EXPECT_EQ (text.find ("\n  Firewall  ") == std::string::npos, facts.udp != YES) << text;
  EXPECT_EQ (text.find ("\n  UDP  ") == std::string::npos,
             facts.udp == YES && facts.udp_limited != YES)
      << text;
  EXPECT_EQ (text.find ("\n  Proxy  ") == std::string::npos,
             facts.udp == YES || facts.proxy == nullptr)
      << text;
  EXPECT_EQ (text.find ("\n  Rewrites  ") == std::string::npos, facts.rewriting != YES) << text;
  for (size_t end; (end = text.find ('\n', begin)) != std::string::npos; begin = end + 1)
    {
      EXPECT_LE (end - begin, 79U) << text;
      EXPECT_TRUE (end == begin || text[end - 1] != ' ') << text;
    }
}

TEST (NatText, IsSensibleForEveryCombination)
{
  const NatServer servers[] = { { "turn:relay.example", "192.0.2.1:3478", FLOE_NAT_FAULT_NONE, 1 },
                                { "stun:stun.example", nullptr, FLOE_NAT_FAULT_UNRESOLVED, -1 } };

  for (int i = 0; i < answers * answers * answers * answers * answers; i++)
    for (int j = 0; j < behaviours * behaviours * allocations; j++)
      {
        NatFacts facts = MakeFacts ();
        facts.udp = (FloeNatAnswer) (i % 3);
        facts.tcp = (FloeNatAnswer) (i / 3 % 3);
        facts.tls = (FloeNatAnswer) (i / 9 % 3);
        facts.carrier = facts.hairpin = (FloeNatAnswer) (i / 27 % 3);
        facts.translation = (FloeNatAnswer) (i / 81 % 3);
        if (facts.udp != YES && j > 0)
          break;
        facts.mapping = (FloeNatBehaviour) (j % behaviours);
        facts.filtering = (FloeNatBehaviour) (j / behaviours % behaviours);
        facts.allocation = (FloeNatAllocation) (j / behaviours / behaviours);
        facts.udp_limited = facts.rewriting = (FloeNatAnswer) ((i + j) / 2 % 3);
        facts.proxy = i % 2 == 0 ? nullptr : "proxy.example:3128";
        facts.servers = &servers[(j + i) / 2 % 2];
        facts.n_servers = (j + i) % 2;
        std::string text = TakeString (nat_text_format (&facts, 1, FALSE));
        ExpectSensible (facts, text);
        if (HasFailure ())
          return;
      }
}

TEST (NatText, OfAHomeCanBeReadWithoutKnowingTheTerms)
{
  NatFacts facts = MakeFacts ();

  EXPECT_EQ (TakeString (nat_text_format (&facts, 1, FALSE)),
             "Direct connections will work from here to almost everyone.\n"
             "\n"
             "  Network         eth0, IPv4, 192.168.0.10\n"
             "  Public address  203.0.113.1\n"
             "  NAT             everybody sees you at the same address and port\n"
             "                  (endpoint-independent mapping)\n"
             "  Firewall        lets in only answers to what you have sent (address- and\n"
             "                  port-dependent filtering)\n"
             "  Port numbers    the same number outside as here, while it is free\n"
             "                  (port-preserving)\n"
             "\n"
             "What to do:\n"
             "- Nothing needs to be done for most people. For those in some mobile and\n"
             "  company networks give a relay, a TURN server (--turn).\n"
             "- To reach those directly as well, forward some UDP ports to this computer in\n"
             "  the settings of the router, and use them (--port-range).\n");
}

TEST (NatText, SaysWhatIsLeftWhereUdpIsBlocked)
{
  NatFacts both = MakeFactsWithoutUdp (YES, YES), tcp = MakeFactsWithoutUdp (YES, NO);
  NatFacts tls = MakeFactsWithoutUdp (NO, YES), none = MakeFactsWithoutUdp (NO, NO);

  EXPECT_EQ (
      TakeString (nat_words_verdict (&both, "")),
      "UDP is blocked: connections will work from here only through a relay, over TCP or TLS.");
  EXPECT_THAT (TakeString (nat_words_verdict (&tcp, "")), HasSubstr ("over TCP."));
  EXPECT_THAT (TakeString (nat_words_verdict (&tls, "over IPv4")),
               testing::StartsWith ("UDP is blocked over IPv4: "));
  EXPECT_THAT (TakeString (nat_words_verdict (&tls, "")), HasSubstr ("over TLS."));
  EXPECT_THAT (TakeString (nat_words_verdict (&none, "")), HasSubstr ("Nothing gets out"));
}

TEST (NatText, SaysThatAFewPortsAreNotUdp)
{
  const NatServer silent[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_SILENT, -1 } };
  const NatServer relay[] = { { "turn:b:443", nullptr, FLOE_NAT_FAULT_NONE, 1 } };
  NatFacts facts = MakeFacts ();
  std::string text;

  facts.udp_limited = YES;
  facts.servers = silent;
  facts.n_servers = 1;
  text = TakeString (nat_text_format (&facts, 1, FALSE));
  EXPECT_THAT (text, testing::StartsWith ("Only some UDP ports get out (443): direct connections "
                                          "will mostly fail; a relay\non UDP port 443 works.\n"));
  EXPECT_THAT (text, HasSubstr ("--turn=turn:HOST:443"));
  EXPECT_THAT (text, Not (HasSubstr ("is it running"))) << "its port is shut, and no fault of it";
  facts.servers = relay;
  text = TakeString (nat_text_format (&facts, 1, FALSE));
  EXPECT_THAT (
      text, testing::AllOf (HasSubstr ("The relay stands in"), Not (HasSubstr ("Give a relay"))));
}

TEST (NatText, SaysThatNamesWereNotFound)
{
  const NatServer servers[] = { { "stun:nobody", nullptr, FLOE_NAT_FAULT_UNRESOLVED, -1 } };
  NatFacts facts = {};

  facts.interface = "eth0";
  facts.family = G_SOCKET_FAMILY_IPV4;
  facts.base_address = "192.168.0.10";
  facts.servers = servers;
  facts.n_servers = 1;
  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)),
               testing::AllOf (testing::StartsWith ("Nothing is known: the servers' names were not "
                                                    "found, so nobody could be asked.\n"),
                               HasSubstr ("DNS may be wrong"), HasSubstr ("An address in place"),
                               HasSubstr ("stun:nobody has a name that was not found")));
}

TEST (NatText, NamesTheProxyThatIsNeeded)
{
  NatFacts facts = MakeFactsWithoutUdp (YES, YES), home = MakeFacts ();
  std::string text;

  facts.proxy = home.proxy = "proxy.example:3128";
  text = TakeString (nat_text_format (&facts, 1, FALSE));
  EXPECT_THAT (text, testing::StartsWith ("UDP is blocked: connections will work from here only "
                                          "through a relay, over TCP\nor TLS and the proxy.\n"));
  EXPECT_THAT (text,
               HasSubstr ("\n  Proxy           TCP and TLS get out through proxy.example:3128\n"));
  EXPECT_THAT (TakeString (nat_text_format (&home, 1, FALSE)), Not (HasSubstr ("roxy")));
}

TEST (NatText, SaysThatPacketsAreRewritten)
{
  NatFacts facts = MakeFacts ();

  facts.rewriting = YES;
  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)),
               HasSubstr ("\n  Rewrites        yes: something on the way changes addresses"));
  facts.rewriting = NO;
  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)), Not (HasSubstr ("Rewrites")));
}

TEST (NatAdvice, DependsOnWhatIsThere)
{
  const NatServer relay[] = { { "turn:b", nullptr, FLOE_NAT_FAULT_NONE, 1 } };
  const NatServer tls[] = { { "turns:b", nullptr, FLOE_NAT_FAULT_SILENT, -1 } };
  NatFacts hard = MakeFacts (), dead = MakeFactsWithoutUdp (NO, NO);
  NatFacts blocked = MakeFactsWithoutUdp (NO, YES), poisoned = MakeFacts ();

  hard.mapping = BY_PORT;
  EXPECT_THAT (TakeString (nat_text_format (&hard, 1, FALSE)),
               testing::AllOf (HasSubstr ("Give a relay"), HasSubstr ("symmetric"),
                               Not (HasSubstr ("provider"))));
  hard.carrier = YES;
  hard.servers = relay;
  hard.n_servers = 1;
  EXPECT_THAT (TakeString (nat_text_format (&hard, 1, FALSE)),
               testing::AllOf (HasSubstr ("The relay stands in"), HasSubstr ("ask your provider"),
                               Not (HasSubstr ("symmetric")), Not (HasSubstr ("Give a relay"))));
  EXPECT_THAT (TakeString (nat_text_format (&dead, 1, FALSE)), HasSubstr ("turns:HOST:443"));
  dead.servers = tls;
  dead.n_servers = 1;
  EXPECT_THAT (TakeString (nat_text_format (&dead, 1, FALSE)), Not (HasSubstr ("turns:HOST:443")));
  EXPECT_THAT (TakeString (nat_text_format (&blocked, 1, FALSE)), HasSubstr ("turns:HOST:443"));
  blocked.servers = relay;
  blocked.n_servers = 1;
  EXPECT_THAT (TakeString (nat_text_format (&blocked, 1, FALSE)), HasSubstr ("The relay works"));
  poisoned.poisoning = YES;
  EXPECT_THAT (TakeString (nat_text_format (&poisoned, 1, FALSE)),
               testing::AllOf (HasSubstr ("  Spoils ports    yes: "),
                               HasSubstr ("let the other side begin")));
}

TEST (NatText, OfSeveralNetworksIsShortWhereTheyAreAlike)
{
  NatFacts facts[] = { MakeFacts (), MakeFacts () };

  facts[1].interface = "wlan0";
  facts[1].base_address = "192.168.1.7";
  EXPECT_THAT (
      TakeString (nat_text_format (facts, 2, FALSE)),
      HasSubstr ("\n\nwlan0, IPv4, 192.168.1.7, outside 203.0.113.1: the same as eth0.\n"));
}

TEST (NatText, OfSeveralNetworksTellsThemApart)
{
  NatFacts facts[] = { MakeFactsOfIpv6 (), MakeFacts () };
  std::string text;

  facts[1].mapping = BY_PORT;
  text = TakeString (nat_text_format (facts, 2, FALSE));
  EXPECT_THAT (text, testing::StartsWith ("Direct connections over IPv6 will work from here to "
                                          "almost everyone.\n"));
  EXPECT_THAT (text, HasSubstr ("\n\nDirect connections over IPv4 will work from here only to"));
  EXPECT_THAT (text, HasSubstr ("Whoever has IPv6 is reached over that."));
  facts[0] = MakeFacts ();
  facts[0].interface = "wlan0";
  text = TakeString (nat_text_format (facts, 2, FALSE));
  EXPECT_THAT (text, testing::StartsWith ("Direct connections through wlan0 will work"));
}

TEST (NatText, IsOneLineForAFamilyThatNoServerHas)
{
  const NatServer four[] = { { "stun:a", "192.0.2.1:3478", FLOE_NAT_FAULT_NONE, 20300 } };
  const NatServer six[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_OTHER_FAMILY, -1 } };
  NatFacts facts[] = { MakeFacts (), {} };
  std::string text;

  facts[0].servers = four;
  facts[1].servers = six;
  facts[0].n_servers = facts[1].n_servers = 1;
  facts[1].interface = "eth0";
  facts[1].family = G_SOCKET_FAMILY_IPV6;
  facts[1].base_address = "2001:db8::1";
  text = TakeString (nat_text_format (facts, 2, FALSE));
  EXPECT_THAT (text, testing::StartsWith ("Direct connections will work"));
  EXPECT_THAT (text,
               HasSubstr ("\n\nNothing is known of eth0, IPv6, 2001:db8::1: no server has an"));
  EXPECT_THAT (text, Not (HasSubstr ("Servers with a fault")));
}

TEST (NatText, NamesEachServerWithAFaultOnceAndInWords)
{
  const NatServer servers[] = { { "stun:a", nullptr, FLOE_NAT_FAULT_SILENT, -1 },
                                { "turn:b", "192.0.2.1:3478", FLOE_NAT_FAULT_REFUSED, 3100 },
                                { "stun:c", "192.0.2.2:3478", FLOE_NAT_FAULT_NONE, 3100 } };
  NatFacts facts[] = { MakeFacts (), MakeFacts () };
  std::string text;

  for (NatFacts &one : facts)
    {
      one.servers = servers;
      one.n_servers = 3;
    }
  text = TakeString (nat_text_format (facts, 2, FALSE));
  EXPECT_THAT (text, testing::EndsWith ("\nServers with a fault:\n"
                                        "- stun:a gave no answer of use: is it running, and is "
                                        "this its address?\n"
                                        "- turn:b refused: are --turn-user and the password "
                                        "right?\n"));
  EXPECT_EQ (nat_words_fault (FLOE_NAT_FAULT_NONE), nullptr);
  for (int i = 1; i <= FLOE_NAT_FAULT_UNRESOLVED; i++)
    EXPECT_NE (nat_words_fault ((FloeNatFault) i), nullptr) << i;
}

TEST (NatText, ShowsTheEvidenceWhenAsked)
{
  const NatServer servers[] = { { "stun:a", "192.0.2.2:3478", FLOE_NAT_FAULT_NONE, 20300 },
                                { "turn:b", "192.0.2.1:3478", FLOE_NAT_FAULT_BROKEN_RELAY, 3100 } };
  NatFacts facts = MakeFacts ();
  std::string text;

  facts.proofs[FLOE_NAT_ASPECT_MAPPING] = { FLOE_NAT_CONFIDENCE_HIGH, "two servers agree" };
  facts.proofs[FLOE_NAT_ASPECT_FILTERING] = { FLOE_NAT_CONFIDENCE_NONE, nullptr };
  facts.servers = servers;
  facts.n_servers = 2;
  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)), Not (HasSubstr ("agree")));
  text = TakeString (nat_text_format (&facts, 1, TRUE));
  EXPECT_THAT (text, HasSubstr ("\n  How this is known (40 packets in 412 ms):\n"
                                "  NAT             sure: two servers agree\n"
                                "  Servers         stun:a (192.0.2.2:3478) answers in 20.3 ms\n"
                                "                  turn:b (192.0.2.1:3478) answers in 3.1 ms, but "
                                "does not\n"
                                "                  relay: "));
}

TEST (NatText, LeavesOutWhatATerminalActsUpon)
{
  NatFacts facts = MakeFacts ();

  facts.interface = "e\033[2Jth\n0";
  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)), Not (HasSubstr ("\033")));
}

TEST (NatText, OfNoNetworkAtAllSaysSo)
{
  NatFacts facts = {};

  EXPECT_THAT (TakeString (nat_text_format (&facts, 1, FALSE)),
               testing::AllOf (testing::StartsWith ("Nothing seems to get out: "),
                               HasSubstr ("  Network         none that leads to"),
                               HasSubstr ("check the cable")));
}

TEST (NatText, CountsTheServersItWaitsFor)
{
  EXPECT_EQ (TakeString (nat_text_format_waiting (1)), "asking 1 server...");
  EXPECT_EQ (TakeString (nat_text_format_waiting (3)), "asking 3 servers...");
}

} // namespace
