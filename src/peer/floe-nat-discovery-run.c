/* SPDX-License-Identifier: MPL-2.0 */
/* Runs: from the configuration to orders, and from facts to reports and finished calls. */
#include "floe-nat-discovery-private.h"

#include <floe/floe-error.h>

#include "floe-configuration-private.h"
#include "floe-ice-uri-codec-private.h"
#include "floe-nat-report-private.h"

/* A call that waits for the run. */
typedef struct
{
  FloeNatDiscovery *discovery; /* (unowned): owns the array that this is in */
  guint64 serial;              /* of the order for its run */
  GTask *task;                 /* (owned) (nullable): until it is about to return */
  GSource *cancelled;          /* (owned) (nullable) */
} Waiting;

static void
stop_watching (Waiting *waiting)
{
  if (waiting->cancelled != NULL)
    g_source_destroy (waiting->cancelled);
  g_clear_pointer (&waiting->cancelled, g_source_unref);
}

static void
free_waiting (gpointer data)
{
  Waiting *waiting = data;

  stop_watching (waiting);
  g_clear_object (&waiting->task);
  g_free (waiting);
}

GPtrArray *
floe_nat_discovery_make_waiting (void)
{
  return g_ptr_array_new_with_free_func (free_waiting);
}

static void
add_target (FloeNatPlan *plan, FloeIceServer *server, const char *url)
{
  FloeNatTarget target = { 0 };
  FloeIceUri uri;

  if (!floe_ice_uri_parse (&uri, url, NULL))
    return;
  target.url = (char *) url;
  target.host = uri.host;
  target.port = uri.port;
  target.way = FLOE_NAT_WAY_UDP;
  if (uri.scheme == FLOE_ICE_URI_STUNS || uri.scheme == FLOE_ICE_URI_TURNS)
    target.way = FLOE_NAT_WAY_TLS;
  else if (uri.protocol == FLOE_ICE_PROTOCOL_TCP)
    target.way = FLOE_NAT_WAY_TCP;
  if (uri.scheme == FLOE_ICE_URI_TURN || uri.scheme == FLOE_ICE_URI_TURNS)
    {
      target.username = (char *) floe_ice_server_get_username (server);
      target.password = (char *) floe_ice_server_get_credential (server);
    }
  floe_nat_plan_add_target (plan, &target);
}

/* With the transport policy alone it is the application's own wish to know. */
static gboolean
may_ask (const FloeConfiguration *configuration)
{
  return floe_privacy_rules_get (configuration->privacy, FLOE_ICE_TRANSPORT_POLICY_ALL)
      .speaks_to_peers;
}

FloeNatPlan *
floe_nat_discovery_make_plan (FloeNatDiscovery *self)
{
  FloeConfiguration *configuration = self->configuration;
  GPtrArray *servers = floe_configuration_get_ice_servers (configuration);
  FloeNatPlan *plan = floe_nat_plan_new ();

  for (guint i = 0; may_ask (configuration) && i < servers->len; i++)
    {
      FloeIceServer *server = g_ptr_array_index (servers, i);
      const char *const *urls = floe_ice_server_get_urls (server);

      for (gsize j = 0; urls[j] != NULL; j++)
        add_target (plan, server, urls[j]);
    }
  plan->interfaces = may_ask (configuration)
                         ? g_strdupv ((char **) floe_configuration_get_interfaces (configuration))
                         : g_new0 (char *, 1);
  plan->keeps_to_route = !floe_configuration_get_privacy_rules (configuration).uses_all_routes;
  plan->is_recall = self->is_recall;
  plan->include_loopback = floe_configuration_get_include_loopback (configuration);
  floe_configuration_get_port_range (configuration, &plan->min_port, &plan->max_port);
  g_set_object (&plan->proxy_resolver, floe_configuration_get_proxy_resolver (configuration));
  g_set_object (&plan->tls_database, floe_configuration_get_tls_database (configuration));
  g_set_object (&plan->cache_file, self->cache_file);
  return plan;
}

static GPtrArray *
copy_reports (const GPtrArray *reports)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_nat_report_unref);

  for (guint i = 0; i < reports->len; i++)
    g_ptr_array_add (copy, floe_nat_report_ref (g_ptr_array_index (reports, i)));
  return copy;
}

/* (transfer full): the calls whose order came before the end of the run. The end of an earlier run,
 * which may have asked others, can have been on its way when a call began. */
static GPtrArray *
take_calls (FloeNatDiscovery *self, guint64 serial)
{
  GPtrArray *taken = floe_nat_discovery_make_waiting ();

  for (guint i = 0; i < self->waiting->len;)
    {
      Waiting *call = g_ptr_array_index (self->waiting, i);

      if (call->serial > serial)
        {
          i++;
          continue;
        }
      stop_watching (call);
      g_ptr_array_add (taken, g_ptr_array_steal_index (self->waiting, i));
    }
  return taken;
}

/* Takes the calls out first: a callback may begin the next run, close the object, drop it, or run
 * the main loop. */
static void
finish_calls (FloeNatDiscovery *self, const GPtrArray *reports, guint64 serial)
{
  g_autoptr (GPtrArray) waiting = take_calls (self, serial);

  for (guint i = 0; i < waiting->len; i++)
    {
      Waiting *call = g_ptr_array_index (waiting, i);

      if (reports != NULL)
        g_task_return_pointer (call->task, copy_reports (reports),
                               (GDestroyNotify) g_ptr_array_unref);
      else
        g_task_return_new_error (call->task, FLOE_ERROR, FLOE_ERROR_ABORT,
                                 "The discovery was closed while it was under way");
    }
}

void
floe_nat_discovery_abort (FloeNatDiscovery *self)
{
  finish_calls (self, NULL, G_MAXUINT64);
}

static void
deliver_fact (FloeLetter *letter, gpointer user_data)
{
  /* A handler may drop the last reference. */
  g_autoptr (FloeNatDiscovery) self = g_object_ref (user_data);
  g_autoptr (FloeNatFact) fact = (FloeNatFact *) letter;
  g_autoptr (GPtrArray) reports =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_nat_report_unref);

  for (guint i = 0; i < fact->records->len; i++)
    g_ptr_array_add (reports, floe_nat_report_new (g_ptr_array_index (fact->records, i)));
  floe_nat_discovery_publish (self, reports);
  if (fact->is_final)
    finish_calls (self, reports, fact->serial);
}

static void
discard_fact (gpointer letter)
{
  floe_nat_fact_free (letter);
}

const FloeMailboxFuncs floe_nat_discovery_fact_funcs = { deliver_fact, NULL, discard_fact };

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Waiting *waiting = user_data;
  FloeNatDiscovery *self = waiting->discovery;
  g_autoptr (GTask) task = g_steal_pointer (&waiting->task);

  g_ptr_array_remove (self->waiting, waiting);
  if (self->waiting->len == 0)
    floe_nat_survey_post (self->survey, floe_nat_order_new (FLOE_NAT_ORDER_ABORT, NULL));
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
wait_for_run (FloeNatDiscovery *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->discovery = self;
  waiting->serial = ++self->serial;
  waiting->task = g_object_ref (task);
  g_ptr_array_add (self->waiting, waiting);
  if (cancellable == NULL)
    return;
  waiting->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiting->cancelled, (GSourceFunc) (void (*) (void)) on_cancelled, waiting,
                         NULL);
  g_source_attach (waiting->cancelled, self->context);
}

/**
 * floe_nat_discovery_run_async:
 * @self: a discovery
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: what @callback gets
 *
 * Finds out what the network does. That takes half a second where the network is a friendly one, a
 * second and a half at most, and up to half a second before for the servers' names; at most 60
 * packets for each interface and address family. Runs of one object that are under way together
 * are one, and of several objects one is under way at a time. What was measured less than ten
 * minutes ago, on the same network and with the same configuration, is told at once.
 *
 * A server that can't be reached or resolved is no error: the reports say so. Without any interface
 * that is up there is no report.
 *
 * Fails with %FLOE_ERROR_INVALID_ACCESS when the configuration has no server, with
 * %FLOE_ERROR_INVALID_STATE after floe_nat_discovery_close(), with %FLOE_ERROR_ABORT when the
 * object is closed meanwhile, and with %G_IO_ERROR_CANCELLED when @cancellable is. When all that
 * wait have cancelled, nothing is sent any more.
 *
 * Since: 1.0
 */
void
floe_nat_discovery_run_async (FloeNatDiscovery *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (FloeNatPlan) plan = NULL;
  FloeNatOrder *order;

  g_return_if_fail (FLOE_IS_NAT_DISCOVERY (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, floe_nat_discovery_run_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->survey == NULL)
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                               "The discovery is closed: make a new one");
      return;
    }
  plan = floe_nat_discovery_make_plan (self);
  if (plan->targets->len == 0)
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                               "There is nobody to ask: add a STUN or TURN server to the "
                               "configuration");
      return;
    }
  wait_for_run (self, task);
  order = floe_nat_order_new (FLOE_NAT_ORDER_RUN, plan);
  order->serial = self->serial;
  floe_nat_survey_post (self->survey, order);
}

/**
 * floe_nat_discovery_run_finish:
 * @self: a discovery
 * @result: what the callback got
 * @error: where an error goes, or %NULL
 *
 * Finishes floe_nat_discovery_run_async(), which tells the errors.
 *
 * Returns: (transfer container) (element-type FloeNatReport): a report for each interface and
 *   address family, the best way out first; %NULL with @error set
 * Since: 1.0
 */
GPtrArray *
floe_nat_discovery_run_finish (FloeNatDiscovery *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (FLOE_IS_NAT_DISCOVERY (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
