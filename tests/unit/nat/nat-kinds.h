/* SPDX-License-Identifier: MPL-2.0 */
/* The kinds of NAT that discovery is tried against, and what is true of each. */
#pragma once

#include "nat-world.h"

constexpr auto kUnknown = FLOE_NAT_BEHAVIOUR_UNKNOWN;
constexpr auto kNone = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
constexpr auto kAddress = FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT;
constexpr auto kBoth = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
constexpr auto kEndpoint = FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT;

struct Kind
{
  const char *name; /* of the router's line in the world */
  FloeNatBehaviour mapping, filtering;
  FloeNatAllocation allocation; /* where it can be told */
  FloeNatType type;
  bool has_hairpin;
};

constexpr auto kNoAllocation = FLOE_NAT_ALLOCATION_UNKNOWN;
constexpr auto kPreserving = FLOE_NAT_ALLOCATION_PORT_PRESERVING;

inline const Kind kKinds[] = {
  { "open", kNone, kNone, kNoAllocation, FLOE_NAT_TYPE_OPEN, false },
  { "firewall", kNone, kBoth, kNoAllocation, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "eim-eif", kNone, kNone, kPreserving, FLOE_NAT_TYPE_FULL_CONE, false },
  { "eim-adf", kNone, kAddress, kPreserving, FLOE_NAT_TYPE_RESTRICTED, false },
  { "eim-apdf", kNone, kBoth, kPreserving, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "adm-adf", kAddress, kAddress, FLOE_NAT_ALLOCATION_RANDOM, FLOE_NAT_TYPE_SYMMETRIC, false },
  { "apdm-preserve", kBoth, kBoth, kPreserving, FLOE_NAT_TYPE_SYMMETRIC, false },
  { "apdm-sequential", kBoth, kBoth, FLOE_NAT_ALLOCATION_SEQUENTIAL, FLOE_NAT_TYPE_SYMMETRIC,
    false },
  { "apdm-random", kBoth, kBoth, FLOE_NAT_ALLOCATION_RANDOM, FLOE_NAT_TYPE_SYMMETRIC, false },
  { "apdm-block", kBoth, kBoth, FLOE_NAT_ALLOCATION_PORT_BLOCK, FLOE_NAT_TYPE_SYMMETRIC, false },
  /* Its mappings do depend on the endpoint, but no two hosts that keep ports apart see it. */
  { "masquerade", kNone, kBoth, kPreserving, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "masquerade-poisoned", kNone, kBoth, kPreserving, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "masquerade-random", kBoth, kBoth, FLOE_NAT_ALLOCATION_RANDOM, FLOE_NAT_TYPE_SYMMETRIC, false },
  { "cgn", kNone, kNone, kNoAllocation, FLOE_NAT_TYPE_FULL_CONE, true },
  { "cgn-filtering", kNone, kBoth, kNoAllocation, FLOE_NAT_TYPE_PORT_RESTRICTED, true },
  { "cgn-symmetric", kBoth, kBoth, FLOE_NAT_ALLOCATION_PORT_BLOCK, FLOE_NAT_TYPE_SYMMETRIC, false },
  { "alg", kNone, kBoth, kPreserving, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "tiny", kNone, kBoth, kPreserving, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "eim-apdf family=ipv6 ipv6=open", kNone, kNone, kNoAllocation, FLOE_NAT_TYPE_OPEN, false },
  { "eim-apdf family=ipv6", kNone, kBoth, kNoAllocation, FLOE_NAT_TYPE_PORT_RESTRICTED, false },
  { "eim-apdf family=ipv6 ipv6=eim-adf", kNone, kAddress, kNoAllocation, FLOE_NAT_TYPE_RESTRICTED,
    false },
  /* Only IPv6 here, and servers of IPv4. RFC 6146 section 3.8 wants hairpin. */
  { "eim-eif family=nat64", kNone, kNone, kPreserving, FLOE_NAT_TYPE_FULL_CONE, true },
  { "eim-adf family=nat64", kNone, kAddress, kPreserving, FLOE_NAT_TYPE_RESTRICTED, true },
  { "apdm-random family=nat64", kBoth, kBoth, FLOE_NAT_ALLOCATION_RANDOM, FLOE_NAT_TYPE_SYMMETRIC,
    false },
};

/* The router's line, and for IPv6 what makes the servers speak it. */
inline std::string
WorldOf (const Kind &kind, guint delay_ms, guint loss)
{
  return "router home " + std::string (kind.name) + " delay=" + std::to_string (delay_ms)
         + "ms loss=" + std::to_string (loss) + "%\n"
         + (strstr (kind.name, "family=ipv6") != nullptr ? "default family=ipv6\n" : "");
}

inline bool
IsRightMapping (FloeNatBehaviour found, FloeNatBehaviour truth)
{
  return found == truth || (found == kEndpoint && truth != kNone);
}

/* The laboratory's NATs and firewalls drop fragments. */
inline bool
PassesFragments (const Kind &kind)
{
  return kind.type == FLOE_NAT_TYPE_OPEN;
}

inline bool
IsPoisoned (const Kind &kind)
{
  return kind.name == std::string ("masquerade-poisoned");
}
