/* SPDX-License-Identifier: MPL-2.0 */
/* lying-rendezvous: a rendezvous that is after what the two in its room send each other.
 *
 *   lying-rendezvous [--port PORT] [--mode swap|add]
 *
 * Listens on the loopback interface, prints its address, and runs until it is ended.
 *
 *   swap  It answers each of the two itself, with a certificate of its own, and carries every
 *         message of the data channel from one to the other: DTLS finds nothing wrong on either
 *         side.
 *   add   It hands the descriptions on, with a second fingerprint in them, as one would that
 *         means to take a side's place later: DTLS takes either.
 *
 * It prints "open" whenever it has both data channels of a pair (swap), and every text that goes
 * over them, "first: " or "second: " before it. Exit status: 1 it can't listen; 2 wrong use. */
#include <libsoup/soup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack-link.h"
#include "floe-signaling-message.h"
#include "sample-json.h"

#define PROTOCOL "floe.1"

typedef struct _Liar Liar;

/* One of the two who sit in the room. */
typedef struct
{
  Liar *liar;                          /* (unowned) */
  SoupWebsocketConnection *connection; /* (owned) (nullable): NULL while the seat is free */
  AttackLink *link;                    /* (owned) (nullable): with swap, while both are there */
  gboolean is_open;                    /* the link */
  GPtrArray *early;                    /* (owned): of GVariant, messages until the link is open */
} Seat;

struct _Liar
{
  SoupServer *server; /* (owned) */
  gboolean swaps;
  int session;
  char *fingerprint; /* (owned): the line that is added */
  Seat seats[2];     /* the first offers */
};

static Seat *
get_other (Seat *seat)
{
  return seat == &seat->liar->seats[0] ? &seat->liar->seats[1] : &seat->liar->seats[0];
}

/* Takes @object. */
static void
tell (Seat *seat, JsonObject *object)
{
  g_autofree char *line = sample_json_to_line (object);

  json_object_unref (object);
  if (seat->connection != NULL
      && soup_websocket_connection_get_state (seat->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (seat->connection, line);
}

static JsonObject *
begin (const char *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  return object;
}

/* Takes @payload: a description or a candidate. */
static void
tell_payload (Seat *seat, JsonObject *payload)
{
  const char *name = json_object_has_member (payload, "sdp") ? "description" : "candidate";
  JsonObject *object = begin (name);

  json_object_set_int_member (object, "session", seat->liar->session);
  json_object_set_object_member (object, name, payload);
  tell (seat, object);
}

static void
on_signal (JsonObject *object, gpointer user_data)
{
  tell_payload (user_data, object);
}

/* Sends what waits for the link of @seat to be open. */
static void
send_early (Seat *seat)
{
  for (guint i = 0; i < seat->early->len; i++)
    {
      GVariant *message = g_ptr_array_index (seat->early, i);
      g_autoptr (GBytes) bytes = NULL;
      if (g_variant_is_of_type (message, G_VARIANT_TYPE_STRING))
        {
          attack_link_send_text (seat->link, g_variant_get_string (message, NULL));
          continue;
        }
      bytes = g_variant_get_data_as_bytes (message);
      attack_link_send_bytes (seat->link, bytes);
    }
  g_ptr_array_set_size (seat->early, 0);
}

/* Takes @message, for who sits at @seat. */
static void
pass_on (Seat *seat, GVariant *message)
{
  if (seat->link == NULL)
    {
      g_variant_unref (message);
      return;
    }
  g_ptr_array_add (seat->early, message);
  if (seat->is_open)
    send_early (seat);
}

static void
on_opened (gpointer user_data)
{
  Seat *seat = user_data;

  seat->is_open = TRUE;
  if (get_other (seat)->is_open)
    {
      printf ("open\n");
      fflush (stdout);
    }
  send_early (seat);
}

static void
on_text (const char *text, gpointer user_data)
{
  Seat *seat = user_data;

  printf ("%s: %s\n", seat == &seat->liar->seats[0] ? "first" : "second", text);
  fflush (stdout);
  pass_on (get_other (seat), g_variant_ref_sink (g_variant_new_string (text)));
}

static void
on_bytes (GBytes *bytes, gpointer user_data)
{
  pass_on (get_other (user_data),
           g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE)));
}

static void
on_drained (gpointer user_data)
{
}

/* Hangs up towards @seat, too. Not in an event of the link that is freed. */
static gboolean
on_other_closed (gpointer user_data)
{
  Seat *seat = user_data;

  g_clear_pointer (&seat->link, attack_link_free);
  return G_SOURCE_REMOVE;
}

static void
on_closed (gpointer user_data)
{
  g_idle_add (on_other_closed, get_other (user_data));
}

static void
drop_link (Seat *seat)
{
  g_idle_remove_by_data (seat);
  g_clear_pointer (&seat->link, attack_link_free);
  seat->is_open = FALSE;
  g_ptr_array_set_size (seat->early, 0);
}

static void
pair (Liar *self)
{
  static const AttackLinkEvents events = { on_signal, on_opened,  on_text,
                                           on_bytes,  on_drained, on_closed };

  self->session++;
  for (guint i = 0; i < G_N_ELEMENTS (self->seats); i++)
    {
      JsonObject *object = begin ("peer");
      json_object_set_int_member (object, "session", self->session);
      json_object_set_boolean_member (object, "offers", i == 0);
      tell (&self->seats[i], object);
      /* Whom we tell to offer we answer, and the other way round. */
      drop_link (&self->seats[i]);
      if (self->swaps)
        self->seats[i].link = attack_link_new (i != 0, &events, &self->seats[i]);
    }
}

/* Frees the second seat, and tells the first. What both said last may still be under way. */
static void
part (Liar *self)
{
  JsonObject *gone = begin ("gone");

  g_signal_handlers_disconnect_by_data (self->seats[1].connection, &self->seats[1]);
  g_clear_object (&self->seats[1].connection);
  json_object_set_int_member (gone, "session", self->session);
  tell (&self->seats[0], gone);
}

static void
handle_join (Seat *seat)
{
  Liar *self = seat->liar;
  JsonObject *welcome = begin ("welcome");

  json_object_set_array_member (welcome, "iceServers", json_array_new ());
  tell (seat, welcome);
  if (seat == &self->seats[1])
    pair (self);
}

/* (transfer full): @payload with our fingerprint besides its own in it. */
static JsonObject *
add_fingerprint (Liar *self, JsonObject *payload)
{
  const char *sdp = sample_json_get_string (payload, "sdp", G_MAXUINT16);
  const char *own = sdp != NULL ? strstr (sdp, "a=fingerprint:") : NULL;
  JsonObject *object;
  GString *text;

  if (own == NULL)
    return json_object_ref (payload);
  text = g_string_new_len (sdp, own - sdp);
  g_string_append (text, self->fingerprint);
  g_string_append (text, own);
  object = begin (sample_json_get_string (payload, "type", 16));
  json_object_set_string_member (object, "sdp", text->str);
  g_string_free (text, TRUE);
  return object;
}

static void
handle_payload (Seat *seat, JsonObject *payload)
{
  if (!seat->liar->swaps)
    tell_payload (get_other (seat), add_fingerprint (seat->liar, payload));
  else if (seat->link != NULL)
    attack_link_receive (seat->link, payload);
}

static void
on_message (SoupWebsocketConnection *connection, int kind, GBytes *bytes, Seat *seat)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonObject) object = sample_json_parse_object (size > 0 ? text : "", size, NULL);
  const char *type = object != NULL ? sample_json_get_string (object, "type", 64) : NULL;
  JsonNode *payload;

  if (type == NULL)
    return;
  payload = json_object_get_member (object, type);
  if (strcmp (type, "join") == 0)
    handle_join (seat);
  else if (sample_json_get_int (object, "session", -1) != seat->liar->session)
    g_debug ("lying-rendezvous: of another session: %s", type);
  else if (strcmp (type, "gone") == 0) /* the second is to find out by itself */
    g_debug ("lying-rendezvous: the first lets the second go");
  else if (payload != NULL && JSON_NODE_HOLDS_OBJECT (payload))
    handle_payload (seat, json_node_get_object (payload));
}

static void
on_closed_seat (SoupWebsocketConnection *connection, Seat *seat)
{
  Liar *self = seat->liar;

  if (self->seats[1].connection != NULL)
    part (self);
  if (seat != &self->seats[0])
    return;
  g_signal_handlers_disconnect_by_data (connection, seat);
  g_clear_object (&seat->connection);
}

static void
on_websocket (SoupServer *server, SoupServerMessage *message, const char *path,
              SoupWebsocketConnection *connection, gpointer user_data)
{
  Liar *self = user_data;
  Seat *seat = self->seats[0].connection == NULL ? &self->seats[0] : &self->seats[1];

  if (seat->connection != NULL)
    {
      soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      return;
    }
  seat->connection = g_object_ref (connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), seat);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed_seat), seat);
}

/* (transfer full): the fingerprint line of a certificate that nobody uses. */
static char *
make_fingerprint (void)
{
  g_autoptr (GString) line = g_string_new ("a=fingerprint:sha-256 ");

  for (guint i = 0; i < FLOE_PROOF_FINGERPRINT_SIZE; i++)
    g_string_append_printf (line, "%s%02X", i > 0 ? ":" : "", i);
  g_string_append (line, "\r\n");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static gboolean
listen_on (Liar *self, guint port, GError **error)
{
  char protocol[] = PROTOCOL;
  char *protocols[] = { protocol, NULL };
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (self->server, "/ws", NULL, protocols, on_websocket, self,
                                     NULL);
  if (!soup_server_listen_local (self->server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  uris = soup_server_get_uris (self->server);
  printf ("http://127.0.0.1:%d/\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return TRUE;
}

int
main (int argc, char **argv)
{
  Liar self = { 0 };
  int port = 0;
  g_autofree char *mode = NULL;
  const GOptionEntry entries[] = { { "port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
                                   { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, NULL, NULL },
                                   { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || port < 0 || port > G_MAXUINT16)
    return 2;
  self.swaps = g_strcmp0 (mode, "add") != 0;
  self.fingerprint = make_fingerprint ();
  for (guint i = 0; i < G_N_ELEMENTS (self.seats); i++)
    {
      self.seats[i].liar = &self;
      self.seats[i].early = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
    }
  if (!listen_on (&self, (guint) port, &error))
    {
      g_printerr ("lying-rendezvous: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
