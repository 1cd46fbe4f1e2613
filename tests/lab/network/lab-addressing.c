/* SPDX-License-Identifier: MPL-2.0 */
/* Who is called what: public addresses are of the ranges for documentation (RFC 5737, RFC 3849), so
 * what leaks can't hurt, and what is inside of the ranges for private use and for carriers. */
#include <string.h>

#include "lab-network-private.h"

/* Hosts of the Internet: 198.51.100.1 on; its routers: 203.0.113.1 on; public networks of sixteen
 * behind routers that do not translate: 192.0.2.0 on. */
#define INTERNET_HOSTS 0xc6336400u
#define INTERNET_ROUTERS 0xcb007100u
#define PUBLIC_LANS 0xc0000200u
#define PRIVATE_LANS 0xc0a80000u
#define CARRIER_LANS 0x64400000u
#define FIRST_HOST 10

static void
set_v6 (LabAddress *address, guint16 subnet, guint16 host)
{
  static const guint8 documentation[4] = { 0x20, 0x01, 0x0d, 0xb8 };

  *address = (LabAddress){ { 0 } };
  memcpy (address->bytes, documentation, sizeof documentation);
  lab_put16 (address->bytes + 6, subnet);
  lab_put16 (address->bytes + 14, host);
}

/* Names the network below a router, or the Internet, by how many routers there were before. */
void
lab_node_give_subnets (LabNode *router, gboolean is_public, gboolean is_carrier, gboolean has_v4,
                       gboolean has_v6)
{
  guint index = router->network->router_count++;
  guint32 v4 = is_carrier ? CARRIER_LANS : PRIVATE_LANS;

  router->v4.is_present = has_v4;
  router->v6.is_present = has_v6;
  router->v6.bits = 64;
  set_v6 (&router->v6.address, (guint16) index, 1);
  router->next_host = FIRST_HOST;
  if (router->type == LAB_NODE_INTERNET)
    {
      /* Everything is on its link, for a host that is asked; the gateway is no host's neighbour. */
      lab_address_from_v4 (&router->v4.address, INTERNET_HOSTS + 254);
      router->v4.bits = 24;
      router->next_host = 1;
      set_v6 (&router->v6.address, 0, 0xfffe);
      return;
    }
  if (is_public)
    {
      lab_address_from_v4 (&router->v4.address,
                           PUBLIC_LANS + (router->network->public_lans - 1) * 16 + 1);
      router->v4.bits = 28;
      router->next_host = 2;
      return;
    }
  lab_address_from_v4 (&router->v4.address, v4 + (index << 8) + 1);
  router->v4.bits = 24;
}

static gboolean
is_taken (const LabNode *node, const LabAddress *address)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      const LabUplink *child = g_ptr_array_index (node->children, i);
      for (guint k = 0; k < child->addresses->len; k++)
        if (lab_address_equal (&g_array_index (child->addresses, LabAddress, k), address))
          return TRUE;
    }
  return FALSE;
}

static LabAddress
address_v4 (const LabUplink *uplink, guint host)
{
  const LabNode *parent = uplink->parent;
  guint32 network =
      lab_address_to_v4 (&parent->v4.address) & (0xffffffffu << (32 - parent->v4.bits));
  LabAddress address;

  if (parent->type == LAB_NODE_INTERNET && uplink->child->type == LAB_NODE_ROUTER)
    network = INTERNET_ROUTERS;
  lab_address_from_v4 (&address, network + host);
  return address;
}

static LabAddress
address_v6 (const LabUplink *uplink, guint host)
{
  LabAddress address = uplink->parent->v6.address;

  /* The Internet's routers have a link of their own, so that a host's neighbours are hosts. */
  if (uplink->parent->type == LAB_NODE_INTERNET && uplink->child->type == LAB_NODE_ROUTER)
    lab_put16 (address.bytes + 6, 0xffff);
  lab_put16 (address.bytes + 14, (guint16) host);
  return address;
}

/* Beyond lies the broadcast address, or the Internet's gateway. */
static guint
last_host (const LabNode *parent)
{
  return parent->type == LAB_NODE_INTERNET ? 253 : MIN ((1u << (32 - parent->v4.bits)) - 2, 253);
}

/* The next @count addresses of each family that nobody has, or fewer when there are no more. */
void
lab_uplink_give_addresses (LabUplink *uplink, guint count, gboolean has_v4, gboolean has_v6)
{
  LabNode *parent = uplink->parent;

  while (count > 0 && parent->next_host <= last_host (parent))
    {
      guint host = parent->next_host++;
      LabAddress v4 = address_v4 (uplink, host), v6 = address_v6 (uplink, host);
      if (is_taken (parent, &v4) || is_taken (parent, &v6))
        continue;
      if (has_v4 && parent->v4.is_present)
        g_array_append_val (uplink->addresses, v4);
      if (has_v6 && parent->v6.is_present)
        g_array_append_val (uplink->addresses, v6);
      count--;
    }
}

/* (nullable): the first address of a family. */
const LabAddress *
lab_uplink_address (const LabUplink *uplink, gboolean is_v4)
{
  for (guint i = 0; i < uplink->addresses->len; i++)
    {
      const LabAddress *address = &g_array_index (uplink->addresses, LabAddress, i);
      if (!lab_address_is_v4 (address) == !is_v4)
        return address;
    }
  return NULL;
}

static gboolean
is_in_subnet (const LabSubnet *subnet, const LabAddress *address)
{
  return subnet->is_present && lab_address_has_prefix (address, &subnet->address, subnet->bits);
}

/* Whether packets to @address are for @node, or for somebody below it who is reached untranslated.
 */
gboolean
lab_node_owns (const LabNode *node, const LabUplink *uplink, const LabAddress *address)
{
  gboolean is_v4 = lab_address_is_v4 (address);

  for (guint i = 0; i < uplink->addresses->len; i++)
    if (lab_address_equal (&g_array_index (uplink->addresses, LabAddress, i), address))
      return TRUE;
  if (node->type != LAB_NODE_ROUTER)
    return FALSE;
  if (is_v4 && node->nat != NULL && lab_nat_get_config (node->nat)->translates)
    return FALSE;
  return is_in_subnet (is_v4 ? &node->v4 : &node->v6, address)
         || lab_node_find_child (node, address) != NULL;
}

/* (nullable): the link below @node that leads to @address. */
LabUplink *
lab_node_find_child (const LabNode *node, const LabAddress *address)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      LabUplink *child = g_ptr_array_index (node->children, i);
      if (lab_node_owns (child->child, child, address))
        return child;
    }
  return NULL;
}

/* Tells the router's NAT which addresses it has by now. */
void
lab_node_name_externals (LabNode *router)
{
  const LabUplink *uplink = g_ptr_array_index (router->uplinks, 0);

  for (guint i = 0; router->nat != NULL && i < uplink->addresses->len; i++)
    {
      const LabAddress *address = &g_array_index (uplink->addresses, LabAddress, i);
      if (lab_address_is_v4 (address))
        lab_nat_add_external (router->nat, address);
    }
}
