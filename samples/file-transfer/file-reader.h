/* SPDX-License-Identifier: MPL-2.0 */
/* Reads one file from its beginning to its end, a block ahead of what is taken, and hashes it on
 * the way. Both happen in another thread: neither a slow disk nor the hash keeps the main loop.
 *
 * Layer: samples. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FileReader FileReader;

typedef void (*FileReaderFunc) (gpointer user_data);

/* (transfer full): @is_stream: what is there is handed on at once, however little it is.
 * @on_change is called, never within a call, when there is more to take, or no more will come. */
FileReader *file_reader_new (GInputStream *input, gboolean is_stream, FileReaderFunc on_change,
                             gpointer user_data);
void file_reader_free (FileReader *self);

/* (transfer full) (nullable): the next bytes, at most @max_size; NULL when there are none now. */
GBytes *file_reader_take (FileReader *self, gsize max_size);

/* Whether all was taken. */
gboolean file_reader_is_at_end (FileReader *self);

/* (nullable): why it can't be read any further. */
const GError *file_reader_get_error (FileReader *self);

/* At the end: how much it was, and its SHA-256 in hexadecimal digits. */
guint64 file_reader_get_size (FileReader *self);
const char *file_reader_get_sha256 (FileReader *self);

GInputStream *file_reader_get_input (FileReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FileReader, file_reader_free)

G_END_DECLS
