/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FloeSdpType:
 * @FLOE_SDP_TYPE_OFFER: an offer
 * @FLOE_SDP_TYPE_PRANSWER: an answer that a later one may replace
 * @FLOE_SDP_TYPE_ANSWER: the final answer
 * @FLOE_SDP_TYPE_ROLLBACK: takes the last offer back
 *
 * The kind of a session description (W3C RTCSdpType).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_SDP_TYPE_OFFER,
  FLOE_SDP_TYPE_PRANSWER,
  FLOE_SDP_TYPE_ANSWER,
  FLOE_SDP_TYPE_ROLLBACK,
} FloeSdpType;

/**
 * FloeSignalingState:
 * @FLOE_SIGNALING_STATE_STABLE: no offer and answer exchange is in progress
 * @FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER: a local offer was applied
 * @FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER: a remote offer was applied
 * @FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER: a remote offer and a local provisional answer were
 * @FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER: a local offer and a remote provisional answer were
 * @FLOE_SIGNALING_STATE_CLOSED: the connection was closed
 *
 * Where the offer and answer exchange stands (W3C RTCSignalingState).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_SIGNALING_STATE_STABLE,
  FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER,
  FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER,
  FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER,
  FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER,
  FLOE_SIGNALING_STATE_CLOSED,
} FloeSignalingState;

/**
 * FloeIceGatheringState:
 * @FLOE_ICE_GATHERING_STATE_NEW: gathering has not started
 * @FLOE_ICE_GATHERING_STATE_GATHERING: candidates are being gathered
 * @FLOE_ICE_GATHERING_STATE_COMPLETE: the candidates are known that are worth waiting for
 *
 * How far the local candidates are (W3C RTCIceGatheringState).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ICE_GATHERING_STATE_NEW,
  FLOE_ICE_GATHERING_STATE_GATHERING,
  FLOE_ICE_GATHERING_STATE_COMPLETE,
} FloeIceGatheringState;

/**
 * FloeIceConnectionState:
 * @FLOE_ICE_CONNECTION_STATE_NEW: no remote candidate is being checked yet
 * @FLOE_ICE_CONNECTION_STATE_CHECKING: candidate pairs are being checked
 * @FLOE_ICE_CONNECTION_STATE_CONNECTED: a pair works, others are still being checked
 * @FLOE_ICE_CONNECTION_STATE_COMPLETED: a pair works and checking has ended
 * @FLOE_ICE_CONNECTION_STATE_DISCONNECTED: the pair in use shows no sign of life
 * @FLOE_ICE_CONNECTION_STATE_FAILED: no pair works
 * @FLOE_ICE_CONNECTION_STATE_CLOSED: the connection was closed
 *
 * The state of the ICE transport (W3C RTCIceConnectionState).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ICE_CONNECTION_STATE_NEW,
  FLOE_ICE_CONNECTION_STATE_CHECKING,
  FLOE_ICE_CONNECTION_STATE_CONNECTED,
  FLOE_ICE_CONNECTION_STATE_COMPLETED,
  FLOE_ICE_CONNECTION_STATE_DISCONNECTED,
  FLOE_ICE_CONNECTION_STATE_FAILED,
  FLOE_ICE_CONNECTION_STATE_CLOSED,
} FloeIceConnectionState;

/**
 * FloePeerConnectionState:
 * @FLOE_PEER_CONNECTION_STATE_NEW: nothing has started
 * @FLOE_PEER_CONNECTION_STATE_CONNECTING: ICE or DTLS is under way
 * @FLOE_PEER_CONNECTION_STATE_CONNECTED: ICE and DTLS are up
 * @FLOE_PEER_CONNECTION_STATE_DISCONNECTED: the peer shows no sign of life, which may pass
 * @FLOE_PEER_CONNECTION_STATE_FAILED: ICE or DTLS failed
 * @FLOE_PEER_CONNECTION_STATE_CLOSED: the connection was closed
 *
 * The state of the whole connection (W3C RTCPeerConnectionState).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_PEER_CONNECTION_STATE_NEW,
  FLOE_PEER_CONNECTION_STATE_CONNECTING,
  FLOE_PEER_CONNECTION_STATE_CONNECTED,
  FLOE_PEER_CONNECTION_STATE_DISCONNECTED,
  FLOE_PEER_CONNECTION_STATE_FAILED,
  FLOE_PEER_CONNECTION_STATE_CLOSED,
} FloePeerConnectionState;

/**
 * FloeDataChannelState:
 * @FLOE_DATA_CHANNEL_STATE_CONNECTING: the channel is being set up
 * @FLOE_DATA_CHANNEL_STATE_OPEN: messages can be sent
 * @FLOE_DATA_CHANNEL_STATE_CLOSING: the channel is being closed
 * @FLOE_DATA_CHANNEL_STATE_CLOSED: the channel is closed, or never opened
 *
 * The state of a data channel (W3C RTCDataChannelState).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_DATA_CHANNEL_STATE_CONNECTING,
  FLOE_DATA_CHANNEL_STATE_OPEN,
  FLOE_DATA_CHANNEL_STATE_CLOSING,
  FLOE_DATA_CHANNEL_STATE_CLOSED,
} FloeDataChannelState;

/**
 * FloeIceTransportPolicy:
 * @FLOE_ICE_TRANSPORT_POLICY_ALL: all candidates may be used
 * @FLOE_ICE_TRANSPORT_POLICY_RELAY: only candidates of TURN servers may be used
 *
 * Which candidates may be used (W3C RTCIceTransportPolicy).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ICE_TRANSPORT_POLICY_ALL,
  FLOE_ICE_TRANSPORT_POLICY_RELAY,
} FloeIceTransportPolicy;

/**
 * FloeIceCandidateType:
 * @FLOE_ICE_CANDIDATE_TYPE_HOST: an address of the machine itself
 * @FLOE_ICE_CANDIDATE_TYPE_SRFLX: an address that a STUN server saw
 * @FLOE_ICE_CANDIDATE_TYPE_PRFLX: an address that the peer saw
 * @FLOE_ICE_CANDIDATE_TYPE_RELAY: an address of a TURN server
 *
 * The kind of a candidate (RFC 8445 section 5.1.1, W3C RTCIceCandidateType).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ICE_CANDIDATE_TYPE_HOST,
  FLOE_ICE_CANDIDATE_TYPE_SRFLX,
  FLOE_ICE_CANDIDATE_TYPE_PRFLX,
  FLOE_ICE_CANDIDATE_TYPE_RELAY,
} FloeIceCandidateType;

/**
 * FloeIceProtocol:
 * @FLOE_ICE_PROTOCOL_UDP: UDP
 * @FLOE_ICE_PROTOCOL_TCP: TCP
 *
 * The transport protocol of a candidate (W3C RTCIceProtocol).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ICE_PROTOCOL_UDP,
  FLOE_ICE_PROTOCOL_TCP,
} FloeIceProtocol;

/**
 * FloeRelayProtocol:
 * @FLOE_RELAY_PROTOCOL_NONE: not a relay candidate, or not known
 * @FLOE_RELAY_PROTOCOL_UDP: the TURN server is reached over UDP
 * @FLOE_RELAY_PROTOCOL_TCP: the TURN server is reached over TCP
 * @FLOE_RELAY_PROTOCOL_TLS: the TURN server is reached over TLS
 *
 * How a relay is reached (W3C RTCIceServerTransportProtocol).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_RELAY_PROTOCOL_NONE,
  FLOE_RELAY_PROTOCOL_UDP,
  FLOE_RELAY_PROTOCOL_TCP,
  FLOE_RELAY_PROTOCOL_TLS,
} FloeRelayProtocol;

/**
 * FloeStrategy:
 * @FLOE_STRATEGY_AUTO: the one that fits both sides' NATs best
 * @FLOE_STRATEGY_DIRECT_FAST: a direct path is all but certain: a relay is asked for only when it
 * is late
 * @FLOE_STRATEGY_DIRECT_PATIENT: a direct path is likely but may take a while: a relay stands by
 * @FLOE_STRATEGY_TURN_FALLBACK: a direct path is doubtful: a relay carries data until there is one
 * @FLOE_STRATEGY_TURN_ONLY: no direct path is expected: a relay carries data, and direct paths are
 *   tried later
 *
 * Which paths get a head start. All of them try all kinds of paths in the end; to allow nothing but
 * relays is what %FLOE_ICE_TRANSPORT_POLICY_RELAY is for.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_STRATEGY_AUTO,
  FLOE_STRATEGY_DIRECT_FAST,
  FLOE_STRATEGY_DIRECT_PATIENT,
  FLOE_STRATEGY_TURN_FALLBACK,
  FLOE_STRATEGY_TURN_ONLY,
} FloeStrategy;

/**
 * FloePunching:
 * @FLOE_PUNCHING_NONE: not at all
 * @FLOE_PUNCHING_ONE_SIDED: one side opens sockets, the other tries ports
 * @FLOE_PUNCHING_BLOCK: also both at once, in small blocks of ports
 *
 * Whether a side takes part in what crosses hard NATs with many sockets and packets: up to 256
 * sockets and 2048 packets, at no more than 250 packets a second, to the one address that the peer
 * has told. Both sides have to be Floe, and both have to allow it.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_PUNCHING_NONE,
  FLOE_PUNCHING_ONE_SIDED,
  FLOE_PUNCHING_BLOCK,
} FloePunching;

/**
 * FloeNatDiscoveryMode:
 * @FLOE_NAT_DISCOVERY_MODE_AUTOMATIC: what is known of the network is used, and when nothing is,
 * the servers are asked in the background; only where there is a STUN server
 * @FLOE_NAT_DISCOVERY_MODE_CACHED: what is known is used, and nobody is asked
 * @FLOE_NAT_DISCOVERY_MODE_OFF: nothing is used, and nobody is asked
 *
 * How a connection learns of the NAT that it is behind. It waits for that in no case.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_DISCOVERY_MODE_AUTOMATIC,
  FLOE_NAT_DISCOVERY_MODE_CACHED,
  FLOE_NAT_DISCOVERY_MODE_OFF,
} FloeNatDiscoveryMode;

/**
 * FloePathReason:
 * @FLOE_PATH_REASON_FIRST: it is the first path that works
 * @FLOE_PATH_REASON_BETTER: it is better than the one before
 * @FLOE_PATH_REASON_LOST: nothing came back on the one before
 * @FLOE_PATH_REASON_NETWORK_CHANGED: the address that the one before used is gone
 * @FLOE_PATH_REASON_CREDENTIALS: the credentials of the one before end, or its server is not
 *   configured any more
 *
 * Why data takes another path (#FloePathEvent).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_PATH_REASON_FIRST,
  FLOE_PATH_REASON_BETTER,
  FLOE_PATH_REASON_LOST,
  FLOE_PATH_REASON_NETWORK_CHANGED,
  FLOE_PATH_REASON_CREDENTIALS,
} FloePathReason;

/**
 * FloePathType:
 * @FLOE_PATH_TYPE_DIRECT: between the two hosts' own addresses, or those that their NATs gave them
 * @FLOE_PATH_TYPE_PREDICTED: a direct one, to ports that were foretold
 * @FLOE_PATH_TYPE_PUNCHED: a direct one, found by trying many ports
 * @FLOE_PATH_TYPE_RELAY_UDP: through a TURN server that is reached over UDP
 * @FLOE_PATH_TYPE_RELAY_TCP: through a TURN server that is reached over TCP
 * @FLOE_PATH_TYPE_RELAY_TLS: through a TURN server that is reached over TLS
 * @FLOE_PATH_TYPE_ICE_TCP: a direct one, over TCP
 *
 * How a path to the peer was tried (#FloePathMetrics). A direct one may turn out to lead through
 * the peer's relay.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_PATH_TYPE_DIRECT,
  FLOE_PATH_TYPE_PREDICTED,
  FLOE_PATH_TYPE_PUNCHED,
  FLOE_PATH_TYPE_RELAY_UDP,
  FLOE_PATH_TYPE_RELAY_TCP,
  FLOE_PATH_TYPE_RELAY_TLS,
  FLOE_PATH_TYPE_ICE_TCP,
} FloePathType;

/**
 * FloePrivacyLevel:
 * @FLOE_PRIVACY_LEVEL_OPEN: all candidates: the peer learns every address of this machine
 * @FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE: only the addresses of the interface that the default route
 *   leads over, as they are and as a STUN server sees them (RFC 8828 section 5.2, mode 2)
 * @FLOE_PRIVACY_LEVEL_OBFUSCATED: likewise, and the host's own addresses are replaced by mDNS
 *   names, which only the same link can resolve
 * @FLOE_PRIVACY_LEVEL_NO_HOST: only what STUN and TURN servers see: no address of a local network
 *   (RFC 8828 section 5.2, mode 3)
 * @FLOE_PRIVACY_LEVEL_RELAY_ONLY: TURN servers and nothing else: the peer learns no address, and no
 *   packet goes anywhere but to those servers
 *
 * What of this machine's addresses may leave it, and who is spoken to. Each level hides all that
 * the one before it hides, and more.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_PRIVACY_LEVEL_OPEN,
  FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE,
  FLOE_PRIVACY_LEVEL_OBFUSCATED,
  FLOE_PRIVACY_LEVEL_NO_HOST,
  FLOE_PRIVACY_LEVEL_RELAY_ONLY,
} FloePrivacyLevel;

G_END_DECLS
