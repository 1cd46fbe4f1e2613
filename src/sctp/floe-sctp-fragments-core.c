/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-fragments-core-private.h"

#include <string.h>

/* RFC 9260 sections 3 and 3.3.1. */
#define HEADER_SIZE 12
#define CHUNK_HEADER_SIZE 4
#define CHUNK_DATA 0
#define FLAGS_OFFSET 1
#define PPID_OFFSET 12
#define DATA_HEADER_SIZE 16
#define FLAG_END 1
#define FLAG_BEGIN 2
#define FLAG_UNORDERED 4
#define FLAGS_WHOLE (FLAG_BEGIN | FLAG_END)

/* A marked identifier: this, two bits of flags, and the peer's. Those of WebRTC end at 57 (RFC 8831
 * section 8). */
#define MARK 0xf10e0000u
#define MARK_MASK 0xffff0000u
#define FLAGS_SHIFT 14
#define MAX_PPID ((1u << FLAGS_SHIFT) - 1)

/* usrsctp takes no packet that is more than 4096 ahead of the first that is missing. */
#define MAX_AHEAD ((gsize) 8 * 1024 * 1024)
/* What memory a part needs beyond its bytes, and a run beyond its parts, with the tables' share. */
#define PART_COST 128
#define RUN_COST 192

/* Neighbours of one message. */
typedef struct
{
  GQueue parts; /* (owned) of (owned) GBytes */
  guint32 first;
  guint32 last;
  guint32 ppid; /* of the first part */
  gsize size;
  guint16 stream;
  gboolean has_begin;
  gboolean has_end;
} Run;

struct _FloeSctpFragmentsCore
{
  GHashTable *by_first; /* (owned) of (owned) Run */
  GHashTable *by_last;  /* (owned) of the same */
  gsize max_message_size;
  gsize size;
  guint32 forgotten_tsn;
  gboolean has_forgotten;
};

static guint
read_uint16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static guint32
read_uint32 (const guint8 *data)
{
  return (guint32) read_uint16 (data) << 16 | read_uint16 (data + 2);
}

static void
write_uint32 (guint8 *data, guint32 value)
{
  const guint32 ordered = GUINT32_TO_BE (value);

  memcpy (data, &ordered, sizeof ordered);
}

gboolean
floe_sctp_fragments_is_marked (guint32 ppid)
{
  return (ppid & MARK_MASK) == MARK;
}

static gboolean
is_part (guint8 flags)
{
  return (flags & FLAG_UNORDERED) != 0 && (flags & FLAGS_WHOLE) != FLAGS_WHOLE;
}

static gboolean
needs_mark (const guint8 *chunk)
{
  return is_part (chunk[FLAGS_OFFSET])
         || floe_sctp_fragments_is_marked (read_uint32 (chunk + PPID_OFFSET));
}

static void
mark_chunk (guint8 *chunk)
{
  guint8 flags = chunk[FLAGS_OFFSET];
  guint32 ppid = read_uint32 (chunk + PPID_OFFSET);

  /* One that means nothing to us. */
  if (ppid > MAX_PPID)
    ppid = 0;
  if (is_part (flags))
    {
      ppid |= MARK | (guint32) (flags & FLAGS_WHOLE) << FLAGS_SHIFT;
      chunk[FLAGS_OFFSET] = flags | FLAGS_WHOLE;
    }
  write_uint32 (chunk + PPID_OFFSET, ppid);
}

guint8 *
floe_sctp_fragments_mark (const guint8 *packet, gsize size)
{
  guint8 *marked = NULL;

  for (gsize at = HEADER_SIZE; at + CHUNK_HEADER_SIZE <= size;)
    {
      gsize chunk_size = read_uint16 (packet + at + 2);

      if (chunk_size < CHUNK_HEADER_SIZE || chunk_size > size - at)
        break;
      if (packet[at] == CHUNK_DATA && chunk_size >= DATA_HEADER_SIZE && needs_mark (packet + at))
        {
          if (marked == NULL)
            marked = g_memdup2 (packet, size);
          mark_chunk (marked + at);
        }
      at += (chunk_size + 3) & ~(gsize) 3;
    }
  return marked;
}

static void
free_run (Run *run)
{
  g_queue_clear_full (&run->parts, (GDestroyNotify) g_bytes_unref);
  g_free (run);
}

FloeSctpFragmentsCore *
floe_sctp_fragments_core_new (gsize max_message_size)
{
  FloeSctpFragmentsCore *self = g_new0 (FloeSctpFragmentsCore, 1);

  self->by_first = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) free_run);
  self->by_last = g_hash_table_new (NULL, NULL);
  self->max_message_size = max_message_size;
  return self;
}

void
floe_sctp_fragments_core_free (FloeSctpFragmentsCore *self)
{
  g_hash_table_unref (self->by_last);
  g_hash_table_unref (self->by_first);
  g_free (self);
}

static gsize
cost_of (const Run *run)
{
  return run->size + PART_COST * run->parts.length + RUN_COST;
}

static Run *
new_run (const FloeSctpFragment *fragment, GBytes *bytes)
{
  Run *run = g_new0 (Run, 1);
  guint32 flags = fragment->ppid >> FLAGS_SHIFT;

  g_queue_init (&run->parts);
  g_queue_push_tail (&run->parts, bytes);
  run->first = run->last = fragment->tsn;
  run->stream = fragment->stream;
  run->ppid = fragment->ppid & MAX_PPID;
  run->size = g_bytes_get_size (bytes);
  run->has_begin = (flags & FLAG_BEGIN) != 0;
  run->has_end = (flags & FLAG_END) != 0;
  return run;
}

static void
put_in (FloeSctpFragmentsCore *self, Run *run)
{
  g_hash_table_insert (self->by_first, GUINT_TO_POINTER (run->first), run);
  g_hash_table_insert (self->by_last, GUINT_TO_POINTER (run->last), run);
  self->size += cost_of (run);
}

static void
take_out (FloeSctpFragmentsCore *self, Run *run)
{
  g_hash_table_steal (self->by_first, GUINT_TO_POINTER (run->first));
  g_hash_table_remove (self->by_last, GUINT_TO_POINTER (run->last));
  self->size -= cost_of (run);
}

/* Puts @after, which is no more then, behind @run. However many parts it has: a peer may send them
 * backwards. */
static void
join (Run *run, Run *after)
{
  run->parts.tail->next = after->parts.head;
  after->parts.head->prev = run->parts.tail;
  run->parts.tail = after->parts.tail;
  run->parts.length += after->parts.length;
  g_queue_init (&after->parts);
  run->last = after->last;
  run->size += after->size;
  run->has_end = after->has_end;
  free_run (after);
}

static Run *
join_neighbours (FloeSctpFragmentsCore *self, Run *run)
{
  Run *before = g_hash_table_lookup (self->by_last, GUINT_TO_POINTER (run->first - 1));
  Run *after = g_hash_table_lookup (self->by_first, GUINT_TO_POINTER (run->last + 1));

  if (before != NULL && !run->has_begin && !before->has_end && before->stream == run->stream)
    {
      take_out (self, before);
      join (before, run);
      run = before;
    }
  if (after != NULL && !run->has_end && !after->has_begin && after->stream == run->stream)
    {
      take_out (self, after);
      join (run, after);
    }
  return run;
}

static GBytes *
make_message (Run *run)
{
  guint8 *data = g_malloc (run->size);
  gsize at = 0, size;

  for (GList *link = run->parts.head; link != NULL; link = link->next)
    {
      const guint8 *part = g_bytes_get_data (link->data, &size);

      memcpy (data + at, part, size);
      at += size;
    }
  return g_bytes_new_take (data, run->size);
}

FloeSctpFragmentResult
floe_sctp_fragments_core_add (FloeSctpFragmentsCore *self, const FloeSctpFragment *fragment,
                              GBytes *bytes, GBytes **message, guint32 *ppid)
{
  Run *run;

  if (g_hash_table_contains (self->by_first, GUINT_TO_POINTER (fragment->tsn))
      || g_hash_table_contains (self->by_last, GUINT_TO_POINTER (fragment->tsn)))
    {
      /* A number can't come again before 2^32 others have. */
      g_bytes_unref (bytes);
      return FLOE_SCTP_FRAGMENT_KEPT;
    }
  run = join_neighbours (self, new_run (fragment, bytes));
  if (run->has_begin && run->has_end && run->size <= self->max_message_size)
    {
      *message = make_message (run);
      *ppid = run->ppid;
      free_run (run);
      return FLOE_SCTP_FRAGMENT_COMPLETE;
    }
  put_in (self, run);
  if (run->size > self->max_message_size)
    return FLOE_SCTP_FRAGMENT_TOO_LONG;
  return self->size > 2 * self->max_message_size + MAX_AHEAD ? FLOE_SCTP_FRAGMENT_TOO_MUCH
                                                             : FLOE_SCTP_FRAGMENT_KEPT;
}

/* TSNs wrap around (RFC 9260 section 1.6). */
static gboolean
is_given_up (const Run *run, guint32 tsn)
{
  return (!run->has_begin && (gint32) (run->first - 1 - tsn) <= 0)
         || (!run->has_end && (gint32) (run->last + 1 - tsn) <= 0);
}

void
floe_sctp_fragments_core_forget (FloeSctpFragmentsCore *self, guint32 tsn)
{
  GHashTableIter iter;
  gpointer value;

  /* Nothing up to there can have been added since. */
  if (self->has_forgotten && self->forgotten_tsn == tsn)
    return;
  self->forgotten_tsn = tsn;
  self->has_forgotten = TRUE;
  g_hash_table_iter_init (&iter, self->by_first);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Run *run = value;

      if (!is_given_up (run, tsn))
        continue;
      g_hash_table_remove (self->by_last, GUINT_TO_POINTER (run->last));
      self->size -= cost_of (run);
      g_hash_table_iter_remove (&iter);
    }
}

void
floe_sctp_fragments_core_clear (FloeSctpFragmentsCore *self)
{
  g_hash_table_remove_all (self->by_last);
  g_hash_table_remove_all (self->by_first);
  self->size = 0;
}

gsize
floe_sctp_fragments_core_get_size (const FloeSctpFragmentsCore *self)
{
  return self->size;
}
