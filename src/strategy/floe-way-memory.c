/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-way-memory-private.h"

#include <string.h>

#define HEADER "floe-ways 1"
#define KEY_LENGTH 64 /* of SHA-256, in hexadecimal digits */

typedef struct
{
  char key[KEY_LENGTH + 1];
  FloeStrategyMemory way;
  gint64 time_s;
} Entry;

struct _FloeWayMemory
{
  GArray *entries; /* (owned) (element-type Entry): the last used first */
};

static const char *const names[] = {
  [FLOE_STRATEGY_MEMORY_DIRECT] = "direct",
  [FLOE_STRATEGY_MEMORY_RELAY] = "relay",
};

static gboolean
is_key (const char *text)
{
  return text != NULL && strlen (text) == KEY_LENGTH
         && strspn (text, "0123456789abcdef") == KEY_LENGTH;
}

static gboolean
is_current (const Entry *entry, gint64 now_s)
{
  return entry->time_s <= now_s && now_s - entry->time_s <= FLOE_WAY_MEMORY_MAX_AGE_S;
}

/* -1 for none. */
static int
find (const FloeWayMemory *self, const char *key)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      if (strcmp (g_array_index (self->entries, Entry, i).key, key) == 0)
        return (int) i;
    }
  return -1;
}

FloeWayMemory *
floe_way_memory_new (void)
{
  FloeWayMemory *self = g_new0 (FloeWayMemory, 1);

  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  return self;
}

void
floe_way_memory_free (FloeWayMemory *self)
{
  g_array_unref (self->entries);
  g_free (self);
}

gboolean
floe_way_memory_put (FloeWayMemory *self, gint64 now_s, const char *key, FloeStrategyMemory way)
{
  Entry entry = { .way = way, .time_s = now_s };
  FloeStrategyMemory before = floe_way_memory_get (self, now_s, key);
  int known;

  if (!is_key (key) || (way != FLOE_STRATEGY_MEMORY_DIRECT && way != FLOE_STRATEGY_MEMORY_RELAY))
    return FALSE;
  memcpy (entry.key, key, KEY_LENGTH);
  known = find (self, key);
  if (known >= 0)
    g_array_remove_index (self->entries, (guint) known);
  else if (self->entries->len == FLOE_WAY_MEMORY_SIZE)
    g_array_set_size (self->entries, FLOE_WAY_MEMORY_SIZE - 1);
  g_array_prepend_val (self->entries, entry);
  return way != before;
}

FloeStrategyMemory
floe_way_memory_get (FloeWayMemory *self, gint64 now_s, const char *key)
{
  int known = key != NULL ? find (self, key) : -1;
  const Entry *entry;

  if (known < 0)
    return FLOE_STRATEGY_MEMORY_NONE;
  entry = &g_array_index (self->entries, Entry, known);
  return is_current (entry, now_s) ? entry->way : FLOE_STRATEGY_MEMORY_NONE;
}

guint
floe_way_memory_get_count (const FloeWayMemory *self)
{
  return self->entries->len;
}

static gboolean
read_line (const char *line, gint64 now_s, Entry *out)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);

  if (g_strv_length (words) != 3 || !is_key (words[0])
      || !g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT64, &out->time_s, NULL))
    return FALSE;
  memcpy (out->key, words[0], KEY_LENGTH + 1);
  for (out->way = FLOE_STRATEGY_MEMORY_DIRECT; out->way < G_N_ELEMENTS (names); out->way++)
    {
      if (strcmp (words[1], names[out->way]) == 0)
        return is_current (out, now_s);
    }
  return FALSE;
}

FloeWayMemory *
floe_way_memory_parse (const char *text, gsize size, gint64 now_s)
{
  FloeWayMemory *self = floe_way_memory_new ();
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;

  if (size > FLOE_WAY_MEMORY_MAX_TEXT || memchr (text, '\0', size) != NULL)
    return self;
  copy = g_strndup (text, size);
  lines = g_strsplit (copy, "\n", -1);
  if (g_strcmp0 (lines[0], HEADER) != 0)
    return self;
  for (guint i = 1; lines[i] != NULL && self->entries->len < FLOE_WAY_MEMORY_SIZE; i++)
    {
      Entry entry = { 0 };

      if (read_line (lines[i], now_s, &entry) && find (self, entry.key) < 0)
        g_array_append_val (self->entries, entry);
    }
  return self;
}

char *
floe_way_memory_serialize (const FloeWayMemory *self, gint64 now_s)
{
  GString *text = g_string_new (HEADER "\n");

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);

      if (is_current (entry, now_s))
        g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT "\n", entry->key, names[entry->way],
                                entry->time_s);
    }
  return g_string_free (text, FALSE);
}
