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
 * the peer. %FLOE_PRIVACY_LEVEL_RELAY_ONLY includes %FLOE_ICE_TRANSPORT_POLICY_RELAY, whatever
 * #FloeConfiguration:ice-transport-policy says.
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
