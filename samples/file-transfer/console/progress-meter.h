/* SPDX-License-Identifier: MPL-2.0 */
/* How fast it goes and how long it takes, and a line that says so. Pure: time is an argument, in
 * monotonic microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 last_us; /* of the last sample; 0: none yet */
  guint64 last_bytes;
  double rate; /* bytes a second, smoothed; 0: not known */
} ProgressMeter;

/* (transfer full): "12.3 MB", in characters that every terminal has. */
char *progress_format_size (guint64 bytes);

/* @bytes have moved in all, which may start anew with fewer. */
void progress_meter_update (ProgressMeter *self, gint64 now_us, guint64 bytes);

/* (transfer full): a line of at most @width columns for @bytes of @total (-1: not known). */
char *progress_meter_format (const ProgressMeter *self, guint64 bytes, gint64 total, guint width);

G_END_DECLS
