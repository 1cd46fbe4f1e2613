/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FloeNatAnswer:
 * @FLOE_NAT_ANSWER_UNKNOWN: not proven either way
 * @FLOE_NAT_ANSWER_NO: proven not to be so
 * @FLOE_NAT_ANSWER_YES: proven to be so
 *
 * What is known of a property that a network has or has not.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_ANSWER_UNKNOWN,
  FLOE_NAT_ANSWER_NO,
  FLOE_NAT_ANSWER_YES,
} FloeNatAnswer;

/**
 * FloeNatBehaviour:
 * @FLOE_NAT_BEHAVIOUR_UNKNOWN: not proven
 * @FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT: the same for every other side
 * @FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT: depends on the other side's address
 * @FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT: depends on its address and port
 * @FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT: one of the two above; of mappings only
 *
 * On what of the other side a NAT's mapping or filter depends (RFC 4787 sections 4.1 and 5).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_BEHAVIOUR_UNKNOWN,
  FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
  FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT,
  FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
  FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT,
} FloeNatBehaviour;

/**
 * FloeNatAllocation:
 * @FLOE_NAT_ALLOCATION_UNKNOWN: not proven
 * @FLOE_NAT_ALLOCATION_PORT_PRESERVING: the first mapping of a socket has the socket's port
 * @FLOE_NAT_ALLOCATION_SEQUENTIAL: each mapping has the next port
 * @FLOE_NAT_ALLOCATION_RANDOM: any port
 * @FLOE_NAT_ALLOCATION_PORT_BLOCK: any port of a block that is small
 *
 * How a NAT chooses the ports of its mappings (RFC 4787 section 4.2, RFC 7422).
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_ALLOCATION_UNKNOWN,
  FLOE_NAT_ALLOCATION_PORT_PRESERVING,
  FLOE_NAT_ALLOCATION_SEQUENTIAL,
  FLOE_NAT_ALLOCATION_RANDOM,
  FLOE_NAT_ALLOCATION_PORT_BLOCK,
} FloeNatAllocation;

/**
 * FloeNatConfidence:
 * @FLOE_NAT_CONFIDENCE_NONE: nothing is known
 * @FLOE_NAT_CONFIDENCE_LOW: what one server says
 * @FLOE_NAT_CONFIDENCE_MEDIUM: silence where a control was heard, or two servers that differ
 * @FLOE_NAT_CONFIDENCE_HIGH: a packet that came in, or servers of two parties that agree
 *
 * How well something about a NAT is proven.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_CONFIDENCE_NONE,
  FLOE_NAT_CONFIDENCE_LOW,
  FLOE_NAT_CONFIDENCE_MEDIUM,
  FLOE_NAT_CONFIDENCE_HIGH,
} FloeNatConfidence;

/**
 * FloeNatAspect:
 * @FLOE_NAT_ASPECT_UDP: whether UDP gets through
 * @FLOE_NAT_ASPECT_MAPPING: on what mappings depend
 * @FLOE_NAT_ASPECT_FILTERING: on what filters depend
 * @FLOE_NAT_ASPECT_ALLOCATION: how ports are chosen
 * @FLOE_NAT_ASPECT_HAIRPIN: whether inside hosts reach each other by outside addresses
 * @FLOE_NAT_ASPECT_CARRIER: whether a carrier's NAT is in the way
 * @FLOE_NAT_ASPECT_POISONING: whether packets that come too early spoil a port
 * @FLOE_NAT_ASPECT_TCP: whether TCP reaches a server
 * @FLOE_NAT_ASPECT_TLS: whether TLS reaches a server
 * @FLOE_NAT_ASPECT_LIFETIME: how long an idle mapping lives
 * @FLOE_NAT_ASPECT_REWRITING: whether something on the way changes addresses in packets
 *
 * What a NAT report has evidence for.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_ASPECT_UDP,
  FLOE_NAT_ASPECT_MAPPING,
  FLOE_NAT_ASPECT_FILTERING,
  FLOE_NAT_ASPECT_ALLOCATION,
  FLOE_NAT_ASPECT_HAIRPIN,
  FLOE_NAT_ASPECT_CARRIER,
  FLOE_NAT_ASPECT_POISONING,
  FLOE_NAT_ASPECT_TCP,
  FLOE_NAT_ASPECT_TLS,
  FLOE_NAT_ASPECT_LIFETIME,
  FLOE_NAT_ASPECT_REWRITING,
} FloeNatAspect;

/**
 * FloeNatFault:
 * @FLOE_NAT_FAULT_NONE: the server did its part
 * @FLOE_NAT_FAULT_SILENT: no answer
 * @FLOE_NAT_FAULT_REFUSED: wrong credentials, or an error
 * @FLOE_NAT_FAULT_OTHER_FAMILY: not of the family that is probed
 * @FLOE_NAT_FAULT_MALFORMED: an answer without an address
 * @FLOE_NAT_FAULT_PRIVATE_ADDRESS: sees us at an address that can't be seen from there
 * @FLOE_NAT_FAULT_OUTVOTED: sees us where the other servers don't
 * @FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS: its second address does not do what it is for
 * @FLOE_NAT_FAULT_BROKEN_RELAY: its relayed address relays nothing
 * @FLOE_NAT_FAULT_UNRESOLVED: its name has no address, or none was learned in time
 *
 * What is wrong with a server that was asked about the NAT.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_FAULT_NONE,
  FLOE_NAT_FAULT_SILENT,
  FLOE_NAT_FAULT_REFUSED,
  FLOE_NAT_FAULT_OTHER_FAMILY,
  FLOE_NAT_FAULT_MALFORMED,
  FLOE_NAT_FAULT_PRIVATE_ADDRESS,
  FLOE_NAT_FAULT_OUTVOTED,
  FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS,
  FLOE_NAT_FAULT_BROKEN_RELAY,
  FLOE_NAT_FAULT_UNRESOLVED,
} FloeNatFault;

/**
 * FloeNatType:
 * @FLOE_NAT_TYPE_UNKNOWN: not proven
 * @FLOE_NAT_TYPE_OPEN: no NAT and no filter
 * @FLOE_NAT_TYPE_FULL_CONE: one mapping, no filter
 * @FLOE_NAT_TYPE_RESTRICTED: one mapping, filtered by address
 * @FLOE_NAT_TYPE_PORT_RESTRICTED: one mapping, filtered by address and port
 * @FLOE_NAT_TYPE_SYMMETRIC: a mapping for each other side
 * @FLOE_NAT_TYPE_BLOCKED: UDP does not get through
 *
 * The names of RFC 3489, for those who want one word; mapping and filtering say more.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_NAT_TYPE_UNKNOWN,
  FLOE_NAT_TYPE_OPEN,
  FLOE_NAT_TYPE_FULL_CONE,
  FLOE_NAT_TYPE_RESTRICTED,
  FLOE_NAT_TYPE_PORT_RESTRICTED,
  FLOE_NAT_TYPE_SYMMETRIC,
  FLOE_NAT_TYPE_BLOCKED,
} FloeNatType;

G_END_DECLS
