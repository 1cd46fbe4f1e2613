/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tactic-path-private.h"

#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-prediction-core-private.h"
#include "floe-probe-target-private.h"
#include "floe-random-private.h"
#include "floe-target-budget-private.h"

#define MAX_BASES 4
#define HEADERS_SIZE 28 /* IPv4 and UDP */

gboolean
floe_tactic_path_init (FloeTacticPath *self, const FloeTacticContext *context)
{
  FloePunchSession session = {
    .local_ufrag = context->local_ufrag,
    .local_password = context->local_pwd,
    .remote_ufrag = context->remote_ufrag,
    .remote_password = context->remote_pwd,
    .is_controlling = context->is_controlling,
    /* RFC 8445 section 7.3.1.1: the one that has nobody change roles. */
    .tie_breaker = context->is_controlling ? 0 : G_MAXUINT64,
  };

  *self = (FloeTacticPath){ .context = context, .path_id = FLOE_ICE_NO_PATH };
  self->identity = floe_punch_identity_new (&session, NULL);
  return self->identity != NULL;
}

void
floe_tactic_path_clear (FloeTacticPath *self)
{
  g_clear_pointer (&self->identity, floe_punch_identity_free);
}

gboolean
floe_tactic_path_open (FloeTacticPath *self, const char *local)
{
  FloePathSpec spec = { .kind = FLOE_PATH_DIRECT,
                        .may_carry_data = TRUE,
                        .type = FLOE_PATH_TYPE_PREDICTED };

  g_strlcpy (self->local, local, sizeof self->local);
  g_strlcpy (spec.local_address, local, sizeof spec.local_address);
  self->path_id = floe_ice_transport_add_path (self->context->ice, &spec);
  return floe_tactic_path_is_open (self);
}

static GSocket *
get_socket (const FloeTacticPath *self)
{
  return self->path_id != FLOE_ICE_NO_PATH
             ? floe_ice_transport_get_socket (self->context->ice, self->path_id, self->local)
             : NULL;
}

gboolean
floe_tactic_path_is_open (const FloeTacticPath *self)
{
  return get_socket (self) != NULL;
}

gboolean
floe_tactic_path_is_ready (const FloeTacticPath *self)
{
  return self->path_id != FLOE_ICE_NO_PATH
         && floe_ice_transport_is_path_ready (self->context->ice, self->path_id);
}

void
floe_tactic_path_end (FloeTacticPath *self)
{
  if (self->path_id != FLOE_ICE_NO_PATH)
    floe_ice_transport_end_path (self->context->ice, self->path_id);
  self->path_id = FLOE_ICE_NO_PATH;
}

static void
send_check (const FloeTacticPath *self, GSocket *socket, const FloeStunAddress *to)
{
  g_autoptr (GSocketAddress) address = floe_stun_address_to_socket_address (to);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  guint8 check[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  gsize size;

  floe_random_bytes (id, sizeof id);
  size = floe_punch_identity_build_request (self->identity, id, check);
  /* What can't be sent, or may not, is lost, as it may be anywhere on the way. */
  if (size > 0 && floe_target_budget_send (to, size + HEADERS_SIZE))
    g_socket_send_to (socket, address, (const char *) check, size, NULL, NULL);
}

void
floe_tactic_path_send (const FloeTacticPath *self, const FloeStunAddress *to)
{
  GSocket *socket = get_socket (self);

  if (socket != NULL)
    send_check (self, socket, to);
}

void
floe_tactic_path_feed (FloeTacticPath *self, const FloeCandidate *remote)
{
  floe_ice_transport_add_path_candidate (self->context->ice, self->path_id, remote);
}

void
floe_tactic_path_tell (FloeTacticPath *self, const FloeStunAddress *mapped,
                       const FloeCandidateLock *lock)
{
  GSocket *socket = get_socket (self);
  g_autoptr (GSocketAddress) bound =
      socket != NULL ? g_socket_get_local_address (socket, NULL) : NULL;
  g_autofree char *text = floe_stun_address_to_text (mapped);
  FloeCandidate candidate = {
    .component = 1,
    .transport = FLOE_CANDIDATE_UDP,
    .priority = floe_prediction_get_priority (self->told_count % FLOE_PREDICTION_MAX_WINDOW, 1),
    .port = mapped->port,
    .type = FLOE_ICE_CANDIDATE_TYPE_SRFLX,
  };

  if (bound == NULL || !G_IS_INET_SOCKET_ADDRESS (bound))
    return;
  /* RFC 8445 section 6.1.2.6: of pairs with the same foundation one is checked at first. */
  g_snprintf (candidate.foundation, sizeof candidate.foundation, "p%ut%u", self->path_id,
              self->told_count++);
  g_strlcpy (candidate.address, text, sizeof candidate.address);
  g_strlcpy (candidate.related_address, self->local, sizeof candidate.related_address);
  candidate.related_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  if (lock != NULL)
    candidate.lock = *lock;
  floe_ice_transport_tell (self->context->ice, &candidate);
}

static gboolean
is_ours (const FloeTacticContext *context, const char *address)
{
  const GArray *ours = floe_ice_transport_get_addresses (context->ice);

  for (guint i = 0; ours != NULL && i < ours->len; i++)
    if (strcmp (g_array_index (ours, FloeLocalAddress, i).text, address) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_text (const char *const *texts, guint count, const char *text)
{
  for (guint i = 0; i < count; i++)
    if (strcmp (texts[i], text) == 0)
      return TRUE;
  return FALSE;
}

char *
floe_tactic_path_find_base (const FloeTacticContext *context, guint turn, const char *fallback)
{
  const char *bases[MAX_BASES];
  guint count = 0;

  for (guint i = 0; i < context->locals->len && count < MAX_BASES; i++)
    {
      const FloeCandidate *local = &g_array_index (context->locals, FloeCandidate, i);
      FloeStunAddress base;

      if (local->type != FLOE_ICE_CANDIDATE_TYPE_SRFLX || local->transport != FLOE_CANDIDATE_UDP
          || !floe_stun_address_from_text (local->related_address, &base)
          || base.size != FLOE_STUN_IPV4_SIZE || has_text (bases, count, local->related_address)
          || !is_ours (context, local->related_address))
        continue;
      bases[count++] = local->related_address;
    }
  if (count > 0)
    return g_strdup (bases[turn % count]);
  return fallback != NULL && is_ours (context, fallback) ? g_strdup (fallback) : NULL;
}

gboolean
floe_tactic_path_is_target (const FloeCandidate *remote, FloeStunAddress *to)
{
  if (remote->transport != FLOE_CANDIDATE_UDP || remote->component != 1
      || remote->type == FLOE_ICE_CANDIDATE_TYPE_RELAY || remote->port == 0
      || !floe_stun_address_from_text (remote->address, to) || to->size != FLOE_STUN_IPV4_SIZE)
    return FALSE;
  to->port = remote->port;
  return floe_probe_target_is_public (to);
}
