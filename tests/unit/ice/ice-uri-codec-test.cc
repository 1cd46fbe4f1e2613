/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-ice-uri-codec-private.h"
#include <floe/floe-error.h>
G_END_DECLS

struct GoodUri
{
  const char *name;
  const char *text;
  FloeIceUriScheme scheme;
  const char *host;
  guint16 port;
  FloeIceProtocol protocol;
  const char *serialized;
};

class IceUriParses : public testing::TestWithParam<GoodUri>
{
};

TEST_P (IceUriParses, AndSerializesToTheSame)
{
  const GoodUri &good = GetParam ();
  ErrorHolder error;
  FloeIceUri uri, again;

  ASSERT_TRUE (floe_ice_uri_parse (&uri, good.text, error)) << error.message ();
  EXPECT_EQ (uri.scheme, good.scheme);
  EXPECT_STREQ (uri.host, good.host);
  EXPECT_EQ (uri.port, good.port);
  EXPECT_EQ (uri.protocol, good.protocol);

  std::string text = TakeString (floe_ice_uri_serialize (&uri));
  EXPECT_EQ (text, good.serialized);
  ASSERT_TRUE (floe_ice_uri_parse (&again, text.c_str (), error));
  EXPECT_EQ (TakeString (floe_ice_uri_serialize (&again)), text);
}

/* The first of each scheme are the examples of RFC 7064 and RFC 7065, appendix B. */
INSTANTIATE_TEST_SUITE_P (
    Rfc, IceUriParses,
    testing::Values (GoodUri{ "Stun", "stun:example.org", FLOE_ICE_URI_STUN, "example.org", 3478,
                              FLOE_ICE_PROTOCOL_UDP, "stun:example.org" },
                     GoodUri{ "Stuns", "stuns:example.org", FLOE_ICE_URI_STUNS, "example.org", 5349,
                              FLOE_ICE_PROTOCOL_TCP, "stuns:example.org" },
                     GoodUri{ "StunPort", "stun:example.org:8000", FLOE_ICE_URI_STUN, "example.org",
                              8000, FLOE_ICE_PROTOCOL_UDP, "stun:example.org:8000" },
                     GoodUri{ "Turn", "turn:example.org", FLOE_ICE_URI_TURN, "example.org", 3478,
                              FLOE_ICE_PROTOCOL_UDP, "turn:example.org" },
                     GoodUri{ "Turns", "turns:example.org", FLOE_ICE_URI_TURNS, "example.org", 5349,
                              FLOE_ICE_PROTOCOL_TCP, "turns:example.org" },
                     GoodUri{ "TurnPort", "turn:example.org:8000", FLOE_ICE_URI_TURN, "example.org",
                              8000, FLOE_ICE_PROTOCOL_UDP, "turn:example.org:8000" },
                     GoodUri{ "TurnUdp", "turn:example.org?transport=udp", FLOE_ICE_URI_TURN,
                              "example.org", 3478, FLOE_ICE_PROTOCOL_UDP, "turn:example.org" },
                     GoodUri{ "TurnTcp", "turn:example.org?transport=tcp", FLOE_ICE_URI_TURN,
                              "example.org", 3478, FLOE_ICE_PROTOCOL_TCP,
                              "turn:example.org?transport=tcp" },
                     GoodUri{ "TurnsTcp", "turns:example.org?transport=tcp", FLOE_ICE_URI_TURNS,
                              "example.org", 5349, FLOE_ICE_PROTOCOL_TCP, "turns:example.org" },
                     GoodUri{ "TurnsUdp", "turns:example.org?transport=udp", FLOE_ICE_URI_TURNS,
                              "example.org", 5349, FLOE_ICE_PROTOCOL_UDP,
                              "turns:example.org?transport=udp" },
                     GoodUri{ "Ipv4", "stun:192.0.2.1:1", FLOE_ICE_URI_STUN, "192.0.2.1", 1,
                              FLOE_ICE_PROTOCOL_UDP, "stun:192.0.2.1:1" },
                     GoodUri{ "Ipv6", "turn:[2001:db8::1]", FLOE_ICE_URI_TURN, "2001:db8::1", 3478,
                              FLOE_ICE_PROTOCOL_UDP, "turn:[2001:db8::1]" },
                     GoodUri{ "Ipv6All", "TURN:[::1]:65535?Transport=TCP", FLOE_ICE_URI_TURN, "::1",
                              65535, FLOE_ICE_PROTOCOL_TCP, "turn:[::1]:65535?transport=tcp" },
                     GoodUri{ "RootDot", "stun:example.org.", FLOE_ICE_URI_STUN, "example.org.",
                              3478, FLOE_ICE_PROTOCOL_UDP, "stun:example.org." },
                     GoodUri{ "OneLabel", "stun:localhost", FLOE_ICE_URI_STUN, "localhost", 3478,
                              FLOE_ICE_PROTOCOL_UDP, "stun:localhost" }),
    [] (const auto &info) { return std::string (info.param.name); });

struct BadUri
{
  const char *name;
  std::string text;
};

class IceUriRejects : public testing::TestWithParam<BadUri>
{
};

TEST_P (IceUriRejects, WithASyntaxErrorAndUntouchedResult)
{
  ErrorHolder error;
  FloeIceUri uri = {};

  EXPECT_FALSE (floe_ice_uri_parse (&uri, GetParam ().text.c_str (), error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << error.message ();
  EXPECT_STREQ (uri.host, "");
  EXPECT_EQ (uri.port, 0);
}

INSTANTIATE_TEST_SUITE_P (
    Text, IceUriRejects,
    testing::Values (
        BadUri{ "Empty", "" }, BadUri{ "NoScheme", "example.org" },
        BadUri{ "OtherScheme", "http://example.org" }, BadUri{ "SchemeOnly", "stun:" },
        BadUri{ "Slashes", "stun://example.org" }, BadUri{ "SpaceInFront", " stun:example.org" },
        BadUri{ "SpaceBehind", "stun:example.org " }, BadUri{ "EmptyPort", "stun:example.org:" },
        BadUri{ "PortZero", "stun:example.org:0" }, BadUri{ "PortTooBig", "stun:a.org:65536" },
        BadUri{ "PortHuge", "stun:a.org:99999999999999999999" },
        BadUri{ "PortNoNumber", "stun:a.org:8o" }, BadUri{ "PortSigned", "stun:a.org:+80" },
        BadUri{ "StunWithTransport", "stun:example.org?transport=udp" },
        BadUri{ "UnknownTransport", "turn:example.org?transport=sctp" },
        BadUri{ "EmptyTransport", "turn:example.org?transport=" },
        BadUri{ "OtherQuery", "turn:example.org?x=y" },
        BadUri{ "TwoQueries", "turn:example.org?transport=udp&x=y" },
        BadUri{ "UserInfo", "turn:me@example.org" }, BadUri{ "Path", "turn:example.org/x" },
        BadUri{ "Fragment", "turn:example.org#x" }, BadUri{ "Ipv6WithoutBrackets", "stun:::1" },
        BadUri{ "Ipv6Unclosed", "stun:[::1" }, BadUri{ "Ipv6Zone", "stun:[fe80::1%eth0]" },
        BadUri{ "Ipv4InBrackets", "stun:[192.0.2.1]" }, BadUri{ "EmptyBrackets", "stun:[]" },
        BadUri{ "ShortIpv4", "stun:192.0.2" }, BadUri{ "Ipv4TooBig", "stun:192.0.2.256" },
        BadUri{ "NumberAsHost", "stun:1" }, BadUri{ "EmptyLabel", "stun:a..org" },
        BadUri{ "DotFirst", "stun:.org" },
        BadUri{ "NonAscii", "stun:b\xc3\xbc"
                            "cher.example" },
        BadUri{ "NotUtf8", "stun:\xff\xfe" }, BadUri{ "Percent", "stun:a%20b.org" },
        BadUri{ "LabelTooLong", "stun:" + std::string (64, 'a') + ".org" },
        BadUri{ "NameTooLong", "stun:" + std::string (260, 'a') }),
    [] (const auto &info) { return std::string (info.param.name); });
