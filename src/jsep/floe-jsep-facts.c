/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-jsep-facts-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-jsep-sections-private.h"
#include "floe-log-private.h"
#include "floe-sdp-text-private.h"

#define DEFAULT_MAX_MESSAGE_SIZE 65536 /* RFC 8841 section 6.1: "64K" when absent */
#define MIN_UFRAG 4                    /* RFC 8839 section 5.4 */
#define MIN_PWD 22                     /* RFC 8839 section 5.4 */

void
floe_jsep_remote_copy (FloeJsepRemote *out, const FloeJsepRemote *remote)
{
  *out = *remote;
  out->fingerprints = g_strdupv (remote->fingerprints);
}

void
floe_jsep_remote_clear (FloeJsepRemote *remote)
{
  g_clear_pointer (&remote->fingerprints, g_strfreev);
}

void
floe_jsep_facts_clear (FloeJsepFacts *facts)
{
  floe_jsep_remote_clear (&facts->remote);
  g_clear_pointer (&facts->candidates, g_array_unref);
}

gboolean
floe_jsep_has_candidate (GArray *candidates, const FloeCandidate *candidate)
{
  for (guint i = 0; i < candidates->len; i++)
    if (floe_candidate_is_same_address (&g_array_index (candidates, FloeCandidate, i), candidate))
      return TRUE;
  return FALSE;
}

gboolean
floe_jsep_is_usable (const FloeCandidate *candidate)
{
  return candidate->transport != FLOE_CANDIDATE_OTHER && candidate->component == 1;
}

static gboolean
fail_syntax (GError **error, const char *attribute)
{
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR,
               "The session description does not parse: a=%s is malformed", attribute);
  return FALSE;
}

static gboolean
fail_access (GError **error, const char *what)
{
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
               "The session description can't be used: its data section %s", what);
  return FALSE;
}

static gboolean
read_credentials (FloeJsepRemote *remote, const FloeSdp *sdp, guint index, GError **error)
{
  const char *ufrag = floe_jsep_get_inherited (sdp, index, "ice-ufrag");
  const char *pwd = floe_jsep_get_inherited (sdp, index, "ice-pwd");

  if (ufrag == NULL || pwd == NULL)
    return fail_access (error, "has no a=ice-ufrag or no a=ice-pwd");
  if (!floe_sdp_is_ice_string (ufrag, MIN_UFRAG, FLOE_UFRAG_SIZE - 1))
    return fail_syntax (error, "ice-ufrag");
  if (!floe_sdp_is_ice_string (pwd, MIN_PWD, FLOE_PWD_SIZE - 1))
    return fail_syntax (error, "ice-pwd");
  g_strlcpy (remote->ufrag, ufrag, sizeof remote->ufrag);
  g_strlcpy (remote->pwd, pwd, sizeof remote->pwd);
  return TRUE;
}

/* RFC 8122 section 5: those of the media level replace those of the session level. */
static gboolean
read_fingerprints (FloeJsepRemote *remote, const FloeSdp *sdp, guint index, GError **error)
{
  const FloeSdpSection *holder = floe_jsep_find_holder (sdp, index, "fingerprint");
  g_autoptr (GPtrArray) fingerprints = g_ptr_array_new_with_free_func (g_free);
  const char *value;
  guint position = 0;

  if (holder == NULL)
    return fail_access (error, "has no a=fingerprint");
  while ((value = floe_sdp_section_next_attribute (holder, "fingerprint", &position)) != NULL)
    {
      if (!floe_sdp_is_fingerprint (value))
        return fail_syntax (error, "fingerprint");
      if (fingerprints->len == FLOE_MAX_FINGERPRINTS)
        return fail_access (error, "has more than 16 a=fingerprint");
      g_ptr_array_add (fingerprints, g_strdup (value));
    }
  g_ptr_array_add (fingerprints, NULL);
  remote->fingerprints = (char **) g_ptr_array_steal (fingerprints, NULL);
  return TRUE;
}

/* RFC 4145 section 4: "The default value of the setup attribute in an offer/answer exchange is
 * 'active' in the offer and 'passive' in the answer." */
static gboolean
read_setup (FloeJsepSetup *out, const FloeSdp *sdp, guint index, gboolean is_offer, GError **error)
{
  const char *value = floe_jsep_get_inherited (sdp, index, "setup");

  if (value == NULL)
    value = is_offer ? "active" : "passive";
  if (strcmp (value, "active") == 0)
    *out = FLOE_JSEP_SETUP_ACTIVE;
  else if (strcmp (value, "passive") == 0)
    *out = FLOE_JSEP_SETUP_PASSIVE;
  else if (strcmp (value, "actpass") == 0 && is_offer)
    *out = FLOE_JSEP_SETUP_ACTPASS;
  else if (strcmp (value, "actpass") == 0 || strcmp (value, "holdconn") == 0)
    return fail_access (error, "leaves open who starts DTLS: a=setup must be active or passive");
  else
    return fail_syntax (error, "setup");
  return TRUE;
}

static gboolean
read_sctp (FloeJsepRemote *remote, const FloeSdpSection *section, GError **error)
{
  const char *size = floe_sdp_section_get_attribute (section, "max-message-size");

  if (!floe_jsep_read_sctp_port (section, &remote->sctp_port))
    return fail_syntax (error, "sctp-port");
  remote->max_message_size = DEFAULT_MAX_MESSAGE_SIZE;
  if (size == NULL || floe_sdp_parse_number (size, G_MAXUINT64, &remote->max_message_size))
    return TRUE;
  /* More digits than a number of ours holds: larger than any message. */
  if (*size == '\0' || size[strspn (size, "0123456789")] != '\0')
    return fail_syntax (error, "max-message-size");
  remote->max_message_size = G_MAXUINT64;
  return TRUE;
}

/* RFC 8839 section 5.6 parts options by spaces; libdatachannel writes a comma. */
static gboolean
has_trickle_option (const FloeSdpSection *section)
{
  const char *value = floe_sdp_section_get_attribute (section, "ice-options");
  g_auto (GStrv) options = value != NULL ? g_strsplit_set (value, " ,", -1) : NULL;

  return options != NULL && g_strv_contains ((const char *const *) options, "trickle");
}

/* A hint: one that does not parse is no reason to refuse the description. */
static void
read_nat (FloeJsepFacts *facts, const FloeSdp *sdp)
{
  const char *value = floe_sdp_section_get_attribute (sdp->session, FLOE_NAT_SUMMARY_ATTRIBUTE);
  g_autoptr (GError) error = NULL;

  if (value == NULL)
    return;
  facts->has_nat =
      floe_nat_summary_parse (&facts->nat, value, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE, &error);
  if (!facts->has_nat)
    floe_debug (FLOE_LOG_JSEP, "%s", error->message);
}

/* A description may have been completed by candidates that came later than what the session says;
 * of two candidates the later one counts. */
static void
take_nat (FloeJsepFacts *facts, const FloeCandidate *candidate)
{
  if (!candidate->has_nat)
    return;
  facts->has_nat = TRUE;
  facts->nat = candidate->nat;
}

/* The candidates of one section; those of another generation are skipped, and so are those beyond
 * the bound. */
static gboolean
read_candidates (FloeJsepFacts *facts, const FloeSdpSection *section, GError **error)
{
  const char *value;
  guint position = 0;

  while ((value = floe_sdp_section_next_attribute (section, "candidate", &position)) != NULL)
    {
      const char *line = section->lines->pdata[position - 1];
      g_autoptr (GError) local_error = NULL;
      FloeCandidate candidate;

      if (!floe_candidate_parse (&candidate, line, &local_error))
        {
          g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR,
                               local_error->message);
          return FALSE;
        }
      if (candidate.ufrag[0] != '\0' && strcmp (candidate.ufrag, facts->remote.ufrag) != 0)
        continue;
      take_nat (facts, &candidate);
      if (floe_jsep_is_usable (&candidate)
          && facts->candidates->len < FLOE_MAX_DESCRIPTION_CANDIDATES
          && !floe_jsep_has_candidate (facts->candidates, &candidate))
        g_array_append_val (facts->candidates, candidate);
    }
  if (floe_sdp_section_get_attribute (section, "end-of-candidates") != NULL)
    facts->end_of_candidates = TRUE;
  return TRUE;
}

/* RFC 8839 section 4.2.1: in a bundle the candidates may be with the tagged section only. */
static gboolean
read_all_candidates (FloeJsepFacts *facts, const FloeSdp *sdp, guint index, GError **error)
{
  facts->candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  facts->end_of_candidates =
      floe_sdp_section_get_attribute (sdp->session, "end-of-candidates") != NULL;
  for (guint i = 0; i < sdp->media->len; i++)
    if (floe_jsep_share_transport (sdp, index, i)
        && !read_candidates (facts, floe_sdp_get_media (sdp, i), error))
      return FALSE;
  return TRUE;
}

gboolean
floe_jsep_facts_read (FloeJsepFacts *out, const FloeSdp *sdp, gboolean is_offer, GError **error)
{
  g_auto (FloeJsepFacts) facts = { .data_index = floe_jsep_find_data (sdp) };
  guint index = (guint) facts.data_index;
  const FloeSdpSection *section;

  read_nat (&facts, sdp);
  if (facts.data_index < 0)
    {
      *out = facts;
      return TRUE;
    }
  section = floe_sdp_get_media (sdp, index);
  if (!read_credentials (&facts.remote, sdp, index, error)
      || !read_fingerprints (&facts.remote, sdp, index, error)
      || !read_setup (&facts.setup, sdp, index, is_offer, error)
      || !read_sctp (&facts.remote, section, error)
      || !read_all_candidates (&facts, sdp, index, error))
    return FALSE;
  facts.remote.ice_lite = floe_sdp_section_get_attribute (sdp->session, "ice-lite") != NULL;
  facts.remote.trickle = has_trickle_option (sdp->session) || has_trickle_option (section);
  *out = facts;
  facts = (FloeJsepFacts){ 0 }; /* handed over */
  return TRUE;
}
