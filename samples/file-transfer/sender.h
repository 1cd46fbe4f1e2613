/* SPDX-License-Identifier: MPL-2.0 */
/* "floe send": offers files, and sends them to who is sure to know the code. */
#pragma once

#include "options.h"
#include "report.h"

/* Runs until the end and returns what kind of. */
ExitStatus sender_run (const Options *options, Report *report);
