/* SPDX-License-Identifier: MPL-2.0 */
/* hostile-peer: takes the place of "floe send" or "floe receive", and says to the other whatever it
 * is told to.
 *
 *   hostile-peer --role send|receive [--join ADDRESS] [OPTION...] [STEP...]
 *
 * Goes to the room at ADDRESS, or else opens one of its own and prints its address. Then it says
 * hello, proves what it should, and takes one step after the other:
 *
 *   text:JSON   sends the text              wait:TYPE  until such a message came ("bytes": content)
 *   bytes:N     sends N zero bytes          stall      takes in no more
 *   big:N       sends a message of N bytes  leave      ends the session
 *   flood:N     sends N small messages      vanish     ends the program, and says nothing
 *
 *   --proof right|wrong|none|reflect        how to prove (reflect: with what the other said)
 *   --hello JSON                            to say instead of a hello; nothing if empty
 *   --early JSON                            to say after the hello, before any proof
 *   --timeout S                             when to give up
 *
 * What the other says is printed, one message a line. Exit status: 0 all steps were taken and the
 * session is over; 1 it was over before, or there never was one; 2 wrong use; 6 it is not over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attack-link.h"
#include "floe-rendezvous.h"
#include "floe-signaling-message.h"
#include "floe-websocket-signaling.h"
#include "sample-json.h"

#define CHUNK 16384
#define SMALL "{\"type\":\"flood\"}"

enum
{
  EXIT_USAGE = 2,
  EXIT_LATE = 6
};

typedef struct
{
  char *role;
  char *join;
  char *proof;
  char *hello;
  char *early;
  int timeout_s;
  char **steps;
} Options;

typedef struct
{
  Options options;
  GMainLoop *loop;
  FloeRendezvous *rendezvous; /* (nullable): with a room of our own */
  FloeSignaling *signaling;
  AttackLink *link; /* (nullable): until the other is there */
  FloeCode code;
  FloeProofBinding binding;
  gboolean offers;
  gboolean has_begun; /* with the steps */
  guint step;
  guint64 sent;     /* of a step that sends much */
  GPtrArray *heard; /* of types that no step has waited for */
  int status;
} Hostile;

static gboolean
is_sender (Hostile *self)
{
  return strcmp (self->options.role, "send") == 0;
}

static gboolean
proves (Hostile *self, const char *how)
{
  return strcmp (self->options.proof, how) == 0;
}

static void
finish (Hostile *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

/* Whether @type was heard, which is then forgotten, with all before it. */
static gboolean
take_heard (Hostile *self, const char *type)
{
  guint index;

  if (!g_ptr_array_find_with_equal_func (self->heard, type, g_str_equal, &index))
    return FALSE;
  g_ptr_array_remove_range (self->heard, 0, index + 1);
  return TRUE;
}

/* Sends up to CHUNK of @left zero bytes, and gives how many. */
static guint64
send_zeros (Hostile *self, guint64 left)
{
  static const guint8 zeros[CHUNK];
  g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, MIN (CHUNK, left));

  attack_link_send_bytes (self->link, bytes);
  return g_bytes_get_size (bytes);
}

/* Whether the step is over: @total were sent, in messages of zeros or of nonsense. */
static gboolean
send_much (Hostile *self, guint64 total, gboolean is_text)
{
  while (self->sent < total && !attack_link_is_full (self->link))
    if (is_text)
      self->sent += attack_link_send_text (self->link, SMALL) ? 1 : total;
    else
      self->sent += send_zeros (self, total - self->sent);
  if (self->sent < total)
    return FALSE;
  self->sent = 0;
  return TRUE;
}

static void
send_big (Hostile *self, gsize size)
{
  g_autofree char *padding = g_strnfill (size > 25 ? size - 25 : 0, 'a');
  g_autofree char *text = g_strdup_printf ("{\"type\":\"big\",\"padding\":\"%s\"}", padding);

  if (!attack_link_send_text (self->link, text))
    g_printerr ("hostile-peer: a message of %zu bytes can't be sent\n", size);
}

/* Whether @step is over. */
static gboolean
take_step (Hostile *self, const char *step)
{
  const char *colon = strchr (step, ':');
  const char *argument = colon != NULL ? colon + 1 : "";
  guint64 number = g_ascii_strtoull (argument, NULL, 10);

  if (g_str_has_prefix (step, "text:"))
    attack_link_send_text (self->link, argument);
  else if (g_str_has_prefix (step, "big:"))
    send_big (self, number);
  else if (g_str_has_prefix (step, "bytes:"))
    return send_much (self, number, FALSE);
  else if (g_str_has_prefix (step, "flood:"))
    return send_much (self, number, TRUE);
  else if (g_str_has_prefix (step, "wait:"))
    return take_heard (self, argument);
  else if (strcmp (step, "stall") == 0)
    attack_link_stall (self->link);
  else if (strcmp (step, "leave") == 0)
    finish (self, EXIT_SUCCESS);
  else if (strcmp (step, "vanish") == 0)
    _exit (EXIT_SUCCESS);
  else
    g_printerr ("hostile-peer: there is no step %s\n", step);
  return TRUE;
}

static void
go_on (Hostile *self)
{
  if (!self->has_begun)
    return;
  while (self->options.steps[self->step] != NULL
         && take_step (self, self->options.steps[self->step]))
    self->step++;
}

static void
begin (Hostile *self)
{
  self->has_begun = TRUE;
  go_on (self);
}

/* Says that we know the code, or what else was asked for; @theirs is what the other said. */
static void
prove (Hostile *self, const char *theirs)
{
  FloeProofRole role = is_sender (self) ? FLOE_PROOF_SENDER : FLOE_PROOF_RECEIVER;
  guint8 key[FLOE_CODE_KEY_SIZE];
  g_autofree char *mac = NULL;
  g_autofree char *text = NULL;

  if (proves (self, "none"))
    return;
  floe_code_get_key (&self->code, key);
  if (proves (self, "wrong"))
    key[0] ^= 1;
  if (!attack_link_get_fingerprints (self->link, &self->binding))
    g_printerr ("hostile-peer: the descriptions have not one fingerprint\n");
  mac = proves (self, "reflect") ? g_strdup (theirs) : floe_proof_make (key, role, &self->binding);
  text = g_strdup_printf ("{\"type\":\"proof\",\"mac\":\"%s\"}", mac);
  attack_link_send_text (self->link, text);
}

static void
on_closed (gpointer user_data)
{
  Hostile *self = user_data;

  finish (self,
          self->has_begun && self->options.steps[self->step] == NULL ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void
handle_hello (Hostile *self, JsonObject *object)
{
  const char *nonce = sample_json_get_string (object, "nonce", 64);

  if (nonce == NULL
      || !floe_proof_parse_nonce (nonce, self->offers ? self->binding.answerer_nonce
                                                      : self->binding.offerer_nonce))
    g_printerr ("hostile-peer: the other's hello has no nonce\n");
  if (!is_sender (self))
    prove (self, "");
  if (!is_sender (self) && !proves (self, "right"))
    begin (self);
}

static void
handle_proof (Hostile *self, JsonObject *object)
{
  const char *mac = sample_json_get_string (object, "mac", 64);

  if (is_sender (self))
    prove (self, mac != NULL ? mac : "");
  begin (self);
}

static void
on_text (const char *text, gpointer user_data)
{
  Hostile *self = user_data;
  g_autoptr (JsonObject) object = sample_json_parse_object (text, strlen (text), NULL);
  const char *type = object != NULL ? sample_json_get_string (object, "type", 64) : NULL;

  printf ("%s\n", text);
  fflush (stdout);
  if (type == NULL)
    return;
  g_ptr_array_add (self->heard, g_strdup (type));
  if (strcmp (type, "hello") == 0)
    handle_hello (self, object);
  else if (strcmp (type, "proof") == 0)
    handle_proof (self, object);
  go_on (self);
  /* As anybody does who is told that it is over. */
  if (strcmp (type, "error") == 0)
    on_closed (self);
}

static void
on_bytes (GBytes *bytes, gpointer user_data)
{
  Hostile *self = user_data;

  if (self->heard->len == 0
      || strcmp (g_ptr_array_index (self->heard, self->heard->len - 1), "bytes") != 0)
    g_ptr_array_add (self->heard, g_strdup ("bytes"));
  go_on (self);
}

static void
on_drained (gpointer user_data)
{
  go_on (user_data);
}

static void
on_opened (gpointer user_data)
{
  Hostile *self = user_data;
  guint8 *ours = self->offers ? self->binding.offerer_nonce : self->binding.answerer_nonce;
  g_autofree char *digits = NULL;
  g_autofree char *hello = NULL;

  floe_proof_generate_nonce (ours);
  digits = floe_proof_nonce_to_string (ours);
  hello = g_strdup_printf ("{\"type\":\"hello\",\"version\":1,\"features\":[],\"role\":\"%s\","
                           "\"nonce\":\"%s\"}",
                           self->options.role, digits);
  if (self->options.hello == NULL)
    attack_link_send_text (self->link, hello);
  else if (self->options.hello[0] != '\0')
    attack_link_send_text (self->link, self->options.hello);
  if (self->options.early != NULL)
    attack_link_send_text (self->link, self->options.early);
  /* Who has nothing to prove need not wait for anything. */
  if (is_sender (self) && proves (self, "none"))
    begin (self);
}

static void
on_signal (JsonObject *object, gpointer user_data)
{
  Hostile *self = user_data;
  g_auto (FloeSignalingMessage) message = { 0 };
  g_autoptr (JsonObject) owned = object;

  if (!floe_signaling_message_read (owned, &message, NULL))
    return;
  if (message.kind == FLOE_SIGNALING_MESSAGE_DESCRIPTION)
    floe_signaling_send_description (self->signaling, message.description);
  else
    floe_signaling_send_candidate (self->signaling, message.candidate);
}

static void
on_peer (FloeSignaling *signaling, gboolean offers, Hostile *self)
{
  static const AttackLinkEvents events = { on_signal, on_opened,  on_text,
                                           on_bytes,  on_drained, on_closed };

  if (self->link != NULL)
    return;
  self->offers = offers;
  self->link = attack_link_new (offers, &events, self);
}

/* Takes @object. */
static void
hand_in (Hostile *self, JsonObject *object)
{
  if (self->link != NULL)
    attack_link_receive (self->link, object);
  json_object_unref (object);
}

static void
on_description (FloeSignaling *signaling, FloeSessionDescription *description, Hostile *self)
{
  hand_in (self, floe_signaling_message_write_description (description));
}

static void
on_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate, Hostile *self)
{
  hand_in (self, floe_signaling_message_write_candidate (candidate));
}

static void
on_error (FloeSignaling *signaling, const GError *error, Hostile *self)
{
  g_printerr ("hostile-peer: %s\n", error->message);
  if (self->link == NULL)
    finish (self, EXIT_FAILURE);
}

static gboolean
on_timeout (gpointer user_data)
{
  finish (user_data, EXIT_LATE);
  return G_SOURCE_CONTINUE;
}

/* (nullable) (transfer full): a seat in a room of our own, whose address is printed. */
static FloeSignaling *
open_room (Hostile *self, GError **error)
{
  g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (host, 0);
  g_autoptr (GInetSocketAddress) bound = NULL;
  g_autofree char *room = NULL;
  g_autofree char *code = NULL;
  FloeRendezvousOptions options = { 0 };

  floe_code_generate (&self->code);
  room = floe_code_get_room (&self->code);
  code = floe_code_to_string (&self->code);
  options.room = room;
  self->rendezvous = floe_rendezvous_new (&options);
  bound = floe_rendezvous_listen (self->rendezvous, G_INET_SOCKET_ADDRESS (any_port), error);
  if (bound == NULL)
    return NULL;
  printf ("http://127.0.0.1:%u/#%s\n", g_inet_socket_address_get_port (bound), code);
  fflush (stdout);
  return floe_rendezvous_join (self->rendezvous, room, TRUE);
}

/* (nullable) (transfer full): a seat in the room at the address that was given. */
static FloeSignaling *
join_room (Hostile *self, GError **error)
{
  g_auto (FloeRoomAddress) address = { 0 };

  if (!floe_room_address_parse (self->options.join, &address, error))
    return NULL;
  self->code = address.code;
  return floe_websocket_signaling_new (&address, FALSE, NULL);
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &options->role, NULL, NULL },
    { "join", 0, 0, G_OPTION_ARG_STRING, &options->join, NULL, NULL },
    { "proof", 0, 0, G_OPTION_ARG_STRING, &options->proof, NULL, NULL },
    { "hello", 0, 0, G_OPTION_ARG_STRING, &options->hello, NULL, NULL },
    { "early", 0, 0, G_OPTION_ARG_STRING, &options->early, NULL, NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout_s, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->steps, NULL, NULL },
    { NULL }
  };
  static const char *const roles[] = { "send", "receive", NULL };
  static const char *const proofs[] = { "right", "wrong", "none", "reflect", NULL };
  g_autoptr (GOptionContext) context = g_option_context_new ("[STEP…]");

  options->timeout_s = 30;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->proof == NULL)
    options->proof = g_strdup ("right");
  if (options->steps == NULL)
    options->steps = g_new0 (char *, 1);
  if (options->role != NULL && g_strv_contains (roles, options->role)
      && g_strv_contains (proofs, options->proof))
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--role or --proof has a value that it can't have");
  return FALSE;
}

static void
start (Hostile *self)
{
  g_signal_connect (self->signaling, "peer", G_CALLBACK (on_peer), self);
  g_signal_connect (self->signaling, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->signaling, "candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->signaling, "error", G_CALLBACK (on_error), self);
  g_timeout_add_seconds (self->options.timeout_s, on_timeout, self);
}

static void
hostile_clear (Hostile *self)
{
  g_clear_pointer (&self->link, attack_link_free);
  if (self->signaling != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->signaling, self);
      floe_signaling_close (self->signaling);
    }
  g_clear_object (&self->signaling);
  if (self->rendezvous != NULL)
    floe_rendezvous_close (self->rendezvous);
  g_clear_object (&self->rendezvous);
  g_clear_pointer (&self->heard, g_ptr_array_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  floe_code_clear (&self->code);
  g_free (self->options.role);
  g_free (self->options.join);
  g_free (self->options.proof);
  g_free (self->options.hello);
  g_free (self->options.early);
  g_strfreev (self->options.steps);
}

int
main (int argc, char **argv)
{
  Hostile self = { 0 };
  g_autoptr (GError) error = NULL;

  self.heard = g_ptr_array_new_with_free_func (g_free);
  self.loop = g_main_loop_new (NULL, FALSE);
  if (!parse_options (&self.options, &argc, &argv, &error))
    self.status = EXIT_USAGE;
  else
    {
      self.signaling =
          self.options.join != NULL ? join_room (&self, &error) : open_room (&self, &error);
      self.status = EXIT_FAILURE;
    }
  if (self.signaling != NULL)
    {
      start (&self);
      g_main_loop_run (self.loop);
    }
  else
    g_printerr ("hostile-peer: %s\n", error->message);
  hostile_clear (&self);
  return self.status;
}
