/* SPDX-License-Identifier: MPL-2.0 */
#include "nat.h"

#include <glib-unix.h>
#include <signal.h>

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };

typedef struct
{
  GMainLoop *loop;           /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *reports;        /* (owned) (nullable): of FloeNatReport */
  GError *error;             /* (owned) (nullable) */
} NatRun;

static void
nat_run_clear (NatRun *self)
{
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->reports, g_ptr_array_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NatRun, nat_run_clear)

static gboolean
on_signal (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer data)
{
  NatRun *run = data;

  run->reports = floe_nat_discovery_run_finish (FLOE_NAT_DISCOVERY (source), result, &run->error);
  g_main_loop_quit (run->loop);
}

static void
discover (NatRun *run, FloeNatDiscovery *discovery)
{
  guint sources[G_N_ELEMENTS (ending_signals)];

  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    sources[i] = g_unix_signal_add (ending_signals[i], on_signal, run->cancellable);
  floe_nat_discovery_run_async (discovery, run->cancellable, on_discovered, run);
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    g_source_remove (sources[i]);
}

static FloeConfiguration *
make_configuration (const Options *options)
{
  FloeConfiguration *configuration = floe_configuration_new ();

  for (guint i = 0; i < options->ice_servers->len; i++)
    floe_configuration_add_ice_server (configuration, g_ptr_array_index (options->ice_servers, i));
  if (options->nat.interfaces != NULL)
    floe_configuration_set_interfaces (configuration,
                                       (const char *const *) options->nat.interfaces);
  if (options->nat.proxy != NULL)
    floe_configuration_set_proxy_resolver (configuration, options->nat.proxy);
  if (options->max_port != 0)
    floe_configuration_set_port_range (configuration, options->min_port, options->max_port, NULL);
  if (options->trust != NULL)
    floe_configuration_set_tls_database (configuration, options->trust);
  return configuration;
}

static void
read_server (FloeNatServerReport *report, NatServer *server)
{
  *server = (NatServer){ .url = floe_nat_server_report_get_url (report),
                         .address = floe_nat_server_report_get_address (report),
                         .fault = floe_nat_server_report_get_fault (report),
                         .round_trip_us = floe_nat_server_report_get_round_trip_time (report) };
}

/* (transfer full): lives as long as the facts that name it, and no longer than @report. */
static GArray *
read_servers (const FloeNatReport *report)
{
  GPtrArray *reports = floe_nat_report_get_servers (report);
  GArray *servers = g_array_sized_new (FALSE, TRUE, sizeof (NatServer), reports->len);

  g_array_set_size (servers, reports->len);
  for (guint i = 0; i < reports->len; i++)
    read_server (g_ptr_array_index (reports, i), &g_array_index (servers, NatServer, i));
  return servers;
}

static void
read_facts (const FloeNatReport *report, const GArray *servers, NatFacts *facts)
{
  *facts = (NatFacts){
    .interface = floe_nat_report_get_interface (report),
    .family = floe_nat_report_get_family (report),
    .base_address = floe_nat_report_get_base_address (report),
    .external = floe_nat_report_get_external_addresses (report),
    .udp = floe_nat_report_get_udp (report),
    .udp_limited = floe_nat_report_get_udp_limited (report),
    .tcp = floe_nat_report_get_tcp (report),
    .tls = floe_nat_report_get_tls (report),
    .proxy = floe_nat_report_get_proxy (report),
    .translation = floe_nat_report_get_translation (report),
    .mapping = floe_nat_report_get_mapping (report),
    .filtering = floe_nat_report_get_filtering (report),
    .nat_type = floe_nat_report_get_nat_type (report),
    .allocation = floe_nat_report_get_allocation (report),
    .allocation_step = floe_nat_report_get_allocation_step (report),
    .block_size = floe_nat_report_get_block_size (report),
    .hairpin = floe_nat_report_get_hairpin (report),
    .carrier = floe_nat_report_get_carrier (report),
    .poisoning = floe_nat_report_get_poisoning (report),
    .rewriting = floe_nat_report_get_rewriting (report),
    .fragments = floe_nat_report_get_fragments (report),
    .lifetime_s = floe_nat_report_get_lifetime (report),
    .servers = (const NatServer *) (gconstpointer) servers->data,
    .n_servers = servers->len,
    .is_complete = floe_nat_report_is_complete (report),
    .duration_ms = floe_nat_report_get_duration (report),
    .time_us = floe_nat_report_get_time (report),
    .packet_count = floe_nat_report_get_packet_count (report),
  };
  for (int i = 0; i < NAT_ASPECT_COUNT; i++)
    facts->proofs[i] =
        (NatProof){ .confidence = floe_nat_report_get_confidence (report, (FloeNatAspect) i),
                    .evidence = floe_nat_report_get_evidence (report, (FloeNatAspect) i) };
}

/* (transfer full): those that were given, of which none could even be tried. */
static GArray *
list_silent_servers (const Options *options)
{
  GArray *servers = g_array_new (FALSE, TRUE, sizeof (NatServer));

  for (guint i = 0; i < options->ice_servers->len; i++)
    {
      FloeIceServer *server = g_ptr_array_index (options->ice_servers, i);
      NatServer silent = { .url = floe_ice_server_get_urls (server)[0],
                           .fault = FLOE_NAT_FAULT_SILENT,
                           .round_trip_us = -1 };
      g_array_append_val (servers, silent);
    }
  return servers;
}

/* Tells what is known of all networks, or that there is none. */
static ExitStatus
tell (const Options *options, const GPtrArray *reports, Report *report)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GArray) facts = g_array_new (FALSE, TRUE, sizeof (NatFacts));
  const NatFacts *all;

  g_array_set_size (facts, MAX (reports->len, 1));
  for (guint i = 0; i < reports->len; i++)
    {
      const FloeNatReport *one = g_ptr_array_index (reports, i);
      g_ptr_array_add (servers, read_servers (one));
      read_facts (one, g_ptr_array_index (servers, i), &g_array_index (facts, NatFacts, i));
    }
  if (reports->len == 0)
    {
      NatFacts *none = &g_array_index (facts, NatFacts, 0);
      GArray *silent = list_silent_servers (options);
      g_ptr_array_add (servers, silent);
      none->servers = (const NatServer *) (gconstpointer) silent->data;
      none->n_servers = silent->len;
    }
  g_array_sort (facts, nat_facts_compare);
  all = (const NatFacts *) (gconstpointer) facts->data;
  report_nat (report, all, facts->len, options->nat.with_evidence);
  return nat_facts_get_status (&all[0]);
}

/* The first report is of the best way out. */
static void
explain (const GPtrArray *reports, FloeConfiguration *configuration, Report *report)
{
  g_auto (GStrv) plans = NULL;

  if (reports->len == 0)
    return;
  plans = floe_nat_report_explain_plans (g_ptr_array_index (reports, 0), configuration);
  report_nat_plans (report, (const char *const *) plans);
}

ExitStatus
nat_run (const Options *options, Report *report)
{
  g_auto (NatRun)
      run = { .loop = g_main_loop_new (NULL, FALSE), .cancellable = g_cancellable_new () };
  g_autoptr (FloeConfiguration) configuration = make_configuration (options);
  g_autoptr (FloeNatDiscovery) discovery = floe_nat_discovery_new (configuration);
  ExitStatus status;

  report_nat_waiting (report, options->ice_servers->len);
  discover (&run, discovery);
  floe_nat_discovery_close (discovery);
  if (run.reports != NULL)
    {
      status = tell (options, run.reports, report);
      if (options->nat.explains)
        explain (run.reports, configuration, report);
      return status;
    }
  if (g_cancellable_is_cancelled (run.cancellable))
    {
      report_error (report, EXIT_STATUS_INTERRUPTED, "Interrupted");
      return EXIT_STATUS_INTERRUPTED;
    }
  report_error (report, EXIT_STATUS_FAILED, run.error->message);
  return EXIT_STATUS_FAILED;
}
