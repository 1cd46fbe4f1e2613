/* SPDX-License-Identifier: MPL-2.0 */
#include "incoming-file.h"

#include <string.h>

#include "standard-output.h"

struct _IncomingFile
{
  OutputFolder *folder;   /* (unowned) (nullable): NULL for standard output */
  StandardOutput *output; /* (owned) (nullable): NULL for a folder */
  GChecksum *checksum;    /* (owned) */
  char *name;             /* (owned) */
  guint index;
  gint64 expected_size; /* -1: not known */
  guint64 size;
  gboolean is_skipped;
};

IncomingFile *
incoming_file_new (OutputFolder *folder, const TransferEntry *entry, GError **error)
{
  IncomingFile *self;
  OutputResult result = OUTPUT_BEGUN;
  const char *name = entry->path;

  if (folder != NULL)
    result = output_folder_begin_file (folder, entry->path, entry->size, entry->mode,
                                       entry->mtime_ms, error);
  if (result == OUTPUT_FAILED)
    return NULL;
  if (folder != NULL && output_folder_get_file_name (folder) != NULL)
    name = output_folder_get_file_name (folder);
  self = g_new0 (IncomingFile, 1);
  self->folder = folder;
  self->output = folder == NULL ? standard_output_new () : NULL;
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->name = g_strdup (name);
  self->index = entry->index;
  self->expected_size = entry->size;
  self->is_skipped = result == OUTPUT_SKIPPED;
  return self;
}

void
incoming_file_free (IncomingFile *self)
{
  g_clear_pointer (&self->output, standard_output_free);
  g_checksum_free (self->checksum);
  g_free (self->name);
  g_free (self);
}

guint
incoming_file_get_index (IncomingFile *self)
{
  return self->index;
}

gboolean
incoming_file_is_skipped (IncomingFile *self)
{
  return self->is_skipped;
}

const char *
incoming_file_get_name (IncomingFile *self)
{
  return self->name;
}

guint64
incoming_file_get_size (IncomingFile *self)
{
  return self->size;
}

gboolean
incoming_file_expects (IncomingFile *self, gsize size)
{
  return self->expected_size < 0 || size <= (guint64) self->expected_size - self->size;
}

const char *
incoming_file_check (IncomingFile *self, const TransferEnd *end)
{
  const char *sha256 = g_checksum_get_string (self->checksum);

  if (self->expected_size >= 0 && self->size != (guint64) self->expected_size)
    return NULL;
  return self->size == (guint64) end->bytes && strcmp (sha256, end->sha256) == 0 ? sha256 : NULL;
}

gboolean
incoming_file_write (IncomingFile *self, GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  self->size += size;
  if (self->is_skipped)
    return TRUE;
  g_checksum_update (self->checksum, data, (gssize) size);
  if (self->folder == NULL)
    return standard_output_write (self->output, data, size, error);
  return output_folder_write (self->folder, data, size, error);
}

gboolean
incoming_file_commit (IncomingFile *self, GError **error)
{
  return self->folder == NULL || output_folder_commit_file (self->folder, error);
}
