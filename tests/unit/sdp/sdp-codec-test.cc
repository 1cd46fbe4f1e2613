/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>

#include "floe-sdp-codec-private.h"
#include "floe-sdp-text-private.h"
#include "floe-test.h"

#define SESSION "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define DATA "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"

using Sdp = std::unique_ptr<FloeSdp, decltype (&floe_sdp_free)>;

static Sdp
Parse (const std::string &text)
{
  ErrorHolder error;
  Sdp sdp (floe_sdp_parse (text.c_str (), error), floe_sdp_free);

  EXPECT_NE (sdp, nullptr) << error.message ();
  return sdp;
}

TEST (Sdp, IsWrittenAsItWasRead)
{
  const char *text = SESSION "a=ice-lite\r\nk=what\r\nx=unknown line\r\n"
                             "m=audio 49170/2 RTP/AVP 0 8 97\r\nb=AS:64\r\na=rtpmap:0 PCMU/8000\r\n"
                             "a=x-unknown attribute\r\n" DATA "a=mid:1\r\n";

  EXPECT_EQ (TakeString (floe_sdp_serialize (Parse (text).get ())), text);
}

TEST (Sdp, TakesAnyLineEndAndEmptyLines)
{
  EXPECT_EQ (
      TakeString (floe_sdp_serialize (
          Parse ("v=0\no=- 1 1 IN IP4 0.0.0.0\r\n\ns=-\n\r\nm=audio 9 RTP/AVP 0\na=mid:0").get ())),
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n");
}

TEST (Sdp, FindsAttributesInTheirSection)
{
  Sdp sdp = Parse (SESSION "a=mid:session\r\n" DATA
                           "a=midnight:12\r\na=mid:0\r\na=bundle-only\r\na=mid:again\r\n");
  const FloeSdpSection *section = floe_sdp_get_media (sdp.get (), 0);
  guint position = 0;

  EXPECT_STREQ (section->media, "application");
  EXPECT_EQ (section->port, 9);
  EXPECT_STREQ (section->protocol, "UDP/DTLS/SCTP");
  EXPECT_STREQ (section->formats[0], "webrtc-datachannel");
  EXPECT_STREQ (floe_sdp_section_get_attribute (section, "mid"), "0");
  EXPECT_STREQ (floe_sdp_section_get_attribute (section, "bundle-only"), "");
  EXPECT_EQ (floe_sdp_section_get_attribute (section, "setup"), nullptr);
  EXPECT_STREQ (floe_sdp_section_next_attribute (section, "mid", &position), "0");
  EXPECT_STREQ (floe_sdp_section_next_attribute (section, "mid", &position), "again");
  EXPECT_EQ (floe_sdp_section_next_attribute (section, "mid", &position), nullptr);
}

TEST (Sdp, CopiesAndRemoves)
{
  Sdp sdp = Parse (SESSION DATA "c=IN IP4 0.0.0.0\r\na=mid:0\r\na=mid:1\r\na=setup:active\r\n");
  Sdp copy (floe_sdp_copy (sdp.get ()), floe_sdp_free);

  floe_sdp_section_remove (floe_sdp_get_media (copy.get (), 0), 'a', "mid");
  floe_sdp_section_remove (floe_sdp_get_media (copy.get (), 0), 'c', nullptr);
  EXPECT_EQ (TakeString (floe_sdp_serialize (copy.get ())), SESSION DATA "a=setup:active\r\n");
  EXPECT_EQ (floe_sdp_get_media (sdp.get (), 0)->lines->len, 4u);
}

struct BadText
{
  const char *name;
  std::string text;
};

class SdpRejects : public testing::TestWithParam<BadText>
{
};

TEST_P (SdpRejects, WhatIsNotTheGrammar)
{
  ErrorHolder error;

  EXPECT_EQ (floe_sdp_parse (GetParam ().text.c_str (), error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR)) << error.message ();
}

static std::string
Repeat (const char *text, guint count)
{
  std::string result = SESSION;

  for (guint i = 0; i < count; i++)
    result += text;
  return result;
}

INSTANTIATE_TEST_SUITE_P (
    Grammar, SdpRejects,
    testing::Values (BadText{ "Empty", "" }, BadText{ "NotSdp", "hello" },
                     BadText{ "OtherVersion", "v=1\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n" },
                     BadText{ "VersionNotFirst", "o=- 1 1 IN IP4 0.0.0.0\r\nv=0\r\ns=-\r\n" },
                     BadText{ "MediaFirst", "m=audio 9 RTP/AVP 0\r\n" SESSION },
                     BadText{ "NoOrigin", "v=0\r\ns=-\r\n" },
                     BadText{ "NoName", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n" },
                     BadText{ "LineWithoutEquals", SESSION "a\r\n" },
                     BadText{ "LineWithCapital", SESSION "A=b\r\n" },
                     BadText{ "ControlCharacter", SESSION "a=b\001\r\n" },
                     BadText{ "LoneCarriageReturn", SESSION "a=b\ra=c\r\n" },
                     BadText{ "NotUtf8", SESSION "a=\xff\r\n" },
                     BadText{ "MediaEmpty", SESSION "m=\r\n" },
                     BadText{ "MediaWithoutFormat", SESSION "m=audio 9 RTP/AVP\r\n" },
                     BadText{ "MediaTwoSpaces", SESSION "m=audio 9  RTP/AVP 0\r\n" },
                     BadText{ "MediaKind", SESSION "m=au(dio 9 RTP/AVP 0\r\n" },
                     BadText{ "MediaPort", SESSION "m=audio 65536 RTP/AVP 0\r\n" },
                     BadText{ "MediaPortNegative", SESSION "m=audio -9 RTP/AVP 0\r\n" },
                     BadText{ "MediaPortCount", SESSION "m=audio 9/0 RTP/AVP 0\r\n" },
                     BadText{ "MediaPortCountEmpty", SESSION "m=audio 9/ RTP/AVP 0\r\n" },
                     BadText{ "MediaProtocol", SESSION "m=audio 9 RTP//AVP 0\r\n" },
                     BadText{ "MediaFormat", SESSION "m=audio 9 RTP/AVP 0:1\r\n" },
                     BadText{ "MediaFormatTooLong",
                              SESSION "m=audio 9 RTP/AVP " + std::string (65, 'x') + "\r\n" },
                     BadText{ "TooManyLines", Repeat ("a=x\r\n", FLOE_SDP_MAX_LINES) },
                     BadText{ "TooManyMedia", Repeat (DATA, FLOE_SDP_MAX_MEDIA + 1) },
                     BadText{ "TooLong", SESSION "a=" + std::string (FLOE_SDP_MAX_SIZE, 'x') }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Sdp, TakesAsMuchAsItPromises)
{
  EXPECT_NE (Parse (Repeat ("a=x\r\n", FLOE_SDP_MAX_LINES - 4)), nullptr);
  EXPECT_NE (Parse (Repeat (DATA, FLOE_SDP_MAX_MEDIA)), nullptr);
}

TEST (SdpText, ReadsNumbersUpToTheirLimit)
{
  guint64 value = 7;

  EXPECT_TRUE (floe_sdp_parse_number ("18446744073709551615", G_MAXUINT64, &value));
  EXPECT_EQ (value, G_MAXUINT64);
  EXPECT_FALSE (floe_sdp_parse_number ("18446744073709551616", G_MAXUINT64, &value));
  EXPECT_FALSE (floe_sdp_parse_number ("5", 4, &value));
  EXPECT_FALSE (floe_sdp_parse_number ("", 4, &value));
  EXPECT_FALSE (floe_sdp_parse_number (" 1", 4, &value));
  EXPECT_FALSE (floe_sdp_parse_number ("1 ", 4, &value));
  EXPECT_EQ (value, G_MAXUINT64);
  EXPECT_TRUE (floe_sdp_parse_number ("0004", 4, &value));
  EXPECT_EQ (value, 4u);
}

TEST (SdpText, KnowsFingerprints)
{
  EXPECT_TRUE (floe_sdp_is_fingerprint ("sha-256 AB:cd:01"));
  EXPECT_TRUE (floe_sdp_is_fingerprint ("unheard-of AB"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256 "));
  EXPECT_FALSE (floe_sdp_is_fingerprint (" AB:CD"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256 AB:C"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256 AB:CD:"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256 ABCD"));
  EXPECT_FALSE (floe_sdp_is_fingerprint ("sha-256 AB:GG"));
  std::string digest = "sha-512 AB";
  for (int i = 1; i < 64; i++)
    digest += ":AB";
  EXPECT_TRUE (floe_sdp_is_fingerprint (digest.c_str ()));
  EXPECT_FALSE (floe_sdp_is_fingerprint ((digest + ":AB").c_str ()));
}
