/* SPDX-License-Identifier: MPL-2.0 */
/* How far primers go that shall leave our NAT and not enter the peer's. */
#include "floe-inet-convert-private.h"
#include "floe-punch-hops-private.h"

#include <gmock/gmock.h>

#include "floe-test.h"

namespace
{

FloeStunAddress
Address (const char *text)
{
  FloeStunAddress address;

  EXPECT_TRUE (floe_stun_address_from_text (text, &address));
  return address;
}

struct HopsCase
{
  const char *name;
  bool is_translated;
  std::vector<const char *> routers; /* at one hop, two, ... ; "" says nothing */
  guint hops;
};

class PunchHops : public testing::TestWithParam<HopsCase>
{
};

TEST_P (PunchHops, GoAsFarAsTheFirstRouterBehindOurNat)
{
  FloeStunAddress peer = Address ("203.0.113.2");
  FloePunchHops hops = {};
  const auto &routers = GetParam ().routers;

  hops.is_translated = GetParam ().is_translated;
  for (guint socket = 0; socket < FLOE_PUNCH_MAX_HOPS; socket++)
    EXPECT_EQ (floe_punch_hops_get_next (&hops, socket), socket + 1);
  EXPECT_EQ (floe_punch_hops_get_next (&hops, 100), (guint) FLOE_PUNCH_USUAL_HOPS);
  /* Backwards: what is near may answer late. */
  for (gsize i = routers.size (); i-- > 0;)
    {
      if (routers[i][0] == '\0')
        continue;
      FloeStunAddress router = Address (routers[i]);

      floe_punch_hops_handle_exceeded (&hops, (guint) i, &router, &peer);
    }
  EXPECT_EQ (floe_punch_hops_get_next (&hops, 101), GetParam ().hops);
  EXPECT_EQ (floe_punch_hops_get_next (&hops, 0), GetParam ().hops) << "of the next pass";
}

INSTANTIATE_TEST_SUITE_P (
    Ways, PunchHops,
    testing::Values (
        HopsCase{ "HomeNat", true, { "192.168.1.1", "198.51.100.254" }, 2 },
        HopsCase{ "CarriersNat", true, { "192.168.1.1", "100.64.0.1", "198.51.100.254" }, 3 },
        HopsCase{ "SilentProvider", true, { "192.168.1.1", "", "", "198.51.100.7" }, 4 },
        HopsCase{ "SilentWay", true, {}, FLOE_PUNCH_USUAL_HOPS },
        HopsCase{ "OnlyPrivateAddresses", true, { "192.168.1.1", "10.0.0.1" }, 3 },
        HopsCase{ "FilterWithoutNat", false, { "192.0.2.1", "198.51.100.254" }, 2 },
        HopsCase{ "PeersRouterNextToOurs", true, { "192.168.1.1", "203.0.113.2" }, 1 },
        HopsCase{ "PeersRouterBehindAProvider",
                  true,
                  { "192.168.1.1", "198.51.100.254", "203.0.113.2" },
                  2 }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (PunchHopsHostile, AnErrorForNothingThatWasAskedTellsNothing)
{
  FloeStunAddress peer = Address ("203.0.113.2"), router = Address ("198.51.100.254");
  FloePunchHops hops = {};

  hops.is_translated = TRUE;
  for (guint socket = 0; socket < FLOE_PROBE_MAX_SOCKETS; socket++)
    floe_punch_hops_handle_exceeded (&hops, socket, &router, &peer);
  for (guint socket = 0; socket < FLOE_PUNCH_MAX_HOPS; socket++)
    floe_punch_hops_get_next (&hops, socket);
  EXPECT_EQ (floe_punch_hops_get_next (&hops, 50), (guint) FLOE_PUNCH_USUAL_HOPS);
}

} // namespace
