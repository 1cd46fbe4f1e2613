/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-codec-private.h"

#define EVEN_PORT_RESERVES_NEXT 0x80
#define MAX_ICMP_TYPE 0x7f
#define MAX_ICMP_CODE 0x1ff
#define MAX_CHANNEL_DATA_SIZE 0xffff

static gboolean
is_channel (guint16 number)
{
  return number >= FLOE_TURN_MIN_CHANNEL && number <= FLOE_TURN_MAX_CHANNEL;
}

static gboolean
is_family (guint64 number)
{
  return number == FLOE_STUN_FAMILY_IPV4 || number == FLOE_STUN_FAMILY_IPV6;
}

gboolean
floe_turn_message_get_lifetime (const FloeStunMessage *self, guint32 *lifetime_s)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_LIFETIME, 4, &value))
    return FALSE;
  *lifetime_s = (guint32) value;
  return TRUE;
}

/* RFC 8656 section 18.1:
 *
 *   |        Channel Number         |         RFFU = 0              | */
gboolean
floe_turn_message_get_channel (const FloeStunMessage *self, guint16 *channel)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_CHANNEL_NUMBER, 4, &value)
      || !is_channel ((guint16) (value >> 16)))
    return FALSE;
  *channel = (guint16) (value >> 16);
  return TRUE;
}

gboolean
floe_turn_message_get_data (const FloeStunMessage *self, const guint8 **data, gsize *size)
{
  FloeStunAttribute attribute;

  if (!floe_stun_message_find (self, FLOE_STUN_DATA, &attribute))
    return FALSE;
  *data = attribute.value;
  *size = attribute.size;
  return TRUE;
}

/* RFC 8656 sections 18.6 and 18.11:
 *
 *   |   Family      |                    Reserved                   | */
gboolean
floe_turn_message_get_family (const FloeStunMessage *self, FloeStunAttributeType type,
                              FloeStunFamily *family)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, type, 4, &value) || !is_family (value >> 24))
    return FALSE;
  *family = (FloeStunFamily) (value >> 24);
  return TRUE;
}

/* RFC 8656 section 18.8:
 *
 *   |    Protocol   |                    RFFU                       | */
gboolean
floe_turn_message_get_transport (const FloeStunMessage *self, guint8 *protocol)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_REQUESTED_TRANSPORT, 4, &value))
    return FALSE;
  *protocol = (guint8) (value >> 24);
  return TRUE;
}

gboolean
floe_turn_message_get_even_port (const FloeStunMessage *self, gboolean *reserves_next)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_EVEN_PORT, 1, &value))
    return FALSE;
  *reserves_next = (value & EVEN_PORT_RESERVES_NEXT) != 0;
  return TRUE;
}

gboolean
floe_turn_message_get_token (const FloeStunMessage *self, const guint8 **token)
{
  FloeStunAttribute attribute;

  if (!floe_stun_message_find (self, FLOE_STUN_RESERVATION_TOKEN, &attribute)
      || attribute.size != FLOE_TURN_TOKEN_SIZE)
    return FALSE;
  *token = attribute.value;
  return TRUE;
}

gboolean
floe_turn_message_get_relayed (const FloeStunMessage *self, FloeStunFamily family,
                               FloeStunAddress *address)
{
  FloeStunIterator iterator = floe_stun_iterator_init (self);
  FloeStunAttribute attribute;
  FloeStunAddress relayed;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      if (attribute.type == FLOE_STUN_XOR_RELAYED_ADDRESS
          && floe_stun_attribute_get_xor_address (&attribute, self->transaction_id, &relayed)
          && floe_stun_address_get_family (&relayed) == family)
        {
          *address = relayed;
          return TRUE;
        }
    }
  return FALSE;
}

/* RFC 8656 section 18.12:
 *
 *   |  Family       |    Reserved             |Class|     Number    |
 *   |      Reason Phrase (variable)                                .. */
gboolean
floe_turn_message_get_address_error (const FloeStunMessage *self, FloeStunFamily *family,
                                     FloeStunError *error)
{
  FloeStunAttribute attribute;

  if (!floe_stun_message_find (self, FLOE_STUN_ADDRESS_ERROR_CODE, &attribute)
      || attribute.size == 0 || !is_family (attribute.value[0])
      || !floe_stun_attribute_get_error (&attribute, error))
    return FALSE;
  *family = (FloeStunFamily) attribute.value[0];
  return TRUE;
}

/* RFC 8656 section 18.13:
 *
 *   |  Reserved                     |  ICMP Type  |  ICMP Code      |
 *   |                          Error Data                           | */
gboolean
floe_turn_message_get_icmp (const FloeStunMessage *self, FloeTurnIcmp *icmp)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_ICMP, 8, &value))
    return FALSE;
  *icmp = (FloeTurnIcmp){ (guint8) (value >> 41 & MAX_ICMP_TYPE),
                          (guint16) (value >> 32 & MAX_ICMP_CODE), (guint32) value };
  return TRUE;
}

void
floe_turn_builder_add_lifetime (FloeStunBuilder *self, guint32 lifetime_s)
{
  floe_stun_builder_add_uint (self, FLOE_STUN_LIFETIME, lifetime_s, 4);
}

void
floe_turn_builder_add_channel (FloeStunBuilder *self, guint16 channel)
{
  g_assert (is_channel (channel));
  floe_stun_builder_add_uint (self, FLOE_STUN_CHANNEL_NUMBER, (guint64) channel << 16, 4);
}

void
floe_turn_builder_add_data (FloeStunBuilder *self, const void *data, gsize size)
{
  floe_stun_builder_add (self, FLOE_STUN_DATA, data, size);
}

void
floe_turn_builder_add_family (FloeStunBuilder *self, FloeStunAttributeType type,
                              FloeStunFamily family)
{
  floe_stun_builder_add_uint (self, type, (guint64) family << 24, 4);
}

void
floe_turn_builder_add_transport (FloeStunBuilder *self, guint8 protocol)
{
  floe_stun_builder_add_uint (self, FLOE_STUN_REQUESTED_TRANSPORT, (guint64) protocol << 24, 4);
}

void
floe_turn_builder_add_even_port (FloeStunBuilder *self, gboolean reserves_next)
{
  floe_stun_builder_add_uint (self, FLOE_STUN_EVEN_PORT,
                              reserves_next ? EVEN_PORT_RESERVES_NEXT : 0, 1);
}

void
floe_turn_builder_add_token (FloeStunBuilder *self, const guint8 token[FLOE_TURN_TOKEN_SIZE])
{
  floe_stun_builder_add (self, FLOE_STUN_RESERVATION_TOKEN, token, FLOE_TURN_TOKEN_SIZE);
}

void
floe_turn_builder_add_address_error (FloeStunBuilder *self, FloeStunFamily family, guint code,
                                     const char *reason)
{
  guint8 value[4 + FLOE_STUN_MAX_TEXT_SIZE];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  floe_writer_uint (&writer, family, 1);
  floe_writer_uint (&writer, 0, 1);
  floe_writer_uint (&writer, code / 100, 1);
  floe_writer_uint (&writer, code % 100, 1);
  floe_writer_bytes (&writer, reason, strlen (reason));
  if (writer.failed)
    self->writer.failed = TRUE;
  floe_stun_builder_add (self, FLOE_STUN_ADDRESS_ERROR_CODE, value, writer.used);
}

void
floe_turn_builder_add_icmp (FloeStunBuilder *self, const FloeTurnIcmp *icmp)
{
  g_assert (icmp->type <= MAX_ICMP_TYPE && icmp->code <= MAX_ICMP_CODE);
  floe_stun_builder_add_uint (
      self, FLOE_STUN_ICMP, (guint64) icmp->type << 41 | (guint64) icmp->code << 32 | icmp->detail,
      8);
}

/* RFC 8656 section 12.4:
 *
 *   |         Channel Number        |            Length             |
 *   /                       Application Data                        / */
gboolean
floe_turn_channel_data_parse (FloeTurnChannelData *self, const guint8 *data, gsize size)
{
  FloeReader reader = floe_reader_init (data, size);
  FloeTurnChannelData parsed;

  parsed.channel = (guint16) floe_reader_uint (&reader, 2);
  parsed.size = (gsize) floe_reader_uint (&reader, 2);
  parsed.data = floe_reader_bytes (&reader, parsed.size);
  if (reader.failed || !is_channel (parsed.channel))
    return FALSE;
  *self = parsed;
  return TRUE;
}

gsize
floe_turn_channel_data_write (const FloeTurnChannelData *self, gboolean is_stream, guint8 *buffer,
                              gsize size)
{
  static const guint8 zeros[3] = { 0 };
  FloeWriter writer = floe_writer_init (buffer, size);

  g_assert (is_channel (self->channel));
  if (self->size > MAX_CHANNEL_DATA_SIZE)
    return 0;
  floe_writer_uint (&writer, self->channel, 2);
  floe_writer_uint (&writer, self->size, 2);
  floe_writer_bytes (&writer, self->data, self->size);
  if (is_stream)
    floe_writer_bytes (&writer, zeros, -self->size & 3);
  return writer.failed ? 0 : writer.used;
}

gboolean
floe_turn_stream_get_frame_size (const guint8 *data, gsize size, gsize *frame_size)
{
  FloeReader reader = floe_reader_init (data, size);
  guint16 first = (guint16) floe_reader_uint (&reader, 2);
  gsize length = (gsize) floe_reader_uint (&reader, 2);

  *frame_size = 0;
  if (reader.failed)
    return TRUE;
  if (is_channel (first))
    {
      *frame_size = FLOE_TURN_CHANNEL_HEADER_SIZE + length + (-length & 3);
      return TRUE;
    }
  /* RFC 8489 section 5: the first two bits are zeros, the length is a multiple of 4. */
  if (first >= 0x4000 || length % 4 != 0)
    return FALSE;
  *frame_size = FLOE_STUN_HEADER_SIZE + length;
  return TRUE;
}
