/* SPDX-License-Identifier: MPL-2.0 */
/* What floe tells its user: sentences and a progress line, or one JSON object a line as in
 * docs/schema. Whatever text is given is made fit for a terminal here.
 *
 * With REPORT_TEXT sentences go to standard output, or to standard error when that has the content
 * (report_use_stderr ()); with REPORT_JSON only objects go to standard output. */
#pragma once

#include <floe/floe.h>

#include "exit-status.h"
#include "nat-facts.h"

G_BEGIN_DECLS

typedef struct _Report Report;

typedef enum
{
  REPORT_TEXT,
  REPORT_JSON,
} ReportForm;

/* (transfer full). */
Report *report_new (ReportForm form);
void report_free (Report *self);

/* Standard output is taken. */
void report_use_stderr (Report *self);

/* With the connection, with each change of its path, and when it did not come about, which paths
 * were tried and when is drawn on standard error. */
void report_draw_races (Report *self);

/* Somebody may come to @url, whose fragment is @code; @offers_files: to fetch files, else to bring
 * some. On a terminal with a QR code. @server (nullable): the rendezvous, when it is not our own.
 */
void report_ready (Report *self, const char *url, const char *code, const char *server,
                   gboolean offers_files);

/* "floe serve" listens at @url. */
void report_listening (Report *self, const char *url);

/* Something that the user should know, a sentence. JSON: on standard error. */
void report_warning (Report *self, const char *message);

/* The other side offers @files files of @bytes (-1: not known) in all; @names (array of @n_names)
 * are the topmost ones, @more is how many more there are. JSON: on standard error, since somebody
 * may be asked about it there. */
void report_offer (Report *self, const char *const *names, guint n_names, guint more, guint files,
                   gint64 bytes);

/* Connected, and sure who with, over @pair (nullable: not known); @metrics nullable; @ms: from when
 * both ends were known to each other to the open channel. */
void report_connected (Report *self, FloeIceCandidatePair *pair, FloeConnectionMetrics *metrics,
                       gint64 ms);
/* Data takes another path from now on. */
void report_path (Report *self, FloePathEvent *event, FloeConnectionMetrics *metrics, gint64 ms);
/* The attempt has come to nothing: said by others. Draws what was tried. */
void report_attempt (Report *self, FloeConnectionMetrics *metrics);

/* So many servers are being asked; on a terminal it vanishes with what is said next. */
void report_nat_waiting (Report *self, guint server_count);

/* What is known of this network: @facts (array of @n_facts), the best first. */
void report_nat (Report *self, const NatFacts *facts, gsize n_facts, gboolean with_evidence);
/* How connections are tried: a text for each kind of network of the other side. For people only. */
void report_nat_plans (Report *self, const char *const *plans);

/* A file begins; @size -1: not known. */
void report_file (Report *self, const char *name, gint64 size);

/* @bytes of @total (-1: not known) have moved. Call it at most five times a second. */
void report_progress (Report *self, guint64 bytes, gint64 total);

/* A file has arrived and was checked. */
void report_file_done (Report *self, const char *name, guint64 bytes, const char *sha256);

/* All is well. */
void report_done (Report *self, guint files, guint64 bytes, double seconds);

void report_error (Report *self, ExitStatus status, const char *message);

/* The word for @status, as in events and in messages to the other side. */
const char *exit_status_code (ExitStatus status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

G_END_DECLS
