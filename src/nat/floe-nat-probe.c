/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-probe-private.h"

#include "floe-deadline-source-private.h"

/* A packet that the kernel would not send: told to the core when it has been asked all. */
typedef struct
{
  guint socket;
  FloeStunAddress to;
} Refusal;

/* What the two cores have in common. */
typedef struct
{
  void (*free) (gpointer core);
  void (*start) (gpointer core, gint64 now_us);
  void (*set_local) (gpointer core, guint socket, const FloeStunAddress *local);
  void (*handle_datagram) (gpointer core, gint64 now_us, guint socket, const FloeStunAddress *from,
                           const guint8 *data, gsize size);
  void (*handle_unreachable) (gpointer core, gint64 now_us, guint socket,
                              const FloeStunAddress *remote);
  void (*handle_timeout) (gpointer core, gint64 now_us);
  gint64 (*get_deadline) (gpointer core);
  gboolean (*poll) (gpointer core, FloeNatOutput *output);
} CoreFuncs;

/* Functions of the type that the table has, for those of a core. */
#define DEFINE_CORE_FUNCS(name)                                                                    \
  static void name##_free_it (gpointer core)                                                       \
  {                                                                                                \
    floe_nat_##name##_free (core);                                                                 \
  }                                                                                                \
  static void name##_start_it (gpointer core, gint64 now_us)                                       \
  {                                                                                                \
    floe_nat_##name##_start (core, now_us);                                                        \
  }                                                                                                \
  static void name##_set_local_it (gpointer core, guint socket, const FloeStunAddress *local)      \
  {                                                                                                \
    floe_nat_##name##_set_local (core, socket, local);                                             \
  }                                                                                                \
  static void name##_datagram (gpointer core, gint64 now_us, guint socket,                         \
                               const FloeStunAddress *from, const guint8 *data, gsize size)        \
  {                                                                                                \
    floe_nat_##name##_handle_datagram (core, now_us, socket, from, data, size);                    \
  }                                                                                                \
  static void name##_unreachable (gpointer core, gint64 now_us, guint socket,                      \
                                  const FloeStunAddress *remote)                                   \
  {                                                                                                \
    floe_nat_##name##_handle_unreachable (core, now_us, socket, remote);                           \
  }                                                                                                \
  static void name##_timeout (gpointer core, gint64 now_us)                                        \
  {                                                                                                \
    floe_nat_##name##_handle_timeout (core, now_us);                                               \
  }                                                                                                \
  static gint64 name##_get_deadline_of (gpointer core)                                             \
  {                                                                                                \
    return floe_nat_##name##_get_deadline (core);                                                  \
  }                                                                                                \
  static gboolean name##_poll_it (gpointer core, FloeNatOutput *output)                            \
  {                                                                                                \
    return floe_nat_##name##_poll (core, output);                                                  \
  }                                                                                                \
  static const CoreFuncs name##_funcs = { name##_free_it,         name##_start_it,                 \
                                          name##_set_local_it,    name##_datagram,                 \
                                          name##_unreachable,     name##_timeout,                  \
                                          name##_get_deadline_of, name##_poll_it };

DEFINE_CORE_FUNCS (core)
DEFINE_CORE_FUNCS (lifetime_core)

G_STATIC_ASSERT (FLOE_NAT_LIFETIME_MAX_SOCKETS <= FLOE_NAT_MAX_SOCKETS);

struct _FloeNatProbe
{
  gpointer core;          /* (owned) */
  const CoreFuncs *funcs; /* (unowned): static */
  GMainContext *context;  /* (owned) */
  FloeNatOrigin base;
  FloeNatSocket *sockets[FLOE_NAT_MAX_SOCKETS]; /* (owned) (nullable) */
  GSource *timer;                               /* (owned) */
  GArray *refusals;                             /* (owned) (element-type Refusal) */
  const FloeNatProbeEvents *events;             /* (unowned): static */
  gpointer user_data;                           /* (unowned) */
  gboolean is_begun;
  gboolean has_changed;
  gboolean is_done;
};

static void drain (FloeNatProbe *self);

static void
on_received (guint number, const FloeStunAddress *from, const guint8 *data, gsize size,
             gpointer user_data)
{
  FloeNatProbe *self = user_data;

  self->funcs->handle_datagram (self->core, g_get_monotonic_time (), number, from, data, size);
  drain (self);
}

static void
on_unreachable (guint number, const FloeStunAddress *remote, gboolean is_by_host,
                gpointer user_data)
{
  FloeNatProbe *self = user_data;

  if (is_by_host && self->funcs == &core_funcs)
    floe_nat_core_note_host (self->core, remote);
  self->funcs->handle_unreachable (self->core, g_get_monotonic_time (), number, remote);
  drain (self);
}

static const FloeNatSocketEvents socket_events = { on_received, on_unreachable };

static void
open_socket (FloeNatProbe *self, guint number)
{
  FloeStunAddress local;

  g_clear_pointer (&self->sockets[number], floe_nat_socket_free);
  self->sockets[number] =
      floe_nat_socket_new (self->context, &self->base, number, &socket_events, self);
  if (self->sockets[number] == NULL)
    return;
  local = floe_nat_socket_get_local (self->sockets[number]);
  self->funcs->set_local (self->core, number, &local);
}

static void
send_packet (FloeNatProbe *self, const FloeNatOutput *output)
{
  FloeNatSocket *socket = self->sockets[output->socket];

  if (socket == NULL || !floe_nat_socket_send (socket, &output->to, output->data, output->size))
    {
      Refusal refusal = { output->socket, output->to };

      g_array_append_val (self->refusals, refusal);
    }
}

static void
carry_out (FloeNatProbe *self)
{
  FloeNatOutput output;

  while (self->funcs->poll (self->core, &output))
    switch (output.type)
      {
      case FLOE_NAT_OUTPUT_OPEN:
        open_socket (self, output.socket);
        break;
      case FLOE_NAT_OUTPUT_SEND:
        send_packet (self, &output);
        break;
      case FLOE_NAT_OUTPUT_CLOSE:
        g_clear_pointer (&self->sockets[output.socket], floe_nat_socket_free);
        break;
      case FLOE_NAT_OUTPUT_CHANGED:
        self->has_changed = TRUE;
        break;
      case FLOE_NAT_OUTPUT_DONE:
      default:
        self->is_done = TRUE;
      }
}

/* Ends: each refusal is told once, and ends the requests that could make another. */
static void
drain (FloeNatProbe *self)
{
  gboolean has_changed;

  carry_out (self);
  while (self->refusals->len > 0)
    {
      Refusal refusal = g_array_index (self->refusals, Refusal, self->refusals->len - 1);

      g_array_set_size (self->refusals, self->refusals->len - 1);
      self->funcs->handle_unreachable (self->core, g_get_monotonic_time (), refusal.socket,
                                       &refusal.to);
      carry_out (self);
    }
  floe_deadline_source_set (self->timer, self->funcs->get_deadline (self->core));
  has_changed = self->has_changed;
  self->has_changed = FALSE;
  if (self->is_done)
    self->events->done (self, self->user_data);
  else if (has_changed)
    self->events->changed (self, self->user_data);
}

static void
on_deadline (gpointer user_data)
{
  FloeNatProbe *self = user_data;

  if (!self->is_begun)
    {
      self->is_begun = TRUE;
      self->funcs->start (self->core, g_get_monotonic_time ());
    }
  else
    self->funcs->handle_timeout (self->core, g_get_monotonic_time ());
  drain (self);
}

/* Takes @core. */
static FloeNatProbe *
make_probe (GMainContext *context, const FloeNatOrigin *base, gpointer core, const CoreFuncs *funcs,
            const FloeNatProbeEvents *events, gpointer user_data)
{
  FloeNatProbe *self = g_new0 (FloeNatProbe, 1);

  self->core = core;
  self->funcs = funcs;
  self->context = g_main_context_ref (context);
  self->base = *base;
  self->refusals = g_array_new (FALSE, FALSE, sizeof (Refusal));
  self->events = events;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  floe_deadline_source_set (self->timer, 0);
  return self;
}

FloeNatProbe *
floe_nat_probe_new (GMainContext *context, const FloeNatOrigin *base, const FloeNatServer *servers,
                    guint count, const FloeNatProbeEvents *events, gpointer user_data)
{
  return make_probe (context, base, floe_nat_core_new (&base->address, servers, count), &core_funcs,
                     events, user_data);
}

FloeNatProbe *
floe_nat_probe_new_lifetime (GMainContext *context, const FloeNatOrigin *base,
                             const FloeNatServer *servers, guint count,
                             const FloeNatProbeEvents *events, gpointer user_data)
{
  return make_probe (context, base, floe_nat_lifetime_core_new (&base->address, servers, count),
                     &lifetime_core_funcs, events, user_data);
}

void
floe_nat_probe_free (FloeNatProbe *self)
{
  for (guint i = 0; i < FLOE_NAT_MAX_SOCKETS; i++)
    g_clear_pointer (&self->sockets[i], floe_nat_socket_free);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  self->funcs->free (self->core);
  g_array_unref (self->refusals);
  g_main_context_unref (self->context);
  g_free (self);
}

const FloeNatFindings *
floe_nat_probe_get_findings (const FloeNatProbe *self)
{
  g_assert (self->funcs == &core_funcs);
  return floe_nat_core_get_findings (self->core);
}

const FloeNatLifetime *
floe_nat_probe_get_lifetime (const FloeNatProbe *self)
{
  g_assert (self->funcs == &lifetime_core_funcs);
  return floe_nat_lifetime_core_get_result (self->core);
}
