/* SPDX-License-Identifier: MPL-2.0 */
/* Privacy levels on machines with addresses of several kinds: private and global ones, and a
 * default route that changes. */
#include "../own-namespace.h"
#include "ice-peer.h"
#include "raw-peer.h"

#include "floe-ice-transport-internal-private.h"

#include <set>

#define QUIET_MS 700 /* two checks of libnice's, and one of the repeats between them */

class IcePrivacyNetwork : public OwnNamespaceTest
{
};

static PeerOptions
Options (FloePrivacyLevel level)
{
  PeerOptions options;

  options.interfaces = {};
  options.privacy = level;
  options.is_controlling = true;
  return options;
}

static std::string
HostOf (GSocketAddress *address)
{
  return TakeString (g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))));
}

/* Paths that have begun and not ended. */
static guint
CountPaths (FloeIceTransport *transport)
{
  guint count = 0;

  for (guint i = 0; i < transport->lanes->len; i++)
    {
      FloePathState state =
          floe_ice_path_get_state (floe_ice_transport_get_lane (transport, i)->path);

      count += state == FLOE_PATH_RESOLVING || state == FLOE_PATH_RUNNING;
    }
  return count;
}

/* A socket of the peer's at an address, and who has asked it. */
class Witness
{
public:
  Witness (GMainContext *context, IcePeer &ice, const char *address)
      : peer (context), socket (peer.AddSocket (address))
  {
    FloeCandidate candidate = peer.Candidate (socket.port, 0x7effffff, address);

    peer.answer = [this] (RawSocket &from, GSocketAddress *to, const FloeStunMessage &request) {
      hosts.insert (HostOf (to));
      from.Send (to, peer.Success (request, to));
    };
    peer.Introduce (ice);
    floe_ice_transport_add_remote_candidate (ice.transport, &candidate);
  }

  /* As one who has found the port of @ice's would. */
  void Check (IcePeer &ice, const char *address)
  {
    GSocket *tapped = floe_ice_transport_get_socket (ice.transport, 0, address);
    GSocketAddress *bound;

    Require (tapped != nullptr, "there is a socket");
    bound = g_socket_get_local_address (tapped, nullptr);
    socket.Send (bound, peer.Check ());
    g_object_unref (bound);
  }

  RawPeer peer;
  RawSocket &socket;
  std::set<std::string> hosts;
};

static void
Prepare (const char *commands)
{
  EnterNamespace ();
  Do ("ip link set lo up");
  Do ("for i in 0 1; do ip link add d$i type veth peer name e$i && ip link set e$i up && "
      "ip link set d$i up || exit 1; done; for i in $(seq 100); do "
      "[ $(ip -o link show | grep -c 'd[01]@.*state UP') = 2 ] && exit 0; sleep 0.05; done; exit "
      "1");
  Do (commands);
}

/* libnice sends by the interface that a socket's address is of, so there are peers at both. */
static void
GatherByTheDefaultRoute ()
{
  GMainContext *context = g_main_context_new ();
  std::set<std::string> hosts;

  Prepare ("ip address add 192.0.2.1/24 dev d0 && ip address add 192.0.2.9/24 dev d0 && "
           "ip address add 198.51.100.1/24 dev d1 && ip address add 198.51.100.9/24 dev d1 && "
           "ip route add default via 192.0.2.254 dev d0");
  IcePeer ice (context, Options (FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE));
  Witness first (context, ice, "192.0.2.9"), second (context, ice, "198.51.100.9");
  floe_ice_transport_gather (ice.transport);
  Require (RunUntil (context, 30000, [&] { return !first.hosts.empty (); }), "a check");
  RunUntil (context, QUIET_MS, [] { return false; });
  Require (first.hosts == std::set<std::string>{ "192.0.2.1" }, "from that address");
  Require (second.hosts.empty (), "and from no other");
  Require (ice.candidates.size () == 1, "one candidate");
  Require (strcmp (ice.candidates[0].address, "192.0.2.1") == 0, "of that address");

  Do ("ip route replace default via 198.51.100.254 dev d1");
  floe_ice_transport_handle_network_change (ice.transport);
  Require (floe_ice_transport_get_socket (ice.transport, 0, "192.0.2.1") == nullptr,
           "the socket is gone at once");
  Require (ice.transport->shared.path_count == CountPaths (ice.transport),
           "which paths share the pace with");
  first.hosts.clear ();
  Require (RunUntil (context, 30000, [&] { return !second.hosts.empty (); }), "a check");
  RunUntil (context, QUIET_MS, [] { return false; });
  Require (second.hosts == std::set<std::string>{ "198.51.100.1" }, "from the new address");
  Require (first.hosts.empty (), "and from no other");
  _Exit (0);
}

TEST_F (IcePrivacyNetwork, DefaultRouteIsFollowedAndTheOldOneLeft)
{
  EXPECT_EXIT (GatherByTheDefaultRoute (), HasPassed, "");
}

static void
GatherWithoutARoute ()
{
  GMainContext *context = g_main_context_new ();

  Prepare ("ip address add 192.0.2.1/24 dev d0 && ip address add 198.51.100.1/24 dev d1");
  IcePeer ice (context, Options (FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE));
  floe_ice_transport_gather (ice.transport);
  Require (RunUntil (context, 30000, [&] { return ice.gathered_count == 1; }), "gathered");
  Require (ice.candidates.empty (), "of two networks none is chosen");
  Do ("ip address del 198.51.100.1/24 dev d1");
  floe_ice_transport_handle_network_change (ice.transport);
  Require (RunUntil (context, 30000, [&] { return !ice.candidates.empty (); }), "a candidate");
  Require (strcmp (ice.candidates[0].address, "192.0.2.1") == 0, "of the only network");
  _Exit (0);
}

TEST_F (IcePrivacyNetwork, WithoutADefaultRouteTheOnlyNetworkIsUsed)
{
  EXPECT_EXIT (GatherWithoutARoute (), HasPassed, "");
}

/* @own is on a local network, @world is not. */
static void
HideAPrivateAddress (const char *own, const char *world, const char *commands)
{
  GMainContext *context = g_main_context_new ();

  Prepare (commands);
  IcePeer ice (context, Options (FLOE_PRIVACY_LEVEL_NO_HOST));
  Witness global (context, ice, world), here (context, ice, own);
  here.peer.pwd = global.peer.pwd;
  here.peer.ufrag = global.peer.ufrag;
  floe_ice_transport_gather (ice.transport);
  Require (RunUntil (context, 30000, [&] { return !global.hosts.empty (); }),
           "checks go out into the world");
  here.Check (ice, own);
  global.Check (ice, own);
  Require (RunUntil (context, 30000, [&] { return global.peer.success_count > 0; }),
           "the world is answered");
  RunUntil (context, QUIET_MS, [] { return false; });
  Require (here.hosts.empty (), "no check goes to the local network");
  Require (here.peer.success_count == 0, "and no answer");
  Require (ice.candidates.empty (), "no candidate is told");
  Require (ice.pair_count > 0 && strcmp (ice.local.address, own) != 0, "nor is the pair's");
  _Exit (0);
}

TEST_F (IcePrivacyNetwork, NoHostHidesAPrivateAddressFromItsNetwork)
{
  EXPECT_EXIT (HideAPrivateAddress (
                   "10.1.0.1", "192.0.2.50",
                   "ip address add 10.1.0.1/24 dev d0 && ip address add 192.0.2.50/32 dev d0 && "
                   "ip route add default via 10.1.0.254 src 10.1.0.1"),
               HasPassed, "");
}

TEST_F (IcePrivacyNetwork, NoHostHidesAUniqueLocalAddressFromItsNetwork)
{
  EXPECT_EXIT (HideAPrivateAddress ("fd01::1", "2001:db8::50",
                                    "ip address add fd01::1/64 dev d0 nodad && ip address add "
                                    "2001:db8::50/128 dev d0 nodad preferred_lft 0 && "
                                    "ip -6 route add default via fd01::2 src fd01::1"),
               HasPassed, "");
}

/* Without a NAT the peer would see it, wherever that is. */
static void
HideAGlobalAddress ()
{
  GMainContext *context = g_main_context_new ();
  PeerOptions options = Options (FLOE_PRIVACY_LEVEL_NO_HOST);
  guint asked = 0;

  Prepare ("ip address add 192.0.2.1/24 dev d0 && ip address add 198.51.100.1/32 dev d0 && "
           "ip route add default via 192.0.2.254 src 192.0.2.1");
  RawSocket stun (
      context,
      [&] (RawSocket &socket, GSocketAddress *from, const Bytes &bytes) {
        FloeStunMessage request;
        FloeStunAddress mapped = StunAddress (from);

        asked++;
        if (floe_stun_message_parse (&request, bytes.data (), bytes.size (), nullptr))
          socket.Send (from, RawPeer::Build (FLOE_STUN_SUCCESS, request.transaction_id, nullptr,
                                             [&] (FloeStunBuilder *builder) {
                                               floe_stun_builder_add_xor_address (
                                                   builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
                                             }));
      },
      "198.51.100.1");
  std::string url = "stun:198.51.100.1:" + std::to_string (stun.port);
  options.urls = { url.c_str () };
  IcePeer ice (context, options);
  Witness witness (context, ice, "198.51.100.1");
  floe_ice_transport_gather (ice.transport);
  Require (RunUntil (context, 30000, [&] { return ice.gathered_count > 0; }), "gathered");
  witness.Check (ice, "192.0.2.1");
  RunUntil (context, QUIET_MS, [] { return false; });
  Require (asked > 0, "the server is asked");
  Require (ice.candidates.empty (), "no candidate is told");
  Require (witness.hosts.empty () && witness.peer.success_count == 0, "no packet to the peer");
  _Exit (0);
}

TEST_F (IcePrivacyNetwork, NoHostHidesAGlobalAddressThatNoNatHides)
{
  EXPECT_EXIT (HideAGlobalAddress (), HasPassed, "");
}
