/* SPDX-License-Identifier: MPL-2.0 */
#include "bench-event.h"

#include <stdio.h>

JsonObject *
bench_event_new (const char *name, guint id)
{
  JsonObject *event = json_object_new ();

  json_object_set_string_member (event, "ev", name);
  json_object_set_int_member (event, "id", id);
  return event;
}

void
bench_event_print (JsonObject *event)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  char *text;

  json_node_take_object (node, event);
  text = json_to_string (node, FALSE);
  flockfile (stdout);
  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
  funlockfile (stdout);
  g_free (text);
  json_node_unref (node);
}

void
bench_event_print_error (guint id, const char *message)
{
  JsonObject *event = bench_event_new ("error", id);

  json_object_set_string_member (event, "message", message);
  bench_event_print (event);
}
