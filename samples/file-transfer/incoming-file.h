/* SPDX-License-Identifier: MPL-2.0 */
/* A file that arrives: its content is counted and hashed, and goes to a folder or to standard
 * output. What is not right never gets its name.
 *
 * Errors are those of G_IO_ERROR with a message that names the file, fit for a terminal.
 *
 * Layer: samples. Knows nothing about connections. */
#pragma once

#include "output-folder.h"
#include "transfer-message.h"

G_BEGIN_DECLS

typedef struct _IncomingFile IncomingFile;

/* (transfer full) (nullable): begins the file @entry in @folder, which outlives it (nullable: NULL
 * for standard output); NULL with an error. */
IncomingFile *incoming_file_new (OutputFolder *folder, const TransferEntry *entry, GError **error);

/* Drops what was not committed. */
void incoming_file_free (IncomingFile *self);

guint incoming_file_get_index (IncomingFile *self);

/* Whether it is dropped as it comes, because something of its name exists. */
gboolean incoming_file_is_skipped (IncomingFile *self);

/* What the user calls it. */
const char *incoming_file_get_name (IncomingFile *self);

/* How much has come. */
guint64 incoming_file_get_size (IncomingFile *self);

/* (nullable) (transfer none): its hash, once all of it has come and is what @end says; else
 * NULL. Nothing can be written after that. */
const char *incoming_file_check (IncomingFile *self, const TransferEnd *end);

/* Whether @size more bytes are no more than it was said to have. */
gboolean incoming_file_expects (IncomingFile *self, gsize size);

/* FALSE with G_IO_ERROR_CANCELLED when a signal came while standard output was waited for. */
gboolean incoming_file_write (IncomingFile *self, GBytes *bytes, GError **error);

/* Gives it its name. */
gboolean incoming_file_commit (IncomingFile *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IncomingFile, incoming_file_free)

G_END_DECLS
