/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"
#include "floe-tunnel-head-codec-private.h"

/* What libnice 0.1.21 sends, field by field. */
static const std::string libnice_head = "CONNECT 192.0.2.1:3478 HTTP/1.0\r\n"
                                        "Host: 192.0.2.1\r\n"
                                        "User-Agent: libnice\r\n"
                                        "Content-Length: 0\r\n"
                                        "Proxy-Connection: Keep-Alive\r\n"
                                        "Connection: Keep-Alive\r\n"
                                        "Cache-Control: no-cache\r\n"
                                        "Pragma: no-cache\r\n"
                                        "Proxy-Authorization: Basic YTpi\r\n"
                                        "\r\n";

static FloeTunnelHeadResult
Parse (const std::string &text, FloeTunnelHead *head)
{
  return floe_tunnel_head_parse (head, text.data (), text.size ());
}

static std::string
Credentials (const FloeTunnelHead &head)
{
  return std::string (head.credentials != nullptr ? head.credentials : "", head.credentials_size);
}

TEST (TunnelHead, TakesWhatLibniceSends)
{
  FloeTunnelHead head;

  ASSERT_EQ (Parse (libnice_head, &head), FLOE_TUNNEL_HEAD_CONNECT);
  EXPECT_EQ (head.size, libnice_head.size ());
  EXPECT_EQ (Credentials (head), "YTpi");
}

TEST (TunnelHead, LeavesWhatComesBehindIt)
{
  std::string text = libnice_head + "\r\n\r\nmore";
  FloeTunnelHead head;

  ASSERT_EQ (Parse (text, &head), FLOE_TUNNEL_HEAD_CONNECT);
  EXPECT_EQ (head.size, libnice_head.size ());
}

TEST (TunnelHead, WaitsForEveryByte)
{
  FloeTunnelHead head;

  for (gsize size = 0; size < libnice_head.size (); size++)
    ASSERT_EQ (Parse (libnice_head.substr (0, size), &head), FLOE_TUNNEL_HEAD_INCOMPLETE) << size;
}

TEST (TunnelHead, EndsAtItsGreatestSize)
{
  FloeTunnelHead head;
  std::string start = "CONNECT a:1 HTTP/1.1\r\nA: ", end = "\r\n\r\n";
  gsize filling = FLOE_TUNNEL_MAX_HEAD - start.size () - end.size ();
  std::string longest = start + std::string (filling, 'x') + end;

  EXPECT_EQ (Parse (longest, &head), FLOE_TUNNEL_HEAD_CONNECT);
  EXPECT_EQ (Parse (start + std::string (filling + 1, 'x') + end, &head), FLOE_TUNNEL_HEAD_BAD);
  EXPECT_EQ (Parse (longest.substr (0, longest.size () - 1), &head), FLOE_TUNNEL_HEAD_INCOMPLETE);
}

struct HeadCase
{
  const char *name;
  std::string text;
  FloeTunnelHeadResult result;
  std::string credentials;
};

class TunnelHeads : public testing::TestWithParam<HeadCase>
{
};

TEST_P (TunnelHeads, AreTakenOrRefused)
{
  FloeTunnelHead head;

  EXPECT_EQ (Parse (GetParam ().text, &head), GetParam ().result);
  if (GetParam ().result == FLOE_TUNNEL_HEAD_CONNECT)
    {
      EXPECT_EQ (Credentials (head), GetParam ().credentials);
    }
}

static HeadCase
Good (const char *name, const std::string &fields, const char *credentials)
{
  return { name, "CONNECT a:1 HTTP/1.1\r\n" + fields + "\r\n", FLOE_TUNNEL_HEAD_CONNECT,
           credentials };
}

static HeadCase
Bad (const char *name, const std::string &text)
{
  return { name, text, FLOE_TUNNEL_HEAD_BAD, "" };
}

INSTANTIATE_TEST_SUITE_P (
    Credentials, TunnelHeads,
    testing::Values (Good ("None", "", ""), Good ("OtherFields", "Host: a\r\nX-Y:\r\n", ""),
                     Good ("AnyCase", "pROXY-aUTHORIZATION:bAsIc \t YTpi \r\n", "YTpi"),
                     Good ("OtherScheme", "Proxy-Authorization: Digest YTpi\r\n", ""),
                     Good ("LongerScheme", "Proxy-Authorization: Basics YTpi\r\n", ""),
                     Good ("SchemeOnly", "Proxy-Authorization: Basic\r\n", ""),
                     Good ("ForTheServer", "Authorization: Basic YTpi\r\n", ""),
                     Good ("Empty", "Proxy-Authorization:\r\n", "")),
    [] (const auto &info) { return std::string (info.param.name); });

INSTANTIATE_TEST_SUITE_P (
    Bad, TunnelHeads,
    testing::Values (
        Bad ("Get", "GET http://a/ HTTP/1.1\r\n\r\n"),
        Bad ("LowerCase", "connect a:1 HTTP/1.1\r\n"), Bad ("NoTarget", "CONNECT  HTTP/1.1\r\n"),
        Bad ("TwoTargets", "CONNECT a b HTTP/1.1\r\n"), Bad ("NoVersion", "CONNECT a:1\r\n"),
        Bad ("Http2", "CONNECT a:1 HTTP/2.0\r\n"), Bad ("NewlineOnly", "CONNECT a:1 HTTP/1.1\n\n"),
        Bad ("NoLine", "\r\n"), Bad ("BareReturn", "CONNECT a:1 HTTP/1.1\r\nA: \rb\r\n\r\n"),
        Bad ("Nul", std::string ("CONNECT a:1 HTTP/1.1\r\nA: \0\r\n\r\n", 29)),
        Bad ("EightBits", "CONNECT a:1 HTTP/1.1\r\nA: \xc3\xa4\r\n\r\n"),
        Bad ("NoColon", "CONNECT a:1 HTTP/1.1\r\nField\r\n\r\n"),
        Bad ("NoName", "CONNECT a:1 HTTP/1.1\r\n: x\r\n\r\n"),
        Bad ("SpaceBeforeColon", "CONNECT a:1 HTTP/1.1\r\nA : x\r\n\r\n"),
        Bad ("Folded", "CONNECT a:1 HTTP/1.1\r\nA: x\r\n y\r\n\r\n"),
        Bad ("Content", "CONNECT a:1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n"),
        Bad ("Chunks", "CONNECT a:1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Bad ("TwoCredentials", "CONNECT a:1 HTTP/1.1\r\nProxy-Authorization: Digest a\r\n"
                               "Proxy-Authorization: Basic YTpi\r\n\r\n"),
        Bad ("Tls", "\x16\x03\x01\x02\r\n"),
        Bad ("Endless", std::string (FLOE_TUNNEL_MAX_HEAD, 'C'))),
    [] (const auto &info) { return std::string (info.param.name); });
