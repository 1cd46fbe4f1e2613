/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-report-private.h"

#include "floe-inet-convert-private.h"

/**
 * FloeNatReport:
 *
 * What is known of one way from this host to the Internet: of one interface and one address family.
 * Behind one NAT may be several hosts, and one host may be behind several NATs. Everything is
 * unknown until it is proven, and has its evidence. Immutable; may be shared between threads.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (FloeNatReport, floe_nat_report, floe_nat_report_ref, floe_nat_report_unref)

FloeNatReport *
floe_nat_report_new (FloeNatRecord *record)
{
  FloeNatReport *self = g_atomic_rc_box_new0 (FloeNatReport);
  const FloeNatFindings *findings = &record->findings;

  self->record = floe_nat_record_ref (record);
  self->base = floe_stun_address_to_text (&findings->base);
  self->externals = g_new0 (char *, findings->external_count + 1);
  for (guint i = 0; i < findings->external_count; i++)
    self->externals[i] = floe_stun_address_to_text (&findings->externals[i].address);
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_nat_server_report_unref);
  for (guint i = 0; i < record->servers->len; i++)
    g_ptr_array_add (self->servers,
                     floe_nat_server_report_new (g_ptr_array_index (record->servers, i)));
  return self;
}

static void
clear_report (gpointer data)
{
  FloeNatReport *self = data;

  floe_nat_record_unref (self->record);
  g_free (self->base);
  g_strfreev (self->externals);
  g_ptr_array_unref (self->servers);
}

/**
 * floe_nat_report_ref:
 * @self: a report
 *
 * A further reference to the report. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeNatReport *
floe_nat_report_ref (FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_nat_report_unref:
 * @self: (transfer full): a report
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_nat_report_unref (FloeNatReport *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_report);
}

/**
 * floe_nat_report_get_interface:
 * @self: a report
 *
 * The name of the network interface, such as `eth0`. May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL when it is not known
 *
 * Since: 1.0
 */
const char *
floe_nat_report_get_interface (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record->interface[0] != '\0' ? self->record->interface : NULL;
}

/**
 * floe_nat_report_get_family:
 * @self: a report
 *
 * The address family that the report is of. IPv4 and IPv6 are measured apart, for they go through
 * other boxes. May be called in any thread.
 *
 * Returns: %G_SOCKET_FAMILY_IPV4 or %G_SOCKET_FAMILY_IPV6
 *
 * Since: 1.0
 */
GSocketFamily
floe_nat_report_get_family (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, G_SOCKET_FAMILY_INVALID);

  return self->record->findings.base.size == FLOE_STUN_IPV6_SIZE ? G_SOCKET_FAMILY_IPV6
                                                                 : G_SOCKET_FAMILY_IPV4;
}

/**
 * floe_nat_report_get_base_address:
 * @self: a report
 *
 * The address of this host that was asked from. May be called in any thread.
 *
 * Returns: (transfer none): the address
 *
 * Since: 1.0
 */
const char *
floe_nat_report_get_base_address (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base;
}

/**
 * floe_nat_report_get_external_addresses:
 * @self: a report
 *
 * The addresses that servers see this host at, the one that most of them see first. Empty when no
 * server has answered, and in reports from the cache file, where addresses are not written down.
 * May be called in any thread.
 *
 * Returns: (transfer none) (array zero-terminated=1): the addresses
 *
 * Since: 1.0
 */
const char *const *
floe_nat_report_get_external_addresses (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->externals;
}

/**
 * floe_nat_report_get_translation:
 * @self: a report
 *
 * Whether servers see another address than the host has: whether there is a NAT. May be called in
 * any thread.
 *
 * Returns: whether there is a NAT
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_translation (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.is_translated;
}

/**
 * floe_nat_report_get_mapping:
 * @self: a report
 *
 * On what of the other side the external port depends (RFC 4787 section 4.1). When it is
 * %FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT, other peers reach this host where a STUN server saw
 * it. May be called in any thread.
 *
 * Returns: the mapping behaviour
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_nat_report_get_mapping (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->record->findings.mapping;
}

/**
 * floe_nat_report_get_filtering:
 * @self: a report
 *
 * Of what other sides packets are let in (RFC 4787 section 5): of any, of those whose address this
 * host has sent to, or of those whose address and port it has sent to. May be called in any
 * thread.
 *
 * Returns: the filtering behaviour
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_nat_report_get_filtering (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->record->findings.filtering;
}

/**
 * floe_nat_report_get_allocation:
 * @self: a report
 *
 * How external ports are chosen (RFC 4787 section 4.2). May be called in any thread.
 *
 * Returns: how ports are chosen
 *
 * Since: 1.0
 */
FloeNatAllocation
floe_nat_report_get_allocation (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ALLOCATION_UNKNOWN);

  return self->record->findings.allocation;
}

/**
 * floe_nat_report_get_allocation_step:
 * @self: a report
 *
 * How far a port is from the one before, when they are chosen one after the other. May be called
 * in any thread.
 *
 * Returns: the step, or 0 when the allocation is not %FLOE_NAT_ALLOCATION_SEQUENTIAL
 *
 * Since: 1.0
 */
guint
floe_nat_report_get_allocation_step (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->findings.step;
}

/**
 * floe_nat_report_get_block_size:
 * @self: a report
 *
 * About how many ports the block has that ports are chosen from. May be called in any thread.
 *
 * Returns: the number of ports, or 0 when the allocation is not %FLOE_NAT_ALLOCATION_PORT_BLOCK
 *
 * Since: 1.0
 */
guint
floe_nat_report_get_block_size (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->findings.span;
}

/**
 * floe_nat_report_get_hairpin:
 * @self: a report
 *
 * Whether two hosts behind the NAT reach each other by its external address (RFC 4787 section 6).
 * May be called in any thread.
 *
 * Returns: whether it hairpins
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_hairpin (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.hairpin;
}

/**
 * floe_nat_report_get_carrier:
 * @self: a report
 *
 * Whether a carrier's NAT (RFC 6888) seems to be in the way, so that a port opened at the home
 * router would lead nowhere. May be called in any thread.
 *
 * Returns: whether there is a carrier's NAT
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_carrier (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.carrier;
}

/**
 * floe_nat_report_get_poisoning:
 * @self: a report
 *
 * Whether a packet that comes from outside before one went out spoils the port for that peer. May
 * be called in any thread.
 *
 * Returns: whether early packets do harm
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_poisoning (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.poisoning;
}

/**
 * floe_nat_report_get_rewriting:
 * @self: a report
 *
 * Whether something on the way changes addresses inside packets, as gateways for old protocols
 * (ALG) do. What Floe sends is made so that it stays unharmed (RFC 8489 section 14.2). May be
 * called in any thread.
 *
 * Returns: whether packets come changed
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_rewriting (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.rewriting;
}

/**
 * floe_nat_report_get_lifetime:
 * @self: a report
 *
 * How many seconds a mapping lives that nothing goes through (RFC 4787 section 4.3), or a bound
 * below that. It takes minutes to find out, so it is measured in the background only:
 * #FloeNatDiscovery:background. May be called in any thread.
 *
 * Returns: seconds, or 0 when it has not been measured
 *
 * Since: 1.0
 */
guint
floe_nat_report_get_lifetime (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->findings.lifetime_s;
}

/**
 * floe_nat_report_get_nat_type:
 * @self: a report
 *
 * One word of RFC 3489 for mapping and filtering together. A firewall that translates nothing is
 * called by how it filters. May be called in any thread.
 *
 * Returns: the classic name
 *
 * Since: 1.0
 */
FloeNatType
floe_nat_report_get_nat_type (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_TYPE_UNKNOWN);

  return floe_nat_findings_get_type (&self->record->findings);
}
