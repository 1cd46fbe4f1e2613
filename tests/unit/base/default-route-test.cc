/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-default-route-private.h"
G_END_DECLS

class DefaultRoute : public testing::Test
{
protected:
  ~DefaultRoute () override
  {
    g_array_unref (all_);
    g_array_unref (routed_);
  }

  static void AddTo (GArray *array, const char *interface, const char *text)
  {
    GInetAddress *inet = g_inet_address_new_from_string (text);
    FloeLocalAddress address = {};

    g_strlcpy (address.interface, interface, sizeof address.interface);
    g_strlcpy (address.text, text, sizeof address.text);
    address.is_running = TRUE;
    address.is_loopback = g_inet_address_get_is_loopback (inet);
    g_array_append_val (array, address);
    g_object_unref (inet);
  }

  void Add (const char *interface, const char *text)
  {
    AddTo (all_, interface, text);
  }

  /* What the system would say that it sends from. */
  void Route (const char *text)
  {
    AddTo (routed_, "", text);
  }

  std::string Select (std::vector<const char *> interfaces = {}, gboolean include_loopback = FALSE)
  {
    bool is_free = interfaces.empty ();
    GArray *selected;
    std::string result;

    interfaces.push_back (nullptr);
    selected = floe_default_route_select (all_, routed_, is_free ? nullptr : interfaces.data (),
                                          include_loopback);
    for (guint i = 0; i < selected->len; i++)
      result += std::string (i > 0 ? " " : "") + g_array_index (selected, FloeLocalAddress, i).text;
    g_array_unref (selected);
    return result;
  }

  GArray *all_ = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
  GArray *routed_ = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
};

TEST_F (DefaultRoute, SelectsWhatTheSystemSendsFromAndNothingElse)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.168.1.2");
  Add ("eth0", "2001:db8::2");
  Add ("eth0", "2001:db8::3");
  Add ("wlan0", "10.0.0.2");
  Add ("docker0", "172.17.0.1");
  Route ("192.168.1.2");
  Route ("2001:db8::3");
  EXPECT_EQ (Select (), "192.168.1.2 2001:db8::3");
}

TEST_F (DefaultRoute, LeavesAFamilyOutThatHasNone)
{
  Add ("eth0", "192.168.1.2");
  Add ("eth0", "fd00::2");
  Route ("192.168.1.2");
  EXPECT_EQ (Select (), "192.168.1.2");
}

TEST_F (DefaultRoute, IsRestrictedFurtherByTheApplicationsInterfaces)
{
  Add ("eth0", "192.168.1.2");
  Add ("wlan0", "10.0.0.2");
  Route ("192.168.1.2");
  EXPECT_EQ (Select ({ "eth0" }), "192.168.1.2");
}

TEST_F (DefaultRoute, LeavesNothingOfInterfacesThatItDoesNotUse)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.168.1.2");
  Add ("wlan0", "10.0.0.2");
  Route ("192.168.1.2");
  EXPECT_EQ (Select ({ "wlan0" }), "");
}

TEST_F (DefaultRoute, KeepsLoopbackWhereItWasAskedFor)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.168.1.2");
  Route ("192.168.1.2");
  EXPECT_EQ (Select ({}, TRUE), "192.168.1.2 127.0.0.1");
}

TEST_F (DefaultRoute, IsFoundBehindMoreAddressesThanAreUsed)
{
  for (int i = 0; i < 2 * FLOE_MAX_LOCAL_ADDRESSES; i++)
    Add ("docker0", ("172.17.0." + std::to_string (i + 1)).c_str ());
  Add ("eth0", "192.168.1.2");
  Route ("192.168.1.2");
  EXPECT_EQ (Select (), "192.168.1.2");
}

TEST_F (DefaultRoute, IsStoodInForByTheOnlyInterface)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.168.1.2");
  Add ("eth0", "192.168.1.3");
  Add ("eth0", "fd00::2");
  Add ("eth0", "fe80::2");
  EXPECT_EQ (Select (), "192.168.1.2 fd00::2");
}

TEST_F (DefaultRoute, IsStoodInForByNoneOfSeveralInterfaces)
{
  Add ("lo", "127.0.0.1");
  Add ("eth0", "192.168.1.2");
  Add ("wlan0", "10.0.0.2");
  EXPECT_EQ (Select (), "");
  EXPECT_EQ (Select ({ "wlan0" }), "10.0.0.2") << "the application has said which one";
}

TEST_F (DefaultRoute, LeavesLoopbackToAMachineThatHasNothingElse)
{
  Add ("lo", "127.0.0.1");
  EXPECT_EQ (Select (), "127.0.0.1");
}

TEST_F (DefaultRoute, HasOneAddressOfAFamilyAtMostAndNoneOfLoopback)
{
  GArray *routed = floe_default_route_find ();
  guint ipv6_count = 0;

  for (guint i = 0; i < routed->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (routed, FloeLocalAddress, i);

      EXPECT_FALSE (address->is_loopback);
      ipv6_count += strchr (address->text, ':') != nullptr;
    }
  EXPECT_LE (ipv6_count, 1u);
  EXPECT_LE (routed->len - ipv6_count, 1u);
  g_array_unref (routed);
}
