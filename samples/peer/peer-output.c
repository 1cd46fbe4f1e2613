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
