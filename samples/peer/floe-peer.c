/* SPDX-License-Identifier: MPL-2.0 */
/* floe-peer: a WebRTC peer for scripts. Reads one JSON object a line, prints one a line, and
 * echoes every message. floe-peer(1) has the protocol; the shortest session between two of them:
 *
 *   floe-peer            <- {"cmd":"offer","channels":[{"label":"chat"}]}
 *   carry what each prints to the other, and
 *   floe-peer            <- {"cmd":"send","label":"chat","text":"hello"}
 *                        -> {"event":"message","label":"chat",...,"text":"hello"}  the echo */
#include <floe/floe.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "floe-connector.h"
#include "floe-stdio-signaling.h"
#include "peer-channels.h"
#include "peer-lines.h"
#include "peer-options.h"
#include "peer-output.h"
#include "sample-json.h"

typedef struct
{
  const PeerOptions *options;     /* (unowned): outlives it */
  FloePeerConnection *connection; /* (owned) */
  FloeSignaling *signaling;       /* (owned) */
  FloeConnector *connector;       /* (owned) */
  PeerChannels *channels;         /* (owned) */
  PeerLines *lines;               /* (owned) */
  GMainLoop *loop;                /* (owned) */
  gboolean is_closing;
  gboolean has_printed_closed;
} Peer;

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (type);

  /* The words live as long as their type, which is static. */
  return g_enum_get_value (names, value)->value_nick;
}

static void
print_state (const char *event, GType type, int state)
{
  JsonObject *object = peer_event_new (event);

  json_object_set_string_member (object, "state", get_nick (type, state));
  peer_print (object);
}

static void
print_signaling (JsonObject *object, gpointer user_data)
{
  peer_print (object);
}

static void
on_connection_state (FloePeerConnection *connection, GParamSpec *pspec, Peer *self)
{
  FloePeerConnectionState state = floe_peer_connection_get_connection_state (connection);

  if (self->has_printed_closed)
    return;
  self->has_printed_closed = state == FLOE_PEER_CONNECTION_STATE_CLOSED;
  print_state ("connectionstate", FLOE_TYPE_PEER_CONNECTION_STATE, state);
}

static void
on_ice_connection_state (FloePeerConnection *connection, GParamSpec *pspec, Peer *self)
{
  print_state ("iceconnectionstate", FLOE_TYPE_ICE_CONNECTION_STATE,
               floe_peer_connection_get_ice_connection_state (connection));
}

static void
on_ice_candidate_error (FloePeerConnection *connection, const char *url, guint code,
                        const char *text, Peer *self)
{
  JsonObject *object = peer_event_new ("candidateerror");

  json_object_set_string_member (object, "url", url);
  json_object_set_int_member (object, "code", code);
  json_object_set_string_member (object, "message", text);
  peer_print (object);
}

/* Only credentials that are made of a secret say when they end. */
static void
on_ice_server_expiring (FloePeerConnection *connection, FloeIceServer *server, Peer *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeConfiguration) configuration =
      peer_options_make_configuration (self->options, &error);
  JsonObject *object = peer_event_new ("serverexpiring");

  json_object_set_string_member (object, "url", floe_ice_server_get_urls (server)[0]);
  peer_print (object);
  if (configuration == NULL
      || !floe_peer_connection_set_configuration (connection, configuration, &error))
    peer_print_gerror (error);
}

static void
on_path_changed (FloePeerConnection *connection, FloePathEvent *event, Peer *self)
{
  peer_print_path (event);
}

static void
on_connector_error (FloeConnector *connector, const GError *error, Peer *self)
{
  peer_print_gerror (error);
}

static gboolean
on_farewell_over (gpointer user_data)
{
  Peer *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
close_peer (Peer *self)
{
  if (self->is_closing)
    return;
  self->is_closing = TRUE;
  floe_signaling_close (self->signaling);
  floe_peer_connection_close (self->connection);
  on_connection_state (self->connection, NULL, self);
  g_idle_add (on_farewell_over, self);
}

static gboolean
make_offer (Peer *self, JsonObject *command, GError **error)
{
  JsonNode *node = json_object_get_member (command, "channels");
  JsonArray *channels =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (sample_json_get_boolean (command, "iceRestart", FALSE)
      && !floe_peer_connection_restart_ice (self->connection, error))
    return FALSE;
  for (guint i = 0; channels != NULL && i < json_array_get_length (channels); i++)
    {
      JsonNode *element = json_array_get_element (channels, i);
      if (!JSON_NODE_HOLDS_OBJECT (element))
        {
          g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE, "A channel is not an object");
          return FALSE;
        }
      if (!peer_channels_create (self->channels, json_node_get_object (element), error))
        return FALSE;
    }
  floe_connector_offer (self->connector);
  return TRUE;
}

/* What is not known is null. */
static void
set_word (JsonObject *object, const char *name, const char *word)
{
  if (word != NULL)
    json_object_set_string_member (object, name, word);
  else
    json_object_set_null_member (object, name);
}

static void
print_pair (Peer *self)
{
  g_autoptr (FloeIceCandidatePair) pair =
      floe_peer_connection_get_selected_candidate_pair (self->connection);
  JsonObject *event = peer_event_new ("pair");
  const char *local = NULL, *remote = NULL, *protocol = NULL, *relay_protocol = NULL;
  const char *local_text = NULL, *remote_text = NULL;

  if (pair != NULL)
    {
      FloeIceCandidate *ours = floe_ice_candidate_pair_get_local (pair);
      FloeIceCandidate *theirs = floe_ice_candidate_pair_get_remote (pair);
      FloeRelayProtocol way = floe_ice_candidate_pair_get_relay_protocol (pair);

      local = get_nick (FLOE_TYPE_ICE_CANDIDATE_TYPE, floe_ice_candidate_get_candidate_type (ours));
      remote =
          get_nick (FLOE_TYPE_ICE_CANDIDATE_TYPE, floe_ice_candidate_get_candidate_type (theirs));
      protocol = get_nick (FLOE_TYPE_ICE_PROTOCOL, floe_ice_candidate_get_protocol (ours));
      local_text = floe_ice_candidate_get_candidate (ours);
      remote_text = floe_ice_candidate_get_candidate (theirs);
      if (way != FLOE_RELAY_PROTOCOL_NONE)
        relay_protocol = get_nick (FLOE_TYPE_RELAY_PROTOCOL, way);
    }
  set_word (event, "local", local);
  set_word (event, "remote", remote);
  set_word (event, "protocol", protocol);
  set_word (event, "relayProtocol", relay_protocol);
  set_word (event, "localCandidate", local_text);
  set_word (event, "remoteCandidate", remote_text);
  peer_print (event);
}

static gboolean
print_metrics (Peer *self, GError **error)
{
  g_autoptr (FloeConnectionMetrics) metrics = floe_peer_connection_get_metrics (self->connection);
  g_autofree char *text = floe_connection_metrics_to_json (metrics);
  JsonObject *values = sample_json_parse_object (text, strlen (text), error);
  JsonObject *event;

  if (values == NULL)
    return FALSE;
  event = peer_event_new ("metrics");
  json_object_set_object_member (event, "metrics", values);
  peer_print (event);
  return TRUE;
}

static gboolean
run_command (Peer *self, JsonObject *object, GError **error)
{
  const char *command = sample_json_get_string (object, "cmd", 64);

  if (command == NULL)
    return floe_stdio_signaling_receive (FLOE_STDIO_SIGNALING (self->signaling), object, error);
  if (strcmp (command, "offer") == 0)
    return make_offer (self, object, error);
  if (strcmp (command, "send") == 0)
    return peer_channels_send (self->channels, object, error);
  if (strcmp (command, "closeChannel") == 0)
    return peer_channels_close (self->channels, object, error);
  if (strcmp (command, "pair") == 0)
    {
      print_pair (self);
      return TRUE;
    }
  if (strcmp (command, "metrics") == 0)
    return print_metrics (self, error);
  if (strcmp (command, "close") == 0)
    {
      close_peer (self);
      return TRUE;
    }
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED, "There is no command %s", command);
  return FALSE;
}

static void
on_line (const char *line, gsize size, gpointer user_data)
{
  Peer *self = user_data;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  if (self->is_closing)
    return;
  if (line == NULL)
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "A line is longer than %d bytes",
                 PEER_MAX_LINE);
  else
    object = sample_json_parse_object (line, size, &error);
  if (object == NULL || !run_command (self, object, &error))
    peer_print_gerror (error);
}

static void
on_end (gpointer user_data)
{
  close_peer (user_data);
}

static void
start (Peer *self)
{
  JsonObject *ready = peer_event_new ("ready");

  self->loop = g_main_loop_new (NULL, FALSE);
  self->signaling = floe_stdio_signaling_new (print_signaling, NULL);
  self->connector = floe_connector_new (self->connection, self->signaling);
  self->channels = peer_channels_new (self->connection, self->options->echoes);
  g_signal_connect (self->connection, "notify::connection-state", G_CALLBACK (on_connection_state),
                    self);
  g_signal_connect (self->connection, "notify::ice-connection-state",
                    G_CALLBACK (on_ice_connection_state), self);
  g_signal_connect (self->connection, "ice-candidate-error", G_CALLBACK (on_ice_candidate_error),
                    self);
  g_signal_connect (self->connection, "ice-server-expiring", G_CALLBACK (on_ice_server_expiring),
                    self);
  g_signal_connect (self->connection, "path-changed", G_CALLBACK (on_path_changed), self);
  g_signal_connect (self->connector, "negotiation-failed", G_CALLBACK (on_connector_error), self);
  g_signal_connect (self->connector, "candidate-refused", G_CALLBACK (on_connector_error), self);
  json_object_set_string_member (ready, "peer", "floe");
  json_object_set_string_member (ready, "version", FLOE_VERSION_S);
  peer_print (ready);
  self->lines = peer_lines_new (STDIN_FILENO, on_line, on_end, self);
}

static void
stop (Peer *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->connector, self);
  peer_lines_free (self->lines);
  peer_channels_free (self->channels);
  g_object_unref (self->connector);
  g_object_unref (self->signaling);
  g_object_unref (self->connection);
  g_main_loop_unref (self->loop);
}

int
main (int argc, char **argv)
{
  Peer self = { 0 };
  g_auto (PeerOptions) options = { 0 };
  g_autoptr (FloeConfiguration) configuration = NULL;
  g_autoptr (GError) error = NULL;

  g_log_writer_default_set_use_stderr (TRUE);
  signal (SIGPIPE, SIG_IGN);
  if (peer_options_parse (&options, &argc, &argv, &error))
    configuration = peer_options_make_configuration (&options, &error);
  if (configuration == NULL)
    {
      g_printerr ("floe-peer: %s\nTry \"floe-peer --help\".\n", error->message);
      return 2;
    }
  self.options = &options;
  self.connection = floe_peer_connection_new (configuration, &error);
  if (self.connection == NULL)
    {
      peer_print_gerror (error);
      return EXIT_FAILURE;
    }
  start (&self);
  g_main_loop_run (self.loop);
  stop (&self);
  return EXIT_SUCCESS;
}
