/* SPDX-License-Identifier: MPL-2.0 */
/* Writes offers and answers (RFC 8829 sections 5.2 and 5.3), without candidates.
 *
 * Layer: jsep. May include: base, sdp. Pure. */
#pragma once

#include "floe-jsep-facts-private.h"
#include "floe-jsep-private.h"
#include "floe-sdp-codec-private.h"

G_BEGIN_DECLS

/* An offer that keeps the sections of @previous (nullable), of which only the one at @kept_index
 * (-1: none) is open. With @wants_data there is a data section: that one, or else a new last one.
 * *@data_index is where it is, or -1. */
FloeSdp *floe_jsep_write_offer (const FloeJsepIdentity *identity, const FloeSdp *previous,
                                int kept_index, gboolean wants_data, int *data_index);

/* An answer to @offer that accepts the section at @data_index (-1: none) and rejects all others. */
FloeSdp *floe_jsep_write_answer (const FloeJsepIdentity *identity, const FloeSdp *offer,
                                 int data_index, FloeJsepSetup setup);

/* Sets the version in the "o=" line, which is 0 when written. */
void floe_jsep_write_version (FloeSdp *sdp, const FloeJsepIdentity *identity, guint64 version);

G_END_DECLS
