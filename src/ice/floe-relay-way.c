/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-relay-way-private.h"

#include <glib-object.h>

#include "floe-log-private.h"
#include "floe-stun-attributes-private.h"

struct _FloeRelayWay
{
  guint ref_count;                  /* who made it, and each agent: all in the network thread */
  FloeTunnel *tunnel;               /* (owned) */
  const FloeRelayWayEvents *events; /* (nullable): NULL when it was left */
  gpointer user_data;
  guint code;            /* of the last error that says something */
  guint challenge_count; /* 401s */
  gboolean is_relayed;
};

static void
on_opened (gint64 elapsed_us, gpointer user_data)
{
  floe_debug (FLOE_LOG_ICE, "relay: the way is open after %" G_GINT64_FORMAT " us", elapsed_us);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  FloeRelayWay *self = user_data;

  if (self->events != NULL)
    self->events->failed (error, self->user_data);
}

/* RFC 8489 section 9.2.4: the first 401 asks for credentials, and 438 for a new nonce. */
static gboolean
is_refusal (FloeRelayWay *self, guint code)
{
  if (code == FLOE_STUN_ERROR_UNAUTHENTICATED)
    return ++self->challenge_count > 1;
  return code != FLOE_STUN_ERROR_STALE_NONCE;
}

static void
on_error_response (const guint8 *message, gsize size, gpointer user_data)
{
  FloeRelayWay *self = user_data;
  FloeStunMessage response;
  FloeStunError error;
  guint16 method = self->is_relayed ? FLOE_STUN_METHOD_REFRESH : FLOE_STUN_METHOD_ALLOCATE;

  if (self->events == NULL || !floe_stun_message_parse (&response, message, size, NULL)
      || response.message_class != FLOE_STUN_ERROR || response.method != method
      || !floe_stun_message_get_error (&response, &error) || !is_refusal (self, error.code))
    return;
  self->code = error.code;
  if (self->is_relayed || error.code == FLOE_STUN_ERROR_TRY_ALTERNATE)
    self->events->refused (error.code, &response, self->user_data);
}

static const FloeTunnelEvents tunnel_events = { on_opened, on_failed, on_error_response };

static void
drop (gpointer data)
{
  FloeRelayWay *self = data;

  if (--self->ref_count > 0)
    return;
  floe_tunnel_free (self->tunnel);
  g_free (self);
}

FloeRelayWay *
floe_relay_way_new (GMainContext *context, const FloeTunnelConfig *config,
                    const FloeRelayWayEvents *events, gpointer user_data, GError **error)
{
  FloeRelayWay *self = g_new0 (FloeRelayWay, 1);

  self->ref_count = 1;
  self->events = events;
  self->user_data = user_data;
  self->tunnel = floe_tunnel_new (context, config, &tunnel_events, self, error);
  if (self->tunnel != NULL)
    return self;
  g_free (self);
  return NULL;
}

void
floe_relay_way_leave (FloeRelayWay *self)
{
  self->events = NULL;
  drop (self);
}

void
floe_relay_way_tie (FloeRelayWay *self, gpointer agent)
{
  self->ref_count++;
  g_object_set_data_full (agent, "floe-relay-way", self, drop);
}

const FloeTunnel *
floe_relay_way_get_tunnel (const FloeRelayWay *self)
{
  return self->tunnel;
}

void
floe_relay_way_handle_relayed (FloeRelayWay *self)
{
  self->is_relayed = TRUE;
}

guint
floe_relay_way_get_code (const FloeRelayWay *self)
{
  return self->code;
}
