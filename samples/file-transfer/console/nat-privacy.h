/* SPDX-License-Identifier: MPL-2.0 */
/* The words for what each privacy level would show others of this machine. Pure. */
#pragma once

#include "nat-facts.h"

G_BEGIN_DECLS

/* (transfer full): what the other side and the rendezvous learn at @level of the network that
 * @facts (array of @n_facts) tell of, as in "no address but ...". */
char *nat_privacy_describe (const NatFacts *facts, gsize n_facts, FloePrivacyLevel level);

/* Whether an address of this machine is known, so that there is something to describe. */
gboolean nat_privacy_is_known (const NatFacts *facts, gsize n_facts);

G_END_DECLS
