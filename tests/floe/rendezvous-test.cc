/* SPDX-License-Identifier: MPL-2.0 */
/* Rooms, who is in them, what they may say, and the seat of the process that runs them. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <memory>

extern "C"
{
#include "floe-rendezvous.h"
#include "rendezvous-room.h"
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace
{

const char welcome[] = "welcome!";
const std::string room_name (64, 'a');
const guint max_rooms = 3;

/* A member, and what it was told. */
class Member
{
public:
  Member (RendezvousRooms *rooms, gint64 *now_us, const std::string &room = room_name)
      : now_us_ (now_us),
        member_ (rendezvous_member_new (rooms, room.c_str (), welcome, &callbacks, this))
  {
  }
  ~Member ()
  {
    rendezvous_member_free (member_, *now_us_);
  }
  void Say (const std::string &text)
  {
    rendezvous_member_handle_text (member_, text.data (), text.size (), *now_us_);
  }
  void Join (const std::string &id, bool opens = true)
  {
    Say ("{\"type\":\"join\",\"id\":\"" + id + "\",\"opens\":" + (opens ? "true}" : "false}"));
  }
  void Describe (int session, const std::string &sdp = "v=0")
  {
    Say ("{\"type\":\"description\",\"session\":" + std::to_string (session)
         + ",\"description\":{\"type\":\"offer\",\"sdp\":\"" + sdp + "\"}}");
  }
  void Refuse (RendezvousReason reason)
  {
    rendezvous_member_refuse (member_, reason, *now_us_);
  }
  bool IsIn () const
  {
    return rendezvous_member_is_in (member_);
  }
  std::vector<std::string> Take ()
  {
    return std::exchange (told_, {});
  }
  std::string TakeLast ()
  {
    std::vector<std::string> told = Take ();
    return told.empty () ? "" : told.back ();
  }
  int let_go_count = 0;

private:
  static void OnSend (gpointer user_data, const char *text)
  {
    auto *self = static_cast<Member *> (user_data);
    EXPECT_EQ (self->let_go_count, 0) << "nothing is sent to one who was let go";
    self->told_.push_back (text);
  }
  static void OnLetGo (gpointer user_data)
  {
    static_cast<Member *> (user_data)->let_go_count++;
  }
  static constexpr RendezvousMemberCallbacks callbacks = { OnSend, OnLetGo };

  gint64 *now_us_;
  std::vector<std::string> told_;
  RendezvousMember *member_;
};

constexpr RendezvousMemberCallbacks Member::callbacks;

class RoomTest : public testing::Test
{
protected:
  ~RoomTest () override
  {
    first_.reset ();
    second_.reset ();
    third_.reset ();
    EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
    rendezvous_rooms_free (rooms_);
  }
  std::unique_ptr<Member> Come (const std::string &room = room_name)
  {
    return std::make_unique<Member> (rooms_, &now_us_, room);
  }
  /* Two who met, and heard of it. */
  void Pair ()
  {
    first_->Join ("a");
    second_->Join ("b", false);
    first_->Take ();
    second_->Take ();
  }

  gint64 now_us_ = 1000;
  RendezvousRooms *rooms_ = rendezvous_rooms_new (nullptr, max_rooms);
  std::unique_ptr<Member> first_ = Come ();
  std::unique_ptr<Member> second_ = Come ();
  std::unique_ptr<Member> third_ = Come ();
};

TEST_F (RoomTest, LetsTwoMeetAndTheFirstOffer)
{
  first_->Join ("a");
  EXPECT_THAT (first_->Take (), ElementsAre (welcome));
  EXPECT_TRUE (first_->IsIn ());

  second_->Join ("b", false);
  EXPECT_THAT (first_->Take (), ElementsAre ("{\"type\":\"peer\",\"session\":1,\"offers\":true}"));
  EXPECT_THAT (second_->Take (),
               ElementsAre (welcome, "{\"type\":\"peer\",\"session\":1,\"offers\":false}"));
}

TEST_F (RoomTest, IsThereOnlyWhenOpened)
{
  first_->Join ("a", false);

  EXPECT_THAT (first_->TakeLast (), HasSubstr ("\"no-room\""));
  EXPECT_EQ (first_->let_go_count, 1);
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

TEST_F (RoomTest, RefusesAThirdAndLeavesThePairAlone)
{
  Pair ();
  third_->Join ("c");

  EXPECT_THAT (third_->TakeLast (), HasSubstr ("\"full\""));
  EXPECT_EQ (third_->let_go_count, 1);
  EXPECT_THAT (first_->Take (), IsEmpty ());
  EXPECT_THAT (second_->Take (), IsEmpty ());
}

TEST_F (RoomTest, RefusesAnIdThatIsThere)
{
  first_->Join ("a");
  third_->Join ("a");
  EXPECT_THAT (third_->TakeLast (), HasSubstr ("\"duplicate\""));

  second_->Join ("b");
  std::unique_ptr<Member> fourth = Come ();
  fourth->Join ("b");
  EXPECT_THAT (fourth->TakeLast (), HasSubstr ("\"duplicate\""));
}

TEST_F (RoomTest, PassesOnWhatBelongsToTheSession)
{
  Pair ();
  first_->Describe (1, "from a");
  second_->Describe (1, "from b");
  first_->Say ("{\"type\":\"candidate\",\"session\":1,\"candidate\":null}");

  EXPECT_THAT (second_->Take (),
               ElementsAre (HasSubstr ("from a"),
                            "{\"type\":\"candidate\",\"candidate\":null,\"session\":1}"));
  EXPECT_THAT (first_->Take (), ElementsAre (HasSubstr ("from b")));
}

TEST_F (RoomTest, DropsWhatBelongsToAnotherSession)
{
  Pair ();
  for (int session : { 0, 2, 999 })
    first_->Describe (session);
  EXPECT_THAT (second_->Take (), IsEmpty ());
  EXPECT_EQ (first_->let_go_count, 0);

  second_.reset ();
  first_->Describe (1);
  third_->Join ("c", false);
  first_->Describe (1, "for the one who left");
  first_->Describe (2, "for you");
  EXPECT_THAT (third_->Take (),
               ElementsAre (welcome, HasSubstr ("\"session\":2"), HasSubstr ("for you")));
}

TEST_F (RoomTest, WaitsForAnotherWhenTheSecondLeaves)
{
  Pair ();
  second_.reset ();
  EXPECT_THAT (first_->Take (), ElementsAre ("{\"type\":\"gone\",\"session\":1}"));

  third_->Join ("c", false);
  EXPECT_THAT (first_->Take (), ElementsAre ("{\"type\":\"peer\",\"session\":2,\"offers\":true}"));
}

TEST_F (RoomTest, EndsWhenTheFirstLeaves)
{
  Pair ();
  first_.reset ();

  EXPECT_THAT (second_->Take (), ElementsAre ("{\"type\":\"gone\",\"session\":1}"));
  EXPECT_EQ (second_->let_go_count, 1);
  third_->Join ("c", false);
  EXPECT_THAT (third_->TakeLast (), HasSubstr ("\"no-room\""));
}

TEST_F (RoomTest, LetsTheFirstSendTheSecondAway)
{
  Pair ();
  first_->Say ("{\"type\":\"gone\",\"session\":7}");
  EXPECT_EQ (second_->let_go_count, 0);

  first_->Say ("{\"type\":\"gone\",\"session\":1}");
  EXPECT_THAT (second_->TakeLast (), HasSubstr ("\"dismissed\""));
  EXPECT_EQ (second_->let_go_count, 1);
  EXPECT_THAT (first_->Take (), IsEmpty ());

  third_->Join ("c", false);
  EXPECT_THAT (first_->TakeLast (), HasSubstr ("\"session\":2"));
}

TEST_F (RoomTest, DoesNotLetTheSecondSendTheFirstAway)
{
  Pair ();
  second_->Say ("{\"type\":\"gone\",\"session\":1}");

  EXPECT_THAT (second_->TakeLast (), HasSubstr ("\"protocol\""));
  EXPECT_THAT (first_->Take (), ElementsAre (HasSubstr ("\"gone\"")));
  EXPECT_EQ (first_->let_go_count, 0);
}

TEST_F (RoomTest, TakesJoinFirstAndOnce)
{
  third_->Describe (1);
  EXPECT_THAT (third_->TakeLast (), HasSubstr ("\"protocol\""));

  first_->Join ("a");
  first_->Join ("a");
  EXPECT_THAT (first_->TakeLast (), HasSubstr ("\"protocol\""));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

TEST_F (RoomTest, IgnoresTypesThatItDoesNotKnow)
{
  Pair ();
  first_->Say ("{\"type\":\"weather\",\"sunny\":true}");

  EXPECT_EQ (first_->let_go_count, 0);
  EXPECT_THAT (second_->Take (), IsEmpty ());
}

TEST_F (RoomTest, SaysNothingToOneWhoWasLetGo)
{
  Pair ();
  second_->Say ("nonsense");
  EXPECT_THAT (second_->TakeLast (), HasSubstr ("\"protocol\""));
  first_->Take ();

  second_->Describe (1);
  second_->Refuse (RENDEZVOUS_REASON_TIMEOUT);
  EXPECT_THAT (first_->Take (), IsEmpty ());
  EXPECT_EQ (second_->let_go_count, 1);
}

TEST_F (RoomTest, BoundsMessagesASession)
{
  Pair ();
  for (int i = 0; i < RENDEZVOUS_MAX_MESSAGES; i++)
    second_->Describe (1);
  EXPECT_EQ (second_->let_go_count, 0);
  EXPECT_EQ (first_->Take ().size (), static_cast<size_t> (RENDEZVOUS_MAX_MESSAGES));

  second_->Describe (1);
  EXPECT_THAT (second_->TakeLast (), HasSubstr ("\"protocol\""));
}

TEST_F (RoomTest, BoundsBytesASession)
{
  const std::string sdp (60000, 'x');

  Pair ();
  for (int i = 0; i < 8; i++)
    second_->Describe (1, sdp);
  EXPECT_EQ (second_->let_go_count, 0);
  second_->Describe (1, sdp);
  EXPECT_EQ (second_->let_go_count, 1);
}

TEST_F (RoomTest, GivesANewBudgetToANewSession)
{
  Pair ();
  for (int i = 0; i < RENDEZVOUS_MAX_MESSAGES - 1; i++)
    first_->Describe (1);
  second_.reset ();
  third_->Join ("c", false);
  for (int i = 0; i < RENDEZVOUS_MAX_MESSAGES; i++)
    first_->Describe (2);
  EXPECT_EQ (first_->let_go_count, 0);
}

TEST_F (RoomTest, EndsAfterADayAlone)
{
  first_->Join ("a");
  now_us_ += RENDEZVOUS_LONE_LIFETIME_US - 1;
  rendezvous_rooms_expire (rooms_, now_us_);
  EXPECT_EQ (first_->let_go_count, 0);

  second_->Join ("b");
  now_us_ += RENDEZVOUS_LONE_LIFETIME_US;
  rendezvous_rooms_expire (rooms_, now_us_);
  EXPECT_EQ (first_->let_go_count, 0) << "two are not alone";

  second_.reset ();
  now_us_ += RENDEZVOUS_LONE_LIFETIME_US;
  rendezvous_rooms_expire (rooms_, now_us_);
  EXPECT_THAT (first_->TakeLast (), HasSubstr ("\"timeout\""));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

TEST_F (RoomTest, AreBoundedInNumber)
{
  std::vector<std::unique_ptr<Member> > members;

  for (guint i = 0; i < max_rooms; i++)
    {
      members.push_back (Come (std::string (64, static_cast<char> ('0' + i))));
      members.back ()->Join ("a");
      EXPECT_TRUE (members.back ()->IsIn ());
    }
  first_->Join ("a");
  EXPECT_THAT (first_->TakeLast (), HasSubstr ("\"busy\""));
}

TEST (OnlyRoom, IsTheOnlyOneThatCanBeOpened)
{
  gint64 now_us = 0;
  RendezvousRooms *rooms = rendezvous_rooms_new (room_name.c_str (), max_rooms);
  {
    Member stranger (rooms, &now_us, std::string (64, 'b'));
    Member owner (rooms, &now_us);

    stranger.Join ("s");
    owner.Join ("o");
    EXPECT_THAT (stranger.TakeLast (), HasSubstr ("\"no-room\""));
    EXPECT_TRUE (owner.IsIn ());
  }
  rendezvous_rooms_free (rooms);
}

struct BadText
{
  const char *title;
  std::string text;
};

class RoomRefuses : public testing::TestWithParam<BadText>
{
};

TEST_P (RoomRefuses, WhatIsNotOfTheProtocol)
{
  g_auto (RendezvousMessage) message = {};
  ErrorHolder error;
  const std::string &text = GetParam ().text;

  EXPECT_FALSE (rendezvous_message_read (text.data (), text.size (), &message, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << error.message ();
}

std::string
Description (const std::string &inner)
{
  return "{\"type\":\"description\",\"session\":1,\"description\":" + inner + "}";
}

std::string
Candidate (const std::string &inner)
{
  return "{\"type\":\"candidate\",\"session\":1,\"candidate\":" + inner + "}";
}

INSTANTIATE_TEST_SUITE_P (
    Texts, RoomRefuses,
    testing::Values (
        BadText{ "Nothing", "" }, BadText{ "Array", "[]" }, BadText{ "NoType", "{}" },
        BadText{ "TypeIsNumber", "{\"type\":1}" },
        BadText{ "Deep", "{\"type\":" + std::string (30000, '[') },
        BadText{ "JoinWithoutId", "{\"type\":\"join\"}" },
        BadText{ "JoinWithEmptyId", "{\"type\":\"join\",\"id\":\"\"}" },
        BadText{ "JoinWithLongId", "{\"type\":\"join\",\"id\":\"" + std::string (65, 'a') + "\"}" },
        BadText{ "JoinWithOddId", "{\"type\":\"join\",\"id\":\"a b\"}" },
        BadText{ "GoneWithoutSession", "{\"type\":\"gone\"}" },
        BadText{ "GoneFromBelow", "{\"type\":\"gone\",\"session\":-1}" },
        BadText{ "DescriptionIsNull", Description ("null") },
        BadText{ "DescriptionIsString", Description ("\"offer\"") },
        BadText{ "DescriptionIsRollback", Description ("{\"type\":\"rollback\",\"sdp\":\"\"}") },
        BadText{ "DescriptionWithoutSdp", Description ("{\"type\":\"offer\"}") },
        BadText{ "DescriptionGrows", Description ("{\"type\":\"offer\",\"sdp\":\""
                                                  + std::string (40000, '\x7f') + "\"}") },
        BadText{ "LoneSurrogate", Description ("{\"type\":\"offer\",\"sdp\":\"\\ud800A\"}") },
        BadText{ "CandidateMissing", "{\"type\":\"candidate\",\"session\":1}" },
        BadText{ "CandidateIsNumber", Candidate ("1") },
        BadText{ "CandidateWithoutText", Candidate ("{\"sdpMid\":\"0\"}") },
        BadText{ "CandidateTooLong",
                 Candidate ("{\"candidate\":\"" + std::string (1025, 'a') + "\"}") },
        BadText{ "CandidateOfHighIndex",
                 Candidate ("{\"candidate\":\"\",\"sdpMLineIndex\":65536}") }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (RoomMessage, PassesOnOnlyMembersThatItKnows)
{
  g_auto (RendezvousMessage) message = {};
  const std::string text =
      Candidate ("{\"candidate\":\"x\",\"sdpMid\":null,\"sdpMLineIndex\":0,\"evil\":1}");

  ASSERT_TRUE (rendezvous_message_read (text.data (), text.size (), &message, nullptr));
  EXPECT_STREQ (message.text,
                "{\"type\":\"candidate\",\"candidate\":{\"candidate\":\"x\",\"sdpMid\":null,"
                "\"sdpMLineIndex\":0},\"session\":1}");
}

} // namespace
