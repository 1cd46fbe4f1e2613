/* SPDX-License-Identifier: MPL-2.0 */
/* The report of "floe nat" for people. Pure. */
#pragma once

#include "nat-facts.h"

G_BEGIN_DECLS

/* (transfer full): @facts (array of @n_facts): the best first, and at least one. The first line is
 * the verdict. @with_evidence: also says how each thing is known. */
char *nat_text_format (const NatFacts *facts, gsize n_facts, gboolean with_evidence);

/* (transfer full): what others would see at each privacy level; "" when no address is known. */
char *nat_text_format_privacy (const NatFacts *facts, gsize n_facts);

/* (transfer full): what stands on the terminal meanwhile. */
char *nat_text_format_waiting (guint server_count);

G_END_DECLS
