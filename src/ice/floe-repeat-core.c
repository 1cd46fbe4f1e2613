/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-repeat-core-private.h"

#include <string.h>

#include "floe-random-private.h"
#include "floe-reflexive-candidate-private.h"
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"

/* Since the pair is known. libnice's own second check comes after 500 ms; what could not leave
 * until shortly before that need not leave any more. */
static const gint64 repeat_after_us[FLOE_REPEAT_MAX_COUNT] = {
  50 * G_TIME_SPAN_MILLISECOND,
  100 * G_TIME_SPAN_MILLISECOND,
  200 * G_TIME_SPAN_MILLISECOND,
};
#define LIMIT_US (400 * G_TIME_SPAN_MILLISECOND)
#define MIN_PAUSE_US (50 * G_TIME_SPAN_MILLISECOND) /* between two of a pair */

/* RFC 8445 section 5.1.2.2: "The RECOMMENDED values for type preferences are … 110 for
 * peer-reflexive candidates" */
#define PEER_REFLEXIVE_PRIORITY (110u << 24)
#define REST_OF_PRIORITY 0x00ffffffu

/* RFC 8445 section 7.3.1.1: with the same role on both sides the larger tie-breaker is controlling.
 * libnice does not tell its own, and a role is for libnice to settle: these never have the peer
 * change its role, it answers 487 instead. */
#define TIE_BREAKER_CONTROLLING 0
#define TIE_BREAKER_CONTROLLED G_MAXUINT64

/* The longest username with all that a check has in it. */
#define MAX_CHECK_SIZE 700

typedef struct
{
  guint base;
  FloeStunAddress remote;
  gint64 start_us;
  gint64 next_us; /* -1: done */
  guint count;    /* of repeats that were sent */
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
} Pair;

struct _FloeRepeatCore
{
  char *username; /* (owned) */
  FloeStunKey key;
  gboolean is_controlling;
  FloeCheckBudget *budget; /* (unowned): the transport's */
  GArray *bases;           /* (owned) (element-type FloeRepeatBase) */
  GArray *pairs;           /* (owned) (element-type Pair) */
  guint8 check[MAX_CHECK_SIZE];
};

static Pair *
get_pair (const FloeRepeatCore *self, guint index)
{
  return &g_array_index (self->pairs, Pair, index);
}

FloeRepeatCore *
floe_repeat_core_new (const FloeRepeatIdentity *identity, FloeCheckBudget *budget)
{
  g_autoptr (FloeRepeatCore) self = g_new0 (FloeRepeatCore, 1);

  /* RFC 8445 section 7.2.2: the peer's fragment first. */
  self->username = g_strdup_printf ("%s:%s", identity->remote_ufrag, identity->local_ufrag);
  self->is_controlling = identity->is_controlling;
  self->budget = budget;
  self->bases = g_array_new (FALSE, FALSE, sizeof (FloeRepeatBase));
  self->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  if (strlen (self->username) > FLOE_STUN_MAX_USERNAME_SIZE
      || !floe_stun_key_init_short_term (&self->key, identity->remote_pwd, NULL))
    return NULL;
  return g_steal_pointer (&self);
}

void
floe_repeat_core_free (FloeRepeatCore *self)
{
  floe_stun_key_clear (&self->key);
  g_array_unref (self->pairs);
  g_array_unref (self->bases);
  g_free (self->username);
  g_free (self);
}

gboolean
floe_repeat_core_add_base (FloeRepeatCore *self, const FloeRepeatBase *base)
{
  if (self->bases->len == FLOE_REPEAT_MAX_BASES)
    return FALSE;
  g_array_append_vals (self->bases, base, 1);
  return TRUE;
}

static gboolean
is_known (const FloeRepeatCore *self, const FloeStunAddress *remote)
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      if (floe_stun_address_equal (&get_pair (self, i)->remote, remote))
        return TRUE;
    }
  return FALSE;
}

void
floe_repeat_core_add_remote (FloeRepeatCore *self, gint64 now_us, const FloeStunAddress *remote)
{
  if (is_known (self, remote))
    return;
  for (guint i = 0; i < self->bases->len && self->pairs->len < FLOE_REPEAT_MAX_PAIRS; i++)
    {
      const FloeRepeatBase *base = &g_array_index (self->bases, FloeRepeatBase, i);
      Pair pair = { .base = i, .remote = *remote, .start_us = now_us };

      if (!floe_reflexive_may_reach (&base->address, remote))
        continue;
      pair.next_us = now_us + repeat_after_us[0];
      floe_random_bytes (pair.id, sizeof pair.id);
      memcpy (pair.id, base->tag, sizeof base->tag);
      g_array_append_val (self->pairs, pair);
    }
}

static void
end_pair (FloeRepeatCore *self, guint base, const FloeStunAddress *remote,
          const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE])
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = get_pair (self, i);

      if (pair->base == base && floe_stun_address_equal (&pair->remote, remote)
          && (id == NULL || memcmp (pair->id, id, sizeof pair->id) == 0))
        pair->next_us = -1;
    }
}

void
floe_repeat_core_handle_answer (FloeRepeatCore *self, guint base, const FloeStunAddress *from,
                                const guint8 *data, gsize size)
{
  FloeStunMessage message;

  if (floe_stun_message_parse (&message, data, size, NULL))
    end_pair (self, base, from, message.transaction_id);
}

void
floe_repeat_core_handle_unreachable (FloeRepeatCore *self, guint base, const FloeStunAddress *to)
{
  end_pair (self, base, to, NULL);
}

void
floe_repeat_core_stop (FloeRepeatCore *self)
{
  for (guint i = 0; i < self->pairs->len; i++)
    get_pair (self, i)->next_us = -1;
}

/* The pair whose turn is first; its turn may be in the future. */
static Pair *
find_next (const FloeRepeatCore *self)
{
  Pair *next = NULL;

  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = get_pair (self, i);

      if (pair->next_us != -1 && (next == NULL || pair->next_us < next->next_us))
        next = pair;
    }
  return next;
}

/* RFC 8445 section 7.2.2, without USE-CANDIDATE: which pair is used is for libnice to say, whose
 * answer to the peer's own check will. */
static gsize
write_check (FloeRepeatCore *self, const Pair *pair)
{
  const FloeRepeatBase *base = &g_array_index (self->bases, FloeRepeatBase, pair->base);
  FloeStunBuilder builder = floe_stun_builder_init (
      self->check, sizeof self->check, FLOE_STUN_REQUEST, FLOE_STUN_METHOD_BINDING, pair->id);

  floe_stun_builder_add_text (&builder, FLOE_STUN_USERNAME, self->username);
  floe_stun_builder_add_uint (&builder, FLOE_STUN_PRIORITY,
                              PEER_REFLEXIVE_PRIORITY | (base->priority & REST_OF_PRIORITY), 4);
  if (self->is_controlling)
    floe_stun_builder_add_uint (&builder, FLOE_STUN_ICE_CONTROLLING, TIE_BREAKER_CONTROLLING, 8);
  else
    floe_stun_builder_add_uint (&builder, FLOE_STUN_ICE_CONTROLLED, TIE_BREAKER_CONTROLLED, 8);
  floe_stun_builder_add_integrity (&builder, &self->key);
  floe_stun_builder_add_fingerprint (&builder);
  return floe_stun_builder_finish (&builder);
}

static void
set_next (Pair *pair, gint64 now_us)
{
  pair->count++;
  if (pair->count == FLOE_REPEAT_MAX_COUNT)
    pair->next_us = -1;
  else
    pair->next_us = MAX (pair->start_us + repeat_after_us[pair->count], now_us + MIN_PAUSE_US);
}

gboolean
floe_repeat_core_poll (FloeRepeatCore *self, gint64 now_us, FloeRepeatOutput *output)
{
  Pair *pair;

  while ((pair = find_next (self)) != NULL && now_us >= pair->start_us + LIMIT_US)
    pair->next_us = -1;
  if (pair == NULL || now_us < pair->next_us || !floe_check_budget_take (self->budget, now_us))
    return FALSE;
  *output = (FloeRepeatOutput){
    .base = pair->base,
    .to = pair->remote,
    .data = self->check,
    .size = write_check (self, pair),
  };
  set_next (pair, now_us);
  return TRUE;
}

gint64
floe_repeat_core_get_deadline (const FloeRepeatCore *self, gint64 now_us)
{
  const Pair *pair = find_next (self);

  if (pair == NULL)
    return -1;
  return MAX (pair->next_us, floe_check_budget_get_ready (self->budget, now_us));
}
