/* SPDX-License-Identifier: MPL-2.0 */
/* What the transport tells: in order, from the main loop, and with names where addresses are to
 * stay hidden. */
#include "floe-ice-transport-internal-private.h"

void
floe_ice_transport_init_outbox (FloeIceTransport *self, FloeIceNames *names)
{
  g_queue_init (&self->outbox.queue);
  self->outbox.names = names;
}

void
floe_ice_transport_flush (FloeIceTransport *self)
{
  FloeIceEvent *event;

  floe_ice_transport_ref (self);
  while ((event = g_queue_pop_head (&self->outbox.queue)) != NULL)
    {
      if (!self->is_closed)
        floe_ice_event_deliver (event, self->events, self->user_data);
      floe_ice_event_free (event);
    }
  floe_ice_transport_unref (self);
}

static gboolean
on_flush (gpointer data)
{
  FloeIceTransport *self = data;

  g_clear_pointer (&self->outbox.flush_source, g_source_unref);
  floe_ice_transport_flush (self);
  return G_SOURCE_REMOVE;
}

/* FALSE when @event may not be told. */
static gboolean
hide_addresses (FloeIceTransport *self, FloeIceEvent *event)
{
  if (event->type == FLOE_ICE_EVENT_CANDIDATE)
    return floe_ice_names_hide (self->outbox.names, &event->local);
  if (event->type != FLOE_ICE_EVENT_PAIR)
    return TRUE;
  if (!floe_ice_names_hide (self->outbox.names, &event->local))
    floe_ice_names_blank (&event->local);
  floe_ice_names_show (self->outbox.names, &event->remote);
  return TRUE;
}

void
floe_ice_transport_push (FloeIceTransport *self, FloeIceEvent *event)
{
  if (self->is_closed || !hide_addresses (self, event))
    {
      floe_ice_event_free (event);
      return;
    }
  g_queue_push_tail (&self->outbox.queue, event);
  if (self->outbox.flush_source != NULL)
    return;
  self->outbox.flush_source = g_idle_source_new ();
  g_source_set_priority (self->outbox.flush_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->outbox.flush_source, on_flush, self, NULL);
  g_source_attach (self->outbox.flush_source, self->shared.context);
}

void
floe_ice_transport_clear_outbox (FloeIceTransport *self)
{
  g_clear_pointer (&self->outbox.names, floe_ice_names_free);
  if (self->outbox.flush_source != NULL)
    g_source_destroy (self->outbox.flush_source);
  g_clear_pointer (&self->outbox.flush_source, g_source_unref);
  g_queue_clear_full (&self->outbox.queue, (GDestroyNotify) floe_ice_event_free);
}
