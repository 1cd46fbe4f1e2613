/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>
#include <floe/floe-privacy.h>

#include "floe-test.h"

static const FloePrivacyLevel open_level = FLOE_PRIVACY_LEVEL_OPEN;
static const FloePrivacyLevel default_route = FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE;
static const FloePrivacyLevel obfuscated = FLOE_PRIVACY_LEVEL_OBFUSCATED;
static const FloePrivacyLevel no_host = FLOE_PRIVACY_LEVEL_NO_HOST;
static const FloePrivacyLevel relay_only = FLOE_PRIVACY_LEVEL_RELAY_ONLY;

/* "(nothing)" when nothing passes. */
static std::string
FilterCandidate (const std::string &text, FloePrivacyLevel level)
{
  char *filtered = floe_privacy_filter_candidate (text.c_str (), level);

  return filtered != nullptr ? TakeString (filtered) : "(nothing)";
}

static std::string
FilterSdp (const std::string &text, FloePrivacyLevel level)
{
  ErrorHolder error;
  char *filtered = floe_privacy_filter_sdp (text.c_str (), level, error);

  return filtered != nullptr ? TakeString (filtered) : error.message ();
}

/* What becomes of a text at default-route, obfuscated, no-host and relay-only: "=" for itself, ""
 * for nothing. */
struct ByLevel
{
  const char *name;
  const char *text;
  const char *expected[4];
};

static const FloePrivacyLevel levels[] = { default_route, obfuscated, no_host, relay_only };

class PrivacyFilterCandidate : public testing::TestWithParam<ByLevel>
{
};

TEST_P (PrivacyFilterCandidate, LetsPassWhatTheLevelAllows)
{
  const std::string text = GetParam ().text;

  EXPECT_EQ (FilterCandidate (text, open_level), text);
  for (int i = 0; i < 4; i++)
    {
      std::string expected = GetParam ().expected[i];

      if (expected == "=")
        expected = text;
      EXPECT_EQ (FilterCandidate (text, levels[i]), expected.empty () ? "(nothing)" : expected);
      /* With everything around it that a signalling channel may leave there. */
      EXPECT_EQ (FilterCandidate ("a=" + text + "\r\n", levels[i]),
                 expected.empty () ? "(nothing)" : "a=" + expected + "\r\n");
      EXPECT_EQ (FilterCandidate (expected, levels[i]), expected);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Types, PrivacyFilterCandidate,
    testing::Values (
        ByLevel{ "Host",
                 "candidate:1 1 udp 2130706431 203.0.113.141 8998 typ host",
                 { "=", "", "", "" } },
        ByLevel{ "HostIpv6",
                 "candidate:1 1 udp 2130706431 2001:db8::1 8998 typ host",
                 { "=", "", "", "" } },
        ByLevel{ "HostByName",
                 "candidate:1 1 udp 2130706431 host.example 8998 typ host",
                 { "=", "", "", "" } },
        ByLevel{ "Mdns",
                 "candidate:1 1 udp 2113937151 4b60c5b8-4f0f-4f6e-9d0e-0c9a3e4f1b2c.local 54321 "
                 "typ host generation 0 ufrag EEtu network-cost 999",
                 { "=", "=", "", "" } },
        ByLevel{ "MdnsInCapitals",
                 "candidate:1 1 UDP 2113937151 AB-CD.LOCAL 54321 typ HOST",
                 { "=", "=", "", "" } },
        ByLevel{ "NotQuiteMdns",
                 "candidate:1 1 udp 2113937151 a.local.example 54321 typ host",
                 { "=", "", "", "" } },
        ByLevel{ "Srflx",
                 "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport "
                 "8998",
                 { "=",
                   "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 0.0.0.0 rport 9",
                   "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 0.0.0.0 rport 9",
                   "" } },
        ByLevel{
            "SrflxIpv6",
            "candidate:2 1 udp 1694498815 2001:db8::3 45664 typ srflx raddr fd00::1 rport 8998",
            { "=", "candidate:2 1 udp 1694498815 2001:db8::3 45664 typ srflx raddr :: rport 9",
              "candidate:2 1 udp 1694498815 2001:db8::3 45664 typ srflx raddr :: rport 9", "" } },
        ByLevel{ "Relay",
                 "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 192.0.2.3 rport "
                 "45664",
                 { "=",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 9",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 9",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport "
                   "9" } },
        ByLevel{ "RelayWithoutRelated",
                 "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay",
                 { "=", "=", "=", "=" } },
        ByLevel{ "RelayUnderMdnsName",
                 "candidate:3 1 udp 41885439 a.local 3478 typ relay",
                 { "=", "=", "", "" } },
        ByLevel{ "RelayUnderMdnsNameThatGoesOn",
                 "candidate:3 1 udp 41885439 a.local.1 3478 typ relay raddr 192.0.2.3 rport 1",
                 { "=", "candidate:3 1 udp 41885439 a.local.1 3478 typ relay raddr 0.0.0.0 rport 9",
                   "", "" } },
        ByLevel{ "SrflxUnderMdnsNameThatGoesOn",
                 "candidate:3 1 udp 41885439 a.local.example 3478 typ srflx",
                 { "=", "=", "", "" } },
        ByLevel{ "Prflx",
                 "candidate:4 1 udp 5 192.0.2.3 1 typ prflx raddr 10.0.0.1 rport 1",
                 { "=", "", "", "" } },
        ByLevel{ "UnknownType",
                 "candidate:4 1 udp 5 192.0.2.3 1 typ satellite",
                 { "=", "", "", "" } },
        ByLevel{ "TcpActive",
                 "candidate:1 1 tcp 1518280447 192.168.1.5 9 typ host tcptype active",
                 { "=", "", "", "" } },
        ByLevel{ "TcpSrflx",
                 "candidate:1 1 TCP 1518280447 192.0.2.3 45664 typ srflx raddr 192.168.1.5 rport "
                 "45664 tcptype so",
                 { "=",
                   "candidate:1 1 TCP 1518280447 192.0.2.3 45664 typ srflx raddr 0.0.0.0 rport 9 "
                   "tcptype so",
                   "candidate:1 1 TCP 1518280447 192.0.2.3 45664 typ srflx raddr 0.0.0.0 rport 9 "
                   "tcptype so",
                   "" } },
        ByLevel{ "SslTcp",
                 "candidate:1 1 ssltcp 1518280447 192.0.2.3 443 typ relay",
                 { "=", "=", "=", "=" } }),
    [] (const auto &info) { return std::string (info.param.name); });

/* What the stacks put behind the type. */
INSTANTIATE_TEST_SUITE_P (
    Extensions, PrivacyFilterCandidate,
    testing::Values (
        ByLevel{ "Chromium",
                 "candidate:1 1 udp 1677729535 203.0.113.5 61665 typ srflx raddr 192.168.1.5 rport "
                 "61665 generation 0 ufrag EEtu network-id 3 network-cost 10",
                 { "=",
                   "candidate:1 1 udp 1677729535 203.0.113.5 61665 typ srflx raddr 0.0.0.0 rport 9 "
                   "generation 0 ufrag EEtu network-id 3 network-cost 10",
                   "candidate:1 1 udp 1677729535 203.0.113.5 61665 typ srflx raddr 0.0.0.0 rport 9 "
                   "generation 0 ufrag EEtu",
                   "" } },
        ByLevel{ "ChromiumHidesHalf",
                 "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 0 "
                 "generation 0",
                 { "=",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 9 "
                   "generation 0",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 9 "
                   "generation 0",
                   "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 9 "
                   "generation 0" } },
        ByLevel{ "OldLibwebrtc",
                 "candidate:3 1 udp 4 198.51.100.9 3478 typ relay name audio network_name en0 "
                 "username u password p generation 0",
                 { "=", "candidate:3 1 udp 4 198.51.100.9 3478 typ relay generation 0",
                   "candidate:3 1 udp 4 198.51.100.9 3478 typ relay generation 0",
                   "candidate:3 1 udp 4 198.51.100.9 3478 typ relay generation 0" } },
        ByLevel{ "FloeNat",
                 "candidate:1 1 udp 1 192.0.2.1 9 typ relay ufrag EEtu floe-nat "
                 "1.nat-yes.map-ei.filter-apd floe-lock 1.2",
                 { "=", "candidate:1 1 udp 1 192.0.2.1 9 typ relay ufrag EEtu",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay ufrag EEtu",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay ufrag EEtu" } },
        ByLevel{ "AddressWhereNoneBelongs",
                 "candidate:1 1 udp 1 192.0.2.1 9 typ relay ufrag 10.0.0.1 x fe80::1 generation 0",
                 { "=", "candidate:1 1 udp 1 192.0.2.1 9 typ relay generation 0",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay generation 0",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay generation 0" } },
        ByLevel{ "WordWhereANumberBelongs",
                 "candidate:1 1 udp 1 192.0.2.1 9 typ relay generation laptop network-id eth0",
                 { "=", "candidate:1 1 udp 1 192.0.2.1 9 typ relay",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay" } },
        ByLevel{ "ManySpaces",
                 "candidate:1  1 udp 1 192.0.2.1 9  typ relay  raddr  10.0.0.1  x y ",
                 { "=", "candidate:1  1 udp 1 192.0.2.1 9  typ relay  raddr  0.0.0.0 ",
                   "candidate:1  1 udp 1 192.0.2.1 9  typ relay  raddr  0.0.0.0 ",
                   "candidate:1  1 udp 1 192.0.2.1 9  typ relay  raddr  0.0.0.0 " } },
        ByLevel{ "RelatedTwice",
                 "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr 10.0.0.1 raddr x.local rport 5",
                 { "=",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr 0.0.0.0 raddr 0.0.0.0 rport 9",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr 0.0.0.0 raddr 0.0.0.0 rport 9",
                   "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr 0.0.0.0 raddr 0.0.0.0 rport "
                   "9" } }),
    [] (const auto &info) { return std::string (info.param.name); });

/* Nobody knows what somebody else makes of these. */
class PrivacyFilterCandidateDrops
    : public testing::TestWithParam<std::pair<const char *, const char *> >
{
};

TEST_P (PrivacyFilterCandidateDrops, WhatIsNoCandidate)
{
  for (FloePrivacyLevel level : levels)
    EXPECT_EQ (FilterCandidate (GetParam ().second, level), "(nothing)");
  EXPECT_EQ (FilterCandidate (GetParam ().second, open_level), GetParam ().second);
}

INSTANTIATE_TEST_SUITE_P (
    Malformed, PrivacyFilterCandidateDrops,
    testing::Values (
        std::make_pair ("Short", "candidate:1 1 udp 1 192.0.2.1 9 typ"),
        std::make_pair ("HalfAPair", "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr"),
        std::make_pair ("Zone", "candidate:1 1 udp 1 fe80::1%eth0 9 typ relay"),
        std::make_pair ("TwoTypes", "candidate:1 1 udp 1 192.0.2.1 9 typ relay typ host"),
        std::make_pair ("Prefix", "Candidate:1 1 udp 1 192.0.2.1 9 typ relay"),
        std::make_pair ("SpaceFirst", "candidate: 1 1 udp 1 192.0.2.1 9 typ relay"),
        std::make_pair ("FoundationIsAddress", "candidate:10.0.0.1 1 udp 1 192.0.2.1 9 typ relay"),
        std::make_pair ("PriorityIsAddress", "candidate:1 1 udp 10.0.0.1 192.0.2.1 9 typ relay"),
        std::make_pair ("Tabs", "candidate:1\t1\tudp\t1\t192.0.2.1\t9\ttyp\trelay"),
        std::make_pair ("TwoLines", "candidate:1 1 udp 1 192.0.2.1 9 typ relay\r\n"
                                    "a=candidate:1 1 udp 1 10.0.0.1 9 typ host"),
        std::make_pair ("Control", "candidate:1 1 udp 1 192.0.2.1 9 typ relay x \v"),
        std::make_pair ("SomethingElse", "end-of-candidates"), std::make_pair ("Sdp", "v=0")),
    [] (const auto &info) { return std::string (info.param.first); });

TEST (PrivacyFilter, LetsTheEndOfCandidatesPass)
{
  for (FloePrivacyLevel level : levels)
    EXPECT_EQ (FilterCandidate ("", level), "");
}

TEST (PrivacyFilter, ReplacesFoundationsThatAreHashesOfTheBase)
{
  /* Two hosts behind one NAT, as aiortc writes them: nothing may tell them apart. */
  const char *behind = " 1 udp 1694498815 203.0.113.8 39221 typ srflx raddr 10.0.0.1 rport 1";
  std::string one = FilterCandidate (
      std::string ("candidate:0cc175b9c0f1b6a831c399e269772661") + behind, no_host);
  std::string other = FilterCandidate (
      std::string ("candidate:92eb5ffee6ae2fec3ad71c777531578f") + behind, no_host);

  EXPECT_EQ (one, other);
  EXPECT_EQ (one.find ("0cc175b9"), std::string::npos);
  EXPECT_EQ (FilterCandidate (one, no_host), one);
  /* A relayed one is its own base, and a short one no hash. */
  for (const char *text : { "candidate:0cc175b9c0f1b6a8 1 udp 1 198.51.100.9 1 typ relay",
                            "candidate:p0f1 1 udp 1 203.0.113.8 39221 typ srflx" })
    EXPECT_EQ (FilterCandidate (text, no_host), text);
}

/* A line of a description at each level. */
class PrivacyFilterLine : public testing::TestWithParam<ByLevel>
{
};

TEST_P (PrivacyFilterLine, LetsPassWhatTheLevelAllows)
{
  const std::string text = GetParam ().text;

  for (const char *end : { "\r\n", "\n", "\r", "" })
    for (int i = 0; i < 4; i++)
      {
        std::string expected = GetParam ().expected[i];

        if (expected == "=")
          expected = text;
        if (!expected.empty ())
          expected += end;
        EXPECT_EQ (FilterSdp (text + end, levels[i]), expected);
        EXPECT_EQ (FilterSdp ("v=0\r\n" + text + end, levels[i]), "v=0\r\n" + expected);
        EXPECT_EQ (FilterSdp (expected, levels[i]), expected);
        EXPECT_EQ (FilterSdp (text + end, open_level), text + end);
      }
}

#define ALL(expected)                                                                              \
  {                                                                                                \
    expected, expected, expected, expected                                                         \
  }

INSTANTIATE_TEST_SUITE_P (
    Addresses, PrivacyFilterLine,
    testing::Values (
        ByLevel{ "Origin", "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1",
                 ALL ("o=- 3724394400 3724394405 IN IP4 0.0.0.0") },
        ByLevel{ "OriginByName", "o=- 1 1 IN IP4 laptop.example", ALL ("o=- 1 1 IN IP4 0.0.0.0") },
        ByLevel{ "OriginIpv6", "o=- 1 1 IN IP6 2001:db8::1", ALL ("o=- 1 1 IN IP4 0.0.0.0") },
        ByLevel{ "OriginHidden", "o=- 1 1 IN IP6 ::", ALL ("=") },
        ByLevel{ "OriginWithSpaces", "o=John Doe 1 1 IN IP4 10.0.0.1",
                 ALL ("o=- 1 1 IN IP4 0.0.0.0") },
        ByLevel{ "OriginShort", "o=10.0.0.1", ALL ("") },
        ByLevel{ "OriginNotNumbers", "o=- 10.0.0.1 1 IN IP4 0.0.0.0", ALL ("") },
        ByLevel{ "Connection", "c=IN IP4 198.51.100.1", ALL ("c=IN IP4 0.0.0.0") },
        ByLevel{ "ConnectionIpv6", "c=IN IP6 2001:db8::1", ALL ("c=IN IP4 0.0.0.0") },
        ByLevel{ "ConnectionMulticast", "c=IN IP4 233.252.0.1/127/3", ALL ("c=IN IP4 0.0.0.0") },
        ByLevel{ "ConnectionHidden", "c=IN IP4 0.0.0.0", ALL ("=") },
        ByLevel{ "ConnectionHiddenIpv6", "c=IN IP6 ::", ALL ("=") },
        ByLevel{ "Rtcp", "a=rtcp:53020 IN IP4 198.51.100.1", ALL ("a=rtcp:9 IN IP4 0.0.0.0") },
        ByLevel{ "RtcpIpv6", "a=rtcp:53020 IN IP6 2001:db8::1", ALL ("a=rtcp:9 IN IP4 0.0.0.0") },
        ByLevel{ "RtcpPort", "a=rtcp:53020", ALL ("a=rtcp:9") },
        ByLevel{ "RtcpNothing", "a=rtcp", ALL ("") },
        ByLevel{ "RtcpNoPort", "a=rtcp:", ALL ("a=rtcp:9") },
        ByLevel{ "RtcpHidden", "a=rtcp:9 IN IP6 ::", ALL ("=") },
        ByLevel{ "RemoteCandidates", "a=remote-candidates:1 192.0.2.3 45664", ALL ("") },
        ByLevel{ "FloeNat", "a=floe-nat:1 udp-yes nat-yes map-apd", { "=", "", "", "" } },
        ByLevel{ "Unknown", "a=x-host:10.0.0.1", ALL ("") },
        ByLevel{ "UnknownIpv6", "a=x-host:fe80::1%25eth0", ALL ("") },
        ByLevel{ "UnknownMdns", "a=x-host:Laptop.Local", ALL ("") },
        ByLevel{ "UnknownInnocent", "a=x-feature:1.2.3 on", ALL ("=") },
        ByLevel{ "UnknownIpv6InFull", "a=x-host:2001:db8:0:0:0:0:0:1", ALL ("") },
        ByLevel{ "UnknownMac", "a=x-host:02:00:5e:10:00:01", ALL ("") },
        ByLevel{ "UnknownHexadecimal", "a=x-host:0xc0.0xa8.0.1", ALL ("") },
        ByLevel{ "SourceFilter", "a=source-filter: incl IN IP4 233.252.0.1 192.0.2.4", ALL ("") },
        ByLevel{ "Clock", "a=ts-refclk:ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0", ALL ("") },
        ByLevel{ "NotAFingerprint", "a=fingerprint:sha-256 fe80::1", ALL ("") },
        ByLevel{ "NoCandidate", "a=Candidate:1 1 udp 1 192.0.2.1 9 typ relay", ALL ("") },
        ByLevel{ "SpacedCandidate", "a= candidate:1 1 udp 1 192.0.2.1 9 typ relay", ALL ("") }),
    [] (const auto &info) { return std::string (info.param.name); });

INSTANTIATE_TEST_SUITE_P (
    Names, PrivacyFilterLine,
    testing::Values (ByLevel{ "User", "o=alice 1 1 IN IP4 0.0.0.0",
                              ALL ("o=- 1 1 IN IP4 0.0.0.0") },
                     ByLevel{ "Session", "s=Alice's laptop", ALL ("s=-") },
                     ByLevel{ "NoSession", "s=-", ALL ("=") },
                     ByLevel{ "BlankSession", "s= ", ALL ("=") },
                     ByLevel{ "Title", "i=a call with Bob", ALL ("") },
                     ByLevel{ "Uri", "u=http://alice.example/", ALL ("") },
                     ByLevel{ "Email", "e=alice@example.com", ALL ("") },
                     ByLevel{ "Phone", "p=+1 617 555-6011", ALL ("") },
                     ByLevel{ "Key", "k=uri:http://alice.example/key", ALL ("") },
                     ByLevel{ "CnameOfUser", "a=ssrc:1 cname:alice@laptop", ALL ("") },
                     ByLevel{ "CnameAtRandom",
                              "a=ssrc:1 cname:{5ad1c2ab-0b7c-4ff5-8f05-6a2e0bbd3ee9}", ALL ("=") }),
    [] (const auto &info) { return std::string (info.param.name); });

INSTANTIATE_TEST_SUITE_P (
    Others, PrivacyFilterLine,
    testing::Values (
        ByLevel{ "Media", "m=audio 49170 RTP/AVP 0 8", ALL ("m=audio 9 RTP/AVP 0 8") },
        ByLevel{ "MediaPorts", "m=audio 49170/2 RTP/AVP 0", ALL ("m=audio 9 RTP/AVP 0") },
        ByLevel{ "MediaRejected", "m=audio 0 RTP/AVP 0", ALL ("=") },
        ByLevel{ "MediaHidden", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", ALL ("=") },
        ByLevel{ "Fingerprint", "a=fingerprint:sha-1 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB",
                 ALL ("=") },
        ByLevel{ "Extension", "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid", ALL ("=") },
        ByLevel{ "ExtensionByUri",
                 "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
                 ALL ("=") },
        ByLevel{ "Format", "a=fmtp:96 profile-level-id=42e01f;sprop-parameter-sets=Z0IAKeKQ,aM4=",
                 ALL ("=") },
        ByLevel{ "Range", "a=imageattr:97 send [x=[480:16:800],y=[320:16:640]] recv *", ALL ("=") },
        ByLevel{ "Clock", "a=range:smpte-25=10:07:00-10:07:33:05", ALL ("=") },
        ByLevel{ "End", "a=end-of-candidates", ALL ("=") },
        ByLevel{ "Time", "t=3034423619 3042462419", ALL ("=") },
        ByLevel{ "NotUs", "b=AS:64", ALL ("=") }, ByLevel{ "NoLetter", "x=10", ALL ("") },
        ByLevel{ "Capital", "A=mid:0", ALL ("") },
        ByLevel{ "Folded", " raddr 10.0.0.1 rport 5", ALL ("") },
        ByLevel{ "NoLine", "garbage 10.0.0.1", ALL ("") },
        ByLevel{ "Spaced", "a =mid:0", ALL ("") }, ByLevel{ "Control", "a=mid:\v0", ALL ("") },
        ByLevel{ "ForOthersALine",
                 "a=x:\xe2\x80\xa8"
                 "a=candidate:1 1 udp 1 10.0.0.1 9 typ host",
                 ALL ("") }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (PrivacyFilter, DropsTheSectionOfAMediaLineThatCannotStay)
{
  EXPECT_EQ (
      FilterSdp ("v=0\r\nm=audio 10.0.0.1 RTP/AVP 0\r\na=mid:0\r\n\r\nm=audio 1 RTP/AVP 0\r\n"
                 "a=mid:1\r\n",
                 default_route),
      "v=0\r\n\r\nm=audio 9 RTP/AVP 0\r\na=mid:1\r\n");
}

TEST (PrivacyFilter, TakesEachKindOfLineEndForOne)
{
  EXPECT_EQ (
      FilterSdp ("v=0\ra=candidate:1 1 udp 1 10.0.0.1 9 typ host\rs=-\r\n\na=mid:0", no_host),
      "v=0\rs=-\r\n\na=mid:0");
}

TEST (PrivacyFilter, RefusesWhatIsNoText)
{
  for (FloePrivacyLevel level : { open_level, relay_only })
    for (const std::string &text :
         { std::string ("v=0\r\na=x:\xff\r\n"), std::string (256 * 1024 + 1, 'a') })
      {
        ErrorHolder error;

        EXPECT_EQ (floe_privacy_filter_sdp (text.c_str (), level, error), nullptr);
        EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR)) << error.message ();
      }
  EXPECT_EQ (FilterCandidate ("candidate:1 1 udp 1 192.0.2.1 9 typ relay x \xff", default_route),
             "(nothing)");
}
