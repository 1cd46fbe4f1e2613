/* SPDX-License-Identifier: MPL-2.0 */
/* What connections with a configuration remember of networks: which way worked last. */
#include "floe-configuration-private.h"

#include <string.h>

static gint64
get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/**
 * floe_configuration_set_strategy_memory:
 * @self: a configuration
 * @memory: (nullable): what floe_configuration_get_strategy_memory() has returned, or %NULL for
 *   nothing
 *
 * Sets what is remembered of networks, such as an earlier process has written to a file. It may be
 * any text: what is not of the form, older than a week, or more than 64 networks, is left out.
 *
 * Since: 1.0
 */
void
floe_configuration_set_strategy_memory (FloeConfiguration *self, const char *memory)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (memory == NULL)
    memory = "";
  g_clear_pointer (&self->paths.memory, floe_way_memory_free);
  self->paths.memory = floe_way_memory_parse (memory, strlen (memory), get_now_s ());
  g_object_notify (G_OBJECT (self), "strategy-memory");
}

/**
 * floe_configuration_get_strategy_memory:
 * @self: a configuration
 *
 * Gets what connections with this configuration have learned of networks: for each of the last 64
 * in the last week whether data went directly in the end, or by a relay.
 * #FloeConfiguration:strategy-memory is notified when that has changed. Where too little is known
 * of the two NATs, the next connection from the same network gives that way a head start.
 *
 * A network is known by a hash of its gateway's address and hardware address, this host's part of
 * it and the servers; there is no address in it. It is known at all only where the NAT is, from a
 * #FloeNatReport of this host's, and until the host's address is gone: what a connection that moves
 * to another network meets there is not remembered. Where relays only may be used nothing is
 * remembered.
 *
 * Returns: (transfer full): text of printable ASCII characters in lines, 8 KiB at most
 * Since: 1.0
 */
char *
floe_configuration_get_strategy_memory (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return floe_way_memory_serialize (self->paths.memory, get_now_s ());
}

FloeStrategyMemory
floe_configuration_recall_way (const FloeConfiguration *self, const char *network)
{
  return floe_way_memory_get (self->paths.memory, get_now_s (), network);
}

void
floe_configuration_remember_way (FloeConfiguration *self, const char *network,
                                 FloeStrategyMemory way)
{
  if (floe_way_memory_put (self->paths.memory, get_now_s (), network, way))
    g_object_notify (G_OBJECT (self), "strategy-memory");
}
