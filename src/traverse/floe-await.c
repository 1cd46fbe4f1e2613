/* SPDX-License-Identifier: MPL-2.0 */
/* Plain checks would do, but for two things about libnice: it sends one each five milliseconds, and
 * forgets those that are still waiting as soon as any pair works, a relay's too (its reading of RFC
 * 8445 section 8.1.2), even those that would be better. What is foretold often comes just then. So
 * it is checked by hand as well, from the plan's sockets; the peer's own check, that follows, makes
 * the agent a pair. */
#include "floe-await-private.h"

#include "floe-deadline-source-private.h"
#include "floe-tactic-path-private.h"

/* Of reflexive candidates in a connection's life. */
#define MAX_AWAITED 256
/* Each is checked so often: packets are lost. */
#define SENDS 3
#define RESEND_US (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  FloeStunAddress to;
  gint64 due_us;
  guint sends;
} Awaited;

typedef struct
{
  const FloeTacticContext *context; /* (unowned) */
  FloeTacticPath path;
  GSource *timer;  /* (owned) */
  GArray *awaited; /* (owned) (element-type Awaited) */
  guint seen;      /* of the peer's candidates */
} FloeAwait;

/* A peer that tells of one place again and again does not have more packets sent there. */
static gboolean
is_awaited (const FloeAwait *self, const FloeStunAddress *to)
{
  for (guint i = 0; i < self->awaited->len; i++)
    if (floe_stun_address_equal (&g_array_index (self->awaited, Awaited, i).to, to))
      return TRUE;
  return FALSE;
}

static void
take_candidates (FloeAwait *self)
{
  for (; self->seen < self->context->remotes->len; self->seen++)
    {
      const FloeCandidate *remote =
          &g_array_index (self->context->remotes, FloeCandidate, self->seen);
      Awaited awaited = { .due_us = g_get_monotonic_time () };

      if (remote->type == FLOE_ICE_CANDIDATE_TYPE_SRFLX && remote->lock.round == 0
          && self->awaited->len < MAX_AWAITED && floe_tactic_path_is_target (remote, &awaited.to)
          && !is_awaited (self, &awaited.to))
        g_array_append_val (self->awaited, awaited);
    }
}

static void
send_checks (FloeAwait *self)
{
  gint64 now_us = g_get_monotonic_time (), next_us = G_MAXINT64;

  for (guint i = 0; i < self->awaited->len; i++)
    {
      Awaited *awaited = &g_array_index (self->awaited, Awaited, i);

      if (awaited->sends == SENDS)
        continue;
      if (awaited->due_us <= now_us)
        {
          floe_tactic_path_send_from_base (&self->path, &awaited->to);
          awaited->sends++;
          awaited->due_us = now_us + RESEND_US;
        }
      if (awaited->sends < SENDS)
        next_us = MIN (next_us, awaited->due_us);
    }
  floe_deadline_source_set (self->timer, next_us != G_MAXINT64 ? next_us : -1);
}

static void
on_deadline (gpointer user_data)
{
  FloeAwait *self = user_data;

  take_candidates (self);
  send_checks (self);
}

static void
await_free (FloeTactic *tactic)
{
  FloeAwait *self = (FloeAwait *) tactic;

  floe_tactic_path_clear (&self->path);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_array_unref (self->awaited);
  g_free (self);
}

static FloeTactic *
await_start (const FloeTacticContext *context, const FloeStrategyTactic *tactic)
{
  FloeAwait *self = g_new0 (FloeAwait, 1);

  self->context = context;
  self->awaited = g_array_new (FALSE, FALSE, sizeof (Awaited));
  self->timer = floe_deadline_source_new (context->context, on_deadline, self);
  /* From the main loop, as all that comes. */
  floe_deadline_source_set (self->timer, g_get_monotonic_time ());
  if (floe_tactic_path_init (&self->path, context))
    return (FloeTactic *) self;
  await_free ((FloeTactic *) self);
  return NULL;
}

static void
await_handle_candidate (FloeTactic *tactic)
{
  on_deadline (tactic);
}

static void
await_handle_change (FloeTactic *tactic)
{
}

const FloeTacticClass floe_await_class = {
  .name = "await",
  .start = await_start,
  .handle_candidate = await_handle_candidate,
  .handle_change = await_handle_change,
  .free = await_free,
};
