/* SPDX-License-Identifier: MPL-2.0 */
/* What the bytes of STUN attributes mean: RFC 8489 section 14, RFC 8445 section 16.1.
 *
 * Getters take the first attribute of a type, are FALSE when it is missing or malformed, and leave
 * their out-parameters alone then. What they give points into the datagram.
 *
 * Layer: stun. GLib only. May include: base. Any thread. */
#pragma once

#include "floe-stun-address-private.h"
#include "floe-stun-codec-private.h"

G_BEGIN_DECLS

/* RFC 8489 section 14.8 */
#define FLOE_STUN_ERROR_TRY_ALTERNATE 300
#define FLOE_STUN_ERROR_BAD_REQUEST 400
#define FLOE_STUN_ERROR_UNAUTHENTICATED 401
#define FLOE_STUN_ERROR_FORBIDDEN 403 /* RFC 8656 section 19, like 437, 440 to 443, 486 and 508 */
#define FLOE_STUN_ERROR_UNKNOWN_ATTRIBUTE 420
#define FLOE_STUN_ERROR_ALLOCATION_MISMATCH 437
#define FLOE_STUN_ERROR_STALE_NONCE 438
#define FLOE_STUN_ERROR_FAMILY_NOT_SUPPORTED 440
#define FLOE_STUN_ERROR_WRONG_CREDENTIALS 441
#define FLOE_STUN_ERROR_TRANSPORT_NOT_SUPPORTED 442
#define FLOE_STUN_ERROR_PEER_FAMILY_MISMATCH 443
#define FLOE_STUN_ERROR_QUOTA_REACHED 486
#define FLOE_STUN_ERROR_SERVER_ERROR 500
#define FLOE_STUN_ERROR_NO_CAPACITY 508
/* RFC 8445 section 16.2 */
#define FLOE_STUN_ERROR_ROLE_CONFLICT 487

/* Bytes: RFC 8489 section 14.3, "less than 509", and 14.9 to 14.14, "fewer than 128 characters
 * (which can be as long as [...] 763 bytes when decoding)". */
#define FLOE_STUN_MAX_USERNAME_SIZE 508
#define FLOE_STUN_MAX_TEXT_SIZE 763
/* Bytes: RFC 8489 section 14.16, "255 or fewer". */
#define FLOE_STUN_MAX_DOMAIN_SIZE 255

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

/* The same of one attribute, for those that may be there several times. The id is the message's. */
gboolean floe_stun_attribute_get_address (const FloeStunAttribute *self, FloeStunAddress *address);
gboolean floe_stun_attribute_get_xor_address (const FloeStunAttribute *self,
                                              const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE],
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
/* The same of the form that ERROR-CODE and ADDRESS-ERROR-CODE share: what is in the first two bytes
 * is not looked at. */
gboolean floe_stun_attribute_get_error (const FloeStunAttribute *self, FloeStunError *error);

/* UNKNOWN-ATTRIBUTES of a response: how many of its types were written to @types. */
gsize floe_stun_message_get_unknown (const FloeStunMessage *self, guint16 *types, gsize max_count);

/* Whether this library knows what an attribute that must be understood means. Those of RFC 3489
 * that old servers still add to responses count as known: they say nothing new. */
gboolean floe_stun_is_known (guint16 type);
/* Whether a response has an attribute that would have to be understood and is not: RFC 8489
 * sections 6.3.3 and 6.3.4 consider its transaction failed. */
gboolean floe_stun_message_has_unknown (const FloeStunMessage *self);

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

/* Adds what @message asks for: its attributes, but for credentials and what protects it, which are
 * made anew for every transaction. Addresses are XORed with the new transaction id. */
void floe_stun_builder_add_message (FloeStunBuilder *self, const FloeStunMessage *message);

G_END_DECLS
