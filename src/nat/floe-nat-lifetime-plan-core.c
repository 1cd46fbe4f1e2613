/* SPDX-License-Identifier: MPL-2.0 */
/* Which waiting time tells most: the middle, as ratios go, of the widest gap between what has
 * lived, what is being waited for, and what has died. */
#include "floe-nat-lifetime-internal-private.h"

/* Shorter ones are of no use to anybody: who has one sends all the time. */
#define SHORTEST 4
/* RFC 4787 REQ-5 asks for two minutes and recommends five; what lives so long is not worth more
 * keepalives than consent needs anyway. */
#define LONGEST 240
#define WORTHWHILE_RATIO 1.3
#define WORTHWHILE_STEP 3
/* From the end of a wait to its verdict, with a control. */
#define VERDICT 10

static int
compare (gconstpointer a, gconstpointer b)
{
  return (int) *(const guint *) a - (int) *(const guint *) b;
}

/* What bounds the gaps, in order: returns how many there are, 0 when the bounds leave none. */
static guint
list_points (guint lived, guint died, const guint *waits, guint count, guint *points)
{
  guint low = MAX (lived, SHORTEST), high = died > 0 ? died : LONGEST;
  guint found = 0;

  if (high <= low)
    return 0;
  points[found++] = low;
  for (guint i = 0; i < count; i++)
    if (waits[i] > low && waits[i] < high)
      points[found++] = waits[i];
  points[found++] = high;
  qsort (points, found, sizeof *points, compare);
  return found;
}

/* The geometric mean, rounded down. */
static guint
find_middle (guint low, guint high)
{
  guint middle = low;

  while ((middle + 1) * (middle + 1) <= low * high)
    middle++;
  return middle;
}

guint
floe_nat_lifetime_plan (guint lived, guint died, const guint *waits, guint count, guint left)
{
  g_autofree guint *points = g_new0 (guint, count + 2);
  guint found = list_points (lived, died, waits, count, points);
  double best = WORTHWHILE_RATIO;
  guint wait = 0;

  for (guint i = 1; i < found; i++)
    {
      guint low = points[i - 1], high = points[i];
      guint middle = find_middle (low, high);
      double ratio = (double) high / low;

      if (ratio < best || middle < low + WORTHWHILE_STEP || middle + VERDICT > left)
        continue;
      best = ratio;
      wait = middle;
    }
  return wait;
}
