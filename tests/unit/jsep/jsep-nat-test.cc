/* SPDX-License-Identifier: MPL-2.0 */
#include "jsep-samples.h"
#include "jsep-test.h"

static const FloeNatSummary sequential = {
  FLOE_NAT_ANSWER_YES,
  FLOE_NAT_ANSWER_YES,
  FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  FLOE_NAT_ALLOCATION_SEQUENTIAL,
  2,
  0,
  FLOE_NAT_ANSWER_UNKNOWN,
  FLOE_NAT_CONFIDENCE_HIGH,
  FLOE_PUNCHING_ONE_SIDED,
};

static const char sequential_line[] =
    "a=floe-nat:1 udp-yes nat-yes map-apd filter-apd alloc-seq step-2 sure-high punch-yes\r\n";

static bool
Knows (Peer &peer, const FloeNatSummary &summary)
{
  FloeNatSummary known = {};

  return floe_jsep_get_remote_nat (peer, &known) && floe_nat_summary_is_equal (&known, &summary);
}

static bool
KnowsNothing (Peer &peer)
{
  FloeNatSummary known = {};

  return !floe_jsep_get_remote_nat (peer, &known);
}

/* A session-level line, before the first section. */
static std::string
WithSessionLine (std::string sdp, const std::string &line)
{
  return sdp.insert (sdp.find ("m="), line);
}

TEST (JsepNat, IsToldToNobodyUnlessItIsGiven)
{
  Peer offerer ("offerer"), answerer ("answerer");

  Connect (offerer, answerer);

  EXPECT_THAT (offerer.CreateOffer (), testing::Not (testing::HasSubstr ("floe-nat")));
  EXPECT_TRUE (KnowsNothing (offerer));
  EXPECT_TRUE (KnowsNothing (answerer));
  EXPECT_FALSE (answerer.actions ().has_remote_nat);
}

TEST (JsepNat, IsInTheOfferAndInTheAnswer)
{
  Peer offerer ("offerer"), answerer ("answerer");
  FloeNatSummary open = {};

  open.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  floe_jsep_set_local_nat (offerer, &sequential);
  floe_jsep_set_local_nat (answerer, &open);
  floe_jsep_want_data (offerer);
  std::string offer = offerer.CreateOffer ();
  EXPECT_LT (offer.find (sequential_line), offer.find ("m="));
  ASSERT_TRUE (offerer.Local (FLOE_SDP_TYPE_OFFER, offer));
  ASSERT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, offer));
  EXPECT_TRUE (answerer.actions ().has_remote_nat);
  EXPECT_TRUE (floe_nat_summary_is_equal (&answerer.actions ().remote_nat, &sequential));
  std::string answer = answerer.CreateAnswer ();
  EXPECT_THAT (answer, testing::HasSubstr ("a=floe-nat:1 map-ei\r\n"));
  ASSERT_TRUE (answerer.Local (FLOE_SDP_TYPE_ANSWER, answer));
  ASSERT_TRUE (offerer.Remote (FLOE_SDP_TYPE_ANSWER, answer));

  EXPECT_TRUE (Knows (answerer, sequential));
  EXPECT_TRUE (Knows (offerer, open));
}

TEST (JsepNat, IsKeptWhenALaterDescriptionIsSilent)
{
  Peer offerer ("offerer"), answerer ("answerer");

  floe_jsep_set_local_nat (offerer, &sequential);
  Connect (offerer, answerer);
  floe_jsep_set_local_nat (offerer, nullptr);
  std::string offer = offerer.CreateOffer ();
  EXPECT_THAT (offer, testing::Not (testing::HasSubstr ("floe-nat")));
  ASSERT_TRUE (offerer.Local (FLOE_SDP_TYPE_OFFER, offer));
  ASSERT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, offer));

  EXPECT_FALSE (answerer.actions ().has_remote_nat);
  EXPECT_TRUE (Knows (answerer, sequential));
}

TEST (JsepNat, RaisesTheVersionWhenItChanges)
{
  Peer offerer ("offerer"), answerer ("answerer");

  Connect (offerer, answerer);
  floe_jsep_set_local_nat (offerer, &sequential);
  EXPECT_THAT (offerer.CreateOffer (), testing::HasSubstr ("4611686018427387903 1 IN"));
  floe_jsep_set_local_nat (offerer, nullptr);
  EXPECT_THAT (offerer.CreateOffer (), testing::HasSubstr ("4611686018427387903 0 IN"));
}

TEST (JsepNat, OfNoUseHindersNoDescription)
{
  for (const char *line : { "a=floe-nat\r\n", "a=floe-nat:\r\n", "a=floe-nat:2 map-ei\r\n",
                            "a=floe-nat:1 map-ei map-ed\r\n", "a=floe-nat:1  map-ei\r\n" })
    {
      Peer answerer ("answerer");

      EXPECT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, WithSessionLine (firefox_offer, line)))
          << line << answerer.error ().message ();
      EXPECT_TRUE (KnowsNothing (answerer)) << line;
    }
}

TEST (JsepNat, OfASectionIsNobodys)
{
  Peer answerer ("answerer");

  ASSERT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, chromium_offer + sequential_line));
  EXPECT_TRUE (KnowsNothing (answerer));
}

struct Sample
{
  const char *name;
  const std::string *offer;
};

class JsepNatBeside : public testing::TestWithParam<Sample>
{
};

/* As a signalling server or an application may put it there. */
TEST_P (JsepNatBeside, WhatThePeerSaysOtherwise)
{
  Peer answerer ("answerer");

  ASSERT_TRUE (
      answerer.Remote (FLOE_SDP_TYPE_OFFER, WithSessionLine (*GetParam ().offer, sequential_line)))
      << answerer.error ().message ();
  EXPECT_TRUE (Knows (answerer, sequential));
  EXPECT_THAT (answerer.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_PENDING),
               testing::HasSubstr (sequential_line));
  EXPECT_THAT (answerer.CreateAnswer (), testing::Not (testing::HasSubstr ("floe-nat")));
}

INSTANTIATE_TEST_SUITE_P (Peers, JsepNatBeside,
                          testing::Values (Sample{ "Chromium", &chromium_offer },
                                           Sample{ "Firefox", &firefox_offer },
                                           Sample{ "Pion", &pion_offer },
                                           Sample{ "Aiortc", &aiortc_offer },
                                           Sample{ "Webrtcbin", &webrtcbin_offer },
                                           Sample{ "Libdatachannel", &libdatachannel_offer }),
                          [] (const auto &info) { return std::string (info.param.name); });

static const char nat_candidate[] = "candidate:9 1 udp 1 192.0.2.7 4000 typ host floe-nat "
                                    "1.udp-yes.nat-yes.map-apd.filter-apd.alloc-seq.step-2."
                                    "sure-high.punch-yes";

static bool
Add (Peer &peer, const FloeCandidate &candidate, const char *mid, bool *is_used)
{
  gboolean used = FALSE;
  ErrorHolder error;
  bool is_added = floe_jsep_add_remote_candidate (peer, &candidate, mid, -1, nullptr, &used, error);

  *is_used = used;
  return is_added;
}

TEST (JsepNat, ComesWithACandidateToo)
{
  Peer offerer ("offerer"), answerer ("answerer");
  bool is_used = false;

  Connect (offerer, answerer);
  ASSERT_TRUE (Add (answerer, Candidate (nat_candidate), "0", &is_used));
  EXPECT_TRUE (is_used);
  EXPECT_TRUE (Knows (answerer, sequential));
  EXPECT_THAT (answerer.Description (FLOE_JSEP_REMOTE, FLOE_JSEP_CURRENT),
               testing::HasSubstr (nat_candidate));
}

TEST (JsepNat, OfACandidateReplacesTheDescriptions)
{
  Peer offerer ("offerer"), answerer ("answerer");
  FloeNatSummary open = {};
  bool is_used = false;

  open.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  floe_jsep_set_local_nat (offerer, &open);
  Connect (offerer, answerer);
  ASSERT_TRUE (Knows (answerer, open));
  ASSERT_TRUE (Add (answerer, Candidate (nat_candidate), "0", &is_used));
  EXPECT_TRUE (Knows (answerer, sequential));
}

TEST (JsepNat, IsTakenFromACandidateThatIsKnownAlready)
{
  Peer offerer ("offerer"), answerer ("answerer");
  bool is_used = false;

  Connect (offerer, answerer);
  ASSERT_TRUE (
      Add (answerer, Candidate ("candidate:9 1 udp 1 192.0.2.7 4000 typ host"), "0", &is_used));
  ASSERT_TRUE (Add (answerer, Candidate (nat_candidate), "0", &is_used));
  EXPECT_FALSE (is_used);
  EXPECT_TRUE (Knows (answerer, sequential));
}

TEST (JsepNat, OfARefusedCandidateIsNotTaken)
{
  Peer offerer ("offerer"), answerer ("answerer");
  bool is_used = false;

  Connect (offerer, answerer);
  EXPECT_FALSE (Add (answerer, Candidate (nat_candidate), "7", &is_used));
  FloeCandidate stranger = Candidate (nat_candidate);
  g_strlcpy (stranger.ufrag, "another", sizeof stranger.ufrag);
  EXPECT_FALSE (Add (answerer, stranger, "0", &is_used));
  EXPECT_TRUE (KnowsNothing (answerer));
}

TEST (JsepNat, IsReadFromCandidatesOfADescription)
{
  Peer answerer ("answerer"), other ("other");
  std::string line = std::string ("a=") + nat_candidate;

  ASSERT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer + line + "\r\n"))
      << answerer.error ().message ();
  EXPECT_TRUE (answerer.actions ().has_remote_nat);
  EXPECT_TRUE (Knows (answerer, sequential));
  ASSERT_TRUE (other.Remote (FLOE_SDP_TYPE_OFFER, firefox_offer + line + " ufrag older\r\n"));
  EXPECT_TRUE (KnowsNothing (other));
}
