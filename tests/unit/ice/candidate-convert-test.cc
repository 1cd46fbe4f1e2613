/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <functional>

G_BEGIN_DECLS
#include "floe-candidate-convert-private.h"
G_END_DECLS

static FloeCandidate
MakeCandidate ()
{
  FloeCandidate candidate = {};

  g_strlcpy (candidate.foundation, "842163049", sizeof candidate.foundation);
  candidate.component = 1;
  candidate.priority = 1677729535;
  g_strlcpy (candidate.address, "203.0.113.7", sizeof candidate.address);
  candidate.port = 46154;
  candidate.type = FLOE_ICE_CANDIDATE_TYPE_SRFLX;
  return candidate;
}

TEST (CandidateConvert, GivesLibniceWhatThePeerSaid)
{
  FloeCandidate candidate = MakeCandidate ();
  const char *why;
  NiceCandidate *nice = floe_candidate_to_nice (&candidate, &why);
  char text[NICE_ADDRESS_STRING_LEN];

  ASSERT_NE (nice, nullptr);
  nice_address_to_string (&nice->addr, text);
  EXPECT_STREQ (text, "203.0.113.7");
  EXPECT_EQ (nice_address_get_port (&nice->addr), 46154u);
  EXPECT_EQ (nice->type, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE);
  EXPECT_EQ (nice->transport, NICE_CANDIDATE_TRANSPORT_UDP);
  EXPECT_EQ (nice->priority, 1677729535u);
  EXPECT_STREQ (nice->foundation, "842163049");
  nice_candidate_free (nice);
}

struct BadCandidate
{
  const char *name;
  std::function<void (FloeCandidate *)> spoil;
};

static std::function<void (FloeCandidate *)>
Address (const char *text)
{
  return [text] (FloeCandidate *candidate) {
    g_strlcpy (candidate->address, text, sizeof candidate->address);
  };
}

class CandidateConvertRefuses : public testing::TestWithParam<BadCandidate>
{
};

TEST_P (CandidateConvertRefuses, AndSaysWhy)
{
  FloeCandidate candidate = MakeCandidate ();
  const char *why = nullptr;

  GetParam ().spoil (&candidate);
  EXPECT_EQ (floe_candidate_to_nice (&candidate, &why), nullptr);
  EXPECT_NE (why, nullptr);
}

INSTANTIATE_TEST_SUITE_P (
    Remote, CandidateConvertRefuses,
    testing::Values (
        BadCandidate{ "ActiveTcp",
                      [] (FloeCandidate *c) { c->transport = FLOE_CANDIDATE_TCP_ACTIVE; } },
        BadCandidate{ "OtherTransport",
                      [] (FloeCandidate *c) { c->transport = FLOE_CANDIDATE_OTHER; } },
        BadCandidate{ "Component2", [] (FloeCandidate *c) { c->component = 2; } },
        BadCandidate{ "Priority0", [] (FloeCandidate *c) { c->priority = 0; } },
        BadCandidate{ "PriorityTooBig", [] (FloeCandidate *c) { c->priority = 0x80000000; } },
        BadCandidate{ "Port0", [] (FloeCandidate *c) { c->port = 0; } },
        BadCandidate{ "MdnsName", Address ("1f4712db-ea17-4bcf-a596-105139dfd8bf.local") },
        BadCandidate{ "EmptyAddress", Address ("") }, BadCandidate{ "Any", Address ("0.0.0.0") },
        BadCandidate{ "ThisNetwork", Address ("0.1.2.3") },
        BadCandidate{ "Multicast", Address ("224.0.0.251") },
        BadCandidate{ "Broadcast", Address ("255.255.255.255") },
        BadCandidate{ "Reserved", Address ("240.0.0.1") }, BadCandidate{ "Any6", Address ("::") },
        BadCandidate{ "Multicast6", Address ("ff02::fb") },
        BadCandidate{ "LinkLocal6", Address ("fe80::1") },
        BadCandidate{ "Mapped", Address ("::ffff:192.0.2.1") }),
    [] (const auto &info) { return std::string (info.param.name); });

struct TcpTarget
{
  const char *name;
  const char *address;
  guint16 port;
  bool is_allowed;
};

class CandidateConvertTcp : public testing::TestWithParam<TcpTarget>
{
};

TEST_P (CandidateConvertTcp, ConnectsToWhatAPeerMayName)
{
  FloeCandidate candidate = MakeCandidate ();
  const char *why = nullptr;
  NiceCandidate *nice;

  candidate.transport = FLOE_CANDIDATE_TCP_PASSIVE;
  candidate.port = GetParam ().port;
  g_strlcpy (candidate.address, GetParam ().address, sizeof candidate.address);
  nice = floe_candidate_to_nice (&candidate, &why);
  EXPECT_EQ (nice != nullptr, GetParam ().is_allowed) << (why != nullptr ? why : "");
  if (nice == nullptr)
    return;
  EXPECT_EQ (nice->transport, NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE);
  nice_candidate_free (nice);
}

INSTANTIATE_TEST_SUITE_P (Targets, CandidateConvertTcp,
                          testing::Values (TcpTarget{ "Public", "203.0.113.7", 50000, true },
                                           TcpTarget{ "Private", "192.168.0.7", 50000, true },
                                           TcpTarget{ "FirstUserPort", "192.168.0.7", 1024, true },
                                           TcpTarget{ "LastSystemPort", "8.8.8.8", 1023, false },
                                           TcpTarget{ "Mail", "8.8.8.8", 25, false },
                                           TcpTarget{ "PublicHttps", "8.8.8.8", 443, true },
                                           TcpTarget{ "PublicHttp", "8.8.8.8", 80, true },
                                           TcpTarget{ "PublicHttps6", "2600::1", 443, true },
                                           TcpTarget{ "PrivateHttps", "192.168.0.1", 443, false },
                                           TcpTarget{ "CarriersHttps", "100.64.0.1", 443, false },
                                           TcpTarget{ "LocalHttps6", "fd00::1", 443, false },
                                           TcpTarget{ "LoopbackHttp", "127.0.0.1", 80, false },
                                           TcpTarget{ "Metadata", "169.254.169.254", 80, false },
                                           TcpTarget{ "LinkLocal", "169.254.1.1", 50000, false },
                                           TcpTarget{ "Multicast", "224.0.0.251", 50000, false }),
                          [] (const auto &info) { return std::string (info.param.name); });

class CandidateFromNice : public testing::Test
{
protected:
  CandidateFromNice ()
  {
    nice_address_set_from_string (&nice_->addr, "198.51.100.4");
    nice_address_set_port (&nice_->addr, 5000);
    nice_address_set_from_string (&nice_->base_addr, "192.168.0.2");
    nice_address_set_port (&nice_->base_addr, 4000);
    nice_->component_id = 1;
    nice_->priority = 0x01fffeff;
    g_strlcpy (nice_->foundation, "3", sizeof nice_->foundation);
  }
  ~CandidateFromNice () override
  {
    nice_candidate_free (nice_);
  }

  NiceCandidate *nice_ = nice_candidate_new (NICE_CANDIDATE_TYPE_RELAYED);
  FloeCandidateMark mark_ = { 2, FLOE_RELAY_PROTOCOL_TCP, FALSE };
  FloeCandidate out_;
};

TEST_F (CandidateFromNice, HasAFoundationAndAPriorityOfItsPathOnly)
{
  FloeCandidate other;
  FloeCandidateMark first = { 0, FLOE_RELAY_PROTOCOL_UDP, FALSE };

  floe_candidate_from_nice (&out_, nice_, &mark_);
  floe_candidate_from_nice (&other, nice_, &first);
  EXPECT_STREQ (out_.foundation, "p2f3");
  EXPECT_STREQ (other.foundation, "p0f3");
  EXPECT_EQ (other.priority, 0x01fffeffu);
  EXPECT_LT (out_.priority, other.priority);
  EXPECT_EQ (out_.priority >> 24, other.priority >> 24);
  EXPECT_EQ (out_.priority & 0xff, other.priority & 0xff);
}

/* Peers move up only, and a later successor takes over from an earlier one. */
TEST_F (CandidateFromNice, HasAHigherPriorityTheLaterItsPathTakesOver)
{
  guint32 last = nice_->priority;

  for (guint path_id : { 1u, 2u, 9u, 4000u })
    {
      FloeCandidateMark mark = {};

      mark.path_id = path_id;
      mark.is_successor = TRUE;
      nice_->priority = (5u << 24) | ((8192u + 63) << 8) | 255;
      floe_candidate_from_nice (&out_, nice_, &mark);
      EXPECT_GT (out_.priority, path_id == 1 ? nice_->priority : last);
      EXPECT_EQ (out_.priority >> 24, 5u);
      EXPECT_EQ (out_.priority & 0xff, 255u);
      last = out_.priority;
    }
}

TEST_F (CandidateFromNice, TellsTheRelatedAddressAndTheRelayProtocol)
{
  floe_candidate_from_nice (&out_, nice_, &mark_);
  EXPECT_STREQ (out_.address, "198.51.100.4");
  EXPECT_EQ (out_.port, 5000);
  EXPECT_STREQ (out_.related_address, "192.168.0.2");
  EXPECT_EQ (out_.related_port, 4000);
  EXPECT_EQ (out_.relay_protocol, FLOE_RELAY_PROTOCOL_TCP);
}

TEST_F (CandidateFromNice, HidesTheRelatedAddressWhenAsked)
{
  mark_.hides_related = TRUE;
  floe_candidate_from_nice (&out_, nice_, &mark_);
  EXPECT_STREQ (out_.related_address, "0.0.0.0");
  EXPECT_EQ (out_.related_port, 9);
}

TEST_F (CandidateFromNice, LeavesARemoteCandidateAsItWas)
{
  floe_candidate_from_nice (&out_, nice_, nullptr);
  EXPECT_STREQ (out_.foundation, "3");
  EXPECT_EQ (out_.priority, 0x01fffeffu);
  EXPECT_EQ (out_.relay_protocol, FLOE_RELAY_PROTOCOL_NONE);
}

TEST_F (CandidateFromNice, AnActiveOneHasThePortThatStandsForNone)
{
  nice_->type = NICE_CANDIDATE_TYPE_HOST;
  nice_->transport = NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
  nice_address_set_port (&nice_->addr, 0);
  floe_candidate_from_nice (&out_, nice_, &mark_);
  EXPECT_EQ (out_.transport, FLOE_CANDIDATE_TCP_ACTIVE);
  EXPECT_EQ (out_.port, 9);
}

TEST_F (CandidateFromNice, APassiveOneHasItsPort)
{
  nice_->type = NICE_CANDIDATE_TYPE_HOST;
  nice_->transport = NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
  floe_candidate_from_nice (&out_, nice_, &mark_);
  EXPECT_EQ (out_.transport, FLOE_CANDIDATE_TCP_PASSIVE);
  EXPECT_EQ (out_.port, 5000);
  EXPECT_STREQ (out_.related_address, "");
}
