/* SPDX-License-Identifier: MPL-2.0 */
/* Facts about networks, for the tests of "floe nat". */
#pragma once

#include <floe-test.h>

extern "C"
{
#include "nat-facts.h"
}

/* A home with an ordinary router. */
inline NatFacts
MakeFacts ()
{
  static const char *const external[] = { "203.0.113.1", nullptr };
  NatFacts facts = {};

  facts.interface = "eth0";
  facts.family = G_SOCKET_FAMILY_IPV4;
  facts.base_address = "192.168.0.10";
  facts.external = external;
  facts.udp = FLOE_NAT_ANSWER_YES;
  facts.translation = FLOE_NAT_ANSWER_YES;
  facts.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  facts.filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  facts.nat_type = FLOE_NAT_TYPE_PORT_RESTRICTED;
  facts.allocation = FLOE_NAT_ALLOCATION_PORT_PRESERVING;
  facts.is_complete = TRUE;
  facts.duration_ms = 412;
  facts.packet_count = 40;
  return facts;
}

/* The same through IPv6 without a NAT. */
inline NatFacts
MakeFactsOfIpv6 ()
{
  static const char *const external[] = { "2001:db8::1", nullptr };
  NatFacts facts = MakeFacts ();

  facts.family = G_SOCKET_FAMILY_IPV6;
  facts.base_address = "2001:db8::1";
  facts.external = external;
  facts.translation = FLOE_NAT_ANSWER_NO;
  return facts;
}

inline NatFacts
MakeFactsWithoutUdp (FloeNatAnswer tcp, FloeNatAnswer tls)
{
  NatFacts facts = {};

  facts.interface = "eth0";
  facts.family = G_SOCKET_FAMILY_IPV4;
  facts.base_address = "192.168.0.10";
  facts.udp = FLOE_NAT_ANSWER_NO;
  facts.tcp = tcp;
  facts.tls = tls;
  facts.nat_type = FLOE_NAT_TYPE_BLOCKED;
  return facts;
}
