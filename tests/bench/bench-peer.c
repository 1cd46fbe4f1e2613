/* SPDX-License-Identifier: MPL-2.0 */
#include "bench-peer.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#include "bench-event.h"

#define DEFAULT_BUFFER (1024 * 1024)

/* The ends of a connection that are in this process. */
typedef struct
{
  BenchEnd *near; /* (owned): to which commands go */
  BenchEnd *far;  /* (owned): which receives; the same end if the other is in another process */
} Ends;

typedef struct
{
  const BenchStack *stack;
  guint64 buffer;
  GHashTable *ends;        /* (owned): by id */
  GDataInputStream *input; /* (owned) */
  GMainLoop *loop;         /* (owned) */
} Peer;

static void
ends_free (Ends *ends)
{
  bench_end_close (ends->near);
  if (ends->far != ends->near)
    bench_end_close (ends->far);
  bench_end_unref (ends->near);
  bench_end_unref (ends->far);
  g_free (ends);
}

static Ends *
add_ends (Peer *self, guint id, gboolean is_pair)
{
  Ends *ends = g_new0 (Ends, 1);

  ends->near = bench_end_new (self->stack, id, self->buffer);
  ends->far = is_pair ? bench_end_new (self->stack, id, self->buffer) : bench_end_ref (ends->near);
  if (is_pair)
    bench_end_set_twin (ends->near, ends->far);
  g_hash_table_insert (self->ends, GUINT_TO_POINTER (id), ends);
  return ends;
}

static gint64
get_int (JsonObject *command, const char *name)
{
  return json_object_get_int_member_with_default (command, name, 0);
}

static const char *
get_text (JsonObject *command, const char *name)
{
  return json_object_get_string_member_with_default (command, name, "");
}

static void
start (Peer *self, guint id, gboolean is_pair)
{
  Ends *ends = add_ends (self, id, is_pair);

  if (is_pair)
    bench_end_connect (ends->far, FALSE);
  bench_end_connect (ends->near, TRUE);
}

static void
take_description (Peer *self, guint id, JsonObject *command)
{
  Ends *ends = g_hash_table_lookup (self->ends, GUINT_TO_POINTER (id));

  if (ends == NULL)
    {
      ends = add_ends (self, id, FALSE);
      bench_end_connect (ends->near, FALSE);
    }
  bench_end_take_description (ends->near, get_text (command, "type"), get_text (command, "sdp"));
}

static gboolean
run_on_connection (Peer *self, Ends *ends, const char *op, JsonObject *command)
{
  if (strcmp (op, "candidate") == 0)
    bench_end_take_candidate (ends->near, get_text (command, "candidate"),
                              get_text (command, "mid"), (int) get_int (command, "index"));
  else if (strcmp (op, "send") == 0)
    bench_end_send (ends->near, (gsize) get_int (command, "size"),
                    json_object_get_double_member_with_default (command, "seconds", 1.0));
  else if (strcmp (op, "expect") == 0)
    bench_end_expect (ends->far, (guint64) get_int (command, "messages"));
  else if (strcmp (op, "echo") == 0)
    bench_end_echo (ends->far);
  else if (strcmp (op, "ping") == 0)
    bench_end_ping (ends->near, (gsize) get_int (command, "size"),
                    (guint) get_int (command, "count"));
  else if (strcmp (op, "reset") == 0)
    bench_end_reset (ends->far);
  else
    return FALSE;
  return TRUE;
}

static void
run_command (Peer *self, JsonObject *command)
{
  const char *op = get_text (command, "op");
  guint id = (guint) get_int (command, "id");
  Ends *ends = g_hash_table_lookup (self->ends, GUINT_TO_POINTER (id));

  if (strcmp (op, "quit") == 0)
    g_main_loop_quit (self->loop);
  else if (strcmp (op, "offer") == 0 || strcmp (op, "pair") == 0)
    start (self, id, strcmp (op, "pair") == 0);
  else if (strcmp (op, "description") == 0)
    take_description (self, id, command);
  else if (strcmp (op, "close") == 0)
    {
      g_hash_table_remove (self->ends, GUINT_TO_POINTER (id));
      bench_event_print (bench_event_new ("closed", id));
    }
  else if (ends == NULL || !run_on_connection (self, ends, op, command))
    bench_event_print_error (id, "There is no such command or connection");
}

static void read_line (Peer *self);

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->input, result, NULL, NULL);
  g_autoptr (JsonNode) node = NULL;

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  node = json_from_string (line, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    run_command (self, json_node_get_object (node));
  else
    bench_event_print_error (0, "A line is not a JSON object");
  read_line (self);
}

static void
read_line (Peer *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
print_ready (const BenchStack *stack)
{
  JsonObject *event = bench_event_new ("ready", 0);
  JsonArray *modes = json_array_new ();

  json_array_add_string_element (modes, "one");
  json_array_add_string_element (modes, "two");
  json_object_set_string_member (event, "stack", stack->name);
  json_object_set_string_member (event, "version", stack->version);
  json_object_set_array_member (event, "modes", modes);
  bench_event_print (event);
}

int
bench_peer_run (const BenchStack *stack, int argc, char **argv)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  Peer self = { .stack = stack, .buffer = DEFAULT_BUFFER };

  if (argc == 3 && strcmp (argv[1], "--buffer") == 0)
    self.buffer = g_ascii_strtoull (argv[2], NULL, 10);
  else if (argc != 1)
    {
      g_printerr ("usage: %s [--buffer BYTES]\n", argv[0]);
      return 2;
    }
  self.ends = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) ends_free);
  self.input = g_data_input_stream_new (stream);
  self.loop = g_main_loop_new (NULL, FALSE);
  print_ready (stack);
  read_line (&self);
  g_main_loop_run (self.loop);
  g_hash_table_unref (self.ends);
  g_object_unref (self.input);
  g_main_loop_unref (self.loop);
  return 0;
}
