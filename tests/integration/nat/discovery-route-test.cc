/* SPDX-License-Identifier: MPL-2.0 */
/* Discovery in the background, on a machine whose default route changes, or the privacy level. */
#include "../own-namespace.h"

#include <floe/floe.h>

#include <set>

#define LIMIT_US (60 * G_TIME_SPAN_SECOND)

class NatDiscoveryRoute : public OwnNamespaceTest
{
};

static std::set<std::string>
ListBases (FloeNatDiscovery *discovery)
{
  GPtrArray *reports = floe_nat_discovery_get_reports (discovery);
  std::set<std::string> bases;

  for (guint i = 0; i < reports->len; i++)
    bases.insert (floe_nat_report_get_base_address ((FloeNatReport *) reports->pdata[i]));
  return bases;
}

static bool
WaitForBases (FloeNatDiscovery *discovery, const std::set<std::string> &expected)
{
  gint64 end_us = g_get_monotonic_time () + LIMIT_US;
  guint source = g_timeout_add (
      50, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);
  bool is_so = false;

  while (!is_so && g_get_monotonic_time () < end_us)
    {
      g_main_context_iteration (nullptr, TRUE);
      is_so = ListBases (discovery) == expected;
    }
  g_source_remove (source);
  return is_so;
}

/* Two networks, of which the first one has the better route. Nobody answers: what is reported is
 * from where somebody was asked. */
static FloeNatDiscovery *
AskFromTwoNetworks (FloeConfiguration *configuration)
{
  Do ("ip link set lo up");
  Do ("for i in 0 1; do ip link add d$i type veth peer name e$i && ip link set e$i up && "
      "ip link set d$i up || exit 1; done; for i in $(seq 100); do "
      "[ $(ip -o link show | grep -c 'd[01]@.*state UP') = 2 ] && exit 0; sleep 0.05; done; exit "
      "1");
  Do ("ip address add 192.0.2.1/24 dev d0 && ip address add 198.51.100.1/24 dev d1 && "
      "ip route add default via 192.0.2.254 dev d0 && "
      "ip route add default via 198.51.100.254 dev d1 metric 100");
  ErrorHolder error;
  Require (floe_configuration_add_ice_server_url (configuration, "stun:203.0.113.1", nullptr,
                                                  nullptr, error),
           "a server");
  FloeNatDiscovery *discovery = floe_nat_discovery_new (configuration);
  floe_nat_discovery_set_background (discovery, TRUE);
  return discovery;
}

static void
FollowTheRoute ()
{
  EnterNamespace ();
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

  floe_configuration_set_privacy_level (configuration, FLOE_PRIVACY_LEVEL_NO_HOST);
  g_autoptr (FloeNatDiscovery) discovery = AskFromTwoNetworks (configuration);
  Require (WaitForBases (discovery, { "192.0.2.1" }), "asked by the default route");
  /* The other one keeps its address. */
  Do ("ip route del default via 192.0.2.254 dev d0");
  Require (WaitForBases (discovery, { "198.51.100.1" }), "asked by the new one");
  _Exit (0);
}

TEST_F (NatDiscoveryRoute, IsFollowedInTheBackground)
{
  EXPECT_EXIT (FollowTheRoute (), HasPassed, "");
}

static void
FollowTheLevel ()
{
  EnterNamespace ();
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloeNatDiscovery) discovery = AskFromTwoNetworks (configuration);

  Require (WaitForBases (discovery, { "192.0.2.1", "198.51.100.1" }), "asked from both");
  floe_configuration_set_privacy_level (configuration, FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE);
  Require (WaitForBases (discovery, { "192.0.2.1" }), "asked by the default route");
  floe_configuration_set_privacy_level (configuration, FLOE_PRIVACY_LEVEL_RELAY_ONLY);
  Require (WaitForBases (discovery, {}), "nobody is asked");
  _Exit (0);
}

TEST_F (NatDiscoveryRoute, IsTheOnlyOneWhenTheLevelIsRaised)
{
  EXPECT_EXIT (FollowTheLevel (), HasPassed, "");
}
