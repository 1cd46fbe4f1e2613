/* SPDX-License-Identifier: MPL-2.0 */
#include "nat-facts.h"

/* Nobody could be asked. */
static NatReach
find_reason (const NatFacts *self)
{
  gsize unresolved = 0;

  for (gsize i = 0; i < self->n_servers; i++)
    if (self->servers[i].fault == FLOE_NAT_FAULT_UNRESOLVED)
      unresolved++;
    else if (self->servers[i].fault != FLOE_NAT_FAULT_OTHER_FAMILY)
      return NAT_REACH_NONE;
  if (self->n_servers == 0 || self->udp != FLOE_NAT_ANSWER_UNKNOWN)
    return NAT_REACH_NONE;
  return unresolved == self->n_servers ? NAT_REACH_UNRESOLVED : NAT_REACH_UNTESTED;
}

static gboolean
is_independent (FloeNatBehaviour behaviour)
{
  return behaviour == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
}

NatReach
nat_facts_get_reach (const NatFacts *self)
{
  if (self->udp != FLOE_NAT_ANSWER_YES)
    {
      if (self->tcp == FLOE_NAT_ANSWER_YES || self->tls == FLOE_NAT_ANSWER_YES)
        return NAT_REACH_RELAY;
      return find_reason (self);
    }
  if (self->udp_limited == FLOE_NAT_ANSWER_YES)
    return NAT_REACH_LIMITED;
  if (!is_independent (self->mapping) && self->translation != FLOE_NAT_ANSWER_NO)
    return self->mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN ? NAT_REACH_UNCLEAR : NAT_REACH_SOME;
  /* Who has a new port for each other side comes from an address that was written to. */
  return is_independent (self->filtering) || self->filtering == FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
             ? NAT_REACH_ALL
             : NAT_REACH_MOST;
}

ExitStatus
nat_facts_get_status (const NatFacts *self)
{
  switch (nat_facts_get_reach (self))
    {
    case NAT_REACH_ALL:
    case NAT_REACH_MOST:
    case NAT_REACH_UNCLEAR:
    case NAT_REACH_SOME:
    case NAT_REACH_LIMITED:
      return EXIT_STATUS_OK;
    case NAT_REACH_RELAY:
      return EXIT_STATUS_STREAM_ONLY;
    case NAT_REACH_NONE:
    case NAT_REACH_UNRESOLVED:
    case NAT_REACH_UNTESTED:
    default:
      return EXIT_STATUS_UNREACHABLE;
    }
}

static gboolean
is_relay (const NatServer *server)
{
  return server->url != NULL && g_ascii_strncasecmp (server->url, "turn", 4) == 0
         && server->fault == FLOE_NAT_FAULT_NONE;
}

const NatServer *
nat_facts_find_relay (const NatFacts *self)
{
  const NatServer *best = NULL;

  for (gsize i = 0; i < self->n_servers; i++)
    {
      const NatServer *server = &self->servers[i];
      if (is_relay (server)
          && (best == NULL
              || (guint64) server->round_trip_us < (guint64) best->round_trip_us)) /* -1 is last */
        best = server;
    }
  return best;
}

int
nat_facts_compare (gconstpointer a, gconstpointer b)
{
  const NatFacts *one = a, *other = b;
  int difference = (int) nat_facts_get_reach (one) - (int) nat_facts_get_reach (other);

  if (difference != 0)
    return difference;
  /* Everybody has IPv4. */
  if (one->family != other->family)
    return one->family == G_SOCKET_FAMILY_IPV4 ? -1 : 1;
  return g_strcmp0 (one->interface, other->interface);
}

gboolean
nat_facts_are_alike (const NatFacts *a, const NatFacts *b)
{
  return a->family == b->family && a->udp == b->udp && a->tcp == b->tcp && a->tls == b->tls
         && a->udp_limited == b->udp_limited && g_strcmp0 (a->proxy, b->proxy) == 0
         && a->rewriting == b->rewriting && a->translation == b->translation
         && a->mapping == b->mapping && a->filtering == b->filtering
         && a->allocation == b->allocation && a->allocation_step == b->allocation_step
         && a->block_size == b->block_size && a->hairpin == b->hairpin && a->carrier == b->carrier
         && a->poisoning == b->poisoning;
}
