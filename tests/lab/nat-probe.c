/* SPDX-License-Identifier: MPL-2.0 */
/* Finds out what the network does, and prints it: a line of words for each report and server.
 *
 *   nat-probe [--lifetime] [--ca FILE] [--cache FILE] [--user NAME PASSWORD] URL...
 *
 * With --lifetime it waits until it is known how long idle mappings live, which takes minutes. The
 * laboratory runs it on its hosts. Exits with 0 when there is a report. */
#include <floe/floe.h>

typedef struct
{
  GMainLoop *loop;
  int status;
} Probe;

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value)->value_nick;
}

static void
print_report (FloeNatReport *report)
{
  GPtrArray *servers = floe_nat_report_get_servers (report);
  g_autofree char *externals =
      g_strjoinv (",", (char **) floe_nat_report_get_external_addresses (report));

  g_print ("report interface=%s base=%s udp=%s tcp=%s tls=%s mapping=%s filtering=%s "
           "allocation=%s hairpin=%s fragments=%s carrier=%s type=%s external=%s lifetime=%u ms=%u "
           "packets=%u\n",
           floe_nat_report_get_interface (report), floe_nat_report_get_base_address (report),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_udp (report)),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_tcp (report)),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_tls (report)),
           get_nick (FLOE_TYPE_NAT_BEHAVIOUR, floe_nat_report_get_mapping (report)),
           get_nick (FLOE_TYPE_NAT_BEHAVIOUR, floe_nat_report_get_filtering (report)),
           get_nick (FLOE_TYPE_NAT_ALLOCATION, floe_nat_report_get_allocation (report)),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_hairpin (report)),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_fragments (report)),
           get_nick (FLOE_TYPE_NAT_ANSWER, floe_nat_report_get_carrier (report)),
           get_nick (FLOE_TYPE_NAT_TYPE, floe_nat_report_get_nat_type (report)), externals,
           floe_nat_report_get_lifetime (report), floe_nat_report_get_duration (report),
           floe_nat_report_get_packet_count (report));
  for (guint i = 0; i < servers->len; i++)
    {
      FloeNatServerReport *server = g_ptr_array_index (servers, i);

      g_print ("server url=%s fault=%s us=%" G_GINT64_FORMAT "\n",
               floe_nat_server_report_get_url (server),
               get_nick (FLOE_TYPE_NAT_FAULT, floe_nat_server_report_get_fault (server)),
               floe_nat_server_report_get_round_trip_time (server));
    }
  for (FloeNatAspect aspect = FLOE_NAT_ASPECT_UDP; aspect <= FLOE_NAT_ASPECT_FRAGMENTS; aspect++)
    if (floe_nat_report_get_evidence (report, aspect) != NULL)
      g_print ("evidence %s: %s\n", get_nick (FLOE_TYPE_NAT_ASPECT, aspect),
               floe_nat_report_get_evidence (report, aspect));
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Probe *probe = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports =
      floe_nat_discovery_run_finish (FLOE_NAT_DISCOVERY (source), result, &error);

  if (reports == NULL)
    g_printerr ("%s\n", error->message);
  for (guint i = 0; reports != NULL && i < reports->len; i++)
    print_report (g_ptr_array_index (reports, i));
  probe->status = reports == NULL || reports->len == 0;
  g_main_loop_quit (probe->loop);
}

static void
on_changed (FloeNatDiscovery *discovery, gpointer user_data)
{
  Probe *probe = user_data;
  GPtrArray *reports = floe_nat_discovery_get_reports (discovery);
  FloeNatReport *best = reports->len > 0 ? g_ptr_array_index (reports, 0) : NULL;

  if (best == NULL
      || floe_nat_report_get_confidence (best, FLOE_NAT_ASPECT_LIFETIME)
             == FLOE_NAT_CONFIDENCE_NONE)
    return;
  print_report (best);
  probe->status = 0;
  g_main_loop_quit (probe->loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloeNatDiscovery) discovery = floe_nat_discovery_new (configuration);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Probe probe = { loop, 1 };
  const char *user = NULL, *password = NULL;
  gboolean waits_for_lifetime = FALSE;

  for (int i = 1; i < argc; i++)
    if (g_strcmp0 (argv[i], "--user") == 0 && i + 2 < argc)
      {
        user = argv[++i];
        password = argv[++i];
      }
    else if (g_strcmp0 (argv[i], "--cache") == 0 && i + 1 < argc)
      {
        g_autoptr (GFile) file = g_file_new_for_path (argv[++i]);

        floe_nat_discovery_set_cache_file (discovery, file);
      }
    else if (g_strcmp0 (argv[i], "--ca") == 0 && i + 1 < argc)
      {
        g_autoptr (GTlsDatabase) database = g_tls_file_database_new (argv[++i], &error);

        if (database == NULL)
          g_error ("%s", error->message);
        floe_configuration_set_tls_database (configuration, database);
      }
    else if (g_strcmp0 (argv[i], "--lifetime") == 0)
      waits_for_lifetime = TRUE;
    else if (!floe_configuration_add_ice_server_url (configuration, argv[i], user, password,
                                                     &error))
      {
        g_printerr ("%s\n", error->message);
        return 2;
      }
  if (waits_for_lifetime)
    {
      g_signal_connect (discovery, "changed", G_CALLBACK (on_changed), &probe);
      floe_nat_discovery_set_background (discovery, TRUE);
    }
  else
    floe_nat_discovery_run_async (discovery, NULL, on_run, &probe);
  g_main_loop_run (loop);
  floe_nat_discovery_close (discovery);
  return probe.status;
}
