/* SPDX-License-Identifier: MPL-2.0 */
/* JSON objects from a side that is not trusted, read without ever reaching a g_critical.
 *
 * json-glib 1.6 recurses once a nesting level and takes more than JSON: comments, single quotes,
 * octal escapes and numbers, several values, of which it leaks all but one. It makes a character of
 * half a pair of surrogates, and takes what follows for the other half, even the quote that ends
 * the string; a string ends at its first NUL; numbers overflow. So text is screened before it gets
 * there, and strings are UTF-8, and whole.
 *
 * Layer: samples. Knows GLib and json-glib only. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* (transfer full): the object that @text is, or NULL with FLOE_ERROR_SYNTAX. @size in bytes; the
 * text need not end in NUL, and @text may be NULL when there is none. */
JsonObject *sample_json_parse_object (const char *text, gsize size, GError **error);

/* (transfer full): @object on one line. Takes no reference. */
char *sample_json_to_line (JsonObject *object);

/* (transfer full): the same; takes @object. */
char *sample_json_take_line (JsonObject *object);

/* (transfer full): an object with the member "type". */
JsonObject *sample_json_new_message (const char *type);

/* (nullable) (transfer none): the string member @name, or NULL when it is missing, null, no
 * string, or longer than @max_size bytes. */
const char *sample_json_get_string (JsonObject *object, const char *name, gsize max_size);

/* The integer member @name, or @fallback when it is missing, null or no integer. */
gint64 sample_json_get_int (JsonObject *object, const char *name, gint64 fallback);

/* The boolean member @name, or @fallback when it is missing, null or no boolean. */
gboolean sample_json_get_boolean (JsonObject *object, const char *name, gboolean fallback);

/* Whether @name is there and not null. */
gboolean sample_json_has (JsonObject *object, const char *name);

/* Adds a string member, or null when @value is NULL. */
void sample_json_set_string (JsonObject *object, const char *name, const char *value);

/* Adds an integer member, or null when @value is negative. */
void sample_json_set_index (JsonObject *object, const char *name, gint64 value);

G_END_DECLS
