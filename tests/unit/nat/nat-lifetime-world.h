/* SPDX-License-Identifier: MPL-2.0 */
/* A measurement of lifetimes in a virtual world. Time jumps over what is idle. */
#pragma once

#include "floe-nat-lifetime-core-private.h"
#include "nat-world.h"

class LifetimeWorld
{
public:
  LifetimeWorld (const std::string &routers, const std::vector<NatServerSpec> &specs, guint64 seed)
      : net_ (routers + "host alice behind=home\n" + Hosts (specs.size (), specs), seed),
        seed_ (seed)
  {
    FloeStunCredentials *credentials =
        floe_stun_credentials_new_long_term ("alice", "secret", nullptr);
    std::vector<FloeNatServer> servers;

    for (guint i = 0; i < specs.size (); i++)
      {
        servers_.push_back (std::make_unique<Server> (net_, "server" + std::to_string (i),
                                                      specs[i].has_other, specs[i].is_turn,
                                                      specs[i].vice));
        servers.push_back (
            { servers_[i]->address (), servers_[i]->is_turn () ? credentials : nullptr, 0 });
      }
    base_ = ToStun (Endpoint (net_.At ("alice", 1)));
    core_.reset (floe_nat_lifetime_core_new (&base_, servers.data (), (guint) servers.size ()));
    floe_stun_credentials_unref (credentials);
  }

  /* @dies_us: when servers go away, after the start. */
  const FloeNatLifetime &Run (gint64 dies_us = 2 * FLOE_NAT_LIFETIME_MAX_TIME_US)
  {
    gint64 began_us = net_.now_us (), busy_us = began_us + kFlight;

    if (is_done_)
      return *floe_nat_lifetime_core_get_result (core_.get ());
    floe_nat_lifetime_core_start (core_.get (), net_.now_us ());
    Drain ();
    while (!is_done_ && net_.now_us () < began_us + 2 * FLOE_NAT_LIFETIME_MAX_TIME_US)
      {
        gint64 deadline_us = floe_nat_lifetime_core_get_deadline (core_.get ());
        guint sent = sent_;

        if (net_.now_us () < busy_us)
          net_.Wait (kMillisecond);
        else
          net_.Wait (MAX (deadline_us - net_.now_us (), kMillisecond));
        if (net_.now_us () < began_us + dies_us)
          for (auto &server : servers_)
            server->Serve ();
        Receive ();
        deadline_us = floe_nat_lifetime_core_get_deadline (core_.get ());
        if (!is_done_ && deadline_us <= net_.now_us ())
          floe_nat_lifetime_core_handle_timeout (core_.get (), net_.now_us ());
        Drain ();
        if (sent_ != sent)
          busy_us = net_.now_us () + kFlight;
      }
    net_.Wait (100 * kMillisecond);
    for (auto &server : servers_)
      server->Serve ();
    EXPECT_TRUE (is_done_);
    EXPECT_TRUE (open_.empty ());
    EXPECT_EQ (floe_nat_lifetime_core_get_deadline (core_.get ()), -1);
    EXPECT_LE (result ().elapsed_us, FLOE_NAT_LIFETIME_MAX_TIME_US + kMillisecond);
    EXPECT_LE (sent_, (guint) FLOE_NAT_LIFETIME_MAX_PACKETS);
    EXPECT_EQ (sent_, result ().packet_count);
    return result ();
  }

  const FloeNatLifetime &result () const
  {
    return *floe_nat_lifetime_core_get_result (core_.get ());
  }
  Server &server (guint index)
  {
    return *servers_[index];
  }
  std::string Describe () const
  {
    return "lived " + std::to_string (result ().lived_s) + " s, died "
           + std::to_string (result ().died_s) + " s, " + result ().evidence + ", "
           + std::to_string (result ().elapsed_us / kSecond) + " s, " + std::to_string (sent_)
           + " packets";
  }

private:
  /* Longer than any packet is under way, with its answer. */
  static constexpr gint64 kFlight = 200 * kMillisecond;

  struct CoreFree
  {
    void operator() (FloeNatLifetimeCore *core) const
    {
      floe_nat_lifetime_core_free (core);
    }
  };

  static std::string Hosts (size_t count, const std::vector<NatServerSpec> &specs)
  {
    std::string text;

    for (size_t i = 0; i < count; i++)
      text += "host server" + std::to_string (i) + " delay=10ms"
              + (specs[i].has_other ? " addresses=2\n" : "\n");
    return text;
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

        for (guint socket : open_)
          if (header.protocol == LAB_PROTOCOL_UDP && PortOf (socket) == header.destination.port)
            {
              floe_nat_lifetime_core_handle_datagram (core_.get (), net_.now_us (), socket, &from,
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

    while (floe_nat_lifetime_core_poll (core_.get (), &output))
      {
        FloeStunAddress local = base_;

        EXPECT_FALSE (is_done_) << "nothing comes after DONE";
        local.port = PortOf (output.socket);
        if (output.type == FLOE_NAT_OUTPUT_OPEN)
          {
            EXPECT_TRUE (open_.insert (output.socket).second);
            floe_nat_lifetime_core_set_local (core_.get (), output.socket, &local);
          }
        else if (output.type == FLOE_NAT_OUTPUT_CLOSE)
          EXPECT_EQ (open_.erase (output.socket), 1u);
        else if (output.type == FLOE_NAT_OUTPUT_SEND)
          {
            LabEndpoint from = ToLab (local), to = ToLab (output.to);

            EXPECT_EQ (open_.count (output.socket), 1u);
            sent_++;
            net_.Send ("alice", Packet (lab_packet_new_udp (&from, &to, output.data, output.size)));
          }
        else
          is_done_ = is_done_ || output.type == FLOE_NAT_OUTPUT_DONE;
      }
  }

  Network net_;
  guint64 seed_;
  std::vector<std::unique_ptr<Server> > servers_;
  std::unique_ptr<FloeNatLifetimeCore, CoreFree> core_;
  FloeStunAddress base_ = {};
  std::set<guint> open_;
  guint sent_ = 0;
  bool is_done_ = false;
};
