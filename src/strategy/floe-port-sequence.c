/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-port-sequence-private.h"

#define MAX_FOUND_STEP 8

FloePortPool
floe_port_sequence_complete_pool (const FloePortPool *pool)
{
  FloePortPool complete = *pool;

  if (complete.min == 0)
    complete.min = FLOE_PORT_MIN;
  if (complete.max < complete.min)
    complete.max = FLOE_PORT_MAX;
  return complete;
}

void
floe_port_sequence_widen (FloePortPool *pool, guint16 port)
{
  pool->min = MIN (pool->min, port);
  pool->max = MAX (pool->max, port);
}

int
floe_port_sequence_get_distance (const FloePortPool *pool, guint16 from, guint16 to)
{
  int size = pool->max - pool->min + 1;
  int distance = ((int) to - from + size) % size;

  return distance > size / 2 ? distance - size : distance;
}

guint16
floe_port_sequence_move (const FloePortPool *pool, guint16 from, int by)
{
  int size = pool->max - pool->min + 1;
  int place = (from - pool->min + by % size + size) % size;

  return (guint16) (pool->min + place);
}

int
floe_port_sequence_find_step (guint known, int distance)
{
  int size = ABS (distance), step = MAX_FOUND_STEP;

  if (known > 0 && known <= FLOE_PORT_MAX_STEP && size % (int) known == 0)
    step = (int) known;
  else
    while (size % step != 0)
      step /= 2;
  return distance < 0 ? -step : step;
}

static guint
list (const FloePortPool *pool, guint16 from, int step, guint count,
      guint16 ports[FLOE_PORT_BRACKET_MAX])
{
  count = MIN (count, FLOE_PORT_BRACKET_MAX);
  for (guint i = 0; i < count; i++)
    ports[i] = floe_port_sequence_move (pool, from, (int) (i + 1) * step);
  return count;
}

/* Of one sample: what was taken just after it, or just before. */
static guint
list_beside (const FloePortBracket *self, FloePortPool *pool, guint16 ports[FLOE_PORT_BRACKET_MAX])
{
  const FloeStunAddress *only = self->before.size != 0 ? &self->before : &self->after;
  int step = self->step > 0 && self->step <= FLOE_PORT_MAX_STEP ? (int) self->step : 1;

  if (only->size == 0)
    return 0;
  floe_port_sequence_widen (pool, only->port);
  return list (pool, only->port, only == &self->before ? step : -step,
               self->count + FLOE_PORT_BRACKET_SLACK, ports);
}

guint
floe_port_bracket_list (const FloePortBracket *self, guint16 ports[FLOE_PORT_BRACKET_MAX])
{
  FloePortPool pool = floe_port_sequence_complete_pool (&(FloePortPool){ 0 });
  int distance, step, between;

  if (self->before.size == 0 || self->after.size == 0)
    return list_beside (self, &pool, ports);
  floe_port_sequence_widen (&pool, self->before.port);
  floe_port_sequence_widen (&pool, self->after.port);
  distance = floe_port_sequence_get_distance (&pool, self->before.port, self->after.port);
  if (distance == 0 || !floe_stun_address_is_same_host (&self->before, &self->after))
    return 0;
  step = floe_port_sequence_find_step (self->step, distance);
  between = distance / step - 1;
  return between <= FLOE_PORT_BRACKET_MAX
             ? list (&pool, self->before.port, step, (guint) between, ports)
             : 0;
}
