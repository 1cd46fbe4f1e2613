/* SPDX-License-Identifier: MPL-2.0 */
#include "race-timeline.h"

#include <string.h>

/* With what stands before it, 79 columns: the last one of a terminal may wrap. */
#define BAR_WIDTH 28
#define MAX_PLAIN_MS 999999

typedef struct
{
  char text[BAR_WIDTH + 1];
  gint64 span_ms;
} Bar;

static guint
get_column (const Bar *bar, gint64 time_ms)
{
  return (guint) CLAMP (time_ms * BAR_WIDTH / bar->span_ms, 0, BAR_WIDTH - 1);
}

/* Up to and with the column of @end_ms; nothing when @start_ms is -1. */
static void
fill (Bar *bar, gint64 start_ms, gint64 end_ms, char sign)
{
  if (start_ms == -1)
    return;
  for (guint i = get_column (bar, start_ms); i <= get_column (bar, end_ms); i++)
    bar->text[i] = sign;
}

static void
fill_carried (Bar *bar, const RacePath *path, const RaceMove *moves, gsize n_moves, gint64 end_ms)
{
  for (gsize i = 0; i < n_moves; i++)
    {
      gint64 until_ms = i + 1 < n_moves ? moves[i + 1].time_ms : G_MAXINT64;

      if (moves[i].path == path->number)
        fill (bar, moves[i].time_ms, MIN (until_ms - 1, end_ms), '#');
    }
}

static void
draw_bar (Bar *bar, const RacePath *path, const RaceMove *moves, gsize n_moves)
{
  gint64 end_ms = path->end_ms != -1 ? path->end_ms : bar->span_ms;
  gsize length = BAR_WIDTH;

  memset (bar->text, ' ', BAR_WIDTH);
  fill (bar, path->start_ms, end_ms, '.');
  fill (bar, path->check_ms, end_ms, '-');
  fill (bar, path->success_ms, end_ms, '=');
  fill_carried (bar, path, moves, n_moves, end_ms);
  fill (bar, path->end_ms, path->end_ms, 'x');
  while (length > 0 && bar->text[length - 1] == ' ')
    length--;
  bar->text[length] = '\0';
}

/* Fits six columns. */
static void
append_time (GString *out, int width, gint64 time_ms)
{
  char text[32];

  if (time_ms < 0)
    g_strlcpy (text, "-", sizeof text);
  else if (time_ms <= MAX_PLAIN_MS)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, time_ms);
  else
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT "s", MIN (time_ms / 1000, 99999));
  g_string_append_printf (out, "%*s", width, text);
}

static void
append_path (GString *out, const RacePath *path, const Bar *bar)
{
  g_string_append_printf (out, "%4u%c%-9.9s", path->number % 10000, path->is_try ? '+' : ' ',
                          path->type);
  append_time (out, 7, path->start_ms);
  append_time (out, 7, path->check_ms);
  append_time (out, 7, path->success_ms);
  append_time (out, 8, path->selection_ms);
  append_time (out, 7, path->end_ms);
  g_string_append_printf (out, " %s\n", bar->text);
}

char *
race_timeline_draw (const RacePath *paths, gsize n_paths, const RaceMove *moves, gsize n_moves,
                    gint64 now_ms)
{
  Bar bar = { .span_ms = MAX (now_ms, 1) };
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%-14s%7s%7s%7s%8s%7s 0", "path, ms", "start", "check", "works",
                          "carries", "end");
  append_time (out, BAR_WIDTH - 1, now_ms);
  g_string_append_c (out, '\n');
  for (gsize i = 0; i < n_paths; i++)
    {
      draw_bar (&bar, &paths[i], moves, n_moves);
      append_path (out, &paths[i], &bar);
    }
  g_string_append (out, ". begun  - checked  = works  # carries data  x ended  + a later try\n");
  return g_string_free (out, FALSE);
}

static const char *
get_type_name (FloePathType type)
{
  switch (type)
    {
    case FLOE_PATH_TYPE_PREDICTED:
      return "predicted";
    case FLOE_PATH_TYPE_PUNCHED:
      return "punched";
    case FLOE_PATH_TYPE_RELAY_UDP:
      return "relay-udp";
    case FLOE_PATH_TYPE_RELAY_TCP:
      return "relay-tcp";
    case FLOE_PATH_TYPE_RELAY_TLS:
      return "relay-tls";
    case FLOE_PATH_TYPE_ICE_TCP:
      return "ice-tcp";
    case FLOE_PATH_TYPE_DIRECT:
    default:
      return "direct";
    }
}

char *
race_timeline_draw_metrics (FloeConnectionMetrics *metrics)
{
  GPtrArray *paths = floe_connection_metrics_get_paths (metrics);
  GPtrArray *moves = floe_connection_metrics_get_moves (metrics);
  g_autofree RacePath *race_paths = g_new0 (RacePath, paths->len + 1);
  g_autofree RaceMove *race_moves = g_new0 (RaceMove, moves->len + 1);

  for (guint i = 0; i < paths->len; i++)
    {
      const FloePathMetrics *path = g_ptr_array_index (paths, i);

      race_paths[i] = (RacePath){
        .number = floe_path_metrics_get_number (path),
        .type = get_type_name (floe_path_metrics_get_path_type (path)),
        .is_try = floe_path_metrics_is_try (path),
        .start_ms = floe_path_metrics_get_start_time (path),
        .check_ms = floe_path_metrics_get_check_time (path),
        .success_ms = floe_path_metrics_get_success_time (path),
        .selection_ms = floe_path_metrics_get_selection_time (path),
        .end_ms = floe_path_metrics_get_end_time (path),
      };
    }
  for (guint i = 0; i < moves->len; i++)
    {
      const FloeMoveMetrics *move = g_ptr_array_index (moves, i);

      race_moves[i] =
          (RaceMove){ floe_move_metrics_get_time (move), floe_move_metrics_get_path_number (move) };
    }
  return race_timeline_draw (race_paths, paths->len, race_moves, moves->len,
                             MAX (floe_connection_metrics_get_time (metrics), 0));
}
