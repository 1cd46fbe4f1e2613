/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-lines.h"

#include <gio/gunixinputstream.h>
#include <string.h>

#define READ_SIZE (64 * 1024)

struct _PeerLines
{
  GInputStream *stream;      /* (owned) */
  GCancellable *cancellable; /* (owned): cancelled when freed */
  GByteArray *line;          /* (owned): what came of a line so far */
  gboolean is_too_long;      /* skipping up to the next newline */
  PeerLineFunc on_line;
  PeerEndFunc on_end;
  gpointer user_data;
};

static void read_more (PeerLines *self);

static void
append (PeerLines *self, const char *data, gsize size)
{
  if (self->is_too_long || self->line->len + size > PEER_MAX_LINE)
    {
      self->is_too_long = TRUE;
      g_byte_array_set_size (self->line, 0);
    }
  else
    g_byte_array_append (self->line, (const guint8 *) data, (guint) size);
}

static void
end_line (PeerLines *self)
{
  g_autoptr (GByteArray) line = self->line;
  gboolean was_too_long = self->is_too_long;

  self->line = g_byte_array_new ();
  self->is_too_long = FALSE;
  if (was_too_long)
    self->on_line (NULL, 0, self->user_data);
  else if (line->len > 0)
    self->on_line ((const char *) line->data, line->len, self->user_data);
}

/* Whether @cancellable says that the reader is still there afterwards. */
static gboolean
take_bytes (PeerLines *self, GCancellable *cancellable, const char *data, gsize size)
{
  const char *newline;

  while ((newline = memchr (data, '\n', size)) != NULL)
    {
      gsize part = (gsize) (newline - data);
      append (self, data, part);
      end_line (self);
      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      data += part + 1;
      size -= part + 1;
    }
  append (self, data, size);
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  g_autoptr (GCancellable) cancellable = NULL;
  PeerLines *self = user_data; /* gone if the error says "cancelled" */
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (size == 0)
    {
      self->on_end (self->user_data);
      return;
    }
  cancellable = g_object_ref (self->cancellable);
  if (take_bytes (self, cancellable, data, size))
    read_more (self);
}

static void
read_more (PeerLines *self)
{
  g_input_stream_read_bytes_async (self->stream, READ_SIZE, G_PRIORITY_DEFAULT, self->cancellable,
                                   on_read, self);
}

PeerLines *
peer_lines_new (int fd, PeerLineFunc on_line, PeerEndFunc on_end, gpointer user_data)
{
  PeerLines *self = g_new0 (PeerLines, 1);

  self->stream = g_unix_input_stream_new (fd, FALSE);
  self->cancellable = g_cancellable_new ();
  self->line = g_byte_array_new ();
  self->on_line = on_line;
  self->on_end = on_end;
  self->user_data = user_data;
  read_more (self);
  return self;
}

void
peer_lines_free (PeerLines *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_object_unref (self->stream);
  g_byte_array_unref (self->line);
  g_free (self);
}
