/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-jsep-private.h"

#include <floe/floe-error.h>

#include "floe-jsep-object-private.h"
#include "floe-jsep-sections-private.h"
#include "floe-jsep-writer-private.h"

FloeJsep *
floe_jsep_new (const FloeJsepIdentity *identity)
{
  FloeJsep *self = g_new0 (FloeJsep, 1);

  self->identity = *identity;
  self->identity.ufrag = g_strdup (identity->ufrag);
  self->identity.pwd = g_strdup (identity->pwd);
  self->identity.fingerprint = g_strdup (identity->fingerprint);
  self->identity.nat = g_memdup2 (identity->nat, sizeof *identity->nat);
  self->signaling_state = FLOE_SIGNALING_STATE_STABLE;
  self->negotiated_index = -1;
  self->remote_candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  self->local_candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  return self;
}

void
floe_jsep_free (FloeJsep *self)
{
  g_free ((char *) self->identity.ufrag);
  g_free ((char *) self->identity.pwd);
  g_free ((char *) self->identity.fingerprint);
  g_free ((FloeNatSummary *) self->identity.nat);
  for (guint side = 0; side < FLOE_JSEP_N_SIDES; side++)
    {
      g_clear_pointer (&self->current[side], floe_jsep_description_unref);
      g_clear_pointer (&self->pending[side], floe_jsep_description_unref);
    }
  g_clear_pointer (&self->created_offer, floe_jsep_description_unref);
  g_clear_pointer (&self->created_answer, floe_jsep_description_unref);
  floe_jsep_remote_clear (&self->remote);
  g_array_unref (self->remote_candidates);
  g_array_unref (self->local_candidates);
  g_free (self);
}

void
floe_jsep_actions_clear (FloeJsepActions *actions)
{
  floe_jsep_remote_clear (&actions->remote);
  g_clear_pointer (&actions->candidates, g_array_unref);
}

FloeSignalingState
floe_jsep_get_signaling_state (const FloeJsep *self)
{
  return self->signaling_state;
}

void
floe_jsep_want_data (FloeJsep *self)
{
  self->wants_data = TRUE;
}

void
floe_jsep_set_local_nat (FloeJsep *self, const FloeNatSummary *summary)
{
  FloeNatSummary *old = (FloeNatSummary *) self->identity.nat;

  self->identity.nat = g_memdup2 (summary, sizeof *summary);
  g_free (old);
}

gboolean
floe_jsep_get_remote_nat (const FloeJsep *self, FloeNatSummary *out)
{
  if (self->has_remote_nat)
    *out = self->remote_nat;
  return self->has_remote_nat;
}

gboolean
floe_jsep_is_negotiation_needed (const FloeJsep *self)
{
  if (!self->wants_data || self->negotiated_index >= 0)
    return FALSE;
  for (guint side = 0; side < FLOE_JSEP_N_SIDES; side++)
    if (self->pending[side] != NULL && self->pending[side]->data_index >= 0)
      return FALSE;
  return TRUE;
}

/* RFC 8829 section 5.2.2: the version rises by one when the text differs from that of the local
 * description before. */
static void
set_version (const FloeJsep *self, FloeJsepDescription *created)
{
  const FloeJsepDescription *last = floe_jsep_get_latest (self, FLOE_JSEP_LOCAL);
  g_autofree char *text = NULL;
  g_autofree char *last_text = NULL;

  if (last == NULL)
    return;
  created->version = last->version;
  floe_jsep_write_version (created->sdp, &self->identity, created->version);
  text = floe_sdp_serialize (created->sdp);
  last_text = floe_sdp_serialize (last->sdp);
  if (g_strcmp0 (text, last_text) != 0)
    floe_jsep_write_version (created->sdp, &self->identity, ++created->version);
}

char *
floe_jsep_create_offer (FloeJsep *self, GError **error)
{
  const FloeJsepDescription *current = self->current[FLOE_JSEP_LOCAL];
  int data_index;
  FloeSdp *sdp;

  if (self->signaling_state != FLOE_SIGNALING_STATE_STABLE
      && self->signaling_state != FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "An offer can't be made while a remote offer waits for its answer");
      return NULL;
    }
  sdp = floe_jsep_write_offer (&self->identity, current != NULL ? current->sdp : NULL,
                               self->negotiated_index, self->wants_data, &data_index);
  if (sdp->media->len > FLOE_SDP_MAX_MEDIA)
    {
      floe_sdp_free (sdp);
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                           "The session has no room for one more media section");
      return NULL;
    }
  g_clear_pointer (&self->created_offer, floe_jsep_description_unref);
  self->created_offer =
      floe_jsep_description_new (FLOE_SDP_TYPE_OFFER, sdp, data_index, FLOE_JSEP_SETUP_ACTPASS);
  set_version (self, self->created_offer);
  return floe_jsep_description_to_text (self->created_offer, self->local_candidates,
                                        self->is_gathered, self->identity.hides_default);
}

/* RFC 8842 section 5.3: an answerer that may choose "SHOULD" be active, which saves half a round
 * trip; section 5.5: an association that is there keeps its roles. */
static FloeJsepSetup
choose_setup (const FloeJsep *self, const FloeJsepDescription *offer)
{
  if (self->dtls_role == FLOE_JSEP_ROLE_SERVER)
    return FLOE_JSEP_SETUP_PASSIVE;
  if (self->dtls_role == FLOE_JSEP_ROLE_UNKNOWN && offer->setup == FLOE_JSEP_SETUP_ACTIVE)
    return FLOE_JSEP_SETUP_PASSIVE;
  return FLOE_JSEP_SETUP_ACTIVE;
}

char *
floe_jsep_create_answer (FloeJsep *self, GError **error)
{
  const FloeJsepDescription *offer = self->pending[FLOE_JSEP_REMOTE];
  FloeJsepSetup setup;
  FloeSdp *sdp;

  if (self->signaling_state != FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER
      && self->signaling_state != FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "There is no remote offer to answer: apply one first");
      return NULL;
    }
  setup = choose_setup (self, offer);
  sdp = floe_jsep_write_answer (&self->identity, offer->sdp, offer->data_index, setup);
  g_clear_pointer (&self->created_answer, floe_jsep_description_unref);
  self->created_answer =
      floe_jsep_description_new (FLOE_SDP_TYPE_ANSWER, sdp, offer->data_index, setup);
  set_version (self, self->created_answer);
  return floe_jsep_description_to_text (self->created_answer, self->local_candidates,
                                        self->is_gathered, self->identity.hides_default);
}

gboolean
floe_jsep_get_transport_section (const FloeJsep *self, const char **mid, int *index)
{
  const FloeJsepDescription *candidates[] = { self->pending[FLOE_JSEP_LOCAL],
                                              self->pending[FLOE_JSEP_REMOTE],
                                              self->current[FLOE_JSEP_LOCAL],
                                              self->current[FLOE_JSEP_REMOTE] };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    if (candidates[i] != NULL && candidates[i]->data_index >= 0)
      {
        *index = candidates[i]->data_index;
        *mid = floe_jsep_get_mid (candidates[i]->sdp, (guint) *index);
        return TRUE;
      }
  return FALSE;
}

const char *
floe_jsep_get_remote_ufrag (const FloeJsep *self)
{
  return self->remote.ufrag;
}

char *
floe_jsep_get_description (const FloeJsep *self, FloeJsepSide side, FloeJsepSlot slot,
                           FloeSdpType *type)
{
  const FloeJsepDescription *description =
      slot == FLOE_JSEP_CURRENT ? self->current[side] : self->pending[side];

  if (description == NULL)
    return NULL;
  *type = description->type;
  if (side == FLOE_JSEP_REMOTE)
    return floe_sdp_serialize (description->sdp);
  return floe_jsep_description_to_text (description, self->local_candidates, self->is_gathered,
                                        self->identity.hides_default);
}
