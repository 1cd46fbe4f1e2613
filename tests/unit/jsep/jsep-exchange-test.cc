/* SPDX-License-Identifier: MPL-2.0 */
/* Stories of two peers that exchange descriptions and candidates. */
#include "jsep-test.h"

using testing::HasSubstr;
using testing::Not;

#define HOST_CANDIDATE "candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host"
#define SRFLX_CANDIDATE                                                                            \
  "candidate:2 1 udp 1686052607 203.0.113.5 50001 typ srflx raddr 192.0.2.7 rport 50000"
#define IP6_CANDIDATE "candidate:3 1 udp 2122262783 2001:db8::7 50002 typ host"

class JsepExchange : public testing::Test
{
protected:
  Peer alice_{ "alice" };
  Peer bob_{ "bob" };
};

TEST_F (JsepExchange, OffersADataSection)
{
  floe_jsep_want_data (alice_);

  EXPECT_EQ (alice_.CreateOffer (),
             "v=0\r\n"
             "o=- 4611686018427387903 0 IN IP4 0.0.0.0\r\n"
             "s=-\r\n"
             "t=0 0\r\n"
             "a=ice-options:trickle\r\n"
             "a=group:BUNDLE 0\r\n"
             "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
             "c=IN IP4 0.0.0.0\r\n"
             "a=mid:0\r\n"
             "a=ice-ufrag:aliceufrag\r\n"
             "a=ice-pwd:alicepassword0123456789012\r\n"
             "a=fingerprint:sha-256 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
             "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF\r\n"
             "a=setup:actpass\r\n"
             "a=sctp-port:5000\r\n"
             "a=max-message-size:262144\r\n");
}

TEST_F (JsepExchange, TellsBothSidesWhatToDo)
{
  floe_jsep_want_data (alice_);
  std::string offer = alice_.CreateOffer ();

  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer));
  EXPECT_TRUE (alice_.actions ().start_gathering);
  EXPECT_TRUE (alice_.actions ().is_controlling);
  EXPECT_FALSE (alice_.actions ().has_remote);
  EXPECT_FALSE (alice_.actions ().is_stable);
  EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER);

  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, offer));
  EXPECT_FALSE (bob_.actions ().start_gathering);
  EXPECT_FALSE (bob_.actions ().is_controlling);
  EXPECT_TRUE (bob_.actions ().has_remote);
  EXPECT_STREQ (bob_.actions ().remote.ufrag, "aliceufrag");
  EXPECT_STREQ (bob_.actions ().remote.pwd, "alicepassword0123456789012");
  EXPECT_TRUE (bob_.actions ().remote.trickle);
  EXPECT_FALSE (bob_.actions ().remote.ice_lite);
  EXPECT_EQ (bob_.actions ().remote.sctp_port, 5000);
  EXPECT_EQ (bob_.actions ().remote.max_message_size, 262144u);
  EXPECT_EQ (g_strv_length (bob_.actions ().remote.fingerprints), 1u);
  EXPECT_EQ (bob_.actions ().dtls_role, FLOE_JSEP_ROLE_UNKNOWN);
  EXPECT_EQ (bob_.State (), FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER);

  std::string answer = bob_.CreateAnswer ();
  EXPECT_THAT (answer, HasSubstr ("a=setup:active\r\n"));
  EXPECT_THAT (answer, HasSubstr ("a=group:BUNDLE 0\r\n"));
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, answer));
  EXPECT_TRUE (bob_.actions ().start_gathering);
  EXPECT_TRUE (bob_.actions ().is_stable);
  EXPECT_EQ (bob_.actions ().dtls_role, FLOE_JSEP_ROLE_CLIENT);

  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, answer));
  EXPECT_TRUE (alice_.actions ().has_remote);
  EXPECT_TRUE (alice_.actions ().is_stable);
  EXPECT_TRUE (alice_.actions ().is_controlling);
  EXPECT_FALSE (alice_.actions ().data_rejected);
  EXPECT_EQ (alice_.actions ().dtls_role, FLOE_JSEP_ROLE_SERVER);
  EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_STABLE);
  EXPECT_EQ (bob_.State (), FLOE_SIGNALING_STATE_STABLE);
}

TEST_F (JsepExchange, KeepsRolesWhenTheOtherSideOffersAgain)
{
  Connect (alice_, bob_);
  Connect (bob_, alice_);

  EXPECT_EQ (alice_.actions ().dtls_role, FLOE_JSEP_ROLE_SERVER);
  EXPECT_EQ (bob_.actions ().dtls_role, FLOE_JSEP_ROLE_CLIENT);
  EXPECT_TRUE (alice_.actions ().is_controlling);
  EXPECT_FALSE (bob_.actions ().is_controlling);
  EXPECT_FALSE (alice_.actions ().start_gathering);
  EXPECT_FALSE (bob_.actions ().has_remote);
  EXPECT_THAT (alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_CURRENT),
               HasSubstr ("a=setup:passive\r\n"));
  EXPECT_THAT (bob_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_CURRENT),
               HasSubstr ("a=setup:actpass\r\n"));
}

TEST_F (JsepExchange, RaisesTheVersionOnlyWhenTheContentChanges)
{
  Connect (alice_, bob_);
  EXPECT_THAT (alice_.CreateOffer (), HasSubstr ("o=- 4611686018427387903 0 IN"));
  Connect (alice_, bob_);
  EXPECT_THAT (alice_.CreateOffer (), HasSubstr ("o=- 4611686018427387903 0 IN"));
  /* Bob answered as active and offers actpass now. */
  EXPECT_THAT (bob_.CreateOffer (), HasSubstr ("o=- 4611686018427387903 1 IN"));
}

TEST_F (JsepExchange, OffersNothingWhenNothingIsWanted)
{
  std::string offer = alice_.CreateOffer ();

  EXPECT_THAT (offer, Not (HasSubstr ("m=")));
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer));
  EXPECT_FALSE (alice_.actions ().start_gathering);
  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, offer)) << bob_.error ().message ();
  EXPECT_FALSE (bob_.actions ().has_remote);
  std::string answer = bob_.CreateAnswer ();
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, answer));
  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, answer));
  EXPECT_FALSE (alice_.actions ().data_rejected);
  Connect (bob_, alice_);
  EXPECT_FALSE (bob_.actions ().is_controlling == alice_.actions ().is_controlling);
  EXPECT_TRUE (bob_.actions ().is_controlling);
}

TEST_F (JsepExchange, ShowsLocalCandidatesAndTheirDefault)
{
  FloeCandidate host = Candidate (HOST_CANDIDATE);
  FloeCandidate srflx = Candidate (SRFLX_CANDIDATE);
  FloeCandidate ip6 = Candidate (IP6_CANDIDATE);

  floe_jsep_want_data (alice_);
  std::string offer = alice_.CreateOffer ();
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer));
  EXPECT_EQ (alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING), offer);
  floe_jsep_add_local_candidate (alice_, &ip6);
  EXPECT_THAT (alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING),
               HasSubstr ("m=application 50002 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                          "c=IN IP6 2001:db8::7\r\n"));
  floe_jsep_add_local_candidate (alice_, &host);
  floe_jsep_add_local_candidate (alice_, &srflx);
  std::string partial = alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING);
  EXPECT_THAT (partial, HasSubstr ("m=application 50001 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                   "c=IN IP4 203.0.113.5\r\n"));
  EXPECT_THAT (partial, HasSubstr ("a=" HOST_CANDIDATE "\r\na=" SRFLX_CANDIDATE "\r\n"));
  EXPECT_THAT (partial, Not (HasSubstr ("a=end-of-candidates")));
  floe_jsep_add_local_candidate (alice_, nullptr);
  std::string full = alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING);
  EXPECT_THAT (full, HasSubstr ("a=end-of-candidates\r\n"));

  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, full)) << bob_.error ().message ();
  EXPECT_EQ (bob_.actions ().candidates->len, 3u);
  EXPECT_TRUE (bob_.actions ().end_of_candidates);
  EXPECT_EQ (bob_.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_PENDING), full);
}

TEST_F (JsepExchange, ALateCandidateTakesTheEndOfCandidatesBack)
{
  FloeCandidate host = Candidate (HOST_CANDIDATE), srflx = Candidate (SRFLX_CANDIDATE);

  floe_jsep_want_data (alice_);
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, alice_.CreateOffer ()));
  floe_jsep_add_local_candidate (alice_, &host);
  floe_jsep_add_local_candidate (alice_, nullptr);
  floe_jsep_add_local_candidate (alice_, &srflx);
  EXPECT_THAT (alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING),
               AllOf (HasSubstr (SRFLX_CANDIDATE), Not (HasSubstr ("a=end-of-candidates"))));
  floe_jsep_add_local_candidate (alice_, nullptr);
  EXPECT_THAT (alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING),
               HasSubstr ("a=end-of-candidates"));
}

TEST_F (JsepExchange, AppliesAnOfferAgainWithCandidatesInIt)
{
  FloeCandidate host = Candidate (HOST_CANDIDATE);

  floe_jsep_want_data (alice_);
  std::string early = alice_.CreateOffer ();
  floe_jsep_add_local_candidate (alice_, &host);
  std::string late = alice_.CreateOffer ();
  EXPECT_NE (early, late);
  EXPECT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, early));
  EXPECT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, late)) << alice_.error ().message ();
  EXPECT_FALSE (alice_.actions ().start_gathering);
}

TEST_F (JsepExchange, ShowsTrickledRemoteCandidates)
{
  FloeCandidate host = Candidate (HOST_CANDIDATE);
  gboolean is_used = FALSE;

  Connect (alice_, bob_);
  ASSERT_TRUE (
      floe_jsep_add_remote_candidate (bob_, &host, "0", -1, "aliceufrag", &is_used, nullptr));
  EXPECT_TRUE (is_used);
  ASSERT_TRUE (
      floe_jsep_add_remote_candidate (bob_, nullptr, nullptr, 0, nullptr, &is_used, nullptr));
  EXPECT_TRUE (is_used);
  EXPECT_THAT (bob_.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_CURRENT),
               HasSubstr ("a=" HOST_CANDIDATE "\r\na=end-of-candidates\r\n"));
}

TEST_F (JsepExchange, SaysARemoteCandidateOnceOnly)
{
  FloeCandidate host = Candidate (HOST_CANDIDATE);
  gboolean is_used = FALSE;

  Connect (alice_, bob_);
  floe_jsep_add_local_candidate (alice_, &host);
  /* pion sends an empty mid beside the index. */
  ASSERT_TRUE (floe_jsep_add_remote_candidate (bob_, &host, "", 0, nullptr, &is_used, nullptr));
  ASSERT_TRUE (floe_jsep_add_remote_candidate (bob_, &host, "0", -1, nullptr, &is_used, nullptr));
  EXPECT_FALSE (is_used);
  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, alice_.CreateOffer ()));
  EXPECT_EQ (bob_.actions ().candidates->len, 0u);
}

TEST_F (JsepExchange, IgnoresCandidatesThatItCanNotUse)
{
  FloeCandidate ssltcp = Candidate ("candidate:1 1 ssltcp 2122260223 192.0.2.7 443 typ host");
  FloeCandidate rtcp = Candidate ("candidate:1 2 udp 2122260222 192.0.2.7 50001 typ host");
  gboolean is_used = TRUE;

  Connect (alice_, bob_);
  EXPECT_TRUE (floe_jsep_add_remote_candidate (bob_, &ssltcp, "0", 0, nullptr, &is_used, nullptr));
  EXPECT_FALSE (is_used);
  EXPECT_TRUE (floe_jsep_add_remote_candidate (bob_, &rtcp, "0", 0, nullptr, &is_used, nullptr));
  EXPECT_FALSE (is_used);
}

TEST_F (JsepExchange, BoundsTheCandidatesOfAPeer)
{
  FloeCandidate candidate = Candidate (HOST_CANDIDATE);
  guint count = 0;

  Connect (alice_, bob_);
  for (guint port = 1; port <= 1000; port++)
    {
      gboolean is_used = FALSE;

      candidate.port = (guint16) port;
      ASSERT_TRUE (
          floe_jsep_add_remote_candidate (bob_, &candidate, "0", 0, nullptr, &is_used, nullptr));
      count += is_used;
    }
  EXPECT_EQ (count, 128u);
}

TEST_F (JsepExchange, SettlesTheRoleWithAProvisionalAnswer)
{
  floe_jsep_want_data (alice_);
  std::string offer = alice_.CreateOffer ();
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer));
  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, offer));
  std::string answer = bob_.CreateAnswer ();
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_PRANSWER, answer)) << bob_.error ().message ();
  EXPECT_EQ (bob_.State (), FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER);
  EXPECT_EQ (bob_.actions ().dtls_role, FLOE_JSEP_ROLE_CLIENT);
  EXPECT_FALSE (bob_.actions ().is_stable);
  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_PRANSWER, answer));
  EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER);
  EXPECT_EQ (alice_.actions ().dtls_role, FLOE_JSEP_ROLE_SERVER);
  EXPECT_TRUE (alice_.actions ().has_remote);
  EXPECT_EQ (bob_.CreateAnswer (), answer);
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, answer));
  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, answer));
  EXPECT_TRUE (alice_.actions ().is_stable);
  EXPECT_FALSE (alice_.actions ().has_remote);
  EXPECT_EQ (alice_.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_PENDING), "");
  EXPECT_EQ (alice_.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_CURRENT), answer);
}

TEST_F (JsepExchange, MakesTheLocalDescriptionItselfWhenThereIsNoText)
{
  floe_jsep_want_data (alice_);
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, ""));
  ASSERT_TRUE (
      bob_.Remote (FLOE_SDP_TYPE_OFFER, alice_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING)));
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, ""));
  ASSERT_TRUE (
      alice_.Remote (FLOE_SDP_TYPE_ANSWER, bob_.Description (FLOE_JSEP_LOCAL, FLOE_JSEP_CURRENT)));
  EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_STABLE);
}

TEST_F (JsepExchange, NeedsNegotiationUntilDataIsNegotiated)
{
  EXPECT_FALSE (floe_jsep_is_negotiation_needed (alice_));
  floe_jsep_want_data (alice_);
  EXPECT_TRUE (floe_jsep_is_negotiation_needed (alice_));
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, alice_.CreateOffer ()));
  EXPECT_FALSE (floe_jsep_is_negotiation_needed (alice_));

  Peer carol ("carol");
  Connect (carol, bob_);
  floe_jsep_want_data (bob_);
  EXPECT_FALSE (floe_jsep_is_negotiation_needed (bob_));
}

TEST_F (JsepExchange, ReportsARejectedDataSectionAndOffersANewOneLater)
{
  floe_jsep_want_data (alice_);
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, alice_.CreateOffer ()));
  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER,
                              "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
                              "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n"))
      << alice_.error ().message ();
  EXPECT_TRUE (alice_.actions ().data_rejected);
  EXPECT_FALSE (alice_.actions ().has_remote);
  EXPECT_FALSE (floe_jsep_is_negotiation_needed (alice_));

  floe_jsep_want_data (alice_);
  EXPECT_TRUE (floe_jsep_is_negotiation_needed (alice_));
  std::string offer = alice_.CreateOffer ();
  EXPECT_THAT (offer, HasSubstr ("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT (offer, HasSubstr ("a=mid:1\r\n"));
  EXPECT_THAT (offer, HasSubstr ("a=group:BUNDLE 1\r\n"));
  ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer));
  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, offer)) << bob_.error ().message ();
  ASSERT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, bob_.CreateAnswer ()));
  EXPECT_TRUE (alice_.actions ().has_remote);
  const char *mid = nullptr;
  int index = -1;
  ASSERT_TRUE (floe_jsep_get_transport_section (alice_, &mid, &index));
  EXPECT_STREQ (mid, "1");
  EXPECT_EQ (index, 1);
}
