/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-nat-ports.h"

#include <math.h>
#include <string.h>

#include "lab-nat-table.h"

/* Where a sequential allocator stands. */
typedef struct
{
  guint16 last;
  gint64 at_us;
} Cursor;

typedef struct
{
  const LabNatConfig *config;
  const LabNatFlow *flow;
  const LabAddress *external;
  gint64 now_us;
  LabNatPortIsFree is_free;
  gpointer user_data;
} Request;

void
lab_nat_ports_init (LabNatPortsState *self, guint64 seed)
{
  guint32 seeds[2] = { (guint32) seed, (guint32) (seed >> 32) };

  self->rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  self->last = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free, g_free);
  self->blocks = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free, NULL);
}

void
lab_nat_ports_clear (LabNatPortsState *self)
{
  g_clear_pointer (&self->blocks, g_hash_table_unref);
  g_clear_pointer (&self->last, g_hash_table_unref);
  g_clear_pointer (&self->rand, g_rand_free);
}

/* After a reboot counters start anew and blocks are given out again. */
void
lab_nat_ports_forget (LabNatPortsState *self)
{
  g_hash_table_remove_all (self->blocks);
  g_hash_table_remove_all (self->last);
}

static gboolean
suits (const Request *request, guint16 port)
{
  if (request->config->ports.keeps_parity && (port ^ request->flow->internal.port) % 2 != 0)
    return FALSE;
  return request->is_free (port, request->user_data);
}

/* The next suitable port from @port on, round and round within [min, max], @step at a time. */
static guint16
scan (const Request *request, guint port, guint min, guint max, guint step)
{
  guint size = max - min + 1;

  for (guint tries = 0; tries < size; tries++)
    {
      guint16 candidate = (guint16) (min + (port - min) % size);
      if (suits (request, candidate))
        return candidate;
      port = candidate + step;
      /* A step that divides the size would never see the ports between. */
      if (step > 1 && (tries + 1) % (size / step + 1) == 0)
        port++;
    }
  return 0;
}

static guint
draw_poisson (GRand *rand, double mean)
{
  double limit = exp (-MIN (mean, 500));
  double product = g_rand_double (rand);
  guint count = 0;

  while (product > limit)
    {
      product *= g_rand_double (rand);
      count++;
    }
  return count;
}

static Cursor *
get_cursor (LabNatPortsState *self, const Request *request)
{
  const LabNatPorts *ports = &request->config->ports;
  LabEndpoint external = { .address = *request->external };
  LabNatKey key = lab_nat_key (request->flow->protocol, &external, NULL, 0);
  Cursor *cursor = g_hash_table_lookup (self->last, &key);

  if (cursor == NULL)
    {
      cursor = g_new (Cursor, 1);
      cursor->last = (guint16) g_rand_int_range (self->rand, ports->min, ports->max + 1);
      cursor->at_us = request->now_us;
      g_hash_table_insert (self->last, g_memdup2 (&key, sizeof key), cursor);
    }
  return cursor;
}

static guint16
pick_sequential (LabNatPortsState *self, const Request *request)
{
  const LabNatPorts *ports = &request->config->ports;
  Cursor *cursor = get_cursor (self, request);
  double waited_s = (double) (request->now_us - cursor->at_us) / G_USEC_PER_SEC;
  guint foreign =
      ports->foreign_per_s > 0 ? draw_poisson (self->rand, ports->foreign_per_s * waited_s) : 0;
  guint16 port = scan (request, cursor->last + (1 + foreign) * ports->step, ports->min, ports->max,
                       ports->step);

  if (port != 0)
    *cursor = (Cursor){ port, request->now_us };
  return port;
}

static guint16
pick_random (LabNatPortsState *self, const Request *request, guint min, guint max)
{
  for (guint tries = 0; tries < 64; tries++)
    {
      guint16 port = (guint16) g_rand_int_range (self->rand, (gint32) min, (gint32) max + 1);
      if (suits (request, port))
        return port;
    }
  return scan (request, g_rand_int_range (self->rand, (gint32) min, (gint32) max + 1), min, max, 1);
}

static gboolean
is_block_taken (LabNatPortsState *self, guint first)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (GPOINTER_TO_UINT (value) == first)
      return TRUE;
  return FALSE;
}

/* The first port of the block that belongs to the inside host; drawn when it is first seen. */
static guint
get_block (LabNatPortsState *self, const Request *request)
{
  const LabNatPorts *ports = &request->config->ports;
  LabEndpoint host = { .address = request->flow->internal.address };
  LabNatKey key = lab_nat_key (0, &host, NULL, 0);
  guint blocks = (ports->max - ports->min + 1u) / ports->block_size;
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (self->blocks, &key));
  guint start;

  if (first != 0 || blocks == 0)
    return first;
  start = (guint) g_rand_int_range (self->rand, 0, (gint32) blocks);
  for (guint i = 0; i < blocks && first == 0; i++)
    {
      guint candidate = ports->min + (start + i) % blocks * ports->block_size;
      if (!is_block_taken (self, candidate))
        first = candidate;
    }
  if (first != 0)
    g_hash_table_insert (self->blocks, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (first));
  return first;
}

static guint16
pick (LabNatPortsState *self, const Request *request, LabNatAllocation allocation)
{
  const LabNatPorts *ports = &request->config->ports;
  guint first;

  switch (allocation)
    {
    case LAB_NAT_PRESERVE:
      if (suits (request, request->flow->internal.port))
        return request->flow->internal.port;
      g_return_val_if_fail (ports->clashed != LAB_NAT_PRESERVE, 0);
      return pick (self, request, ports->clashed);
    case LAB_NAT_SEQUENTIAL:
      return pick_sequential (self, request);
    case LAB_NAT_BLOCK:
      first = get_block (self, request);
      return first != 0 ? pick_random (self, request, first, first + ports->block_size - 1) : 0;
    case LAB_NAT_RANDOM:
    default:
      return pick_random (self, request, ports->min, ports->max);
    }
}

/* A port for a new mapping of @flow at the address @external, or 0 when none is left. */
guint16
lab_nat_ports_pick (LabNatPortsState *self, const LabNatConfig *config, gint64 now_us,
                    const LabNatFlow *flow, const LabAddress *external, LabNatPortIsFree is_free,
                    gpointer user_data)
{
  Request request = { config, flow, external, now_us, is_free, user_data };

  return pick (self, &request, config->allocation);
}
