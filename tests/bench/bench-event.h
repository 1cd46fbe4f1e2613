/* SPDX-License-Identifier: MPL-2.0 */
/* What a peer of the benchmark tells its driver: a JSON object on a line of its own. */
#pragma once

#include <json-glib/json-glib.h>

/* An event about connection @id, to be filled and printed. (transfer full) */
JsonObject *bench_event_new (const char *name, guint id);

/* Prints and frees @event; from any thread. */
void bench_event_print (JsonObject *event);

/* Prints that something went wrong with connection @id; the driver gives the stack up. */
void bench_event_print_error (guint id, const char *message);
