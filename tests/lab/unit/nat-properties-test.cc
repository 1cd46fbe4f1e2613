/* SPDX-License-Identifier: MPL-2.0 */
/* Random traffic through each kind of NAT, held against a second, simple-minded account of what
 * RFC 4787 says. Seeded: a failure comes again. */
#include <algorithm>
#include <map>
#include <set>

#include "lab-test.h"

namespace
{
constexpr gint64 kLifetime = 20 * kSecond;

/* Remembers all that went out, and derives from it what must be so. */
class Oracle
{
public:
  explicit Oracle (const LabNatConfig &config) : config_ (config)
  {
  }

  void NoteOut (gint64 now_us, const std::string &internal, const std::string &remote,
                const std::string &external)
  {
    std::string key = internal + " " + Cut (remote, config_.mapping);
    auto known = mappings_.find (key);
    if (known != mappings_.end () && known->second.used_us + kLifetime > now_us)
      EXPECT_EQ (known->second.external, external) << key << ": a live mapping moved";
    else
      ExpectUnshared (now_us, key, remote, external);
    Mapping &mapping = mappings_[key];
    if (mapping.external != external || mapping.used_us + kLifetime <= now_us)
      mapping = Mapping{ internal, remote, external, now_us, {} };
    mapping.used_us = now_us;
    mapping.met[remote] = now_us;
  }

  /* Whom a packet from @remote to @external must reach, "" for nobody. */
  std::string Reached (gint64 now_us, const std::string &remote, const std::string &external)
  {
    for (auto &[key, mapping] : mappings_)
      if (mapping.external == external && mapping.used_us + kLifetime > now_us
          && LetsIn (now_us, mapping, remote))
        {
          if (config_.lifetimes.is_refreshed_inbound)
            mapping.used_us = mapping.met[remote] = now_us;
          return mapping.internal;
        }
    return "";
  }

private:
  struct Mapping
  {
    std::string internal, made_for, external;
    gint64 used_us;
    std::map<std::string, gint64> met;
  };

  static std::string Cut (const std::string &remote, LabNatDependence dependence)
  {
    if (dependence == LAB_NAT_ENDPOINT_INDEPENDENT)
      return "";
    if (dependence == LAB_NAT_ADDRESS_DEPENDENT)
      return remote.substr (0, remote.rfind (':'));
    return remote;
  }

  bool LetsIn (gint64 now_us, const Mapping &mapping, const std::string &remote) const
  {
    if (config_.filtering == LAB_NAT_ENDPOINT_INDEPENDENT)
      return true;
    return std::any_of (mapping.met.begin (), mapping.met.end (), [&] (const auto &met) {
      return met.second + kLifetime > now_us
             && Cut (met.first, config_.filtering) == Cut (remote, config_.filtering);
    });
  }

  void ExpectUnshared (gint64 now_us, const std::string &key, const std::string &remote,
                       const std::string &external) const
  {
    for (const auto &[other_key, other] : mappings_)
      {
        bool is_shared =
            other_key != key && other.external == external && other.used_us + kLifetime > now_us;
        EXPECT_TRUE (!is_shared || (config_.ports.is_overloaded && other.made_for != remote))
            << external << " serves both " << key << " and " << other_key;
      }
  }

  const LabNatConfig &config_;
  std::map<std::string, Mapping> mappings_;
};

class NatProperties : public testing::TestWithParam<const char *>
{
protected:
  std::string Inside ()
  {
    return "192.168.1." + std::to_string (Draw (2, 5)) + ":" + std::to_string (Draw (4000, 4004));
  }
  std::string Remote ()
  {
    return "198.51.100." + std::to_string (Draw (1, 4)) + ":" + std::to_string (Draw (1, 4));
  }
  int Draw (int low, int high)
  {
    return g_rand_int_range (rand_.get (), low, high);
  }
  void Reseed (guint32 seed)
  {
    g_rand_set_seed (rand_.get (), seed);
  }

private:
  std::unique_ptr<GRand, decltype (&g_rand_free)> rand_{ g_rand_new_with_seed (1), g_rand_free };
};
}

TEST_P (NatProperties, AgreeWithTheOracle)
{
  for (guint32 seed = 1; seed <= 20; seed++)
    {
      NatBox nat (GetParam (), { "lifetime=20s", seed % 2 ? "refresh=out" : "refresh=both" }, seed);
      Oracle oracle (*lab_nat_get_config (nat.get ()));
      std::set<std::string> externals;
      Reseed (seed);
      for (int step = 0; step < 400 && !HasFailure (); step++)
        {
          std::string remote = Remote ();
          nat.Wait (Draw (0, 2000) * kMillisecond);
          if (externals.empty () || Draw (0, 2) == 0)
            {
              std::string internal = Inside (), external = nat.Out (internal, remote);
              ASSERT_NE (external, "");
              oracle.NoteOut (nat.now_us (), internal, remote, external);
              externals.insert (external);
              continue;
            }
          std::string external = *std::next (externals.begin (), Draw (0, (int) externals.size ()));
          EXPECT_EQ (nat.In (remote, external), oracle.Reached (nat.now_us (), remote, external))
              << GetParam () << " seed " << seed << " step " << step;
        }
    }
}

TEST_P (NatProperties, LeaveThePayloadAlone)
{
  NatBox nat (GetParam ());
  Reseed (3);
  for (int round = 0; round < 300; round++)
    {
      std::string payload ((size_t) Draw (0, 1400), '\0');
      for (char &byte : payload)
        byte = (char) Draw (0, 256);
      std::string remote = Remote ();
      Packet packet = Udp (Inside (), remote, payload);
      ASSERT_EQ (nat.Pass (packet.get (), true), LAB_NAT_FORWARD);
      EXPECT_EQ (Payload (*packet), payload);
      Packet answer = Udp (remote, Text (Header (*packet).source), payload);
      ASSERT_EQ (nat.Pass (answer.get (), false), LAB_NAT_FORWARD);
      EXPECT_EQ (Payload (*answer), payload);
    }
}

TEST_P (NatProperties, SurviveGarbage)
{
  NatBox nat (GetParam (), { "hairpin=external", "alg=yes", "tls-only=yes" });
  Reseed (4);
  nat.Out ("192.168.1.2:4000", "198.51.100.1:1");
  for (int round = 0; round < 5000; round++)
    {
      Packet packet = round % 2 == 0 ? Udp (Inside (), Remote (), "payload")
                                     : Tcp (Remote (), "203.0.113.1:4000", LAB_TCP_ACK, "payload");
      for (int flips = Draw (1, 6); flips > 0; flips--)
        packet->data[Draw (0, (int) packet->size)] ^= (guint8) (1 << Draw (0, 8));
      packet->size = (gsize) Draw (0, (int) packet->size + 1);
      lab_nat_out (nat.get (), nat.now_us (), packet.get ());
      lab_nat_in (nat.get (), nat.now_us (), packet.get ());
    }
}

INSTANTIATE_TEST_SUITE_P (Kinds, NatProperties,
                          testing::Values ("firewall", "eim-eif", "eim-adf", "eim-apdf", "adm-adf",
                                           "apdm-preserve", "apdm-sequential", "apdm-random",
                                           "apdm-block", "masquerade", "masquerade-random", "cgn",
                                           "cgn-symmetric"),
                          [] (const auto &info) {
                            std::string name = info.param;
                            std::replace (name.begin (), name.end (), '-', '_');
                            return name;
                          });
