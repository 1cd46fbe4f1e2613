/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-infer-private.h"
#include "floe-strategy-outcome-private.h"
#include "floe-strategy-report-private.h"
#include "strategy-test.h"

static FloeNatSummary
Infer (const std::vector<std::string> &ends, bool is_complete = true)
{
  std::vector<FloeCandidate> candidates;

  for (const std::string &end : ends)
    {
      FloeCandidate candidate = {};

      EXPECT_TRUE (floe_candidate_parse (&candidate, ("candidate:1 1 " + end).c_str (), nullptr))
          << end;
      candidates.push_back (candidate);
    }
  return floe_strategy_infer (candidates.data (), (guint) candidates.size (), is_complete);
}

static std::string
Words (const FloeNatSummary &summary)
{
  return TakeString (floe_nat_summary_serialize (&summary, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE));
}

struct Peer
{
  const char *name;
  std::vector<std::string> candidates;
  const char *expected;
};

class StrategyInfer : public testing::TestWithParam<Peer>
{
};

TEST_P (StrategyInfer, OnlyWhatIsProven)
{
  EXPECT_EQ (Words (Infer (GetParam ().candidates)), GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (
    Peers, StrategyInfer,
    testing::Values (
        Peer{ "Nothing", {}, "1" }, Peer{ "HostOnly", { "udp 1 192.168.1.5 5000 typ host" }, "1" },
        Peer{ "MdnsOnly", { "udp 1 4b60c5b8.local 5000 typ host" }, "1" },
        Peer{ "OnePort",
              { "udp 1 192.168.1.5 5000 typ host",
                "udp 1 203.0.113.5 6000 typ srflx raddr 192.168.1.5 rport 5000" },
              "1 nat-yes" },
        Peer{ "SamePort",
              { "udp 1 203.0.113.5 5000 typ srflx raddr 192.168.1.5 rport 5000" },
              "1 nat-yes" },
        Peer{ "TwoPorts",
              { "udp 1 203.0.113.5 6000 typ srflx raddr 192.168.1.5 rport 5000",
                "udp 1 203.0.113.5 6001 typ srflx raddr 192.168.1.5 rport 5000" },
              "1 nat-yes map-ed sure-low" },
        Peer{ "TwoPortsOfTwoBases",
              { "udp 1 203.0.113.5 6000 typ srflx raddr 192.168.1.5 rport 5000",
                "udp 1 203.0.113.5 6001 typ srflx raddr 192.168.1.6 rport 5000" },
              "1 nat-yes" },
        Peer{ "TwoAddresses",
              { "udp 1 203.0.113.5 6000 typ srflx raddr 192.168.1.5 rport 5000",
                "udp 1 198.51.100.5 6001 typ srflx raddr 192.168.1.5 rport 5000" },
              "1 nat-yes" },
        Peer{ "HiddenBases",
              { "udp 1 203.0.113.5 6000 typ srflx raddr 0.0.0.0 rport 0",
                "udp 1 203.0.113.5 6001 typ srflx raddr 0.0.0.0 rport 0" },
              "1" },
        Peer{ "Public", { "udp 1 203.0.113.5 5000 typ host" }, "1 nat-no map-ei sure-low" },
        Peer{ "PublicAndTranslated",
              { "udp 1 203.0.113.5 5000 typ host",
                "udp 1 198.51.100.5 6000 typ srflx raddr 192.168.1.5 rport 5000" },
              "1 nat-yes" },
        Peer{ "CarriersAddress", { "udp 1 100.64.3.4 5000 typ host" }, "1" },
        Peer{ "Ip6", { "udp 1 2001:db8::5 5000 typ host" }, "1" },
        Peer{ "TcpOnly", { "tcp 1 203.0.113.5 9 typ host tcptype active" }, "1" },
        Peer{ "RelayOnly",
              { "udp 1 198.51.100.9 5000 typ relay raddr 0.0.0.0 rport 0" },
              "1 udp-no sure-low" },
        Peer{ "RelayAndHost",
              { "udp 1 198.51.100.9 5000 typ relay raddr 0.0.0.0 rport 0",
                "udp 1 192.168.1.5 5000 typ host" },
              "1" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (StrategyInferOfMany, WaitsForTheEndBeforeItMissesCandidates)
{
  EXPECT_EQ (Words (Infer ({ "udp 1 198.51.100.9 5000 typ relay raddr 0.0.0.0 rport 0" }, false)),
             "1");
}

TEST (StrategyInferOfMany, NeverOffersWhatThePeerDidNot)
{
  FloeNatSummary inferred =
      Infer ({ "udp 1 203.0.113.5 6000 typ srflx raddr 192.168.1.5 rport 5000",
               "udp 1 203.0.113.5 6001 typ srflx raddr 192.168.1.5 rport 5000" });
  FloeNatSummary easy = Class ("P");
  FloeStrategyOutcome outcome = {};

  floe_strategy_predict (&outcome, &easy, &inferred, TRUE);
  EXPECT_EQ (outcome.method, FLOE_STRATEGY_METHOD_RELAY);
  EXPECT_EQ (outcome.local.part, FLOE_STRATEGY_PART_NONE);
  EXPECT_TRUE (outcome.is_doubted);
}

TEST (StrategyReport, TellsWhatWasFoundOutAndNoAddress)
{
  FloeNatFindings findings = {};

  findings.udp = FLOE_NAT_ANSWER_YES;
  findings.is_translated = FLOE_NAT_ANSWER_YES;
  findings.mapping = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  findings.filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  findings.allocation = FLOE_NAT_ALLOCATION_PORT_BLOCK;
  findings.step = 3;
  findings.span = 2016;
  findings.hairpin = FLOE_NAT_ANSWER_YES;
  findings.poisoning = FLOE_NAT_ANSWER_NO;
  findings.external_count = 1;
  findings.proofs[FLOE_NAT_ASPECT_MAPPING].confidence = FLOE_NAT_CONFIDENCE_HIGH;
  findings.proofs[FLOE_NAT_ASPECT_FILTERING].confidence = FLOE_NAT_CONFIDENCE_MEDIUM;

  EXPECT_EQ (Words (floe_strategy_summarize (&findings, FLOE_PUNCHING_ONE_SIDED)),
             "1 udp-yes nat-yes map-apd filter-apd alloc-block pool-2016 poison-no sure-medium "
             "punch-yes");
}

TEST (StrategyReport, IsAsSureAsWhatItTells)
{
  FloeNatFindings findings = {};

  findings.proofs[FLOE_NAT_ASPECT_UDP].confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
  findings.proofs[FLOE_NAT_ASPECT_MAPPING].confidence = FLOE_NAT_CONFIDENCE_HIGH;
  EXPECT_EQ (floe_strategy_summarize (&findings, FLOE_PUNCHING_NONE).confidence,
             FLOE_NAT_CONFIDENCE_NONE);
  findings.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  EXPECT_EQ (floe_strategy_summarize (&findings, FLOE_PUNCHING_NONE).confidence,
             FLOE_NAT_CONFIDENCE_HIGH);
  findings.udp = FLOE_NAT_ANSWER_NO;
  EXPECT_EQ (floe_strategy_summarize (&findings, FLOE_PUNCHING_NONE).confidence,
             FLOE_NAT_CONFIDENCE_MEDIUM);
}
