/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-signaling.h"

#include "floe-signaling-message.h"
#include "peer-output.h"

struct _PeerSignaling
{
  GObject parent_instance;
  gboolean has_ended_candidates; /* an empty candidate went out already */
  gboolean is_closed;
};

static void signaling_iface_init (FloeSignalingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PeerSignaling, peer_signaling, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SIGNALING, signaling_iface_init))

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  if (!PEER_SIGNALING (signaling)->is_closed)
    peer_print (floe_signaling_message_write_description (description));
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  PeerSignaling *self = PEER_SIGNALING (signaling);
  gboolean is_end = candidate == NULL || floe_ice_candidate_is_end_of_candidates (candidate);

  /* The empty candidate and NULL after it say the same to a script. */
  if (self->is_closed || (candidate == NULL && self->has_ended_candidates))
    return;
  self->has_ended_candidates = is_end;
  peer_print (floe_signaling_message_write_candidate (candidate));
}

static void
close_signaling (FloeSignaling *signaling)
{
  PEER_SIGNALING (signaling)->is_closed = TRUE;
}

static void
signaling_iface_init (FloeSignalingInterface *iface)
{
  iface->send_description = send_description;
  iface->send_candidate = send_candidate;
  iface->close = close_signaling;
}

static void
peer_signaling_class_init (PeerSignalingClass *klass)
{
}

static void
peer_signaling_init (PeerSignaling *self)
{
}

FloeSignaling *
peer_signaling_new (void)
{
  return g_object_new (PEER_TYPE_SIGNALING, NULL);
}

gboolean
peer_signaling_receive (PeerSignaling *self, JsonObject *object, GError **error)
{
  g_auto (FloeSignalingMessage) message = { 0 };

  if (!floe_signaling_message_read (object, &message, error))
    return FALSE;
  if (message.kind == FLOE_SIGNALING_MESSAGE_DESCRIPTION)
    floe_signaling_emit_description (FLOE_SIGNALING (self), message.description);
  else
    floe_signaling_emit_candidate (FLOE_SIGNALING (self), message.candidate);
  return TRUE;
}
