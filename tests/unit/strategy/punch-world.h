/* SPDX-License-Identifier: MPL-2.0 */
/* Two hosts behind NATs of the laboratory that punch through to each other, in virtual time: 40 ms
 * there and back, and 40 ms for what is signalled. */
#pragma once

#include <algorithm>
#include <functional>
#include <map>

#include "floe-punch-core-private.h"
#include "network-test.h"

inline FloeStunAddress
ToStun (const LabEndpoint &endpoint)
{
  FloeStunAddress address = {};

  address.size = FLOE_STUN_IPV4_SIZE;
  memcpy (address.bytes, endpoint.address.bytes + 12, address.size);
  address.port = endpoint.port;
  return address;
}

inline LabEndpoint
ToLab (const FloeStunAddress &address)
{
  LabEndpoint endpoint = {};

  endpoint.address.bytes[10] = endpoint.address.bytes[11] = 0xff;
  memcpy (endpoint.address.bytes + 12, address.bytes, address.size);
  endpoint.port = address.port;
  return endpoint;
}

inline guint
SeedCount ()
{
  const char *text = g_getenv ("FLOE_NAT_SEEDS");

  return text != nullptr ? (guint) g_ascii_strtoull (text, nullptr, 10) : 6;
}

struct PunchFree
{
  void operator() (FloePunchCore *core) const
  {
    floe_punch_core_free (core);
  }
  void operator() (FloeProbeBudgetCore *budget) const
  {
    floe_probe_budget_core_free (budget);
  }
  void operator() (FloePunchIdentity *identity) const
  {
    floe_punch_identity_free (identity);
  }
};
using Budget = std::unique_ptr<FloeProbeBudgetCore, PunchFree>;
using Punch = std::unique_ptr<FloePunchCore, PunchFree>;
using Identity = std::unique_ptr<FloePunchIdentity, PunchFree>;

constexpr FloeProbePolicy kUnmetered = { FALSE, FLOE_PROBE_NETWORK_UNMETERED, 0 };
constexpr FloePunchSession kAlice = { "alic", "alice's long password ",
                                      "bobs", "bob's long password...",
                                      TRUE,   1 };
constexpr FloePunchSession kBob = { "bobs", "bob's long password...",
                                    "alic", "alice's long password ",
                                    FALSE,  2 };

/* One of the two, as a wrapper would carry it out. */
struct PunchSide
{
  std::string host;
  Budget budget;
  Punch core;
  FloeStunAddress base = {};
  std::map<guint, guint16> sockets; /* open ones, and their ports */
  std::vector<gint64> opened_us;    /* by socket */
  std::vector<gint64> sent_us;
  std::vector<guint16> probed;
  std::vector<std::vector<guint8> > packets;
  guint socket = 0;
  FloeStunAddress remote = {};
  gint64 found_us = -1;
  bool is_exhausted = false;
  FloePunchEnd end = FLOE_PUNCH_END_STOPPED;
  FloeProbeVerdict verdict = FLOE_PROBE_GRANTED;
  gint64 starts_us = 0;
  FloeProbeRequest request = {};
  guint max_sockets = FLOE_PROBE_MAX_SOCKETS; /* that the system lets it open */
  bool has_started = false;

  bool is_over () const
  {
    return found_us >= 0 || is_exhausted;
  }
  const FloePunchCounters &counters () const
  {
    return *floe_punch_core_get_counters (core.get ());
  }
  /* Packets of the fullest second. */
  guint Peak () const
  {
    guint peak = 0;

    for (size_t first = 0, last = 0; last < sent_us.size (); last++)
      {
        while (sent_us[last] - sent_us[first] >= kSecond)
          first++;
        peak = std::max (peak, (guint) (last - first + 1));
      }
    return peak;
  }
};

/* Alice has many sockets, bob guesses. */
struct PunchSetup
{
  std::string alice, bob; /* their routers, with knobs */
  bool is_exact = true;   /* bob's packets come from where servers see him */
  FloePortPool pool = {};
  guint socket_count = FLOE_PROBE_MAX_SOCKETS;
  guint alice_block = 0;       /* ports, of alice's NAT */
  guint bob_table = 0;         /* entries of bob's router */
  gint64 bob_waits_us = 40000; /* signalling, at least */
  std::string link;            /* of both routers */
  guint primer_ttl = 0;
  gint64 give_up_us = 0;
  gint64 filter_life_us = 0;
  FloeProbePolicy policy = kUnmetered;
};

constexpr guint16 kIcePort = 5000;

class PunchWorld
{
public:
  PunchWorld (const PunchSetup &setup, guint64 seed)
      : net_ ("router a " + setup.alice + " delay=10ms " + setup.link + "\nrouter b " + setup.bob
                  + " delay=10ms " + setup.link
                  + "\nhost alice behind=a\nhost bob behind=b\nhost server\n",
              seed)
  {
    alice.host = "alice";
    bob.host = "bob";
    alice_seen_ = AskServer ("alice", kIcePort);
    bob_seen_ = AskServer ("bob", kIcePort);
    began_us_ = net_.now_us ();
    Make (alice, setup, FLOE_PUNCH_ROLE_MANY, kAlice, seed);
    Make (bob, setup, FLOE_PUNCH_ROLE_ONE, kBob, seed);
    Ask (alice, bob_seen_, alice_seen_);
    Ask (bob, alice_seen_, bob_seen_);
    alice.request.socket_count = setup.socket_count;
    alice.request.block_size = setup.alice_block;
    bob.request.table_size = setup.bob_table;
    alice.starts_us = began_us_;
    bob.starts_us = began_us_ + setup.bob_waits_us;
  }

  /* Where a server sees a socket of a host. */
  FloeStunAddress AskServer (const std::string &host, guint16 port)
  {
    for (guint tries = 0; tries < 50; tries++)
      {
        net_.Send (host, Udp (net_.At (host, port), net_.At ("server", 3478)));
        net_.Wait (30 * kMillisecond);
        if (Packet packet = net_.Receive ("server"))
          return ToStun (Header (*packet).source);
      }
    ADD_FAILURE () << "nothing reaches the server";
    return {};
  }

  /* Until both know, or @limit_us has passed. */
  void Run (gint64 limit_us = 70 * kSecond)
  {
    gint64 ends_us = net_.now_us () + limit_us;

    while (net_.now_us () < ends_us && !(alice.is_over () && bob.is_over ()))
      Step ();
  }

  /* A millisecond. */
  void Step ()
  {
    for (PunchSide *side : { &alice, &bob })
      {
        gint64 deadline_us;

        if (!side->has_started && net_.now_us () >= side->starts_us)
          {
            side->has_started = true;
            floe_punch_core_start (side->core.get (), net_.now_us (), &side->request);
            Drain (*side);
          }
        Receive (*side);
        deadline_us = floe_punch_core_get_deadline (side->core.get ());
        if (deadline_us >= 0 && deadline_us <= net_.now_us ())
          floe_punch_core_handle_timeout (side->core.get (), net_.now_us ());
        Drain (*side);
        deadline_us = floe_punch_core_get_deadline (side->core.get ());
        EXPECT_TRUE (deadline_us < 0 || deadline_us > net_.now_us ()) << side->host;
      }
    net_.Wait (kMillisecond);
  }

  guint Entries (const std::string &router)
  {
    std::string text = net_.Command ("mappings " + router);

    return (guint) std::count (text.begin (), text.end (), '\n');
  }

  /* Whether a packet gets from one's found socket to the other's, both ways. */
  bool Works ()
  {
    return Passes (alice, bob, 0) && Passes (bob, alice, alice.socket);
  }

  /* What both have found, and that nothing was spent beyond the budget. */
  bool Succeeded ()
  {
    if (alice.found_us < 0 || bob.found_us < 0)
      return false;
    EXPECT_EQ (alice.sockets.size (), 1u) << "losers are closed";
    EXPECT_EQ (alice.sockets.count (alice.socket), 1u);
    EXPECT_TRUE (Works ());
    return true;
  }

  void Drain (PunchSide &side)
  {
    FloePunchOutput output;

    while (floe_punch_core_poll (side.core.get (), &output))
      {
        EXPECT_FALSE (side.is_exhausted) << "nothing comes after EXHAUSTED";
        if (output.type == FLOE_PUNCH_OUTPUT_OPEN)
          Open (side, output);
        else if (output.type == FLOE_PUNCH_OUTPUT_CLOSE)
          EXPECT_EQ (side.sockets.erase (output.socket), 1u);
        else if (output.type == FLOE_PUNCH_OUTPUT_SEND)
          SendFrom (side, output);
        else if (output.type == FLOE_PUNCH_OUTPUT_FOUND)
          {
            EXPECT_LT (side.found_us, 0);
            side.found_us = net_.now_us ();
            side.socket = output.socket;
            side.remote = output.to;
          }
        else
          {
            side.is_exhausted = true;
            side.end = output.end;
            side.verdict = output.verdict;
          }
      }
  }

  gint64 TookMs () const
  {
    return (std::max (alice.found_us, bob.found_us) - began_us_) / kMillisecond;
  }
  Network &net ()
  {
    return net_;
  }

  PunchSide alice, bob;
  bool is_deaf = false; /* whatever arrives is lost */

private:
  void Make (PunchSide &side, const PunchSetup &setup, FloePunchRole role,
             const FloePunchSession &session, guint64 seed)
  {
    FloePunchConfig config = {};
    ErrorHolder error;

    config.role = role;
    config.is_peer_port_exact = setup.is_exact;
    config.pool = setup.pool;
    config.primer_ttl = setup.primer_ttl;
    config.give_up_us = setup.give_up_us;
    config.filter_life_us = setup.filter_life_us;
    config.seed = 1 + seed;
    side.budget.reset (floe_probe_budget_core_new (&setup.policy));
    side.core.reset (floe_punch_core_new (&config, &session, side.budget.get (), error));
    ASSERT_NE (side.core, nullptr) << error.message ();
    side.base = ToStun (Endpoint (net_.At (side.host, kIcePort)));
    if (role == FLOE_PUNCH_ROLE_ONE)
      side.sockets[0] = kIcePort;
  }

  static void Ask (PunchSide &side, const FloeStunAddress &peer, const FloeStunAddress &own)
  {
    side.request.target = peer;
    side.request.named = &side.request.target;
    side.request.named_count = 1;
    side.request.own = own.size != 0 ? &side.base : nullptr;
    side.request.own_count = 1;
    side.request.has_consent = TRUE;
    side.request.pair = "home-cell";
  }

  void Open (PunchSide &side, const FloePunchOutput &output)
  {
    guint16 port = (guint16) (20000 + 2 * output.socket + (output.wants_even ? 0 : 1));

    side.opened_us.push_back (net_.now_us ());
    if (side.sockets.size () >= side.max_sockets)
      floe_punch_core_handle_open_failed (side.core.get (), net_.now_us (), output.socket);
    else
      EXPECT_TRUE (side.sockets.emplace (output.socket, port).second);
  }

  void SendFrom (PunchSide &side, const FloePunchOutput &output)
  {
    FloeStunAddress local = side.base;
    LabEndpoint from, to = ToLab (output.to);

    if (side.sockets.count (output.socket) == 0)
      {
        EXPECT_LT (side.max_sockets, (guint) FLOE_PROBE_MAX_SOCKETS);
        return;
      }
    local.port = side.sockets[output.socket];
    from = ToLab (local);
    side.sent_us.push_back (net_.now_us ());
    side.probed.push_back (output.to.port);
    side.packets.emplace_back (output.data, output.data + output.size);
    EXPECT_TRUE (floe_stun_address_is_same_host (&output.to, &side.request.target));
    /* The primer's TTL ends behind its own NAT: it never meets the other one. */
    if (output.ttl != 0)
      {
        Packet packet (lab_packet_new_udp (&from, &to, output.data, output.size));

        packet->data[8] = (guint8) output.ttl;
        FixChecksum (*packet);
        net_.Send (side.host, std::move (packet));
        return;
      }
    net_.Send (side.host, Packet (lab_packet_new_udp (&from, &to, output.data, output.size)));
  }

  /* RFC 1071, of the header of IPv4. */
  static void FixChecksum (LabPacket &packet)
  {
    guint32 sum = 0;

    packet.data[10] = packet.data[11] = 0;
    for (guint i = 0; i < 20; i += 2)
      sum += (guint32) packet.data[i] << 8 | packet.data[i + 1];
    while (sum >> 16 != 0)
      sum = (sum & 0xffff) + (sum >> 16);
    packet.data[10] = (guint8) (~sum >> 8);
    packet.data[11] = (guint8) ~sum;
  }

  void Receive (PunchSide &side)
  {
    while (Packet packet = net_.Receive (side.host))
      {
        LabHeader header = Header (*packet);
        FloeStunAddress from = ToStun (header.source);
        std::vector<guint8> data (packet->data + header.payload, packet->data + packet->size);

        if (header.protocol != LAB_PROTOCOL_UDP)
          continue;
        for (const auto &[socket, port] : side.sockets)
          if (port == header.destination.port)
            {
              Hear (side, socket, from, data);
              break;
            }
      }
  }

  void Hear (PunchSide &side, guint socket, const FloeStunAddress &from,
             const std::vector<guint8> &data)
  {
    if (is_deaf)
      return;
    floe_punch_core_handle_datagram (side.core.get (), net_.now_us (), socket, &from, data.data (),
                                     data.size ());
    Drain (side);
  }

  bool Passes (PunchSide &from, PunchSide &to, guint to_socket)
  {
    FloeStunAddress local = from.base;
    LabEndpoint source, destination = ToLab (from.remote);

    net_.Wait (kSecond);
    while (net_.Receive (to.host))
      ;
    local.port = from.sockets[from.socket];
    source = ToLab (local);
    for (guint i = 0; i < 10; i++) /* some may be lost */
      net_.Send (from.host, Packet (lab_packet_new_udp (&source, &destination, "hi", 2)));
    net_.Wait (100 * kMillisecond);
    while (Packet packet = net_.Receive (to.host))
      if (Header (*packet).destination.port == to.sockets[to_socket] && Payload (*packet) == "hi")
        return true;
    return false;
  }

  Network net_;
  FloeStunAddress alice_seen_ = {}, bob_seen_ = {};
  gint64 began_us_ = 0;
};
