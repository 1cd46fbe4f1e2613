/* SPDX-License-Identifier: MPL-2.0 */
/* What floe-turn knows of messages, ranges and URLs. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <cstring>

extern "C"
{
#include "turn-message.h"
#include "turn-ranges.h"
#include "turn-url.h"
}

namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using Bytes = std::vector<guint8>;

Bytes
FromHex (const std::string &hex)
{
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size (); i += 2)
    bytes.push_back (static_cast<guint8> (std::stoi (hex.substr (i, 2), nullptr, 16)));
  return bytes;
}

TurnAddress
Address (const char *text)
{
  TurnAddress address = {};
  EXPECT_TRUE (turn_address_parse (&address, text)) << text;
  return address;
}

std::string
Text (const TurnAddress &address)
{
  return TakeString (turn_address_to_string (&address));
}

/* RFC 5769 section 2.4. */
const char long_term_request[] = "000100602112a44278ad3433c6ad72c029da412e"
                                 "00060012e3839ee38388e383aae38383e382afe382b90000"
                                 "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
                                 "0014000b6578616d706c652e6f726700"
                                 "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";
const char long_term_user[] = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83"
                              "\xe3\x82\xaf\xe3\x82\xb9";
const char long_term_nonce[] = "f//499k954d6OL34oL9FSTvy64sA";

TEST (TurnMessage, IsWhatRfc5769Section24Says)
{
  Bytes expected = FromHex (long_term_request), id = FromHex ("78ad3433c6ad72c029da412e");
  guint8 key[TURN_KEY_SIZE];
  /* Binding is 1, which this program never asks for. */
  g_autoptr (GByteArray) message = turn_message_new (1, TURN_CLASS_REQUEST, id.data ());
  turn_make_key (key, long_term_user, "example.org", "TheMatrIX");
  turn_message_add_string (message, TURN_ATTRIBUTE_USERNAME, long_term_user);
  turn_message_add_string (message, TURN_ATTRIBUTE_NONCE, long_term_nonce);
  turn_message_add_string (message, TURN_ATTRIBUTE_REALM, "example.org");
  turn_message_sign (message, key);
  EXPECT_EQ (Bytes (message->data, message->data + message->len), expected);
  ASSERT_TRUE (turn_message_is_valid (message->data, message->len));
  EXPECT_TRUE (turn_message_is_signed (message->data, message->len, key));
  key[0] ^= 1;
  EXPECT_FALSE (turn_message_is_signed (message->data, message->len, key));
}

/* RFC 5769 sections 2.2 and 2.3: XOR-MAPPED-ADDRESS is 0x0020. */
TEST (TurnMessage, ReadsTheAddressesOfRfc5769)
{
  TurnAddress address = {};
  guint16 port = 0;
  Bytes ipv4 = FromHex ("0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643");
  Bytes ipv6 = FromHex ("010100182112a442b7e7a701bc34d686fa87dfae002000140002a147"
                        "0113a9faa5d3f179bc25f4b5bed2b9d9");
  ASSERT_TRUE (turn_message_is_valid (ipv4.data (), ipv4.size ()));
  ASSERT_TRUE (turn_message_get_address (ipv4.data (), ipv4.size (),
                                         static_cast<TurnAttribute> (0x20), &address, &port));
  EXPECT_EQ (Text (address), "192.0.2.1");
  EXPECT_EQ (port, 32853);
  ASSERT_TRUE (turn_message_get_address (ipv6.data (), ipv6.size (),
                                         static_cast<TurnAttribute> (0x20), &address, &port));
  EXPECT_EQ (Text (address), "2001:db8:1234:5678:11:2233:4455:6677");
}

TEST (TurnMessage, MethodAndClassComeBack)
{
  guint8 id[TURN_ID_SIZE] = { 7 };
  for (guint method = 0; method < 0x1000; method += 37)
    for (int klass = 0; klass < 4; klass++)
      {
        g_autoptr (GByteArray) message =
            turn_message_new (method, static_cast<TurnClass> (klass), id);
        EXPECT_EQ (turn_message_get_method (message->data), method);
        EXPECT_EQ (turn_message_get_class (message->data), klass);
      }
}

TEST (TurnMessage, NoByteOfAFinishedOneChangesUnnoticed)
{
  guint8 id[TURN_ID_SIZE] = { 1, 2, 3 };
  TurnAddress peer = Address ("10.1.2.3");
  g_autoptr (GByteArray) message =
      turn_message_new (TURN_METHOD_CREATE_PERMISSION, TURN_CLASS_REQUEST, id);
  turn_message_add_address (message, TURN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer, 9);
  turn_message_finish (message);
  ASSERT_TRUE (turn_message_is_valid (message->data, message->len));
  for (guint i = 0; i < message->len; i++)
    {
      /* The header of FINGERPRINT: another attribute in its place is one to ignore. */
      bool is_header = i + 8 >= message->len && i + 4 < message->len;
      message->data[i] ^= 1;
      if (!is_header)
        {
          EXPECT_FALSE (turn_message_is_valid (message->data, message->len)) << i;
        }
      message->data[i] ^= 1;
    }
}

struct BadMessage
{
  const char *name, *hex;
};

class TurnMessageRejects : public testing::TestWithParam<BadMessage>
{
};

TEST_P (TurnMessageRejects, It)
{
  Bytes wire = FromHex (GetParam ().hex);
  EXPECT_FALSE (turn_message_is_valid (wire.data (), wire.size ()));
}

#define HEADER "2112a442000000000000000000000000"
INSTANTIATE_TEST_SUITE_P (
    Wire, TurnMessageRejects,
    testing::Values (BadMessage{ "Empty", "" }, BadMessage{ "HalfAHeader", "000300002112a442" },
                     BadMessage{ "ChannelData", "40000000" HEADER },
                     BadMessage{ "AnotherCookie", "000300002112a443000000000000000000000000" },
                     BadMessage{ "ShorterThanItSays", "00030008" HEADER "00060000" },
                     BadMessage{ "LongerThanItSays", "00030000" HEADER "00060000" },
                     BadMessage{ "NotAligned", "00030002" HEADER "0006" },
                     BadMessage{ "AttributePastTheEnd", "00030008" HEADER "0006000561626364" },
                     BadMessage{ "FingerprintOfNothing", "00030004" HEADER "80280000" },
                     BadMessage{ "WrongFingerprint", "00030008" HEADER "8028000400000000" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (TurnMessage, IgnoresWhatFollowsTheIntegrity)
{
  Bytes wire = FromHex ("01130020" HEADER "00080014"
                        "0000000000000000000000000000000000000000"
                        "0009000400000403");
  ASSERT_TRUE (turn_message_is_valid (wire.data (), wire.size ()));
  EXPECT_EQ (turn_message_get_error (wire.data (), wire.size ()), 0u);
}

TEST (TurnFrame, KnowsMessagesChannelDataAndNeither)
{
  EXPECT_EQ (turn_frame_get_size (FromHex ("000300").data (), 3, TRUE), 0);
  EXPECT_EQ (turn_frame_get_size (FromHex ("00030008").data (), 4, TRUE), 28);
  EXPECT_EQ (turn_frame_get_size (FromHex ("40000005").data (), 4, TRUE), 12);
  EXPECT_EQ (turn_frame_get_size (FromHex ("40000005").data (), 4, FALSE), 9);
  EXPECT_EQ (turn_frame_get_size (FromHex ("80030008").data (), 4, TRUE), -1);
}

TEST (TurnRanges, EachHoldsItsOwnSamplesAndNotItsNeighbours)
{
  guint count;
  const TurnRange *ranges = turn_ranges_get (&count);
  for (guint i = 0; i < count; i++)
    {
      TurnAddress first = turn_range_get_first (&ranges[i]);
      guint bits = turn_range_get_bits (&ranges[i]);
      for (TurnAddress sample :
           { first, turn_range_get_middle (&ranges[i]), turn_range_get_last (&ranges[i]) })
        EXPECT_TRUE (turn_address_has_prefix (&sample, &first, bits)) << ranges[i].prefix;
      TurnAddress beyond = turn_range_get_last (&ranges[i]);
      beyond.bytes[(bits - 1) / 8] ^= static_cast<guint8> (0x80 >> (bits - 1) % 8);
      EXPECT_FALSE (turn_address_has_prefix (&beyond, &first, bits)) << ranges[i].prefix;
    }
}

struct Located
{
  const char *address, *range; /* NULL: none */
};

TEST (TurnRanges, FindWhatAnAddressIs)
{
  const Located cases[] = {
    { "10.255.255.255", "10.0.0.0/8" },
    { "11.0.0.0", nullptr },
    { "100.63.255.255", nullptr },
    { "100.64.0.0", "100.64.0.0/10" },
    { "172.31.255.255", "172.16.0.0/12" },
    { "172.32.0.0", nullptr },
    { "192.0.1.0", nullptr },
    { "198.19.255.255", "198.18.0.0/15" },
    { "223.255.255.255", nullptr },
    { "255.255.255.255", "240.0.0.0/4" },
    { "::", "::/128" },
    { "::1", "::1/128" },
    { "::a00:1", "::/96" },
    { "::ffff:10.0.0.1", "::ffff:0.0.0.0/96" },
    { "64:ff9b::a00:1", "64:ff9b::/96" },
    { "2001:1ff::1", "2001::/23" },
    { "2001:200::1", nullptr },
    { "2002:a00:1::", "2002::/16" },
    { "2600::1", nullptr },
    { "fdff::1", "fc00::/7" },
    { "febf::1", "fe80::/10" },
    { "feff::1", "fec0::/10" },
  };
  for (const Located &each : cases)
    {
      TurnAddress address = Address (each.address);
      const TurnRange *range = turn_ranges_find (&address);
      EXPECT_STREQ (range != nullptr ? range->prefix : nullptr, each.range) << each.address;
    }
}

std::vector<std::string>
CoturnLines (const char *prefix)
{
  guint count;
  const TurnRange *ranges = turn_ranges_get (&count);
  std::vector<std::string> lines;
  for (guint i = 0; i < count; i++)
    if (strcmp (ranges[i].prefix, prefix) == 0)
      {
        g_autoptr (GPtrArray) texts = turn_range_to_coturn (&ranges[i]);
        for (guint j = 0; j < texts->len; j++)
          lines.push_back (static_cast<const char *> (g_ptr_array_index (texts, j)));
      }
  return lines;
}

/* A first address of zeros is no bound at all to coturn 4.6.1. */
TEST (TurnRanges, AreToldToCoturnWithoutZeros)
{
  EXPECT_THAT (CoturnLines ("10.0.0.0/8"), ElementsAre ("10.0.0.0-10.255.255.255"));
  EXPECT_THAT (CoturnLines ("0.0.0.0/8"), ElementsAre ("0.0.0.1-0.255.255.255"));
  EXPECT_THAT (CoturnLines ("255.255.255.255/32"), ElementsAre ("255.255.255.255"));
  EXPECT_THAT (CoturnLines ("::/128"), IsEmpty ());
  EXPECT_THAT (CoturnLines ("::1/128"), ElementsAre ("::1"));
  EXPECT_EQ (CoturnLines ("::/96").size (), 4u);
}

struct UrlCase
{
  const char *text, *host; /* NULL: refused */
  guint16 port;
  TurnTransport transport;
};

TEST (TurnUrl, IsWhatRfc7065Says)
{
  const UrlCase cases[] = {
    { "turn:relay.test", "relay.test", 3478, TURN_TRANSPORT_UDP },
    { "turn:relay.test:80?transport=tcp", "relay.test", 80, TURN_TRANSPORT_TCP },
    { "turn:[2600::1]:443", "2600::1", 443, TURN_TRANSPORT_UDP },
    { "turns:relay.test", "relay.test", 5349, TURN_TRANSPORT_TLS },
    { "turns:relay.test?transport=tcp", "relay.test", 5349, TURN_TRANSPORT_TLS },
    { "turn:", nullptr },
    { "turn:a:0", nullptr },
    { "turn:a:65536", nullptr },
    { "turn:a:1x", nullptr },
    { "turn:[::1", nullptr },
    { "turn:[]", nullptr },
    { "turn://a", nullptr },
    { "turn:u@a", nullptr },
    { "stun:a", nullptr },
    { "", nullptr },
    { "turns:a?transport=udp", nullptr },
    { "turn:a?transport=sctp", nullptr },
  };
  for (const UrlCase &each : cases)
    {
      g_auto (TurnUrl) url = {};
      ErrorHolder error;
      ASSERT_EQ (turn_url_parse (&url, each.text, error), each.host != nullptr) << each.text;
      EXPECT_STREQ (url.host, each.host);
      if (each.host == nullptr)
        continue;
      EXPECT_EQ (url.port, each.port) << each.text;
      EXPECT_EQ (url.transport, each.transport) << each.text;
    }
}

} // namespace
