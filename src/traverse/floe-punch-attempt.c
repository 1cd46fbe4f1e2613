/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-attempt-private.h"

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-probe-target-private.h"
#include "floe-punch-hops-private.h"
#include "floe-punch-sockets-private.h"
#include "floe-random-private.h"

struct _FloePunchAttempt
{
  const FloeTacticContext *context; /* (unowned) */
  FloePunchCore *core;              /* (owned) */
  FloePunchSockets *sockets;        /* (owned) (nullable): of who opens */
  char base[INET6_ADDRSTRLEN];
  FloeStunAddress peer;
  FloePunchHops hops; /* of primers that shall not arrive */
  FloePunchAttemptFunc func;
  gpointer user_data;
  GSource *timer; /* (owned): the core's deadline */
  FloePunchAttemptResult result;
};

/* From the socket that the peer's packets come to, so that they fit the NAT's mapping. A datagram
 * that finds it full is lost, as it may be anywhere on its way. */
static void
send_from_path (FloePunchAttempt *self, const FloePunchOutput *output)
{
  g_autoptr (GSocketAddress) to = floe_stun_address_to_socket_address (&output->to);
  GSocket *socket =
      floe_ice_transport_get_socket (self->context->ice, self->context->base_path_id, self->base);

  if (socket != NULL)
    g_socket_send_to (socket, to, (const char *) output->data, output->size, NULL, NULL);
}

static void
open_socket (FloePunchAttempt *self, const FloePunchOutput *output)
{
  if (self->sockets != NULL
      && floe_punch_sockets_open (self->sockets, output->socket, output->wants_even))
    return;
  floe_punch_core_handle_open_failed (self->core, g_get_monotonic_time (), output->socket);
}

static void
take_found (FloePunchAttempt *self, const FloePunchOutput *output)
{
  const FloePunchCounters *counters = floe_punch_core_get_counters (self->core);

  floe_debug (FLOE_LOG_ICE, "punching: through, after %u primers and %u probes", counters->primers,
              counters->probes);
  self->result.state = FLOE_PUNCH_ATTEMPT_FOUND;
  self->result.remote = output->to;
  if (self->sockets != NULL)
    self->result.local_port = floe_punch_sockets_close (self->sockets, output->socket);
}

static void
take_end (FloePunchAttempt *self, const FloePunchOutput *output)
{
  const FloePunchCounters *counters = floe_punch_core_get_counters (self->core);

  floe_debug (FLOE_LOG_ICE, "punching: in vain (%d, %s), after %u primers and %u probes",
              output->end, floe_probe_verdict_to_string (output->verdict), counters->primers,
              counters->probes);
  self->result.state = FLOE_PUNCH_ATTEMPT_IN_VAIN;
  self->result.end = output->end;
  self->result.verdict = output->verdict;
}

static void
send_from_socket (FloePunchAttempt *self, const FloePunchOutput *output)
{
  guint ttl = output->ttl != 0 ? floe_punch_hops_get_next (&self->hops, output->socket) : 0;

  floe_punch_sockets_send (self->sockets, output->socket, &output->to, ttl, output->data,
                           output->size);
}

static void
carry_out (FloePunchAttempt *self, const FloePunchOutput *output)
{
  switch (output->type)
    {
    case FLOE_PUNCH_OUTPUT_OPEN:
      open_socket (self, output);
      break;
    case FLOE_PUNCH_OUTPUT_SEND:
      if (self->sockets != NULL)
        send_from_socket (self, output);
      else
        send_from_path (self, output);
      break;
    case FLOE_PUNCH_OUTPUT_CLOSE:
      if (self->sockets != NULL)
        floe_punch_sockets_close (self->sockets, output->socket);
      break;
    case FLOE_PUNCH_OUTPUT_FOUND:
      take_found (self, output);
      break;
    case FLOE_PUNCH_OUTPUT_EXHAUSTED:
      take_end (self, output);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
drain (FloePunchAttempt *self)
{
  FloePunchOutput output;

  while (floe_punch_core_poll (self->core, &output))
    carry_out (self, &output);
  floe_deadline_source_set (self->timer, floe_punch_core_get_deadline (self->core));
}

/* After whatever the core was told. */
static void
go_on (FloePunchAttempt *self)
{
  gboolean was_under_way = self->result.state == FLOE_PUNCH_ATTEMPT_UNDER_WAY;

  drain (self);
  if (was_under_way && self->result.state != FLOE_PUNCH_ATTEMPT_UNDER_WAY)
    self->func (self->user_data);
}

static void
on_timer (gpointer user_data)
{
  FloePunchAttempt *self = user_data;

  floe_punch_core_handle_timeout (self->core, g_get_monotonic_time ());
  go_on (self);
}

static void
on_received (guint socket, const FloeStunAddress *from, const guint8 *data, gsize size,
             gpointer user_data)
{
  FloePunchAttempt *self = user_data;

  floe_punch_core_handle_datagram (self->core, g_get_monotonic_time (), socket, from, data, size);
  go_on (self);
}

static void
on_prohibited (gpointer user_data)
{
  FloePunchAttempt *self = user_data;

  floe_punch_core_handle_prohibited (self->core, g_get_monotonic_time ());
  go_on (self);
}

static void
on_exceeded (guint socket, const FloeStunAddress *router, gpointer user_data)
{
  FloePunchAttempt *self = user_data;

  floe_punch_hops_handle_exceeded (&self->hops, socket, router, &self->peer);
}

static const FloePunchSocketsEvents sockets_events = { on_received, on_prohibited, on_exceeded };

static FloePunchSockets *
make_sockets (FloePunchAttempt *self, const FloePunchFacts *facts)
{
  guint16 min_port, max_port;

  floe_ice_transport_get_port_range (self->context->ice, &min_port, &max_port);
  return floe_punch_sockets_new (self->context->context, &facts->base, min_port, max_port,
                                 &sockets_events, self);
}

static FloePunchCore *
make_core (const FloeTacticContext *context, const FloePunchFacts *facts,
           FloeProbeBudgetCore *budget)
{
  g_autoptr (GError) error = NULL;
  FloePunchSession session = {
    .local_ufrag = context->local_ufrag,
    .local_password = context->local_pwd,
    .remote_ufrag = context->remote_ufrag,
    .remote_password = context->remote_pwd,
    .is_controlling = context->is_controlling,
    .tie_breaker = floe_random_uint64 (),
  };
  FloePunchCore *core = floe_punch_core_new (&facts->config, &session, budget, &error);

  if (core == NULL)
    floe_debug (FLOE_LOG_ICE, "punching: %s", error->message);
  return core;
}

FloePunchAttempt *
floe_punch_attempt_new (const FloeTacticContext *context, const FloePunchFacts *facts,
                        FloeProbeBudgetCore *budget, FloePunchAttemptFunc func, gpointer user_data)
{
  FloePunchCore *core = make_core (context, facts, budget);
  FloePunchAttempt *self;

  if (core == NULL)
    return NULL;
  self = g_new0 (FloePunchAttempt, 1);
  self->context = context;
  self->core = core;
  self->func = func;
  self->user_data = user_data;
  self->peer = facts->request.target;
  self->hops.is_translated = !floe_probe_target_is_public (&facts->base);
  g_strlcpy (self->base, facts->base_text, sizeof self->base);
  self->timer = floe_deadline_source_new (context->context, on_timer, self);
  if (facts->config.role == FLOE_PUNCH_ROLE_MANY)
    {
      self->sockets = make_sockets (self, facts);
      if (self->sockets == NULL)
        {
          floe_punch_attempt_free (self);
          return NULL;
        }
    }
  floe_punch_core_start (core, g_get_monotonic_time (), &facts->request);
  drain (self);
  return self;
}

void
floe_punch_attempt_free (FloePunchAttempt *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_clear_pointer (&self->sockets, floe_punch_sockets_free);
  floe_punch_core_free (self->core);
  g_free (self);
}

const FloePunchAttemptResult *
floe_punch_attempt_get_result (const FloePunchAttempt *self)
{
  return &self->result;
}

const char *
floe_punch_attempt_get_base (const FloePunchAttempt *self)
{
  return self->base;
}

void
floe_punch_attempt_handle_connected (FloePunchAttempt *self, const FloeStunAddress *remote)
{
  floe_punch_core_handle_connected (self->core, g_get_monotonic_time (), 0, remote);
  go_on (self);
}

void
floe_punch_attempt_handle_path (FloePunchAttempt *self, gint64 round_trip_us)
{
  floe_punch_core_handle_path (self->core, g_get_monotonic_time (), round_trip_us, 0);
  go_on (self);
}
