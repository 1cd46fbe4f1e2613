/* SPDX-License-Identifier: MPL-2.0 */
/* Candidates that come one by one (RFC 8838, W3C addIceCandidate). */
#include <floe/floe-error.h>

#include "floe-jsep-object-private.h"
#include "floe-jsep-sections-private.h"

#define MAX_LOCAL_CANDIDATES 100

void
floe_jsep_add_local_candidate (FloeJsep *self, const FloeCandidate *candidate)
{
  self->is_gathered = candidate == NULL;
  if (candidate == NULL)
    return;
  /* A long connection looks for better paths again and again: what is old is of no use any more. */
  if (self->local_candidates->len >= MAX_LOCAL_CANDIDATES)
    g_array_remove_index (self->local_candidates, 0);
  g_array_append_val (self->local_candidates, *candidate);
}

/* W3C addIceCandidate, step 4: the mid counts when both are given. */
static gboolean
find_section (const FloeJsepDescription *description, const char *sdp_mid, int sdp_mline_index,
              int *index, GError **error)
{
  /* pion sends an empty mid beside the index that counts; no section has an empty mid. */
  gboolean has_mid = sdp_mid != NULL && *sdp_mid != '\0';

  *index = has_mid ? floe_jsep_find_mid (description->sdp, sdp_mid) : sdp_mline_index;
  if (*index >= 0 && (guint) *index < description->sdp->media->len)
    return TRUE;
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                       "The remote description has no media section with the candidate's "
                       "sdp_mid or sdp_mline_index");
  return FALSE;
}

/* Whether the ufrag, when there is one, is that of the section. */
static gboolean
check_ufrag (const FloeJsepDescription *description, int index, const char *ufrag, GError **error)
{
  if (ufrag == NULL || *ufrag == '\0'
      || g_strcmp0 (floe_jsep_get_inherited (description->sdp, (guint) index, "ice-ufrag"), ufrag)
             == 0)
    return TRUE;
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                       "The candidate's username fragment is not the one of the remote "
                       "description: it belongs to another exchange");
  return FALSE;
}

gboolean
floe_jsep_keep_candidate (FloeJsep *self, const FloeCandidate *candidate)
{
  if (!floe_jsep_is_usable (candidate)
      || self->remote_candidates->len >= FLOE_JSEP_MAX_REMOTE_CANDIDATES
      || floe_jsep_has_candidate (self->remote_candidates, candidate))
    return FALSE;
  g_array_append_val (self->remote_candidates, *candidate);
  return TRUE;
}

/* Shows in the section that the candidate, or the end of them, came. */
static void
show_candidate (FloeSdpSection *section, const FloeCandidate *candidate)
{
  g_autofree char *text = candidate != NULL ? floe_candidate_serialize (candidate) : NULL;

  if (text != NULL)
    floe_sdp_section_add (section, "a=%s", text);
  else if (floe_sdp_section_get_attribute (section, "end-of-candidates") == NULL)
    floe_sdp_section_add (section, "a=end-of-candidates");
}

gboolean
floe_jsep_add_remote_candidate (FloeJsep *self, const FloeCandidate *candidate, const char *sdp_mid,
                                int sdp_mline_index, const char *ufrag, gboolean *is_used,
                                GError **error)
{
  FloeJsepDescription *description = floe_jsep_get_latest (self, FLOE_JSEP_REMOTE);
  int index;

  if (description == NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "There is no remote description yet: apply it before candidates");
      return FALSE;
    }
  if (sdp_mid == NULL && sdp_mline_index < 0)
    {
      if (candidate != NULL)
        {
          g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                               "A candidate needs sdp_mid or sdp_mline_index");
          return FALSE;
        }
      /* W3C: the end of candidates without a section is that of all sections. */
      sdp_mline_index = MAX (description->data_index, 0);
    }
  if (ufrag == NULL && candidate != NULL)
    ufrag = candidate->ufrag;
  if (!find_section (description, sdp_mid, sdp_mline_index, &index, error)
      || !check_ufrag (description, index, ufrag, error))
    return FALSE;

  if (candidate != NULL && candidate->has_nat)
    {
      self->has_remote_nat = TRUE;
      self->remote_nat = candidate->nat;
    }
  *is_used = description->data_index >= 0
             && floe_jsep_share_transport (description->sdp, (guint) description->data_index,
                                           (guint) index);
  if (candidate != NULL)
    *is_used = *is_used && floe_jsep_keep_candidate (self, candidate);
  if (*is_used)
    show_candidate (floe_sdp_get_media (description->sdp, (guint) index), candidate);
  return TRUE;
}
