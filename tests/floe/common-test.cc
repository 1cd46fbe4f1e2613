/* SPDX-License-Identifier: MPL-2.0 */
/* What the samples share: codes, proofs, addresses, JSON. */
#include <floe-test.h>

extern "C"
{
#include "floe-proof.h"
#include "floe-room-address.h"
#include "sample-json.h"
}

namespace
{

struct Json
{
  const char *title;
  std::string text;
  bool is_good;
};

class SampleJson : public testing::TestWithParam<Json>
{
};

TEST_P (SampleJson, TakesObjectsOnly)
{
  const Json &json = GetParam ();
  ErrorHolder error;
  g_autoptr (JsonObject) object =
      sample_json_parse_object (json.text.data (), json.text.size (), error);

  EXPECT_EQ (object != nullptr, json.is_good) << error.message ();
  EXPECT_EQ (error.get () == nullptr, json.is_good);
}

INSTANTIATE_TEST_SUITE_P (
    Texts, SampleJson,
    testing::Values (Json{ "Empty", "", false }, Json{ "EmptyObject", "{}", true },
                     Json{ "Brackets", "{\"a\":\"[[[[[[[[[[[[[[[[[[{{{{\"}", true },
                     Json{ "EscapedQuote", "{\"a\":\"\\\"\"}", true }, Json{ "Array", "[]", false },
                     Json{ "Null", "null", false }, Json{ "Unclosed", "{\"a\":1", false },
                     Json{ "Overclosed", "{}}", false }, Json{ "Two", "{}{}", false },
                     Json{ "NumberBefore", "1{}", false }, Json{ "StringBehind", "{}\"a\"", false },
                     Json{ "CommaBehind", "{},", false }, Json{ "Blanks", " \r\n{ }\t\n", true },
                     Json{ "OtherBracket", "{]", false }, Json{ "OpenString", "{\"a", false },
                     Json{ "NotUtf8", "{\"a\":\"\xff\"}", false },
                     Json{ "Nul", std::string ("{\"a\":\"\0\"}", 9), false },
                     Json{ "EscapedNul", "{\"a\":\"b\\u0000c\"}", false },
                     Json{ "EscapedNulInAName", "{\"a\\u0000b\":1}", false },
                     Json{ "NoEscapedNul", "{\"a\":\"b\\\\u0000\"}", true },
                     Json{ "OctalNul", "{\"a\":\"b\\0\"}", false },
                     Json{ "ShortEscape", "{\"a\":\"\\u00g\"}", false },
                     Json{ "EndsInAnEscape", "{\"a\":\"\\u00", false },
                     Json{ "EndsInABackslash", "{\"a\":\"\\", false },
                     Json{ "UnknownEscape", "{\"a\":\"\\q\"}", false },
                     Json{ "Escapes", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"}", true },
                     Json{ "Newline", "{\"a\":\"b\nc\"}", false },
                     Json{ "Pair", "{\"a\":\"\\uD83D\\ude00\"}", true },
                     Json{ "FirstHalf", "{\"a\":\"\\ud83dA\"}", false },
                     Json{ "FirstHalfAtTheEnd", "{\"a\":\"\\ud83d\"}", false },
                     Json{ "FirstHalfTwice", "{\"a\":\"\\ud83d\\ud83d\"}", false },
                     Json{ "FirstHalfAndOther", "{\"a\":\"\\ud83d\\u0041\"}", false },
                     Json{ "SecondHalf", "{\"a\":\"\\ude00\"}", false },
                     Json{ "HalvesInWrongOrder", "{\"a\":\"\\ude00\\ud83d\"}", false },
                     Json{ "DeepBehindHalf", "{\"\\ud83d\":\":" + std::string (300000, '[') + "\"}",
                           false },
                     Json{ "Numbers", "{\"a\":[0,-1,10,0.5,-2.25,1e5,1E+5,1.5e-7]}", true },
                     Json{ "OctalNumber", "{\"a\":010}", false },
                     Json{ "HexadecimalNumber", "{\"a\":0x10}", false },
                     Json{ "NumberWithoutFraction", "{\"a\":1.}", false },
                     Json{ "NumberWithoutWhole", "{\"a\":.5}", false },
                     Json{ "NumberWithoutExponent", "{\"a\":1e}", false },
                     Json{ "MinusAlone", "{\"a\":-}", false },
                     Json{ "MinusAtTheEnd", "{\"a\":-", false },
                     Json{ "PlusOne", "{\"a\":+1}", false },
                     Json{ "NumberBeyond64Bits", "{\"a\":-18446744073709551611}", false },
                     Json{ "Comment", "{/*\"*/}", false }, Json{ "Quotes", "{'a':1}", false },
                     Json{ "Deep", "{\"a\":" + std::string (30000, '['), false },
                     Json{ "DeepAndClosed",
                           "{\"a\":" + std::string (9, '[') + std::string (9, ']') + "}", false }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (SampleJsonMembers, AreUnescapedAsTheyWereMeant)
{
  const std::string text = "{\"s\":\"\\\"\\\\\\/\\t\\u00e4\\uD83D\\ude00\\\\u0000\"}";
  g_autoptr (JsonObject) object = sample_json_parse_object (text.data (), text.size (), nullptr);

  ASSERT_NE (object, nullptr);
  EXPECT_STREQ (sample_json_get_string (object, "s", 100), "\"\\/\t\u00e4\U0001f600\\u0000");
}

TEST (SampleJsonMembers, AreReadAsTheyWereWritten)
{
  std::string text;
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonObject) again = nullptr;

  for (char c = 1; c > 0; c++)
    text += c;
  text += "\u00e4\u2028\U0001f600";
  sample_json_set_string (object, "s", text.c_str ());
  const std::string line = TakeString (sample_json_to_line (object));
  again = sample_json_parse_object (line.data (), line.size (), nullptr);
  ASSERT_NE (again, nullptr) << line;
  EXPECT_EQ (sample_json_get_string (again, "s", 1000), text);
}

/* What g_bytes_get_data() and an empty GByteArray give. */
TEST (SampleJsonNothing, IsNoObject)
{
  ErrorHolder error;

  EXPECT_EQ (sample_json_parse_object (nullptr, 0, error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
}

/* RFC 8259 section 7: "the control characters (U+0000 through U+001F)" are escaped. */
TEST (SampleJsonLine, HasNoControlCharacters)
{
  for (char c = 1; c < 0x20; c++)
    {
      const char text[] = { 'a', c, 'b', '\0' };
      g_autoptr (JsonObject) object = json_object_new ();
      g_autoptr (JsonObject) read = nullptr;

      sample_json_set_string (object, "s", text);
      const std::string line = TakeString (sample_json_to_line (object));
      EXPECT_EQ (line.find (c), std::string::npos) << int{ c };
      read = sample_json_parse_object (line.data (), line.size (), nullptr);
      ASSERT_NE (read, nullptr) << line;
      EXPECT_STREQ (sample_json_get_string (read, "s", 3), text);
    }
}

TEST (SampleJsonMembers, OfTheWrongKindAreMissing)
{
  const std::string text = "{\"n\":1,\"s\":\"abc\",\"o\":{},\"a\":[],\"z\":null,\"d\":1.5}";
  g_autoptr (JsonObject) object = sample_json_parse_object (text.data (), text.size (), nullptr);

  ASSERT_NE (object, nullptr);
  for (const char *name : { "n", "o", "a", "z", "d", "none" })
    EXPECT_EQ (sample_json_get_string (object, name, 10), nullptr) << name;
  for (const char *name : { "s", "o", "a", "z", "d", "none" })
    EXPECT_EQ (sample_json_get_int (object, name, -7), -7) << name;
  EXPECT_STREQ (sample_json_get_string (object, "s", 3), "abc");
  EXPECT_EQ (sample_json_get_string (object, "s", 2), nullptr);
  EXPECT_FALSE (sample_json_has (object, "z"));
  EXPECT_TRUE (sample_json_has (object, "o"));
}

const char vector_code[] = "000G40R40M30E209185GR38E1W";

FloeCode
VectorCode ()
{
  FloeCode code;

  for (int i = 0; i < FLOE_CODE_SECRET_SIZE; i++)
    code.secret[i] = static_cast<guint8> (i);
  return code;
}

TEST (Code, DerivesWhatTheProtocolSays)
{
  const FloeCode code = VectorCode ();
  guint8 key[FLOE_CODE_KEY_SIZE];

  floe_code_get_key (&code, key);
  EXPECT_EQ (TakeString (floe_code_to_string (&code)), vector_code);
  EXPECT_EQ (TakeString (floe_code_get_room (&code)),
             "32bac26fd0d25508a13565fc55f2c413babc24ffc4fca9ea6d918bb03a48fb8e");
  EXPECT_EQ (TakeString (floe_proof_nonce_to_string (key)),
             "2320b4ff30b497c3ac2fda980308b14e0e1f4fbf79c1d4b9678d219f0ab63553");
}

TEST (Code, IsReadAsPeopleTypeIt)
{
  const FloeCode expected = VectorCode ();

  for (const char *text :
       { vector_code, "000g40r40m30e209185gr38e1w", "OooG-40R4 OM3O-E2O91\t85GR38E1W",
         "000G40R40M30E209i85GR38EiW", "000G40R40M30E209L85GR38ElW" })
    {
      g_auto (FloeCode) code = {};
      ASSERT_TRUE (floe_code_parse (text, &code, nullptr)) << text;
      EXPECT_EQ (memcmp (code.secret, expected.secret, sizeof code.secret), 0) << text;
    }
}

TEST (Code, IsNotReadFromAnythingElse)
{
  const std::string blanks = std::string (200, ' ') + vector_code;

  for (const char *text :
       { "", "000G40R40M30E209185GR38E1", "000G40R40M30E209185GR38E1W0",
         "000G40R40M30E209185GR38E1X", "000G40R40M30E209185GR38EUW",
         "000G40R40M30E209185GR38E1\u00e4", "000G40R40M30E209185GR38E*W", blanks.c_str () })
    {
      g_auto (FloeCode) code = {};
      ErrorHolder error;
      EXPECT_FALSE (floe_code_parse (text, &code, error)) << text;
      EXPECT_TRUE (g_error_matches (error.get (), FLOE_ERROR, FLOE_ERROR_SYNTAX)) << text;
    }
}

TEST (Code, IsNeverTheSameAndComesBackFromItsText)
{
  FloeCode one, two, again;

  floe_code_generate (&one);
  floe_code_generate (&two);
  EXPECT_NE (memcmp (one.secret, two.secret, sizeof one.secret), 0);
  ASSERT_TRUE (floe_code_parse (TakeString (floe_code_to_string (&one)).c_str (), &again, nullptr));
  EXPECT_EQ (memcmp (one.secret, again.secret, sizeof one.secret), 0);
}

TEST (Code, TellsRoomsFromOtherText)
{
  const std::string room (64, 'a');

  EXPECT_TRUE (floe_code_is_room (room.c_str ()));
  for (const std::string &text : { std::string (), room.substr (1), room + "a",
                                   room.substr (1) + "A", room.substr (1) + "/" })
    EXPECT_FALSE (floe_code_is_room (text.c_str ())) << text;
}

class ProofTest : public testing::Test
{
protected:
  ProofTest ()
  {
    const FloeCode code = VectorCode ();

    floe_code_get_key (&code, key_);
    memset (binding_.offerer_fingerprint, 0x11, sizeof binding_.offerer_fingerprint);
    memset (binding_.answerer_fingerprint, 0x22, sizeof binding_.answerer_fingerprint);
    memset (binding_.offerer_nonce, 0x33, sizeof binding_.offerer_nonce);
    memset (binding_.answerer_nonce, 0x44, sizeof binding_.answerer_nonce);
  }

  guint8 key_[FLOE_CODE_KEY_SIZE];
  FloeProofBinding binding_;
};

TEST_F (ProofTest, IsWhatTheProtocolSays)
{
  EXPECT_EQ (TakeString (floe_proof_make (key_, FLOE_PROOF_RECEIVER, &binding_)),
             "171ba974793802a658f2091b6cab4a6cd91b2ba3ae98698a80cbd86c6341b442");
  EXPECT_EQ (TakeString (floe_proof_make (key_, FLOE_PROOF_SENDER, &binding_)),
             "4908cc7105c7afc9673e0e2ade93a22b79809bc77ea1dd41bccc47d5dc9fa8e9");
}

TEST_F (ProofTest, HoldsForItsRoleAndBindingOnly)
{
  const std::string mac = TakeString (floe_proof_make (key_, FLOE_PROOF_SENDER, &binding_));
  FloeProofBinding swapped = binding_;

  EXPECT_TRUE (floe_proof_check (key_, FLOE_PROOF_SENDER, &binding_, mac.c_str ()));
  EXPECT_FALSE (floe_proof_check (key_, FLOE_PROOF_RECEIVER, &binding_, mac.c_str ()));
  for (size_t i = 0; i < sizeof swapped; i++)
    {
      auto *bytes = reinterpret_cast<guint8 *> (&swapped);
      bytes[i] ^= 1;
      EXPECT_FALSE (floe_proof_check (key_, FLOE_PROOF_SENDER, &swapped, mac.c_str ())) << i;
      bytes[i] ^= 1;
    }
  key_[0] ^= 1;
  EXPECT_FALSE (floe_proof_check (key_, FLOE_PROOF_SENDER, &binding_, mac.c_str ()));
}

TEST_F (ProofTest, IsNoneWhenItIsNoMac)
{
  const std::string mac = TakeString (floe_proof_make (key_, FLOE_PROOF_SENDER, &binding_));

  for (const std::string &text :
       { std::string (), mac.substr (1), mac + "0", mac.substr (1) + "x", std::string (64, '0') })
    EXPECT_FALSE (floe_proof_check (key_, FLOE_PROOF_SENDER, &binding_, text.c_str ())) << text;
}

std::string
FingerprintLine (const char *hash, const char *byte, int count = 32)
{
  std::string line = std::string ("a=fingerprint:") + hash + " " + byte;

  for (int i = 1; i < count; i++)
    line += std::string (":") + byte;
  return line + "\r\n";
}

TEST (ProofFingerprint, IsReadHoweverOftenItIsSaid)
{
  const std::string line = FingerprintLine ("sha-256", "aB");
  guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE];

  for (const std::string &sdp :
       { "v=0\r\n" + line, line + "m=application\r\n" + line, FingerprintLine ("SHA-256", "ab") })
    {
      ASSERT_TRUE (floe_proof_read_fingerprint (sdp.c_str (), fingerprint, nullptr)) << sdp;
      for (guint8 byte : fingerprint)
        EXPECT_EQ (byte, 0xab);
    }
}

TEST (ProofFingerprint, IsNotReadWhenThereIsAnyOther)
{
  const std::string line = FingerprintLine ("sha-256", "ab");
  guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE];

  for (const std::string &sdp :
       { std::string (), std::string ("v=0\r\n"), line + FingerprintLine ("sha-256", "ac"),
         line + FingerprintLine ("sha-512", "ab", 64), FingerprintLine ("sha-1", "ab", 20),
         FingerprintLine ("sha-256", "ab", 31), FingerprintLine ("sha-256", "ab", 33),
         line + "A=Fingerprint:sha-256 00\r\n", "a=x\ra=fingerprint:sha-1 00\r\n" + line })
    {
      ErrorHolder error;
      EXPECT_FALSE (floe_proof_read_fingerprint (sdp.c_str (), fingerprint, error)) << sdp;
      EXPECT_NE (error.get (), nullptr) << sdp;
    }
}

TEST (RoomAddress, ReadsWhatItWrites)
{
  for (const char *text :
       { "http://127.0.0.1:8080/#000G40R40M30E209185GR38E1W",
         "http://[::1]:9/#000G40R40M30E209185GR38E1W", "http://127.0.0.1:8080/" })
    {
      g_auto (FloeRoomAddress) address = {};
      ASSERT_TRUE (floe_room_address_parse (text, &address, nullptr)) << text;
      EXPECT_EQ (TakeString (floe_room_address_to_string (&address)), text);
      EXPECT_TRUE (floe_room_address_is_loopback (&address));
      EXPECT_EQ (address.has_code, strchr (text, '#') != nullptr);
    }
}

TEST (RoomAddress, KeepsTheZoneOfALinkLocalAddress)
{
  const char *text = "http://[fe80::1%25eth0]:8080/#000G40R40M30E209185GR38E1W";
  g_auto (FloeRoomAddress) address = {};

  ASSERT_TRUE (floe_room_address_parse (text, &address, nullptr));
  EXPECT_STREQ (address.host, "fe80::1%eth0");
  EXPECT_EQ (TakeString (floe_room_address_to_string (&address)), text);
  EXPECT_EQ (TakeString (floe_room_address_to_websocket_uri (&address)),
             "ws://[fe80::1%25eth0]:8080/ws/"
             "32bac26fd0d25508a13565fc55f2c413babc24ffc4fca9ea6d918bb03a48fb8e");
}

TEST (RoomAddress, NamesItsWebSocketByTheRoomAndNotTheCode)
{
  g_auto (FloeRoomAddress) address = {};

  ASSERT_TRUE (floe_room_address_parse ("https://floe.example#000G40R40M30E209185GR38E1W", &address,
                                        nullptr));
  EXPECT_EQ (TakeString (floe_room_address_to_websocket_uri (&address)),
             "wss://floe.example:443/ws/"
             "32bac26fd0d25508a13565fc55f2c413babc24ffc4fca9ea6d918bb03a48fb8e");
  EXPECT_FALSE (floe_room_address_is_loopback (&address));
  EXPECT_FALSE (floe_room_address_is_private (&address));
}

TEST (RoomAddress, KnowsWhichNetworksAreOnesOwn)
{
  struct
  {
    const char *host;
    bool is_private;
  } cases[] = { { "10.1.2.3", true },    { "172.31.0.1", true }, { "192.168.1.1", true },
                { "127.0.0.2", true },   { "localhost", true },  { "169.254.1.1", true },
                { "[fd00::1]", true },   { "[fe80::1]", true },  { "[::1]", true },
                { "192.0.2.1", false },  { "8.8.8.8", false },   { "[2001:db8::1]", false },
                { "example.org", false } };

  for (const auto &c : cases)
    {
      g_auto (FloeRoomAddress) address = {};
      const std::string text = std::string ("http://") + c.host + ":80/";
      ASSERT_TRUE (floe_room_address_parse (text.c_str (), &address, nullptr)) << text;
      EXPECT_EQ (floe_room_address_is_private (&address), c.is_private) << text;
    }
}

TEST (RoomAddress, RefusesWhatIsNone)
{
  const std::string long_text = "http://x/#" + std::string (600, 'a');

  for (const char *text :
       { "", "abc", "000G40R40M30E209185GR38E1W", "http://127.0.0.1:8080/#",
         "http://127.0.0.1:8080/#a/b", "http://127.0.0.1:0/", "ftp://x/", "http:///", "http://u@x/",
         "http://a%2Fb/", "http://a%20b/", "http://x/room", "http://x/?a", long_text.c_str () })
    {
      g_auto (FloeRoomAddress) address = {};
      ErrorHolder error;
      EXPECT_FALSE (floe_room_address_parse (text, &address, error)) << text;
      EXPECT_NE (error.get (), nullptr) << text;
      EXPECT_EQ (address.host, nullptr) << text;
    }
}

} // namespace
