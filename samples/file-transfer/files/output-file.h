/* SPDX-License-Identifier: MPL-2.0 */
/* One file that is being received: under a hidden name of its own until all of it is there.
 *
 * Errors are those of G_IO_ERROR, and name the file by the @name that it was begun with.
 *
 * Layer: samples. Knows neither paths nor what else is received. */
#pragma once

#include <gio/gio.h>
#include <time.h>

G_BEGIN_DECLS

typedef struct _OutputFile OutputFile;

/* (transfer full): a new hidden file in @folder_fd, which has to stay open as long as the file
 * exists. @mode: its permission bits, which the umask limits; G_MAXUINT: the usual ones.
 * @shown_name is for messages. */
OutputFile *output_file_new (int folder_fd, const char *shown_name, guint mode, GError **error);

/* Removes the hidden file unless it got its name. */
void output_file_free (OutputFile *self);

/* Blocks as long as the disk does. */
gboolean output_file_write (OutputFile *self, const void *data, gsize size, GError **error);

/* Has commit() see to it that the disk has the file, however small it is. */
void output_file_sync (OutputFile *self);

/* Gives it the name @name in its folder. What has that name already is replaced if @replaces,
 * unless it is a folder; G_IO_ERROR_EXISTS otherwise. @mtime_ms: since 1970; negative: none. Large
 * files are on the disk then; for other small ones than those of sync() the caller syncs the file
 * system in the end. */
gboolean output_file_commit (OutputFile *self, const char *name, gboolean replaces, gint64 mtime_ms,
                             GError **error);

/* @milliseconds since 1970. */
struct timespec output_file_get_time (gint64 milliseconds);

/* (transfer full) (nullable): a name nobody can guess, for what has no name yet. */
char *output_file_make_hidden_name (void);

/* Renames @old_name in @folder_fd. Returns 0, or EEXIST and what else errno says. */
int output_file_rename (int folder_fd, const char *old_name, const char *name, gboolean replaces);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OutputFile, output_file_free)

G_END_DECLS
