/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-survey-private.h"

#include "floe-deadline-source-private.h"
#include "floe-default-route-private.h"
#include "floe-log-private.h"
#include "floe-nat-cache-file-private.h"
#include "floe-nat-patience-private.h"
#include "floe-nat-run-private.h"
#include "floe-network-thread-private.h"

/* Interfaces, addresses and routes come one by one. */
#define SETTLE_US (1 * G_TIME_SPAN_SECOND)
/* What a NAT does seldom changes while its network stays the same. */
#define REFRESH_US (30 * G_TIME_SPAN_MINUTE)

struct _FloeNatSurvey
{
  gatomicrefcount ref_count;
  GMainContext *context;     /* (unowned): lives as long as the process */
  FloeMailbox *orders;       /* (owned) */
  FloeMailbox *facts;        /* (owned) */
  FloeNatPlan *plan;         /* (owned) (nullable): of the last order that has one */
  FloeNatRun *run;           /* (owned) (nullable): while it is under way */
  char *routed;              /* (owned) (nullable): where the last run asks from, if it keeps to
                              * the default route */
  FloeNatCacheFile *file;    /* (owned) (nullable): the plan's */
  GPtrArray *records;        /* (owned) (nullable) (element-type FloeNatRecord): of the last run */
  FloeNatPatience *patience; /* (owned) (nullable): in the background only */
  GSource *timer;            /* (owned): the next run in the background */
  gboolean is_background;
  gboolean is_wanted; /* the application waits for the run */
  guint64 serial;     /* of the last order for a run */
};

/* What is remembered in this process; the network thread's. */
static FloeNatCache *process_cache;

FloeNatOrder *
floe_nat_order_new (FloeNatOrderType type, FloeNatPlan *plan)
{
  FloeNatOrder *self = g_new0 (FloeNatOrder, 1);

  self->type = type;
  self->plan = plan != NULL ? floe_nat_plan_ref (plan) : NULL;
  return self;
}

void
floe_nat_order_free (FloeNatOrder *self)
{
  g_clear_pointer (&self->plan, floe_nat_plan_unref);
  g_free (self);
}

void
floe_nat_fact_free (FloeNatFact *self)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self);
}

static void
tell (FloeNatSurvey *self, GPtrArray *records, gboolean is_final)
{
  FloeNatFact *fact = g_new0 (FloeNatFact, 1);

  fact->records = g_ptr_array_ref (records);
  fact->is_final = is_final;
  fact->serial = self->serial;
  floe_mailbox_post_always (self->facts, &fact->letter, 0);
}

static void
schedule (FloeNatSurvey *self, gint64 delay_us)
{
  if (self->is_background)
    floe_deadline_source_set (self->timer, g_get_monotonic_time () + delay_us);
}

static void
on_run_changed (GPtrArray *records, gpointer user_data)
{
  tell (user_data, records, FALSE);
}

/* The same records, but for the one of the network that was measured. */
static void
on_lifetime (FloeNatRecord *record, gpointer user_data)
{
  FloeNatSurvey *self = user_data;
  g_autoptr (GPtrArray) records = floe_nat_records_new ();

  g_clear_pointer (&self->patience, floe_nat_patience_free);
  floe_nat_cache_put (process_cache, g_get_real_time (), record);
  for (guint i = 0; i < self->records->len; i++)
    {
      FloeNatRecord *known = g_ptr_array_index (self->records, i);

      g_ptr_array_add (
          records, floe_nat_record_ref (g_strcmp0 (known->key, record->key) == 0 ? record : known));
    }
  g_ptr_array_unref (self->records);
  self->records = g_ptr_array_ref (records);
  tell (self, records, FALSE);
  if (self->file != NULL)
    floe_nat_cache_file_add (self->file, records);
}

/* What takes minutes goes on as long as the network stays the best one. */
static void
measure_lifetime (FloeNatSurvey *self)
{
  FloeNatRecord *best = self->records->len > 0 ? g_ptr_array_index (self->records, 0) : NULL;

  if (self->patience != NULL
      && (best == NULL || g_strcmp0 (floe_nat_patience_get_key (self->patience), best->key) != 0))
    g_clear_pointer (&self->patience, floe_nat_patience_free);
  if (self->is_background && best != NULL && self->patience == NULL)
    self->patience = floe_nat_patience_new (self->context, self->plan, best, on_lifetime, self);
}

static void
on_run_done (GPtrArray *records, gpointer user_data)
{
  FloeNatSurvey *self = user_data;

  g_clear_pointer (&self->run, floe_nat_run_free);
  self->is_wanted = FALSE;
  tell (self, records, TRUE);
  if (self->file != NULL)
    floe_nat_cache_file_add (self->file, records);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  self->records = g_ptr_array_ref (records);
  measure_lifetime (self);
  schedule (self, REFRESH_US);
}

static const FloeNatRunEvents run_events = { on_run_changed, on_run_done };

/* Reading goes on beside the run, which takes from it what comes in time. */
static void
open_file (FloeNatSurvey *self)
{
  GFile *file = self->plan->cache_file;

  if (self->file != NULL
      && (file == NULL || !g_file_equal (file, floe_nat_cache_file_get_file (self->file))))
    g_clear_pointer (&self->file, floe_nat_cache_file_free);
  if (self->file == NULL && file != NULL)
    self->file = floe_nat_cache_file_new (self->context, file, process_cache);
}

/* (transfer full) (nullable): what the default route sends from, for those who keep to it. */
static char *
find_routed (const FloeNatSurvey *self)
{
  g_autoptr (GArray) routed = NULL;
  GString *text;

  if (self->plan == NULL || !self->plan->keeps_to_route)
    return NULL;
  routed = floe_default_route_find ();
  text = g_string_new (NULL);
  for (guint i = 0; i < routed->len; i++)
    g_string_append_printf (text, "%s ", g_array_index (routed, FloeLocalAddress, i).text);
  return g_string_free (text, FALSE);
}

static void
start_run (FloeNatSurvey *self)
{
  if (process_cache == NULL)
    process_cache = floe_nat_cache_new ();
  open_file (self);
  if (self->run != NULL)
    return;
  g_free (self->routed);
  self->routed = find_routed (self);
  self->run = floe_nat_run_new (self->context, self->plan, process_cache, &run_events, self);
}

/* Where the default route does not lead any more nothing more is sent from. */
static void
leave_old_route (FloeNatSurvey *self)
{
  g_autofree char *routed = find_routed (self);

  if (routed == NULL || g_strcmp0 (routed, self->routed) == 0)
    return;
  g_clear_pointer (&self->patience, floe_nat_patience_free);
  if (self->run == NULL)
    return;
  g_clear_pointer (&self->run, floe_nat_run_free);
  start_run (self);
}

/* A run for other servers, or with other passwords, is not what is wanted now. */
static void
set_plan (FloeNatSurvey *self, FloeNatPlan *plan)
{
  g_autofree char *before = self->plan != NULL ? floe_nat_plan_get_fingerprint (self->plan) : NULL;
  g_autofree char *now = floe_nat_plan_get_fingerprint (plan);

  if (g_strcmp0 (before, now) != 0)
    {
      g_clear_pointer (&self->run, floe_nat_run_free);
      g_clear_pointer (&self->patience, floe_nat_patience_free);
    }
  g_clear_pointer (&self->plan, floe_nat_plan_unref);
  self->plan = floe_nat_plan_ref (plan);
}

static void
set_background (FloeNatSurvey *self, gboolean is_background)
{
  self->is_background = is_background;
  if (is_background)
    schedule (self, 0);
  else
    {
      floe_deadline_source_set (self->timer, -1);
      g_clear_pointer (&self->patience, floe_nat_patience_free);
      if (!self->is_wanted)
        g_clear_pointer (&self->run, floe_nat_run_free);
    }
}

static void
on_timer (gpointer user_data)
{
  FloeNatSurvey *self = user_data;

  /* A run that is under way may have begun before the network changed. */
  if (self->run != NULL)
    schedule (self, SETTLE_US);
  else
    start_run (self);
}

/* Ends everything on the network side, and with it the network side's reference. */
static void
close_survey (FloeNatSurvey *self)
{
  floe_mailbox_close (self->orders);
  g_clear_pointer (&self->run, floe_nat_run_free);
  g_clear_pointer (&self->patience, floe_nat_patience_free);
  g_clear_pointer (&self->file, floe_nat_cache_file_free);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_source_destroy (self->timer);
  floe_nat_survey_unref (self);
}

static void
deliver_order (FloeLetter *letter, gpointer user_data)
{
  FloeNatSurvey *self = user_data;
  g_autoptr (FloeNatOrder) order = (FloeNatOrder *) letter;

  if (order->plan != NULL)
    set_plan (self, order->plan);
  switch (order->type)
    {
    case FLOE_NAT_ORDER_RUN:
      self->is_wanted = TRUE;
      self->serial = order->serial;
      start_run (self);
      break;
    case FLOE_NAT_ORDER_ABORT:
      self->is_wanted = FALSE;
      if (!self->is_background)
        g_clear_pointer (&self->run, floe_nat_run_free);
      break;
    case FLOE_NAT_ORDER_BACKGROUND:
      set_background (self, order->is_set);
      break;
    case FLOE_NAT_ORDER_CHANGED:
      leave_old_route (self);
      schedule (self, SETTLE_US);
      break;
    case FLOE_NAT_ORDER_CLOSE:
    default:
      close_survey (self);
      break;
    }
}

static void
discard_order (gpointer letter)
{
  floe_nat_order_free (letter);
}

static const FloeMailboxFuncs order_funcs = { deliver_order, NULL, discard_order };

FloeNatSurvey *
floe_nat_survey_new (FloeMailbox *facts)
{
  FloeNatSurvey *self = g_new0 (FloeNatSurvey, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count); /* the network side's */
  self->context = floe_network_get_context ();
  self->facts = floe_mailbox_ref (facts);
  self->timer = floe_deadline_source_new (self->context, on_timer, self);
  self->orders = floe_mailbox_new (self->context, &order_funcs, self, 0, 0);
  return self;
}

FloeNatSurvey *
floe_nat_survey_ref (FloeNatSurvey *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
floe_nat_survey_unref (FloeNatSurvey *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_source_unref (self->timer);
  g_clear_pointer (&self->plan, floe_nat_plan_unref);
  floe_mailbox_unref (self->orders);
  floe_mailbox_unref (self->facts);
  g_free (self->routed);
  g_free (self);
}

void
floe_nat_survey_post (FloeNatSurvey *self, FloeNatOrder *order)
{
  floe_mailbox_post_always (self->orders, &order->letter, 0);
}
