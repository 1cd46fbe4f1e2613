/* SPDX-License-Identifier: MPL-2.0 */
/* The lines that floe-peer prints: one JSON object each, out at once. */
#pragma once

#include <floe/floe.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* (transfer full): an object with "event". */
JsonObject *peer_event_new (const char *event);

/* Prints and takes @object. */
void peer_print (JsonObject *object);

/* Prints an error event; @name is a W3C name. */
void peer_print_error (const char *name, const char *message);

/* Prints an error event with the W3C name of @error's code. */
void peer_print_gerror (const GError *error);

/* Prints what data goes over from now on. */
void peer_print_path (FloePathEvent *path);

G_END_DECLS
