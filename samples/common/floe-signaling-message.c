/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-signaling-message.h"

#include "sample-json.h"

/* Longer than any candidate line of RFC 8839 with a host name of 255 bytes in it. */
#define MAX_CANDIDATE_SIZE 1024
/* RFC 8843 section 7.1: mids are short; RFC 8839 section 5.4: a fragment has at most 256. */
#define MAX_TOKEN_SIZE 256

void
floe_signaling_message_clear (FloeSignalingMessage *self)
{
  g_clear_pointer (&self->description, floe_session_description_unref);
  g_clear_pointer (&self->candidate, floe_ice_candidate_unref);
}

static gboolean
read_candidate (JsonObject *object, FloeSignalingMessage *message, GError **error)
{
  const char *text = sample_json_get_string (object, "candidate", MAX_CANDIDATE_SIZE);
  const char *mid = sample_json_get_string (object, "sdpMid", MAX_TOKEN_SIZE);
  const char *fragment = sample_json_get_string (object, "usernameFragment", MAX_TOKEN_SIZE);
  gint64 index = sample_json_get_int (object, "sdpMLineIndex", -1);
  FloeIceCandidate *candidate;

  /* A browser's null at the end of its candidates says the same as the empty string. */
  if (text == NULL && !sample_json_has (object, "candidate"))
    text = "";
  if (text == NULL || index < -1 || index > G_MAXUINT16)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "The candidate is malformed");
      return FALSE;
    }
  candidate = floe_ice_candidate_new (text, mid, (int) index, fragment, error);
  if (candidate == NULL)
    return FALSE;
  message->kind = FLOE_SIGNALING_MESSAGE_CANDIDATE;
  message->candidate = candidate;
  return TRUE;
}

static gboolean
read_description (JsonObject *object, FloeSdpType type, FloeSignalingMessage *message,
                  GError **error)
{
  const char *sdp = sample_json_get_string (object, "sdp", FLOE_SIGNALING_MAX_SIZE);

  if (sdp == NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "The description has no sdp, or one that is too long");
      return FALSE;
    }
  message->kind = FLOE_SIGNALING_MESSAGE_DESCRIPTION;
  message->description = floe_session_description_new (type, sdp);
  return TRUE;
}

gboolean
floe_signaling_message_read (JsonObject *object, FloeSignalingMessage *message, GError **error)
{
  const char *type = sample_json_get_string (object, "type", MAX_TOKEN_SIZE);

  if (type == NULL && json_object_has_member (object, "candidate"))
    return read_candidate (object, message, error);
  if (g_strcmp0 (type, "offer") == 0)
    return read_description (object, FLOE_SDP_TYPE_OFFER, message, error);
  if (g_strcmp0 (type, "answer") == 0)
    return read_description (object, FLOE_SDP_TYPE_ANSWER, message, error);
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                       "This is neither a description nor a candidate");
  return FALSE;
}

JsonObject *
floe_signaling_message_write_description (FloeSessionDescription *description)
{
  JsonObject *object = json_object_new ();
  gboolean is_offer = floe_session_description_get_sdp_type (description) == FLOE_SDP_TYPE_OFFER;

  json_object_set_string_member (object, "type", is_offer ? "offer" : "answer");
  json_object_set_string_member (object, "sdp", floe_session_description_get_sdp (description));
  return object;
}

JsonObject *
floe_signaling_message_write_candidate (FloeIceCandidate *candidate)
{
  JsonObject *object = json_object_new ();

  if (candidate == NULL)
    {
      /* The sections of a Floe session are bundled, so the first one speaks for all. */
      json_object_set_string_member (object, "candidate", "");
      json_object_set_null_member (object, "sdpMid");
      json_object_set_int_member (object, "sdpMLineIndex", 0);
      return object;
    }
  json_object_set_string_member (object, "candidate", floe_ice_candidate_get_candidate (candidate));
  sample_json_set_string (object, "sdpMid", floe_ice_candidate_get_sdp_mid (candidate));
  sample_json_set_index (object, "sdpMLineIndex",
                         floe_ice_candidate_get_sdp_mline_index (candidate));
  if (floe_ice_candidate_get_username_fragment (candidate) != NULL)
    json_object_set_string_member (object, "usernameFragment",
                                   floe_ice_candidate_get_username_fragment (candidate));
  return object;
}
