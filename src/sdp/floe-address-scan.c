/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-address-scan-private.h"

#include <string.h>

#define MDNS_DOMAIN ".local" /* RFC 6762 section 3 */
#define MAC_COLONS 5

static gboolean
continues_name (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_';
}

gboolean
floe_address_has_mdns_name (const char *text, gsize size)
{
  const gsize length = strlen (MDNS_DOMAIN);

  for (gsize i = 0; i + length <= size; i++)
    if (text[i] == '.' && g_ascii_strncasecmp (text + i, MDNS_DOMAIN, length) == 0
        && (i + length == size || !continues_name (text[i + length])))
      return TRUE;
  return FALSE;
}

/* Four parts with dots in between, of which the latter three begin with a digit: 192.0.2.1, and
 * 0xc0.0.2.01, which inet_aton() takes for the same. */
static gboolean
has_ipv4 (const char *text, gsize size)
{
  guint dots = 0;

  for (gsize i = 0; i < size; i++)
    {
      if (g_ascii_isalnum (text[i]))
        continue;
      if (text[i] == '.' && i > 0 && g_ascii_isalnum (text[i - 1]) && i + 1 < size
          && g_ascii_isdigit (text[i + 1]))
        dots++;
      else
        dots = 0;
      if (dots == 3)
        return TRUE;
    }
  return FALSE;
}

/* Hexadecimal digits with "::" among them, or with as many colons as a MAC address has, which tells
 * no less; eight groups have seven. Times and ranges (RFC 6236 section 3.1) have two. */
static gboolean
has_ipv6 (const char *text, gsize size)
{
  guint colons = 0;
  gboolean has_digit = FALSE, has_double = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (text[i] == ':')
        {
          colons++;
          has_double = has_double || (i > 0 && text[i - 1] == ':');
        }
      else if (g_ascii_isxdigit (text[i]))
        has_digit = TRUE;
      else if (text[i] != '.')
        {
          colons = 0;
          has_digit = has_double = FALSE;
        }
      if (has_digit && (has_double || colons >= MAC_COLONS))
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_address_scan (const char *text, gsize size)
{
  return floe_address_has_mdns_name (text, size) || has_ipv4 (text, size) || has_ipv6 (text, size);
}

gboolean
floe_address_is_mdns_name (const char *name, gsize size)
{
  const gsize length = strlen (MDNS_DOMAIN);

  if (size > 0 && name[size - 1] == '.') /* the root's dot */
    size--;
  return size >= length && g_ascii_strncasecmp (name + size - length, MDNS_DOMAIN, length) == 0;
}
