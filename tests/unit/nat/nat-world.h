/* SPDX-License-Identifier: MPL-2.0 */
/* A discovery run in a virtual world: alice asks servers, and time is a member. */
#pragma once

#include "floe-nat-core-private.h"
#include "nat-servers.h"

struct NatServerSpec
{
  bool has_other = false; /* RFC 5780 */
  bool is_turn = false;
  Vice vice = Vice::None;
  bool is_given_twice = false; /* both its addresses are, the second one after all other servers */
};

inline const NatServerSpec kStun{};
inline const NatServerSpec kBehaviour{ true, false, Vice::None };
inline const NatServerSpec kTurn{ false, true, Vice::None };

class NatWorld
{
public:
  /* @routers: the world, in which alice is behind "home". */
  NatWorld (const std::string &routers, const std::vector<NatServerSpec> &servers, guint64 seed)
      : net_ (routers + "host alice behind=home\n" + Hosts (servers), seed), seed_ (seed)
  {
    for (guint i = 0; i < servers.size (); i++)
      servers_.push_back (std::make_unique<Server> (net_, HostName (i), servers[i].has_other,
                                                    servers[i].is_turn, servers[i].vice));
    MakeCore (servers);
  }

  const FloeNatFindings &Run ()
  {
    gint64 ends_us = net_.now_us () + 3 * kSecond;

    began_us_ = net_.now_us ();
    floe_nat_core_start (core_.get (), net_.now_us ());
    Drain ();
    while (!is_done_ && net_.now_us () < ends_us)
      {
        gint64 deadline_us;

        net_.Wait (kMillisecond);
        for (auto &server : servers_)
          server->Serve ();
        Receive ();
        deadline_us = floe_nat_core_get_deadline (core_.get ());
        if (!is_done_ && deadline_us <= net_.now_us ())
          floe_nat_core_handle_timeout (core_.get (), net_.now_us ());
        Drain ();
      }
    EXPECT_TRUE (is_done_);
    EXPECT_TRUE (open_.empty ());
    EXPECT_EQ (floe_nat_core_get_deadline (core_.get ()), -1);
    net_.Wait (100 * kMillisecond);
    for (auto &server : servers_)
      server->Serve ();
    EXPECT_LE (report ().elapsed_us, FLOE_NAT_MAX_TIME_US + kMillisecond);
    EXPECT_LE (sent_, (guint) FLOE_NAT_MAX_PACKETS);
    EXPECT_EQ (sent_, report ().packet_count);
    return report ();
  }

  const FloeNatFindings &report () const
  {
    return *floe_nat_core_get_findings (core_.get ());
  }
  Server &server (guint index)
  {
    return *servers_[index];
  }
  /* When it was first told, and has stayed so; -1: never. */
  gint64 mapping_us () const
  {
    return mapping_us_;
  }
  gint64 filtering_us () const
  {
    return filtering_us_;
  }
  /* What the report is made of, for those who read a failure. */
  std::string Describe () const
  {
    std::string text;

    for (const FloeNatProof &proof : report ().proofs)
      text += std::to_string (proof.after_us / 1000) + " ms: " + proof.evidence + "\n";
    for (guint i = 0; i < report ().server_count; i++)
      text += floe_nat_fault_to_string (report ().servers[i].fault) + std::string (" ");
    return text + "\n" + std::to_string (report ().elapsed_us / 1000) + " ms, "
           + std::to_string (sent_) + " packets";
  }

private:
  struct CoreFree
  {
    void operator() (FloeNatCore *core) const
    {
      floe_nat_core_free (core);
    }
  };

  static std::string HostName (guint i)
  {
    return "server" + std::to_string (i);
  }

  static std::string Hosts (const std::vector<NatServerSpec> &servers)
  {
    std::string text;

    for (guint i = 0; i < servers.size (); i++)
      text +=
          "host " + HostName (i) + " delay=10ms" + (servers[i].has_other ? " addresses=2\n" : "\n");
    return text;
  }

  void MakeCore (const std::vector<NatServerSpec> &specs)
  {
    FloeStunCredentials *credentials =
        floe_stun_credentials_new_long_term ("alice", "secret", nullptr);
    std::vector<FloeNatServer> servers;

    base_ = ToStun (Endpoint (net_.At ("alice", 1)));
    for (guint index : { 0u, 1u })
      for (guint i = 0; i < servers_.size (); i++)
        {
          if (index > 0 && !specs[i].is_given_twice)
            continue;
          FloeStunAddress address = servers_[i]->address (index);
          servers.push_back ({ base_.size == address.size ? address : Synthesize (address),
                               servers_[i]->is_turn () ? credentials : nullptr, 0 });
        }
    core_.reset (floe_nat_core_new (&base_, servers.data (), (guint) servers.size ()));
    floe_stun_credentials_unref (credentials);
  }

  guint16 PortOf (guint socket) const
  {
    return (guint16) (40000 + 31 * seed_ % 5000 + 17 * socket);
  }

  void Receive ()
  {
    while (Packet packet = net_.Receive ("alice"))
      {
        LabHeader header = Header (*packet);
        FloeStunAddress from = ToStun (header.source);

        if (header.protocol != LAB_PROTOCOL_UDP)
          continue;
        for (guint socket : open_)
          if (PortOf (socket) == header.destination.port)
            {
              floe_nat_core_handle_datagram (core_.get (), net_.now_us (), socket, &from,
                                             packet->data + header.payload,
                                             packet->size - header.payload);
              break;
            }
        Drain ();
      }
  }

  void Drain ()
  {
    FloeNatOutput output;

    while (floe_nat_core_poll (core_.get (), &output))
      {
        FloeStunAddress local = base_;

        EXPECT_FALSE (is_done_) << "nothing comes after DONE";
        local.port = PortOf (output.socket);
        if (output.type == FLOE_NAT_OUTPUT_OPEN)
          {
            EXPECT_TRUE (open_.insert (output.socket).second);
            floe_nat_core_set_local (core_.get (), output.socket, &local);
          }
        else if (output.type == FLOE_NAT_OUTPUT_CLOSE)
          EXPECT_EQ (open_.erase (output.socket), 1u);
        else if (output.type == FLOE_NAT_OUTPUT_SEND)
          SendFrom (local, output);
        else if (output.type == FLOE_NAT_OUTPUT_CHANGED)
          {
            Note (report ().mapping, &mapping_us_);
            Note (report ().filtering, &filtering_us_);
          }
        else if (output.type == FLOE_NAT_OUTPUT_DONE)
          is_done_ = true;
      }
  }

  void Note (FloeNatBehaviour found, gint64 *known_us)
  {
    if (found == FLOE_NAT_BEHAVIOUR_UNKNOWN)
      *known_us = -1;
    else if (*known_us < 0)
      *known_us = net_.now_us () - began_us_;
  }

  void SendFrom (const FloeStunAddress &local, const FloeNatOutput &output)
  {
    LabEndpoint from = ToLab (local), to = ToLab (output.to);

    EXPECT_EQ (open_.count (output.socket), 1u);
    sent_++;
    net_.Send ("alice", Packet (lab_packet_new_udp (&from, &to, output.data, output.size)));
  }

  Network net_;
  guint64 seed_;
  std::vector<std::unique_ptr<Server> > servers_;
  std::unique_ptr<FloeNatCore, CoreFree> core_;
  FloeStunAddress base_ = {};
  std::set<guint> open_;
  guint sent_ = 0;
  gint64 began_us_ = 0, mapping_us_ = -1, filtering_us_ = -1;
  bool is_done_ = false;
};
