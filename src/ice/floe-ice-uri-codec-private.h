/* SPDX-License-Identifier: MPL-2.0 */
/* stun: and turn: URIs (RFC 7064, RFC 7065) as values. Layer: ice. Pure. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_ICE_URI_STUN,
  FLOE_ICE_URI_STUNS,
  FLOE_ICE_URI_TURN,
  FLOE_ICE_URI_TURNS,
} FloeIceUriScheme;

typedef struct
{
  FloeIceUriScheme scheme;
  char host[256];           /* name or literal, IPv6 without brackets */
  guint16 port;             /* the scheme's default (3478, 5349) when absent */
  FloeIceProtocol protocol; /* ?transport=, by default UDP; TCP for turns and stuns */
} FloeIceUri;

/* SyntaxError for text that is no such URI, as W3C's RTCConfiguration asks. */
gboolean floe_ice_uri_parse (FloeIceUri *out, const char *text, GError **error);

/* Returns: (transfer full): the URI without what its scheme has by default; parses to @uri again.
 */
char *floe_ice_uri_serialize (const FloeIceUri *uri);

G_END_DECLS
