/* SPDX-License-Identifier: MPL-2.0 */
/* Every limit on what punching may cost, at its edge. */
#include "floe-probe-budget-core-private.h"
#include "floe-probe-target-private.h"

#include <gmock/gmock.h>

#include "floe-test.h"

namespace
{

constexpr gint64 kSecond = G_TIME_SPAN_SECOND;
constexpr FloeProbePolicy kUnknown = { FALSE, FLOE_PROBE_NETWORK_UNKNOWN, 0 };
constexpr gsize kSize = 96;

struct BudgetFree
{
  void operator() (FloeProbeBudgetCore *budget) const
  {
    floe_probe_budget_core_free (budget);
  }
};

class ProbeBudget : public testing::Test
{
protected:
  ProbeBudget ()
  {
    Renew (kUnknown);
  }
  void Renew (const FloeProbePolicy &policy)
  {
    budget_.reset (floe_probe_budget_core_new (&policy));
  }

  static FloeStunAddress Host (guint number)
  {
    return { { 198, 51, (guint8) (number / 256), (guint8) (number % 256) },
             FLOE_STUN_IPV4_SIZE,
             9 };
  }

  FloeProbeRequest Request (const FloeStunAddress &target, const char *pair = "here-there")
  {
    FloeProbeRequest request = {};

    named_ = target;
    request.target = target;
    request.named = &named_;
    request.named_count = 1;
    request.has_consent = TRUE;
    request.pair = pair;
    request.socket_count = FLOE_PROBE_MAX_SOCKETS;
    return request;
  }

  FloeProbeVerdict Begin (const FloeProbeRequest &request)
  {
    return floe_probe_budget_core_begin (budget_.get (), now_us_, &request, &grant_);
  }
  FloeProbeVerdict Begin (guint host = 1, const char *pair = "here-there")
  {
    return Begin (Request (Host (host), pair));
  }
  FloeProbeVerdict Take (guint host = 1, gsize size = kSize)
  {
    FloeStunAddress to = Host (host);

    to.port = ++port_;
    return floe_probe_budget_core_take (budget_.get (), now_us_, grant_.id, &to, size);
  }
  void End (FloeProbeEnd how)
  {
    floe_probe_budget_core_end (budget_.get (), now_us_, grant_.id, how);
  }
  /* Takes until it is told something else than to wait; how many were granted. */
  guint Drain (FloeProbeVerdict *last, guint host = 1, gsize size = kSize)
  {
    guint count = 0;

    while (true)
      {
        *last = Take (host, size);
        if (*last == FLOE_PROBE_WAIT)
          now_us_ = floe_probe_budget_core_get_ready (budget_.get (), now_us_);
        else if (*last == FLOE_PROBE_GRANTED)
          count++;
        else
          return count;
      }
  }
  /* Packets within a second that begins with a full bucket. */
  guint CountSecond ()
  {
    gint64 ends_us = now_us_ + kSecond;
    guint count = 0;

    for (; now_us_ < ends_us; now_us_ += 1000)
      while (Take () == FLOE_PROBE_GRANTED)
        count++;
    return count;
  }

  std::unique_ptr<FloeProbeBudgetCore, BudgetFree> budget_;
  FloeProbeGrant grant_ = {};
  FloeStunAddress named_ = {};
  gint64 now_us_ = 5 * kSecond;
  guint16 port_ = 1024;
};

struct Rate
{
  FloeProbeNetwork network;
  guint wanted, granted;
};

class ProbeRate : public ProbeBudget, public testing::WithParamInterface<Rate>
{
};

TEST_P (ProbeRate, IsKeptAndNeverAboveTheCap)
{
  Renew ({ FALSE, GetParam ().network, GetParam ().wanted });
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  EXPECT_NEAR (CountSecond (), GetParam ().granted + FLOE_PROBE_BURST, 2);
  for (guint i = 0; i < 3; i++)
    {
      guint count = CountSecond ();
      EXPECT_NEAR (count, GetParam ().granted, 2);
      EXPECT_LE (count, (guint) FLOE_PROBE_MAX_PER_S);
    }
}

INSTANTIATE_TEST_SUITE_P (Policies, ProbeRate,
                          testing::Values (Rate{ FLOE_PROBE_NETWORK_UNKNOWN, 0, 100 },
                                           Rate{ FLOE_PROBE_NETWORK_UNMETERED, 0, 200 },
                                           Rate{ FLOE_PROBE_NETWORK_UNMETERED, 20, 20 },
                                           Rate{ FLOE_PROBE_NETWORK_UNKNOWN, 100000, 240 },
                                           Rate{ FLOE_PROBE_NETWORK_UNMETERED, G_MAXUINT, 240 }));

TEST_F (ProbeBudget, TheFullestSecondIsWithinTheCap)
{
  Renew ({ FALSE, FLOE_PROBE_NETWORK_UNMETERED, 1000 });
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  EXPECT_LE (CountSecond (), (guint) FLOE_PROBE_MAX_PER_S);
}

TEST_F (ProbeBudget, TellsWhenTheNextPacketMayLeaveAndNotBefore)
{
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  for (guint i = 0; i < FLOE_PROBE_BURST; i++)
    EXPECT_EQ (Take (), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Take (), FLOE_PROBE_WAIT);
  now_us_ = floe_probe_budget_core_get_ready (budget_.get (), now_us_) - 1;
  EXPECT_EQ (Take (), FLOE_PROBE_WAIT);
  now_us_++;
  EXPECT_EQ (Take (), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Take (), FLOE_PROBE_WAIT);
}

/* The bucket is the process's: what one attempt has taken the next one lacks. */
TEST_F (ProbeBudget, IsOneForAllConnections)
{
  ASSERT_EQ (Begin (1, "a"), FLOE_PROBE_GRANTED);
  while (Take () == FLOE_PROBE_GRANTED)
    ;
  End (FLOE_PROBE_END_FOUND);
  ASSERT_EQ (Begin (2, "b"), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Take (2), FLOE_PROBE_WAIT);
}

TEST_F (ProbeBudget, OneAttemptIsUnderWayAtATime)
{
  FloeProbeGrant first;

  ASSERT_EQ (Begin (1, "a"), FLOE_PROBE_GRANTED);
  first = grant_;
  EXPECT_EQ (Begin (2, "b"), FLOE_PROBE_BUSY);
  EXPECT_EQ (grant_.id, first.id);
  End (FLOE_PROBE_END_FOUND);
  EXPECT_EQ (Begin (2, "b"), FLOE_PROBE_GRANTED);
  EXPECT_NE (grant_.id, first.id);
  grant_ = first;
  EXPECT_EQ (Take (2), FLOE_PROBE_SPENT) << "an attempt that has ended gets nothing";
}

TEST_F (ProbeBudget, AnAttemptHas2048PacketsAnd256Sockets)
{
  FloeProbeRequest request = Request (Host (1));
  FloeProbeVerdict last;

  request.socket_count = 1000;
  ASSERT_EQ (Begin (request), FLOE_PROBE_GRANTED);
  EXPECT_EQ (grant_.socket_count, 256u);
  EXPECT_EQ (grant_.packet_count, 2048u);
  EXPECT_EQ (Drain (&last), 2048u);
  EXPECT_EQ (last, FLOE_PROBE_SPENT);
}

TEST_F (ProbeBudget, AnAddressHasTwoAttemptsAnHourWhateverTheyAreFor)
{
  FloeProbeVerdict last;

  for (const char *pair : { "a", "b" })
    {
      ASSERT_EQ (Begin (1, pair), FLOE_PROBE_GRANTED);
      EXPECT_EQ (Drain (&last), 2048u);
      floe_probe_budget_core_handle_answer (budget_.get (), grant_.id);
      End (FLOE_PROBE_END_FOUND);
    }
  EXPECT_EQ (Begin (1, "c"), FLOE_PROBE_SPENT);
  EXPECT_EQ (Begin (2, "c"), FLOE_PROBE_GRANTED) << "others are others";
  End (FLOE_PROBE_END_FOUND);
  now_us_ += FLOE_PROBE_HOUR_US;
  EXPECT_EQ (Begin (1, "c"), FLOE_PROBE_GRANTED);
}

TEST_F (ProbeBudget, TheHourOfAnAddressBeginsWithTheLastPacket)
{
  FloeProbeVerdict last;
  gint64 last_us;

  for (const char *pair : { "a", "b" })
    {
      ASSERT_EQ (Begin (1, pair), FLOE_PROBE_GRANTED);
      Drain (&last);
      End (FLOE_PROBE_END_FOUND);
    }
  last_us = now_us_;
  now_us_ = last_us + FLOE_PROBE_HOUR_US - kSecond;
  EXPECT_EQ (Begin (1, "c"), FLOE_PROBE_SPENT);
}

TEST_F (ProbeBudget, AnAddressThatNeverAnsweredHasSoManyBytes)
{
  FloeProbeVerdict last;
  gsize size = 1000;

  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Drain (&last, 1, size), FLOE_PROBE_MAX_UNANSWERED_SIZE / size);
  EXPECT_EQ (last, FLOE_PROBE_SPENT);
  floe_probe_budget_core_handle_answer (budget_.get (), grant_.id);
  now_us_ += kSecond;
  EXPECT_EQ (Take (1, size), FLOE_PROBE_GRANTED) << "it has answered";
}

TEST_F (ProbeBudget, AnAttemptHasNoMorePacketsThanItWants)
{
  FloeProbeRequest request = Request (Host (1));
  FloeProbeVerdict last;

  request.packet_count = 100;
  ASSERT_EQ (Begin (request), FLOE_PROBE_GRANTED);
  EXPECT_EQ (grant_.packet_count, 100u);
  EXPECT_EQ (Drain (&last), 100u);
  EXPECT_EQ (last, FLOE_PROBE_SPENT);
}

TEST_F (ProbeBudget, AnAttemptMayNotGoElsewhere)
{
  ASSERT_EQ (Begin (1), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Take (2), FLOE_PROBE_NOT_NAMED);
}

struct Room
{
  guint table, block;
  gboolean is_spraying;
  guint sockets, packets;
};

class ProbeRoom : public ProbeBudget, public testing::WithParamInterface<Room>
{
};

TEST_P (ProbeRoom, OfTheRouterIsTakenAQuarterAtMost)
{
  FloeProbeRequest request = Request (Host (1));

  request.table_size = GetParam ().table;
  request.block_size = GetParam ().block;
  request.is_spraying = GetParam ().is_spraying;
  EXPECT_EQ (Begin (request), GetParam ().sockets != 0 ? FLOE_PROBE_GRANTED : FLOE_PROBE_NO_ROOM);
  EXPECT_EQ (grant_.socket_count, GetParam ().sockets);
  EXPECT_EQ (grant_.packet_count, GetParam ().packets);
}

INSTANTIATE_TEST_SUITE_P (
    Sizes, ProbeRoom,
    testing::Values (Room{ 0, 0, FALSE, 256, 2048 }, Room{ 65536, 0, FALSE, 256, 2048 },
                     Room{ 512, 0, FALSE, 128, 2048 }, Room{ 1024, 64, FALSE, 16, 2048 },
                     Room{ 3, 0, FALSE, 0, 0 }, Room{ 1024, 0, TRUE, 256, 256 },
                     Room{ 65536, 512, TRUE, 128, 128 }, Room{ 128, 0, TRUE, 0, 0 }));

TEST_F (ProbeBudget, IsOffByPolicyAndOnMeteredNetworks)
{
  Renew ({ TRUE, FLOE_PROBE_NETWORK_UNMETERED, 0 });
  EXPECT_EQ (Begin (), FLOE_PROBE_OFF);
  Renew ({ FALSE, FLOE_PROBE_NETWORK_METERED, 200 });
  EXPECT_EQ (Begin (), FLOE_PROBE_METERED);
}

TEST_F (ProbeBudget, AChangedPolicyHoldsForWhatIsUnderWay)
{
  FloeProbePolicy off = { TRUE, FLOE_PROBE_NETWORK_UNKNOWN, 0 };
  FloeProbePolicy slow = { FALSE, FLOE_PROBE_NETWORK_UNKNOWN, 10 };

  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  EXPECT_EQ (Take (), FLOE_PROBE_GRANTED);
  floe_probe_budget_core_set_policy (budget_.get (), now_us_, &slow);
  EXPECT_NEAR (CountSecond (), 10 + FLOE_PROBE_BURST, 2);
  floe_probe_budget_core_set_policy (budget_.get (), now_us_, &off);
  EXPECT_EQ (Take (), FLOE_PROBE_OFF);
}

TEST_F (ProbeBudget, TheSecondFailureEndsItForAnHour)
{
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  End (FLOE_PROBE_END_IN_VAIN);
  now_us_ += kSecond - 1;
  EXPECT_EQ (Begin (), FLOE_PROBE_TOO_SOON);
  now_us_ += 1;
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  End (FLOE_PROBE_END_IN_VAIN);
  EXPECT_EQ (floe_probe_budget_core_get_retry (budget_.get (), now_us_, "here-there"),
             now_us_ + FLOE_PROBE_HOUR_US);
  now_us_ += FLOE_PROBE_HOUR_US - 1;
  EXPECT_EQ (Begin (), FLOE_PROBE_TOO_SOON);
  EXPECT_EQ (Begin (1, "other-there"), FLOE_PROBE_GRANTED) << "of this pair of networks";
  End (FLOE_PROBE_END_FOUND);
  now_us_ += 1;
  EXPECT_EQ (Begin (), FLOE_PROBE_GRANTED);
}

TEST_F (ProbeBudget, PausesGrowFrom1To64SecondsAndSuccessEndsThem)
{
  for (gint64 pause_s : { 1, 2, 4, 8, 16, 32, 64, 64 })
    {
      ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
      End (FLOE_PROBE_END_STOPPED);
      EXPECT_EQ (floe_probe_budget_core_get_retry (budget_.get (), now_us_, "here-there"),
                 now_us_ + pause_s * kSecond);
      now_us_ += pause_s * kSecond;
    }
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  End (FLOE_PROBE_END_FOUND);
  EXPECT_EQ (Begin (), FLOE_PROBE_GRANTED);
}

TEST_F (ProbeBudget, RemembersABoundedNumberAndThenBeginsNothing)
{
  for (guint i = 0; i < FLOE_PROBE_MAX_RECORDS; i++)
    {
      ASSERT_EQ (Begin (i, std::to_string (i).c_str ()), FLOE_PROBE_GRANTED);
      End (FLOE_PROBE_END_FOUND);
    }
  EXPECT_EQ (Begin (1000, "new"), FLOE_PROBE_SPENT);
  EXPECT_EQ (Begin (1000, "1"), FLOE_PROBE_SPENT);
  EXPECT_EQ (Begin (1, "new"), FLOE_PROBE_SPENT);
  EXPECT_EQ (Begin (1, "1"), FLOE_PROBE_GRANTED) << "who is known may";
  End (FLOE_PROBE_END_FOUND);
  now_us_ += FLOE_PROBE_HOUR_US;
  EXPECT_EQ (Begin (1000, "new"), FLOE_PROBE_GRANTED);
}

TEST_F (ProbeBudget, EndsOnce)
{
  ASSERT_EQ (Begin (), FLOE_PROBE_GRANTED);
  End (FLOE_PROBE_END_FOUND);
  End (FLOE_PROBE_END_IN_VAIN);
  EXPECT_EQ (Begin (), FLOE_PROBE_GRANTED);
}

TEST_F (ProbeBudget, VerdictsHaveWords)
{
  for (guint i = 0; i <= FLOE_PROBE_NO_ROOM; i++)
    EXPECT_STRNE (floe_probe_verdict_to_string ((FloeProbeVerdict) i), "");
}

struct Target
{
  const char *name;
  FloeStunAddress address;
  bool is_public;
};

FloeStunAddress
V4 (guint8 a, guint8 b, guint8 c, guint8 d)
{
  return { { a, b, c, d }, FLOE_STUN_IPV4_SIZE, 9 };
}

FloeStunAddress
V6 (std::vector<guint8> head, std::vector<guint8> tail = {})
{
  FloeStunAddress address = { {}, FLOE_STUN_IPV6_SIZE, 9 };

  std::copy (head.begin (), head.end (), address.bytes);
  std::copy (tail.begin (), tail.end (), address.bytes + sizeof address.bytes - tail.size ());
  return address;
}

class ProbeTarget : public testing::TestWithParam<Target>
{
};

TEST_P (ProbeTarget, IsAHostOnTheInternetOrRefused)
{
  EXPECT_EQ (floe_probe_target_is_public (&GetParam ().address), GetParam ().is_public);
}

INSTANTIATE_TEST_SUITE_P (
    Addresses, ProbeTarget,
    testing::Values (
        Target{ "Global", V4 (9, 9, 9, 9), true }, Target{ "Unspecified", V4 (0, 0, 0, 0), false },
        Target{ "ThisNetwork", V4 (0, 1, 2, 3), false },
        Target{ "Private10", V4 (10, 0, 0, 1), false },
        Target{ "Shared", V4 (100, 64, 0, 1), false },
        Target{ "Loopback", V4 (127, 0, 0, 1), false },
        Target{ "LinkLocal", V4 (169, 254, 1, 1), false },
        Target{ "Private172", V4 (172, 31, 255, 1), false },
        Target{ "NotPrivate172", V4 (172, 32, 0, 1), true },
        Target{ "Protocols", V4 (192, 0, 0, 8), false },
        Target{ "SixToFourRelay", V4 (192, 88, 99, 1), false },
        Target{ "Private192", V4 (192, 168, 0, 1), false },
        Target{ "Benchmark", V4 (198, 19, 0, 1), false },
        Target{ "NotBenchmark", V4 (198, 20, 0, 1), true },
        Target{ "Multicast", V4 (224, 0, 0, 1), false },
        Target{ "Reserved", V4 (240, 0, 0, 1), false },
        Target{ "Broadcast", V4 (255, 255, 255, 255), false },
        Target{ "None", FloeStunAddress{}, false }, Target{ "Global6", V6 ({ 0x2a, 1 }), true },
        Target{ "Unspecified6", V6 ({}), false }, Target{ "Loopback6", V6 ({}, { 1 }), false },
        Target{ "Compatible", V6 ({}, { 9, 9, 9, 9 }), false },
        Target{ "Mapped", V6 ({}, { 0xff, 0xff, 9, 9, 9, 9 }), false },
        Target{ "LinkLocal6", V6 ({ 0xfe, 0x80 }), false },
        Target{ "SiteLocal", V6 ({ 0xfe, 0xc0 }), false }, Target{ "Unique", V6 ({ 0xfd }), false },
        Target{ "Multicast6", V6 ({ 0xff, 2 }), false }, Target{ "Discard", V6 ({ 1 }), false },
        Target{ "Teredo", V6 ({ 0x20, 1, 0, 0 }), false },
        Target{ "SixToFour", V6 ({ 0x20, 2 }), false },
        Target{ "Nat64", V6 ({ 0, 0x64, 0xff, 0x9b }, { 9, 9, 9, 9 }), true },
        Target{ "Nat64OfPrivate", V6 ({ 0, 0x64, 0xff, 0x9b }, { 10, 0, 0, 1 }), false },
        Target{ "Nat64Local", V6 ({ 0, 0x64, 0xff, 0x9b, 0, 1 }, { 9, 9, 9, 9 }), false }),
    [] (const auto &info) { return std::string (info.param.name); });

} // namespace
