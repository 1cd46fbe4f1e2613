/* SPDX-License-Identifier: MPL-2.0 */
/* Each behaviour of RFC 4787 by itself. */
#include <algorithm>
#include <map>
#include <set>

#include "lab-test.h"

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Values;

namespace
{
const char *const kInside = "192.168.1.10:5000";
const char *const kServer = "198.51.100.1:3478";
const char *const kServerOtherPort = "198.51.100.1:3479";
const char *const kOtherServer = "198.51.100.2:3478";

/* What RFC 5780 would find: 'i'ndependent, 'a'ddress, 'p'ort. */
struct KindCase
{
  const char *kind;
  char mapping, filtering;
};
}

class NatKind : public testing::TestWithParam<KindCase>
{
};

TEST_P (NatKind, MapsAsItSays)
{
  NatBox nat (GetParam ().kind);
  std::string first = nat.Out (kInside, kServer);
  ASSERT_NE (first, "");
  EXPECT_EQ (nat.Out (kInside, kServer), first) << "one destination, one mapping";
  EXPECT_EQ (nat.Out (kInside, kServerOtherPort) == first, GetParam ().mapping != 'p');
  EXPECT_EQ (nat.Out (kInside, kOtherServer) == first, GetParam ().mapping == 'i');
}

TEST_P (NatKind, FiltersAsItSays)
{
  NatBox nat (GetParam ().kind);
  std::string external = nat.Out (kInside, kServer);
  EXPECT_EQ (nat.In (kServer, external), kInside);
  EXPECT_EQ (nat.In (kServerOtherPort, external) != "", GetParam ().filtering != 'p');
  EXPECT_EQ (nat.In (kOtherServer, external) != "", GetParam ().filtering == 'i');
}

INSTANTIATE_TEST_SUITE_P (
    Kinds, NatKind,
    Values (KindCase{ "firewall", 'i', 'p' }, KindCase{ "eim-eif", 'i', 'i' },
            KindCase{ "eim-adf", 'i', 'a' }, KindCase{ "eim-apdf", 'i', 'p' },
            KindCase{ "adm-adf", 'a', 'a' }, KindCase{ "apdm-preserve", 'p', 'p' },
            KindCase{ "apdm-sequential", 'p', 'p' }, KindCase{ "apdm-random", 'p', 'p' },
            KindCase{ "apdm-block", 'p', 'p' }, KindCase{ "masquerade-random", 'p', 'p' },
            KindCase{ "cgn", 'i', 'i' }, KindCase{ "cgn-filtering", 'i', 'p' },
            KindCase{ "cgn-symmetric", 'p', 'p' }, KindCase{ "alg", 'i', 'p' },
            KindCase{ "tiny", 'i', 'p' }),
    [] (const auto &info) {
      std::string name = info.param.kind;
      std::replace (name.begin (), name.end (), '-', '_');
      return name;
    });

TEST (NatKinds, AreAllKnownByName)
{
  LabNatConfig config;
  const char *description = nullptr;
  guint count = 0;
  for (const char *name; (name = lab_nat_kind_get (count, &description)) != nullptr; count++)
    {
      EXPECT_TRUE (lab_nat_config_set_kind (&config, name)) << name;
      EXPECT_NE (std::string (description), "");
    }
  EXPECT_GE (count, 12u);
  EXPECT_FALSE (lab_nat_config_set_kind (&config, "full-cone"));
}

TEST (NatKnobs, TellWhatTheyExpected)
{
  const std::map<std::string, std::string> cases{
    { "mapping=none", "mapping: 'none' is none of endpoint-independent" },
    { "lifetime=5", "lifetime: '5' is not a duration such as 20ms, 5s or 2m" },
    { "step=0", "step: '0' is not a number from 1 to 32768" },
    { "udp=http", "udp: 'http' is neither all, none nor up to 8 ports" },
    { "ports=9-3", "ports: '9-3' is no range of ports" },
    { "alg=maybe", "alg: 'maybe' is none of no, yes" },
    { "colour=red", "a NAT has no 'colour'" },
  };
  for (const auto &[knob, message] : cases)
    {
      LabNatConfig config;
      ErrorHolder error;
      size_t equals = knob.find ('=');
      lab_nat_config_init (&config);
      EXPECT_FALSE (lab_nat_config_set (&config, knob.substr (0, equals).c_str (),
                                        knob.substr (equals + 1).c_str (), error));
      EXPECT_THAT (error.message (), testing::StartsWith (message));
    }
}

TEST (NatAllocation, PreservesThePortUntilItIsTaken)
{
  NatBox nat ("eim-apdf");
  EXPECT_EQ (nat.Out ("192.168.1.10:5000", kServer), "203.0.113.1:5000");
  guint16 second = nat.OutPort ("192.168.1.11:5000", kServer);
  EXPECT_NE (second, 5000);
  EXPECT_NE (second, 0);
}

TEST (NatAllocation, SharesAPortAmongDestinationsWhenOverloaded)
{
  NatBox nat ("masquerade");
  EXPECT_EQ (nat.OutPort ("192.168.1.10:5000", kServer), 5000);
  EXPECT_EQ (nat.OutPort ("192.168.1.10:5000", kOtherServer), 5000);
  EXPECT_EQ (nat.OutPort ("192.168.1.11:5000", "198.51.100.3:1"), 5000);
  EXPECT_NE (nat.OutPort ("192.168.1.11:5000", kServer), 5000) << "now two flows collide";
  EXPECT_EQ (nat.In (kServer, "203.0.113.1:5000"), "192.168.1.10:5000");
  EXPECT_EQ (nat.In ("198.51.100.3:1", "203.0.113.1:5000"), "192.168.1.11:5000");
}

TEST (NatAllocation, CountsUpByTheStep)
{
  for (int step : { 1, 2, 8 })
    {
      NatBox nat ("apdm-sequential", { "step=" + std::to_string (step), "ports=2000-50000" });
      guint16 last = nat.OutPort (kInside, "198.51.100.1:1");
      for (int port = 2; port < 50; port++)
        {
          guint16 next = nat.OutPort (kInside, "198.51.100.1:" + std::to_string (port));
          EXPECT_EQ (next, last + step > 50000 ? last + step - 48001 : last + step);
          last = next;
        }
    }
}

TEST (NatAllocation, LetsForeignFlowsTakePortsBetween)
{
  NatBox nat ("apdm-sequential", { "foreign=50" });
  guint16 last = nat.OutPort (kInside, "198.51.100.1:1");
  guint total = 0;
  for (int port = 2; port <= 401; port++)
    {
      nat.Wait (100 * kMillisecond);
      guint16 next = nat.OutPort (kInside, "198.51.100.1:" + std::to_string (port));
      guint distance = (next - last + 64512) % 64512;
      EXPECT_GE (distance, 1u);
      total += distance - 1;
      last = next;
    }
  /* 400 draws of mean 5: 2000, with a standard deviation of 45. */
  EXPECT_NEAR (total, 2000, 200);
}

TEST (NatAllocation, DrawsFromTheWholeRange)
{
  NatBox nat ("apdm-random", { "ports=10000-19999" });
  std::set<guint16> ports;
  for (int port = 1; port <= 500; port++)
    ports.insert (nat.OutPort (kInside, "198.51.100.1:" + std::to_string (port)));
  EXPECT_EQ (ports.size (), 500u) << "exclusive";
  EXPECT_THAT (*ports.begin (), testing::AllOf (testing::Ge (10000), testing::Lt (10200)));
  EXPECT_THAT (*ports.rbegin (), testing::AllOf (testing::Le (19999), testing::Gt (19800)));
}

TEST (NatAllocation, KeepsToTheBlockOfTheHost)
{
  NatBox nat ("apdm-block", { "block=64" });
  std::set<guint16> first, second;
  for (int port = 1; port <= 64; port++)
    {
      first.insert (nat.OutPort ("192.168.1.10:5000", "198.51.100.1:" + std::to_string (port)));
      second.insert (nat.OutPort ("192.168.1.11:5000", "198.51.100.1:" + std::to_string (port)));
    }
  EXPECT_EQ (first.size (), 64u);
  EXPECT_EQ (second.size (), 64u);
  EXPECT_EQ (*first.rbegin () - *first.begin (), 63);
  EXPECT_EQ (*second.rbegin () - *second.begin (), 63);
  EXPECT_NE (*first.begin (), *second.begin ());
  EXPECT_EQ (nat.Out ("192.168.1.10:5000", "198.51.100.1:65"), "") << "the block is used up";
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:no-port");
}

TEST (NatAllocation, GivesNoBlockToTwoHosts)
{
  NatBox nat ("apdm-block", { "block=64", "ports=1024-1151" });
  guint16 first = nat.OutPort ("192.168.1.10:5000", kServer);
  guint16 second = nat.OutPort ("192.168.1.11:5000", kServer);
  EXPECT_NE ((first - 1024) / 64, (second - 1024) / 64);
  EXPECT_EQ (nat.OutPort ("192.168.1.12:5000", kServer), 0) << "there are two blocks";
}

TEST (NatAllocation, KeepsParity)
{
  NatBox nat ("apdm-random", { "parity=yes" });
  for (int port = 5000; port < 5100; port++)
    EXPECT_EQ (nat.OutPort ("192.168.1.10:" + std::to_string (port), kServer) % 2, port % 2);
}

TEST (NatAllocation, StartsElsewhereWithAnotherSeedAndAtTheSamePlaceWithTheSame)
{
  auto draw = [] (guint64 seed) {
    return NatBox ("apdm-random", {}, seed).OutPort (kInside, kServer);
  };
  EXPECT_EQ (draw (1), draw (1));
  EXPECT_NE (draw (1), draw (2));
}

TEST (NatPool, GivesAHostOneAddressWhenPaired)
{
  const std::vector<std::string> pool{ "203.0.113.1", "203.0.113.2", "203.0.113.3" };
  NatBox paired ("apdm-random", {}, 1, pool),
      arbitrary ("apdm-random", { "pool=arbitrary" }, 1, pool);
  std::set<std::string> paired_addresses, arbitrary_addresses;
  for (int port = 1; port <= 50; port++)
    {
      std::string remote = "198.51.100.1:" + std::to_string (port);
      std::string out = paired.Out (kInside, remote);
      paired_addresses.insert (out.substr (0, out.find (':')));
      out = arbitrary.Out (kInside, remote);
      arbitrary_addresses.insert (out.substr (0, out.find (':')));
    }
  EXPECT_EQ (paired_addresses.size (), 1u);
  EXPECT_EQ (arbitrary_addresses.size (), 3u);
}

TEST (NatLifetime, EndsToTheMicrosecond)
{
  NatBox nat ("eim-eif", { "lifetime=30s" });
  std::string external = nat.Out (kInside, kServer);
  nat.Wait (30 * kSecond - 1);
  EXPECT_EQ (nat.In (kServer, external), kInside);
  nat.Wait (1);
  EXPECT_EQ (nat.In (kServer, external), "");
  EXPECT_THAT (nat.TakeFacts (), ElementsAre ("mapped", "expired", "dropped:unmapped"));
}

TEST (NatLifetime, IsOverForTheInsideAtTheSameMoment)
{
  NatBox nat ("apdm-random", { "lifetime=30s" });
  std::string external = nat.Out (kInside, kServer);
  nat.Wait (30 * kSecond - 1);
  EXPECT_EQ (nat.Out (kInside, kServer), external);
  nat.Wait (30 * kSecond - 100 * kMillisecond);
  nat.Out ("192.168.1.99:1", kServer); /* so that nothing is swept at the moment itself */
  nat.Wait (100 * kMillisecond);
  EXPECT_NE (nat.Out (kInside, kServer), external);
}

TEST (NatLifetime, IsRenewedFromInside)
{
  NatBox nat ("eim-eif", { "lifetime=30s" });
  std::string external = nat.Out (kInside, kServer);
  for (int i = 0; i < 10; i++)
    {
      nat.Wait (29 * kSecond);
      EXPECT_EQ (nat.Out (kInside, kOtherServer), external);
    }
  EXPECT_EQ (nat.Count (), 1u);
}

TEST (NatLifetime, IsRenewedFromOutsideOnlyWhereTheKnobSaysSo)
{
  for (bool is_both : { false, true })
    {
      NatBox nat ("eim-eif", { "lifetime=30s", is_both ? "refresh=both" : "refresh=out" });
      std::string external = nat.Out (kInside, kServer);
      nat.Wait (20 * kSecond);
      EXPECT_EQ (nat.In (kServer, external), kInside);
      nat.Wait (20 * kSecond);
      EXPECT_EQ (nat.In (kServer, external) != "", is_both);
    }
}

TEST (NatLifetime, OfAFilterIsThatOfEachPeer)
{
  NatBox nat ("eim-apdf", { "lifetime=30s" });
  std::string external = nat.Out (kInside, kServer);
  nat.Wait (20 * kSecond);
  nat.Out (kInside, kOtherServer);
  nat.Wait (20 * kSecond);
  EXPECT_EQ (nat.In (kOtherServer, external), kInside);
  EXPECT_EQ (nat.In (kServer, external), "");
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:filtered");
}

TEST (NatLifetime, OfTcpIsShortOnceItCloses)
{
  NatBox nat ("eim-apdf", { "closing-lifetime=10s" });
  nat.Pass (Tcp (kInside, kServer, LAB_TCP_SYN).get (), true);
  nat.Wait (3600 * kSecond);
  EXPECT_EQ (nat.Count (), 1u);
  nat.Pass (Tcp (kInside, kServer, LAB_TCP_FIN | LAB_TCP_ACK).get (), true);
  nat.Wait (10 * kSecond);
  EXPECT_EQ (nat.Count (), 0u);
}

TEST (NatReboot, ForgetsEverything)
{
  NatBox nat ("eim-eif");
  std::string external = nat.Out (kInside, kServer);
  lab_nat_reboot (nat.get (), nat.now_us ());
  EXPECT_EQ (nat.In (kServer, external), "");
  EXPECT_THAT (nat.TakeFacts (), ElementsAre ("mapped", "flushed", "dropped:unmapped"));
}

TEST (NatReboot, GivesOutBlocksAnew)
{
  NatBox nat ("apdm-block");
  std::set<int> blocks;
  for (int i = 0; i < 10; i++)
    {
      blocks.insert ((nat.OutPort (kInside, kServer) - 1024) / 512);
      lab_nat_reboot (nat.get (), nat.now_us ());
    }
  EXPECT_GT (blocks.size (), 1u);
}

TEST (NatAddressChange, MovesNewMappingsToTheNewAddress)
{
  NatBox nat ("eim-eif");
  LabAddress next = Address ("203.0.113.77");
  nat.Out (kInside, kServer);
  lab_nat_clear_externals (nat.get (), nat.now_us ());
  EXPECT_EQ (nat.Out (kInside, kServer), "") << "no address, no way out";
  lab_nat_add_external (nat.get (), &next);
  EXPECT_EQ (nat.Out (kInside, kServer), "203.0.113.77:5000");
  EXPECT_EQ (nat.In (kServer, "203.0.113.1:5000"), "");
}

TEST (NatKnob, TurnedWhileItRunsHoldsFromThenOn)
{
  NatBox nat ("eim-eif");
  std::string external = nat.Out (kInside, kServer);
  EXPECT_EQ (nat.In (kOtherServer, external), kInside);
  nat.Set ("filtering=address-dependent");
  EXPECT_EQ (nat.In (kOtherServer, external), "");
  EXPECT_EQ (nat.In (kServerOtherPort, external), kInside);
}
