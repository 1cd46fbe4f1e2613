/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-probe-budget-core-private.h"

#include <string.h>

#include "floe-probe-target-private.h"

/* What one address has got within the hour. */
typedef struct
{
  FloeStunAddress host; /* without a port */
  gint64 last_us;       /* when the last packet left, or the attempt began */
  guint packet_count;
  gsize unanswered_size; /* bytes since it was last heard */
} Peer;

/* How it went between two networks. */
typedef struct
{
  char *name; /* (owned) */
  guint vain_count;
  guint backoff_count; /* ends without success in a row */
  gint64 retry_us;
  gint64 last_us;
} Pair;

struct _FloeProbeBudgetCore
{
  FloeProbePolicy policy;
  GPtrArray *peers; /* (owned) (element-type Peer) */
  GPtrArray *pairs; /* (owned) (element-type Pair) */
  guint64 last_id;

  guint64 id; /* of the attempt that is under way; 0: none */
  FloeStunAddress target;
  Peer *peer; /* (unowned): among peers, and kept as long as the attempt is under way */
  Pair *pair; /* (unowned): the same of pairs */
  guint packet_count;
  guint packet_limit;

  gint64 next_us; /* when the bucket is full again: the later, the emptier it is */
};

static void
free_pair (Pair *pair)
{
  g_free (pair->name);
  g_free (pair);
}

FloeProbeBudgetCore *
floe_probe_budget_core_new (const FloeProbePolicy *policy)
{
  FloeProbeBudgetCore *self = g_new0 (FloeProbeBudgetCore, 1);

  self->policy = *policy;
  self->peers = g_ptr_array_new_with_free_func (g_free);
  self->pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) free_pair);
  self->next_us = G_MININT64;
  return self;
}

void
floe_probe_budget_core_free (FloeProbeBudgetCore *self)
{
  g_ptr_array_unref (self->peers);
  g_ptr_array_unref (self->pairs);
  g_free (self);
}

static FloeProbeVerdict
judge_policy (const FloeProbePolicy *policy)
{
  if (policy->is_off)
    return FLOE_PROBE_OFF;
  return policy->network == FLOE_PROBE_NETWORK_METERED ? FLOE_PROBE_METERED : FLOE_PROBE_GRANTED;
}

/* A bucket lets out its burst on top of its rate within a second; both together are the cap. */
static gint64
get_interval_us (const FloeProbeBudgetCore *self)
{
  guint rate = self->policy.packets_per_s;

  if (rate == 0)
    rate = self->policy.network == FLOE_PROBE_NETWORK_UNMETERED ? FLOE_PROBE_UNMETERED_PER_S
                                                                : FLOE_PROBE_DEFAULT_PER_S;
  rate = MIN (rate, FLOE_PROBE_MAX_PER_S - FLOE_PROBE_BURST);
  return (G_TIME_SPAN_SECOND + rate - 1) / rate;
}

void
floe_probe_budget_core_set_policy (FloeProbeBudgetCore *self, gint64 now_us,
                                   const FloeProbePolicy *policy)
{
  gint64 debt_us = self->next_us > now_us ? self->next_us - now_us : 0;
  gint64 old_us = get_interval_us (self);

  self->policy = *policy;
  /* As many packets as before, in the time that they take now. */
  if (debt_us > 0)
    self->next_us = now_us + debt_us / old_us * get_interval_us (self);
}

static gboolean
is_listed (const FloeStunAddress *address, const FloeStunAddress *list, guint count)
{
  for (guint i = 0; i < count; i++)
    if (floe_stun_address_is_same_host (address, &list[i]))
      return TRUE;
  return FALSE;
}

static FloeProbeVerdict
judge_target (const FloeProbeRequest *request)
{
  const FloeStunAddress *target = &request->target;

  if (!floe_probe_target_is_public (target))
    return FLOE_PROBE_NOT_PUBLIC;
  if (is_listed (target, request->own, request->own_count))
    return FLOE_PROBE_OWN_ADDRESS;
  if (!is_listed (target, request->named, request->named_count))
    return FLOE_PROBE_NOT_NAMED;
  if (!request->has_consent)
    return FLOE_PROBE_NO_CONSENT;
  if (request->seen.size != 0 && !floe_stun_address_is_same_host (target, &request->seen))
    return FLOE_PROBE_CONTRADICTED;
  return FLOE_PROBE_GRANTED;
}

/* Forgets what is an hour old. */
static void
expire (FloeProbeBudgetCore *self, gint64 now_us)
{
  for (guint i = self->peers->len; i-- > 0;)
    {
      Peer *peer = g_ptr_array_index (self->peers, i);

      if (peer != self->peer && now_us - peer->last_us >= FLOE_PROBE_HOUR_US)
        g_ptr_array_remove_index_fast (self->peers, i);
    }
  for (guint i = self->pairs->len; i-- > 0;)
    {
      Pair *pair = g_ptr_array_index (self->pairs, i);

      if (pair != self->pair && now_us >= pair->retry_us
          && now_us - pair->last_us >= FLOE_PROBE_HOUR_US)
        g_ptr_array_remove_index_fast (self->pairs, i);
    }
}

static Peer *
find_peer (const FloeProbeBudgetCore *self, const FloeStunAddress *host)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (self->peers, i);

      if (floe_stun_address_is_same_host (&peer->host, host))
        return peer;
    }
  return NULL;
}

static Pair *
find_pair (const FloeProbeBudgetCore *self, const char *name)
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = g_ptr_array_index (self->pairs, i);

      if (g_str_equal (pair->name, name))
        return pair;
    }
  return NULL;
}

static gboolean
is_spent (const Peer *peer)
{
  return peer->packet_count >= FLOE_PROBE_MAX_PACKETS_PER_HOUR
         || peer->unanswered_size >= FLOE_PROBE_MAX_UNANSWERED_SIZE;
}

static FloeProbeVerdict
judge_history (FloeProbeBudgetCore *self, gint64 now_us, const FloeProbeRequest *request)
{
  const Peer *peer;
  const Pair *pair;

  expire (self, now_us);
  peer = find_peer (self, &request->target);
  pair = find_pair (self, request->pair);
  if (pair != NULL && now_us < pair->retry_us)
    return FLOE_PROBE_TOO_SOON;
  if (peer != NULL ? is_spent (peer) : self->peers->len >= FLOE_PROBE_MAX_RECORDS)
    return FLOE_PROBE_SPENT;
  return pair == NULL && self->pairs->len >= FLOE_PROBE_MAX_RECORDS ? FLOE_PROBE_SPENT
                                                                    : FLOE_PROBE_GRANTED;
}

/* How many entries an attempt may make in the router, of @wanted. */
static guint
limit_entries (const FloeProbeRequest *request, guint wanted)
{
  if (request->table_size != 0)
    wanted = MIN (wanted, request->table_size / FLOE_PROBE_MAX_PART);
  if (request->block_size != 0)
    wanted = MIN (wanted, request->block_size / FLOE_PROBE_MAX_PART);
  return wanted;
}

static FloeProbeGrant
make_grant (const FloeProbeRequest *request, guint packets_before)
{
  guint packets = MIN (FLOE_PROBE_MAX_PACKETS, FLOE_PROBE_MAX_PACKETS_PER_HOUR - packets_before);

  if (request->packet_count != 0)
    packets = MIN (packets, request->packet_count);
  return (FloeProbeGrant){
    .socket_count = limit_entries (request, MIN (request->socket_count, FLOE_PROBE_MAX_SOCKETS)),
    .packet_count = request->is_spraying ? limit_entries (request, packets) : packets,
  };
}

static void
enter (FloeProbeBudgetCore *self, gint64 now_us, const FloeProbeRequest *request)
{
  self->target = request->target;
  self->target.port = 0;
  self->peer = find_peer (self, &request->target);
  if (self->peer == NULL)
    {
      self->peer = g_new0 (Peer, 1);
      self->peer->host = self->target;
      g_ptr_array_add (self->peers, self->peer);
    }
  self->peer->last_us = now_us;
  self->pair = find_pair (self, request->pair);
  if (self->pair == NULL)
    {
      self->pair = g_new0 (Pair, 1);
      self->pair->name = g_strdup (request->pair);
      g_ptr_array_add (self->pairs, self->pair);
    }
  self->pair->last_us = now_us;
}

FloeProbeVerdict
floe_probe_budget_core_begin (FloeProbeBudgetCore *self, gint64 now_us,
                              const FloeProbeRequest *request, FloeProbeGrant *grant)
{
  FloeProbeVerdict verdict = judge_policy (&self->policy);
  FloeProbeGrant granted = { 0 };

  g_return_val_if_fail (request->pair != NULL && strlen (request->pair) <= FLOE_PROBE_MAX_PAIR_SIZE,
                        FLOE_PROBE_OFF);
  if (verdict == FLOE_PROBE_GRANTED)
    verdict = judge_target (request);
  if (verdict == FLOE_PROBE_GRANTED && self->id != 0)
    verdict = FLOE_PROBE_BUSY;
  if (verdict == FLOE_PROBE_GRANTED)
    verdict = judge_history (self, now_us, request);
  if (verdict == FLOE_PROBE_GRANTED)
    {
      const Peer *peer = find_peer (self, &request->target);

      granted = make_grant (request, peer != NULL ? peer->packet_count : 0);
      if (granted.socket_count == 0 || granted.packet_count <= FLOE_PROBE_RESERVE)
        verdict = FLOE_PROBE_NO_ROOM;
    }
  if (verdict != FLOE_PROBE_GRANTED)
    {
      g_debug ("probe: no attempt (%s)", floe_probe_verdict_to_string (verdict));
      return verdict;
    }
  enter (self, now_us, request);
  self->id = granted.id = ++self->last_id;
  self->packet_count = 0;
  self->packet_limit = granted.packet_count;
  *grant = granted;
  return FLOE_PROBE_GRANTED;
}

/* The bucket is empty when it would be full only after a burst's time. */
gint64
floe_probe_budget_core_get_ready (const FloeProbeBudgetCore *self, gint64 now_us)
{
  gint64 interval_us = get_interval_us (self);

  if (self->next_us <= now_us)
    return now_us;
  return MAX (now_us, self->next_us - (FLOE_PROBE_BURST - 1) * interval_us);
}

FloeProbeVerdict
floe_probe_budget_core_take (FloeProbeBudgetCore *self, gint64 now_us, guint64 id,
                             const FloeStunAddress *to, gsize size)
{
  FloeProbeVerdict verdict = judge_policy (&self->policy);

  if (id == 0 || id != self->id)
    return FLOE_PROBE_SPENT;
  if (verdict != FLOE_PROBE_GRANTED)
    return verdict;
  if (!floe_stun_address_is_same_host (to, &self->target))
    return FLOE_PROBE_NOT_NAMED;
  if (self->packet_count >= self->packet_limit || is_spent (self->peer)
      || self->peer->unanswered_size + size > FLOE_PROBE_MAX_UNANSWERED_SIZE)
    return FLOE_PROBE_SPENT;
  if (floe_probe_budget_core_get_ready (self, now_us) > now_us)
    return FLOE_PROBE_WAIT;
  self->next_us = MAX (self->next_us, now_us) + get_interval_us (self);
  self->packet_count++;
  self->peer->packet_count++;
  self->peer->unanswered_size += size;
  self->peer->last_us = now_us;
  return FLOE_PROBE_GRANTED;
}

void
floe_probe_budget_core_handle_answer (FloeProbeBudgetCore *self, guint64 id)
{
  if (id != 0 && id == self->id)
    self->peer->unanswered_size = 0;
}

void
floe_probe_budget_core_end (FloeProbeBudgetCore *self, gint64 now_us, guint64 id, FloeProbeEnd how)
{
  Pair *pair = self->pair;

  if (id == 0 || id != self->id)
    return;
  self->id = 0;
  self->peer = NULL;
  self->pair = NULL;
  pair->last_us = now_us;
  if (how == FLOE_PROBE_END_FOUND)
    {
      pair->vain_count = pair->backoff_count = 0;
      pair->retry_us = now_us;
      return;
    }
  pair->retry_us =
      now_us
      + MIN (FLOE_PROBE_MIN_BACKOFF_US << MIN (pair->backoff_count, 6), FLOE_PROBE_MAX_BACKOFF_US);
  pair->backoff_count++;
  if (how == FLOE_PROBE_END_IN_VAIN && ++pair->vain_count >= FLOE_PROBE_MAX_ATTEMPTS)
    {
      pair->vain_count = 0;
      pair->retry_us = now_us + FLOE_PROBE_HOUR_US;
    }
}

gint64
floe_probe_budget_core_get_retry (FloeProbeBudgetCore *self, gint64 now_us, const char *pair)
{
  const Pair *found = find_pair (self, pair);

  return found != NULL ? MAX (now_us, found->retry_us) : now_us;
}

const char *
floe_probe_verdict_to_string (FloeProbeVerdict verdict)
{
  static const char *const texts[] = {
    [FLOE_PROBE_GRANTED] = "granted",
    [FLOE_PROBE_WAIT] = "not yet",
    [FLOE_PROBE_OFF] = "switched off",
    [FLOE_PROBE_METERED] = "metered network",
    [FLOE_PROBE_NOT_PUBLIC] = "no public address",
    [FLOE_PROBE_OWN_ADDRESS] = "our own address",
    [FLOE_PROBE_NOT_NAMED] = "not an address of the peer",
    [FLOE_PROBE_NO_CONSENT] = "the peer has not consented",
    [FLOE_PROBE_CONTRADICTED] = "the peer is at another address",
    [FLOE_PROBE_BUSY] = "another attempt is under way",
    [FLOE_PROBE_TOO_SOON] = "too soon after a failure",
    [FLOE_PROBE_SPENT] = "the budget is spent",
    [FLOE_PROBE_NO_ROOM] = "no room in the router",
  };

  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (texts), NULL);
  return texts[verdict];
}
