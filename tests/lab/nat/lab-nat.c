/* SPDX-License-Identifier: MPL-2.0 */
/* Decides; lab-nat-packet.c reads and rewrites packets, lab-nat-ports.c picks ports. */
#include <string.h>

#include "lab-nat-private.h"

#define SWEEP_INTERVAL_US G_TIME_SPAN_SECOND
/* Linux keeps an unanswered UDP flow that long (nf_conntrack_udp_timeout). */
#define POISON_LIFETIME_US (30 * G_TIME_SPAN_SECOND)
#define BAN_WINDOW_US (10 * G_TIME_SPAN_SECOND)

/* What an inside host has been up to. */
typedef struct
{
  gint64 window_began_us;
  gint64 banned_until_us;
  guint met;
} Conduct;

LabNat *
lab_nat_new (const LabNatConfig *config, guint64 seed)
{
  LabNat *self = g_new0 (LabNat, 1);

  self->config = *config;
  self->flow_tokens = G_MAXUINT; /* a full bucket, whatever its size will be */
  lab_nat_table_init (&self->table);
  lab_nat_ports_init (&self->ports, seed);
  self->externals = g_array_new (FALSE, FALSE, sizeof (LabAddress));
  self->poison = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free, g_free);
  self->conduct = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free, g_free);
  return self;
}

void
lab_nat_free (LabNat *self)
{
  lab_nat_table_clear (&self->table);
  lab_nat_ports_clear (&self->ports);
  g_array_unref (self->externals);
  g_hash_table_unref (self->poison);
  g_hash_table_unref (self->conduct);
  g_free (self);
}

LabNatConfig *
lab_nat_get_config (LabNat *self)
{
  return &self->config;
}

void
lab_nat_set_fact_func (LabNat *self, LabNatFactFunc func, gpointer user_data)
{
  self->fact_func = func;
  self->fact_data = user_data;
}

void
lab_nat_add_external (LabNat *self, const LabAddress *address)
{
  g_array_append_val (self->externals, *address);
}

/* The addresses are taken away, and with them what was mapped to them. */
void
lab_nat_clear_externals (LabNat *self, gint64 now_us)
{
  lab_nat_reboot (self, now_us);
  g_array_set_size (self->externals, 0);
}

gboolean
lab_nat_is_external (const LabNat *self, const LabAddress *address)
{
  for (guint i = 0; i < self->externals->len; i++)
    if (lab_address_equal (&g_array_index (self->externals, LabAddress, i), address))
      return TRUE;
  return FALSE;
}

static void
tell (LabNat *self, gint64 now_us, const LabNatFact *fact)
{
  if (self->fact_func != NULL)
    self->fact_func (now_us, fact, self->fact_data);
}

static void
tell_mapping (LabNat *self, gint64 now_us, const char *what, const LabNatMapping *mapping,
              const LabEndpoint *remote)
{
  tell (self, now_us,
        &(LabNatFact){ .what = what,
                       .protocol = mapping->key.protocol,
                       .internal = mapping->key.local,
                       .external = mapping->external,
                       .remote = remote != NULL ? *remote : mapping->key.remote });
}

LabNatVerdict
lab_nat_drop_out (LabNat *self, gint64 now_us, const LabNatFlow *flow, const char *reason)
{
  tell (self, now_us,
        &(LabNatFact){ .what = "dropped",
                       .reason = reason,
                       .protocol = flow->protocol,
                       .internal = flow->internal,
                       .remote = flow->remote });
  return LAB_NAT_DROP;
}

static gint64
lifetime_of (const LabNat *self, guint8 protocol, gboolean is_closing)
{
  const LabNatLifetimes *lifetimes = &self->config.lifetimes;

  if (protocol == LAB_PROTOCOL_UDP)
    return lifetimes->udp_lifetime_us;
  if (protocol == LAB_PROTOCOL_TCP)
    return is_closing ? lifetimes->closing_lifetime_us : lifetimes->tcp_lifetime_us;
  return lifetimes->icmp_lifetime_us;
}

static void
remove_mapping (LabNat *self, gint64 now_us, LabNatMapping *mapping, const char *what)
{
  tell_mapping (self, now_us, what, mapping, NULL);
  lab_nat_table_remove (&self->table, mapping);
}

static void
sweep (LabNat *self, gint64 now_us)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->table.by_internal);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((LabNatMapping *) value)->expires_us <= now_us)
      g_ptr_array_add (old, value);
  for (guint i = 0; i < old->len; i++)
    remove_mapping (self, now_us, g_ptr_array_index (old, i), "expired");
  g_hash_table_iter_init (&iter, self->poison);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (*(gint64 *) value <= now_us)
      g_hash_table_iter_remove (&iter);
  self->swept_us = now_us;
}

static LabNatMapping *
find_live (LabNat *self, gint64 now_us, const LabNatKey *key)
{
  LabNatMapping *mapping = lab_nat_table_find (&self->table, key);

  if (mapping == NULL || mapping->expires_us > now_us)
    return mapping;
  remove_mapping (self, now_us, mapping, "expired");
  return NULL;
}

/* Sweeps when it is time, or when a mapping to @external is over. */
static void
expire_at (LabNat *self, gint64 now_us, guint8 protocol, const LabEndpoint *external)
{
  const GPtrArray *sharers = lab_nat_table_find_external (&self->table, protocol, external);
  gboolean is_due = now_us - self->swept_us >= SWEEP_INTERVAL_US;

  for (guint i = 0; sharers != NULL && i < sharers->len; i++)
    is_due = is_due || ((LabNatMapping *) g_ptr_array_index (sharers, i))->expires_us <= now_us;
  if (is_due)
    sweep (self, now_us);
}

typedef struct
{
  LabNat *self;
  gint64 now_us;
  const LabNatFlow *flow;
  LabAddress address;
} Candidate;

static gboolean
is_poisoned (const Candidate *candidate, const LabEndpoint *external)
{
  LabNatKey key = lab_nat_key (candidate->flow->protocol, external, &candidate->flow->remote,
                               LAB_NAT_ADDRESS_AND_PORT_DEPENDENT);
  const gint64 *until = g_hash_table_lookup (candidate->self->poison, &key);

  return until != NULL && *until > candidate->now_us;
}

static gboolean
is_port_free (guint16 port, gpointer user_data)
{
  const Candidate *candidate = user_data;
  LabEndpoint external = { candidate->address, port };
  const GPtrArray *sharers =
      lab_nat_table_find_external (&candidate->self->table, candidate->flow->protocol, &external);

  if (is_poisoned (candidate, &external))
    return FALSE;
  for (guint i = 0; sharers != NULL && i < sharers->len; i++)
    {
      const LabNatMapping *mapping = g_ptr_array_index (sharers, i);
      if (mapping->expires_us > candidate->now_us
          && (!candidate->self->config.ports.is_overloaded
              || lab_endpoint_equal (&mapping->key.remote, &candidate->flow->remote)))
        return FALSE;
    }
  return TRUE;
}

/* RFC 4787 REQ-2: "paired" gives an inside host the same external address each time. */
static gboolean
pick_address (LabNat *self, const LabNatFlow *flow, LabAddress *address)
{
  gboolean is_v4 = lab_address_is_v4 (&flow->remote.address);
  guint fitting[16];
  guint count = 0;
  guint chosen;

  for (guint i = 0; i < self->externals->len && count < G_N_ELEMENTS (fitting); i++)
    if (lab_address_is_v4 (&g_array_index (self->externals, LabAddress, i)) == is_v4)
      fitting[count++] = i;
  if (count == 0)
    return FALSE;
  if (self->config.is_pool_arbitrary)
    chosen = (guint) g_rand_int_range (self->ports.rand, 0, (gint32) count);
  else
    chosen = flow->internal.address.bytes[15] % count;
  *address = g_array_index (self->externals, LabAddress, fitting[chosen]);
  return TRUE;
}

static gboolean
pick_external (LabNat *self, gint64 now_us, const LabNatFlow *flow, LabEndpoint *external)
{
  Candidate candidate = { self, now_us, flow, { { 0 } } };

  *external = flow->internal;
  if (!self->config.translates)
    return TRUE;
  if (!pick_address (self, flow, &candidate.address))
    return FALSE;
  external->address = candidate.address;
  external->port = lab_nat_ports_pick (&self->ports, &self->config, now_us, flow,
                                       &candidate.address, is_port_free, &candidate);
  return external->port != 0;
}

/* A bucket that holds what one second may use. */
static gboolean
take_flow_token (LabNat *self, gint64 now_us)
{
  guint limit = self->config.limits.flows_per_s;

  if (limit == 0)
    return TRUE;
  self->flow_tokens += (double) (now_us - self->tokens_us) / G_USEC_PER_SEC * limit;
  self->flow_tokens = MIN (self->flow_tokens, limit);
  self->tokens_us = now_us;
  if (self->flow_tokens < 1)
    return FALSE;
  self->flow_tokens -= 1;
  return TRUE;
}

static LabNatMapping *
create_mapping (LabNat *self, gint64 now_us, const LabNatKey *key, const LabNatFlow *flow,
                const char **reason)
{
  guint limit = self->config.limits.max_mappings;
  LabEndpoint external;
  LabNatMapping *mapping;

  if (limit > 0 && lab_nat_table_count (&self->table) >= limit)
    sweep (self, now_us);
  if (limit > 0 && lab_nat_table_count (&self->table) >= limit)
    *reason = "table-full";
  else if (!take_flow_token (self, now_us))
    *reason = "flow-rate";
  else if (!pick_external (self, now_us, flow, &external))
    *reason = "no-port";
  if (*reason != NULL)
    return NULL;
  mapping = lab_nat_table_add (&self->table, key, &external);
  tell_mapping (self, now_us, "mapped", mapping, &flow->remote);
  return mapping;
}

static Conduct *
get_conduct (LabNat *self, gint64 now_us, const LabAddress *host)
{
  LabEndpoint endpoint = { .address = *host };
  LabNatKey key = lab_nat_key (0, &endpoint, NULL, 0);
  Conduct *conduct = g_hash_table_lookup (self->conduct, &key);

  if (conduct == NULL)
    {
      conduct = g_new0 (Conduct, 1);
      g_hash_table_insert (self->conduct, g_memdup2 (&key, sizeof key), conduct);
    }
  if (now_us - conduct->window_began_us >= BAN_WINDOW_US)
    {
      conduct->window_began_us = now_us;
      conduct->met = 0;
    }
  return conduct;
}

/* An intrusion detection's idea of a port scan. */
static gboolean
is_banned (LabNat *self, gint64 now_us, const LabNatFlow *flow, const LabNatMapping *mapping)
{
  Conduct *conduct;

  if (self->config.limits.ban_after == 0)
    return FALSE;
  conduct = get_conduct (self, now_us, &flow->internal.address);
  if (conduct->banned_until_us > now_us)
    return TRUE;
  if (mapping != NULL
      && lab_nat_mapping_knows (mapping, &flow->remote, LAB_NAT_ADDRESS_AND_PORT_DEPENDENT, now_us))
    return FALSE;
  if (++conduct->met <= self->config.limits.ban_after)
    return FALSE;
  conduct->banned_until_us = now_us + self->config.limits.ban_us;
  tell (self, now_us,
        &(LabNatFact){ .what = "banned",
                       .protocol = flow->protocol,
                       .internal = flow->internal,
                       .remote = flow->remote });
  return TRUE;
}

static void
note_tcp_flags (LabNatMapping *mapping, guint8 flags)
{
  if ((flags & (LAB_TCP_FIN | LAB_TCP_RST)) != 0)
    mapping->is_closing = TRUE;
  else if ((flags & LAB_TCP_SYN) != 0)
    mapping->is_closing = FALSE;
}

static void
refresh (LabNat *self, gint64 now_us, LabNatMapping *mapping, const LabEndpoint *remote)
{
  mapping->expires_us = now_us + lifetime_of (self, mapping->key.protocol, mapping->is_closing);
  lab_nat_mapping_permit (mapping, remote, mapping->expires_us);
}

/* A packet leaves: finds or makes the mapping that it leaves by, and lets answers in. Only
 * LAB_NAT_FORWARD and LAB_NAT_DROP. */
LabNatVerdict
lab_nat_map (LabNat *self, gint64 now_us, const LabNatFlow *flow, LabEndpoint *external)
{
  LabNatKey key =
      lab_nat_key (flow->protocol, &flow->internal, &flow->remote, self->config.mapping);
  LabNatMapping *mapping;
  const char *reason = NULL;

  if (now_us - self->swept_us >= SWEEP_INTERVAL_US)
    sweep (self, now_us);
  mapping = find_live (self, now_us, &key);
  if (is_banned (self, now_us, flow, mapping))
    return lab_nat_drop_out (self, now_us, flow, "banned");
  if (mapping == NULL)
    mapping = create_mapping (self, now_us, &key, flow, &reason);
  if (mapping == NULL)
    return lab_nat_drop_out (self, now_us, flow, reason);
  note_tcp_flags (mapping, flow->tcp_flags);
  refresh (self, now_us, mapping, &flow->remote);
  *external = mapping->external;
  return LAB_NAT_FORWARD;
}

static void
poison (LabNat *self, gint64 now_us, guint8 protocol, const LabEndpoint *external,
        const LabEndpoint *remote)
{
  LabNatKey key = lab_nat_key (protocol, external, remote, LAB_NAT_ADDRESS_AND_PORT_DEPENDENT);
  gint64 until_us = now_us + POISON_LIFETIME_US;

  if (g_hash_table_size (self->poison) >= G_MAXUINT16)
    sweep (self, now_us);
  g_hash_table_insert (self->poison, g_memdup2 (&key, sizeof key),
                       g_memdup2 (&until_us, sizeof until_us));
  tell (self, now_us,
        &(LabNatFact){
            .what = "poisoned", .protocol = protocol, .external = *external, .remote = *remote });
}

static LabNatVerdict
turn_away (LabNat *self, gint64 now_us, guint8 protocol, const LabEndpoint *external,
           const LabEndpoint *remote, const char *reason)
{
  if (self->config.unsolicited == LAB_NAT_UNSOLICITED_POISON)
    poison (self, now_us, protocol, external, remote);
  tell (self, now_us,
        &(LabNatFact){ .what = "dropped",
                       .reason = reason,
                       .protocol = protocol,
                       .external = *external,
                       .remote = *remote });
  return self->config.unsolicited == LAB_NAT_UNSOLICITED_DROP ? LAB_NAT_DROP : LAB_NAT_REJECT;
}

/* A packet comes from outside: whom it is for. LAB_NAT_FORWARD, LAB_NAT_DROP or LAB_NAT_REJECT. */
LabNatVerdict
lab_nat_admit (LabNat *self, gint64 now_us, guint8 protocol, guint8 tcp_flags,
               const LabEndpoint *external, const LabEndpoint *remote, LabEndpoint *internal)
{
  const GPtrArray *sharers;
  const char *reason = "unmapped";

  expire_at (self, now_us, protocol, external);
  sharers = lab_nat_table_find_external (&self->table, protocol, external);
  for (guint i = 0; sharers != NULL && i < sharers->len; i++)
    {
      LabNatMapping *mapping = g_ptr_array_index (sharers, i);
      reason = "filtered";
      if (!lab_nat_mapping_knows (mapping, remote, self->config.filtering, now_us))
        continue;
      note_tcp_flags (mapping, tcp_flags);
      if (self->config.lifetimes.is_refreshed_inbound || mapping->is_closing)
        refresh (self, now_us, mapping, remote);
      *internal = mapping->key.local;
      return LAB_NAT_FORWARD;
    }
  return turn_away (self, now_us, protocol, external, remote, reason);
}

/* Power off and on: all is forgotten. */
void
lab_nat_reboot (LabNat *self, gint64 now_us)
{
  guint count = lab_nat_table_count (&self->table);

  lab_nat_table_clear (&self->table);
  lab_nat_table_init (&self->table);
  lab_nat_ports_forget (&self->ports);
  g_hash_table_remove_all (self->poison);
  g_hash_table_remove_all (self->conduct);
  if (count > 0)
    tell (self, now_us, &(LabNatFact){ .what = "flushed" });
}

guint
lab_nat_count_mappings (LabNat *self, gint64 now_us)
{
  sweep (self, now_us);
  return lab_nat_table_count (&self->table);
}

/* One line a mapping: protocol, internal, external, and whom it was made for. */
char *
lab_nat_list_mappings (LabNat *self, gint64 now_us)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value;

  sweep (self, now_us);
  g_hash_table_iter_init (&iter, self->table.by_internal);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const LabNatMapping *mapping = value;
      g_autofree char *internal = lab_endpoint_to_string (&mapping->key.local);
      g_autofree char *external = lab_endpoint_to_string (&mapping->external);
      g_autofree char *remote = lab_endpoint_to_string (&mapping->key.remote);
      g_string_append_printf (text, "%s %s %s %s %" G_GINT64_FORMAT "\n",
                              lab_protocol_name (mapping->key.protocol), internal, external, remote,
                              mapping->expires_us - now_us);
    }
  return g_string_free (text, FALSE);
}
