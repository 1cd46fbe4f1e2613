/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-message.h"

#include <string.h>

#include "floe-signaling-message.h"
#include "sample-json.h"
#include "sample-privacy.h"

#define MAX_TYPE_SIZE 32
#define MAX_ID_SIZE 64
/* Longer than any candidate line of RFC 8839 with a host name of 255 bytes in it. */
#define MAX_CANDIDATE_SIZE 1024
/* RFC 8839 section 5.4: a fragment has at most 256. */
#define MAX_TOKEN_SIZE 256

static const struct
{
  const char *code;
  const char *message;
} reasons[] = {
  [RENDEZVOUS_REASON_NO_ROOM] = { "no-room", "Nobody is there: ask for a new address" },
  [RENDEZVOUS_REASON_FULL] = { "full", "Two are there already" },
  [RENDEZVOUS_REASON_DUPLICATE] = { "duplicate", "Somebody with this id is there already" },
  [RENDEZVOUS_REASON_DISMISSED] = { "dismissed", "The other side let you go" },
  [RENDEZVOUS_REASON_PROTOCOL] = { "protocol", "That was not what the protocol floe.1 allows" },
  [RENDEZVOUS_REASON_BUSY] = { "busy", "This rendezvous has too much to do: try again later" },
  [RENDEZVOUS_REASON_TIMEOUT] = { "timeout", "That took too long" },
};

void
rendezvous_message_clear (RendezvousMessage *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->text, g_free);
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, message);
  return FALSE;
}

/* (nullable): the object member @name. */
static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
read_join (JsonObject *object, RendezvousMessage *message, GError **error)
{
  const char *id = sample_json_get_string (object, "id", MAX_ID_SIZE);

  if (id == NULL || id[0] == '\0')
    return fail (error, "join: an id has 1 to 64 characters");
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return fail (error, "join: an id has letters, digits, hyphens and underscores only");
  message->kind = RENDEZVOUS_MESSAGE_JOIN;
  message->id = g_strdup (id);
  message->opens = sample_json_get_boolean (object, "opens", FALSE);
  return TRUE;
}

/* (transfer full) (nullable): the description of @object, of known members only. */
static JsonObject *
copy_description (JsonObject *object)
{
  const char *type = sample_json_get_string (object, "type", MAX_TYPE_SIZE);
  const char *sdp = sample_json_get_string (object, "sdp", FLOE_SIGNALING_MAX_SIZE);
  JsonObject *copy;

  if (sdp == NULL || (g_strcmp0 (type, "offer") != 0 && g_strcmp0 (type, "answer") != 0))
    return NULL;
  copy = sample_json_new_message (type);
  json_object_set_string_member (copy, "sdp", sdp);
  return copy;
}

/* (transfer full) (nullable): the candidate of @object, of known members only. */
static JsonObject *
copy_candidate (JsonObject *object)
{
  const char *candidate = sample_json_get_string (object, "candidate", MAX_CANDIDATE_SIZE);
  const char *mid = sample_json_get_string (object, "sdpMid", MAX_TOKEN_SIZE);
  const char *fragment = sample_json_get_string (object, "usernameFragment", MAX_TOKEN_SIZE);
  gint64 index = sample_json_get_int (object, "sdpMLineIndex", -1);
  JsonObject *copy;

  if (candidate == NULL || index < -1 || index > G_MAXUINT16)
    return NULL;
  copy = json_object_new ();
  json_object_set_string_member (copy, "candidate", candidate);
  sample_json_set_string (copy, "sdpMid", mid);
  sample_json_set_index (copy, "sdpMLineIndex", index);
  if (fragment != NULL)
    json_object_set_string_member (copy, "usernameFragment", fragment);
  return copy;
}

/* Writes what is passed on. Escapes can make it longer than what came, and than what the other
 * member takes. */
static gboolean
write_relay (RendezvousMessage *message, JsonObject *relay, GError **error)
{
  g_autofree char *text = NULL;

  json_object_set_int_member (relay, "session", message->session);
  text = sample_json_to_line (relay);
  if (strlen (text) > FLOE_SIGNALING_MAX_SIZE)
    return fail (error, "The message can't be passed on");
  message->kind = RENDEZVOUS_MESSAGE_RELAY;
  message->text = g_steal_pointer (&text);
  return TRUE;
}

static gboolean
read_description (JsonObject *object, RendezvousMessage *message, GError **error)
{
  JsonObject *source = get_object (object, "description");
  JsonObject *copy = source != NULL ? copy_description (source) : NULL;
  g_autoptr (JsonObject) relay = NULL;

  if (copy == NULL)
    return fail (error, "description: it is an offer or an answer, with its sdp");
  relay = sample_json_new_message ("description");
  json_object_set_object_member (relay, "description", copy);
  return write_relay (message, relay, error);
}

static gboolean
read_candidate (JsonObject *object, RendezvousMessage *message, GError **error)
{
  JsonObject *source = get_object (object, "candidate");
  JsonObject *copy = source != NULL ? copy_candidate (source) : NULL;
  g_autoptr (JsonObject) relay = sample_json_new_message ("candidate");

  if (copy != NULL)
    json_object_set_object_member (relay, "candidate", copy);
  else if (json_object_has_member (object, "candidate") && !sample_json_has (object, "candidate"))
    json_object_set_null_member (relay, "candidate");
  else
    return fail (error, "candidate: it has the form of toJSON(), or is null");
  return write_relay (message, relay, error);
}

/* What belongs to a session; @type is known to. */
static gboolean
read_session_message (JsonObject *object, const char *type, RendezvousMessage *message,
                      GError **error)
{
  message->session = sample_json_get_int (object, "session", -1);
  if (message->session < 0)
    return fail (error, "There is no session number");
  if (strcmp (type, "description") == 0)
    return read_description (object, message, error);
  if (strcmp (type, "candidate") == 0)
    return read_candidate (object, message, error);
  message->kind = RENDEZVOUS_MESSAGE_GONE;
  return TRUE;
}

gboolean
rendezvous_message_read (const char *text, gsize size, RendezvousMessage *out, GError **error)
{
  static const char *const session_types[] = { "description", "candidate", "gone", NULL };
  g_auto (RendezvousMessage) message = { 0 };
  g_autoptr (JsonObject) object = sample_json_parse_object (text, size, error);
  const char *type;

  if (object == NULL)
    return FALSE;
  type = sample_json_get_string (object, "type", MAX_TYPE_SIZE);
  if (type == NULL)
    return fail (error, "A message has a type");
  if (strcmp (type, "join") == 0)
    {
      if (!read_join (object, &message, error))
        return FALSE;
    }
  else if (g_strv_contains (session_types, type))
    {
      if (!read_session_message (object, type, &message, error))
        return FALSE;
    }
  else
    message.kind = RENDEZVOUS_MESSAGE_OTHER;
  *out = message;
  message = (RendezvousMessage){ 0 };
  return TRUE;
}

/* (transfer full): in the form of RTCConfiguration. */
static JsonObject *
write_ice_server (const FloeIceServer *server)
{
  JsonObject *object = json_object_new ();
  JsonArray *urls = json_array_new ();

  for (const char *const *url = floe_ice_server_get_urls (server); *url != NULL; url++)
    json_array_add_string_element (urls, *url);
  json_object_set_array_member (object, "urls", urls);
  if (floe_ice_server_get_username (server) != NULL)
    json_object_set_string_member (object, "username", floe_ice_server_get_username (server));
  if (floe_ice_server_get_credential (server) != NULL)
    json_object_set_string_member (object, "credential", floe_ice_server_get_credential (server));
  return object;
}

char *
rendezvous_message_write_welcome (GPtrArray *ice_servers, gboolean with_passwords,
                                  FloePrivacyLevel privacy)
{
  JsonObject *object = sample_json_new_message ("welcome");
  JsonArray *servers = json_array_new ();

  for (guint i = 0; ice_servers != NULL && i < ice_servers->len; i++)
    {
      const FloeIceServer *server = g_ptr_array_index (ice_servers, i);

      if (with_passwords || floe_ice_server_get_credential (server) == NULL)
        json_array_add_object_element (servers, write_ice_server (server));
    }
  json_object_set_array_member (object, "iceServers", servers);
  if (privacy != FLOE_PRIVACY_LEVEL_OPEN)
    json_object_set_string_member (object, "privacy", sample_privacy_get_name (privacy));
  return sample_json_take_line (object);
}

char *
rendezvous_message_write_peer (gint64 session, gboolean offers)
{
  JsonObject *object = sample_json_new_message ("peer");

  json_object_set_int_member (object, "session", session);
  json_object_set_boolean_member (object, "offers", offers);
  return sample_json_take_line (object);
}

char *
rendezvous_message_write_gone (gint64 session)
{
  JsonObject *object = sample_json_new_message ("gone");

  json_object_set_int_member (object, "session", session);
  return sample_json_take_line (object);
}

char *
rendezvous_message_write_error (RendezvousReason reason)
{
  JsonObject *object = sample_json_new_message ("error");

  json_object_set_string_member (object, "code", reasons[reason].code);
  json_object_set_string_member (object, "message", reasons[reason].message);
  return sample_json_take_line (object);
}
