/* SPDX-License-Identifier: MPL-2.0 */
/* Punching with peers and strangers that mean no good, and what ends it early. */
#include "punch-world.h"

namespace
{

PunchSetup
Ordinary ()
{
  PunchSetup setup;

  setup.alice = "apdm-random";
  setup.bob = "eim-apdf";
  return setup;
}

using Bytes = std::vector<guint8>;

Bytes
Answer (FloePunchIdentity *identity, const Bytes &request, const FloeStunAddress &from)
{
  Bytes buffer (FLOE_PUNCH_MAX_MESSAGE_SIZE);
  FloeStunMessage message = {};

  EXPECT_TRUE (floe_stun_message_parse (&message, request.data (), request.size (), nullptr));
  buffer.resize (floe_punch_identity_build_answer (identity, &message, &from, buffer.data ()));
  return buffer;
}

/* Somebody who knows the names, but not the passwords. */
Identity
Mallory (const FloePunchSession &as)
{
  FloePunchSession session = as;

  session.local_password = "a password that is wrong";
  session.remote_password = "another that is wrong..";
  return Identity (floe_punch_identity_new (&session, nullptr));
}

/* A world that is in the middle of it. */
class PunchHostile : public testing::Test
{
protected:
  explicit PunchHostile (PunchSetup setup = Ordinary ()) : world_ (setup, 11)
  {
  }
  void RunFor (gint64 us)
  {
    for (gint64 ends_us = world_.net ().now_us () + us; world_.net ().now_us () < ends_us;)
      world_.Step ();
  }
  void Hear (PunchSide &side, guint socket, const FloeStunAddress &from, const Bytes &data)
  {
    floe_punch_core_handle_datagram (side.core.get (), world_.net ().now_us (), socket, &from,
                                     data.data (), data.size ());
    world_.Drain (side);
  }
  FloeStunAddress PeerOf (const PunchSide &side, guint16 port)
  {
    FloeStunAddress address = side.request.target;

    address.port = port != 0 ? port : address.port;
    return address;
  }

  PunchWorld world_;
};

TEST_F (PunchHostile, AForgedAnswerIsNoHit)
{
  Identity mallory = Mallory (kAlice);
  FloeStunAddress from;

  RunFor (100 * kMillisecond);
  from = PeerOf (world_.bob, world_.bob.probed.back ());
  Hear (world_.bob, 0, from, Answer (mallory.get (), world_.bob.packets.back (), from));
  EXPECT_FALSE (world_.bob.is_over ());
  EXPECT_EQ (world_.bob.counters ().ignored, 1u);
}

/* Alice's own answer, but from a port that this probe was not sent to, or from another host. */
TEST_F (PunchHostile, AnAnswerFromElsewhereIsNoHit)
{
  Identity alice (floe_punch_identity_new (&kAlice, nullptr));
  FloeStunAddress from;
  Bytes answer;

  RunFor (100 * kMillisecond);
  from = PeerOf (world_.bob, world_.bob.probed.back ());
  answer = Answer (alice.get (), world_.bob.packets.back (), from);
  Hear (world_.bob, 0, PeerOf (world_.bob, world_.bob.probed.front ()), answer);
  from.bytes[3] ^= 1;
  Hear (world_.bob, 0, from, answer);
  EXPECT_FALSE (world_.bob.is_over ());
  from.bytes[3] ^= 1;
  Hear (world_.bob, 0, from, answer);
  EXPECT_GE (world_.bob.found_us, 0) << "and from where it belongs it is one";
}

TEST_F (PunchHostile, AnAnswerBeforeAnyRequestIsNoHit)
{
  Identity alice (floe_punch_identity_new (&kAlice, nullptr));
  Identity bob (floe_punch_identity_new (&kBob, nullptr));
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7 };
  Bytes request (FLOE_PUNCH_MAX_MESSAGE_SIZE);

  request.resize (floe_punch_identity_build_request (bob.get (), id, request.data ()));
  RunFor (100 * kMillisecond);
  Hear (world_.bob, 0, PeerOf (world_.bob, 4000),
        Answer (alice.get (), request, PeerOf (world_.bob, 4000)));
  EXPECT_FALSE (world_.bob.is_over ());
}

TEST_F (PunchHostile, AForgedRequestIsNotAnswered)
{
  Identity mallory = Mallory (kBob);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7 };
  Bytes request (FLOE_PUNCH_MAX_MESSAGE_SIZE);

  request.resize (floe_punch_identity_build_request (mallory.get (), id, request.data ()));
  RunFor (100 * kMillisecond);
  Hear (world_.alice, 0, PeerOf (world_.alice, 0), request);
  EXPECT_EQ (world_.alice.counters ().answers, 0u);
  EXPECT_EQ (world_.alice.counters ().ignored, 1u);
}

TEST_F (PunchHostile, OurOwnRequestThatComesBackIsNoHit)
{
  RunFor (100 * kMillisecond);
  Hear (world_.alice, 0, PeerOf (world_.alice, 0), world_.alice.packets[0]);
  Hear (world_.bob, 0, PeerOf (world_.bob, world_.bob.probed[0]), world_.bob.packets[0]);
  EXPECT_EQ (world_.alice.counters ().ignored, 1u);
  EXPECT_EQ (world_.bob.counters ().ignored, 1u);
}

TEST_F (PunchHostile, AReplayedProbeFromElsewhereIsNotLookedAt)
{
  FloeStunAddress stranger;

  RunFor (100 * kMillisecond);
  stranger = PeerOf (world_.alice, 0);
  stranger.bytes[3] ^= 1;
  Hear (world_.alice, 0, stranger, world_.bob.packets[0]);
  Hear (world_.alice, 0, PeerOf (world_.alice, 4321), world_.bob.packets[0]);
  EXPECT_EQ (world_.alice.counters ().ignored, 2u);
  EXPECT_EQ (world_.alice.counters ().answers, 0u);
}

class PunchReplay : public PunchHostile
{
protected:
  static PunchSetup FilteredByAddress ()
  {
    PunchSetup setup;

    setup.alice = "adm-adf";
    setup.bob = "apdm-random";
    setup.is_exact = false;
    return setup;
  }
  PunchReplay () : PunchHostile (FilteredByAddress ())
  {
  }
};

/* Where the peer's port can't be known a replay from its address is answered, and leads nowhere. */
TEST_F (PunchReplay, WastesABoundedNumberOfPacketsAndNoMore)
{
  guint sent;

  RunFor (100 * kMillisecond);
  sent = (guint) world_.alice.sent_us.size ();
  world_.is_deaf = true;
  for (guint i = 0; i < 200; i++)
    {
      Hear (world_.alice, 3, PeerOf (world_.alice, 4321), world_.bob.packets[0]);
      RunFor (5 * kMillisecond);
    }
  RunFor (3 * kSecond);
  EXPECT_FALSE (world_.alice.is_over ());
  EXPECT_EQ (world_.alice.counters ().answers, 16u);
  EXPECT_LE (world_.alice.sent_us.size (), sent + 16 + 10 + FLOE_PROBE_MAX_SOCKETS);
  world_.is_deaf = false;
  world_.Run ();
  EXPECT_TRUE (world_.Succeeded ()) << "and the honest ones meet";
  EXPECT_NE (world_.alice.remote.port, 4321);
}

TEST_F (PunchReplay, FromManyPortsTakesNoPlaceForGood)
{
  RunFor (100 * kMillisecond);
  for (guint16 port = 2000; port < 2200; port++)
    Hear (world_.alice, 3, PeerOf (world_.alice, port), world_.bob.packets[0]);
  world_.Run ();
  EXPECT_TRUE (world_.Succeeded ());
  EXPECT_LE (world_.alice.Peak (), FLOE_PROBE_UNMETERED_PER_S + FLOE_PROBE_BURST);
}

guint
CountTo (const PunchSide &side, guint16 port)
{
  return (guint) std::count (side.probed.begin (), side.probed.end (), port);
}

/* A probe came in, and then nothing: neither our answer nor what we asked got through. */
TEST_F (PunchReplay, ManyAsksBackTenTimes)
{
  RunFor (100 * kMillisecond);
  world_.is_deaf = true;
  Hear (world_.alice, 3, PeerOf (world_.alice, 4321), world_.bob.packets[0]);
  RunFor (3 * kSecond);
  EXPECT_EQ (CountTo (world_.alice, 4321), 10u + 1u) << "and has answered";
}

/* A primer got in, and our answer got lost: many would not know before it sends the next one. */
TEST_F (PunchHostile, OneAsksWhomItHasMetUntilItIsAnswered)
{
  Identity alice (floe_punch_identity_new (&kAlice, nullptr));
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7 };
  Bytes primer (FLOE_PUNCH_MAX_MESSAGE_SIZE);
  FloeStunAddress from = PeerOf (world_.bob, 4321);
  guint asked;

  primer.resize (floe_punch_identity_build_request (alice.get (), id, primer.data ()));
  RunFor (100 * kMillisecond);
  world_.is_deaf = true;
  Hear (world_.bob, 0, from, primer);
  EXPECT_GE (world_.bob.found_us, 0);
  RunFor (350 * kMillisecond);
  asked = CountTo (world_.bob, 4321);
  EXPECT_GE (asked, 4u);
  Hear (world_.bob, 0, from, Answer (alice.get (), world_.bob.packets.back (), from));
  RunFor (2 * kSecond);
  EXPECT_EQ (CountTo (world_.bob, 4321), asked);
  EXPECT_EQ (floe_punch_core_get_deadline (world_.bob.core.get ()), -1);
}

TEST_F (PunchHostile, OneAnswersNobodyButTheFirst)
{
  Identity alice (floe_punch_identity_new (&kAlice, nullptr));
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7 };
  Bytes primer (FLOE_PUNCH_MAX_MESSAGE_SIZE);

  primer.resize (floe_punch_identity_build_request (alice.get (), id, primer.data ()));
  RunFor (100 * kMillisecond);
  world_.is_deaf = true;
  for (guint16 port : { 4321, 4322 })
    Hear (world_.bob, 0, PeerOf (world_.bob, port), primer);
  RunFor (500 * kMillisecond);
  EXPECT_EQ (world_.bob.remote.port, 4321);
  EXPECT_EQ (CountTo (world_.bob, 4322), 0u);
}

TEST_F (PunchHostile, GarbageIsIgnored)
{
  RunFor (100 * kMillisecond);
  for (size_t size = 0; size < world_.bob.packets[0].size (); size++)
    {
      Bytes cut (world_.bob.packets[0].begin (), world_.bob.packets[0].begin () + (long) size);
      Hear (world_.alice, 0, PeerOf (world_.alice, 0), cut);
    }
  for (size_t i = 0; i < world_.bob.packets[0].size (); i++)
    {
      Bytes bent = world_.bob.packets[0];
      bent[i] ^= 0x10;
      Hear (world_.alice, 0, PeerOf (world_.alice, 0), bent);
    }
  EXPECT_EQ (world_.alice.counters ().answers, 0u);
  EXPECT_FALSE (world_.alice.is_over ());
}

/* The peer signals a victim's address, but its own packets came from elsewhere; and the like. */
struct Victim
{
  const char *name;
  std::function<void (FloeProbeRequest *request)> ask;
  FloeProbeVerdict verdict;
};

class PunchVictim : public testing::TestWithParam<Victim>
{
};

TEST_P (PunchVictim, IsNotSprayedAt)
{
  PunchWorld world (Ordinary (), 12);

  for (PunchSide *side : { &world.alice, &world.bob })
    GetParam ().ask (&side->request);
  world.Run (3 * kSecond);
  for (PunchSide *side : { &world.alice, &world.bob })
    {
      EXPECT_TRUE (side->is_exhausted);
      EXPECT_EQ (side->end, FLOE_PUNCH_END_REFUSED);
      EXPECT_EQ (side->verdict, GetParam ().verdict);
      EXPECT_TRUE (side->sent_us.empty ());
      EXPECT_EQ (side->counters ().opened, 0u);
    }
}

const FloeStunAddress kElsewhere = { { 203, 0, 113, 200 }, FLOE_STUN_IPV4_SIZE, 9 };

INSTANTIATE_TEST_SUITE_P (
    Requests, PunchVictim,
    testing::Values (Victim{ "SeenElsewhere", [] (auto *request) { request->seen = kElsewhere; },
                             FLOE_PROBE_CONTRADICTED },
                     Victim{ "NotSignalled", [] (auto *request) { request->named = &kElsewhere; },
                             FLOE_PROBE_NOT_NAMED },
                     Victim{ "NothingSignalled", [] (auto *request) { request->named_count = 0; },
                             FLOE_PROBE_NOT_NAMED },
                     Victim{ "NoConsent", [] (auto *request) { request->has_consent = FALSE; },
                             FLOE_PROBE_NO_CONSENT },
                     Victim{ "Ourselves",
                             [] (auto *request) {
                               request->own = &request->target;
                               request->own_count = 1;
                             },
                             FLOE_PROBE_OWN_ADDRESS },
                     Victim{ "Private",
                             [] (auto *request) {
                               request->target = { { 192, 168, 1, 1 }, FLOE_STUN_IPV4_SIZE, 80 };
                             },
                             FLOE_PROBE_NOT_PUBLIC }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (PunchHostile, NothingLeavesAfterTheNetworkBecameMetered)
{
  FloeProbePolicy metered = { FALSE, FLOE_PROBE_NETWORK_METERED, 0 };
  size_t sent;

  RunFor (100 * kMillisecond);
  floe_probe_budget_core_set_policy (world_.bob.budget.get (), world_.net ().now_us (), &metered);
  sent = world_.bob.sent_us.size ();
  RunFor (kSecond);
  EXPECT_EQ (world_.bob.sent_us.size (), sent);
  EXPECT_TRUE (world_.bob.is_exhausted);
  EXPECT_EQ (world_.bob.verdict, FLOE_PROBE_METERED);
}

TEST_F (PunchHostile, StopsWhenAnAdministratorForbidsIt)
{
  RunFor (100 * kMillisecond);
  floe_punch_core_handle_prohibited (world_.alice.core.get (), world_.net ().now_us ());
  world_.Drain (world_.alice);
  EXPECT_EQ (world_.alice.end, FLOE_PUNCH_END_PROHIBITED);
  EXPECT_TRUE (world_.alice.sockets.empty ());
}

TEST_F (PunchHostile, StopsByCommandOnce)
{
  RunFor (100 * kMillisecond);
  for (guint i = 0; i < 2; i++)
    {
      floe_punch_core_stop (world_.bob.core.get (), world_.net ().now_us ());
      world_.Drain (world_.bob);
    }
  EXPECT_EQ (world_.bob.end, FLOE_PUNCH_END_STOPPED);
}

struct Path
{
  const char *name;
  gint64 before_ms, after_ms;
  guint loss_before, loss_after; /* in a thousand */
  bool stops;
};

class PunchPath : public testing::TestWithParam<Path>
{
};

TEST_P (PunchPath, ThatCarriesDataComesFirst)
{
  const Path &path = GetParam ();
  PunchWorld world (Ordinary (), 13);
  FloePunchCore *core = world.bob.core.get ();
  gint64 now_us = world.net ().now_us ();

  floe_punch_core_start (core, now_us, &world.bob.request);
  floe_punch_core_handle_path (core, now_us, path.before_ms * 1000, path.loss_before);
  floe_punch_core_handle_path (core, now_us, path.after_ms * 1000, path.loss_after);
  world.Drain (world.bob);
  EXPECT_EQ (world.bob.is_exhausted, path.stops);
  if (path.stops)
    {
      EXPECT_EQ (world.bob.end, FLOE_PUNCH_END_CONGESTED);
    }
}

INSTANTIATE_TEST_SUITE_P (Reports, PunchPath,
                          testing::Values (Path{ "Same", 80, 80, 5, 5, false },
                                           Path{ "TwiceAsLong", 80, 160, 0, 0, false },
                                           Path{ "MoreThanTwiceAsLong", 80, 161, 0, 0, true },
                                           Path{ "TwiceOfAlmostNothing", 2, 20, 0, 0, false },
                                           Path{ "TwiceTheLoss", 80, 80, 30, 60, false },
                                           Path{ "MoreThanTwiceTheLoss", 80, 80, 30, 61, true },
                                           Path{ "AFirstLoss", 80, 80, 0, 20, false },
                                           Path{ "ManyLosses", 80, 80, 0, 21, true }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST (PunchIdentity, NeedsCredentialsThatFit)
{
  for (const char *bad : { (const char *) nullptr, "", "thirty-three characters are too many" })
    {
      FloePunchSession session = kAlice;
      ErrorHolder error;

      session.remote_ufrag = bad;
      EXPECT_EQ (floe_punch_identity_new (&session, error), nullptr);
      EXPECT_NE (error.get (), nullptr);
    }
}

TEST (PunchIdentity, MessagesAreSmall)
{
  std::string ufrag (FLOE_PUNCH_MAX_UFRAG_SIZE, 'x');
  FloePunchSession session = kAlice;
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 buffer[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  Identity usual (floe_punch_identity_new (&session, nullptr));

  EXPECT_LE (floe_punch_identity_build_request (usual.get (), id, buffer), 100u);
  session.local_ufrag = session.remote_ufrag = ufrag.c_str ();
  Identity longest (floe_punch_identity_new (&session, nullptr));
  EXPECT_GT (floe_punch_identity_build_request (longest.get (), id, buffer), 100u);
}

TEST (PunchOne, IsToldByItsAgentThatItWorks)
{
  PunchWorld world (Ordinary (), 14);
  FloePunchCore *core = world.bob.core.get ();
  FloeStunAddress remote = world.bob.request.target;

  floe_punch_core_start (core, world.net ().now_us (), &world.bob.request);
  world.Drain (world.bob);
  remote.bytes[3] ^= 1;
  floe_punch_core_handle_connected (core, world.net ().now_us (), 0, &remote);
  EXPECT_FALSE (world.bob.is_over ());
  remote.bytes[3] ^= 1;
  floe_punch_core_handle_connected (core, world.net ().now_us (), 0, &remote);
  world.Drain (world.bob);
  EXPECT_GE (world.bob.found_us, 0);
  floe_punch_core_handle_timeout (core, world.net ().now_us () + FLOE_PUNCH_LINGER_US);
  EXPECT_EQ (floe_punch_core_get_deadline (core), -1);
}

} // namespace
