/* SPDX-License-Identifier: MPL-2.0 */
/* What both sides' NATs are: found out in the background or given by the application, told to the
 * peer once, in the first description or candidate after it is known, and never changed then, so
 * that both sides make their plans of the same words. What the privacy level keeps from the peer
 * this side makes no plan of either. */
#include "floe-peer-connection-private.h"

#include "floe-configuration-private.h"
#include "floe-ice-uri-codec-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-nat-cache-private.h"
#include "floe-nat-discovery-private.h"
#include "floe-nat-report-private.h"
#include "floe-strategy-report-private.h"

static gboolean
has_stun_server (const FloeConfiguration *configuration)
{
  for (guint i = 0; i < configuration->ice_servers->len; i++)
    {
      const char *const *urls =
          floe_ice_server_get_urls (g_ptr_array_index (configuration->ice_servers, i));

      for (gsize j = 0; urls[j] != NULL; j++)
        {
          FloeIceUri uri;

          if (floe_ice_uri_parse (&uri, urls[j], NULL) && uri.scheme == FLOE_ICE_URI_STUN)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
has_address (const char *address)
{
  g_autoptr (GArray) addresses = floe_local_addresses_list ();

  for (guint i = 0; i < addresses->len; i++)
    {
      if (g_strcmp0 (g_array_index (addresses, FloeLocalAddress, i).text, address) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A host that has still got the address is most likely on the same network. */
static gboolean
is_current (const FloeNatReport *report)
{
  gint64 age_us = g_get_real_time () - floe_nat_report_get_time (report);

  return age_us >= 0 && age_us < FLOE_NAT_FRESH_US
         && has_address (floe_nat_report_get_base_address (report));
}

static void
take_report (FloePeerConnection *self, const FloeNatReport *report)
{
  self->network.local = floe_strategy_summarize (
      &report->record->findings, floe_strategy_get_punching (&self->network.strategy));
  self->network.lifetime_s = report->record->findings.lifetime_s;
  self->network.is_known = TRUE;
  self->network.key = g_strdup (report->record->key);
  self->network.strategy.last =
      floe_configuration_recall_way (self->configuration, self->network.key);
}

/* The application has said in words what the NAT is; what it allows is what it has set. */
static void
take_summary (FloePeerConnection *self, const FloeNatSummary *summary)
{
  self->network.local = *summary;
  self->network.local.punching =
      MIN (summary->punching, floe_strategy_get_punching (&self->network.strategy));
  self->network.is_known = TRUE;
}

void
floe_peer_nat_init (FloePeerConnection *self)
{
  const FloeConfigurationPaths *paths = &self->configuration->paths;
  gboolean is_metered = g_network_monitor_get_network_metered (g_network_monitor_get_default ());

  self->network.strategy = floe_configuration_get_strategy_config (self->configuration, is_metered);
  self->network.is_secret = !floe_configuration_get_privacy_rules (self->configuration).tells_nat;
  /* Where only relays may be used nothing is told that is of no use. */
  if (self->network.strategy.policy == FLOE_ICE_TRANSPORT_POLICY_RELAY)
    return;
  if (paths->summary != NULL)
    take_summary (self, paths->summary);
  else if (paths->report != NULL)
    take_report (self, paths->report);
  else if (paths->discovery != FLOE_NAT_DISCOVERY_MODE_OFF && paths->known != NULL
           && is_current (paths->known))
    take_report (self, paths->known);
}

static void
tell_network_side (FloePeerConnection *self, FloeOrderType type, const FloeNatSummary *summary)
{
  FloeOrder *order = floe_order_new (type);

  order->with.nat = g_memdup2 (summary, sizeof *summary);
  if (type == FLOE_ORDER_LOCAL_NAT)
    {
      order->size = self->network.lifetime_s;
      order->key = self->network.strategy.last;
    }
  floe_stack_post (self->stack, order);
}

static void
note_told (FloePeerConnection *self)
{
  self->network.is_told = TRUE;
  tell_network_side (self, FLOE_ORDER_LOCAL_NAT, &self->network.local);
}

/* All candidates are told already: one is told again, with this. Whoever does not read it takes it
 * for what it is, the same candidate once more. */
static void
tell_late (FloePeerConnection *self)
{
  gboolean is_of_use = self->states.ice == FLOE_ICE_CONNECTION_STATE_NEW
                       || self->states.ice == FLOE_ICE_CONNECTION_STATE_CHECKING;

  if (self->network.is_told || self->network.is_secret || self->network.last == NULL || !is_of_use
      || self->states.gathering != FLOE_ICE_GATHERING_STATE_COMPLETE)
    return;
  floe_peer_nat_mark_candidate (self, self->network.last);
  floe_peer_tell_candidate (self, self->network.last);
  if (!self->is_closed)
    floe_peer_tell_gathered (self);
}

static GWeakRef *
make_weak (FloePeerConnection *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* (transfer full) (nullable) */
static FloePeerConnection *
take_weak (GWeakRef *weak)
{
  FloePeerConnection *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static void
learn (FloePeerConnection *self, FloeNatReport *report)
{
  floe_nat_report_ref (report);
  g_clear_pointer (&self->configuration->paths.known, floe_nat_report_unref);
  self->configuration->paths.known = report;
  if (self->network.is_known)
    return;
  take_report (self, report);
  tell_late (self);
}

static void
on_discovered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = take_weak (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports =
      floe_nat_discovery_run_finish (FLOE_NAT_DISCOVERY (object), result, &error);

  if (self == NULL || self->is_closed)
    return;
  g_clear_object (&self->network.discovery);
  if (reports == NULL || reports->len == 0)
    floe_info (FLOE_LOG_PEER, "nothing is known of the NAT: %s",
               error != NULL ? error->message : "nobody has been asked, or no interface is up");
  else
    learn (self, g_ptr_array_index (reports, 0));
}

void
floe_peer_nat_start (FloePeerConnection *self)
{
  g_autoptr (FloeConfiguration) asked = NULL;
  FloeNatDiscoveryMode mode = self->configuration->paths.discovery;

  if (self->network.is_known || mode == FLOE_NAT_DISCOVERY_MODE_OFF
      || self->network.strategy.policy == FLOE_ICE_TRANSPORT_POLICY_RELAY
      || !has_stun_server (self->configuration))
    return;
  asked = floe_peer_servers_copy_configuration (self->configuration);
  self->network.discovery = floe_nat_discovery_new (asked);
  self->network.discovery->is_recall = mode == FLOE_NAT_DISCOVERY_MODE_CACHED;
  floe_nat_discovery_run_async (self->network.discovery, NULL, on_discovered, make_weak (self));
}

void
floe_peer_nat_stop (FloePeerConnection *self)
{
  if (self->network.discovery != NULL)
    floe_nat_discovery_close (self->network.discovery);
  g_clear_object (&self->network.discovery);
}

void
floe_peer_nat_clear (FloePeerConnection *self)
{
  g_clear_pointer (&self->network.last, g_free);
  g_clear_pointer (&self->network.key, g_free);
}

/* Which network the host has gone to nobody has asked, and nothing more is learnt of the one that
 * it was on. */
void
floe_peer_nat_handle_path (FloePeerConnection *self, gboolean is_relayed, FloePathReason reason)
{
  if (reason == FLOE_PATH_REASON_NETWORK_CHANGED)
    g_clear_pointer (&self->network.key, g_free);
  floe_configuration_remember_way (self->configuration, self->network.key,
                                   is_relayed ? FLOE_STRATEGY_MEMORY_RELAY
                                              : FLOE_STRATEGY_MEMORY_DIRECT);
}

void
floe_peer_nat_write (FloePeerConnection *self)
{
  self->network.is_written = self->network.is_known && !self->network.is_secret;
  floe_jsep_set_local_nat (self->jsep, self->network.is_written ? &self->network.local : NULL);
}

void
floe_peer_nat_handle_local (FloePeerConnection *self)
{
  if (self->network.is_written && !self->network.is_told)
    note_told (self);
}

void
floe_peer_nat_handle_remote (FloePeerConnection *self)
{
  FloeNatSummary summary;

  /* What comes later is not believed: each change would have tactics begin anew, and their packets
   * go where the peer likes. */
  if (self->is_closed || self->network.has_remote
      || self->network.strategy.policy == FLOE_ICE_TRANSPORT_POLICY_RELAY
      || !floe_jsep_get_remote_nat (self->jsep, &summary))
    return;
  self->network.has_remote = TRUE;
  tell_network_side (self, FLOE_ORDER_REMOTE_NAT, &summary);
}

void
floe_peer_nat_mark_candidate (FloePeerConnection *self, FloeCandidate *candidate)
{
  if (self->network.is_known && !self->network.is_told && !self->network.is_secret)
    {
      candidate->has_nat = TRUE;
      candidate->nat = self->network.local;
      note_told (self);
    }
  if (candidate == self->network.last)
    return;
  g_free (self->network.last);
  self->network.last = g_memdup2 (candidate, sizeof *candidate);
}
