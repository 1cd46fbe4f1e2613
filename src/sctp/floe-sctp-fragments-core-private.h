/* SPDX-License-Identifier: MPL-2.0 */
/* Puts the parts of unordered messages together, in the place of usrsctp.
 *
 * usrsctp 0.9.5 keeps the parts of all unordered messages of a stream in one list. When the peer
 * gives one of them up (RFC 3758) it cleans that list wrongly: it then takes a whole message behind
 * it for the end that it waits for, which ends the association. So it gets no such parts: in each
 * packet they are marked as messages of their own, with what they were in their payload protocol
 * identifier, which the peer's own may not look like.
 *
 * Whether a message is given up follows from what was acknowledged: a part that is missing there
 * does not come any more.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FloeSctpFragmentsCore FloeSctpFragmentsCore;

typedef struct
{
  guint16 stream;
  guint32 tsn;
  guint32 ppid; /* as usrsctp gave it */
} FloeSctpFragment;

typedef enum
{
  FLOE_SCTP_FRAGMENT_KEPT,     /* others are missing */
  FLOE_SCTP_FRAGMENT_COMPLETE, /* there is a message */
  FLOE_SCTP_FRAGMENT_TOO_LONG, /* one is longer than max_message_size */
  FLOE_SCTP_FRAGMENT_TOO_MUCH, /* no peer may have as much under way */
} FloeSctpFragmentResult;

FloeSctpFragmentsCore *floe_sctp_fragments_core_new (gsize max_message_size);
void floe_sctp_fragments_core_free (FloeSctpFragmentsCore *self);

/* A packet of the peer's. Returns: (transfer full) (nullable): the same with marks, of the same
 * size, with its checksum not made anew; NULL when it may go on as it is. */
guint8 *floe_sctp_fragments_mark (const guint8 *packet, gsize size);
gboolean floe_sctp_fragments_is_marked (guint32 ppid);

/* @bytes: (transfer full). @message: (out) (transfer full), with @ppid, when there is one. */
FloeSctpFragmentResult floe_sctp_fragments_core_add (FloeSctpFragmentsCore *self,
                                                     const FloeSctpFragment *fragment,
                                                     GBytes *bytes, GBytes **message,
                                                     guint32 *ppid);
/* All up to @tsn was acknowledged, and what has arrived of it was added. */
void floe_sctp_fragments_core_forget (FloeSctpFragmentsCore *self, guint32 tsn);
/* Forgets all: nothing more will come. */
void floe_sctp_fragments_core_clear (FloeSctpFragmentsCore *self);
/* Bytes that are kept, with what keeping them costs. */
gsize floe_sctp_fragments_core_get_size (const FloeSctpFragmentsCore *self);

G_END_DECLS
