/* SPDX-License-Identifier: MPL-2.0 */
/* STUN and TURN messages (RFC 8489, RFC 8656), as much as asking a server takes.
 *
 * The library has a codec of its own, which samples can't see. That this one was written apart from
 * it makes it a witness: a misreading of the RFC would have to be made twice.
 *
 * Layer: samples. Knows GLib and GIO only. What arrives is not trusted. */
#pragma once

#include "turn-address.h"

G_BEGIN_DECLS

#define TURN_HEADER_SIZE 20
#define TURN_ID_SIZE 12
#define TURN_KEY_SIZE 16

/* RFC 8489 section 18.2, RFC 8656 section 17. */
typedef enum
{
  TURN_METHOD_ALLOCATE = 3,
  TURN_METHOD_REFRESH = 4,
  TURN_METHOD_SEND = 6,
  TURN_METHOD_DATA = 7,
  TURN_METHOD_CREATE_PERMISSION = 8,
  TURN_METHOD_CHANNEL_BIND = 9,
} TurnMethod;

typedef enum
{
  TURN_CLASS_REQUEST = 0,
  TURN_CLASS_INDICATION = 1,
  TURN_CLASS_SUCCESS = 2,
  TURN_CLASS_ERROR = 3,
} TurnClass;

/* RFC 8489 section 18.3, RFC 8656 section 18. */
typedef enum
{
  TURN_ATTRIBUTE_USERNAME = 0x0006,
  TURN_ATTRIBUTE_MESSAGE_INTEGRITY = 0x0008,
  TURN_ATTRIBUTE_ERROR_CODE = 0x0009,
  TURN_ATTRIBUTE_CHANNEL_NUMBER = 0x000c,
  TURN_ATTRIBUTE_LIFETIME = 0x000d,
  TURN_ATTRIBUTE_XOR_PEER_ADDRESS = 0x0012,
  TURN_ATTRIBUTE_DATA = 0x0013,
  TURN_ATTRIBUTE_REALM = 0x0014,
  TURN_ATTRIBUTE_NONCE = 0x0015,
  TURN_ATTRIBUTE_XOR_RELAYED_ADDRESS = 0x0016,
  TURN_ATTRIBUTE_REQUESTED_ADDRESS_FAMILY = 0x0017,
  TURN_ATTRIBUTE_REQUESTED_TRANSPORT = 0x0019,
  TURN_ATTRIBUTE_SOFTWARE = 0x8022,
  TURN_ATTRIBUTE_FINGERPRINT = 0x8028,
} TurnAttribute;

/* (transfer full): the header of a message; @id has TURN_ID_SIZE bytes. Methods that this program
 * does not know are numbers like others. */
GByteArray *turn_message_new (guint method, TurnClass message_class, const guint8 *id);

void turn_message_add (GByteArray *message, TurnAttribute type, gconstpointer data, gsize size);
void turn_message_add_string (GByteArray *message, TurnAttribute type, const char *text);
void turn_message_add_u32 (GByteArray *message, TurnAttribute type, guint32 value);
void turn_message_add_address (GByteArray *message, TurnAttribute type, const TurnAddress *address,
                               guint16 port);

/* Adds MESSAGE-INTEGRITY; @key has TURN_KEY_SIZE bytes. Only FINGERPRINT may follow. */
void turn_message_sign (GByteArray *message, const guint8 *key);

/* Adds FINGERPRINT, the last attribute. */
void turn_message_finish (GByteArray *message);

/* The key of a long-term credential, MD5 (user:realm:password), RFC 8489 section 9.2.2. */
void turn_make_key (guint8 *key, const char *username, const char *realm, const char *password);

/* The size of the message or channel data that @data begins with, padded if on a stream; 0 while
 * the first four bytes are not there, -1 when it is neither. */
gssize turn_frame_get_size (const guint8 *data, gsize size, gboolean is_stream);

/* Whether @data is one whole message: lengths, cookie, and FINGERPRINT if it has one. All that is
 * below wants such. */
gboolean turn_message_is_valid (const guint8 *data, gsize size);

guint turn_message_get_method (const guint8 *data);
TurnClass turn_message_get_class (const guint8 *data);
const guint8 *turn_message_get_id (const guint8 *data);

/* (nullable): the value of the first attribute @type, before MESSAGE-INTEGRITY or being it. */
const guint8 *turn_message_find (const guint8 *data, gsize size, TurnAttribute type,
                                 gsize *value_size);

/* (transfer full) (nullable): the text of an attribute of at most 763 bytes, if it is UTF-8. */
char *turn_message_get_string (const guint8 *data, gsize size, TurnAttribute type);

/* The code of ERROR-CODE, or 0. */
guint turn_message_get_error (const guint8 *data, gsize size);

/* Whether there is such an attribute with an address. */
gboolean turn_message_get_address (const guint8 *data, gsize size, TurnAttribute type,
                                   TurnAddress *address, guint16 *port);

/* Whether MESSAGE-INTEGRITY is there and @key made it. */
gboolean turn_message_is_signed (const guint8 *data, gsize size, const guint8 *key);

G_END_DECLS
