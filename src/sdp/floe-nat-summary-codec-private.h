/* SPDX-License-Identifier: MPL-2.0 */
/* What one side tells the other of its NAT, so that both make the same plan: never an address, a
 * port or a name. As the value of a session-level attribute, and as a candidate's extension:
 *
 *   a=floe-nat:1 udp-yes nat-yes map-apd filter-apd alloc-seq step-2 sure-high punch-yes
 *   a=candidate:1 1 udp 1 192.0.2.1 9 typ host floe-nat 1.udp-yes.nat-yes.map-ei.filter-apd
 *
 *   summary = version *(separator name "-" word)   ; " " in the attribute, "." in the token
 *   version = "1"
 *   name    = 1*16 LOWER
 *   word    = 1*16 (LOWER / DIGIT)
 *
 *   udp, nat, poison   yes, no
 *   map                ei, ad, apd, or ed: ad or apd, not known which
 *   filter             ei, ad, apd
 *   alloc              keep, seq, random, block
 *   step, pool         1 to 65535: from port to port of seq; how many ports a block has
 *   sure               low, medium, high
 *   punch              yes, or block: also where both sides have to try ports of small blocks
 *
 * A name that is not known is skipped, and a word that is not known means that nothing is known: so
 * version 1 can grow. A summary of another version is none.
 *
 * Does not know what follows from a summary: that is the business of strategy.
 *
 * Layer: sdp. May include: base. Pure. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>
#include <floe/floe-nat-enums.h>

G_BEGIN_DECLS

#define FLOE_NAT_SUMMARY_ATTRIBUTE "floe-nat"
#define FLOE_NAT_SUMMARY_SIZE 129 /* the longest text that is read or written, and its end */

/* A plain value; all zero is: nothing is known. */
typedef struct
{
  FloeNatAnswer udp;           /* whether UDP gets out */
  FloeNatAnswer is_translated; /* whether there is a NAT, and not only a filter */
  FloeNatBehaviour mapping;
  FloeNatBehaviour filtering; /* never ENDPOINT_DEPENDENT */
  FloeNatAllocation allocation;
  guint step;                   /* of SEQUENTIAL; 0: not known */
  guint pool;                   /* of PORT_BLOCK: ports; 0: not known */
  FloeNatAnswer poisoning;      /* whether packets that come too early spoil ports */
  FloeNatConfidence confidence; /* in mapping and filtering: the lesser one */
  FloePunching punching;
} FloeNatSummary;

typedef enum
{
  FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE,
  FLOE_NAT_SUMMARY_TOKEN, /* has no space */
} FloeNatSummaryForm;

/* Fails with FLOE_ERROR_NOT_SUPPORTED for another version and with FLOE_ERROR_SYNTAX for what is
 * longer than FLOE_NAT_SUMMARY_SIZE allows, not of the grammar, or says something twice. On failure
 * @out is untouched. */
gboolean floe_nat_summary_parse (FloeNatSummary *out, const char *text, FloeNatSummaryForm form,
                                 GError **error);

/* Returns: (transfer full): what is known, in the order above; it parses to the same. */
char *floe_nat_summary_serialize (const FloeNatSummary *self, FloeNatSummaryForm form);

gboolean floe_nat_summary_is_equal (const FloeNatSummary *a, const FloeNatSummary *b);

G_END_DECLS
