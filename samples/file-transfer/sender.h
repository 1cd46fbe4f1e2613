/* SPDX-License-Identifier: MPL-2.0 */
/* "floe send": offers one file to whoever joins the rendezvous that it runs. */
#pragma once

#include "options.h"
#include "report.h"

G_BEGIN_DECLS

/* Sends options->argument and returns how that went, which was reported. */
ExitStatus sender_run (const Options *options, Report *report);

G_END_DECLS
