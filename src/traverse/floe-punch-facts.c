/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-facts-private.h"

#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-probe-target-private.h"
#include "floe-punch-hops-private.h"

/* Two ports that lie together by chance tell nothing. */
#define MIN_LEARNED_PORTS 3

/* FALSE for what is no IPv4 address of a host on the Internet. */
static gboolean
read_public (const FloeCandidate *candidate, FloeStunAddress *out)
{
  if (candidate->transport != FLOE_CANDIDATE_UDP || candidate->component != 1
      || candidate->type == FLOE_ICE_CANDIDATE_TYPE_RELAY
      || !floe_stun_address_from_text (candidate->address, out) || out->size != FLOE_STUN_IPV4_SIZE
      || !floe_probe_target_is_public (out))
    return FALSE;
  out->port = candidate->port;
  return TRUE;
}

/* (nullable): the first one of that type. */
static const FloeCandidate *
find_type (const GArray *candidates, FloeIceCandidateType type, FloeStunAddress *out)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const FloeCandidate *candidate = &g_array_index (candidates, FloeCandidate, i);

      if (candidate->type == type && read_public (candidate, out))
        return candidate;
    }
  return NULL;
}

/* Behind a filter without a NAT the host's own address is the public one. */
static const FloeCandidate *
find_public (const GArray *candidates, FloeStunAddress *out)
{
  const FloeCandidate *found = find_type (candidates, FLOE_ICE_CANDIDATE_TYPE_SRFLX, out);

  return found != NULL ? found : find_type (candidates, FLOE_ICE_CANDIDATE_TYPE_HOST, out);
}

/* The address of ours that a candidate belongs to, unless that is hidden: then the first one. */
static gboolean
find_base (const FloeCandidate *local, const GArray *addresses, FloePunchFacts *out)
{
  const char *wanted =
      local->type == FLOE_ICE_CANDIDATE_TYPE_HOST ? local->address : local->related_address;
  const char *first = NULL;

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      if (address->is_loopback || strchr (address->text, ':') != NULL)
        continue;
      if (strcmp (address->text, wanted) == 0)
        first = NULL;
      if (first == NULL)
        first = address->text;
      if (strcmp (address->text, wanted) == 0)
        break;
    }
  if (first == NULL || !floe_stun_address_from_text (first, &out->base))
    return FALSE;
  g_strlcpy (out->base_text, first, sizeof out->base_text);
  return TRUE;
}

static GArray *
list_public (const GArray *candidates)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  FloeStunAddress address;

  for (guint i = 0; i < candidates->len && list->len < FLOE_PUNCH_MAX_NAMED; i++)
    if (read_public (&g_array_index (candidates, FloeCandidate, i), &address))
      g_array_append_val (list, address);
  return list;
}

static void
add_addresses (GArray *list, const GArray *addresses)
{
  FloeStunAddress address;

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    if (floe_stun_address_from_text (g_array_index (addresses, FloeLocalAddress, i).text, &address))
      g_array_append_val (list, address);
}

/* Where packets of the peer's came from, as our relay saw them: not where its relay stands. */
static void
set_seen (FloeProbeRequest *request, const FloeIceWitness *witness, const GArray *remotes)
{
  FloeStunAddress seen;

  if (!witness->is_alive || !read_public (&witness->remote, &seen))
    return;
  for (guint i = 0; i < remotes->len; i++)
    {
      const FloeCandidate *remote = &g_array_index (remotes, FloeCandidate, i);

      if (remote->type == FLOE_ICE_CANDIDATE_TYPE_RELAY
          && strcmp (remote->address, witness->remote.address) == 0)
        return;
    }
  request->seen = seen;
}

/* A block has the ports that have been seen, and reaches as far to either side as those leave. */
static void
set_block (FloePortPool *pool, guint size, const guint16 *ports, guint count)
{
  guint min = FLOE_PORT_MAX, max = 0;

  for (guint i = 0; i < count; i++)
    {
      min = MIN (min, ports[i]);
      max = MAX (max, ports[i]);
    }
  /* What is not in one block can't tell where it is. */
  if (count == 0 || max - min >= size)
    return;
  pool->block_min = (guint16) (max > size + FLOE_PORT_MIN ? max - size + 1 : FLOE_PORT_MIN);
  pool->block_max = (guint16) MIN (min + size - 1, FLOE_PORT_MAX);
}

static void
set_pool (FloePortPool *pool, guint size, const GArray *named, const FloeStunAddress *target)
{
  guint16 ports[FLOE_PUNCH_MAX_NAMED];
  guint count = 0;

  for (guint i = 0; i < named->len; i++)
    {
      const FloeStunAddress *address = &g_array_index (named, FloeStunAddress, i);
      gboolean is_known = !floe_stun_address_is_same_host (address, target);

      for (guint k = 0; k < count; k++)
        is_known |= ports[k] == address->port;
      if (!is_known)
        ports[count++] = address->port;
    }
  if (size > 0)
    set_block (pool, size, ports, count);
  else if (count >= MIN_LEARNED_PORTS)
    floe_port_pool_learn (pool, ports, count);
}

/* Of our block each socket takes a port, and behind a mapping that depends on the port each probe.
 */
static guint
get_own_block (const FloeNatSummary *local, gboolean is_opening)
{
  gboolean is_drained = is_opening || local->mapping != FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;

  return local->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK && is_drained ? local->pool : 0;
}

static char *
name_pair (const FloeStunAddress *own, const FloeStunAddress *peer)
{
  g_autofree char *own_text = floe_stun_address_to_text (own);
  g_autofree char *peer_text = floe_stun_address_to_text (peer);

  return g_strconcat (own_text, " ", peer_text, NULL);
}

static void
set_request (FloePunchFacts *out, const FloeTacticContext *context,
             const FloeStrategyTactic *tactic, const FloeIceWitness *witness)
{
  gboolean is_opening = tactic->part == FLOE_STRATEGY_PART_OPEN;
  FloeProbeRequest *request = &out->request;

  request->named = (const FloeStunAddress *) out->named->data;
  request->named_count = out->named->len;
  request->own = (const FloeStunAddress *) out->own->data;
  request->own_count = out->own->len;
  request->has_consent = witness->is_alive;
  set_seen (request, witness, context->remotes);
  request->pair = out->pair;
  request->socket_count = is_opening ? tactic->sockets : 1;
  request->packet_count = is_opening ? 0 : tactic->probes + FLOE_PROBE_RESERVE;
  request->block_size = get_own_block (&context->local, is_opening);
}

static gboolean
is_one_port (const FloeNatSummary *summary)
{
  return summary->is_translated == FLOE_NAT_ANSWER_NO
         || summary->mapping == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
}

gboolean
floe_punch_facts_collect (FloePunchFacts *out, const FloeTacticContext *context,
                          const FloeStrategyTactic *tactic, const FloeIceWitness *witness,
                          const GArray *addresses)
{
  FloePunchFacts facts = { 0 };
  FloeStunAddress own;
  const FloeCandidate *local = find_public (context->locals, &own);

  if (local == NULL || find_public (context->remotes, &facts.request.target) == NULL
      || !find_base (local, addresses, &facts))
    return FALSE;
  facts.named = list_public (context->remotes);
  facts.own = list_public (context->locals);
  add_addresses (facts.own, addresses);
  facts.pair = name_pair (&own, &facts.request.target);
  set_request (&facts, context, tactic, witness);
  facts.config.role =
      tactic->part == FLOE_STRATEGY_PART_OPEN ? FLOE_PUNCH_ROLE_MANY : FLOE_PUNCH_ROLE_ONE;
  facts.config.is_peer_port_exact = is_one_port (&context->remote);
  /* Which TTL that is shows on the way. */
  if (context->remote.poisoning == FLOE_NAT_ANSWER_YES)
    facts.config.primer_ttl = FLOE_PUNCH_USUAL_HOPS;
  if (facts.config.role == FLOE_PUNCH_ROLE_ONE)
    set_pool (&facts.config.pool, tactic->pool, facts.named, &facts.request.target);
  *out = facts;
  return TRUE;
}

void
floe_punch_facts_clear (FloePunchFacts *self)
{
  g_clear_pointer (&self->named, g_array_unref);
  g_clear_pointer (&self->own, g_array_unref);
  g_clear_pointer (&self->pair, g_free);
}

guint
floe_punch_facts_fit_sockets (guint wanted, guint64 limit, guint64 used)
{
  guint64 room = limit > used ? (limit - used) / 2 : 0;

  return (guint) MIN (wanted, room);
}
