/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>
#include <floe/floe-session-description.h>

#include "floe-ice-candidate-private.h"
#include "floe-test.h"

#define HOST "candidate:7 1 udp 2122260223 192.0.2.7 50000 typ host ufrag abcd network-id 1"
#define TCP "candidate:7 1 tcp 1 192.0.2.7 9 typ srflx raddr 10.0.0.1 rport 4 tcptype active"

TEST (IceCandidate, KeepsItsTextAndShowsItsParts)
{
  g_autoptr (FloeIceCandidate) candidate = floe_ice_candidate_new (HOST, "0", 2, nullptr, nullptr);

  ASSERT_NE (candidate, nullptr);
  EXPECT_STREQ (floe_ice_candidate_get_candidate (candidate), HOST);
  EXPECT_STREQ (floe_ice_candidate_get_sdp_mid (candidate), "0");
  EXPECT_EQ (floe_ice_candidate_get_sdp_mline_index (candidate), 2);
  EXPECT_STREQ (floe_ice_candidate_get_username_fragment (candidate), "abcd");
  EXPECT_FALSE (floe_ice_candidate_is_end_of_candidates (candidate));
  EXPECT_STREQ (floe_ice_candidate_get_foundation (candidate), "7");
  EXPECT_EQ (floe_ice_candidate_get_component (candidate), 1u);
  EXPECT_EQ (floe_ice_candidate_get_priority (candidate), 2122260223u);
  EXPECT_STREQ (floe_ice_candidate_get_address (candidate), "192.0.2.7");
  EXPECT_EQ (floe_ice_candidate_get_protocol (candidate), FLOE_ICE_PROTOCOL_UDP);
  EXPECT_EQ (floe_ice_candidate_get_tcp_type (candidate), nullptr);
  EXPECT_EQ (floe_ice_candidate_get_port (candidate), 50000);
  EXPECT_EQ (floe_ice_candidate_get_candidate_type (candidate), FLOE_ICE_CANDIDATE_TYPE_HOST);
  EXPECT_EQ (floe_ice_candidate_get_related_address (candidate), nullptr);
}

TEST (IceCandidate, PrefersTheUfragThatIsGiven)
{
  g_autoptr (FloeIceCandidate) candidate =
      floe_ice_candidate_new (TCP, nullptr, 0, "wxyz", nullptr);

  ASSERT_NE (candidate, nullptr);
  EXPECT_STREQ (floe_ice_candidate_get_username_fragment (candidate), "wxyz");
  EXPECT_EQ (floe_ice_candidate_get_sdp_mid (candidate), nullptr);
  EXPECT_EQ (floe_ice_candidate_get_protocol (candidate), FLOE_ICE_PROTOCOL_TCP);
  EXPECT_STREQ (floe_ice_candidate_get_tcp_type (candidate), "active");
  EXPECT_STREQ (floe_ice_candidate_get_related_address (candidate), "10.0.0.1");
  EXPECT_EQ (floe_ice_candidate_get_related_port (candidate), 4);
}

TEST (IceCandidate, IsTheEndWithoutText)
{
  for (const char *text : { static_cast<const char *> (nullptr), "" })
    {
      g_autoptr (FloeIceCandidate) end =
          floe_ice_candidate_new (text, nullptr, -1, nullptr, nullptr);

      ASSERT_NE (end, nullptr);
      EXPECT_TRUE (floe_ice_candidate_is_end_of_candidates (end));
      EXPECT_STREQ (floe_ice_candidate_get_candidate (end), "");
      EXPECT_EQ (floe_ice_candidate_get_value (end), nullptr);
      EXPECT_EQ (floe_ice_candidate_get_address (end), nullptr);
      EXPECT_EQ (floe_ice_candidate_get_component (end), 0u);
      EXPECT_EQ (floe_ice_candidate_get_sdp_mline_index (end), -1);
    }
}

TEST (IceCandidate, NeedsAMediaSection)
{
  ErrorHolder error;

  EXPECT_EQ (floe_ice_candidate_new (HOST, nullptr, -1, nullptr, error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_TYPE));
}

TEST (IceCandidate, RefusesTextThatDoesNotParse)
{
  ErrorHolder error;

  EXPECT_EQ (floe_ice_candidate_new ("candidate:nonsense", "0", 0, nullptr, error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
}

TEST (IceCandidate, ShowsNothingOfAnUnknownTransportButIsNotTheEnd)
{
  const char *text = "candidate:1 1 ssltcp 1 192.0.2.1 443 typ host";
  g_autoptr (FloeIceCandidate) candidate = floe_ice_candidate_new (text, "0", -1, nullptr, nullptr);

  ASSERT_NE (candidate, nullptr);
  EXPECT_FALSE (floe_ice_candidate_is_end_of_candidates (candidate));
  EXPECT_STREQ (floe_ice_candidate_get_candidate (candidate), text);
  EXPECT_EQ (floe_ice_candidate_get_component (candidate), 0u);
  EXPECT_EQ (floe_ice_candidate_get_address (candidate), nullptr);
  ASSERT_NE (floe_ice_candidate_get_value (candidate), nullptr);
  EXPECT_EQ (floe_ice_candidate_get_value (candidate)->transport, FLOE_CANDIDATE_OTHER);
}

TEST (IceCandidate, IsMadeOfAValue)
{
  FloeCandidate value = {};

  ASSERT_TRUE (floe_candidate_parse (&value, TCP, nullptr));
  g_autoptr (FloeIceCandidate) candidate =
      floe_ice_candidate_new_from_value (&value, "data", 1, "abcd");
  EXPECT_STREQ (floe_ice_candidate_get_candidate (candidate), TCP);
  EXPECT_STREQ (floe_ice_candidate_get_username_fragment (candidate), "abcd");
  g_autoptr (FloeIceCandidate) end =
      floe_ice_candidate_new_from_value (nullptr, "data", 1, nullptr);
  EXPECT_TRUE (floe_ice_candidate_is_end_of_candidates (end));
}

TEST (IceCandidate, IsABoxedType)
{
  FloeIceCandidate *candidate = floe_ice_candidate_new (HOST, "0", 0, nullptr, nullptr);
  gpointer copy = g_boxed_copy (FLOE_TYPE_ICE_CANDIDATE, candidate);

  floe_ice_candidate_unref (candidate);
  EXPECT_STREQ (floe_ice_candidate_get_candidate (static_cast<const FloeIceCandidate *> (copy)),
                HOST);
  g_boxed_free (FLOE_TYPE_ICE_CANDIDATE, copy);
}

TEST (SessionDescription, KeepsTypeAndText)
{
  g_autoptr (FloeSessionDescription) offer =
      floe_session_description_new (FLOE_SDP_TYPE_OFFER, "v=0\n");
  g_autoptr (FloeSessionDescription) rollback =
      floe_session_description_new (FLOE_SDP_TYPE_ROLLBACK, nullptr);
  g_autoptr (FloeSessionDescription) again =
      static_cast<FloeSessionDescription *> (g_boxed_copy (FLOE_TYPE_SESSION_DESCRIPTION, offer));

  EXPECT_EQ (floe_session_description_get_sdp_type (again), FLOE_SDP_TYPE_OFFER);
  EXPECT_STREQ (floe_session_description_get_sdp (again), "v=0\n");
  EXPECT_EQ (floe_session_description_get_sdp_type (rollback), FLOE_SDP_TYPE_ROLLBACK);
  EXPECT_STREQ (floe_session_description_get_sdp (rollback), "");
}
