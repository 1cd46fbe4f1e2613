/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-log-private.h"

#include <floe/floe-network.h>

#include <arpa/inet.h>
#include <string.h>

static const char *const category_names[FLOE_N_LOG_CATEGORIES] = {
  [FLOE_LOG_PEER] = "peer",     [FLOE_LOG_JSEP] = "jsep", [FLOE_LOG_ICE] = "ice",
  [FLOE_LOG_DTLS] = "dtls",     [FLOE_LOG_SCTP] = "sctp", [FLOE_LOG_CHANNEL] = "channel",
  [FLOE_LOG_STACK] = "stack",   [FLOE_LOG_BASE] = "base", [FLOE_LOG_NAT] = "nat",
  [FLOE_LOG_TUNNEL] = "tunnel", [FLOE_LOG_MDNS] = "mdns",
};

static int log_addresses; /* atomic */

/* Bit i: category i may be logged at the debug level. */
static guint
get_debug_mask (void)
{
  static gsize mask_plus_one; /* 0: not read yet */

  if (g_once_init_enter (&mask_plus_one))
    {
      const char *wanted = g_getenv ("FLOE_DEBUG");
      guint mask = wanted == NULL ? (1u << FLOE_N_LOG_CATEGORIES) - 1 : 0;
      g_auto (GStrv) names = wanted != NULL ? g_strsplit (wanted, ",", -1) : NULL;

      for (guint i = 0; i < FLOE_N_LOG_CATEGORIES; i++)
        if (names != NULL
            && (g_strv_contains ((const char *const *) names, category_names[i])
                || g_strv_contains ((const char *const *) names, "all")))
          mask |= 1u << i;
      if (g_strcmp0 (g_getenv ("FLOE_LOG_ADDRESSES"), "1") == 0)
        g_atomic_int_set (&log_addresses, TRUE);
      g_once_init_leave (&mask_plus_one, (gsize) mask + 1);
    }
  return (guint) (mask_plus_one - 1);
}

gboolean
floe_log_is_debug_enabled (FloeLogCategory category)
{
  if ((get_debug_mask () & 1u << category) == 0)
    return FALSE;
  return !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
}

void
floe_log (FloeLogCategory category, GLogLevelFlags level, const char *format, ...)
{
  g_autofree char *raw = NULL;
  g_autofree char *message = NULL;
  const char *name;
  va_list arguments;

  g_return_if_fail (category < FLOE_N_LOG_CATEGORIES);

  name = category_names[category];
  va_start (arguments, format);
  raw = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  message = floe_redact_text (raw);
  g_log_structured (G_LOG_DOMAIN, level, "FLOE_CATEGORY", name, "MESSAGE", "%s: %s", name, message);
}

static gboolean
consists_of (const char *text, const char *characters)
{
  return text[strspn (text, characters)] == '\0';
}

const char *
floe_redact_address (const char *address, char buffer[FLOE_REDACTED_SIZE])
{
  const char *keep_end;
  gboolean is_ipv4 = consists_of (address, "0123456789.");
  /* A scope ("%eth0") only follows what is not kept. */
  gboolean is_ipv6 = strchr (address, ':') != NULL
                     && strspn (address, "0123456789abcdefABCDEF:.") == strcspn (address, "%");
  int kept;

  get_debug_mask (); /* reads the environment */
  if (g_atomic_int_get (&log_addresses) || (is_ipv4 && g_str_has_prefix (address, "127."))
      || g_str_equal (address, "::1"))
    {
      g_strlcpy (buffer, address, FLOE_REDACTED_SIZE);
      return buffer;
    }
  if (!is_ipv4 && !is_ipv6)
    return g_str_has_suffix (address, ".local") ? "x.local" : "x.name";

  /* The first two groups tell the network and not the host. */
  keep_end = strchr (address, is_ipv6 ? ':' : '.');
  if (keep_end != NULL)
    keep_end = strchr (keep_end + 1, is_ipv6 ? ':' : '.');
  if (keep_end == NULL)
    return "x";
  kept = (int) MIN (keep_end - address, 20);
  g_snprintf (buffer, FLOE_REDACTED_SIZE, is_ipv6 ? "%.*s:x" : "%.*s.x.x", kept, address);
  return buffer;
}

/* The longest literal is "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", and a port follows. */
#define MAX_WORD_SIZE (INET6_ADDRSTRLEN + sizeof ":65535")

static gboolean
is_literal (const char *word)
{
  guint8 bytes[16];

  return inet_pton (AF_INET, word, bytes) == 1 || inet_pton (AF_INET6, word, bytes) == 1;
}

/* The size of the literal that @start begins with, which goes to @word; 0 for none. A port, or the
 * full stop of a sentence, may be behind it. */
static gsize
measure_literal (const char *start, gsize size, char word[MAX_WORD_SIZE + 1])
{
  memcpy (word, start, size);
  word[size] = '\0';
  while (size > 0 && !is_literal (word))
    {
      /* Cut back to the last separator. */
      while (size > 0 && word[size - 1] != ':' && word[size - 1] != '.')
        size--;
      size = size > 0 ? size - 1 : 0;
      word[size] = '\0';
    }
  return size;
}

/* Appends @size bytes that only have characters of literals. What is before the first colon may be
 * no part of one, as in a URI, and so with the next. */
static void
append_word (GString *out, const char *start, gsize size)
{
  const char *end = start + size, *from = start;
  char word[MAX_WORD_SIZE + 1], buffer[FLOE_REDACTED_SIZE];
  gsize used = 0;

  while (size <= MAX_WORD_SIZE && from != NULL
         && (used = measure_literal (from, (gsize) (end - from), word)) == 0)
    {
      from = memchr (from, ':', (gsize) (end - from));
      from = from != NULL ? from + 1 : NULL;
    }
  if (used > 0)
    {
      g_string_append_len (out, start, from - start);
      g_string_append (out, floe_redact_address (word, buffer));
      start = from + used;
    }
  g_string_append_len (out, start, end - start);
}

char *
floe_redact_text (const char *text)
{
  static const char characters[] = "0123456789abcdefABCDEF:.";
  GString *out = g_string_sized_new (strlen (text));

  while (*text != '\0')
    {
      gsize size = strspn (text, characters);

      append_word (out, text, size);
      text += size;
      /* Up to where a word may begin again. */
      size = strcspn (text, characters);
      g_string_append_len (out, text, (gssize) size);
      text += size;
    }
  return g_string_free (out, FALSE);
}

const char *
floe_redact_error (const GError *error, char buffer[FLOE_REDACTED_SIZE])
{
  get_debug_mask (); /* reads the environment */
  if (g_atomic_int_get (&log_addresses))
    return error->message;
  g_snprintf (buffer, FLOE_REDACTED_SIZE, "%s %d", g_quark_to_string (error->domain), error->code);
  return buffer;
}

/**
 * floe_set_log_addresses:
 * @log_addresses_now: whether log messages may show whole addresses
 *
 * Says whether log messages of the domain `Floe` show network addresses whole. They are shortened
 * by default, so that a log can be handed on without telling where its users are: "203.0.x.x",
 * "2001:db8:x", and instead of an error that may name a host its domain and code. The environment
 * variable `FLOE_LOG_ADDRESSES=1` does the same. May be called from any thread at any time.
 *
 * Floe logs no addresses of its own accord, at no privacy level; they are in the texts of errors.
 * A log stays on this machine, so what is asked for here holds at every privacy level. What libnice
 * and GLib log themselves (`G_MESSAGES_DEBUG=libnice`) is not shortened by anything.
 *
 * Since: 1.0
 */
void
floe_set_log_addresses (gboolean log_addresses_now)
{
  get_debug_mask (); /* so that the environment does not overrule the call later */
  g_atomic_int_set (&log_addresses, log_addresses_now);
}
