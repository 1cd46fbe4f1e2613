/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-run-private.h"

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-inet-convert-private.h"
#include "floe-nat-lane-private.h"

/* Changes are told so often at most. */
#define TELL_US (50 * G_TIME_SPAN_MILLISECOND)

struct _FloeNatRun
{
  GMainContext *context; /* (owned) */
  FloeNatPlan *plan;     /* (owned) */
  char *digest;          /* (owned): of the plan */
  char *fingerprint;     /* (owned): of the plan */
  FloeNatCache *cache;   /* (unowned): the process's */
  FloeNatNames *names;   /* (owned) (nullable): from its turn on */
  GPtrArray *lanes;      /* (owned) (element-type FloeNatLane) */
  guint pending;         /* lanes that are under way */
  GPtrArray *result;     /* (owned) (nullable): from the cache; to be told */
  GSource *timer;        /* (owned): starts, tells changes and the end */
  gboolean is_begun;
  gboolean is_done;
  const FloeNatRunEvents *events; /* (unowned): static */
  gpointer user_data;             /* (unowned) */
};

/* Whose turn it is, and who waits (element-type FloeNatRun); the network thread's. */
static GQueue turns = G_QUEUE_INIT;

static void
free_lane (gpointer lane)
{
  floe_nat_lane_free (lane);
}

/* What takes longer than a run, and was measured once. */
static void
keep_lifetime (FloeNatRecord *record, const FloeNatRecord *old)
{
  FloeNatFindings *findings = &record->findings;
  const FloeNatProof *proof = &old->findings.proofs[FLOE_NAT_ASPECT_LIFETIME];

  if (proof->confidence == FLOE_NAT_CONFIDENCE_NONE)
    return;
  findings->lifetime_s = old->findings.lifetime_s;
  findings->proofs[FLOE_NAT_ASPECT_LIFETIME] = *proof;
}

/* While a lane is under way, what is remembered of its network tells more, unless the network looks
 * another one from outside now. (transfer full) both. */
static FloeNatRecord *
choose_record (FloeNatRun *self, FloeNatRecord *record)
{
  FloeNatRecord *old = floe_nat_cache_get (self->cache, record->time_us, record->key);
  FloeNatRecord *adopted;

  if (old == NULL)
    return record;
  if (record->external_network.size > 0 && old->external_network.size > 0
      && !floe_stun_address_equal (&record->external_network, &old->external_network))
    {
      floe_nat_cache_remove (self->cache, record->key);
      return record;
    }
  if (record->is_complete)
    {
      keep_lifetime (record, old);
      return record;
    }
  adopted = floe_nat_record_adopt (record, old);
  floe_nat_record_unref (record);
  return adopted;
}

static GPtrArray *
list_records (FloeNatRun *self)
{
  GPtrArray *records = floe_nat_records_new ();

  for (guint i = 0; i < self->lanes->len; i++)
    g_ptr_array_add (records, choose_record (self, floe_nat_lane_get_record (
                                                       g_ptr_array_index (self->lanes, i))));
  g_ptr_array_sort (records, floe_nat_record_compare);
  return records;
}

/* What fails everywhere may work in a minute, so it is not remembered. */
static void
remember (FloeNatRun *self, const GPtrArray *records)
{
  gint64 now_us = g_get_real_time ();

  if (records->len == 0
      || ((const FloeNatRecord *) g_ptr_array_index (records, 0))->findings.udp
             != FLOE_NAT_ANSWER_YES)
    return;
  for (guint i = 0; i < records->len; i++)
    {
      FloeNatRecord *record = g_ptr_array_index (records, i);

      g_free (record->plan);
      record->plan = g_strdup (self->fingerprint);
      floe_nat_cache_put (self->cache, now_us, record);
    }
}

static void
tell_end (FloeNatRun *self)
{
  g_autoptr (GPtrArray) records = g_steal_pointer (&self->result);

  if (records == NULL)
    {
      records = list_records (self);
      remember (self, records);
    }
  floe_debug (FLOE_LOG_NAT, "the run is over: %u ways", records->len);
  self->events->done (records, self->user_data);
}

static void
schedule_end (FloeNatRun *self)
{
  self->is_done = TRUE;
  floe_deadline_source_set (self->timer, 0);
}

static void
on_lane_changed (gpointer user_data)
{
  FloeNatRun *self = user_data;

  if (!self->is_done && g_source_get_ready_time (self->timer) < 0)
    floe_deadline_source_set (self->timer, g_get_monotonic_time () + TELL_US);
}

static void
on_lane_done (gpointer user_data)
{
  FloeNatRun *self = user_data;

  if (--self->pending == 0)
    schedule_end (self);
  else
    on_lane_changed (self);
}

static const FloeNatLaneEvents lane_events = { on_lane_changed, on_lane_done };

/* Returns: (transfer full) (nullable): a fresh record of each of @bases, or NULL. */
static GPtrArray *
find_fresh (FloeNatRun *self, const FloeNatNetwork *network, const GArray *bases)
{
  g_autoptr (GPtrArray) records = floe_nat_records_new ();
  gint64 now_us = g_get_real_time ();

  if (bases->len == 0)
    return NULL;
  for (guint i = 0; i < bases->len; i++)
    {
      const FloeNatBase *base = &g_array_index (bases, FloeNatBase, i);
      g_autofree char *key = floe_nat_base_get_key (base, network, self->digest);
      FloeNatRecord *record = floe_nat_cache_get (self->cache, now_us, key);

      /* What came from a file tells of no base; another password or proxy finds other things. */
      if (record == NULL || now_us - record->time_us > FLOE_NAT_FRESH_US
          || g_strcmp0 (record->plan, self->fingerprint) != 0
          || !floe_stun_address_is_same_host (&record->findings.base, &base->address))
        return NULL;
      g_ptr_array_add (records, floe_nat_record_ref (record));
    }
  g_ptr_array_sort (records, floe_nat_record_compare);
  return g_steal_pointer (&records);
}

static void
start_lanes (FloeNatRun *self, const FloeNatNetwork *network, const GArray *bases)
{
  for (guint i = 0; i < bases->len; i++)
    {
      const FloeNatBase *base = &g_array_index (bases, FloeNatBase, i);
      g_autofree char *key = floe_nat_base_get_key (base, network, self->digest);
      FloeNatLaneConfig config = { self->context, self->plan, self->names, base, key };

      self->pending++;
      g_ptr_array_add (self->lanes, floe_nat_lane_new (&config, &lane_events, self));
    }
  if (self->pending == 0)
    schedule_end (self);
  else
    on_lane_changed (self);
}

static void
read_network (FloeNatRun *self, const GArray *servers, FloeNatNetwork *network)
{
  gboolean is_loopback = self->plan->include_loopback;

  for (guint i = 0; i < servers->len; i++)
    is_loopback = is_loopback
                  || floe_stun_address_get_scope (&g_array_index (servers, FloeStunAddress, i))
                         == FLOE_STUN_SCOPE_LOOPBACK;
  floe_nat_network_read (network, self->plan, is_loopback);
}

static void
on_names_done (gpointer user_data)
{
  FloeNatRun *self = user_data;
  g_autoptr (GArray) servers = floe_nat_names_list (self->names);
  g_autoptr (GArray) sources = floe_nat_bases_find_sources (servers);
  g_autoptr (GArray) bases = NULL;
  g_auto (FloeNatNetwork) network = { 0 };

  read_network (self, servers, &network);
  bases = floe_nat_bases_select (&network, servers, sources);
  /* Without a name nobody knows what leads where; but that there is none is worth a report. */
  if (servers->len == 0 && bases->len == 0)
    {
      g_array_unref (bases);
      bases = floe_nat_bases_list (&network,
                                   self->plan->include_loopback || self->plan->interfaces != NULL);
    }
  self->result = find_fresh (self, &network, bases);
  if (self->result != NULL)
    schedule_end (self);
  else
    start_lanes (self, &network, bases);
}

/* Its turn has come. What is fresh for all bases is told without asking for a name. */
static void
begin (FloeNatRun *self)
{
  g_autoptr (GArray) servers = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  g_autoptr (GArray) bases = NULL;
  g_auto (FloeNatNetwork) network = { 0 };

  self->is_begun = TRUE;
  for (guint i = 0; i < self->plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->plan->targets, i);
      FloeStunAddress literal;

      if (floe_stun_address_from_text (target->host, &literal))
        g_array_append_val (servers, literal);
    }
  read_network (self, servers, &network);
  bases = floe_nat_bases_select (&network, servers, none);
  self->result = find_fresh (self, &network, bases);
  if (self->result != NULL || self->plan->is_recall)
    schedule_end (self);
  else
    self->names = floe_nat_names_new (self->context, self->plan, on_names_done, self);
}

static void
on_timer (gpointer user_data)
{
  FloeNatRun *self = user_data;

  if (!self->is_begun)
    begin (self);
  else if (self->is_done)
    tell_end (self);
  else
    {
      g_autoptr (GPtrArray) records = list_records (self);

      self->events->changed (records, self->user_data);
    }
}

FloeNatRun *
floe_nat_run_new (GMainContext *context, FloeNatPlan *plan, FloeNatCache *cache,
                  const FloeNatRunEvents *events, gpointer user_data)
{
  FloeNatRun *self = g_new0 (FloeNatRun, 1);

  self->context = g_main_context_ref (context);
  self->plan = floe_nat_plan_ref (plan);
  self->digest = floe_nat_plan_get_digest (plan);
  self->fingerprint = floe_nat_plan_get_fingerprint (plan);
  self->cache = cache;
  self->lanes = g_ptr_array_new_with_free_func (free_lane);
  self->events = events;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_timer, self);
  g_queue_push_tail (&turns, self);
  if (g_queue_peek_head (&turns) == self)
    floe_deadline_source_set (self->timer, 0);
  return self;
}

void
floe_nat_run_free (FloeNatRun *self)
{
  FloeNatRun *next;

  g_queue_remove (&turns, self);
  next = g_queue_peek_head (&turns);
  if (next != NULL && !next->is_begun)
    floe_deadline_source_set (next->timer, 0);
  g_ptr_array_unref (self->lanes);
  g_clear_pointer (&self->names, floe_nat_names_free);
  g_clear_pointer (&self->result, g_ptr_array_unref);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_nat_plan_unref (self->plan);
  g_main_context_unref (self->context);
  g_free (self->digest);
  g_free (self->fingerprint);
  g_free (self);
}
