/* SPDX-License-Identifier: MPL-2.0 */
/* "floe receive": fetches the one file that is offered at an address. */
#pragma once

#include "options.h"
#include "report.h"

G_BEGIN_DECLS

/* Receives from options->argument into options->directory and returns how that went, which was
 * reported. */
ExitStatus receiver_run (const Options *options, Report *report);

G_END_DECLS
