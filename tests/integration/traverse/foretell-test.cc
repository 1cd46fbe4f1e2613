/* SPDX-License-Identifier: MPL-2.0 */
/* What foretelling and lock step ask and tell, with a STUN server that has a NAT's words put into
 * its mouth. That peers meet by it the laboratory shows (tests/lab/suite/foretell.py). */
#include "../ice/ice-peer.h"
#include "../stun-responder.h"
#include "descriptors.h"

G_BEGIN_DECLS
#include "floe-tactic-private.h"
G_END_DECLS

namespace
{

constexpr int kLongMs = 20000; /* for what has to come */
constexpr int kQuietMs = 300;  /* for what must not */
constexpr int kStaleMs = 700;  /* more than a word is fresh for */

FloeCandidate
Reflexive (const char *address, guint16 port, FloeCandidateLock lock = {})
{
  FloeCandidate candidate = {};

  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_strlcpy (candidate.address, address, sizeof candidate.address);
  candidate.component = 1;
  candidate.priority = 1;
  candidate.port = port;
  candidate.type = FLOE_ICE_CANDIDATE_TYPE_SRFLX;
  candidate.lock = lock;
  return candidate;
}

class TacticTest : public IceTest
{
protected:
  TacticTest () : descriptors_ (CountDescriptors ()), server_ (context_), peer_ (context_, {})
  {
    FloeCandidate own = Reflexive ("192.0.2.77", 4999);
    FloeIceUri uri = {};

    EXPECT_TRUE (floe_ice_uri_parse (&uri, server_.Url ().c_str (), nullptr));
    g_array_append_val (servers_, uri);
    g_strlcpy (own.related_address, "127.0.0.1", sizeof own.related_address);
    g_array_append_val (locals_, own);
    floe_ice_transport_gather (peer_.transport);
    floe_ice_transport_set_remote_credentials (peer_.transport, "abcd", kPassword);
    with_.context = context_;
    with_.ice = peer_.transport;
    with_.local_ufrag = peer_.ufrag.c_str ();
    with_.local_pwd = peer_.pwd.c_str ();
    with_.remote_ufrag = "abcd";
    with_.remote_pwd = kPassword;
    with_.stun_servers = servers_;
    with_.locals = locals_;
    with_.remotes = remotes_;
  }
  ~TacticTest () override
  {
    End ();
    g_array_unref (servers_);
    g_array_unref (locals_);
    g_array_unref (remotes_);
  }

  void Begin (FloeStrategyPart part, guint step = 1)
  {
    FloeStrategyTactic tactic = {};

    tactic.part = part;
    tactic.local_step = step;
    klass_ = floe_tactic_find (part);
    ASSERT_NE (klass_, nullptr);
    tactic_ = klass_->start (&with_, &tactic);
  }
  void End ()
  {
    if (tactic_ != nullptr)
      klass_->free (tactic_);
    tactic_ = nullptr;
  }
  void Hear (const FloeCandidate &candidate)
  {
    g_array_append_val (remotes_, candidate);
    if (tactic_ != nullptr)
      klass_->handle_candidate (tactic_);
  }
  /* "5001 5002", and of lock step "7002 1.1". */
  std::string Told ()
  {
    std::string text;

    for (const FloeCandidate &candidate : peer_.candidates)
      {
        if (candidate.type != FLOE_ICE_CANDIDATE_TYPE_SRFLX)
          continue;
        text += (text.empty () ? "" : " ") + std::to_string (candidate.port);
        if (candidate.lock.round != 0)
          text += " " + std::to_string (candidate.lock.round) + "."
                  + std::to_string (candidate.lock.step);
      }
    return text;
  }
  void ExpectTold (const std::string &text)
  {
    EXPECT_TRUE (Run (kLongMs, [&] { return Told () == text; })) << Told ();
  }

  static constexpr const char *kPassword = "a password of 22 chars";
  int descriptors_;
  StunResponder server_;
  IcePeer peer_;
  FloeTacticContext with_ = {};
  const FloeTacticClass *klass_ = nullptr;
  FloeTactic *tactic_ = nullptr;
  GArray *servers_ = g_array_new (FALSE, FALSE, sizeof (FloeIceUri));
  GArray *locals_ = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  GArray *remotes_ = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
};

TEST_F (TacticTest, ForetellingTellsWhatLiesBetweenTwoSamples)
{
  server_.next_ports = { 5000, 5003 };
  Hear (Reflexive ("203.0.113.9", 4000));
  Begin (FLOE_STRATEGY_PART_FORETELL);
  ExpectTold ("5001 5002");
  const FloeCandidate &one = peer_.candidates[peer_.candidates.size () - 2];
  const FloeCandidate &two = peer_.candidates.back ();

  EXPECT_STREQ (one.address, "192.0.2.77");
  EXPECT_STREQ (one.related_address, "127.0.0.1");
  EXPECT_NE (one.related_port, 0);
  EXPECT_EQ (one.related_port, two.related_port) << "the same socket";
  EXPECT_STRNE (one.foundation, two.foundation);
  EXPECT_GT (one.priority, two.priority);
}

TEST_F (TacticTest, ForetellingMakesDoWithOneAnswer)
{
  server_.next_ports = { 5000, 0 };
  Hear (Reflexive ("203.0.113.9", 4000));
  Begin (FLOE_STRATEGY_PART_FORETELL);
  EXPECT_TRUE (Run (kLongMs, [&] { return Told ().compare (0, 14, "5001 5002 5003") == 0; }))
      << Told ();
}

TEST_F (TacticTest, ForetellingWaitsForSomebodyToMeet)
{
  server_.next_ports = { 5000, 5002 };
  Begin (FLOE_STRATEGY_PART_FORETELL);
  Hear (Reflexive ("10.0.0.9", 4000));
  Hear (Reflexive ("2001:db8::9", 4000));
  Hear (Reflexive ("peer.local", 4000));
  Hear (Reflexive ("203.0.113.9", 4000, { 1, 1 }));
  Pause (kQuietMs);
  EXPECT_EQ (server_.request_count, 0u);
  Hear (Reflexive ("203.0.113.9", 4000));
  ExpectTold ("5001");
}

TEST_F (TacticTest, ForetellingGoesOnWhereThePeerComesFromElsewhere)
{
  server_.next_ports = { 5000, 5002, 5005, 5007 };
  Hear (Reflexive ("203.0.113.9", 4000));
  Begin (FLOE_STRATEGY_PART_FORETELL);
  ExpectTold ("5001");
  Hear (Reflexive ("203.0.113.9", 4001));
  ExpectTold ("5001 5006");
}

TEST_F (TacticTest, ForetellingBeginsAnewWhenPortsWereRandom)
{
  server_.next_ports = { 5000, 41000, 6000, 6002 };
  Hear (Reflexive ("203.0.113.9", 4000));
  Begin (FLOE_STRATEGY_PART_FORETELL);
  ExpectTold ("6001");
}

TEST_F (TacticTest, ForetellingAheadTellsPortsThatNobodyHasYet)
{
  server_.next_ports = { 5000, 5001 };
  with_.remote.poisoning = FLOE_NAT_ANSWER_YES;
  Hear (Reflexive ("203.0.113.9", 4000));
  Begin (FLOE_STRATEGY_PART_FORETELL);
  EXPECT_TRUE (Run (kLongMs, [&] { return Told ().compare (0, 14, "5002 5003 5004") == 0; }))
      << Told ();
}

TEST_F (TacticTest, WithoutAServerThatCanBeAskedThereIsNoTactic)
{
  g_array_index (servers_, FloeIceUri, 0).protocol = FLOE_ICE_PROTOCOL_TCP;
  Begin (FLOE_STRATEGY_PART_FORETELL);
  EXPECT_EQ (tactic_, nullptr);
  Begin (FLOE_STRATEGY_PART_LOCK_STEP);
  EXPECT_EQ (tactic_, nullptr);
  with_.stun_servers = nullptr;
  Begin (FLOE_STRATEGY_PART_FORETELL);
  EXPECT_EQ (tactic_, nullptr);
}

TEST_F (TacticTest, AnEndInTheMidstOfQuestionsLeavesNothingOpen)
{
  server_.is_holding = true;
  Hear (Reflexive ("203.0.113.9", 4000));
  for (FloeStrategyPart part : { FLOE_STRATEGY_PART_FORETELL, FLOE_STRATEGY_PART_LOCK_STEP })
    {
      guint asked = server_.request_count;
      int before = CountDescriptors ();

      Begin (part);
      EXPECT_TRUE (Run (kLongMs, [&] { return server_.request_count > asked; }));
      End ();
      EXPECT_LE (CountDescriptors (), before + 2) << "the path's socket ends by itself";
    }
  server_.Release ();
  Pause (kQuietMs);
  EXPECT_EQ (Told (), "");
}

TEST_F (TacticTest, LockStepTellsTheNextPortAndChecksWhenThePeerHasToo)
{
  server_.next_ports = { 7000, 7002, 7010 };
  Begin (FLOE_STRATEGY_PART_LOCK_STEP, 2);
  ExpectTold ("7004 1.2");
  EXPECT_EQ (server_.request_count, 2u);
  Hear (Reflexive ("203.0.113.9", 4000, { 1, 1 }));
  EXPECT_TRUE (Run (kLongMs, [&] { return server_.request_count >= 3; })) << "just before check 0";
}

TEST_F (TacticTest, LockStepFollowsToThePeersRoundAndNoFurtherThanThereAre)
{
  server_.next_ports = { 7000, 7001, 8000, 8001 };
  Begin (FLOE_STRATEGY_PART_LOCK_STEP);
  ExpectTold ("7002 1.1");
  Hear (Reflexive ("203.0.113.9", 4000, { 99, 1 }));
  Pause (kQuietMs);
  EXPECT_EQ (Told (), "7002 1.1");
  g_array_set_size (remotes_, 0);
  Hear (Reflexive ("203.0.113.9", 4000, { 3, 1 }));
  ExpectTold ("7002 1.1 8002 3.1");
}

TEST_F (TacticTest, LockStepBeginsAnewWhenThePeersWordComesLate)
{
  server_.next_ports = { 7000, 7001, 8000, 8001 };
  Begin (FLOE_STRATEGY_PART_LOCK_STEP);
  ExpectTold ("7002 1.1");
  Pause (kStaleMs);
  Hear (Reflexive ("203.0.113.9", 4000, { 1, 1 }));
  ExpectTold ("7002 1.1 8002 2.1");
}

TEST_F (TacticTest, LockStepDoesNotCheckWhereNoPeerCanBe)
{
  server_.next_ports = { 7000, 7001 };
  Begin (FLOE_STRATEGY_PART_LOCK_STEP);
  ExpectTold ("7002 1.1");
  Hear (Reflexive ("10.0.0.9", 4000, { 1, 1 }));
  Pause (kQuietMs);
  EXPECT_EQ (server_.request_count, 2u);
}

} // namespace
