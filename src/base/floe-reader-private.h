/* SPDX-License-Identifier: MPL-2.0 */
/* Bounded big-endian reading and writing. A short read or write makes the reader or writer fail
 * and stay failed; reads then yield zeros, so a codec reads every field and checks once.
 *
 * Layer: base. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* (unowned) */
  gsize size;         /* bytes left */
  gboolean failed;
} FloeReader;

typedef struct
{
  guint8 *data; /* (unowned) */
  gsize size;   /* bytes left */
  gsize used;   /* bytes written */
  gboolean failed;
} FloeWriter;

static inline FloeReader
floe_reader_init (const void *data, gsize size)
{
  return (FloeReader){ (const guint8 *) data, size, FALSE };
}

/* @size bytes of the input, or NULL (and failed) when they are not there. */
static inline const guint8 *
floe_reader_bytes (FloeReader *self, gsize size)
{
  const guint8 *bytes = self->data;

  if (self->failed || size > self->size)
    {
      self->failed = TRUE;
      return NULL;
    }
  if (size == 0)
    return (const guint8 *) "";
  self->data += size;
  self->size -= size;
  return bytes;
}

/* An unsigned number of @size bytes, 1 to 8. */
static inline guint64
floe_reader_uint (FloeReader *self, gsize size)
{
  const guint8 *bytes = floe_reader_bytes (self, size);
  guint64 value = 0;

  for (gsize i = 0; bytes != NULL && i < size; i++)
    value = value << 8 | bytes[i];
  return value;
}

static inline FloeWriter
floe_writer_init (void *data, gsize size)
{
  return (FloeWriter){ (guint8 *) data, size, 0, FALSE };
}

static inline void
floe_writer_bytes (FloeWriter *self, const void *bytes, gsize size)
{
  if (self->failed || size > self->size)
    {
      self->failed = TRUE;
      return;
    }
  if (size == 0)
    return;
  memcpy (self->data, bytes, size);
  self->data += size;
  self->size -= size;
  self->used += size;
}

/* The low @size bytes of @value, 1 to 8. */
static inline void
floe_writer_uint (FloeWriter *self, guint64 value, gsize size)
{
  guint8 bytes[8];

  g_assert (size <= sizeof bytes);
  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (value >> (8 * (size - 1 - i)));
  floe_writer_bytes (self, bytes, size);
}

G_END_DECLS
