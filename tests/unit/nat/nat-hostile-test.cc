/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that lie, break, or say nothing: the report is right or says that it does not know. */
#include "nat-world.h"

namespace
{
struct Case
{
  const char *name;
  std::vector<NatServerSpec> servers;
  guint culprit;      /* which one of them is bad */
  FloeNatFault fault; /* what it is called */
};

constexpr NatServerSpec
Bad (const NatServerSpec &spec, Vice vice)
{
  return { spec.has_other, spec.is_turn, vice };
}

class HostileServer : public testing::TestWithParam<Case>
{
};
}

/* EIM/EIF, EIM/ADF, EIM/APDF and APDM/APDF. */
TEST_P (HostileServer, MakesNothingWrong)
{
  static const struct
  {
    const char *name;
    FloeNatBehaviour mapping, filtering;
  } kinds[] = {
    { "eim-eif", FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT },
    { "eim-adf", FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT, FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT },
    { "eim-apdf", FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
      FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT },
    { "apdm-random", FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
      FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT },
    { "alg", FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
      FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT },
  };

  for (const auto &kind : kinds)
    for (guint64 seed = 1; seed <= 3; seed++)
      {
        NatWorld world ("router home " + std::string (kind.name) + " delay=10ms\n",
                        GetParam ().servers, seed);
        const FloeNatFindings &report = world.Run ();
        SCOPED_TRACE (kind.name + std::string ("\n") + world.Describe ());

        EXPECT_TRUE (report.mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN || report.mapping == kind.mapping
                     || (report.mapping == FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT
                         && kind.mapping != FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT))
            << floe_nat_behaviour_to_string (report.mapping);
        EXPECT_TRUE (report.filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN
                     || report.filtering == kind.filtering)
            << floe_nat_behaviour_to_string (report.filtering);
        /* A liar is not always found out where all servers see something else. */
        if (kind.mapping == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT)
          {
            EXPECT_EQ (report.servers[GetParam ().culprit].fault, GetParam ().fault)
                << floe_nat_fault_to_string (report.servers[GetParam ().culprit].fault);
          }
        for (guint i = 0; i < GetParam ().servers.size (); i++)
          EXPECT_EQ (world.server (i).allocation_count (), 0u) << "a relay was left behind";
      }
}

INSTANTIATE_TEST_SUITE_P (
    Table, HostileServer,
    testing::Values (
        Case{ "Silent", { kStun, Bad (kStun, Vice::Silent), kStun }, 1, FLOE_NAT_FAULT_SILENT },
        Case{ "Garbage", { kStun, Bad (kStun, Vice::Garbage), kStun }, 1, FLOE_NAT_FAULT_SILENT },
        Case{ "NoAddress",
              { kStun, Bad (kStun, Vice::NoAddress), kStun },
              1,
              FLOE_NAT_FAULT_MALFORMED },
        Case{ "PrivateAddress",
              { kStun, Bad (kStun, Vice::PrivateAddress), kStun },
              1,
              FLOE_NAT_FAULT_PRIVATE_ADDRESS },
        Case{ "WrongAddress",
              { Bad (kStun, Vice::WrongAddress), kStun, kStun },
              0,
              FLOE_NAT_FAULT_OUTVOTED },
        Case{ "WrongPort",
              { Bad (kStun, Vice::WrongPort), kStun, kStun },
              0,
              FLOE_NAT_FAULT_OUTVOTED },
        Case{ "ChangingPort",
              { kStun, kStun, Bad (kStun, Vice::ChangingPort) },
              2,
              FLOE_NAT_FAULT_OUTVOTED },
        Case{ "WrongAddressOfTwo",
              { kBehaviour, kStun, Bad (kBehaviour, Vice::WrongAddress) },
              2,
              FLOE_NAT_FAULT_OUTVOTED },
        Case{ "ChangingPortBehaviour",
              { kBehaviour, kStun, Bad (kBehaviour, Vice::ChangingPort) },
              2,
              FLOE_NAT_FAULT_OUTVOTED },
        Case{ "WrongTransaction",
              { kStun, kStun, Bad (kStun, Vice::WrongTransaction) },
              2,
              FLOE_NAT_FAULT_SILENT },
        Case{ "WrongSource",
              { kStun, kStun, Bad (kStun, Vice::WrongSource) },
              2,
              FLOE_NAT_FAULT_SILENT },
        Case{ "Error", { kStun, kStun, Bad (kStun, Vice::Error) }, 2, FLOE_NAT_FAULT_REFUSED },
        Case{ "WrongSourceAddress",
              { kStun, kStun, Bad (kBehaviour, Vice::WrongSourceAddress) },
              2,
              FLOE_NAT_FAULT_SILENT },
        Case{ "Duplicates",
              { Bad (kBehaviour, Vice::Duplicates), Bad (kStun, Vice::Duplicates) },
              0,
              FLOE_NAT_FAULT_NONE },
        Case{ "Vanishes",
              { Bad (kBehaviour, Vice::Vanishes), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "VanishesTurn",
              { Bad (kTurn, Vice::Vanishes), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "Redirects",
              { kStun, kStun, Bad (kStun, Vice::Redirects) },
              2,
              FLOE_NAT_FAULT_REFUSED },
        Case{ "UnknownAttribute",
              { kStun, kStun, Bad (kStun, Vice::UnknownAttribute) },
              2,
              FLOE_NAT_FAULT_REFUSED },
        Case{ "Quota", { Bad (kTurn, Vice::Quota), kStun }, 0, FLOE_NAT_FAULT_REFUSED },
        Case{ "Full", { Bad (kTurn, Vice::Full), kStun }, 0, FLOE_NAT_FAULT_REFUSED },
        Case{ "StaleNonces", { Bad (kTurn, Vice::StaleNonces), kStun }, 0, FLOE_NAT_FAULT_REFUSED },
        Case{ "ForgetsAllocation",
              { Bad (kTurn, Vice::ForgetsAllocation), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "OtherIsItself",
              { Bad (kBehaviour, Vice::OtherIsItself), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "OtherIsPrivate",
              { Bad (kBehaviour, Vice::OtherIsPrivate), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "OtherIsDead",
              { Bad (kBehaviour, Vice::OtherIsDead), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "IgnoresChange",
              { Bad (kBehaviour, Vice::IgnoresChange), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "DropsChange",
              { Bad (kBehaviour, Vice::DropsChange), kStun },
              0,
              FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS },
        Case{ "WrongPassword",
              { Bad (kTurn, Vice::WrongPassword), kStun },
              0,
              FLOE_NAT_FAULT_REFUSED },
        Case{ "EndlessChallenge",
              { Bad (kTurn, Vice::EndlessChallenge), kStun },
              0,
              FLOE_NAT_FAULT_REFUSED },
        Case{ "RelayIsPrivate",
              { Bad (kTurn, Vice::RelayIsPrivate), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "RelayElsewhere",
              { Bad (kTurn, Vice::RelayElsewhere), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "RelaysNothing",
              { Bad (kTurn, Vice::RelaysNothing), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "NoPermission",
              { Bad (kTurn, Vice::NoPermission), kStun },
              0,
              FLOE_NAT_FAULT_BROKEN_RELAY },
        Case{ "NoBinding", { Bad (kTurn, Vice::NoBinding), kStun }, 0, FLOE_NAT_FAULT_NONE },
        Case{ "RelayOnOther",
              { { true, true, Vice::RelayOnOther }, kStun },
              0,
              FLOE_NAT_FAULT_NONE },
        Case{ "SilentTurn",
              { Bad (kTurn, Vice::Silent), kBehaviour, kStun },
              0,
              FLOE_NAT_FAULT_SILENT },
        Case{ "SilentStunBesideTurn",
              { kTurn, Bad (kStun, Vice::Silent) },
              1,
              FLOE_NAT_FAULT_SILENT }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (HostileServers, CannotMakeAnAlgPassForARouterWithoutTranslation)
{
  NatWorld world ("router home alg\n",
                  { Bad (kStun, Vice::PlainAddressOnly), Bad (kStun, Vice::PlainAddressOnly) }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (report.is_translated, FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_EQ (report.servers[0].fault, FLOE_NAT_FAULT_PRIVATE_ADDRESS);
  EXPECT_EQ (report.external_count, 0u);
}

/* A captive portal answers for all of them. */
TEST (HostileServers, CanAllBeOneAndTheSameLiar)
{
  NatServerSpec liar = Bad (kBehaviour, Vice::PrivateAddress);
  NatWorld world ("router home eim-apdf\n", { liar, liar, liar }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (report.external_count, 0u);
}

/* One honest server can't outvote one that makes ports up, but a NAT that keeps ports gives it
 * away. */
TEST (HostileServers, AreNotBelievedAboutPortsThatNoNatGives)
{
  for (const char *kind : { "eim-eif", "eim-adf", "eim-apdf", "masquerade", "masquerade-poisoned" })
    for (const NatServerSpec &honest : { kStun, kTurn, kBehaviour })
      for (Vice vice : { Vice::WrongPort, Vice::ChangingPort })
        {
          NatWorld world (std::string ("router home ") + kind + " delay=10ms\n",
                          { honest, Bad (kStun, vice) }, 1);

          EXPECT_THAT (
              world.Run ().mapping,
              testing::AnyOf (FLOE_NAT_BEHAVIOUR_UNKNOWN, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT))
              << kind << "\n"
              << world.Describe ();
        }
}

/* A relay that can't tell an address from a port may still tell that nothing is filtered. */
TEST (HostileServers, TellWhatTheyCan)
{
  NatServerSpec odd = Bad (kTurn, Vice::NoBinding);
  NatWorld cone ("router home eim-eif\n", { odd, kStun }, 1);
  NatWorld filtered ("router home eim-adf\n", { odd, kStun }, 1);

  EXPECT_EQ (cone.Run ().filtering, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT) << cone.Describe ();
  EXPECT_EQ (filtered.Run ().filtering, FLOE_NAT_BEHAVIOUR_UNKNOWN) << filtered.Describe ();
}

/* Its two addresses are two servers to who has been given both: there is nothing wrong with that,
 * nor with coturn, whose second address tells of none but itself. */
TEST (HostileServers, AreNotToBlameForBeingGivenTwice)
{
  for (const char *kind : { "open", "eim-eif", "eim-adf", "eim-apdf", "adm-adf", "apdm-random" })
    for (Vice vice : { Vice::None, Vice::SecondNamesItself })
      for (bool is_turn : { false, true })
        {
          NatWorld world (std::string ("router home ") + kind + " delay=10ms\n",
                          { { true, is_turn, vice, true } }, 1);
          const FloeNatFindings &report = world.Run ();
          SCOPED_TRACE (kind + std::string ("\n") + world.Describe ());

          ASSERT_EQ (report.server_count, 2u);
          EXPECT_EQ (report.servers[0].fault, FLOE_NAT_FAULT_NONE);
          EXPECT_EQ (report.servers[1].fault, FLOE_NAT_FAULT_NONE);
          EXPECT_NE (report.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
          EXPECT_NE (report.filtering, FLOE_NAT_BEHAVIOUR_UNKNOWN);
        }
}

/* It relays, and that is what it is for. */
TEST (HostileServers, ThatRelayNeedNoOtherAddress)
{
  for (Vice vice : { Vice::OtherIsItself, Vice::OtherIsPrivate, Vice::OtherIsDead,
                     Vice::IgnoresChange, Vice::DropsChange })
    {
      NatWorld world ("router home eim-apdf delay=10ms\n", { { true, true, vice } }, 1);

      EXPECT_EQ (world.Run ().filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT)
          << world.Describe ();
      EXPECT_EQ (world.report ().servers[0].fault, FLOE_NAT_FAULT_NONE);
    }
}

TEST (HostileServers, AreBelievedWhenOldAndHonest)
{
  NatWorld world ("router home eim-eif\n",
                  { Bad (kStun, Vice::PlainAddressOnly), Bad (kStun, Vice::PlainAddressOnly) }, 1);

  EXPECT_EQ (world.Run ().mapping, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT);
}
