/* SPDX-License-Identifier: MPL-2.0 */
/* Whom punching goes to, where from, and which ports are likely: drawn from what both sides told.
 */
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-punch-budget-private.h"
#include "floe-punch-facts-private.h"

#include <gmock/gmock.h>

#include "floe-test.h"

namespace
{

using testing::ElementsAre;

FloeCandidate
Candidate (FloeIceCandidateType type, const char *address, guint16 port, const char *related = "")
{
  FloeCandidate candidate = {};

  candidate.component = 1;
  candidate.transport = FLOE_CANDIDATE_UDP;
  candidate.type = type;
  candidate.port = port;
  g_strlcpy (candidate.address, address, sizeof candidate.address);
  g_strlcpy (candidate.related_address, related, sizeof candidate.related_address);
  return candidate;
}

FloeCandidate
Host (const char *address, guint16 port)
{
  return Candidate (FLOE_ICE_CANDIDATE_TYPE_HOST, address, port);
}

FloeCandidate
Reflexive (const char *address, guint16 port, const char *related = "")
{
  return Candidate (FLOE_ICE_CANDIDATE_TYPE_SRFLX, address, port, related);
}

FloeCandidate
Relay (const char *address, guint16 port)
{
  return Candidate (FLOE_ICE_CANDIDATE_TYPE_RELAY, address, port);
}

std::string
Text (const FloeStunAddress &address)
{
  return address.size == 0 ? "nobody" : TakeString (floe_stun_address_to_text_with_port (&address));
}

class PunchFacts : public testing::Test
{
protected:
  PunchFacts ()
  {
    context_.locals = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
    context_.remotes = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
    context_.local.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
    context_.remote.mapping = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
    tactic_.part = FLOE_STRATEGY_PART_SPRAY;
    tactic_.probes = 2048;
    witness_.is_alive = TRUE;
    AddAddress ("lo", "127.0.0.1", TRUE);
    AddAddress ("eth0", "fd00::1", FALSE);
    AddAddress ("eth0", "192.168.1.10", FALSE);
    AddAddress ("eth1", "10.0.0.7", FALSE);
  }
  ~PunchFacts () override
  {
    floe_punch_facts_clear (&facts_);
    g_array_unref (context_.locals);
    g_array_unref (context_.remotes);
    g_array_unref (addresses_);
  }

  void AddAddress (const char *interface, const char *text, gboolean is_loopback)
  {
    FloeLocalAddress address = {};

    g_strlcpy (address.interface, interface, sizeof address.interface);
    g_strlcpy (address.text, text, sizeof address.text);
    address.is_loopback = is_loopback;
    g_array_append_val (addresses_, address);
  }
  void TellLocal (const FloeCandidate &candidate)
  {
    g_array_append_vals (context_.locals, &candidate, 1);
  }
  void TellRemote (const FloeCandidate &candidate)
  {
    g_array_append_vals (context_.remotes, &candidate, 1);
  }
  /* What there is in most cases. */
  void TellUsual ()
  {
    TellLocal (Reflexive ("203.0.113.1", 4000, "192.168.1.10"));
    TellRemote (Host ("192.168.7.7", 5000));
    TellRemote (Reflexive ("198.51.100.2", 6000));
  }
  bool Collect ()
  {
    floe_punch_facts_clear (&facts_);
    return floe_punch_facts_collect (&facts_, &context_, &tactic_, &witness_, addresses_);
  }
  std::pair<guint, guint> Block () const
  {
    return { facts_.config.pool.block_min, facts_.config.pool.block_max };
  }

  FloeTacticContext context_ = {};
  FloeStrategyTactic tactic_ = {};
  FloeIceWitness witness_ = {};
  GArray *addresses_ = g_array_new (FALSE, FALSE, sizeof (FloeLocalAddress));
  FloePunchFacts facts_ = {};
};

TEST_F (PunchFacts, GoesToTheFirstReflexiveAddressThatThePeerTold)
{
  TellUsual ();
  TellRemote (Reflexive ("198.51.100.9", 7000));
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Text (facts_.request.target), "198.51.100.2:6000");
}

TEST_F (PunchFacts, GoesToThePublicAddressOfAHostBehindAFilter)
{
  TellLocal (Reflexive ("203.0.113.1", 4000, "192.168.1.10"));
  TellRemote (Host ("192.168.7.7", 5000));
  TellRemote (Host ("198.51.100.3", 5001));
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Text (facts_.request.target), "198.51.100.3:5001");
}

TEST_F (PunchFacts, GoesNowhereWithoutAPublicAddressOfThePeer)
{
  TellLocal (Reflexive ("203.0.113.1", 4000, "192.168.1.10"));
  EXPECT_FALSE (Collect ());
  for (const char *address :
       { "192.168.7.7", "10.1.1.1", "100.64.3.4", "127.0.0.1", "169.254.1.1", "224.0.0.1",
         "255.255.255.255", "0.0.0.0", "2001:db8::1", "peer.local", "" })
    {
      TellRemote (Host (address, 5000));
      TellRemote (Reflexive (address, 5000));
    }
  TellRemote (Relay ("198.51.100.2", 6000));
  EXPECT_FALSE (Collect ());
}

TEST_F (PunchFacts, LeavesFromTheAddressThatTheReflexiveOneBelongsTo)
{
  TellLocal (Host ("192.168.1.10", 1));
  TellLocal (Reflexive ("203.0.113.1", 4000, "10.0.0.7"));
  TellRemote (Reflexive ("198.51.100.2", 6000));
  ASSERT_TRUE (Collect ());
  EXPECT_STREQ (facts_.base_text, "10.0.0.7");
  EXPECT_EQ (Text (facts_.base), "10.0.0.7:0");
}

TEST_F (PunchFacts, LeavesFromTheFirstAddressWhenThatIsHidden)
{
  TellLocal (Reflexive ("203.0.113.1", 4000, "0.0.0.0"));
  TellRemote (Reflexive ("198.51.100.2", 6000));
  ASSERT_TRUE (Collect ());
  EXPECT_STREQ (facts_.base_text, "192.168.1.10");
}

TEST_F (PunchFacts, LeavesFromNowhereWithoutAnIpv4AddressOfTheHost)
{
  TellUsual ();
  g_array_set_size (addresses_, 2);
  EXPECT_FALSE (Collect ());
}

TEST_F (PunchFacts, TellsTheBudgetWhatBothSidesToldAndWhatIsOurs)
{
  TellUsual ();
  TellRemote (Relay ("198.51.100.200", 6001));
  ASSERT_TRUE (Collect ());
  ASSERT_EQ (facts_.request.named_count, 1u);
  EXPECT_EQ (Text (facts_.request.named[0]), "198.51.100.2:6000");
  ASSERT_EQ (facts_.request.own_count, 5u);
  EXPECT_EQ (Text (facts_.request.own[0]), "203.0.113.1:4000");
  EXPECT_EQ (Text (facts_.request.own[3]), "192.168.1.10:0");
  EXPECT_STREQ (facts_.request.pair, "203.0.113.1 198.51.100.2");
  EXPECT_TRUE (facts_.request.has_consent);
}

TEST_F (PunchFacts, KeepsNoMoreOfAFloodOfCandidatesThanItsBound)
{
  TellUsual ();
  for (guint i = 0; i < 500; i++)
    TellRemote (Reflexive ("198.51.100.2", 10000 + i));
  tactic_.pool = 2016;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.request.named_count, (guint) FLOE_PUNCH_MAX_NAMED);
}

TEST_F (PunchFacts, HasNoConsentFromAPathThatIsSilent)
{
  TellUsual ();
  witness_.is_alive = FALSE;
  ASSERT_TRUE (Collect ());
  EXPECT_FALSE (facts_.request.has_consent);
}

TEST_F (PunchFacts, SawThePeerWhereOurRelaySeesItAndNotWhereItsRelayIs)
{
  TellUsual ();
  witness_.remote = Candidate (FLOE_ICE_CANDIDATE_TYPE_PRFLX, "198.51.100.77", 9);
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Text (facts_.request.seen), "198.51.100.77:9");

  TellRemote (Relay ("198.51.100.77", 1234));
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Text (facts_.request.seen), "nobody");

  /* Beside the relay itself. */
  witness_.remote = Candidate (FLOE_ICE_CANDIDATE_TYPE_PRFLX, "192.168.1.77", 9);
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Text (facts_.request.seen), "nobody");
}

struct RoleCase
{
  const char *name;
  FloeStrategyPart part;
  FloePunchRole role;
  guint socket_count;
  guint packet_count;
};

class PunchFactsRole : public PunchFacts, public testing::WithParamInterface<RoleCase>
{
};

TEST_P (PunchFactsRole, AsksForWhatThePartNeeds)
{
  TellUsual ();
  tactic_.part = GetParam ().part;
  tactic_.sockets = 200;
  tactic_.probes = 300;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.config.role, GetParam ().role);
  EXPECT_EQ (facts_.request.socket_count, GetParam ().socket_count);
  EXPECT_EQ (facts_.request.packet_count, GetParam ().packet_count);
}

INSTANTIATE_TEST_SUITE_P (
    Parts, PunchFactsRole,
    testing::Values (RoleCase{ "Open", FLOE_STRATEGY_PART_OPEN, FLOE_PUNCH_ROLE_MANY, 200, 0 },
                     RoleCase{ "Spray", FLOE_STRATEGY_PART_SPRAY, FLOE_PUNCH_ROLE_ONE, 1, 332 },
                     RoleCase{ "Block", FLOE_STRATEGY_PART_BLOCK, FLOE_PUNCH_ROLE_ONE, 1, 332 }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (PunchFacts, KnowsThatAnEndpointIndependentPeerHasOnePort)
{
  TellUsual ();
  ASSERT_TRUE (Collect ());
  EXPECT_FALSE (facts_.config.is_peer_port_exact);
  context_.remote.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  ASSERT_TRUE (Collect ());
  EXPECT_TRUE (facts_.config.is_peer_port_exact);
  context_.remote.mapping = FLOE_NAT_BEHAVIOUR_UNKNOWN;
  context_.remote.is_translated = FLOE_NAT_ANSWER_NO;
  ASSERT_TRUE (Collect ());
  EXPECT_TRUE (facts_.config.is_peer_port_exact);
}

TEST_F (PunchFacts, HoldsPrimersBackWhereStrangersSpoilPorts)
{
  TellUsual ();
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.config.primer_ttl, 0u);
  context_.remote.poisoning = FLOE_NAT_ANSWER_YES;
  ASSERT_TRUE (Collect ());
  EXPECT_NE (facts_.config.primer_ttl, 0u);
}

struct PoolCase
{
  const char *name;
  guint pool;
  std::vector<guint16> ports; /* beside that of the target, 6000 */
  std::pair<guint, guint> block;
};

class PunchFactsPool : public PunchFacts, public testing::WithParamInterface<PoolCase>
{
};

TEST_P (PunchFactsPool, LearnsTheBlockFromThePortsThatWereTold)
{
  TellUsual ();
  for (guint16 port : GetParam ().ports)
    TellRemote (Reflexive ("198.51.100.2", port));
  TellRemote (Reflexive ("198.51.100.99", 40000)); /* of another NAT */
  tactic_.pool = GetParam ().pool;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Block (), GetParam ().block);
}

INSTANTIATE_TEST_SUITE_P (
    Blocks, PunchFactsPool,
    testing::Values (PoolCase{ "OnePort", 512, {}, { 5489, 6511 } },
                     PoolCase{ "ThePortTwice", 512, { 6000 }, { 5489, 6511 } },
                     PoolCase{ "ThreePorts", 512, { 6100, 5900 }, { 5589, 6411 } },
                     PoolCase{ "NotOfOneBlock", 512, { 6600 }, { 0, 0 } },
                     PoolCase{ "AtTheLowEnd", 2016, { 1030 }, { 0, 0 } },
                     PoolCase{ "NearTheLowEnd", 6000, {}, { 1024, 11999 } },
                     PoolCase{ "NearTheHighEnd", 512, { 6000 }, { 5489, 6511 } },
                     PoolCase{ "AsLargeAsAll", 65535, {}, { 1024, 65535 } },
                     PoolCase{ "NoBlockAndTwoPorts", 0, { 6100 }, { 0, 0 } },
                     PoolCase{ "NoBlockAndThreePorts", 0, { 6100, 6200 }, { 5900, 6300 } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (PunchFacts, GuessesOnlyWhereItIsTheOneWhoGuesses)
{
  TellUsual ();
  tactic_.part = FLOE_STRATEGY_PART_OPEN;
  tactic_.pool = 512;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (Block (), (std::pair<guint, guint>{ 0, 0 }));
}

TEST_F (PunchFacts, SparesTheOwnBlockWhereEachPacketTakesAPortOfIt)
{
  TellUsual ();
  context_.local.allocation = FLOE_NAT_ALLOCATION_PORT_BLOCK;
  context_.local.pool = 512;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.request.block_size, 0u);
  tactic_.part = FLOE_STRATEGY_PART_OPEN;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.request.block_size, 512u);
  tactic_.part = FLOE_STRATEGY_PART_SPRAY;
  context_.local.mapping = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  ASSERT_TRUE (Collect ());
  EXPECT_EQ (facts_.request.block_size, 512u);
}

TEST (PunchRoom, LeavesHalfOfTheDescriptorsToOthers)
{
  EXPECT_EQ (floe_punch_facts_fit_sockets (256, 1024, 100), 256u);
  EXPECT_EQ (floe_punch_facts_fit_sockets (256, 256, 56), 100u);
  EXPECT_EQ (floe_punch_facts_fit_sockets (256, 64, 63), 0u);
  EXPECT_EQ (floe_punch_facts_fit_sockets (256, 64, 100), 0u);
  EXPECT_EQ (floe_punch_facts_fit_sockets (256, G_MAXUINT64, 100), 256u);
}

TEST (PunchBudget, HasOneOwnerAtATime)
{
  FloeProbePolicy policy = {};
  int one = 1, two = 2;
  FloeProbeBudgetCore *budget = floe_punch_budget_take (&one, &policy);

  ASSERT_NE (budget, nullptr);
  EXPECT_EQ (floe_punch_budget_take (&two, &policy), nullptr);
  floe_punch_budget_give_back (&two);
  EXPECT_EQ (floe_punch_budget_take (&two, &policy), nullptr);
  EXPECT_EQ (floe_punch_budget_take (&one, &policy), budget);
  floe_punch_budget_give_back (&one);
  EXPECT_EQ (floe_punch_budget_take (&two, &policy), budget) << "it is the same for all";
  floe_punch_budget_give_back (&two);
}

} // namespace
