/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-fingerprint-codec-private.h"

#include <floe/floe-error.h>

#include "floe-test.h"

static std::string
Digest (gsize size, const char *pair = "aB")
{
  std::string text = pair;
  for (gsize i = 1; i < size; i++)
    text += std::string (":") + pair;
  return text;
}

struct Text
{
  const char *name;
  std::string text;
  FloeFingerprintHash hash = FLOE_FINGERPRINT_UNUSABLE;
};

class FingerprintParses : public testing::TestWithParam<Text>
{
};

TEST_P (FingerprintParses, AndKnowsItsHashFunction)
{
  FloeFingerprint fingerprint;
  ErrorHolder error;
  ASSERT_TRUE (floe_fingerprint_parse (&fingerprint, GetParam ().text.c_str (), error))
      << error.message ();
  EXPECT_EQ (fingerprint.hash, GetParam ().hash);
  EXPECT_EQ (fingerprint.size, floe_fingerprint_hash_get_size (GetParam ().hash));
}

INSTANTIATE_TEST_SUITE_P (
    Texts, FingerprintParses,
    testing::Values (Text{ "Sha256", "sha-256 " + Digest (32), FLOE_FINGERPRINT_SHA256 },
                     Text{ "Sha384", "sha-384 " + Digest (48), FLOE_FINGERPRINT_SHA384 },
                     Text{ "Sha512", "sha-512 " + Digest (64), FLOE_FINGERPRINT_SHA512 },
                     Text{ "UpperCaseName", "SHA-256 " + Digest (32), FLOE_FINGERPRINT_SHA256 },
                     Text{ "Md5", "md5 " + Digest (16) }, Text{ "Md2", "md2 " + Digest (16) },
                     Text{ "Sha1", "sha-1 " + Digest (20) },
                     Text{ "Sha224", "sha-224 " + Digest (28) },
                     Text{ "Unknown", "sha3-256 " + Digest (32) }),
    [] (const auto &info) { return std::string (info.param.name); });

class FingerprintRejects : public testing::TestWithParam<Text>
{
};

TEST_P (FingerprintRejects, WithASyntaxError)
{
  FloeFingerprint fingerprint;
  ErrorHolder error;
  EXPECT_FALSE (floe_fingerprint_parse (&fingerprint, GetParam ().text.c_str (), error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
}

INSTANTIATE_TEST_SUITE_P (
    Texts, FingerprintRejects,
    testing::Values (Text{ "Empty", "" }, Text{ "OnlyName", "sha-256" },
                     Text{ "NoDigest", "sha-256 " }, Text{ "NoName", " " + Digest (32) },
                     Text{ "TwoSpaces", "sha-256  " + Digest (32) },
                     Text{ "Tab", "sha-256\t" + Digest (32) },
                     Text{ "TooShort", "sha-256 " + Digest (31) },
                     Text{ "TooLong", "sha-256 " + Digest (33) },
                     Text{ "MuchTooLong", "sha-512 " + Digest (1000) },
                     Text{ "NotHex", "sha-256 " + Digest (32, "g0") },
                     Text{ "OddDigits", "sha-256 " + Digest (31) + ":A" },
                     Text{ "ColonAtTheEnd", "sha-256 " + Digest (32) + ":" },
                     Text{ "SpaceAtTheEnd", "sha-256 " + Digest (32) + " " },
                     Text{ "WrongSeparator", "sha-256 " + Digest (31) + "-AB" },
                     Text{ "NameNotAToken", "sha(256) " + Digest (32) },
                     Text{ "NameTooLong", std::string (100, 'x') + " " + Digest (32) }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Fingerprint, FormatsInUpperCase)
{
  FloeFingerprint fingerprint;
  ASSERT_TRUE (floe_fingerprint_parse (&fingerprint, ("SHA-256 " + Digest (32)).c_str (), nullptr));
  EXPECT_EQ (TakeString (floe_fingerprint_format (&fingerprint)), "sha-256 " + Digest (32, "AB"));
}

static FloeFingerprint
Make (FloeFingerprintHash hash, guint8 fill)
{
  FloeFingerprint fingerprint{};
  fingerprint.hash = hash;
  fingerprint.size = floe_fingerprint_hash_get_size (hash);
  memset (fingerprint.digest, fill, fingerprint.size);
  return fingerprint;
}

/* RFC 8122 section 5, on several fingerprint attributes. */
TEST (Fingerprint, OnlyTheStrongestHashFunctionPresentCounts)
{
  FloeFingerprint expected[] = { Make (FLOE_FINGERPRINT_SHA256, 1),
                                 Make (FLOE_FINGERPRINT_SHA384, 2),
                                 Make (FLOE_FINGERPRINT_SHA384, 3) };
  FloeFingerprint weaker = Make (FLOE_FINGERPRINT_SHA256, 1);
  FloeFingerprint second = Make (FLOE_FINGERPRINT_SHA384, 3);
  FloeFingerprint other = Make (FLOE_FINGERPRINT_SHA384, 4);
  EXPECT_EQ (floe_fingerprint_get_strongest (expected, 3), FLOE_FINGERPRINT_SHA384);
  EXPECT_FALSE (floe_fingerprint_matches_any (expected, 3, &weaker));
  EXPECT_TRUE (floe_fingerprint_matches_any (expected, 3, &second));
  EXPECT_FALSE (floe_fingerprint_matches_any (expected, 3, &other));
  EXPECT_TRUE (floe_fingerprint_matches_any (expected, 1, &weaker));
}

TEST (Fingerprint, NoneUsableMatchesNothing)
{
  FloeFingerprint unusable{};
  EXPECT_EQ (floe_fingerprint_get_strongest (&unusable, 1), FLOE_FINGERPRINT_UNUSABLE);
  EXPECT_EQ (floe_fingerprint_get_strongest (nullptr, 0), FLOE_FINGERPRINT_UNUSABLE);
  EXPECT_FALSE (floe_fingerprint_matches_any (&unusable, 1, &unusable));
  EXPECT_FALSE (floe_fingerprint_matches_any (nullptr, 0, &unusable));
}
