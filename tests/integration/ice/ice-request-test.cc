/* SPDX-License-Identifier: MPL-2.0 */
/* Checks as no peer should send them. RFC 8445 section 7.3, RFC 8489 section 6.3.1. */
#include "raw-test.h"

struct OddCheck
{
  const char *name;
  CheckOptions check;
  guint error; /* the response to it; 0: a success */
};

static CheckOptions
With (const std::function<void (CheckOptions *)> &change)
{
  CheckOptions check;

  change (&check);
  return check;
}

class IceOddCheck : public RawTest, public testing::WithParamInterface<OddCheck>
{
};

/* Before the peer's credentials are known, while its candidates are checked, and afterwards. */
TEST_P (IceOddCheck, IsAnsweredAsTheRfcSaysAndDoesNoHarm)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  RawPeer::Answer honest = stranger.answer;

  stranger.answer = [] (RawSocket &, GSocketAddress *, const FloeStunMessage &) {};
  Begin (agent, stranger);
  for (bool is_connected : { false, true })
    {
      guint success_count = stranger.success_count;
      gsize error_count = stranger.errors.size ();

      SendCheck (stranger, GetParam ().check);
      ASSERT_TRUE (Run (2000, [&] {
        return stranger.success_count > success_count || stranger.errors.size () > error_count;
      }));
      if (GetParam ().error == 0)
        {
          EXPECT_EQ (stranger.success_count, success_count + 1);
        }
      else
        {
          ASSERT_EQ (stranger.errors.size (), error_count + 1);
          EXPECT_EQ (stranger.errors.back (), GetParam ().error);
        }
      if (!is_connected)
        {
          ASSERT_TRUE (Reconcile (agent, stranger));
        }
    }
  EXPECT_TRUE (Carries (agent, stranger));
}

static void
AddGiant (FloeStunBuilder *builder)
{
  static const guint8 zeros[1200] = {};

  floe_stun_builder_add (builder, 0xc001, zeros, sizeof zeros);
}

static void
AddMandatory (FloeStunBuilder *builder)
{
  floe_stun_builder_add (builder, 0x7fff, "1234", 4);
}

static void
AddManyMandatory (FloeStunBuilder *builder)
{
  for (guint16 type = 0x4000; type < 0x4100; type++)
    floe_stun_builder_add (builder, type, "", 0);
}

static void
AddOtherRole (FloeStunBuilder *builder)
{
  floe_stun_builder_add_uint (builder, FLOE_STUN_ICE_CONTROLLING, 1, 8);
}

static void
AddShortPriority (FloeStunBuilder *builder)
{
  floe_stun_builder_add (builder, FLOE_STUN_PRIORITY, "1", 1);
}

INSTANTIATE_TEST_SUITE_P (
    Requests, IceOddCheck,
    testing::Values (
        OddCheck{ "Ordinary", {}, 0 },
        OddCheck{ "UseCandidateOfTheControlled", With ([] (auto *c) { c->uses_candidate = true; }),
                  0 },
        OddCheck{ "Priority0", With ([] (auto *c) { c->priority = 0; }), 0 },
        OddCheck{ "PriorityAllOnes", With ([] (auto *c) { c->priority = 0xffffffff; }), 0 },
        OddCheck{ "WithoutPriority", With ([] (auto *c) { c->has_priority = false; }), 0 },
        OddCheck{ "ShortPriority", With ([] (auto *c) {
                    c->has_priority = false;
                    c->fill = AddShortPriority;
                  }),
                  0 },
        OddCheck{ "WithoutRole", With ([] (auto *c) { c->role = 0; }), 0 },
        OddCheck{ "BothRoles", With ([] (auto *c) {
                    c->fill = AddOtherRole;
                    c->tie_breaker = 0;
                  }),
                  487 },
        OddCheck{ "SameRoleAndLoses", With ([] (auto *c) {
                    c->role = FLOE_STUN_ICE_CONTROLLING;
                    c->tie_breaker = 0;
                  }),
                  487 },
        OddCheck{ "UnknownMandatoryAttribute", With ([] (auto *c) { c->fill = AddMandatory; }),
                  420 },
        OddCheck{ "ManyUnknownAttributes", With ([] (auto *c) { c->fill = AddManyMandatory; }),
                  420 },
        OddCheck{ "GiantAttribute", With ([] (auto *c) { c->fill = AddGiant; }), 0 },
        OddCheck{ "WrongUser", With ([] (auto *c) { c->username = "nobody:else"; }), 401 },
        OddCheck{ "WithoutUser", With ([] (auto *c) { c->username = "-"; }), 400 },
        OddCheck{ "LongUser", With ([] (auto *c) { c->username = std::string (1000, 'x'); }), 401 },
        OddCheck{ "WrongPassword", With ([] (auto *c) { c->password = "not the password"; }), 401 },
        OddCheck{ "WithoutIntegrity", With ([] (auto *c) { c->is_proved = false; }), 400 }),
    [] (const auto &info) { return std::string (info.param.name); });

using IceRequest = RawTest;

TEST_F (IceRequest, ThatIsCutOffHasNoAnswer)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  RawPeer::Answer honest = stranger.answer;
  Bytes whole;

  stranger.answer = [] (RawSocket &, GSocketAddress *, const FloeStunMessage &) {};
  Begin (agent, stranger);
  whole = stranger.Check ();
  for (gsize size = 0; size < whole.size (); size++)
    stranger.sockets[0]->Send (agent_address_,
                               Bytes (whole.begin (), whole.begin () + (gssize) size));
  Pause (50);
  EXPECT_EQ (stranger.success_count, 0u);
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* STUN methods that have no place here: indications, Allocate, Data. */
TEST_F (IceRequest, OfAnotherMethodOrClassChangesNothing)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  for (int message_class = FLOE_STUN_REQUEST; message_class <= FLOE_STUN_ERROR; message_class++)
    {
      for (guint16 method = 0; method < 0x20; method++)
        {
          Bytes bytes = stranger.Check ();
          guint16 type = (guint16) ((method & 0xf) | ((method & 0x70) << 1)
                                    | ((message_class & 1) << 4) | ((message_class & 2) << 7));

          bytes[0] = (guint8) (type >> 8);
          bytes[1] = (guint8) type;
          if (method != FLOE_STUN_METHOD_BINDING || message_class != FLOE_STUN_REQUEST)
            stranger.sockets[0]->Send (agent_address_, bytes);
        }
    }
  Pause (50);
  EXPECT_TRUE (Carries (agent, stranger));
}

/* Each check proves the role wrong that the last one made us take. */
TEST_F (IceRequest, ThatFlipsTheRoleForeverIsBorne)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, stranger.Error (request, 487, true));
  };
  Begin (agent, stranger);
  for (int i = 0; i < 300; i++)
    {
      CheckOptions check;

      check.tie_breaker = i % 2 == 0 ? G_MAXUINT64 : 0;
      check.role = i % 2 == 0 ? FLOE_STUN_ICE_CONTROLLING : FLOE_STUN_ICE_CONTROLLED;
      SendCheck (stranger, check);
      Pause (1);
    }
  EXPECT_LE (stranger.request_count, 600u); /* a check each, and repeated ones */
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* Decision 19: a request that nobody answers is remembered by libnice for good. */
TEST_F (IceRequest, IsNotSentForAPairThatWorks)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  guint request_count;

  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  Pause (500);
  request_count = stranger.request_count;
  Pause (7000);
  EXPECT_EQ (stranger.request_count, request_count);
  EXPECT_GE (stranger.indication_count, 1u);
}
