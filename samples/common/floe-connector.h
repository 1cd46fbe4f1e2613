/* SPDX-License-Identifier: MPL-2.0 */
/* Couples a peer connection with a signalling channel: carries descriptions and candidates both
 * ways and answers offers.
 *
 * Candidates that come before their description wait for it, in either direction. It does not
 * settle glare: one side has to be the one that offers.
 *
 * A connector is for one peer: made in the ::peer handler of that peer or later, it uncouples at
 * ::gone and at the next ::peer, so that neither side's words reach the wrong one.
 *
 *   ::negotiation-failed (const GError *)   a description could not be applied, either way
 *   ::candidate-refused (const GError *)    a remote candidate could not; the session goes on
 *
 * Layer: samples. */
#pragma once

#include "floe-signaling.h"

G_BEGIN_DECLS

#define FLOE_TYPE_CONNECTOR (floe_connector_get_type ())
G_DECLARE_FINAL_TYPE (FloeConnector, floe_connector, FLOE, CONNECTOR, GObject)

/* (transfer full): dropping it uncouples, whatever is still under way. */
FloeConnector *floe_connector_new (FloePeerConnection *connection, FloeSignaling *signaling);

/* Makes an offer and sends it. */
void floe_connector_offer (FloeConnector *self);

G_END_DECLS
