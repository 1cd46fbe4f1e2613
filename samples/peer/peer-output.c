/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-output.h"

#include <floe/floe.h>
#include <stdio.h>

#include "sample-json.h"

JsonObject *
peer_event_new (const char *event)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "event", event);
  return object;
}

void
peer_print (JsonObject *object)
{
  g_autofree char *line = sample_json_to_line (object);

  json_object_unref (object);
  fputs (line, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

void
peer_print_error (const char *name, const char *message)
{
  JsonObject *event = peer_event_new ("error");

  json_object_set_string_member (event, "name", name);
  json_object_set_string_member (event, "message", message);
  peer_print (event);
}

void
peer_print_gerror (const GError *error)
{
  FloeError code = error->domain == FLOE_ERROR ? (FloeError) error->code : FLOE_ERROR_OPERATION;

  peer_print_error (floe_error_get_name (code), error->message);
}

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (type);

  /* Nicks are static. */
  return g_enum_get_value (names, value)->value_nick;
}

static JsonObject *
describe_pair (FloeIceCandidatePair *pair)
{
  FloeIceCandidate *local = floe_ice_candidate_pair_get_local (pair);
  FloeIceCandidate *remote = floe_ice_candidate_pair_get_remote (pair);
  FloeRelayProtocol relay = floe_ice_candidate_pair_get_relay_protocol (pair);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (
      object, "local",
      get_nick (FLOE_TYPE_ICE_CANDIDATE_TYPE, floe_ice_candidate_get_candidate_type (local)));
  json_object_set_string_member (
      object, "remote",
      get_nick (FLOE_TYPE_ICE_CANDIDATE_TYPE, floe_ice_candidate_get_candidate_type (remote)));
  json_object_set_string_member (
      object, "protocol",
      get_nick (FLOE_TYPE_ICE_PROTOCOL, floe_ice_candidate_get_protocol (local)));
  json_object_set_string_member (object, "localCandidate",
                                 floe_ice_candidate_get_candidate (local));
  json_object_set_string_member (object, "remoteCandidate",
                                 floe_ice_candidate_get_candidate (remote));
  json_object_set_boolean_member (object, "relayed", floe_ice_candidate_pair_is_relayed (pair));
  if (relay != FLOE_RELAY_PROTOCOL_NONE)
    json_object_set_string_member (object, "relayProtocol",
                                   get_nick (FLOE_TYPE_RELAY_PROTOCOL, relay));
  return object;
}

void
peer_print_path (FloePathEvent *path)
{
  FloeIceCandidatePair *from = floe_path_event_get_from (path);
  JsonObject *event = peer_event_new ("path");

  json_object_set_int_member (event, "ms", (gint64) floe_path_event_get_milliseconds (path));
  json_object_set_string_member (
      event, "reason", get_nick (FLOE_TYPE_PATH_REASON, (int) floe_path_event_get_reason (path)));
  if (from != NULL)
    json_object_set_object_member (event, "from", describe_pair (from));
  else
    json_object_set_null_member (event, "from");
  json_object_set_object_member (event, "to", describe_pair (floe_path_event_get_to (path)));
  peer_print (event);
}
