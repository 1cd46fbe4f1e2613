/* SPDX-License-Identifier: MPL-2.0 */
/* The Data Channel Establishment Protocol's two messages (RFC 8832 section 5).
 *
 * Layer: codec. May include: base. Knows nothing of streams and channels. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 8831 section 8, "SCTP payload protocol identifiers". */
#define FLOE_PPID_DCEP 50
#define FLOE_PPID_STRING 51
#define FLOE_PPID_BINARY_PARTIAL 52 /* deprecated */
#define FLOE_PPID_BINARY 53
#define FLOE_PPID_STRING_PARTIAL 54 /* deprecated */
#define FLOE_PPID_STRING_EMPTY 56
#define FLOE_PPID_BINARY_EMPTY 57

/* RFC 8832 section 8.2.1 */
typedef enum
{
  FLOE_DCEP_INVALID = -1,
  FLOE_DCEP_ACK = 2,
  FLOE_DCEP_OPEN = 3,
} FloeDcepType;

/* A value: see clear(). */
typedef struct
{
  char *label;    /* (owned): UTF-8, at most 65535 bytes; a NUL in it is read as U+FFFD */
  char *protocol; /* (owned): the same */
  guint16 priority;
  gboolean is_ordered;
  int max_retransmits;      /* 0 to 65535, -1: none */
  int max_packet_life_time; /* ms, 0 to 65535, -1: none */
} FloeDcepOpen;

void floe_dcep_open_clear (FloeDcepOpen *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeDcepOpen, floe_dcep_open_clear)

/* By its first byte. */
FloeDcepType floe_dcep_get_type (const guint8 *data, gsize size);

/* Fills @out only on success. Fails with FLOE_ERROR_SYNTAX. */
gboolean floe_dcep_open_parse (FloeDcepOpen *out, const guint8 *data, gsize size, GError **error);
/* Returns: (transfer full) (nullable): NULL when a string is longer than 65535 bytes. */
GBytes *floe_dcep_open_serialize (const FloeDcepOpen *self);
/* Returns: (transfer full) */
GBytes *floe_dcep_ack_serialize (void);

G_END_DECLS
