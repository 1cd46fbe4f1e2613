/* SPDX-License-Identifier: MPL-2.0 */
/* Filtering by CHANGE-REQUEST. A socket that has sent to one address of the server only asks it to
 * answer from others. Each silence has a control: the main socket has sent to those others, so what
 * they answer there has to come in. Toward a NAT whose mappings depend on the endpoint the control
 * goes to the right one by RESPONSE-PORT (RFC 5780 section 7.5). */
#include "floe-nat-core-internal-private.h"

static guint
get_socket (const FloeNatCore *self, const NatProber *prober)
{
  return NAT_SOCKET_FILTER + (guint) (prober - self->probers);
}

static FloeStunAddress
get_other_port (const NatServer *server)
{
  FloeStunAddress address = server->address;

  address.port = server->other.port;
  return address;
}

static NatProber *
find_prober (FloeNatCore *self, guint server)
{
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    if (self->probers[i].is_started && self->probers[i].server == server)
      return &self->probers[i];
  return NULL;
}

void
floe_nat_change_handle (FloeNatCore *self, const NatPending *pending,
                        const FloeStunMessage *response)
{
  NatProber *prober = find_prober (self, pending->server);

  if (prober == NULL || response == NULL)
    return;
  switch (pending->purpose)
    {
    case NAT_PURPOSE_FILTER_OPEN:
      prober->is_open = TRUE;
      break;
    case NAT_PURPOSE_FILTER_BOTH:
      prober->has_both = TRUE;
      break;
    case NAT_PURPOSE_FILTER_PORT:
      prober->has_port = TRUE;
      break;
    case NAT_PURPOSE_CONTROL_BOTH:
      prober->control_both = TRUE;
      break;
    case NAT_PURPOSE_CONTROL_PORT:
    default:
      prober->control_port = TRUE;
    }
}

/* Has the server answer the main socket from @origin, which that has sent to. FALSE as long as
 * nobody knows where that would be. */
static gboolean
ask_control (FloeNatCore *self, const NatProber *prober, const FloeStunAddress *origin,
             gboolean changes_address)
{
  const NatServer *server = &self->servers[prober->server];
  const FloeNatObservation *here = floe_nat_mapping_find (self, &server->address);
  const FloeNatObservation *there = floe_nat_mapping_find (self, origin);
  NatBinding binding = { .changes_address = changes_address, .changes_port = TRUE };

  if (here == NULL || there == NULL)
    return FALSE;
  /* RESPONSE-PORT has no address. */
  if (!floe_stun_address_is_same_host (&here->mapped, &there->mapped))
    return TRUE;
  if (here->mapped.port != there->mapped.port)
    binding.response_port = there->mapped.port;
  binding.from = *origin;
  floe_nat_core_bind (self, changes_address ? NAT_PURPOSE_CONTROL_BOTH : NAT_PURPOSE_CONTROL_PORT,
                      prober->server, NAT_SOCKET_MAIN, &server->address, &binding);
  return TRUE;
}

static void
ask_round (FloeNatCore *self, const NatProber *prober)
{
  const NatServer *server = &self->servers[prober->server];
  NatBinding both = { .is_once = TRUE, .changes_address = TRUE, .changes_port = TRUE };
  NatBinding port = { .is_once = TRUE, .changes_port = TRUE };

  both.from = server->other;
  port.from = get_other_port (server);
  floe_nat_core_bind (self, NAT_PURPOSE_FILTER_BOTH, prober->server, get_socket (self, prober),
                      &server->address, &both);
  if (!prober->has_port)
    floe_nat_core_bind (self, NAT_PURPOSE_FILTER_PORT, prober->server, get_socket (self, prober),
                        &server->address, &port);
}

static void
step_prober (FloeNatCore *self, NatProber *prober)
{
  const NatServer *server = &self->servers[prober->server];
  FloeStunAddress other_port = get_other_port (server);

  if (prober->has_both)
    return;
  if (!prober->has_asked_both)
    prober->has_asked_both = ask_control (self, prober, &server->other, TRUE);
  if (!prober->has_asked_port)
    prober->has_asked_port = ask_control (self, prober, &other_port, FALSE);
  if (floe_nat_core_take_round (self, &prober->rounds, prober->server))
    ask_round (self, prober);
}

/* One is enough beside a relay; the packets are better spent. */
static guint
count_allowed (const FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count; i++)
    if (self->servers[i].credentials != NULL)
      return 1;
  return FLOE_NAT_PROBER_COUNT;
}

void
floe_nat_change_step (FloeNatCore *self)
{
  guint allowed = count_allowed (self), started = 0;

  for (guint i = 0; i < allowed; i++)
    started += self->probers[i].is_started;
  for (guint i = 0; i < self->report.server_count && started < allowed; i++)
    {
      NatProber *prober = &self->probers[started];

      if (self->servers[i].other.size == 0 || find_prober (self, i) != NULL)
        continue;
      *prober = (NatProber){ .is_started = TRUE, .server = i };
      prober->rounds.next_us = self->now_us;
      floe_nat_core_bind (self, NAT_PURPOSE_FILTER_OPEN, i, get_socket (self, prober),
                          &self->servers[i].address, NULL);
      started++;
    }
  floe_nat_mapping_step (self);
  for (guint i = 0; i < started; i++)
    step_prober (self, &self->probers[i]);
}

/* What is left to hear before silence says something. */
static gboolean
is_waiting (const FloeNatCore *self, const NatProber *prober)
{
  return !floe_nat_core_is_silent (self, &prober->rounds)
         || floe_nat_core_has_pending (self, NAT_PURPOSE_CONTROL_BOTH, prober->server)
         || floe_nat_core_has_pending (self, NAT_PURPOSE_CONTROL_PORT, prober->server)
         || floe_nat_core_has_pending (self, NAT_PURPOSE_FILTER_OPEN, prober->server)
         || floe_nat_core_has_pending (self, NAT_PURPOSE_MAPPING, prober->server);
}

NatFilterVerdict
floe_nat_change_judge (FloeNatCore *self, guint index)
{
  const NatProber *prober = &self->probers[index];
  NatFilterVerdict verdict = { .is_over = TRUE };

  if (!prober->is_started)
    return verdict;
  if (prober->has_both)
    return (NatFilterVerdict){ FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT, FLOE_NAT_CONFIDENCE_HIGH,
                               TRUE, "a server's other address came in unasked" };
  if (!prober->is_open || !prober->control_both || (!prober->has_port && !prober->control_port)
      || !floe_nat_core_is_silent (self, &prober->rounds))
    {
      verdict.is_over = !is_waiting (self, prober);
      verdict.evidence =
          verdict.is_over ? "a server says that it has another address, but never answers from it"
                          : "still listening";
      if (verdict.is_over)
        floe_nat_mapping_fault_other (self, prober->server);
      return verdict;
    }
  if (prober->rounds.is_cut)
    {
      verdict.evidence = "too much was lost to tell";
      return verdict;
    }
  verdict.confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
  verdict.filtering = prober->has_port ? FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT
                                       : FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  verdict.evidence = prober->has_port ? "a server's other port came in, its other address did not"
                                      : "neither a server's other port nor other address came in";
  return verdict;
}
