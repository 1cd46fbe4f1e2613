/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-default-route-private.h"

#include <string.h>

/* RFC 8828 section 5.2 has the system asked with an address of the Internet. Nothing goes there:
 * these are of a root server for names, which is on no network that anybody has routes of his own
 * to. */
static const char *const destinations[] = { "198.41.0.4", "2001:503:ba3e::2:30" };

#define ANY_PORT 9

GArray *
floe_default_route_find (void)
{
  GArray *routed = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));

  for (guint i = 0; i < G_N_ELEMENTS (destinations); i++)
    {
      g_autoptr (GInetAddress) destination = g_inet_address_new_from_string (destinations[i]);
      FloeLocalAddress source;

      if (floe_local_address_towards (destination, ANY_PORT, &source) && !source.is_loopback)
        g_array_append_val (routed, source);
    }
  return routed;
}

static gboolean
is_ipv6 (const FloeLocalAddress *address)
{
  return strchr (address->text, ':') != NULL;
}

static gboolean
has_address (const GArray *addresses, const FloeLocalAddress *address)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, address->text) == 0)
        return TRUE;
    }
  return FALSE;
}

/* (nullable): of the addresses that are not of loopback, when they are all of one. */
static const char *
find_only_interface (const GArray *addresses)
{
  const char *only = NULL;

  for (guint i = 0; i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      if (address->is_loopback)
        continue;
      if (only != NULL && strcmp (only, address->interface) != 0)
        return NULL;
      only = address->interface;
    }
  return only;
}

/* The first address of each family. */
static void
take_first (GArray *taken, const GArray *addresses)
{
  gboolean has_family[2] = { FALSE, FALSE };

  for (guint i = 0; i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      if (address->is_loopback || has_family[is_ipv6 (address)])
        continue;
      has_family[is_ipv6 (address)] = TRUE;
      g_array_append_vals (taken, address, 1);
    }
}

static void
keep (GArray *addresses, const GArray *kept)
{
  for (guint i = addresses->len; i > 0; i--)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i - 1);

      if (!address->is_loopback && !has_address (kept, address))
        g_array_remove_index (addresses, i - 1);
    }
}

GArray *
floe_default_route_select (GArray *all, const GArray *routed, const char *const *interfaces,
                           gboolean include_loopback)
{
  g_autoptr (GArray) stand_in = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
  GArray *selected;

  /* Before the selection, which has a limit. */
  if (routed->len > 0)
    keep (all, routed);
  selected = floe_local_addresses_select (all, interfaces, include_loopback);
  if (routed->len > 0)
    return selected;
  if (find_only_interface (selected) != NULL)
    take_first (stand_in, selected);
  keep (selected, stand_in);
  return selected;
}
