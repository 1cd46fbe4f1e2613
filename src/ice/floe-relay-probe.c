/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-relay-probe-private.h"

#include "floe-deadline-source-private.h"
#include "floe-local-addresses-private.h"
#include "floe-name-resolver-private.h"
#include "floe-stun-asker-private.h"

/* Sent at 0, 200 and 600 ms. */
#define RTO_US (200 * G_TIME_SPAN_MILLISECOND)
#define SEND_COUNT 3
#define LIMIT_US (2 * G_TIME_SPAN_SECOND) /* with the lookup of the name */

#define MAX_ASKERS 2 /* one address of each family */

struct _FloeRelayProbe
{
  GMainContext *context; /* (unowned): outlives the probe */
  FloeIceUri server;
  GArray *addresses; /* (owned) (nullable) */
  FloeRelayProbeFunc func;
  gpointer user_data;
  GCancellable *lookup;              /* (owned) (nullable): while the name is being resolved */
  FloeStunAsker *askers[MAX_ASKERS]; /* (owned) (nullable) */
  guint pending_count;
  gint64 asked_us;
  GSource *timer; /* (owned) */
};

static void
finish (FloeRelayProbe *self, gint64 round_trip_us)
{
  FloeRelayProbeFunc func = self->func;

  if (func == NULL)
    return;
  self->func = NULL;
  func (round_trip_us, self->user_data);
}

static void
on_outcome (const FloeStunOutcome *outcome, gpointer user_data)
{
  FloeRelayProbe *self = user_data;
  gint64 elapsed_us = g_get_monotonic_time () - self->asked_us;
  gboolean is_answer =
      outcome->result == FLOE_STUN_RESULT_SUCCESS || outcome->result == FLOE_STUN_RESULT_ERROR;

  self->pending_count--;
  if (is_answer)
    finish (self, outcome->rtt_us != -1 ? outcome->rtt_us : elapsed_us);
  else if (self->pending_count == 0)
    finish (self, -1);
}

static void
on_deadline (gpointer user_data)
{
  finish (user_data, -1);
}

static void
ask (FloeRelayProbe *self, GInetAddress *address)
{
  static const FloeStunTiming timing = { .rto_us = RTO_US, .send_count = SEND_COUNT };
  g_autoptr (GInetAddress) local =
      floe_local_addresses_find (self->addresses, g_inet_address_get_family (address));
  FloeStunAskerConfig config = {
    .context = self->context,
    .server = address,
    .port = self->server.port,
    .local = local,
  };
  FloeStunAsker *asker;

  /* Without one of the family the system would choose. */
  if (self->addresses != NULL && local == NULL)
    return;
  asker = floe_stun_asker_new (&config, on_outcome, self, NULL);
  if (asker == NULL)
    return;
  self->askers[self->pending_count++] = asker;
  floe_stun_asker_ask (asker, FLOE_STUN_METHOD_BINDING, NULL, NULL, NULL, &timing);
}

static void
ask_all (FloeRelayProbe *self, GList *addresses)
{
  gboolean has_ipv4 = FALSE, has_ipv6 = FALSE;

  self->asked_us = g_get_monotonic_time ();
  for (GList *link = addresses; link != NULL; link = link->next)
    {
      GSocketFamily family = g_inet_address_get_family (link->data);
      gboolean *is_asked = family == G_SOCKET_FAMILY_IPV6 ? &has_ipv6 : &has_ipv4;

      if (!*is_asked)
        ask (self, link->data);
      *is_asked = TRUE;
    }
  if (self->pending_count == 0)
    floe_deadline_source_set (self->timer, self->asked_us);
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  FloeRelayProbe *self = user_data;

  g_clear_object (&self->lookup);
  ask_all (self, addresses);
}

FloeRelayProbe *
floe_relay_probe_new (GMainContext *context, const FloeIceUri *server, const GArray *addresses,
                      FloeRelayProbeFunc func, gpointer user_data)
{
  FloeRelayProbe *self = g_new0 (FloeRelayProbe, 1);
  g_autoptr (GInetAddress) literal = floe_name_resolver_read (server->host);

  self->context = context;
  self->server = *server;
  self->addresses = addresses != NULL ? g_array_ref ((GArray *) addresses) : NULL;
  self->func = func;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  floe_deadline_source_set (self->timer, g_get_monotonic_time () + LIMIT_US);
  if (literal != NULL)
    {
      GList servers = { .data = literal };

      ask_all (self, &servers);
    }
  else
    self->lookup = floe_name_resolver_start (context, server->host, on_resolved, self);
  return self;
}

void
floe_relay_probe_free (FloeRelayProbe *self)
{
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  for (guint i = 0; i < MAX_ASKERS; i++)
    g_clear_pointer (&self->askers[i], floe_stun_asker_free);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_clear_pointer (&self->addresses, g_array_unref);
  g_free (self);
}
