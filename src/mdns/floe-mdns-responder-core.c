/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mdns-responder-core-private.h"

#include <string.h>

#include "floe-random-private.h"

/* RFC 6762 section 10: "the recommended TTL value for … host names is 120 seconds". */
#define TTL_S 120
#define TTL_US (TTL_S * G_TIME_SPAN_SECOND)
/* RFC 6762 section 6.7: for those who do not speak multicast DNS, not "greater than ten seconds".
 */
#define LEGACY_TTL_S 10

/* RFC 6762 section 6: "MUST NOT … multicast a record on a given interface until at least one second
 * has elapsed since the last time". */
#define INTERVAL_US G_TIME_SPAN_SECOND

/* RFC 6762 section 8.3: "at least two unsolicited responses, one second apart". */
#define ANNOUNCE_COUNT 2

/* RFC 6762 section 6.3: a question among several is answered after "20-120 ms", and section 7.2:
 * one whose known answers are still to come after "400-500 ms". */
#define DELAY_MIN_US (20 * G_TIME_SPAN_MILLISECOND)
#define DELAY_TRUNCATED_US (400 * G_TIME_SPAN_MILLISECOND)
#define DELAY_SPREAD_US (100 * G_TIME_SPAN_MILLISECOND)

/* Answers to one host are cheap to ask for: no more than these, a second. */
#define MAX_UNICAST 20

/* Of two records each, in one message: they fit into FLOE_MDNS_MAX_SENT_SIZE. */
#define MAX_BATCH 4

/* A name on one link. */
typedef struct
{
  gint64 told_us;     /* when it was multicast last; -1: never */
  gboolean is_known;  /* somebody may have heard of it */
  gint64 announce_us; /* -1: not again */
  guint announce_count;
  gint64 answer_us;      /* -1: nobody asks */
  gboolean is_positive;  /* the answer: somebody asks for the address that there is */
  FloeMdnsAddress asker; /* size 0: several, or nobody */
} Telling;

typedef struct
{
  char name[FLOE_MDNS_NAME_SIZE];
  FloeMdnsAddress address;
  guint interface;
  Telling tellings[FLOE_MDNS_N_FAMILIES];
} Entry;

struct _FloeMdnsResponderCore
{
  GPtrArray *entries; /* (owned) (element-type Entry) */
  GQueue outputs;     /* (element-type FloeMdnsOutput): that do not wait */
  gint64 window_us;   /* since when @unicast_count counts */
  guint unicast_count;
};

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

static Entry *
find (const FloeMdnsResponderCore *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->name, name) != 0)
        continue;
      if (index != NULL)
        *index = i;
      return entry;
    }
  return NULL;
}

/* Not at once: the answer to the first question must not have to wait for a second after it, and a
 * new name is in nobody's cache. An answer is an announcement, too. */
static void
begin_telling (Entry *entry, gint64 now_us)
{
  for (guint i = 0; i < FLOE_MDNS_N_FAMILIES; i++)
    entry->tellings[i] = (Telling){
      .told_us = -1,
      .answer_us = -1,
      .announce_us = now_us + INTERVAL_US,
      .announce_count = ANNOUNCE_COUNT,
    };
}

FloeMdnsResponderCore *
floe_mdns_responder_core_new (void)
{
  FloeMdnsResponderCore *self = g_new0 (FloeMdnsResponderCore, 1);

  self->entries = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->outputs);
  return self;
}

void
floe_mdns_responder_core_free (FloeMdnsResponderCore *self)
{
  g_ptr_array_unref (self->entries);
  g_queue_clear_full (&self->outputs, g_free);
  g_free (self);
}

gboolean
floe_mdns_responder_core_add (FloeMdnsResponderCore *self, gint64 now_us, const char *name,
                              const FloeMdnsAddress *address, guint interface)
{
  Entry *entry;

  if (self->entries->len >= FLOE_MDNS_MAX_PUBLISHED)
    return FALSE;
  entry = g_new0 (Entry, 1);
  g_strlcpy (entry->name, name, sizeof entry->name);
  entry->address = *address;
  entry->interface = interface;
  begin_telling (entry, now_us);
  g_ptr_array_add (self->entries, entry);
  return TRUE;
}

void
floe_mdns_responder_core_move (FloeMdnsResponderCore *self, gint64 now_us, const char *name,
                               guint interface)
{
  Entry *entry = find (self, name, NULL);

  if (entry == NULL || entry->interface == interface)
    return;
  entry->interface = interface;
  begin_telling (entry, now_us);
}

/* RFC 6762 section 6.1: NSEC says that there is no address of the other family. */
static void
append (FloeMdnsMessage *message, const Entry *entry, gboolean is_positive, gboolean is_legacy)
{
  FloeMdnsRecord record = {
    .type = floe_mdns_address_get_type (&entry->address),
    .flushes_cache = !is_legacy, /* RFC 6762 section 6.7: "MUST NOT be set" in legacy responses */
    .is_additional = !is_positive,
    .ttl_s = is_legacy ? LEGACY_TTL_S : TTL_S,
    .address = entry->address,
  };

  g_strlcpy (record.name, entry->name, sizeof record.name);
  message->records[message->record_count++] = record;
  record.type = FLOE_MDNS_TYPE_NSEC;
  record.is_additional = is_positive;
  message->records[message->record_count++] = record;
}

/* RFC 6762 section 10.1: "a response … giving an RR TTL of zero". */
static void
say_goodbye (FloeMdnsResponderCore *self, const Entry *entry, FloeMdnsFamily family)
{
  FloeMdnsOutput *output = g_new0 (FloeMdnsOutput, 1);
  FloeMdnsRecord *record = &output->message.records[0];

  output->link = (FloeMdnsLink){ entry->interface, family };
  output->message.is_response = TRUE;
  output->message.record_count = 1;
  g_strlcpy (record->name, entry->name, sizeof record->name);
  record->type = floe_mdns_address_get_type (&entry->address);
  record->flushes_cache = TRUE;
  record->address = entry->address;
  g_queue_push_tail (&self->outputs, output);
}

void
floe_mdns_responder_core_remove (FloeMdnsResponderCore *self, const char *name)
{
  guint index;
  Entry *entry = find (self, name, &index);

  if (entry == NULL)
    return;
  for (guint i = 0; i < FLOE_MDNS_N_FAMILIES; i++)
    {
      if (entry->tellings[i].is_known)
        say_goodbye (self, entry, i);
    }
  g_ptr_array_remove_index_fast (self->entries, index);
}

const FloeMdnsAddress *
floe_mdns_responder_core_find (const FloeMdnsResponderCore *self, const char *name)
{
  const Entry *entry = find (self, name, NULL);

  return entry != NULL ? &entry->address : NULL;
}

/* What a query wants of one name. */
typedef struct
{
  gboolean is_asked;
  gboolean is_positive;
  gboolean wants_unicast;
  guint16 question_type;
} Wish;

static Wish
read_wish (const Entry *entry, const FloeMdnsMessage *query)
{
  guint16 type = floe_mdns_address_get_type (&entry->address);
  Wish wish = { 0 };

  for (guint i = 0; i < query->question_count; i++)
    {
      const FloeMdnsQuestion *question = &query->questions[i];

      if (strcmp (question->name, entry->name) != 0)
        continue;
      wish.wants_unicast =
          wish.is_asked ? wish.wants_unicast && question->wants_unicast : question->wants_unicast;
      wish.is_asked = TRUE;
      wish.is_positive |= question->type == type || question->type == FLOE_MDNS_TYPE_ANY;
      wish.question_type = question->type;
    }
  return wish;
}

/* RFC 6762 section 7.1: "with an RR TTL at least half the correct value". */
static gboolean
is_known_answer (const Entry *entry, const FloeMdnsMessage *query)
{
  for (guint i = 0; i < query->record_count; i++)
    {
      const FloeMdnsRecord *record = &query->records[i];

      if (!record->is_additional && record->ttl_s >= TTL_S / 2
          && strcmp (record->name, entry->name) == 0
          && floe_mdns_address_equal (&record->address, &entry->address))
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_unicast_turn (FloeMdnsResponderCore *self, gint64 now_us)
{
  if (now_us - self->window_us >= G_TIME_SPAN_SECOND)
    {
      self->window_us = now_us;
      self->unicast_count = 0;
    }
  return self->unicast_count++ < MAX_UNICAST;
}

static void
answer_alone (FloeMdnsResponderCore *self, const Entry *entry, const FloeMdnsLink *link,
              const FloeMdnsSource *source, const FloeMdnsMessage *query, const Wish *wish)
{
  gboolean is_legacy = source->port != FLOE_MDNS_PORT;
  FloeMdnsOutput *output = g_new0 (FloeMdnsOutput, 1);
  FloeMdnsMessage *message = &output->message;

  output->link = *link;
  output->is_unicast = TRUE;
  output->to = *source;
  message->is_response = TRUE;
  append (message, entry, wish->is_positive, is_legacy);
  /* RFC 6762 section 6.7: "MUST repeat the query ID and the question". */
  if (is_legacy)
    {
      message->id = query->id;
      message->question_count = 1;
      message->questions[0].type = wish->question_type;
      g_strlcpy (message->questions[0].name, entry->name, sizeof message->questions[0].name);
    }
  g_queue_push_tail (&self->outputs, output);
}

static void
plan_answer (Telling *telling, gint64 now_us, const FloeMdnsSource *source,
             const FloeMdnsMessage *query, const Wish *wish)
{
  gint64 answer_us = now_us;

  if (query->is_truncated)
    answer_us += DELAY_TRUNCATED_US + floe_random_uint32 () % DELAY_SPREAD_US;
  else if (query->question_count > 1)
    answer_us += DELAY_MIN_US + floe_random_uint32 () % DELAY_SPREAD_US;
  if (telling->told_us != -1)
    answer_us = MAX (answer_us, telling->told_us + INTERVAL_US);
  if (telling->answer_us == -1)
    telling->asker = source->address;
  else if (!floe_mdns_address_equal (&telling->asker, &source->address))
    telling->asker.size = 0;
  telling->answer_us = sooner (telling->answer_us, answer_us);
  telling->is_positive |= wish->is_positive;
}

static void
handle_entry (FloeMdnsResponderCore *self, gint64 now_us, Entry *entry, const FloeMdnsLink *link,
              const FloeMdnsSource *source, const FloeMdnsMessage *query)
{
  Telling *telling = &entry->tellings[link->family];
  gboolean is_legacy = source->port != FLOE_MDNS_PORT;
  Wish wish = read_wish (entry, query);

  if (is_known_answer (entry, query))
    {
      /* RFC 6762 section 7.2: what follows a truncated query takes its questions back. */
      if (telling->asker.size != 0 && floe_mdns_address_equal (&telling->asker, &source->address))
        telling->answer_us = -1;
      if (wish.is_positive)
        return;
    }
  if (!wish.is_asked)
    return;
  /* RFC 6762 section 5.4: unicast is for what was multicast "within one quarter of its TTL". */
  if (is_legacy
      || (wish.wants_unicast && telling->told_us != -1 && now_us - telling->told_us < TTL_US / 4))
    {
      if (!take_unicast_turn (self, now_us))
        return;
      telling->is_known = TRUE;
      answer_alone (self, entry, link, source, query, &wish);
      return;
    }
  plan_answer (telling, now_us, source, query, &wish);
}

void
floe_mdns_responder_core_handle_query (FloeMdnsResponderCore *self, gint64 now_us,
                                       const FloeMdnsLink *link, const FloeMdnsSource *source,
                                       const FloeMdnsMessage *query)
{
  if (query->is_response)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->interface == link->interface)
        handle_entry (self, now_us, entry, link, source, query);
    }
}

/* -1 for one that has nothing to tell. */
static gint64
get_due_us (const Entry *entry, guint family)
{
  const Telling *telling = &entry->tellings[family];

  return entry->interface != 0 ? sooner (telling->answer_us, telling->announce_us) : -1;
}

gint64
floe_mdns_responder_core_get_deadline (const FloeMdnsResponderCore *self)
{
  gint64 deadline_us = -1;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      for (guint family = 0; family < FLOE_MDNS_N_FAMILIES; family++)
        deadline_us = sooner (deadline_us, get_due_us (entry, family));
    }
  return deadline_us;
}

static void
tell (FloeMdnsMessage *message, const Entry *entry, Telling *telling, gint64 now_us)
{
  append (message, entry, telling->answer_us == -1 || telling->is_positive, FALSE);
  telling->told_us = now_us;
  telling->is_known = TRUE;
  telling->answer_us = -1;
  telling->is_positive = FALSE;
  telling->asker.size = 0;
  if (telling->announce_count > 0)
    telling->announce_count--;
  telling->announce_us = telling->announce_count > 0 ? now_us + INTERVAL_US : -1;
}

/* All that is due on one link, as far as it fits into one message. */
static gboolean
batch (FloeMdnsResponderCore *self, gint64 now_us, FloeMdnsOutput *out)
{
  guint count = 0;

  for (guint i = 0; i < self->entries->len * FLOE_MDNS_N_FAMILIES && count < MAX_BATCH; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i / FLOE_MDNS_N_FAMILIES);
      FloeMdnsLink link = { entry->interface, i % FLOE_MDNS_N_FAMILIES };
      gint64 due_us = get_due_us (entry, link.family);

      if (due_us == -1 || due_us > now_us)
        continue;
      if (count == 0)
        out->link = link;
      else if (out->link.interface != link.interface || out->link.family != link.family)
        continue;
      tell (&out->message, entry, &entry->tellings[link.family], now_us);
      count++;
    }
  return count > 0;
}

gboolean
floe_mdns_responder_core_poll (FloeMdnsResponderCore *self, gint64 now_us, FloeMdnsOutput *out)
{
  g_autofree FloeMdnsOutput *output = g_queue_pop_head (&self->outputs);

  if (output != NULL)
    {
      *out = *output;
      return TRUE;
    }
  memset (out, 0, sizeof *out);
  out->message.is_response = TRUE;
  return batch (self, now_us, out);
}
