/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-attributes-private.h"

#define FAMILY_IPV4 0x01
#define FAMILY_IPV6 0x02
#define IPV4_SIZE 4
#define IPV6_SIZE 16
#define MAX_ADDRESS_VALUE_SIZE (4 + IPV6_SIZE)

#define MIN_ERROR_CODE 300
#define MAX_ERROR_CODE 699
#define MAX_UNKNOWN_ATTRIBUTES 64

/* RFC 8489 section 14.1:
 *
 *   |0 0 0 0 0 0 0 0|    Family     |           Port                |
 *   |                 Address (32 bits or 128 bits)                 | */
static gboolean
read_address (const FloeStunAttribute *attribute, FloeStunAddress *address)
{
  FloeReader reader = floe_reader_init (attribute->value, attribute->size);
  FloeStunAddress read = { 0 };
  const guint8 *bytes;
  guint8 family;

  floe_reader_uint (&reader, 1); /* "MUST be ignored" */
  family = (guint8) floe_reader_uint (&reader, 1);
  read.port = (guint16) floe_reader_uint (&reader, 2);
  read.size = family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE;
  bytes = floe_reader_bytes (&reader, read.size);
  if (bytes == NULL || reader.size != 0 || (family != FAMILY_IPV4 && family != FAMILY_IPV6))
    return FALSE;
  memcpy (read.bytes, bytes, read.size);
  *address = read;
  return TRUE;
}

/* RFC 8489 section 14.2: the port is combined with the first half of the magic cookie, the address
 * with the cookie and the transaction id. Its own inverse. */
static void
xor_address (FloeStunAddress *address, const guint8 id[static FLOE_STUN_TRANSACTION_ID_SIZE])
{
  guint8 mask[IPV6_SIZE];
  FloeWriter writer = floe_writer_init (mask, sizeof mask);

  floe_writer_uint (&writer, FLOE_STUN_MAGIC_COOKIE, 4);
  floe_writer_bytes (&writer, id, FLOE_STUN_TRANSACTION_ID_SIZE);
  address->port ^= (guint16) (FLOE_STUN_MAGIC_COOKIE >> 16);
  for (gsize i = 0; i < address->size; i++)
    address->bytes[i] ^= mask[i];
}

gboolean
floe_stun_message_get_address (const FloeStunMessage *self, FloeStunAttributeType type,
                               FloeStunAddress *address)
{
  FloeStunAttribute attribute;

  return floe_stun_message_find (self, type, &attribute) && read_address (&attribute, address);
}

gboolean
floe_stun_message_get_xor_address (const FloeStunMessage *self, FloeStunAttributeType type,
                                   FloeStunAddress *address)
{
  if (!floe_stun_message_get_address (self, type, address))
    return FALSE;
  xor_address (address, self->transaction_id);
  return TRUE;
}

gboolean
floe_stun_message_get_uint (const FloeStunMessage *self, FloeStunAttributeType type, gsize size,
                            guint64 *value)
{
  FloeStunAttribute attribute;
  FloeReader reader;

  if (!floe_stun_message_find (self, type, &attribute) || attribute.size != size)
    return FALSE;
  reader = floe_reader_init (attribute.value, attribute.size);
  *value = floe_reader_uint (&reader, size);
  return TRUE;
}

gboolean
floe_stun_message_has (const FloeStunMessage *self, FloeStunAttributeType type)
{
  FloeStunAttribute attribute;

  return floe_stun_message_find (self, type, &attribute);
}

static gsize
get_max_text_size (FloeStunAttributeType type)
{
  return type == FLOE_STUN_USERNAME ? FLOE_STUN_MAX_USERNAME_SIZE : FLOE_STUN_MAX_TEXT_SIZE;
}

gboolean
floe_stun_message_get_text (const FloeStunMessage *self, FloeStunAttributeType type,
                            const char **text, gsize *size)
{
  FloeStunAttribute attribute;

  if (!floe_stun_message_find (self, type, &attribute) || attribute.size > get_max_text_size (type)
      || !g_utf8_validate_len ((const char *) attribute.value, attribute.size, NULL))
    return FALSE;
  *text = (const char *) attribute.value;
  *size = attribute.size;
  return TRUE;
}

/* RFC 8489 section 14.8:
 *
 *   |           Reserved, should be 0         |Class|     Number    |
 *   |      Reason Phrase (variable)                                .. */
gboolean
floe_stun_message_get_error (const FloeStunMessage *self, FloeStunError *error)
{
  FloeStunAttribute attribute;
  FloeReader reader;
  guint hundreds, number;

  if (!floe_stun_message_find (self, FLOE_STUN_ERROR_CODE, &attribute))
    return FALSE;
  reader = floe_reader_init (attribute.value, attribute.size);
  floe_reader_uint (&reader, 2);
  hundreds = (guint) floe_reader_uint (&reader, 1) & 7;
  number = (guint) floe_reader_uint (&reader, 1);
  if (reader.failed || hundreds < 3 || hundreds > 6 || number > 99
      || reader.size > FLOE_STUN_MAX_TEXT_SIZE
      || !g_utf8_validate_len ((const char *) reader.data, reader.size, NULL))
    return FALSE;
  *error = (FloeStunError){ 100 * hundreds + number, (const char *) reader.data, reader.size };
  return TRUE;
}

gsize
floe_stun_message_get_unknown (const FloeStunMessage *self, guint16 *types, gsize max_count)
{
  FloeStunAttribute attribute;
  FloeReader reader;
  gsize count = 0;

  if (!floe_stun_message_find (self, FLOE_STUN_UNKNOWN_ATTRIBUTES, &attribute))
    return 0;
  reader = floe_reader_init (attribute.value, attribute.size);
  while (count < max_count && reader.size >= 2)
    types[count++] = (guint16) floe_reader_uint (&reader, 2);
  return count;
}

void
floe_stun_builder_add_address (FloeStunBuilder *self, FloeStunAttributeType type,
                               const FloeStunAddress *address)
{
  guint8 value[MAX_ADDRESS_VALUE_SIZE];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  g_assert (address->size == IPV4_SIZE || address->size == IPV6_SIZE);
  floe_writer_uint (&writer, 0, 1);
  floe_writer_uint (&writer, address->size == IPV4_SIZE ? FAMILY_IPV4 : FAMILY_IPV6, 1);
  floe_writer_uint (&writer, address->port, 2);
  floe_writer_bytes (&writer, address->bytes, address->size);
  floe_stun_builder_add (self, type, value, writer.used);
}

void
floe_stun_builder_add_xor_address (FloeStunBuilder *self, FloeStunAttributeType type,
                                   const FloeStunAddress *address)
{
  FloeStunAddress hidden = *address;

  if (self->writer.failed)
    return;
  xor_address (&hidden, self->start + FLOE_STUN_HEADER_SIZE - FLOE_STUN_TRANSACTION_ID_SIZE);
  floe_stun_builder_add_address (self, type, &hidden);
}

void
floe_stun_builder_add_uint (FloeStunBuilder *self, FloeStunAttributeType type, guint64 value,
                            gsize size)
{
  guint8 bytes[8];
  FloeWriter writer = floe_writer_init (bytes, sizeof bytes);

  floe_writer_uint (&writer, value, size);
  floe_stun_builder_add (self, type, bytes, writer.used);
}

void
floe_stun_builder_add_flag (FloeStunBuilder *self, FloeStunAttributeType type)
{
  floe_stun_builder_add (self, type, NULL, 0);
}

void
floe_stun_builder_add_text (FloeStunBuilder *self, FloeStunAttributeType type, const char *text)
{
  gsize size = strlen (text);

  if (size > get_max_text_size (type))
    self->writer.failed = TRUE;
  floe_stun_builder_add (self, type, text, size);
}

void
floe_stun_builder_add_error (FloeStunBuilder *self, guint code, const char *reason)
{
  guint8 value[4 + FLOE_STUN_MAX_TEXT_SIZE];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  g_assert (code >= MIN_ERROR_CODE && code <= MAX_ERROR_CODE);
  floe_writer_uint (&writer, 0, 2);
  floe_writer_uint (&writer, code / 100, 1);
  floe_writer_uint (&writer, code % 100, 1);
  floe_writer_bytes (&writer, reason, strlen (reason));
  if (writer.failed)
    self->writer.failed = TRUE;
  floe_stun_builder_add (self, FLOE_STUN_ERROR_CODE, value, writer.used);
}

void
floe_stun_builder_add_unknown (FloeStunBuilder *self, const guint16 *types, gsize count)
{
  guint8 value[2 * MAX_UNKNOWN_ATTRIBUTES];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  for (gsize i = 0; i < MIN (count, MAX_UNKNOWN_ATTRIBUTES); i++)
    floe_writer_uint (&writer, types[i], 2);
  floe_stun_builder_add (self, FLOE_STUN_UNKNOWN_ATTRIBUTES, value, writer.used);
}
