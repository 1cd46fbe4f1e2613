/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"

#include <cstring>
#include <functional>

#include <floe/floe-error.h>

#include "floe-test.h"

using Bytes = std::vector<guint8>;

static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static Bytes
Build (const std::function<void (FloeStunBuilder *)> &fill,
       FloeStunClass message_class = FLOE_STUN_REQUEST, guint16 method = FLOE_STUN_METHOD_BINDING)
{
  Bytes buffer (2000);
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer.data (), buffer.size (), message_class, method, id);
  fill (&builder);
  buffer.resize (floe_stun_builder_finish (&builder));
  return buffer;
}

static bool
Parses (const Bytes &wire, FloeStunMessage *message, GError **error = nullptr)
{
  return floe_stun_message_parse (message, wire.data (), wire.size (), error);
}

static std::vector<guint16>
Types (const FloeStunMessage &message)
{
  FloeStunIterator iterator = floe_stun_iterator_init (&message);
  FloeStunAttribute attribute;
  std::vector<guint16> types;
  while (floe_stun_iterator_next (&iterator, &attribute))
    types.push_back (attribute.type);
  return types;
}

TEST (StunHeader, KeepsEveryClassAndMethod)
{
  for (int message_class = 0; message_class < 4; message_class++)
    {
      for (int method = 0; method <= FLOE_STUN_MAX_METHOD; method++)
        {
          Bytes wire = Build ([] (auto *) {}, (FloeStunClass) message_class, (guint16) method);
          FloeStunMessage message;
          ASSERT_TRUE (Parses (wire, &message));
          EXPECT_EQ (message.message_class, message_class);
          EXPECT_EQ (message.method, method);
          EXPECT_EQ (wire[0] & 0xc0, 0);
        }
    }
}

/* RFC 8489 section 5 gives these two types. */
TEST (StunHeader, BindingRequestIs0001AndItsResponse0101)
{
  Bytes request = Build ([] (auto *) {}), success = Build ([] (auto *) {}, FLOE_STUN_SUCCESS);
  EXPECT_EQ (Bytes (request.begin (), request.begin () + 8),
             (Bytes{ 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 }));
  EXPECT_EQ (Bytes (success.begin (), success.begin () + 2), (Bytes{ 1, 1 }));
}

struct Damage
{
  const char *name;
  std::function<void (Bytes &wire)> damage;
};

class StunRejects : public testing::TestWithParam<Damage>
{
};

TEST_P (StunRejects, WithASyntaxError)
{
  Bytes wire = Build ([] (auto *builder) {
    floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, "name");
    floe_stun_builder_add_fingerprint (builder);
  });
  FloeStunMessage message;
  ErrorHolder error;
  ASSERT_TRUE (Parses (wire, &message));
  GetParam ().damage (wire);
  EXPECT_FALSE (Parses (wire, &message, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
}

/* Puts the right length into the header. */
static void
Resize (Bytes &wire, gsize size)
{
  wire.resize (size);
  wire[2] = (guint8) ((size - FLOE_STUN_HEADER_SIZE) >> 8);
  wire[3] = (guint8) (size - FLOE_STUN_HEADER_SIZE);
}

INSTANTIATE_TEST_SUITE_P (
    Damages, StunRejects,
    testing::Values (Damage{ "Empty", [] (Bytes &w) { w.clear (); } },
                     Damage{ "HeaderCutOff", [] (Bytes &w) { w.resize (19); } },
                     Damage{ "FirstBitsSet", [] (Bytes &w) { w[0] |= 0x40; } },
                     Damage{ "OtherCookie", [] (Bytes &w) { w[4] ^= 1; } },
                     Damage{ "LengthTooLong", [] (Bytes &w) { w[3] += 4; } },
                     Damage{ "LengthTooShort", [] (Bytes &w) { w[3] -= 4; } },
                     Damage{ "LengthNotAMultipleOf4", [] (Bytes &w) { Resize (w, 21); } },
                     Damage{ "CutOff", [] (Bytes &w) { w.resize (w.size () - 1); } },
                     Damage{ "BytesBehind", [] (Bytes &w) { w.push_back (0); } },
                     Damage{ "AttributePastTheEnd", [] (Bytes &w) { w[23] = 0xff; } },
                     Damage{ "PaddingPastTheEnd",
                             [] (Bytes &w) {
                               Resize (w, 24);
                               w[23] = 1;
                             } },
                     Damage{ "FingerprintWrong", [] (Bytes &w) { w.back () ^= 1; } },
                     Damage{ "BodyNotTheFingerprints", [] (Bytes &w) { w[24] ^= 1; } },
                     Damage{ "FingerprintTooShort",
                             [] (Bytes &w) {
                               w[31] = 0;
                               Resize (w, 32);
                             } },
                     Damage{ "IntegrityOfAWrongSize",
                             [] (Bytes &w) {
                               w[21] = FLOE_STUN_MESSAGE_INTEGRITY;
                               Resize (w, 28);
                             } },
                     Damage{ "Sha256TooShort",
                             [] (Bytes &w) {
                               w[21] = FLOE_STUN_MESSAGE_INTEGRITY_SHA256;
                               Resize (w, 28);
                             } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (StunAttributes, ComeBackAsTheyWereWritten)
{
  FloeStunAddress v4 = { { 203, 0, 113, 9 }, 4, 3478 }, v6 = { { 0x20, 1, 0xd, 0xb8 }, 16, 65535 };
  v6.bytes[15] = 0xfe;
  const guint16 unknown[] = { 0x7f01, 0x0002, 0x0003 };
  Bytes wire = Build (
      [&] (FloeStunBuilder *builder) {
        floe_stun_builder_add_error (builder, FLOE_STUN_ERROR_STALE_NONCE, "Stale Nonce");
        floe_stun_builder_add_unknown (builder, unknown, G_N_ELEMENTS (unknown));
        floe_stun_builder_add_address (builder, FLOE_STUN_MAPPED_ADDRESS, &v4);
        floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &v6);
        floe_stun_builder_add_address (builder, FLOE_STUN_ALTERNATE_SERVER, &v6);
        floe_stun_builder_add_uint (builder, FLOE_STUN_ICE_CONTROLLING, G_MAXUINT64 - 1, 8);
        floe_stun_builder_add_flag (builder, FLOE_STUN_USE_CANDIDATE);
        floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, "nonce");
        floe_stun_builder_add (builder, 0xc001, "raw", 3);
      },
      FLOE_STUN_ERROR);
  FloeStunMessage message;
  ASSERT_TRUE (Parses (wire, &message));

  FloeStunAddress address;
  auto same = [&address] (const FloeStunAddress &other) {
    return address.size == other.size && address.port == other.port
           && memcmp (address.bytes, other.bytes, sizeof other.bytes) == 0;
  };
  EXPECT_TRUE (floe_stun_message_get_address (&message, FLOE_STUN_MAPPED_ADDRESS, &address)
               && same (v4));
  EXPECT_TRUE (floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_MAPPED_ADDRESS, &address)
               && same (v6));
  EXPECT_TRUE (floe_stun_message_get_address (&message, FLOE_STUN_ALTERNATE_SERVER, &address)
               && same (v6));
  FloeStunError error;
  ASSERT_TRUE (floe_stun_message_get_error (&message, &error));
  EXPECT_EQ (error.code, 438u);
  EXPECT_EQ (std::string (error.reason, error.reason_size), "Stale Nonce");
  guint16 types[8];
  ASSERT_EQ (floe_stun_message_get_unknown (&message, types, 8), 3u);
  EXPECT_EQ (memcmp (types, unknown, sizeof unknown), 0);
  EXPECT_EQ (floe_stun_message_get_unknown (&message, types, 2), 2u);
  guint64 number;
  ASSERT_TRUE (floe_stun_message_get_uint (&message, FLOE_STUN_ICE_CONTROLLING, 8, &number));
  EXPECT_EQ (number, G_MAXUINT64 - 1);
  EXPECT_FALSE (floe_stun_message_get_uint (&message, FLOE_STUN_ICE_CONTROLLING, 4, &number));
  EXPECT_TRUE (floe_stun_message_has (&message, FLOE_STUN_USE_CANDIDATE));
  EXPECT_FALSE (floe_stun_message_has (&message, FLOE_STUN_PRIORITY));
  FloeStunAttribute raw;
  ASSERT_TRUE (floe_stun_message_find (&message, (FloeStunAttributeType) 0xc001, &raw));
  EXPECT_EQ (std::string ((const char *) raw.value, raw.size), "raw");
}

struct BadValue
{
  const char *name;
  guint16 type;
  std::string value;
};

class StunBadValue : public testing::TestWithParam<BadValue>
{
};

TEST_P (StunBadValue, IsAsGoodAsMissing)
{
  Bytes wire = Build ([] (auto *builder) {
    floe_stun_builder_add (builder, GetParam ().type, GetParam ().value.data (),
                           GetParam ().value.size ());
  });
  FloeStunMessage message;
  FloeStunAddress address;
  FloeStunError error;
  const char *text;
  gsize size;
  auto type = (FloeStunAttributeType) GetParam ().type;
  ASSERT_TRUE (Parses (wire, &message));
  if (type == FLOE_STUN_MAPPED_ADDRESS)
    {
      EXPECT_FALSE (floe_stun_message_get_address (&message, type, &address));
      EXPECT_FALSE (floe_stun_message_get_xor_address (&message, type, &address));
    }
  else if (type == FLOE_STUN_ERROR_CODE)
    {
      EXPECT_FALSE (floe_stun_message_get_error (&message, &error));
    }
  else
    {
      EXPECT_FALSE (floe_stun_message_get_text (&message, type, &text, &size));
    }
}

/* A literal with NULs in it. */
template <gsize N>
static std::string
Raw (const char (&text)[N])
{
  return std::string (text, N - 1);
}

INSTANTIATE_TEST_SUITE_P (
    Values, StunBadValue,
    testing::Values (BadValue{ "AddressEmpty", FLOE_STUN_MAPPED_ADDRESS, "" },
                     BadValue{ "AddressCutOff", FLOE_STUN_MAPPED_ADDRESS, Raw ("\0\1\2\3abc") },
                     BadValue{ "AddressTooLong", FLOE_STUN_MAPPED_ADDRESS, Raw ("\0\1\2\3abcde") },
                     BadValue{ "IPv6CutOff", FLOE_STUN_MAPPED_ADDRESS, Raw ("\0\2\2\3abcd") },
                     BadValue{ "UnknownFamily", FLOE_STUN_MAPPED_ADDRESS, Raw ("\0\3\2\3abcd") },
                     BadValue{ "ErrorCutOff", FLOE_STUN_ERROR_CODE, Raw ("\0\0\4") },
                     BadValue{ "ErrorClass2", FLOE_STUN_ERROR_CODE, Raw ("\0\0\2\0") },
                     BadValue{ "ErrorClass7", FLOE_STUN_ERROR_CODE, Raw ("\0\0\7\0") },
                     BadValue{ "ErrorNumber100", FLOE_STUN_ERROR_CODE, Raw ("\0\0\4\144") },
                     BadValue{ "ReasonNotUtf8", FLOE_STUN_ERROR_CODE, Raw ("\0\0\4\0\xff") },
                     BadValue{ "ReasonTooLong", FLOE_STUN_ERROR_CODE,
                               Raw ("\0\0\4\0") + std::string (764, 'x') },
                     BadValue{ "NameNotUtf8", FLOE_STUN_USERNAME, Raw ("\xc3") },
                     BadValue{ "NameWithNul", FLOE_STUN_USERNAME, Raw ("a\0b") },
                     BadValue{ "NameTooLong", FLOE_STUN_USERNAME, std::string (509, 'x') },
                     BadValue{ "RealmTooLong", FLOE_STUN_REALM, std::string (764, 'x') }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (StunAttributes, TheFirstOfATypeCounts)
{
  Bytes wire = Build ([] (auto *builder) {
    floe_stun_builder_add_text (builder, FLOE_STUN_REALM, "one");
    floe_stun_builder_add_text (builder, FLOE_STUN_REALM, "two");
  });
  FloeStunMessage message;
  const char *text;
  gsize size;
  ASSERT_TRUE (Parses (wire, &message));
  ASSERT_TRUE (floe_stun_message_get_text (&message, FLOE_STUN_REALM, &text, &size));
  EXPECT_EQ (std::string (text, size), "one");
}

TEST (StunAttributes, ThatMustBeUnderstoodAndAreNotAreListedOnce)
{
  Bytes wire = Build ([] (auto *builder) {
    for (guint16 type : { 0x7ffe, 0x0006, 0x8fff, 0x0003, 0x7ffe, 0x0004 })
      floe_stun_builder_add (builder, type, "", 0);
  });
  const guint16 known[] = { FLOE_STUN_USERNAME };
  guint16 unknown[8];
  FloeStunMessage message;
  ASSERT_TRUE (Parses (wire, &message));
  gsize count = floe_stun_message_list_unknown (&message, known, 1, unknown, 8);
  EXPECT_EQ (std::vector<guint16> (unknown, unknown + count),
             (std::vector<guint16>{ 0x7ffe, 0x0003, 0x0004 }));
  EXPECT_EQ (floe_stun_message_list_unknown (&message, known, 1, unknown, 2), 2u);
}

class StunIntegrity : public testing::Test
{
protected:
  void SetUp () override
  {
    floe_stun_key_init_short_term (&key_, "password", nullptr);
  }
  void TearDown () override
  {
    floe_stun_key_clear (&key_);
  }
  FloeStunIntegrity Check (const Bytes &wire)
  {
    EXPECT_TRUE (Parses (wire, &message_));
    return floe_stun_message_check_integrity (&message_, &key_);
  }

  FloeStunKey key_{};
  FloeStunMessage message_;
};

TEST_F (StunIntegrity, IsMissingWhenNothingProtects)
{
  EXPECT_EQ (Check (Build ([] (auto *builder) { floe_stun_builder_add_fingerprint (builder); })),
             FLOE_STUN_INTEGRITY_MISSING);
}

TEST_F (StunIntegrity, HoldsWithEitherHashAndWithBoth)
{
  for (int which = 1; which < 4; which++)
    {
      Bytes wire = Build ([&] (auto *builder) {
        floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, "name");
        if (which & 1)
          floe_stun_builder_add_integrity (builder, &key_);
        if (which & 2)
          floe_stun_builder_add_integrity_sha256 (builder, &key_);
        floe_stun_builder_add_fingerprint (builder);
      });
      EXPECT_EQ (Check (wire), FLOE_STUN_INTEGRITY_RIGHT) << which;
      g_auto (FloeStunKey) other = {};
      floe_stun_key_init_short_term (&other, "Password", nullptr);
      EXPECT_EQ (floe_stun_message_check_integrity (&message_, &other), FLOE_STUN_INTEGRITY_WRONG);
    }
}

TEST_F (StunIntegrity, TheStrongerHashDecides)
{
  Bytes wire = Build ([&] (auto *builder) {
    floe_stun_builder_add_integrity (builder, &key_);
    floe_stun_builder_add_integrity_sha256 (builder, &key_);
  });
  wire.back () ^= 1;
  EXPECT_EQ (Check (wire), FLOE_STUN_INTEGRITY_WRONG);
}

/* RFC 8489 section 14.6: "The value must be the full 32 bytes unless the STUN usage explicitly
 * specifies that truncation is allowed." */
TEST_F (StunIntegrity, ATruncatedSha256IsRightOnlyWhereItIsAllowed)
{
  for (gsize size = FLOE_STUN_SHA256_MIN_SIZE; size <= FLOE_STUN_SHA256_SIZE; size += 4)
    {
      Bytes wire = Build ([&] (auto *builder) {
        floe_stun_builder_add_truncated_integrity (builder, &key_, size);
      });
      EXPECT_EQ (Check (wire), size == FLOE_STUN_SHA256_SIZE ? FLOE_STUN_INTEGRITY_RIGHT
                                                             : FLOE_STUN_INTEGRITY_WRONG)
          << size;
      for (gsize min_size = FLOE_STUN_SHA256_MIN_SIZE; min_size <= FLOE_STUN_SHA256_SIZE;
           min_size += 4)
        EXPECT_EQ (floe_stun_message_check_truncated_integrity (&message_, &key_, min_size),
                   size >= min_size ? FLOE_STUN_INTEGRITY_RIGHT : FLOE_STUN_INTEGRITY_WRONG);
    }
}

TEST_F (StunIntegrity, ACutOffSha256IsNotATruncatedOne)
{
  Bytes wire =
      Build ([&] (auto *builder) { floe_stun_builder_add_integrity_sha256 (builder, &key_); });
  Resize (wire, wire.size () - 16);
  wire[23] = 16;
  ASSERT_TRUE (Parses (wire, &message_));
  EXPECT_EQ (floe_stun_message_check_truncated_integrity (&message_, &key_, 16),
             FLOE_STUN_INTEGRITY_WRONG)
      << "the length in the header is covered";
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key_.bytes, key_.size);
  guint8 digest[32];
  gsize size = sizeof digest;
  g_hmac_update (hmac, wire.data (), FLOE_STUN_HEADER_SIZE);
  g_hmac_get_digest (hmac, digest, &size);
  memcpy (wire.data () + 24, digest, 16);
  ASSERT_TRUE (Parses (wire, &message_));
  EXPECT_EQ (floe_stun_message_check_truncated_integrity (&message_, &key_, 16),
             FLOE_STUN_INTEGRITY_RIGHT);
}

/* RFC 8489 sections 14.5 and 14.6. */
TEST_F (StunIntegrity, WhatFollowsTheProofIsIgnored)
{
  Bytes wire = Build ([&] (auto *builder) {
    floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, "name");
    floe_stun_builder_add_integrity (builder, &key_);
    floe_stun_builder_add_flag (builder, FLOE_STUN_USE_CANDIDATE);
    floe_stun_builder_add_integrity (builder, &key_);
    floe_stun_builder_add_integrity_sha256 (builder, &key_);
    floe_stun_builder_add_uint (builder, FLOE_STUN_PRIORITY, 1, 4);
    floe_stun_builder_add_fingerprint (builder);
    floe_stun_builder_add (builder, 0x7fff, "", 0);
  });
  /* FINGERPRINT was made before the last attribute came: so let it be right again. */
  Bytes trimmed = wire;
  Resize (trimmed, wire.size () - 4);
  EXPECT_EQ (Check (trimmed), FLOE_STUN_INTEGRITY_RIGHT);
  EXPECT_EQ (Types (message_),
             (std::vector<guint16>{ FLOE_STUN_USERNAME, FLOE_STUN_MESSAGE_INTEGRITY,
                                    FLOE_STUN_MESSAGE_INTEGRITY_SHA256, FLOE_STUN_FINGERPRINT }));
  EXPECT_FALSE (floe_stun_message_has (&message_, FLOE_STUN_USE_CANDIDATE));
  guint16 unknown[4];
  EXPECT_EQ (floe_stun_message_list_unknown (&message_, nullptr, 0, unknown, 4), 3u);
}

TEST (StunKey, OfALongTermCredentialIsTheHashOfAllThree)
{
  for (auto algorithm : { FLOE_STUN_PASSWORD_MD5, FLOE_STUN_PASSWORD_SHA256 })
    {
      g_auto (FloeStunKey) key = {};
      ASSERT_TRUE (
          floe_stun_key_init_long_term (&key, algorithm, "user", "realm", "pass", nullptr));
      GString *hex = g_string_new ("");
      for (gsize i = 0; i < key.size; i++)
        g_string_append_printf (hex, "%02x", key.bytes[i]);
      auto type = algorithm == FLOE_STUN_PASSWORD_MD5 ? G_CHECKSUM_MD5 : G_CHECKSUM_SHA256;
      EXPECT_EQ (TakeString (g_string_free (hex, FALSE)),
                 TakeString (g_compute_checksum_for_string (type, "user:realm:pass", -1)));
    }
}

/* RFC 8265 section 4.2: U+00A0 is a space, e and U+0301 are one letter. */
TEST (StunKey, PreparesThePasswordAsAnOpaqueString)
{
  g_auto (FloeStunKey) key = {};
  ASSERT_TRUE (floe_stun_key_init_short_term (&key,
                                              "a\xc2\xa0"
                                              "e\xcc\x81",
                                              nullptr));
  EXPECT_EQ (std::string ((const char *) key.bytes, key.size), "a \xc3\xa9");
  for (const char *bad : { "", "\xff", "a\nb", "a\x7f" })
    {
      FloeStunKey none{};
      ErrorHolder error;
      EXPECT_FALSE (floe_stun_key_init_short_term (&none, bad, error));
      EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
      EXPECT_FALSE (
          floe_stun_key_init_long_term (&none, FLOE_STUN_PASSWORD_MD5, "u", bad, "p", error));
      EXPECT_FALSE (
          floe_stun_key_init_long_term (&none, FLOE_STUN_PASSWORD_MD5, "u", "r", bad, error));
    }
}

TEST (StunBuilder, FailsWhenTheBufferIsFullAndStaysFailed)
{
  for (gsize size = 0; size < 52; size++)
    {
      Bytes buffer (size);
      FloeStunBuilder builder =
          floe_stun_builder_init (buffer.data (), size, FLOE_STUN_REQUEST, 1, id);
      FloeStunAddress address = { {}, 16, 1 };
      floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &address);
      floe_stun_builder_add_fingerprint (&builder);
      EXPECT_EQ (floe_stun_builder_finish (&builder), 0u) << size;
    }
}

TEST (StunBuilder, FailsOnTextsThatAreTooLong)
{
  std::string text (FLOE_STUN_MAX_USERNAME_SIZE + 1, 'x');
  EXPECT_TRUE (Build ([&] (auto *builder) {
                 floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, text.c_str ());
               }).empty ());
  text.resize (FLOE_STUN_MAX_TEXT_SIZE + 1, 'x');
  EXPECT_TRUE (Build ([&] (auto *builder) {
                 floe_stun_builder_add_error (builder, 400, text.c_str ());
               }).empty ());
}
