/* SPDX-License-Identifier: MPL-2.0 */
/* The mappings that are left alone, and what follows from what is heard of them. */
#include "floe-nat-lifetime-internal-private.h"

/* What one more wait may cost: making a mapping, a proof, knocks in vain, and both again as
 * control. Of those under way one dies first, and then the longer ones are over. */
#define WAIT_PACKETS (2 + LIFETIME_SEND_COUNT + 2)

/* The longest begins, so that all of them fit into the time. */
static const guint first_waits[] = { 240, 120, 60, 30, 15 };

G_STATIC_ASSERT (G_N_ELEMENTS (first_waits) == FLOE_NAT_LIFETIME_MAX_SOCKETS - LIFETIME_FIRST);

static gboolean
is_busy (const LifetimeSocket *socket)
{
  return socket->state >= LIFETIME_OPENING && socket->state <= LIFETIME_KNOCKING;
}

/* A longer wait than one that was deadly, or a shorter one than one that was not. */
static gboolean
is_pointless (const FloeNatLifetimeCore *self, guint wait_s)
{
  return wait_s <= self->result.lived_s
         || (self->result.died_s > 0 && wait_s >= self->result.died_s);
}

static void
open_mapping (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  socket->state = LIFETIME_OPENING;
  socket->opened_us = self->now_us;
  socket->mapped = (FloeStunAddress){ 0 };
  floe_nat_witness_open (self, index);
}

void
floe_nat_lifetime_begin (FloeNatLifetimeCore *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_waits); i++)
    {
      LifetimeSocket *socket = &self->sockets[LIFETIME_FIRST + i];

      socket->state = LIFETIME_HELD;
      socket->wait_s = first_waits[i];
      socket->silent_us = 0;
    }
  open_mapping (self, LIFETIME_FIRST);
}

static void
conclude (FloeNatLifetimeCore *self)
{
  FloeNatLifetime *result = &self->result;
  char evidence[FLOE_NAT_MAX_EVIDENCE_SIZE];

  if (self->witness == LIFETIME_WITNESS_AGAIN && result->died_s > 0 && result->lived_s > 0)
    {
      g_snprintf (evidence, sizeof evidence,
                  "a mapping kept its port for %u s, and another one lost it within %u s",
                  result->lived_s, result->died_s);
      floe_nat_lifetime_set_evidence (self, FLOE_NAT_CONFIDENCE_LOW, evidence);
    }
  else if (self->witness == LIFETIME_WITNESS_AGAIN && result->lived_s > 0)
    /* The NAT may give a socket the same port each time. */
    floe_nat_lifetime_set_evidence (self, FLOE_NAT_CONFIDENCE_NONE,
                                    "no port has changed, which may have other reasons");
  else if (result->lived_s > 0)
    {
      if (result->died_s > 0)
        g_snprintf (evidence, sizeof evidence,
                    "a mapping let a packet in after %u s, and another one did not within %u s",
                    result->lived_s, result->died_s);
      else
        g_snprintf (evidence, sizeof evidence, "a mapping let a packet in after %u s",
                    result->lived_s);
      floe_nat_lifetime_set_evidence (self, FLOE_NAT_CONFIDENCE_HIGH, evidence);
    }
  else if (result->died_s > 0)
    {
      g_snprintf (evidence, sizeof evidence, "a mapping was dead within %u s", result->died_s);
      floe_nat_lifetime_set_evidence (self,
                                      self->witness == LIFETIME_WITNESS_AGAIN
                                          ? FLOE_NAT_CONFIDENCE_LOW
                                          : FLOE_NAT_CONFIDENCE_MEDIUM,
                                      evidence);
    }
}

/* How long @index shall wait next, from its fresh mapping on; 0: no use. */
static guint
plan (const FloeNatLifetimeCore *self, guint index)
{
  guint waits[FLOE_NAT_LIFETIME_MAX_SOCKETS];
  guint count = 0;
  gint64 left_us = self->started_us + FLOE_NAT_LIFETIME_MAX_TIME_US - self->now_us;

  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    if (i != index && is_busy (&self->sockets[i]))
      waits[count++] = self->sockets[i].wait_s;
  return floe_nat_lifetime_plan (self->result.lived_s, self->result.died_s, waits, count,
                                 (guint) (left_us / G_TIME_SPAN_SECOND));
}

static void
leave_alone (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  if (is_pointless (self, socket->wait_s))
    socket->wait_s = plan (self, index);
  socket->state = socket->wait_s > 0 ? LIFETIME_IDLE : LIFETIME_FREE;
  socket->active_us = self->now_us;
  socket->due_us = self->now_us + socket->wait_s * G_TIME_SPAN_SECOND;
}

void
floe_nat_lifetime_opened (FloeNatLifetimeCore *self, guint index, const FloeStunAddress *mapped)
{
  LifetimeSocket *socket = &self->sockets[index];

  if (socket->state != LIFETIME_OPENING)
    return;
  socket->mapped = *mapped;
  socket->state = LIFETIME_PROVING;
  floe_nat_witness_knock (self, index);
}

void
floe_nat_lifetime_heard (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];
  FloeNatLifetime *result = &self->result;

  if (socket->state == LIFETIME_KNOCKING)
    {
      gint64 lived_us = socket->knocked_us - socket->active_us;

      result->lived_s = MAX (result->lived_s, (guint) (lived_us / G_TIME_SPAN_SECOND));
      /* What came in need not have refreshed it: RFC 4787 REQ-6. */
      socket->state = LIFETIME_FREE;
    }
  else if (socket->state == LIFETIME_PROVING)
    {
      guint died_s = (guint) ((socket->silent_us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);

      if (died_s > 0)
        result->died_s = result->died_s > 0 ? MIN (result->died_s, died_s) : died_s;
      socket->silent_us = 0;
      leave_alone (self, index);
    }
  /* Not all mappings live alike: only what none has outlived is called deadly. */
  if (result->died_s > 0 && result->died_s <= result->lived_s)
    result->died_s = 0;
  conclude (self);
}

void
floe_nat_lifetime_silent (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  if (socket->state == LIFETIME_KNOCKING)
    {
      socket->silent_us = self->now_us - socket->opened_us;
      open_mapping (self, index);
    }
  else if (is_busy (socket))
    socket->state = LIFETIME_SPENT;
}

static guint
count_busy (const FloeNatLifetimeCore *self)
{
  guint count = 0;

  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    count += is_busy (&self->sockets[i]);
  return count;
}

/* Whether the way that was chosen did not work for the first socket. */
static gboolean
has_failed (const FloeNatLifetimeCore *self)
{
  return self->sockets[LIFETIME_FIRST].state == LIFETIME_SPENT
         && self->sockets[LIFETIME_FIRST + 1].state == LIFETIME_HELD;
}

static void
step_socket (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  if (socket->state == LIFETIME_HELD && self->sockets[LIFETIME_FIRST].state == LIFETIME_IDLE)
    open_mapping (self, index);
  if (socket->state == LIFETIME_IDLE && is_pointless (self, socket->wait_s))
    socket->state = LIFETIME_FREE;
  if (socket->state == LIFETIME_IDLE && self->now_us >= socket->due_us)
    {
      socket->state = LIFETIME_KNOCKING;
      socket->knocked_us = self->now_us;
      floe_nat_witness_knock (self, index);
    }
  if (socket->state != LIFETIME_FREE
      || self->result.packet_count + count_busy (self) + WAIT_PACKETS
             > FLOE_NAT_LIFETIME_MAX_PACKETS)
    return;
  socket->wait_s = plan (self, index);
  if (socket->wait_s > 0)
    open_mapping (self, index);
}

void
floe_nat_lifetime_step (FloeNatLifetimeCore *self)
{
  if (self->witness == LIFETIME_WITNESS_NONE)
    return;
  if (has_failed (self))
    {
      self->witness = LIFETIME_WITNESS_NONE;
      floe_nat_witness_choose (self);
      return;
    }
  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    step_socket (self, i);
}

gboolean
floe_nat_lifetime_is_measuring (const FloeNatLifetimeCore *self)
{
  return self->witness != LIFETIME_WITNESS_NONE && count_busy (self) > 0;
}
