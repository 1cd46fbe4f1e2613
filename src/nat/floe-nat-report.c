/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-report-private.h"

FloeNatType
floe_nat_report_get_type (const FloeNatReport *self)
{
  if (self->udp == FLOE_NAT_ANSWER_NO)
    return FLOE_NAT_TYPE_BLOCKED;
  switch (self->mapping)
    {
    case FLOE_NAT_DEPENDENCE_ADDRESS:
    case FLOE_NAT_DEPENDENCE_ADDRESS_AND_PORT:
    case FLOE_NAT_DEPENDENCE_ENDPOINT:
      return FLOE_NAT_TYPE_SYMMETRIC;
    case FLOE_NAT_DEPENDENCE_NONE:
      break;
    case FLOE_NAT_DEPENDENCE_UNKNOWN:
    default:
      return FLOE_NAT_TYPE_UNKNOWN;
    }
  switch (self->filtering)
    {
    case FLOE_NAT_DEPENDENCE_NONE:
      return self->is_translated == FLOE_NAT_ANSWER_NO ? FLOE_NAT_TYPE_OPEN
                                                       : FLOE_NAT_TYPE_FULL_CONE;
    case FLOE_NAT_DEPENDENCE_ADDRESS:
      return FLOE_NAT_TYPE_RESTRICTED;
    case FLOE_NAT_DEPENDENCE_ADDRESS_AND_PORT:
      return FLOE_NAT_TYPE_PORT_RESTRICTED;
    case FLOE_NAT_DEPENDENCE_ENDPOINT:
    case FLOE_NAT_DEPENDENCE_UNKNOWN:
    default:
      return FLOE_NAT_TYPE_UNKNOWN;
    }
}

const char *
floe_nat_dependence_to_string (FloeNatDependence dependence)
{
  static const char *const names[] = {
    [FLOE_NAT_DEPENDENCE_UNKNOWN] = "unknown",
    [FLOE_NAT_DEPENDENCE_NONE] = "endpoint-independent",
    [FLOE_NAT_DEPENDENCE_ADDRESS] = "address-dependent",
    [FLOE_NAT_DEPENDENCE_ADDRESS_AND_PORT] = "address-and-port-dependent",
    [FLOE_NAT_DEPENDENCE_ENDPOINT] = "endpoint-dependent",
  };

  return names[dependence];
}

const char *
floe_nat_allocation_to_string (FloeNatAllocation allocation)
{
  static const char *const names[] = {
    [FLOE_NAT_ALLOCATION_UNKNOWN] = "unknown",
    [FLOE_NAT_ALLOCATION_PRESERVING] = "port-preserving",
    [FLOE_NAT_ALLOCATION_SEQUENTIAL] = "sequential",
    [FLOE_NAT_ALLOCATION_RANDOM] = "random",
    [FLOE_NAT_ALLOCATION_BLOCK] = "port-block",
  };

  return names[allocation];
}

const char *
floe_nat_type_to_string (FloeNatType type)
{
  static const char *const names[] = {
    [FLOE_NAT_TYPE_UNKNOWN] = "unknown",
    [FLOE_NAT_TYPE_OPEN] = "open",
    [FLOE_NAT_TYPE_FULL_CONE] = "full-cone",
    [FLOE_NAT_TYPE_RESTRICTED] = "restricted",
    [FLOE_NAT_TYPE_PORT_RESTRICTED] = "port-restricted",
    [FLOE_NAT_TYPE_SYMMETRIC] = "symmetric",
    [FLOE_NAT_TYPE_BLOCKED] = "blocked",
  };

  return names[type];
}

const char *
floe_nat_fault_to_string (FloeNatFault fault)
{
  static const char *const names[] = {
    [FLOE_NAT_FAULT_NONE] = "none",
    [FLOE_NAT_FAULT_SILENT] = "silent",
    [FLOE_NAT_FAULT_REFUSED] = "refused",
    [FLOE_NAT_FAULT_FAMILY] = "other-family",
    [FLOE_NAT_FAULT_MALFORMED] = "malformed",
    [FLOE_NAT_FAULT_INSIDE] = "private-address",
    [FLOE_NAT_FAULT_OUTVOTED] = "outvoted",
    [FLOE_NAT_FAULT_OTHER_ADDRESS] = "wrong-other-address",
    [FLOE_NAT_FAULT_RELAY] = "broken-relay",
  };

  return names[fault];
}
