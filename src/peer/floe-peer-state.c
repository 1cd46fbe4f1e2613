/* SPDX-License-Identifier: MPL-2.0 */
/* States that follow from other states. */
#include "floe-peer-connection-private.h"

#include "floe-log-private.h"
#include "floe-peer-metrics-private.h"

/* W3C 4.3.3, the values of RTCPeerConnectionState, for the one transport that there is. */
FloePeerConnectionState
floe_peer_combine_states (FloeIceConnectionState ice, FloeDtlsState dtls, gboolean is_closed)
{
  gboolean is_ice_up =
      ice == FLOE_ICE_CONNECTION_STATE_CONNECTED || ice == FLOE_ICE_CONNECTION_STATE_COMPLETED;

  if (is_closed)
    return FLOE_PEER_CONNECTION_STATE_CLOSED;
  if (ice == FLOE_ICE_CONNECTION_STATE_FAILED || dtls == FLOE_DTLS_FAILED)
    return FLOE_PEER_CONNECTION_STATE_FAILED;
  if (ice == FLOE_ICE_CONNECTION_STATE_DISCONNECTED)
    return FLOE_PEER_CONNECTION_STATE_DISCONNECTED;
  if (ice == FLOE_ICE_CONNECTION_STATE_NEW && dtls == FLOE_DTLS_NEW)
    return FLOE_PEER_CONNECTION_STATE_NEW;
  if (is_ice_up && (dtls == FLOE_DTLS_CONNECTED || dtls == FLOE_DTLS_CLOSED))
    return FLOE_PEER_CONNECTION_STATE_CONNECTED;
  return FLOE_PEER_CONNECTION_STATE_CONNECTING;
}

static void
update_connection_state (FloePeerConnection *self)
{
  FloePeerConnectionState next =
      floe_peer_combine_states (self->states.ice, self->states.dtls, self->is_closed);

  if (self->states.connection == next)
    return;
  floe_debug (FLOE_LOG_PEER, "connection state %d -> %d", self->states.connection, next);
  self->states.connection = next;
  floe_peer_notify (self, FLOE_PEER_PROP_CONNECTION_STATE);
  if (next == FLOE_PEER_CONNECTION_STATE_CONNECTED || next == FLOE_PEER_CONNECTION_STATE_FAILED)
    floe_peer_metrics_tell (self);
}

void
floe_peer_set_gathering_state (FloePeerConnection *self, FloeIceGatheringState state)
{
  if (self->states.gathering == state)
    return;
  self->states.gathering = state;
  floe_peer_notify (self, FLOE_PEER_PROP_ICE_GATHERING_STATE);
}

void
floe_peer_set_ice_state (FloePeerConnection *self, FloeIceConnectionState state)
{
  if (self->states.ice == state)
    return;
  self->states.ice = state;
  floe_peer_notify (self, FLOE_PEER_PROP_ICE_CONNECTION_STATE);
  if (!self->is_closed)
    update_connection_state (self);
}

void
floe_peer_set_dtls_state (FloePeerConnection *self, FloeDtlsState state)
{
  self->states.dtls = state;
  update_connection_state (self);
}
