/* SPDX-License-Identifier: MPL-2.0 */
/* What gets through to servers. */
#include "floe-nat-report-private.h"

/**
 * floe_nat_report_get_udp:
 * @self: a report
 *
 * Whether UDP gets through to the servers and back. %FLOE_NAT_ANSWER_NO takes the silence of two
 * servers at least; with one it can't be told from a dead server. May be called in any thread.
 *
 * Returns: whether UDP gets through
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_udp (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.udp;
}

/**
 * floe_nat_report_get_udp_limited:
 * @self: a report
 *
 * Whether UDP gets out to a few ports only, those of DNS and of HTTP/3: %FLOE_NAT_ANSWER_YES when a
 * server answers on port 443 and not on its own. A relay on such a port is reached then, and hardly
 * anybody directly. May be called in any thread.
 *
 * Returns: whether most ports are shut
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_udp_limited (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->findings.udp_limited;
}

/**
 * floe_nat_report_get_tcp:
 * @self: a report
 *
 * Whether a STUN or TURN server is reached over TCP, if need be through a proxy. May be called in
 * any thread.
 *
 * Returns: whether TCP gets through
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_tcp (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->tcp;
}

/**
 * floe_nat_report_get_tls:
 * @self: a report
 *
 * Whether a STUN or TURN server is reached over TLS, if need be through a proxy. May be called in
 * any thread.
 *
 * Returns: whether TLS gets through
 *
 * Since: 1.0
 */
FloeNatAnswer
floe_nat_report_get_tls (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_ANSWER_UNKNOWN);

  return self->record->tls;
}

/**
 * floe_nat_report_get_proxy:
 * @self: a report
 *
 * Through which proxy a server was reached over TCP or TLS, as in `proxy.example:3128`. May be
 * called in any thread.
 *
 * Returns: (transfer none) (nullable): the proxy, or %NULL when none was needed, or none is known
 *
 * Since: 1.0
 */
const char *
floe_nat_report_get_proxy (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record->proxy;
}
