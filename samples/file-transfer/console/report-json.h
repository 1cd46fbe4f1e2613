/* SPDX-License-Identifier: MPL-2.0 */
/* The events of docs/schema/events.json, one on a line. */
#pragma once

#include "report.h"

G_BEGIN_DECLS

void report_json_ready (const char *url, const char *code);
void report_json_listening (const char *url);
/* @metrics nullable. */
void report_json_connected (FloeIceCandidatePair *pair, FloeConnectionMetrics *metrics, gint64 ms);
void report_json_path (FloePathEvent *event, FloeConnectionMetrics *metrics, gint64 ms);
void report_json_file (const char *name, gint64 size);
void report_json_progress (guint64 bytes, gint64 total);
void report_json_file_done (const char *name, guint64 bytes, const char *sha256);
void report_json_done (guint files, guint64 bytes, double seconds);
void report_json_error (const char *code, const char *message);

/* (transfer full): @line with \u instead of what a terminal acts upon. It means the same, as such
 * characters stand in the strings of a JSON text only. */
char *report_json_escape (const char *line);

G_END_DECLS
