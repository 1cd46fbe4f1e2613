/* SPDX-License-Identifier: MPL-2.0 */
#include "nat-words.h"

/* A row has what is to be said, and NULL where there is nothing. */
#define WORDS(table, value)                                                                        \
  ((gsize) (value) < G_N_ELEMENTS (table) ? g_strdup ((table)[value]) : NULL)

/* The way goes between both. */
static const struct
{
  const char *before, *after;
} verdicts[NAT_REACH_COUNT] = {
  [NAT_REACH_ALL] = { "Direct connections", " will work from here to practically everyone." },
  [NAT_REACH_MOST] = { "Direct connections", " will work from here to almost everyone." },
  [NAT_REACH_UNCLEAR] = { "Direct connections", " may work from here; these servers could not tell "
                                                "to how many people." },
  [NAT_REACH_SOME] = { "Direct connections", " will work from here only to people whose network is "
                                             "open; a relay is needed for the rest." },
  [NAT_REACH_LIMITED] = { "Only some UDP ports get out (443)",
                          ": direct connections will mostly fail; a relay on UDP port 443 works." },
  [NAT_REACH_NONE] = { "Nothing gets out", ": no server could be reached from here." },
  [NAT_REACH_UNRESOLVED] = { "Nothing is known",
                             ": the servers' names were not found, so nobody could be asked." },
  [NAT_REACH_UNTESTED] = { "Nothing is known",
                           ": none of the servers has an address of this kind." },
};

static const char *
get_stream_names (const NatFacts *facts)
{
  if (facts->tcp != FLOE_NAT_ANSWER_YES)
    return "TLS";
  return facts->tls == FLOE_NAT_ANSWER_NO ? "TCP" : "TCP or TLS";
}

char *
nat_words_verdict (const NatFacts *facts, const char *way)
{
  NatReach reach = nat_facts_get_reach (facts);
  const char *space = way[0] != '\0' ? " " : "";

  if (reach == NAT_REACH_NONE && facts->udp == FLOE_NAT_ANSWER_UNKNOWN)
    return g_strconcat ("Nothing seems to get out", space, way, ": no server answered.", NULL);
  if (reach == NAT_REACH_RELAY)
    return g_strdup_printf (
        "UDP %s%s%s: connections will work from here only through a relay, over "
        "%s%s.",
        facts->udp == FLOE_NAT_ANSWER_NO ? "is blocked" : "does not get through", space, way,
        get_stream_names (facts), facts->proxy != NULL ? " and the proxy" : "");
  return g_strconcat (verdicts[reach].before, space, way, verdicts[reach].after, NULL);
}

static const char *
get_family_name (GSocketFamily family)
{
  return family == G_SOCKET_FAMILY_IPV6 ? "IPv6" : "IPv4";
}

char *
nat_words_network (const NatFacts *facts)
{
  if (facts->interface == NULL && facts->base_address == NULL)
    return g_strdup ("none that leads to an address of the servers");
  return g_strdup_printf ("%s, %s%s%s", facts->interface != NULL ? facts->interface : "any",
                          get_family_name (facts->family), facts->base_address != NULL ? ", " : "",
                          facts->base_address != NULL ? facts->base_address : "");
}

char *
nat_words_public_address (const NatFacts *facts)
{
  if (facts->external == NULL || facts->external[0] == NULL)
    return NULL;
  return g_strjoinv (", ", (char **) facts->external);
}

char *
nat_words_udp (const NatFacts *facts)
{
  static const char *const words[] = {
    [FLOE_NAT_ANSWER_UNKNOWN] = "no server answered", [FLOE_NAT_ANSWER_NO] = "blocked"
  };

  switch (nat_facts_get_reach (facts))
    {
    case NAT_REACH_LIMITED:
      return g_strdup ("gets out to port 443, but not to the ports of the servers");
    case NAT_REACH_UNRESOLVED:
      return g_strdup ("not tried");
    default:
      return WORDS (words, facts->udp);
    }
}

static const char *const stream_words
    [] = { [FLOE_NAT_ANSWER_NO] = "does not get through", [FLOE_NAT_ANSWER_YES] = "gets through" };

/* Where UDP works, nobody needs TCP. */
char *
nat_words_tcp (const NatFacts *facts)
{
  return facts->udp != FLOE_NAT_ANSWER_YES ? WORDS (stream_words, facts->tcp) : NULL;
}

char *
nat_words_tls (const NatFacts *facts)
{
  return facts->udp != FLOE_NAT_ANSWER_YES ? WORDS (stream_words, facts->tls) : NULL;
}

char *
nat_words_mapping (const NatFacts *facts)
{
  static const char *const words[] = {
    [FLOE_NAT_BEHAVIOUR_UNKNOWN] =
        "there is one, but answers from two servers are needed to tell of what kind",
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT] =
        "everybody sees you at the same address and port (endpoint-independent mapping)",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT] =
        "each computer you talk to sees you at another port (address-dependent mapping)",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT] =
        "each program you talk to sees you at another port (address- and port-dependent mapping)",
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT] =
        "not everybody sees you at the same port (endpoint-dependent mapping)",
  };

  if (facts->udp != FLOE_NAT_ANSWER_YES)
    return NULL;
  if (facts->translation == FLOE_NAT_ANSWER_NO)
    return g_strdup ("none: your address is the same outside as here");
  if (facts->translation == FLOE_NAT_ANSWER_UNKNOWN && facts->mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN)
    return g_strdup ("could not be found out");
  return WORDS (words, facts->mapping);
}

char *
nat_words_filtering (const NatFacts *facts)
{
  static const char *const words[] = {
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT] =
        "lets in anybody who knows your port (endpoint-independent filtering)",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT] =
        "lets in only computers that you have sent something to (address-dependent filtering)",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT] =
        "lets in only answers to what you have sent (address- and port-dependent filtering)",
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT] =
        "lets in only those that you have sent something to (endpoint-dependent filtering)",
  };

  if (facts->udp != FLOE_NAT_ANSWER_YES)
    return NULL;
  if (facts->filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN)
    return g_strdup (nat_facts_find_relay (facts) != NULL
                         ? "could not be found out by these servers"
                         : "could not be found out: give a TURN server (--turn) for that");
  return WORDS (words, facts->filtering);
}

char *
nat_words_allocation (const NatFacts *facts)
{
  if (facts->udp != FLOE_NAT_ANSWER_YES || facts->translation == FLOE_NAT_ANSWER_NO)
    return NULL;
  switch (facts->allocation)
    {
    case FLOE_NAT_ALLOCATION_PORT_PRESERVING:
      return g_strdup (facts->mapping == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT
                           ? "the same number outside as here, while it is free (port-preserving)"
                           : "the first is the same outside as here (port-preserving)");
    case FLOE_NAT_ALLOCATION_SEQUENTIAL:
      return facts->allocation_step > 1 ? g_strdup_printf (
                 "counts upward, %u at a time (sequential)", facts->allocation_step)
                                        : g_strdup ("counts upward (sequential)");
    case FLOE_NAT_ALLOCATION_RANDOM:
      return g_strdup ("any number (random)");
    case FLOE_NAT_ALLOCATION_PORT_BLOCK:
      return facts->block_size > 0 ? g_strdup_printf (
                 "any number of about %u that are yours (port block)", facts->block_size)
                                   : g_strdup ("any number of a few that are yours (port block)");
    case FLOE_NAT_ALLOCATION_UNKNOWN:
    default:
      return NULL;
    }
}

char *
nat_words_hairpin (const NatFacts *facts)
{
  static const char *const words[] = {
    [FLOE_NAT_ANSWER_NO] = "no: computers here don't reach each other by the public address",
    [FLOE_NAT_ANSWER_YES] = "yes: computers here reach each other by the public address, too",
  };

  if (facts->udp != FLOE_NAT_ANSWER_YES || facts->translation == FLOE_NAT_ANSWER_NO)
    return NULL;
  return WORDS (words, facts->hairpin);
}

char *
nat_words_carrier (const NatFacts *facts)
{
  return facts->carrier == FLOE_NAT_ANSWER_YES
             ? g_strdup ("probably: many customers seem to share your public address (CGN)")
             : NULL;
}

char *
nat_words_poisoning (const NatFacts *facts)
{
  return facts->poisoning == FLOE_NAT_ANSWER_YES
             ? g_strdup ("yes: a stranger's packet that comes too early spoils a port of yours")
             : NULL;
}

char *
nat_words_lifetime (const NatFacts *facts)
{
  return facts->lifetime_s > 0
             ? g_strdup_printf ("after %u s without traffic (binding lifetime)", facts->lifetime_s)
             : NULL;
}

char *
nat_words_rewriting (const NatFacts *facts)
{
  return facts->rewriting == FLOE_NAT_ANSWER_YES
             ? g_strdup ("yes: something on the way changes addresses inside packets (ALG); that "
                         "does Floe no harm")
             : NULL;
}

char *
nat_words_proxy (const NatFacts *facts)
{
  return facts->udp != FLOE_NAT_ANSWER_YES && facts->proxy != NULL
             ? g_strdup_printf ("TCP and TLS get out through %s", facts->proxy)
             : NULL;
}

const char *
nat_words_fault (FloeNatFault fault)
{
  static const char *const words[] = {
    [FLOE_NAT_FAULT_SILENT] = "gave no answer of use: is it running, and is this its address?",
    [FLOE_NAT_FAULT_REFUSED] = "refused: are --turn-user and the password right?",
    [FLOE_NAT_FAULT_OTHER_FAMILY] = "has no address of a kind that this network has",
    [FLOE_NAT_FAULT_MALFORMED] = "answers with nonsense: it is no STUN or TURN server, or broken",
    [FLOE_NAT_FAULT_PRIVATE_ADDRESS] =
        "sees us at a private address: it is inside this network, or something changes its answers",
    [FLOE_NAT_FAULT_OUTVOTED] =
        "sees us at another address than the other servers do, and was not believed",
    [FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS] =
        "has a second address that does not work (OTHER-ADDRESS); who runs it should repair that",
    [FLOE_NAT_FAULT_UNRESOLVED] = "has a name that was not found: is it right?",
    [FLOE_NAT_FAULT_BROKEN_RELAY] = "does not relay: its firewall may block the ports of the relay",
  };

  return (gsize) fault < G_N_ELEMENTS (words) ? words[fault] : NULL;
}

const char *
nat_words_confidence (FloeNatConfidence confidence)
{
  static const char *const words[] = { [FLOE_NAT_CONFIDENCE_NONE] = "not proven",
                                       [FLOE_NAT_CONFIDENCE_LOW] = "hardly sure",
                                       [FLOE_NAT_CONFIDENCE_MEDIUM] = "fairly sure",
                                       [FLOE_NAT_CONFIDENCE_HIGH] = "sure" };

  return (gsize) confidence < G_N_ELEMENTS (words) ? words[confidence] : words[0];
}

const char *
nat_words_aspect (FloeNatAspect aspect)
{
  static const char *const words[NAT_ASPECT_COUNT] = {
    [FLOE_NAT_ASPECT_UDP] = "UDP",
    [FLOE_NAT_ASPECT_MAPPING] = "NAT",
    [FLOE_NAT_ASPECT_FILTERING] = "Firewall",
    [FLOE_NAT_ASPECT_ALLOCATION] = "Port numbers",
    [FLOE_NAT_ASPECT_HAIRPIN] = "Loops back",
    [FLOE_NAT_ASPECT_CARRIER] = "Provider's NAT",
    [FLOE_NAT_ASPECT_POISONING] = "Spoils ports",
    [FLOE_NAT_ASPECT_TCP] = "TCP",
    [FLOE_NAT_ASPECT_TLS] = "TLS",
    [FLOE_NAT_ASPECT_LIFETIME] = "Forgets",
    [FLOE_NAT_ASPECT_REWRITING] = "Rewrites",
  };

  return (gsize) aspect < G_N_ELEMENTS (words) ? words[aspect] : "";
}
