/* SPDX-License-Identifier: MPL-2.0 */
/* Checks that are repeated before libnice does it, through the taps on its sockets (decision 29).
 */
#include "raw-test.h"

#include "../stun-responder.h"

G_BEGIN_DECLS
#include "floe-socket-tap-private.h"
G_END_DECLS

class IceRepeat : public RawTest
{
protected:
  void SetUp () override
  {
#ifndef __linux__
    GTEST_SKIP () << "only Linux has a way to share a port";
#endif
    url_ = server_.Url ();
  }
  void TearDown () override
  {
    g_unsetenv ("FLOE_SOCKET_TAPS");
  }

  PeerOptions WithServer (bool is_controlling)
  {
    PeerOptions options = Options (is_controlling);

    options.urls = { url_.c_str () };
    options.interfaces = { "127.0.0.1" };
    return options;
  }

  /* By the tie-breaker that has nobody change his role; libnice's is random. */
  static bool IsRepeat (const FloeStunMessage &request)
  {
    guint64 value = 1;

    if (floe_stun_message_get_uint (&request, FLOE_STUN_ICE_CONTROLLING, 8, &value))
      return value == 0;
    return floe_stun_message_get_uint (&request, FLOE_STUN_ICE_CONTROLLED, 8, &value)
           && value == G_MAXUINT64;
  }

  /* A machine that has other things to do may be too late with the repeats of one address. */
  bool RunUntilRepeated (IcePeer &agent, RawPeer &stranger, const guint *repeat_count)
  {
    for (int i = 0; i < 20 && *repeat_count == 0; i++)
      {
        if (i > 0)
          stranger.Offer (agent, stranger.AddSocket (), 0x7effffff - i);
        Run (1000, [&] { return *repeat_count > 0; });
      }
    return *repeat_count > 0;
  }

  StunResponder server_{ context_ };
  std::string url_;
};

TEST_F (IceRepeat, ComesFromTheSameSocketWithTheRightKeyAndNominatesNothing)
{
  IcePeer agent (context_, WithServer (true));
  RawPeer stranger (context_);
  guint repeat_count = 0;

  ASSERT_TRUE (floe_socket_tap_is_possible ());
  stranger.answer = [&] (RawSocket &, GSocketAddress *from, const FloeStunMessage &request) {
    FloeStunKey key = {};

    if (!IsRepeat (request))
      return;
    repeat_count++;
    floe_stun_key_init_short_term (&key, stranger.pwd.c_str (), nullptr);
    EXPECT_EQ (floe_stun_message_check_integrity (&request, &key), FLOE_STUN_INTEGRITY_RIGHT);
    floe_stun_key_clear (&key);
    EXPECT_FALSE (floe_stun_message_has (&request, FLOE_STUN_USE_CANDIDATE));
    EXPECT_EQ (StunAddress (from).port, agent.candidates[0].port);
  };
  Begin (agent, stranger);
  EXPECT_TRUE (RunUntilRepeated (agent, stranger, &repeat_count));
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* RFC 8445 section 7.3: "it is possible for the agent to receive … requests before it has received
 * its peer's candidates", and its password. */
TEST_F (IceRepeat, WaitsForThePasswordOfAPeerThatChecksEarly)
{
  IcePeer agent (context_, WithServer (true));
  RawPeer stranger (context_);
  guint repeat_count = 0;

  stranger.answer = [&] (RawSocket &, GSocketAddress *, const FloeStunMessage &request) {
    repeat_count += IsRepeat (request);
  };
  floe_ice_transport_gather (agent.transport);
  ASSERT_TRUE (Run (5000, [&] { return !agent.candidates.empty (); }));
  agent_address_ =
      g_inet_socket_address_new_from_string (agent.candidates[0].address, agent.candidates[0].port);
  stranger.other_ufrag = agent.ufrag;
  stranger.other_pwd = agent.pwd;
  SendCheck (stranger);
  ASSERT_TRUE (Run (5000, [&] { return stranger.success_count == 1; }));
  Pause (100);
  EXPECT_EQ (repeat_count, 0u);
  stranger.Introduce (agent);
  stranger.Offer (agent, *stranger.sockets[0]);
  EXPECT_TRUE (RunUntilRepeated (agent, stranger, &repeat_count));
  EXPECT_TRUE (Reconcile (agent, stranger));
}

struct RepeatAnswer
{
  const char *name;
  std::function<Bytes (const RawPeer &, const FloeStunMessage &, GSocketAddress *)> make;
};

class IceRepeatAnswered : public IceRepeat, public testing::WithParamInterface<RepeatAnswer>
{
};

/* libnice sees none of these, and finds its pairs by itself. */
TEST_P (IceRepeatAnswered, DoesNoHarm)
{
  for (bool is_controlling : { true, false })
    {
      IcePeer agent (context_, WithServer (is_controlling));
      RawPeer stranger (context_);
      guint repeat_count = 0;

      stranger.answer = [&] (RawSocket &socket, GSocketAddress *from,
                             const FloeStunMessage &request) {
        if (!IsRepeat (request))
          return;
        repeat_count++;
        socket.Send (from, GetParam ().make (stranger, request, from));
      };
      Begin (agent, stranger);
      EXPECT_TRUE (RunUntilRepeated (agent, stranger, &repeat_count));
      EXPECT_TRUE (Reconcile (agent, stranger));
    }
}

static Bytes
Garbled (const RawPeer &peer, const FloeStunMessage &request, GSocketAddress *from)
{
  Bytes bytes = peer.Success (request, from);

  bytes[3] = (guint8) (bytes[3] + 4);
  return bytes;
}

INSTANTIATE_TEST_SUITE_P (
    Answers, IceRepeatAnswered,
    testing::Values (
        RepeatAnswer{ "Success",
                      [] (const RawPeer &peer, const FloeStunMessage &request,
                          GSocketAddress *from) { return peer.Success (request, from); } },
        RepeatAnswer{ "RoleConflict",
                      [] (const RawPeer &peer, const FloeStunMessage &request, GSocketAddress *) {
                        return peer.Error (request, 487, true);
                      } },
        RepeatAnswer{ "Forbidden",
                      [] (const RawPeer &peer, const FloeStunMessage &request, GSocketAddress *) {
                        return peer.Error (request, 403, true);
                      } },
        RepeatAnswer{ "Garbage", Garbled }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (IceRepeat, IsLeftToLibniceWhereSocketsCanNotBeTapped)
{
  guint repeat_count = 0, check_count = 0;

  g_setenv ("FLOE_SOCKET_TAPS", "0", TRUE);
  IcePeer agent (context_, WithServer (true));
  RawPeer stranger (context_);
  stranger.answer = [&] (RawSocket &, GSocketAddress *, const FloeStunMessage &request) {
    (IsRepeat (request) ? repeat_count : check_count)++;
  };
  Begin (agent, stranger);
  EXPECT_TRUE (Run (20000, [&] { return check_count >= 3; }));
  EXPECT_EQ (repeat_count, 0u);
}

/* Three for each pair, whatever happens; libnice's own third check comes long after the last. */
TEST_F (IceRepeat, IsNotSentMoreThanThreeTimes)
{
  IcePeer agent (context_, WithServer (false));
  RawPeer stranger (context_);
  guint repeat_count = 0, check_count = 0;

  stranger.answer = [&] (RawSocket &, GSocketAddress *, const FloeStunMessage &request) {
    (IsRepeat (request) ? repeat_count : check_count)++;
  };
  Begin (agent, stranger);
  EXPECT_TRUE (Run (20000, [&] { return check_count >= 3; }));
  EXPECT_LE (repeat_count, 3u);
}
