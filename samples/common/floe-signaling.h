/* SPDX-License-Identifier: MPL-2.0 */
/* A way to the other peer while there is no connection yet.
 *
 * All calls and signals belong to the thread-default context of construction; no signal is emitted
 * inside a call, and none after close(). What arrives was checked for size and form only.
 *
 *   ::peer-joined ()                                  the other peer is there now
 *   ::description (FloeSessionDescription *)
 *   ::candidate (FloeIceCandidate *)
 *   ::gone ()                                         the other peer left, for good
 *   ::error (const GError *)                          the way is broken: nothing follows
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
  void (*close) (FloeSignaling *self);
};

void floe_signaling_send_description (FloeSignaling *self, FloeSessionDescription *description);

/* @candidate (nullable): NULL when there are no more. */
void floe_signaling_send_candidate (FloeSignaling *self, FloeIceCandidate *candidate);

/* Idempotent; legal inside a handler. */
void floe_signaling_close (FloeSignaling *self);

/* For implementations. */
void floe_signaling_emit_peer_joined (FloeSignaling *self);
void floe_signaling_emit_description (FloeSignaling *self, FloeSessionDescription *description);
void floe_signaling_emit_candidate (FloeSignaling *self, FloeIceCandidate *candidate);
void floe_signaling_emit_gone (FloeSignaling *self);
void floe_signaling_emit_error (FloeSignaling *self, const GError *error);

G_END_DECLS
