/* SPDX-License-Identifier: MPL-2.0 */
/* Which servers there are: rows of the plan become lanes, and lanes give way to others. */
#include "floe-ice-relays-internal-private.h"

#include "floe-tunnel-tls-private.h"

#define RETIRING_PREFERENCE 1

/* So many paths in the life of one transport: with credentials for ten minutes, over two weeks. */
#define MAX_LANES 4096

static gboolean
is_same_server (const FloeIceUri *a, const FloeIceUri *b)
{
  return a->scheme == b->scheme && a->port == b->port && a->protocol == b->protocol
         && g_ascii_strcasecmp (a->host, b->host) == 0;
}

/* The row for the same server that no other lane has got. */
static const FloePathSpec *
claim_row (GPtrArray *plan, gboolean *claimed, const FloePathSpec *spec)
{
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *row = g_ptr_array_index (plan, i);

      if (claimed[i] || row->kind != FLOE_PATH_RELAY
          || !is_same_server (&row->server, &spec->server))
        continue;
      claimed[i] = TRUE;
      return row;
    }
  return NULL;
}

static FloeIceLane *
add_lane (FloeIceRelays *self, const FloePathSpec *spec, gboolean is_successor)
{
  FloeIceLane *lane;

  if (self->lanes->len >= MAX_LANES)
    return NULL;
  lane = self->events->add_lane (spec, is_successor, self->user_data);
  floe_ice_lane_hold (lane);
  return lane;
}

static void
retire (FloeIceRelays *self, FloeIceLane *lane, const FloeIceLane *successor)
{
  lane->is_retiring = TRUE;
  lane->successor = successor;
  lane->preference = RETIRING_PREFERENCE;
  if (floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE)
    floe_ice_relays_close_lane (self, lane);
}

FloeIceLane *
floe_ice_relays_succeed (FloeIceRelays *self, FloeIceLane *lane, const FloePathSpec *spec,
                         gint64 now_us)
{
  FloeIceLane *successor = add_lane (self, spec, TRUE);

  if (successor == NULL)
    return NULL;
  floe_relay_core_replace (&self->core, now_us, floe_ice_path_get_id (lane->path),
                           floe_ice_path_get_id (successor->path));
  retire (self, lane, successor);
  return successor;
}

/* What becomes of a relay that there is already. @row (nullable): of the new plan. */
static void
renew (FloeIceRelays *self, FloeIceLane *lane, const FloePathSpec *row, gint64 now_us)
{
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

  if (row == NULL)
    {
      floe_relay_core_remove (&self->core, now_us, floe_ice_path_get_id (lane->path));
      retire (self, lane, NULL);
      return;
    }
  if (g_strcmp0 (row->username, spec->username) == 0
      && g_strcmp0 (row->credential, spec->credential) == 0)
    return;
  floe_ice_relays_succeed (self, lane, row, now_us);
}

/* What TLS needs is read now where a relay over TLS is asked for early; behind relays over UDP it
 * has time enough when its turn comes. */
static void
prepare (const FloeIceRelays *self, GPtrArray *plan)
{
  gboolean has[FLOE_RELAY_PROTOCOL_TLS + 1] = { FALSE };

  for (guint i = 0; i < plan->len; i++)
    has[floe_path_spec_get_relay_protocol (g_ptr_array_index (plan, i))] = TRUE;
  if (has[FLOE_RELAY_PROTOCOL_TLS] && !has[FLOE_RELAY_PROTOCOL_UDP]
      && self->shared->tls_database == NULL)
    floe_tunnel_tls_prepare ();
}

void
floe_ice_relays_set_plan (FloeIceRelays *self, GPtrArray *plan)
{
  g_autofree gboolean *claimed = g_new0 (gboolean, plan->len + 1);
  guint old_count = self->lanes->len;
  gint64 now_us = g_get_monotonic_time ();

  prepare (self, plan);
  for (guint i = 0; i < old_count; i++)
    {
      FloeIceLane *lane = floe_ice_relays_get_lane (self, i);
      const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

      if (spec->kind == FLOE_PATH_RELAY && !lane->is_retiring)
        renew (self, lane, claim_row (plan, claimed, spec), now_us);
    }
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *row = g_ptr_array_index (plan, i);
      FloeIceLane *lane = NULL;

      if (row->kind != FLOE_PATH_RELAY || claimed[i] || self->core.count == FLOE_RELAY_MAX_SERVERS)
        continue;
      lane = add_lane (self, row, FALSE);
      if (lane != NULL)
        floe_relay_core_add (&self->core, now_us, floe_ice_path_get_id (lane->path),
                             floe_path_spec_get_relay_protocol (row));
    }
  if (self->start_us != -1)
    floe_ice_relays_carry_out (self, now_us);
}
