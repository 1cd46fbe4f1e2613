/* SPDX-License-Identifier: MPL-2.0 */
/* What a world leaves behind for its test to read: a line for each fact, and captures. */
#pragma once

#include <stdio.h>

#include "lab-network.h"

G_BEGIN_DECLS

typedef struct
{
  FILE *file; /* (owned) (nullable) */
  guint64 count;
} LabTrace;

gboolean lab_trace_open (LabTrace *self, const char *path);
void lab_trace_clear (LabTrace *self);
void lab_trace_fact (LabTrace *self, gint64 now_us, const char *node, const LabNatFact *fact);
void lab_trace_note (LabTrace *self, gint64 now_us, const char *text);

FILE *lab_capture_open (const char *path);
void lab_capture_packet (FILE *file, gint64 now_us, const LabPacket *packet);

G_END_DECLS
