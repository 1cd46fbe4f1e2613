/* SPDX-License-Identifier: MPL-2.0 */
/* The address of a TURN server, RFC 7065.
 *
 * Layer: samples. Knows GLib only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TURN_TRANSPORT_UDP,
  TURN_TRANSPORT_TCP,
  TURN_TRANSPORT_TLS,
} TurnTransport;

typedef struct
{
  char *host; /* (owned): without brackets */
  guint16 port;
  TurnTransport transport;
} TurnUrl;

/* Whether @text is a turn: or turns: URL; else an error of G_OPTION_ERROR. */
gboolean turn_url_parse (TurnUrl *self, const char *text, GError **error);

/* As in "UDP". */
const char *turn_transport_get_name (TurnTransport transport);

void turn_url_clear (TurnUrl *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TurnUrl, turn_url_clear)

G_END_DECLS
