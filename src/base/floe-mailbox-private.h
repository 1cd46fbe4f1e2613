/* SPDX-License-Identifier: MPL-2.0 */
/* One direction of the way between the application's thread and the network thread, and the only
 * place in the library where two threads meet.
 *
 * Letters arrive in the order in which they were posted, in batches: one wake-up a batch, however
 * many letters were posted meanwhile. Whoever posts keeps the account of bytes: a letter has a
 * size, and a post that would lift the sum of what is undelivered over the bound is refused.
 *
 * Layer: base. post(), ref() and get_size() from any thread; the rest from the thread that runs the
 * context. unref() from any thread too, but the last one only there or after close(). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FloeMailbox FloeMailbox;
typedef struct _FloeLetter FloeLetter;

/* First member of what is posted. */
struct _FloeLetter
{
  FloeLetter *next; /* (unowned): the mailbox's */
  gsize size;       /* bytes that count against the mailbox's bound */
};

/* Takes @letter. May post, close the mailbox, or drop the caller's last reference to it. */
typedef void (*FloeMailboxDeliverFunc) (FloeLetter *letter, gpointer user_data);
typedef void (*FloeMailboxBatchFunc) (gpointer user_data);

typedef struct
{
  FloeMailboxDeliverFunc deliver;
  FloeMailboxBatchFunc batch_done; /* (nullable): after the last letter of a batch */
  GDestroyNotify discard;          /* frees a letter that will not be delivered */
} FloeMailboxFuncs;

/* Returns: (transfer full): delivers in @context, at most @max_batch letters a dispatch (0 for no
 * bound) and holds at most @max_size bytes (0 for no bound). @funcs is static. */
FloeMailbox *floe_mailbox_new (GMainContext *context, const FloeMailboxFuncs *funcs,
                               gpointer user_data, guint max_batch, gsize max_size);
FloeMailbox *floe_mailbox_ref (FloeMailbox *self);
void floe_mailbox_unref (FloeMailbox *self);

/* Takes @letter and returns TRUE, or leaves it to the caller and returns FALSE when @size bytes
 * more would break the bound. A closed mailbox takes a letter and discards it. */
gboolean floe_mailbox_post (FloeMailbox *self, FloeLetter *letter, gsize size);

/* As post, but never refused: for what must get through, whatever is queued. */
void floe_mailbox_post_always (FloeMailbox *self, FloeLetter *letter, gsize size);

/* Discards what is undelivered and delivers nothing any more. Idempotent. Only in the thread
 * that runs the context, also inside deliver(). */
void floe_mailbox_close (FloeMailbox *self);

/* Bytes posted and not yet delivered. Any thread. */
gsize floe_mailbox_get_size (FloeMailbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeMailbox, floe_mailbox_unref)

G_END_DECLS
