/* SPDX-License-Identifier: MPL-2.0 */
/* ICE checks that are sent once more before libnice repeats its own, which it does after 500 ms at
 * the earliest (decision 29), without any I/O.
 *
 *   the pair is known, and libnice checks it    nothing
 *   + 50, 100, 200 ms                           the check again, as another transaction
 *   an answer to one of these, or + 400 ms      nothing any more
 *
 * A check that comes before the peer's NAT is open to it is lost; so the first one of whoever has
 * both descriptions first often is. One that arrives has the peer learn where it came from, and
 * check back at once (RFC 8445 section 7.3.1.4), which libnice answers and takes for its own pair.
 *
 * Contract: add bases, then remote addresses; poll until FALSE, then wait for the deadline or an
 * answer. All times are monotonic microseconds given by the caller.
 *
 * Layer: ice. May include: base, stun. Knows neither libnice nor sockets. */
#pragma once

#include "floe-check-budget-private.h"
#include "floe-stun-address-private.h"
#include "floe-stun-client-core-private.h"

G_BEGIN_DECLS

#define FLOE_REPEAT_MAX_PAIRS 100
#define FLOE_REPEAT_MAX_COUNT 3 /* of a pair */
#define FLOE_REPEAT_MAX_BASES 16

/* Whose checks they are. */
typedef struct
{
  const char *local_ufrag;
  const char *remote_ufrag;
  const char *remote_pwd;
  gboolean is_controlling;
} FloeRepeatIdentity;

typedef struct
{
  FloeStunAddress address;
  guint32 priority;                         /* of the host candidate */
  guint8 tag[FLOE_STUN_MAX_ID_PREFIX_SIZE]; /* what transaction ids begin with */
} FloeRepeatBase;

typedef struct
{
  guint base;
  FloeStunAddress to;
  const guint8 *data; /* (unowned): valid until the next call */
  gsize size;         /* bytes */
} FloeRepeatOutput;

typedef struct _FloeRepeatCore FloeRepeatCore;

/* @budget outlives the core. Returns NULL when no check can be made of @identity. */
FloeRepeatCore *floe_repeat_core_new (const FloeRepeatIdentity *identity, FloeCheckBudget *budget);
void floe_repeat_core_free (FloeRepeatCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeRepeatCore, floe_repeat_core_free)

/* Numbered from 0 in the order of adding. FALSE when there are too many. */
gboolean floe_repeat_core_add_base (FloeRepeatCore *self, const FloeRepeatBase *base);
/* libnice checks it from now on, from all bases. Nothing when it is known already; pairs that are
 * too many are left out. */
void floe_repeat_core_add_remote (FloeRepeatCore *self, gint64 now_us,
                                  const FloeStunAddress *remote);
/* Any answer ends the pair's repeats: libnice will have its own, be it success or error. What is no
 * answer to a repeat does nothing. */
void floe_repeat_core_handle_answer (FloeRepeatCore *self, guint base, const FloeStunAddress *from,
                                     const guint8 *data, gsize size);
/* The network takes nothing from this base to @to. */
void floe_repeat_core_handle_unreachable (FloeRepeatCore *self, guint base,
                                          const FloeStunAddress *to);
/* Nothing is repeated any more, but for what is added later. */
void floe_repeat_core_stop (FloeRepeatCore *self);

gboolean floe_repeat_core_poll (FloeRepeatCore *self, gint64 now_us, FloeRepeatOutput *output);
gint64 floe_repeat_core_get_deadline (const FloeRepeatCore *self, gint64 now_us); /* -1 for none */

G_END_DECLS
