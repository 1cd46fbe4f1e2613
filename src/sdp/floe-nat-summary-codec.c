/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-summary-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-sdp-text-private.h"

#define VERSION "1"
#define MAX_WORD 16      /* characters of a name, and of what it is set to */
#define MAX_NUMBER 65535 /* there are no more ports */
#define MAX_WORDS 8      /* that one name can be set to */

/* One name: the words by the value that they stand for (NULL: not written), or none for a number.
 */
typedef struct
{
  const char *name;
  gsize offset; /* of a guint or an enum in FloeNatSummary */
  const char *words[MAX_WORDS];
} Field;

#define FIELD(name, member) (name), G_STRUCT_OFFSET (FloeNatSummary, member)
#define ANSWERS                                                                                    \
  {                                                                                                \
    [FLOE_NAT_ANSWER_NO] = "no", [FLOE_NAT_ANSWER_YES] = "yes"                                     \
  }

G_STATIC_ASSERT (sizeof (FloeNatBehaviour) == sizeof (guint));

/* In the order in which they are written. */
static const Field fields[] = {
  { FIELD ("udp", udp), ANSWERS },
  { FIELD ("nat", is_translated), ANSWERS },
  { FIELD ("map", mapping),
    { [FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT] = "ei",
      [FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT] = "ad",
      [FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT] = "apd",
      [FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT] = "ed" } },
  { FIELD ("filter", filtering),
    { [FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT] = "ei",
      [FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT] = "ad",
      [FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT] = "apd" } },
  { FIELD ("alloc", allocation),
    { [FLOE_NAT_ALLOCATION_PORT_PRESERVING] = "keep",
      [FLOE_NAT_ALLOCATION_SEQUENTIAL] = "seq",
      [FLOE_NAT_ALLOCATION_RANDOM] = "random",
      [FLOE_NAT_ALLOCATION_PORT_BLOCK] = "block" } },
  { FIELD ("step", step), { NULL } },
  { FIELD ("pool", pool), { NULL } },
  { FIELD ("poison", poisoning), ANSWERS },
  { FIELD ("sure", confidence),
    { [FLOE_NAT_CONFIDENCE_LOW] = "low",
      [FLOE_NAT_CONFIDENCE_MEDIUM] = "medium",
      [FLOE_NAT_CONFIDENCE_HIGH] = "high" } },
  { FIELD ("punch", punching),
    { [FLOE_PUNCHING_ONE_SIDED] = "yes", [FLOE_PUNCHING_BLOCK] = "block" } },
};

static gboolean
is_number (const Field *field)
{
  for (guint i = 0; i < MAX_WORDS; i++)
    if (field->words[i] != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
fail (GError **error, const char *what, const char *word)
{
  g_autofree char *beginning = g_strndup (word, 40);
  g_autofree char *shown = g_utf8_make_valid (beginning, -1);

  g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
               "What the peer says of its NAT does not parse: %s at \"%s\"", what, shown);
  return FALSE;
}

/* @size characters of a name, or with @may_have_digits of a word. */
static gboolean
is_word (const char *text, gsize size, gboolean may_have_digits)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_islower (text[i]) && !(may_have_digits && g_ascii_isdigit (text[i])))
      return FALSE;
  return size >= 1 && size <= MAX_WORD;
}

/* A word that is not known is one of a later Floe: nothing is known then. */
static gboolean
take_word (FloeNatSummary *summary, const Field *field, const char *word, GError **error)
{
  guint *member = (guint *) G_STRUCT_MEMBER_P (summary, field->offset);
  guint64 number;

  if (is_number (field))
    {
      if (!floe_sdp_parse_number (word, MAX_NUMBER, &number) || number == 0 || *word == '0')
        return fail (error, "a number is not one of 1 to 65535", word);
      *member = (guint) number;
      return TRUE;
    }
  for (guint value = 0; value < MAX_WORDS; value++)
    if (g_strcmp0 (field->words[value], word) == 0)
      *member = value;
  return TRUE;
}

static gboolean
take_item (FloeNatSummary *summary, guint *seen, const char *item, GError **error)
{
  gsize name_size = strcspn (item, "-");
  const char *word = item + name_size + 1;

  if (item[name_size] == '\0' || !is_word (item, name_size, FALSE)
      || !is_word (word, strlen (word), TRUE))
    return fail (error, "no name and word", item);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (strlen (fields[i].name) != name_size || strncmp (fields[i].name, item, name_size) != 0)
        continue;
      if (*seen & (1u << i))
        return fail (error, "this is said twice", item);
      *seen |= 1u << i;
      return take_word (summary, &fields[i], word, error);
    }
  return TRUE;
}

/* What means nothing without something else is not kept: then equal summaries are written alike. */
static FloeNatSummary
normalize (const FloeNatSummary *summary)
{
  FloeNatSummary normal = *summary;

  if (normal.allocation != FLOE_NAT_ALLOCATION_SEQUENTIAL)
    normal.step = 0;
  if (normal.allocation != FLOE_NAT_ALLOCATION_PORT_BLOCK)
    normal.pool = 0;
  normal.step = MIN (normal.step, MAX_NUMBER);
  normal.pool = MIN (normal.pool, MAX_NUMBER);
  return normal;
}

gboolean
floe_nat_summary_parse (FloeNatSummary *out, const char *text, FloeNatSummaryForm form,
                        GError **error)
{
  const char *separator = form == FLOE_NAT_SUMMARY_TOKEN ? "." : " ";
  g_auto (GStrv) items = NULL;
  FloeNatSummary summary = { 0 };
  guint seen = 0;

  if (strlen (text) >= FLOE_NAT_SUMMARY_SIZE)
    return fail (error, "it is longer than 128 bytes", text);
  items = g_strsplit (text, separator, -1);
  if (g_strcmp0 (items[0], VERSION) != 0)
    {
      if (items[0] == NULL || !is_word (items[0], strlen (items[0]), TRUE))
        return fail (error, "no version", text);
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                           "What the peer says of its NAT is of another version, and not used");
      return FALSE;
    }
  for (guint i = 1; items[i] != NULL; i++)
    if (!take_item (&summary, &seen, items[i], error))
      return FALSE;
  *out = normalize (&summary);
  return TRUE;
}

char *
floe_nat_summary_serialize (const FloeNatSummary *self, FloeNatSummaryForm form)
{
  const char *separator = form == FLOE_NAT_SUMMARY_TOKEN ? "." : " ";
  FloeNatSummary summary = normalize (self);
  GString *text = g_string_new (VERSION);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      guint value = *(const guint *) G_STRUCT_MEMBER_P (&summary, fields[i].offset);

      if (value != 0 && is_number (&fields[i]))
        g_string_append_printf (text, "%s%s-%u", separator, fields[i].name, value);
      else if (value < MAX_WORDS && fields[i].words[value] != NULL)
        g_string_append_printf (text, "%s%s-%s", separator, fields[i].name, fields[i].words[value]);
    }
  return g_string_free (text, FALSE);
}

gboolean
floe_nat_summary_is_equal (const FloeNatSummary *a, const FloeNatSummary *b)
{
  FloeNatSummary first = normalize (a);
  FloeNatSummary second = normalize (b);

  /* Nothing but members of one size: no padding. */
  return memcmp (&first, &second, sizeof first) == 0;
}
