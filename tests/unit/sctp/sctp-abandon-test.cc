/* SPDX-License-Identifier: MPL-2.0 */
/* Messages of more than one packet that their sender gives up (RFC 3758), on a slow path that loses
 * and reorders. */
#include <set>

#include "floe-sctp-pair.h"

#define STREAM_COUNT 5
#define RELIABLE_STREAM 4

/* Flags of a DATA chunk (RFC 9260 section 3.3.1). */
#define END 1
#define BEGIN 2
#define UNORDERED 4

/* Carries packets 20 ms late. */
class SlowPair : public SctpPair
{
public:
  void Tick ()
  {
    Carry (a, b, to_b_);
    Carry (b, a, to_a_);
    floe_sctp_runtime_advance (10);
  }

  bool TickUntil (const std::function<bool ()> &is_done)
  {
    for (guint i = 0; i < 6000 && !is_done (); i++)
      Tick ();
    return is_done ();
  }

private:
  using Path = std::deque<std::deque<Packet> >;

  void Carry (SctpEnd &from, SctpEnd &to, Path &path)
  {
    std::deque<Packet> now;

    path.push_back (std::move (from.sent));
    from.sent.clear ();
    if (path.size () <= 2)
      return;
    now = std::move (path.front ());
    path.pop_front ();
    for (gsize i = 0; i + 3 < now.size (); i++)
      if (random () % 100 < swap_percent)
        std::swap (now[i], now[i + 3]);
    for (const Packet &packet : now)
      if (random () % 100 >= loss_percent)
        to.Input (packet);
  }

  Path to_a_, to_b_;
};

struct Abandoning
{
  const char *name;
  bool is_unordered;
  int max_retransmits;
  int life_ms;
};

static const Abandoning abandonings[] = {
  { "OrderedWithoutRetransmits", false, 0, -1 }, { "OrderedWithOneRetransmit", false, 1, -1 },
  { "OrderedForSomeTime", false, -1, 30 },       { "UnorderedWithoutRetransmits", true, 0, -1 },
  { "UnorderedWithOneRetransmit", true, 1, -1 }, { "UnorderedForSomeTime", true, -1, 30 },
};

class SctpAbandon : public testing::TestWithParam<std::tuple<Abandoning, guint> >
{
protected:
  void SetUp () override
  {
    pair_.Connect ();
    pair_.random.seed (std::get<1> (GetParam ()));
    pair_.loss_percent = 4;
    pair_.swap_percent = 1;
  }

  /* One at random; every third goes on the stream that loses nothing. */
  void Send (SctpEnd &end, guint number)
  {
    const Abandoning &how = std::get<0> (GetParam ());
    std::string message = std::to_string (number) + Pattern (1 + pair_.random () % 200000, number);
    guint16 stream = pair_.random () % RELIABLE_STREAM;

    if (number % 3 == 0)
      {
        if (end.Send (RELIABLE_STREAM, message) == FLOE_SCTP_SENT)
          reliable_[&end].push_back (message);
      }
    else if (end.Send (stream, message, 51, how.is_unordered, how.max_retransmits, how.life_ms)
             == FLOE_SCTP_SENT)
      limited_[&end].insert (message);
  }

  /* What @from has sent: none changed, none twice, and all of what had to arrive. */
  void Judge (SctpEnd &from, const SctpEnd &to)
  {
    std::vector<std::string> arrived;

    for (const SctpMessage &message : to.messages)
      if (message.stream == RELIABLE_STREAM)
        arrived.push_back (message.data);
      else if (message.data != "last" && limited_[&from].erase (message.data) != 1)
        ADD_FAILURE () << "changed, or twice, on stream " << message.stream;
    EXPECT_TRUE (arrived == reliable_[&from]);
  }

  static gsize CountLast (const SctpEnd &end)
  {
    return std::count_if (end.messages.begin (), end.messages.end (),
                          [] (const SctpMessage &message) { return message.data == "last"; });
  }

  bool Reset ()
  {
    for (SctpEnd *end : { &pair_.a, &pair_.b })
      for (guint16 stream = 0; stream < STREAM_COUNT; stream++)
        if (!floe_sctp_engine_reset_streams (end->engine, &stream, 1))
          return false;
    return pair_.TickUntil ([this] {
      return pair_.a.incoming_resets.size () == STREAM_COUNT
             && pair_.b.incoming_resets.size () == STREAM_COUNT
             && pair_.a.outgoing_resets.size () == STREAM_COUNT
             && pair_.b.outgoing_resets.size () == STREAM_COUNT;
    });
  }

  SlowPair pair_;
  std::map<const SctpEnd *, std::set<std::string> > limited_;
  std::map<const SctpEnd *, std::vector<std::string> > reliable_;
};

TEST_P (SctpAbandon, HarmsNeitherTheAssociationNorItsOwnStreamNorOthers)
{
  for (guint number = 0; number < 100; number++)
    for (SctpEnd *end : { &pair_.a, &pair_.b })
      {
        Send (*end, number);
        for (guint pause = pair_.random () % 3; pause > 0; pause--)
          pair_.Tick ();
      }
  ASSERT_TRUE (pair_.TickUntil ([this] {
    return floe_sctp_engine_get_buffered (pair_.a.engine) == 0
           && floe_sctp_engine_get_buffered (pair_.b.engine) == 0;
  }));
  for (guint16 stream = 0; stream < RELIABLE_STREAM; stream++)
    for (SctpEnd *end : { &pair_.a, &pair_.b })
      ASSERT_EQ (end->Send (stream, "last"), FLOE_SCTP_SENT);
  EXPECT_TRUE (pair_.TickUntil ([this] {
    return CountLast (pair_.a) == RELIABLE_STREAM && CountLast (pair_.b) == RELIABLE_STREAM;
  })) << CountLast (pair_.a)
      << " and " << CountLast (pair_.b);
  EXPECT_TRUE (Reset ());
  EXPECT_EQ (pair_.a.State (), FLOE_SCTP_CONNECTED);
  EXPECT_EQ (pair_.b.State (), FLOE_SCTP_CONNECTED);
  Judge (pair_.a, pair_.b);
  Judge (pair_.b, pair_.a);
}

INSTANTIATE_TEST_SUITE_P (
    Kinds, SctpAbandon, testing::Combine (testing::ValuesIn (abandonings), testing::Range (1u, 5u)),
    [] (const auto &info) {
      return std::get<0> (info.param).name + std::to_string (std::get<1> (info.param));
    });

static FloeSctpConfig
LargeMessages ()
{
  FloeSctpConfig config = DefaultSctpConfig ();

  config.receive_buffer_size = config.max_message_size = 128 * 1024;
  return config;
}

/* Carries what @lose does not want, 5 ms each way, until @is_done. */
static bool
CarryUntil (SctpPair &pair, const std::function<bool (const Packet &)> &lose,
            const std::function<bool ()> &is_done)
{
  for (guint i = 0; i < 6000 && !is_done (); i++)
    {
      std::deque<Packet> to_b = std::move (pair.a.sent), to_a = std::move (pair.b.sent);

      pair.a.sent.clear ();
      pair.b.sent.clear ();
      for (const Packet &packet : to_b)
        if (!lose (packet))
          pair.b.Input (packet);
      for (const Packet &packet : to_a)
        pair.a.Input (packet);
      floe_sctp_runtime_advance (10);
    }
  return is_done ();
}

/* Whether the packet's first chunk is data with these flags. */
static bool
HasData (const Packet &packet, guint flags)
{
  return packet.size () > 16 && packet[12] == 0 && packet[13] == flags;
}

/* An unordered message's middle arrives late: behind the message that is handed out in parts, where
 * it is acknowledged and can't be read yet. */
TEST (SctpFragments, SurviveAMessageThatComesInParts)
{
  SctpPair pair (LargeMessages ());
  const std::string unordered = Pattern (3000, 1), large = Pattern (120 * 1024, 2);
  guint passed = 0;
  auto lose = [&passed] (const Packet &packet) {
    return HasData (packet, UNORDERED) && passed < 70;
  };

  pair.Connect ();
  for (guint i = 0; i < 20; i++)
    ASSERT_EQ (pair.a.Send (2, Pattern (20000)), FLOE_SCTP_SENT);
  pair.Run (1000);
  pair.b.messages.clear ();
  ASSERT_EQ (pair.a.Send (1, unordered, 53, true), FLOE_SCTP_SENT);
  ASSERT_EQ (pair.a.Send (2, large), FLOE_SCTP_SENT);
  ASSERT_TRUE (CarryUntil (
      pair, [&] (const Packet &packet) { return lose (packet) || (passed++, false); },
      [&pair] { return pair.b.messages.size () == 2; }))
      << passed << " " << pair.a.State () << " " << pair.b.State ();
  EXPECT_TRUE (pair.b.messages[0].data == large);
  EXPECT_TRUE (pair.b.messages[1].data == unordered);
}

/* Of a message that is given up its middle is lost, of the next all, and of the one behind that its
 * beginning. */
TEST (SctpFragments, LeaveAWholeMessageBehindThemAlone)
{
  SctpPair pair;
  const std::string whole = "whole", last = Pattern (3000, 2);
  guint middles = 0, wholes = 0, beginnings = 0;

  pair.Connect ();
  ASSERT_EQ (pair.a.Send (1, Pattern (3000, 1), 53, true, 0), FLOE_SCTP_SENT);
  ASSERT_EQ (pair.a.Send (1, whole, 53, true), FLOE_SCTP_SENT);
  ASSERT_EQ (pair.a.Send (1, last, 53, true), FLOE_SCTP_SENT);
  EXPECT_TRUE (CarryUntil (
      pair,
      [&] (const Packet &packet) {
        return (HasData (packet, UNORDERED) && middles++ == 0)
               || (HasData (packet, UNORDERED | BEGIN | END) && wholes++ == 0)
               || (HasData (packet, UNORDERED | BEGIN) && beginnings++ == 1);
      },
      [&pair] { return pair.b.messages.size () == 2; }))
      << pair.b.State ();
  for (const SctpMessage &message : pair.b.messages)
    EXPECT_TRUE (message.data == whole || message.data == last);
}
