/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-network-private.h"

/* A packet under way. */
typedef struct
{
  gint64 at_us;
  guint64 serial; /* what was sent first arrives first */
  LabUplink *uplink;
  gboolean is_up;
  LabPacket *packet; /* (owned) */
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->packet);
  g_free (event);
}

static int
compare_events (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Event *left = a, *right = b;

  if (left->at_us != right->at_us)
    return left->at_us < right->at_us ? -1 : 1;
  return left->serial < right->serial ? -1 : left->serial > right->serial;
}

static void
uplink_free (gpointer data)
{
  LabUplink *self = data;

  lab_link_clear (&self->up);
  lab_link_clear (&self->down);
  g_array_unref (self->addresses);
  g_clear_pointer (&self->flows, g_hash_table_unref);
  g_free (self);
}

static void
node_free (gpointer data)
{
  LabNode *self = data;

  g_clear_pointer (&self->nat, lab_nat_free);
  g_clear_pointer (&self->firewall, lab_nat_free);
  g_ptr_array_unref (self->uplinks);
  g_ptr_array_unref (self->children);
  g_free (self->name);
  g_free (self);
}

static LabNode *
node_new (LabNetwork *network, LabNodeType type, const char *name)
{
  LabNode *self = g_new0 (LabNode, 1);

  self->network = network;
  self->type = type;
  self->name = g_strdup (name);
  self->uplinks = g_ptr_array_new_with_free_func (uplink_free);
  self->children = g_ptr_array_new ();
  return self;
}

LabNetwork *
lab_network_new (guint64 seed)
{
  LabNetwork *self = g_new0 (LabNetwork, 1);
  guint32 seeds[2] = { (guint32) seed, (guint32) (seed >> 32) };

  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->interfaces = g_ptr_array_new ();
  self->events = g_sequence_new (event_free);
  self->rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  self->internet = node_new (self, LAB_NODE_INTERNET, "internet");
  lab_node_give_subnets (self->internet, TRUE, FALSE, TRUE, TRUE);
  return self;
}

void
lab_network_free (LabNetwork *self)
{
  g_sequence_free (self->events);
  g_ptr_array_unref (self->interfaces);
  g_ptr_array_unref (self->nodes);
  node_free (self->internet);
  g_rand_free (self->rand);
  g_free (self);
}

void
lab_network_set_fact_func (LabNetwork *self, LabNetworkFactFunc func, gpointer user_data)
{
  self->fact_func = func;
  self->fact_data = user_data;
}

void
lab_network_tell (LabNetwork *self, gint64 now_us, const LabNode *node, const LabNatFact *fact)
{
  if (self->fact_func != NULL)
    self->fact_func (now_us, node->name, fact, self->fact_data);
}

static void
on_nat_fact (gint64 now_us, const LabNatFact *fact, gpointer user_data)
{
  LabNode *node = user_data;

  lab_network_tell (node->network, now_us, node, fact);
}

void
lab_network_watch_nat (LabNode *node, LabNat *nat)
{
  lab_nat_set_fact_func (nat, on_nat_fact, node);
}

/* The node of that name, "internet" too, or %NULL. */
LabNode *
lab_network_find (const LabNetwork *self, const char *name)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LabNode *node = g_ptr_array_index (self->nodes, i);
      if (g_str_equal (node->name, name))
        return node;
    }
  return g_str_equal (name, self->internet->name) ? self->internet : NULL;
}

LabNode *
lab_network_add_node (LabNetwork *self, LabNodeType type, const char *name)
{
  LabNode *node = node_new (self, type, name);

  g_ptr_array_add (self->nodes, node);
  return node;
}

LabUplink *
lab_network_connect (LabNetwork *self, LabNode *child, LabNode *parent, const LabLinkConfig *up,
                     const LabLinkConfig *down)
{
  LabUplink *uplink = g_new0 (LabUplink, 1);

  uplink->child = child;
  uplink->parent = parent;
  lab_link_init (&uplink->up, up, g_rand_int (self->rand));
  lab_link_init (&uplink->down, down, g_rand_int (self->rand));
  uplink->addresses = g_array_new (FALSE, FALSE, sizeof (LabAddress));
  g_snprintf (uplink->name, sizeof uplink->name, "eth%u", child->uplinks->len);
  g_ptr_array_add (child->uplinks, uplink);
  g_ptr_array_add (parent->children, uplink);
  if (child->type == LAB_NODE_HOST)
    g_ptr_array_add (self->interfaces, uplink);
  return uplink;
}

/* Takes @packet. */
void
lab_network_schedule (LabNetwork *self, gint64 at_us, LabUplink *uplink, gboolean is_up,
                      LabPacket *packet)
{
  Event *event = g_new (Event, 1);

  *event = (Event){ at_us, self->serial++, uplink, is_up, packet };
  g_sequence_insert_sorted (self->events, event, compare_events, NULL);
}

guint
lab_network_count_interfaces (const LabNetwork *self)
{
  return self->interfaces->len;
}

void
lab_network_get_interface (const LabNetwork *self, guint index, LabInterface *interface)
{
  const LabUplink *uplink = g_ptr_array_index (self->interfaces, index);
  const LabNode *parent = uplink->parent;

  *interface = (LabInterface){
    .host = uplink->child->name,
    .name = uplink->name,
    .addresses = (const LabAddress *) (gpointer) uplink->addresses->data,
    .address_count = uplink->addresses->len,
    .prefix_v4 = parent->v4.bits,
    .prefix_v6 = parent->v6.bits,
    .gateway_v4 = parent->v4.address,
    .gateway_v6 = parent->v6.address,
    .has_v4 = lab_uplink_address (uplink, TRUE) != NULL,
    .has_v6 = lab_uplink_address (uplink, FALSE) != NULL,
    .nat64_prefix = parent->is_nat64 ? &parent->nat64_prefix : NULL,
  };
}

/* The number of "alice" (her first) or "alice/eth1", or -1. */
int
lab_network_find_interface (const LabNetwork *self, const char *name)
{
  for (guint i = 0; i < self->interfaces->len; i++)
    {
      const LabUplink *uplink = g_ptr_array_index (self->interfaces, i);
      g_autofree char *whole = g_strconcat (uplink->child->name, "/", uplink->name, NULL);
      if (g_str_equal (uplink->child->name, name) || g_str_equal (whole, name))
        return (int) i;
    }
  return -1;
}

/* A host has sent @packet, which is taken. */
void
lab_network_input (LabNetwork *self, gint64 now_us, guint interface, LabPacket *packet)
{
  LabUplink *uplink = g_ptr_array_index (self->interfaces, interface);

  lab_flows_count (uplink, packet, TRUE);
  lab_forward_send (uplink, now_us, TRUE, packet);
}

static void
carry_on (Event *event, LabPacket *packet)
{
  if (event->is_up)
    lab_forward_from_below (event->uplink->parent, event->at_us, event->uplink, packet);
  else
    lab_forward_from_above (event->uplink->child, event->at_us, event->uplink, packet);
}

/* (transfer full) (nullable): the next packet that has reached a host by now, and where. */
LabPacket *
lab_network_poll (LabNetwork *self, gint64 now_us, guint *interface)
{
  while (!g_sequence_is_empty (self->events))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->events);
      Event *event = g_sequence_get (first);
      Event due = *event;

      if (due.at_us > now_us)
        return NULL;
      event->packet = NULL;
      g_sequence_remove (first);
      if (due.is_up || due.uplink->child->type != LAB_NODE_HOST)
        {
          carry_on (&due, due.packet);
          continue;
        }
      lab_flows_count (due.uplink, due.packet, FALSE);
      g_ptr_array_find (self->interfaces, due.uplink, interface);
      return due.packet;
    }
  return NULL;
}

/* When lab_network_poll() has something to do, in microseconds of the caller's clock, -1: never. */
gint64
lab_network_get_deadline (const LabNetwork *self)
{
  const Event *event;

  if (g_sequence_is_empty (self->events))
    return -1;
  event = g_sequence_get (g_sequence_get_begin_iter (self->events));
  return event->at_us;
}
