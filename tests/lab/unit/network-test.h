/* SPDX-License-Identifier: MPL-2.0 */
/* A world in virtual time: hosts send and receive packets, and nothing is real. */
#pragma once

#include <deque>
#include <map>

#include "lab-network.h"
#include "lab-test.h"

class Network
{
public:
  explicit Network (const std::string &world, guint64 seed = 1) : network_ (lab_network_new (seed))
  {
    ErrorHolder error;
    EXPECT_TRUE (lab_network_parse (network_.get (), world.c_str (), error)) << error.message ();
    lab_network_set_fact_func (network_.get (), OnFact, this);
  }

  int Interface (const std::string &name)
  {
    int index = lab_network_find_interface (network_.get (), name.c_str ());
    EXPECT_GE (index, 0) << name;
    return index;
  }

  std::string AddressOf (const std::string &host, guint which = 0)
  {
    LabInterface interface;
    lab_network_get_interface (network_.get (), Interface (host), &interface);
    EXPECT_LT (which, interface.address_count);
    return TakeString (lab_address_to_string (&interface.addresses[which]));
  }

  std::string At (const std::string &host, int port, guint which = 0)
  {
    std::string address = AddressOf (host, which);
    bool is_v6 = address.find (':') != std::string::npos;
    return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string (port);
  }

  void Send (const std::string &host, Packet packet)
  {
    lab_network_input (network_.get (), now_us_, Interface (host), packet.release ());
    Collect ();
  }

  /* Lets time pass, and what is under way arrive. */
  void Wait (gint64 us)
  {
    gint64 ends_us = now_us_ + us, next_us;
    while ((next_us = lab_network_get_deadline (network_.get ())) >= 0 && next_us <= ends_us)
      {
        now_us_ = next_us;
        Collect ();
      }
    now_us_ = ends_us;
  }

  /* The next packet that has reached the host, or nothing. */
  Packet Receive (const std::string &host)
  {
    auto &queue = received_[Interface (host)];
    if (queue.empty ())
      return nullptr;
    Packet packet = std::move (queue.front ().second);
    arrived_us_ = queue.front ().first;
    queue.pop_front ();
    return packet;
  }

  /* Sends a datagram and waits: "SOURCE > DESTINATION" as it arrived at @to, or "". */
  std::string Try (const std::string &from, const std::string &source,
                   const std::string &destination, const std::string &to)
  {
    Send (from, Udp (source, destination));
    Wait (10 * kSecond);
    Packet packet = Receive (to);
    if (packet == nullptr)
      return "";
    LabHeader header = Header (*packet);
    EXPECT_TRUE (lab_packet_checksums_are_right (packet.get ()));
    return Text (header.source) + " > " + Text (header.destination);
  }

  std::string Command (const std::string &line)
  {
    ErrorHolder error;
    char *reply = lab_network_command (network_.get (), now_us_, line.c_str (), error);
    return reply != nullptr ? TakeString (reply) : std::string ("error: ") + error.message ();
  }

  /* "NODE what:reason" */
  std::vector<std::string> TakeFacts ()
  {
    return std::exchange (facts_, {});
  }
  gint64 now_us () const
  {
    return now_us_;
  }
  gint64 arrived_us () const
  {
    return arrived_us_;
  }

private:
  struct NetworkFree
  {
    void operator() (LabNetwork *network) const
    {
      lab_network_free (network);
    }
  };

  void Collect ()
  {
    guint interface = 0;
    while (LabPacket *packet = lab_network_poll (network_.get (), now_us_, &interface))
      received_[(int) interface].emplace_back (now_us_, packet);
  }

  static void OnFact (gint64, const char *node, const LabNatFact *fact, gpointer user_data)
  {
    std::string text = std::string (node) + " " + fact->what;
    if (fact->reason != nullptr)
      text += std::string (":") + fact->reason;
    static_cast<Network *> (user_data)->facts_.push_back (text);
  }

  std::unique_ptr<LabNetwork, NetworkFree> network_;
  std::map<int, std::deque<std::pair<gint64, Packet> > > received_;
  std::vector<std::string> facts_;
  gint64 now_us_ = kSecond;
  gint64 arrived_us_ = 0;
};
