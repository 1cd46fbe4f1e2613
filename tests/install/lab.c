/* SPDX-License-Identifier: MPL-2.0 */
/* A test of somebody else's program that takes the laboratory from an installed Floe: a datagram
 * leaves a home, and arrives from the home's address. */
#include <lab-network.h>

static const char world[] = "router home eim-apdf delay=10ms\n"
                            "host alice behind=home\n"
                            "host server\n";

static LabEndpoint
at (LabNetwork *network, const char *host, guint16 port)
{
  LabInterface interface;

  lab_network_get_interface (network, (guint) lab_network_find_interface (network, host),
                             &interface);
  return (LabEndpoint){ interface.addresses[0], port };
}

int
main (void)
{
  g_autoptr (LabNetwork) network = lab_network_new (1);
  g_autoptr (GError) error = NULL;
  g_autofree LabPacket *packet = NULL;
  g_autofree char *source = NULL;
  LabEndpoint alice, server;
  LabHeader header;
  gint64 now_us = 0;
  guint arrived_at;

  if (!lab_network_parse (network, world, &error))
    g_error ("%s", error->message);
  alice = at (network, "alice", 5000);
  server = at (network, "server", 3478);
  lab_network_input (network, now_us, (guint) lab_network_find_interface (network, "alice"),
                     lab_packet_new_udp (&alice, &server, "hello", 5));
  while ((packet = lab_network_poll (network, now_us, &arrived_at)) == NULL
         && lab_network_get_deadline (network) >= 0)
    now_us = lab_network_get_deadline (network);
  if (packet == NULL || !lab_header_parse (&header, packet->data, packet->size))
    return 1;
  source = lab_endpoint_to_string (&header.source);
  g_print ("%s after %d ms\n", source, (int) (now_us / 1000));
  return now_us == 10000 && g_strcmp0 (source, "203.0.113.1:5000") == 0 ? 0 : 1;
}
