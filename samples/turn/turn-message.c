/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-message.h"

#include <string.h>

#define MAGIC_COOKIE 0x2112a442u
#define SHA1_SIZE 20
#define MAX_STRING 763 /* bytes, RFC 8489 section 14.9 */

static guint16
get_u16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static guint32
get_u32 (const guint8 *data)
{
  return (guint32) get_u16 (data) << 16 | get_u16 (data + 2);
}

static void
put_u16 (guint8 *data, guint value)
{
  data[0] = (guint8) (value >> 8);
  data[1] = (guint8) value;
}

static void
put_u32 (guint8 *data, guint32 value)
{
  put_u16 (data, value >> 16);
  put_u16 (data + 2, value & 0xffff);
}

/* RFC 8489 section 5: the bits of the class stand between those of the method. */
GByteArray *
turn_message_new (guint method, TurnClass message_class, const guint8 *id)
{
  GByteArray *message = g_byte_array_new ();
  guint8 header[TURN_HEADER_SIZE] = { 0 };
  guint type = (method & 0xfu) | (method & 0x70u) << 1 | (method & 0xf80u) << 2
               | (message_class & 1u) << 4 | (message_class & 2u) << 7;

  put_u16 (header, type);
  put_u32 (header + 4, MAGIC_COOKIE);
  memcpy (header + 8, id, TURN_ID_SIZE);
  return g_byte_array_append (message, header, sizeof header);
}

void
turn_message_add (GByteArray *message, TurnAttribute type, gconstpointer data, gsize size)
{
  static const guint8 padding[3] = { 0 };
  guint8 header[4];

  g_return_if_fail (size <= MAX_STRING);
  put_u16 (header, type);
  put_u16 (header + 2, (guint) size);
  g_byte_array_append (message, header, sizeof header);
  g_byte_array_append (message, data, (guint) size);
  g_byte_array_append (message, padding, (guint) (-size & 3));
  put_u16 (message->data + 2, message->len - TURN_HEADER_SIZE);
}

void
turn_message_add_string (GByteArray *message, TurnAttribute type, const char *text)
{
  turn_message_add (message, type, text, strlen (text));
}

void
turn_message_add_u32 (GByteArray *message, TurnAttribute type, guint32 value)
{
  guint8 bytes[4];

  put_u32 (bytes, value);
  turn_message_add (message, type, bytes, sizeof bytes);
}

/* Addresses are covered with the cookie and the transaction's id, RFC 8489 section 14.2. */
static void
cover (guint8 *bytes, gsize size, const guint8 *message)
{
  for (gsize i = 0; i < size; i++)
    bytes[i] ^= message[4 + i];
}

void
turn_message_add_address (GByteArray *message, TurnAttribute type, const TurnAddress *address,
                          guint16 port)
{
  guint8 value[4 + 16] = { 0, address->size == 16 ? 2 : 1 };

  put_u16 (value + 2, port ^ (MAGIC_COOKIE >> 16));
  memcpy (value + 4, address->bytes, address->size);
  cover (value + 4, address->size, message->data);
  turn_message_add (message, type, value, 4u + address->size);
}

/* HMAC-SHA-1 of the message up to @end, with the length that it has when it ends @after bytes
 * later: RFC 8489 section 14.5. */
static void
make_integrity (guint8 *digest, const guint8 *data, gsize end, gsize after, const guint8 *key)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, key, TURN_KEY_SIZE);
  gsize size = SHA1_SIZE;
  guint8 length[2];

  put_u16 (length, (guint) (end + after - TURN_HEADER_SIZE));
  g_hmac_update (hmac, data, 2);
  g_hmac_update (hmac, length, 2);
  g_hmac_update (hmac, data + 4, (gssize) end - 4);
  g_hmac_get_digest (hmac, digest, &size);
}

void
turn_message_sign (GByteArray *message, const guint8 *key)
{
  guint8 digest[SHA1_SIZE];

  make_integrity (digest, message->data, message->len, 4 + SHA1_SIZE, key);
  turn_message_add (message, TURN_ATTRIBUTE_MESSAGE_INTEGRITY, digest, sizeof digest);
}

/* ISO/IEC 13239, a bit at a time: the messages are few and short. */
static guint32
make_fingerprint (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  return ~crc ^ 0x5354554e;
}

void
turn_message_finish (GByteArray *message)
{
  put_u16 (message->data + 2, message->len + 8 - TURN_HEADER_SIZE);
  turn_message_add_u32 (message, TURN_ATTRIBUTE_FINGERPRINT,
                        make_fingerprint (message->data, message->len));
}

void
turn_make_key (guint8 *key, const char *username, const char *realm, const char *password)
{
  g_autoptr (GChecksum) md5 = g_checksum_new (G_CHECKSUM_MD5);
  gsize size = TURN_KEY_SIZE;

  g_checksum_update (md5, (const guchar *) username, -1);
  g_checksum_update (md5, (const guchar *) ":", 1);
  g_checksum_update (md5, (const guchar *) realm, -1);
  g_checksum_update (md5, (const guchar *) ":", 1);
  g_checksum_update (md5, (const guchar *) password, -1);
  g_checksum_get_digest (md5, key, &size);
}

gssize
turn_frame_get_size (const guint8 *data, gsize size, gboolean is_stream)
{
  gsize length;

  if (size < 4)
    return 0;
  length = get_u16 (data + 2);
  /* RFC 8656 section 12.4: channel data begins with the bits 01, a message with 00. */
  if (data[0] >> 6 == 1)
    return (gssize) (4 + (is_stream ? (length + 3) & ~(gsize) 3 : length));
  return data[0] >> 6 == 0 ? (gssize) (TURN_HEADER_SIZE + length) : -1;
}

/* Steps over the attribute at @offset, of a message whose attributes are whole. */
static gsize
get_next (const guint8 *data, gsize offset)
{
  return offset + 4 + ((get_u16 (data + offset + 2) + 3u) & ~3u);
}

gboolean
turn_message_is_valid (const guint8 *data, gsize size)
{
  gsize offset = TURN_HEADER_SIZE;

  if (size < TURN_HEADER_SIZE || data[0] >> 6 != 0 || get_u32 (data + 4) != MAGIC_COOKIE
      || TURN_HEADER_SIZE + (gsize) get_u16 (data + 2) != size || size % 4 != 0)
    return FALSE;
  while (offset < size)
    {
      gsize next = get_next (data, offset);
      if (next > size)
        return FALSE;
      if (get_u16 (data + offset) == TURN_ATTRIBUTE_FINGERPRINT)
        return next == size && get_u16 (data + offset + 2) == 4
               && get_u32 (data + offset + 4) == make_fingerprint (data, offset);
      offset = next;
    }
  return TRUE;
}

guint
turn_message_get_method (const guint8 *data)
{
  guint type = get_u16 (data);

  return (type & 0xf) | (type & 0xe0) >> 1 | (type & 0x3e00) >> 2;
}

TurnClass
turn_message_get_class (const guint8 *data)
{
  return (TurnClass) ((data[1] >> 4 & 1) | (data[0] & 1) << 1);
}

const guint8 *
turn_message_get_id (const guint8 *data)
{
  return data + 8;
}

/* RFC 8489 section 14.5: what follows MESSAGE-INTEGRITY is ignored, as nobody vouches for it. */
const guint8 *
turn_message_find (const guint8 *data, gsize size, TurnAttribute type, gsize *value_size)
{
  for (gsize offset = TURN_HEADER_SIZE; offset < size; offset = get_next (data, offset))
    {
      guint found = get_u16 (data + offset);
      *value_size = get_u16 (data + offset + 2);
      if (found == (guint) type)
        return data + offset + 4;
      if (found == TURN_ATTRIBUTE_MESSAGE_INTEGRITY)
        break;
    }
  return NULL;
}

char *
turn_message_get_string (const guint8 *data, gsize size, TurnAttribute type)
{
  gsize length;
  const char *text = (const char *) turn_message_find (data, size, type, &length);

  /* A NUL within the text is no UTF-8 to this function. */
  if (text == NULL || length > MAX_STRING || !g_utf8_validate (text, (gssize) length, NULL))
    return NULL;
  return g_strndup (text, length);
}

guint
turn_message_get_error (const guint8 *data, gsize size)
{
  gsize length;
  const guint8 *value = turn_message_find (data, size, TURN_ATTRIBUTE_ERROR_CODE, &length);

  return value != NULL && length >= 4 ? (value[2] & 7u) * 100 + value[3] : 0;
}

gboolean
turn_message_get_address (const guint8 *data, gsize size, TurnAttribute type, TurnAddress *address,
                          guint16 *port)
{
  gsize length;
  const guint8 *value = turn_message_find (data, size, type, &length);

  if (value == NULL || !((length == 8 && value[1] == 1) || (length == 20 && value[1] == 2)))
    return FALSE;
  *address = (TurnAddress){ .size = (guint8) (length - 4) };
  memcpy (address->bytes, value + 4, address->size);
  cover (address->bytes, address->size, data);
  *port = (guint16) (get_u16 (value + 2) ^ (MAGIC_COOKIE >> 16));
  return TRUE;
}

gboolean
turn_message_is_signed (const guint8 *data, gsize size, const guint8 *key)
{
  gsize length;
  const guint8 *value = turn_message_find (data, size, TURN_ATTRIBUTE_MESSAGE_INTEGRITY, &length);
  guint8 digest[SHA1_SIZE];

  if (value == NULL || length != SHA1_SIZE)
    return FALSE;
  make_integrity (digest, data, (gsize) (value - 4 - data), 4 + SHA1_SIZE, key);
  return memcmp (digest, value, SHA1_SIZE) == 0;
}
