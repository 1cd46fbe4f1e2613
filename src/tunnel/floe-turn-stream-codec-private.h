/* SPDX-License-Identifier: MPL-2.0 */
/* Reads along with what a TURN server sends over TCP (RFC 8656 section 12.5), in pieces as they
 * come, and picks the STUN error responses out. All else is measured and skipped, so that it costs
 * next to nothing and holds at most one error response.
 *
 * Knows nothing of transactions: who has asked, and for what, is the caller's to know.
 *
 * Layer: tunnel. May include: base, stun. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes: an error response of a TURN server has some 100 to 300, of which the nonce and the realm
 * can be 763 each (RFC 8489 sections 14.9 and 14.10). A larger one is skipped. */
#define FLOE_TURN_STREAM_MAX_RESPONSE 2048

/* All zeros is the start of a stream. */
typedef struct
{
  guint8 frame[FLOE_TURN_STREAM_MAX_RESPONSE]; /* what has come of the present message */
  gsize held;                                  /* bytes of it that are in there */
  gsize wanted;       /* bytes of it that have to be, or 0: not known yet */
  gsize skipped;      /* bytes that are to be passed over first */
  gboolean has_begun; /* a STUN message was seen */
} FloeTurnStream;

typedef struct
{
  const guint8 *message; /* (unowned) (nullable): an error response; until the next read */
  gsize size;
} FloeTurnStreamResponse;

/* Reads on, up to the end of @size bytes of @data or of the first error response in them, and adds
 * to *@used how many bytes that were. FALSE when the stream carries something that RFC 8656 does
 * not know; its first message has to be a STUN message. */
gboolean floe_turn_stream_read (FloeTurnStream *self, const guint8 *data, gsize size, gsize *used,
                                FloeTurnStreamResponse *response);

G_END_DECLS
