/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-codec-private.h"
#include "floe-test.h"
#include "floe-turn-codec-private.h"
#include "floe-turn-stream-codec-private.h"

#include <algorithm>

using Bytes = std::vector<guint8>;

static Bytes
Stun (FloeStunClass message_class, gsize padding_size = 0)
{
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7 };
  Bytes bytes (100 + padding_size), padding (padding_size);
  FloeStunBuilder builder = floe_stun_builder_init (bytes.data (), bytes.size (), message_class,
                                                    FLOE_STUN_METHOD_ALLOCATE, id);

  floe_stun_builder_add (&builder, FLOE_STUN_SOFTWARE, "test", 4);
  if (padding_size > 0)
    floe_stun_builder_add (&builder, FLOE_STUN_PADDING, padding.data (), padding.size ());
  bytes.resize (floe_stun_builder_finish (&builder));
  return bytes;
}

static Bytes
Channel (gsize size)
{
  Bytes content (size, 0xee), bytes (size + 8);
  FloeTurnChannelData message = { FLOE_TURN_MIN_CHANNEL, content.data (), size };

  bytes.resize (floe_turn_channel_data_write (&message, TRUE, bytes.data (), bytes.size ()));
  return bytes;
}

static Bytes
operator+ (Bytes a, const Bytes &b)
{
  a.insert (a.end (), b.begin (), b.end ());
  return a;
}

struct Reading
{
  bool is_readable = true;
  std::vector<Bytes> responses;
};

/* Reads @bytes in pieces of @piece. */
static Reading
Read (const Bytes &bytes, gsize piece)
{
  auto stream = std::make_unique<FloeTurnStream> ();
  Reading reading;
  gsize used = 0;

  while (used < bytes.size () && reading.is_readable)
    {
      FloeTurnStreamResponse response;
      gsize before = used;

      reading.is_readable =
          floe_turn_stream_read (stream.get (), bytes.data () + used,
                                 std::min (piece, bytes.size () - used), &used, &response);
      if (response.message != nullptr)
        reading.responses.emplace_back (response.message, response.message + response.size);
      if (used == before)
        {
          ADD_FAILURE () << "no progress at " << used;
          break;
        }
    }
  return reading;
}

class TurnStreamPieces : public testing::TestWithParam<gsize>
{
};

TEST_P (TurnStreamPieces, GiveTheErrorResponsesAndNothingElse)
{
  Bytes refusal = Stun (FLOE_STUN_ERROR), other = Stun (FLOE_STUN_ERROR, 500);
  Reading reading = Read (Stun (FLOE_STUN_SUCCESS) + refusal + Channel (5) + Channel (0)
                              + Stun (FLOE_STUN_INDICATION, 1200) + other + other + Channel (1001)
                              + Stun (FLOE_STUN_REQUEST) + refusal,
                          GetParam ());

  EXPECT_TRUE (reading.is_readable);
  EXPECT_EQ (reading.responses, (std::vector<Bytes>{ refusal, other, other, refusal }));
}

INSTANTIATE_TEST_SUITE_P (OfSize, TurnStreamPieces,
                          testing::Values (1, 2, 3, 4, 5, 7, 8, 19, 20, 21, 64, 1024, 65536));

TEST (TurnStream, SkipsAnErrorResponseThatIsTooLong)
{
  gsize room = FLOE_TURN_STREAM_MAX_RESPONSE - Stun (FLOE_STUN_ERROR).size () - 4;
  Bytes longest = Stun (FLOE_STUN_ERROR, room), longer = Stun (FLOE_STUN_ERROR, room + 4);

  ASSERT_EQ (longest.size (), (gsize) FLOE_TURN_STREAM_MAX_RESPONSE);
  EXPECT_EQ (Read (longer + longest + longer, 100).responses, std::vector<Bytes>{ longest });
}

struct WrongCase
{
  const char *name;
  Bytes bytes;
};

class TurnStreamRefuses : public testing::TestWithParam<WrongCase>
{
};

TEST_P (TurnStreamRefuses, WhatIsNoStunOrChannelData)
{
  for (gsize piece : { 1, 3, 1000 })
    {
      EXPECT_FALSE (Read (GetParam ().bytes, piece).is_readable) << piece;
    }
}

static Bytes
Text (const std::string &text)
{
  return Bytes (text.begin (), text.end ());
}

static Bytes
WithoutCookie (Bytes message)
{
  message[4] ^= 1;
  return message;
}

INSTANTIATE_TEST_SUITE_P (
    Wrong, TurnStreamRefuses,
    testing::Values (WrongCase{ "Http", Text ("HTTP/1.1 400 Bad Request\r\n\r\n") },
                     WrongCase{ "Ssh", Text ("SSH-2.0-OpenSSH_9.2p1\r\n") },
                     WrongCase{ "Smtp", Text ("220 mail.example ESMTP\r\n") },
                     WrongCase{ "Tls", { 22, 3, 3, 0, 80, 2, 0, 0, 76 } },
                     WrongCase{ "ChannelDataFirst", Channel (5) },
                     WrongCase{ "NoCookie", WithoutCookie (Stun (FLOE_STUN_SUCCESS)) },
                     WrongCase{ "NoCookieLater",
                                Stun (FLOE_STUN_SUCCESS) + WithoutCookie (Stun (FLOE_STUN_ERROR)) },
                     WrongCase{ "NothingKnownLater",
                                Stun (FLOE_STUN_SUCCESS) + Bytes{ 0x80, 0, 0, 0 } }),
    [] (const auto &info) { return std::string (info.param.name); });
