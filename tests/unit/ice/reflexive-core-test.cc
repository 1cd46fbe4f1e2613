/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <map>

G_BEGIN_DECLS
#include "floe-reflexive-core-private.h"
G_END_DECLS

using Bytes = std::vector<guint8>;

static FloeStunAddress
V4 (guint8 last, guint16 port)
{
  return { { 192, 0, 2, last }, FLOE_STUN_IPV4_SIZE, port };
}

static FloeStunAddress
V6 (guint8 last, guint16 port)
{
  FloeStunAddress address = { { 0x20, 0x01, 0x0d, 0xb8 }, FLOE_STUN_IPV6_SIZE, port };

  address.bytes[15] = last;
  return address;
}

struct Request
{
  guint base;
  FloeStunAddress to;
  Bytes data;
};

class ReflexiveCore : public testing::Test
{
protected:
  ~ReflexiveCore () override
  {
    g_clear_pointer (&core_, floe_reflexive_core_free);
  }

  void Make (guint server_count)
  {
    core_ = floe_reflexive_core_new (now_us_, 3, server_count);
  }
  void AddBase (const FloeStunAddress &address)
  {
    FloeReflexiveBase base = { address, {}, { 1, 2, 3, (guint8) base_count_ } };

    g_strlcpy (base.host.address, address.size == 4 ? "192.0.2.1" : "2001:db8::1",
               sizeof base.host.address);
    base.host.port = address.port;
    base.host.component = 1;
    /* As libnice makes it: 120 of the type, then the local preference, then 256 - component. */
    base.host.priority = (120u << 24) | ((8192 + base_count_) << 8) | 255;
    EXPECT_TRUE (floe_reflexive_core_add_base (core_, now_us_, &base));
    base_count_++;
  }
  void AddServer (guint index, const FloeStunAddress &address)
  {
    floe_reflexive_core_add_address (core_, now_us_, index, &address);
    floe_reflexive_core_end_lookup (core_, index, TRUE);
  }
  void EndBases ()
  {
    floe_reflexive_core_end_bases (core_);
    Poll ();
  }
  void Poll ()
  {
    FloeReflexiveOutput output;

    while (floe_reflexive_core_poll (core_, &output))
      {
        if (output.type == FLOE_REFLEXIVE_OUTPUT_SEND)
          requests_.push_back (
              { output.base, output.to, Bytes (output.data, output.data + output.size) });
        else if (output.type == FLOE_REFLEXIVE_OUTPUT_CANDIDATE)
          candidates_.push_back (*output.candidate);
        else
          {
            failures_.push_back ({ output.server, output.code, output.text });
            trace_ += "failed " + std::to_string (output.server) + " ";
          }
        if (output.type == FLOE_REFLEXIVE_OUTPUT_CANDIDATE)
          trace_ += "candidate " + std::to_string (output.server) + " ";
      }
  }
  void Advance (gint64 ms)
  {
    gint64 end_us = now_us_ + ms * 1000, deadline_us;

    while ((deadline_us = floe_reflexive_core_get_deadline (core_)) != -1 && deadline_us <= end_us)
      {
        now_us_ = MAX (now_us_, deadline_us);
        floe_reflexive_core_handle_timeout (core_, now_us_);
        Poll ();
      }
    now_us_ = end_us;
  }

  static Bytes Answer (const Request &request, const FloeStunAddress &mapped,
                       FloeStunAttributeType type = FLOE_STUN_XOR_MAPPED_ADDRESS)
  {
    Bytes data (100);
    FloeStunBuilder builder =
        floe_stun_builder_init (data.data (), data.size (), FLOE_STUN_SUCCESS,
                                FLOE_STUN_METHOD_BINDING, request.data.data () + 8);

    if (type == FLOE_STUN_XOR_MAPPED_ADDRESS)
      floe_stun_builder_add_xor_address (&builder, type, &mapped);
    else
      floe_stun_builder_add_address (&builder, type, &mapped);
    data.resize (floe_stun_builder_finish (&builder));
    return data;
  }
  void Arrive (const Request &request, const Bytes &data)
  {
    floe_reflexive_core_handle_datagram (core_, now_us_, request.base, &request.to, data.data (),
                                         data.size ());
    Poll ();
  }
  FloeReflexiveFacts Facts ()
  {
    return floe_reflexive_core_get_facts (core_);
  }

  struct Failure
  {
    guint server;
    guint code;
    std::string text;
  };

  gint64 now_us_ = 1000000;
  FloeReflexiveCore *core_ = nullptr;
  guint base_count_ = 0;
  std::vector<Request> requests_;
  std::vector<FloeCandidate> candidates_;
  std::vector<Failure> failures_;
  std::string trace_;
};

TEST_F (ReflexiveCore, AsksEveryServerFromEveryBaseOfItsFamilyAtOnce)
{
  Make (3);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  AddBase (V6 (1, 1001));
  EndBases ();
  AddServer (1, V4 (11, 3478));
  AddServer (2, V6 (12, 3478));
  Poll ();
  ASSERT_EQ (requests_.size (), 3u);
  EXPECT_EQ (requests_[0].base, 0u);
  EXPECT_EQ (requests_[1].base, 0u);
  EXPECT_EQ (requests_[2].base, 1u);
  EXPECT_TRUE (
      floe_stun_address_equal (&requests_[1].to, &(const FloeStunAddress &) V4 (11, 3478)));
  EXPECT_EQ (Bytes (requests_[2].data.begin () + 8, requests_[2].data.begin () + 12),
             (Bytes{ 1, 2, 3, 1 }))
      << "the base's tag";
}

TEST_F (ReflexiveCore, AsksNobodyOutsideFromLoopback)
{
  Make (1);
  AddServer (0, { { 8, 8, 8, 8 }, FLOE_STUN_IPV4_SIZE, 3478 });
  AddBase ({ { 127, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, 1000 });
  EndBases ();
  EXPECT_TRUE (requests_.empty ()) << "the system takes such a datagram and drops it";
  EXPECT_EQ (failures_.at (0).text, "No local address leads to the STUN server");
}

TEST_F (ReflexiveCore, MakesACandidateOfAnAnswer)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  now_us_ += 40000;
  Arrive (requests_.at (0), Answer (requests_[0], V4 (99, 7000)));
  ASSERT_EQ (candidates_.size (), 1u);
  const FloeCandidate &candidate = candidates_[0];
  EXPECT_EQ (candidate.type, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  EXPECT_STREQ (candidate.address, "192.0.2.99");
  EXPECT_EQ (candidate.port, 7000);
  EXPECT_STREQ (candidate.related_address, "192.0.2.1");
  EXPECT_EQ (candidate.related_port, 1000);
  EXPECT_EQ (candidate.priority, (100u << 24) | (8192u << 8) | 255u);
  EXPECT_EQ (candidate.component, 1u);
  EXPECT_STREQ (candidate.foundation, "p3r0x0");
  FloeReflexiveFacts facts = Facts ();
  EXPECT_EQ (facts.answered_count, 1u);
  EXPECT_EQ (facts.open_count, 0u);
  EXPECT_EQ (facts.rtt_us, 40000);
  EXPECT_EQ (floe_reflexive_core_find (core_, "192.0.2.99", 7001), nullptr);
  ASSERT_NE (floe_reflexive_core_find (core_, "192.0.2.99", 7000), nullptr);
}

TEST_F (ReflexiveCore, TakesAnIpv6AddressAndAnOldServersAnswer)
{
  Make (2);
  AddServer (0, V6 (10, 3478));
  AddServer (1, V4 (11, 3478));
  AddBase (V6 (1, 1000));
  AddBase (V4 (1, 1001));
  EndBases ();
  Arrive (requests_.at (0), Answer (requests_[0], V6 (0x99, 7000)));
  Arrive (requests_.at (1), Answer (requests_[1], V4 (99, 7001), FLOE_STUN_MAPPED_ADDRESS));
  ASSERT_EQ (candidates_.size (), 2u);
  EXPECT_STREQ (candidates_[0].address, "2001:db8::99");
  EXPECT_STREQ (candidates_[1].address, "192.0.2.99");
}

/* RFC 8445 section 5.1.3 */
TEST_F (ReflexiveCore, TellsEachMappingOfABaseOnce)
{
  Make (6);
  for (guint i = 0; i < 6; i++)
    AddServer (i, V4 (10 + i, 3478));
  AddBase (V4 (1, 1000));
  AddBase (V4 (1, 1001));
  EndBases ();
  ASSERT_EQ (requests_.size (), 12u);
  for (const Request &request : std::vector<Request> (requests_))
    Arrive (request, Answer (request, V4 (99, request.base == 0 ? 7000 : 1001)));
  ASSERT_EQ (candidates_.size (), 2u);
  EXPECT_EQ (Facts ().answered_count, 2u);

  /* What equals the base itself is none. */
  EXPECT_EQ (candidates_[1].port, 1001);
}

TEST_F (ReflexiveCore, ABaseThatIsSeenAsItIsHasNoCandidateButItsAnswer)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  Arrive (requests_.at (0), Answer (requests_[0], V4 (1, 1000)));
  EXPECT_TRUE (candidates_.empty ());
  EXPECT_TRUE (failures_.empty ());
  EXPECT_EQ (Facts ().answered_count, 1u);
}

TEST_F (ReflexiveCore, TellsAtMostFourMappingsOfABaseWithPrioritiesOfTheirOwn)
{
  Make (8);
  for (guint i = 0; i < 8; i++)
    AddServer (i, V4 (10 + i, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  for (const Request &request : std::vector<Request> (requests_))
    Arrive (request, Answer (request, V4 (99, 7000 + request.to.bytes[3])));
  ASSERT_EQ (candidates_.size (), 4u);
  std::map<guint32, std::string> seen;
  for (const FloeCandidate &candidate : candidates_)
    seen[candidate.priority] = candidate.foundation;
  EXPECT_EQ (seen.size (), 4u);
  EXPECT_EQ (seen.rbegin ()->first, candidates_[0].priority) << "the first is preferred";
}

TEST_F (ReflexiveCore, FoundationsAreAlikeForTheSameBaseAddressAndServerOnly)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddServer (1, V4 (11, 3478));
  AddBase (V4 (1, 1000));
  AddBase (V4 (1, 1001));
  AddBase (V4 (2, 1002));
  EndBases ();
  ASSERT_EQ (requests_.size (), 6u);
  std::map<std::string, guint> seen;
  for (const Request &request : std::vector<Request> (requests_))
    Arrive (request, Answer (request, V4 (99, 7000 + request.base * 10 + request.to.bytes[3])));
  for (const FloeCandidate &candidate : candidates_)
    seen[candidate.foundation]++;
  EXPECT_EQ (seen, (std::map<std::string, guint>{
                       { "p3r0x0", 2 }, { "p3r0x1", 2 }, { "p3r2x0", 1 }, { "p3r2x1", 1 } }));
}

struct BadAnswer
{
  const char *name;
  FloeStunAddress mapped;
};

class ReflexiveCoreDrops : public ReflexiveCore, public testing::WithParamInterface<BadAnswer>
{
};

TEST_P (ReflexiveCoreDrops, AnAddressThatNobodyCouldSendTo)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  Arrive (requests_.at (0), Answer (requests_[0], GetParam ().mapped));
  EXPECT_TRUE (candidates_.empty ());
  EXPECT_EQ (floe_reflexive_core_get_dropped_count (core_), 1u);
  EXPECT_EQ (Facts ().answered_count, 0u);
  EXPECT_EQ (Facts ().open_count, 0u);
  EXPECT_EQ (failures_.size (), 1u);
}

INSTANTIATE_TEST_SUITE_P (Mapped, ReflexiveCoreDrops,
                          testing::Values (BadAnswer{ "Unspecified", { { 0, 0, 0, 0 }, 4, 7000 } },
                                           BadAnswer{ "PortZero", V4 (99, 0) },
                                           BadAnswer{ "Multicast", { { 224, 0, 0, 1 }, 4, 7000 } },
                                           BadAnswer{ "Broadcast",
                                                      { { 255, 255, 255, 255 }, 4, 7000 } },
                                           BadAnswer{ "OtherFamily", V6 (99, 7000) }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST_F (ReflexiveCore, AForgedAnswerIsNone)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  AddBase (V4 (2, 1001));
  EndBases ();
  Request elsewhere = requests_.at (0), other_base = requests_[0], other_port = requests_[0];
  Bytes answer = Answer (requests_[0], V4 (99, 7000)), guessed = answer;

  elsewhere.to = V4 (66, 3478);
  other_port.to.port++;
  other_base.base = 1;
  guessed[19] ^= 1;
  Arrive (elsewhere, answer);
  Arrive (other_port, answer);
  Arrive (other_base, answer);
  Arrive (requests_[0], guessed);
  EXPECT_TRUE (candidates_.empty ());
  Arrive (requests_[0], answer);
  EXPECT_EQ (candidates_.size (), 1u);
}

TEST_F (ReflexiveCore, ASilentServerIsAskedFiveTimesAndBlamedAfterTheOthersAnswer)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddServer (1, V4 (11, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  Request good = requests_.at (1);
  Advance (40);
  Arrive (good, Answer (good, V4 (99, 7000)));
  EXPECT_EQ (Facts ().open_count, 0u) << "nothing waits for the silent one";
  EXPECT_TRUE (failures_.empty ());
  Advance (3700);
  EXPECT_TRUE (failures_.empty ());
  Advance (100);
  ASSERT_EQ (failures_.size (), 1u);
  EXPECT_EQ (failures_[0].server, 0u);
  EXPECT_EQ (failures_[0].code, 701u);
  EXPECT_EQ (failures_[0].text, "The STUN server did not answer");
  EXPECT_EQ (requests_.size (), 6u);
}

TEST_F (ReflexiveCore, ANameThatDoesNotResolveIsBlamedOnlyWhenAnAnswerHasBeenOfUse)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  floe_reflexive_core_end_lookup (core_, 1, FALSE);
  Poll ();
  EXPECT_TRUE (failures_.empty ());
  Arrive (requests_.at (0), Answer (requests_[0], V4 (99, 7000)));
  EXPECT_EQ (trace_, "candidate 0 failed 1 ");
}

TEST_F (ReflexiveCore, ABaseWithoutAnswerDoesNotHoldTheBlameBack)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  AddBase (V4 (2, 1001));
  EndBases ();
  floe_reflexive_core_end_lookup (core_, 1, FALSE);
  Arrive (requests_.at (0), Answer (requests_[0], V4 (99, 7000)));
  EXPECT_EQ (Facts ().open_count, 1u);
  EXPECT_EQ (trace_, "candidate 0 failed 1 ");
}

TEST_F (ReflexiveCore, WhenNothingCanAnswerAllAreBlamedAtOnce)
{
  Make (3);
  AddServer (0, V6 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  floe_reflexive_core_end_lookup (core_, 1, FALSE);
  AddServer (2, V4 (11, 3478));
  Poll ();
  EXPECT_TRUE (failures_.empty ());
  floe_reflexive_core_handle_unreachable (core_, now_us_, 0, &requests_.at (0).to);
  Poll ();
  ASSERT_EQ (failures_.size (), 3u);
  EXPECT_EQ (failures_[0].text, "No local address leads to the STUN server");
  EXPECT_EQ (failures_[1].text, "The STUN server's name could not be resolved");
  EXPECT_EQ (failures_[2].text, "The STUN server can't be reached from here");
  EXPECT_EQ (floe_reflexive_core_get_deadline (core_), -1);
}

TEST_F (ReflexiveCore, AnErrorResponseIsTheServersOwnCode)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  Bytes data (100);
  FloeStunBuilder builder =
      floe_stun_builder_init (data.data (), data.size (), FLOE_STUN_ERROR, FLOE_STUN_METHOD_BINDING,
                              requests_.at (0).data.data () + 8);
  floe_stun_builder_add_error (&builder, 403, "Forbidden");
  data.resize (floe_stun_builder_finish (&builder));
  Arrive (requests_[0], data);
  Advance (5000);
  ASSERT_EQ (failures_.size (), 1u);
  EXPECT_EQ (failures_[0].code, 403u);
}

TEST_F (ReflexiveCore, AServerThatIsThereTwiceIsAskedOnceAndNeverBlamed)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddServer (1, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  EXPECT_EQ (requests_.size (), 1u);
  Advance (5000);
  ASSERT_EQ (failures_.size (), 1u);
  EXPECT_EQ (failures_[0].server, 0u);
}

TEST_F (ReflexiveCore, NamesKeepABaseOpenForHalfASecondOnly)
{
  Make (1);
  AddBase (V4 (1, 1000));
  EndBases ();
  EXPECT_EQ (Facts ().open_count, 1u);
  Advance (499);
  EXPECT_EQ (Facts ().open_count, 1u);
  Advance (1);
  EXPECT_EQ (Facts ().open_count, 0u);
  AddServer (0, V4 (10, 3478));
  Poll ();
  Arrive (requests_.at (0), Answer (requests_[0], V4 (99, 7000)));
  EXPECT_EQ (candidates_.size (), 1u) << "but a late answer counts";
}

TEST_F (ReflexiveCore, KeepsAMappingAliveUntilItIsToldNotTo)
{
  Make (2);
  AddServer (0, V4 (10, 3478));
  AddServer (1, V4 (11, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  for (guint i = 0; i < 2; i++)
    Arrive (requests_.at (i), Answer (requests_[i], V4 (99, 7000)));
  Advance (14999);
  EXPECT_EQ (requests_.size (), 2u);
  Advance (1);
  ASSERT_EQ (requests_.size (), 3u) << "one of the servers is enough";
  Arrive (requests_[2], Answer (requests_[2], V4 (99, 7000)));
  EXPECT_EQ (candidates_.size (), 1u);
  Advance (15000);
  ASSERT_EQ (requests_.size (), 4u);
  Arrive (requests_[3], Answer (requests_[3], V4 (99, 7005)));
  ASSERT_EQ (candidates_.size (), 2u) << "the NAT has forgotten, and that is told";
  EXPECT_EQ (candidates_[1].port, 7005);
  floe_reflexive_core_stop_refreshing (core_);
  EXPECT_EQ (floe_reflexive_core_get_deadline (core_), -1);
}

TEST_F (ReflexiveCore, ALostRefreshmentIsRepeatedAndNobodyIsBlamed)
{
  Make (1);
  AddServer (0, V4 (10, 3478));
  AddBase (V4 (1, 1000));
  EndBases ();
  Arrive (requests_.at (0), Answer (requests_[0], V4 (99, 7000)));
  Advance (60000);
  EXPECT_TRUE (failures_.empty ());
  EXPECT_EQ (requests_.size (), 1u + 3 * 5) << "at 15, 33.8, and 52.6 s, five times at most";
}

TEST_F (ReflexiveCore, IsBounded)
{
  Make (100);
  for (guint i = 0; i < FLOE_REFLEXIVE_MAX_SERVERS; i++)
    AddServer (i, V4 (10 + i, 3478));
  for (guint i = 0; i < FLOE_REFLEXIVE_MAX_BASES; i++)
    AddBase (V4 (1, 1000 + i));
  FloeReflexiveBase one_more = { V4 (1, 2000), {}, {} };
  EXPECT_FALSE (floe_reflexive_core_add_base (core_, now_us_, &one_more));
  EndBases ();
  EXPECT_EQ (requests_.size (), 128u);
}
