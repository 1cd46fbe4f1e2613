/* SPDX-License-Identifier: MPL-2.0 */
/* A way to the other peer while there is no connection yet: a seat in a room for two.
 *
 * All calls and signals belong to the thread-default context of construction; no signal is emitted
 * inside a call, and none after close(). What arrives was checked for size and form only.
 *
 *   ::privacy (FloePrivacyLevel)                      just before ::welcome, if the room asks for
 *                                                     a level: the least that one keeps to
 *   ::welcome (GPtrArray of FloeIceServer)            we are in; ICE servers to use, maybe none
 *   ::peer (gboolean offers)                          the other peer is there now, and whether
 *                                                     this side makes the offer. Again for each
 *                                                     peer that comes after another left
 *   ::description (FloeSessionDescription *)          from the one that ::peer told of last
 *   ::candidate (FloeIceCandidate *)
 *   ::gone ()                                         that peer left
 *   ::error (const GError *)                          the way is broken: nothing follows.
 *                                                     FLOE_ERROR_NETWORK: it may be tried again;
 *                                                     FLOE_ERROR_INVALID_ACCESS: there is no such
 *                                                     room; FLOE_ERROR_OPERATION: all else
 *
 * A way that was set up by hand (standard input and output) may leave out ::welcome and ::peer.
 *
 * Layer: samples. Knows nothing about peer connections. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

#define FLOE_TYPE_SIGNALING (floe_signaling_get_type ())
G_DECLARE_INTERFACE (FloeSignaling, floe_signaling, FLOE, SIGNALING, GObject)

struct _FloeSignalingInterface
{
  GTypeInterface parent_iface;

  void (*send_description) (FloeSignaling *self, FloeSessionDescription *description);
  void (*send_candidate) (FloeSignaling *self, FloeIceCandidate *candidate);
  void (*dismiss_peer) (FloeSignaling *self); /* (nullable): where nobody can be */
  void (*close) (FloeSignaling *self);
};

/* To the peer that ::peer told of last. */
void floe_signaling_send_description (FloeSignaling *self, FloeSessionDescription *description);

/* @candidate (nullable): NULL when there are no more. */
void floe_signaling_send_candidate (FloeSignaling *self, FloeIceCandidate *candidate);

/* Lets the present peer go, so that another may come; ::gone is not emitted for it. Only from the
 * side that offers. */
void floe_signaling_dismiss_peer (FloeSignaling *self);

/* Idempotent; legal inside a handler. */
void floe_signaling_close (FloeSignaling *self);

/* For implementations. */
void floe_signaling_emit_privacy (FloeSignaling *self, FloePrivacyLevel level);
void floe_signaling_emit_welcome (FloeSignaling *self, GPtrArray *ice_servers);
void floe_signaling_emit_peer (FloeSignaling *self, gboolean offers);
void floe_signaling_emit_description (FloeSignaling *self, FloeSessionDescription *description);
void floe_signaling_emit_candidate (FloeSignaling *self, FloeIceCandidate *candidate);
void floe_signaling_emit_gone (FloeSignaling *self);
void floe_signaling_emit_error (FloeSignaling *self, const GError *error);

G_END_DECLS
