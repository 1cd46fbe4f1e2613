/* SPDX-License-Identifier: MPL-2.0 */
/* The words for what a NAT report says, for people who never heard of a NAT and for those who want
 * the term of RFC 4787. Pure: tables, and what chooses from them. */
#pragma once

#include "nat-facts.h"

G_BEGIN_DECLS

/* (transfer full): a sentence: what it means for connecting. @way: what it holds for, such as "over
 * IPv6", or "" when it holds for all. */
char *nat_words_verdict (const NatFacts *facts, const char *way);

/* What follows is (transfer full), and NULL where there is nothing to be said. */
char *nat_words_network (const NatFacts *facts);
char *nat_words_public_address (const NatFacts *facts);
char *nat_words_udp (const NatFacts *facts);
char *nat_words_tcp (const NatFacts *facts);
char *nat_words_tls (const NatFacts *facts);
char *nat_words_mapping (const NatFacts *facts);
char *nat_words_filtering (const NatFacts *facts);
char *nat_words_allocation (const NatFacts *facts);
char *nat_words_hairpin (const NatFacts *facts);
char *nat_words_carrier (const NatFacts *facts);
char *nat_words_poisoning (const NatFacts *facts);
char *nat_words_lifetime (const NatFacts *facts);
char *nat_words_rewriting (const NatFacts *facts);
char *nat_words_proxy (const NatFacts *facts);

/* Adds sentences (transfer full) to @sentences: what can be done, the best first. @has_ipv6: IPv6
 * works as well. */
void nat_words_add_advice (const NatFacts *facts, gboolean has_ipv6, GPtrArray *sentences);

/* What is wrong with a server, as in "turn:x: refuses us"; NULL for FLOE_NAT_FAULT_NONE. */
const char *nat_words_fault (FloeNatFault fault);

const char *nat_words_confidence (FloeNatConfidence confidence);
const char *nat_words_aspect (FloeNatAspect aspect);

G_END_DECLS
