/* SPDX-License-Identifier: MPL-2.0 */
/* The head of an HTTP/1.x request to a proxy (RFC 9112), as far as a tunnel needs it: whether it is
 * a CONNECT, and who asks. Whoever reaches a loopback port may send one, so it is read strictly:
 * what is doubtful is bad.
 *
 * Layer: tunnel. May include: base. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes, with the empty line at the end. */
#define FLOE_TUNNEL_MAX_HEAD 8192

typedef enum
{
  FLOE_TUNNEL_HEAD_INCOMPLETE, /* more has to come */
  FLOE_TUNNEL_HEAD_BAD,        /* no request for us, or one that is too long */
  FLOE_TUNNEL_HEAD_CONNECT,
} FloeTunnelHeadResult;

typedef struct
{
  gsize size;              /* bytes of the head; what follows is the tunnel's content */
  const char *credentials; /* (unowned) (nullable): base64 of the Basic scheme (RFC 7617) */
  gsize credentials_size;  /* bytes; not terminated */
} FloeTunnelHead;

/* Reads a head at the start of @size bytes of @data. @head is filled for a CONNECT, and points into
 * @data. */
FloeTunnelHeadResult floe_tunnel_head_parse (FloeTunnelHead *head, const char *data, gsize size);

G_END_DECLS
