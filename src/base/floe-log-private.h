/* SPDX-License-Identifier: MPL-2.0 */
/* Logging: one GLib log domain, a category per layer, addresses redacted.
 *
 * Messages go to the log domain "Floe" with the category in front and in the structured field
 * FLOE_CATEGORY. G_MESSAGES_DEBUG=Floe shows debug messages, FLOE_DEBUG=ice,dtls keeps only the
 * categories that it names.
 *
 * Layer: base. Knows nothing of what it logs. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_LOG_PEER,
  FLOE_LOG_JSEP,
  FLOE_LOG_ICE,
  FLOE_LOG_DTLS,
  FLOE_LOG_SCTP,
  FLOE_LOG_CHANNEL,
  FLOE_LOG_STACK,
  FLOE_LOG_BASE,
  FLOE_LOG_NAT,
  FLOE_LOG_TUNNEL,
  FLOE_LOG_MDNS,
  FLOE_N_LOG_CATEGORIES,
} FloeLogCategory;

/* Cheap; lets the arguments of a debug message go uncomputed. */
gboolean floe_log_is_debug_enabled (FloeLogCategory category);

void floe_log (FloeLogCategory category, GLogLevelFlags level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

#define floe_debug(category, ...)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (floe_log_is_debug_enabled (category))                                                      \
      floe_log (category, G_LOG_LEVEL_DEBUG, __VA_ARGS__);                                         \
  }                                                                                                \
  G_STMT_END
#define floe_info(category, ...) floe_log (category, G_LOG_LEVEL_INFO, __VA_ARGS__)
#define floe_warning(category, ...) floe_log (category, G_LOG_LEVEL_WARNING, __VA_ARGS__)

#define FLOE_REDACTED_SIZE 64

/* Writes what may be logged of @address to @buffer and returns it: "203.0.x.x", "2001:db8:x",
 * "x.local", "x.name", or the address itself after floe_set_log_addresses (TRUE) or with
 * FLOE_LOG_ADDRESSES=1. Loopback addresses tell nobody anything and stay as they are. */
const char *floe_redact_address (const char *address, char buffer[FLOE_REDACTED_SIZE]);

G_END_DECLS
