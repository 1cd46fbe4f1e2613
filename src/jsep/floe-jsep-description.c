/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-jsep-description-private.h"

#include <string.h>

#define DISCARD_PORT 9 /* RFC 8840 section 4.1.1: the port while there is no candidate */

FloeJsepDescription *
floe_jsep_description_new (FloeSdpType type, FloeSdp *sdp, int data_index, FloeJsepSetup setup)
{
  FloeJsepDescription *self = g_rc_box_new0 (FloeJsepDescription);

  self->type = type;
  self->sdp = sdp;
  self->data_index = data_index;
  self->setup = setup;
  return self;
}

FloeJsepDescription *
floe_jsep_description_ref (FloeJsepDescription *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_description (gpointer data)
{
  FloeJsepDescription *self = data;

  floe_sdp_free (self->sdp);
}

void
floe_jsep_description_unref (FloeJsepDescription *self)
{
  g_rc_box_release_full (self, clear_description);
}

/* How likely a candidate of the type works with a peer that knows nothing of ICE. RFC 8839 section
 * 4.2.1.2: relayed, else reflexive, else host candidates. */
static guint
rank_default (const FloeCandidate *candidate)
{
  static const guint ranks[] = {
    [FLOE_ICE_CANDIDATE_TYPE_HOST] = 1,
    [FLOE_ICE_CANDIDATE_TYPE_SRFLX] = 2,
    [FLOE_ICE_CANDIDATE_TYPE_RELAY] = 3,
    [FLOE_ICE_CANDIDATE_TYPE_PRFLX] = 0,
  };
  gboolean is_ip6 = strchr (candidate->address, ':') != NULL;

  if (candidate->transport != FLOE_CANDIDATE_UDP || candidate->component != 1
      || !floe_candidate_has_literal_address (candidate))
    return 0;
  return 2 * ranks[candidate->type] - (is_ip6 && ranks[candidate->type] > 0 ? 1 : 0);
}

static const FloeCandidate *
find_default (GArray *candidates)
{
  const FloeCandidate *best = NULL;
  guint best_rank = 0;

  for (guint i = 0; i < candidates->len; i++)
    {
      const FloeCandidate *candidate = &g_array_index (candidates, FloeCandidate, i);
      guint rank = rank_default (candidate);

      if (rank > best_rank)
        {
          best = candidate;
          best_rank = rank;
        }
    }
  return best;
}

/* RFC 8829 section 5.2.2: "m=" and "c=" have the default candidate once there is one. */
static void
set_default (FloeSdpSection *section, const FloeCandidate *candidate)
{
  gboolean is_ip6 = strchr (candidate->address, ':') != NULL;

  section->port = candidate->port;
  for (guint i = 0; i < section->lines->len; i++)
    {
      char **line = (char **) &section->lines->pdata[i];

      if ((*line)[0] != 'c')
        continue;
      g_free (*line);
      *line = g_strdup_printf ("c=IN %s %s", is_ip6 ? "IP6" : "IP4", candidate->address);
    }
}

char *
floe_jsep_description_to_text (const FloeJsepDescription *self, GArray *candidates,
                               gboolean is_complete, gboolean hides_default)
{
  g_autoptr (FloeSdp) sdp = floe_sdp_copy (self->sdp);
  const FloeCandidate *best = hides_default ? NULL : find_default (candidates);
  FloeSdpSection *section;

  if (self->data_index < 0)
    return floe_sdp_serialize (sdp);
  section = floe_sdp_get_media (sdp, (guint) self->data_index);
  if (best != NULL)
    set_default (section, best);
  for (guint i = 0; i < candidates->len; i++)
    {
      g_autofree char *text =
          floe_candidate_serialize (&g_array_index (candidates, FloeCandidate, i));

      floe_sdp_section_add (section, "a=%s", text);
    }
  if (is_complete)
    floe_sdp_section_add (section, "a=end-of-candidates");
  return floe_sdp_serialize (sdp);
}

/* Returns: (transfer full): the text without what changes while candidates come in. */
static char *
serialize_constant_part (const FloeSdp *sdp)
{
  g_autoptr (FloeSdp) copy = floe_sdp_copy (sdp);

  for (guint i = 0; i < copy->media->len; i++)
    {
      FloeSdpSection *section = floe_sdp_get_media (copy, i);

      floe_sdp_section_remove (section, 'a', "candidate");
      floe_sdp_section_remove (section, 'a', "end-of-candidates");
      floe_sdp_section_remove (section, 'c', NULL);
      if (section->port != 0)
        section->port = DISCARD_PORT;
    }
  return floe_sdp_serialize (copy);
}

gboolean
floe_jsep_description_matches (const FloeJsepDescription *self, const char *text)
{
  g_autoptr (FloeSdp) other = floe_sdp_parse (text, NULL);
  g_autofree char *own_text = serialize_constant_part (self->sdp);
  g_autofree char *other_text = other != NULL ? serialize_constant_part (other) : NULL;

  return g_strcmp0 (own_text, other_text) == 0;
}
