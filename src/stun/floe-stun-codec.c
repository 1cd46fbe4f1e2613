/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-codec-private.h"

#include <floe/floe-error.h>

#include "floe-stun-integrity-private.h"

#define MAGIC_COOKIE_OFFSET 4
#define LENGTH_OFFSET 2
/* The length field counts what comes after the header, in multiples of 4. */
#define MAX_LENGTH 0xfffc
#define FINGERPRINT_SIZE 4

/* What of a message is protected already, in the order in which the attributes must come. */
enum
{
  PROTECTED_BY_NONE,
  PROTECTED_BY_SHA1,
  PROTECTED_BY_SHA256,
  PROTECTED_BY_FINGERPRINT,
};

static gsize
get_padding (gsize size)
{
  return -size & 3;
}

/* RFC 8489 section 5, the bits of the message type:
 *
 *    0                 1
 *    2  3  4 5 6 7 8 9 0 1 2 3 4 5
 *   +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |M |M |M|M|M|C|M|M|M|C|M|M|M|M|
 *   |11|10|9|8|7|1|6|5|4|0|3|2|1|0|
 *   +--+--+-+-+-+-+-+-+-+-+-+-+-+-+ */
static guint16
join_type (FloeStunClass message_class, guint16 method)
{
  return (guint16) ((method & 0x00f) | (method & 0x070) << 1 | (method & 0xf80) << 2
                    | (message_class & 1) << 4 | (message_class & 2) << 7);
}

static void
split_type (guint16 type, FloeStunClass *message_class, guint16 *method)
{
  *method = (guint16) ((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
  *message_class = (FloeStunClass) ((type & 0x0010) >> 4 | (type & 0x0100) >> 7);
}

gboolean
floe_stun_message_is_stun (const guint8 *data, gsize size)
{
  FloeReader reader = floe_reader_init (data, size);

  if (size < FLOE_STUN_HEADER_SIZE || data[0] > 3)
    return FALSE;
  floe_reader_bytes (&reader, MAGIC_COOKIE_OFFSET);
  return floe_reader_uint (&reader, 4) == FLOE_STUN_MAGIC_COOKIE;
}

/* The next attribute as it stands in the message. FALSE at the end, and when it is cut off: then
 * the reader has failed. */
static gboolean
read_attribute (FloeReader *reader, FloeStunAttribute *attribute)
{
  if (reader->size == 0 || reader->failed)
    return FALSE;
  attribute->type = (guint16) floe_reader_uint (reader, 2);
  attribute->size = (gsize) floe_reader_uint (reader, 2);
  attribute->value = floe_reader_bytes (reader, attribute->size);
  floe_reader_bytes (reader, get_padding (attribute->size));
  return !reader->failed;
}

static guint
get_protection (guint16 type)
{
  switch (type)
    {
    case FLOE_STUN_MESSAGE_INTEGRITY:
      return PROTECTED_BY_SHA1;
    case FLOE_STUN_MESSAGE_INTEGRITY_SHA256:
      return PROTECTED_BY_SHA256;
    case FLOE_STUN_FINGERPRINT:
      return PROTECTED_BY_FINGERPRINT;
    default:
      return PROTECTED_BY_NONE;
    }
}

FloeStunIterator
floe_stun_iterator_init (const FloeStunMessage *message)
{
  return (FloeStunIterator){ floe_reader_init (message->data + FLOE_STUN_HEADER_SIZE,
                                               message->size - FLOE_STUN_HEADER_SIZE),
                             message->data, PROTECTED_BY_NONE };
}

gboolean
floe_stun_iterator_next (FloeStunIterator *self, FloeStunAttribute *attribute)
{
  while (read_attribute (&self->reader, attribute))
    {
      guint protection = get_protection (attribute->type);

      if (self->protection != PROTECTED_BY_NONE && protection <= self->protection)
        continue;
      self->protection = protection;
      return TRUE;
    }
  return FALSE;
}

gsize
floe_stun_iterator_get_offset (const FloeStunIterator *self, const FloeStunAttribute *attribute)
{
  return (gsize) (self->reader.data - self->start) - get_padding (attribute->size) - attribute->size
         - FLOE_STUN_ATTRIBUTE_HEADER_SIZE;
}

/* RFC 8489 sections 14.5 to 14.7. SHA-256 may be cut to 16 bytes or more, by 4. */
static gboolean
check_protection (const FloeStunMessage *self, const FloeStunAttribute *attribute, gsize offset)
{
  FloeReader reader = floe_reader_init (attribute->value, attribute->size);

  switch (attribute->type)
    {
    case FLOE_STUN_MESSAGE_INTEGRITY:
      return attribute->size == FLOE_STUN_SHA1_SIZE;
    case FLOE_STUN_MESSAGE_INTEGRITY_SHA256:
      return attribute->size >= FLOE_STUN_SHA256_MIN_SIZE
             && attribute->size <= FLOE_STUN_SHA256_SIZE && attribute->size % 4 == 0;
    case FLOE_STUN_FINGERPRINT:
      return attribute->size == FINGERPRINT_SIZE
             && floe_reader_uint (&reader, 4) == floe_stun_compute_fingerprint (self->data, offset);
    default:
      return TRUE;
    }
}

static gboolean
check_attributes (const FloeStunMessage *self, GError **error)
{
  FloeStunIterator iterator = floe_stun_iterator_init (self);
  FloeStunAttribute attribute;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      gsize offset = floe_stun_iterator_get_offset (&iterator, &attribute);

      if (!check_protection (self, &attribute, offset))
        {
          g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                       "The STUN message does not agree with its attribute 0x%04x", attribute.type);
          return FALSE;
        }
    }
  if (iterator.reader.failed)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                         "An attribute of the STUN message is cut off");
  return !iterator.reader.failed;
}

/* RFC 8489 section 5:
 *
 *   |0 0|     STUN Message Type     |         Message Length        |
 *   |                         Magic Cookie                          |
 *   |                     Transaction ID (96 bits)                  | */
gboolean
floe_stun_message_parse (FloeStunMessage *self, const guint8 *data, gsize size, GError **error)
{
  FloeReader reader = floe_reader_init (data, size);
  FloeStunMessage parsed = { .data = data, .size = size };
  gsize length;

  if (!floe_stun_message_is_stun (data, size))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is no STUN message");
      return FALSE;
    }
  split_type ((guint16) floe_reader_uint (&reader, 2), &parsed.message_class, &parsed.method);
  length = (gsize) floe_reader_uint (&reader, 2);
  floe_reader_bytes (&reader, 4);
  memcpy (parsed.transaction_id, floe_reader_bytes (&reader, FLOE_STUN_TRANSACTION_ID_SIZE),
          FLOE_STUN_TRANSACTION_ID_SIZE);
  if (length != reader.size || length % 4 != 0)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The STUN message says that it has %" G_GSIZE_FORMAT
                   " bytes after the header, but there are %" G_GSIZE_FORMAT,
                   length, reader.size);
      return FALSE;
    }
  if (!check_attributes (&parsed, error))
    return FALSE;
  *self = parsed;
  return TRUE;
}

gboolean
floe_stun_message_find (const FloeStunMessage *self, FloeStunAttributeType type,
                        FloeStunAttribute *attribute)
{
  FloeStunIterator iterator = floe_stun_iterator_init (self);
  FloeStunAttribute candidate;

  while (floe_stun_iterator_next (&iterator, &candidate))
    {
      if (candidate.type == type)
        {
          *attribute = candidate;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
contains (const guint16 *types, gsize count, guint16 type)
{
  for (gsize i = 0; i < count; i++)
    {
      if (types[i] == type)
        return TRUE;
    }
  return FALSE;
}

gsize
floe_stun_message_list_unknown (const FloeStunMessage *self, const guint16 *known,
                                gsize known_count, guint16 *unknown, gsize max_count)
{
  FloeStunIterator iterator = floe_stun_iterator_init (self);
  FloeStunAttribute attribute;
  gsize count = 0;

  while (count < max_count && floe_stun_iterator_next (&iterator, &attribute))
    {
      if (attribute.type < FLOE_STUN_COMPREHENSION_OPTIONAL
          && !contains (known, known_count, attribute.type)
          && !contains (unknown, count, attribute.type))
        unknown[count++] = attribute.type;
    }
  return count;
}

static void
write_length (FloeStunBuilder *self)
{
  FloeWriter field;

  if (self->writer.failed)
    return;
  field = floe_writer_init (self->start + LENGTH_OFFSET, 2);
  floe_writer_uint (&field, self->writer.used - FLOE_STUN_HEADER_SIZE, 2);
}

FloeStunBuilder
floe_stun_builder_init (guint8 *buffer, gsize size, FloeStunClass message_class, guint16 method,
                        const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE])
{
  FloeStunBuilder self = {
    floe_writer_init (buffer, MIN (size, FLOE_STUN_HEADER_SIZE + MAX_LENGTH)), buffer
  };

  g_assert (method <= FLOE_STUN_MAX_METHOD);
  floe_writer_uint (&self.writer, join_type (message_class, method), 2);
  floe_writer_uint (&self.writer, 0, 2);
  floe_writer_uint (&self.writer, FLOE_STUN_MAGIC_COOKIE, 4);
  floe_writer_bytes (&self.writer, id, FLOE_STUN_TRANSACTION_ID_SIZE);
  return self;
}

void
floe_stun_builder_add (FloeStunBuilder *self, guint16 type, const void *value, gsize size)
{
  static const guint8 zeros[3] = { 0 };

  if (size > MAX_LENGTH)
    self->writer.failed = TRUE;
  floe_writer_uint (&self->writer, type, 2);
  floe_writer_uint (&self->writer, size, 2);
  floe_writer_bytes (&self->writer, value, size);
  floe_writer_bytes (&self->writer, zeros, get_padding (size));
  write_length (self);
}

/* RFC 8489 section 14.7: the length in the header counts FINGERPRINT already. */
void
floe_stun_builder_add_fingerprint (FloeStunBuilder *self)
{
  gsize offset = self->writer.used;
  guint8 bytes[FINGERPRINT_SIZE] = { 0 };
  FloeWriter value = floe_writer_init (bytes, sizeof bytes);
  FloeWriter field;

  floe_stun_builder_add (self, FLOE_STUN_FINGERPRINT, bytes, sizeof bytes);
  if (self->writer.failed)
    return;
  floe_writer_uint (&value, floe_stun_compute_fingerprint (self->start, offset), 4);
  field = floe_writer_init (self->start + offset + FLOE_STUN_ATTRIBUTE_HEADER_SIZE, sizeof bytes);
  floe_writer_bytes (&field, bytes, sizeof bytes);
}

gsize
floe_stun_builder_finish (const FloeStunBuilder *self)
{
  return self->writer.failed ? 0 : self->writer.used;
}
