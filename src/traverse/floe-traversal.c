/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-traversal-private.h"

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-tactic-private.h"
#include "floe-traversal-core-private.h"
#include "floe-traversal-schedule-private.h"

/* Of ours; the peer's are bounded by the core. */
#define MAX_LOCALS 256

/* The plan's direct path is the first one of every transport. */
#define BASE_PATH_ID 0

typedef struct
{
  const FloeTacticClass *klass; /* (nullable): nothing goes on */
  FloeTactic *tactic;           /* (owned) (nullable) */
} Running;

struct _FloeTraversal
{
  const FloeTraversalEvents *events;
  gpointer user_data;
  FloeTraversalCore core;
  FloeTacticContext context;
  char *remote_ufrag; /* (owned) (nullable): of the context */
  char *remote_pwd;   /* (owned) (nullable) */
  char *local_ufrag;  /* (owned) */
  char *local_pwd;    /* (owned) */
  gboolean is_whole;  /* the peer is told of no candidates after the description */
  gboolean is_deaf;   /* the peer takes none */
  Running running[FLOE_TRAVERSAL_TACTIC_COUNT];
  GSource *timer; /* (owned) */
};

static void
end_tactic (Running *running)
{
  if (running->klass == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "%s ends", running->klass->name);
  running->klass->free (running->tactic);
  *running = (Running){ 0 };
}

static void
begin_tactic (FloeTraversal *self, guint index, const FloeStrategyTactic *tactic)
{
  const FloeTacticClass *klass = floe_tactic_find (tactic->part);
  Running *running = &self->running[index];
  const FloeNatSummary *remote = floe_traversal_core_get_remote (&self->core);

  end_tactic (running);
  self->context.local = self->core.local;
  self->context.remote = remote != NULL ? *remote : (FloeNatSummary){ 0 };
  if (klass != NULL)
    running->tactic = klass->start (&self->context, tactic);
  if (running->tactic == NULL)
    {
      floe_debug (FLOE_LOG_ICE, "what the plan wants (part %d) can't be done here", tactic->part);
      floe_traversal_core_handle_tactic_over (&self->core, index);
      return;
    }
  running->klass = klass;
  floe_debug (FLOE_LOG_ICE, "%s begins", klass->name);
}

static void
take_plan (FloeTraversal *self)
{
  const FloeStrategyPlan *plan = &self->core.plan;
  FloeIceSchedule schedule;

  floe_debug (FLOE_LOG_ICE, "%s", plan->explanation);
  floe_traversal_fill_schedule (&schedule, plan, self->is_whole || self->is_deaf);
  floe_ice_transport_set_schedule (self->context.ice, &schedule);
  /* Of what is made for a peer that nobody knows nobody need hear. */
  if (self->core.both_us != -1)
    self->events->planned (plan, self->core.has_local ? &self->core.local : NULL,
                           floe_traversal_core_get_remote (&self->core), self->user_data);
}

static void
carry_out (FloeTraversal *self)
{
  FloeTraversalOutput output;

  if (self->context.ice == NULL)
    return;
  while (floe_traversal_core_poll (&self->core, &output))
    {
      if (output.type == FLOE_TRAVERSAL_OUTPUT_PLAN)
        take_plan (self);
      else if (output.type == FLOE_TRAVERSAL_OUTPUT_END)
        end_tactic (&self->running[output.index]);
      else
        begin_tactic (self, output.index, &output.tactic);
    }
  floe_deadline_source_set (self->timer, floe_traversal_core_get_deadline (&self->core));
}

static void
on_deadline (gpointer user_data)
{
  FloeTraversal *self = user_data;

  floe_traversal_core_handle_timeout (&self->core, g_get_monotonic_time ());
  carry_out (self);
}

FloeTraversal *
floe_traversal_new (const FloeTraversalConfig *config, const FloeTraversalEvents *events,
                    gpointer user_data)
{
  FloeTraversal *self = g_new0 (FloeTraversal, 1);

  self->events = events;
  self->user_data = user_data;
  floe_traversal_core_init (&self->core, &config->strategy);
  self->local_ufrag = g_strdup (config->ufrag);
  self->local_pwd = g_strdup (config->pwd);
  self->context = (FloeTacticContext){
    .context = config->context,
    .local_ufrag = self->local_ufrag,
    .local_pwd = self->local_pwd,
    .is_metered = config->strategy.is_metered,
    .locals = g_array_new (FALSE, FALSE, sizeof (FloeCandidate)),
    .remotes = self->core.candidates,
    .base_path_id = BASE_PATH_ID,
  };
  self->timer = floe_deadline_source_new (config->context, on_deadline, self);
  return self;
}

void
floe_traversal_free (FloeTraversal *self)
{
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    end_tactic (&self->running[i]);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_traversal_core_clear (&self->core);
  g_array_unref (self->context.locals);
  g_clear_pointer (&self->context.stun_servers, g_array_unref);
  g_free (self->local_ufrag);
  g_free (self->local_pwd);
  g_free (self->remote_ufrag);
  g_free (self->remote_pwd);
  g_free (self);
}

void
floe_traversal_set_transport (FloeTraversal *self, FloeIceTransport *ice)
{
  self->context.ice = ice;
  carry_out (self);
}

void
floe_traversal_set_servers (FloeTraversal *self, GPtrArray *plan)
{
  gboolean has[FLOE_RELAY_PROTOCOL_TLS + 1] = { FALSE };

  g_clear_pointer (&self->context.stun_servers, g_array_unref);
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *spec = g_ptr_array_index (plan, i);

      has[floe_path_spec_get_relay_protocol (spec)] = TRUE;
      if (spec->kind == FLOE_PATH_DIRECT && self->context.stun_servers == NULL
          && spec->stun_servers != NULL)
        self->context.stun_servers = g_array_copy (spec->stun_servers);
    }
  floe_traversal_core_set_relays (&self->core, g_get_monotonic_time (),
                                  has[FLOE_RELAY_PROTOCOL_UDP], has[FLOE_RELAY_PROTOCOL_TCP],
                                  has[FLOE_RELAY_PROTOCOL_TLS]);
  carry_out (self);
}

void
floe_traversal_set_metered (FloeTraversal *self, gboolean is_metered)
{
  self->context.is_metered = is_metered;
  floe_traversal_core_set_metered (&self->core, g_get_monotonic_time (), is_metered);
  carry_out (self);
}

void
floe_traversal_start (FloeTraversal *self, gboolean is_offerer, gboolean is_whole)
{
  self->is_whole = is_whole;
  self->context.is_offerer = is_offerer;
  /* RFC 8445 section 6.1.1: the side that offers controls, and neither is a lite one here. */
  self->context.is_controlling = is_offerer;
  floe_traversal_core_start (&self->core, g_get_monotonic_time (), is_offerer);
  carry_out (self);
}

void
floe_traversal_handle_description (FloeTraversal *self, const char *ufrag, const char *pwd,
                                   gboolean can_trickle)
{
  g_free (self->remote_ufrag);
  g_free (self->remote_pwd);
  self->context.remote_ufrag = self->remote_ufrag = g_strdup (ufrag);
  self->context.remote_pwd = self->remote_pwd = g_strdup (pwd);
  self->is_deaf = !can_trickle;
  floe_traversal_core_handle_description (&self->core, g_get_monotonic_time ());
  carry_out (self);
}

void
floe_traversal_set_local (FloeTraversal *self, const FloeNatSummary *summary,
                          FloeStrategyMemory last)
{
  floe_traversal_core_set_local (&self->core, g_get_monotonic_time (), summary, last);
  carry_out (self);
}

void
floe_traversal_set_remote (FloeTraversal *self, const FloeNatSummary *summary)
{
  floe_traversal_core_set_remote (&self->core, g_get_monotonic_time (), summary);
  carry_out (self);
}

static void
tell_candidate (FloeTraversal *self)
{
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      if (self->running[i].klass != NULL)
        self->running[i].klass->handle_candidate (self->running[i].tactic);
    }
}

void
floe_traversal_handle_local_candidate (FloeTraversal *self, const FloeCandidate *candidate)
{
  if (self->context.locals->len >= MAX_LOCALS)
    return;
  g_array_append_val (self->context.locals, *candidate);
  tell_candidate (self);
}

void
floe_traversal_handle_remote_candidate (FloeTraversal *self, const FloeCandidate *candidate)
{
  guint count = self->core.candidates->len;

  floe_traversal_core_handle_candidate (&self->core, g_get_monotonic_time (), candidate);
  if (self->core.candidates->len > count)
    tell_candidate (self);
  carry_out (self);
}

void
floe_traversal_handle_end_of_candidates (FloeTraversal *self)
{
  floe_traversal_core_handle_end_of_candidates (&self->core, g_get_monotonic_time ());
  carry_out (self);
}

void
floe_traversal_handle_change (FloeTraversal *self)
{
  if (self->context.ice == NULL)
    return;
  floe_traversal_core_set_direct (&self->core, g_get_monotonic_time (),
                                  floe_ice_transport_is_direct (self->context.ice));
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      if (self->running[i].klass != NULL)
        self->running[i].klass->handle_change (self->running[i].tactic);
    }
  carry_out (self);
}

void
floe_traversal_handle_state (FloeTraversal *self, FloeIceConnectionState state)
{
  if (state == FLOE_ICE_CONNECTION_STATE_FAILED)
    floe_traversal_core_handle_failed (&self->core);
  floe_traversal_handle_change (self);
}
