/* SPDX-License-Identifier: MPL-2.0 */
/* The parts of the sample programs that need neither a connection nor a clock. */
#include <floe-test.h>

extern "C"
{
#include "floe-room-address.h"
#include "host-address.h"
#include "peer-payload.h"
#include "safe-text.h"
#include "sample-json.h"
#include "transfer-message.h"
}

namespace
{

struct Name
{
  const char *title;
  std::string given;
  const char *expected; /* nullptr: refused */
};

class SafeFileName : public testing::TestWithParam<Name>
{
};

TEST_P (SafeFileName, StaysInsideItsDirectory)
{
  g_autofree char *safe = safe_file_name (GetParam ().given.c_str ());

  EXPECT_STREQ (safe, GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (
    Names, SafeFileName,
    testing::Values (
        Name{ "Plain", "photo.jpg", "photo.jpg" }, Name{ "Spaces", "my photo.jpg", "my photo.jpg" },
        Name{ "Unicode", "Übung.txt", "Übung.txt" }, Name{ "Parent", "../x", "x" },
        Name{ "Absolute", "/etc/passwd", "passwd" }, Name{ "Backslash", "..\\..\\x", "x" },
        Name{ "Empty", "", nullptr }, Name{ "Dot", ".", nullptr }, Name{ "DotDot", "..", nullptr },
        Name{ "OnlyASlash", "a/", nullptr }, Name{ "ParentOnly", "../..", nullptr },
        Name{ "Blanks", "   ", nullptr }, Name{ "Hidden", ".bashrc", "_bashrc" },
        Name{ "HiddenBehindABlank", " .bashrc", "_bashrc" },
        Name{ "DotsBehindABlank", " ..", "_." }, Name{ "Newline", "a\nb", "a_b" },
        Name{ "Escape", "\033[2Jx", "_[2Jx" }, Name{ "Delete", "a\177b", "a_b" },
        Name{ "RightToLeft", "a\u202egpj.exe", "a_gpj.exe" }, Name{ "NotUtf8", "a\xff", nullptr },
        Name{ "Hash", "a#b%c", "a#b%c" }, Name{ "TooLong", std::string (256, 'x'), nullptr }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (SafeFileNameLength, MayBeAsLongAsFileSystemsAllow)
{
  const std::string longest (SAFE_FILE_NAME_MAX, 'x');

  EXPECT_EQ (TakeString (safe_file_name (longest.c_str ())), longest);
}

TEST (SafeMessage, ShowsNoControlCharacterAndIsShort)
{
  g_autofree char *safe = safe_message ("a\033[31mb\xff\n\u200bccc", 10);

  EXPECT_STREQ (safe, "a_[31mb\ufffd__");
}

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
                     Json{ "Overclosed", "{}}", false }, Json{ "OpenString", "{\"a", false },
                     Json{ "NotUtf8", "{\"a\":\"\xff\"}", false },
                     Json{ "Nul", std::string ("{\"a\":\"\0\"}", 9), false },
                     Json{ "Comment", "{/*\"*/}", false }, Json{ "Quotes", "{'a':1}", false },
                     Json{ "Deep", "{\"a\":" + std::string (30000, '['), false },
                     Json{ "DeepAndClosed",
                           "{\"a\":" + std::string (9, '[') + std::string (9, ']') + "}", false }),
    [] (const auto &info) { return std::string (info.param.title); });

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

class TransferMessageRejects : public testing::TestWithParam<Json>
{
};

TEST_P (TransferMessageRejects, WhatBreaksTheProtocol)
{
  g_auto (TransferMessage) message = {};
  ErrorHolder error;

  EXPECT_FALSE (transfer_message_read (GetParam ().text.c_str (), &message, error));
  EXPECT_NE (error.get (), nullptr);
  EXPECT_EQ (message.name, nullptr);
  EXPECT_EQ (message.sha256, nullptr);
}

const std::string digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

INSTANTIATE_TEST_SUITE_P (
    Texts, TransferMessageRejects,
    testing::Values (
        Json{ "NoType", "{}", false }, Json{ "OtherType", "{\"type\":\"x\"}", false },
        Json{ "NoName", "{\"type\":\"file\",\"size\":1}", false },
        Json{ "NoSize", "{\"type\":\"file\",\"name\":\"a\"}", false },
        Json{ "Negative", "{\"type\":\"file\",\"name\":\"a\",\"size\":-1}", false },
        Json{ "Fraction", "{\"type\":\"file\",\"name\":\"a\",\"size\":1.5}", false },
        Json{ "Huge", "{\"type\":\"file\",\"name\":\"a\",\"size\":9007199254740992}", false },
        Json{ "Overflow", "{\"type\":\"file\",\"name\":\"a\",\"size\":99999999999999999999}",
              false },
        Json{ "ShortHash", "{\"type\":\"end\",\"sha256\":\"00\"}", false },
        Json{ "UpperHash", "{\"type\":\"end\",\"sha256\":\"A" + digits.substr (1) + "\"}", false },
        Json{ "LongText",
              "{\"type\":\"file\",\"size\":1,\"name\":\"a\",\"b\":\"" + std::string (9000, 'x')
                  + "\"}",
              false }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (TransferMessage, ReadsWhatItWrites)
{
  g_autofree char *file = transfer_message_write_file ("a \"b\"\n", TRANSFER_MAX_SIZE);
  g_autofree char *end = transfer_message_write_end (digits.c_str ());
  g_autofree char *received = transfer_message_write_received (digits.c_str ());
  g_autofree char *error = transfer_message_write_error (EXIT_STATUS_INTEGRITY, "why\n");
  g_auto (TransferMessage) a = {}, b = {}, c = {}, d = {};

  ASSERT_TRUE (transfer_message_read (file, &a, nullptr));
  EXPECT_EQ (a.kind, TRANSFER_MESSAGE_FILE);
  EXPECT_STREQ (a.name, "a \"b\"\n");
  EXPECT_EQ (a.size, (guint64) TRANSFER_MAX_SIZE);
  ASSERT_TRUE (transfer_message_read (end, &b, nullptr));
  EXPECT_EQ (b.kind, TRANSFER_MESSAGE_END);
  EXPECT_EQ (b.sha256, digits);
  ASSERT_TRUE (transfer_message_read (received, &c, nullptr));
  EXPECT_EQ (c.kind, TRANSFER_MESSAGE_RECEIVED);
  ASSERT_TRUE (transfer_message_read (error, &d, nullptr));
  EXPECT_EQ (d.status, EXIT_STATUS_INTEGRITY);
  EXPECT_STREQ (d.message, "why_");
}

TEST (TransferMessage, LetsThePeerChooseNoOtherStatusThanIntegrity)
{
  g_auto (TransferMessage) message = {};

  ASSERT_TRUE (
      transfer_message_read ("{\"type\":\"error\",\"code\":\"interrupted\"}", &message, nullptr));
  EXPECT_EQ (message.status, EXIT_STATUS_FAILED);
}

TEST (RoomAddress, ReadsWhatItWrites)
{
  for (const char *text : { "http://127.0.0.1:8080/#abc", "http://[::1]:9/#0_-Z" })
    {
      g_auto (FloeRoomAddress) address = {};
      ASSERT_TRUE (floe_room_address_parse (text, &address, nullptr)) << text;
      EXPECT_EQ (TakeString (floe_room_address_to_string (&address)), text);
      EXPECT_TRUE (floe_room_address_is_loopback (&address));
    }
}

TEST (RoomAddress, NamesItsWebSocket)
{
  g_auto (FloeRoomAddress) address = {};

  ASSERT_TRUE (floe_room_address_parse ("https://floe.example/#abc", &address, nullptr));
  EXPECT_EQ (TakeString (floe_room_address_to_websocket_uri (&address)),
             "wss://floe.example:443/room/abc");
  EXPECT_FALSE (floe_room_address_is_loopback (&address));
}

TEST (RoomAddress, RefusesWhatIsNone)
{
  const std::string long_text = "http://x/#" + std::string (65, 'a');

  for (const char *text :
       { "", "abc", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/#",
         "http://127.0.0.1:8080/#a/b", "http://127.0.0.1:8080/#a%20b", "http://127.0.0.1:0/#abc",
         "ftp://x/#abc", "http:///#abc", long_text.c_str () })
    {
      g_auto (FloeRoomAddress) address = {};
      ErrorHolder error;
      EXPECT_FALSE (floe_room_address_parse (text, &address, error)) << text;
      EXPECT_NE (error.get (), nullptr) << text;
    }
}

TEST (RoomToken, IsValidAndNeverTheSame)
{
  g_autofree char *one = floe_room_token_new ();
  g_autofree char *two = floe_room_token_new ();

  EXPECT_TRUE (floe_room_token_is_valid (one));
  EXPECT_STRNE (one, two);
}

TEST (HostAddress, ReadsAnAddressWithAndWithoutPort)
{
  struct
  {
    const char *text, *host;
    int port;
  } cases[] = { { "127.0.0.1", "127.0.0.1", 0 },
                { "0.0.0.0:80", "0.0.0.0", 80 },
                { "[::]:1234", "::", 1234 },
                { "::1", "::1", 0 },
                { "localhost:5", "127.0.0.1", 5 } };

  for (const auto &c : cases)
    {
      g_autoptr (GInetSocketAddress) address = host_address_parse (c.text, nullptr);
      ASSERT_NE (address, nullptr) << c.text;
      EXPECT_EQ (
          TakeString (g_inet_address_to_string (g_inet_socket_address_get_address (address))),
          c.host);
      EXPECT_EQ (g_inet_socket_address_get_port (address), c.port);
    }
  for (const char *text : { "", "example.org:80", "127.0.0.1:99999", "127.0.0.1:x" })
    EXPECT_EQ (host_address_parse (text, nullptr), nullptr) << text;
}

TEST (PeerPayload, HasTheChecksumThatOthersCompute)
{
  g_autoptr (GBytes) payload = peer_make_payload (3);
  const guint8 *data = static_cast<const guint8 *> (g_bytes_get_data (payload, nullptr));

  EXPECT_EQ (data[0], 7);
  EXPECT_EQ (data[1], 38);
  EXPECT_EQ (data[2], 69);
  EXPECT_EQ (peer_crc32 (reinterpret_cast<const guint8 *> ("123456789"), 9), 0xcbf43926u);
  EXPECT_EQ (peer_crc32 (nullptr, 0), 0u);
}

} // namespace
