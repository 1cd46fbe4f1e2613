/* SPDX-License-Identifier: MPL-2.0 */
/* From which addresses is asked, and what tells one network from another. */
#include "floe-inet-convert-private.h"
#include "floe-nat-bases-private.h"
#include "floe-test.h"

/* eth0 with a default route by 192.0.2.1, docker0 with its own network only; little-endian. */
static const char ipv4_routes[] =
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    "down0\t00000000\t0101A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0\n"
    "void0\t00000000\t00000000\t0201\t0\t0\t1\t00000000\t0\t0\t0\n";
static const char ipv6_routes[] =
    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "fe800000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n"
    "00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000000 00000004 00000000 80200001       lo\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n";
static const char neighbours[] =
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "192.0.2.1        0x1         0x2         02:FC:00:00:00:05     *        eth0\n"
    "192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0\n";

static FloeStunAddress
Address (const char *text, guint16 port = 0)
{
  FloeStunAddress address = {};

  EXPECT_TRUE (floe_stun_address_from_text (text, &address)) << text;
  address.port = port;
  return address;
}

class NatBases : public testing::Test
{
protected:
  void SetUp () override
  {
    network_.addresses = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
    network_.routes = g_array_new (FALSE, TRUE, sizeof (FloeNatRoute));
    network_.neighbours = g_strdup (neighbours);
    floe_nat_routes_parse_ipv4 (network_.routes, ipv4_routes);
    floe_nat_routes_parse_ipv6 (network_.routes, ipv6_routes);
  }
  void TearDown () override
  {
    floe_nat_network_clear (&network_);
    g_array_unref (servers_);
    g_array_unref (sources_);
  }
  void Add (const char *interface, const char *text)
  {
    FloeLocalAddress local = {};

    g_strlcpy (local.interface, interface, sizeof local.interface);
    g_strlcpy (local.text, text, sizeof local.text);
    local.is_running = TRUE;
    g_array_append_val (network_.addresses, local);
  }
  static void AddTo (GArray *list, const char *text)
  {
    FloeStunAddress address = Address (text, 3478);

    g_array_append_val (list, address);
  }
  /* The addresses of the bases, one after the other. */
  std::string Select ()
  {
    g_autoptr (GArray) bases = floe_nat_bases_select (&network_, servers_, sources_);
    std::string all;

    for (guint i = 0; i < bases->len; i++)
      {
        auto *base = &g_array_index (bases, FloeNatBase, i);
        all += (i > 0 ? " " : "") + TakeString (floe_stun_address_to_text (&base->address));
      }
    return all;
  }
  std::string Key (const char *plan = "plan")
  {
    g_autoptr (GArray) bases = floe_nat_bases_select (&network_, servers_, sources_);

    return TakeString (
        floe_nat_base_get_key (&g_array_index (bases, FloeNatBase, 0), &network_, plan));
  }

  FloeNatNetwork network_ = {};
  GArray *servers_ = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  GArray *sources_ = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
};

TEST_F (NatBases, AreAddressesWithADefaultRouteTheBestFirst)
{
  Add ("docker0", "172.17.0.1");
  Add ("wlan0", "192.168.1.20");
  Add ("eth0", "2001:db8::5");
  Add ("eth0", "192.0.2.2");
  Add ("down0", "10.0.0.1");
  Add ("void0", "10.0.1.1");
  EXPECT_EQ (Select (), "192.0.2.2 192.168.1.20 2001:db8::5");
}

TEST_F (NatBases, AreAddressesWithARouteToAServer)
{
  Add ("docker0", "172.17.0.1");
  AddTo (servers_, "172.17.3.3");
  EXPECT_EQ (Select (), "172.17.0.1");
  AddTo (sources_, "172.17.0.1");
  EXPECT_EQ (Select (), "172.17.0.1");
}

/* A VPN's routes may be in a table that is not read. */
TEST_F (NatBases, AreWhatTheKernelSendsFrom)
{
  Add ("wg0", "10.9.0.2");
  AddTo (servers_, "198.51.100.1");
  EXPECT_EQ (Select (), "");
  AddTo (sources_, "10.9.0.2");
  EXPECT_EQ (Select (), "10.9.0.2");
}

TEST_F (NatBases, LoopbackIsForLoopbackServersAndTheOthersForOthers)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.0.2.2");
  EXPECT_EQ (Select (), "192.0.2.2");
  AddTo (servers_, "127.0.0.9");
  EXPECT_EQ (Select (), "127.0.0.1");
  AddTo (servers_, "198.51.100.1");
  EXPECT_EQ (Select (), "192.0.2.2 127.0.0.1");
}

/* When nobody can be asked, there is no telling what leads where. */
TEST_F (NatBases, AreAllAddressesWhenThatIsWanted)
{
  Add ("eth0", "192.0.2.10");
  Add ("docker0", "172.17.0.1");
  Add ("lo", "127.0.0.1");
  for (bool with_loopback : { false, true })
    {
      g_autoptr (GArray) bases = floe_nat_bases_list (&network_, with_loopback);

      ASSERT_EQ (bases->len, with_loopback ? 3u : 2u);
      EXPECT_STREQ (g_array_index (bases, FloeNatBase, 0).interface, "eth0") << "the best first";
    }
}

TEST_F (NatBases, OneNetworkOfAnInterfaceIsAskedOnce)
{
  Add ("eth0", "2001:db8::1111");
  Add ("eth0", "2001:db8::2222");
  Add ("eth0", "2001:db8:0:1::3333");
  EXPECT_EQ (Select (), "2001:db8::1111 2001:db8:0:1::3333");
  /* RFC 6724: the kernel prefers the temporary one. */
  AddTo (sources_, "2001:db8::2222");
  EXPECT_EQ (Select (), "2001:db8::2222 2001:db8:0:1::3333");
}

TEST_F (NatBases, AreBounded)
{
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("10.%u.0.1", i);
      Add ("eth0", text);
    }
  g_autoptr (GArray) bases = floe_nat_bases_select (&network_, servers_, sources_);
  EXPECT_EQ (bases->len, (guint) FLOE_NAT_MAX_BASES);
}

TEST_F (NatBases, TheKeyIsTheSameInTheSameNetworkOnly)
{
  Add ("eth0", "192.0.2.2");
  std::string key = Key ();

  EXPECT_EQ (key.size (), 64u);
  EXPECT_EQ (Key (), key);
  EXPECT_NE (Key ("other servers"), key);
  g_array_index (network_.addresses, FloeLocalAddress, 0).text[8] = '7';
  EXPECT_EQ (Key (), key) << "another address of the same network";
  g_clear_pointer (&network_.neighbours, g_free);
  network_.neighbours = g_strdup ("");
  EXPECT_NE (Key (), key) << "another router of the same address";
}

TEST (NatRoutes, GarbageIsLeftOut)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, TRUE, sizeof (FloeNatRoute));
  static const char *const texts[] = {
    "",
    "\n\n\n",
    "eth0",
    "a-name-that-is-too-long-for-an-interface 00000000 00000000 0003 0 0 0 00000000\n",
    "eth0 0000000 00000000 0003 0 0 0 00000000\n",
    "eth0 0000000g 00000000 0003 0 0 0 00000000\n",
    "eth0 00000000 00000000 0003 0 0 99999999999 00000000\n",
    "\xff\xfe 00000000 00000000 0003 0 0 0 00000000\n",
    "00000000000000000000000000000000 ff 0 0 00000000000000000000000000000000 0 0 0 1 eth0\n",
  };

  for (const char *text : texts)
    {
      floe_nat_routes_parse_ipv4 (routes, text);
      floe_nat_routes_parse_ipv6 (routes, text);
    }
  EXPECT_EQ (routes->len, 0u);
}

TEST (NatRoutes, AreBounded)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, TRUE, sizeof (FloeNatRoute));
  std::string all;

  for (guint i = 0; i < 2 * FLOE_NAT_MAX_ROUTES; i++)
    all += "eth0 00000000 00000000 0003 0 0 0 00000000\n";
  floe_nat_routes_parse_ipv4 (routes, all.c_str ());
  EXPECT_EQ (routes->len, (guint) FLOE_NAT_MAX_ROUTES);
}

TEST (NatRoutes, ANeighbourWithoutAnAnswerHasNoAddress)
{
  EXPECT_EQ (TakeString (floe_nat_neighbours_find (neighbours, "eth0", "192.0.2.1")),
             "02:fc:00:00:00:05");
  EXPECT_EQ (floe_nat_neighbours_find (neighbours, "eth0", "192.0.2.9"), nullptr);
  EXPECT_EQ (floe_nat_neighbours_find (neighbours, "wlan0", "192.0.2.1"), nullptr);
  EXPECT_EQ (floe_nat_neighbours_find ("", "eth0", "192.0.2.1"), nullptr);
}
