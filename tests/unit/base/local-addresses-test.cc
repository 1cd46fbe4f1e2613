/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <algorithm>

G_BEGIN_DECLS
#include "floe-local-addresses-private.h"
G_END_DECLS

class LocalAddresses : public testing::Test
{
protected:
  ~LocalAddresses () override
  {
    g_array_unref (all_);
  }

  void Add (const char *interface, const char *text, bool is_running = true)
  {
    GInetAddress *inet = g_inet_address_new_from_string (text);
    FloeLocalAddress address = {};

    g_strlcpy (address.interface, interface, sizeof address.interface);
    g_strlcpy (address.text, text, sizeof address.text);
    address.is_running = is_running;
    address.is_loopback = g_inet_address_get_is_loopback (inet);
    g_array_append_val (all_, address);
    g_object_unref (inet);
  }

  void AddMachine ()
  {
    Add ("lo", "127.0.0.1");
    Add ("lo", "::1");
    Add ("eth0", "192.0.2.2");
    Add ("eth0", "2001:db8::2");
    Add ("eth0", "fe80::2");
    Add ("wlan0", "198.51.100.2");
    Add ("tun0", "203.0.113.2", false);
  }

  std::string Select (std::vector<const char *> interfaces = {}, gboolean include_loopback = FALSE)
  {
    bool is_free = interfaces.empty ();
    GArray *selected;
    std::string result;

    interfaces.push_back (nullptr);
    selected = floe_local_addresses_select (all_, is_free ? nullptr : interfaces.data (),
                                            include_loopback);
    for (guint i = 0; i < selected->len; i++)
      result += std::string (i > 0 ? " " : "") + g_array_index (selected, FloeLocalAddress, i).text;
    g_array_unref (selected);
    return result;
  }

  GArray *all_ = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
};

TEST_F (LocalAddresses, AreThoseOfRunningInterfacesWithoutLoopbackAndLinkLocal)
{
  AddMachine ();
  EXPECT_EQ (Select (), "192.0.2.2 2001:db8::2 198.51.100.2");
}

TEST_F (LocalAddresses, IncludeLoopbackWhenAskedAndThenLast)
{
  AddMachine ();
  EXPECT_EQ (Select ({}, TRUE), "192.0.2.2 2001:db8::2 198.51.100.2 127.0.0.1 ::1");
}

TEST_F (LocalAddresses, AreLoopbackWhenNothingElseIsUp)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.0.2.2", false);
  Add ("eth1", "fe80::1");
  EXPECT_EQ (Select (), "127.0.0.1");
}

TEST_F (LocalAddresses, AreThoseOfTheInterfacesAndAddressesThatWereNamed)
{
  AddMachine ();
  EXPECT_EQ (Select ({ "wlan0" }), "198.51.100.2");
  EXPECT_EQ (Select ({ "2001:0DB8:0:0::2", "lo" }), "2001:db8::2 127.0.0.1 ::1");
}

TEST_F (LocalAddresses, AreNoOthersWhenTheNamedOnesAreAway)
{
  AddMachine ();
  EXPECT_EQ (Select ({ "tun0" }), "");
}

TEST_F (LocalAddresses, AreTakenOnceAndBounded)
{
  Add ("eth0", "192.0.2.2");
  Add ("eth1", "192.0.2.2");
  EXPECT_EQ (Select (), "192.0.2.2");
  for (int i = 1; i < 200; i++)
    Add ("eth0", ("198.51.100." + std::to_string (i)).c_str ());
  std::string all = Select ();
  EXPECT_EQ (std::count (all.begin (), all.end (), ' '), FLOE_MAX_LOCAL_ADDRESSES - 1);
}

TEST_F (LocalAddresses, AreNotSiteLocal)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "fec0::1");
  Add ("eth0", "fd00::1");
  EXPECT_EQ (Select (), "fd00::1");
}
