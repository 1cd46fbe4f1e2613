/* SPDX-License-Identifier: MPL-2.0 */
#include "file-reader.h"

/* What is read at once. */
#define BLOCK_SIZE (512 * 1024)

/* What the thread works with while it reads, and we only while it does not. Outlives the reader if
 * the thread is still at it. */
typedef struct
{
  GInputStream *input; /* (owned) */
  GChecksum *checksum; /* (owned) */
  gboolean is_stream;
} Source;

struct _FileReader
{
  Source *source; /* (owned): counted */
  FileReaderFunc on_change;
  gpointer user_data;
  GCancellable *cancellable; /* (owned): of reading */
  GBytes *block;             /* (owned) (nullable): what is being taken */
  gsize offset;              /* in block */
  GBytes *next_block;        /* (owned) (nullable): what was read ahead */
  GError *error;             /* (owned) (nullable) */
  guint64 size;              /* of what was read */
  gboolean is_reading;
  gboolean has_ended; /* there is nothing more to read */
};

static void
source_clear (gpointer data)
{
  Source *source = data;

  g_object_unref (source->input);
  g_checksum_free (source->checksum);
}

static void
source_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, source_clear);
}

/* In another thread. */
static void
read_block (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Source *source = task_data;
  guint8 *buffer = g_malloc (BLOCK_SIZE);
  GError *error = NULL;
  gsize size = 0;
  gboolean is_read;

  if (source->is_stream)
    {
      gssize result = g_input_stream_read (source->input, buffer, BLOCK_SIZE, cancellable, &error);
      is_read = result >= 0;
      size = is_read ? (gsize) result : 0;
    }
  else
    is_read =
        g_input_stream_read_all (source->input, buffer, BLOCK_SIZE, &size, cancellable, &error);
  if (!is_read)
    {
      g_free (buffer);
      g_task_return_error (task, error);
      return;
    }
  g_checksum_update (source->checksum, buffer, (gssize) size);
  /* Many files are much smaller than a block. */
  buffer = g_realloc (buffer, MAX (size, 1));
  g_task_return_pointer (task, g_bytes_new_take (buffer, size), (GDestroyNotify) g_bytes_unref);
}

static void read_ahead (FileReader *self);

static void
on_block (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  FileReader *self = user_data; /* gone if it was cancelled */
  GTask *task = G_TASK (result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = g_task_propagate_pointer (task, &error);
  gsize size = block != NULL ? g_bytes_get_size (block) : 0;
  Source *source = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  self->is_reading = FALSE;
  self->error = g_steal_pointer (&error);
  self->size += size;
  self->has_ended = block == NULL || (source->is_stream ? size == 0 : size < BLOCK_SIZE);
  if (size > 0 && self->block == NULL)
    self->block = g_steal_pointer (&block);
  else if (size > 0)
    self->next_block = g_steal_pointer (&block);
  read_ahead (self);
  self->on_change (self->user_data);
}

static void
read_ahead (FileReader *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_reading || self->has_ended || self->next_block != NULL)
    return;
  self->is_reading = TRUE;
  task = g_task_new (NULL, self->cancellable, on_block, self);
  g_task_set_source_tag (task, read_ahead);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self->source), source_release);
  g_task_run_in_thread (task, read_block);
}

FileReader *
file_reader_new (GInputStream *input, gboolean is_stream, FileReaderFunc on_change,
                 gpointer user_data)
{
  FileReader *self = g_new0 (FileReader, 1);

  self->source = g_atomic_rc_box_new0 (Source);
  self->source->input = g_object_ref (input);
  self->source->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->source->is_stream = is_stream;
  self->on_change = on_change;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  read_ahead (self);
  return self;
}

void
file_reader_free (FileReader *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  source_release (self->source);
  g_clear_pointer (&self->block, g_bytes_unref);
  g_clear_pointer (&self->next_block, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

GBytes *
file_reader_take (FileReader *self, gsize max_size)
{
  GBytes *bytes;
  gsize size;

  if (self->block == NULL)
    return NULL;
  size = MIN (max_size, g_bytes_get_size (self->block) - self->offset);
  bytes = g_bytes_new_from_bytes (self->block, self->offset, size);
  self->offset += size;
  if (self->offset == g_bytes_get_size (self->block))
    {
      g_bytes_unref (self->block);
      self->block = g_steal_pointer (&self->next_block);
      self->offset = 0;
      read_ahead (self);
    }
  return bytes;
}

gboolean
file_reader_is_at_end (FileReader *self)
{
  return self->has_ended && self->error == NULL && self->block == NULL;
}

const GError *
file_reader_get_error (FileReader *self)
{
  return self->error;
}

guint64
file_reader_get_size (FileReader *self)
{
  return self->size;
}

const char *
file_reader_get_sha256 (FileReader *self)
{
  return g_checksum_get_string (self->source->checksum);
}

GInputStream *
file_reader_get_input (FileReader *self)
{
  return self->source->input;
}
