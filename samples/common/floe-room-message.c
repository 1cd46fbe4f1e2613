/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-room-message.h"

#include "sample-json.h"
#include "sample-privacy.h"

#define MAX_TOKEN_SIZE 64
/* RFC 7064 and RFC 7065: a scheme, a host of at most 255 bytes, a port and a transport. */
#define MAX_URL_SIZE 512
/* RFC 8489 section 14.3: a USERNAME has less than 509 bytes; passwords are of that order. */
#define MAX_CREDENTIAL_SIZE 512

/* By the code that the rendezvous gives. */
static const struct
{
  const char *code;
  FloeError error;
  const char *message;
} refusals[] = {
  { "no-room", FLOE_ERROR_INVALID_ACCESS,
    "Nobody is there with this code: check that it is complete, and that the other side still "
    "waits" },
  { "full", FLOE_ERROR_NETWORK,
    "Somebody else has joined already: ask the other side for a new code" },
  { "duplicate", FLOE_ERROR_NETWORK,
    "The rendezvous has not noticed yet that an earlier connection is gone: try again" },
  { "dismissed", FLOE_ERROR_OPERATION, "The other side ended the connection" },
  { "protocol", FLOE_ERROR_OPERATION,
    "The rendezvous does not understand this program: see that both are of the same version" },
  { "busy", FLOE_ERROR_NETWORK, "The rendezvous has too much to do: try again later" },
  { "timeout", FLOE_ERROR_NETWORK, "The rendezvous waited in vain for this program: try again" },
};

void
floe_room_message_clear (FloeRoomMessage *self)
{
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->description, floe_session_description_unref);
  g_clear_pointer (&self->candidate, floe_ice_candidate_unref);
  g_clear_error (&self->error);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, message);
  return FALSE;
}

/* (nullable) (transfer none): the array member @name. */
static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Adds @node to @urls if the library can do something with it. */
static void
collect_url (GPtrArray *urls, JsonNode *node, const char *username, const char *credential)
{
  const char *url =
      json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  const char *alone[] = { url, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeIceServer) server = NULL;

  if (url == NULL || strnlen (url, MAX_URL_SIZE + 1) > MAX_URL_SIZE)
    return;
  server = floe_ice_server_new (alone, username, credential, &error);
  if (server != NULL)
    g_ptr_array_add (urls, g_strdup (url));
  else
    g_debug ("room: left out an ICE server: %s", error->message);
}

/* (nullable) (transfer full): the server that @object is, with those of its URLs that are good:
 * what a browser can use and this library cannot yet must not keep it from the others. */
static FloeIceServer *
read_ice_server (JsonObject *object)
{
  const char *username = sample_json_get_string (object, "username", MAX_CREDENTIAL_SIZE);
  const char *credential = sample_json_get_string (object, "credential", MAX_CREDENTIAL_SIZE);
  JsonArray *array = get_array (object, "urls");
  JsonNode *single = json_object_get_member (object, "urls");
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func (g_free);

  if (array != NULL)
    for (guint i = 0; i < MIN (json_array_get_length (array), FLOE_ROOM_MAX_ICE_URLS); i++)
      collect_url (urls, json_array_get_element (array, i), username, credential);
  else if (single != NULL && JSON_NODE_HOLDS_VALUE (single))
    collect_url (urls, single, username, credential);
  if (urls->len == 0)
    return NULL;
  g_ptr_array_add (urls, NULL);
  return floe_ice_server_new ((const char *const *) urls->pdata, username, credential, NULL);
}

static GPtrArray *
read_ice_servers (JsonObject *object)
{
  JsonArray *array = get_array (object, "iceServers");
  guint length = array != NULL ? json_array_get_length (array) : 0;
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);

  for (guint i = 0; i < MIN (length, FLOE_ROOM_MAX_ICE_SERVERS); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      FloeIceServer *server =
          JSON_NODE_HOLDS_OBJECT (node) ? read_ice_server (json_node_get_object (node)) : NULL;
      if (server != NULL)
        g_ptr_array_add (servers, server);
    }
  return servers;
}

/* A level that this program does not know is none that it could keep to. */
static FloePrivacyLevel
read_privacy (JsonObject *object)
{
  const char *name = sample_json_get_string (object, "privacy", MAX_TOKEN_SIZE);
  FloePrivacyLevel level = FLOE_PRIVACY_LEVEL_OPEN;

  if (name != NULL)
    sample_privacy_find (name, &level);
  return level;
}

static gboolean
read_session (JsonObject *object, FloeRoomMessage *message, GError **error)
{
  message->session = sample_json_get_int (object, "session", -1);
  if (message->session < 0 || message->session >= FLOE_ROOM_MAX_SESSION)
    return refuse (error, "The message has no session");
  return TRUE;
}

/* Fills @message from the member that has the form of toJSON (). */
static gboolean
read_payload (JsonObject *object, const char *name, FloeSignalingMessageKind kind,
              FloeRoomMessage *message, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_auto (FloeSignalingMessage) payload = { 0 };

  if (kind == FLOE_SIGNALING_MESSAGE_CANDIDATE && node != NULL && JSON_NODE_HOLDS_NULL (node))
    {
      /* RTCPeerConnection.addIceCandidate (null): no more, of any generation. */
      message->candidate = floe_ice_candidate_new ("", NULL, 0, NULL, error);
      return message->candidate != NULL;
    }
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "The message has nothing in it");
  if (!floe_signaling_message_read (json_node_get_object (node), &payload, error))
    return FALSE;
  if (payload.kind != kind)
    return refuse (error, "The message is not what it says");
  message->description = g_steal_pointer (&payload.description);
  message->candidate = g_steal_pointer (&payload.candidate);
  return TRUE;
}

static GError *
read_refusal (JsonObject *object)
{
  const char *code = sample_json_get_string (object, "code", MAX_TOKEN_SIZE);

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (code, refusals[i].code) == 0)
      return g_error_new_literal (FLOE_ERROR, refusals[i].error, refusals[i].message);
  return g_error_new_literal (FLOE_ERROR, FLOE_ERROR_OPERATION,
                              "The rendezvous ended the connection for a reason that this program "
                              "does not know");
}

static gboolean
read_kind (JsonObject *object, FloeRoomMessage *message, GError **error)
{
  const char *type = sample_json_get_string (object, "type", MAX_TOKEN_SIZE);
  static const char *const types[] = { "welcome",   "peer", "description",
                                       "candidate", "gone", "error" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (type, types[i]) == 0)
      {
        message->kind = (FloeRoomMessageKind) i;
        return TRUE;
      }
  return refuse (error, "The message is of no type that this program knows");
}

static gboolean
read_members (JsonObject *object, FloeRoomMessage *message, GError **error)
{
  switch (message->kind)
    {
    case FLOE_ROOM_MESSAGE_WELCOME:
      message->ice_servers = read_ice_servers (object);
      message->privacy = read_privacy (object);
      return TRUE;
    case FLOE_ROOM_MESSAGE_ERROR:
      message->error = read_refusal (object);
      return TRUE;
    case FLOE_ROOM_MESSAGE_PEER:
      message->offers = sample_json_get_boolean (object, "offers", FALSE);
      return read_session (object, message, error);
    case FLOE_ROOM_MESSAGE_GONE:
      return read_session (object, message, error);
    case FLOE_ROOM_MESSAGE_DESCRIPTION:
      return read_session (object, message, error)
             && read_payload (object, "description", FLOE_SIGNALING_MESSAGE_DESCRIPTION, message,
                              error);
    case FLOE_ROOM_MESSAGE_CANDIDATE:
      return read_session (object, message, error)
             && read_payload (object, "candidate", FLOE_SIGNALING_MESSAGE_CANDIDATE, message,
                              error);
    }
  return FALSE;
}

gboolean
floe_room_message_read (JsonObject *object, FloeRoomMessage *out, GError **error)
{
  g_auto (FloeRoomMessage) message = { 0 };

  if (!read_kind (object, &message, error) || !read_members (object, &message, error))
    return FALSE;
  *out = message;
  message = (FloeRoomMessage){ 0 };
  return TRUE;
}

char *
floe_room_message_write_join (const char *id, gboolean opens)
{
  JsonObject *object = sample_json_new_message ("join");

  json_object_set_string_member (object, "id", id);
  json_object_set_boolean_member (object, "opens", opens);
  return sample_json_take_line (object);
}

char *
floe_room_message_write_description (gint64 session, FloeSessionDescription *description)
{
  JsonObject *object = sample_json_new_message ("description");

  json_object_set_int_member (object, "session", session);
  json_object_set_object_member (object, "description",
                                 floe_signaling_message_write_description (description));
  return sample_json_take_line (object);
}

char *
floe_room_message_write_candidate (gint64 session, FloeIceCandidate *candidate)
{
  JsonObject *object = sample_json_new_message ("candidate");

  json_object_set_int_member (object, "session", session);
  if (candidate != NULL)
    json_object_set_object_member (object, "candidate",
                                   floe_signaling_message_write_candidate (candidate));
  else
    json_object_set_null_member (object, "candidate");
  return sample_json_take_line (object);
}

char *
floe_room_message_write_gone (gint64 session)
{
  JsonObject *object = sample_json_new_message ("gone");

  json_object_set_int_member (object, "session", session);
  return sample_json_take_line (object);
}
