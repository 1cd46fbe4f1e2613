/* SPDX-License-Identifier: MPL-2.0 */
/* What the bytes of STUN attributes mean: RFC 8489 section 14, RFC 8445 section 16.1.
 *
 * Getters take the first attribute of a type, are FALSE when it is missing or malformed, and leave
 * their out-parameters alone then. What they give points into the datagram.
 *
 * Layer: stun. GLib only. May include: base. Any thread. */
#pragma once

#include "floe-stun-codec-private.h"

G_BEGIN_DECLS

/* RFC 8489 section 14.8 */
#define FLOE_STUN_ERROR_TRY_ALTERNATE 300
#define FLOE_STUN_ERROR_BAD_REQUEST 400
#define FLOE_STUN_ERROR_UNAUTHENTICATED 401
#define FLOE_STUN_ERROR_UNKNOWN_ATTRIBUTE 420
#define FLOE_STUN_ERROR_STALE_NONCE 438
#define FLOE_STUN_ERROR_SERVER_ERROR 500
/* RFC 8445 section 16.2 */
#define FLOE_STUN_ERROR_ROLE_CONFLICT 487

/* Bytes: RFC 8489 section 14.3, "less than 509", and 14.9 to 14.14, "fewer than 128 characters
 * (which can be as long as [...] 763 bytes when decoding)". */
#define FLOE_STUN_MAX_USERNAME_SIZE 508
#define FLOE_STUN_MAX_TEXT_SIZE 763

typedef struct
{
  guint8 bytes[16]; /* in network order; zeros behind an IPv4 address */
  gsize size;       /* 4 for IPv4, 16 for IPv6 */
  guint16 port;
} FloeStunAddress;

typedef struct
{
  guint code;         /* 300 to 699 */
  const char *reason; /* (unowned): UTF-8, not ended by a NUL */
  gsize reason_size;  /* bytes */
} FloeStunError;

/* MAPPED-ADDRESS, ALTERNATE-SERVER, and what else has their form. */
gboolean floe_stun_message_get_address (const FloeStunMessage *self, FloeStunAttributeType type,
                                        FloeStunAddress *address);
/* XOR-MAPPED-ADDRESS, and what else has its form. */
gboolean floe_stun_message_get_xor_address (const FloeStunMessage *self, FloeStunAttributeType type,
                                            FloeStunAddress *address);

/* A big-endian number of exactly @size bytes: PRIORITY has 4, ICE-CONTROLLING 8. */
gboolean floe_stun_message_get_uint (const FloeStunMessage *self, FloeStunAttributeType type,
                                     gsize size, guint64 *value);

/* USE-CANDIDATE. */
gboolean floe_stun_message_has (const FloeStunMessage *self, FloeStunAttributeType type);

/* USERNAME, REALM, NONCE, SOFTWARE, ALTERNATE-DOMAIN: UTF-8 without NUL, not ended by one, of at
 * most the bytes that the RFC allows. */
gboolean floe_stun_message_get_text (const FloeStunMessage *self, FloeStunAttributeType type,
                                     const char **text, gsize *size);

gboolean floe_stun_message_get_error (const FloeStunMessage *self, FloeStunError *error);

/* UNKNOWN-ATTRIBUTES of a response: how many of its types were written to @types. */
gsize floe_stun_message_get_unknown (const FloeStunMessage *self, guint16 *types, gsize max_count);

void floe_stun_builder_add_address (FloeStunBuilder *self, FloeStunAttributeType type,
                                    const FloeStunAddress *address);
void floe_stun_builder_add_xor_address (FloeStunBuilder *self, FloeStunAttributeType type,
                                        const FloeStunAddress *address);
void floe_stun_builder_add_uint (FloeStunBuilder *self, FloeStunAttributeType type, guint64 value,
                                 gsize size);
void floe_stun_builder_add_flag (FloeStunBuilder *self, FloeStunAttributeType type);
/* Fails the builder when @text is longer than the RFC allows. */
void floe_stun_builder_add_text (FloeStunBuilder *self, FloeStunAttributeType type,
                                 const char *text);
void floe_stun_builder_add_error (FloeStunBuilder *self, guint code, const char *reason);
void floe_stun_builder_add_unknown (FloeStunBuilder *self, const guint16 *types, gsize count);

G_END_DECLS
