/* SPDX-License-Identifier: MPL-2.0 */
#include "progress-meter.h"

#include <string.h>

/* Older samples count for less: after this long, for 37 %. */
#define MEMORY_S 3.0
#define MAX_BAR 40
#define MIN_BAR 8
/* Longer is no estimate any more. */
#define MAX_TIME_LEFT_S (100.0 * 60 * 60)

char *
progress_format_size (guint64 bytes)
{
  g_autofree char *text = g_format_size (bytes);
  g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1); /* a space that does not break */

  return g_strjoinv (" ", parts);
}

void
progress_meter_update (ProgressMeter *self, gint64 now_us, guint64 bytes)
{
  double seconds = (double) (now_us - self->last_us) / G_USEC_PER_SEC;
  double rate, weight;

  if (self->last_us == 0 || bytes < self->last_bytes)
    self->rate = 0;
  else if (seconds <= 0)
    return;
  else
    {
      rate = (double) (bytes - self->last_bytes) / seconds;
      weight = seconds / (seconds + MEMORY_S);
      self->rate = self->rate == 0 ? rate : self->rate + weight * (rate - self->rate);
    }
  self->last_us = now_us;
  self->last_bytes = bytes;
}

/* (transfer full) (nullable): "1:05 left". */
static char *
format_time_left (const ProgressMeter *self, guint64 bytes, gint64 total)
{
  double seconds;
  guint whole;

  if (total < 0 || (guint64) total < bytes || self->rate < 1)
    return NULL;
  seconds = (double) ((guint64) total - bytes) / self->rate;
  if (seconds > MAX_TIME_LEFT_S)
    return NULL;
  whole = (guint) (seconds + 0.5);
  if (whole >= 3600)
    return g_strdup_printf ("%u:%02u:%02u left", whole / 3600, whole / 60 % 60, whole % 60);
  return g_strdup_printf ("%u:%02u left", whole / 60, whole % 60);
}

/* (transfer full): "12.3 MB of 45.6 MB, 7.8 MB/s, 0:04 left". */
static char *
format_details (const ProgressMeter *self, guint64 bytes, gint64 total)
{
  g_autofree char *done = progress_format_size (bytes);
  g_autofree char *all = total >= 0 ? progress_format_size ((guint64) total) : NULL;
  g_autofree char *rate = self->rate >= 1 ? progress_format_size ((guint64) self->rate) : NULL;
  g_autofree char *left = format_time_left (self, bytes, total);
  GString *text = g_string_new (done);

  if (all != NULL)
    g_string_append_printf (text, " of %s", all);
  if (rate != NULL)
    g_string_append_printf (text, ", %s/s", rate);
  if (left != NULL)
    g_string_append_printf (text, ", %s", left);
  return g_string_free (text, FALSE);
}

static void
append_bar (GString *line, guint size, double share)
{
  guint filled = (guint) (share * size);

  g_string_append_c (line, '[');
  for (guint i = 0; i < size; i++)
    g_string_append_c (line, i < filled ? '#' : '.');
  g_string_append (line, "] ");
}

char *
progress_meter_format (const ProgressMeter *self, guint64 bytes, gint64 total, guint width)
{
  g_autofree char *details = format_details (self, bytes, total);
  GString *line = g_string_new (NULL);
  double share = total <= 0 ? 0 : CLAMP ((double) bytes / (double) total, 0, 1);
  guint percent_size = 0;
  glong used;

  if (total > 0)
    {
      g_string_printf (line, "%3u %%  ", (guint) (share * 100));
      percent_size = (guint) line->len;
    }
  used = percent_size + g_utf8_strlen (details, -1);
  if (total > 0 && used + MIN_BAR + 3 <= (glong) width)
    append_bar (line, MIN ((guint) (width - used - 3), MAX_BAR), share);
  g_string_append (line, details);
  while (line->len > 0 && g_utf8_strlen (line->str, (gssize) line->len) > (glong) width)
    g_string_truncate (line, (gsize) (g_utf8_prev_char (line->str + line->len) - line->str));
  return g_string_free (line, FALSE);
}
