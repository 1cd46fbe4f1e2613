/* SPDX-License-Identifier: MPL-2.0 */
/* The attributes of TURN, of behaviour discovery and of security, and ChannelData. */
#include "floe-stun-behaviour-codec-private.h"
#include "floe-turn-codec-private.h"

#include <cstring>

#include "stun-messages.h"

static Bytes
ValueOf (const Bytes &wire)
{
  return Bytes (wire.begin () + FLOE_STUN_HEADER_SIZE, wire.end ());
}

struct WireCase
{
  const char *name;
  Fill fill;
  Bytes wire; /* the attribute with its header */
};

class StunUsageWire : public testing::TestWithParam<WireCase>
{
};

TEST_P (StunUsageWire, IsThatOfTheRfc)
{
  EXPECT_EQ (ValueOf (BuildRequest (1, GetParam ().fill)), GetParam ().wire);
}

static const guint8 token[FLOE_TURN_TOKEN_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const FloeTurnIcmp too_big = { 3, 4, 1400 };

INSTANTIATE_TEST_SUITE_P (
    Rfc5780, StunUsageWire,
    testing::Values (
        WireCase{ "Section72Both",
                  [] (auto *b) { floe_stun_builder_add_change_request (b, TRUE, TRUE); },
                  { 0, 3, 0, 4, 0, 0, 0, 6 } },
        WireCase{ "Section72Address",
                  [] (auto *b) { floe_stun_builder_add_change_request (b, TRUE, FALSE); },
                  { 0, 3, 0, 4, 0, 0, 0, 4 } },
        WireCase{ "Section72Port",
                  [] (auto *b) { floe_stun_builder_add_change_request (b, FALSE, TRUE); },
                  { 0, 3, 0, 4, 0, 0, 0, 2 } },
        WireCase{ "Section75ResponsePort",
                  [] (auto *b) { floe_stun_builder_add_response_port (b, 0x1234); },
                  { 0, 0x27, 0, 4, 0x12, 0x34, 0, 0 } },
        WireCase{ "Section76Padding",
                  [] (auto *b) { floe_stun_builder_add_padding (b, 4); },
                  { 0, 0x26, 0, 4, 0, 0, 0, 0 } }),
    [] (const auto &info) { return std::string (info.param.name); });

INSTANTIATE_TEST_SUITE_P (
    Rfc8656, StunUsageWire,
    testing::Values (
        WireCase{ "Section181ChannelNumber",
                  [] (auto *b) { floe_turn_builder_add_channel (b, 0x4abc); },
                  { 0, 0xc, 0, 4, 0x4a, 0xbc, 0, 0 } },
        WireCase{ "Section182Lifetime",
                  [] (auto *b) { floe_turn_builder_add_lifetime (b, 600); },
                  { 0, 0xd, 0, 4, 0, 0, 2, 88 } },
        WireCase{ "Section184Data",
                  [] (auto *b) { floe_turn_builder_add_data (b, "hello", 5); },
                  { 0, 0x13, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0 } },
        WireCase{ "Section186RequestedAddressFamily",
                  [] (auto *b) {
                    floe_turn_builder_add_family (b, FLOE_STUN_REQUESTED_ADDRESS_FAMILY,
                                                  FLOE_STUN_FAMILY_IPV6);
                  },
                  { 0, 0x17, 0, 4, 2, 0, 0, 0 } },
        WireCase{ "Section187EvenPort",
                  [] (auto *b) { floe_turn_builder_add_even_port (b, TRUE); },
                  { 0, 0x18, 0, 1, 0x80, 0, 0, 0 } },
        WireCase{ "Section188RequestedTransport",
                  [] (auto *b) { floe_turn_builder_add_transport (b, FLOE_TURN_PROTOCOL_UDP); },
                  { 0, 0x19, 0, 4, 17, 0, 0, 0 } },
        WireCase{ "Section189DontFragment",
                  [] (auto *b) { floe_stun_builder_add_flag (b, FLOE_STUN_DONT_FRAGMENT); },
                  { 0, 0x1a, 0, 0 } },
        WireCase{ "Section1810ReservationToken",
                  [] (auto *b) { floe_turn_builder_add_token (b, token); },
                  { 0, 0x22, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 } },
        WireCase{ "Section1811AdditionalAddressFamily",
                  [] (auto *b) {
                    floe_turn_builder_add_family (b, FLOE_STUN_ADDITIONAL_ADDRESS_FAMILY,
                                                  FLOE_STUN_FAMILY_IPV6);
                  },
                  { 0x80, 0, 0, 4, 2, 0, 0, 0 } },
        WireCase{ "Section1812AddressErrorCode",
                  [] (auto *b) {
                    floe_turn_builder_add_address_error (b, FLOE_STUN_FAMILY_IPV6, 440, "No");
                  },
                  { 0x80, 1, 0, 6, 2, 0, 4, 40, 'N', 'o', 0, 0 } },
        WireCase{ "Section1813Icmp",
                  [] (auto *b) { floe_turn_builder_add_icmp (b, &too_big); },
                  { 0x80, 4, 0, 8, 0, 0, 6, 4, 0, 0, 5, 0x78 } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (StunUsages, ComeBackAsTheyWereWritten)
{
  FloeStunAddress relayed[] = { { { 0x20, 1 }, 16, 5 }, AddressOf (3, 4) }, address;
  Bytes wire = BuildRequest (1, [&] (auto *b) {
    floe_stun_builder_add_change_request (b, FALSE, TRUE);
    floe_stun_builder_add_response_port (b, 77);
    floe_turn_builder_add_channel (b, FLOE_TURN_MAX_CHANNEL);
    floe_turn_builder_add_lifetime (b, G_MAXUINT32);
    floe_turn_builder_add_data (b, "data", 4);
    floe_turn_builder_add_family (b, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, FLOE_STUN_FAMILY_IPV4);
    floe_turn_builder_add_even_port (b, FALSE);
    floe_turn_builder_add_transport (b, FLOE_TURN_PROTOCOL_TCP);
    floe_turn_builder_add_token (b, token);
    floe_turn_builder_add_address_error (b, FLOE_STUN_FAMILY_IPV4, 508, "Full");
    floe_turn_builder_add_icmp (b, &too_big);
    for (const FloeStunAddress &one : relayed)
      floe_stun_builder_add_xor_address (b, FLOE_STUN_XOR_RELAYED_ADDRESS, &one);
  });
  FloeStunMessage message = ParseMessage (wire);
  gboolean first = TRUE, second = FALSE;
  guint16 number;
  guint32 lifetime_s;
  const guint8 *data;
  guint8 protocol;
  gsize size;
  FloeStunFamily family;
  FloeStunError error;
  FloeTurnIcmp icmp;

  EXPECT_TRUE (floe_stun_message_get_change_request (&message, &first, &second));
  EXPECT_TRUE (!first && second);
  EXPECT_TRUE (floe_stun_message_get_response_port (&message, &number) && number == 77);
  EXPECT_TRUE (floe_turn_message_get_channel (&message, &number) && number == 0x4fff);
  EXPECT_TRUE (floe_turn_message_get_lifetime (&message, &lifetime_s) && lifetime_s == G_MAXUINT32);
  ASSERT_TRUE (floe_turn_message_get_data (&message, &data, &size));
  EXPECT_EQ (std::string ((const char *) data, size), "data");
  EXPECT_TRUE (floe_turn_message_get_family (&message, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, &family)
               && family == FLOE_STUN_FAMILY_IPV4);
  EXPECT_TRUE (floe_turn_message_get_even_port (&message, &first) && !first);
  EXPECT_TRUE (floe_turn_message_get_transport (&message, &protocol) && protocol == 6);
  ASSERT_TRUE (floe_turn_message_get_token (&message, &data));
  EXPECT_EQ (memcmp (data, token, sizeof token), 0);
  EXPECT_TRUE (floe_turn_message_get_address_error (&message, &family, &error));
  EXPECT_EQ (error.code, 508u);
  EXPECT_TRUE (floe_turn_message_get_icmp (&message, &icmp));
  EXPECT_TRUE (icmp.type == 3 && icmp.code == 4 && icmp.detail == 1400);
  for (const FloeStunAddress &one : relayed)
    {
      ASSERT_TRUE (
          floe_turn_message_get_relayed (&message, floe_stun_address_get_family (&one), &address));
      EXPECT_TRUE (floe_stun_address_equal (&address, &one));
    }
}

TEST (StunUsages, MalformedOnesAreAsGoodAsMissing)
{
  Bytes wire = BuildRequest (1, [] (auto *b) {
    for (guint16 type : { 0x3, 0xc, 0xd, 0x17, 0x18, 0x19, 0x22, 0x27, 0x8000, 0x8001, 0x8004 })
      floe_stun_builder_add (b, type, "\x7f\xff\xff", 3);
  });
  FloeStunMessage message = ParseMessage (wire);
  gboolean flag;
  guint16 number;
  guint32 lifetime_s;
  guint8 protocol;
  const guint8 *data;
  FloeStunFamily family;
  FloeStunError error;
  FloeTurnIcmp icmp;

  EXPECT_FALSE (floe_stun_message_get_change_request (&message, &flag, &flag));
  EXPECT_FALSE (floe_stun_message_get_response_port (&message, &number));
  EXPECT_FALSE (floe_turn_message_get_channel (&message, &number));
  EXPECT_FALSE (floe_turn_message_get_lifetime (&message, &lifetime_s));
  EXPECT_FALSE (
      floe_turn_message_get_family (&message, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, &family));
  EXPECT_FALSE (floe_turn_message_get_even_port (&message, &flag));
  EXPECT_FALSE (floe_turn_message_get_transport (&message, &protocol));
  EXPECT_FALSE (floe_turn_message_get_token (&message, &data));
  EXPECT_FALSE (floe_turn_message_get_address_error (&message, &family, &error));
  EXPECT_FALSE (floe_turn_message_get_icmp (&message, &icmp));
}

TEST (StunUsages, ChannelsAndFamiliesThatAreNoneAreNotTaken)
{
  for (guint16 channel : { 0x3fff, 0x5000, 0xffff })
    {
      Bytes wire = BuildRequest (1, [channel] (auto *b) {
        floe_stun_builder_add_uint (b, FLOE_STUN_CHANNEL_NUMBER, (guint64) channel << 16, 4);
        floe_stun_builder_add_uint (b, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, 0x03000000, 4);
      });
      FloeStunMessage message = ParseMessage (wire);
      guint16 number;
      FloeStunFamily family;
      EXPECT_FALSE (floe_turn_message_get_channel (&message, &number)) << channel;
      EXPECT_FALSE (
          floe_turn_message_get_family (&message, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, &family));
    }
}

struct NonceCase
{
  const char *nonce;
  int security;
};

/* RFC 8489 sections 9.2 and 18.1, in the order of bits of the erratum and of the text. */
TEST (StunNonce, PromisesWhatItsCookieSays)
{
  for (const NonceCase &c : { NonceCase{ "", 0 }, NonceCase{ "obMatJos2", 0 },
                              NonceCase{ "obMatJos2AAA", 0 }, NonceCase{ "obMatJos2AAAA", 0 },
                              NonceCase{ "obMatJos2AAABx", 1 }, NonceCase{ "obMatJos2AAACx", 2 },
                              NonceCase{ "obMatJos2AAADx", 3 }, NonceCase{ "obMatJos2gAAAx", 1 },
                              NonceCase{ "obMatJos2QAAAx", 2 }, NonceCase{ "obMatJos2wAAAx", 3 },
                              NonceCase{ "obMatJos2AA=Bx", 0 }, NonceCase{ "xbMatJos2AAAB", 0 } })
    EXPECT_EQ (floe_stun_nonce_get_security (c.nonce, strlen (c.nonce)), c.security) << c.nonce;
  for (int security = 0; security < 4; security++)
    {
      char cookie[FLOE_STUN_NONCE_COOKIE_SIZE];
      floe_stun_nonce_write_cookie (cookie, (FloeStunSecurity) security);
      EXPECT_EQ (floe_stun_nonce_get_security (cookie, sizeof cookie), security);
    }
}

TEST (StunErrors, MayBePaddedWithNuls)
{
  Bytes wire = BuildResponse (BuildRequest (1), FLOE_STUN_ERROR, [] (auto *b) {
    floe_stun_builder_add (b, FLOE_STUN_ERROR_CODE, "\0\0\4\1Unauthorized\0\0\0", 19);
  });
  FloeStunMessage message = ParseMessage (wire);
  FloeStunError error;

  ASSERT_TRUE (floe_stun_message_get_error (&message, &error));
  EXPECT_EQ (error.code, 401u);
  EXPECT_EQ (std::string (error.reason, error.reason_size), "Unauthorized");
}

/* RFC 8656 section 12.4. */
TEST (TurnChannelData, ComesBackAsItWasWritten)
{
  for (gsize size : { 0u, 1u, 4u, 5u, 1000u })
    {
      Bytes data (size, 'x'), wire (1200);
      FloeTurnChannelData message = { FLOE_TURN_MIN_CHANNEL, data.data (), size }, again;
      for (bool is_stream : { false, true })
        {
          gsize written =
              floe_turn_channel_data_write (&message, is_stream, wire.data (), wire.size ());
          EXPECT_EQ (written, 4 + (is_stream ? (size + 3) / 4 * 4 : size));
          ASSERT_TRUE (floe_turn_channel_data_parse (&again, wire.data (), written));
          EXPECT_EQ (again.channel, message.channel);
          EXPECT_EQ (Bytes (again.data, again.data + again.size), data);
          EXPECT_EQ (floe_turn_channel_data_write (&message, is_stream, wire.data (), written - 1),
                     0u);
        }
    }
  FloeTurnChannelData too_long = { FLOE_TURN_MIN_CHANNEL, token, 0x10000 };
  guint8 buffer[8];
  EXPECT_EQ (floe_turn_channel_data_write (&too_long, FALSE, buffer, sizeof buffer), 0u);
}

TEST (TurnChannelData, IsNotTakenWhenItIsNone)
{
  FloeTurnChannelData message;

  for (const Bytes &wire : { Bytes{}, Bytes{ 0x40, 0, 0 }, Bytes{ 0x40, 0, 0, 1 },
                             Bytes{ 0x3f, 0xff, 0, 0 }, Bytes{ 0x50, 0, 0, 0 } })
    EXPECT_FALSE (floe_turn_channel_data_parse (&message, wire.data (), wire.size ()));
}

struct FrameCase
{
  const char *name;
  Bytes start;
  bool is_readable;
  gsize frame_size;
};

class TurnStream : public testing::TestWithParam<FrameCase>
{
};

TEST_P (TurnStream, IsCutByWhatStandsInIt)
{
  gsize frame_size = 99;

  EXPECT_EQ (floe_turn_stream_get_frame_size (GetParam ().start.data (), GetParam ().start.size (),
                                              &frame_size),
             GetParam ().is_readable);
  EXPECT_EQ (frame_size, GetParam ().frame_size);
}

INSTANTIATE_TEST_SUITE_P (
    Starts, TurnStream,
    testing::Values (FrameCase{ "Nothing", {}, true, 0 },
                     FrameCase{ "Three", { 0, 1, 0 }, true, 0 },
                     FrameCase{ "Stun", { 0, 1, 0, 8 }, true, 28 },
                     FrameCase{ "StunOfNoSize", { 0, 1, 0, 9 }, false, 0 },
                     FrameCase{ "Channel", { 0x40, 0, 0, 4 }, true, 8 },
                     FrameCase{ "ChannelWithPadding", { 0x40, 0, 0, 5 }, true, 12 },
                     FrameCase{ "ReservedChannel", { 0x50, 0, 0, 4 }, false, 0 },
                     FrameCase{ "Tls", { 22, 3, 1, 2 }, false, 0 },
                     FrameCase{ "Ssh", { 'S', 'S', 'H', '-' }, false, 0 }),
    [] (const auto &info) { return std::string (info.param.name); });
