/* SPDX-License-Identifier: MPL-2.0 */
/* The messages of RFC 5769 section 2 and RFC 8489 appendix B. */
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"

#include <cstring>

#include "floe-test.h"

using Bytes = std::vector<guint8>;

static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";
static const Bytes transaction_id{ 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                                   0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae };

static Bytes
FromHex (const char *hex)
{
  Bytes bytes;
  for (const char *at = hex; *at != '\0'; at += at[0] == ' ' ? 1 : 2)
    {
      if (at[0] != ' ')
        bytes.push_back (
            (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1])));
    }
  return bytes;
}

class StunVectors : public testing::Test
{
protected:
  void SetUp () override
  {
    floe_stun_key_init_short_term (&key_, password, nullptr);
  }
  void TearDown () override
  {
    floe_stun_key_clear (&key_);
  }

  void Parse (const char *hex)
  {
    wire_ = FromHex (hex);
    ErrorHolder error;
    ASSERT_TRUE (floe_stun_message_parse (&message_, wire_.data (), wire_.size (), error))
        << error.message ();
  }
  std::string Text (FloeStunAttributeType type)
  {
    const char *text;
    gsize size;
    return floe_stun_message_get_text (&message_, type, &text, &size) ? std::string (text, size)
                                                                      : "(none)";
  }
  void ExpectTransactionId (const Bytes &id)
  {
    EXPECT_EQ (memcmp (message_.transaction_id, id.data (), id.size ()), 0);
  }
  /* No byte of the message can change unnoticed, but for the header of FINGERPRINT: an attribute
   * of another type in that place is ignored. */
  void ExpectProtected ()
  {
    EXPECT_EQ (floe_stun_message_check_integrity (&message_, &key_), FLOE_STUN_INTEGRITY_RIGHT);
    bool has_fingerprint = floe_stun_message_has (&message_, FLOE_STUN_FINGERPRINT);
    for (gsize i = 0; i < wire_.size () - (has_fingerprint ? 8 : 0); i++)
      {
        Bytes forged = wire_;
        FloeStunMessage message;
        forged[i] ^= 1;
        bool believed =
            floe_stun_message_parse (&message, forged.data (), forged.size (), nullptr)
            && floe_stun_message_check_integrity (&message, &key_) == FLOE_STUN_INTEGRITY_RIGHT;
        EXPECT_FALSE (believed) << i;
      }
  }

  Bytes wire_;
  FloeStunMessage message_;
  FloeStunKey key_{};
};

TEST_F (StunVectors, Section21SampleRequest)
{
  Parse ("000100582112a442b7e7a701bc34d686fa87dfae 80220010 5354554e207465737420636c69656e74"
         "00240004 6e0001ff 80290008 932ff9b151263b36 00060009 6576746a3a68367659202020"
         "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf");
  guint64 number = 0;
  EXPECT_EQ (message_.message_class, FLOE_STUN_REQUEST);
  EXPECT_EQ (message_.method, FLOE_STUN_METHOD_BINDING);
  ExpectTransactionId (transaction_id);
  EXPECT_EQ (Text (FLOE_STUN_SOFTWARE), "STUN test client");
  EXPECT_EQ (Text (FLOE_STUN_USERNAME), "evtj:h6vY");
  EXPECT_TRUE (floe_stun_message_get_uint (&message_, FLOE_STUN_PRIORITY, 4, &number));
  EXPECT_EQ (number, 0x6e0001ffu);
  EXPECT_TRUE (floe_stun_message_get_uint (&message_, FLOE_STUN_ICE_CONTROLLED, 8, &number));
  EXPECT_EQ (number, G_GUINT64_CONSTANT (0x932ff9b151263b36));
  EXPECT_TRUE (floe_stun_message_has (&message_, FLOE_STUN_FINGERPRINT));
  ExpectProtected ();
}

TEST_F (StunVectors, Section22SampleIPv4Response)
{
  Parse ("0101003c2112a442b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220"
         "00200008 0001a147e112a643 00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
         "80280004 c07d4c96");
  FloeStunAddress address;
  const guint8 expected[] = { 192, 0, 2, 1 };
  EXPECT_EQ (message_.message_class, FLOE_STUN_SUCCESS);
  EXPECT_EQ (Text (FLOE_STUN_SOFTWARE), "test vector");
  ASSERT_TRUE (
      floe_stun_message_get_xor_address (&message_, FLOE_STUN_XOR_MAPPED_ADDRESS, &address));
  EXPECT_EQ (address.port, 32853);
  ASSERT_EQ (address.size, sizeof expected);
  EXPECT_EQ (memcmp (address.bytes, expected, sizeof expected), 0);
  ExpectProtected ();
}

TEST_F (StunVectors, Section23SampleIPv6Response)
{
  Parse ("010100482112a442b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220"
         "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
         "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c");
  FloeStunAddress address;
  Bytes expected = FromHex ("20010db8123456780011223344556677");
  ASSERT_TRUE (
      floe_stun_message_get_xor_address (&message_, FLOE_STUN_XOR_MAPPED_ADDRESS, &address));
  EXPECT_EQ (address.port, 32853);
  ASSERT_EQ (address.size, expected.size ());
  EXPECT_EQ (memcmp (address.bytes, expected.data (), expected.size ()), 0);
  ExpectProtected ();
}

static const char long_term_request[] =
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012 e3839ee38388e383aae38383e382afe382b90000"
    "0015001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341"
    "0014000b 6578616d706c652e6f726700 00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666";
static const char long_term_user[] = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83"
                                     "\xe3\x82\xaf\xe3\x82\xb9";
static const char long_term_nonce[] = "f//499k954d6OL34oL9FSTvy64sA";

TEST_F (StunVectors, Section24SampleRequestWithLongTermAuthentication)
{
  Parse (long_term_request);
  EXPECT_EQ (Text (FLOE_STUN_USERNAME), long_term_user);
  EXPECT_EQ (Text (FLOE_STUN_NONCE), long_term_nonce);
  EXPECT_EQ (Text (FLOE_STUN_REALM), "example.org");
  EXPECT_EQ (floe_stun_message_check_integrity (&message_, &key_), FLOE_STUN_INTEGRITY_WRONG);
  floe_stun_key_clear (&key_);
  ASSERT_TRUE (floe_stun_key_init_long_term (&key_, FLOE_STUN_PASSWORD_MD5, long_term_user,
                                             "example.org", "TheMatrIX", nullptr));
  ExpectProtected ();
}

/* The only message of the RFC that pads with zeros, as we do. */
TEST_F (StunVectors, Section24IsWhatTheBuilderMakes)
{
  Bytes expected = FromHex (long_term_request), id = FromHex ("78ad3433c6ad72c029da412e");
  guint8 buffer[200];
  g_auto (FloeStunKey) key = {};
  ASSERT_TRUE (floe_stun_key_init_long_term (&key, FLOE_STUN_PASSWORD_MD5, long_term_user,
                                             "example.org", "TheMatrIX", nullptr));
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_BINDING, id.data ());
  floe_stun_builder_add_text (&builder, FLOE_STUN_USERNAME, long_term_user);
  floe_stun_builder_add_text (&builder, FLOE_STUN_NONCE, long_term_nonce);
  floe_stun_builder_add_text (&builder, FLOE_STUN_REALM, "example.org");
  floe_stun_builder_add_integrity (&builder, &key);
  gsize size = floe_stun_builder_finish (&builder);
  EXPECT_EQ (Bytes (buffer, buffer + size), expected);
}

/* As erratum 6268 corrects it: with PASSWORD-ALGORITHM, and the SHA-256 of the password. */
TEST_F (StunVectors, Rfc8489AppendixB1SampleRequestWithUserhash)
{
  Parse ("000100902112a44278ad3433c6ad72c029da412e"
         "001e0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"
         "00150029 6f624d61744a6f7332414141 43662f2f3439396b39353464364f4c33346f4c39"
         "4653547679363473 41000000"
         "0014000b 6578616d706c652e6f726700 001d0004 00020000"
         "001c0020 b5c7bf005b6c52a21c51c5e892f819241362 96cb927c43149309278cc6518e65");
  FloeStunAttribute userhash;
  FloeStunPasswordAlgorithm algorithm;
  guint8 expected[FLOE_STUN_USERHASH_SIZE];
  std::string nonce = Text (FLOE_STUN_NONCE);

  EXPECT_EQ (nonce, std::string ("obMatJos2AAAC") + long_term_nonce);
  EXPECT_EQ (floe_stun_nonce_get_security (nonce.data (), nonce.size ()),
             FLOE_STUN_SECURITY_USERNAME_ANONYMITY);
  ASSERT_TRUE (floe_stun_compute_userhash (long_term_user, Text (FLOE_STUN_REALM).c_str (),
                                           expected, nullptr));
  ASSERT_TRUE (floe_stun_message_find (&message_, FLOE_STUN_USERHASH, &userhash));
  ASSERT_EQ (userhash.size, sizeof expected);
  EXPECT_EQ (memcmp (userhash.value, expected, sizeof expected), 0);
  ASSERT_TRUE (floe_stun_message_get_algorithm (&message_, &algorithm));
  EXPECT_EQ (algorithm, FLOE_STUN_PASSWORD_SHA256);
  floe_stun_key_clear (&key_);
  ASSERT_TRUE (floe_stun_key_init_long_term (&key_, algorithm, long_term_user, "example.org",
                                             "TheMatrIX", nullptr));
  ExpectProtected ();
}
