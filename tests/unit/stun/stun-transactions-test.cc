/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-transactions-core-private.h"

#include "stun-messages.h"

class StunTransactions : public testing::Test
{
protected:
  void TearDown () override
  {
    floe_stun_transactions_core_free (core_);
  }

  static FloeStunTransaction Make (guint64 id, const FloeStunTiming &timing = {})
  {
    FloeStunTransaction transaction = {};

    transaction.id = id;
    transaction.to = { 0, AddressOf (1, 3478) };
    transaction.timing = timing;
    transaction.give_up_at_us = G_MAXINT64;
    return transaction;
  }
  bool Start (FloeStunTransaction transaction, const Bytes &request)
  {
    g_autoptr (GBytes) message = g_bytes_new (request.data (), request.size ());

    transaction.message = message;
    return floe_stun_transactions_core_start (core_, now_us_, &transaction);
  }
  bool Start (guint64 id, const FloeStunTiming &timing = {})
  {
    return Start (Make (id, timing), BuildRequest (
                                         1, [] (auto *) {}, (guint8) id));
  }

  /* Runs from deadline to deadline until nothing is left; the times in ms, as "send" and "expired".
   */
  std::string Trace ()
  {
    std::string trace;
    gint64 deadline_us;

    for (;;)
      {
        FloeStunTransactionOutput output;
        while (floe_stun_transactions_core_poll (core_, &output))
          {
            trace += std::to_string ((now_us_ - start_us_) / 1000);
            trace += output.type == FLOE_STUN_TRANSACTION_SEND ? " "
                     : output.was_rejected                     ? " violated "
                                                               : " expired ";
          }
        deadline_us = floe_stun_transactions_core_get_deadline (core_);
        if (deadline_us == -1)
          return trace;
        EXPECT_GT (deadline_us, now_us_);
        floe_stun_transactions_core_handle_timeout (core_, deadline_us - 1);
        EXPECT_FALSE (floe_stun_transactions_core_poll (core_, &output)) << "before the deadline";
        now_us_ = deadline_us;
        floe_stun_transactions_core_handle_timeout (core_, now_us_);
      }
  }
  void Drain ()
  {
    FloeStunTransactionOutput output;
    while (floe_stun_transactions_core_poll (core_, &output))
      ;
  }

  FloeStunArrival Arrive (const Bytes &response, const FloeStunRoute &from)
  {
    FloeStunMessage message = ParseMessage (response);

    return floe_stun_transactions_core_handle_response (core_, &message, &from, &matched_);
  }

  static constexpr gint64 start_us_ = 7000000;
  gint64 now_us_ = start_us_;
  guint64 matched_ = 0;
  FloeStunTransactionsCore *core_ = floe_stun_transactions_core_new (3);
  const FloeStunCounters *counters_ = floe_stun_transactions_core_get_counters (core_);
};

/* RFC 8489 section 6.2.1: "requests would be sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms,
 * 15500 ms, and 31500 ms. If the client has not received a response after 39500 ms, the client will
 * consider the transaction to have timed out." */
TEST_F (StunTransactions, AreSentAtTheTimesOfSection621)
{
  ASSERT_TRUE (Start (1));
  EXPECT_EQ (Trace (), "0 500 1500 3500 7500 15500 31500 39500 expired ");
  EXPECT_EQ (counters_->sent, 7u);
}

struct TimingCase
{
  const char *name;
  FloeStunTiming timing;
  gboolean is_reliable;
  const char *trace;
};

class StunTransactionTiming : public StunTransactions,
                              public testing::WithParamInterface<TimingCase>
{
};

TEST_P (StunTransactionTiming, IsKept)
{
  FloeStunTransaction transaction = Make (1, GetParam ().timing);

  transaction.is_reliable = GetParam ().is_reliable;
  ASSERT_TRUE (Start (transaction, BuildRequest (1)));
  EXPECT_EQ (Trace (), GetParam ().trace);
}

#define MS G_TIME_SPAN_MILLISECOND

INSTANTIATE_TEST_SUITE_P (
    Timings, StunTransactionTiming,
    testing::Values (
        TimingCase{ "Fast", { 200 * MS, 3, 2, 0, 0 }, FALSE, "0 200 600 1000 expired " },
        TimingCase{ "Once", { 100 * MS, 1, 1, 0, 0 }, FALSE, "0 100 expired " },
        TimingCase{ "CutShort",
                    { 200 * MS, 0, 0, 0, 1200 * MS },
                    FALSE,
                    "0 200 600 1200 expired " },
        TimingCase{ "CutShortWhereItWouldBeSent",
                    { 200 * MS, 0, 0, 0, 600 * MS },
                    FALSE,
                    "0 200 600 expired " },
        TimingCase{ "ReliableSection622", {}, TRUE, "0 39500 expired " },
        TimingCase{ "ReliableTi", { 0, 0, 0, 5000 * MS, 0 }, TRUE, "0 5000 expired " },
        TimingCase{ "TooFast", { 1, 2, 1, 0, 0 }, FALSE, "0 10 20 expired " },
        TimingCase{ "TooOften",
                    { 10 * MS, 1000, 1, 0, 100 * MS },
                    FALSE,
                    "0 10 30 70 100 expired " }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (StunTransactions, OfAProcessThatSleptAreSentOnceAndNotAllAtOnce)
{
  ASSERT_TRUE (Start (1));
  Drain ();
  now_us_ += 10 * G_TIME_SPAN_SECOND;
  floe_stun_transactions_core_handle_timeout (core_, now_us_);
  EXPECT_EQ (Trace (), "10000 11000 13000 17000 25000 41000 49000 expired ");
}

TEST_F (StunTransactions, AreBounded)
{
  EXPECT_TRUE (Start (1) && Start (2) && Start (3));
  EXPECT_FALSE (Start (4)) << "too many";
  floe_stun_transactions_core_finish (core_, now_us_, 2);
  EXPECT_FALSE (Start (3)) << "in use";
  EXPECT_TRUE (Start (4));
  EXPECT_EQ (floe_stun_transactions_core_get_count (core_), 3u);
}

TEST_F (StunTransactions, AreOfRequestsOnly)
{
  Bytes request = BuildRequest (1);

  EXPECT_FALSE (Start (Make (1), BuildResponse (request, FLOE_STUN_SUCCESS)));
  request.pop_back ();
  EXPECT_FALSE (Start (Make (1), request));
}

struct ArrivalCase
{
  const char *name;
  std::function<void (Bytes &response, FloeStunRoute &from)> change;
  FloeStunArrival arrival;
  guint FloeStunCounters::*counter;
};

class StunTransactionArrival : public StunTransactions,
                               public testing::WithParamInterface<ArrivalCase>
{
};

/* RFC 8489 section 6.3, and what makes a response that somebody else invents worthless. */
TEST_P (StunTransactionArrival, IsToldAndCounted)
{
  FloeStunRoute from = { 0, AddressOf (1, 3478) };
  Bytes request = BuildRequest (1), response = BuildResponse (request, FLOE_STUN_SUCCESS);

  ASSERT_TRUE (Start (Make (5), request));
  Drain ();
  GetParam ().change (response, from);
  EXPECT_EQ (Arrive (response, from), GetParam ().arrival);
  EXPECT_EQ (counters_->*GetParam ().counter, 1u);
  EXPECT_EQ (matched_, GetParam ().arrival == FLOE_STUN_ARRIVAL_MATCHED ? 5u : 0u);
  EXPECT_EQ (floe_stun_transactions_core_get_count (core_), 1u) << "nothing ends by itself";
}

INSTANTIATE_TEST_SUITE_P (
    Arrivals, StunTransactionArrival,
    testing::Values (ArrivalCase{ "Right", [] (auto &, auto &) {}, FLOE_STUN_ARRIVAL_MATCHED,
                                  &FloeStunCounters::matched },
                     ArrivalCase{ "OtherId", [] (auto &response, auto &) { response[19] ^= 1; },
                                  FLOE_STUN_ARRIVAL_UNKNOWN, &FloeStunCounters::unknown },
                     ArrivalCase{ "OtherAddress",
                                  [] (auto &, auto &from) { from.remote.bytes[3]++; },
                                  FLOE_STUN_ARRIVAL_WRONG_ROUTE, &FloeStunCounters::wrong_route },
                     ArrivalCase{ "OtherPort", [] (auto &, auto &from) { from.remote.port++; },
                                  FLOE_STUN_ARRIVAL_WRONG_ROUTE, &FloeStunCounters::wrong_route },
                     ArrivalCase{ "OtherFamily", [] (auto &, auto &from) { from.remote.size = 16; },
                                  FLOE_STUN_ARRIVAL_WRONG_ROUTE, &FloeStunCounters::wrong_route },
                     ArrivalCase{ "OtherSocket", [] (auto &, auto &from) { from.local = 1; },
                                  FLOE_STUN_ARRIVAL_WRONG_ROUTE, &FloeStunCounters::wrong_route },
                     ArrivalCase{ "OtherMethod", [] (auto &response, auto &) { response[1] ^= 2; },
                                  FLOE_STUN_ARRIVAL_WRONG_METHOD,
                                  &FloeStunCounters::wrong_method }),
    [] (const auto &info) { return std::string (info.param.name); });

/* RFC 5780 section 4.4: the answer to a CHANGE-REQUEST comes from elsewhere, and from there only.
 */
TEST_F (StunTransactions, MayExpectTheResponseFromElsewhere)
{
  FloeStunTransaction transaction = Make (1);
  Bytes request = BuildRequest (1), response = BuildResponse (request, FLOE_STUN_SUCCESS);

  transaction.from = { 4, AddressOf (2, 3479) };
  ASSERT_TRUE (Start (transaction, request));
  EXPECT_EQ (Arrive (response, transaction.to), FLOE_STUN_ARRIVAL_WRONG_ROUTE);
  EXPECT_EQ (Arrive (response, transaction.from), FLOE_STUN_ARRIVAL_MATCHED);
}

TEST_F (StunTransactions, ThatAreOverCountDuplicatesAsStale)
{
  FloeStunRoute from = { 0, AddressOf (1, 3478) };
  Bytes request = BuildRequest (1), response = BuildResponse (request, FLOE_STUN_SUCCESS);

  ASSERT_TRUE (Start (Make (1), request));
  EXPECT_EQ (Arrive (response, from), FLOE_STUN_ARRIVAL_MATCHED);
  floe_stun_transactions_core_finish (core_, now_us_, 1);
  EXPECT_EQ (Arrive (response, from), FLOE_STUN_ARRIVAL_STALE);

  for (guint8 id = 1; id <= 64; id++)
    {
      ASSERT_TRUE (Start (id));
      floe_stun_transactions_core_finish (core_, now_us_, id);
    }
  EXPECT_EQ (Arrive (response, from), FLOE_STUN_ARRIVAL_UNKNOWN) << "the memory is bounded";
  EXPECT_EQ (counters_->stale, 1u);
  EXPECT_EQ (counters_->unknown, 1u);
}

/* RFC 8489 section 9.1.4: "as if it had never been received. This means that retransmits, if
 * applicable, will continue." */
TEST_F (StunTransactions, GoOnAfterARejectedResponse)
{
  ASSERT_TRUE (Start (1, { 200 * MS, 2, 1, 0, 0 }));
  floe_stun_transactions_core_reject (core_, 1);
  EXPECT_EQ (Trace (), "0 200 400 violated ");
  EXPECT_EQ (counters_->rejected, 1u);
}

TEST_F (StunTransactions, EndWithARejectedResponseWhereNothingIsLost)
{
  FloeStunTransaction transaction = Make (1);

  transaction.is_reliable = TRUE;
  ASSERT_TRUE (Start (transaction, BuildRequest (1)));
  Drain ();
  floe_stun_transactions_core_reject (core_, 1);
  EXPECT_EQ (Trace (), "0 violated ");
}

TEST_F (StunTransactions, ThatAreHastenedEndEarlierAndNeverLater)
{
  ASSERT_TRUE (Start (1, { 200 * MS, 0, 0, 0, 500 * MS }));
  floe_stun_transactions_core_hasten (core_, 1, now_us_ + 900 * MS);
  floe_stun_transactions_core_hasten (core_, 1, now_us_ + 300 * MS);
  EXPECT_EQ (Trace (), "0 200 300 expired ");
}

/* RFC 8489 section 6.2.1 points to Karn: a response does not tell which of several sendings it is
 * to. */
TEST_F (StunTransactions, TellTheRoundTripTimeOnlyWhenSentOnce)
{
  ASSERT_TRUE (Start (1) && Start (2));
  EXPECT_EQ (floe_stun_transactions_core_finish (core_, now_us_ + 40 * MS, 1), 40 * MS);
  floe_stun_transactions_core_handle_timeout (core_, now_us_ + 500 * MS);
  EXPECT_EQ (floe_stun_transactions_core_finish (core_, now_us_ + 540 * MS, 2), -1);
  EXPECT_EQ (floe_stun_transactions_core_finish (core_, now_us_, 3), -1);
}
