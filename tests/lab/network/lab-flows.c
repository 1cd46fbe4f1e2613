/* SPDX-License-Identifier: MPL-2.0 */
/* What each flow of a host has sent and received, as seen on its interface. */
#include "lab-nat-table.h"
#include "lab-network-private.h"

#define MAX_FLOWS 65536

void
lab_flows_count (LabUplink *uplink, const LabPacket *packet, gboolean is_up)
{
  LabHeader header;
  LabNatKey key;
  LabFlowCounters *counters;

  if (!lab_header_parse (&header, packet->data, packet->size))
    return;
  if (uplink->flows == NULL)
    uplink->flows = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free, g_free);
  key = lab_nat_key (header.protocol, is_up ? &header.source : &header.destination,
                     is_up ? &header.destination : &header.source,
                     LAB_NAT_ADDRESS_AND_PORT_DEPENDENT);
  counters = g_hash_table_lookup (uplink->flows, &key);
  if (counters == NULL && g_hash_table_size (uplink->flows) >= MAX_FLOWS)
    return;
  if (counters == NULL)
    {
      counters = g_new0 (LabFlowCounters, 1);
      g_hash_table_insert (uplink->flows, g_memdup2 (&key, sizeof key), counters);
    }
  *(is_up ? &counters->packets_out : &counters->packets_in) += 1;
  *(is_up ? &counters->bytes_out : &counters->bytes_in) += packet->size;
}

/* One line a flow: protocol, local, remote, packets and bytes out, packets and bytes in. */
char *
lab_flows_list (const LabUplink *uplink)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer key, value;

  if (uplink->flows == NULL)
    return g_string_free (text, FALSE);
  g_hash_table_iter_init (&iter, uplink->flows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const LabNatKey *flow = key;
      const LabFlowCounters *counters = value;
      g_autofree char *local = lab_endpoint_to_string (&flow->local);
      g_autofree char *remote = lab_endpoint_to_string (&flow->remote);
      g_string_append_printf (text,
                              "%s %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                              lab_protocol_name (flow->protocol), local, remote,
                              counters->packets_out, counters->bytes_out, counters->packets_in,
                              counters->bytes_in);
    }
  return g_string_free (text, FALSE);
}
