/* SPDX-License-Identifier: MPL-2.0 */
/* bench-connect: how long it takes from making two connections to an open channel, on loopback.
 *
 *   bench-connect [RUNS]      50 by default; one run before them is not counted
 *
 * Every run makes both connections anew; the certificate is the configuration's. */
#include <stdlib.h>

#include "bench-pair.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

static double
run_once (FloeConfiguration *configuration)
{
  gint64 start = g_get_monotonic_time ();
  gint64 end;
  BenchPair pair;

  bench_pair_start (&pair, configuration);
  bench_wait (&pair.is_open, "open channel");
  end = g_get_monotonic_time ();
  bench_pair_clear (&pair);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return (double) (end - start) / 1000;
}

int
main (int argc, char **argv)
{
  g_autoptr (FloeConfiguration) configuration = bench_configuration_new ();
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  guint runs = argc > 1 ? (guint) atoi (argv[1]) : 50;

  if (runs < 1 || runs > 100000)
    {
      g_printerr ("bench-connect: '%s' is not a number of runs\n", argv[1]);
      return 2;
    }
  run_once (configuration);
  for (guint i = 0; i < runs; i++)
    {
      double time = run_once (configuration);

      g_array_append_val (times, time);
    }
  g_array_sort (times, compare);
  g_print ("connect: runs %u  min %.2f ms  median %.2f ms  p99 %.2f ms  max %.2f ms\n", runs,
           g_array_index (times, double, 0), g_array_index (times, double, runs / 2),
           g_array_index (times, double, (runs * 99 + 99) / 100 - 1),
           g_array_index (times, double, runs - 1));
  return 0;
}
