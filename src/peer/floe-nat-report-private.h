/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeNatReport. Layer: peer. Any thread. */
#pragma once

#include <floe/floe-nat-report.h>

#include "floe-nat-record-private.h"

G_BEGIN_DECLS

struct _FloeNatReport
{
  FloeNatRecord *record; /* (owned) */
  char *base;            /* (owned) */
  char **externals;      /* (owned) */
  GPtrArray *servers;    /* (owned) (element-type FloeNatServerReport) */
};

/* Returns: (transfer full) */
FloeNatReport *floe_nat_report_new (FloeNatRecord *record);
/* Returns: (transfer full) */
FloeNatServerReport *floe_nat_server_report_new (const FloeNatServerRecord *record);

G_END_DECLS
