/* SPDX-License-Identifier: MPL-2.0 */
/* What connections may show of this machine. */
#include "floe-configuration-private.h"

FloePrivacyRules
floe_configuration_get_privacy_rules (const FloeConfiguration *self)
{
  return floe_privacy_rules_get (self->privacy, self->ice_transport_policy);
}

FloeIceTransportPolicy
floe_configuration_get_effective_policy (const FloeConfiguration *self)
{
  return floe_configuration_get_privacy_rules (self).speaks_to_peers
             ? FLOE_ICE_TRANSPORT_POLICY_ALL
             : FLOE_ICE_TRANSPORT_POLICY_RELAY;
}

/**
 * floe_configuration_set_privacy_level:
 * @self: a configuration
 * @level: what of this machine's addresses may leave it
 *
 * Sets what connections may show of this machine, and whom they may speak to. A level is kept to
 * below the descriptions: what it forbids is neither gathered, nor sent as a packet, nor told to
 * the peer, nor reported by getters and signals. %FLOE_PRIVACY_LEVEL_RELAY_ONLY includes
 * %FLOE_ICE_TRANSPORT_POLICY_RELAY, whatever #FloeConfiguration:ice-transport-policy says.
 *
 * Who learns what:
 *
 * - The peer, and the signalling server, which can read what is told: with
 *   %FLOE_PRIVACY_LEVEL_OPEN the addresses of all interfaces, and the public ones; with
 *   %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE those of the default route's interface, one of a family; with
 *   %FLOE_PRIVACY_LEVEL_OBFUSCATED of these the public ones, and a random name for the others; with
 *   %FLOE_PRIVACY_LEVEL_NO_HOST only what a NAT makes of them; with
 *   %FLOE_PRIVACY_LEVEL_RELAY_ONLY the relay's address and none of this machine.
 * - STUN servers: the public address of each interface, from
 *   %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE on of the default route's only; nothing with
 *   %FLOE_PRIVACY_LEVEL_RELAY_ONLY, where they are not asked.
 * - TURN servers: the public address that they are reached from, and whom the connection is with,
 *   at all levels.
 * - A neighbour on the LAN sees whom packets go to, at all levels. With
 *   %FLOE_PRIVACY_LEVEL_OBFUSCATED and below names are asked for and answered by multicast, with
 *   %FLOE_PRIVACY_LEVEL_NO_HOST and above nothing on the LAN is spoken to, but servers there.
 *
 * From %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE to %FLOE_PRIVACY_LEVEL_NO_HOST nothing is bound to but the
 * addresses that the default route sends from, and those of #FloeConfiguration:interfaces among
 * them; connections follow when it changes. On a machine without a default route they use the only
 * interface, and nothing when there are several.
 *
 * It is read when a connection is made, and by each run of #FloeNatDiscovery.
 *
 * Since: 1.0
 */
void
floe_configuration_set_privacy_level (FloeConfiguration *self, FloePrivacyLevel level)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->privacy == level)
    return;
  self->privacy = level;
  g_object_notify (G_OBJECT (self), "privacy-level");
}

/**
 * floe_configuration_get_privacy_level:
 * @self: a configuration
 *
 * Gets what connections may show of this machine.
 *
 * Returns: the level
 * Since: 1.0
 */
FloePrivacyLevel
floe_configuration_get_privacy_level (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_PRIVACY_LEVEL_OPEN);

  return self->privacy;
}
