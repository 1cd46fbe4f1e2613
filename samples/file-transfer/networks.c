/* SPDX-License-Identifier: MPL-2.0 */
#include "networks.h"

#include <glib/gstdio.h>
#include <string.h>

/* More than Floe writes: what is larger is none of ours. */
#define MAX_WAYS_SIZE (16 * 1024)
/* So long what was found out is believed to be so, as Floe itself does. */
#define FRESH_US (10 * G_TIME_SPAN_MINUTE)

struct _Networks
{
  char *folder;                /* (owned) (nullable): NULL where nothing can be kept */
  char *ways;                  /* (owned): what is remembered, as text */
  FloeNatDiscovery *discovery; /* (owned) (nullable) */
  gint64 looked_us;            /* when that began */
  gboolean is_stale;           /* the network has changed since then */
  GNetworkMonitor *monitor;    /* (owned) */
  gulong changed_id;
  FloeConfiguration *configuration; /* (owned) (nullable): of the last connection */
  gulong memory_id;
};

/* (transfer full) (nullable): of a file of the folder. */
static char *
build_path (const Networks *self, const char *name)
{
  return self->folder != NULL ? g_build_filename (self->folder, name, NULL) : NULL;
}

/* A FIFO in its place would never be opened, and a device never end. */
static char *
read_ways (const Networks *self)
{
  g_autofree char *path = build_path (self, "ways");
  g_autofree char *text = NULL;
  GStatBuf status;
  gsize size;

  if (path == NULL || g_lstat (path, &status) != 0 || !S_ISREG (status.st_mode)
      || status.st_size > MAX_WAYS_SIZE || !g_file_get_contents (path, &text, &size, NULL)
      || !g_utf8_validate (text, (gssize) size, NULL))
    return g_strdup ("");
  return g_steal_pointer (&text);
}

static void
on_memory_changed (FloeConfiguration *configuration, GParamSpec *property, Networks *self)
{
  g_autofree char *path = build_path (self, "ways");
  g_autoptr (GError) error = NULL;

  g_free (self->ways);
  self->ways = floe_configuration_get_strategy_memory (configuration);
  if (path != NULL
      && !g_file_set_contents_full (path, self->ways, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    &error))
    g_debug ("networks: nothing can be remembered: %s", error->message);
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_available, Networks *self)
{
  self->is_stale = TRUE;
}

Networks *
networks_new (void)
{
  Networks *self = g_new0 (Networks, 1);

  self->folder = g_build_filename (g_get_user_cache_dir (), "floe", NULL);
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    g_clear_pointer (&self->folder, g_free);
  self->ways = read_ways (self);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->changed_id =
      g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  return self;
}

static void
forget_discovery (Networks *self)
{
  if (self->discovery != NULL)
    floe_nat_discovery_close (self->discovery);
  g_clear_object (&self->discovery);
}

static void
forget_configuration (Networks *self)
{
  if (self->configuration != NULL)
    g_signal_handler_disconnect (self->configuration, self->memory_id);
  g_clear_object (&self->configuration);
}

void
networks_free (Networks *self)
{
  forget_configuration (self);
  g_signal_handler_disconnect (self->monitor, self->changed_id);
  g_object_unref (self->monitor);
  forget_discovery (self);
  g_free (self->ways);
  g_free (self->folder);
  g_free (self);
}

static gboolean
has_stun_server (FloeConfiguration *configuration)
{
  GPtrArray *servers = floe_configuration_get_ice_servers (configuration);

  for (guint i = 0; i < servers->len; i++)
    {
      const char *const *urls = floe_ice_server_get_urls (g_ptr_array_index (servers, i));

      for (gsize j = 0; urls[j] != NULL; j++)
        {
          if (g_ascii_strncasecmp (urls[j], "stun:", strlen ("stun:")) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

void
networks_look (Networks *self, FloeConfiguration *configuration)
{
  g_autofree char *path = build_path (self, "networks");
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;

  forget_discovery (self);
  self->looked_us = g_get_monotonic_time ();
  self->is_stale = FALSE;
  if (floe_configuration_get_ice_transport_policy (configuration) == FLOE_ICE_TRANSPORT_POLICY_RELAY
      || floe_configuration_get_privacy_level (configuration) == FLOE_PRIVACY_LEVEL_RELAY_ONLY
      || !has_stun_server (configuration))
    return;
  self->discovery = floe_nat_discovery_new (configuration);
  floe_nat_discovery_set_cache_file (self->discovery, file);
  floe_nat_discovery_run_async (self->discovery, NULL, NULL, NULL);
}

/* (transfer none) (nullable): while the network is being looked at, what is remembered of it. */
static FloeNatReport *
get_report (Networks *self)
{
  GPtrArray *reports;
  FloeNatReport *best;

  if (self->discovery == NULL || self->is_stale)
    return NULL;
  reports = floe_nat_discovery_get_reports (self->discovery);
  best = reports->len > 0 ? g_ptr_array_index (reports, 0) : NULL;
  return best != NULL && floe_nat_report_is_complete (best) ? best : NULL;
}

void
networks_fill (Networks *self, FloeConfiguration *configuration)
{
  FloeNatReport *report = get_report (self);

  forget_configuration (self);
  floe_configuration_set_strategy_memory (configuration, self->ways);
  self->configuration = g_object_ref (configuration);
  self->memory_id = g_signal_connect (configuration, "notify::strategy-memory",
                                      G_CALLBACK (on_memory_changed), self);
  if (report != NULL)
    floe_configuration_set_nat_report (configuration, report);
  if (self->is_stale || g_get_monotonic_time () - self->looked_us > FRESH_US)
    networks_look (self, configuration);
}
