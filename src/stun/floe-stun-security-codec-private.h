/* SPDX-License-Identifier: MPL-2.0 */
/* How a server tells which security it offers: the nonce cookie and the password algorithms of
 * RFC 8489 sections 9.2, 14.11 and 14.12.
 *
 * Layer: stun. GLib only. May include: base. Any thread. */
#pragma once

#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

/* RFC 8489 section 18.5 */
typedef enum
{
  FLOE_STUN_PASSWORD_MD5 = 1,
  FLOE_STUN_PASSWORD_SHA256 = 2,
} FloeStunPasswordAlgorithm;

/* RFC 8489 section 18.1 */
typedef enum
{
  FLOE_STUN_SECURITY_NONE = 0,
  FLOE_STUN_SECURITY_PASSWORD_ALGORITHMS = 1 << 0,
  FLOE_STUN_SECURITY_USERNAME_ANONYMITY = 1 << 1,
} FloeStunSecurity;

/* Bytes: "obMatJos2" and 4 of base64 */
#define FLOE_STUN_NONCE_COOKIE_SIZE 13
/* Bytes of PASSWORD-ALGORITHMS that are looked at: a request has to repeat them. */
#define FLOE_STUN_MAX_ALGORITHMS_SIZE 256

/* What the cookie at the start of a nonce promises; nothing when there is none. */
FloeStunSecurity floe_stun_nonce_get_security (const char *nonce, gsize size);
/* Writes the start of a nonce that makes a promise, not ended by a NUL. */
void floe_stun_nonce_write_cookie (char cookie[FLOE_STUN_NONCE_COOKIE_SIZE],
                                   FloeStunSecurity security);

/* The first of PASSWORD-ALGORITHMS that this library has, in *@algorithm. FALSE when there is none,
 * or the attribute is missing, malformed, or longer than FLOE_STUN_MAX_ALGORITHMS_SIZE. */
gboolean floe_stun_message_get_algorithms (const FloeStunMessage *self,
                                           FloeStunPasswordAlgorithm *algorithm);
/* PASSWORD-ALGORITHM. */
gboolean floe_stun_message_get_algorithm (const FloeStunMessage *self,
                                          FloeStunPasswordAlgorithm *algorithm);

void floe_stun_builder_add_algorithms (FloeStunBuilder *self, const guint16 *algorithms,
                                       gsize count);
void floe_stun_builder_add_algorithm (FloeStunBuilder *self, FloeStunPasswordAlgorithm algorithm);

G_END_DECLS
