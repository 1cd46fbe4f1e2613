/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-reach-private.h"

#include <floe/floe-error.h>
#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-nat-ask-private.h"

/* RFC 7065 section 3.2 */
#define DEFAULT_TLS_PORT 5349
#define MAX_ATTEMPTS (4 * FLOE_NAT_REACH_MAX_SERVERS)
#define NO_TARGET G_MAXUINT
/* Beyond the attempts' own limit: for those that go on after it. */
#define SLACK_US (300 * G_TIME_SPAN_MILLISECOND)

G_STATIC_ASSERT (FLOE_NAT_MAX_TARGETS <= 32);

typedef enum
{
  ATTEMPT_PENDING,
  ATTEMPT_ANSWERED,
  ATTEMPT_SILENT,
  ATTEMPT_FAILED,
} AttemptState;

typedef struct
{
  FloeNatReach *reach; /* (unowned) (nullable): until that is freed */
  FloeNatWay way;
  guint target; /* NO_TARGET: nobody says that the server does this */
  const char *host;
  guint16 port;
  AttemptState state;
  FloeNatFault fault;
  gint64 rtt_us;
  gint64 after_us;
  char reason[FLOE_NAT_MAX_EVIDENCE_SIZE];
  char *proxy; /* (owned) (nullable): through which the answer came */
} Attempt;

struct _FloeNatReach
{
  FloeNatPlan *plan; /* (owned) */
  FloeStunAddress base;
  guint32 skipped;                 /* bit N: not target N */
  Attempt *attempts[MAX_ATTEMPTS]; /* (owned): a pending one outlives this */
  guint count;
  guint pending;
  GMainContext *context;     /* (unowned): outlives this */
  GCancellable *cancellable; /* (owned) */
  gint64 started_us;
  gboolean may_guess;
  GSource *timer;                   /* (owned): guesses, gives up, then tells the end */
  const FloeNatReachEvents *events; /* (unowned): static */
  gpointer user_data;               /* (unowned) */
};

static void
free_attempt (Attempt *self)
{
  g_free (self->proxy);
  g_free (self);
}

static void
schedule_end (FloeNatReach *self)
{
  if (self->pending == 0 && !self->may_guess)
    floe_deadline_source_set (self->timer, 0);
}

static void
note_failure (Attempt *attempt, const GError *error)
{
  gboolean is_silent = g_error_matches (error, FLOE_ERROR, FLOE_ERROR_TIMEOUT);
  gsize size = MIN (strlen (error->message), sizeof attempt->reason - 1);

  attempt->state = is_silent ? ATTEMPT_SILENT : ATTEMPT_FAILED;
  attempt->fault = g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX) ? FLOE_NAT_FAULT_MALFORMED
                                                                          : FLOE_NAT_FAULT_SILENT;
  /* Not in the middle of a character. */
  while (size > 0 && size < strlen (error->message) && (error->message[size] & 0xc0) == 0x80)
    size--;
  memcpy (attempt->reason, error->message, size);
  attempt->reason[size] = '\0';
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  FloeNatReach *self = attempt->reach;
  g_autoptr (GError) error = NULL;
  gint64 rtt_us = -1;
  gboolean has_answer = floe_nat_ask_finish (result, &rtt_us, &error);

  if (self == NULL)
    {
      free_attempt (attempt);
      return;
    }
  attempt->after_us = g_get_monotonic_time () - self->started_us;
  if (has_answer)
    {
      attempt->state = ATTEMPT_ANSWERED;
      attempt->fault = FLOE_NAT_FAULT_NONE;
      attempt->rtt_us = rtt_us;
      attempt->proxy = g_strdup (floe_nat_ask_get_proxy (result));
    }
  else
    note_failure (attempt, error);
  self->pending--;
  schedule_end (self);
  self->events->changed (self->user_data);
}

static guint
count_attempts (const FloeNatReach *self, FloeNatWay way, gboolean is_guess)
{
  guint count = 0;

  for (guint i = 0; i < self->count; i++)
    count += self->attempts[i]->way == way && (self->attempts[i]->target == NO_TARGET) == is_guess;
  return count;
}

static gboolean
is_asked (const FloeNatReach *self, FloeNatWay way, const char *host, guint16 port)
{
  for (guint i = 0; i < self->count; i++)
    if (self->attempts[i]->way == way && self->attempts[i]->port == port
        && g_ascii_strcasecmp (self->attempts[i]->host, host) == 0)
      return TRUE;
  return FALSE;
}

static void
ask (FloeNatReach *self, FloeNatWay way, const char *host, guint16 port, guint target)
{
  gint64 spent_us = g_get_monotonic_time () - self->started_us;
  FloeNatAskConfig config = { host,
                              port,
                              way == FLOE_NAT_WAY_TLS,
                              &self->base,
                              self->plan->proxy_resolver,
                              self->plan->tls_database,
                              (guint) (MAX (FLOE_NAT_REACH_LIMIT_US - spent_us, 1000) / 1000) };
  Attempt *attempt;

  if (count_attempts (self, way, target == NO_TARGET) >= FLOE_NAT_REACH_MAX_SERVERS
      || is_asked (self, way, host, port))
    return;
  attempt = g_new0 (Attempt, 1);
  *attempt = (Attempt){ .reach = self,
                        .way = way,
                        .target = target,
                        .host = host,
                        .port = port,
                        .fault = FLOE_NAT_FAULT_SILENT,
                        .rtt_us = -1 };
  self->attempts[self->count++] = attempt;
  self->pending++;
  floe_nat_ask_async (&config, self->cancellable, on_answer, attempt);
}

static void
ask_targets (FloeNatReach *self)
{
  for (guint i = 0; i < self->plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->plan->targets, i);

      if (target->way != FLOE_NAT_WAY_UDP && (self->skipped & 1u << i) == 0)
        ask (self, target->way, target->host, target->port, i);
    }
}

/* Servers often serve TCP on the same port, and TLS on its own. */
static void
guess (FloeNatReach *self)
{
  self->may_guess = FALSE;
  for (guint i = 0; i < self->plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->plan->targets, i);

      if (target->way == FLOE_NAT_WAY_UDP && (self->skipped & 1u << i) == 0)
        {
          ask (self, FLOE_NAT_WAY_TCP, target->host, target->port, NO_TARGET);
          ask (self, FLOE_NAT_WAY_TLS, target->host, DEFAULT_TLS_PORT, NO_TARGET);
        }
    }
}

static gint64
get_end_us (const FloeNatReach *self)
{
  return self->started_us + FLOE_NAT_REACH_LIMIT_US + SLACK_US;
}

/* A proxy resolver is the application's, and need not heed that nobody waits any more. What is
 * under way keeps its attempt, and a copy stays here. */
static void
give_up (FloeNatReach *self)
{
  for (guint i = 0; i < self->count; i++)
    {
      Attempt *attempt = self->attempts[i];

      if (attempt->state != ATTEMPT_PENDING)
        continue;
      self->attempts[i] = g_memdup2 (attempt, sizeof *attempt);
      self->attempts[i]->state = ATTEMPT_SILENT;
      self->attempts[i]->after_us = g_get_monotonic_time () - self->started_us;
      g_strlcpy (self->attempts[i]->reason, "no answer in time", sizeof attempt->reason);
      attempt->reach = NULL;
    }
  self->pending = 0;
}

static void
on_timer (gpointer user_data)
{
  FloeNatReach *self = user_data;

  if (self->may_guess)
    {
      g_main_context_push_thread_default (self->context);
      guess (self);
      g_main_context_pop_thread_default (self->context);
    }
  if (g_get_monotonic_time () >= get_end_us (self))
    give_up (self);
  if (self->pending == 0)
    self->events->done (self->user_data);
  else
    floe_deadline_source_set (self->timer, get_end_us (self));
}

static gboolean
can_guess (const FloeNatReach *self)
{
  for (guint i = 0; i < self->plan->targets->len; i++)
    if (((const FloeNatTarget *) g_ptr_array_index (self->plan->targets, i))->way
            == FLOE_NAT_WAY_UDP
        && (self->skipped & 1u << i) == 0)
      return TRUE;
  return FALSE;
}

FloeNatReach *
floe_nat_reach_new (GMainContext *context, FloeNatPlan *plan, const FloeStunAddress *base,
                    guint32 skipped, const FloeNatReachEvents *events, gpointer user_data)
{
  FloeNatReach *self = g_new0 (FloeNatReach, 1);

  self->plan = floe_nat_plan_ref (plan);
  self->base = *base;
  self->skipped = skipped;
  self->context = context;
  self->cancellable = g_cancellable_new ();
  self->started_us = g_get_monotonic_time ();
  self->may_guess = can_guess (self);
  self->events = events;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_timer, self);
  floe_deadline_source_set (self->timer, self->may_guess
                                             ? self->started_us + FLOE_NAT_REACH_GUESS_US
                                             : get_end_us (self));
  g_main_context_push_thread_default (context);
  ask_targets (self);
  g_main_context_pop_thread_default (context);
  schedule_end (self);
  return self;
}

void
floe_nat_reach_free (FloeNatReach *self)
{
  for (guint i = 0; i < self->count; i++)
    {
      self->attempts[i]->reach = NULL;
      if (self->attempts[i]->state != ATTEMPT_PENDING)
        free_attempt (self->attempts[i]);
    }
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_nat_plan_unref (self->plan);
  g_free (self);
}

void
floe_nat_reach_set_udp_works (FloeNatReach *self)
{
  if (!self->may_guess)
    return;
  self->may_guess = FALSE;
  floe_deadline_source_set (self->timer, get_end_us (self));
  schedule_end (self);
}

void
floe_nat_reach_set_udp_fails (FloeNatReach *self)
{
  if (self->may_guess)
    floe_deadline_source_set (self->timer, 0);
}

/* Silence of one server may be its own; an error tells that something is there. */
static gboolean
is_proven_shut (const FloeNatReach *self, FloeNatWay way)
{
  const char *first = NULL;
  gboolean has_two = FALSE;

  for (guint i = 0; i < self->count; i++)
    {
      const Attempt *attempt = self->attempts[i];

      if (attempt->way != way || attempt->target == NO_TARGET)
        continue;
      if (attempt->state != ATTEMPT_SILENT)
        return FALSE;
      has_two = has_two || (first != NULL && g_ascii_strcasecmp (first, attempt->host) != 0);
      first = attempt->host;
    }
  return has_two;
}

static void
set_proof (FloeNatReachVerdict *verdict, FloeNatConfidence confidence, gint64 after_us,
           const char *evidence)
{
  verdict->proof.confidence = confidence;
  verdict->proof.after_us = after_us;
  g_strlcpy (verdict->proof.evidence, evidence, sizeof verdict->proof.evidence);
}

FloeNatReachVerdict
floe_nat_reach_judge (const FloeNatReach *self, FloeNatWay way)
{
  FloeNatReachVerdict verdict = { FLOE_NAT_ANSWER_UNKNOWN };

  set_proof (&verdict, FLOE_NAT_CONFIDENCE_NONE, 0, "not measured: no server for it is configured");
  for (guint i = 0; i < self->count; i++)
    {
      const Attempt *attempt = self->attempts[i];

      if (attempt->way != way)
        continue;
      if (attempt->state == ATTEMPT_ANSWERED)
        {
          verdict.answer = FLOE_NAT_ANSWER_YES;
          set_proof (&verdict, FLOE_NAT_CONFIDENCE_HIGH, attempt->after_us,
                     attempt->proxy != NULL ? "a server has answered through the proxy"
                                            : "a server has answered");
          return verdict;
        }
      if (attempt->state != ATTEMPT_PENDING)
        set_proof (&verdict, FLOE_NAT_CONFIDENCE_NONE, attempt->after_us, attempt->reason);
    }
  if (is_proven_shut (self, way))
    {
      verdict.answer = FLOE_NAT_ANSWER_NO;
      set_proof (&verdict, FLOE_NAT_CONFIDENCE_MEDIUM, verdict.proof.after_us,
                 "no server that is reached so has answered");
    }
  return verdict;
}

const char *
floe_nat_reach_get_proxy (const FloeNatReach *self)
{
  for (guint i = 0; i < self->count; i++)
    if (self->attempts[i]->proxy != NULL)
      return self->attempts[i]->proxy;
  return NULL;
}

gboolean
floe_nat_reach_get_server (const FloeNatReach *self, guint target, FloeNatFault *fault,
                           gint64 *rtt_us)
{
  for (guint i = 0; i < self->count; i++)
    if (self->attempts[i]->target == target)
      {
        *fault = self->attempts[i]->fault;
        *rtt_us = self->attempts[i]->rtt_us;
        return TRUE;
      }
  return FALSE;
}
