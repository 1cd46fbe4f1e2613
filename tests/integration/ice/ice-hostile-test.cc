/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that names thousands of addresses which are not its own. What leaves the machine is
 * counted on the wire, by destination: issue 6, "Remote candidates are hostile". */
#include "ice-peer.h"
#include "../own-namespace.h"

#include "peer/fake-resolver.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <map>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <sys/socket.h>

G_BEGIN_DECLS
#include "floe-ice-remote-private.h"
#include "floe-mdns-private.h"
#include "floe-socket-tap-private.h"
#include "floe-unanswered-core-private.h"
G_END_DECLS

#define VICTIM "203.0.113.7"
#define MDNS_PORT 5353

/* The documented rates, and what a busy machine may do in the wrong second. */
#define MAX_PER_S (2 * 300)

/* Most of what goes out does in the first seconds: each check after the first one waits twice as
 * long. */
#define WATCH_MS 6000

/* Every packet that leaves by the interface or by loopback. */
class PacketCount
{
public:
  explicit PacketCount (GMainContext *context)
  {
    int size = 64 * 1024 * 1024;

    fd_ = socket (AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons (ETH_P_ALL));
    Require (fd_ >= 0, "the wire is watched");
    setsockopt (fd_, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    source_ = g_timeout_source_new (20);
    g_source_set_callback (
        source_,
        [] (gpointer data) -> gboolean {
          static_cast<PacketCount *> (data)->Drain ();
          return G_SOURCE_CONTINUE;
        },
        this, nullptr);
    g_source_attach (source_, context);
  }
  ~PacketCount ()
  {
    g_source_destroy (source_);
    g_source_unref (source_);
    close (fd_);
  }

  void Drain ()
  {
    guint8 packet[2048];
    struct sockaddr_ll from = {};
    socklen_t from_size = sizeof from;
    ssize_t size;

    while ((size = recvfrom (fd_, packet, sizeof packet, 0, (struct sockaddr *) &from, &from_size))
           >= 0)
      if (from.sll_pkttype == PACKET_OUTGOING && from.sll_ifindex != (int) if_nametoindex ("d1"))
        Count (packet, (gsize) size);
  }

  guint Packets (const std::string &to) const
  {
    auto found = packets.find (to);

    return found != packets.end () ? found->second : 0;
  }

  std::map<std::string, guint> packets; /* by destination */
  std::map<std::string, gsize> bytes;   /* with headers */
  std::map<gint64, guint> by_second;
  guint total = 0;
  guint mdns_count = 0; /* questions to the link, which are not counted with the others */

private:
  /* What the kernel says on its own is neither UDP nor TCP: neighbours, groups. */
  void Count (const guint8 *packet, gsize size)
  {
    char to[INET6_ADDRSTRLEN] = "";
    bool is_ipv4 = packet[0] >> 4 == 4;
    gsize header = is_ipv4 ? sizeof (struct ip) : sizeof (struct ip6_hdr);
    guint8 protocol = packet[is_ipv4 ? offsetof (struct ip, ip_p)
                                     : offsetof (struct ip6_hdr, ip6_ctlun.ip6_un1.ip6_un1_nxt)];

    if (size < header + 4 || (protocol != IPPROTO_UDP && protocol != IPPROTO_TCP))
      return;
    inet_ntop (is_ipv4 ? AF_INET : AF_INET6,
               packet
                   + (is_ipv4 ? offsetof (struct ip, ip_dst) : offsetof (struct ip6_hdr, ip6_dst)),
               to, sizeof to);
    if ((packet[header + 2] << 8 | packet[header + 3]) == MDNS_PORT)
      {
        mdns_count++;
        return;
      }
    packets[to]++;
    bytes[to] += size;
    by_second[g_get_monotonic_time () / G_TIME_SPAN_SECOND]++;
    total++;
  }

  int fd_;
  GSource *source_;
};

/* A machine with one interface, behind which the whole Internet is silent. */
static void
MakeMachine ()
{
  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
  Do ("ip -6 address add 2001:db8::1/64 dev d0 nodad && ip route add default via 192.0.2.254 && "
      "ip neighbour add 192.0.2.254 lladdr 02:00:00:00:00:01 dev d0 nud permanent && "
      "ip -6 route add default via 2001:db8::fe && "
      "ip -6 neighbour add 2001:db8::fe lladdr 02:00:00:00:00:01 dev d0 nud permanent");
}

static FloeCandidate
Named (const std::string &address, guint16 port, FloeCandidateTransport transport)
{
  static guint count;
  FloeCandidate candidate = {};

  g_snprintf (candidate.foundation, sizeof candidate.foundation, "h%u", count++);
  g_strlcpy (candidate.address, address.c_str (), sizeof candidate.address);
  candidate.component = 1;
  candidate.transport = transport;
  candidate.priority = 0x7effffff - count;
  candidate.port = port;
  candidate.type = count % 5 == 0 ? FLOE_ICE_CANDIDATE_TYPE_RELAY : FLOE_ICE_CANDIDATE_TYPE_HOST;
  return candidate;
}

static const std::vector<std::string> forbidden = {
  "127.0.0.1",
  "127.9.9.9",
  "::1",
  "169.254.169.254",
  "224.0.0.251",
  "239.255.255.250",
  "255.255.255.255",
  "0.0.0.0",
  "0.1.2.3",
  "240.0.0.1",
  "::",
  "fe80::1",
  "ff02::fb",
  "ff0e::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "64:ff9b::a00:1",
  "2002:7f00:1::1",
  "2001:0:7f00::1",
  "fec0::1",
  "100::1",
  "64:ff9b:1::a00:1",
  "192.0.2.255",
};

static std::unique_ptr<IcePeer>
StartPeer (GMainContext *context)
{
  PeerOptions options;
  std::unique_ptr<IcePeer> peer;

  options.interfaces = {};
  options.tcp_start_ms = 0;
  options.urls = { "stun:192.0.2.254:3478" }; /* silent; with one there are taps, and repeats */
  peer = std::make_unique<IcePeer> (context, options);
  floe_ice_transport_set_remote_credentials (peer->transport, "evil", "0123456789012345678901");
  floe_ice_transport_gather (peer->transport);
  Require (RunUntil (context, 20000, [&] { return !peer->candidates.empty (); }), "an address");
  return peer;
}

static void
Tell (IcePeer &peer, const std::string &address, guint16 port,
      FloeCandidateTransport transport = FLOE_CANDIDATE_UDP)
{
  FloeCandidate candidate = Named (address, port, transport);

  floe_ice_transport_add_remote_candidate (peer.transport, &candidate);
}

static glong
ResidentPages ()
{
  FILE *file = fopen ("/proc/self/statm", "r");
  glong size = 0, resident = 0;

  Require (file != nullptr && fscanf (file, "%ld %ld", &size, &resident) == 2, "statm");
  fclose (file);
  return resident;
}

/* Everything at once: 10,000 candidates, and the forbidden ones again and again among them. */
static void
TellTenThousand (IcePeer &peer)
{
  for (guint i = 0; i < 10000; i++)
    {
      const std::string &bad = forbidden[i % forbidden.size ()];
      guint16 port = (guint16) (1024 + i);

      Tell (peer, bad, port);
      Tell (peer, bad, port, FLOE_CANDIDATE_TCP_PASSIVE);
      Tell (peer, bad, port, FLOE_CANDIDATE_TCP_SO);
      Tell (peer, "n" + std::to_string (i) + ".example.org", port);
      Tell (peer, "n" + std::to_string (i) + ".local", port);
      Tell (peer, "198.51.100.1", (guint16) (1 + i % 1023)); /* the system's services, but two */
      Tell (peer, "198.18.0.1", 5000);                       /* the same one each time */
      Tell (peer,
            i % 2 == 0 ? VICTIM
                       : "198.19." + std::to_string (i / 250) + "." + std::to_string (i % 250),
            port);
      Tell (peer, VICTIM, port, FLOE_CANDIDATE_TCP_PASSIVE);
    }
}

/* What one connection sends, of all its paths: 200 pairs five times and 100 three times over UDP,
 * and what 16 connections over TCP say until they are given up. */
static const guint max_packets = 2 * FLOE_MAX_REMOTE_CANDIDATES * 5 + 100 * 3 + 16 * 8;

/* So many names, each asked for both its addresses by both families of the link, after 0, 1, 3 and
 * 7 s. */
static const guint max_mdns = FLOE_MDNS_MAX_USER_LOOKUPS * 2 * 2 * 4;

/* The sanitizer keeps what is freed. */
#ifdef __SANITIZE_ADDRESS__
#define MAX_BYTES G_MAXLONG
#else
#define MAX_BYTES (16 * 1024 * 1024)
#endif

static void
NameTenThousand ()
{
  GMainContext *context = g_main_context_new ();
  FakeDns dns;
  glong pages, size;

  MakeMachine ();
  floe_socket_tap_is_possible (); /* sends itself two packets, once */
  PacketCount wire (context);
  std::unique_ptr<IcePeer> peer = StartPeer (context);
  pages = ResidentPages ();
  TellTenThousand (*peer);
  Require (RunUntil (context, 60000, [&] { return wire.total > 100; }), "checks are sent at all");
  RunUntil (context, WATCH_MS, [] { return false; });
  wire.Drain ();
  fprintf (stderr, "%u packets to %u addresses, %u of mDNS\n", wire.total,
           (guint) wire.packets.size (), wire.mdns_count);
  Require (wire.total <= max_packets, "not too many packets");
  for (const auto &second : wire.by_second)
    Require (second.second <= MAX_PER_S, "not too many in a second");
  for (const std::string &address : forbidden)
    Require (wire.Packets (address) == 0, address.c_str ());
  Require (wire.Packets ("127.0.0.1") == 0 && wire.Packets ("10.0.0.1") == 0, "nothing inside");
  Require (dns.asked.empty (), "no name is looked up");
  Require (wire.mdns_count <= max_mdns, "few names are asked for on the link");
  size = (ResidentPages () - pages) * (glong) getpagesize ();
  fprintf (stderr, "%ld KiB more\n", size / 1024);
  Require (size < MAX_BYTES, "memory");
  peer->Drop ();
  RunUntil (context, 200, [] { return false; });
  _Exit (0);
}

class IceHostile : public OwnNamespaceTest
{
};

TEST_F (IceHostile, CandidatesByThousandsLeadToFewPacketsAndNowhereForbidden)
{
  EXPECT_EXIT (NameTenThousand (), HasPassed, "");
}

/* As somebody would who has many connections to one process, all with one victim. */
static void
AimAtOneAddress ()
{
  GMainContext *context = g_main_context_new ();
  std::vector<std::unique_ptr<IcePeer> > peers;
  gint64 start_us = g_get_monotonic_time ();
  gsize allowed;

  MakeMachine ();
  floe_socket_tap_is_possible (); /* sends itself two packets, once */
  PacketCount wire (context);
  for (guint i = 0; i < 40; i++)
    peers.push_back (StartPeer (context));
  for (guint i = 0; i < peers.size (); i++)
    for (guint j = 0; j < 200; j++)
      Tell (*peers[i], VICTIM, (guint16) (2000 + 200 * i + j));
  Require (RunUntil (context, 60000, [&] { return wire.Packets (VICTIM) > 500; }),
           "checks are sent at all");
  RunUntil (context, WATCH_MS, [] { return false; });
  wire.Drain ();
  allowed =
      FLOE_UNANSWERED_BURST_SIZE
      + (g_get_monotonic_time () - start_us) / G_TIME_SPAN_SECOND * FLOE_UNANSWERED_BYTES_PER_S;
  fprintf (stderr, "%u packets, %zu bytes\n", wire.Packets (VICTIM), wire.bytes[VICTIM]);
  Require (wire.bytes[VICTIM] <= allowed, "an address that never answers gets no more");
  for (auto &peer : peers)
    peer->Drop ();
  RunUntil (context, 200, [] { return false; });
  _Exit (0);
}

TEST_F (IceHostile, AllConnectionsTogetherSendLittleToAnAddressThatNeverAnswers)
{
  EXPECT_EXIT (AimAtOneAddress (), HasPassed, "");
}
