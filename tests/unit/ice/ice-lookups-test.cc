/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include "../peer/fake-resolver.h"

G_BEGIN_DECLS
#include "floe-ice-lookups-private.h"
G_END_DECLS

class IceLookups : public testing::Test
{
protected:
  ~IceLookups () override
  {
    g_clear_pointer (&lookups_, floe_ice_lookups_free);
  }

  bool Add (const std::string &name, guint16 port = 5000)
  {
    FloeCandidate candidate = {};

    g_strlcpy (candidate.address, name.c_str (), sizeof candidate.address);
    candidate.port = port;
    return floe_ice_lookups_add (lookups_, &candidate);
  }

  void Settle ()
  {
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  static void Keep (const FloeCandidate *candidate, gpointer data)
  {
    static_cast<IceLookups *> (data)->told_.push_back (
        candidate == nullptr
            ? "none"
            : std::string (candidate->address) + " " + std::to_string (candidate->port));
  }

  FakeDns dns_;
  std::vector<std::string> told_;
  FloeIceLookups *lookups_ = floe_ice_lookups_new (nullptr, Keep, this);
};

TEST_F (IceLookups, TellTheAddressOfAName)
{
  dns_.hosts["peer.example.org"] = "198.51.100.1";
  dns_.hosts["other.example.org"] = "2001:db8::1";
  EXPECT_TRUE (Add ("peer.example.org"));
  EXPECT_TRUE (Add ("other.example.org", 6000));
  EXPECT_TRUE (told_.empty ()) << "never inside the call";
  EXPECT_TRUE (floe_ice_lookups_is_pending (lookups_));
  Settle ();
  EXPECT_EQ (told_, (std::vector<std::string>{ "198.51.100.1 5000", "2001:db8::1 6000" }));
  EXPECT_FALSE (floe_ice_lookups_is_pending (lookups_));
}

TEST_F (IceLookups, AreBoundedInNumberAndAtOnce)
{
  for (int i = 0; i < 1000; i++)
    {
      std::string name = "n" + std::to_string (i) + ".example.org";

      dns_.silent.insert (name);
      EXPECT_EQ (Add (name), i < FLOE_ICE_LOOKUPS_MAX_NAMES) << name;
    }
  Settle ();
  EXPECT_EQ (dns_.asked.size (), (gsize) FLOE_ICE_LOOKUPS_AT_ONCE);
  for (int i = 0; i < 10; i++)
    {
      dns_.EndAll ();
      Settle ();
    }
  EXPECT_EQ (dns_.asked.size (), (gsize) FLOE_ICE_LOOKUPS_MAX_NAMES);
  EXPECT_EQ (told_, std::vector<std::string> (FLOE_ICE_LOOKUPS_MAX_NAMES, "none"));
  EXPECT_FALSE (floe_ice_lookups_is_pending (lookups_));
}

TEST_F (IceLookups, TellNothingWhenTheyAreFreed)
{
  dns_.hosts["peer.example.org"] = "198.51.100.1";
  dns_.silent.insert ("slow.example.org");
  Add ("peer.example.org");
  Add ("slow.example.org");
  g_clear_pointer (&lookups_, floe_ice_lookups_free);
  dns_.EndAll ();
  Settle ();
  EXPECT_TRUE (told_.empty ());
}

struct NameCase
{
  const char *name;
  const char *text;
  bool may_be_asked;
};

class IceLookupsOf : public testing::TestWithParam<NameCase>
{
};

TEST_P (IceLookupsOf, AreMadeOfNamesThatDnsHas)
{
  EXPECT_EQ (floe_ice_lookups_may_ask (GetParam ().text), GetParam ().may_be_asked);
}

INSTANTIATE_TEST_SUITE_P (
    Names, IceLookupsOf,
    testing::Values (NameCase{ "Public", "peer.example.org", true },
                     NameCase{ "PublicWithDot", "peer.example.org.", true },
                     NameCase{ "Mdns", "1f4712db-ea17-4bcf-a596-105139dfd8bf.local", false },
                     NameCase{ "MdnsWithDot", "x.local.", false },
                     NameCase{ "MdnsInCapitals", "x.LOCAL", false },
                     NameCase{ "InADomainOfOurs", "wpad", false },
                     NameCase{ "DotOnly", "wpad.", false }, NameCase{ "Empty", "", false },
                     NameCase{ "Localhost", "a.localhost", false },
                     NameCase{ "Onion", "a.onion", false }, NameCase{ "Ipv4", "192.0.2.1", false },
                     NameCase{ "Ipv6", "2001:db8::1", false }),
    [] (const auto &info) { return std::string (info.param.name); });
