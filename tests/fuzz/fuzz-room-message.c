/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: a message that is accepted has what its kind needs and no more, within the bounds;
 * nothing that a rendezvous wrote about an error comes out; a description and a candidate that are
 * passed on are read to the same. */
#include "floe-room-message.h"

#include "sample-json.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_ice_servers (GPtrArray *servers)
{
  g_assert_cmpuint (servers->len, <=, FLOE_ROOM_MAX_ICE_SERVERS);
  for (guint i = 0; i < servers->len; i++)
    {
      guint count = g_strv_length ((char **) floe_ice_server_get_urls (servers->pdata[i]));

      g_assert_cmpuint (count, >, 0);
      g_assert_cmpuint (count, <=, FLOE_ROOM_MAX_ICE_URLS);
    }
}

/* Takes @line. */
static void
read_again (char *line, FloeRoomMessage *again)
{
  g_autoptr (JsonObject) object = sample_json_parse_object (line, strlen (line), NULL);

  g_assert_nonnull (object);
  g_assert_true (floe_room_message_read (object, again, NULL));
  g_free (line);
}

static void
check_description (const FloeRoomMessage *message)
{
  g_auto (FloeRoomMessage) again = { 0 };

  read_again (floe_room_message_write_description (message->session, message->description), &again);
  g_assert_cmpint (again.kind, ==, FLOE_ROOM_MESSAGE_DESCRIPTION);
  g_assert_cmpint (again.session, ==, message->session);
  g_assert_cmpint (floe_session_description_get_sdp_type (again.description), ==,
                   floe_session_description_get_sdp_type (message->description));
  g_assert_cmpstr (floe_session_description_get_sdp (again.description), ==,
                   floe_session_description_get_sdp (message->description));
}

static void
check_candidate (const FloeRoomMessage *message)
{
  g_auto (FloeRoomMessage) again = { 0 };

  read_again (floe_room_message_write_candidate (message->session, message->candidate), &again);
  g_assert_cmpint (again.kind, ==, FLOE_ROOM_MESSAGE_CANDIDATE);
  g_assert_cmpint (again.session, ==, message->session);
  g_assert_cmpstr (floe_ice_candidate_get_candidate (again.candidate), ==,
                   floe_ice_candidate_get_candidate (message->candidate));
  g_assert_cmpstr (floe_ice_candidate_get_sdp_mid (again.candidate), ==,
                   floe_ice_candidate_get_sdp_mid (message->candidate));
  g_assert_cmpint (floe_ice_candidate_get_sdp_mline_index (again.candidate), ==,
                   floe_ice_candidate_get_sdp_mline_index (message->candidate));
  g_assert_cmpstr (floe_ice_candidate_get_username_fragment (again.candidate), ==,
                   floe_ice_candidate_get_username_fragment (message->candidate));
}

/* All of our own texts are plain ASCII, and begin with a capital. */
static void
check_error (const GError *error)
{
  g_assert_true (error->domain == FLOE_ERROR);
  g_assert_true (g_ascii_isupper (error->message[0]));
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_true (g_ascii_isprint (*c));
}

static void
check_message (const FloeRoomMessage *message)
{
  FloeRoomMessageKind kind = message->kind;

  g_assert_cmpint (message->session, >=, 0);
  g_assert_cmpint (message->session, <, FLOE_ROOM_MAX_SESSION);
  g_assert_true ((message->ice_servers != NULL) == (kind == FLOE_ROOM_MESSAGE_WELCOME));
  g_assert_true ((message->description != NULL) == (kind == FLOE_ROOM_MESSAGE_DESCRIPTION));
  g_assert_true ((message->candidate != NULL) == (kind == FLOE_ROOM_MESSAGE_CANDIDATE));
  g_assert_true ((message->error != NULL) == (kind == FLOE_ROOM_MESSAGE_ERROR));
  if (message->ice_servers != NULL)
    check_ice_servers (message->ice_servers);
  if (message->description != NULL)
    check_description (message);
  if (message->candidate != NULL)
    check_candidate (message);
  if (message->error != NULL)
    check_error (message->error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (JsonObject) object = sample_json_parse_object ((const char *) data, size, NULL);
  g_auto (FloeRoomMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (object == NULL)
    return 0;
  if (floe_room_message_read (object, &message, &error))
    check_message (&message);
  g_assert_true (error == NULL || error->domain == FLOE_ERROR);
  g_assert_true ((error != NULL)
                 == (message.kind == FLOE_ROOM_MESSAGE_WELCOME && message.ice_servers == NULL));
  return 0;
}
