/* SPDX-License-Identifier: MPL-2.0 */
/* What a rendezvous reads from the network and writes to it, and how much it takes from whom. */
#include <floe-test.h>
#include <gmock/gmock.h>

extern "C"
{
#include "rendezvous-limits.h"
#include "rendezvous-page.h"
#include "rendezvous-request.h"
#include "rendezvous-websocket.h"
}

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace
{

std::string
TakeBytes (GBytes *bytes)
{
  gsize size;
  const char *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));
  std::string result (data, size);

  g_bytes_unref (bytes);
  return result;
}

/* --- frames --- */

const gsize max_message = 1000;
const std::string mask ("\x01\x02\x03\x04", 4);

/* A client's frame: its first byte, and the length as @length_size bytes. */
std::string
Frame (int first, std::string payload, int length_size = 0)
{
  std::string frame (1, static_cast<char> (first));
  size_t size = payload.size ();

  frame += static_cast<char> (0x80
                              | (length_size == 8   ? 127
                                 : length_size == 2 ? 126
                                                    : static_cast<int> (size)));
  for (int i = length_size - 1; i >= 0; i--)
    frame += static_cast<char> (static_cast<guint64> (size) >> 8 * i);
  for (size_t i = 0; i < payload.size (); i++)
    payload[i] = static_cast<char> (payload[i] ^ mask[i % 4]);
  return frame + mask + payload;
}

class DecoderTest : public testing::Test
{
protected:
  ~DecoderTest () override
  {
    rendezvous_decoder_free (decoder_);
  }
  void Push (const std::string &data)
  {
    rendezvous_decoder_push (decoder_, reinterpret_cast<const guint8 *> (data.data ()),
                             data.size ());
  }
  /* What is next, in words. */
  std::string Next ()
  {
    RendezvousEvent event = rendezvous_decoder_pop (decoder_);
    std::string data (reinterpret_cast<const char *> (event.data), event.size);

    switch (event.kind)
      {
      case RENDEZVOUS_EVENT_NONE:
        return "none";
      case RENDEZVOUS_EVENT_TEXT:
        return "text " + data;
      case RENDEZVOUS_EVENT_PING:
        return "ping " + data;
      case RENDEZVOUS_EVENT_PONG:
        return "pong " + data;
      case RENDEZVOUS_EVENT_CLOSE:
        return "close";
      case RENDEZVOUS_EVENT_FAILURE:
        return "failure " + std::to_string (event.close_code);
      }
    return "?";
  }

  RendezvousDecoder *decoder_ = rendezvous_decoder_new (max_message);
};

TEST_F (DecoderTest, ReadsMessages)
{
  Push (Frame (0x81, "hello") + Frame (0x81, "") + Frame (0x81, std::string (300, 'x'), 2));

  EXPECT_EQ (Next (), "text hello");
  EXPECT_EQ (Next (), "text ");
  EXPECT_EQ (Next (), "text " + std::string (300, 'x'));
  EXPECT_EQ (Next (), "none");
}

TEST_F (DecoderTest, WaitsForTheWholeFrame)
{
  for (char byte : Frame (0x81, std::string (300, 'x'), 2))
    {
      EXPECT_EQ (Next (), "none");
      Push (std::string (1, byte));
    }
  EXPECT_EQ (Next (), "text " + std::string (300, 'x'));
}

TEST_F (DecoderTest, PutsFragmentsTogetherWithControlFramesInBetween)
{
  Push (Frame (0x01, "\xc3") + Frame (0x89, "p") + Frame (0x00, "\xa9") + Frame (0x8a, "q")
        + Frame (0x80, "!"));

  EXPECT_EQ (Next (), "ping p");
  EXPECT_EQ (Next (), "pong q");
  EXPECT_EQ (Next (), "text \xc3\xa9!");
  EXPECT_EQ (Next (), "none");
}

TEST_F (DecoderTest, BoundsAMessageInFragments)
{
  Push (Frame (0x01, std::string (100, 'x')));
  for (int i = 0; i < 9; i++)
    {
      Push (Frame (0x00, std::string (100, 'x')));
      EXPECT_EQ (Next (), "none");
    }
  Push (Frame (0x00, "x"));
  EXPECT_EQ (Next (), "failure 1009");
}

TEST_F (DecoderTest, SaysNothingAfterAFailure)
{
  Push (Frame (0x82, "binary") + Frame (0x81, "text"));
  EXPECT_EQ (Next (), "failure 1003");
  Push (Frame (0x81, "text"));
  EXPECT_EQ (Next (), "failure 1003");
}

struct BadFrame
{
  const char *title;
  std::string bytes;
  const char *outcome;
};

class DecoderRefuses : public DecoderTest, public testing::WithParamInterface<BadFrame>
{
};

TEST_P (DecoderRefuses, Frame)
{
  Push (GetParam ().bytes);
  EXPECT_EQ (Next (), GetParam ().outcome);
}

INSTANTIATE_TEST_SUITE_P (
    Frames, DecoderRefuses,
    testing::Values (
        BadFrame{ "Unmasked", std::string ("\x81\x01x"), "failure 1002" },
        BadFrame{ "ReservedBit", Frame (0xc1, "x"), "failure 1002" },
        BadFrame{ "Binary", Frame (0x82, "x"), "failure 1003" },
        BadFrame{ "UnknownOpcode", Frame (0x83, "x"), "failure 1002" },
        BadFrame{ "UnknownControl", Frame (0x8b, "x"), "failure 1002" },
        BadFrame{ "ContinuesNothing", Frame (0x80, "x"), "failure 1002" },
        BadFrame{ "TwoBeginnings", Frame (0x01, "x") + Frame (0x81, "y"), "failure 1002" },
        BadFrame{ "FragmentedPing", Frame (0x09, "x"), "failure 1002" },
        BadFrame{ "LongPing", Frame (0x89, std::string (126, 'x'), 2), "failure 1002" },
        BadFrame{ "LengthTooWide", Frame (0x81, "x", 2), "failure 1002" },
        BadFrame{ "LengthMuchTooWide", Frame (0x81, "x", 8), "failure 1002" },
        BadFrame{ "TooBig", Frame (0x81, std::string (1001, 'x'), 2), "failure 1009" },
        BadFrame{ "TooBigFromItsHead",
                  std::string ("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10) + mask,
                  "failure 1009" },
        BadFrame{ "NotUtf8", Frame (0x81, "\xff"), "failure 1007" },
        BadFrame{ "NulInText", Frame (0x81, std::string ("a\0b", 3)), "failure 1007" }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (Encoder, WritesTheShortestLength)
{
  EXPECT_EQ (TakeBytes (rendezvous_encode_text ("hi")), "\x81\x02hi");
  EXPECT_THAT (TakeBytes (rendezvous_encode_text (std::string (126, 'x').c_str ())),
               StartsWith (std::string ("\x81\x7e\x00\x7ex", 5)));
  EXPECT_THAT (TakeBytes (rendezvous_encode_text (std::string (65536, 'x').c_str ())),
               StartsWith (std::string ("\x81\x7f\0\0\0\0\0\x01\0\0x", 11)));
  EXPECT_EQ (TakeBytes (rendezvous_encode_close (1000)), std::string ("\x88\x02\x03\xe8", 4));
}

/* --- requests --- */

guint
Parse (const std::string &head, RendezvousRequest *request)
{
  return rendezvous_request_parse (reinterpret_cast<const guint8 *> (head.data ()), head.size (),
                                   request);
}

struct Head
{
  const char *title;
  std::string head;
  guint status;
};

class Requests : public testing::TestWithParam<Head>
{
};

TEST_P (Requests, AreReadStrictly)
{
  g_auto (RendezvousRequest) request = {};

  EXPECT_EQ (Parse (GetParam ().head, &request), GetParam ().status);
}

INSTANTIATE_TEST_SUITE_P (
    Heads, Requests,
    testing::Values (Head{ "Plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
                     Head{ "Old", "GET / HTTP/1.0\r\n\r\n", 0 },
                     Head{ "NoBody", "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 0 },
                     Head{ "Body", "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", 413 },
                     Head{ "Chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                           413 },
                     Head{ "Empty", "\r\n\r\n", 400 },
                     Head{ "NoPath", "GET HTTP/1.1\r\n\r\n", 400 },
                     Head{ "WholeAddress", "GET http://a/ HTTP/1.1\r\n\r\n", 400 },
                     Head{ "Spaces", "GET /  HTTP/1.1\r\n\r\n", 400 },
                     Head{ "Version", "GET / HTTP/2.0\r\n\r\n", 505 },
                     Head{ "Tls", std::string ("\x16\x03\x01\x00\r\n\r\n", 8), 400 },
                     Head{ "PathNotAscii", "GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 400 },
                     Head{ "PathWithControl", "GET /\x1b[2J HTTP/1.1\r\n\r\n", 400 },
                     Head{ "NoColon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400 },
                     Head{ "NoName", "GET / HTTP/1.1\r\n: a\r\n\r\n", 400 },
                     Head{ "SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
                     Head{ "Folded", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400 },
                     Head{ "LineFeeds", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400 },
                     Head{ "NotAscii", "GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n", 400 }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (Request, KnowsItsParts)
{
  g_auto (RendezvousRequest) request = {};

  ASSERT_EQ (Parse ("GET /a/b?c=d HTTP/1.1\r\nX-A:  1 \r\nx-a: 2\r\n\r\n", &request), 0u);
  EXPECT_STREQ (request.method, "GET");
  EXPECT_STREQ (request.path, "/a/b");
  EXPECT_STREQ (rendezvous_request_get_header (&request, "x-a"), "1, 2");
  EXPECT_EQ (rendezvous_request_get_header (&request, "x-b"), nullptr);
}

struct Host
{
  const char *title;
  const char *host;
  bool is_own;
};

class Hosts : public testing::TestWithParam<Host>
{
};

TEST_P (Hosts, AreOursOrNot)
{
  static const char *const hosts[] = { "files.example.org", nullptr };
  g_auto (RendezvousRequest) request = {};

  ASSERT_EQ (Parse (std::string ("GET / HTTP/1.1\r\n") + GetParam ().host + "\r\n\r\n", &request),
             0u);
  EXPECT_EQ (rendezvous_request_has_own_host (&request, "Desk.example.org", hosts),
             GetParam ().is_own);
}

INSTANTIATE_TEST_SUITE_P (
    Names, Hosts,
    testing::Values (Host{ "Missing", "A: b", false }, Host{ "Ipv4", "Host: 192.0.2.1", true },
                     Host{ "Ipv4AndPort", "Host: 192.0.2.1:8080", true },
                     Host{ "Ipv6", "Host: [::1]", true },
                     Host{ "Ipv6AndPort", "Host: [2001:db8::1]:8080", true },
                     Host{ "Localhost", "Host: LOCALHOST:1", true },
                     Host{ "Machine", "Host: desk.example.org", true },
                     Host{ "MachineShort", "Host: desk", true },
                     Host{ "MachineLocal", "Host: desk.local:80", true },
                     Host{ "Named", "Host: Files.Example.org:443", true },
                     Host{ "Foreign", "Host: evil.example", false },
                     Host{ "Below", "Host: localhost.evil.example", false },
                     Host{ "Above", "Host: xlocalhost", false },
                     Host{ "AlmostNumeric", "Host: 127.0.0.1.evil.example", false },
                     Host{ "ShortNumeric", "Host: 127.1", false },
                     Host{ "NameInBrackets", "Host: [localhost]", false },
                     Host{ "OpenBracket", "Host: [::1", false },
                     Host{ "Two", "Host: localhost\r\nHost: localhost", false },
                     Host{ "UserInfo", "Host: localhost@evil.example", false },
                     Host{ "BadPort", "Host: localhost:x", false },
                     Host{ "NoPort", "Host: localhost:", false },
                     Host{ "OnlyAColon", "Host: :", false }, Host{ "Empty", "Host:", false }),
    [] (const auto &info) { return std::string (info.param.title); });

struct Origin
{
  const char *title;
  const char *host;
  const char *origin; /* (nullable) */
  bool is_tls;
  bool is_own;
};

class Origins : public testing::TestWithParam<Origin>
{
};

TEST_P (Origins, AreOursOrNot)
{
  g_auto (RendezvousRequest) request = {};
  std::string head = std::string ("GET / HTTP/1.1\r\nHost: ") + GetParam ().host + "\r\n";

  if (GetParam ().origin != nullptr)
    head += std::string ("Origin: ") + GetParam ().origin + "\r\n";
  ASSERT_EQ (Parse (head + "\r\n", &request), 0u);
  EXPECT_EQ (rendezvous_request_has_own_origin (&request, GetParam ().is_tls), GetParam ().is_own);
}

INSTANTIATE_TEST_SUITE_P (
    Values, Origins,
    testing::Values (Origin{ "Missing", "h:1", nullptr, false, true },
                     Origin{ "Same", "h:1", "http://h:1", false, true },
                     Origin{ "OtherPort", "h:1", "http://h:2", false, false },
                     Origin{ "OtherHost", "h:1", "http://g:1", false, false },
                     Origin{ "OtherCase", "h:1", "http://H:1", false, true },
                     Origin{ "Null", "h:1", "null", false, false },
                     Origin{ "OtherScheme", "h:1", "file://h:1", false, false },
                     Origin{ "DefaultPort", "h", "http://h", false, true },
                     Origin{ "DefaultPortSaid", "h:80", "http://h", false, true },
                     Origin{ "DefaultPortOfTls", "h", "https://h", true, true },
                     Origin{ "PlainPageOfTlsHost", "h", "http://h", true, false },
                     Origin{ "PlainPageOfTlsPort", "h:1", "http://h:1", true, false },
                     Origin{ "BehindATlsProxy", "h", "https://h", false, true },
                     Origin{ "Ipv6", "[::1]:1", "http://[::1]:1", false, true },
                     Origin{ "Path", "h:1", "http://h:1/", false, false }),
    [] (const auto &info) { return std::string (info.param.title); });

const char upgrade[] =
    "GET /ws HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x, floe.1\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/* RFC 6455 section 1.3. */
TEST (Upgrade, IsAnsweredAsTheRfcSays)
{
  g_auto (RendezvousRequest) request = {};

  ASSERT_EQ (Parse (upgrade, &request), 0u);
  EXPECT_EQ (rendezvous_request_check_upgrade (&request, "floe.1"), 0u);
  EXPECT_EQ (TakeString (rendezvous_request_make_accept (&request)),
             "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

struct Change
{
  const char *title;
  const char *from;
  const char *to;
  guint status;
};

class BadUpgrade : public testing::TestWithParam<Change>
{
};

TEST_P (BadUpgrade, IsRefused)
{
  g_auto (RendezvousRequest) request = {};
  std::string head = upgrade;

  head.replace (head.find (GetParam ().from), strlen (GetParam ().from), GetParam ().to);
  ASSERT_EQ (Parse (head, &request), 0u);
  EXPECT_EQ (rendezvous_request_check_upgrade (&request, "floe.1"), GetParam ().status);
}

INSTANTIATE_TEST_SUITE_P (
    Changes, BadUpgrade,
    testing::Values (Change{ "Method", "GET", "HEAD", 405 }, Change{ "Version", "13", "8", 426 },
                     Change{ "NoUpgrade", "WebSocket\r", "h2c\r", 426 },
                     Change{ "Protocol", "floe.1", "floe.2", 400 },
                     Change{ "Connection", "keep-alive, Upgrade", "keep-alive", 400 },
                     Change{ "ShortKey", "dGhl", "", 400 },
                     Change{ "NoBase64", "dGhlIHNh", "!!!!!!!!", 400 }),
    [] (const auto &info) { return std::string (info.param.title); });

/* --- responses --- */

/* (nullable becomes empty). */
std::string
GetFile (const char *method, const char *path, bool is_last = true)
{
  GBytes *response = rendezvous_page_get_file (method, path, is_last);

  return response != nullptr ? TakeBytes (response) : "";
}

TEST (Page, HasItsSecurityHeadersOnEveryResponse)
{
  for (const std::string &response :
       { GetFile ("GET", "/"), GetFile ("HEAD", "/style.css"),
         TakeBytes (rendezvous_page_refuse (421)), TakeBytes (rendezvous_page_upgrade ("a", "b")) })
    {
      EXPECT_THAT (response, HasSubstr ("default-src 'none'; script-src 'self'"));
      EXPECT_THAT (response, HasSubstr ("Referrer-Policy: no-referrer\r\n"));
      EXPECT_THAT (response, HasSubstr ("X-Content-Type-Options: nosniff\r\n"));
      EXPECT_THAT (response, Not (HasSubstr ("Cookie")));
    }
}

TEST (Page, IsOneOfItsFilesOrNothing)
{
  std::string page = GetFile ("GET", "/");

  EXPECT_THAT (page, StartsWith ("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT (page, HasSubstr ("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT (GetFile ("GET", "/main.js"), HasSubstr ("Content-Type: text/javascript;"));
  EXPECT_EQ (GetFile ("HEAD", "/"), page.substr (0, page.find ("\r\n\r\n") + 4));
  for (const char *path : { "/none", "//", "/../index.html", "/%2e%2e/", "/./index.html", "/ws" })
    EXPECT_EQ (GetFile ("GET", path), "") << path;
}

TEST (Page, SaysWhenTheConnectionEnds)
{
  EXPECT_THAT (GetFile ("GET", "/", true), HasSubstr ("Connection: close\r\n"));
  EXPECT_THAT (GetFile ("GET", "/", false), Not (HasSubstr ("Connection:")));
  for (guint status : { 400u, 403u, 404u, 405u, 408u, 413u, 421u, 426u, 431u, 505u })
    {
      std::string response = TakeBytes (rendezvous_page_refuse (status));

      EXPECT_THAT (response, StartsWith ("HTTP/1.1 " + std::to_string (status) + " "));
      EXPECT_THAT (response, HasSubstr ("Connection: close"));
    }
}

} // namespace
