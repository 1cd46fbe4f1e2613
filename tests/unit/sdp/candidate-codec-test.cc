/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>

#include "floe-candidate-codec-private.h"
#include "floe-test.h"

struct GoodLine
{
  const char *name;
  const char *text;
  const char *written; /* nullptr: as @text */
};

class CandidateRoundTrip : public testing::TestWithParam<GoodLine>
{
};

TEST_P (CandidateRoundTrip, IsWrittenAsItWasRead)
{
  ErrorHolder error;
  FloeCandidate candidate = {};
  const char *written = GetParam ().written != nullptr ? GetParam ().written : GetParam ().text;

  ASSERT_TRUE (floe_candidate_parse (&candidate, GetParam ().text, error)) << error.message ();
  EXPECT_EQ (TakeString (floe_candidate_serialize (&candidate)), written);
}

INSTANTIATE_TEST_SUITE_P (
    Rfc8839, CandidateRoundTrip,
    testing::Values (
        GoodLine{ "Host", "candidate:1 1 udp 2130706431 203.0.113.141 8998 typ host", nullptr },
        GoodLine{ "Srflx",
                  "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 "
                  "rport 8998",
                  nullptr },
        GoodLine{ "Relay",
                  "candidate:3 1 udp 41885439 198.51.100.9 3478 typ relay raddr 192.0.2.3 rport "
                  "45664",
                  nullptr },
        GoodLine{ "Prflx", "candidate:4 1 udp 5 192.0.2.3 1 typ prflx raddr 0.0.0.0 rport 0",
                  nullptr },
        GoodLine{ "Ip6", "candidate:1 1 udp 2130706431 2001:db8::1 8998 typ host", nullptr },
        GoodLine{ "MappedIp6", "candidate:1 1 udp 1 ::ffff:192.0.2.1 8998 typ host", nullptr },
        GoodLine{ "MdnsName",
                  "candidate:1 1 udp 2113937151 4b60c5b8-4f0f-4f6e-9d0e-0c9a3e4f1b2c.local 54321 "
                  "typ host",
                  nullptr },
        GoodLine{ "AttributeLine", "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host" },
        GoodLine{ "Chromium",
                  "candidate:842163049 1 udp 1677729535 203.0.113.5 61665 typ srflx raddr "
                  "192.168.1.5 rport 61665 generation 0 ufrag EEtu network-id 3 network-cost 10",
                  "candidate:842163049 1 udp 1677729535 203.0.113.5 61665 typ srflx raddr "
                  "192.168.1.5 rport 61665 ufrag EEtu" },
        GoodLine{ "Firefox", "candidate:0 1 UDP 2122187007 192.168.1.5 43210 typ host",
                  "candidate:0 1 udp 2122187007 192.168.1.5 43210 typ host" },
        GoodLine{ "FloeNat",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag EEtu floe-nat "
                  "1.nat-yes.map-ei.filter-apd",
                  nullptr },
        GoodLine{ "FloeNatOfALaterVersion",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host floe-nat 2.whatever",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host" },
        GoodLine{ "FloeNatThatDoesNotParse",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host floe-nat 1..map-ei",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host" },
        GoodLine{
            "FloeLock",
            "candidate:1 1 udp 1 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 9 floe-lock 2.-64",
            "candidate:1 1 udp 1 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 9 floe-lock "
            "2.-64" },
        GoodLine{ "FloeLockOfRoundNone", "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 0.1",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeLockOfTooManyRounds",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 100.1",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeLockWithoutStep", "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 1.",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeLockOfStepNone", "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 1.0",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeLockOfAWideStep", "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 1.65",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeLockThatDoesNotParse",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx floe-lock 1.--1 floe-lock .1 "
                  "floe-lock 1 floe-lock 1.1.1",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "FloeNatTwice",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host floe-nat 1.map-ei floe-nat 1.map-ed",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host floe-nat 1.map-ed" },
        GoodLine{ "Aioice",
                  "candidate:d3d63e6b2b1f6a2c8f4e1f6a5b4c3d2e 1 udp 2130706431 10.0.0.2 4444 typ "
                  "host",
                  nullptr },
        GoodLine{ "TcpActive", "candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
                  nullptr },
        GoodLine{ "TcpActivePortZero",
                  "candidate:1 1 TCP 1518280447 192.0.2.1 0 typ host tcptype active",
                  "candidate:1 1 tcp 1518280447 192.0.2.1 0 typ host tcptype active" },
        GoodLine{ "TcpPassive",
                  "candidate:1 1 tcp 1518280447 192.0.2.1 4443 typ host tcptype passive", nullptr },
        GoodLine{ "TcpSimultaneous",
                  "candidate:1 1 tcp 1518280447 192.0.2.1 4443 typ srflx raddr 10.0.0.1 rport 9 "
                  "tcptype so",
                  nullptr },
        GoodLine{ "ExtensionsBeforeRelated",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx generation 0 raddr 10.0.0.1 rport 7",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 7" },
        GoodLine{ "SpacesAtTheEnd", "candidate:1  1 udp 1 192.0.2.1 9 typ host ",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host" },
        GoodLine{ "PortWithoutAddress", "candidate:1 1 udp 1 192.0.2.1 9 typ srflx rport 7",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ srflx" },
        GoodLine{ "ExtensionTwice",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag abcdefgh ufrag wxyz",
                  "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag wxyz" },
        GoodLine{ "Limits",
                  "candidate:abcdefghijklmnopqrstuvwxyzABCDE/ 256 udp 2147483647 255.255.255.255 "
                  "65535 typ host",
                  nullptr },
        GoodLine{ "UnknownTransport", "candidate:1 1 ssltcp 1 192.0.2.1 443 typ host", nullptr },
        GoodLine{ "UnknownType", "candidate:1 1 udp 1 192.0.2.1 443 typ satellite", nullptr },
        GoodLine{ "TcpWithoutType", "candidate:1 1 tcp 1 192.0.2.1 443 typ host", nullptr }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Candidate, HasItsParts)
{
  FloeCandidate candidate = {};

  ASSERT_TRUE (floe_candidate_parse (&candidate,
                                     "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx "
                                     "raddr 203.0.113.141 rport 8998 ufrag abcd generation 0",
                                     nullptr));
  EXPECT_STREQ (candidate.foundation, "2");
  EXPECT_EQ (candidate.component, 1u);
  EXPECT_EQ (candidate.transport, FLOE_CANDIDATE_UDP);
  EXPECT_EQ (candidate.priority, 1694498815u);
  EXPECT_STREQ (candidate.address, "192.0.2.3");
  EXPECT_EQ (candidate.port, 45664);
  EXPECT_EQ (candidate.type, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  EXPECT_STREQ (candidate.related_address, "203.0.113.141");
  EXPECT_EQ (candidate.related_port, 8998);
  EXPECT_STREQ (candidate.ufrag, "abcd");
}

TEST (Candidate, CarriesWhatItDoesNotKnowAsOther)
{
  for (const char *text : { "candidate:1 1 ssltcp 1 192.0.2.1 443 typ host",
                            "candidate:1 1 udp 1 192.0.2.1 443 typ satellite",
                            "candidate:1 1 tcp 1 192.0.2.1 443 typ host",
                            "candidate:1 1 tcp 1 192.0.2.1 443 typ host tcptype lazy" })
    {
      FloeCandidate candidate = {};

      ASSERT_TRUE (floe_candidate_parse (&candidate, text, nullptr)) << text;
      EXPECT_EQ (candidate.transport, FLOE_CANDIDATE_OTHER) << text;
    }
}

TEST (Candidate, KnowsALiteralAddressFromAName)
{
  FloeCandidate candidate = {};

  ASSERT_TRUE (
      floe_candidate_parse (&candidate, "candidate:1 1 udp 1 2001:db8::1 9 typ host", nullptr));
  EXPECT_TRUE (floe_candidate_has_literal_address (&candidate));
  ASSERT_TRUE (
      floe_candidate_parse (&candidate, "candidate:1 1 udp 1 abc.local 9 typ host", nullptr));
  EXPECT_FALSE (floe_candidate_has_literal_address (&candidate));
}

TEST (Candidate, IsShownInErrorsAsUtf8)
{
  ErrorHolder error;
  std::string text = std::string (63, 'x') + "\u00e9";
  FloeCandidate candidate = {};

  EXPECT_FALSE (floe_candidate_parse (&candidate, text.c_str (), error));
  EXPECT_TRUE (g_utf8_validate (error.message (), -1, nullptr));
}

struct BadLine
{
  const char *name;
  std::string text;
};

class CandidateRejects : public testing::TestWithParam<BadLine>
{
};

TEST_P (CandidateRejects, WhatIsNotTheGrammar)
{
  ErrorHolder error;
  FloeCandidate candidate = {};
  FloeCandidate untouched = {};

  EXPECT_FALSE (floe_candidate_parse (&candidate, GetParam ().text.c_str (), error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << error.message ();
  EXPECT_EQ (memcmp (&candidate, &untouched, sizeof candidate), 0);
}

#define REST " 1 udp 1 192.0.2.1 9 typ host"

INSTANTIATE_TEST_SUITE_P (
    Grammar, CandidateRejects,
    testing::Values (
        BadLine{ "Empty", "" }, BadLine{ "NoPrefix", "1" REST },
        BadLine{ "OtherAttribute", "a=mid:0" }, BadLine{ "PrefixOnly", "candidate:" },
        BadLine{ "TooShort", "candidate:1 1 udp 1 192.0.2.1 9 typ" },
        BadLine{ "FoundationTooLong", "candidate:" + std::string (33, 'a') + REST },
        BadLine{ "FoundationNotIce", "candidate:a-b" REST },
        BadLine{ "ComponentZero", "candidate:1 0 udp 1 192.0.2.1 9 typ host" },
        BadLine{ "ComponentTooLarge", "candidate:1 257 udp 1 192.0.2.1 9 typ host" },
        BadLine{ "ComponentNegative", "candidate:1 -1 udp 1 192.0.2.1 9 typ host" },
        BadLine{ "TransportNotToken", "candidate:1 1 u(dp 1 192.0.2.1 9 typ host" },
        BadLine{ "TransportTooLong",
                 "candidate:1 1 " + std::string (33, 'x') + " 1 192.0.2.1 9 typ host" },
        BadLine{ "PriorityZero", "candidate:1 1 udp 0 192.0.2.1 9 typ host" },
        BadLine{ "PriorityTooLarge", "candidate:1 1 udp 2147483648 192.0.2.1 9 typ host" },
        BadLine{ "PriorityOverflows",
                 "candidate:1 1 udp 99999999999999999999999 192.0.2.1 9 typ host" },
        BadLine{ "PrioritySigned", "candidate:1 1 udp +1 192.0.2.1 9 typ host" },
        BadLine{ "AddressOutOfRange", "candidate:1 1 udp 1 192.0.2.256 9 typ host" },
        BadLine{ "AddressShort", "candidate:1 1 udp 1 192.0.2 9 typ host" },
        BadLine{ "AddressWithZone", "candidate:1 1 udp 1 fe80::1%eth0 9 typ host" },
        BadLine{ "AddressWrongIp6", "candidate:1 1 udp 1 2001:db8::1::2 9 typ host" },
        BadLine{ "NameWithEmptyLabel", "candidate:1 1 udp 1 a..local 9 typ host" },
        BadLine{ "NameTooLong", "candidate:1 1 udp 1 " + std::string (300, 'a') + " 9 typ host" },
        BadLine{ "NameWithSlash", "candidate:1 1 udp 1 a/b 9 typ host" },
        BadLine{ "PortZero", "candidate:1 1 udp 1 192.0.2.1 0 typ host" },
        BadLine{ "PortZeroTcpPassive", "candidate:1 1 tcp 1 192.0.2.1 0 typ host tcptype passive" },
        BadLine{ "PortTooLarge", "candidate:1 1 udp 1 192.0.2.1 65536 typ host" },
        BadLine{ "PortNotNumber", "candidate:1 1 udp 1 192.0.2.1 http typ host" },
        BadLine{ "NoTyp", "candidate:1 1 udp 1 192.0.2.1 9 type host" },
        BadLine{ "TypeNotToken", "candidate:1 1 udp 1 192.0.2.1 9 typ ho:st" },
        BadLine{ "ExtensionWithoutValue", "candidate:1" REST " generation" },
        BadLine{ "RelatedAddress", "candidate:1" REST " raddr 1.2.3 rport 9" },
        BadLine{ "RelatedPort", "candidate:1" REST " raddr 1.2.3.4 rport 65536" },
        BadLine{ "UfragTooShort", "candidate:1" REST " ufrag abc" },
        BadLine{ "UfragTooLong", "candidate:1" REST " ufrag " + std::string (257, 'a') },
        BadLine{ "UfragNotIce", "candidate:1" REST " ufrag ab:cd" },
        BadLine{ "LineTooLong", "candidate:1" REST " x " + std::string (5000, 'a') },
        BadLine{ "LineEnd", "candidate:1" REST "\r\n" }),
    [] (const auto &info) { return std::string (info.param.name); });
