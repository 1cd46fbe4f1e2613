/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-signaling.h"

enum
{
  SIGNAL_PRIVACY,
  SIGNAL_WELCOME,
  SIGNAL_PEER,
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_GONE,
  SIGNAL_ERROR,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (FloeSignaling, floe_signaling, G_TYPE_OBJECT)

static void
floe_signaling_default_init (FloeSignalingInterface *iface)
{
  signals[SIGNAL_PRIVACY] =
      g_signal_new ("privacy", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FLOE_TYPE_PRIVACY_LEVEL);
  signals[SIGNAL_WELCOME] = g_signal_new ("welcome", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_PEER] = g_signal_new ("peer", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_DESCRIPTION] =
      g_signal_new ("description", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FLOE_TYPE_SESSION_DESCRIPTION);
  signals[SIGNAL_CANDIDATE] =
      g_signal_new ("candidate", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FLOE_TYPE_ICE_CANDIDATE);
  signals[SIGNAL_GONE] = g_signal_new ("gone", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ERROR] = g_signal_new ("error", FLOE_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

void
floe_signaling_send_description (FloeSignaling *self, FloeSessionDescription *description)
{
  g_return_if_fail (FLOE_IS_SIGNALING (self));

  FLOE_SIGNALING_GET_IFACE (self)->send_description (self, description);
}

void
floe_signaling_send_candidate (FloeSignaling *self, FloeIceCandidate *candidate)
{
  g_return_if_fail (FLOE_IS_SIGNALING (self));

  FLOE_SIGNALING_GET_IFACE (self)->send_candidate (self, candidate);
}

void
floe_signaling_dismiss_peer (FloeSignaling *self)
{
  g_return_if_fail (FLOE_IS_SIGNALING (self));

  if (FLOE_SIGNALING_GET_IFACE (self)->dismiss_peer != NULL)
    FLOE_SIGNALING_GET_IFACE (self)->dismiss_peer (self);
}

void
floe_signaling_close (FloeSignaling *self)
{
  g_return_if_fail (FLOE_IS_SIGNALING (self));

  FLOE_SIGNALING_GET_IFACE (self)->close (self);
}

void
floe_signaling_emit_privacy (FloeSignaling *self, FloePrivacyLevel level)
{
  g_signal_emit (self, signals[SIGNAL_PRIVACY], 0, level);
}

void
floe_signaling_emit_welcome (FloeSignaling *self, GPtrArray *ice_servers)
{
  g_signal_emit (self, signals[SIGNAL_WELCOME], 0, ice_servers);
}

void
floe_signaling_emit_peer (FloeSignaling *self, gboolean offers)
{
  g_signal_emit (self, signals[SIGNAL_PEER], 0, offers);
}

void
floe_signaling_emit_description (FloeSignaling *self, FloeSessionDescription *description)
{
  g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, description);
}

void
floe_signaling_emit_candidate (FloeSignaling *self, FloeIceCandidate *candidate)
{
  g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, candidate);
}

void
floe_signaling_emit_gone (FloeSignaling *self)
{
  g_signal_emit (self, signals[SIGNAL_GONE], 0);
}

void
floe_signaling_emit_error (FloeSignaling *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_ERROR], 0, error);
}
