/* SPDX-License-Identifier: MPL-2.0 */
#include "ice-peer.h"

#include <algorithm>

static PeerOptions
Controlling (PeerOptions options = {})
{
  options.is_controlling = true;
  return options;
}

class IceTransportTest : public IceTest
{
};

TEST_F (IceTransportTest, TwoConnectOnLoopbackAndExchangeDatagrams)
{
  IcePeer a (context_, Controlling ()), b (context_, {});
  gint64 start_us = g_get_monotonic_time ();

  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (3000, [&] { return a.IsConnected () && b.IsConnected (); }));
  RecordProperty ("connect_us", static_cast<int> (g_get_monotonic_time () - start_us));
  printf ("connected after %d us\n", static_cast<int> (g_get_monotonic_time () - start_us));

  EXPECT_TRUE (a.Send ("from a"));
  EXPECT_TRUE (b.Send ("from b"));
  ASSERT_TRUE (Run (1000, [&] { return !a.messages.empty () && !b.messages.empty (); }));
  EXPECT_EQ (a.messages[0], "from b");
  EXPECT_EQ (b.messages[0], "from a");
  EXPECT_EQ (a.gathered_count, 1u);
}
