/* SPDX-License-Identifier: MPL-2.0 */
/* What is refused, and with which error; nothing changes then. */
#include "jsep-samples.h"
#include "jsep-test.h"

struct BadOffer
{
  const char *name;
  std::string text;
  FloeError code;
};

class JsepRejects : public testing::TestWithParam<BadOffer>
{
};

TEST_P (JsepRejects, AnOfferThatItCanNotUse)
{
  Peer peer ("peer");

  EXPECT_FALSE (peer.Remote (FLOE_SDP_TYPE_OFFER, GetParam ().text));
  EXPECT_TRUE (peer.Failed (GetParam ().code)) << peer.error ().message ();
  EXPECT_EQ (peer.State (), FLOE_SIGNALING_STATE_STABLE);
  EXPECT_EQ (peer.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_PENDING), "");
  EXPECT_TRUE (peer.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer)) << peer.error ().message ();
}

static std::string
Firefox (const std::string &from, const std::string &to)
{
  return Replace (firefox_offer, from, to);
}

static std::string
ManyFingerprints ()
{
  std::string lines;

  for (int i = 0; i <= FLOE_MAX_FINGERPRINTS; i++)
    lines += "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n";
  return firefox_offer + lines;
}

INSTANTIATE_TEST_SUITE_P (
    Offers, JsepRejects,
    testing::Values (
        BadOffer{ "Empty", "", FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "NotSdp", "{\"type\":\"offer\"}", FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "NoFingerprint", Firefox ("a=fingerprint", "a=footprint"),
                  FLOE_ERROR_INVALID_ACCESS },
        BadOffer{ "FingerprintMalformed", Firefox ("sha-256 5A:", "sha-256 5A:5:"),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "TooManyFingerprints", ManyFingerprints (), FLOE_ERROR_INVALID_ACCESS },
        BadOffer{ "NoUfrag", Firefox ("a=ice-ufrag", "a=x-ufrag"), FLOE_ERROR_INVALID_ACCESS },
        BadOffer{ "NoPwd", Firefox ("a=ice-pwd", "a=x-pwd"), FLOE_ERROR_INVALID_ACCESS },
        BadOffer{ "UfragTooShort", Firefox ("77aa88bb", "77a"), FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "UfragTooLong", Firefox ("77aa88bb", std::string (257, 'a')),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "UfragNotIce", Firefox ("77aa88bb", "77aa:8bb"), FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "PwdTooShort", Firefox ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c4b5a"),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "PwdTooLong",
                  Firefox ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", std::string (257, 'a')),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "SetupUnknown", Firefox ("a=setup:actpass", "a=setup:maybe"),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "SetupHoldconn", Firefox ("a=setup:actpass", "a=setup:holdconn"),
                  FLOE_ERROR_INVALID_ACCESS },
        BadOffer{ "SctpPort", Firefox ("sctp-port:5000", "sctp-port:65536"),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "MessageSizeNegative", Firefox ("1073741823", "-1"),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "MessageSizeEmpty", Firefox ("1073741823", ""), FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "CandidateMalformed", firefox_offer + "a=candidate:nonsense\r\n",
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "MidEmpty", Firefox ("a=mid:0", "a=mid:"), FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "MidTooLong", Firefox ("a=mid:0", "a=mid:" + std::string (256, 'a')),
                  FLOE_ERROR_SDP_SYNTAX_ERROR },
        BadOffer{ "MidTwice", Replace (chromium_offer, "a=mid:1", "a=mid:0"),
                  FLOE_ERROR_INVALID_ACCESS }),
    [] (const auto &info) { return std::string (info.param.name); });

class JsepErrors : public testing::Test
{
protected:
  void Offer ()
  {
    floe_jsep_want_data (alice_);
    offer_ = alice_.CreateOffer ();
    ASSERT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer_));
    ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, offer_));
    answer_ = bob_.CreateAnswer ();
  }
  void ExpectBadAnswer (const std::string &answer, FloeError code)
  {
    EXPECT_FALSE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, answer)) << answer;
    EXPECT_TRUE (alice_.Failed (code)) << alice_.error ().message ();
    EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER);
  }
  Peer alice_{ "alice" };
  Peer bob_{ "bob" };
  std::string offer_;
  std::string answer_;
};

TEST_F (JsepErrors, RefusesAnAnswerThatDoesNotFitTheOffer)
{
  Offer ();
  std::string section = answer_.substr (answer_.find ("m="));
  ExpectBadAnswer (answer_.substr (0, answer_.find ("m=")), FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (answer_ + Replace (section, "a=mid:0", "a=mid:1"), FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (Replace (answer_, "a=mid:0", "a=mid:1"), FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (Replace (answer_, "m=application", "m=audio"), FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (Replace (answer_, "UDP/DTLS/SCTP", "UDP/TLS/SCTP"), FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (Replace (answer_, "a=setup:active", "a=setup:actpass"),
                   FLOE_ERROR_INVALID_ACCESS);
  ExpectBadAnswer (Replace (answer_, "a=fingerprint", "a=x"), FLOE_ERROR_INVALID_ACCESS);
  EXPECT_TRUE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, answer_)) << alice_.error ().message ();
}

TEST_F (JsepErrors, TakesAPassiveAnswerAndOneWithoutMid)
{
  Offer ();
  EXPECT_TRUE (alice_.Remote (
      FLOE_SDP_TYPE_ANSWER,
      Replace (Replace (answer_, "a=setup:active", "a=setup:passive"), "a=mid:0\r\n", "")));
  EXPECT_EQ (alice_.actions ().dtls_role, FLOE_JSEP_ROLE_CLIENT);
}

TEST_F (JsepErrors, RefusesWhatTheSignallingStateForbids)
{
  EXPECT_FALSE (alice_.Remote (FLOE_SDP_TYPE_ANSWER, firefox_offer));
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_STATE));
  EXPECT_FALSE (alice_.Local (FLOE_SDP_TYPE_ANSWER, firefox_offer));
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_STATE));
  EXPECT_EQ (alice_.CreateAnswer (), "");
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_STATE));

  Offer ();
  EXPECT_FALSE (alice_.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer)); /* glare */
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_STATE));
  EXPECT_EQ (alice_.CreateAnswer (), "");
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_STATE));
  EXPECT_EQ (bob_.CreateOffer (), "");
  EXPECT_TRUE (bob_.Failed (FLOE_ERROR_INVALID_STATE));
  EXPECT_FALSE (bob_.Local (FLOE_SDP_TYPE_OFFER, offer_));
  EXPECT_TRUE (bob_.Failed (FLOE_ERROR_INVALID_STATE));
}

TEST_F (JsepErrors, RefusesALocalDescriptionThatItDidNotMake)
{
  floe_jsep_want_data (alice_);
  EXPECT_FALSE (alice_.Local (FLOE_SDP_TYPE_OFFER, firefox_offer)); /* nothing was created */
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_MODIFICATION));
  std::string offer = alice_.CreateOffer ();
  EXPECT_FALSE (alice_.Local (FLOE_SDP_TYPE_OFFER, Replace (offer, "a=mid:0", "a=mid:7")));
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_MODIFICATION));
  EXPECT_FALSE (alice_.Local (FLOE_SDP_TYPE_OFFER, "not sdp"));
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_INVALID_MODIFICATION));
  EXPECT_EQ (alice_.State (), FLOE_SIGNALING_STATE_STABLE);
  for (size_t at; (at = offer.find ('\r')) != std::string::npos;)
    offer.erase (at, 1);
  EXPECT_TRUE (alice_.Local (FLOE_SDP_TYPE_OFFER, offer)) << alice_.error ().message ();
}

TEST_F (JsepErrors, SaysThatRollbackAndRestartAreNotSupported)
{
  EXPECT_FALSE (alice_.Local (FLOE_SDP_TYPE_ROLLBACK, ""));
  EXPECT_TRUE (alice_.Failed (FLOE_ERROR_NOT_SUPPORTED));

  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer));
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, ""));
  for (const auto &changed :
       { Firefox ("77aa88bb", "newufrag"), Firefox ("0f1e2d3c", "ffffffff"),
         Firefox ("5A:11:0C", "FF:11:0C"), Firefox ("a=setup:actpass", "a=setup:active") })
    {
      EXPECT_FALSE (bob_.Remote (FLOE_SDP_TYPE_OFFER, changed));
      EXPECT_TRUE (bob_.Failed (FLOE_ERROR_NOT_SUPPORTED)) << bob_.error ().message ();
    }
  EXPECT_EQ (bob_.State (), FLOE_SIGNALING_STATE_STABLE);
  EXPECT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, Firefox ("a=setup:actpass", "a=setup:passive")));
}

TEST_F (JsepErrors, RefusesAnOfferThatLosesTheSessionsSections)
{
  ASSERT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, chromium_offer));
  ASSERT_TRUE (bob_.Local (FLOE_SDP_TYPE_ANSWER, ""));
  EXPECT_FALSE (bob_.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer));
  EXPECT_TRUE (bob_.Failed (FLOE_ERROR_INVALID_ACCESS));
  EXPECT_FALSE (bob_.Remote (FLOE_SDP_TYPE_OFFER, Replace (chromium_offer, "a=mid:2", "a=mid:3")));
  EXPECT_TRUE (bob_.Failed (FLOE_ERROR_INVALID_ACCESS));
  /* A section that we rejected may be used for something else. */
  EXPECT_TRUE (bob_.Remote (FLOE_SDP_TYPE_OFFER, Replace (chromium_offer, "a=mid:1", "a=mid:3")))
      << bob_.error ().message ();
}

struct BadCandidate
{
  const char *mid;
  int index;
  const char *ufrag;
  FloeError code;
};

TEST_F (JsepErrors, RefusesCandidatesOfUnknownSections)
{
  FloeCandidate candidate = Candidate ("candidate:1 1 udp 5 192.0.2.7 50000 typ host");
  gboolean is_used = FALSE;
  ErrorHolder error;

  EXPECT_FALSE (
      floe_jsep_add_remote_candidate (bob_, &candidate, "0", 0, nullptr, &is_used, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
  Offer ();
  for (const BadCandidate &bad : { BadCandidate{ nullptr, -1, nullptr, FLOE_ERROR_TYPE },
                                   BadCandidate{ "1", 0, nullptr, FLOE_ERROR_OPERATION },
                                   BadCandidate{ nullptr, 1, nullptr, FLOE_ERROR_OPERATION },
                                   BadCandidate{ "", -1, nullptr, FLOE_ERROR_OPERATION },
                                   BadCandidate{ "0", 0, "wrong", FLOE_ERROR_OPERATION } })
    {
      EXPECT_FALSE (floe_jsep_add_remote_candidate (bob_, &candidate, bad.mid, bad.index, bad.ufrag,
                                                    &is_used, error));
      EXPECT_TRUE (error.Is (FLOE_ERROR, bad.code)) << error.message ();
    }
  g_strlcpy (candidate.ufrag, "stale", sizeof candidate.ufrag);
  EXPECT_FALSE (
      floe_jsep_add_remote_candidate (bob_, &candidate, "0", 0, nullptr, &is_used, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_OPERATION));
  EXPECT_TRUE (
      floe_jsep_add_remote_candidate (bob_, nullptr, nullptr, -1, nullptr, &is_used, error));
  EXPECT_TRUE (is_used);
}
