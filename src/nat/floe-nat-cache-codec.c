/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-cache-codec-private.h"

#include <string.h>

#define HEAD_GROUP "floe-nat-cache"
#define VERSION 1
#define KEY_DIGITS 64 /* of a SHA-256 */
#define MAX_PORT_COUNT 65536
#define MAX_LIFETIME_S (24 * 60 * 60)

static const char *const answers[] = {
  [FLOE_NAT_ANSWER_UNKNOWN] = "unknown",
  [FLOE_NAT_ANSWER_NO] = "no",
  [FLOE_NAT_ANSWER_YES] = "yes",
  NULL,
};

static const char *const aspects[FLOE_NAT_ASPECT_COUNT] = {
  [FLOE_NAT_ASPECT_UDP] = "udp",
  [FLOE_NAT_ASPECT_MAPPING] = "mapping",
  [FLOE_NAT_ASPECT_FILTERING] = "filtering",
  [FLOE_NAT_ASPECT_ALLOCATION] = "allocation",
  [FLOE_NAT_ASPECT_HAIRPIN] = "hairpin",
  [FLOE_NAT_ASPECT_CARRIER] = "carrier",
  [FLOE_NAT_ASPECT_POISONING] = "poisoning",
  [FLOE_NAT_ASPECT_TCP] = "tcp",
  [FLOE_NAT_ASPECT_TLS] = "tls",
  [FLOE_NAT_ASPECT_LIFETIME] = "lifetime",
  [FLOE_NAT_ASPECT_REWRITING] = "rewriting",
};

static const char *const confidences[] = {
  [FLOE_NAT_CONFIDENCE_NONE] = "none",
  [FLOE_NAT_CONFIDENCE_LOW] = "low",
  [FLOE_NAT_CONFIDENCE_MEDIUM] = "medium",
  [FLOE_NAT_CONFIDENCE_HIGH] = "high",
  NULL,
};

/* A group that is being read. Fails at the first value that is not known, and stays failed. */
typedef struct
{
  GKeyFile *file;   /* (unowned) */
  const char *name; /* (unowned) */
  gboolean failed;
} Group;

static char *
read_text (Group *group, const char *key)
{
  char *text = g_key_file_get_string (group->file, group->name, key, NULL);

  if (text == NULL)
    group->failed = TRUE;
  return text;
}

static guint
read_word (Group *group, const char *key, const char *const *words)
{
  g_autofree char *text = read_text (group, key);

  for (guint i = 0; text != NULL && words[i] != NULL; i++)
    if (strcmp (words[i], text) == 0)
      return i;
  group->failed = TRUE;
  return 0;
}

static guint64
read_number (Group *group, const char *key, guint64 max)
{
  g_autofree char *text = read_text (group, key);
  guint64 value = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
    group->failed = TRUE;
  return value;
}

static FloeNatBehaviour
read_behaviour (Group *group, const char *key)
{
  const char *words[FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT + 2] = { NULL };

  for (guint i = 0; i <= FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT; i++)
    words[i] = floe_nat_behaviour_to_string ((FloeNatBehaviour) i);
  return (FloeNatBehaviour) read_word (group, key, words);
}

static FloeNatAllocation
read_allocation (Group *group, const char *key)
{
  const char *words[FLOE_NAT_ALLOCATION_PORT_BLOCK + 2] = { NULL };

  for (guint i = 0; i <= FLOE_NAT_ALLOCATION_PORT_BLOCK; i++)
    words[i] = floe_nat_allocation_to_string ((FloeNatAllocation) i);
  return (FloeNatAllocation) read_word (group, key, words);
}

/* The bytes of an address in hexadecimal digits, or nothing. */
static FloeStunAddress
read_address (Group *group, const char *key)
{
  g_autofree char *text = read_text (group, key);
  gsize digits = text != NULL ? strlen (text) : 1;
  FloeStunAddress address = { .size = digits / 2 };

  if (digits != 0 && digits != 2 * FLOE_STUN_IPV4_SIZE && digits != 2 * FLOE_STUN_IPV6_SIZE)
    {
      group->failed = TRUE;
      return (FloeStunAddress){ 0 };
    }
  for (gsize i = 0; i < address.size; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        group->failed = TRUE;
      address.bytes[i] = (guint8) ((guint) high << 4 | (guint) low);
    }
  return address;
}

static void
read_proofs (Group *group, FloeNatFindings *findings)
{
  for (guint i = 0; i < FLOE_NAT_ASPECT_COUNT; i++)
    {
      g_autofree char *key = g_strconcat (aspects[i], "-confidence", NULL);
      FloeNatProof *proof = &findings->proofs[i];

      proof->confidence = (FloeNatConfidence) read_word (group, key, confidences);
      if (proof->confidence != FLOE_NAT_CONFIDENCE_NONE)
        g_strlcpy (proof->evidence, "remembered from an earlier run", sizeof proof->evidence);
    }
}

static gboolean
is_key (const char *name)
{
  return strlen (name) == KEY_DIGITS && strspn (name, "0123456789abcdef") == KEY_DIGITS;
}

/* (transfer full) (nullable) */
static FloeNatRecord *
read_group (GKeyFile *file, const char *name)
{
  g_autoptr (FloeNatRecord) record = floe_nat_record_new ();
  FloeNatFindings *findings = &record->findings;
  Group group = { file, name, !is_key (name) };

  record->key = g_strdup (name);
  record->is_complete = TRUE;
  record->time_us = (gint64) read_number (&group, "time", G_MAXINT64);
  findings->udp = (FloeNatAnswer) read_word (&group, "udp", answers);
  findings->udp_limited = (FloeNatAnswer) read_word (&group, "udp-limited", answers);
  findings->is_translated = (FloeNatAnswer) read_word (&group, "translation", answers);
  findings->mapping = read_behaviour (&group, "mapping");
  findings->filtering = read_behaviour (&group, "filtering");
  findings->allocation = read_allocation (&group, "allocation");
  findings->step = (guint) read_number (&group, "step", MAX_PORT_COUNT);
  findings->span = (guint) read_number (&group, "block", MAX_PORT_COUNT);
  findings->hairpin = (FloeNatAnswer) read_word (&group, "hairpin", answers);
  findings->carrier = (FloeNatAnswer) read_word (&group, "carrier", answers);
  findings->poisoning = (FloeNatAnswer) read_word (&group, "poisoning", answers);
  findings->rewriting = (FloeNatAnswer) read_word (&group, "rewriting", answers);
  record->tcp = (FloeNatAnswer) read_word (&group, "tcp", answers);
  record->tls = (FloeNatAnswer) read_word (&group, "tls", answers);
  findings->lifetime_s = (guint) read_number (&group, "lifetime", MAX_LIFETIME_S);
  record->external_network = read_address (&group, "external-network");
  read_proofs (&group, findings);
  return group.failed ? NULL : g_steal_pointer (&record);
}

GPtrArray *
floe_nat_cache_parse (const char *text, gsize size)
{
  GPtrArray *records = floe_nat_records_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (size > FLOE_NAT_CACHE_MAX_FILE_SIZE || memchr (text, '\0', size) != NULL
      || !g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, NULL)
      || g_key_file_get_integer (file, HEAD_GROUP, "version", NULL) != VERSION)
    return records;
  groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL && records->len < FLOE_NAT_CACHE_MAX_GROUPS; i++)
    {
      FloeNatRecord *record = read_group (file, groups[i]);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  return records;
}

static void
write_address (GKeyFile *file, const char *group, const char *key, const FloeStunAddress *address)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < address->size; i++)
    g_string_append_printf (text, "%02x", address->bytes[i]);
  g_key_file_set_string (file, group, key, text->str);
}

static void
write_record (GKeyFile *file, const FloeNatRecord *record)
{
  const FloeNatFindings *findings = &record->findings;
  const char *group = record->key;

  g_key_file_set_int64 (file, group, "time", record->time_us);
  g_key_file_set_string (file, group, "udp", answers[findings->udp]);
  g_key_file_set_string (file, group, "udp-limited", answers[findings->udp_limited]);
  g_key_file_set_string (file, group, "translation", answers[findings->is_translated]);
  g_key_file_set_string (file, group, "mapping", floe_nat_behaviour_to_string (findings->mapping));
  g_key_file_set_string (file, group, "filtering",
                         floe_nat_behaviour_to_string (findings->filtering));
  g_key_file_set_string (file, group, "allocation",
                         floe_nat_allocation_to_string (findings->allocation));
  g_key_file_set_uint64 (file, group, "step", findings->step);
  g_key_file_set_uint64 (file, group, "block", findings->span);
  g_key_file_set_string (file, group, "hairpin", answers[findings->hairpin]);
  g_key_file_set_string (file, group, "carrier", answers[findings->carrier]);
  g_key_file_set_string (file, group, "poisoning", answers[findings->poisoning]);
  g_key_file_set_string (file, group, "rewriting", answers[findings->rewriting]);
  g_key_file_set_string (file, group, "tcp", answers[record->tcp]);
  g_key_file_set_string (file, group, "tls", answers[record->tls]);
  g_key_file_set_uint64 (file, group, "lifetime", findings->lifetime_s);
  write_address (file, group, "external-network", &record->external_network);
  for (guint i = 0; i < FLOE_NAT_ASPECT_COUNT; i++)
    {
      g_autofree char *key = g_strconcat (aspects[i], "-confidence", NULL);

      g_key_file_set_string (file, group, key, confidences[findings->proofs[i].confidence]);
    }
}

char *
floe_nat_cache_serialize (const GPtrArray *records)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  guint count = 0;

  g_key_file_set_integer (file, HEAD_GROUP, "version", VERSION);
  for (guint i = 0; i < records->len && count < FLOE_NAT_CACHE_MAX_GROUPS; i++)
    {
      const FloeNatRecord *record = g_ptr_array_index (records, i);

      if (record->key == NULL || !record->is_complete
          || record->findings.udp == FLOE_NAT_ANSWER_UNKNOWN)
        continue;
      write_record (file, record);
      count++;
    }
  return g_key_file_to_data (file, NULL, NULL);
}
