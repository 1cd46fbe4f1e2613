/* SPDX-License-Identifier: MPL-2.0 */
#include "connection-path.h"

static const char *
get_type_name (FloeIceCandidate *candidate)
{
  switch (floe_ice_candidate_get_candidate_type (candidate))
    {
    case FLOE_ICE_CANDIDATE_TYPE_HOST:
      return "host";
    case FLOE_ICE_CANDIDATE_TYPE_SRFLX:
      return "srflx";
    case FLOE_ICE_CANDIDATE_TYPE_PRFLX:
      return "prflx";
    case FLOE_ICE_CANDIDATE_TYPE_RELAY:
      return "relay";
    default:
      return NULL;
    }
}

/* The data goes to the TURN server this way, if there is one of ours; the relay speaks UDP. */
static const char *
get_protocol_name (FloeIceCandidatePair *pair)
{
  switch (floe_ice_candidate_pair_get_relay_protocol (pair))
    {
    case FLOE_RELAY_PROTOCOL_TCP:
      return "tcp";
    case FLOE_RELAY_PROTOCOL_TLS:
      return "tls";
    case FLOE_RELAY_PROTOCOL_UDP:
      return "udp";
    case FLOE_RELAY_PROTOCOL_NONE:
    default:
      return floe_ice_candidate_get_protocol (floe_ice_candidate_pair_get_local (pair))
                     == FLOE_ICE_PROTOCOL_TCP
                 ? "tcp"
                 : "udp";
    }
}

void
connection_path_describe (FloeIceCandidatePair *pair, ConnectionPath *path)
{
  *path = (ConnectionPath){ 0 };
  if (pair == NULL)
    return;
  path->path = floe_ice_candidate_pair_is_relayed (pair) ? "relay" : "direct";
  path->local_candidate = get_type_name (floe_ice_candidate_pair_get_local (pair));
  path->remote_candidate = get_type_name (floe_ice_candidate_pair_get_remote (pair));
  path->protocol = get_protocol_name (pair);
}

static const char *
get_strategy_name (FloeStrategy strategy)
{
  switch (strategy)
    {
    case FLOE_STRATEGY_DIRECT_FAST:
      return "DIRECT_FAST";
    case FLOE_STRATEGY_DIRECT_PATIENT:
      return "DIRECT_PATIENT";
    case FLOE_STRATEGY_TURN_FALLBACK:
      return "TURN_FALLBACK";
    case FLOE_STRATEGY_TURN_ONLY:
      return "TURN_ONLY";
    case FLOE_STRATEGY_AUTO:
    default:
      return NULL;
    }
}

static const char *
get_nat_name (FloeNatType type)
{
  switch (type)
    {
    case FLOE_NAT_TYPE_OPEN:
      return "OPEN";
    case FLOE_NAT_TYPE_FULL_CONE:
      return "FULL_CONE";
    case FLOE_NAT_TYPE_RESTRICTED:
      return "RESTRICTED";
    case FLOE_NAT_TYPE_PORT_RESTRICTED:
      return "PORT_RESTRICTED";
    case FLOE_NAT_TYPE_SYMMETRIC:
      return "SYMMETRIC";
    case FLOE_NAT_TYPE_BLOCKED:
      return "BLOCKED";
    case FLOE_NAT_TYPE_UNKNOWN:
    default:
      return "UNKNOWN";
    }
}

void
connection_plan_describe (FloeConnectionMetrics *metrics, ConnectionPlan *plan)
{
  *plan = (ConnectionPlan){ NULL, "UNKNOWN", "UNKNOWN" };
  if (metrics == NULL)
    return;
  plan->strategy = get_strategy_name (floe_connection_metrics_get_strategy (metrics));
  plan->local_nat = get_nat_name (floe_connection_metrics_get_local_nat_type (metrics));
  plan->remote_nat = get_nat_name (floe_connection_metrics_get_remote_nat_type (metrics));
}
