/* SPDX-License-Identifier: MPL-2.0 */
/* What a transport asks DNS for, beside its servers' names: NAT64's prefixes, and the names in the
 * peer's candidates for who wants that. */
#include "floe-ice-transport-internal-private.h"

#include "floe-nat64-private.h"

static void
on_looked_up (const FloeCandidate *candidate, gpointer user_data)
{
  floe_ice_transport_add_remote_candidate (user_data, candidate);
}

void
floe_ice_transport_begin_names (FloeIceTransport *self, const FloeIceTransportConfig *config)
{
  /* A look-up shows itself to servers of the peer's choice. */
  if (config->resolve_names && !config->relay_only && config->privacy < FLOE_PRIVACY_LEVEL_NO_HOST)
    self->names.lookups = floe_ice_lookups_new (config->context, on_looked_up, self);
}

void
floe_ice_transport_update_paths (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_update_remote (floe_ice_transport_get_lane (self, i)->path);
  floe_ice_transport_update (self);
}

static void
on_prefixes (const FloeNat64 *nat64, gpointer user_data)
{
  FloeIceTransport *self = user_data;

  g_clear_object (&self->names.prefixes);
  floe_ice_remote_set_nat64 (&self->remote, nat64);
  floe_ice_transport_update_paths (self);
}

void
floe_ice_transport_look_up_prefixes (FloeIceTransport *self)
{
  if (!floe_nat64_is_needed ())
    return;
  self->remote.is_asking = TRUE;
  self->names.prefixes = g_cancellable_new ();
  floe_nat64_look_up (self->shared.context, self->names.prefixes, on_prefixes, self, NULL);
}

void
floe_ice_transport_end_names (FloeIceTransport *self)
{
  g_cancellable_cancel (self->names.prefixes);
  g_clear_object (&self->names.prefixes);
  g_clear_pointer (&self->names.lookups, floe_ice_lookups_free);
}
