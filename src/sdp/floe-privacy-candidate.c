/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-privacy-candidate-private.h"

#include <string.h>

#include "floe-address-scan-private.h"
#include "floe-sdp-text-private.h"

#define PREFIX "candidate:"
#define MAX_TEXT 4096 /* bytes; the longest legal values of what is known fit */
#define MAX_WORDS 64
#define MAX_WORD 256 /* bytes; domain names and user name fragments fit */
#define MAX_TOKEN 64
/* Too short to be the hash of an address: those who number their foundations keep them. */
#define MAX_TELLING_NOTHING 4

enum
{
  WORD_FOUNDATION,
  WORD_COMPONENT,
  WORD_TRANSPORT,
  WORD_PRIORITY,
  WORD_ADDRESS,
  WORD_PORT,
  WORD_TYP,
  WORD_TYPE,
  WORD_EXTENSIONS,
};

typedef enum
{
  TYPE_HOST,
  TYPE_SRFLX,
  TYPE_RELAY,
  TYPE_OTHER, /* what a check found, which nobody signals, and what nobody knows */
} CandidateType;

/* A word of the text, which stays where it is: */
typedef struct
{
  const char *start;
  gsize size;
} Word;

typedef struct
{
  const char *end; /* of the text */
  Word words[MAX_WORDS];
  guint count;
  CandidateType type;
  gboolean is_mdns;  /* its address is a name under .local */
  gboolean has_mdns; /* or has such a name in it: "a.local.1" */
} Text;

/* The extensions that say nothing of the machine. The others are taken out, also those that nobody
 * knows ("An ICE agent MUST ignore any candidate-attribute extensions that it does not understand",
 * RFC 8839 section 5.1, so nothing depends on them). */
static const struct
{
  const char *name;
  FloePrivacyLevel last; /* level at which it is left */
  gboolean is_number;
} innocent_extensions[] = {
  { "tcptype", FLOE_PRIVACY_LEVEL_RELAY_ONLY, FALSE },
  { "generation", FLOE_PRIVACY_LEVEL_RELAY_ONLY, TRUE },
  { "ufrag", FLOE_PRIVACY_LEVEL_RELAY_ONLY, FALSE },
  /* How many interfaces there are and of what kind. Browsers tell that in candidates with hidden
   * addresses, and use it to choose; it takes no part in a path that hides the host. */
  { "network-id", FLOE_PRIVACY_LEVEL_OBFUSCATED, TRUE },
  { "network-cost", FLOE_PRIVACY_LEVEL_OBFUSCATED, TRUE },
};

static gboolean
equals (const Word *word, const char *text)
{
  return word->size == strlen (text) && g_ascii_strncasecmp (word->start, text, word->size) == 0;
}

/* FALSE when there are more than can be a candidate. */
static gboolean
split (Text *self, const char *text, gsize size)
{
  const char *end = text + size;

  self->end = end;
  while (text < end)
    {
      const char *start = text;

      while (text < end && *text != ' ')
        text++;
      if (text > start && self->count == MAX_WORDS)
        return FALSE;
      if (text > start)
        self->words[self->count++] = (Word){ start, (gsize) (text - start) };
      while (text < end && *text == ' ')
        text++;
    }
  return TRUE;
}

static gboolean
is_number (const Word *word, guint64 max)
{
  char text[MAX_TOKEN + 1] = "";
  guint64 value;

  if (word->size > MAX_TOKEN)
    return FALSE;
  memcpy (text, word->start, word->size);
  return floe_sdp_parse_number (text, max, &value);
}

static gboolean
is_token (const Word *word)
{
  char text[MAX_TOKEN + 1] = "";

  if (word->size > MAX_TOKEN)
    return FALSE;
  memcpy (text, word->start, word->size);
  return floe_sdp_is_token (text, MAX_TOKEN) && !floe_address_scan (text, word->size);
}

static gboolean
is_address (const Word *word)
{
  char text[MAX_WORD + 1] = "";

  if (word->size > MAX_WORD)
    return FALSE;
  memcpy (text, word->start, word->size);
  return floe_sdp_is_address (text);
}

static CandidateType
find_type (const Word *word)
{
  if (equals (word, "host"))
    return TYPE_HOST;
  if (equals (word, "srflx"))
    return TYPE_SRFLX;
  return equals (word, "relay") ? TYPE_RELAY : TYPE_OTHER;
}

/* RFC 8839 section 5.1:
 *
 *   candidate-attribute = "candidate" ":" foundation SP component-id SP transport SP priority SP
 *                         connection-address SP port SP cand-type
 *                         [SP rel-addr] [SP rel-port] *(SP cand-extension)
 *
 * Bounds that leak nothing are not asked for: others may know what to do with what exceeds them. A
 * second "typ" is no extension: there are readers that take the last one. */
static gboolean
parse (Text *self, const char *text, gsize size)
{
  const Word *words = self->words;

  if (size > MAX_TEXT || size < strlen (PREFIX) || memcmp (text, PREFIX, strlen (PREFIX)) != 0
      || !split (self, text + strlen (PREFIX), size - strlen (PREFIX)))
    return FALSE;
  /* Each word before "typ" has its place, and each after it is a name or a value. */
  if (self->count < WORD_EXTENSIONS || self->count % 2 != 0)
    return FALSE;
  if (words[0].start != text + strlen (PREFIX) || !is_token (&words[WORD_FOUNDATION])
      || !is_number (&words[WORD_COMPONENT], G_MAXUINT16) || !is_token (&words[WORD_TRANSPORT])
      || !is_number (&words[WORD_PRIORITY], G_MAXUINT64) || !is_address (&words[WORD_ADDRESS])
      || !is_number (&words[WORD_PORT], G_MAXUINT16) || !equals (&words[WORD_TYP], "typ")
      || !is_token (&words[WORD_TYPE]))
    return FALSE;
  for (guint i = WORD_EXTENSIONS; i < self->count; i += 2)
    if (!is_token (&words[i]) || equals (&words[i], "typ"))
      return FALSE;
  self->type = find_type (&words[WORD_TYPE]);
  self->is_mdns = floe_address_is_mdns_name (words[WORD_ADDRESS].start, words[WORD_ADDRESS].size);
  self->has_mdns = floe_address_has_mdns_name (words[WORD_ADDRESS].start, words[WORD_ADDRESS].size);
  return TRUE;
}

static gboolean
is_allowed (const Text *self, FloePrivacyLevel level)
{
  switch (level)
    {
    case FLOE_PRIVACY_LEVEL_OPEN:
    case FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE:
      return TRUE;
    case FLOE_PRIVACY_LEVEL_OBFUSCATED:
      return self->type == TYPE_HOST ? self->is_mdns : self->type != TYPE_OTHER;
    case FLOE_PRIVACY_LEVEL_NO_HOST:
      return !self->has_mdns && (self->type == TYPE_SRFLX || self->type == TYPE_RELAY);
    case FLOE_PRIVACY_LEVEL_RELAY_ONLY:
    default:
      return !self->has_mdns && self->type == TYPE_RELAY;
    }
}

static gboolean
is_innocent (const Word *name, const Word *value, FloePrivacyLevel level)
{
  for (guint i = 0; i < G_N_ELEMENTS (innocent_extensions); i++)
    if (equals (name, innocent_extensions[i].name))
      return level <= innocent_extensions[i].last && value->size <= MAX_WORD
             && !floe_address_scan (value->start, value->size)
             && (!innocent_extensions[i].is_number || is_number (value, G_MAXUINT64));
  return FALSE;
}

/* Appends what stands between *@position and @word, and then @text instead of it. */
static void
replace_word (GString *out, const char **position, const Word *word, const char *text)
{
  g_string_append_len (out, *position, word->start - *position);
  g_string_append (out, text);
  *position = word->start + word->size;
}

/* Candidates have the same foundation when they have the same base (RFC 8445 section 5.1.1.3), and
 * so it is the hash of the base's address with many who make it: with aiortc and older Chromium
 * nothing else that is not known, so that all private addresses can be tried in a moment. What is
 * put in its place is made of what is shown anyway, so that two filtered texts of one candidate
 * agree. A relayed candidate is its own base. */
static void
hide_foundation (GString *out, const char **position, const Text *self)
{
  static const guint shown[] = { WORD_TRANSPORT, WORD_ADDRESS, WORD_TYPE };
  const Word *foundation = &self->words[WORD_FOUNDATION];
  char text[16];
  guint32 hash = 2166136261u; /* FNV-1a */

  if (self->type == TYPE_RELAY || foundation->size <= MAX_TELLING_NOTHING)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    for (gsize j = 0; j < self->words[shown[i]].size; j++)
      hash = (hash ^ (guchar) g_ascii_tolower (self->words[shown[i]].start[j])) * 16777619u;
  g_snprintf (text, sizeof text, "%" G_GUINT32_FORMAT, hash);
  replace_word (out, position, foundation, text);
}

/* RFC 8839 section 5.1: for privacy "the address MUST be set to "0.0.0.0" (for IPv4 candidates) or
 * "::" (for IPv6 candidates), and the port to "9"". */
static void
append_hidden (GString *out, const Text *self, FloePrivacyLevel level)
{
  const Word *address = &self->words[WORD_ADDRESS];
  gboolean is_ipv6 = memchr (address->start, ':', address->size) != NULL;
  const char *position = self->words[0].start;

  hide_foundation (out, &position, self);
  for (guint i = WORD_EXTENSIONS; i < self->count; i += 2)
    {
      const Word *name = &self->words[i], *value = &self->words[i + 1];
      const Word *before = &self->words[i - 1];

      if (equals (name, "raddr"))
        replace_word (out, &position, value, is_ipv6 ? "::" : "0.0.0.0");
      else if (equals (name, "rport"))
        replace_word (out, &position, value, "9");
      else if (!is_innocent (name, value, level))
        {
          g_string_append_len (out, position, before->start + before->size - position);
          position = value->start + value->size;
        }
    }
  g_string_append_len (out, position, self->end - position);
}

gboolean
floe_privacy_append_candidate (GString *out, const char *text, gsize size, FloePrivacyLevel level)
{
  Text parsed = { 0 };

  if (!parse (&parsed, text, size) || !is_allowed (&parsed, level))
    return FALSE;
  if (level <= FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE)
    g_string_append_len (out, text, (gssize) size);
  else
    {
      g_string_append (out, PREFIX);
      append_hidden (out, &parsed, level);
    }
  return TRUE;
}
