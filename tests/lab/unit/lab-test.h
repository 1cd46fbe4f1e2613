/* SPDX-License-Identifier: MPL-2.0 */
/* What the laboratory's own tests share: its C types in C++ dress. */
#pragma once

#include <gmock/gmock.h>

#include <cstring>
#include <optional>

#include "floe-test.h"
#include "lab-nat.h"

constexpr gint64 kMillisecond = 1000;
constexpr gint64 kSecond = 1000000;

struct PacketFree
{
  void operator() (LabPacket *packet) const
  {
    g_free (packet);
  }
};
using Packet = std::unique_ptr<LabPacket, PacketFree>;

inline LabAddress
Address (const std::string &text)
{
  LabAddress address{};
  EXPECT_TRUE (lab_address_parse (&address, text.c_str ())) << text;
  return address;
}

inline LabEndpoint
Endpoint (const std::string &text)
{
  LabEndpoint endpoint{};
  EXPECT_TRUE (lab_endpoint_parse (&endpoint, text.c_str ())) << text;
  return endpoint;
}

inline std::string
Text (const LabEndpoint &endpoint)
{
  return TakeString (lab_endpoint_to_string (&endpoint));
}

inline LabHeader
Header (const LabPacket &packet)
{
  LabHeader header{};
  EXPECT_TRUE (lab_header_parse (&header, packet.data, packet.size));
  return header;
}

inline std::string
Payload (const LabPacket &packet)
{
  LabHeader header = Header (packet);
  return std::string (reinterpret_cast<const char *> (packet.data + header.payload),
                      packet.size - header.payload);
}

inline Packet
Udp (const std::string &source, const std::string &destination, const std::string &payload = "hi")
{
  LabEndpoint from = Endpoint (source), to = Endpoint (destination);
  return Packet (lab_packet_new_udp (&from, &to, payload.data (), payload.size ()));
}

inline Packet
Tcp (const std::string &source, const std::string &destination, guint8 flags,
     const std::string &payload = "")
{
  LabEndpoint from = Endpoint (source), to = Endpoint (destination);
  return Packet (lab_packet_new_tcp (&from, &to, flags, payload.data (), payload.size ()));
}

/* A NAT of one kind with knobs turned, at a time that the test moves. What comes through is written
 * as "SOURCE > DESTINATION", what does not as "". */
class NatBox
{
public:
  explicit NatBox (const std::string &kind, const std::vector<std::string> &knobs = {},
                   guint64 seed = 1, const std::vector<std::string> &externals = { "203.0.113.1" })
  {
    LabNatConfig config;
    EXPECT_TRUE (lab_nat_config_set_kind (&config, kind.c_str ())) << kind;
    for (const std::string &knob : knobs)
      Turn (&config, knob);
    nat_.reset (lab_nat_new (&config, seed));
    for (const std::string &external : externals)
      {
        LabAddress address = Address (external);
        lab_nat_add_external (nat_.get (), &address);
      }
    lab_nat_set_fact_func (nat_.get (), OnFact, this);
  }

  LabNat *get ()
  {
    return nat_.get ();
  }

  void Set (const std::string &knob)
  {
    Turn (lab_nat_get_config (nat_.get ()), knob);
  }

  void Wait (gint64 us)
  {
    now_us_ += us;
  }

  gint64 now_us () const
  {
    return now_us_;
  }

  /* The endpoint that the other side sees, or "". */
  std::string Out (const std::string &internal, const std::string &remote)
  {
    Packet packet = Udp (internal, remote);
    return Pass (packet.get (), true) == LAB_NAT_FORWARD ? Text (Header (*packet).source) : "";
  }

  /* The endpoint inside that is reached, or "". */
  std::string In (const std::string &remote, const std::string &external)
  {
    Packet packet = Udp (remote, external);
    return Pass (packet.get (), false) == LAB_NAT_FORWARD ? Text (Header (*packet).destination)
                                                          : "";
  }

  LabNatVerdict Pass (LabPacket *packet, bool is_out)
  {
    LabNatVerdict verdict = is_out ? lab_nat_out (nat_.get (), now_us_, packet)
                                   : lab_nat_in (nat_.get (), now_us_, packet);
    if (verdict == LAB_NAT_FORWARD || verdict == LAB_NAT_HAIRPIN)
      {
        EXPECT_TRUE (lab_packet_checksums_are_right (packet));
      }
    return verdict;
  }

  guint16 OutPort (const std::string &internal, const std::string &remote)
  {
    std::string text = Out (internal, remote);
    return text.empty () ? 0 : Endpoint (text).port;
  }

  guint Count ()
  {
    return lab_nat_count_mappings (nat_.get (), now_us_);
  }

  /* "mapped", "dropped:filtered", ... since the last call. */
  std::vector<std::string> TakeFacts ()
  {
    return std::exchange (facts_, {});
  }

private:
  struct NatFree
  {
    void operator() (LabNat *nat) const
    {
      lab_nat_free (nat);
    }
  };

  static void Turn (LabNatConfig *config, const std::string &knob)
  {
    ErrorHolder error;
    size_t equals = knob.find ('=');
    EXPECT_TRUE (lab_nat_config_set (config, knob.substr (0, equals).c_str (),
                                     knob.substr (equals + 1).c_str (), error))
        << error.message ();
  }

  static void OnFact (gint64, const LabNatFact *fact, gpointer user_data)
  {
    std::string text = fact->what;
    if (fact->reason != nullptr)
      text += std::string (":") + fact->reason;
    static_cast<NatBox *> (user_data)->facts_.push_back (text);
  }

  std::unique_ptr<LabNat, NatFree> nat_;
  gint64 now_us_ = 1000 * kSecond;
  std::vector<std::string> facts_;
};
