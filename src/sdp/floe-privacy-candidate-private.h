/* SPDX-License-Identifier: MPL-2.0 */
/* What of a candidate's text may be shown at a privacy level: the half of the privacy filter that
 * knows the grammar of candidates.
 *
 * It reads the text itself and not a FloeCandidate, since what it leaves has to stay byte for byte
 * what it was, in candidates, too, that only others understand.
 *
 * Layer: sdp. May include: base. Pure. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

G_BEGIN_DECLS

/* Appends to @out what @level, which is not OPEN, lets pass of @text: "candidate:…" of @size bytes,
 * without "a=" and line end. FALSE, and nothing is appended, when that is nothing: @level forbids
 * the candidate, or the text is none. */
gboolean floe_privacy_append_candidate (GString *out, const char *text, gsize size,
                                        FloePrivacyLevel level);

G_END_DECLS
