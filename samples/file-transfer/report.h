/* SPDX-License-Identifier: MPL-2.0 */
/* What floe tells its user: sentences and a progress line, or one JSON object a line. */
#pragma once

#include <floe/floe.h>

#include "exit-status.h"

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

/* The rendezvous at @address is ready; @invites when somebody else has to be told the address. */
void report_ready (Report *self, const char *address, gboolean invites);

/* Connected over @pair (nullable: not known) after @ms milliseconds. */
void report_connected (Report *self, FloeIceCandidatePair *pair, gint64 ms);

/* @bytes of @total have moved. Call it at most five times a second. */
void report_progress (Report *self, guint64 bytes, guint64 total);

/* All is well. */
void report_done (Report *self, const char *name, guint64 bytes, const char *sha256,
                  double seconds);

void report_error (Report *self, ExitStatus status, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

G_END_DECLS
