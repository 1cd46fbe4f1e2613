/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-jsep-writer-private.h"

#include <string.h>

#include "floe-jsep-sections-private.h"

#define DISCARD_PORT 9 /* RFC 8840 section 4.1.1: the port while there is no candidate */
#define MAX_MAP 255    /* bytes of an "a=rtpmap" that is repeated */
#define ORIGIN_LINE 1  /* after "v=0" */

static const char *const setup_names[] = {
  [FLOE_JSEP_SETUP_ACTPASS] = "actpass",
  [FLOE_JSEP_SETUP_ACTIVE] = "active",
  [FLOE_JSEP_SETUP_PASSIVE] = "passive",
};

void
floe_jsep_write_version (FloeSdp *sdp, const FloeJsepIdentity *identity, guint64 version)
{
  char **line = (char **) &sdp->session->lines->pdata[ORIGIN_LINE];

  g_free (*line);
  *line = g_strdup_printf ("o=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN IP4 127.0.0.1",
                           identity->session_id, version);
}

/* RFC 8829 section 5.2.1. */
static FloeSdp *
write_session (const FloeJsepIdentity *identity)
{
  FloeSdp *sdp = floe_sdp_new ();

  floe_sdp_section_add (sdp->session, "v=0");
  floe_sdp_section_add (sdp->session, "o=");
  floe_jsep_write_version (sdp, identity, 0);
  floe_sdp_section_add (sdp->session, "s=-");
  floe_sdp_section_add (sdp->session, "t=0 0");
  /* RFC 8840 section 4.1.1. Never "ice2": nomination is aggressive, which RFC 8445 section 10
   * takes from an agent that announces it. */
  if (!identity->is_whole)
    floe_sdp_section_add (sdp->session, "a=ice-options:trickle");
  if (identity->nat != NULL)
    {
      g_autofree char *nat =
          floe_nat_summary_serialize (identity->nat, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE);

      floe_sdp_section_add (sdp->session, "a=" FLOE_NAT_SUMMARY_ATTRIBUTE ":%s", nat);
    }
  return sdp;
}

static void
write_data_section (FloeSdp *sdp, const FloeJsepIdentity *identity, const FloeSdpSection *like,
                    const char *mid, FloeJsepSetup setup)
{
  gboolean is_old_style = like != NULL && floe_jsep_is_old_style (like);
  g_autofree char *port = g_strdup_printf ("%u", FLOE_JSEP_DEFAULT_SCTP_PORT);
  FloeSdpSection *section = floe_sdp_add_media (sdp, "application", DISCARD_PORT,
                                                like != NULL ? like->protocol : "UDP/DTLS/SCTP",
                                                is_old_style ? port : "webrtc-datachannel");

  floe_sdp_section_add (section, "c=IN IP4 0.0.0.0");
  if (mid != NULL)
    floe_sdp_section_add (section, "a=mid:%s", mid);
  floe_sdp_section_add (section, "a=ice-ufrag:%s", identity->ufrag);
  floe_sdp_section_add (section, "a=ice-pwd:%s", identity->pwd);
  floe_sdp_section_add (section, "a=fingerprint:%s", identity->fingerprint);
  floe_sdp_section_add (section, "a=setup:%s", setup_names[setup]);
  if (is_old_style)
    floe_sdp_section_add (section, "a=sctpmap:%s webrtc-datachannel %u", port,
                          identity->max_channels);
  else
    floe_sdp_section_add (section, "a=sctp-port:%s", port);
  floe_sdp_section_add (section, "a=max-message-size:%" G_GUINT64_FORMAT,
                        identity->max_message_size);
}

/* RFC 3264 section 6: port 0 rejects; formats are then ignored, but "at least one MUST be
 * present". One, with what it means, satisfies all parsers. */
static void
write_rejected_section (FloeSdp *sdp, const FloeSdpSection *like, const char *mid)
{
  const char *format = like->formats[0];
  FloeSdpSection *section = floe_sdp_add_media (sdp, like->media, 0, like->protocol, format);
  const char *map;
  guint position = 0;

  floe_sdp_section_add (section, "c=IN IP4 0.0.0.0");
  if (strstr (like->protocol, "RTP/") != NULL)
    floe_sdp_section_add (section, "a=inactive");
  if (mid != NULL)
    floe_sdp_section_add (section, "a=mid:%s", mid);
  while ((map = floe_sdp_section_next_attribute (like, "rtpmap", &position)) != NULL)
    if (g_str_has_prefix (map, format) && map[strlen (format)] == ' ' && strlen (map) <= MAX_MAP)
      {
        floe_sdp_section_add (section, "a=rtpmap:%s", map);
        break;
      }
}

/* A mid that no section has yet: the section's index when it is free. */
static char *
make_mid (const FloeSdp *sdp)
{
  for (guint number = sdp->media->len;; number++)
    {
      g_autofree char *mid = g_strdup_printf ("%u", number);

      if (floe_jsep_find_mid (sdp, mid) < 0)
        return g_steal_pointer (&mid);
    }
}

static void
write_bundle (FloeSdp *sdp, int data_index)
{
  const char *mid = data_index >= 0 ? floe_jsep_get_mid (sdp, (guint) data_index) : NULL;

  if (mid != NULL)
    floe_sdp_section_add (sdp->session, "a=group:BUNDLE %s", mid);
}

FloeSdp *
floe_jsep_write_offer (const FloeJsepIdentity *identity, const FloeSdp *previous, int kept_index,
                       gboolean wants_data, int *data_index)
{
  FloeSdp *sdp = write_session (identity);

  *data_index = kept_index;
  for (guint i = 0; previous != NULL && i < previous->media->len; i++)
    {
      const FloeSdpSection *like = floe_sdp_get_media (previous, i);
      const char *mid = floe_jsep_get_mid (previous, i);

      if ((int) i == kept_index)
        write_data_section (sdp, identity, like, mid, FLOE_JSEP_SETUP_ACTPASS);
      else
        write_rejected_section (sdp, like, mid);
    }
  if (wants_data && kept_index < 0)
    {
      g_autofree char *mid = make_mid (sdp);

      *data_index = (int) sdp->media->len;
      write_data_section (sdp, identity, NULL, mid, FLOE_JSEP_SETUP_ACTPASS);
    }
  write_bundle (sdp, *data_index);
  return sdp;
}

FloeSdp *
floe_jsep_write_answer (const FloeJsepIdentity *identity, const FloeSdp *offer, int data_index,
                        FloeJsepSetup setup)
{
  FloeSdp *sdp = write_session (identity);

  for (guint i = 0; i < offer->media->len; i++)
    {
      const FloeSdpSection *like = floe_sdp_get_media (offer, i);
      const char *mid = floe_jsep_get_mid (offer, i);

      if ((int) i == data_index)
        write_data_section (sdp, identity, like, mid, setup);
      else
        write_rejected_section (sdp, like, mid);
    }
  /* RFC 8843 section 7.3: a group in the answer must have been offered, and has no rejected
   * section. */
  if (data_index >= 0 && floe_jsep_are_bundled (offer, (guint) data_index, (guint) data_index))
    write_bundle (sdp, data_index);
  return sdp;
}
