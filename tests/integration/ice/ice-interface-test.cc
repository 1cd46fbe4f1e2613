/* SPDX-License-Identifier: MPL-2.0 */
/* Interfaces as machines have them: none, too many, and one that goes while it is in use. Each test
 * is a process of its own in a network namespace, which it may make as root or where users may. */
#include "../own-namespace.h"
#include "ice-peer.h"

class IceInterface : public OwnNamespaceTest
{
};

static void
GatherOnNothing ()
{
  PeerOptions options;
  GMainContext *context = g_main_context_new ();

  EnterNamespace ();
  options.interfaces = {};
  IcePeer peer (context, options);
  floe_ice_transport_gather (peer.transport);
  Require (RunUntil (context, 3000, [&] { return peer.gathered_count == 1; }), "gathered");
  Require (peer.candidates.empty (), "no candidates");
  _Exit (0);
}

TEST_F (IceInterface, NoneIsGatheredOn)
{
  EXPECT_EXIT (GatherOnNothing (), HasPassed, "");
}

/* Returns after gathering on @count addresses beside the loopback one. */
static std::unique_ptr<IcePeer>
GatherOn (GMainContext *context, int count)
{
  PeerOptions options;
  std::string more = "for i in $(seq 2 " + std::to_string (count)
                     + "); do ip address add 192.0.2.$i/24 dev d0; done";
  std::unique_ptr<IcePeer> peer;

  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
  Do (more.c_str ());
  options.interfaces = {};
  peer = std::make_unique<IcePeer> (context, options);
  floe_ice_transport_gather (peer->transport);
  Require (RunUntil (context, 3000, [&] { return peer->gathered_count == 1; }), "gathered");
  return peer;
}

static void
GatherOnForty ()
{
  std::unique_ptr<IcePeer> peer = GatherOn (g_main_context_new (), 40);

  Require (peer->candidates.size () == 16, "16 candidates");
  Require (peer->errors.empty (), "no error");
  _Exit (0);
}

TEST_F (IceInterface, AddressesAreTakenUpToSixteen)
{
  EXPECT_EXIT (GatherOnForty (), HasPassed, "");
}

static void
GatherOnSeventy ()
{
  std::unique_ptr<IcePeer> peer = GatherOn (g_main_context_new (), 70);

  Require (peer->candidates.empty (), "no candidates");
  Require (peer->errors.size () == 1, "an error");
  _Exit (0);
}

/* libnice 0.1.21 aborts with 64, whichever of them it is told to use. */
TEST_F (IceInterface, MoreAddressesThanLibniceBearsAreAnError)
{
  EXPECT_EXIT (GatherOnSeventy (), HasPassed, "");
}

static void
LoseTheInterface (bool is_removed)
{
  PeerOptions options;
  GMainContext *context = g_main_context_new ();

  EnterNamespace ();
  AddInterface ();
  options.interfaces = { "d0" };
  options.urls = { "stun:192.0.2.99:3478", "turn:192.0.2.98:3478" };
  IcePeer peer (context, options);
  floe_ice_transport_gather (peer.transport);
  RunUntil (context, 150, [] { return false; });
  Do (is_removed ? "ip link delete d0" : "ip address flush dev d0");
  Require (RunUntil (context, 10000, [&] { return peer.gathered_count == 1; }), "gathered");
  Require (peer.candidates.size () == 1, "the address is told");
  peer.Drop ();
  RunUntil (context, 100, [] { return false; });
  _Exit (0);
}

TEST_F (IceInterface, ThatVanishesInMidGatheringEndsGathering)
{
  EXPECT_EXIT (LoseTheInterface (true), HasPassed, "");
}

TEST_F (IceInterface, ThatLosesItsAddressInMidGatheringEndsGathering)
{
  EXPECT_EXIT (LoseTheInterface (false), HasPassed, "");
}

static void
LoseTheInterfaceInUse ()
{
  PeerOptions options;
  GMainContext *context = g_main_context_new ();

  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
  options.interfaces = { "d0" };
  IcePeer b (context, options);
  options.is_controlling = true;
  IcePeer a (context, options);
  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  Require (RunUntil (context, 5000, [&] { return a.IsConnected () && b.IsConnected (); }),
           "connected");
  floe_ice_transport_handle_life (a.transport, a.pair_path);
  Do ("ip link delete d0");
  for (int i = 0; i < 20; i++)
    {
      a.Send ("to nobody");
      RunUntil (context, 10, [] { return false; });
    }
  Require (b.messages.empty (), "nothing came");
  Require (
      RunUntil (context, 12000, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED; }),
      "disconnected");
  _Exit (0);
}

TEST_F (IceInterface, ThatVanishesInUseIsNoticed)
{
  EXPECT_EXIT (LoseTheInterfaceInUse (), HasPassed, "");
}

static void
ChangeTheAddress ()
{
  PeerOptions options;
  GMainContext *context = g_main_context_new ();

  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
  options.interfaces = { "d0" };
  IcePeer b (context, options);
  options.is_controlling = true;
  IcePeer a (context, options);
  Wire (a, b);
  AnswerProbes (a);
  AnswerProbes (b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  Require (RunUntil (context, 5000, [&] { return a.IsConnected () && b.IsConnected (); }),
           "connected");
  Require (a.Send ("hello") && b.Send ("hello"), "sent");
  RunUntil (context, 1000, [&] { return !a.messages.empty () && !b.messages.empty (); });
  Do ("ip address del 192.0.2.1/24 dev d0 && ip address add 192.0.2.9/24 dev d0");
  floe_ice_transport_handle_network_change (a.transport);
  floe_ice_transport_handle_network_change (b.transport);
  Require (RunUntil (context, 10000,
                     [&] {
                       return strcmp (a.local.address, "192.0.2.9") == 0
                              && strcmp (b.local.address, "192.0.2.9") == 0;
                     }),
           "a path from the new address");
  Require (a.reasons.back () == FLOE_PATH_REASON_NETWORK_CHANGED, "the reason is told");
  a.messages.clear ();
  Require (b.Send ("again") && RunUntil (context, 2000, [&] { return !a.messages.empty (); }),
           "data flows");
  _Exit (0);
}

TEST_F (IceInterface, WhoseAddressChangesIsFollowedWithoutWaiting)
{
  EXPECT_EXIT (ChangeTheAddress (), HasPassed, "");
}

/* libnice refuses the ninth server of an agent; none of Floe's has so many. */
TEST_F (IceInterface, TwelveTurnServersEndGathering)
{
  GMainContext *context = g_main_context_new ();
  PeerOptions options;
  std::vector<std::string> urls;

  for (int i = 1; i <= 12; i++)
    urls.push_back ("turn:127.0.0.1:" + std::to_string (i));
  for (const std::string &url : urls)
    options.urls.push_back (url.c_str ());
  {
    IcePeer peer (context, options);

    floe_ice_transport_gather (peer.transport);
    EXPECT_TRUE (RunUntil (context, 20000, [&] { return peer.gathered_count == 1; }));
    EXPECT_FALSE (peer.candidates.empty ());
  }
  RunUntil (context, 200, [] { return false; });
  g_main_context_unref (context);
}
