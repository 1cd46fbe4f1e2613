/* SPDX-License-Identifier: MPL-2.0 */
#include "nat-privacy.h"

static void
add_once (GPtrArray *addresses, const char *address)
{
  if (address != NULL && !g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
    g_ptr_array_add (addresses, (gpointer) address);
}

/* "a, b and c"; (transfer full). */
static char *
join (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      const char *separator = i == 0 ? "" : i + 1 < addresses->len ? ", " : " and ";
      g_string_append_printf (text, "%s%s", separator,
                              (const char *) g_ptr_array_index (addresses, i));
    }
  return g_string_free (text, FALSE);
}

/* (transfer container): our own, as others outside see them, or both. */
static GPtrArray *
collect (const NatFacts *facts, gsize n_facts, gboolean with_own, gboolean with_external)
{
  GPtrArray *addresses = g_ptr_array_new ();

  for (gsize i = 0; with_own && i < n_facts; i++)
    add_once (addresses, facts[i].base_address);
  for (gsize i = 0; with_external && i < n_facts; i++)
    for (gsize j = 0; facts[i].external != NULL && facts[i].external[j] != NULL; j++)
      add_once (addresses, facts[i].external[j]);
  return addresses;
}

/* An address that is the same outside hides nothing of the network behind it. */
static gboolean
has_own_outside (const NatFacts *facts, gsize n_facts)
{
  for (gsize i = 0; i < n_facts; i++)
    for (gsize j = 0; facts[i].external != NULL && facts[i].external[j] != NULL; j++)
      if (g_strcmp0 (facts[i].external[j], facts[i].base_address) == 0)
        return TRUE;
  return FALSE;
}

static char *
describe_relays (const NatFacts *facts, gsize n_facts)
{
  for (gsize i = 0; i < n_facts; i++)
    {
      const NatServer *relay = nat_facts_find_relay (&facts[i]);
      if (relay != NULL)
        return g_strdup_printf ("no address but that of the relay; only %s learns yours",
                                relay->url);
    }
  return g_strdup ("no address; but there is no relay that works, and without one nobody is "
                   "reached (--turn)");
}

gboolean
nat_privacy_is_known (const NatFacts *facts, gsize n_facts)
{
  g_autoptr (GPtrArray) own = collect (facts, n_facts, TRUE, FALSE);

  return own->len > 0;
}

char *
nat_privacy_describe (const NatFacts *facts, gsize n_facts, FloePrivacyLevel level)
{
  g_autoptr (GPtrArray) outside = collect (facts, n_facts, FALSE, TRUE);
  g_autoptr (GPtrArray) all = collect (facts, n_facts, TRUE, TRUE);
  g_autofree char *public_addresses =
      outside->len > 0 ? join (outside)
                       : g_strdup ("your public address, which no server has told");
  g_autofree char *all_addresses = join (all);
  const char *same = has_own_outside (facts, n_facts) ? " (which is this machine's own)" : "";

  switch (level)
    {
    case FLOE_PRIVACY_LEVEL_OPEN:
      return g_strdup_printf ("every address of this machine: %s", all_addresses);
    case FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE:
      return g_strdup ("of these, only those of the interface that leads to the internet");
    case FLOE_PRIVACY_LEVEL_OBFUSCATED:
      return g_strdup_printf ("%s%s; the address in your own network only to those who are in it, "
                              "too",
                              public_addresses, same);
    case FLOE_PRIVACY_LEVEL_NO_HOST:
      return g_strdup_printf ("%s%s, and nothing of your own network", public_addresses, same);
    case FLOE_PRIVACY_LEVEL_RELAY_ONLY:
    default:
      return describe_relays (facts, n_facts);
    }
}
