/* SPDX-License-Identifier: MPL-2.0 */
/* A description that was created or applied: its sections and what we made of them.
 *
 * Layer: jsep. May include: base, sdp. Pure. */
#pragma once

#include "floe-jsep-facts-private.h"
#include "floe-jsep-private.h"
#include "floe-sdp-codec-private.h"

G_BEGIN_DECLS

typedef struct
{
  FloeSdpType type;
  FloeSdp *sdp;        /* (owned): a local one without candidates */
  int data_index;      /* -1: no open data section */
  FloeJsepSetup setup; /* what it says, when there is a data section */
  guint64 version;     /* of a local one: in its "o=" line */
} FloeJsepDescription;

/* Takes @sdp. */
FloeJsepDescription *floe_jsep_description_new (FloeSdpType type, FloeSdp *sdp, int data_index,
                                                FloeJsepSetup setup);
FloeJsepDescription *floe_jsep_description_ref (FloeJsepDescription *self);
void floe_jsep_description_unref (FloeJsepDescription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeJsepDescription, floe_jsep_description_unref)

/* The text with local candidates in its data section, and their default in "m=" and "c=",
 * unless @hides_default: then these stay as RFC 8840 section 4.3.1 has them without candidates.
 * @candidates (element-type FloeCandidate) */
char *floe_jsep_description_to_text (const FloeJsepDescription *self, GArray *candidates,
                                     gboolean is_complete, gboolean hides_default);

/* TRUE when @text says the same but for candidates, the default address and line ends. */
gboolean floe_jsep_description_matches (const FloeJsepDescription *self, const char *text);

G_END_DECLS
