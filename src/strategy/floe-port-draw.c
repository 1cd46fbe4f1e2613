/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-port-draw-private.h"

/* Those in the block and those outside, even and odd. */
#define TIER_COUNT 4

struct _FloePortDraw
{
  GRand *rand;    /* (owned) */
  guint16 *ports; /* (owned): tier after tier; before `next` what has been drawn */
  guint next;
  guint ends[TIER_COUNT];
  guint tier;
};

void
floe_port_pool_learn (FloePortPool *self, const guint16 *ports, guint count)
{
  guint min = FLOE_PORT_MAX, max = 0, margin;

  if (count < 2)
    return;
  for (guint i = 0; i < count; i++)
    {
      min = MIN (min, ports[i]);
      max = MAX (max, ports[i]);
    }
  margin = (max - min) / (count - 1);
  self->block_min = (guint16) (min > FLOE_PORT_MIN + margin ? min - margin : FLOE_PORT_MIN);
  self->block_max = (guint16) MIN (max + margin, FLOE_PORT_MAX);
}

static guint
get_tier (const FloePortPool *pool, guint port)
{
  gboolean is_in_block = pool->block_min != 0 && port >= pool->block_min && port <= pool->block_max;

  return (is_in_block ? 0 : 2) + (pool->is_parity_kept && port % 2 != 0 ? 1 : 0);
}

FloePortDraw *
floe_port_draw_new (const FloePortPool *pool, guint64 seed)
{
  FloePortDraw *self = g_new0 (FloePortDraw, 1);
  guint32 seeds[2] = { (guint32) seed, (guint32) (seed >> 32) };
  guint min = MAX (pool->min, FLOE_PORT_MIN);
  guint max = pool->max != 0 ? pool->max : FLOE_PORT_MAX;
  guint count = 0;

  if (min > max)
    {
      min = FLOE_PORT_MIN;
      max = FLOE_PORT_MAX;
    }
  self->rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  self->ports = g_new (guint16, max - min + 1);
  for (guint tier = 0; tier < TIER_COUNT; tier++)
    {
      for (guint port = min; port <= max; port++)
        if (get_tier (pool, port) == tier)
          self->ports[count++] = (guint16) port;
      self->ends[tier] = count;
    }
  return self;
}

void
floe_port_draw_free (FloePortDraw *self)
{
  g_rand_free (self->rand);
  g_free (self->ports);
  g_free (self);
}

/* Fisher and Yates' shuffle, as far as it is needed. */
gboolean
floe_port_draw_next (FloePortDraw *self, guint16 *port)
{
  guint chosen;

  while (self->tier < TIER_COUNT && self->next == self->ends[self->tier])
    self->tier++;
  if (self->tier == TIER_COUNT)
    return FALSE;
  chosen =
      (guint) g_rand_int_range (self->rand, (gint32) self->next, (gint32) self->ends[self->tier]);
  *port = self->ports[chosen];
  self->ports[chosen] = self->ports[self->next++];
  return TRUE;
}
