/* SPDX-License-Identifier: MPL-2.0 */
/* How long idle mappings live, minutes of virtual time against the laboratory's NATs. */
#include "floe-nat-lifetime-core-private.h"
#include "nat-lifetime-world.h"

namespace
{
const std::vector<NatServerSpec> kPort = { kBehaviour };
const std::vector<NatServerSpec> kRelay = { kTurn, kStun };
const std::vector<NatServerSpec> kAgain = { kStun };

struct Case
{
  const char *name;
  const char *kind;
  std::vector<NatServerSpec> servers;
  guint truth_s; /* 0: longer than any run */
  FloeNatConfidence confidence;
};

void
PrintTo (const Case &expected, std::ostream *out)
{
  *out << expected.kind;
}

constexpr auto kHigh = FLOE_NAT_CONFIDENCE_HIGH;
constexpr auto kLow = FLOE_NAT_CONFIDENCE_LOW;
constexpr auto kNone = FLOE_NAT_CONFIDENCE_NONE;

class NatLifetime : public testing::TestWithParam<Case>
{
protected:
  void ExpectNothingWrong (const FloeNatLifetime &result)
  {
    if (result.confidence == kNone)
      return;
    if (GetParam ().truth_s > 0)
      {
        EXPECT_LE (result.lived_s, GetParam ().truth_s);
        EXPECT_TRUE (result.died_s == 0 || result.died_s >= GetParam ().truth_s);
      }
    else
      EXPECT_EQ (result.died_s, 0u);
  }
};
}

TEST_P (NatLifetime, IsFoundBetweenTwoBounds)
{
  const Case &expected = GetParam ();

  for (guint64 seed = 1; seed <= 3; seed++)
    {
      LifetimeWorld world ("router home " + std::string (expected.kind) + " delay=10ms\n",
                           expected.servers, seed);
      const FloeNatLifetime &result = world.Run ();
      SCOPED_TRACE (world.Describe ());

      ExpectNothingWrong (result);
      RecordProperty ("seed" + std::to_string (seed), world.Describe ());
      EXPECT_EQ (result.confidence, expected.confidence);
      if (expected.confidence == kNone)
        continue;
      if (expected.truth_s > 0)
        {
          EXPECT_GE (result.lived_s * 3 / 2, expected.truth_s);
          EXPECT_LE (result.died_s, expected.truth_s * 3 / 2 + 6);
        }
      else
        {
          EXPECT_GE (result.lived_s, 239u);
        }
    }
}

TEST_P (NatLifetime, IsNotWrongWhenPacketsAreLost)
{
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      LifetimeWorld world ("router home " + std::string (GetParam ().kind)
                               + " delay=10ms loss=5%\n",
                           GetParam ().servers, seed);

      ExpectNothingWrong (world.Run ());
      EXPECT_FALSE (HasFailure ()) << world.Describe ();
    }
}

INSTANTIATE_TEST_SUITE_P (
    Table, NatLifetime,
    testing::Values (Case{ "MasqueradeByPort", "masquerade", kPort, 30, kHigh },
                     Case{ "MasqueradeByRelay", "masquerade", kRelay, 30, kHigh },
                     Case{ "PoisonedByPort", "masquerade-poisoned", kPort, 30, kHigh },
                     Case{ "ConeByPort", "eim-apdf", kPort, 120, kHigh },
                     Case{ "ConeByRelay", "eim-apdf", kRelay, 120, kHigh },
                     Case{ "SymmetricByPort", "apdm-random", kPort, 120, kHigh },
                     Case{ "SymmetricByRelay", "apdm-sequential", kRelay, 120, kHigh },
                     Case{ "OddByPort", "eim-eif lifetime=47s", kPort, 47, kHigh },
                     Case{ "OddByRelay", "eim-adf lifetime=90s", kRelay, 90, kHigh },
                     Case{ "LateByPort", "eim-apdf lifetime=200s", kPort, 200, kHigh },
                     Case{ "ShortByPort", "eim-apdf lifetime=10s", kPort, 10, kHigh },
                     Case{ "LongByPort", "eim-apdf lifetime=900s", kPort, 0, kHigh },
                     Case{ "LongByRelay", "eim-apdf lifetime=900s", kRelay, 0, kHigh },
                     Case{ "FirewallByPort", "firewall lifetime=60s", kPort, 60, kHigh },
                     Case{ "SymmetricByPlainStun", "apdm-random", kAgain, 120, kLow },
                     Case{ "CarrierByPlainStun", "cgn lifetime=60s", kAgain, 60, kLow },
                     Case{ "LongByPlainStun", "apdm-random lifetime=900s", kAgain, 0, kNone },
                     Case{ "ConeByPlainStun", "eim-apdf", kAgain, 120, kNone },
                     Case{ "OpenByPort", "open", kPort, 0, kHigh },
                     Case{ "BlockedByPort", "udp-blocked", kPort, 0, kNone }),
    [] (const auto &info) { return std::string (info.param.name); });

struct Liar
{
  const char *name;
  NatServerSpec server;
};

void
PrintTo (const Liar &liar, std::ostream *out)
{
  *out << liar.name;
}

class NatLifetimeLiar : public testing::TestWithParam<Liar>
{
};

/* Beside an honest one it costs time; alone it proves nothing. */
TEST_P (NatLifetimeLiar, ProvesNothing)
{
  for (const char *kind : { "eim-apdf", "apdm-random" })
    {
      LifetimeWorld alone (std::string ("router home ") + kind + "\n", { GetParam ().server }, 1);
      const FloeNatLifetime &result = alone.Run ();
      SCOPED_TRACE (alone.Describe ());

      if (result.confidence > kNone)
        {
          EXPECT_LE (result.lived_s, 120u);
          EXPECT_TRUE (result.died_s == 0 || result.died_s >= 120);
        }
      EXPECT_EQ (alone.server (0).allocation_count (), 0u) << "a relay was left behind";
    }
}

INSTANTIATE_TEST_SUITE_P (
    Table, NatLifetimeLiar,
    testing::Values (Liar{ "Silent", { true, false, Vice::Silent } },
                     Liar{ "Garbage", { true, false, Vice::Garbage } },
                     Liar{ "NoAddress", { true, false, Vice::NoAddress } },
                     Liar{ "PrivateAddress", { true, false, Vice::PrivateAddress } },
                     Liar{ "WrongAddress", { true, false, Vice::WrongAddress } },
                     Liar{ "WrongPort", { true, false, Vice::WrongPort } },
                     Liar{ "ChangingPort", { false, false, Vice::ChangingPort } },
                     Liar{ "Error", { true, false, Vice::Error } },
                     Liar{ "WrongPassword", { false, true, Vice::WrongPassword } },
                     Liar{ "EndlessChallenge", { false, true, Vice::EndlessChallenge } },
                     Liar{ "RelayIsPrivate", { false, true, Vice::RelayIsPrivate } },
                     Liar{ "RelayElsewhere", { false, true, Vice::RelayElsewhere } },
                     Liar{ "RelaysNothing", { false, true, Vice::RelaysNothing } },
                     Liar{ "NoPermission", { false, true, Vice::NoPermission } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (NatLifetimeCore, GivesUpWithoutServers)
{
  LifetimeWorld world ("router home eim-apdf\n", {}, 1);

  EXPECT_EQ (world.Run ().confidence, kNone);
  EXPECT_EQ (world.Run ().packet_count, 0u);
}

TEST (NatLifetimeCore, TakesTheNextWayWhenAServerDoesNotKnock)
{
  LifetimeWorld world ("router home masquerade\n", { { true, false, Vice::IgnoresPort }, kTurn },
                       1);
  const FloeNatLifetime &result = world.Run ();

  EXPECT_EQ (result.confidence, kHigh) << world.Describe ();
  EXPECT_GE (result.lived_s, 15u) << world.Describe ();
}

/* A server that goes away in mid-run must not look like a NAT that forgets. */
TEST (NatLifetimeCore, DoesNotTakeADeadServerForADeadMapping)
{
  for (const auto &servers : { kPort, kRelay })
    {
      LifetimeWorld world ("router home eim-apdf lifetime=900s\n", servers, 1);
      const FloeNatLifetime &result = world.Run (40 * kSecond);

      EXPECT_EQ (result.died_s, 0u) << world.Describe ();
      EXPECT_GE (result.lived_s, 30u) << world.Describe ();
    }
}

TEST (NatLifetimeCore, IsPartOfTheFindings)
{
  LifetimeWorld world ("router home masquerade\n", kPort, 1);
  FloeNatFindings findings = {};

  floe_nat_lifetime_apply (&world.Run (), &findings);
  EXPECT_GE (findings.lifetime_s, 20u);
  EXPECT_LE (findings.lifetime_s, 30u);
  EXPECT_EQ (findings.proofs[FLOE_NAT_ASPECT_LIFETIME].confidence, kHigh);
  EXPECT_THAT (findings.proofs[FLOE_NAT_ASPECT_LIFETIME].evidence,
               testing::HasSubstr ("a mapping let a packet in after"));
}
