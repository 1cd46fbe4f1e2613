/* SPDX-License-Identifier: MPL-2.0 */
/* Offer, answer and candidates bring two connections together, in every legal order. */
#include "peer-pair.h"

#include <algorithm>

using Strings = std::vector<std::string>;

class Connection : public PeerPairTest
{
};

TEST_F (Connection, OpensAndCarriesAMessageEachWay)
{
  Connect ();
  ASSERT_TRUE (channel->SendText ("from alice"));
  ASSERT_TRUE (peer_channel->SendText ("from bob"));
  EXPECT_TRUE (
      RunUntil ([&] { return !channel->texts.empty () && !peer_channel->texts.empty (); }));
  EXPECT_EQ (peer_channel->texts, Strings ({ "from alice" }));
  EXPECT_EQ (channel->texts, Strings ({ "from bob" }));
}

TEST_F (Connection, GoesThroughTheStatesOfTheStandard)
{
  EXPECT_EQ (alice.state (), FLOE_PEER_CONNECTION_STATE_NEW);
  Connect ();
  EXPECT_TRUE (RunUntil ([&] { return alice.is_connected () && bob.is_connected (); }));
  EXPECT_EQ (alice.states, Strings ({ "connecting", "connected" }));
  EXPECT_EQ (bob.states, Strings ({ "connecting", "connected" }));
  EXPECT_EQ (floe_peer_connection_get_signaling_state (alice.pc), FLOE_SIGNALING_STATE_STABLE);
  EXPECT_TRUE (RunUntil ([&] { return alice.is_gathering_done && bob.is_gathering_done; }));
  EXPECT_EQ (floe_peer_connection_get_ice_gathering_state (alice.pc),
             FLOE_ICE_GATHERING_STATE_COMPLETE);
}

TEST_F (Connection, AsksForNegotiationOnceForTheFirstChannel)
{
  auto first = alice.CreateChannel ("first");
  auto second = alice.CreateChannel ("second");

  EXPECT_EQ (alice.negotiation_needed_count, 0) << "emitted inside the call";
  EXPECT_TRUE (RunUntil ([&] { return alice.negotiation_needed_count > 0; }));
  RunFor (0.02);
  EXPECT_EQ (alice.negotiation_needed_count, 1);
  Negotiate (alice, bob);
  auto third = alice.CreateChannel ("third");
  EXPECT_TRUE (RunUntil ([&] { return third->is_open (); }));
  EXPECT_EQ (alice.negotiation_needed_count, 1);
}

/* W3C 4.7.3: nothing is asked for while a call is pending or an exchange is under way. */
TEST_F (Connection, AsksForNoNegotiationThatIsUnderWayAlready)
{
  Outcome outcome;

  channel = alice.CreateChannel ("test");
  floe_peer_connection_set_local_description_async (
      alice.pc, nullptr, nullptr, FillOutcome<floe_peer_connection_set_local_description_finish>,
      &outcome);
  EXPECT_TRUE (RunUntil ([&] { return outcome.is_done; }));
  RunFor (0.05);
  EXPECT_EQ (alice.negotiation_needed_count, 0);
  Negotiate (alice, bob);
  EXPECT_TRUE (RunUntil ([&] { return channel->is_open (); }));
  EXPECT_EQ (alice.negotiation_needed_count, 0);
}

TEST_F (Connection, ClosesItsChannelsWhenThePeerRejectsThem)
{
  auto reject = [] (std::string sdp) {
    gsize at = sdp.find ("m=application ") + strlen ("m=application ");

    return sdp.replace (at, sdp.find (' ', at) - at, "0");
  };

  channel = alice.CreateChannel ("test");
  Negotiate (alice, bob, {}, reject);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_closed (); }, 2));
  EXPECT_EQ (channel->events.back (), "close");
}

TEST_F (Connection, WorksWithAllCandidatesInsideTheDescriptions)
{
  channel = alice.CreateChannel ("test");
  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (alice.pc);
  EXPECT_NE (strstr (floe_session_description_get_sdp (offer), "a=candidate:"), nullptr);
  ASSERT_EQ (bob.SetRemote (offer), "");
  ASSERT_EQ (bob.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return bob.is_gathering_done; }));
  g_autoptr (FloeSessionDescription) answer = floe_peer_connection_get_local_description (bob.pc);
  ASSERT_EQ (alice.SetRemote (answer), "");
  EXPECT_TRUE (RunUntil ([&] { return channel->is_open (); }));
}

TEST_F (Connection, TakesCandidatesThatOvertakeTheDescription)
{
  channel = alice.CreateChannel ("test");
  alice.other = &bob;
  bob.other = &alice;
  ASSERT_EQ (alice.SetLocal (), "");
  /* All of alice's candidates reach bob before her offer does. */
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (alice.pc);
  g_autoptr (FloeSessionDescription) offer = EditDescription (local, [] (std::string sdp) {
    gsize at;

    while ((at = sdp.find ("a=candidate")) != std::string::npos)
      sdp.erase (at, sdp.find ('\n', at) + 1 - at);
    return sdp;
  });
  ASSERT_EQ (bob.SetRemote (offer), "");
  ASSERT_EQ (bob.SetLocal (), "");
  g_autoptr (FloeSessionDescription) answer = floe_peer_connection_get_local_description (bob.pc);
  ASSERT_EQ (alice.SetRemote (answer), "");
  EXPECT_TRUE (RunUntil ([&] { return channel->is_open (); }));
}

TEST_F (Connection, BoundsCandidatesThatComeBeforeTheDescription)
{
  ErrorHolder error;
  g_autoptr (FloeIceCandidate) candidate = floe_ice_candidate_new (
      "candidate:1 1 udp 2130706431 127.0.0.1 9999 typ host", "0", 0, nullptr, error);

  ASSERT_NE (candidate, nullptr) << error.message ();
  for (int i = 0; i < 100; i++)
    ASSERT_EQ (alice.AddCandidate (candidate), "") << i;
  EXPECT_EQ (alice.AddCandidate (candidate), "OperationError");
}

TEST_F (Connection, TellsTheSelectedPair)
{
  Connect ();
  g_autoptr (FloeIceCandidatePair) pair =
      floe_peer_connection_get_selected_candidate_pair (alice.pc);
  ASSERT_NE (pair, nullptr);
  EXPECT_FALSE (floe_ice_candidate_pair_is_relayed (pair));
  EXPECT_NE (floe_ice_candidate_get_port (floe_ice_candidate_pair_get_local (pair)), 0);
  g_autoptr (FloeIceCandidatePair) other =
      floe_peer_connection_get_selected_candidate_pair (bob.pc);
  ASSERT_NE (other, nullptr);
  EXPECT_STREQ (
      floe_ice_candidate_get_username_fragment (floe_ice_candidate_pair_get_remote (pair)),
      floe_ice_candidate_get_username_fragment (floe_ice_candidate_pair_get_local (other)));
}

TEST_F (Connection, NegotiatesAgainWithoutDisturbingTheChannel)
{
  Connect ();
  Negotiate (bob, alice);
  ASSERT_TRUE (channel->SendText ("still there"));
  EXPECT_TRUE (RunUntil ([&] { return !peer_channel->texts.empty (); }));
  EXPECT_EQ (channel->events, Strings ({ "open" }));
}

TEST_F (Connection, FinishesCallsInTheOrderInWhichTheyWereMade)
{
  Strings order;
  struct Call
  {
    Strings *order;
    const char *name;
  };
  Call calls[] = { { &order, "first" }, { &order, "second" }, { &order, "third" } };

  channel = alice.CreateChannel ("test");
  for (auto &call : calls)
    floe_peer_connection_create_offer_async (
        alice.pc, nullptr,
        [] (GObject *source, GAsyncResult *result, gpointer user_data) {
          auto *self = (Call *) user_data;
          g_autoptr (FloeSessionDescription) offer = floe_peer_connection_create_offer_finish (
              FLOE_PEER_CONNECTION (source), result, nullptr);

          self->order->push_back (offer != nullptr ? self->name : "failed");
        },
        &call);
  EXPECT_TRUE (RunUntil ([&] { return order.size () == 3; }));
  EXPECT_EQ (order, Strings ({ "first", "second", "third" }));
}

TEST_F (Connection, RefusesWhatTheSignalingStateDoesNotAllow)
{
  g_autoptr (FloeSessionDescription) rollback =
      floe_session_description_new (FLOE_SDP_TYPE_ROLLBACK, "");
  g_autoptr (FloeSessionDescription) nonsense =
      floe_session_description_new (FLOE_SDP_TYPE_OFFER, "not a description");
  ErrorHolder error;

  channel = alice.CreateChannel ("test");
  EXPECT_EQ (alice.SetRemote (nonsense), "sdp-syntax-error");
  ASSERT_EQ (alice.SetLocal (), "");
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (alice.pc);
  g_autoptr (FloeSessionDescription) answer =
      floe_session_description_new (FLOE_SDP_TYPE_ANSWER, floe_session_description_get_sdp (offer));
  EXPECT_EQ (bob.SetRemote (answer), "InvalidStateError");
  EXPECT_EQ (alice.SetLocal (rollback), "NotSupportedError");
  EXPECT_FALSE (floe_peer_connection_restart_ice (alice.pc, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED));
}

TEST_F (Connection, AnswersMediaSectionsAsRejected)
{
  channel = alice.CreateChannel ("test");
  alice.other = &bob;
  bob.other = &alice;
  ASSERT_EQ (alice.SetLocal (), "");
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (alice.pc);
  /* An offer of somebody who also wants to send sound. */
  g_autoptr (FloeSessionDescription) offer = EditDescription (local, [] (std::string sdp) {
    return sdp
           + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:sound\r\n"
             "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
  });
  ASSERT_EQ (bob.SetRemote (offer), "");
  ASSERT_EQ (bob.SetLocal (), "");
  g_autoptr (FloeSessionDescription) full = floe_peer_connection_get_local_description (bob.pc);
  EXPECT_NE (strstr (floe_session_description_get_sdp (full), "m=audio 0 "), nullptr);
}

struct BadServer
{
  const char *name;
  const char *url;
  const char *username;
  int code;
};

class BadServers : public testing::TestWithParam<BadServer>
{
};

TEST_P (BadServers, AreRefusedWithTheReason)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  ErrorHolder error;

  EXPECT_FALSE (floe_configuration_add_ice_server_url (
      configuration, GetParam ().url, GetParam ().username, GetParam ().username, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, GetParam ().code)) << error.message ();
}

INSTANTIATE_TEST_SUITE_P (
    Configuration, BadServers,
    testing::Values (BadServer{ "NotAUri", "stun.example.org", nullptr, FLOE_ERROR_SYNTAX },
                     BadServer{ "NoUser", "turn:example.org", nullptr, FLOE_ERROR_INVALID_ACCESS },
                     BadServer{ "TurnOverDtls", "turns:example.org?transport=udp", "u",
                                FLOE_ERROR_NOT_SUPPORTED }),
    [] (const auto &info) { return std::string (info.param.name); });
