/* SPDX-License-Identifier: MPL-2.0 */
/* An attempt at punching on this host: what it opens, what it must not send, and what it leaves
 * behind. Nobody answers here: tests/lab has the NATs. */
#include "../ice/ice-peer.h"
#include "descriptors.h"

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-punch-attempt-private.h"
#include "floe-punch-budget-private.h"
#include "floe-punch-sockets-private.h"
G_END_DECLS

namespace
{

constexpr FloeProbePolicy kPolicy = { FALSE, FLOE_PROBE_NETWORK_UNMETERED, 200 };
constexpr FloeProbePolicy kMetered = { FALSE, FLOE_PROBE_NETWORK_METERED, 200 };
constexpr FloeProbePolicy kOff = { TRUE, FLOE_PROBE_NETWORK_UNMETERED, 200 };

FloeStunAddress
Address (const char *text, guint16 port = 0)
{
  FloeStunAddress address;

  EXPECT_TRUE (floe_stun_address_from_text (text, &address));
  address.port = port;
  return address;
}

/* What facts there would be, with the loopback address as base: packets to the Internet have no way
 * out from there. */
class PunchAttempt : public IceTest
{
protected:
  PunchAttempt () : peer_ (context_, {})
  {
    tactics_.context = context_;
    tactics_.ice = peer_.transport;
    tactics_.local_ufrag = "abcd";
    tactics_.local_pwd = "abcdefghijklmnopqrstuv";
    tactics_.remote_ufrag = "efgh";
    tactics_.remote_pwd = "zyxwvutsrqponmlkjihgfe";
    tactics_.local.punching = tactics_.remote.punching = FLOE_PUNCHING_BLOCK;
    tactics_.locals = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
    tactics_.remotes = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
    facts_.config.role = FLOE_PUNCH_ROLE_MANY;
    facts_.base = Address ("127.0.0.1");
    facts_.request.pair = "here there";
    facts_.request.socket_count = 32;
    facts_.request.has_consent = TRUE;
    Aim ("203.0.113.1");
  }
  ~PunchAttempt () override
  {
    g_clear_pointer (&attempt_, floe_punch_attempt_free);
    floe_punch_budget_give_back (this);
    g_array_unref (tactics_.locals);
    g_array_unref (tactics_.remotes);
  }
  void SetUp () override
  {
    if (floe_punch_sockets_get_room (64) < 64)
      GTEST_SKIP () << "not on this system, or hardly any descriptors are left";
  }

  void Aim (const char *target)
  {
    facts_.request.target = target_ = Address (target, 6000);
    facts_.request.named = &target_;
    facts_.request.named_count = 1;
    pair_ = std::string ("here ") + target;
    facts_.request.pair = pair_.c_str ();
  }
  const FloePunchAttemptResult *Begin (const FloeProbePolicy &policy = kPolicy)
  {
    FloeProbeBudgetCore *budget = floe_punch_budget_take (this, &policy);

    EXPECT_NE (budget, nullptr);
    descriptors_ = CountDescriptors ();
    attempt_ = floe_punch_attempt_new (
        &tactics_, &facts_, budget,
        [] (gpointer self) { static_cast<PunchAttempt *> (self)->told_count_++; }, this);
    return floe_punch_attempt_get_result (attempt_);
  }
  /* That are the attempt's: its sockets, and one that watches them. */
  int Opened () const
  {
    return CountDescriptors () - descriptors_;
  }

  IcePeer peer_;
  FloeTacticContext tactics_ = {};
  FloePunchFacts facts_ = {};
  FloeStunAddress target_;
  std::string pair_;
  FloePunchAttempt *attempt_ = nullptr;
  guint told_count_ = 0;
  int descriptors_ = 0;
};

TEST_F (PunchAttempt, OpensItsSocketsAndLeavesNoneBehind)
{
  const FloePunchAttemptResult *result = Begin ();

  EXPECT_TRUE (Run (20000, [&] { return Opened () == 32 + 1; }));
  EXPECT_EQ (result->state, FLOE_PUNCH_ATTEMPT_UNDER_WAY);
  Pause (50);
  EXPECT_EQ (Opened (), 32 + 1) << "and not one more";
  g_clear_pointer (&attempt_, floe_punch_attempt_free);
  EXPECT_EQ (Opened (), 0);
  EXPECT_EQ (told_count_, 0u);
}

TEST_F (PunchAttempt, ClosesAllWhenItsTimeIsOverAndSaysSoOnce)
{
  const FloePunchAttemptResult *result;

  Aim ("203.0.113.2");
  facts_.config.give_up_us = 100 * G_TIME_SPAN_MILLISECOND;
  result = Begin ();
  ASSERT_TRUE (Run (20000, [&] { return told_count_ > 0; }));
  EXPECT_EQ (result->state, FLOE_PUNCH_ATTEMPT_IN_VAIN);
  EXPECT_EQ (result->end, FLOE_PUNCH_END_TIMED_OUT);
  EXPECT_EQ (Opened (), 1) << "only what watched them is left";
  Pause (50);
  EXPECT_EQ (told_count_, 1u);
}

TEST_F (PunchAttempt, GoesOnWithTheSocketsThatThereIsRoomFor)
{
  const FloePunchAttemptResult *result;
  GMainContext *context = context_; /* sanitizers want descriptors to look at members */
  int before, after;

  Aim ("203.0.113.3");
  before = CountDescriptors ();
  {
    DescriptorLimit limit ((rlim_t) before + 10);

    result = Begin ();
    /* A few at least: others in this process may hold some of the rest for a moment. */
    EXPECT_TRUE (RunUntil (context, 10000, [=] { return CountDescriptors () >= before + 4; }));
    RunUntil (context, 100, [] { return false; });
    after = CountDescriptors ();
  }
  EXPECT_EQ (result->state, FLOE_PUNCH_ATTEMPT_UNDER_WAY);
  EXPECT_LE (after, before + 10);
}

struct RefusalCase
{
  const char *name;
  FloeProbeVerdict verdict;
  const char *target;
  FloeProbePolicy policy;
  FloePunchRole role;
};

class PunchAttemptRefused : public PunchAttempt, public testing::WithParamInterface<RefusalCase>
{
};

TEST_P (PunchAttemptRefused, OpensNothingAndSendsNothing)
{
  const FloePunchAttemptResult *result;

  Aim (GetParam ().target);
  facts_.config.role = GetParam ().role;
  facts_.request.has_consent = GetParam ().verdict != FLOE_PROBE_NO_CONSENT;
  result = Begin (GetParam ().policy);
  EXPECT_EQ (result->state, FLOE_PUNCH_ATTEMPT_IN_VAIN);
  EXPECT_EQ (result->end, FLOE_PUNCH_END_REFUSED);
  EXPECT_EQ (result->verdict, GetParam ().verdict);
  Pause (100);
  EXPECT_EQ (Opened (), GetParam ().role == FLOE_PUNCH_ROLE_MANY ? 1 : 0);
}

constexpr FloePunchRole kMany = FLOE_PUNCH_ROLE_MANY, kOne = FLOE_PUNCH_ROLE_ONE;

INSTANTIATE_TEST_SUITE_P (
    Reasons, PunchAttemptRefused,
    testing::Values (
        RefusalCase{ "Off", FLOE_PROBE_OFF, "203.0.113.4", kOff, kMany },
        RefusalCase{ "OffForWhoGuesses", FLOE_PROBE_OFF, "203.0.113.4", kOff, kOne },
        RefusalCase{ "Metered", FLOE_PROBE_METERED, "203.0.113.4", kMetered, kMany },
        RefusalCase{ "MeteredForWhoGuesses", FLOE_PROBE_METERED, "203.0.113.4", kMetered, kOne },
        RefusalCase{ "Private", FLOE_PROBE_NOT_PUBLIC, "192.168.1.1", kPolicy, kMany },
        RefusalCase{ "PrivateForWhoGuesses", FLOE_PROBE_NOT_PUBLIC, "10.0.0.1", kPolicy, kOne },
        RefusalCase{ "Carriers", FLOE_PROBE_NOT_PUBLIC, "100.64.0.1", kPolicy, kMany },
        RefusalCase{ "Multicast", FLOE_PROBE_NOT_PUBLIC, "224.0.0.1", kPolicy, kMany },
        RefusalCase{ "Loopback", FLOE_PROBE_NOT_PUBLIC, "127.0.0.1", kPolicy, kMany },
        RefusalCase{ "NoConsent", FLOE_PROBE_NO_CONSENT, "203.0.113.4", kPolicy, kMany }),
    [] (const auto &info) { return std::string (info.param.name); });

struct StartCase
{
  const char *name;
  FloeStrategyPart part;
  FloePunching local, remote;
  gboolean is_metered;
  bool starts;
};

class PunchTactic : public PunchAttempt, public testing::WithParamInterface<StartCase>
{
};

TEST_P (PunchTactic, BeginsOnlyWhenBothSidesOfferItAndSendsNothingWithoutConsent)
{
  const FloeTacticClass *kind = floe_tactic_find (GetParam ().part);
  FloeStrategyTactic plan = {};
  FloeTactic *tactic;

  ASSERT_NE (kind, nullptr);
  plan.part = GetParam ().part;
  plan.sockets = 32;
  plan.probes = 100;
  plan.rate = 200;
  tactics_.local.punching = GetParam ().local;
  tactics_.remote.punching = GetParam ().remote;
  tactics_.is_metered = GetParam ().is_metered;
  descriptors_ = CountDescriptors ();
  tactic = kind->start (&tactics_, &plan);
  EXPECT_EQ (tactic != nullptr, GetParam ().starts);
  if (tactic == nullptr)
    return;
  kind->handle_candidate (tactic);
  kind->handle_change (tactic);
  Pause (150);
  EXPECT_EQ (Opened (), 0);
  kind->free (tactic);
}

constexpr FloePunching kNone = FLOE_PUNCHING_NONE, kOneSided = FLOE_PUNCHING_ONE_SIDED,
                       kBlock = FLOE_PUNCHING_BLOCK;

INSTANTIATE_TEST_SUITE_P (
    Offers, PunchTactic,
    testing::Values (
        StartCase{ "Open", FLOE_STRATEGY_PART_OPEN, kOneSided, kOneSided, FALSE, true },
        StartCase{ "Spray", FLOE_STRATEGY_PART_SPRAY, kOneSided, kOneSided, FALSE, true },
        StartCase{ "Block", FLOE_STRATEGY_PART_BLOCK, kBlock, kBlock, FALSE, true },
        StartCase{ "BlockNotOffered", FLOE_STRATEGY_PART_BLOCK, kBlock, kOneSided, FALSE, false },
        StartCase{ "OffHere", FLOE_STRATEGY_PART_OPEN, kNone, kOneSided, FALSE, false },
        StartCase{ "OffThere", FLOE_STRATEGY_PART_SPRAY, kOneSided, kNone, FALSE, false },
        StartCase{ "Metered", FLOE_STRATEGY_PART_SPRAY, kOneSided, kOneSided, TRUE, false }),
    [] (const auto &info) { return std::string (info.param.name); });

} // namespace
