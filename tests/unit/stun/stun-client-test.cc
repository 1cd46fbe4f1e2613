/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-client-core-private.h"

#include <cstring>

#include <floe/floe-error.h>

#include "stun-messages.h"

class StunClient : public testing::Test
{
protected:
  void SetUp () override
  {
    credentials_ = floe_stun_credentials_new_long_term ("alice", "secret", nullptr);
  }
  void TearDown () override
  {
    floe_stun_client_core_free (client_);
    floe_stun_credentials_unref (credentials_);
  }

  FloeStunRequest Make (const Bytes &wire)
  {
    FloeStunRequest request = {};

    request.data = wire.data ();
    request.size = wire.size ();
    request.to = route_;
    request.credentials = credentials_;
    return request;
  }
  guint64 Start (const Fill &fill = [] (auto *) {})
  {
    Bytes wire = BuildRequest (FLOE_STUN_METHOD_ALLOCATE, fill);
    FloeStunRequest request = Make (wire);

    return floe_stun_client_core_start (client_, now_us_, &request, error_);
  }

  /* The one request that is sent now; empty when there is none. */
  Bytes Sent ()
  {
    FloeStunOutput output;

    if (!floe_stun_client_core_poll (client_, &output))
      return {};
    EXPECT_EQ (output.type, FLOE_STUN_OUTPUT_SEND);
    return output.type == FLOE_STUN_OUTPUT_SEND ? Bytes (output.data, output.data + output.size)
                                                : Bytes ();
  }
  const FloeStunOutcome *Outcome ()
  {
    FloeStunOutput output;

    if (!floe_stun_client_core_poll (client_, &output) || output.type != FLOE_STUN_OUTPUT_DONE)
      return nullptr;
    EXPECT_EQ (output.outcome->error == nullptr,
               output.outcome->result == FLOE_STUN_RESULT_SUCCESS);
    return output.outcome;
  }
  bool Arrive (const Bytes &datagram)
  {
    return floe_stun_client_core_handle_datagram (client_, now_us_, &route_, datagram.data (),
                                                  datagram.size ());
  }
  /* From deadline to deadline until something is over. */
  const FloeStunOutcome *RunOut ()
  {
    for (int i = 0; i < 100; i++)
      {
        FloeStunOutput output;
        while (floe_stun_client_core_poll (client_, &output))
          {
            if (output.type == FLOE_STUN_OUTPUT_DONE)
              return output.outcome;
          }
        now_us_ = floe_stun_client_core_get_deadline (client_);
        if (now_us_ == -1)
          return nullptr;
        floe_stun_client_core_handle_timeout (client_, now_us_);
      }
    return nullptr;
  }

  gint64 now_us_ = 1000000;
  FloeStunRoute route_ = { 3, AddressOf (7, 3478) };
  FakeServer server_;
  FloeStunCredentials *credentials_;
  FloeStunClientCore *client_ = floe_stun_client_core_new (2);
  ErrorHolder error_;
};

TEST_F (StunClient, AnswersTheChallengeAndTellsTheAuthenticResponse)
{
  guint64 id = Start ();
  Bytes first = Sent ();
  now_us_ += 30000;
  EXPECT_TRUE (Arrive (server_.Answer (first)));
  Bytes second = Sent ();
  EXPECT_NE (Bytes (first.begin () + 8, first.begin () + 20),
             Bytes (second.begin () + 8, second.begin () + 20))
      << "a new transaction has a new id";
  now_us_ += 40000;
  EXPECT_TRUE (Arrive (server_.Answer (second)));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->id, id);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_SUCCESS);
  EXPECT_TRUE (outcome->is_authentic);
  EXPECT_EQ (outcome->rtt_us, 40000);
  EXPECT_EQ (outcome->elapsed_us, 70000);
  EXPECT_EQ (outcome->response.method, FLOE_STUN_METHOD_ALLOCATE);
  EXPECT_EQ (Outcome (), nullptr);
  EXPECT_EQ (floe_stun_client_core_get_deadline (client_), -1);
}

/* RFC 8489 section 14.2 XORs IPv6 addresses with the transaction id, which each transaction has of
 * its own. */
TEST_F (StunClient, BeginsEveryTransactionIdWithThePrefixAndLeavesTheRestRandom)
{
  Bytes wire = BuildRequest (FLOE_STUN_METHOD_ALLOCATE, [] (auto *) {});
  FloeStunRequest request = Make (wire);
  const Bytes prefix = { 0xde, 0xad, 0xbe, 0xef };

  memcpy (request.id_prefix, prefix.data (), prefix.size ());
  request.id_prefix_size = prefix.size ();
  floe_stun_client_core_start (client_, now_us_, &request, error_);
  Bytes first = Sent ();
  EXPECT_TRUE (Arrive (server_.Answer (first)));
  Bytes second = Sent ();
  ASSERT_GE (second.size (), 20u);
  EXPECT_EQ (Bytes (first.begin () + 8, first.begin () + 12), prefix);
  EXPECT_EQ (Bytes (second.begin () + 8, second.begin () + 12), prefix);
  EXPECT_NE (Bytes (first.begin () + 12, first.begin () + 20),
             Bytes (second.begin () + 12, second.begin () + 20));
}

TEST_F (StunClient, SaysTheSameInEveryTransaction)
{
  FloeStunAddress peers[] = { AddressOf (9, 1), { { 0x20, 1, 0xd, 0xb8 }, 16, 2 } };
  Start ([&] (auto *builder) {
    floe_stun_builder_add_uint (builder, FLOE_STUN_LIFETIME, 600, 4);
    for (const FloeStunAddress &peer : peers)
      floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_PEER_ADDRESS, &peer);
    floe_stun_builder_add_fingerprint (builder);
  });
  Bytes first = Sent ();
  Arrive (server_.Answer (first));
  for (const Bytes &wire : { first, Sent () })
    {
      FloeStunMessage message = ParseMessage (wire);
      FloeStunIterator iterator = floe_stun_iterator_init (&message);
      FloeStunAttribute attribute;
      FloeStunAddress address;

      ASSERT_TRUE (floe_stun_iterator_next (&iterator, &attribute));
      EXPECT_EQ (attribute.type, FLOE_STUN_LIFETIME);
      for (const FloeStunAddress &peer : peers)
        {
          ASSERT_TRUE (floe_stun_iterator_next (&iterator, &attribute));
          ASSERT_TRUE (
              floe_stun_attribute_get_xor_address (&attribute, message.transaction_id, &address));
          EXPECT_TRUE (floe_stun_address_equal (&address, &peer));
        }
      EXPECT_TRUE (floe_stun_message_has (&message, FLOE_STUN_FINGERPRINT));
    }
}

TEST_F (StunClient, AsksWithoutCredentialsWhereThereAreNone)
{
  Bytes wire = BuildRequest (FLOE_STUN_METHOD_BINDING);
  FloeStunRequest request = Make (wire);

  request.credentials = nullptr;
  ASSERT_NE (floe_stun_client_core_start (client_, now_us_, &request, error_), 0u);
  Arrive (server_.Challenge (Sent (), 401));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_ERROR);
  EXPECT_EQ (outcome->error_code, 401u);
  EXPECT_FALSE (outcome->is_authentic);
}

struct EndCase
{
  const char *name;
  std::function<Bytes (const FakeServer &server, const Bytes &request)> respond;
  FloeStunResult result;
  guint error_code;
  gint64 after_ms;
};

class StunClientEnds : public StunClient, public testing::WithParamInterface<EndCase>
{
};

/* One answer to the request with proof, and what comes of it when nothing else arrives. */
TEST_P (StunClientEnds, AsTheResponseDeserves)
{
  Start ();
  Arrive (server_.Answer (Sent ()));
  Bytes response = GetParam ().respond (server_, Sent ());
  gint64 start_us = now_us_;
  EXPECT_TRUE (response.empty () || Arrive (response));
  const FloeStunOutcome *outcome = RunOut ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, GetParam ().result) << outcome->error->message;
  EXPECT_FALSE (outcome->is_authentic && outcome->result != FLOE_STUN_RESULT_BROKEN);
  EXPECT_EQ (outcome->error_code, GetParam ().error_code);
  EXPECT_EQ ((now_us_ - start_us) / 1000, GetParam ().after_ms);
  EXPECT_NE (outcome->error, nullptr);
}

INSTANTIATE_TEST_SUITE_P (
    Responses, StunClientEnds,
    testing::Values (
        EndCase{ "None", [] (auto &, auto &) { return Bytes (); }, FLOE_STUN_RESULT_TIMED_OUT, 401,
                 39500 },
        EndCase{ "SuccessWithoutProof",
                 [] (auto &, auto &request) { return BuildResponse (request, FLOE_STUN_SUCCESS); },
                 FLOE_STUN_RESULT_VIOLATED, 401, 39500 },
        EndCase{ "BadRequestWithoutProof",
                 [] (auto &, auto &request) { return BuildError (request, 400); },
                 FLOE_STUN_RESULT_VIOLATED, 400, 39500 },
        EndCase{ "ErrorWithoutProof",
                 [] (auto &, auto &request) { return BuildError (request, 486); },
                 FLOE_STUN_RESULT_ERROR, 486, 500 },
        EndCase{ "WrongPassword",
                 [] (auto &server, auto &request) { return server.Challenge (request, 401); },
                 FLOE_STUN_RESULT_REFUSED, 401, 0 },
        EndCase{ "SameNonceStale",
                 [] (auto &server, auto &request) { return server.Challenge (request, 438); },
                 FLOE_STUN_RESULT_UNUSABLE, 438, 0 },
        EndCase{ "ErrorWithoutCode",
                 [] (auto &server, auto &request) {
                   return server.Prove (request, FLOE_STUN_ERROR, [] (auto *) {});
                 },
                 FLOE_STUN_RESULT_BROKEN, 401, 0 },
        EndCase{ "NotToBeUnderstood",
                 [] (auto &server, auto &request) {
                   return server.Prove (request, FLOE_STUN_SUCCESS, [] (auto *builder) {
                     floe_stun_builder_add (builder, 0x7abc, "", 0);
                   });
                 },
                 FLOE_STUN_RESULT_BROKEN, 401, 0 }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (StunClient, AProvedResponseWinsOverAnEarlierErrorWithoutProof)
{
  Start ();
  Arrive (server_.Answer (Sent ()));
  Bytes request = Sent ();
  Arrive (BuildError (request, 437));
  now_us_ += 499000;
  Arrive (server_.Answer (request));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_SUCCESS);
  EXPECT_TRUE (outcome->is_authentic);
}

/* Each later error must not make the wait longer. */
TEST_F (StunClient, ErrorsWithoutProofCannotHoldARequestOpen)
{
  Start ();
  Arrive (server_.Answer (Sent ()));
  Bytes request = Sent ();
  gint64 start_us = now_us_;
  for (int i = 0; i < 4; i++)
    {
      Arrive (BuildError (request, 437));
      now_us_ += 100000;
      floe_stun_client_core_handle_timeout (client_, now_us_);
    }
  ASSERT_NE (RunOut (), nullptr);
  EXPECT_EQ (now_us_ - start_us, 500000);
}

TEST_F (StunClient, TellsAReliableTransportsViolationAtOnce)
{
  Bytes wire = BuildRequest (FLOE_STUN_METHOD_ALLOCATE);
  FloeStunRequest request = Make (wire);

  request.is_reliable = TRUE;
  floe_stun_client_core_start (client_, now_us_, &request, error_);
  Arrive (server_.Answer (Sent ()));
  Arrive (BuildResponse (Sent (), FLOE_STUN_SUCCESS));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_VIOLATED);
}

/* A server that answers everything with another challenge. */
TEST_F (StunClient, FollowsABoundedNumberOfChallenges)
{
  for (guint code : { 401u, 438u, 0u })
    {
      guint sent = 0;
      const FloeStunOutcome *outcome = nullptr;

      Start ();
      for (Bytes request; outcome == nullptr && sent < 20; sent++)
        {
          request = Sent ();
          ASSERT_FALSE (request.empty ());
          server_.nonce = "nonce" + std::to_string (sent);
          server_.realm = "realm" + std::to_string (sent);
          Arrive (server_.Challenge (request, code != 0 ? code : sent % 2 == 0 ? 401 : 438));
          if (floe_stun_client_core_get_deadline (client_) == -1)
            outcome = Outcome ();
        }
      ASSERT_NE (outcome, nullptr);
      EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_UNUSABLE);
      EXPECT_LE (sent, (guint) FLOE_STUN_MAX_TRANSACTIONS);
    }
}

TEST_F (StunClient, AStaleNonceCostsOneMoreTransaction)
{
  Start ();
  Arrive (server_.Answer (Sent ()));
  Arrive (server_.Answer (Sent ()));
  ASSERT_NE (Outcome (), nullptr);
  server_.nonce = "nonce-2";
  Start ();
  Arrive (server_.Answer (Sent ()));
  Arrive (server_.Answer (Sent ()));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_SUCCESS);
  EXPECT_EQ (floe_stun_client_core_get_counters (client_)->sent, 4u);
}

TEST_F (StunClient, GivesUpAfterItsTimeHoweverManyTransactionsThatTakes)
{
  Bytes wire = BuildRequest (FLOE_STUN_METHOD_ALLOCATE);
  FloeStunRequest request = Make (wire);
  gint64 start_us = now_us_;

  request.timing.give_up_us = 700000;
  floe_stun_client_core_start (client_, now_us_, &request, error_);
  Bytes first = Sent ();
  now_us_ += 600000;
  floe_stun_client_core_handle_timeout (client_, now_us_);
  Sent ();
  Arrive (server_.Answer (first));
  const FloeStunOutcome *outcome = RunOut ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_TIMED_OUT);
  EXPECT_EQ (now_us_ - start_us, 700000);
}

TEST_F (StunClient, LeavesToOthersWhatIsNoResponse)
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = {};

  EXPECT_FALSE (
      Arrive (BuildMessage (FLOE_STUN_INDICATION, FLOE_STUN_METHOD_DATA, id, [] (auto *) {})));
  EXPECT_FALSE (Arrive (BuildRequest (FLOE_STUN_METHOD_BINDING)));
  EXPECT_FALSE (Arrive ({ 0x40, 0, 0, 1, 'x' }));
  EXPECT_TRUE (Arrive (BuildResponse (BuildRequest (1), FLOE_STUN_SUCCESS)));
  EXPECT_EQ (floe_stun_client_core_get_counters (client_)->unknown, 1u);
}

TEST_F (StunClient, IsBoundedAndAsksNothingThatIsNoRequest)
{
  EXPECT_NE (Start (), 0u);
  EXPECT_NE (Start (), 0u);
  EXPECT_EQ (Start (), 0u);
  EXPECT_TRUE (error_.Is (FLOE_ERROR, FLOE_ERROR_OPERATION));

  floe_stun_client_core_free (client_);
  client_ = floe_stun_client_core_new (2);
  for (const Bytes &wire :
       { Bytes{ 1, 2, 3 }, BuildResponse (BuildRequest (1), FLOE_STUN_SUCCESS) })
    {
      FloeStunRequest request = Make (wire);
      EXPECT_EQ (floe_stun_client_core_start (client_, now_us_, &request, error_), 0u);
      EXPECT_TRUE (error_.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
    }
}

TEST_F (StunClient, ACancelledRequestIsNeverHeardOfAgain)
{
  guint64 id = Start ();
  Bytes request = Sent ();

  floe_stun_client_core_cancel (client_, id);
  floe_stun_client_core_cancel (client_, id);
  EXPECT_TRUE (Arrive (server_.Answer (request)));
  EXPECT_EQ (Outcome (), nullptr);
  EXPECT_EQ (floe_stun_client_core_get_deadline (client_), -1);
}

TEST_F (StunClient, AnUnreachableServerEndsItsRequestsOnly)
{
  guint64 id = Start ();
  Sent ();
  route_.local++;
  guint64 other = Start ();
  Sent ();
  route_.local--;
  floe_stun_client_core_handle_unreachable (client_, now_us_, &route_);
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_EQ (outcome->id, id);
  EXPECT_EQ (outcome->result, FLOE_STUN_RESULT_UNREACHABLE);
  EXPECT_EQ (Outcome (), nullptr);
  EXPECT_NE (floe_stun_client_core_get_deadline (client_), -1);
  floe_stun_client_core_cancel (client_, other);
}

TEST_F (StunClient, AServersReasonIsFitToBeShown)
{
  Start ();
  Arrive (BuildResponse (Sent (), FLOE_STUN_ERROR, [] (auto *builder) {
    floe_stun_builder_add_error (builder, 500, ("a\nb\x1b[2J" + std::string (600, 'x')).c_str ());
  }));
  const FloeStunOutcome *outcome = Outcome ();
  ASSERT_NE (outcome, nullptr);
  EXPECT_NE (strstr (outcome->error->message, "a b [2Jxxx"), nullptr);
  EXPECT_LT (strlen (outcome->error->message), 250u);
}
