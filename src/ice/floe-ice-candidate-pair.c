/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-candidate-pair-private.h"

/**
 * FloeIceCandidatePair:
 *
 * Two candidates that data goes between (W3C RTCIceCandidatePair). Immutable; may be shared
 * between threads.
 *
 * Since: 1.0
 */
struct _FloeIceCandidatePair
{
  FloeIceCandidate *local;  /* (owned) */
  FloeIceCandidate *remote; /* (owned) */
  FloeRelayProtocol relay_protocol;
};

G_DEFINE_BOXED_TYPE (FloeIceCandidatePair, floe_ice_candidate_pair, floe_ice_candidate_pair_ref,
                     floe_ice_candidate_pair_unref)

static void
clear_pair (gpointer data)
{
  FloeIceCandidatePair *self = data;

  floe_ice_candidate_unref (self->local);
  floe_ice_candidate_unref (self->remote);
}

FloeIceCandidatePair *
floe_ice_candidate_pair_new (FloeIceCandidate *local, FloeIceCandidate *remote,
                             FloeRelayProtocol relay_protocol)
{
  FloeIceCandidatePair *self = g_atomic_rc_box_new0 (FloeIceCandidatePair);

  self->local = floe_ice_candidate_ref (local);
  self->remote = floe_ice_candidate_ref (remote);
  self->relay_protocol = relay_protocol;
  return self;
}

/**
 * floe_ice_candidate_pair_ref:
 * @self: a pair
 *
 * A further reference to the pair. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeIceCandidatePair *
floe_ice_candidate_pair_ref (FloeIceCandidatePair *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_ice_candidate_pair_unref:
 * @self: (transfer full): a pair
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_ice_candidate_pair_unref (FloeIceCandidatePair *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_pair);
}

/**
 * floe_ice_candidate_pair_get_local:
 * @self: a pair
 *
 * The candidate on this side (W3C RTCIceCandidatePair.local). May be called in any thread.
 *
 * Returns: (transfer none): the local candidate
 *
 * Since: 1.0
 */
FloeIceCandidate *
floe_ice_candidate_pair_get_local (const FloeIceCandidatePair *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->local;
}

/**
 * floe_ice_candidate_pair_get_remote:
 * @self: a pair
 *
 * The candidate on the peer's side (W3C RTCIceCandidatePair.remote). May be called in any
 * thread.
 *
 * Returns: (transfer none): the remote candidate
 *
 * Since: 1.0
 */
FloeIceCandidate *
floe_ice_candidate_pair_get_remote (const FloeIceCandidatePair *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->remote;
}

/**
 * floe_ice_candidate_pair_get_relay_protocol:
 * @self: a pair
 *
 * How this side reaches its TURN server (W3C RTCIceCandidate.relayProtocol of the local
 * candidate). May be called in any thread.
 *
 * Returns: the protocol, or %FLOE_RELAY_PROTOCOL_NONE when the local candidate is no relay
 *
 * Since: 1.0
 */
FloeRelayProtocol
floe_ice_candidate_pair_get_relay_protocol (const FloeIceCandidatePair *self)
{
  g_return_val_if_fail (self != NULL, FLOE_RELAY_PROTOCOL_NONE);

  return self->relay_protocol;
}

/**
 * floe_ice_candidate_pair_is_relayed:
 * @self: a pair
 *
 * Whether a TURN server carries the data, on this side or the peer's. May be called in any
 * thread.
 *
 * Returns: %TRUE when one of the candidates is a relay
 *
 * Since: 1.0
 */
gboolean
floe_ice_candidate_pair_is_relayed (const FloeIceCandidatePair *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return floe_ice_candidate_get_candidate_type (self->local) == FLOE_ICE_CANDIDATE_TYPE_RELAY
         || floe_ice_candidate_get_candidate_type (self->remote) == FLOE_ICE_CANDIDATE_TYPE_RELAY;
}
