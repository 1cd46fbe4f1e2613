/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-log-private.h"

#include <floe/floe-network.h>

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
  g_autofree char *message = NULL;
  const char *name;
  va_list arguments;

  g_return_if_fail (category < FLOE_N_LOG_CATEGORIES);

  name = category_names[category];
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
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

/**
 * floe_set_log_addresses:
 * @log_addresses_now: whether log messages may show whole addresses
 *
 * Says whether log messages of the domain `Floe` show network addresses whole. They are shortened
 * by default, so that a log can be handed on without telling where its users are. The environment
 * variable `FLOE_LOG_ADDRESSES=1` does the same. May be called from any thread at any time.
 *
 * Since: 1.0
 */
void
floe_set_log_addresses (gboolean log_addresses_now)
{
  get_debug_mask (); /* so that the environment does not overrule the call later */
  g_atomic_int_set (&log_addresses, log_addresses_now);
}
