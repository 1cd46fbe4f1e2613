/* SPDX-License-Identifier: MPL-2.0 */
/* Credentials for a TURN server that are made of a secret which the server shares, and end at a set
 * time: draft-uberti-behave-turn-rest-00, what coturn calls use-auth-secret.
 *
 * Layer: stun. May include: base, and OpenSSL for its hashes. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A new string, EXPIRY ":" @user, or the expiry alone without a user. @expiry_s: seconds of Unix
 * time until which the server shall accept it. */
char *floe_turn_rest_make_username (gint64 expiry_s, const char *user);

/* The password for @username, a new string: base64 of its HMAC-SHA-1 with the secret as key. NULL
 * with FLOE_ERROR_NOT_SUPPORTED when OpenSSL has no SHA-1. */
char *floe_turn_rest_make_password (const char *secret, const char *username, GError **error);

/* When such a username ends, in seconds of Unix time, or -1 when it is none that says so. */
gint64 floe_turn_rest_get_expiry (const char *username);

G_END_DECLS
