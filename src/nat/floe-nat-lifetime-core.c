/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-lifetime-internal-private.h"

#define MAX_REQUESTS 32
/* Kept back to give the relay free. */
#define RESERVED_PACKETS 1
/* There is time: sent at 0, 0.5, 1.5 and 3.5 s, and given up after 6. */
#define REQUEST_RTO_US (500 * G_TIME_SPAN_MILLISECOND)
#define REQUEST_LAST_WAIT 5

FloeNatLifetimeCore *
floe_nat_lifetime_core_new (const FloeStunAddress *base, const FloeNatServer *servers, guint count)
{
  FloeNatLifetimeCore *self = g_new0 (FloeNatLifetimeCore, 1);

  self->base = *base;
  self->base.port = 0;
  self->client = floe_stun_client_core_new (MAX_REQUESTS);
  self->pending = g_array_new (FALSE, TRUE, sizeof (LifetimePending));
  self->started_us = -1;
  for (guint i = 0; i < count && self->server_count < LIFETIME_MAX_SERVERS; i++)
    {
      LifetimeServer *server = &self->servers[self->server_count];

      if (servers[i].address.size != base->size || servers[i].address.port == 0)
        continue;
      server->address = servers[i].address;
      server->nat64_bits = floe_nat_get_nat64_bits (&servers[i]);
      if (servers[i].credentials != NULL)
        server->credentials = floe_stun_credentials_fork (servers[i].credentials);
      self->server_count++;
    }
  floe_nat_lifetime_set_evidence (self, FLOE_NAT_CONFIDENCE_NONE, "not measured");
  return self;
}

void
floe_nat_lifetime_core_free (FloeNatLifetimeCore *self)
{
  floe_stun_client_core_free (self->client);
  g_array_unref (self->pending);
  floe_nat_outputs_clear (&self->outputs);
  for (guint i = 0; i < self->server_count; i++)
    g_clear_pointer (&self->servers[i].credentials, floe_stun_credentials_unref);
  g_free (self);
}

void
floe_nat_lifetime_set_evidence (FloeNatLifetimeCore *self, FloeNatConfidence confidence,
                                const char *evidence)
{
  self->result.confidence = confidence;
  g_strlcpy (self->result.evidence, evidence, sizeof self->result.evidence);
}

static void
send_within (FloeNatLifetimeCore *self, guint limit, guint socket, const FloeStunAddress *to,
             const guint8 *data, gsize size)
{
  if (self->result.packet_count >= limit)
    {
      self->was_cut = TRUE;
      return;
    }
  self->result.packet_count++;
  if (!self->sockets[socket].is_open)
    {
      self->sockets[socket].is_open = TRUE;
      floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_OPEN, socket);
    }
  floe_nat_outputs_push_send (&self->outputs, socket, to, data, size);
}

void
floe_nat_lifetime_send (FloeNatLifetimeCore *self, guint socket, const FloeStunAddress *to,
                        const guint8 *data, gsize size)
{
  send_within (self, FLOE_NAT_LIFETIME_MAX_PACKETS - RESERVED_PACKETS, socket, to, data, size);
}

void
floe_nat_lifetime_ask (FloeNatLifetimeCore *self, const LifetimePending *what, guint socket,
                       const FloeStunBuilder *builder, const FloeStunRoute *from)
{
  const LifetimeServer *server = &self->servers[what->server];
  gboolean is_turn = what->purpose != LIFETIME_PURPOSE_GREET
                     && what->purpose != LIFETIME_PURPOSE_OPEN
                     && what->purpose != LIFETIME_PURPOSE_KNOCK;
  LifetimePending pending = *what;
  FloeStunRequest request = {
    .data = builder->start,
    .size = floe_stun_builder_finish (builder),
    .to = { socket, server->address },
    .credentials = is_turn ? server->credentials : NULL,
    .timing = { .rto_us = REQUEST_RTO_US,
                .send_count = what->purpose == LIFETIME_PURPOSE_RELEASE ? 1 : LIFETIME_SEND_COUNT,
                .last_wait = REQUEST_LAST_WAIT },
  };

  if (from != NULL)
    request.from = *from;
  pending.id = floe_stun_client_core_start (self->client, self->now_us, &request, NULL);
  if (pending.id != 0)
    g_array_append_val (self->pending, pending);
  else
    self->was_cut = TRUE;
}

gboolean
floe_nat_lifetime_is_asking (const FloeNatLifetimeCore *self)
{
  return self->pending->len > 0;
}

static LifetimePending *
find_pending (FloeNatLifetimeCore *self, guint64 id, guint *index)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      *index = i;
      if (g_array_index (self->pending, LifetimePending, i).id == id)
        return &g_array_index (self->pending, LifetimePending, i);
    }
  return NULL;
}

static void
drain_client (FloeNatLifetimeCore *self)
{
  FloeStunOutput output;
  guint index = 0;

  while (floe_stun_client_core_poll (self->client, &output))
    {
      LifetimePending *found = find_pending (self, output.id, &index);
      LifetimePending pending;
      gboolean is_success;

      if (found == NULL)
        continue;
      pending = *found;
      if (output.type == FLOE_STUN_OUTPUT_SEND)
        {
          send_within (self,
                       FLOE_NAT_LIFETIME_MAX_PACKETS
                           - (pending.purpose == LIFETIME_PURPOSE_RELEASE ? 0 : RESERVED_PACKETS),
                       output.to.local, &output.to.remote, output.data, output.size);
          continue;
        }
      g_array_remove_index (self->pending, index);
      is_success = output.outcome->result == FLOE_STUN_RESULT_SUCCESS;
      floe_nat_witness_handle (self, &pending, is_success ? &output.outcome->response : NULL);
    }
}

static void
finish (FloeNatLifetimeCore *self)
{
  floe_nat_witness_release (self);
  drain_client (self);
  self->is_done = TRUE;
  for (guint i = 0; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    if (self->sockets[i].is_open)
      floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_CLOSE, i);
  floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_DONE, 0);
}

static gboolean
is_over (const FloeNatLifetimeCore *self)
{
  if (self->was_cut || self->now_us >= self->started_us + FLOE_NAT_LIFETIME_MAX_TIME_US)
    return TRUE;
  return !floe_nat_lifetime_is_asking (self) && !floe_nat_lifetime_is_measuring (self);
}

static void
step (FloeNatLifetimeCore *self)
{
  drain_client (self);
  floe_nat_witness_step (self);
  floe_nat_lifetime_step (self);
  drain_client (self);
  self->result.elapsed_us = self->now_us - self->started_us;
  if (is_over (self))
    finish (self);
}

void
floe_nat_lifetime_core_start (FloeNatLifetimeCore *self, gint64 now_us)
{
  g_return_if_fail (self->started_us < 0);
  self->now_us = self->started_us = now_us;
  floe_nat_witness_choose (self);
  step (self);
}

void
floe_nat_lifetime_core_set_local (FloeNatLifetimeCore *self, guint socket,
                                  const FloeStunAddress *local)
{
  g_return_if_fail (socket < FLOE_NAT_LIFETIME_MAX_SOCKETS);
  self->sockets[socket].local = *local;
}

static gboolean
take_time (FloeNatLifetimeCore *self, gint64 now_us)
{
  if (self->started_us < 0 || self->is_done)
    return FALSE;
  self->now_us = MAX (self->now_us, now_us);
  return TRUE;
}

void
floe_nat_lifetime_core_handle_datagram (FloeNatLifetimeCore *self, gint64 now_us, guint socket,
                                        const FloeStunAddress *from, const guint8 *data, gsize size)
{
  FloeStunRoute route = { socket, *from };
  NatDatagram datagram;

  g_return_if_fail (socket < FLOE_NAT_LIFETIME_MAX_SOCKETS);
  if (!take_time (self, now_us))
    return;
  floe_nat_datagram_init (&datagram, data, size);
  if (!floe_stun_client_core_handle_datagram (self->client, self->now_us, &route, datagram.data,
                                              datagram.size))
    floe_nat_witness_handle_datagram (self, socket, from, datagram.data, datagram.size);
  step (self);
}

void
floe_nat_lifetime_core_handle_unreachable (FloeNatLifetimeCore *self, gint64 now_us, guint socket,
                                           const FloeStunAddress *remote)
{
  FloeStunRoute route = { socket, *remote };

  if (!take_time (self, now_us))
    return;
  floe_stun_client_core_handle_unreachable (self->client, self->now_us, &route);
  step (self);
}

void
floe_nat_lifetime_core_handle_timeout (FloeNatLifetimeCore *self, gint64 now_us)
{
  if (!take_time (self, now_us))
    return;
  floe_stun_client_core_handle_timeout (self->client, self->now_us);
  step (self);
}

gint64
floe_nat_lifetime_core_get_deadline (const FloeNatLifetimeCore *self)
{
  gint64 client_us = floe_stun_client_core_get_deadline (self->client);
  gint64 deadline_us;

  if (self->started_us < 0 || self->is_done)
    return -1;
  deadline_us =
      MIN (self->started_us + FLOE_NAT_LIFETIME_MAX_TIME_US, floe_nat_witness_get_deadline (self));
  return client_us >= 0 ? MIN (deadline_us, client_us) : deadline_us;
}

gboolean
floe_nat_lifetime_core_poll (FloeNatLifetimeCore *self, FloeNatOutput *output)
{
  return floe_nat_outputs_poll (&self->outputs, output);
}

const FloeNatLifetime *
floe_nat_lifetime_core_get_result (const FloeNatLifetimeCore *self)
{
  return &self->result;
}

void
floe_nat_lifetime_apply (const FloeNatLifetime *self, FloeNatFindings *findings)
{
  FloeNatProof *proof = &findings->proofs[FLOE_NAT_ASPECT_LIFETIME];

  findings->lifetime_s = self->confidence > FLOE_NAT_CONFIDENCE_NONE ? self->lived_s : 0;
  proof->confidence = self->confidence;
  proof->after_us = self->elapsed_us;
  g_strlcpy (proof->evidence, self->evidence, sizeof proof->evidence);
}
