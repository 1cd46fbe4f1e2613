/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>

#include "floe-nat-summary-codec-private.h"
#include "floe-test.h"

static const FloeNatSummary nothing = {};

static const FloeNatSummary everything = {
  FLOE_NAT_ANSWER_YES,
  FLOE_NAT_ANSWER_YES,
  FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  FLOE_NAT_ALLOCATION_SEQUENTIAL,
  65535,
  0,
  FLOE_NAT_ANSWER_YES,
  FLOE_NAT_CONFIDENCE_MEDIUM,
  FLOE_PUNCHING_BLOCK,
};

static FloeNatSummary
Parse (const std::string &text, FloeNatSummaryForm form = FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE)
{
  FloeNatSummary summary = {};
  ErrorHolder error;

  EXPECT_TRUE (floe_nat_summary_parse (&summary, text.c_str (), form, error)) << error.message ();
  return summary;
}

TEST (NatSummary, IsOneLineOfWordsInAFixedOrder)
{
  EXPECT_EQ (
      TakeString (floe_nat_summary_serialize (&everything, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE)),
      "1 udp-yes nat-yes map-apd filter-apd alloc-seq step-65535 poison-yes sure-medium "
      "punch-block");
  EXPECT_EQ (TakeString (floe_nat_summary_serialize (&everything, FLOE_NAT_SUMMARY_TOKEN)),
             "1.udp-yes.nat-yes.map-apd.filter-apd.alloc-seq.step-65535.poison-yes.sure-medium."
             "punch-block");
  EXPECT_EQ (TakeString (floe_nat_summary_serialize (&nothing, FLOE_NAT_SUMMARY_TOKEN)), "1");
}

static void
ExpectRoundTrip (const FloeNatSummary &summary)
{
  for (FloeNatSummaryForm form : { FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE, FLOE_NAT_SUMMARY_TOKEN })
    {
      std::string text = TakeString (floe_nat_summary_serialize (&summary, form));
      FloeNatSummary again = Parse (text, form);

      ASSERT_LT (text.size (), (gsize) FLOE_NAT_SUMMARY_SIZE);
      ASSERT_TRUE (floe_nat_summary_is_equal (&summary, &again)) << text;
      ASSERT_EQ (TakeString (floe_nat_summary_serialize (&again, form)), text);
    }
}

static const FloeNatAnswer answers[] = { FLOE_NAT_ANSWER_UNKNOWN, FLOE_NAT_ANSWER_NO,
                                         FLOE_NAT_ANSWER_YES };

static void
ExpectAllWith (FloeNatSummary summary)
{
  for (FloeNatAnswer udp : answers)
    for (FloeNatAnswer translated : answers)
      for (FloeNatAnswer poisoning : answers)
        for (int confidence = 0; confidence <= FLOE_NAT_CONFIDENCE_HIGH; confidence++)
          for (int punching = 0; punching <= FLOE_PUNCHING_BLOCK; punching++)
            {
              summary.udp = udp;
              summary.is_translated = translated;
              summary.poisoning = poisoning;
              summary.confidence = (FloeNatConfidence) confidence;
              summary.punching = (FloePunching) punching;
              ExpectRoundTrip (summary);
            }
}

TEST (NatSummary, IsReadAsItWasWrittenWhateverIsKnown)
{
  for (int mapping = 0; mapping <= FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT; mapping++)
    for (int filtering = 0; filtering < FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT; filtering++)
      for (int allocation = 0; allocation <= FLOE_NAT_ALLOCATION_PORT_BLOCK; allocation++)
        {
          FloeNatSummary summary = {};

          summary.mapping = (FloeNatBehaviour) mapping;
          summary.filtering = (FloeNatBehaviour) filtering;
          summary.allocation = (FloeNatAllocation) allocation;
          summary.step = 3;
          summary.pool = 65535;
          ExpectAllWith (summary);
        }
}

TEST (NatSummary, TellsNoStepOrPoolOfAllocatorsThatHaveNone)
{
  FloeNatSummary summary = everything;

  summary.pool = 512;
  EXPECT_TRUE (floe_nat_summary_is_equal (&summary, &everything));
  summary.allocation = FLOE_NAT_ALLOCATION_RANDOM;
  summary =
      Parse (TakeString (floe_nat_summary_serialize (&summary, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE)));
  EXPECT_EQ (summary.step, 0u);
  EXPECT_EQ (summary.pool, 0u);
  EXPECT_EQ (Parse ("1 pool-7 alloc-block step-2").pool, 7u);
}

TEST (NatSummary, SkipsWhatALaterFloeMightSay)
{
  FloeNatSummary summary =
      Parse ("1 hairpin-yes map-ei alloc-fibonacci filter-ed lifetime-120 x-1");
  FloeNatSummary expected = {};

  expected.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  EXPECT_TRUE (floe_nat_summary_is_equal (&summary, &expected));
}

TEST (NatSummary, TakesWordsInAnyOrder)
{
  FloeNatSummary a = Parse ("1 map-ei filter-apd punch-yes");
  FloeNatSummary b = Parse ("1.punch-yes.filter-apd.map-ei", FLOE_NAT_SUMMARY_TOKEN);

  EXPECT_TRUE (floe_nat_summary_is_equal (&a, &b));
  EXPECT_EQ (a.punching, FLOE_PUNCHING_ONE_SIDED);
  EXPECT_EQ (a.filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT);
}

TEST (NatSummary, OfAnotherVersionIsNone)
{
  for (const char *text : { "2", "2 map-ei", "10 what ever", "1a map-ei", "next" })
    {
      FloeNatSummary summary = everything;
      ErrorHolder error;

      EXPECT_FALSE (
          floe_nat_summary_parse (&summary, text, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE, error));
      EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED)) << text;
      EXPECT_TRUE (floe_nat_summary_is_equal (&summary, &everything));
    }
}

struct BadSummary
{
  const char *name;
  std::string text;
};

class NatSummaryRejects : public testing::TestWithParam<BadSummary>
{
};

TEST_P (NatSummaryRejects, WhatIsNotTheGrammar)
{
  FloeNatSummary summary = everything;
  ErrorHolder error;

  EXPECT_FALSE (floe_nat_summary_parse (&summary, GetParam ().text.c_str (),
                                        FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << error.message ();
  EXPECT_TRUE (g_utf8_validate (error.message (), -1, nullptr));
  EXPECT_TRUE (floe_nat_summary_is_equal (&summary, &everything));
}

INSTANTIATE_TEST_SUITE_P (
    Text, NatSummaryRejects,
    testing::Values (BadSummary{ "Empty", "" }, BadSummary{ "SpaceFirst", " 1 map-ei" },
                     BadSummary{ "NoVersion", "map-ei" }, BadSummary{ "Negative", "-1" },
                     BadSummary{ "TwoSpaces", "1  map-ei" }, BadSummary{ "SpaceLast", "1 " },
                     BadSummary{ "NoWord", "1 map" }, BadSummary{ "EmptyWord", "1 map-" },
                     BadSummary{ "EmptyName", "1 -ei" }, BadSummary{ "OtherForm", "1.map-ei" },
                     BadSummary{ "Capitals", "1 MAP-EI" }, BadSummary{ "Twice", "1 map-ei map-ei" },
                     BadSummary{ "Contradiction", "1 udp-yes udp-no" },
                     BadSummary{ "StepOfNone", "1 alloc-seq step-0" },
                     BadSummary{ "StepTooLarge", "1 alloc-seq step-65536" },
                     BadSummary{ "PoolOfWords", "1 alloc-block pool-many" },
                     BadSummary{ "LeadingZero", "1 alloc-block pool-007" },
                     BadSummary{ "HugeNumber", "1 alloc-block pool-99999999999999" },
                     BadSummary{ "LongName", "1 abcdefghijklmnopq-x" },
                     BadSummary{ "LongWord", "1 a-abcdefghijklmnopq" },
                     BadSummary{ "AnAddress", "1 ip-192.0.2.1" },
                     BadSummary{ "NotUtf8", "1 \xff-\xfe" },
                     BadSummary{ "Longer", "1 " + std::string (127, 'a') }),
    [] (const auto &info) { return std::string (info.param.name); });
