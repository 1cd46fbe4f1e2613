/* SPDX-License-Identifier: MPL-2.0 */
#include "serve.h"

#include <glib-unix.h>
#include <signal.h>

#include "floe-rendezvous.h"
#include "host-address.h"

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE; /* what comes again on the way out changes nothing */
}

static void
run_until_signal (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint sources[G_N_ELEMENTS (ending_signals)];

  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    sources[i] = g_unix_signal_add (ending_signals[i], on_signal, loop);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    g_source_remove (sources[i]);
}

/* docs/protocol.md section 2: "A TURN server with a password is part of welcome over TLS only." */
static gboolean
keeps_servers_back (const Options *options)
{
  for (guint i = 0; options->certificate == NULL && i < options->ice_servers->len; i++)
    if (floe_ice_server_get_credential (g_ptr_array_index (options->ice_servers, i)) != NULL)
      return TRUE;
  return FALSE;
}

static void
announce (const Options *options, GInetSocketAddress *bound, Report *report)
{
  g_auto (FloeRoomAddress) address = { 0 };
  g_autofree char *url = NULL;

  options_get_own_address (options, bound, &address);
  host_address_warn_if_exposed (&address, report);
  if (keeps_servers_back (options))
    report_warning (report, "--turn has no effect: its password is told over https only; give "
                            "--tls-cert and --tls-key.");
  url = floe_room_address_to_string (&address);
  report_listening (report, url);
}

ExitStatus
serve_run (const Options *options, Report *report)
{
  FloeRendezvousOptions settings = { .ice_servers = options->ice_servers,
                                     .privacy = options->privacy,
                                     .certificate = options->certificate,
                                     .hosts = (const char *const *) options->hosts,
                                     .logs_addresses = options->logs_addresses };
  g_autoptr (FloeRendezvous) rendezvous = floe_rendezvous_new (&settings);
  g_autoptr (GInetSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  bound = floe_rendezvous_listen (rendezvous, options->listen, &error);
  if (bound == NULL)
    {
      report_error (report, EXIT_STATUS_FAILED, error->message);
      return EXIT_STATUS_FAILED;
    }
  announce (options, bound, report);
  run_until_signal ();
  floe_rendezvous_close (rendezvous);
  report_error (report, EXIT_STATUS_INTERRUPTED, "Interrupted");
  return EXIT_STATUS_INTERRUPTED;
}
