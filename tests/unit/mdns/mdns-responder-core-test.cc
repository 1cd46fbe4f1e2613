/* SPDX-License-Identifier: MPL-2.0 */
#include "mdns-messages.h"

#include <set>

G_BEGIN_DECLS
#include "floe-mdns-responder-core-private.h"
G_END_DECLS

#define SECOND ((gint64) G_TIME_SPAN_SECOND)
#define INTERFACE 3

class MdnsResponderCore : public testing::Test
{
protected:
  MdnsResponderCore ()
  {
    source_ = { Ipv4 (77), FLOE_MDNS_PORT };
    Add (NAME, Ipv4 (1));
  }
  ~MdnsResponderCore () override
  {
    floe_mdns_responder_core_free (core_);
  }

  bool Add (const char *name, const FloeMdnsAddress &address, guint interface = INTERFACE)
  {
    return floe_mdns_responder_core_add (core_, now_us_, name, &address, interface);
  }

  void Handle (const FloeMdnsMessage &query)
  {
    floe_mdns_responder_core_handle_query (core_, now_us_, &link_, &source_, &query);
  }

  void Ask (guint16 type = FLOE_MDNS_TYPE_A, bool wants_unicast = false)
  {
    Handle (*Query (NAME, type, wants_unicast));
  }

  bool Poll ()
  {
    return floe_mdns_responder_core_poll (core_, now_us_, &out_);
  }

  gint64 Deadline ()
  {
    return floe_mdns_responder_core_get_deadline (core_);
  }

  /* Lets announcements go by, and a second after the last. */
  void Settle ()
  {
    while (Deadline () != -1)
      {
        now_us_ = MAX (now_us_, Deadline ());
        while (Poll ())
          ;
      }
    now_us_ += SECOND;
  }

  const FloeMdnsRecord &First () const
  {
    return out_.message.records[0];
  }

  FloeMdnsResponderCore *core_ = floe_mdns_responder_core_new ();
  gint64 now_us_ = 1000 * SECOND;
  FloeMdnsLink link_ = { INTERFACE, FLOE_MDNS_FAMILY_IPV4 };
  FloeMdnsSource source_ = {};
  FloeMdnsOutput out_ = {};
};

TEST_F (MdnsResponderCore, AnswersAtOnceWhatOnlyItKnows)
{
  Ask ();
  EXPECT_EQ (Deadline (), now_us_);
  ASSERT_TRUE (Poll ());
  EXPECT_FALSE (out_.is_unicast);
  EXPECT_EQ (out_.link.interface, (guint) INTERFACE);
  EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV4);
  EXPECT_TRUE (out_.message.is_response);
  EXPECT_EQ (out_.message.id, 0);
  EXPECT_EQ (out_.message.question_count, 0u);
  ASSERT_EQ (out_.message.record_count, 2u);
  EXPECT_STREQ (First ().name, NAME);
  EXPECT_EQ (First ().type, FLOE_MDNS_TYPE_A);
  EXPECT_EQ (First ().ttl_s, 120u);
  EXPECT_TRUE (First ().flushes_cache);
  EXPECT_EQ (out_.message.records[1].type, FLOE_MDNS_TYPE_NSEC);
  EXPECT_TRUE (out_.message.records[1].is_additional);
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, SaysThatThereIsNoAddressOfTheOtherFamily)
{
  Ask (FLOE_MDNS_TYPE_AAAA);
  ASSERT_TRUE (Poll ());
  ASSERT_EQ (out_.message.record_count, 2u);
  EXPECT_EQ (First ().type, FLOE_MDNS_TYPE_A);
  EXPECT_TRUE (First ().is_additional);
  EXPECT_EQ (out_.message.records[1].type, FLOE_MDNS_TYPE_NSEC);
  EXPECT_FALSE (out_.message.records[1].is_additional);
}

TEST_F (MdnsResponderCore, AnswersTwoQuestionsInOneMessage)
{
  Ask (FLOE_MDNS_TYPE_AAAA);
  Ask (FLOE_MDNS_TYPE_A);
  ASSERT_TRUE (Poll ());
  EXPECT_FALSE (First ().is_additional);
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, SaysNothingOfOtherNames)
{
  Settle ();
  Handle (*Query (OTHER_NAME, FLOE_MDNS_TYPE_ANY));
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, SaysNothingOnOtherInterfaces)
{
  Settle ();
  link_.interface = INTERFACE + 1;
  Ask ();
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, TakesNoResponseForAQuery)
{
  auto response = Query (NAME, FLOE_MDNS_TYPE_A);

  Settle ();
  response->is_response = TRUE;
  Handle (*response);
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, MulticastsARecordOnceASecondOnALink)
{
  Settle ();
  Ask ();
  ASSERT_TRUE (Poll ());
  now_us_ += SECOND / 4;
  Ask ();
  EXPECT_FALSE (Poll ());
  EXPECT_EQ (Deadline (), now_us_ + SECOND * 3 / 4);
  /* The other family is another link. */
  link_.family = FLOE_MDNS_FAMILY_IPV6;
  Ask ();
  EXPECT_TRUE (Poll ());
  EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV6);
  now_us_ += SECOND * 3 / 4;
  EXPECT_TRUE (Poll ());
  EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV4);
  EXPECT_EQ (Deadline (), -1);
}

TEST_F (MdnsResponderCore, IsQuietWhenTheAnswerIsKnown)
{
  auto query = Query (NAME, FLOE_MDNS_TYPE_A);

  Settle ();
  AddRecord (query.get (), NAME, Ipv4 (1), 60);
  Handle (*query);
  EXPECT_FALSE (Poll ());
  /* Less than half of its time is left. */
  query->records[0].ttl_s = 59;
  Handle (*query);
  EXPECT_TRUE (Poll ());
}

TEST_F (MdnsResponderCore, CorrectsAWrongKnownAnswer)
{
  auto query = Query (NAME, FLOE_MDNS_TYPE_A);

  Settle ();
  AddRecord (query.get (), NAME, Ipv4 (9), 120);
  Handle (*query);
  EXPECT_TRUE (Poll ());
}

TEST_F (MdnsResponderCore, DelaysTheAnswerToSeveralQuestions)
{
  std::set<gint64> delays;

  Settle ();
  for (int i = 0; i < 100; i++)
    {
      auto query = Query (NAME, FLOE_MDNS_TYPE_A);

      AddQuestion (query.get (), OTHER_NAME, FLOE_MDNS_TYPE_A);
      Handle (*query);
      ASSERT_FALSE (Poll ());
      delays.insert (Deadline () - now_us_);
      now_us_ = Deadline ();
      ASSERT_TRUE (Poll ());
      now_us_ += SECOND;
    }
  EXPECT_GE (*delays.begin (), SECOND * 20 / 1000);
  EXPECT_LE (*delays.rbegin (), SECOND * 120 / 1000);
  EXPECT_GT (delays.size (), 50u);
}

TEST_F (MdnsResponderCore, WaitsForKnownAnswersThatFollow)
{
  auto query = Query (NAME, FLOE_MDNS_TYPE_A);
  FloeMdnsMessage more = {};

  Settle ();
  query->is_truncated = TRUE;
  Handle (*query);
  EXPECT_GE (Deadline (), now_us_ + SECOND * 4 / 10);
  EXPECT_LE (Deadline (), now_us_ + SECOND * 5 / 10);
  AddRecord (&more, NAME, Ipv4 (1), 120);
  source_.address = Ipv4 (78); /* somebody else knows */
  Handle (more);
  EXPECT_NE (Deadline (), -1);
  source_.address = Ipv4 (77);
  Handle (more);
  EXPECT_EQ (Deadline (), -1);
}

TEST_F (MdnsResponderCore, AnswersOneHostWhenTheLinkHasHeardIt)
{
  Settle ();
  Ask (FLOE_MDNS_TYPE_A, true);
  ASSERT_TRUE (Poll ());
  EXPECT_TRUE (out_.is_unicast);
  EXPECT_TRUE (floe_mdns_address_equal (&out_.to.address, &source_.address));
  EXPECT_EQ (out_.to.port, FLOE_MDNS_PORT);
  EXPECT_EQ (out_.message.question_count, 0u);
  EXPECT_EQ (First ().ttl_s, 120u);
  /* A quarter of its time later the others have to be reminded. */
  now_us_ += 30 * SECOND;
  Ask (FLOE_MDNS_TYPE_A, true);
  ASSERT_TRUE (Poll ());
  EXPECT_FALSE (out_.is_unicast);
}

TEST_F (MdnsResponderCore, AnswersAPlainDnsClientAsItExpects)
{
  auto query = Query (NAME, FLOE_MDNS_TYPE_A);

  source_.port = 40000;
  query->id = 0x4711;
  Handle (*query);
  ASSERT_TRUE (Poll ());
  EXPECT_TRUE (out_.is_unicast);
  EXPECT_EQ (out_.to.port, 40000);
  EXPECT_EQ (out_.message.id, 0x4711);
  ASSERT_EQ (out_.message.question_count, 1u);
  EXPECT_STREQ (out_.message.questions[0].name, NAME);
  EXPECT_EQ (out_.message.questions[0].type, FLOE_MDNS_TYPE_A);
  EXPECT_EQ (First ().ttl_s, 10u);
  EXPECT_FALSE (First ().flushes_cache);
}

TEST_F (MdnsResponderCore, IsNoTapForUnicastFloods)
{
  guint count = 0;

  Settle ();
  for (int i = 0; i < 1000; i++)
    {
      Ask (FLOE_MDNS_TYPE_A, true);
      while (Poll ())
        count++;
    }
  EXPECT_EQ (count, 20u);
  now_us_ += SECOND;
  Ask (FLOE_MDNS_TYPE_A, true);
  EXPECT_TRUE (Poll ());
}

TEST_F (MdnsResponderCore, AnnouncesTwiceASecondApart)
{
  gint64 start_us = now_us_;

  EXPECT_FALSE (Poll ());
  for (int round = 1; round <= 2; round++)
    {
      EXPECT_EQ (Deadline (), start_us + round * SECOND);
      now_us_ = Deadline ();
      ASSERT_TRUE (Poll ());
      EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV4);
      EXPECT_EQ (First ().ttl_s, 120u);
      ASSERT_TRUE (Poll ());
      EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV6);
      EXPECT_FALSE (Poll ());
    }
  EXPECT_EQ (Deadline (), -1);
}

TEST_F (MdnsResponderCore, TakesAnAnswerForAnAnnouncement)
{
  Ask ();
  ASSERT_TRUE (Poll ());
  now_us_ += SECOND;
  ASSERT_TRUE (Poll ());
  ASSERT_TRUE (Poll ());
  EXPECT_FALSE (Poll ());
  now_us_ += SECOND;
  ASSERT_TRUE (Poll ());
  EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV6);
  EXPECT_FALSE (Poll ());
  EXPECT_EQ (Deadline (), -1);
}

TEST_F (MdnsResponderCore, PutsWhatIsDueIntoFewMessages)
{
  std::string name (NAME);
  guint records = 0, messages = 0;

  for (int i = 0; i < 9; i++)
    {
      name[0] = (char) ('0' + i);
      Add (name.c_str (), Ipv6 ((guint8) i));
    }
  now_us_ += SECOND;
  while (Poll ())
    {
      guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE];

      EXPECT_GT (floe_mdns_message_serialize (&out_.message, buffer), 0u);
      records += out_.message.record_count;
      messages++;
    }
  EXPECT_EQ (records, 10u * 2 * 2);
  EXPECT_EQ (messages, 3u * 2);
}

TEST_F (MdnsResponderCore, SaysGoodbyeWhereItWasHeard)
{
  Ask ();
  ASSERT_TRUE (Poll ());
  floe_mdns_responder_core_remove (core_, NAME);
  ASSERT_TRUE (Poll ());
  EXPECT_EQ (out_.link.family, FLOE_MDNS_FAMILY_IPV4);
  ASSERT_EQ (out_.message.record_count, 1u);
  EXPECT_EQ (First ().ttl_s, 0u);
  EXPECT_TRUE (First ().flushes_cache);
  EXPECT_FALSE (Poll ());
  EXPECT_EQ (Deadline (), -1);
  Ask ();
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, LeavesWithoutAWordWhenNobodyHeardOfIt)
{
  floe_mdns_responder_core_remove (core_, NAME);
  EXPECT_FALSE (Poll ());
}

TEST_F (MdnsResponderCore, FollowsAnAddressToItsInterface)
{
  Settle ();
  floe_mdns_responder_core_move (core_, now_us_, NAME, 0);
  Ask ();
  EXPECT_FALSE (Poll ());
  EXPECT_EQ (Deadline (), -1);
  floe_mdns_responder_core_move (core_, now_us_, NAME, 5);
  link_.interface = 5;
  Ask ();
  ASSERT_TRUE (Poll ());
  EXPECT_EQ (out_.link.interface, 5u);
  EXPECT_EQ (Deadline (), now_us_ + SECOND);
}

TEST_F (MdnsResponderCore, PublishesNoMoreThanItsLimit)
{
  std::string name (NAME);
  int count = 1;

  while (count < 2 * FLOE_MDNS_MAX_PUBLISHED)
    {
      snprintf (&name[0], 9, "%08x", count);
      name[8] = '-';
      if (!Add (name.c_str (), Ipv4 (2)))
        break;
      count++;
    }
  EXPECT_EQ (count, FLOE_MDNS_MAX_PUBLISHED);
}
