/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mailbox-private.h"

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

/* Posting appends under the lock and wakes the reader only when the list was empty. The reader
 * takes the whole list at once, so the lock is held for a few instructions however long a batch
 * is; what it could not deliver within its bound stays in its own list, in front of what has come
 * since.
 *
 * Invariant, whenever no dispatch is on the stack: while a letter waits in either list, the
 * source's ready time is set. finish_batch() restores it: a full batch can end just where the
 * reader's own list does, with letters in the other list whose wake-up was already used. */
struct _FloeMailbox
{
  gatomicrefcount ref_count;
  GMutex lock;
  GSource *source;               /* (owned): its ready time is the wake-up */
  const FloeMailboxFuncs *funcs; /* (unowned): static */
  gpointer user_data;            /* (unowned): closes the mailbox before it goes */
  guint max_batch;
  gsize max_size;

  /* Under the lock. */
  FloeLetter *head;
  FloeLetter *tail;
  gsize size;
  gboolean is_closed;

  /* The reader's. */
  FloeLetter *taken; /* (owned) */
};

typedef struct
{
  GSource parent;
  FloeMailbox *mailbox; /* (unowned): destroys this source before it goes */
} MailboxSource;

/* GLib's mutex is a futex, in a library that is not instrumented: the thread sanitizer has to be
 * told what it orders. */
static void
lock (FloeMailbox *self)
{
  g_mutex_lock (&self->lock);
#ifdef __SANITIZE_THREAD__
  __tsan_acquire (&self->lock);
#endif
}

static void
unlock (FloeMailbox *self)
{
#ifdef __SANITIZE_THREAD__
  __tsan_release (&self->lock);
#endif
  g_mutex_unlock (&self->lock);
}

static void
discard_all (FloeMailbox *self, FloeLetter *letter)
{
  while (letter != NULL)
    {
      FloeLetter *next = letter->next;

      self->funcs->discard (letter);
      letter = next;
    }
}

/* The next letter to deliver, or NULL. */
static FloeLetter *
take_letter (FloeMailbox *self)
{
  FloeLetter *letter;

  if (self->taken == NULL)
    {
      lock (self);
      self->taken = g_steal_pointer (&self->head);
      self->tail = NULL;
      unlock (self);
    }
  letter = self->taken;
  if (letter == NULL)
    return NULL;
  self->taken = letter->next;
  letter->next = NULL;

  lock (self);
  self->size -= letter->size;
  unlock (self);
  return letter;
}

/* Asks for another dispatch when something is left, and takes back the wake-up of letters that
 * came during the batch and have been delivered with it. */
static void
finish_batch (FloeMailbox *self, guint count)
{
  lock (self);
  if (!self->is_closed)
    g_source_set_ready_time (self->source, self->taken != NULL || self->head != NULL ? 0 : -1);
  unlock (self);

  if (!self->is_closed && count > 0 && self->funcs->batch_done != NULL)
    self->funcs->batch_done (self->user_data);
}

/* The thread that made it did so before it attached the source, which is no order that the thread
 * sanitizer can see. */
static FloeMailbox *
get_mailbox (GSource *source)
{
  return floe_mailbox_ref (g_atomic_pointer_get (&((MailboxSource *) source)->mailbox));
}

static gboolean
dispatch_mailbox (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (FloeMailbox) self = get_mailbox (source);
  FloeLetter *letter;
  guint count = 0;

  /* The ready time stays set meanwhile: deliver() may run a nested main loop, which goes on with
   * what is left of the batch. */
  while (!self->is_closed && (self->max_batch == 0 || count < self->max_batch)
         && (letter = take_letter (self)) != NULL)
    {
      self->funcs->deliver (letter, self->user_data);
      count++;
    }
  finish_batch (self, count);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs mailbox_source_funcs = { NULL, NULL, dispatch_mailbox, NULL, NULL, NULL };

FloeMailbox *
floe_mailbox_new (GMainContext *context, const FloeMailboxFuncs *funcs, gpointer user_data,
                  guint max_batch, gsize max_size)
{
  FloeMailbox *self = g_new0 (FloeMailbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->funcs = funcs;
  self->user_data = user_data;
  self->max_batch = max_batch;
  self->max_size = max_size;
  self->source = g_source_new (&mailbox_source_funcs, sizeof (MailboxSource));
  g_atomic_pointer_set (&((MailboxSource *) self->source)->mailbox, self);
  g_source_set_name (self->source, "Floe mailbox");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
  return self;
}

FloeMailbox *
floe_mailbox_ref (FloeMailbox *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
floe_mailbox_unref (FloeMailbox *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  discard_all (self, self->head);
  discard_all (self, self->taken);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Returns FALSE, and has done nothing, when the bound is broken. */
static gboolean
append_letter (FloeMailbox *self, FloeLetter *letter, gsize max_size)
{
  gboolean was_empty;

  lock (self);
  if (self->is_closed)
    {
      unlock (self);
      self->funcs->discard (letter);
      return TRUE;
    }
  if (max_size > 0 && (letter->size > max_size || self->size > max_size - letter->size))
    {
      unlock (self);
      return FALSE;
    }
  was_empty = self->head == NULL;
  if (was_empty)
    self->head = letter;
  else
    self->tail->next = letter;
  self->tail = letter;
  self->size += letter->size;
  /* Under the lock: the source can't be destroyed meanwhile. */
  if (was_empty)
    g_source_set_ready_time (self->source, 0);
  unlock (self);
  return TRUE;
}

gboolean
floe_mailbox_post (FloeMailbox *self, FloeLetter *letter, gsize size)
{
  letter->next = NULL;
  letter->size = size;
  return append_letter (self, letter, self->max_size);
}

void
floe_mailbox_post_always (FloeMailbox *self, FloeLetter *letter, gsize size)
{
  letter->next = NULL;
  letter->size = size;
  append_letter (self, letter, 0);
}

void
floe_mailbox_close (FloeMailbox *self)
{
  FloeLetter *left;

  lock (self);
  self->is_closed = TRUE;
  left = g_steal_pointer (&self->head);
  self->tail = NULL;
  self->size = 0;
  g_source_destroy (self->source);
  unlock (self);

  discard_all (self, left);
  discard_all (self, g_steal_pointer (&self->taken));
}

gsize
floe_mailbox_get_size (FloeMailbox *self)
{
  gsize size;

  lock (self);
  size = self->size;
  unlock (self);
  return size;
}
