/* SPDX-License-Identifier: MPL-2.0 */
/* A file that appears in a directory only when all of it is there and right.
 *
 * Until then it has a hidden name, and goes away with the sink. It never follows a symbolic link
 * below the directory and never replaces anything.
 *
 * Errors are those of G_IO_ERROR with a message that names the file.
 *
 * Layer: samples. Knows nothing about connections. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FileSink FileSink;

/* (transfer full): for @directory, which must exist. */
FileSink *file_sink_new (const char *directory, GError **error);

/* Removes what is not committed. */
void file_sink_free (FileSink *self);

/* Makes the hidden file for @size bytes that will be called @name, which must be a safe file name.
 * G_IO_ERROR_EXISTS when the name is taken, G_IO_ERROR_NO_SPACE when there is no room. Once. */
gboolean file_sink_begin (FileSink *self, const char *name, guint64 size, GError **error);

/* Appends. Blocks as long as the disk does. */
gboolean file_sink_write (FileSink *self, const void *data, gsize size, GError **error);

/* Gives the file its name once all of it is on the disk. G_IO_ERROR_EXISTS when the name has been
 * taken meanwhile. */
gboolean file_sink_commit (FileSink *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FileSink, file_sink_free)

G_END_DECLS
