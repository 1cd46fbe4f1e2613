/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-cache-file-private.h"

#include <string.h>

#include "floe-log-private.h"
#include "floe-nat-cache-codec-private.h"

/* Reads in steps, none of which waits. Lives until the last step is over, also without its owner:
 * a thread of GIO's may still write into the buffer. */
typedef struct
{
  FloeNatCacheFile *owner;   /* (unowned) (nullable): until that is freed */
  GCancellable *cancellable; /* (owned) */
  char *buffer;              /* (owned) (nullable) */
} Reading;

struct _FloeNatCacheFile
{
  GMainContext *context; /* (owned) */
  GFile *file;           /* (owned) */
  FloeNatCache *memory;  /* (unowned): the process's */
  FloeNatCache *cache;   /* (owned): what the file is to have */
  Reading *reading;      /* (owned by itself) (nullable): while it is read */
  gboolean is_changed;   /* and not written yet */
};

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    floe_info (FLOE_LOG_NAT, "networks can't be remembered: %s", error->message);
}

/* As a whole, beside the old one and then in its place, and for the owner alone. */
static void
write_file (FloeNatCacheFile *self)
{
  g_autoptr (GPtrArray) records = floe_nat_cache_list (self->cache, g_get_real_time ());
  char *text = floe_nat_cache_serialize (records);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  self->is_changed = FALSE;
  g_main_context_push_thread_default (self->context);
  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, on_written, NULL);
  g_main_context_pop_thread_default (self->context);
}

static void
finish_reading (Reading *reading, gsize size)
{
  FloeNatCacheFile *self = reading->owner;

  if (self != NULL)
    {
      g_autoptr (GPtrArray) records =
          floe_nat_cache_parse (reading->buffer != NULL ? reading->buffer : "", size);
      gint64 now_us = g_get_real_time ();

      self->reading = NULL;
      for (guint i = 0; i < records->len; i++)
        {
          floe_nat_cache_put (self->cache, now_us, g_ptr_array_index (records, i));
          floe_nat_cache_put (self->memory, now_us, g_ptr_array_index (records, i));
        }
      floe_debug (FLOE_LOG_NAT, "%u networks are remembered", records->len);
      if (self->is_changed)
        write_file (self);
    }
  g_object_unref (reading->cancellable);
  g_free (reading->buffer);
  g_free (reading);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gsize size = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &size, NULL))
    size = 0;
  g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  finish_reading (user_data, size);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, NULL);

  if (stream == NULL)
    {
      finish_reading (reading, 0);
      return;
    }
  /* One byte more than is allowed tells that it is too large. */
  reading->buffer = g_malloc (FLOE_NAT_CACHE_MAX_FILE_SIZE + 1);
  g_input_stream_read_all_async (G_INPUT_STREAM (stream), reading->buffer,
                                 FLOE_NAT_CACHE_MAX_FILE_SIZE + 1, G_PRIORITY_DEFAULT,
                                 reading->cancellable, on_read, reading);
}

/* To open what is no regular file could take for ever. */
static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    finish_reading (reading, 0);
  else
    g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, reading->cancellable, on_opened,
                       reading);
}

FloeNatCacheFile *
floe_nat_cache_file_new (GMainContext *context, GFile *file, FloeNatCache *memory)
{
  FloeNatCacheFile *self = g_new0 (FloeNatCacheFile, 1);
  Reading *reading = g_new0 (Reading, 1);

  self->context = g_main_context_ref (context);
  self->file = g_object_ref (file);
  self->memory = memory;
  self->cache = floe_nat_cache_new ();
  self->reading = reading;
  reading->owner = self;
  reading->cancellable = g_cancellable_new ();
  g_main_context_push_thread_default (context);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, reading->cancellable, on_info, reading);
  g_main_context_pop_thread_default (context);
  return self;
}

void
floe_nat_cache_file_free (FloeNatCacheFile *self)
{
  if (self->reading != NULL)
    {
      self->reading->owner = NULL;
      g_cancellable_cancel (self->reading->cancellable);
    }
  floe_nat_cache_free (self->cache);
  g_object_unref (self->file);
  g_main_context_unref (self->context);
  g_free (self);
}

GFile *
floe_nat_cache_file_get_file (const FloeNatCacheFile *self)
{
  return self->file;
}

void
floe_nat_cache_file_add (FloeNatCacheFile *self, const GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    floe_nat_cache_put (self->cache, g_get_real_time (), g_ptr_array_index (records, i));
  self->is_changed = TRUE;
  if (self->reading == NULL)
    write_file (self);
}
