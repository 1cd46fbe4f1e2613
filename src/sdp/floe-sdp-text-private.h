/* SPDX-License-Identifier: MPL-2.0 */
/* The small words of SDP's grammar: tokens, ice-chars, numbers, fingerprints, addresses.
 *
 * Layer: sdp. May include: base. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 1 to @max_length token-chars (RFC 8866 section 9). */
gboolean floe_sdp_is_token (const char *text, gsize max_length);

/* @min_length to @max_length ice-chars (RFC 8839 section 5.1). */
gboolean floe_sdp_is_ice_string (const char *text, gsize min_length, gsize max_length);

/* Digits only, without sign and space, at most @max. On failure @out is untouched. */
gboolean floe_sdp_parse_number (const char *text, guint64 max, guint64 *out);

/* "hash-func XX:XX…" (RFC 8122 section 5), any hash function, at most 64 octets. */
gboolean floe_sdp_is_fingerprint (const char *text);

/* An IPv4 or IPv6 literal without zone, or a domain name. */
gboolean floe_sdp_is_address (const char *text);

G_END_DECLS
