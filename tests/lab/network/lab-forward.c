/* SPDX-License-Identifier: MPL-2.0 */
/* What a node does with a packet. Each function takes the packet. */
#include "lab-network-private.h"

static void
drop (LabNode *node, gint64 now_us, LabPacket *packet, const char *reason)
{
  LabHeader header;

  if (lab_header_parse (&header, packet->data, packet->size))
    lab_network_tell (node->network, now_us, node,
                      &(LabNatFact){ .what = "dropped",
                                     .reason = reason,
                                     .protocol = header.protocol,
                                     .internal = header.source,
                                     .remote = header.destination });
  g_free (packet);
}

/* Tells the sender of @packet, by the link that it came by. The packet stays. */
static void
send_error (LabUplink *link, gint64 now_us, gboolean is_up, const LabPacket *packet,
            const LabAddress *source, LabIcmpError error, guint mtu)
{
  LabPacket *reply = source != NULL ? lab_packet_new_icmp_error (packet, source, error, mtu) : NULL;

  if (reply != NULL)
    lab_forward_send (link, now_us, is_up, reply);
}

/* The address that the gateway of a link's upper end has in the family of @packet. */
static const LabAddress *
gateway_for (const LabUplink *link, const LabPacket *packet)
{
  const LabSubnet *subnet = packet->data[0] >> 4 == 6 ? &link->parent->v6 : &link->parent->v4;

  return subnet->is_present ? &subnet->address : NULL;
}

static const LabAddress *
wan_address_for (const LabUplink *link, const LabPacket *packet)
{
  return lab_uplink_address (link, packet->data[0] >> 4 == 4);
}

static gboolean
is_multicast (const LabAddress *address)
{
  if (lab_address_is_v4 (address))
    return lab_address_to_v4 (address) >> 28 == 0xe || lab_address_to_v4 (address) == 0xffffffff;
  return address->bytes[0] == 0xff;
}

/* To all hosts of the same network, as a switch does; mDNS lives by it. */
static void
flood (LabNode *node, gint64 now_us, LabUplink *from, LabPacket *packet)
{
  for (guint i = 0; node->type == LAB_NODE_ROUTER && i < node->children->len; i++)
    {
      LabUplink *child = g_ptr_array_index (node->children, i);
      if (child != from && child->child->type == LAB_NODE_HOST && !node->is_isolated)
        lab_forward_send (child, now_us, FALSE, lab_packet_copy (packet));
    }
  g_free (packet);
}

/* The gateway itself is spoken to: it answers a ping and nothing else. */
static void
answer (LabUplink *from, gint64 now_us, gboolean is_up, const LabHeader *header, LabPacket *packet)
{
  gboolean is_ping =
      header->source.port != 0 && header->destination.port == 0
      && (header->protocol == LAB_PROTOCOL_ICMP || header->protocol == LAB_PROTOCOL_ICMPV6);

  if (is_ping)
    lab_forward_send (from, now_us, is_up,
                      lab_packet_new_echo (&header->destination.address, &header->source.address,
                                           header->source.port, TRUE));
  g_free (packet);
}

/* %FALSE when the packet has died of old age. */
static gboolean
take_hop (LabNode *node, gint64 now_us, LabUplink *from, gboolean is_from_below, LabPacket *packet)
{
  if (lab_packet_take_hop (packet))
    return TRUE;
  send_error (from, now_us, !is_from_below, packet,
              is_from_below ? gateway_for (from, packet) : wan_address_for (from, packet),
              LAB_ICMP_TIME_EXCEEDED, 0);
  drop (node, now_us, packet, "hops");
  return FALSE;
}

static void
send_down (LabNode *node, gint64 now_us, LabPacket *packet)
{
  LabHeader header;
  LabUplink *child = NULL;

  if (lab_header_parse (&header, packet->data, packet->size))
    child = lab_node_find_child (node, &header.destination.address);
  if (child == NULL)
    drop (node, now_us, packet, "no-host");
  else
    lab_forward_send (child, now_us, FALSE, packet);
}

static LabNatVerdict
translate_out (LabNode *node, gint64 now_us, const LabHeader *header, LabPacket *packet)
{
  if (node->is_nat64 && lab_nat64_is_for (&node->nat64_prefix, packet))
    return lab_nat64_out (node->nat, now_us, &node->nat64_prefix, packet);
  if (header->is_v6)
    return node->firewall != NULL ? lab_nat_out (node->firewall, now_us, packet) : LAB_NAT_FORWARD;
  return node->nat != NULL ? lab_nat_out (node->nat, now_us, packet) : LAB_NAT_FORWARD;
}

static void
leave_router (LabNode *node, gint64 now_us, const LabHeader *header, LabPacket *packet)
{
  switch (translate_out (node, now_us, header, packet))
    {
    case LAB_NAT_FORWARD:
      lab_forward_send (g_ptr_array_index (node->uplinks, 0), now_us, TRUE, packet);
      break;
    case LAB_NAT_HAIRPIN:
      send_down (node, now_us, packet);
      break;
    case LAB_NAT_DROP:
    case LAB_NAT_REJECT:
    default:
      g_free (packet); /* the NAT has told why */
    }
}

/* Too big for the link: its near end says so, unless it is a black hole. What a NAT has rewritten
 * by then is rewritten back, on the error's way to who sent it. */
static void
complain_of_size (LabUplink *uplink, gint64 now_us, gboolean is_up, const LabPacket *packet)
{
  const LabLinkConfig *config = is_up ? &uplink->up.config : &uplink->down.config;
  LabNode *near = is_up ? uplink->child : uplink->parent;
  gboolean is_router_up = is_up && near->type == LAB_NODE_ROUTER;
  const LabAddress *source =
      is_router_up ? wan_address_for (uplink, packet) : gateway_for (uplink, packet);
  LabPacket *reply = NULL;
  LabHeader header;

  if (source != NULL && !config->is_black_hole)
    reply = lab_packet_new_icmp_error (packet, source, LAB_ICMP_TOO_BIG, config->mtu);
  if (reply == NULL)
    return;
  lab_header_parse (&header, reply->data, reply->size);
  if (near->type == LAB_NODE_HOST)
    lab_forward_send (uplink, now_us, FALSE, reply);
  else if (is_router_up)
    lab_forward_from_above (near, now_us, uplink, reply);
  else if (lab_node_find_child (near, &header.destination.address) != NULL)
    send_down (near, now_us, reply);
  else if (near->type == LAB_NODE_ROUTER)
    leave_router (near, now_us, &header, reply);
  else
    g_free (reply);
}

void
lab_forward_send (LabUplink *uplink, gint64 now_us, gboolean is_up, LabPacket *packet)
{
  LabNetwork *network = uplink->child->network;
  LabLinkArrivals arrivals;
  const char *reason =
      lab_link_send (is_up ? &uplink->up : &uplink->down, now_us, packet->size, &arrivals);

  if (reason != NULL)
    {
      if (g_str_equal (reason, "too-big"))
        complain_of_size (uplink, now_us, is_up, packet);
      drop (uplink->child, now_us, packet, reason);
      return;
    }
  if (arrivals.count > 1)
    lab_network_schedule (network, arrivals.at_us[1], uplink, is_up, lab_packet_copy (packet));
  lab_network_schedule (network, arrivals.at_us[0], uplink, is_up, packet);
}

/* RFC 2827: a provider lets nobody send with an address that is not his; and a private address that
 * reached the Internet would be a mistake of a world's author. */
static gboolean
is_bogus (const LabNode *node, const LabUplink *from, const LabHeader *header)
{
  return node->type == LAB_NODE_INTERNET
         && !lab_node_owns (from->child, from, &header->source.address);
}

void
lab_forward_from_below (LabNode *node, gint64 now_us, LabUplink *from, LabPacket *packet)
{
  LabHeader header;
  const LabAddress *gateway = gateway_for (from, packet);
  LabUplink *child;

  if (!lab_header_parse (&header, packet->data, packet->size))
    {
      g_free (packet);
      return;
    }
  child = lab_node_find_child (node, &header.destination.address);
  if (is_multicast (&header.destination.address))
    flood (node, now_us, from, packet);
  else if (gateway != NULL && lab_address_equal (&header.destination.address, gateway))
    answer (from, now_us, FALSE, &header, packet);
  else if (is_bogus (node, from, &header))
    drop (node, now_us, packet, "bogus-source");
  else if (child != NULL && node->type == LAB_NODE_ROUTER && node->is_isolated)
    drop (node, now_us, packet, "isolated");
  else if (child != NULL && node->type == LAB_NODE_ROUTER)
    lab_forward_send (child, now_us, FALSE, packet);
  else if (!take_hop (node, now_us, from, TRUE, packet))
    return;
  else if (child != NULL)
    lab_forward_send (child, now_us, FALSE, packet);
  else if (node->type == LAB_NODE_INTERNET)
    drop (node, now_us, packet, "no-route");
  else
    leave_router (node, now_us, &header, packet);
}

static LabNatVerdict
translate_in (LabNode *node, gint64 now_us, const LabHeader *header, LabPacket *packet)
{
  if (header->is_v6)
    return node->firewall != NULL ? lab_nat_in (node->firewall, now_us, packet) : LAB_NAT_FORWARD;
  if (node->is_nat64)
    return lab_nat64_in (node->nat, now_us, &node->nat64_prefix, packet);
  return node->nat != NULL ? lab_nat_in (node->nat, now_us, packet) : LAB_NAT_FORWARD;
}

void
lab_forward_from_above (LabNode *node, gint64 now_us, LabUplink *from, LabPacket *packet)
{
  LabHeader header;
  LabNatVerdict verdict;
  const LabAddress *wan = wan_address_for (from, packet);

  if (!lab_header_parse (&header, packet->data, packet->size))
    {
      g_free (packet);
      return;
    }
  if (header.source.port != 0 && header.destination.port == 0 && wan != NULL
      && lab_address_equal (&header.destination.address, wan))
    {
      answer (from, now_us, TRUE, &header, packet);
      return;
    }
  if (!take_hop (node, now_us, from, FALSE, packet))
    return;
  verdict = translate_in (node, now_us, &header, packet);
  if (verdict == LAB_NAT_FORWARD)
    {
      send_down (node, now_us, packet);
      return;
    }
  if (verdict == LAB_NAT_REJECT)
    send_error (from, now_us, TRUE, packet, wan, LAB_ICMP_PORT_UNREACHABLE, 0);
  g_free (packet);
}
