/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-candidate-convert-private.h"

#include <gio/gio.h>

#include "floe-inet-convert-private.h"

#define MAX_PRIORITY G_MAXINT32        /* RFC 8445 section 5.1.2: 1 to 2^31 - 1 */
#define LOCAL_PREFERENCE_STEP (1 << 8) /* RFC 8445 section 5.1.2.1 */
#define LOCAL_PREFERENCE_MASK 0x00ffff00
#define HIDDEN_PORT 9 /* RFC 8839 section 5.1: what stands for a related port that is not told */
/* RFC 6544 section 4.5: for active candidates "the port MUST be set to 9 (i.e., Discard)". */
#define ACTIVE_PORT 9
#define FIRST_USER_PORT 1024 /* RFC 6335 section 6: below are those of the system's services */
#define HTTP_PORT 80
#define HTTPS_PORT 443

static const NiceCandidateType nice_types[] = {
  [FLOE_ICE_CANDIDATE_TYPE_HOST] = NICE_CANDIDATE_TYPE_HOST,
  [FLOE_ICE_CANDIDATE_TYPE_SRFLX] = NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE,
  /* libnice refuses peer-reflexive candidates from signalling; it treats reflexive ones alike. */
  [FLOE_ICE_CANDIDATE_TYPE_PRFLX] = NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE,
  [FLOE_ICE_CANDIDATE_TYPE_RELAY] = NICE_CANDIDATE_TYPE_RELAYED,
};

static const FloeIceCandidateType floe_types[] = {
  [NICE_CANDIDATE_TYPE_HOST] = FLOE_ICE_CANDIDATE_TYPE_HOST,
  [NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE] = FLOE_ICE_CANDIDATE_TYPE_SRFLX,
  [NICE_CANDIDATE_TYPE_PEER_REFLEXIVE] = FLOE_ICE_CANDIDATE_TYPE_PRFLX,
  [NICE_CANDIDATE_TYPE_RELAYED] = FLOE_ICE_CANDIDATE_TYPE_RELAY,
};

static const NiceCandidateTransport nice_transports[] = {
  [FLOE_CANDIDATE_UDP] = NICE_CANDIDATE_TRANSPORT_UDP,
  [FLOE_CANDIDATE_TCP_ACTIVE] = NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE,
  [FLOE_CANDIDATE_TCP_PASSIVE] = NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE,
  [FLOE_CANDIDATE_TCP_SO] = NICE_CANDIDATE_TRANSPORT_TCP_SO,
};

static const FloeCandidateTransport floe_transports[] = {
  [NICE_CANDIDATE_TRANSPORT_UDP] = FLOE_CANDIDATE_UDP,
  [NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE] = FLOE_CANDIDATE_TCP_ACTIVE,
  [NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE] = FLOE_CANDIDATE_TCP_PASSIVE,
  [NICE_CANDIDATE_TRANSPORT_TCP_SO] = FLOE_CANDIDATE_TCP_SO,
};

/* An address that a datagram may be sent to because a peer said so. */
static const char *
refuse_address (GInetAddress *address)
{
  static const guint8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_is_any (address))
    return "unspecified address";
  if (g_inet_address_get_is_multicast (address))
    return "multicast address";
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return bytes[0] == 0 || bytes[0] >= 240 ? "reserved or broadcast address" : NULL;
  if (g_inet_address_get_is_link_local (address))
    return "IPv6 link-local address without a zone";
  if (memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return "IPv4 address in IPv6 form"; /* RFC 8445 section 5.1.1.1 */
  return NULL;
}

/* A connection is more than a datagram: services take it, and what comes over it, for that of a
 * client. So a peer's word leads to none of the system's services, but to those of the web on
 * public hosts (where TCP is let out to nothing else, a peer may well listen there), and not to
 * what is configured by itself, such as a cloud's metadata. */
static const char *
refuse_target (GInetAddress *address, guint16 port)
{
  FloeStunAddress target = floe_stun_address_from_inet (address, port);
  gboolean is_public = floe_stun_address_get_scope (&target) == FLOE_STUN_SCOPE_GLOBAL;

  if (g_inet_address_get_is_link_local (address))
    return "TCP to a link-local address";
  if (port >= FIRST_USER_PORT || (is_public && (port == HTTP_PORT || port == HTTPS_PORT)))
    return NULL;
  return "TCP to a port of the system's services";
}

static const char *
refuse_candidate (const FloeCandidate *candidate)
{
  if (candidate->transport == FLOE_CANDIDATE_TCP_ACTIVE)
    return "TCP, active: it connects to us";
  if (candidate->transport == FLOE_CANDIDATE_OTHER)
    return "a transport that is not used";
  if (candidate->component != 1)
    return "not component 1"; /* RFC 8843: everything is multiplexed */
  if (candidate->priority == 0 || candidate->priority > MAX_PRIORITY)
    return "priority out of range";
  if (candidate->port == 0)
    return "port 0";
  return NULL;
}

NiceCandidate *
floe_candidate_to_nice (const FloeCandidate *candidate, const char **why)
{
  g_autoptr (GInetAddress) address = NULL;
  NiceCandidate *nice;

  *why = refuse_candidate (candidate);
  if (*why != NULL)
    return NULL;
  address = g_inet_address_new_from_string (candidate->address);
  *why = address == NULL ? "a name, not an address" : refuse_address (address);
  if (*why == NULL && candidate->transport != FLOE_CANDIDATE_UDP)
    *why = refuse_target (address, candidate->port);
  if (*why != NULL)
    return NULL;

  nice = nice_candidate_new (nice_types[candidate->type]);
  nice->transport = nice_transports[candidate->transport];
  nice->stream_id = 1;
  nice->component_id = candidate->component;
  nice->priority = candidate->priority;
  g_strlcpy (nice->foundation, candidate->foundation, sizeof nice->foundation);
  nice_address_set_from_string (&nice->addr, candidate->address);
  nice_address_set_port (&nice->addr, candidate->port);
  nice->base_addr = nice->addr;
  return nice;
}

/* RFC 8445 section 5.1.2: "a unique priority" for each candidate; libnice knows of one path. A
 * later path's is lower, but for one that takes over from another: peers move up only. libnice's
 * own local preferences are below 16384 for UDP, so there is room above. */
static guint32
set_apart (guint32 priority, const FloeCandidateMark *mark)
{
  guint32 step = mark->path_id * LOCAL_PREFERENCE_STEP;

  if (mark->is_successor)
    return LOCAL_PREFERENCE_MASK - (priority & LOCAL_PREFERENCE_MASK) > step ? priority + step
                                                                             : priority;
  return (priority & LOCAL_PREFERENCE_MASK) > step ? priority - step : priority;
}

static void
set_related (FloeCandidate *out, const NiceCandidate *nice)
{
  if (nice->type == NICE_CANDIDATE_TYPE_HOST || !nice_address_is_valid (&nice->base_addr))
    return;
  nice_address_to_string (&nice->base_addr, out->related_address);
  out->related_port = (guint16) nice_address_get_port (&nice->base_addr);
}

/* RFC 8839 section 5.1: "If privacy is a concern … set to "0.0.0.0" or "::" and … port "9"". */
static void
hide_related (FloeCandidate *out)
{
  if (out->related_address[0] == '\0')
    return;
  g_strlcpy (out->related_address, strchr (out->address, ':') != NULL ? "::" : "0.0.0.0",
             sizeof out->related_address);
  out->related_port = HIDDEN_PORT;
}

void
floe_candidate_from_nice (FloeCandidate *out, const NiceCandidate *nice,
                          const FloeCandidateMark *mark)
{
  FloeCandidate candidate = {
    .component = nice->component_id,
    .transport = floe_transports[nice->transport],
    .priority = nice->priority,
    .type = floe_types[nice->type],
  };

  nice_address_to_string (&nice->addr, candidate.address);
  candidate.port = (guint16) nice_address_get_port (&nice->addr);
  /* One that has connected has a port, but is peer-reflexive. */
  if (candidate.transport == FLOE_CANDIDATE_TCP_ACTIVE && candidate.port == 0)
    candidate.port = ACTIVE_PORT;
  if (mark == NULL)
    {
      g_strlcpy (candidate.foundation, nice->foundation, sizeof candidate.foundation);
      *out = candidate;
      return;
    }

  /* libnice counts its foundations from 1 in each agent. */
  g_snprintf (candidate.foundation, sizeof candidate.foundation, "p%uf%s", mark->path_id,
              nice->foundation);
  candidate.priority = set_apart (nice->priority, mark);
  set_related (&candidate, nice);
  if (mark->hides_related)
    hide_related (&candidate);
  if (nice->type == NICE_CANDIDATE_TYPE_RELAYED)
    candidate.relay_protocol = mark->relay_protocol;
  *out = candidate;
}
