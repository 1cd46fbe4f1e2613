/* SPDX-License-Identifier: MPL-2.0 */
/* STUN messages, RFC 8489: the header and the attributes as bytes. What the bytes of an attribute
 * mean is in floe-stun-attributes, what proves a message in floe-stun-integrity.
 *
 * A parsed message points into the datagram, which must stay. Building writes into the caller's
 * buffer and fails, once and for all, when that is full. Nothing here allocates.
 *
 * Knows nothing of transactions, of servers, or of which attributes a usage needs.
 *
 * Layer: stun. May include: base. Any thread. */
#pragma once

#include <glib.h>

#include "floe-reader-private.h"

G_BEGIN_DECLS

#define FLOE_STUN_HEADER_SIZE 20
#define FLOE_STUN_ATTRIBUTE_HEADER_SIZE 4
#define FLOE_STUN_MAGIC_COOKIE 0x2112A442u
#define FLOE_STUN_TRANSACTION_ID_SIZE 12

/* RFC 8489 section 18.2 and RFC 8656 section 17. Methods above 0xff are kept free, so that the
 * first byte tells STUN from DTLS and RTP (RFC 7983). */
#define FLOE_STUN_METHOD_BINDING 0x001
#define FLOE_STUN_METHOD_ALLOCATE 0x003
#define FLOE_STUN_METHOD_REFRESH 0x004
#define FLOE_STUN_METHOD_SEND 0x006 /* an indication */
#define FLOE_STUN_METHOD_DATA 0x007 /* an indication */
#define FLOE_STUN_METHOD_CREATE_PERMISSION 0x008
#define FLOE_STUN_METHOD_CHANNEL_BIND 0x009
#define FLOE_STUN_MAX_METHOD 0xff

typedef enum
{
  FLOE_STUN_REQUEST,
  FLOE_STUN_INDICATION,
  FLOE_STUN_SUCCESS,
  FLOE_STUN_ERROR,
} FloeStunClass;

/* RFC 8489 section 18.3, RFC 8445 section 16.1, RFC 5780 section 7 and RFC 8656 section 18. Below
 * 0x8000 an attribute must be understood by whoever gets it. */
typedef enum
{
  FLOE_STUN_MAPPED_ADDRESS = 0x0001,
  FLOE_STUN_CHANGE_REQUEST = 0x0003,
  FLOE_STUN_USERNAME = 0x0006,
  FLOE_STUN_MESSAGE_INTEGRITY = 0x0008,
  FLOE_STUN_ERROR_CODE = 0x0009,
  FLOE_STUN_UNKNOWN_ATTRIBUTES = 0x000a,
  FLOE_STUN_CHANNEL_NUMBER = 0x000c,
  FLOE_STUN_LIFETIME = 0x000d,
  FLOE_STUN_XOR_PEER_ADDRESS = 0x0012,
  FLOE_STUN_DATA = 0x0013,
  FLOE_STUN_REALM = 0x0014,
  FLOE_STUN_NONCE = 0x0015,
  FLOE_STUN_XOR_RELAYED_ADDRESS = 0x0016,
  FLOE_STUN_REQUESTED_ADDRESS_FAMILY = 0x0017,
  FLOE_STUN_EVEN_PORT = 0x0018,
  FLOE_STUN_REQUESTED_TRANSPORT = 0x0019,
  FLOE_STUN_DONT_FRAGMENT = 0x001a,
  FLOE_STUN_MESSAGE_INTEGRITY_SHA256 = 0x001c,
  FLOE_STUN_PASSWORD_ALGORITHM = 0x001d,
  FLOE_STUN_USERHASH = 0x001e,
  FLOE_STUN_XOR_MAPPED_ADDRESS = 0x0020,
  FLOE_STUN_RESERVATION_TOKEN = 0x0022,
  FLOE_STUN_PRIORITY = 0x0024,
  FLOE_STUN_USE_CANDIDATE = 0x0025,
  FLOE_STUN_PADDING = 0x0026,
  FLOE_STUN_RESPONSE_PORT = 0x0027,
  FLOE_STUN_ADDITIONAL_ADDRESS_FAMILY = 0x8000,
  FLOE_STUN_ADDRESS_ERROR_CODE = 0x8001,
  FLOE_STUN_PASSWORD_ALGORITHMS = 0x8002,
  FLOE_STUN_ALTERNATE_DOMAIN = 0x8003,
  FLOE_STUN_ICMP = 0x8004,
  FLOE_STUN_SOFTWARE = 0x8022,
  FLOE_STUN_ALTERNATE_SERVER = 0x8023,
  FLOE_STUN_FINGERPRINT = 0x8028,
  FLOE_STUN_ICE_CONTROLLED = 0x8029,
  FLOE_STUN_ICE_CONTROLLING = 0x802a,
  FLOE_STUN_RESPONSE_ORIGIN = 0x802b,
  FLOE_STUN_OTHER_ADDRESS = 0x802c,
} FloeStunAttributeType;

#define FLOE_STUN_COMPREHENSION_OPTIONAL 0x8000

typedef struct
{
  const guint8 *data; /* (unowned): the datagram */
  gsize size;         /* bytes */
  FloeStunClass message_class;
  guint16 method;
  guint8 transaction_id[FLOE_STUN_TRANSACTION_ID_SIZE];
} FloeStunMessage;

typedef struct
{
  guint16 type;
  const guint8 *value; /* (unowned): in the datagram; never NULL */
  gsize size;          /* bytes, without padding */
} FloeStunAttribute;

/* Whether a datagram is STUN by its first byte (RFC 7983), size and magic cookie. Cheap. */
gboolean floe_stun_message_is_stun (const guint8 *data, gsize size);

/* Reads one datagram. FALSE with FLOE_ERROR_SYNTAX when it is no STUN message, an attribute or
 * padding is cut off, an attribute that protects the message has a wrong size, or a FINGERPRINT is
 * wrong. */
gboolean floe_stun_message_parse (FloeStunMessage *self, const guint8 *data, gsize size,
                                  GError **error);

/* Walks over the attributes that count, in order: RFC 8489 sections 14.5 to 14.7 have those
 * ignored that come after the attributes that protect a message. */
typedef struct
{
  FloeReader reader;
  const guint8 *start; /* (unowned) */
  guint protection;    /* how far the protecting attributes have come */
} FloeStunIterator;

FloeStunIterator floe_stun_iterator_init (const FloeStunMessage *message);
gboolean floe_stun_iterator_next (FloeStunIterator *self, FloeStunAttribute *attribute);
/* Bytes from the start of the message to the header of the attribute that next() gave last. */
gsize floe_stun_iterator_get_offset (const FloeStunIterator *self,
                                     const FloeStunAttribute *attribute);

/* The first attribute of @type: RFC 8489 section 14 has later ones ignored. */
gboolean floe_stun_message_find (const FloeStunMessage *self, FloeStunAttributeType type,
                                 FloeStunAttribute *attribute);

/* Writes the types of attributes that must be understood and are not among @known_count @known
 * ones, each once and at most @max_count, to @unknown, and returns how many: what an error
 * response 420 has to list (RFC 8489 section 6.3.1). */
gsize floe_stun_message_list_unknown (const FloeStunMessage *self, const guint16 *known,
                                      gsize known_count, guint16 *unknown, gsize max_count);

typedef struct
{
  FloeWriter writer;
  guint8 *start; /* (unowned): the caller's buffer */
} FloeStunBuilder;

FloeStunBuilder floe_stun_builder_init (guint8 *buffer, gsize size, FloeStunClass message_class,
                                        guint16 method,
                                        const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE]);
/* Padded with zeros. */
void floe_stun_builder_add (FloeStunBuilder *self, guint16 type, const void *value, gsize size);

/* Adds FINGERPRINT, which must be the last. */
void floe_stun_builder_add_fingerprint (FloeStunBuilder *self);

/* Returns the bytes of the message, or 0 when it did not fit into the buffer. */
gsize floe_stun_builder_finish (const FloeStunBuilder *self);

G_END_DECLS
