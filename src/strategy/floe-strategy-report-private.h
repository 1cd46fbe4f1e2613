/* SPDX-License-Identifier: MPL-2.0 */
/* What discovery found out, as what is told to the other side.
 *
 * Layer: strategy. GLib only. May include: base, sdp, nat. Pure. */
#pragma once

#include "floe-nat-findings-private.h"
#include "floe-nat-summary-codec-private.h"

G_BEGIN_DECLS

/* Has no address of @findings, and nothing that is not listed in FloeNatSummary. */
FloeNatSummary floe_strategy_summarize (const FloeNatFindings *findings, FloePunching punching);

G_END_DECLS
