/* SPDX-License-Identifier: MPL-2.0 */
#include "nat-text.h"

#include "nat-privacy.h"
#include "nat-words.h"
#include "safe-text.h"
#include "sample-privacy.h"

#define COLUMNS 79
/* Of a line, parts of which servers chose. */
#define MAX_TEXT 1024
#define ROW_INDENT 18
#define LIST_INDENT 2

typedef struct
{
  const char *label;
  char *(*get_words) (const NatFacts *facts); /* (transfer full) (nullable) */
} Row;

static const Row rows[] = {
  { "Network", nat_words_network },
  { "Public address", nat_words_public_address },
  { "UDP", nat_words_udp },
  { "TCP", nat_words_tcp },
  { "TLS", nat_words_tls },
  { "Proxy", nat_words_proxy },
  { "NAT", nat_words_mapping },
  { "Firewall", nat_words_filtering },
  { "Port numbers", nat_words_allocation },
  { "Loops back", nat_words_hairpin },
  { "Provider's NAT", nat_words_carrier },
  { "Spoils ports", nat_words_poisoning },
  { "Forgets ports", nat_words_lifetime },
  { "Rewrites", nat_words_rewriting },
  { "Large packets", nat_words_fragments },
};

/* Appends @lead, and @text from the column @indent on, in lines of COLUMNS where its words let it.
 */
static void
add_wrapped (GString *out, const char *lead, gsize indent, const char *text)
{
  g_autofree char *safe = safe_message (text, MAX_TEXT);
  g_auto (GStrv) words = g_strsplit (safe, " ", -1);
  gsize column = (gsize) g_utf8_strlen (lead, -1);
  gboolean begins = TRUE;

  g_string_append (out, lead);
  for (; column < indent; column++)
    g_string_append_c (out, ' ');
  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize size = (gsize) g_utf8_strlen (words[i], -1);
      if (!begins && column + 1 + size > COLUMNS)
        {
          g_string_append_printf (out, "\n%*s", (int) indent, "");
          column = indent;
          begins = TRUE;
        }
      g_string_append_printf (out, "%s%s", begins ? "" : " ", words[i]);
      column += size + !begins;
      begins = FALSE;
    }
  g_string_append_c (out, '\n');
}

static void
add_row (GString *out, const char *label, const char *text)
{
  g_autofree char *lead = g_strdup_printf ("  %s", label);

  add_wrapped (out, lead, ROW_INDENT, text);
}

static void
add_item (GString *out, const char *text)
{
  add_wrapped (out, "-", LIST_INDENT, text);
}

static void
add_rows (GString *out, const NatFacts *facts)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = rows[i].get_words (facts);
      if (words != NULL)
        add_row (out, rows[i].label, words);
    }
}

static char *
format_time (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, ", at %H:%M:%S") : NULL;
}

static void
add_servers (GString *out, const NatFacts *facts)
{
  for (gsize i = 0; i < facts->n_servers; i++)
    {
      const NatServer *server = &facts->servers[i];
      const char *fault = nat_words_fault (server->fault);
      g_autoptr (GString) line = g_string_new (server->url != NULL ? server->url : "a server");
      if (server->address != NULL)
        g_string_append_printf (line, " (%s)", server->address);
      if (server->round_trip_us >= 0)
        g_string_append_printf (line, " answers in %.1f ms",
                                (double) server->round_trip_us / 1000.0);
      if (fault != NULL)
        g_string_append_printf (line, "%s %s", server->round_trip_us >= 0 ? ", but" : "", fault);
      else if (server->round_trip_us < 0)
        g_string_append (line, " answers");
      add_row (out, i == 0 ? "Servers" : "", line->str);
    }
}

static void
add_evidence (GString *out, const NatFacts *facts)
{
  g_autofree char *time = facts->time_us > 0 ? format_time (facts->time_us) : NULL;

  g_string_append_printf (out, "\n  How this is known (%u packets in %u ms%s%s):\n",
                          facts->packet_count, facts->duration_ms, time != NULL ? time : "",
                          facts->is_complete ? "" : ", not complete");
  for (guint i = 0; i < NAT_ASPECT_COUNT; i++)
    {
      const NatProof *proof = &facts->proofs[i];
      g_autofree char *text = NULL;
      if (proof->evidence == NULL && proof->confidence == FLOE_NAT_CONFIDENCE_NONE)
        continue;
      text = g_strconcat (nat_words_confidence (proof->confidence),
                          proof->evidence != NULL ? ": " : "", proof->evidence, NULL);
      add_row (out, nat_words_aspect ((FloeNatAspect) i), text);
    }
  add_servers (out, facts);
}

/* (transfer full): what tells @facts from the others, as a part of the verdict. */
static char *
format_way (const NatFacts *facts, const NatFacts *all, gsize n_facts)
{
  gboolean differs = FALSE, has_families = FALSE, has_interfaces = FALSE;

  for (gsize i = 0; i < n_facts; i++)
    {
      if (nat_facts_get_reach (&all[i]) == NAT_REACH_UNTESTED)
        continue;
      differs = differs || nat_facts_get_reach (&all[i]) != nat_facts_get_reach (&all[0]);
      has_families = has_families || all[i].family != all[0].family;
      has_interfaces = has_interfaces || g_strcmp0 (all[i].interface, all[0].interface) != 0;
    }
  if (!differs)
    return g_strdup ("");
  return g_strconcat (has_interfaces ? "through " : "",
                      has_interfaces && facts->interface != NULL ? facts->interface : "",
                      has_interfaces && has_families ? " " : "", has_families ? "over " : "",
                      !has_families                           ? ""
                      : facts->family == G_SOCKET_FAMILY_IPV6 ? "IPv6"
                                                              : "IPv4",
                      NULL);
}

/* (nullable): the first one that says what facts[@index] says. */
static const NatFacts *
find_alike (const NatFacts *facts, gsize index)
{
  for (gsize i = 0; i < index; i++)
    if (nat_facts_are_alike (&facts[i], &facts[index]))
      return &facts[i];
  return NULL;
}

static void
add_block (GString *out, const NatFacts *facts, gsize n_facts, gsize index, gboolean with_evidence)
{
  const NatFacts *self = &facts[index], *alike = find_alike (facts, index);
  g_autofree char *way = format_way (self, facts, n_facts);
  g_autofree char *verdict = nat_words_verdict (self, way);
  g_autofree char *network = nat_words_network (self);

  if (index > 0)
    g_string_append_c (out, '\n');
  if (index > 0 && nat_facts_get_reach (self) == NAT_REACH_UNTESTED)
    {
      g_autofree char *text = g_strdup_printf (
          "Nothing is known of %s: no server has an address of its kind.", network);
      add_wrapped (out, "", 0, text);
      return;
    }
  if (alike != NULL)
    {
      g_autofree char *external = nat_words_public_address (self);
      g_autofree char *text =
          g_strdup_printf ("%s%s%s: the same as %s.", network, external != NULL ? ", outside " : "",
                           external != NULL ? external : "", alike->interface);
      add_wrapped (out, "", 0, text);
    }
  else
    {
      add_wrapped (out, "", 0, verdict);
      g_string_append_c (out, '\n');
      add_rows (out, self);
    }
  if (with_evidence)
    add_evidence (out, self);
}

static gboolean
is_same_url (const NatServer *server, const char *url)
{
  return g_strcmp0 (server->url, url) == 0;
}

/* What is wrong with the server @url, as far as it is the server's fault: it is not that it has no
 * IPv6 when its IPv4 was asked, nor that UDP does not reach it where UDP reaches nobody. */
static FloeNatFault
find_fault (const NatFacts *facts, gsize n_facts, const char *url)
{
  FloeNatFault found = FLOE_NAT_FAULT_NONE;

  for (gsize i = 0; i < n_facts; i++)
    for (gsize j = 0; j < facts[i].n_servers; j++)
      {
        const NatServer *server = &facts[i].servers[j];
        if (!is_same_url (server, url))
          continue;
        if (server->fault == FLOE_NAT_FAULT_NONE)
          return FLOE_NAT_FAULT_NONE;
        if (found == FLOE_NAT_FAULT_NONE || found == FLOE_NAT_FAULT_OTHER_FAMILY)
          found = server->fault;
      }
  return found;
}

static gboolean
is_silent_with_reason (const NatFacts *best, FloeNatFault fault)
{
  NatReach reach = nat_facts_get_reach (best);

  return fault == FLOE_NAT_FAULT_SILENT && (reach == NAT_REACH_RELAY || reach == NAT_REACH_LIMITED);
}

static gboolean
is_first_of_its_url (const NatFacts *facts, gsize index, gsize server)
{
  const char *url = facts[index].servers[server].url;

  for (gsize i = 0; i <= index; i++)
    for (gsize j = 0; j < (i == index ? server : facts[i].n_servers); j++)
      if (is_same_url (&facts[i].servers[j], url))
        return FALSE;
  return TRUE;
}

static void
add_fault (GString *out, const NatFacts *facts, gsize n_facts, const char *url, gboolean *has_title)
{
  FloeNatFault fault = find_fault (facts, n_facts, url);
  const char *words = nat_words_fault (fault);
  g_autofree char *line = NULL;

  if (url == NULL || words == NULL || is_silent_with_reason (&facts[0], fault))
    return;
  if (!*has_title)
    g_string_append (out, nat_facts_get_reach (&facts[0]) == NAT_REACH_NONE
                              ? "\nThe servers:\n"
                              : "\nServers with a fault:\n");
  *has_title = TRUE;
  line = g_strdup_printf ("%s %s", url, words);
  add_item (out, line);
}

static void
add_faults (GString *out, const NatFacts *facts, gsize n_facts)
{
  gboolean has_title = FALSE;

  for (gsize i = 0; i < n_facts; i++)
    for (gsize j = 0; j < facts[i].n_servers; j++)
      if (is_first_of_its_url (facts, i, j))
        add_fault (out, facts, n_facts, facts[i].servers[j].url, &has_title);
}

static gboolean
has_ipv6 (const NatFacts *facts, gsize n_facts)
{
  for (gsize i = 0; i < n_facts; i++)
    if (facts[i].family == G_SOCKET_FAMILY_IPV6 && facts[i].udp == FLOE_NAT_ANSWER_YES)
      return TRUE;
  return FALSE;
}

/* What is said of the best one would be wrong for the others; but who has no IPv6 can't use it. */
static const NatFacts *
find_one_to_improve (const NatFacts *facts, gsize n_facts)
{
  for (gsize i = 0; i < n_facts; i++)
    if (facts[i].family == G_SOCKET_FAMILY_IPV4)
      return facts[i].udp == FLOE_NAT_ANSWER_YES ? &facts[i] : &facts[0];
  return &facts[0];
}

static void
add_advice (GString *out, const NatFacts *facts, gsize n_facts)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);

  nat_words_add_advice (find_one_to_improve (facts, n_facts), has_ipv6 (facts, n_facts), sentences);
  if (sentences->len > 0)
    g_string_append (out, "\nWhat to do:\n");
  for (guint i = 0; i < sentences->len; i++)
    add_item (out, g_ptr_array_index (sentences, i));
}

char *
nat_text_format (const NatFacts *facts, gsize n_facts, gboolean with_evidence)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < n_facts; i++)
    add_block (out, facts, n_facts, i, with_evidence);
  add_advice (out, facts, n_facts);
  add_faults (out, facts, n_facts);
  return g_string_free (out, FALSE);
}

char *
nat_text_format_privacy (const NatFacts *facts, gsize n_facts)
{
  GString *out = g_string_new (NULL);

  if (!nat_privacy_is_known (facts, n_facts))
    return g_string_free (out, FALSE);
  g_string_append (out, "\nWhat those who you connect to, and where you meet, see (--privacy):\n");
  for (int i = FLOE_PRIVACY_LEVEL_OPEN; i <= FLOE_PRIVACY_LEVEL_RELAY_ONLY; i++)
    {
      FloePrivacyLevel level = (FloePrivacyLevel) i;
      g_autofree char *words = nat_privacy_describe (facts, n_facts, level);
      add_row (out, sample_privacy_get_name (level), words);
    }
  return g_string_free (out, FALSE);
}

char *
nat_text_format_waiting (guint server_count)
{
  return g_strdup_printf ("asking %u %s...", server_count,
                          server_count == 1 ? "server" : "servers");
}
