/* SPDX-License-Identifier: MPL-2.0 */
/* Text of the other side, made fit for a terminal. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a terminal or a file manager might do something else with @c than show it: control
 * characters, and format characters such as those that turn the direction of text around. */
gboolean safe_text_is_active (gunichar c);

/* (transfer full): @text without what a terminal acts upon, cut to @max_characters. */
char *safe_message (const char *text, glong max_characters);

G_END_DECLS
