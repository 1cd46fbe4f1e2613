/* SPDX-License-Identifier: MPL-2.0 */
/* Links that lose, double, reorder and cut, and peers that say nothing. */
#include "dtls-pair.h"

#include <algorithm>
#include <random>

#include "fake-clock.h"

static const gsize record_header = 13, handshake_header = 12;

static void
AppendUint (Bytes &bytes, guint64 value, int size)
{
  for (int i = size - 1; i >= 0; i--)
    bytes.push_back ((guint8) (value >> (8 * i)));
}

/* Fragments of at most @size bytes of the one handshake message in @datagram (RFC 6347 section
 * 4.2.2), each in a record and a datagram of its own, numbered from 0. */
static std::vector<Bytes>
Fragment (const Bytes &datagram, gsize size, guint16 version = 0xfeff)
{
  const guint8 *header = datagram.data () + record_header;
  Bytes body (datagram.begin () + record_header + handshake_header, datagram.end ());
  std::vector<Bytes> fragments;
  for (gsize offset = 0; offset < body.size (); offset += size)
    {
      gsize length = std::min (size, body.size () - offset);
      Bytes record{ 22 };
      AppendUint (record, version, 2);
      AppendUint (record, fragments.size (), 8);
      AppendUint (record, handshake_header + length, 2);
      record.insert (record.end (), header, header + 6);
      AppendUint (record, offset, 3);
      AppendUint (record, length, 3);
      record.insert (record.end (), body.begin () + offset, body.begin () + offset + length);
      fragments.push_back (record);
    }
  return fragments;
}

/* Moves on the numbers of the records of epoch 0, as if @count more had been sent before. */
static Bytes
Renumber (Bytes datagram, gsize count)
{
  for (gsize at = 0; at < datagram.size ();)
    {
      if (datagram[at + 3] == 0 && datagram[at + 4] == 0)
        {
          gsize number = (gsize) datagram[at + 9] << 8 | datagram[at + 10];
          datagram[at + 9] = (guint8) ((number + count) >> 8);
          datagram[at + 10] = (guint8) (number + count);
        }
      at += record_header + (datagram[at + 11] << 8 | datagram[at + 12]);
    }
  return datagram;
}

struct Delivery
{
  const char *name;
  gsize size;
  void (*disturb) (std::vector<Bytes> &fragments);
};

class DtlsSplitHello : public testing::TestWithParam<Delivery>
{
};

/* Browsers whose ClientHello has a post-quantum key share send it in two datagrams. */
TEST_P (DtlsSplitHello, Connects)
{
  Pair pair;
  pair.Start ();
  std::vector<Bytes> fragments = Fragment (pair.client.Take ().front (), GetParam ().size);
  gsize count = fragments.size ();
  ASSERT_GT (count, 1u);
  GetParam ().disturb (fragments);
  for (const Bytes &fragment : fragments)
    pair.server.Handle (fragment);
  ASSERT_FALSE (pair.server.out.empty ());
  while (!pair.client.out.empty () || !pair.server.out.empty ())
    {
      for (const Bytes &datagram : pair.server.Take ())
        pair.client.Handle (datagram);
      for (const Bytes &datagram : pair.client.Take ())
        pair.server.Handle (Renumber (datagram, count));
    }
  EXPECT_TRUE (pair.Connected ()) << pair.server.error_message << pair.client.error_message;
}

INSTANTIATE_TEST_SUITE_P (
    Deliveries, DtlsSplitHello,
    testing::Values (Delivery{ "InTwo", 100, [] (auto &) {} },
                     Delivery{ "InManyPieces", 7, [] (auto &) {} },
                     Delivery{ "Backwards", 30,
                               [] (auto &f) { std::reverse (f.begin (), f.end ()); } },
                     Delivery{ "SecondFirst", 100, [] (auto &f) { std::swap (f[0], f[1]); } },
                     Delivery{ "EachTwice", 50,
                               [] (auto &f) {
                                 auto copy = f;
                                 for (gsize i = 0; i < copy.size (); i++)
                                   f.insert (f.begin () + 2 * i, copy[i]);
                               } },
                     Delivery{ "ShuffledWithCopies", 20,
                               [] (auto &f) {
                                 auto copy = f;
                                 f.insert (f.end (), copy.begin (), copy.end ());
                                 std::shuffle (f.begin (), f.end (), std::mt19937 (7));
                               } }),
    [] (const auto &info) { return std::string (info.param.name); });

/* A ClientHello as long as a browser's: with DTLS 1.3 on offer and a key share of 1,216 bytes. */
static Bytes
WithPostQuantumExtensions (const Bytes &hello)
{
  Bytes extra;
  AppendUint (extra, 43, 2); /* supported_versions: 1.3, 1.2 */
  AppendUint (extra, 5, 2);
  AppendUint (extra, 4, 1);
  AppendUint (extra, 0xfefcfefd, 4);
  AppendUint (extra, 51, 2); /* key_share: X25519MLKEM768 */
  AppendUint (extra, 2 + 4 + 1216, 2);
  AppendUint (extra, 4 + 1216, 2);
  AppendUint (extra, 0x11ec, 2);
  AppendUint (extra, 1216, 2);
  extra.resize (extra.size () + 1216, 0x5a);

  Bytes longer = hello;
  /* Past version, random, session id, cookie, ciphers and compression methods. */
  gsize at = record_header + handshake_header + 2 + 32;
  at += 1 + longer[at];
  at += 1 + longer[at];
  at += 2 + (longer[at] << 8 | longer[at + 1]);
  at += 1 + longer[at];
  gsize extensions_size = (longer[at] << 8 | longer[at + 1]) + extra.size ();
  longer[at] = (guint8) (extensions_size >> 8);
  longer[at + 1] = (guint8) extensions_size;
  longer.insert (longer.end (), extra.begin (), extra.end ());
  gsize body_size = longer.size () - record_header - handshake_header;
  for (gsize offset : { 1, 9 })
    {
      longer[record_header + offset + 1] = (guint8) (body_size >> 8);
      longer[record_header + offset + 2] = (guint8) body_size;
    }
  return longer;
}

TEST (DtlsBrowserHello, IsAnsweredWithVersion12)
{
  for (guint16 version : { 0xfeff, 0xfefd })
    {
      Pair pair;
      pair.Start ();
      Bytes hello = WithPostQuantumExtensions (pair.client.Take ().front ());
      std::vector<Bytes> fragments = Fragment (hello, 1100, version);
      ASSERT_EQ (fragments.size (), 2u);
      pair.server.Handle (fragments[0]);
      EXPECT_TRUE (pair.server.out.empty ());
      pair.server.Handle (fragments[1]);
      ASSERT_FALSE (pair.server.out.empty ()) << pair.server.error_message;
      const Bytes &answer = pair.server.out.front ();
      EXPECT_EQ (answer[0], 22);
      EXPECT_EQ (answer[record_header], 2) << "ServerHello, and no HelloVerifyRequest before it";
      EXPECT_EQ (answer[record_header + handshake_header], 0xfe);
      EXPECT_EQ (answer[record_header + handshake_header + 1], 0xfd);
    }
}

TEST (DtlsTimers, RetransmitAfter100MsAndThenEverLater)
{
  Pair pair;
  pair.Start ();
  EXPECT_EQ (pair.client.Take ().size (), 1u);
  gint64 start = fake_clock::NowUs (), expected_ms = 100;
  for (int i = 0; i < 8; i++)
    {
      gint64 deadline = floe_dtls_engine_get_deadline (pair.client.engine);
      EXPECT_NEAR ((deadline - fake_clock::NowUs ()) / 1000.0, expected_ms, 16) << i;
      fake_clock::AdvanceTo (deadline - 20000);
      floe_dtls_engine_handle_timeout (pair.client.engine);
      EXPECT_TRUE (pair.client.Take ().empty ()) << "too early " << i;
      fake_clock::AdvanceTo (deadline);
      floe_dtls_engine_handle_timeout (pair.client.engine);
      EXPECT_EQ (pair.client.Take ().size (), 1u) << i;
      expected_ms = std::min<gint64> (2 * expected_ms, 4000);
    }
  EXPECT_LT (fake_clock::NowUs () - start, 30000000);
  EXPECT_EQ (pair.client.State (), FLOE_DTLS_CONNECTING);
}

TEST (DtlsTimers, GiveUpAfter30SecondsOfSilenceAndNotBefore)
{
  for (bool is_client : { true, false })
    {
      Pair pair;
      Side &side = is_client ? pair.client : pair.server;
      floe_dtls_engine_start (side.engine);
      gint64 start = fake_clock::NowUs ();
      while (side.State () == FLOE_DTLS_CONNECTING)
        {
          ASSERT_LE (fake_clock::NowUs () - start, 30000000);
          fake_clock::AdvanceTo (floe_dtls_engine_get_deadline (side.engine));
          floe_dtls_engine_handle_timeout (side.engine);
        }
      EXPECT_EQ (fake_clock::NowUs () - start, 30000000);
      EXPECT_EQ (side.State (), FLOE_DTLS_FAILED);
      EXPECT_EQ (side.error_code, FLOE_ERROR_DTLS_FAILURE);
      EXPECT_EQ (floe_dtls_engine_get_deadline (side.engine), -1);
    }
}

TEST (DtlsTimers, AreOffWithoutAHandshake)
{
  Pair pair;
  EXPECT_EQ (floe_dtls_engine_get_deadline (pair.client.engine), -1);
  pair.Connect ();
  EXPECT_EQ (floe_dtls_engine_get_deadline (pair.client.engine), -1);
  EXPECT_EQ (floe_dtls_engine_get_deadline (pair.server.engine), -1);
}

/* Carries what is under way over a link that loses, doubles and reorders. */
static void
CarryBadly (std::deque<Bytes> datagrams, Side &to, std::mt19937 &random)
{
  std::deque<Bytes> arriving;
  for (const Bytes &datagram : datagrams)
    {
      guint32 luck = random () % 10;
      for (guint32 copies = luck < 3 ? 0 : luck < 5 ? 2 : 1; copies > 0; copies--)
        arriving.push_back (datagram);
    }
  std::shuffle (arriving.begin (), arriving.end (), random);
  for (const Bytes &datagram : arriving)
    to.Handle (datagram);
}

class DtlsBadLink : public testing::TestWithParam<int>
{
};

TEST_P (DtlsBadLink, ConnectsAllTheSame)
{
  std::mt19937 random (GetParam ());
  Pair pair (RsaCertificate (), EcdsaCertificate (), 400);
  pair.Start ();
  for (int i = 0; i < 100 && !pair.Connected (); i++)
    {
      if (pair.client.out.empty () && pair.server.out.empty ())
        pair.NextTimeout ();
      CarryBadly (pair.client.Take (), pair.server, random);
      CarryBadly (pair.server.Take (), pair.client, random);
    }
  ASSERT_TRUE (pair.Connected ()) << pair.client.error_message << pair.server.error_message;
  pair.Run ();
  pair.client.Send ("x");
  pair.Run ();
  EXPECT_EQ (pair.server.received.size (), 1u);
}

INSTANTIATE_TEST_SUITE_P (Seeds, DtlsBadLink, testing::Range (1, 31));

TEST (DtlsLoss, TheServersLastFlightIsSentAgainWhenTheClientAsks)
{
  Pair pair;
  pair.Start ();
  while (pair.server.State () != FLOE_DTLS_CONNECTED)
    {
      for (const Bytes &datagram : pair.client.Take ())
        pair.server.Handle (datagram);
      if (pair.server.State () == FLOE_DTLS_CONNECTED)
        break;
      for (const Bytes &datagram : pair.server.Take ())
        pair.client.Handle (datagram);
    }
  EXPECT_FALSE (pair.server.Take ().empty ());
  pair.NextTimeout ();
  bool alive = false;
  for (const Bytes &datagram : pair.client.Take ())
    alive |= pair.server.Handle (datagram);
  EXPECT_TRUE (alive) << "the Finished decrypts, so the peer lives";
  pair.Run ();
  EXPECT_TRUE (pair.Connected ());
}

TEST (DtlsEarly, AHelloBeforeStartIsKept)
{
  Pair pair;
  floe_dtls_engine_start (pair.client.engine);
  pair.Run ();
  EXPECT_EQ (pair.server.State (), FLOE_DTLS_NEW);
  floe_dtls_engine_start (pair.server.engine);
  pair.Run ();
  EXPECT_TRUE (pair.Connected ());
}

/* The server is done first, sends data at once, and the data overtake its Finished. */
TEST (DtlsEarly, DataThatOvertakeTheFinishedAreKept)
{
  Pair pair;
  pair.Start ();
  std::deque<Bytes> finished, data;
  while (pair.server.State () != FLOE_DTLS_CONNECTED)
    {
      for (const Bytes &datagram : pair.server.Take ())
        pair.client.Handle (datagram);
      for (const Bytes &datagram : pair.client.Take ())
        pair.server.Handle (datagram);
    }
  finished = pair.server.Take ();
  for (int i = 0; i < 100; i++)
    pair.server.Send (std::to_string (i));
  for (const Bytes &datagram : pair.server.Take ())
    EXPECT_FALSE (pair.client.Handle (datagram));
  EXPECT_TRUE (pair.client.received.empty ());
  for (const Bytes &datagram : finished)
    pair.client.Handle (datagram);
  EXPECT_TRUE (pair.Connected ());
  ASSERT_EQ (pair.client.received.size (), 32u) << "as many as the bound lets";
  for (int i = 0; i < 32; i++)
    EXPECT_EQ (pair.client.received[i], std::to_string (i));
  EXPECT_EQ (floe_dtls_engine_get_dropped_count (pair.client.engine), 68u);
}

TEST (DtlsEarly, RubbishDuringTheHandshakeIsDropped)
{
  std::mt19937 random (1);
  Pair pair;
  pair.Start ();
  for (int round = 0; round < 3; round++)
    {
      for (Side *side : { &pair.client, &pair.server })
        {
          for (int i = 0; i < 200; i++)
            {
              Bytes rubbish (random () % 300);
              for (guint8 &byte : rubbish)
                byte = (guint8) random ();
              EXPECT_FALSE (side->Handle (rubbish));
            }
        }
    }
  pair.Run ();
  EXPECT_TRUE (pair.Connected ());
  EXPECT_EQ (floe_dtls_engine_get_dropped_count (pair.client.engine), 600u);
}

TEST (DtlsAlert, AFatalOneEndsTheHandshakeAndIsNamed)
{
  Pair pair;
  pair.Start ();
  pair.client.Handle ({ 21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40 });
  EXPECT_EQ (pair.client.State (), FLOE_DTLS_FAILED);
  EXPECT_EQ (pair.client.error_code, FLOE_ERROR_DTLS_FAILURE);
  EXPECT_NE (pair.client.error_message.find ("handshake failure"), std::string::npos)
      << pair.client.error_message;
}
