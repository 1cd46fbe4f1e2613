/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-test.h"

using testing::Values;

TEST (Address, ReadsAndWritesBothFamilies)
{
  for (const char *text : { "192.0.2.1", "2001:db8::1", "0.0.0.0", "255.255.255.255", "::" })
    {
      LabAddress address = Address (text);
      EXPECT_EQ (TakeString (lab_address_to_string (&address)), text);
    }
  LabAddress address;
  EXPECT_FALSE (lab_address_parse (&address, "192.0.2"));
  EXPECT_FALSE (lab_address_parse (&address, "host"));
}

TEST (Endpoint, ReadsAndWritesBothFamilies)
{
  EXPECT_EQ (Text (Endpoint ("192.0.2.1:80")), "192.0.2.1:80");
  EXPECT_EQ (Text (Endpoint ("[2001:db8::1]:65535")), "[2001:db8::1]:65535");
  LabEndpoint endpoint;
  for (const char *bad : { "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", ":80", "[::1:80" })
    EXPECT_FALSE (lab_endpoint_parse (&endpoint, bad)) << bad;
}

struct PrefixCase
{
  const char *address, *prefix;
  guint bits;
  bool expected;
};

class AddressPrefix : public testing::TestWithParam<PrefixCase>
{
};

TEST_P (AddressPrefix, IsComparedToTheBit)
{
  LabAddress address = Address (GetParam ().address), prefix = Address (GetParam ().prefix);
  EXPECT_EQ (lab_address_has_prefix (&address, &prefix, GetParam ().bits), GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (Table, AddressPrefix,
                          Values (PrefixCase{ "192.168.1.9", "192.168.1.0", 24, true },
                                  PrefixCase{ "192.168.2.9", "192.168.1.0", 24, false },
                                  PrefixCase{ "100.127.255.255", "100.64.0.0", 10, true },
                                  PrefixCase{ "100.128.0.0", "100.64.0.0", 10, false },
                                  PrefixCase{ "192.0.2.1", "192.0.2.1", 32, true },
                                  PrefixCase{ "192.0.2.0", "192.0.2.1", 32, false },
                                  PrefixCase{ "2001:db8:0:1::7", "2001:db8:0:1::", 64, true },
                                  PrefixCase{ "2001:db8:0:2::7", "2001:db8:0:1::", 64, false },
                                  PrefixCase{ "192.0.2.1", "::", 0, false },
                                  PrefixCase{ "::1", "0.0.0.0", 0, false }));

class MadePacket : public testing::TestWithParam<const char *>
{
protected:
  std::string at (int port) const
  {
    bool is_v6 = strchr (GetParam (), ':') != nullptr;
    return (is_v6 ? "[" : "") + std::string (GetParam ()) + (is_v6 ? "]:" : ":")
           + std::to_string (port);
  }
};

TEST_P (MadePacket, IsReadAsItWasMade)
{
  for (const std::string &payload :
       { std::string (), std::string ("odd"), std::string (1200, 'x') })
    {
      Packet udp = Udp (at (1), at (2), payload);
      EXPECT_TRUE (lab_packet_checksums_are_right (udp.get ()));
      EXPECT_EQ (Payload (*udp), payload);
      EXPECT_EQ (Text (Header (*udp).source), at (1));
      EXPECT_EQ (Text (Header (*udp).destination), at (2));
      Packet tcp = Tcp (at (3), at (4), LAB_TCP_SYN, payload);
      EXPECT_TRUE (lab_packet_checksums_are_right (tcp.get ()));
      EXPECT_EQ (Payload (*tcp), payload);
      EXPECT_EQ (Header (*tcp).tcp_flags, LAB_TCP_SYN);
    }
}

TEST_P (MadePacket, KeepsRightChecksumsWhenItIsRewritten)
{
  LabEndpoint source = Endpoint (at (60000)), destination = Endpoint (at (7));
  source.address.bytes[15] ^= 0x5a;
  destination.address.bytes[14] ^= 0xff;
  Packet udp = Udp (at (1), at (2), "payload");
  Packet tcp = Tcp (at (1), at (2), LAB_TCP_ACK, "payload");
  for (LabPacket *packet : { udp.get (), tcp.get () })
    {
      LabHeader header = Header (*packet);
      lab_packet_set_source (packet->data, packet->size, &header, &source);
      lab_packet_set_destination (packet->data, packet->size, &header, &destination);
      lab_packet_set_payload (packet->data, packet->size, &header, 2, "YL", 2);
      EXPECT_TRUE (lab_packet_checksums_are_right (packet));
      EXPECT_EQ (Text (Header (*packet).source), Text (source));
      EXPECT_EQ (Text (Header (*packet).destination), Text (destination));
      EXPECT_EQ (Payload (*packet), "paYLoad");
    }
}

TEST_P (MadePacket, StaysDamagedWhenItWasDamaged)
{
  Packet packet = Udp (at (1), at (2), "payload");
  packet->data[packet->size - 1] ^= 1;
  LabHeader header = Header (*packet);
  LabEndpoint source = Endpoint (at (9));
  lab_packet_set_source (packet->data, packet->size, &header, &source);
  EXPECT_FALSE (lab_packet_checksums_are_right (packet.get ()));
}

TEST_P (MadePacket, LosesOneHopAtATimeAndThenAllOfThem)
{
  Packet packet = Udp (at (1), at (2));
  int hops = 1;
  while (lab_packet_take_hop (packet.get ()))
    {
      EXPECT_TRUE (lab_packet_checksums_are_right (packet.get ()));
      hops++;
    }
  EXPECT_EQ (hops, 64);
}

TEST_P (MadePacket, IsQuotedInAnErrorToItsSender)
{
  Packet packet = Udp (at (1), at (2), std::string (1000, 'x'));
  LabAddress router = Endpoint (at (0)).address;
  Packet error (lab_packet_new_icmp_error (packet.get (), &router, LAB_ICMP_TOO_BIG, 1280));
  ASSERT_NE (error, nullptr);
  EXPECT_TRUE (lab_packet_checksums_are_right (error.get ()));
  LabHeader header = Header (*error), inner;
  EXPECT_TRUE (header.is_icmp_error);
  EXPECT_EQ (lab_get16 (error->data + header.transport + 6), 1280);
  ASSERT_TRUE (
      lab_header_parse_excerpt (&inner, error->data + header.inner, error->size - header.inner));
  EXPECT_EQ (Text (inner.source), at (1));
  EXPECT_EQ (Text (inner.destination), at (2));
  EXPECT_EQ (lab_packet_new_icmp_error (error.get (), &router, LAB_ICMP_TOO_BIG, 0), nullptr)
      << "no error about an error";
}

TEST_P (MadePacket, IsNoPacketWhenItIsCutAnywhere)
{
  Packet udp = Udp (at (1), at (2), "payload");
  Packet tcp = Tcp (at (1), at (2), LAB_TCP_SYN, "payload");
  LabHeader header;
  for (const LabPacket *packet : { udp.get (), tcp.get () })
    for (gsize size = 0; size < packet->size; size++)
      EXPECT_FALSE (lab_header_parse (&header, packet->data, size)) << size;
}

INSTANTIATE_TEST_SUITE_P (Family, MadePacket, Values ("192.0.2.33", "2001:db8::33"),
                          [] (const auto &info) { return info.index == 0 ? "IPv4" : "IPv6"; });

TEST (Packet, OfUdpWithoutAChecksumStaysWithout)
{
  Packet packet = Udp ("192.0.2.1:1", "192.0.2.2:2");
  LabHeader header = Header (*packet);
  LabEndpoint source = Endpoint ("192.0.2.9:9");
  lab_put16 (packet->data + header.transport + 6, 0);
  lab_packet_set_source (packet->data, packet->size, &header, &source);
  EXPECT_EQ (lab_get16 (packet->data + header.transport + 6), 0);
}

TEST (Packet, WithGarbageInsideIsReadWithoutHarm)
{
  GRand *rand = g_rand_new_with_seed (7);
  for (int round = 0; round < 20000; round++)
    {
      guint8 bytes[64];
      gsize size = (gsize) g_rand_int_range (rand, 0, sizeof bytes + 1);
      for (guint8 &byte : bytes)
        byte = (guint8) g_rand_int (rand);
      bytes[0] = (guint8) (round % 2 == 0 ? 0x40 | (bytes[0] & 0xf) : 0x60);
      lab_put16 (bytes + (round % 2 == 0 ? 2 : 4), (guint16) (round % 2 == 0 ? size : size - 40));
      std::vector<guint8> exact (bytes, bytes + size); /* so that a sanitizer sees the end */
      LabHeader header;
      bool is_packet = lab_header_parse (&header, exact.data (), size);
      EXPECT_TRUE (!is_packet || header.payload <= size);
      lab_header_parse_excerpt (&header, exact.data (), size);
    }
  g_rand_free (rand);
}
