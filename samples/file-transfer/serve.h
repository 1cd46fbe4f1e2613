/* SPDX-License-Identifier: MPL-2.0 */
/* "floe serve": a rendezvous for those who come with --server, and its page. */
#pragma once

#include "options.h"
#include "report.h"

G_BEGIN_DECLS

/* Runs until a signal comes, or returns at once when it can't listen. */
ExitStatus serve_run (const Options *options, Report *report);

G_END_DECLS
