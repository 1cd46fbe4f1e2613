/* SPDX-License-Identifier: MPL-2.0 */
/* The control socket: a Unix stream socket; one connection carries one command, a line, and gets
 * the answer's lines and then "ok", or "error: MESSAGE". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef char *(*LabControlFunc) (const char *command, gpointer user_data, GError **error);

int lab_control_listen (const char *path, GError **error);
void lab_control_serve (int fd, LabControlFunc func, gpointer user_data);

G_END_DECLS
