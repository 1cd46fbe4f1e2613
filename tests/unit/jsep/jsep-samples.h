/* SPDX-License-Identifier: MPL-2.0 */
/* Descriptions in the manner of the peers that we meet. */
#pragma once

#include <string>

#define SAMPLE_SHA256                                                                              \
  "5A:11:0C:7E:42:9B:33:D0:18:6F:E2:84:C1:95:27:BA:5A:11:0C:7E:42:9B:33:D0:18:6F:E2:84:C1:95:27:"  \
  "BA"

/* Chromium: audio, video and data in one bundle whose tag is the audio section. */
inline const std::string chromium_offer =
    "v=0\r\n"
    "o=- 7043919224331024381 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1 2\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS 1c7e\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Kx3p\r\n"
    "a=ice-pwd:q8Yt2bN5vR0cW7mL4sD1fG6h\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=sendrecv\r\n"
    "a=msid:1c7e 90ab\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=ssrc:1234567 cname:abc\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Kx3p\r\n"
    "a=ice-pwd:q8Yt2bN5vR0cW7mL4sD1fG6h\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=setup:actpass\r\n"
    "a=mid:1\r\n"
    "a=sendrecv\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Kx3p\r\n"
    "a=ice-pwd:q8Yt2bN5vR0cW7mL4sD1fG6h\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=setup:actpass\r\n"
    "a=mid:2\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:262144\r\n";

/* Firefox: fingerprint, options and direction at session level. */
inline const std::string firefox_offer =
    "v=0\r\n"
    "o=mozilla...THIS_IS_SDPARTA-99.0 6830192845201 0 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=sendrecv\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=ice-options:trickle\r\n"
    "a=msid-semantic:WMS *\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=sendrecv\r\n"
    "a=ice-pwd:0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\n"
    "a=ice-ufrag:77aa88bb\r\n"
    "a=mid:0\r\n"
    "a=setup:actpass\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:1073741823\r\n";

/* Firefox with max-bundle: the data section is bundle-only, and the tagged one has the transport.
 */
inline const std::string bundle_only_offer =
    "v=0\r\n"
    "o=mozilla...THIS_IS_SDPARTA-99.0 6830192845202 0 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=ice-options:trickle\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=candidate:0 1 UDP 2122187007 192.168.1.5 43210 typ host\r\n"
    "a=ice-pwd:0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\n"
    "a=ice-ufrag:77aa88bb\r\n"
    "a=mid:0\r\n"
    "a=rtpmap:109 opus/48000/2\r\n"
    "a=setup:actpass\r\n"
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=bundle-only\r\n"
    "a=mid:1\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:1073741823\r\n";

/* pion: fingerprint at session level, candidates in the text, each twice for two components. */
inline const std::string pion_offer =
    "v=0\r\n"
    "o=- 4215775240449105457 1648562200 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=group:BUNDLE 0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=sendrecv\r\n"
    "a=sctp-port:5000\r\n"
    "a=ice-ufrag:oTvUbLrSjGkYhQxE\r\n"
    "a=ice-pwd:aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpK\r\n"
    "a=candidate:2613129232 1 udp 2130706431 10.1.2.3 41000 typ host\r\n"
    "a=candidate:2613129232 2 udp 2130706431 10.1.2.3 41000 typ host\r\n"
    "a=candidate:233762139 1 udp 1694498815 203.0.113.9 41000 typ srflx raddr 0.0.0.0 rport "
    "41000\r\n"
    "a=candidate:233762139 2 udp 1694498815 203.0.113.9 41000 typ srflx raddr 0.0.0.0 rport "
    "41000\r\n"
    "a=end-of-candidates\r\n";

/* aiortc: several fingerprints, all candidates, a default address. */
inline const std::string aiortc_offer =
    "v=0\r\n"
    "o=- 3891234567 3891234567 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=msid-semantic:WMS *\r\n"
    "m=application 39221 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 172.17.0.2\r\n"
    "a=mid:0\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:65536\r\n"
    "a=candidate:d41d8cd98f00b204e9800998ecf8427e 1 udp 2130706431 172.17.0.2 39221 typ host\r\n"
    "a=candidate:0cc175b9c0f1b6a831c399e269772661 1 udp 1694498815 203.0.113.8 39221 typ srflx "
    "raddr 172.17.0.2 rport 39221\r\n"
    "a=end-of-candidates\r\n"
    "a=ice-ufrag:9bXz\r\n"
    "a=ice-pwd:Uw3eRt5yUi7oPa9sDf1gHj\r\n"
    "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
    "a=fingerprint:sha-384 " SAMPLE_SHA256 ":" SAMPLE_SHA256 "\r\n"
    "a=fingerprint:sha-512 " SAMPLE_SHA256 ":" SAMPLE_SHA256 "\r\n"
    "a=setup:actpass\r\n";

/* webrtcbin: named mid, session-level options. */
inline const std::string webrtcbin_offer = "v=0\r\n"
                                           "o=- 2340234231451238912 0 IN IP4 0.0.0.0\r\n"
                                           "s=-\r\n"
                                           "t=0 0\r\n"
                                           "a=ice-options:trickle\r\n"
                                           "a=group:BUNDLE application0\r\n"
                                           "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                           "c=IN IP4 0.0.0.0\r\n"
                                           "a=setup:actpass\r\n"
                                           "a=ice-ufrag:mY4NnTfQ0c9vL2sB6wKx8zRhJp1dGe3u\r\n"
                                           "a=ice-pwd:Zx9Cv8Bn7Mq6We5Rt4Yu3Io2Pa1SdFgH\r\n"
                                           "a=bundle-only\r\n"
                                           "a=mid:application0\r\n"
                                           "a=fingerprint:sha-256 " SAMPLE_SHA256 "\r\n"
                                           "a=sctp-port:5000\r\n";

/* libdatachannel: bare line ends would do too; setup active, as some servers fix it. */
inline const std::string libdatachannel_offer = "v=0\n"
                                                "o=rtc 1183420913 0 IN IP4 127.0.0.1\n"
                                                "s=-\n"
                                                "t=0 0\n"
                                                "a=group:BUNDLE 0\n"
                                                "a=group:LS 0\n"
                                                "a=msid-semantic:WMS *\n"
                                                "a=ice-options:ice2,trickle\n"
                                                "a=fingerprint:sha-256 " SAMPLE_SHA256 "\n"
                                                "a=setup:active\n"
                                                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"
                                                "c=IN IP4 0.0.0.0\n"
                                                "a=mid:0\n"
                                                "a=sendrecv\n"
                                                "a=sctp-port:5000\n"
                                                "a=max-message-size:262144\n"
                                                "a=ice-ufrag:fg7T\n"
                                                "a=ice-pwd:kLp0oI9uY8tR7eW6qA5sD4\n";

/* A lite server of the time before RFC 8841. */
inline const std::string old_style_offer =
    "v=0\r\n"
    "o=- 1 1 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=ice-lite\r\n"
    "a=ice-ufrag:lite\r\n"
    "a=ice-pwd:0123456789012345678901\r\n"
    "m=application 9 DTLS/SCTP 5000\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:data\r\n"
    "a=fingerprint:sha-1 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67\r\n"
    "a=setup:passive\r\n"
    "a=sctpmap:5000 webrtc-datachannel 1024\r\n";

/* @text with its first @from replaced by @to. */
inline std::string
Replace (std::string text, const std::string &from, const std::string &to)
{
  text.replace (text.find (from), from.size (), to);
  return text;
}
