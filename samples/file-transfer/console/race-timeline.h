/* SPDX-License-Identifier: MPL-2.0 */
/* Draws which paths were tried and when, a line for each, in plain text of 79 columns:
 *
 *   path, ms       start  check  works carries    end 0                         1250
 *     1 relay-udp      0    212    240     240   1250 .....-#######################x
 *     2 direct         0     41      -       -      - .----------------------------
 *     3+direct       900    950   1240    1250      -                      .-----=#
 *
 * Layer: samples. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

/* Times are milliseconds since gathering began; -1 for what has not happened. */
typedef struct
{
  guint number;
  const char *type;
  gboolean is_try;
  gint64 start_ms;
  gint64 check_ms;
  gint64 success_ms;
  gint64 selection_ms;
  gint64 end_ms;
} RacePath;

/* Path @path carries data from then on, until the next move. */
typedef struct
{
  gint64 time_ms;
  guint path;
} RaceMove;

/* (transfer full): lines, the first a heading and the last what the signs mean; @now_ms: the right
 * end. */
char *race_timeline_draw (const RacePath *paths, gsize n_paths, const RaceMove *moves,
                          gsize n_moves, gint64 now_ms);

/* (transfer full): the same of @metrics. */
char *race_timeline_draw_metrics (FloeConnectionMetrics *metrics);

G_END_DECLS
