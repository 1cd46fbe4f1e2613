/* SPDX-License-Identifier: MPL-2.0 */
/* "floe nat": how well others can be reached from this network, and what to do about it. */
#pragma once

#include "options.h"
#include "report.h"

G_BEGIN_DECLS

/* Runs until it is known, some two seconds at most, or a signal comes. */
ExitStatus nat_run (const Options *options, Report *report);

G_END_DECLS
