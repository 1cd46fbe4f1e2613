/* SPDX-License-Identifier: MPL-2.0 */
/* What can be done about a network: a table of when to say what. */
#include "nat-words.h"

#define BIT(value) (1U << (value))

/* Of each column the values for which the sentence is said; 0: all. */
typedef struct
{
  guint reaches;
  guint translations;
  guint carriers;
  guint allocations;
  guint poisonings;
  guint relays; /* BIT (TRUE) when there is one that works */
  guint ways;   /* BIT (TRUE) when TLS to a relay was tried */
  guint ipv6;   /* BIT (TRUE) when that works */
  const char *sentence;
} Advice;

#define WITHOUT_RELAY .relays = BIT (FALSE)
#define WITH_RELAY .relays = BIT (TRUE)
#define OWN_ROUTER                                                                                 \
  .translations = BIT (FLOE_NAT_ANSWER_YES),                                                       \
  .carriers = BIT (FLOE_NAT_ANSWER_NO) | BIT (FLOE_NAT_ANSWER_UNKNOWN)

static const Advice table[] = {
  { .reaches = BIT (NAT_REACH_ALL), .sentence = "Nothing needs to be done." },
  { .reaches = BIT (NAT_REACH_MOST),
    WITH_RELAY,
    .sentence = "Nothing needs to be done: the few whom no direct connection reaches are reached "
                "through the relay." },
  { .reaches = BIT (NAT_REACH_MOST),
    WITHOUT_RELAY,
    .sentence = "Nothing needs to be done for most people. For those in some mobile and company "
                "networks give a relay, a TURN server (--turn)." },
  { .reaches = BIT (NAT_REACH_MOST),
    OWN_ROUTER,
    .allocations = BIT (FLOE_NAT_ALLOCATION_PORT_PRESERVING),
    .sentence = "To reach those directly as well, forward some UDP ports to this computer in the "
                "settings of the router, and use them (--port-range)." },
  { .reaches = BIT (NAT_REACH_MOST),
    .translations = BIT (FLOE_NAT_ANSWER_NO),
    .sentence = "To reach those directly as well, let UDP in to some ports of this computer in the "
                "settings of the firewall, and use them (--port-range)." },
  { .reaches = BIT (NAT_REACH_UNCLEAR),
    WITHOUT_RELAY,
    .sentence = "Give another server, at another address, and ask again: a TURN server (--turn) "
                "finds out most." },
  { .reaches = BIT (NAT_REACH_UNCLEAR),
    WITH_RELAY,
    .sentence = "Connections will at least work through the relay. To know more, give another "
                "server, at another address (--stun), and ask again." },
  { .reaches = BIT (NAT_REACH_SOME),
    WITH_RELAY,
    .sentence = "The relay stands in for the rest; that is slower than a direct connection, but "
                "works." },
  { .reaches = BIT (NAT_REACH_SOME),
    WITHOUT_RELAY,
    .sentence = "Give a relay, a TURN server (--turn): without one, many connections will fail." },
  { .reaches = BIT (NAT_REACH_SOME),
    OWN_ROUTER,
    .sentence =
        "Look into the settings of the router for \"NAT type\", \"full cone\" or \"symmetric "
        "NAT\", and choose the more open kind; in a company ask who runs the network for "
        "endpoint-independent mapping." },
  { .reaches = BIT (NAT_REACH_SOME) | BIT (NAT_REACH_MOST),
    .carriers = BIT (FLOE_NAT_ANSWER_YES),
    .ipv6 = BIT (FALSE),
    .sentence =
        "For more direct connections ask your provider for IPv6, or for a public IPv4 address: "
        "settings of your own router change nothing while the provider translates "
        "addresses, too." },
  { .reaches = BIT (NAT_REACH_SOME),
    .ipv6 = BIT (TRUE),
    .sentence = "Whoever has IPv6 is reached over that." },
  { .poisonings = BIT (FLOE_NAT_ANSWER_YES),
    .sentence = "If a connection fails, let the other side begin it: the way is spoiled when its "
                "packets come before yours. Newer software for the router may help." },
  { .reaches = BIT (NAT_REACH_LIMITED),
    WITH_RELAY,
    .sentence = "The relay stands in for direct connections; that is slower, but works." },
  { .reaches = BIT (NAT_REACH_LIMITED),
    WITHOUT_RELAY,
    .sentence = "Give a relay on that port, a TURN server as in --turn=turn:HOST:443, or over TLS, "
                "as in --turn='turns:HOST:443?transport=tcp'." },
  { .reaches = BIT (NAT_REACH_LIMITED),
    .sentence = "For direct connections ask who runs this network to let UDP out to all ports." },
  { .reaches = BIT (NAT_REACH_RELAY),
    WITH_RELAY,
    .sentence = "The relay works: nothing needs to be done, but it is slower than a direct "
                "connection." },
  { .reaches = BIT (NAT_REACH_RELAY),
    WITHOUT_RELAY,
    .sentence = "Give a relay that is reached over TLS, a TURN server as in "
                "--turn='turns:HOST:443?transport=tcp'." },
  { .reaches = BIT (NAT_REACH_RELAY),
    .sentence =
        "For direct connections ask who runs this network to let UDP out. UDP to port 3478 or "
        "443 alone already makes a relay faster." },
  { .reaches = BIT (NAT_REACH_NONE),
    .sentence = "See whether web pages open here. If not: check the cable or the wireless network, "
                "and then the router." },
  { .reaches = BIT (NAT_REACH_NONE),
    .sentence =
        "If they do, a firewall, here or in the network, keeps all else in: ask who runs it "
        "to let UDP out, at least to port 3478 or 443." },
  { .reaches = BIT (NAT_REACH_NONE),
    .ways = BIT (FALSE),
    .sentence = "A relay over TLS passes most firewalls: give a TURN server as in "
                "--turn='turns:HOST:443?transport=tcp'." },
  { .reaches = BIT (NAT_REACH_NONE),
    .sentence = "If web pages come through a proxy here, give it as in --proxy=http://HOST:PORT." },
  { .reaches = BIT (NAT_REACH_UNRESOLVED),
    .sentence = "See whether web pages open here. If not: check the cable or the wireless network, "
                "and then the router." },
  { .reaches = BIT (NAT_REACH_UNRESOLVED),
    .sentence = "If they do, check how the names of the servers are written, and whether this "
                "computer finds them (\"getent hosts NAME\"): DNS may be wrong here, or keep some "
                "names to itself." },
  { .reaches = BIT (NAT_REACH_UNRESOLVED),
    .sentence = "An address in place of the name does without DNS, as in --stun=stun:192.0.2.1." },
  { .reaches = BIT (NAT_REACH_UNTESTED),
    .sentence = "Give a server that has an address of this kind." },
};

static gboolean
has_tls (const NatFacts *facts)
{
  for (gsize i = 0; i < facts->n_servers; i++)
    if (facts->servers[i].url != NULL
        && g_ascii_strncasecmp (facts->servers[i].url, "turns:", 6) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
takes (guint values, guint value)
{
  return values == 0 || (values & BIT (value)) != 0;
}

void
nat_words_add_advice (const NatFacts *facts, gboolean has_ipv6, GPtrArray *sentences)
{
  NatReach reach = nat_facts_get_reach (facts);
  gboolean has_relay = nat_facts_find_relay (facts) != NULL;
  gboolean is_tls_tried = has_tls (facts);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (takes (table[i].reaches, reach) && takes (table[i].translations, facts->translation)
        && takes (table[i].carriers, facts->carrier)
        && takes (table[i].allocations, facts->allocation)
        && takes (table[i].poisonings, facts->poisoning) && takes (table[i].relays, has_relay)
        && takes (table[i].ways, is_tls_tried) && takes (table[i].ipv6, has_ipv6))
      g_ptr_array_add (sentences, g_strdup (table[i].sentence));
}
