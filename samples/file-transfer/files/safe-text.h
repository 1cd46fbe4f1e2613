/* SPDX-License-Identifier: MPL-2.0 */
/* Text of the other side, made fit for a directory and for a terminal. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NAME_MAX of every file system that matters. */
#define SAFE_FILE_NAME_MAX 255

/* (transfer full) (nullable): @name as a name inside one directory: what stands before the last
 * slash or backslash is dropped, characters that a terminal acts upon become '_', and so does a
 * leading dot, so that nobody can plant a hidden file. NULL when nothing sensible is left: an empty
 * name, "." and "..", invalid UTF-8, or more than SAFE_FILE_NAME_MAX bytes. */
char *safe_file_name (const char *name);

/* Whether a terminal or a file manager might do something else with @c than show it: control
 * characters, and format characters such as those that turn the direction of text around. */
gboolean safe_text_is_active (gunichar c);

/* (transfer full): @text without what a terminal acts upon, cut to @max_characters. */
char *safe_message (const char *text, glong max_characters);

G_END_DECLS
