/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-reflexive-core-private.h"

#include <string.h>

#include "floe-reflexive-candidate-private.h"

/* RFC 8489 section 6.2.1 has 500 ms for RTO "at least", for a world without knowledge of it; the
 * last answer is waited for until 3.8 s, as libnice does. */
#define RTO_US (200 * G_TIME_SPAN_MILLISECOND)
#define SEND_COUNT 5
#define LAST_WAIT 4

#define CODE_UNREACHABLE 701 /* W3C webrtc-pc section 4.8.2, errorCode */
#define MAX_ADDRESSES_A_SERVER 2

/* Gathering does not wait longer than this for names. */
#define LOOKUP_LIMIT_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  FloeStunAddress addresses[MAX_ADDRESSES_A_SERVER];
  guint address_count;
  guint pending_count; /* requests under way, those that only refresh left out */
  gboolean is_looked_up;
  gboolean is_settled; /* it has answered, or its failure was told, or it is another's double */
  guint code;          /* of the last failure */
  const char *text;    /* (unowned) (nullable): static */
} Server;

typedef struct
{
  FloeReflexiveBase base;
  gboolean is_answered;
  guint pending_count;
  guint mapping_count;
} Base;

/* One base asks one server, once or again and again. */
typedef struct
{
  guint64 request; /* 0 when none is under way */
  guint base;
  guint server;
  FloeStunAddress to;
  gboolean is_first; /* the request that gathering waits for */
  gint64 started_us; /* of the request */
  gint64 refresh_us; /* when to ask again; G_MAXINT64 for never */
} Question;

struct _FloeReflexiveCore
{
  guint path_id;
  FloeStunClientCore *client; /* (owned) */
  GArray *bases;              /* (owned) (element-type Base) */
  GArray *questions;          /* (owned) (element-type Question) */
  GArray *mappings;           /* (owned) (element-type FloeReflexiveMapping) */
  Server servers[FLOE_REFLEXIVE_MAX_SERVERS];
  guint server_count;
  guint told_count; /* of @mappings */
  gint64 lookup_limit_us;
  gint64 now_us; /* of the last call that told it */
  gint64 answered_us;
  gint64 rtt_us;
  guint dropped_count;
  gboolean has_all_bases;
  gboolean is_refreshing;
};

static Base *
get_base (const FloeReflexiveCore *self, guint index)
{
  return &g_array_index (self->bases, Base, index);
}

static Question *
get_question (const FloeReflexiveCore *self, guint index)
{
  return &g_array_index (self->questions, Question, index);
}

/* Sends a Binding request. FALSE when there are too many under way. */
static gboolean
ask (FloeReflexiveCore *self, gint64 now_us, Question *question)
{
  static const guint8 any_id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 data[FLOE_STUN_HEADER_SIZE];
  FloeStunBuilder builder = floe_stun_builder_init (data, sizeof data, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_BINDING, any_id);
  FloeStunRequest request = {
    .data = data,
    .size = floe_stun_builder_finish (&builder),
    .to = { .local = question->base, .remote = question->to },
    .id_prefix_size = FLOE_STUN_MAX_ID_PREFIX_SIZE,
    .timing = { .rto_us = RTO_US, .send_count = SEND_COUNT, .last_wait = LAST_WAIT },
  };

  memcpy (request.id_prefix, get_base (self, question->base)->base.tag, sizeof request.id_prefix);
  self->now_us = now_us;
  question->started_us = now_us;
  question->refresh_us = G_MAXINT64;
  question->request = floe_stun_client_core_start (self->client, now_us, &request, NULL);
  return question->request != 0;
}

static void
ask_first (FloeReflexiveCore *self, gint64 now_us, guint base, guint server,
           const FloeStunAddress *to)
{
  Question question = { .base = base, .server = server, .to = *to, .is_first = TRUE };

  if (!floe_reflexive_may_reach (&get_base (self, base)->base.address, to)
      || !ask (self, now_us, &question))
    return;
  get_base (self, base)->pending_count++;
  self->servers[server].pending_count++;
  g_array_append_val (self->questions, question);
}

FloeReflexiveCore *
floe_reflexive_core_new (gint64 now_us, guint path_id, guint server_count)
{
  FloeReflexiveCore *self = g_new0 (FloeReflexiveCore, 1);

  self->path_id = path_id;
  self->client = floe_stun_client_core_new (FLOE_REFLEXIVE_MAX_BASES * FLOE_REFLEXIVE_MAX_SERVERS);
  self->bases = g_array_new (FALSE, TRUE, sizeof (Base));
  self->questions = g_array_new (FALSE, TRUE, sizeof (Question));
  self->mappings = g_array_new (FALSE, TRUE, sizeof (FloeReflexiveMapping));
  self->server_count = MIN (server_count, FLOE_REFLEXIVE_MAX_SERVERS);
  self->now_us = now_us;
  self->lookup_limit_us = now_us + LOOKUP_LIMIT_US;
  self->answered_us = -1;
  self->is_refreshing = TRUE;
  return self;
}

void
floe_reflexive_core_free (FloeReflexiveCore *self)
{
  floe_stun_client_core_free (self->client);
  g_array_unref (self->bases);
  g_array_unref (self->questions);
  g_array_unref (self->mappings);
  g_free (self);
}

gboolean
floe_reflexive_core_add_base (FloeReflexiveCore *self, gint64 now_us, const FloeReflexiveBase *base)
{
  Base added = { .base = *base };
  guint index = self->bases->len;

  if (index >= FLOE_REFLEXIVE_MAX_BASES)
    return FALSE;
  g_array_append_val (self->bases, added);
  for (guint i = 0; i < self->server_count; i++)
    {
      for (guint j = 0; j < self->servers[i].address_count; j++)
        ask_first (self, now_us, index, i, &self->servers[i].addresses[j]);
    }
  return TRUE;
}

/* The same server may be there as "stun:" and as "turn:". */
static gboolean
is_known (const FloeReflexiveCore *self, const FloeStunAddress *address)
{
  for (guint i = 0; i < self->server_count; i++)
    {
      for (guint j = 0; j < self->servers[i].address_count; j++)
        {
          if (floe_stun_address_equal (&self->servers[i].addresses[j], address))
            return TRUE;
        }
    }
  return FALSE;
}

void
floe_reflexive_core_add_address (FloeReflexiveCore *self, gint64 now_us, guint index,
                                 const FloeStunAddress *address)
{
  Server *server = &self->servers[index];

  if (is_known (self, address))
    {
      server->is_settled = server->address_count == 0;
      return;
    }
  for (guint i = 0; i < server->address_count; i++)
    {
      if (server->addresses[i].size == address->size)
        return;
    }
  if (server->address_count >= MAX_ADDRESSES_A_SERVER)
    return;
  server->is_settled = FALSE;
  server->addresses[server->address_count++] = *address;
  for (guint i = 0; i < self->bases->len; i++)
    ask_first (self, now_us, i, index, address);
}

void
floe_reflexive_core_end_lookup (FloeReflexiveCore *self, guint index, gboolean is_found)
{
  Server *server = &self->servers[index];

  server->is_looked_up = TRUE;
  server->code = CODE_UNREACHABLE;
  server->text = is_found ? "No local address leads to the STUN server"
                          : "The STUN server's name could not be resolved";
}

void
floe_reflexive_core_end_bases (FloeReflexiveCore *self)
{
  self->has_all_bases = TRUE;
}

static guint
find_first_base (const FloeReflexiveCore *self, guint index)
{
  const FloeStunAddress *address = &get_base (self, index)->base.address;
  guint first = 0;

  while (!floe_stun_address_is_same_host (&get_base (self, first)->base.address, address))
    first++;
  return first;
}

static gboolean
take_mapping (FloeReflexiveCore *self, const Question *question, const FloeStunAddress *address)
{
  Base *base = get_base (self, question->base);
  FloeReflexiveMapping mapping = { .base = question->base,
                                   .server = question->server,
                                   .address = *address };
  FloeReflexiveName name = {
    .path_id = self->path_id,
    .base = find_first_base (self, question->base),
    .server = question->server,
    .ordinal = base->mapping_count,
  };

  if (floe_reflexive_is_redundant (&base->base.address, base->base.is_hidden, address)
      || base->mapping_count >= FLOE_REFLEXIVE_MAX_MAPPINGS
      || floe_reflexive_mappings_have (self->mappings, question->base, address))
    return FALSE;
  floe_reflexive_candidate_make (&mapping.candidate, &base->base.host, &name, address);
  base->mapping_count++;
  g_array_append_val (self->mappings, mapping);
  return TRUE;
}

/* The first time that a base hears from a server. */
static void
note_answer (FloeReflexiveCore *self, gint64 now_us, const Question *question, gint64 rtt_us)
{
  get_base (self, question->base)->is_answered = TRUE;
  if (self->answered_us != -1)
    return;
  self->answered_us = now_us;
  self->rtt_us = rtt_us >= 0 ? rtt_us : now_us - question->started_us;
}

static void
take_answer (FloeReflexiveCore *self, gint64 now_us, Question *question,
             const FloeStunOutcome *outcome)
{
  Server *server = &self->servers[question->server];
  FloeStunAddress address;

  if (!floe_reflexive_read (&outcome->response, &get_base (self, question->base)->base.address,
                            &address))
    {
      self->dropped_count++;
      server->text = "The STUN server's answer is of no use";
      return;
    }
  server->is_settled = TRUE;
  note_answer (self, now_us, question, outcome->rtt_us);
  /* One of several servers that see the same is enough. */
  if (take_mapping (self, question, &address) || !question->is_first)
    question->refresh_us = now_us + FLOE_REFLEXIVE_REFRESH_US;
}

static void
take_failure (FloeReflexiveCore *self, const Question *question, const FloeStunOutcome *outcome)
{
  static const char *const texts[] = {
    [FLOE_STUN_RESULT_ERROR] = "The STUN server refused to answer",
    [FLOE_STUN_RESULT_TIMED_OUT] = "The STUN server did not answer",
    [FLOE_STUN_RESULT_UNREACHABLE] = "The STUN server can't be reached from here",
    [FLOE_STUN_RESULT_BROKEN] = "The STUN server's answer is of no use",
  };
  const char *text = texts[MIN ((gsize) outcome->result, G_N_ELEMENTS (texts) - 1)];

  self->servers[question->server].text = text != NULL ? text : texts[FLOE_STUN_RESULT_BROKEN];
  self->servers[question->server].code =
      outcome->result == FLOE_STUN_RESULT_ERROR ? outcome->error_code : CODE_UNREACHABLE;
}

static void
handle_outcome (FloeReflexiveCore *self, gint64 now_us, const FloeStunOutcome *outcome)
{
  Question *question = NULL;

  for (guint i = 0; i < self->questions->len && question == NULL; i++)
    {
      if (get_question (self, i)->request == outcome->id)
        question = get_question (self, i);
    }
  g_assert (question != NULL);
  question->request = 0;
  if (question->is_first)
    {
      get_base (self, question->base)->pending_count--;
      self->servers[question->server].pending_count--;
    }
  if (outcome->result == FLOE_STUN_RESULT_SUCCESS)
    take_answer (self, now_us, question, outcome);
  else if (question->is_first)
    take_failure (self, question, outcome);
  else
    /* One lost refreshment more or less: the NAT's patience is longer. */
    question->refresh_us = now_us + FLOE_REFLEXIVE_REFRESH_US;
  question->is_first = FALSE;
}

void
floe_reflexive_core_handle_datagram (FloeReflexiveCore *self, gint64 now_us, guint base,
                                     const FloeStunAddress *from, const guint8 *data, gsize size)
{
  FloeStunRoute route = { .local = base, .remote = *from };

  self->now_us = now_us;
  floe_stun_client_core_handle_datagram (self->client, now_us, &route, data, size);
}

void
floe_reflexive_core_handle_unreachable (FloeReflexiveCore *self, gint64 now_us, guint base,
                                        const FloeStunAddress *to)
{
  FloeStunRoute route = { .local = base, .remote = *to };

  self->now_us = now_us;
  floe_stun_client_core_handle_unreachable (self->client, now_us, &route);
}

void
floe_reflexive_core_handle_timeout (FloeReflexiveCore *self, gint64 now_us)
{
  self->now_us = now_us;
  floe_stun_client_core_handle_timeout (self->client, now_us);
  for (guint i = 0; i < self->questions->len && self->is_refreshing; i++)
    {
      if (now_us >= get_question (self, i)->refresh_us)
        ask (self, now_us, get_question (self, i));
    }
}

static gboolean
is_looking (const FloeReflexiveCore *self)
{
  for (guint i = 0; i < self->server_count; i++)
    {
      if (!self->servers[i].is_looked_up)
        return TRUE;
    }
  return FALSE;
}

gint64
floe_reflexive_core_get_deadline (const FloeReflexiveCore *self)
{
  gint64 deadline_us = floe_stun_client_core_get_deadline (self->client);

  if (deadline_us == -1)
    deadline_us = G_MAXINT64;
  if (is_looking (self) && self->now_us < self->lookup_limit_us)
    deadline_us = MIN (deadline_us, self->lookup_limit_us);
  for (guint i = 0; i < self->questions->len && self->is_refreshing; i++)
    deadline_us = MIN (deadline_us, get_question (self, i)->refresh_us);
  return deadline_us == G_MAXINT64 ? -1 : deadline_us;
}

static guint
count_open (const FloeReflexiveCore *self)
{
  gboolean is_waiting = is_looking (self) && self->now_us < self->lookup_limit_us;
  guint count = 0;

  for (guint i = 0; i < self->bases->len; i++)
    {
      const Base *base = get_base (self, i);

      if (!base->is_answered && (is_waiting || base->pending_count > 0))
        count++;
    }
  return count;
}

/* A failure waits until an answer has been of use, or there will be none. */
static gboolean
poll_failure (FloeReflexiveCore *self, FloeReflexiveOutput *output)
{
  if (!self->has_all_bases || (self->answered_us == -1 && count_open (self) > 0))
    return FALSE;
  for (guint i = 0; i < self->server_count; i++)
    {
      Server *server = &self->servers[i];

      if (server->is_settled || !server->is_looked_up || server->pending_count > 0)
        continue;
      server->is_settled = TRUE;
      *output = (FloeReflexiveOutput){ .type = FLOE_REFLEXIVE_OUTPUT_FAILED,
                                       .server = i,
                                       .code = server->code,
                                       .text = server->text };
      return TRUE;
    }
  return FALSE;
}

static gboolean
poll_candidate (FloeReflexiveCore *self, FloeReflexiveOutput *output)
{
  const FloeReflexiveMapping *mapping;

  if (self->told_count >= self->mappings->len)
    return FALSE;
  mapping = &g_array_index (self->mappings, FloeReflexiveMapping, self->told_count++);
  *output = (FloeReflexiveOutput){ .type = FLOE_REFLEXIVE_OUTPUT_CANDIDATE,
                                   .base = mapping->base,
                                   .server = mapping->server,
                                   .candidate = &mapping->candidate };
  return TRUE;
}

gboolean
floe_reflexive_core_poll (FloeReflexiveCore *self, FloeReflexiveOutput *output)
{
  FloeStunOutput stun;

  while (floe_stun_client_core_poll (self->client, &stun))
    {
      if (stun.type == FLOE_STUN_OUTPUT_DONE)
        {
          handle_outcome (self, self->now_us, stun.outcome);
          continue;
        }
      *output = (FloeReflexiveOutput){ .type = FLOE_REFLEXIVE_OUTPUT_SEND,
                                       .base = stun.to.local,
                                       .to = stun.to.remote,
                                       .data = stun.data,
                                       .size = stun.size };
      return TRUE;
    }
  return poll_candidate (self, output) || poll_failure (self, output);
}

void
floe_reflexive_core_stop_refreshing (FloeReflexiveCore *self)
{
  self->is_refreshing = FALSE;
}

FloeReflexiveFacts
floe_reflexive_core_get_facts (const FloeReflexiveCore *self)
{
  FloeReflexiveFacts facts = {
    .base_count = self->bases->len,
    .open_count = count_open (self),
    .answered_us = self->answered_us,
    .rtt_us = self->rtt_us,
  };

  for (guint i = 0; i < self->bases->len; i++)
    facts.answered_count += get_base (self, i)->is_answered ? 1 : 0;
  return facts;
}

const FloeCandidate *
floe_reflexive_core_find (const FloeReflexiveCore *self, const char *address, guint16 port)
{
  return floe_reflexive_mappings_find (self->mappings, address, port);
}

guint
floe_reflexive_core_get_dropped_count (const FloeReflexiveCore *self)
{
  return self->dropped_count;
}
