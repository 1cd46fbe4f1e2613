/* SPDX-License-Identifier: MPL-2.0 */
/* What has to hold of any text that the privacy filter lets pass, found out in another way than the
 * filter does it: by GLib's idea of an address, at every place of a line. For the fuzz target and
 * for the unit test. */
#pragma once

#include <string.h>

#include <floe/floe-privacy.h>

G_BEGIN_DECLS

#define ORACLE_LONGEST_ADDRESS 46 /* INET6_ADDRSTRLEN */

static inline gboolean
oracle_is_unspecified (const char *text)
{
  g_autoptr (GString) digits = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isxdigit (*text))
      g_string_append_c (digits, *text);
  return strspn (digits->str, "0") == digits->len;
}

static inline guint
oracle_count (const char *text, gsize size, char what)
{
  guint count = 0;

  for (gsize i = 0; i < size; i++)
    count += text[i] == what;
  return count;
}

/* An IPv4 or IPv6 literal that stands anywhere in @line, at its longest; or NULL. */
static inline char *
oracle_find_address (const char *line)
{
  gsize size = strlen (line);

  for (gsize begin = 0; begin < size; begin++)
    {
      gsize longest = strspn (line + begin, "0123456789abcdefABCDEF:.");

      /* What no number of digits makes one. */
      if (oracle_count (line + begin, longest, ':') < 2
          && oracle_count (line + begin, longest, '.') < 3)
        {
          begin += longest;
          continue;
        }
      for (gsize n = MIN (longest, ORACLE_LONGEST_ADDRESS); n >= 3; n--)
        {
          g_autofree char *part = g_strndup (line + begin, n);

          if (g_hostname_is_ip_address (part) && !oracle_is_unspecified (part))
            return g_steal_pointer (&part);
        }
    }
  return NULL;
}

static inline gboolean
oracle_has_word (const char *line, const char *word)
{
  g_autofree char *folded = g_ascii_strdown (line, -1);

  return strstr (folded, word) != NULL;
}

/* A name under .local. */
static inline gboolean
oracle_has_mdns_name (const char *line)
{
  g_autofree char *folded = g_ascii_strdown (line, -1);
  const char *found = folded;

  while ((found = strstr (found, ".local")) != NULL)
    {
      found += strlen (".local");
      if (!g_ascii_isalnum (*found) && *found != '-' && *found != '_')
        return TRUE;
    }
  return FALSE;
}

/* What follows "a=candidate:", with one space between words, in small letters. */
static inline char *
oracle_normalize_candidate (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line + strlen ("a=candidate:"), " ", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (text, "%s ", words[i]);
  g_string_ascii_down (text);
  return g_string_free (text, FALSE);
}

/* (nullable): what is wrong with @line, which @level let pass and which is a candidate's. */
static inline const char *
oracle_check_candidate (const char *line, FloePrivacyLevel level)
{
  g_autofree char *text = oracle_normalize_candidate (line);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree char *other = NULL;

  if (level <= FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE)
    return NULL;
  if (strstr (text, " typ host ") != NULL
      && (level > FLOE_PRIVACY_LEVEL_OBFUSCATED || !oracle_has_mdns_name (text)))
    return "a host candidate";
  if (level == FLOE_PRIVACY_LEVEL_RELAY_ONLY && strstr (text, " typ relay ") == NULL)
    return "a candidate that is not relayed";
  if (level >= FLOE_PRIVACY_LEVEL_NO_HOST && oracle_has_mdns_name (text))
    return "an mDNS name";
  if (strstr (text, " floe-") != NULL)
    return "what the NAT is";
  /* The fifth word is the candidate's own address, of the type that it is said to be. */
  if (g_strv_length (words) < 8)
    return "what is no candidate";
  memset (words[4], '-', strlen (words[4]));
  for (guint i = 0; words[i] != NULL && other == NULL; i++)
    other = oracle_find_address (words[i]);
  return other != NULL ? "an address beside the candidate's own" : NULL;
}

static inline gboolean
oracle_is_fingerprint (const char *line)
{
  return g_ascii_strncasecmp (line, "a=fingerprint:", strlen ("a=fingerprint:")) == 0;
}

/* (nullable): what is wrong with @line of a description that @level, not OPEN, let pass. */
static inline const char *
oracle_check_line (const char *line, FloePrivacyLevel level)
{
  g_autofree char *address = NULL;

  if (g_str_has_prefix (line, "a=candidate:"))
    return oracle_check_candidate (line, level);
  if (oracle_has_word (line, "candidate:"))
    return "a candidate that is none";
  if (oracle_is_fingerprint (line))
    return NULL;
  if (level > FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE && g_str_has_prefix (line, "a=floe-nat"))
    return "what the NAT is";
  if (*line != '\0' && strchr ("iuepk", *line) != NULL)
    return "who it is";
  address = oracle_find_address (line);
  return address != NULL || oracle_has_mdns_name (line) ? "an address" : NULL;
}

/* Whether @line is of a kind that the filter may change. */
static inline gboolean
oracle_may_change (const char *line)
{
  return strchr ("oscm", *line) != NULL || g_ascii_strncasecmp (line, "a=rtcp", 6) == 0
         || g_str_has_prefix (line, "a=candidate:");
}

/* TRUE when each line of @after stands in @before, in the same order, or may have been changed. */
static inline gboolean
oracle_is_subsequence (const char *before, const char *after)
{
  g_auto (GStrv) all = g_strsplit_set (before, "\r\n", -1);
  g_auto (GStrv) left = g_strsplit_set (after, "\r\n", -1);
  guint position = 0;

  for (guint i = 0; left[i] != NULL; i++)
    {
      if (*left[i] == '\0' || oracle_may_change (left[i]))
        continue;
      while (all[position] != NULL && strcmp (all[position], left[i]) != 0)
        position++;
      if (all[position++] == NULL)
        return FALSE;
    }
  return TRUE;
}

/* (nullable): what is wrong with @after, which @level let pass of the description @before. */
static inline const char *
oracle_check_sdp (const char *before, const char *after, FloePrivacyLevel level)
{
  g_auto (GStrv) lines = g_strsplit_set (after, "\r\n", -1);

  if (level == FLOE_PRIVACY_LEVEL_OPEN)
    return strcmp (before, after) == 0 ? NULL : "a change at the open level";
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *wrong = oracle_check_line (lines[i], level);

      if (wrong != NULL)
        return wrong;
    }
  return oracle_is_subsequence (before, after) ? NULL : "a line that was not there";
}

G_END_DECLS
