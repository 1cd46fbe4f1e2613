/* SPDX-License-Identifier: MPL-2.0 */
/* Errors and odd successes to our checks: none may harm, and the peer may come to reason later. */
#include "raw-test.h"

struct Refusal
{
  const char *name;
  guint code;
  bool is_proved;
};

class IceRefusal : public RawTest, public testing::WithParamInterface<Refusal>
{
};

TEST_P (IceRefusal, ToTheFirstCheckIsForgivenWhenThePeerChecksItself)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, stranger.Error (request, GetParam ().code, GetParam ().is_proved));
  };
  Begin (agent, stranger);
  ASSERT_TRUE (Run (2000, [&] { return stranger.request_count >= 1; }));
  Pause (20);
  EXPECT_FALSE (agent.IsConnected ());
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* The same to all checks of three candidates, whoever asks first. */
TEST_P (IceRefusal, ToAllChecksLeavesTheAgentChecking)
{
  IcePeer agent (context_, Options (false));
  RawPeer stranger (context_);
  CheckOptions check;

  check.role = FLOE_STUN_ICE_CONTROLLING;
  check.uses_candidate = true;
  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, stranger.Error (request, GetParam ().code, GetParam ().is_proved));
  };
  stranger.AddSocket ();
  stranger.AddSocket ();
  Begin (agent, stranger);
  stranger.Offer (agent, *stranger.sockets[1], 0x7efffeff);
  stranger.Offer (agent, *stranger.sockets[2], 0x01ffffff);
  for (int i = 0; i < 6; i++)
    {
      SendCheck (stranger, check, i % 3);
      Pause (15);
    }
  EXPECT_EQ (agent.state, FLOE_ICE_CONNECTION_STATE_CHECKING);
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* A better pair is offered when one works: what is said to its check does no harm to the first. */
TEST_P (IceRefusal, ToALaterCheckLeavesTheConnectionAlone)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.AddSocket ();
  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, stranger.Error (request, GetParam ().code, GetParam ().is_proved));
  };
  stranger.request_count = 0;
  stranger.Offer (agent, *stranger.sockets[1], 0x7fffffff);
  ASSERT_TRUE (Run (2000, [&] { return stranger.request_count >= 1; }));
  Pause (20);
  EXPECT_TRUE (Carries (agent, stranger));
}

INSTANTIATE_TEST_SUITE_P (
    Codes, IceRefusal,
    testing::Values (
        Refusal{ "Forbidden", 403, true }, Refusal{ "ForbiddenUnproved", 403, false },
        Refusal{ "BadRequest", 400, true }, Refusal{ "BadRequestUnproved", 400, false },
        Refusal{ "Unauthenticated", 401, true }, Refusal{ "UnauthenticatedUnproved", 401, false },
        Refusal{ "UnknownAttribute", 420, true }, Refusal{ "RoleConflict", 487, true },
        Refusal{ "RoleConflictUnproved", 487, false }, Refusal{ "ServerError", 500, true },
        Refusal{ "TryAlternate", 300, true }, Refusal{ "StaleNonceUnproved", 438, false },
        Refusal{ "Zero", 0, true }, Refusal{ "BelowErrors", 299, true },
        Refusal{ "AboveErrors", 700, true }, Refusal{ "NineNinetyNine", 999, true },
        Refusal{ "NineNinetyNineUnproved", 999, false }, Refusal{ "ClassTooBig", 25599, true }),
    [] (const auto &info) { return std::string (info.param.name); });

using Reply = std::function<Bytes (RawPeer &, const FloeStunMessage &, GSocketAddress *)>;

struct OddSuccess
{
  const char *name;
  bool counts; /* RFC 8445 or libnice let it pass */
  Reply reply;
};

static Reply
Mapped (const char *address, int port, FloeStunAttributeType type = FLOE_STUN_XOR_MAPPED_ADDRESS)
{
  return [=] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
    FloeStunAddress own = StunAddress (from);
    FloeStunAddress told = StunAddress (address, port < 0 ? own.port : (guint16) port);

    return peer.Success (request, from, [&] (FloeStunBuilder *builder) {
      if (type == FLOE_STUN_XOR_MAPPED_ADDRESS)
        floe_stun_builder_add_xor_address (builder, type, &told);
      else
        floe_stun_builder_add_address (builder, type, &told);
    });
  };
}

class IceOddSuccess : public RawTest, public testing::WithParamInterface<OddSuccess>
{
};

TEST_P (IceOddSuccess, DoesNoHarm)
{
  for (bool is_controlling : { true, false })
    {
      IcePeer agent (context_, Options (is_controlling));
      RawPeer stranger (context_);

      stranger.answer = [&] (RawSocket &socket, GSocketAddress *from,
                             const FloeStunMessage &request) {
        socket.Send (from, GetParam ().reply (stranger, request, from));
      };
      Begin (agent, stranger);
      ASSERT_TRUE (Run (2000, [&] { return stranger.request_count >= 1; }));
      if (!GetParam ().counts)
        {
          Pause (30);
          EXPECT_FALSE (agent.IsConnected ());
        }
      else if (is_controlling)
        {
          EXPECT_TRUE (Run (2000, [&] { return agent.IsConnected (); }));
        }
      EXPECT_TRUE (Reconcile (agent, stranger));
      g_clear_object (&agent_address_);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Responses, IceOddSuccess,
    testing::Values (
        OddSuccess{ "WrongIntegrity", false,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
                      return peer.Success (request, from, nullptr, "not the password at all");
                    } },
        OddSuccess{ "WithoutIntegrity", false,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
                      FloeStunAddress mapped = StunAddress (from);

                      return RawPeer::Build (FLOE_STUN_SUCCESS, request.transaction_id, nullptr,
                                             [&] (FloeStunBuilder *builder) {
                                               floe_stun_builder_add_xor_address (
                                                   builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
                                             });
                    } },
        OddSuccess{ "WithoutMappedAddress", true,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
                      return peer.Success (request, from, [] (FloeStunBuilder *) {});
                    } },
        OddSuccess{ "EmptyMappedAddress", true,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
                      return peer.Success (request, from, [] (FloeStunBuilder *builder) {
                        floe_stun_builder_add (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, "", 0);
                      });
                    } },
        OddSuccess{ "UnknownMandatoryAttribute", false,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from) {
                      return peer.Success (request, from, [] (FloeStunBuilder *builder) {
                        floe_stun_builder_add (builder, 0x7ffe, "1234", 4);
                      });
                    } },
        OddSuccess{ "OtherFamily", true, Mapped ("2001:db8::1", -1) },
        OddSuccess{ "Port0", true, Mapped ("127.0.0.1", 0) },
        OddSuccess{ "Unspecified", true, Mapped ("0.0.0.0", 0) },
        OddSuccess{ "Multicast", true, Mapped ("224.0.0.1", -1) },
        OddSuccess{ "SomebodyElse", true, Mapped ("203.0.113.9", 4444) },
        OddSuccess{ "NotXored", true, Mapped ("203.0.113.9", 4444, FLOE_STUN_MAPPED_ADDRESS) },
        OddSuccess{ "Indication", false,
                    [] (RawPeer &peer, const FloeStunMessage &request, GSocketAddress *) {
                      return RawPeer::Build (FLOE_STUN_INDICATION, request.transaction_id,
                                             peer.pwd.c_str (), [] (FloeStunBuilder *) {});
                    } }),
    [] (const auto &info) { return std::string (info.param.name); });

using IceResponse = RawTest;

TEST_F (IceResponse, FromAnotherAddressFailsThePairOnly)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.AddSocket ();
  stranger.answer = [&] (RawSocket &, GSocketAddress *from, const FloeStunMessage &request) {
    stranger.sockets[1]->Send (from, stranger.Success (request, from));
  };
  Begin (agent, stranger);
  ASSERT_TRUE (Run (2000, [&] { return stranger.request_count >= 1; }));
  Pause (30);
  EXPECT_FALSE (agent.IsConnected ());
  EXPECT_TRUE (Reconcile (agent, stranger));
}

TEST_F (IceResponse, ThatComesManyTimesCountsOnce)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    for (int i = 0; i < 50; i++)
      {
        socket.Send (from, stranger.Success (request, from));
        socket.Send (from, stranger.Error (request, 403, true));
      }
  };
  Begin (agent, stranger);
  ASSERT_TRUE (Run (2000, [&] { return agent.IsConnected (); }));
  EXPECT_TRUE (Carries (agent, stranger));
  EXPECT_LE (agent.pair_count, 2u);
}

TEST_F (IceResponse, ThatIsCutOffIsIgnored)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    Bytes whole = stranger.Success (request, from);

    for (gsize size = 0; size < whole.size (); size++)
      socket.Send (from, Bytes (whole.begin (), whole.begin () + (gssize) size));
    for (gsize size = 20; size < whole.size (); size += 4)
      {
        Bytes part (whole.begin (), whole.begin () + (gssize) size);

        part[3] = (guint8) (size - 20); /* the length now fits, the attributes do not */
        socket.Send (from, part);
      }
  };
  Begin (agent, stranger);
  ASSERT_TRUE (Run (2000, [&] { return stranger.request_count >= 1; }));
  Pause (30);
  EXPECT_FALSE (agent.IsConnected ());
  EXPECT_TRUE (Reconcile (agent, stranger));
}
