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
 * It is read when a connection is made, and by each run of #FloeNatDiscovery, which follows it in
 * the background, too.
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

/**
 * floe_configuration_set_allow_local_targets:
 * @self: a configuration
 * @allow_local_targets: whether loopback and link-local addresses of the peer may be checked
 *
 * Sets whether checks go to loopback and link-local addresses that the peer names. Without it they
 * do only when this machine gathers on an address of the kind itself: then the two may be in one
 * machine, or on one link. Over TCP link-local addresses are refused in any case.
 *
 * What a peer names is not believed. Whatever is set here, no packet is sent to
 *
 * - multicast, broadcast, unspecified and reserved addresses, IPv6 link-local ones (they would need
 *   a zone), and IPv6 ones that stand for an IPv4 address or lead nowhere (IPv4-mapped, 6to4,
 *   Teredo, site-local); through NAT64 to public addresses only;
 * - port 0, and those below 1024 but for 80 and 443 of public addresses;
 * - host names, see floe_configuration_set_resolve_candidate_names().
 *
 * And what is sent is bounded, so that nobody can have others scanned or flooded by naming their
 * addresses (RFC 8445 section 19.5.1):
 *
 * - A peer may tell 256 candidates at once, and two more each second; the newest 100 are kept, 8 of
 *   TCP, and a path is told of 200 at most, 16 of TCP. A path checks 200 pairs.
 * - All paths of a connection together check 200 pairs a second, and repeat 100 checks a second
 *   (each pair is checked five times, and repeated three times).
 * - An address that has never answered gets 1 MiB at once and 256 bytes a second in the long run,
 * of all connections of the process together, on all its ports, with headers. A /64 of IPv6 counts
 * as one address; loopback does not count. What has answered a check is free for an hour.
 * - Packets for foretold ports and attempts to open TCP from both sides: 250 a second, of all
 *   connections together. Punching has limits of its own, see floe_configuration_set_punching().
 *
 * Since: 1.0
 */
void
floe_configuration_set_allow_local_targets (FloeConfiguration *self, gboolean allow_local_targets)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->allow_local_targets == !!allow_local_targets)
    return;
  self->allow_local_targets = !!allow_local_targets;
  g_object_notify (G_OBJECT (self), "allow-local-targets");
}

/**
 * floe_configuration_get_allow_local_targets:
 * @self: a configuration
 *
 * Gets whether checks go to loopback and link-local addresses that the peer names.
 *
 * Returns: %TRUE when they do
 * Since: 1.0
 */
gboolean
floe_configuration_get_allow_local_targets (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  return self->allow_local_targets;
}

/**
 * floe_configuration_set_resolve_candidate_names:
 * @self: a configuration
 * @resolve_candidate_names: whether names are looked up
 *
 * Sets whether host names in the peer's candidates (RFC 8839 section 5.1) are looked up by DNS. A
 * look-up tells who runs the name's server that this machine is about to connect, and from which
 * resolver; browsers look none up, and %FLOE_PRIVACY_LEVEL_NO_HOST and
 * %FLOE_PRIVACY_LEVEL_RELAY_ONLY don't whatever is set here. Names that end in `.local` are never
 * asked of a DNS server.
 *
 * At most 16 names of a connection are looked up, four at a time, for five seconds; the first
 * address of each family is used, if it is one that the peer may name.
 *
 * Since: 1.0
 */
void
floe_configuration_set_resolve_candidate_names (FloeConfiguration *self,
                                                gboolean resolve_candidate_names)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->resolve_candidate_names == !!resolve_candidate_names)
    return;
  self->resolve_candidate_names = !!resolve_candidate_names;
  g_object_notify (G_OBJECT (self), "resolve-candidate-names");
}

/**
 * floe_configuration_get_resolve_candidate_names:
 * @self: a configuration
 *
 * Gets whether host names in the peer's candidates are looked up.
 *
 * Returns: %TRUE when they are
 * Since: 1.0
 */
gboolean
floe_configuration_get_resolve_candidate_names (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  return self->resolve_candidate_names;
}
