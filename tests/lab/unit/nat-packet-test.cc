/* SPDX-License-Identifier: MPL-2.0 */
/* What a NAT does with packets besides mapping and filtering UDP. */
#include "lab-nat64.h"
#include "lab-test.h"

using testing::ElementsAre;

namespace
{
const char *const kInside = "192.168.1.10:5000";
const char *const kOtherInside = "192.168.1.11:6000";
const char *const kServer = "198.51.100.1:3478";
}

TEST (NatHairpin, IsRefusedWhereThereIsNone)
{
  NatBox nat ("eim-eif");
  std::string external = nat.Out (kInside, kServer);
  Packet packet = Udp (kOtherInside, external);
  EXPECT_EQ (nat.Pass (packet.get (), true), LAB_NAT_DROP);
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:hairpin");
}

TEST (NatHairpin, ShowsTheSourceThatTheKnobNames)
{
  for (bool is_external : { false, true })
    {
      NatBox nat ("eim-eif", { is_external ? "hairpin=external" : "hairpin=internal" });
      std::string external = nat.Out (kInside, kServer);
      Packet packet = Udp (kOtherInside, external);
      EXPECT_EQ (nat.Pass (packet.get (), true), LAB_NAT_HAIRPIN);
      EXPECT_EQ (Text (Header (*packet).destination), kInside);
      EXPECT_EQ (Text (Header (*packet).source), is_external ? "203.0.113.1:6000" : kOtherInside);
    }
}

TEST (NatHairpin, IsFilteredLikeWhatComesFromOutside)
{
  NatBox nat ("eim-apdf", { "hairpin=external" });
  std::string first = nat.Out (kInside, kServer), second = nat.Out (kOtherInside, kServer);
  EXPECT_EQ (nat.Pass (Udp (kInside, second).get (), true), LAB_NAT_DROP);
  EXPECT_EQ (nat.Pass (Udp (kOtherInside, first).get (), true), LAB_NAT_HAIRPIN)
      << "the first has sent there by now";
}

TEST (NatPoison, TakesThePortThatAStrangerKnockedAt)
{
  NatBox nat ("masquerade-poisoned");
  EXPECT_EQ (nat.OutPort (kInside, "198.51.100.9:1"), 5000);
  EXPECT_EQ (nat.Pass (Udp (kServer, "203.0.113.1:5000").get (), false), LAB_NAT_REJECT);
  EXPECT_NE (nat.OutPort (kInside, kServer), 5000) << "that peer came first";
  EXPECT_EQ (nat.OutPort (kInside, "198.51.100.2:3478"), 5000) << "others did not";
}

TEST (NatPoison, WearsOffAndIsNotCaughtByOthers)
{
  NatBox nat ("masquerade-poisoned"), healthy ("masquerade");
  nat.In (kServer, "203.0.113.1:5000");
  healthy.In (kServer, "203.0.113.1:5000");
  EXPECT_EQ (healthy.OutPort (kInside, kServer), 5000);
  nat.Wait (30 * kSecond);
  EXPECT_EQ (nat.OutPort (kInside, kServer), 5000);
}

TEST (NatUnsolicited, IsRejectedWhereTheKnobSaysSo)
{
  NatBox silent ("eim-apdf"), polite ("eim-apdf", { "unsolicited=reject" });
  EXPECT_EQ (silent.Pass (Udp (kServer, "203.0.113.1:5").get (), false), LAB_NAT_DROP);
  EXPECT_EQ (polite.Pass (Udp (kServer, "203.0.113.1:5").get (), false), LAB_NAT_REJECT);
}

struct PortCase
{
  const char *kind;
  bool udp_3478, udp_443, tcp_443, tcp_8443;
};

class NatPortRules : public testing::TestWithParam<PortCase>
{
};

TEST_P (NatPortRules, LetOutWhatTheyName)
{
  const PortCase &expected = GetParam ();
  NatBox nat (expected.kind);
  auto passes = [&] (Packet packet) { return nat.Pass (packet.get (), true) == LAB_NAT_FORWARD; };
  EXPECT_EQ (passes (Udp (kInside, "198.51.100.1:3478")), expected.udp_3478);
  EXPECT_EQ (passes (Udp (kInside, "198.51.100.1:443")), expected.udp_443);
  EXPECT_EQ (passes (Tcp (kInside, "198.51.100.1:443", LAB_TCP_SYN)), expected.tcp_443);
  EXPECT_EQ (passes (Tcp (kInside, "198.51.100.1:8443", LAB_TCP_SYN)), expected.tcp_8443);
}

INSTANTIATE_TEST_SUITE_P (Kinds, NatPortRules,
                          testing::Values (PortCase{ "eim-apdf", true, true, true, true },
                                           PortCase{ "udp-blocked", false, false, true, true },
                                           PortCase{ "udp-53-443", false, true, true, true },
                                           PortCase{ "web-only", false, false, true, false },
                                           PortCase{ "tls-only", false, false, true, false },
                                           PortCase{ "proxy-only", false, false, false, false },
                                           PortCase{ "dead", false, false, false, false }));

TEST (NatTlsOnly, CutsWhatDoesNotBeginLikeTls)
{
  NatBox nat ("tls-only");
  const char *server = "198.51.100.1:443";
  auto send = [&] (const char *from, guint8 flags, const std::string &payload) {
    return nat.Pass (Tcp (from, server, flags, payload).get (), true) == LAB_NAT_FORWARD;
  };
  EXPECT_TRUE (send (kInside, LAB_TCP_SYN, ""));
  EXPECT_TRUE (send (kInside, LAB_TCP_ACK, ""));
  EXPECT_FALSE (send (kInside, LAB_TCP_ACK, "GET /"));
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:not-tls");
  EXPECT_TRUE (send (kOtherInside, LAB_TCP_SYN, ""));
  EXPECT_TRUE (send (kOtherInside, LAB_TCP_ACK, "\x16\x03\x01hello"));
  EXPECT_TRUE (send (kOtherInside, LAB_TCP_ACK, "anything")) << "only the beginning is looked at";
  EXPECT_TRUE (send (kOtherInside, LAB_TCP_SYN, ""));
  EXPECT_FALSE (send (kOtherInside, LAB_TCP_ACK, "anything")) << "another connection";
}

TEST (NatLimits, FullTableTakesNoMoreUntilSomethingExpires)
{
  NatBox nat ("eim-apdf", { "table=10", "lifetime=30s" });
  for (int port = 1; port <= 10; port++)
    EXPECT_NE (nat.Out ("192.168.1.10:" + std::to_string (port), kServer), "");
  EXPECT_EQ (nat.Out (kInside, kServer), "");
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:table-full");
  nat.Wait (30 * kSecond);
  EXPECT_NE (nat.Out (kInside, kServer), "");
}

TEST (NatLimits, FlowsPerSecondAreCounted)
{
  NatBox nat ("apdm-random", { "flows=10" });
  auto open = [&, port = 1] () mutable {
    int opened = 0;
    for (int i = 0; i < 30; i++)
      opened += nat.Out (kInside, "198.51.100.1:" + std::to_string (port++)) != "";
    return opened;
  };
  EXPECT_EQ (open (), 10);
  nat.Wait (500 * kMillisecond);
  EXPECT_EQ (open (), 5);
  EXPECT_EQ (nat.TakeFacts ().back (), "dropped:flow-rate");
}

TEST (NatLimits, AHostThatScansIsShutOut)
{
  NatBox nat ("eim-apdf", { "ban=20", "ban-time=60s" });
  for (int port = 1; port <= 20; port++)
    EXPECT_NE (nat.Out (kInside, "198.51.100.1:" + std::to_string (port)), "");
  EXPECT_NE (nat.Out (kInside, "198.51.100.1:1"), "") << "an old acquaintance";
  EXPECT_EQ (nat.Out (kInside, "198.51.100.1:21"), "");
  EXPECT_EQ (nat.Out (kInside, "198.51.100.1:1"), "") << "banned altogether";
  EXPECT_NE (nat.Out (kOtherInside, kServer), "") << "the others are not";
  nat.Wait (60 * kSecond);
  EXPECT_NE (nat.Out (kInside, kServer), "");
}

TEST (NatAlg, RewritesAddressesInBothDirectionsAndNothingElse)
{
  std::string inside ("\x13\x88\xc0\xa8\x01\x0a", 6), outside ("\x13\x88\xcb\x00\x71\x01", 6);
  NatBox nat ("alg");
  Packet out = Udp (kInside, kServer, "ab" + inside + "cd");
  ASSERT_EQ (nat.Pass (out.get (), true), LAB_NAT_FORWARD);
  EXPECT_EQ (Payload (*out), "ab" + outside + "cd");
  Packet in = Udp (kServer, "203.0.113.1:5000", "ab" + outside);
  ASSERT_EQ (nat.Pass (in.get (), false), LAB_NAT_FORWARD);
  EXPECT_EQ (Payload (*in), "ab" + inside);
  NatBox honest ("eim-apdf");
  out = Udp (kInside, kServer, inside);
  honest.Pass (out.get (), true);
  EXPECT_EQ (Payload (*out), inside);
}

TEST (NatIcmp, EchoComesBackToWhoAsked)
{
  NatBox nat ("apdm-random");
  LabAddress inside = Address ("192.168.1.10"), server = Address ("198.51.100.1");
  Packet request (lab_packet_new_echo (&inside, &server, 77, FALSE));
  ASSERT_EQ (nat.Pass (request.get (), true), LAB_NAT_FORWARD);
  LabEndpoint seen = Header (*request).source;
  EXPECT_NE (seen.port, 77);
  Packet reply (lab_packet_new_echo (&server, &seen.address, seen.port, TRUE));
  ASSERT_EQ (nat.Pass (reply.get (), false), LAB_NAT_FORWARD);
  EXPECT_EQ (Text (Header (*reply).destination), "192.168.1.10:77");
}

TEST (NatIcmp, ErrorFromOutsideReachesTheSocketItIsAbout)
{
  NatBox nat ("apdm-random");
  Packet sent = Udp (kInside, kServer, "payload");
  ASSERT_EQ (nat.Pass (sent.get (), true), LAB_NAT_FORWARD);
  LabAddress router = Address ("198.51.100.254");
  Packet error (lab_packet_new_icmp_error (sent.get (), &router, LAB_ICMP_PORT_UNREACHABLE, 0));
  ASSERT_EQ (nat.Pass (error.get (), false), LAB_NAT_FORWARD);
  LabHeader header = Header (*error), inner;
  EXPECT_EQ (Text (header.destination), "192.168.1.10:0");
  ASSERT_TRUE (
      lab_header_parse_excerpt (&inner, error->data + header.inner, error->size - header.inner));
  EXPECT_EQ (Text (inner.source), kInside);
  EXPECT_EQ (Text (inner.destination), kServer);
}

TEST (NatIcmp, ErrorFromInsideNamesWhatTheOutsideKnows)
{
  NatBox nat ("apdm-random");
  std::string external = nat.Out (kInside, kServer);
  Packet received = Udp (kServer, external, "payload");
  ASSERT_EQ (nat.Pass (received.get (), false), LAB_NAT_FORWARD);
  LabAddress host = Address ("192.168.1.10");
  Packet error (lab_packet_new_icmp_error (received.get (), &host, LAB_ICMP_PORT_UNREACHABLE, 0));
  ASSERT_EQ (nat.Pass (error.get (), true), LAB_NAT_FORWARD);
  LabHeader header = Header (*error), inner;
  EXPECT_EQ (Text (header.source), "203.0.113.1:0");
  ASSERT_TRUE (
      lab_header_parse_excerpt (&inner, error->data + header.inner, error->size - header.inner));
  EXPECT_EQ (Text (inner.destination), external);
}

TEST (NatIcmp, ErrorAboutNothingThatPassedIsDropped)
{
  NatBox nat ("eim-eif");
  Packet never = Udp ("203.0.113.1:5000", kServer);
  LabAddress router = Address ("198.51.100.254");
  Packet error (lab_packet_new_icmp_error (never.get (), &router, LAB_ICMP_PORT_UNREACHABLE, 0));
  EXPECT_EQ (nat.Pass (error.get (), false), LAB_NAT_DROP);
}

TEST (NatFirewall, ForIpv6LetsInOnlyWhomWeWroteTo)
{
  NatBox nat ("firewall");
  const char *inside = "[2001:db8:1::10]:5000";
  EXPECT_EQ (nat.In ("[2001:db8:2::1]:80", inside), "");
  EXPECT_EQ (nat.Out (inside, "[2001:db8:2::1]:80"), inside);
  EXPECT_EQ (nat.In ("[2001:db8:2::1]:80", inside), inside);
  EXPECT_EQ (nat.In ("[2001:db8:2::1]:81", inside), "");
}

TEST (NatFragments, AreDropped)
{
  NatBox nat ("eim-eif");
  Packet packet = Udp (kInside, kServer);
  lab_put16 (packet->data + 6, 0x2000);
  EXPECT_EQ (nat.Pass (packet.get (), true), LAB_NAT_DROP);
  EXPECT_THAT (nat.TakeFacts (), ElementsAre ("dropped:fragment"));
}

class Nat64 : public testing::Test
{
protected:
  LabNatVerdict Out (LabPacket *packet)
  {
    LabNatVerdict verdict = lab_nat64_out (nat_.get (), nat_.now_us (), &prefix_, packet);
    if (verdict == LAB_NAT_FORWARD)
      {
        EXPECT_TRUE (lab_packet_checksums_are_right (packet));
      }
    return verdict;
  }
  LabNatVerdict In (LabPacket *packet)
  {
    LabNatVerdict verdict = lab_nat64_in (nat_.get (), nat_.now_us (), &prefix_, packet);
    if (verdict == LAB_NAT_FORWARD)
      {
        EXPECT_TRUE (lab_packet_checksums_are_right (packet));
      }
    return verdict;
  }
  NatBox nat_{ "eim-adf" };
  LabAddress prefix_ = Address ("64:ff9b::");
};

TEST_F (Nat64, TranslatesUdpThereAndBack)
{
  Packet out = Udp ("[2001:db8:1::10]:5000", "[64:ff9b::c633:6401]:3478", "odd");
  ASSERT_EQ (Out (out.get ()), LAB_NAT_FORWARD);
  EXPECT_EQ (Text (Header (*out).source), "203.0.113.1:5000");
  EXPECT_EQ (Text (Header (*out).destination), "198.51.100.1:3478");
  EXPECT_EQ (Payload (*out), "odd");
  Packet in = Udp ("198.51.100.1:9", "203.0.113.1:5000", "answer");
  ASSERT_EQ (In (in.get ()), LAB_NAT_FORWARD);
  EXPECT_EQ (Text (Header (*in).source), "[64:ff9b::c633:6401]:9");
  EXPECT_EQ (Text (Header (*in).destination), "[2001:db8:1::10]:5000");
  EXPECT_EQ (Payload (*in), "answer");
  EXPECT_EQ (In (Udp ("198.51.100.2:9", "203.0.113.1:5000").get ()), LAB_NAT_DROP);
}

TEST_F (Nat64, TranslatesTcpAndEcho)
{
  Packet tcp = Tcp ("[2001:db8:1::10]:5000", "[64:ff9b::c633:6401]:443", LAB_TCP_SYN);
  ASSERT_EQ (Out (tcp.get ()), LAB_NAT_FORWARD);
  EXPECT_EQ (Header (*tcp).tcp_flags, LAB_TCP_SYN);
  LabAddress inside = Address ("2001:db8:1::10"), server = Address ("64:ff9b::c633:6401");
  Packet request (lab_packet_new_echo (&inside, &server, 9, FALSE));
  ASSERT_EQ (Out (request.get ()), LAB_NAT_FORWARD);
  LabEndpoint seen = Header (*request).source;
  LabAddress v4 = Address ("198.51.100.1");
  Packet reply (lab_packet_new_echo (&v4, &seen.address, seen.port, TRUE));
  ASSERT_EQ (In (reply.get ()), LAB_NAT_FORWARD);
  EXPECT_EQ (Text (Header (*reply).destination), "[2001:db8:1::10]:9");
}

TEST_F (Nat64, IsOnlyForItsPrefix)
{
  EXPECT_TRUE (lab_nat64_is_for (&prefix_, Udp ("[::1]:1", "[64:ff9b::1]:1").get ()));
  EXPECT_FALSE (lab_nat64_is_for (&prefix_, Udp ("[::1]:1", "[64:ff9b:1::1]:1").get ()));
  EXPECT_FALSE (lab_nat64_is_for (&prefix_, Udp (kInside, kServer).get ()));
}

TEST (NatChain, IsAsStrictAsItsWorseBox)
{
  NatBox home ("eim-apdf"), carrier ("cgn", {}, 1, { "203.0.113.9" });
  Packet packet = Udp (kInside, kServer);
  ASSERT_EQ (home.Pass (packet.get (), true), LAB_NAT_FORWARD);
  ASSERT_EQ (carrier.Pass (packet.get (), true), LAB_NAT_FORWARD);
  std::string seen = Text (Header (*packet).source);
  for (const char *from : { kServer, "198.51.100.2:1" })
    {
      Packet answer = Udp (from, seen);
      ASSERT_EQ (carrier.Pass (answer.get (), false), LAB_NAT_FORWARD) << "lets all in";
      EXPECT_EQ (home.Pass (answer.get (), false) == LAB_NAT_FORWARD, from == kServer);
    }
}
