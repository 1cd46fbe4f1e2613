/* SPDX-License-Identifier: MPL-2.0 */
/* What "floe nat --json" prints; that it fits docs/schema/nat.json is checked where floe runs. */
#include "nat-facts-test.h"

#include <gmock/gmock.h>

extern "C"
{
#include "nat-json.h"
#include "sample-json.h"
}

namespace
{

class NatJson : public testing::Test
{
protected:
  ~NatJson () override
  {
    g_clear_pointer (&object_, json_object_unref);
  }
  void Format (const NatFacts *facts, gsize n_facts = 1, gboolean with_evidence = FALSE)
  {
    line_ = TakeString (nat_json_format (facts, n_facts, with_evidence));
    g_clear_pointer (&object_, json_object_unref);
    object_ = sample_json_parse_object (line_.data (), line_.size (), nullptr);
    ASSERT_NE (object_, nullptr) << line_;
    EXPECT_EQ (line_.find ('\n'), std::string::npos);
  }
  std::string String (const char *member)
  {
    const char *value = sample_json_get_string (object_, member, 1000);
    return value != nullptr ? value : "(none)";
  }
  JsonObject *Element (const char *member, guint index)
  {
    return json_array_get_object_element (json_object_get_array_member (object_, member), index);
  }

  std::string line_;
  JsonObject *object_ = nullptr;
};

TEST_F (NatJson, HasTheNamesOfTheLibrary)
{
  NatFacts facts = MakeFacts ();

  facts.hairpin = FLOE_NAT_ANSWER_NO;
  facts.time_us = 1000000;
  Format (&facts);
  EXPECT_EQ (String ("event"), "nat");
  EXPECT_EQ (String ("interface"), "eth0");
  EXPECT_EQ (String ("family"), "ipv4");
  EXPECT_EQ (String ("mapping"), "endpoint-independent");
  EXPECT_EQ (String ("filtering"), "address-and-port-dependent");
  EXPECT_EQ (String ("nat_type"), "port-restricted");
  EXPECT_EQ (String ("allocation"), "port-preserving");
  EXPECT_EQ (String ("time"), "1970-01-01T00:00:01Z");
  EXPECT_TRUE (sample_json_get_boolean (object_, "udp", FALSE));
  EXPECT_FALSE (sample_json_get_boolean (object_, "hairpin", TRUE));
  EXPECT_FALSE (sample_json_has (object_, "carrier"));
  EXPECT_TRUE (json_object_has_member (object_, "carrier"));
  EXPECT_EQ (sample_json_get_int (object_, "ms", -1), 412);
  EXPECT_FALSE (json_object_has_member (object_, "interfaces"));
  EXPECT_FALSE (json_object_has_member (object_, "evidence"));
  EXPECT_FALSE (json_object_has_member (object_, "allocation_step"));
}

TEST_F (NatJson, TellsUdpAsTrueOnlyWhenItIsProven)
{
  NatFacts facts = MakeFacts ();

  for (int udp : { FLOE_NAT_ANSWER_UNKNOWN, FLOE_NAT_ANSWER_NO })
    {
      facts.udp = (FloeNatAnswer) udp;
      Format (&facts);
      EXPECT_FALSE (sample_json_get_boolean (object_, "udp", TRUE));
    }
}

TEST_F (NatJson, TellsWhatIsOddOnTheWay)
{
  NatFacts facts = MakeFacts ();

  Format (&facts);
  for (const char *member : { "udp_limited", "proxy", "rewriting" })
    {
      EXPECT_TRUE (json_object_has_member (object_, member));
      EXPECT_FALSE (sample_json_has (object_, member)) << member;
    }
  facts.udp_limited = FLOE_NAT_ANSWER_YES;
  facts.rewriting = FLOE_NAT_ANSWER_NO;
  facts.proxy = "proxy.example:3128";
  Format (&facts);
  EXPECT_TRUE (sample_json_get_boolean (object_, "udp_limited", FALSE));
  EXPECT_FALSE (sample_json_get_boolean (object_, "rewriting", TRUE));
  EXPECT_EQ (String ("proxy"), "proxy.example:3128");
}

TEST_F (NatJson, ListsServersWithRoundTripsAndFaults)
{
  const NatServer servers[] = { { "stun:a", "192.0.2.1:3478", FLOE_NAT_FAULT_NONE, 20300 },
                                { "stun:b", nullptr, FLOE_NAT_FAULT_SILENT, -1 } };
  NatFacts facts = MakeFacts ();

  facts.servers = servers;
  facts.n_servers = 2;
  Format (&facts);
  EXPECT_DOUBLE_EQ (json_object_get_double_member (Element ("servers", 0), "rtt_ms"), 20.3);
  EXPECT_STREQ (json_object_get_string_member (Element ("servers", 0), "fault"), "none");
  EXPECT_TRUE (json_object_get_null_member (Element ("servers", 1), "rtt_ms"));
  EXPECT_STREQ (json_object_get_string_member (Element ("servers", 1), "fault"), "silent");
}

TEST_F (NatJson, ListsInterfacesWhenThereAreSeveral)
{
  NatFacts facts[] = { MakeFacts (), MakeFactsOfIpv6 () };

  facts[1].allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL;
  facts[1].allocation_step = 2;
  Format (facts, 2);
  EXPECT_EQ (String ("family"), "ipv4");
  EXPECT_STREQ (json_object_get_string_member (Element ("interfaces", 0), "family"), "ipv4");
  EXPECT_STREQ (json_object_get_string_member (Element ("interfaces", 1), "family"), "ipv6");
  EXPECT_EQ (sample_json_get_int (Element ("interfaces", 1), "allocation_step", 0), 2);
  EXPECT_FALSE (json_object_has_member (Element ("interfaces", 1), "event"));
}

TEST_F (NatJson, HasTheEvidenceWhenAsked)
{
  NatFacts facts = MakeFacts ();

  facts.proofs[FLOE_NAT_ASPECT_MAPPING] = { FLOE_NAT_CONFIDENCE_HIGH, "two servers agree" };
  Format (&facts, 1, TRUE);
  EXPECT_STREQ (json_object_get_string_member (json_object_get_object_member (object_, "evidence"),
                                               "mapping"),
                "two servers agree");
  EXPECT_STREQ (json_object_get_string_member (
                    json_object_get_object_member (object_, "confidence"), "mapping"),
                "high");
}

TEST_F (NatJson, IsWellFormedForNoNetworkAndForTextThatIsNotUtf8)
{
  NatFacts facts = {};

  Format (&facts);
  EXPECT_EQ (String ("family"), "(none)");
  facts = MakeFacts ();
  facts.interface = "\377th";
  Format (&facts);
  EXPECT_EQ (String ("interface"), "\357\277\275th");
}

} // namespace
