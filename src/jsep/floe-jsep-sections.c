/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-jsep-sections-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-sdp-text-private.h"

#define MAX_MID 255 /* bytes; browsers write one to three */
#define BUNDLE "BUNDLE "

const char *
floe_jsep_get_mid (const FloeSdp *sdp, guint index)
{
  return floe_sdp_section_get_attribute (floe_sdp_get_media (sdp, index), "mid");
}

int
floe_jsep_find_mid (const FloeSdp *sdp, const char *mid)
{
  for (guint i = 0; i < sdp->media->len; i++)
    if (g_strcmp0 (floe_jsep_get_mid (sdp, i), mid) == 0)
      return (int) i;
  return -1;
}

gboolean
floe_jsep_check_mids (const FloeSdp *sdp, GError **error)
{
  for (guint i = 0; i < sdp->media->len; i++)
    {
      const char *mid = floe_jsep_get_mid (sdp, i);

      if (mid == NULL)
        continue;
      if (!floe_sdp_is_token (mid, MAX_MID))
        {
          g_set_error (error, FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR,
                       "The a=mid of media section %u is not a token of at most 255 characters", i);
          return FALSE;
        }
      if (floe_jsep_find_mid (sdp, mid) != (int) i)
        {
          g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                       "Two media sections of the description have the same a=mid \"%s\"", mid);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
floe_jsep_is_rejected (const FloeSdpSection *section)
{
  return section->port == 0 && floe_sdp_section_get_attribute (section, "bundle-only") == NULL;
}

gboolean
floe_jsep_is_old_style (const FloeSdpSection *section)
{
  return g_ascii_strcasecmp (section->protocol, "DTLS/SCTP") == 0;
}

/* "a=sctpmap:5000 webrtc-datachannel 1024", where 5000 is the format of the "m=" line. */
static gboolean
has_data_channel_map (const FloeSdpSection *section)
{
  const char *value = floe_sdp_section_get_attribute (section, "sctpmap");
  g_auto (GStrv) words = value != NULL ? g_strsplit (value, " ", 3) : NULL;

  return words != NULL && g_strv_length (words) >= 2 && strcmp (words[0], section->formats[0]) == 0
         && g_ascii_strcasecmp (words[1], "webrtc-datachannel") == 0;
}

static gboolean
has_data_channel_format (const FloeSdpSection *section)
{
  for (guint i = 0; section->formats[i] != NULL; i++)
    if (g_ascii_strcasecmp (section->formats[i], "webrtc-datachannel") == 0)
      return TRUE;
  return FALSE;
}

gboolean
floe_jsep_read_sctp_port (const FloeSdpSection *section, guint16 *port)
{
  const char *text = floe_jsep_is_old_style (section)
                         ? section->formats[0]
                         : floe_sdp_section_get_attribute (section, "sctp-port");
  guint64 value = FLOE_JSEP_DEFAULT_SCTP_PORT;

  if (text != NULL && !floe_sdp_parse_number (text, G_MAXUINT16, &value))
    return FALSE;
  *port = (guint16) value;
  return TRUE;
}

gboolean
floe_jsep_is_data_section (const FloeSdpSection *section)
{
  guint16 sctp_port = FLOE_JSEP_DEFAULT_SCTP_PORT;

  if (g_ascii_strcasecmp (section->media, "application") != 0 || floe_jsep_is_rejected (section))
    return FALSE;
  if (floe_jsep_read_sctp_port (section, &sctp_port) && sctp_port == 0)
    return FALSE;
  if (floe_jsep_is_old_style (section))
    return has_data_channel_map (section);
  return (g_ascii_strcasecmp (section->protocol, "UDP/DTLS/SCTP") == 0
          || g_ascii_strcasecmp (section->protocol, "TCP/DTLS/SCTP") == 0)
         && has_data_channel_format (section);
}

int
floe_jsep_find_data (const FloeSdp *sdp)
{
  for (guint i = 0; i < sdp->media->len; i++)
    if (floe_jsep_is_data_section (floe_sdp_get_media (sdp, i)))
      return (int) i;
  return -1;
}

static gboolean
has_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (;; text++)
    {
      gsize next = strcspn (text, " ");

      if (next == length && strncmp (text, word, length) == 0)
        return TRUE;
      text += next;
      if (*text == '\0')
        return FALSE;
    }
}

/* The mids of the bundle that the section is in, parted by spaces; NULL when it is in none. */
static const char *
find_bundle (const FloeSdp *sdp, guint index)
{
  const char *mid = floe_jsep_get_mid (sdp, index);
  const char *value;
  guint position = 0;

  while (mid != NULL
         && (value = floe_sdp_section_next_attribute (sdp->session, "group", &position)) != NULL)
    if (g_str_has_prefix (value, BUNDLE) && has_word (value + strlen (BUNDLE), mid))
      return value + strlen (BUNDLE);
  return NULL;
}

/* The index of the tagged section, the first one of the bundle (RFC 8843 section 7.2), or -1 when
 * the section is not in a bundle. */
static int
find_tagged (const FloeSdp *sdp, guint index)
{
  const char *mids = find_bundle (sdp, index);
  g_autofree char *tag = mids != NULL ? g_strndup (mids, strcspn (mids, " ")) : NULL;

  return tag != NULL ? floe_jsep_find_mid (sdp, tag) : -1;
}

const FloeSdpSection *
floe_jsep_find_holder (const FloeSdp *sdp, guint index, const char *attribute)
{
  const FloeSdpSection *own = floe_sdp_get_media (sdp, index);
  int tagged;

  if (floe_sdp_section_get_attribute (own, attribute) != NULL)
    return own;
  tagged = find_tagged (sdp, index);
  if (tagged >= 0)
    {
      const FloeSdpSection *other = floe_sdp_get_media (sdp, (guint) tagged);

      if (floe_sdp_section_get_attribute (other, attribute) != NULL)
        return other;
    }
  return floe_sdp_section_get_attribute (sdp->session, attribute) != NULL ? sdp->session : NULL;
}

const char *
floe_jsep_get_inherited (const FloeSdp *sdp, guint index, const char *attribute)
{
  const FloeSdpSection *holder = floe_jsep_find_holder (sdp, index, attribute);

  return holder != NULL ? floe_sdp_section_get_attribute (holder, attribute) : NULL;
}

gboolean
floe_jsep_are_bundled (const FloeSdp *sdp, guint a, guint b)
{
  const char *mids = find_bundle (sdp, a);
  const char *mid = floe_jsep_get_mid (sdp, b);

  return mids != NULL && mid != NULL && has_word (mids, mid);
}

gboolean
floe_jsep_share_transport (const FloeSdp *sdp, guint a, guint b)
{
  static const char *const credentials[] = { "ice-ufrag", "ice-pwd" };

  if (a == b)
    return TRUE;
  if (!floe_jsep_are_bundled (sdp, a, b))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (credentials); i++)
    if (g_strcmp0 (floe_jsep_get_inherited (sdp, a, credentials[i]),
                   floe_jsep_get_inherited (sdp, b, credentials[i]))
        != 0)
      return FALSE;
  return TRUE;
}
