/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-attributes-private.h"

#define MAX_ADDRESS_VALUE_SIZE (4 + FLOE_STUN_IPV6_SIZE)

#define MIN_ERROR_CODE 300
#define MAX_ERROR_CODE 699
#define MAX_UNKNOWN_ATTRIBUTES 64

/* RFC 8489 section 14.1:
 *
 *   |0 0 0 0 0 0 0 0|    Family     |           Port                |
 *   |                 Address (32 bits or 128 bits)                 | */
gboolean
floe_stun_attribute_get_address (const FloeStunAttribute *self, FloeStunAddress *address)
{
  FloeReader reader = floe_reader_init (self->value, self->size);
  FloeStunAddress read = { 0 };
  const guint8 *bytes;
  guint8 family;

  floe_reader_uint (&reader, 1); /* "MUST be ignored" */
  family = (guint8) floe_reader_uint (&reader, 1);
  read.port = (guint16) floe_reader_uint (&reader, 2);
  read.size = family == FLOE_STUN_FAMILY_IPV6 ? FLOE_STUN_IPV6_SIZE : FLOE_STUN_IPV4_SIZE;
  bytes = floe_reader_bytes (&reader, read.size);
  if (bytes == NULL || reader.size != 0
      || (family != FLOE_STUN_FAMILY_IPV4 && family != FLOE_STUN_FAMILY_IPV6))
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
  guint8 mask[FLOE_STUN_IPV6_SIZE];
  FloeWriter writer = floe_writer_init (mask, sizeof mask);

  floe_writer_uint (&writer, FLOE_STUN_MAGIC_COOKIE, 4);
  floe_writer_bytes (&writer, id, FLOE_STUN_TRANSACTION_ID_SIZE);
  address->port ^= (guint16) (FLOE_STUN_MAGIC_COOKIE >> 16);
  for (gsize i = 0; i < address->size; i++)
    address->bytes[i] ^= mask[i];
}

gboolean
floe_stun_attribute_get_xor_address (const FloeStunAttribute *self,
                                     const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE],
                                     FloeStunAddress *address)
{
  if (!floe_stun_attribute_get_address (self, address))
    return FALSE;
  xor_address (address, id);
  return TRUE;
}

gboolean
floe_stun_message_get_address (const FloeStunMessage *self, FloeStunAttributeType type,
                               FloeStunAddress *address)
{
  FloeStunAttribute attribute;

  return floe_stun_message_find (self, type, &attribute)
         && floe_stun_attribute_get_address (&attribute, address);
}

gboolean
floe_stun_message_get_xor_address (const FloeStunMessage *self, FloeStunAttributeType type,
                                   FloeStunAddress *address)
{
  FloeStunAttribute attribute;

  return floe_stun_message_find (self, type, &attribute)
         && floe_stun_attribute_get_xor_address (&attribute, self->transaction_id, address);
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
  switch (type)
    {
    case FLOE_STUN_USERNAME:
      return FLOE_STUN_MAX_USERNAME_SIZE;
    case FLOE_STUN_ALTERNATE_DOMAIN:
      return FLOE_STUN_MAX_DOMAIN_SIZE;
    default:
      return FLOE_STUN_MAX_TEXT_SIZE;
    }
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
floe_stun_attribute_get_error (const FloeStunAttribute *self, FloeStunError *error)
{
  FloeReader reader = floe_reader_init (self->value, self->size);
  guint hundreds, number;

  floe_reader_uint (&reader, 2);
  hundreds = (guint) floe_reader_uint (&reader, 1) & 7;
  number = (guint) floe_reader_uint (&reader, 1);
  /* coturn pads the text with NULs and counts them. */
  while (reader.size > 0 && reader.data[reader.size - 1] == '\0')
    reader.size--;
  if (reader.failed || hundreds < 3 || hundreds > 6 || number > 99
      || reader.size > FLOE_STUN_MAX_TEXT_SIZE
      || !g_utf8_validate_len ((const char *) reader.data, reader.size, NULL))
    return FALSE;
  *error = (FloeStunError){ 100 * hundreds + number, (const char *) reader.data, reader.size };
  return TRUE;
}

gboolean
floe_stun_message_get_error (const FloeStunMessage *self, FloeStunError *error)
{
  FloeStunAttribute attribute;

  return floe_stun_message_find (self, FLOE_STUN_ERROR_CODE, &attribute)
         && floe_stun_attribute_get_error (&attribute, error);
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

gboolean
floe_stun_is_known (guint16 type)
{
  /* RFC 3489 section 11.2: from RESPONSE-ADDRESS to CHANGED-ADDRESS, PASSWORD, REFLECTED-FROM. */
  static const guint16 known[] = {
    FLOE_STUN_MAPPED_ADDRESS,
    0x0002,
    FLOE_STUN_CHANGE_REQUEST,
    0x0004,
    0x0005,
    FLOE_STUN_USERNAME,
    0x0007,
    FLOE_STUN_MESSAGE_INTEGRITY,
    FLOE_STUN_ERROR_CODE,
    FLOE_STUN_UNKNOWN_ATTRIBUTES,
    0x000b,
    FLOE_STUN_CHANNEL_NUMBER,
    FLOE_STUN_LIFETIME,
    FLOE_STUN_XOR_PEER_ADDRESS,
    FLOE_STUN_DATA,
    FLOE_STUN_REALM,
    FLOE_STUN_NONCE,
    FLOE_STUN_XOR_RELAYED_ADDRESS,
    FLOE_STUN_REQUESTED_ADDRESS_FAMILY,
    FLOE_STUN_EVEN_PORT,
    FLOE_STUN_REQUESTED_TRANSPORT,
    FLOE_STUN_DONT_FRAGMENT,
    FLOE_STUN_MESSAGE_INTEGRITY_SHA256,
    FLOE_STUN_PASSWORD_ALGORITHM,
    FLOE_STUN_USERHASH,
    FLOE_STUN_XOR_MAPPED_ADDRESS,
    FLOE_STUN_RESERVATION_TOKEN,
    FLOE_STUN_PRIORITY,
    FLOE_STUN_USE_CANDIDATE,
    FLOE_STUN_PADDING,
    FLOE_STUN_RESPONSE_PORT,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (known[i] == type)
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_stun_message_has_unknown (const FloeStunMessage *self)
{
  FloeStunIterator iterator = floe_stun_iterator_init (self);
  FloeStunAttribute attribute;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      if (attribute.type < FLOE_STUN_COMPREHENSION_OPTIONAL && !floe_stun_is_known (attribute.type))
        return TRUE;
    }
  return FALSE;
}

void
floe_stun_builder_add_address (FloeStunBuilder *self, FloeStunAttributeType type,
                               const FloeStunAddress *address)
{
  guint8 value[MAX_ADDRESS_VALUE_SIZE];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  g_assert (address->size == FLOE_STUN_IPV4_SIZE || address->size == FLOE_STUN_IPV6_SIZE);
  floe_writer_uint (&writer, 0, 1);
  floe_writer_uint (
      &writer, address->size == FLOE_STUN_IPV4_SIZE ? FLOE_STUN_FAMILY_IPV4 : FLOE_STUN_FAMILY_IPV6,
      1);
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

static gboolean
is_xor_address (guint16 type)
{
  return type == FLOE_STUN_XOR_MAPPED_ADDRESS || type == FLOE_STUN_XOR_PEER_ADDRESS
         || type == FLOE_STUN_XOR_RELAYED_ADDRESS;
}

static gboolean
is_of_one_transaction (guint16 type)
{
  switch (type)
    {
    case FLOE_STUN_USERNAME:
    case FLOE_STUN_USERHASH:
    case FLOE_STUN_REALM:
    case FLOE_STUN_NONCE:
    case FLOE_STUN_PASSWORD_ALGORITHM:
    case FLOE_STUN_PASSWORD_ALGORITHMS:
    case FLOE_STUN_MESSAGE_INTEGRITY:
    case FLOE_STUN_MESSAGE_INTEGRITY_SHA256:
    case FLOE_STUN_FINGERPRINT:
      return TRUE;
    default:
      return FALSE;
    }
}

void
floe_stun_builder_add_message (FloeStunBuilder *self, const FloeStunMessage *message)
{
  FloeStunIterator iterator = floe_stun_iterator_init (message);
  FloeStunAttribute attribute;
  FloeStunAddress address;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      if (is_of_one_transaction (attribute.type))
        continue;
      if (is_xor_address (attribute.type)
          && floe_stun_attribute_get_xor_address (&attribute, message->transaction_id, &address))
        floe_stun_builder_add_xor_address (self, attribute.type, &address);
      else
        floe_stun_builder_add (self, attribute.type, attribute.value, attribute.size);
    }
}
