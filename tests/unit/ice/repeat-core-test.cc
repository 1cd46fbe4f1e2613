/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <map>

G_BEGIN_DECLS
#include "floe-repeat-core-private.h"
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"
G_END_DECLS

static const gint64 MS = G_TIME_SPAN_MILLISECOND;
static const char *const kPwd = "remote-password-of-24-ch";

using Bytes = std::vector<guint8>;

static FloeStunAddress
V4 (guint8 first, guint8 last, guint16 port)
{
  return { { first, 0, 2, last }, FLOE_STUN_IPV4_SIZE, port };
}

struct Sent
{
  gint64 ms; /* since the start */
  guint base;
  FloeStunAddress to;
  Bytes data;
};

class RepeatCore : public testing::Test
{
protected:
  ~RepeatCore () override
  {
    g_clear_pointer (&core_, floe_repeat_core_free);
  }

  void Make (bool is_controlling = true, guint base_count = 1)
  {
    FloeRepeatIdentity identity = { "mine", "theirs", kPwd, is_controlling };

    core_ = floe_repeat_core_new (&identity, &budget_);
    for (guint i = 0; i < base_count; i++)
      {
        FloeRepeatBase base = { V4 (192, 1, (guint16) (4000 + i)),
                                (120u << 24) | (8192u << 8) | 255,
                                { 7, 7, 7, (guint8) i } };

        EXPECT_TRUE (floe_repeat_core_add_base (core_, &base));
      }
  }
  void Add (const FloeStunAddress &remote)
  {
    floe_repeat_core_add_remote (core_, now_us_, &remote);
  }
  void Poll ()
  {
    FloeRepeatOutput output;

    while (floe_repeat_core_poll (core_, now_us_, &output))
      sent_.push_back ({ (now_us_ - start_us_) / MS, output.base, output.to,
                         Bytes (output.data, output.data + output.size) });
  }
  /* As the timer of a path would. */
  void Pass (gint64 duration_us)
  {
    gint64 end_us = now_us_ + duration_us;
    gint64 deadline_us;

    while ((deadline_us = floe_repeat_core_get_deadline (core_, now_us_)) != -1
           && deadline_us <= end_us)
      {
        EXPECT_GE (deadline_us, now_us_);
        now_us_ = deadline_us;
        Poll ();
        EXPECT_NE (floe_repeat_core_get_deadline (core_, now_us_), now_us_) << "would spin";
      }
    now_us_ = end_us;
  }
  void Answer (const Sent &request, const FloeStunAddress &from, FloeStunClass message_class)
  {
    FloeStunMessage message;
    guint8 data[64];
    FloeStunBuilder builder;

    ASSERT_TRUE (
        floe_stun_message_parse (&message, request.data.data (), request.data.size (), nullptr));
    builder = floe_stun_builder_init (data, sizeof data, message_class, FLOE_STUN_METHOD_BINDING,
                                      message.transaction_id);
    floe_repeat_core_handle_answer (core_, request.base, &from, data,
                                    floe_stun_builder_finish (&builder));
  }
  std::vector<gint64> Times () const
  {
    std::vector<gint64> times;

    for (const Sent &sent : sent_)
      times.push_back (sent.ms);
    return times;
  }

  const gint64 start_us_ = 1000 * G_TIME_SPAN_SECOND;
  gint64 now_us_ = start_us_;
  FloeCheckBudget budget_ = {};
  FloeRepeatCore *core_ = nullptr;
  std::vector<Sent> sent_;
};

using Milliseconds = std::vector<gint64>;

TEST_F (RepeatCore, SendsAfter50And100And200MsAndNoMore)
{
  Make ();
  Add (V4 (198, 9, 5000));
  Pass (10 * G_TIME_SPAN_SECOND);
  EXPECT_EQ (Times (), (Milliseconds{ 50, 100, 200 }));
  EXPECT_EQ (floe_repeat_core_get_deadline (core_, now_us_), -1);
}

TEST_F (RepeatCore, IsACheckAsThePeerExpectsIt)
{
  for (bool is_controlling : { false, true })
    {
      FloeStunMessage message;
      FloeStunKey key = {};
      const char *username;
      gsize size;
      guint64 value;

      g_clear_pointer (&core_, floe_repeat_core_free);
      sent_.clear ();
      Make (is_controlling);
      Add (V4 (198, 9, 5000));
      Pass (60 * MS);
      ASSERT_EQ (sent_.size (), 1u);
      ASSERT_TRUE (floe_stun_message_parse (&message, sent_[0].data.data (), sent_[0].data.size (),
                                            nullptr));
      EXPECT_EQ (message.message_class, FLOE_STUN_REQUEST);
      EXPECT_EQ (message.method, FLOE_STUN_METHOD_BINDING);
      /* The tap has the answer, as the id begins with its tag. */
      EXPECT_EQ (memcmp (message.transaction_id, "\7\7\7\0", 4), 0);
      ASSERT_TRUE (floe_stun_message_get_text (&message, FLOE_STUN_USERNAME, &username, &size));
      EXPECT_EQ (std::string (username, size), "theirs:mine");
      ASSERT_TRUE (floe_stun_message_get_uint (&message, FLOE_STUN_PRIORITY, 4, &value));
      EXPECT_EQ (value, (110u << 24) | (8192u << 8) | 255);
      ASSERT_TRUE (floe_stun_key_init_short_term (&key, kPwd, nullptr));
      EXPECT_EQ (floe_stun_message_check_integrity (&message, &key), FLOE_STUN_INTEGRITY_RIGHT);
      floe_stun_key_clear (&key);
      EXPECT_TRUE (floe_stun_message_has (&message, FLOE_STUN_FINGERPRINT));
      EXPECT_FALSE (floe_stun_message_has (&message, FLOE_STUN_USE_CANDIDATE));
    }
}

/* RFC 8445 section 7.3.1.1 */
TEST_F (RepeatCore, HasATieBreakerThatChangesNobodysRole)
{
  FloeStunMessage message;
  guint64 value = 1;

  Make (true);
  Add (V4 (198, 9, 5000));
  Pass (60 * MS);
  ASSERT_EQ (sent_.size (), 1u);
  ASSERT_TRUE (
      floe_stun_message_parse (&message, sent_[0].data.data (), sent_[0].data.size (), nullptr));
  ASSERT_TRUE (floe_stun_message_get_uint (&message, FLOE_STUN_ICE_CONTROLLING, 8, &value));
  EXPECT_EQ (value, 0u);
  EXPECT_FALSE (floe_stun_message_has (&message, FLOE_STUN_ICE_CONTROLLED));

  g_clear_pointer (&core_, floe_repeat_core_free);
  sent_.clear ();
  Make (false);
  Add (V4 (198, 9, 5000));
  Pass (60 * MS);
  ASSERT_EQ (sent_.size (), 1u);
  ASSERT_TRUE (
      floe_stun_message_parse (&message, sent_[0].data.data (), sent_[0].data.size (), nullptr));
  ASSERT_TRUE (floe_stun_message_get_uint (&message, FLOE_STUN_ICE_CONTROLLED, 8, &value));
  EXPECT_EQ (value, G_MAXUINT64);
}

TEST_F (RepeatCore, StopsWithAnAnswerOfEitherKind)
{
  for (FloeStunClass message_class : { FLOE_STUN_SUCCESS, FLOE_STUN_ERROR })
    {
      const FloeStunAddress remote = V4 (198, 9, 5000);

      g_clear_pointer (&core_, floe_repeat_core_free);
      sent_.clear ();
      Make ();
      Add (remote);
      Pass (60 * MS);
      ASSERT_EQ (sent_.size (), 1u);
      Answer (sent_[0], remote, message_class);
      Pass (G_TIME_SPAN_SECOND);
      EXPECT_EQ (sent_.size (), 1u);
    }
}

TEST_F (RepeatCore, TakesNoAnswerFromElsewhereAndNoNoise)
{
  const FloeStunAddress remote = V4 (198, 9, 5000);
  const guint8 noise[] = { 1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 7, 7, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8 };

  Make ();
  Add (remote);
  Pass (60 * MS);
  ASSERT_EQ (sent_.size (), 1u);
  Answer (sent_[0], V4 (198, 9, 5001), FLOE_STUN_SUCCESS);
  floe_repeat_core_handle_answer (core_, 0, &remote, noise, sizeof noise);
  floe_repeat_core_handle_answer (core_, 0, &remote, noise, 7);
  floe_repeat_core_handle_answer (core_, 9, &remote, noise, sizeof noise);
  Pass (G_TIME_SPAN_SECOND);
  EXPECT_EQ (sent_.size (), 3u);
}

TEST_F (RepeatCore, AsksEachAddressFromAllBasesOfItsFamilyOnce)
{
  FloeStunAddress ipv6 = { { 0x20, 0x01, 0x0d, 0xb8 }, FLOE_STUN_IPV6_SIZE, 5000 };

  Make (true, 2);
  Add (V4 (198, 9, 5000));
  Add (V4 (198, 9, 5000));
  Add (ipv6);
  Pass (G_TIME_SPAN_SECOND);
  EXPECT_EQ (sent_.size (), 6u);
}

TEST_F (RepeatCore, LeavesWhatCanNotBeReached)
{
  const FloeStunAddress remote = V4 (198, 9, 5000);

  Make (true, 2);
  Add (remote);
  Pass (60 * MS);
  ASSERT_EQ (sent_.size (), 2u);
  floe_repeat_core_handle_unreachable (core_, 0, &remote);
  Pass (G_TIME_SPAN_SECOND);
  ASSERT_EQ (sent_.size (), 4u);
  EXPECT_EQ (sent_[2].base, 1u);
  EXPECT_EQ (sent_[3].base, 1u);
}

TEST_F (RepeatCore, StopsWhenTold)
{
  Make ();
  Add (V4 (198, 9, 5000));
  Pass (60 * MS);
  floe_repeat_core_stop (core_);
  Pass (G_TIME_SPAN_SECOND);
  EXPECT_EQ (sent_.size (), 1u);
  Add (V4 (198, 10, 5000));
  Pass (G_TIME_SPAN_SECOND);
  EXPECT_EQ (sent_.size (), 4u);
}

TEST_F (RepeatCore, NeverHasMoreThan100Pairs)
{
  std::map<guint16, int> counts;

  Make ();
  for (guint16 port = 1; port <= 400; port++)
    {
      Add (V4 (198, 9, port));
      Pass (G_TIME_SPAN_SECOND);
    }
  for (const Sent &sent : sent_)
    counts[sent.to.port]++;
  EXPECT_EQ (counts.size (), 100u);
  for (const auto &[port, count] : counts)
    EXPECT_LE (count, 3) << port;
}

TEST_F (RepeatCore, SharesABudgetOf20AtOnceAnd100ASecond)
{
  gsize at_once = 0;

  Make (true, 4);
  for (guint16 port = 1; port <= 25; port++)
    Add (V4 (198, 9, port));
  Pass (50 * MS);
  at_once = sent_.size ();
  EXPECT_EQ (at_once, 20u);
  Pass (G_TIME_SPAN_SECOND);
  EXPECT_LE (sent_.size (), 20u + 35u) << "libnice repeats by itself then";
  EXPECT_GE (sent_.size (), 20u + 30u);
}

TEST_F (RepeatCore, MakesNoCheckOfTooLongAName)
{
  const std::string longest (256, 'u');
  FloeRepeatIdentity identity = { longest.c_str (), longest.c_str (), kPwd, true };

  EXPECT_EQ (floe_repeat_core_new (&identity, &budget_), nullptr);
}

TEST (CheckBudget, GivesABurstAndThenOneEach10Ms)
{
  FloeCheckBudget budget = {};
  const gint64 start_us = 5 * G_TIME_SPAN_HOUR;
  int count = 0;

  while (floe_check_budget_take (&budget, start_us))
    count++;
  EXPECT_EQ (count, FLOE_CHECK_BUDGET_BURST);
  EXPECT_EQ (floe_check_budget_get_ready (&budget, start_us), start_us + 10 * MS);
  EXPECT_FALSE (floe_check_budget_take (&budget, start_us + 10 * MS - 1));
  for (gint64 us = 0; us <= 10 * G_TIME_SPAN_SECOND; us += MS)
    count += floe_check_budget_take (&budget, start_us + us);
  EXPECT_EQ (count, FLOE_CHECK_BUDGET_BURST + 10 * FLOE_CHECK_BUDGET_PER_S);
}

TEST (CheckBudget, SavesNoMoreThanABurst)
{
  FloeCheckBudget budget = {};
  int count = 0;

  ASSERT_TRUE (floe_check_budget_take (&budget, G_TIME_SPAN_SECOND));
  while (floe_check_budget_take (&budget, G_TIME_SPAN_HOUR))
    count++;
  EXPECT_EQ (count, FLOE_CHECK_BUDGET_BURST);
}
