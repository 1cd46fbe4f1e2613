/* SPDX-License-Identifier: MPL-2.0 */
/* W3C webrtc-pc 4.3.3: the state of the connection follows from those of ICE and DTLS. */
#include "floe-peer-connection-private.h"

#include "floe-test.h"

struct StateCase
{
  const char *name;
  FloeIceConnectionState ice;
  FloeDtlsState dtls;
  gboolean is_closed;
  FloePeerConnectionState expected;
};

class ConnectionState : public testing::TestWithParam<StateCase>
{
};

TEST_P (ConnectionState, FollowsFromTheTransports)
{
  EXPECT_EQ (floe_peer_combine_states (GetParam ().ice, GetParam ().dtls, GetParam ().is_closed),
             GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (
    Standard, ConnectionState,
    testing::Values (StateCase{ "Nothing", FLOE_ICE_CONNECTION_STATE_NEW, FLOE_DTLS_NEW, FALSE,
                                FLOE_PEER_CONNECTION_STATE_NEW },
                     StateCase{ "Checking", FLOE_ICE_CONNECTION_STATE_CHECKING, FLOE_DTLS_NEW,
                                FALSE, FLOE_PEER_CONNECTION_STATE_CONNECTING },
                     StateCase{ "IceUpDtlsNot", FLOE_ICE_CONNECTION_STATE_CONNECTED, FLOE_DTLS_NEW,
                                FALSE, FLOE_PEER_CONNECTION_STATE_CONNECTING },
                     StateCase{ "Handshake", FLOE_ICE_CONNECTION_STATE_COMPLETED,
                                FLOE_DTLS_CONNECTING, FALSE,
                                FLOE_PEER_CONNECTION_STATE_CONNECTING },
                     StateCase{ "Up", FLOE_ICE_CONNECTION_STATE_COMPLETED, FLOE_DTLS_CONNECTED,
                                FALSE, FLOE_PEER_CONNECTION_STATE_CONNECTED },
                     StateCase{ "UpWhileChecking", FLOE_ICE_CONNECTION_STATE_CONNECTED,
                                FLOE_DTLS_CONNECTED, FALSE, FLOE_PEER_CONNECTION_STATE_CONNECTED },
                     StateCase{ "Quiet", FLOE_ICE_CONNECTION_STATE_DISCONNECTED,
                                FLOE_DTLS_CONNECTED, FALSE,
                                FLOE_PEER_CONNECTION_STATE_DISCONNECTED },
                     StateCase{ "IceFailed", FLOE_ICE_CONNECTION_STATE_FAILED, FLOE_DTLS_CONNECTED,
                                FALSE, FLOE_PEER_CONNECTION_STATE_FAILED },
                     StateCase{ "DtlsFailed", FLOE_ICE_CONNECTION_STATE_CONNECTED, FLOE_DTLS_FAILED,
                                FALSE, FLOE_PEER_CONNECTION_STATE_FAILED },
                     StateCase{ "DtlsFailedWhileQuiet", FLOE_ICE_CONNECTION_STATE_DISCONNECTED,
                                FLOE_DTLS_FAILED, FALSE, FLOE_PEER_CONNECTION_STATE_FAILED },
                     StateCase{ "ClosedBeatsAll", FLOE_ICE_CONNECTION_STATE_FAILED,
                                FLOE_DTLS_FAILED, TRUE, FLOE_PEER_CONNECTION_STATE_CLOSED }),
    [] (const auto &info) { return std::string (info.param.name); });
