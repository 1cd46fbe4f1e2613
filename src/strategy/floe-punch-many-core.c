/* SPDX-License-Identifier: MPL-2.0 */
/* The side with many sockets: primers, and asking back from what got a probe. */
#include "floe-punch-core-internal-private.h"

#include <string.h>

#include "floe-random-private.h"

/* Of a filter's life: two primers may be lost before it ends. */
#define REFRESH_PART 3

void
floe_punch_many_start (FloePunchCore *self)
{
  self->many.next_pass_us = self->now_us;
}

static gboolean
send_request (FloePunchCore *self, guint socket, const FloeStunAddress *to, guint ttl)
{
  guint8 buffer[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  gsize size =
      floe_punch_identity_build_request (self->identity, self->many.sockets[socket].id, buffer);

  return floe_punch_send (self, socket, to, ttl, buffer, size);
}

/* The sockets are opened one by one, each with its first primer: so a router gets as many new
 * entries a second as the budget gives packets. */
static void
open_next (FloePunchCore *self, guint socket)
{
  PunchSocket *opened = &self->many.sockets[socket];

  floe_random_bytes (opened->id, sizeof opened->id);
  opened->is_open = TRUE;
  self->many.asked++;
  self->counters.opened++;
  floe_punch_push (self, FLOE_PUNCH_OUTPUT_OPEN, socket);
}

static void
end_pass (FloePunchCore *self)
{
  PunchMany *many = &self->many;

  if (many->next < self->grant.socket_count)
    return;
  many->next = 0;
  many->next_pass_us += self->config.filter_life_us / REFRESH_PART;
}

static gboolean
prime_next (FloePunchCore *self)
{
  PunchMany *many = &self->many;
  guint socket = many->next;

  if (!floe_punch_is_ready (self))
    return FALSE;
  if (socket == many->asked)
    open_next (self, socket);
  if (many->sockets[socket].is_open)
    {
      if (!send_request (self, socket, &self->peer, self->config.primer_ttl))
        return FALSE;
      self->counters.primers++;
    }
  many->next++;
  end_pass (self);
  return TRUE;
}

/* There will be no more sockets for others either: those that there are have to do. */
void
floe_punch_many_handle_failed (FloePunchCore *self, guint socket)
{
  self->many.sockets[socket].is_open = FALSE;
  self->grant.socket_count = MIN (self->grant.socket_count, self->many.asked);
  end_pass (self);
  if (--self->counters.opened == 0)
    floe_punch_fail (self, FLOE_PUNCH_END_NO_SOCKETS, FLOE_PROBE_GRANTED);
}

/* Before primers: whoever was met is worth more than who may be met. */
static void
ask_back (FloePunchCore *self)
{
  PunchMany *many = &self->many;

  for (guint i = 0; i < many->hit_count && self->state == PUNCH_STATE_TRYING; i++)
    {
      PunchHit *hit = &many->hits[i];

      if (hit->ask_count == PUNCH_MAX_ASKS)
        continue;
      if (hit->ask_us > self->now_us)
        {
          floe_punch_wake_at (self, hit->ask_us);
          continue;
        }
      if (!floe_punch_is_ready (self) || !send_request (self, hit->socket, &hit->remote, 0))
        return;
      hit->ask_count++;
      hit->ask_us = self->now_us + PUNCH_ASK_US;
      if (hit->ask_count < PUNCH_MAX_ASKS)
        floe_punch_wake_at (self, hit->ask_us);
    }
}

void
floe_punch_many_step (FloePunchCore *self)
{
  PunchMany *many = &self->many;

  ask_back (self);
  while (self->state == PUNCH_STATE_TRYING && floe_punch_has_packets (self)
         && self->now_us >= many->next_pass_us && prime_next (self))
    ;
  if (self->state == PUNCH_STATE_TRYING && floe_punch_has_packets (self)
      && self->now_us < many->next_pass_us)
    floe_punch_wake_at (self, many->next_pass_us);
}

/* Its own place, a free one, or that of the hit that has been asked back from most: to forget one
 * costs no more than that it is not asked again. */
static PunchHit *
find_place (PunchMany *many, guint socket, const FloeStunAddress *from)
{
  PunchHit *most = &many->hits[0];

  for (guint i = 0; i < many->hit_count; i++)
    if (many->hits[i].socket == socket && floe_stun_address_equal (&many->hits[i].remote, from))
      return &many->hits[i];
  if (many->hit_count < FLOE_PUNCH_MAX_HITS)
    return &many->hits[many->hit_count++];
  for (guint i = 1; i < many->hit_count; i++)
    if (many->hits[i].ask_count > most->ask_count)
      most = &many->hits[i];
  if (most->ask_count == 0)
    return NULL;
  *most = (PunchHit){ 0 };
  return most;
}

void
floe_punch_many_win (FloePunchCore *self, guint socket, const FloeStunAddress *remote)
{
  floe_punch_set_state (self, PUNCH_STATE_DONE, "found");
  floe_probe_budget_core_end (self->budget, self->now_us, self->grant.id, FLOE_PROBE_END_FOUND);
  for (guint i = 0; i < FLOE_PROBE_MAX_SOCKETS; i++)
    if (self->many.sockets[i].is_open && i != socket)
      floe_punch_push (self, FLOE_PUNCH_OUTPUT_CLOSE, i);
  floe_punch_push_found (self, socket, remote);
}

static void
take_probe (FloePunchCore *self, guint socket, const FloeStunAddress *from,
            const FloeStunMessage *message)
{
  PunchHit *hit = find_place (&self->many, socket, from);

  if (hit == NULL)
    return;
  if (hit->remote.size == 0)
    *hit = (PunchHit){ .socket = socket, .remote = *from, .ask_us = self->now_us };
  if (hit->answer_count++ < PUNCH_MAX_ANSWERS)
    floe_punch_answer (self, socket, from, message);
}

gboolean
floe_punch_many_handle (FloePunchCore *self, guint socket, const FloeStunAddress *from,
                        const FloeStunMessage *message)
{
  const PunchSocket *got = &self->many.sockets[socket];

  if (!got->is_open || (self->config.is_peer_port_exact && from->port != self->peer.port))
    return FALSE;
  if (floe_punch_identity_is_request (self->identity, message))
    {
      take_probe (self, socket, from, message);
      return TRUE;
    }
  if (memcmp (message->transaction_id, got->id, sizeof got->id) != 0
      || !floe_punch_identity_is_answer (self->identity, message))
    return FALSE;
  floe_punch_many_win (self, socket, from);
  return TRUE;
}
