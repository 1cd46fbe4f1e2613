/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-credentials-private.h"

#include <floe/floe-error.h>

#include "stun-messages.h"

/* What a request with credentials looked like, and how a response to it is judged. */
class CredentialsTest : public testing::Test
{
protected:
  ~CredentialsTest () override
  {
    floe_stun_proof_clear (&proof_);
    if (credentials_ != nullptr)
      floe_stun_credentials_unref (credentials_);
  }

  Bytes Request (guint8 id = 0)
  {
    return BuildRequest (
        FLOE_STUN_METHOD_ALLOCATE,
        [this] (auto *builder) { floe_stun_credentials_add (credentials_, builder, &proof_); }, id);
  }
  FloeStunVerdict Judge (const Bytes &response)
  {
    FloeStunMessage message = ParseMessage (response);

    return floe_stun_credentials_judge (credentials_, &proof_, &message, error_);
  }
  static bool Has (const Bytes &wire, FloeStunAttributeType type)
  {
    FloeStunMessage message = ParseMessage (wire);
    return floe_stun_message_has (&message, type);
  }

  FloeStunCredentials *credentials_ = nullptr;
  FloeStunProof proof_ = {};
  ErrorHolder error_;
};

class StunLongTerm : public CredentialsTest
{
protected:
  void SetUp () override
  {
    credentials_ = floe_stun_credentials_new_long_term ("alice", "secret", nullptr);
  }
  /* A request that the server has no fault with. */
  Bytes ProvedRequest ()
  {
    EXPECT_EQ (Judge (server_.Answer (Request ())), FLOE_STUN_VERDICT_RETRY);
    return Request (1);
  }

  FakeServer server_;
};

/* RFC 8489 section 9.2.3.1. */
TEST_F (StunLongTerm, TheFirstRequestHasNoProof)
{
  Bytes request = Request ();

  EXPECT_EQ (request, BuildRequest (FLOE_STUN_METHOD_ALLOCATE));
  EXPECT_EQ (Judge (BuildResponse (request, FLOE_STUN_SUCCESS)), FLOE_STUN_VERDICT_UNPROVED);
  EXPECT_EQ (Judge (BuildError (request, 500)), FLOE_STUN_VERDICT_UNPROVED);
}

/* RFC 8489 section 9.2.5. */
TEST_F (StunLongTerm, AnswersAChallengeWithWhatItSays)
{
  Bytes request = ProvedRequest ();

  EXPECT_EQ (TextOf (request, FLOE_STUN_USERNAME), "alice");
  EXPECT_EQ (TextOf (request, FLOE_STUN_REALM), "here");
  EXPECT_EQ (TextOf (request, FLOE_STUN_NONCE), "nonce-1");
  EXPECT_TRUE (Has (request, FLOE_STUN_MESSAGE_INTEGRITY));
  EXPECT_FALSE (Has (request, FLOE_STUN_PASSWORD_ALGORITHM));
  EXPECT_EQ (Judge (server_.Answer (request)), FLOE_STUN_VERDICT_AUTHENTIC);
  EXPECT_EQ (Judge (server_.Answer (Request (2))), FLOE_STUN_VERDICT_AUTHENTIC) << "kept";
}

struct AlgorithmCase
{
  const char *name;
  std::vector<guint16> offered;
  FloeStunPasswordAlgorithm chosen;
};

class StunLongTermAlgorithm : public StunLongTerm, public testing::WithParamInterface<AlgorithmCase>
{
};

/* RFC 8489 section 9.2.5: the first that is supported, the list as it came, SHA-256 only. */
TEST_P (StunLongTermAlgorithm, IsTheFirstOfTheServersThatWeHave)
{
  server_.algorithms = GetParam ().offered;
  server_.nonce = "obMatJos2AAABnonce";
  Bytes challenge = server_.Answer (Request ());
  ASSERT_EQ (Judge (challenge), FLOE_STUN_VERDICT_RETRY);
  Bytes request = Request (1);
  FloeStunMessage message = ParseMessage (request), asked = ParseMessage (challenge);
  FloeStunPasswordAlgorithm algorithm;
  FloeStunAttribute ours, theirs;

  ASSERT_TRUE (floe_stun_message_get_algorithm (&message, &algorithm));
  EXPECT_EQ (algorithm, GetParam ().chosen);
  ASSERT_TRUE (floe_stun_message_find (&message, FLOE_STUN_PASSWORD_ALGORITHMS, &ours));
  ASSERT_TRUE (floe_stun_message_find (&asked, FLOE_STUN_PASSWORD_ALGORITHMS, &theirs));
  EXPECT_EQ (Bytes (ours.value, ours.value + ours.size),
             Bytes (theirs.value, theirs.value + theirs.size));
  EXPECT_FALSE (Has (request, FLOE_STUN_MESSAGE_INTEGRITY));
  EXPECT_TRUE (Has (request, FLOE_STUN_MESSAGE_INTEGRITY_SHA256));

  FakeServer other = server_;
  other.algorithms = { (guint16) GetParam ().chosen };
  EXPECT_EQ (Judge (other.Accept (request)), FLOE_STUN_VERDICT_AUTHENTIC);
  other.algorithms = {};
  EXPECT_EQ (Judge (other.Accept (request)), FLOE_STUN_VERDICT_DISCARD)
      << "SHA-1 was not asked for";
}

INSTANTIATE_TEST_SUITE_P (
    Offers, StunLongTermAlgorithm,
    testing::Values (
        AlgorithmCase{ "Md5", { FLOE_STUN_PASSWORD_MD5 }, FLOE_STUN_PASSWORD_MD5 },
        AlgorithmCase{ "Sha256", { FLOE_STUN_PASSWORD_SHA256 }, FLOE_STUN_PASSWORD_SHA256 },
        AlgorithmCase{ "Sha256First",
                       { FLOE_STUN_PASSWORD_SHA256, FLOE_STUN_PASSWORD_MD5 },
                       FLOE_STUN_PASSWORD_SHA256 },
        AlgorithmCase{ "UnknownFirst",
                       { 77, FLOE_STUN_PASSWORD_SHA256 },
                       FLOE_STUN_PASSWORD_SHA256 }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (StunLongTerm, HidesTheUsernameWhereTheNonceAsksForIt)
{
  server_.nonce = "obMatJos2AAACnonce";
  Bytes request = ProvedRequest ();

  EXPECT_TRUE (Has (request, FLOE_STUN_USERHASH));
  EXPECT_FALSE (Has (request, FLOE_STUN_USERNAME));
  EXPECT_EQ (Judge (server_.Answer (request)), FLOE_STUN_VERDICT_AUTHENTIC);
}

struct JudgeCase
{
  const char *name;
  std::function<Bytes (const FakeServer &server, const Bytes &request)> respond;
  FloeStunVerdict verdict;
};

class StunLongTermJudges : public StunLongTerm, public testing::WithParamInterface<JudgeCase>
{
};

TEST_P (StunLongTermJudges, TheResponseToAProvedRequest)
{
  FloeStunVerdict verdict = Judge (GetParam ().respond (server_, ProvedRequest ()));

  EXPECT_EQ (verdict, GetParam ().verdict) << error_.message ();
  EXPECT_EQ (error_.Is (FLOE_ERROR, FLOE_ERROR_NETWORK), verdict == FLOE_STUN_VERDICT_REFUSED);
  EXPECT_EQ (error_.Is (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED),
             verdict == FLOE_STUN_VERDICT_UNUSABLE);
}

static Bytes
AskWith (const Bytes &request, guint code, const char *realm, const char *nonce)
{
  return BuildError (request, code, [&] (auto *builder) {
    if (realm != nullptr)
      floe_stun_builder_add_text (builder, FLOE_STUN_REALM, realm);
    if (nonce != nullptr)
      floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, nonce);
  });
}

static Bytes
AskWithAlgorithms (const Bytes &request, const char *nonce, const Bytes &algorithms)
{
  return BuildError (request, 438, [&] (auto *builder) {
    floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, nonce);
    floe_stun_builder_add (builder, FLOE_STUN_PASSWORD_ALGORITHMS, algorithms.data (),
                           algorithms.size ());
  });
}

static Bytes
AcceptAs (FakeServer server, const Bytes &request, const char *password)
{
  server.password = password;
  return server.Accept (request);
}

/* RFC 8489 section 9.2.5. */
INSTANTIATE_TEST_SUITE_P (
    Responses, StunLongTermJudges,
    testing::Values (
        JudgeCase{ "Proved", [] (auto &server, auto &request) { return server.Accept (request); },
                   FLOE_STUN_VERDICT_AUTHENTIC },
        JudgeCase{ "ProvedError",
                   [] (auto &server, auto &request) {
                     return server.Prove (request, FLOE_STUN_ERROR, [] (auto *builder) {
                       floe_stun_builder_add_error (builder, 486, "Quota");
                     });
                   },
                   FLOE_STUN_VERDICT_AUTHENTIC },
        JudgeCase{
            "SuccessWithoutProof",
            [] (auto &, auto &request) { return BuildResponse (request, FLOE_STUN_SUCCESS); },
            FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "SuccessOfWhoDoesNotKnow",
                   [] (auto &server, auto &request) { return AcceptAs (server, request, "guess"); },
                   FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "SuccessWithTheOtherHash",
                   [] (auto server, auto &request) {
                     server.algorithms = { FLOE_STUN_PASSWORD_MD5 };
                     return server.Accept (request);
                   },
                   FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "ErrorWithoutProof",
                   [] (auto &, auto &request) { return BuildError (request, 437); },
                   FLOE_STUN_VERDICT_UNPROVED_ERROR },
        JudgeCase{ "ErrorOfWhoDoesNotKnow",
                   [] (auto &, auto &request) {
                     return BuildError (request, 437, [] (auto *builder) {
                       g_auto (FloeStunKey) key = {};
                       floe_stun_key_init_short_term (&key, "guess", nullptr);
                       floe_stun_builder_add_integrity (builder, &key);
                     });
                   },
                   FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "BadRequestWithoutProof",
                   [] (auto &, auto &request) { return BuildError (request, 400); },
                   FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "SameRealmAgain",
                   [] (auto &, auto &request) { return AskWith (request, 401, "here", "n2"); },
                   FLOE_STUN_VERDICT_REFUSED },
        JudgeCase{ "NoRealm",
                   [] (auto &, auto &request) { return AskWith (request, 401, nullptr, "n2"); },
                   FLOE_STUN_VERDICT_REFUSED },
        JudgeCase{ "OtherRealm",
                   [] (auto &, auto &request) { return AskWith (request, 401, "there", "n2"); },
                   FLOE_STUN_VERDICT_RETRY },
        JudgeCase{ "OtherRealmWithoutNonce",
                   [] (auto &, auto &request) { return AskWith (request, 401, "there", nullptr); },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "OtherRealmThatIsNoText",
                   [] (auto &, auto &request) { return AskWith (request, 401, "a\nb", "n2"); },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "StaleNonce",
                   [] (auto &, auto &request) { return AskWith (request, 438, "here", "n2"); },
                   FLOE_STUN_VERDICT_RETRY },
        JudgeCase{ "StaleNonceWithoutRealm",
                   [] (auto &, auto &request) { return AskWith (request, 438, nullptr, "n2"); },
                   FLOE_STUN_VERDICT_RETRY },
        JudgeCase{ "StaleNonceThatIsTheSame",
                   [] (auto &, auto &request) { return AskWith (request, 438, "here", "nonce-1"); },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "StaleNonceWithoutNonce",
                   [] (auto &, auto &request) { return AskWith (request, 438, "here", nullptr); },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "BidDown",
                   [] (auto &, auto &request) {
                     return AskWith (request, 438, "here", "obMatJos2AAABn2");
                   },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "BidDownInTheOtherBitOrder",
                   [] (auto &, auto &request) {
                     return AskWith (request, 438, "here", "obMatJos2gAAAn2");
                   },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "BidDownInASuccess",
                   [] (auto &server, auto &request) {
                     return server.Prove (request, FLOE_STUN_SUCCESS, [] (auto *builder) {
                       floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, "obMatJos2AAABn2");
                     });
                   },
                   FLOE_STUN_VERDICT_DISCARD },
        JudgeCase{ "UnknownAlgorithms",
                   [] (auto &, auto &request) {
                     return AskWithAlgorithms (request, "n2", { 0, 9, 0, 0 });
                   },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "KnownAlgorithmWithParameters",
                   [] (auto &, auto &request) {
                     return AskWithAlgorithms (request, "n2", { 0, 2, 0, 1, 9, 0, 0, 0 });
                   },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{ "AlgorithmsCutOff",
                   [] (auto &, auto &request) {
                     return AskWithAlgorithms (request, "n2", { 0, 2, 0, 0, 0, 1 });
                   },
                   FLOE_STUN_VERDICT_UNUSABLE },
        JudgeCase{
            "TooManyAlgorithms",
            [] (auto &, auto &request) { return AskWithAlgorithms (request, "n2", Bytes (260)); },
            FLOE_STUN_VERDICT_UNUSABLE }),
    [] (const auto &info) { return std::string (info.param.name); });

/* Whoever took PASSWORD-ALGORITHMS out of a 438 would get a SHA-1 that is easier to break. */
TEST_F (StunLongTerm, NeverGoesBackToTheWeakerProof)
{
  server_.algorithms = { FLOE_STUN_PASSWORD_SHA256 };
  Bytes request = ProvedRequest ();

  EXPECT_EQ (Judge (AskWith (request, 438, "here", "plain-nonce")), FLOE_STUN_VERDICT_UNUSABLE);
  EXPECT_EQ (Judge (AskWith (request, 401, "there", "plain-nonce")), FLOE_STUN_VERDICT_UNUSABLE);
  EXPECT_TRUE (Has (Request (2), FLOE_STUN_MESSAGE_INTEGRITY_SHA256));
}

/* Requests that are under way together: each is judged by what it was made with. */
TEST_F (StunLongTerm, AResponseIsJudgedByItsOwnRequest)
{
  Bytes first = ProvedRequest (), accepted = server_.Accept (first);
  FloeStunProof old = proof_;
  FloeStunMessage message = ParseMessage (accepted);

  proof_ = {};
  EXPECT_EQ (Judge (AskWith (Request (2), 401, "there", "n2")), FLOE_STUN_VERDICT_RETRY);
  EXPECT_EQ (TextOf (Request (3), FLOE_STUN_REALM), "there");
  EXPECT_EQ (floe_stun_credentials_judge (credentials_, &old, &message, nullptr),
             FLOE_STUN_VERDICT_AUTHENTIC);
  EXPECT_EQ (Judge (accepted), FLOE_STUN_VERDICT_DISCARD) << "of the other realm's password";
  floe_stun_proof_clear (&old);
}

TEST_F (StunLongTerm, AForkKnowsThePasswordAndNotTheServer)
{
  ProvedRequest ();
  FloeStunCredentials *fork = floe_stun_credentials_fork (credentials_);

  floe_stun_credentials_unref (credentials_);
  credentials_ = fork;
  EXPECT_FALSE (Has (Request (3), FLOE_STUN_MESSAGE_INTEGRITY));
  EXPECT_EQ (Judge (server_.Answer (ProvedRequest ())), FLOE_STUN_VERDICT_AUTHENTIC);
}

class StunShortTerm : public CredentialsTest
{
protected:
  void SetUp () override
  {
    credentials_ = floe_stun_credentials_new_short_term (
        "a:b", "secret", (FloeStunProofs) (FLOE_STUN_PROOF_SHA1 | FLOE_STUN_PROOF_SHA256), nullptr);
    floe_stun_key_init_short_term (&key_, "secret", nullptr);
  }
  void TearDown () override
  {
    floe_stun_key_clear (&key_);
  }
  /* As if nothing had been asked yet. */
  void Forget ()
  {
    floe_stun_credentials_unref (credentials_);
    floe_stun_key_clear (&key_);
    SetUp ();
  }
  Bytes Respond (const Bytes &request, int proofs)
  {
    return BuildResponse (request, FLOE_STUN_SUCCESS, [&] (auto *builder) {
      if (proofs & FLOE_STUN_PROOF_SHA1)
        floe_stun_builder_add_integrity (builder, &key_);
      if (proofs & FLOE_STUN_PROOF_SHA256)
        floe_stun_builder_add_integrity_sha256 (builder, &key_);
    });
  }

  FloeStunKey key_ = {};
};

/* RFC 8489 sections 9.1.2 and 9.1.5. */
TEST_F (StunShortTerm, StaysWithTheProofThatTheFirstResponseHas)
{
  for (auto [first, other] : { std::pair{ FLOE_STUN_PROOF_SHA1, FLOE_STUN_PROOF_SHA256 },
                               std::pair{ FLOE_STUN_PROOF_SHA256, FLOE_STUN_PROOF_SHA1 } })
    {
      Forget ();
      Bytes request = Request ();
      EXPECT_EQ (TextOf (request, FLOE_STUN_USERNAME), "a:b");
      FloeStunMessage message = ParseMessage (request);
      EXPECT_EQ (floe_stun_message_get_proofs (&message),
                 FLOE_STUN_PROOF_SHA1 | FLOE_STUN_PROOF_SHA256);
      EXPECT_EQ (Judge (Respond (request, first)), FLOE_STUN_VERDICT_AUTHENTIC);
      request = Request (1);
      message = ParseMessage (request);
      EXPECT_EQ (floe_stun_message_get_proofs (&message), first);
      EXPECT_EQ (Judge (Respond (request, other)), FLOE_STUN_VERDICT_DISCARD);
      EXPECT_EQ (Judge (Respond (request, first)), FLOE_STUN_VERDICT_AUTHENTIC);
    }
}

/* RFC 8489 section 9.1.4: there is no challenge here, so a 401 is nothing but an error. */
TEST_F (StunShortTerm, DoesNotAnswerChallenges)
{
  Bytes request = Request ();

  EXPECT_EQ (Judge (AskWith (request, 401, "here", "n")), FLOE_STUN_VERDICT_UNPROVED_ERROR);
  EXPECT_EQ (Judge (AskWith (request, 438, "here", "n")), FLOE_STUN_VERDICT_UNPROVED_ERROR);
  EXPECT_EQ (Judge (Respond (request, FLOE_STUN_PROOF_NONE)), FLOE_STUN_VERDICT_DISCARD);
}

struct BadCredentials
{
  const char *name;
  std::string username, password;
};

class StunCredentialsReject : public testing::TestWithParam<BadCredentials>
{
};

TEST_P (StunCredentialsReject, WithASyntaxError)
{
  ErrorHolder error;

  EXPECT_EQ (floe_stun_credentials_new_long_term (GetParam ().username.c_str (),
                                                  GetParam ().password.c_str (), error),
             nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
  EXPECT_EQ (floe_stun_credentials_new_short_term (GetParam ().username.c_str (),
                                                   GetParam ().password.c_str (),
                                                   FLOE_STUN_PROOF_SHA1, error),
             nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
}

INSTANTIATE_TEST_SUITE_P (Texts, StunCredentialsReject,
                          testing::Values (BadCredentials{ "NoUsername", "", "p" },
                                           BadCredentials{ "NoPassword", "u", "" },
                                           BadCredentials{ "ControlCharacter", "u\n", "p" },
                                           BadCredentials{ "NotUtf8", "u", "\xff" },
                                           BadCredentials{ "TooLong", std::string (509, 'u'),
                                                           "p" }),
                          [] (const auto &info) { return std::string (info.param.name); });
