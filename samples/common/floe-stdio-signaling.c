/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stdio-signaling.h"

#include "floe-signaling-message.h"

struct _FloeStdioSignaling
{
  GObject parent_instance;

  FloeStdioSignalingFunc send;   /* (nullable): NULL once closed */
  gpointer user_data;            /* (unowned): of @send */
  gboolean has_ended_candidates; /* an empty candidate went out already */
};

static void signaling_iface_init (FloeSignalingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeStdioSignaling, floe_stdio_signaling, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SIGNALING, signaling_iface_init))

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  FloeStdioSignaling *self = FLOE_STDIO_SIGNALING (signaling);

  if (self->send != NULL)
    self->send (floe_signaling_message_write_description (description), self->user_data);
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  FloeStdioSignaling *self = FLOE_STDIO_SIGNALING (signaling);
  gboolean is_end = candidate == NULL || floe_ice_candidate_is_end_of_candidates (candidate);

  /* The empty candidate and NULL after it say the same to a script. */
  if (self->send == NULL || (candidate == NULL && self->has_ended_candidates))
    return;
  self->has_ended_candidates = is_end;
  self->send (floe_signaling_message_write_candidate (candidate), self->user_data);
}

static void
close_signaling (FloeSignaling *signaling)
{
  FLOE_STDIO_SIGNALING (signaling)->send = NULL;
}

static void
signaling_iface_init (FloeSignalingInterface *iface)
{
  iface->send_description = send_description;
  iface->send_candidate = send_candidate;
  iface->close = close_signaling;
}

static void
floe_stdio_signaling_class_init (FloeStdioSignalingClass *klass)
{
}

static void
floe_stdio_signaling_init (FloeStdioSignaling *self)
{
}

FloeSignaling *
floe_stdio_signaling_new (FloeStdioSignalingFunc send, gpointer user_data)
{
  FloeStdioSignaling *self = g_object_new (FLOE_TYPE_STDIO_SIGNALING, NULL);

  self->send = send;
  self->user_data = user_data;
  return FLOE_SIGNALING (self);
}

gboolean
floe_stdio_signaling_receive (FloeStdioSignaling *self, JsonObject *object, GError **error)
{
  g_auto (FloeSignalingMessage) message = { 0 };

  g_return_val_if_fail (FLOE_IS_STDIO_SIGNALING (self), FALSE);

  if (!floe_signaling_message_read (object, &message, error))
    return FALSE;
  if (self->send == NULL) /* closed */
    return TRUE;
  if (message.kind == FLOE_SIGNALING_MESSAGE_DESCRIPTION)
    floe_signaling_emit_description (FLOE_SIGNALING (self), message.description);
  else
    floe_signaling_emit_candidate (FLOE_SIGNALING (self), message.candidate);
  return TRUE;
}
