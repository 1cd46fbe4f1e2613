/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sdp-text-private.h"

#include <string.h>

#define MAX_HASH_NAME 32
#define MAX_DIGEST_SIZE 64       /* octets: SHA-512's */
#define MAX_DOMAIN_NAME 253      /* RFC 1035 section 2.3.4, as text without the root's dot */
#define MAX_DOMAIN_NAME_LABEL 63 /* RFC 1035 section 2.3.4 */

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`{|}~", c) != NULL);
}

gboolean
floe_sdp_is_token (const char *text, gsize max_length)
{
  gsize length = 0;

  while (length <= max_length && is_token_char (text[length]))
    length++;
  return length >= 1 && length <= max_length && text[length] == '\0';
}

gboolean
floe_sdp_is_ice_string (const char *text, gsize min_length, gsize max_length)
{
  gsize length = 0;

  while (length <= max_length
         && (g_ascii_isalnum (text[length]) || text[length] == '+' || text[length] == '/'))
    length++;
  return length >= min_length && length <= max_length && text[length] == '\0';
}

gboolean
floe_sdp_parse_number (const char *text, guint64 max, guint64 *out)
{
  guint64 value = 0;

  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    {
      guint64 digit;

      if (!g_ascii_isdigit (*text))
        return FALSE;
      digit = (guint64) g_ascii_digit_value (*text);
      if (value > (max - digit) / 10 || digit > max)
        return FALSE;
      value = value * 10 + digit;
    }
  *out = value;
  return TRUE;
}

gboolean
floe_sdp_is_fingerprint (const char *text)
{
  const char *space = strchr (text, ' ');
  g_autofree char *hash = space != NULL ? g_strndup (text, (gsize) (space - text)) : NULL;
  const char *octet;

  if (hash == NULL || !floe_sdp_is_token (hash, MAX_HASH_NAME))
    return FALSE;
  octet = space + 1;
  for (guint i = 0; i < MAX_DIGEST_SIZE; i++, octet += 3)
    {
      if (!g_ascii_isxdigit (octet[0]) || !g_ascii_isxdigit (octet[1]))
        return FALSE;
      if (octet[2] == '\0')
        return TRUE;
      if (octet[2] != ':')
        return FALSE;
    }
  return FALSE;
}

static gboolean
is_domain_name (const char *text)
{
  gsize label = 0;

  if (strlen (text) > MAX_DOMAIN_NAME)
    return FALSE;
  for (; *text != '\0'; text++)
    {
      if (*text == '.' && label == 0)
        return FALSE;
      if (*text != '.' && !g_ascii_isalnum (*text) && *text != '-' && *text != '_')
        return FALSE;
      label = *text == '.' ? 0 : label + 1;
      if (label > MAX_DOMAIN_NAME_LABEL)
        return FALSE;
    }
  return label > 0;
}

gboolean
floe_sdp_is_address (const char *text)
{
  if (g_hostname_is_ip_address (text))
    return strchr (text, '%') == NULL;
  /* What consists of digits and dots was meant as an IPv4 literal and is a wrong one. */
  if (text[strspn (text, "0123456789.")] == '\0')
    return FALSE;
  return is_domain_name (text);
}
