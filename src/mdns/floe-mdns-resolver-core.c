/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mdns-resolver-core-private.h"

#include <string.h>

/* RFC 6762 section 5.2: "at least one second" between the first two questions, and from one
 * interval to the next "at least a factor of two": at 0, 1, 3, 7, 15, 31 and 63 s. */
#define FIRST_INTERVAL_US G_TIME_SPAN_SECOND
#define MAX_ASKED 7
#define END_US (64 * G_TIME_SPAN_SECOND)

/* When whoever waits is told that nothing was found. */
#define PATIENCE_US (5 * G_TIME_SPAN_SECOND)

/* After an address was found, one of the other family may follow. */
#define OTHER_FAMILY_US (5 * G_TIME_SPAN_SECOND)

typedef struct
{
  char name[FLOE_MDNS_NAME_SIZE];
  gint64 started_us;
  gint64 ask_us; /* -1: not again */
  gint64 end_us; /* -1: has ended */
  guint asked_count;
  gboolean is_pending;
  FloeMdnsAddress found[FLOE_MDNS_N_FAMILIES]; /* size 0: not found */
} Lookup;

struct _FloeMdnsResolverCore
{
  GPtrArray *lookups; /* (owned) (element-type Lookup) */
  GQueue events;      /* (element-type FloeMdnsEvent) */
};

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

static Lookup *
find (const FloeMdnsResolverCore *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      Lookup *lookup = g_ptr_array_index (self->lookups, i);

      if (strcmp (lookup->name, name) != 0)
        continue;
      if (index != NULL)
        *index = i;
      return lookup;
    }
  return NULL;
}

static FloeMdnsEvent *
push (FloeMdnsResolverCore *self, const Lookup *lookup, FloeMdnsEventType type)
{
  FloeMdnsEvent *event = g_new0 (FloeMdnsEvent, 1);

  event->type = type;
  g_strlcpy (event->name, lookup->name, sizeof event->name);
  g_queue_push_tail (&self->events, event);
  return event;
}

/* One question a message: Chromium answers no others. */
static void
ask (FloeMdnsResolverCore *self, Lookup *lookup, gint64 now_us)
{
  push (self, lookup, FLOE_MDNS_EVENT_ASK)->question_type = FLOE_MDNS_TYPE_A;
  push (self, lookup, FLOE_MDNS_EVENT_ASK)->question_type = FLOE_MDNS_TYPE_AAAA;
  lookup->ask_us = ++lookup->asked_count < MAX_ASKED
                       ? now_us + FIRST_INTERVAL_US * ((gint64) 1 << (lookup->asked_count - 1))
                       : -1;
}

FloeMdnsResolverCore *
floe_mdns_resolver_core_new (void)
{
  FloeMdnsResolverCore *self = g_new0 (FloeMdnsResolverCore, 1);

  self->lookups = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->events);
  return self;
}

void
floe_mdns_resolver_core_free (FloeMdnsResolverCore *self)
{
  g_ptr_array_unref (self->lookups);
  g_queue_clear_full (&self->events, g_free);
  g_free (self);
}

gboolean
floe_mdns_resolver_core_start (FloeMdnsResolverCore *self, gint64 now_us, const char *name)
{
  Lookup *lookup;

  if (find (self, name, NULL) != NULL)
    return TRUE;
  if (self->lookups->len >= FLOE_MDNS_MAX_LOOKUPS)
    return FALSE;
  lookup = g_new0 (Lookup, 1);
  g_strlcpy (lookup->name, name, sizeof lookup->name);
  lookup->started_us = now_us;
  lookup->end_us = now_us + END_US;
  lookup->is_pending = TRUE;
  g_ptr_array_add (self->lookups, lookup);
  ask (self, lookup, now_us);
  return TRUE;
}

void
floe_mdns_resolver_core_stop (FloeMdnsResolverCore *self, const char *name)
{
  guint index;

  if (find (self, name, &index) != NULL)
    g_ptr_array_remove_index_fast (self->lookups, index);
}

static void
take_record (FloeMdnsResolverCore *self, gint64 now_us, const FloeMdnsRecord *record)
{
  Lookup *lookup = find (self, record->name, NULL);
  FloeMdnsFamily family =
      record->address.size == FLOE_MDNS_IPV4_SIZE ? FLOE_MDNS_FAMILY_IPV4 : FLOE_MDNS_FAMILY_IPV6;

  /* RFC 6762 section 10.1: without time to live it is no more. */
  if (lookup == NULL || lookup->end_us == -1 || record->ttl_s == 0
      || lookup->found[family].size != 0)
    return;
  lookup->found[family] = record->address;
  lookup->is_pending = FALSE;
  lookup->ask_us = -1;
  lookup->end_us = MIN (lookup->end_us, now_us + OTHER_FAMILY_US);
  push (self, lookup, FLOE_MDNS_EVENT_FOUND)->address = record->address;
}

void
floe_mdns_resolver_core_handle_response (FloeMdnsResolverCore *self, gint64 now_us,
                                         const FloeMdnsMessage *response)
{
  for (guint i = 0; response->is_response && i < response->record_count; i++)
    take_record (self, now_us, &response->records[i]);
}

static void
handle_lookup (FloeMdnsResolverCore *self, Lookup *lookup, gint64 now_us)
{
  if (lookup->end_us == -1)
    return;
  if (lookup->is_pending && now_us >= lookup->started_us + PATIENCE_US)
    {
      lookup->is_pending = FALSE;
      push (self, lookup, FLOE_MDNS_EVENT_MISSED);
    }
  if (now_us >= lookup->end_us)
    {
      lookup->ask_us = -1;
      lookup->end_us = -1;
      push (self, lookup, FLOE_MDNS_EVENT_ENDED);
    }
  else if (lookup->ask_us != -1 && now_us >= lookup->ask_us)
    ask (self, lookup, now_us);
}

void
floe_mdns_resolver_core_handle_timeout (FloeMdnsResolverCore *self, gint64 now_us)
{
  for (guint i = 0; i < self->lookups->len; i++)
    handle_lookup (self, g_ptr_array_index (self->lookups, i), now_us);
}

gint64
floe_mdns_resolver_core_get_deadline (const FloeMdnsResolverCore *self)
{
  gint64 deadline_us = -1;

  for (guint i = 0; i < self->lookups->len; i++)
    {
      const Lookup *lookup = g_ptr_array_index (self->lookups, i);

      if (lookup->end_us == -1)
        continue;
      deadline_us = sooner (deadline_us, sooner (lookup->ask_us, lookup->end_us));
      if (lookup->is_pending)
        deadline_us = sooner (deadline_us, lookup->started_us + PATIENCE_US);
    }
  return deadline_us;
}

gboolean
floe_mdns_resolver_core_poll (FloeMdnsResolverCore *self, FloeMdnsEvent *out)
{
  g_autofree FloeMdnsEvent *event = g_queue_pop_head (&self->events);

  if (event == NULL)
    return FALSE;
  *out = *event;
  return TRUE;
}

const FloeMdnsAddress *
floe_mdns_resolver_core_get_found (const FloeMdnsResolverCore *self, const char *name,
                                   FloeMdnsFamily family)
{
  const Lookup *lookup = find (self, name, NULL);

  return lookup != NULL && lookup->found[family].size != 0 ? &lookup->found[family] : NULL;
}

gboolean
floe_mdns_resolver_core_is_open (const FloeMdnsResolverCore *self, const char *name)
{
  const Lookup *lookup = find (self, name, NULL);

  return lookup != NULL && lookup->end_us != -1;
}

gboolean
floe_mdns_resolver_core_is_pending (const FloeMdnsResolverCore *self, const char *name)
{
  const Lookup *lookup = find (self, name, NULL);

  return lookup != NULL && lookup->is_pending;
}
