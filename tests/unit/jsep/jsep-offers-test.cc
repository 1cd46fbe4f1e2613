/* SPDX-License-Identifier: MPL-2.0 */
/* What is made of the offers of other implementations. */
#include "jsep-samples.h"
#include "jsep-test.h"

using testing::HasSubstr;
using testing::Not;

struct Offer
{
  const char *name;
  std::string text;
  const char *ufrag;
  const char *mid;
  int index;
  guint n_fingerprints;
  guint64 max_message_size;
  guint n_candidates;
  bool end_of_candidates;
  bool trickle;
  bool is_controlling;
  FloeJsepDtlsRole role;
};

class JsepOffer : public testing::TestWithParam<Offer>
{
protected:
  Peer peer_{ "peer" };
};

TEST_P (JsepOffer, IsUnderstoodAndAnswered)
{
  const Offer &offer = GetParam ();
  const char *mid = nullptr;
  int index = -1;

  ASSERT_TRUE (peer_.Remote (FLOE_SDP_TYPE_OFFER, offer.text)) << peer_.error ().message ();
  ASSERT_TRUE (peer_.actions ().has_remote);
  EXPECT_STREQ (peer_.actions ().remote.ufrag, offer.ufrag);
  EXPECT_EQ (g_strv_length (peer_.actions ().remote.fingerprints), offer.n_fingerprints);
  EXPECT_EQ (peer_.actions ().remote.max_message_size, offer.max_message_size);
  EXPECT_EQ (peer_.actions ().remote.sctp_port, 5000);
  EXPECT_EQ (bool (peer_.actions ().remote.trickle), offer.trickle);
  EXPECT_EQ (peer_.actions ().candidates->len, offer.n_candidates);
  EXPECT_EQ (bool (peer_.actions ().end_of_candidates), offer.end_of_candidates);
  EXPECT_EQ (bool (peer_.actions ().is_controlling), offer.is_controlling);

  std::string answer = peer_.CreateAnswer ();
  ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, answer)) << peer_.error ().message ();
  EXPECT_EQ (peer_.actions ().dtls_role, offer.role);
  EXPECT_TRUE (peer_.actions ().start_gathering);
  EXPECT_FALSE (peer_.actions ().data_rejected);
  ASSERT_TRUE (floe_jsep_get_transport_section (peer_, &mid, &index));
  EXPECT_STREQ (mid, offer.mid);
  EXPECT_EQ (index, offer.index);
}

TEST_P (JsepOffer, MayComeAgainAndBeAnsweredWithAnOfferOfOurs)
{
  ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_OFFER, ""));
  ASSERT_TRUE (peer_.Remote (FLOE_SDP_TYPE_ANSWER, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n"));
  for (int round = 0; round < 2; round++)
    {
      ASSERT_TRUE (peer_.Remote (FLOE_SDP_TYPE_OFFER, GetParam ().text))
          << peer_.error ().message ();
      EXPECT_EQ (peer_.actions ().candidates->len, round == 0 ? GetParam ().n_candidates : 0);
      ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, "")) << peer_.error ().message ();
    }
  EXPECT_EQ (peer_.actions ().dtls_role, GetParam ().role);
  std::string offer = peer_.CreateOffer ();
  EXPECT_THAT (offer, HasSubstr ("a=setup:actpass\r\n"));
  EXPECT_THAT (offer, HasSubstr (std::string ("a=mid:") + GetParam ().mid + "\r\n"));
  EXPECT_TRUE (peer_.Local (FLOE_SDP_TYPE_OFFER, offer)) << peer_.error ().message ();
}

INSTANTIATE_TEST_SUITE_P (
    Peers, JsepOffer,
    testing::Values (Offer{ "Chromium", chromium_offer, "Kx3p", "2", 2, 1, 262144, 0, false, true,
                            false, FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "Firefox", firefox_offer, "77aa88bb", "0", 0, 1, 1073741823, 0, false,
                            true, false, FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "FirefoxBundleOnly", bundle_only_offer, "77aa88bb", "1", 1, 1,
                            1073741823, 1, false, true, false, FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "Pion", pion_offer, "oTvUbLrSjGkYhQxE", "0", 0, 1, 65536, 2, true,
                            false, false, FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "Aiortc", aiortc_offer, "9bXz", "0", 0, 3, 65536, 2, true, false, false,
                            FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "Webrtcbin", webrtcbin_offer, "mY4NnTfQ0c9vL2sB6wKx8zRhJp1dGe3u",
                            "application0", 0, 1, 65536, 0, false, true, false,
                            FLOE_JSEP_ROLE_CLIENT },
                     Offer{ "Libdatachannel", libdatachannel_offer, "fg7T", "0", 0, 1, 262144, 0,
                            false, true, false, FLOE_JSEP_ROLE_SERVER },
                     Offer{ "OldStyleLite", old_style_offer, "lite", "data", 0, 1, 65536, 0, false,
                            false, true, FLOE_JSEP_ROLE_CLIENT }),
    [] (const auto &info) { return std::string (info.param.name); });

class JsepAnswer : public testing::Test
{
protected:
  std::string AnswerTo (const std::string &offer)
  {
    EXPECT_TRUE (peer_.Remote (FLOE_SDP_TYPE_OFFER, offer)) << peer_.error ().message ();
    return peer_.CreateAnswer ();
  }
  Peer peer_{ "peer" };
};

TEST_F (JsepAnswer, RejectsMediaInTheOrderOfTheOffer)
{
  EXPECT_EQ (AnswerTo (chromium_offer),
             "v=0\r\n"
             "o=- 4611686018427387903 0 IN IP4 0.0.0.0\r\n"
             "s=-\r\n"
             "t=0 0\r\n"
             "a=ice-options:trickle\r\n"
             "a=group:BUNDLE 2\r\n"
             "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"
             "c=IN IP4 0.0.0.0\r\n"
             "a=inactive\r\n"
             "a=mid:0\r\n"
             "a=rtpmap:111 opus/48000/2\r\n"
             "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
             "c=IN IP4 0.0.0.0\r\n"
             "a=inactive\r\n"
             "a=mid:1\r\n"
             "a=rtpmap:96 VP8/90000\r\n"
             "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
             "c=IN IP4 0.0.0.0\r\n"
             "a=mid:2\r\n"
             "a=ice-ufrag:peerufrag\r\n"
             "a=ice-pwd:peerpassword0123456789012\r\n"
             "a=fingerprint:sha-256 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
             "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF\r\n"
             "a=setup:active\r\n"
             "a=sctp-port:5000\r\n"
             "a=max-message-size:262144\r\n");
}

TEST_F (JsepAnswer, SpeaksTheOldFormToThoseWhoDo)
{
  std::string answer = AnswerTo (old_style_offer);

  EXPECT_THAT (answer, HasSubstr ("m=application 9 DTLS/SCTP 5000\r\n"));
  EXPECT_THAT (answer, HasSubstr ("a=sctpmap:5000 webrtc-datachannel 1024\r\n"));
  EXPECT_THAT (answer, Not (HasSubstr ("a=sctp-port")));
  EXPECT_THAT (answer, Not (HasSubstr ("a=group")));
}

TEST_F (JsepAnswer, KeepsTheProtocolOfTheOffer)
{
  EXPECT_THAT (AnswerTo (Replace (firefox_offer, "UDP/DTLS", "TCP/DTLS")),
               HasSubstr ("m=application 9 TCP/DTLS/SCTP webrtc-datachannel\r\n"));
}

TEST_F (JsepAnswer, AcceptsTheFirstOfTwoDataSections)
{
  std::string second = firefox_offer.substr (firefox_offer.find ("m=application"));
  std::string answer = AnswerTo (firefox_offer + Replace (second, "a=mid:0", "a=mid:1"));

  EXPECT_THAT (answer, HasSubstr ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT (answer, HasSubstr ("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                  "c=IN IP4 0.0.0.0\r\na=mid:1\r\n"));
}

TEST_F (JsepAnswer, DoesWithoutMids)
{
  std::string offer =
      Replace (Replace (firefox_offer, "a=mid:0\r\n", ""), "a=group:BUNDLE 0\r\n", "");
  std::string answer = AnswerTo (offer);
  const char *mid = "";
  int index = -1;

  EXPECT_THAT (answer, Not (HasSubstr ("a=mid")));
  EXPECT_THAT (answer, Not (HasSubstr ("a=group")));
  ASSERT_TRUE (floe_jsep_get_transport_section (peer_, &mid, &index));
  EXPECT_EQ (mid, nullptr);
  EXPECT_EQ (index, 0);
}

TEST_F (JsepAnswer, RejectsEverythingWhenThereIsNoDataSection)
{
  std::string offer = chromium_offer.substr (0, chromium_offer.find ("m=application"));
  std::string answer = AnswerTo (offer);

  EXPECT_FALSE (peer_.actions ().has_remote);
  EXPECT_THAT (answer, Not (HasSubstr ("a=group")));
  ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, answer));
  EXPECT_FALSE (peer_.actions ().start_gathering);
  EXPECT_TRUE (peer_.actions ().is_stable);
  EXPECT_FALSE (peer_.actions ().data_rejected);
}

TEST_F (JsepAnswer, FollowsWhenThePeerEndsItsDataSection)
{
  AnswerTo (firefox_offer);
  ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, ""));
  AnswerTo (Replace (firefox_offer, "m=application 9", "m=application 0"));
  ASSERT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, ""));
  EXPECT_TRUE (peer_.actions ().data_rejected);
}

TEST_F (JsepAnswer, TakesCandidatesOfTheSameBundleOnly)
{
  FloeCandidate host = Candidate ("candidate:1 1 udp 5 192.0.2.7 50000 typ host");
  FloeCandidate srflx = Candidate ("candidate:1 1 udp 4 192.0.2.8 50000 typ srflx");
  gboolean is_used = FALSE;

  AnswerTo (Replace (chromium_offer, "ice-ufrag:Kx3p", "ice-ufrag:other"));
  ASSERT_TRUE (floe_jsep_add_remote_candidate (peer_, &host, "0", 0, "other", &is_used, nullptr));
  EXPECT_FALSE (is_used); /* bundled, but still with a transport of its own */
  ASSERT_TRUE (floe_jsep_add_remote_candidate (peer_, &host, "1", 1, "Kx3p", &is_used, nullptr));
  EXPECT_TRUE (is_used);
  ASSERT_TRUE (
      floe_jsep_add_remote_candidate (peer_, &srflx, nullptr, 2, nullptr, &is_used, nullptr));
  EXPECT_TRUE (is_used);
}

TEST_F (JsepAnswer, SaturatesAnAbsurdMessageSize)
{
  AnswerTo (Replace (firefox_offer, "1073741823", "99999999999999999999999999"));
  EXPECT_EQ (peer_.actions ().remote.max_message_size, G_MAXUINT64);
}

TEST_F (JsepAnswer, ReplacesAnOfferThatWasNotAnswered)
{
  std::string stale = AnswerTo (firefox_offer);
  ASSERT_TRUE (peer_.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer));
  EXPECT_FALSE (peer_.actions ().has_remote);
  EXPECT_FALSE (peer_.Local (FLOE_SDP_TYPE_ANSWER, stale));
  EXPECT_TRUE (peer_.Failed (FLOE_ERROR_INVALID_MODIFICATION));
  EXPECT_TRUE (peer_.Local (FLOE_SDP_TYPE_ANSWER, peer_.CreateAnswer ()));
}
