/* SPDX-License-Identifier: MPL-2.0 */
/* What can be asked of a connection. */
#include "floe-peer-connection-private.h"

/**
 * floe_peer_connection_get_configuration:
 * @self: a connection
 *
 * Gets what the connection was made with (W3C RTCPeerConnection.getConfiguration).
 *
 * Returns: (transfer none): the configuration
 * Since: 1.0
 */
FloeConfiguration *
floe_peer_connection_get_configuration (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return self->configuration;
}

/**
 * floe_peer_connection_get_main_context:
 * @self: a connection
 *
 * Gets where every signal and callback of the connection comes.
 *
 * Returns: (transfer none): the main context that was thread-default when the connection was made,
 *   or that was given as #FloePeerConnection:main-context
 * Since: 1.0
 */
GMainContext *
floe_peer_connection_get_main_context (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return self->context;
}

/**
 * floe_peer_connection_get_signaling_state:
 * @self: a connection
 *
 * Gets where the offer and answer exchange stands.
 *
 * Returns: the state
 * Since: 1.0
 */
FloeSignalingState
floe_peer_connection_get_signaling_state (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FLOE_SIGNALING_STATE_CLOSED);

  return self->is_closed ? FLOE_SIGNALING_STATE_CLOSED : self->states.signaling;
}

/**
 * floe_peer_connection_get_ice_gathering_state:
 * @self: a connection
 *
 * Gets how far the local candidates are.
 *
 * Returns: the state
 * Since: 1.0
 */
FloeIceGatheringState
floe_peer_connection_get_ice_gathering_state (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FLOE_ICE_GATHERING_STATE_NEW);

  return self->states.gathering;
}

/**
 * floe_peer_connection_get_ice_connection_state:
 * @self: a connection
 *
 * Gets the state of the ICE transport.
 *
 * Returns: the state
 * Since: 1.0
 */
FloeIceConnectionState
floe_peer_connection_get_ice_connection_state (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FLOE_ICE_CONNECTION_STATE_CLOSED);

  return self->is_closed ? FLOE_ICE_CONNECTION_STATE_CLOSED : self->states.ice;
}

/**
 * floe_peer_connection_get_connection_state:
 * @self: a connection
 *
 * Gets the state of the whole connection.
 *
 * Returns: the state
 * Since: 1.0
 */
FloePeerConnectionState
floe_peer_connection_get_connection_state (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FLOE_PEER_CONNECTION_STATE_CLOSED);

  return self->is_closed ? FLOE_PEER_CONNECTION_STATE_CLOSED : self->states.connection;
}

/**
 * floe_peer_connection_get_can_trickle_ice_candidates:
 * @self: a connection
 * @is_known: (out) (optional): %FALSE as long as the peer's description is not known
 *
 * Gets whether the peer takes candidates after its description
 * (W3C RTCPeerConnection.canTrickleIceCandidates, whose null is @is_known set to %FALSE).
 *
 * Returns: %TRUE when it does
 * Since: 1.0
 */
gboolean
floe_peer_connection_get_can_trickle_ice_candidates (FloePeerConnection *self, gboolean *is_known)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FALSE);

  if (is_known != NULL)
    *is_known = self->has_remote;
  return self->can_trickle;
}

static FloeSessionDescription *
get_description (FloePeerConnection *self, FloeJsepSide side, FloeJsepSlot slot)
{
  FloeSdpType type;
  g_autofree char *sdp = NULL;

  if (self->jsep != NULL) /* else it could not be made */
    sdp = floe_jsep_get_description (self->jsep, side, slot, &type);
  return sdp != NULL ? floe_session_description_new (type, sdp) : NULL;
}

/* W3C 4.4.2: the pending one if there is one, else the current one. */
static FloeSessionDescription *
get_latest_description (FloePeerConnection *self, FloeJsepSide side)
{
  FloeSessionDescription *pending = get_description (self, side, FLOE_JSEP_PENDING);

  return pending != NULL ? pending : get_description (self, side, FLOE_JSEP_CURRENT);
}

/**
 * floe_peer_connection_get_local_description:
 * @self: a connection
 *
 * Gets the pending local description, or else the current one, with the candidates found so far
 * (W3C RTCPeerConnection.localDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_local_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_latest_description (self, FLOE_JSEP_LOCAL);
}

/**
 * floe_peer_connection_get_current_local_description:
 * @self: a connection
 *
 * Gets the local description that was negotiated last
 * (W3C RTCPeerConnection.currentLocalDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_current_local_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_description (self, FLOE_JSEP_LOCAL, FLOE_JSEP_CURRENT);
}

/**
 * floe_peer_connection_get_pending_local_description:
 * @self: a connection
 *
 * Gets the local description that is being negotiated
 * (W3C RTCPeerConnection.pendingLocalDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_pending_local_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_description (self, FLOE_JSEP_LOCAL, FLOE_JSEP_PENDING);
}

/**
 * floe_peer_connection_get_remote_description:
 * @self: a connection
 *
 * Gets the pending remote description, or else the current one, with the candidates added so far
 * (W3C RTCPeerConnection.remoteDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_remote_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_latest_description (self, FLOE_JSEP_REMOTE);
}

/**
 * floe_peer_connection_get_current_remote_description:
 * @self: a connection
 *
 * Gets the remote description that was negotiated last
 * (W3C RTCPeerConnection.currentRemoteDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_current_remote_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_description (self, FLOE_JSEP_REMOTE, FLOE_JSEP_CURRENT);
}

/**
 * floe_peer_connection_get_pending_remote_description:
 * @self: a connection
 *
 * Gets the remote description that is being negotiated
 * (W3C RTCPeerConnection.pendingRemoteDescription).
 *
 * Returns: (transfer full) (nullable): the description
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_get_pending_remote_description (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return get_description (self, FLOE_JSEP_REMOTE, FLOE_JSEP_PENDING);
}

/**
 * floe_peer_connection_get_selected_candidate_pair:
 * @self: a connection
 *
 * Gets the candidates between which data travels
 * (W3C RTCIceTransport.getSelectedCandidatePair). It may change as better ones are found.
 *
 * Returns: (transfer full) (nullable): the pair, or %NULL as long as none works
 * Since: 1.0
 */
FloeIceCandidatePair *
floe_peer_connection_get_selected_candidate_pair (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return self->paths.pair != NULL ? floe_ice_candidate_pair_ref (self->paths.pair) : NULL;
}

/**
 * floe_peer_connection_get_max_message_size:
 * @self: a connection
 *
 * Gets the largest message that can be sent: what the peer takes, but never more than 16 MiB
 * (W3C RTCSctpTransport.maxMessageSize).
 *
 * Returns: bytes, or 0 as long as the peer's description is not known
 * Since: 1.0
 */
guint64
floe_peer_connection_get_max_message_size (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), 0);

  return self->max_message_size;
}
