/* SPDX-License-Identifier: MPL-2.0 */
/* How the source tree and the output folder say what went wrong with which file. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sets @error to one of G_IO_ERROR for @code, an errno value, with the message "@what @name: why",
 * in which @name, a path of this system or of the other side, is fit for a terminal. A full disk, a
 * quota and a limit on the size of files are all G_IO_ERROR_NO_SPACE. Returns FALSE. */
gboolean file_error_set (GError **error, int code, const char *what, const char *name);

/* The same for a rule of ours that @name broke: "@name: @why". Returns FALSE. */
gboolean file_error_set_rule (GError **error, GIOErrorEnum code, const char *name, const char *why);

G_END_DECLS
