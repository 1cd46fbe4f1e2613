/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-session-description.h>

/**
 * FloeSessionDescription:
 *
 * An offer or an answer: the text that two peers exchange through the application's signalling
 * (W3C RTCSessionDescription).
 *
 * Instances never change after they were made, and may be shared between threads.
 *
 * Since: 1.0
 */
struct _FloeSessionDescription
{
  FloeSdpType type;
  char *sdp; /* (owned) */
};

G_DEFINE_BOXED_TYPE (FloeSessionDescription, floe_session_description, floe_session_description_ref,
                     floe_session_description_unref)

/**
 * floe_session_description_new:
 * @type: the kind of the description
 * @sdp: (nullable): its text as the peer sent it; %NULL is taken as the empty text, which a
 *   rollback has, and which asks for an implicit local description
 *
 * Makes a description of a text. The text is checked when the description is applied, not here.
 * May be called from any thread (W3C RTCSessionDescription constructor).
 *
 * Returns: (transfer full): a new description
 * Since: 1.0
 */
FloeSessionDescription *
floe_session_description_new (FloeSdpType type, const char *sdp)
{
  FloeSessionDescription *self = g_atomic_rc_box_new0 (FloeSessionDescription);

  self->type = type;
  self->sdp = g_strdup (sdp != NULL ? sdp : "");
  return self;
}

/**
 * floe_session_description_ref:
 * @self: a description
 *
 * Takes a reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 * Since: 1.0
 */
FloeSessionDescription *
floe_session_description_ref (FloeSessionDescription *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear_description (gpointer data)
{
  FloeSessionDescription *self = data;

  g_free (self->sdp);
}

/**
 * floe_session_description_unref:
 * @self: (transfer full): a description
 *
 * Drops a reference; the last one frees the description. May be called from any thread.
 *
 * Since: 1.0
 */
void
floe_session_description_unref (FloeSessionDescription *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_description);
}

/**
 * floe_session_description_get_sdp_type:
 * @self: a description
 *
 * Gets the kind of the description (W3C RTCSessionDescription.type).
 *
 * Returns: the kind
 * Since: 1.0
 */
FloeSdpType
floe_session_description_get_sdp_type (const FloeSessionDescription *self)
{
  g_return_val_if_fail (self != NULL, FLOE_SDP_TYPE_OFFER);

  return self->type;
}

/**
 * floe_session_description_get_sdp:
 * @self: a description
 *
 * Gets the text of the description, to be sent to the peer as it is (W3C
 * RTCSessionDescription.sdp).
 *
 * Returns: (transfer none): the text, empty when there is none
 * Since: 1.0
 */
const char *
floe_session_description_get_sdp (const FloeSessionDescription *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sdp;
}
