/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-port-sampler-private.h"

#include "floe-deadline-source-private.h"
#include "floe-ice-uri-codec-private.h"
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-name-resolver-private.h"
#include "floe-stun-asker-private.h"

#define MAX_SERVERS 4

/* Sent once: where a question has to be repeated, nobody knows when its mapping was made. */
#define LIMIT_US (700 * G_TIME_SPAN_MILLISECOND)
/* Once a round trip is known, an answer that takes so much longer is taken for lost. */
#define PATIENCE_US (200 * G_TIME_SPAN_MILLISECOND)
/* Answers that are there are read before it is judged that they are not. */
#define PRIORITY_JUDGE (G_PRIORITY_DEFAULT + 10)

static const FloeStunTiming timing = {
  .rto_us = LIMIT_US,
  .send_count = 1,
  .last_wait = 1,
  .give_up_us = LIMIT_US,
};

typedef struct
{
  FloePortSampler *sampler; /* (unowned) */
  FloeStunAsker *asker;     /* (owned) (nullable) */
  guint index;
  gint64 asked_us; /* -1 when no answer is waited for */
} Question;

typedef struct
{
  FloePortSampler *sampler; /* (unowned) */
  GCancellable *lookup;     /* (owned) (nullable): while the name is being resolved */
  GInetAddress *address;    /* (owned) (nullable): IPv4 */
  guint16 port;
} Server;

struct _FloePortSampler
{
  GMainContext *context; /* (unowned): outlives the sampler */
  const FloePortSamplerEvents *events;
  gpointer user_data;
  Server servers[MAX_SERVERS];
  guint server_count;
  Question questions[FLOE_PORT_SAMPLER_MAX];
  gboolean is_ready;
  gint64 round_trip_us; /* of the latest answer; -1 */
  GSource *timer;       /* (owned) */
};

static gint64
get_deadline (const FloePortSampler *self, const Question *question)
{
  return question->asked_us
         + MIN (self->round_trip_us + self->round_trip_us / 2 + PATIENCE_US, LIMIT_US);
}

static void
arm_timer (FloePortSampler *self)
{
  gint64 next_us = G_MAXINT64;

  /* Until then each question has its own end. */
  for (guint i = 0; i < FLOE_PORT_SAMPLER_MAX && self->round_trip_us != -1; i++)
    if (self->questions[i].asked_us != -1)
      next_us = MIN (next_us, get_deadline (self, &self->questions[i]));
  floe_deadline_source_set (self->timer, next_us != G_MAXINT64 ? next_us : -1);
}

static void
finish (Question *question, const FloeStunAddress *mapped)
{
  FloePortSampler *self = question->sampler;

  if (question->asked_us == -1)
    return;
  question->asked_us = -1;
  arm_timer (self);
  self->events->sampled (question->index, mapped, self->user_data);
}

static void
on_outcome (const FloeStunOutcome *outcome, gpointer user_data)
{
  Question *question = user_data;
  FloePortSampler *self = question->sampler;
  FloeStunAddress mapped;
  gboolean is_answered =
      outcome->result == FLOE_STUN_RESULT_SUCCESS
      && (floe_stun_message_get_xor_address (&outcome->response, FLOE_STUN_XOR_MAPPED_ADDRESS,
                                             &mapped)
          || floe_stun_message_get_address (&outcome->response, FLOE_STUN_MAPPED_ADDRESS, &mapped))
      && mapped.port != 0 && mapped.size == FLOE_STUN_IPV4_SIZE;

  if (is_answered && outcome->rtt_us != -1)
    self->round_trip_us = outcome->rtt_us;
  finish (question, is_answered ? &mapped : NULL);
}

static void
on_deadline (gpointer user_data)
{
  FloePortSampler *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < FLOE_PORT_SAMPLER_MAX; i++)
    if (self->questions[i].asked_us != -1 && now_us >= get_deadline (self, &self->questions[i]))
      finish (&self->questions[i], NULL);
  arm_timer (self);
}

/* Where NATs give port after port: on IPv4. */
static gboolean
take_address (Server *server, GInetAddress *address)
{
  if (server->address == NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    server->address = g_object_ref (address);
  return server->address != NULL;
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  Server *server = user_data;
  FloePortSampler *self = server->sampler;

  g_clear_object (&server->lookup);
  for (GList *link = addresses; link != NULL; link = link->next)
    take_address (server, link->data);
  if (server->address == NULL || self->is_ready)
    return;
  self->is_ready = TRUE;
  self->events->ready (self->user_data);
}

static void
add_server (FloePortSampler *self, const FloeIceUri *uri)
{
  Server *server = &self->servers[self->server_count];
  g_autoptr (GInetAddress) literal = floe_name_resolver_read (uri->host);

  if (uri->protocol != FLOE_ICE_PROTOCOL_UDP || self->server_count == MAX_SERVERS)
    return;
  self->server_count++;
  server->sampler = self;
  server->port = uri->port;
  if (literal == NULL)
    server->lookup = floe_name_resolver_start (self->context, uri->host, on_resolved, server);
  else
    self->is_ready |= take_address (server, literal);
}

FloePortSampler *
floe_port_sampler_new (GMainContext *context, const GArray *stun_servers,
                       const FloePortSamplerEvents *events, gpointer user_data)
{
  FloePortSampler *self = g_new0 (FloePortSampler, 1);

  self->context = context;
  self->events = events;
  self->user_data = user_data;
  for (guint i = 0; i < FLOE_PORT_SAMPLER_MAX; i++)
    self->questions[i] = (Question){ .sampler = self, .index = i, .asked_us = -1 };
  self->round_trip_us = -1;
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  g_source_set_priority (self->timer, PRIORITY_JUDGE);
  for (guint i = 0; stun_servers != NULL && i < stun_servers->len; i++)
    add_server (self, &g_array_index (stun_servers, FloeIceUri, i));
  if (self->server_count > 0)
    return self;
  floe_port_sampler_free (self);
  return NULL;
}

static void
forget_questions (FloePortSampler *self)
{
  for (guint i = 0; i < FLOE_PORT_SAMPLER_MAX; i++)
    {
      g_clear_pointer (&self->questions[i].asker, floe_stun_asker_free);
      self->questions[i].asked_us = -1;
    }
}

void
floe_port_sampler_free (FloePortSampler *self)
{
  forget_questions (self);
  for (guint i = 0; i < self->server_count; i++)
    {
      if (self->servers[i].lookup != NULL)
        g_cancellable_cancel (self->servers[i].lookup);
      g_clear_object (&self->servers[i].lookup);
      g_clear_object (&self->servers[i].address);
    }
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

gboolean
floe_port_sampler_is_ready (const FloePortSampler *self)
{
  return self->is_ready;
}

/* Of those whose addresses are known. */
static const Server *
find_server (const FloePortSampler *self, guint turn)
{
  guint known = 0;

  for (guint i = 0; i < self->server_count; i++)
    known += self->servers[i].address != NULL;
  if (known == 0)
    return NULL;
  turn %= known;
  for (guint i = 0; i < self->server_count; i++)
    if (self->servers[i].address != NULL && turn-- == 0)
      return &self->servers[i];
  return NULL;
}

gboolean
floe_port_sampler_begin (FloePortSampler *self, const char *local, guint turn)
{
  const Server *server = find_server (self, turn);
  g_autoptr (GInetAddress) base = g_inet_address_new_from_string (local);
  FloeStunAskerConfig config = { .context = self->context, .local = base };

  forget_questions (self);
  if (server == NULL || base == NULL || g_inet_address_get_family (base) != G_SOCKET_FAMILY_IPV4)
    return FALSE;
  config.server = server->address;
  config.port = server->port;
  for (guint i = 0; i < FLOE_PORT_SAMPLER_MAX; i++)
    {
      Question *question = &self->questions[i];

      question->asker = floe_stun_asker_new (&config, on_outcome, question, NULL);
      if (question->asker != NULL)
        continue;
      forget_questions (self);
      return FALSE;
    }
  return TRUE;
}

void
floe_port_sampler_ask (FloePortSampler *self, guint index)
{
  Question *question = &self->questions[index];

  if (question->asker == NULL || !floe_stun_asker_ask_at_once (question->asker, &timing))
    return;
  question->asked_us = g_get_monotonic_time ();
  arm_timer (self);
}

char *
floe_port_sampler_find_local (const FloePortSampler *self)
{
  const Server *server = find_server (self, 0);
  FloeLocalAddress local;

  return server != NULL && floe_local_address_towards (server->address, server->port, &local)
             ? g_strdup (local.text)
             : NULL;
}
