/* SPDX-License-Identifier: MPL-2.0 */
/* What fuzz targets take from the bytes that they are given. */
#pragma once

#include "floe-reader-private.h"

#include <string.h>

/* A size in @width bytes, held to what is left. */
static inline gsize
fuzz_input_size (FloeReader *input, gsize width)
{
  gsize size = (gsize) floe_reader_uint (input, width);

  return MIN (size, input->size);
}

/* (transfer full): the next @size bytes, of which there are so many, in memory that ends with them,
 * so that a sanitizer sees a byte read too far. Never NULL. */
static inline guint8 *
fuzz_input_copy (FloeReader *input, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, floe_reader_bytes (input, size), size);
  return copy;
}
