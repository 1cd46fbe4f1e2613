/* SPDX-License-Identifier: MPL-2.0 */
/* Applying descriptions (RFC 8829 sections 5.5 to 5.11, W3C webrtc-pc section 4.4.1.5). */
#include <floe/floe-error.h>

#include "floe-jsep-object-private.h"
#include "floe-jsep-sections-private.h"

/* The W3C's diagram of signalling states (webrtc-pc section 4.3.1); what is not here is not
 * allowed. */
static const struct
{
  FloeSignalingState state;
  FloeJsepSide side;
  FloeSdpType type;
  FloeSignalingState next;
} edges[] = {
  { FLOE_SIGNALING_STATE_STABLE, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_OFFER,
    FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER },
  { FLOE_SIGNALING_STATE_STABLE, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_OFFER,
    FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER },
  { FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_OFFER,
    FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER },
  { FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_PRANSWER,
    FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER },
  { FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_ANSWER,
    FLOE_SIGNALING_STATE_STABLE },
  { FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_PRANSWER,
    FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER },
  { FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_ANSWER,
    FLOE_SIGNALING_STATE_STABLE },
  { FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_OFFER,
    FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER },
  { FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_PRANSWER,
    FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER },
  { FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_ANSWER,
    FLOE_SIGNALING_STATE_STABLE },
  { FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_PRANSWER,
    FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER },
  { FLOE_SIGNALING_STATE_HAVE_LOCAL_PRANSWER, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_ANSWER,
    FLOE_SIGNALING_STATE_STABLE },
};

static gboolean
fail (GError **error, FloeError code, const char *message)
{
  g_set_error_literal (error, FLOE_ERROR, (int) code, message);
  return FALSE;
}

static gboolean
find_next_state (const FloeJsep *self, FloeJsepSide side, FloeSdpType type,
                 FloeSignalingState *next, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (edges[i].state == self->signaling_state && edges[i].side == side && edges[i].type == type)
      {
        *next = edges[i].next;
        return TRUE;
      }
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
               "A %s %s can't be applied in the present signalling state",
               side == FLOE_JSEP_LOCAL ? "local" : "remote",
               type == FLOE_SDP_TYPE_OFFER ? "offer" : "answer");
  return FALSE;
}

/* Puts the description where the W3C wants it. Takes no reference of the caller's. */
static void
store_description (FloeJsep *self, FloeJsepSide side, FloeJsepDescription *description,
                   FloeSdpType type)
{
  FloeJsepSide other = side == FLOE_JSEP_LOCAL ? FLOE_JSEP_REMOTE : FLOE_JSEP_LOCAL;

  g_clear_pointer (&self->pending[side], floe_jsep_description_unref);
  if (type != FLOE_SDP_TYPE_ANSWER)
    {
      self->pending[side] = floe_jsep_description_ref (description);
      return;
    }
  g_clear_pointer (&self->current[side], floe_jsep_description_unref);
  g_clear_pointer (&self->current[other], floe_jsep_description_unref);
  self->current[side] = floe_jsep_description_ref (description);
  self->current[other] = g_steal_pointer (&self->pending[other]);
  g_clear_pointer (&self->created_offer, floe_jsep_description_unref);
  g_clear_pointer (&self->created_answer, floe_jsep_description_unref);
}

/* An answer was applied: what was agreed upon. */
static void
complete_exchange (FloeJsep *self, const FloeJsepDescription *answer, FloeJsepActions *actions)
{
  gboolean was_offered = self->current[FLOE_JSEP_LOCAL]->data_index >= 0;

  actions->is_stable = TRUE;
  actions->data_rejected = answer->data_index < 0 && (was_offered || self->negotiated_index >= 0);
  self->negotiated_index = answer->data_index;
  /* The channels end with the rejection; a new one asks for negotiation again. */
  if (actions->data_rejected)
    self->wants_data = FALSE;
}

/* What is the same for both sides. */
static void
commit (FloeJsep *self, FloeJsepSide side, FloeJsepDescription *description, FloeSdpType type,
        FloeSignalingState next, FloeJsepActions *actions)
{
  FloeJsepSetup client = side == FLOE_JSEP_LOCAL ? FLOE_JSEP_SETUP_ACTIVE : FLOE_JSEP_SETUP_PASSIVE;

  store_description (self, side, description, type);
  self->signaling_state = next;
  if (description->data_index >= 0 && !self->has_transport)
    {
      self->has_transport = TRUE;
      /* RFC 8445 section 6.1.1: the one that starts controls, and a lite agent never does. */
      self->is_controlling = side == FLOE_JSEP_LOCAL || (self->has_remote && self->remote.ice_lite);
    }
  if (description->data_index >= 0 && type != FLOE_SDP_TYPE_OFFER)
    self->dtls_role = description->setup == client ? FLOE_JSEP_ROLE_CLIENT : FLOE_JSEP_ROLE_SERVER;
  if (type == FLOE_SDP_TYPE_ANSWER)
    complete_exchange (self, description, actions);
  actions->dtls_role = self->dtls_role;
  actions->is_controlling = self->is_controlling;
}

/* A local description without text is the last one created, or a new one (W3C
 * setLocalDescription, implicit forms). */
static gboolean
ensure_created (FloeJsep *self, FloeSdpType type, GError **error)
{
  g_autofree char *text = NULL;

  if (type == FLOE_SDP_TYPE_OFFER)
    text = self->created_offer == NULL ? floe_jsep_create_offer (self, error) : g_strdup ("");
  else
    text = self->created_answer == NULL ? floe_jsep_create_answer (self, error) : g_strdup ("");
  return text != NULL;
}

static gboolean
apply_local (FloeJsep *self, FloeSdpType type, const char *sdp, FloeSignalingState next,
             FloeJsepActions *out, GError **error)
{
  g_autoptr (FloeJsepDescription) description = NULL;
  gboolean is_implicit = sdp == NULL || *sdp == '\0';
  FloeJsepDescription *created;

  if (is_implicit && !ensure_created (self, type, error))
    return FALSE;
  created = type == FLOE_SDP_TYPE_OFFER ? self->created_offer : self->created_answer;
  if (created == NULL || (!is_implicit && !floe_jsep_description_matches (created, sdp)))
    return fail (error, FLOE_ERROR_INVALID_MODIFICATION,
                 "The local description is not the one that was created last: apply it as it "
                 "came from create_offer or create_answer");

  description = floe_jsep_description_new (type, floe_sdp_copy (created->sdp), created->data_index,
                                           created->setup);
  description->version = created->version;
  *out = (FloeJsepActions){ 0 };
  out->candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  commit (self, FLOE_JSEP_LOCAL, description, type, next, out);
  out->start_gathering = description->data_index >= 0 && !self->is_gathering;
  self->is_gathering |= out->start_gathering;
  return TRUE;
}

/* RFC 8829 section 5.8: "m=" sections never go away, and change their mid only when they were
 * rejected before. RFC 3264 section 6: an answer has the sections of the offer, in its order. */
static gboolean
check_against (const FloeSdp *before, int open_index, const FloeSdp *sdp, gboolean is_answer,
               GError **error)
{
  if (is_answer ? before->media->len != sdp->media->len : before->media->len > sdp->media->len)
    return fail (error, FLOE_ERROR_INVALID_ACCESS,
                 is_answer ? "The answer does not have as many media sections as the offer"
                           : "The offer has fewer media sections than the session");
  for (guint i = 0; i < before->media->len; i++)
    {
      const FloeSdpSection *old_section = floe_sdp_get_media (before, i);
      const FloeSdpSection *section = floe_sdp_get_media (sdp, i);
      const char *old_mid = floe_jsep_get_mid (before, i);
      const char *mid = floe_jsep_get_mid (sdp, i);

      if (!is_answer && (int) i != open_index)
        continue;
      if (g_ascii_strcasecmp (old_section->media, section->media) != 0
          || (old_mid != NULL && mid != NULL && g_strcmp0 (old_mid, mid) != 0))
        {
          g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                       "Media section %u is not the one that it was before: the kind or the "
                       "a=mid differs",
                       i);
          return FALSE;
        }
    }
  return TRUE;
}

/* An answer accepts nothing but what was offered, and in a form that we understand. */
static gboolean
check_accepted (const FloeJsepDescription *offer, const FloeSdp *answer, GError **error)
{
  for (guint i = 0; i < answer->media->len; i++)
    {
      const FloeSdpSection *section = floe_sdp_get_media (answer, i);
      guint16 sctp_port = 0;

      if (section->port == 0
          || ((int) i == offer->data_index && floe_jsep_is_data_section (section)))
        continue;
      if ((int) i == offer->data_index && floe_jsep_read_sctp_port (section, &sctp_port)
          && sctp_port == 0)
        continue;
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                   "The answer accepts media section %u in a form that was not offered", i);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_structure (const FloeJsep *self, const FloeSdp *sdp, gboolean is_answer, GError **error)
{
  const FloeJsepDescription *before =
      is_answer ? self->pending[FLOE_JSEP_LOCAL] : self->current[FLOE_JSEP_LOCAL];

  if (!floe_jsep_check_mids (sdp, error))
    return FALSE;
  if (before != NULL && !check_against (before->sdp, self->negotiated_index, sdp, is_answer, error))
    return FALSE;
  return !is_answer || check_accepted (before, sdp, error);
}

static gboolean
has_fingerprint (const FloeJsepRemote *remote, const char *fingerprint)
{
  for (guint i = 0; remote->fingerprints[i] != NULL; i++)
    if (g_ascii_strcasecmp (remote->fingerprints[i], fingerprint) == 0)
      return TRUE;
  return FALSE;
}

/* What is agreed upon already stays: other credentials are an ICE restart (RFC 8839 section
 * 4.4.1.1.1), another certificate or role is a new DTLS association (RFC 8842 section 5.5). */
static gboolean
check_unchanged (const FloeJsep *self, const FloeJsepFacts *facts, gboolean is_answer,
                 GError **error)
{
  FloeJsepSetup same_role =
      self->dtls_role == FLOE_JSEP_ROLE_CLIENT ? FLOE_JSEP_SETUP_PASSIVE : FLOE_JSEP_SETUP_ACTIVE;

  if (!self->has_remote || facts->data_index < 0)
    return TRUE;
  if (g_strcmp0 (self->remote.ufrag, facts->remote.ufrag) != 0
      || g_strcmp0 (self->remote.pwd, facts->remote.pwd) != 0)
    return fail (error, FLOE_ERROR_NOT_SUPPORTED,
                 "The peer asks for an ICE restart, which is not supported yet");
  for (guint i = 0; facts->remote.fingerprints[i] != NULL; i++)
    if (!has_fingerprint (&self->remote, facts->remote.fingerprints[i]))
      return fail (error, FLOE_ERROR_NOT_SUPPORTED,
                   "The peer has another certificate than before, which needs a new DTLS "
                   "association: not supported");
  if (self->dtls_role != FLOE_JSEP_ROLE_UNKNOWN && facts->setup != FLOE_JSEP_SETUP_ACTPASS
      && facts->setup != same_role)
    return fail (error, FLOE_ERROR_NOT_SUPPORTED,
                 "The peer wants to change its DTLS role, which needs a new DTLS association: "
                 "not supported");
  return TRUE;
}

/* Keeps what is new of the remote transport, and says it. */
static void
take_remote (FloeJsep *self, const FloeJsepFacts *facts, FloeJsepActions *actions)
{
  actions->candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  if (facts->has_nat)
    {
      self->has_remote_nat = actions->has_remote_nat = TRUE;
      self->remote_nat = actions->remote_nat = facts->nat;
    }
  if (facts->data_index < 0)
    return;
  if (!self->has_remote)
    {
      floe_jsep_remote_copy (&self->remote, &facts->remote);
      floe_jsep_remote_copy (&actions->remote, &facts->remote);
      self->has_remote = TRUE;
      actions->has_remote = TRUE;
    }
  for (guint i = 0; i < facts->candidates->len; i++)
    {
      FloeCandidate candidate = g_array_index (facts->candidates, FloeCandidate, i);

      if (floe_jsep_keep_candidate (self, &candidate))
        g_array_append_val (actions->candidates, candidate);
    }
  actions->end_of_candidates = facts->end_of_candidates;
}

static gboolean
apply_remote (FloeJsep *self, FloeSdpType type, const char *text, FloeSignalingState next,
              FloeJsepActions *out, GError **error)
{
  g_autoptr (FloeSdp) sdp = floe_sdp_parse (text != NULL ? text : "", error);
  g_autoptr (FloeJsepDescription) description = NULL;
  g_auto (FloeJsepFacts) facts = { 0 };
  gboolean is_answer = type != FLOE_SDP_TYPE_OFFER;

  if (sdp == NULL || !check_structure (self, sdp, is_answer, error)
      || !floe_jsep_facts_read (&facts, sdp, !is_answer, error)
      || !check_unchanged (self, &facts, is_answer, error))
    return FALSE;

  description =
      floe_jsep_description_new (type, g_steal_pointer (&sdp), facts.data_index, facts.setup);
  *out = (FloeJsepActions){ 0 };
  take_remote (self, &facts, out);
  /* An answer that was made for an earlier offer is no answer to this one. */
  g_clear_pointer (&self->created_answer, floe_jsep_description_unref);
  commit (self, FLOE_JSEP_REMOTE, description, type, next, out);
  return TRUE;
}

gboolean
floe_jsep_apply (FloeJsep *self, FloeJsepSide side, FloeSdpType type, const char *sdp,
                 FloeJsepActions *out, GError **error)
{
  FloeSignalingState next;

  if (type == FLOE_SDP_TYPE_ROLLBACK)
    return fail (error, FLOE_ERROR_NOT_SUPPORTED, "Rollback is not supported yet");
  if (!find_next_state (self, side, type, &next, error))
    return FALSE;
  if (side == FLOE_JSEP_LOCAL)
    return apply_local (self, type, sdp, next, out, error);
  return apply_remote (self, type, sdp, next, out, error);
}
