/* SPDX-License-Identifier: MPL-2.0 */
/* What a configuration says of the strategy, of its times, and of what it may cost. */
#include "floe-configuration-private.h"

/**
 * floe_configuration_set_strategy:
 * @self: a configuration
 * @strategy: the strategy, %FLOE_STRATEGY_AUTO for the one that fits both sides' NATs
 *
 * Sets which kinds of paths get a head start. Whatever is set, all kinds are tried in the end, and
 * what this side does together with the peer (foretelling ports, punching) stays as it is.
 *
 * Since: 1.0
 */
void
floe_configuration_set_strategy (FloeConfiguration *self, FloeStrategy strategy)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.strategy == strategy)
    return;
  self->paths.strategy = strategy;
  g_object_notify (G_OBJECT (self), "strategy");
}

/**
 * floe_configuration_get_strategy:
 * @self: a configuration
 *
 * Gets which kinds of paths get a head start.
 *
 * Returns: the strategy
 * Since: 1.0
 */
FloeStrategy
floe_configuration_get_strategy (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_STRATEGY_AUTO);

  return self->paths.strategy;
}

/**
 * floe_configuration_set_punching:
 * @self: a configuration
 * @punching: whether hard NATs may be crossed with many sockets and packets
 *
 * Sets whether this side takes part in punching. On a metered network (GNetworkMonitor) it never
 * does, nor where only relays may be used.
 *
 * Since: 1.0
 */
void
floe_configuration_set_punching (FloeConfiguration *self, FloePunching punching)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.punching == punching)
    return;
  self->paths.punching = punching;
  g_object_notify (G_OBJECT (self), "punching");
}

/**
 * floe_configuration_get_punching:
 * @self: a configuration
 *
 * Gets whether hard NATs may be crossed with many sockets and packets.
 *
 * Returns: what is allowed
 * Since: 1.0
 */
FloePunching
floe_configuration_get_punching (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_PUNCHING_NONE);

  return self->paths.punching;
}

static void
take_limit (FloeConfiguration *self, guint *limit, guint value, const char *property)
{
  if (*limit == value)
    return;
  *limit = value;
  g_object_notify (G_OBJECT (self), property);
}

/**
 * floe_configuration_set_punch_limits:
 * @self: a configuration
 * @max_sockets: how many sockets at most are opened for it, 1 to 256; 0 for the default, 256
 * @max_probes: how many packets at most are sent for it, 1 to 2048; 0 for the default, 2048
 * @max_rate: how many packets a second at most, 1 to 250; 0 for the default, 200
 *
 * Sets what punching may cost. Larger values are the largest that are possible. All connections of
 * a process share one budget besides.
 *
 * Since: 1.0
 */
void
floe_configuration_set_punch_limits (FloeConfiguration *self, guint max_sockets, guint max_probes,
                                     guint max_rate)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  take_limit (self, &self->paths.max_sockets, max_sockets, "max-punch-sockets");
  take_limit (self, &self->paths.max_probes, max_probes, "max-punch-probes");
  take_limit (self, &self->paths.max_probe_rate, max_rate, "max-punch-rate");
}

/**
 * floe_configuration_get_punch_limits:
 * @self: a configuration
 * @max_sockets: (out) (optional): how many sockets at most; 0 for the default
 * @max_probes: (out) (optional): how many packets at most; 0 for the default
 * @max_rate: (out) (optional): how many packets a second at most; 0 for the default
 *
 * Gets what punching may cost.
 *
 * Since: 1.0
 */
void
floe_configuration_get_punch_limits (FloeConfiguration *self, guint *max_sockets, guint *max_probes,
                                     guint *max_rate)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (max_sockets != NULL)
    *max_sockets = self->paths.max_sockets;
  if (max_probes != NULL)
    *max_probes = self->paths.max_probes;
  if (max_rate != NULL)
    *max_rate = self->paths.max_probe_rate;
}

/**
 * floe_configuration_set_relay_start:
 * @self: a configuration
 * @delay_ms: milliseconds, or -1 for what the strategy says
 *
 * Sets how long after both descriptions are there the first relay is asked for; relays over TCP and
 * TLS move along. It is half the time until all has failed at most, so that there is always a last
 * resort.
 *
 * Where candidates do not trickle (floe_configuration_set_trickle()) relays are asked for with
 * gathering, whatever is set here.
 *
 * Since: 1.0
 */
void
floe_configuration_set_relay_start (FloeConfiguration *self, int delay_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (delay_ms >= FLOE_STRATEGY_OWN_START);

  if (self->paths.relay_start_ms == delay_ms)
    return;
  self->paths.relay_start_ms = delay_ms;
  g_object_notify (G_OBJECT (self), "relay-start");
}

/**
 * floe_configuration_get_relay_start:
 * @self: a configuration
 *
 * Gets how long after both descriptions are there the first relay is asked for.
 *
 * Returns: milliseconds, or -1 for what the strategy says
 * Since: 1.0
 */
int
floe_configuration_get_relay_start (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_STRATEGY_OWN_START);

  return self->paths.relay_start_ms;
}

/**
 * floe_configuration_set_relay_warm:
 * @self: a configuration
 * @time_ms: milliseconds, 1 or more; %G_MAXUINT for as long as the connection lasts
 *
 * Sets how long relays are kept when a direct path carries. With strategies that keep a relay warm
 * (%FLOE_STRATEGY_DIRECT_PATIENT, %FLOE_STRATEGY_TURN_FALLBACK) one of them stays longer.
 *
 * Since: 1.0
 */
void
floe_configuration_set_relay_warm (FloeConfiguration *self, guint time_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (time_ms > 0);

  if (self->paths.relay_warm_ms == time_ms)
    return;
  self->paths.relay_warm_ms = time_ms;
  g_object_notify (G_OBJECT (self), "relay-warm");
}

/**
 * floe_configuration_get_relay_warm:
 * @self: a configuration
 *
 * Gets how long relays are kept when a direct path carries.
 *
 * Returns: milliseconds; %G_MAXUINT for as long as the connection lasts
 * Since: 1.0
 */
guint
floe_configuration_get_relay_warm (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->paths.relay_warm_ms;
}
