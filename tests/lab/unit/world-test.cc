/* SPDX-License-Identifier: MPL-2.0 */
/* The language of worlds. */
#include "network-test.h"

using testing::Values;

TEST (World, NamesEverybodyByTheRules)
{
  Network net ("# two homes, and what they meet at\n"
               "router home eim-apdf\n"
               "host alice behind=home   # the first\n"
               "\n"
               "host bob\tbehind=home\n"
               "router carrier cgn\n"
               "router cell apdm-random behind=carrier lan=10.7.0.1/16\n"
               "host phone behind=cell\n"
               "host server addresses=2\n"
               "host fixed address=192.0.2.9\n"
               "router office firewall\n"
               "host clerk behind=office\n");
  EXPECT_EQ (net.AddressOf ("alice"), "192.168.1.10");
  EXPECT_EQ (net.AddressOf ("bob"), "192.168.1.11");
  EXPECT_EQ (net.AddressOf ("phone"), "10.7.0.10");
  EXPECT_THAT (net.AddressOf ("server"), testing::StartsWith ("198.51.100."));
  EXPECT_NE (net.AddressOf ("server", 0), net.AddressOf ("server", 1));
  EXPECT_EQ (net.AddressOf ("fixed"), "192.0.2.9");
  EXPECT_EQ (net.AddressOf ("clerk"), "192.0.2.2");
  EXPECT_EQ (net.Command ("addresses cell"), "100.64.2.10\n");
}

TEST (World, GivesAHostAnInterfaceAtEachRouterThatItIsBehind)
{
  Network net ("router wifi eim-eif\nrouter cell eim-adf family=nat64\n"
               "host phone behind=wifi,cell\n");
  EXPECT_EQ (net.AddressOf ("phone/eth0"), "192.168.1.10");
  EXPECT_EQ (net.AddressOf ("phone/eth1"), "2001:db8:0:2::a");
}

TEST (World, AppliesDefaultsToTheLinesBelowThem)
{
  Network net ("host before\ndefault delay=50ms\nhost server\nhost near delay=1ms\n");
  gint64 began_us = net.now_us ();
  net.Try ("before", net.At ("before", 1), net.At ("near", 2), "near");
  EXPECT_EQ (net.arrived_us () - began_us, 1 * kMillisecond);
  began_us = net.now_us ();
  net.Try ("before", net.At ("before", 1), net.At ("server", 2), "server");
  EXPECT_EQ (net.arrived_us () - began_us, 50 * kMillisecond);
}

struct BadWorld
{
  const char *name, *text, *message;
};

class WorldRejects : public testing::TestWithParam<BadWorld>
{
};

TEST_P (WorldRejects, WithTheLineAndTheReason)
{
  LabNetwork *network = lab_network_new (1);
  ErrorHolder error;
  EXPECT_FALSE (lab_network_parse (network, GetParam ().text, error));
  EXPECT_THAT (error.message (), testing::HasSubstr (GetParam ().message));
  lab_network_free (network);
}

INSTANTIATE_TEST_SUITE_P (
    Text, WorldRejects,
    Values (BadWorld{ "Verb", "\nmodem home\n", "line 2: 'modem' is neither host, router" },
            BadWorld{ "NoName", "host\n", "line 1: a name is expected after 'host'" },
            BadWorld{ "BadName", "host Al/ice\n", "small letters" },
            BadWorld{ "Twice", "host a\nhost a\n", "line 2: there is a 'a' already" },
            BadWorld{ "Internet", "host internet\n", "there is a 'internet' already" },
            BadWorld{ "NoKind", "router home\n", "there is no kind of router ''" },
            BadWorld{ "WrongKind", "router home cone\n", "there is no kind of router 'cone'" },
            BadWorld{ "Unknown", "host a colour=red\n", "a host has no 'colour'" },
            BadWorld{ "NatKnobOfHost", "host a mapping=random\n", "a host has no 'mapping'" },
            BadWorld{ "RouterUnknown", "router r cgn colour=red\n", "a NAT has no 'colour'" },
            BadWorld{ "Value", "host a delay=soon\n", "delay: 'soon' is not a duration" },
            BadWorld{ "NoValue", "host a fast\n", "'fast' is no KEY=VALUE" },
            BadWorld{ "NoParent", "host a behind=home\n", "there is no router 'home' above" },
            BadWorld{ "HostParent", "host a\nhost b behind=a\n", "there is no router 'a' above" },
            BadWorld{ "Itself", "router r cgn behind=r\n", "there is no router 'r' above" },
            BadWorld{ "TwoUplinks", "router a cgn\nrouter b cgn\nrouter c cgn behind=a,b\n",
                      "that is too many" },
            BadWorld{ "Address", "host a address=here\n", "address: 'here' is none" },
            BadWorld{ "Lan", "router r cgn lan=10.0.0.1\n", "lan: '10.0.0.1' is no gateway" },
            BadWorld{ "Prefix", "router r cgn prefix64=1.2.3.4\n", "prefix64: " },
            BadWorld{ "Ipv6Kind", "router r cgn ipv6=what\n", "ipv6: there is no kind 'what'" },
            BadWorld{ "Nat64Host", "host a family=nat64\n", "a host can't be nat64" },
            BadWorld{ "NoFamily", "router r cgn family=ipv4\nhost a behind=r family=ipv6\n",
                      "no address of that family" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (World, OfTooManyHostsIsRefusedAndNotFilledUp)
{
  std::string text;
  for (int i = 0; i < 300; i++)
    text += "host h" + std::to_string (i) + " addresses=16\n";
  LabNetwork *network = lab_network_new (1);
  ErrorHolder error;
  EXPECT_FALSE (lab_network_parse (network, text.c_str (), error));
  lab_network_free (network);
}

/* Words of the language in any order: told to be wrong, or a world; never a crash. */
TEST (World, OfWordsInAnyOrderIsRefusedOrBuilt)
{
  const std::vector<std::string> words{ "host",        "router",
                                        "default",     "a",
                                        "b",           "c",
                                        "home",        "cgn",
                                        "eim-apdf",    "behind=home",
                                        "behind=a,b",  "behind=",
                                        "delay=5ms",   "up.loss=3%",
                                        "up.=",        "family=nat64",
                                        "family=ipv6", "addresses=16",
                                        "address=::1", "lan=10.0.0.1/8",
                                        "lan=/",       "=",
                                        "ports=5-6",   "block=9",
                                        "\n",          "\n",
                                        "\n" };
  GRand *rand = g_rand_new_with_seed (11);
  int built = 0;
  for (int round = 0; round < 3000; round++)
    {
      std::string text;
      for (int count = g_rand_int_range (rand, 1, 25); count > 0; count--)
        text += words[(size_t) g_rand_int_range (rand, 0, (gint32) words.size ())] + " ";
      LabNetwork *network = lab_network_new (1);
      GError *error = nullptr;
      bool is_built = lab_network_parse (network, text.c_str (), &error);
      EXPECT_EQ (is_built, error == nullptr) << text;
      built += is_built;
      g_clear_error (&error);
      lab_network_free (network);
    }
  EXPECT_GT (built, 0);
  g_rand_free (rand);
}
