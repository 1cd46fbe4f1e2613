/* SPDX-License-Identifier: MPL-2.0 */
/* The report of "floe nat" for programs: docs/schema/nat.json. Pure. */
#pragma once

#include "nat-facts.h"

G_BEGIN_DECLS

/* (transfer full): one line, without its end. @facts (array of @n_facts): the best first, and at
 * least one. */
char *nat_json_format (const NatFacts *facts, gsize n_facts, gboolean with_evidence);

G_END_DECLS
