/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: a message that is accepted has what its kind needs; it is written as one that is read
 * to the same; and the library's objects take what was read, or say why not. */
#include "floe-signaling-message.h"

#include "sample-json.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static JsonObject *
write_message (const FloeSignalingMessage *message)
{
  return message->kind == FLOE_SIGNALING_MESSAGE_DESCRIPTION
             ? floe_signaling_message_write_description (message->description)
             : floe_signaling_message_write_candidate (message->candidate);
}

static void
compare_candidates (FloeIceCandidate *candidate, FloeIceCandidate *again)
{
  g_assert_true ((candidate == NULL) == (again == NULL));
  if (candidate == NULL)
    return;
  g_assert_cmpstr (floe_ice_candidate_get_candidate (candidate), ==,
                   floe_ice_candidate_get_candidate (again));
  g_assert_cmpstr (floe_ice_candidate_get_sdp_mid (candidate), ==,
                   floe_ice_candidate_get_sdp_mid (again));
  g_assert_cmpint (floe_ice_candidate_get_sdp_mline_index (candidate), ==,
                   floe_ice_candidate_get_sdp_mline_index (again));
  g_assert_cmpstr (floe_ice_candidate_get_username_fragment (candidate), ==,
                   floe_ice_candidate_get_username_fragment (again));
}

static void
check_message (const FloeSignalingMessage *message)
{
  g_autoptr (JsonObject) object = write_message (message);
  g_auto (FloeSignalingMessage) again = { 0 };

  g_assert_true (message->kind == FLOE_SIGNALING_MESSAGE_CANDIDATE || message->description != NULL);
  g_assert_true (floe_signaling_message_read (object, &again, NULL));
  g_assert_cmpint (again.kind, ==, message->kind);
  compare_candidates (message->candidate, again.candidate);
  if (message->description == NULL)
    return;
  g_assert_cmpuint (strlen (floe_session_description_get_sdp (message->description)), <=,
                    FLOE_SIGNALING_MAX_SIZE);
  g_assert_cmpint (floe_session_description_get_sdp_type (message->description), ==,
                   floe_session_description_get_sdp_type (again.description));
  g_assert_cmpstr (floe_session_description_get_sdp (message->description), ==,
                   floe_session_description_get_sdp (again.description));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (JsonObject) object = sample_json_parse_object ((const char *) data, size, NULL);
  g_auto (FloeSignalingMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_read;

  if (object == NULL)
    return 0;
  is_read = floe_signaling_message_read (object, &message, &error);
  g_assert_true (is_read == (error == NULL));
  if (is_read)
    check_message (&message);
  return 0;
}
