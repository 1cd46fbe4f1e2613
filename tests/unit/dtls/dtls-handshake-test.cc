/* SPDX-License-Identifier: MPL-2.0 */
#include "dtls-pair.h"

struct Keys
{
  const char *name;
  FloeCertificate *(*client) ();
  FloeCertificate *(*server) ();
};

class DtlsKeys : public testing::TestWithParam<Keys>
{
};

TEST_P (DtlsKeys, ConnectAndCarryDataBothWays)
{
  Pair pair (GetParam ().client (), GetParam ().server ());
  pair.Connect ();
  ASSERT_TRUE (pair.Connected ()) << pair.client.error_message << pair.server.error_message;
  EXPECT_TRUE (pair.client.Send ("ping"));
  EXPECT_TRUE (pair.server.Send ("pong"));
  pair.Run ();
  EXPECT_EQ (pair.server.received, std::vector<std::string>{ "ping" });
  EXPECT_EQ (pair.client.received, std::vector<std::string>{ "pong" });
}

INSTANTIATE_TEST_SUITE_P (Kinds, DtlsKeys,
                          testing::Values (Keys{ "Ecdsa", EcdsaCertificate, OtherEcdsaCertificate },
                                           Keys{ "Rsa", RsaCertificate, RsaCertificate },
                                           Keys{ "RsaClient", RsaCertificate, EcdsaCertificate },
                                           Keys{ "RsaServer", EcdsaCertificate, RsaCertificate },
                                           Keys{ "P384", P384Certificate, P384Certificate }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST (DtlsHandshake, TellsItsStatesInOrder)
{
  Pair pair;
  EXPECT_EQ (pair.client.State (), FLOE_DTLS_NEW);
  pair.Connect ();
  std::vector<FloeDtlsState> expected{ FLOE_DTLS_CONNECTING, FLOE_DTLS_CONNECTED };
  EXPECT_EQ (pair.client.states, expected);
  EXPECT_EQ (pair.server.states, expected);
}

class DtlsMtu : public testing::TestWithParam<gsize>
{
};

TEST_P (DtlsMtu, BoundsTheDatagramsOfTheHandshake)
{
  Pair pair (RsaCertificate (), RsaCertificate (), GetParam ());
  pair.Connect ();
  EXPECT_TRUE (pair.Connected ());
  EXPECT_LE (pair.largest, GetParam ());
  EXPECT_GT (pair.largest, GetParam () * 3 / 4);
}

INSTANTIATE_TEST_SUITE_P (Sizes, DtlsMtu, testing::Values (280, 548, 1200));

struct Promise
{
  const char *name;
  std::function<std::vector<std::string> (FloeCertificate *)> fingerprints;
};

static const std::string md5 = "md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
static const std::string sha1 = "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33";

/* A digest that is right, under a name that says another hash function. */
static std::string
Rename (FloeCertificate *certificate, const char *name)
{
  return name + Fingerprint (certificate).substr (strlen ("sha-256"));
}

static const Promise wrong_promises[] = {
  { "Missing", [] (auto *) { return std::vector<std::string>{}; } },
  { "Flipped", [] (auto *c) { return std::vector{ Flip (Fingerprint (c)) }; } },
  { "AnothersCertificate", [] (auto *) { return std::vector{ Fingerprint (RsaCertificate ()) }; } },
  { "Md5Only", [] (auto *) { return std::vector{ md5 }; } },
  { "Sha1Only", [] (auto *) { return std::vector{ sha1 }; } },
  { "UnknownHash", [] (auto *c) { return std::vector{ Rename (c, "sha-257") }; } },
  { "RightDigestCalledMd5", [] (auto *c) { return std::vector{ Rename (c, "md5") }; } },
  { "RightDigestCalledSha512", [] (auto *c) { return std::vector{ Rename (c, "sha-512") }; } },
  { "NotAFingerprint",
    [] (auto *) {
      return std::vector<std::string>{ "", "sha-256", ":" };
    } },
  { "TwoWrong",
    [] (auto *c) {
      return std::vector{ Flip (Fingerprint (c)), Fingerprint (RsaCertificate ()) };
    } },
  { "WeakerRightStrongerWrong",
    [] (auto *c) {
      return std::vector{ Fingerprint (c), Flip (Fingerprint (c, FLOE_FINGERPRINT_SHA512)) };
    } },
};

class DtlsWrongFingerprint : public testing::TestWithParam<Promise>
{
protected:
  /* Neither side may get a byte, whatever it tries. */
  static void ExpectNothingMoves (Pair &pair, Side &cheated, Side &other)
  {
    for (Side *side : { &pair.client, &pair.server })
      side->on_state = side->on_output = [side] { side->Send ("secret"); };
    pair.Connect ();
    pair.client.Send ("secret");
    pair.server.Send ("secret");
    pair.Run ();
    EXPECT_EQ (cheated.State (), FLOE_DTLS_FAILED);
    EXPECT_EQ (cheated.error_code, FLOE_ERROR_FINGERPRINT_FAILURE) << cheated.error_message;
    EXPECT_EQ (other.State (), FLOE_DTLS_FAILED);
    EXPECT_EQ (other.error_code, FLOE_ERROR_DTLS_FAILURE);
    EXPECT_NE (other.error_message.find ("bad certificate"), std::string::npos)
        << other.error_message;
    EXPECT_TRUE (pair.client.received.empty ());
    EXPECT_TRUE (pair.server.received.empty ());
    std::vector<FloeDtlsState> never_connected{ FLOE_DTLS_CONNECTING, FLOE_DTLS_FAILED };
    EXPECT_EQ (pair.client.states, never_connected);
    EXPECT_EQ (pair.server.states, never_connected);
  }
};

TEST_P (DtlsWrongFingerprint, NeverOpensAtTheClient)
{
  Pair pair (GetParam ().fingerprints (OtherEcdsaCertificate ()),
             { Fingerprint (EcdsaCertificate ()) });
  ExpectNothingMoves (pair, pair.client, pair.server);
}

TEST_P (DtlsWrongFingerprint, NeverOpensAtTheServer)
{
  Pair pair ({ Fingerprint (OtherEcdsaCertificate ()) },
             GetParam ().fingerprints (EcdsaCertificate ()));
  ExpectNothingMoves (pair, pair.server, pair.client);
}

INSTANTIATE_TEST_SUITE_P (Promises, DtlsWrongFingerprint, testing::ValuesIn (wrong_promises),
                          [] (const auto &info) { return std::string (info.param.name); });

static const Promise right_promises[] = {
  { "Sha384", [] (auto *c) { return std::vector{ Fingerprint (c, FLOE_FINGERPRINT_SHA384) }; } },
  { "Sha512", [] (auto *c) { return std::vector{ Fingerprint (c, FLOE_FINGERPRINT_SHA512) }; } },
  { "WeakOnesBeside",
    [] (auto *c) {
      return std::vector{ md5, sha1, Fingerprint (c) };
    } },
  { "SecondOfTwo",
    [] (auto *c) {
      return std::vector{ Fingerprint (RsaCertificate ()), Fingerprint (c) };
    } },
  { "StrongerRightWeakerWrong",
    [] (auto *c) {
      return std::vector{ Flip (Fingerprint (c)), Fingerprint (c, FLOE_FINGERPRINT_SHA512) };
    } },
  { "LowerCase",
    [] (auto *c) {
      std::string text = Fingerprint (c);
      for (char &character : text)
        character = g_ascii_tolower (character);
      return std::vector{ text };
    } },
};

class DtlsRightFingerprint : public testing::TestWithParam<Promise>
{
};

TEST_P (DtlsRightFingerprint, Opens)
{
  Pair pair (GetParam ().fingerprints (OtherEcdsaCertificate ()),
             GetParam ().fingerprints (EcdsaCertificate ()));
  pair.Connect ();
  EXPECT_TRUE (pair.Connected ()) << pair.client.error_message;
}

INSTANTIATE_TEST_SUITE_P (Promises, DtlsRightFingerprint, testing::ValuesIn (right_promises),
                          [] (const auto &info) { return std::string (info.param.name); });
