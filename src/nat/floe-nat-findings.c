/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-findings-private.h"

FloeNatType
floe_nat_findings_get_type (const FloeNatFindings *self)
{
  if (self->udp == FLOE_NAT_ANSWER_NO)
    return FLOE_NAT_TYPE_BLOCKED;
  switch (self->mapping)
    {
    case FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT:
    case FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT:
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT:
      return FLOE_NAT_TYPE_SYMMETRIC;
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT:
      break;
    case FLOE_NAT_BEHAVIOUR_UNKNOWN:
    default:
      return FLOE_NAT_TYPE_UNKNOWN;
    }
  switch (self->filtering)
    {
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT:
      return self->is_translated == FLOE_NAT_ANSWER_NO ? FLOE_NAT_TYPE_OPEN
                                                       : FLOE_NAT_TYPE_FULL_CONE;
    case FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT:
      return FLOE_NAT_TYPE_RESTRICTED;
    case FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT:
      return FLOE_NAT_TYPE_PORT_RESTRICTED;
    case FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT:
    case FLOE_NAT_BEHAVIOUR_UNKNOWN:
    default:
      return FLOE_NAT_TYPE_UNKNOWN;
    }
}

const char *
floe_nat_behaviour_to_string (FloeNatBehaviour dependence)
{
  static const char *const names[] = {
    [FLOE_NAT_BEHAVIOUR_UNKNOWN] = "unknown",
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT] = "endpoint-independent",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT] = "address-dependent",
    [FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
    [FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT] = "endpoint-dependent",
  };

  return names[dependence];
}

const char *
floe_nat_allocation_to_string (FloeNatAllocation allocation)
{
  static const char *const names[] = {
    [FLOE_NAT_ALLOCATION_UNKNOWN] = "unknown",
    [FLOE_NAT_ALLOCATION_PORT_PRESERVING] = "port-preserving",
    [FLOE_NAT_ALLOCATION_SEQUENTIAL] = "sequential",
    [FLOE_NAT_ALLOCATION_RANDOM] = "random",
    [FLOE_NAT_ALLOCATION_PORT_BLOCK] = "port-block",
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
    [FLOE_NAT_FAULT_OTHER_FAMILY] = "other-family",
    [FLOE_NAT_FAULT_MALFORMED] = "malformed",
    [FLOE_NAT_FAULT_PRIVATE_ADDRESS] = "private-address",
    [FLOE_NAT_FAULT_OUTVOTED] = "outvoted",
    [FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS] = "wrong-other-address",
    [FLOE_NAT_FAULT_BROKEN_RELAY] = "broken-relay",
    [FLOE_NAT_FAULT_UNRESOLVED] = "unresolved",
  };

  return names[fault];
}
