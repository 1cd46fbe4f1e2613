/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-classify-core-private.h"

/* Ports: a pool that is estimated to be larger is not worth learning. */
#define MAX_BLOCK 8192
/* Ports of others, and of lost samples, between two of ours from a sequential allocator. */
#define MAX_SEQUENTIAL_GAP 32
#define MAX_SEQUENTIAL_DELTA 256

typedef struct
{
  const FloeNatObservation *observations;
  guint count;
  guint outvoted; /* bits of servers */
} Votes;

/* Those who saw the same as one observation. */
typedef struct
{
  guint index;   /* that observation */
  guint servers; /* bits */
  guint host_count;
} Group;

static guint
count_bits (guint bits)
{
  return (guint) __builtin_popcount (bits);
}

static gboolean
counts (const Votes *votes, guint i)
{
  return (votes->outvoted & 1u << votes->observations[i].server) == 0;
}

static gboolean
is_alike (const FloeStunAddress *a, const FloeStunAddress *b, gboolean with_port)
{
  return with_port ? floe_stun_address_equal (a, b) : floe_stun_address_is_same_host (a, b);
}

/* Whether an earlier one of the same group was made toward the same host. */
static gboolean
repeats_host (const Votes *votes, guint index, guint i, gboolean with_port)
{
  const FloeNatObservation *all = votes->observations;

  for (guint j = 0; j < i; j++)
    if (counts (votes, j) && is_alike (&all[j].mapped, &all[index].mapped, with_port)
        && floe_stun_address_is_same_host (&all[j].to, &all[i].to))
      return TRUE;
  return FALSE;
}

static Group
gather (const Votes *votes, guint index, gboolean with_port)
{
  const FloeNatObservation *all = votes->observations;
  Group group = { .index = index };

  for (guint i = 0; i < votes->count; i++)
    {
      if (!counts (votes, i) || !is_alike (&all[i].mapped, &all[index].mapped, with_port))
        continue;
      group.servers |= 1u << all[i].server;
      if (!repeats_host (votes, index, i, with_port))
        group.host_count++;
    }
  return group;
}

static Group
find_largest (const Votes *votes, gboolean with_port)
{
  Group best = { 0 };

  for (guint i = 0; i < votes->count; i++)
    {
      Group group;

      if (!counts (votes, i))
        continue;
      group = gather (votes, i, with_port);
      if (count_bits (group.servers) > count_bits (best.servers)
          || (count_bits (group.servers) == count_bits (best.servers)
              && group.host_count > best.host_count))
        best = group;
    }
  return best;
}

/* Servers that saw something else than @group, at least once. */
static guint
find_dissenters (const Votes *votes, const Group *group, gboolean with_port)
{
  const FloeNatObservation *all = votes->observations;
  guint servers = 0;

  for (guint i = 0; i < votes->count; i++)
    if (counts (votes, i) && !is_alike (&all[i].mapped, &all[group->index].mapped, with_port))
      servers |= 1u << all[i].server;
  return servers;
}

/* Two parties that agree outvote fewer that don't, also one that is at odds with itself. */
static gboolean
outvote (Votes *votes, const Group *group, guint dissenters)
{
  guint agreeing = count_bits (group->servers & ~dissenters);

  if (dissenters == 0)
    return TRUE;
  if (agreeing < 2 || agreeing <= count_bits (dissenters))
    return FALSE;
  votes->outvoted |= dissenters;
  return TRUE;
}

static guint
count_hosts (const Votes *votes)
{
  const FloeNatObservation *all = votes->observations;
  guint hosts = 0;

  for (guint i = 0; i < votes->count; i++)
    {
      gboolean is_new = counts (votes, i);

      for (guint j = 0; j < i && is_new; j++)
        is_new = !counts (votes, j) || !floe_stun_address_is_same_host (&all[j].to, &all[i].to);
      hosts += is_new;
    }
  return hosts;
}

/* RFC 5780 section 4.3, test III: two ports of one address. Unknown when there are none, or when
 * they contradict each other. */
static FloeNatBehaviour
compare_ports (const Votes *votes)
{
  const FloeNatObservation *all = votes->observations;
  guint same = 0, different = 0;

  for (guint i = 0; i < votes->count; i++)
    for (guint j = 0; j < i; j++)
      {
        if (!counts (votes, i) || !counts (votes, j) || all[i].to.port == all[j].to.port
            || !floe_stun_address_is_same_host (&all[i].to, &all[j].to))
          continue;
        if (floe_stun_address_equal (&all[i].mapped, &all[j].mapped))
          same++;
        else
          different++;
      }
  if ((same > 0) == (different > 0))
    return FLOE_NAT_BEHAVIOUR_UNKNOWN;
  return same > 0 ? FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
                  : FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
}

static FloeNatMappingVerdict
judge_dependent (const Votes *votes)
{
  FloeNatBehaviour ports = compare_ports (votes);
  FloeNatMappingVerdict verdict = { .mapping = FLOE_NAT_BEHAVIOUR_UNKNOWN,
                                    .outvoted = votes->outvoted };

  if (ports == FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT)
    {
      verdict.mapping = ports;
      verdict.evidence = "two ports of one server address see different ports";
    }
  else if (count_hosts (votes) < 2)
    verdict.evidence = ports == FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
                           ? "two ports of one server address see the same port, but no other has "
                             "answered"
                           : "only one server address has answered";
  else if (ports == FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT)
    {
      verdict.mapping = ports;
      verdict.evidence = "two ports of one server address see the same, other addresses do not";
    }
  else
    {
      verdict.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT;
      verdict.evidence = "server addresses see different ports";
    }
  if (verdict.mapping != FLOE_NAT_BEHAVIOUR_UNKNOWN)
    verdict.confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
  return verdict;
}

FloeNatMappingVerdict
floe_nat_classify_mapping (const FloeNatObservation *observations, guint count,
                           gboolean is_complete)
{
  Votes votes = { observations, count, 0 };
  FloeNatMappingVerdict verdict = { .evidence = "servers contradict each other" };
  Group group = find_largest (&votes, FALSE);
  guint dissenters;

  if (count == 0)
    return (FloeNatMappingVerdict){ .evidence = "no server has answered" };
  if (!outvote (&votes, &group, find_dissenters (&votes, &group, FALSE)))
    return verdict;
  group = find_largest (&votes, TRUE);
  dissenters = find_dissenters (&votes, &group, TRUE);
  if (group.host_count >= 2)
    {
      gboolean is_unanimous = dissenters == 0;

      if (!outvote (&votes, &group, dissenters))
        return verdict;
      verdict.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
      verdict.confidence = count_bits (group.servers) < 2 ? FLOE_NAT_CONFIDENCE_LOW
                           : is_unanimous                 ? FLOE_NAT_CONFIDENCE_HIGH
                                                          : FLOE_NAT_CONFIDENCE_MEDIUM;
      verdict.evidence = "different server addresses see the same address and port";
      verdict.outvoted = votes.outvoted;
      return verdict;
    }
  if (!is_complete)
    return (FloeNatMappingVerdict){ .outvoted = votes.outvoted, .evidence = "still asking" };
  return judge_dependent (&votes);
}

static guint
gcd (guint a, guint b)
{
  while (b != 0)
    {
      guint rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* The step, or 0 when ports don't follow each other. One jump is allowed: the range has an end, and
 * carriers have several. */
static guint
find_step (const guint16 *ports, guint count)
{
  guint step = 0, jumps = 0;

  for (guint i = 1; i < count; i++)
    {
      guint16 delta = (guint16) (ports[i] - ports[i - 1]);

      if (delta >= 1 && delta <= MAX_SEQUENTIAL_DELTA)
        step = gcd (delta, step);
      else
        jumps++;
    }
  for (guint i = 1; i < count; i++)
    {
      guint16 delta = (guint16) (ports[i] - ports[i - 1]);

      if (delta > MAX_SEQUENTIAL_GAP * step && delta <= MAX_SEQUENTIAL_DELTA)
        jumps++;
    }
  return jumps <= 1 ? step : 0;
}

FloeNatAllocationVerdict
floe_nat_classify_ports (const guint16 *ports, guint count)
{
  FloeNatAllocationVerdict verdict = { FLOE_NAT_ALLOCATION_UNKNOWN, 0, 0 };
  guint16 min = G_MAXUINT16, max = 0;

  if (count < FLOE_NAT_MIN_SAMPLES)
    return verdict;
  verdict.step = find_step (ports, count);
  if (verdict.step > 0)
    {
      verdict.allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL;
      return verdict;
    }
  for (guint i = 0; i < count; i++)
    {
      min = MIN (min, ports[i]);
      max = MAX (max, ports[i]);
    }
  /* k samples of a pool cover (k - 1) / (k + 1) of it on average. */
  verdict.span = (guint) (max - min + 1) * (count + 1) / (count - 1);
  verdict.allocation =
      verdict.span <= MAX_BLOCK ? FLOE_NAT_ALLOCATION_PORT_BLOCK : FLOE_NAT_ALLOCATION_RANDOM;
  if (verdict.allocation != FLOE_NAT_ALLOCATION_PORT_BLOCK)
    verdict.span = 0;
  return verdict;
}
