/* SPDX-License-Identifier: MPL-2.0 */
/* The data channels of a connection. */
#include "floe-peer-connection-private.h"

#include <floe/floe-error.h>

#include <string.h>

#include "floe-data-channel-init-private.h"
#include "floe-data-channel-private.h"
#include "floe-deadline-source-private.h"

/* Nothing tells when a handler is connected, so whoever waits for one looks again: soon at first,
 * since a handler mostly comes in the same turn of the main loop, then more and more rarely. */
#define FIRST_HOLD_INTERVAL_MS 5
#define LAST_HOLD_INTERVAL_MS 1000

void
floe_peer_channels_init (FloePeerConnection *self)
{
  self->channels.by_key =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_object_unref);
  g_queue_init (&self->channels.unannounced);
  self->channels.next_key = 1; /* odd: ours, even: the peer's */
}

void
floe_peer_channels_clear (FloePeerConnection *self)
{
  g_autoptr (GHashTable) by_key = g_steal_pointer (&self->channels.by_key);
  GHashTableIter iter;
  gpointer channel;

  floe_peer_clear_source (&self->channels.hold_timer);
  g_queue_clear_full (&self->channels.unannounced, g_object_unref);
  if (by_key == NULL)
    return;
  self->channels.by_key =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_object_unref);
  g_hash_table_iter_init (&iter, by_key);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    floe_data_channel_detach (channel);
}

static FloeOrder *
new_channel_order (FloeOrderType type, FloeDataChannel *channel)
{
  FloeOrder *order = floe_order_new (type);

  order->key = floe_data_channel_get_key (channel);
  return order;
}

gboolean
floe_peer_has_room (FloePeerConnection *self, gsize size)
{
  return size <= FLOE_PEER_MAX_QUEUED_SIZE - self->channels.queued_size;
}

gboolean
floe_peer_send (FloePeerConnection *self, FloeDataChannel *channel, gboolean is_text, GBytes *bytes,
                GError **error)
{
  gsize size = g_bytes_get_size (bytes);
  FloeOrder *order;

  if (size > self->max_message_size)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                   "The message has %" G_GSIZE_FORMAT " bytes, but at most %" G_GUINT64_FORMAT
                   " can be sent to this peer: send it in parts",
                   size, self->max_message_size);
      return FALSE;
    }
  if (!floe_peer_has_room (self, size))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                           "More than 16 MiB wait to be sent on this connection: watch "
                           "buffered-amount and wait for buffered-amount-low");
      return FALSE;
    }
  self->channels.queued_size += size;
  order = new_channel_order (FLOE_ORDER_SEND, channel);
  order->is_set = is_text;
  order->bytes = g_bytes_ref (bytes);
  floe_stack_post (self->stack, order);
  return TRUE;
}

void
floe_peer_close_channel (FloePeerConnection *self, FloeDataChannel *channel)
{
  floe_stack_post (self->stack, new_channel_order (FLOE_ORDER_CLOSE_CHANNEL, channel));
}

void
floe_peer_close_channels (FloePeerConnection *self)
{
  g_autolist (FloeDataChannel) channels = g_hash_table_get_values (self->channels.by_key);

  /* Handlers may make and close channels. */
  for (GList *item = channels; item != NULL; item = item->next)
    g_object_ref (item->data);
  for (GList *item = channels; item != NULL && !self->is_closed; item = item->next)
    floe_data_channel_close (item->data);
}

void
floe_peer_forget_channel (FloePeerConnection *self, FloeDataChannel *channel, gsize buffered_amount)
{
  self->channels.queued_size -= MIN (buffered_amount, self->channels.queued_size);
  g_hash_table_remove (self->channels.by_key,
                       GUINT_TO_POINTER (floe_data_channel_get_key (channel)));
}

/* Tells the application of the peer's channels; FALSE when nobody listens. */
static gboolean
announce_channels (FloePeerConnection *self)
{
  guint signal_id = floe_peer_get_signal_id (FLOE_PEER_SIGNAL_DATA_CHANNEL);
  FloeDataChannel *next;

  while (!self->is_closed && (next = g_queue_peek_head (&self->channels.unannounced)) != NULL)
    {
      g_autoptr (FloeDataChannel) channel = NULL;

      if (!g_signal_has_handler_pending (self, signal_id, 0, FALSE))
        return FALSE;
      channel = g_queue_pop_head (&self->channels.unannounced);
      floe_data_channel_announce (channel);
      floe_peer_emit (self, FLOE_PEER_SIGNAL_DATA_CHANNEL, channel);
      if (floe_data_channel_flush (channel))
        floe_peer_hold (self, FALSE);
    }
  return TRUE;
}

static gboolean
look_again (gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);
  g_autolist (FloeDataChannel) channels = g_hash_table_get_values (self->channels.by_key);
  gboolean is_held;

  /* Handlers may make and close channels. */
  for (GList *item = channels; item != NULL; item = item->next)
    g_object_ref (item->data);
  floe_peer_clear_source (&self->channels.hold_timer);
  is_held = !announce_channels (self);
  for (GList *item = channels; item != NULL && !self->is_closed; item = item->next)
    is_held |= floe_data_channel_flush (item->data);
  floe_peer_flush_consumed (self);
  if (self->is_closed)
    return G_SOURCE_REMOVE;
  if (is_held)
    {
      self->channels.hold_interval_ms =
          MIN (2 * self->channels.hold_interval_ms, LAST_HOLD_INTERVAL_MS);
      floe_peer_hold (self, FALSE);
    }
  else
    self->channels.hold_interval_ms = 0;
  return G_SOURCE_REMOVE;
}

void
floe_peer_hold (FloePeerConnection *self, gboolean is_urgent)
{
  if (is_urgent)
    floe_peer_clear_source (&self->channels.hold_timer);
  if (self->channels.hold_timer != NULL || self->is_closed)
    return;
  if (self->channels.hold_interval_ms == 0)
    self->channels.hold_interval_ms = FIRST_HOLD_INTERVAL_MS;
  self->channels.hold_timer =
      g_timeout_source_new (is_urgent ? 0 : self->channels.hold_interval_ms);
  g_source_set_callback (self->channels.hold_timer, look_again, self, NULL);
  g_source_attach (self->channels.hold_timer, self->context);
}

static void
handle_incoming (FloePeerConnection *self, FloeFact *fact)
{
  g_autoptr (FloeFact) incoming = fact;
  FloeDataChannel *channel = floe_data_channel_new (self, fact->key, fact->with.channel, TRUE);
  FloeFact *opened = floe_fact_new (FLOE_FACT_CHANNEL_OPENED);

  /* W3C 6.1: "open" follows "datachannel", so that its handler can be connected there. */
  opened->key = fact->key;
  opened->number = (guint) fact->with.channel->id;
  floe_data_channel_handle_fact (channel, opened);

  g_hash_table_insert (self->channels.by_key, GUINT_TO_POINTER (fact->key), channel);
  g_queue_push_tail (&self->channels.unannounced, g_object_ref (channel));
  if (!announce_channels (self))
    floe_peer_hold (self, FALSE);
}

void
floe_peer_handle_channel_fact (FloePeerConnection *self, FloeFact *fact)
{
  FloeDataChannel *channel;

  if (fact->type == FLOE_FACT_CHANNEL_INCOMING)
    {
      handle_incoming (self, fact);
      return;
    }
  channel = g_hash_table_lookup (self->channels.by_key, GUINT_TO_POINTER (fact->key));
  if (channel == NULL)
    {
      /* The account goes on for what nobody gets any more. */
      if (fact->type == FLOE_FACT_CHANNEL_MESSAGE)
        floe_peer_note_consumed (self, fact->key,
                                 g_bytes_get_size (fact->bytes) + FLOE_MESSAGE_OVERHEAD);
      floe_fact_free (fact);
      return;
    }
  if (fact->type == FLOE_FACT_CHANNEL_SENT)
    self->channels.queued_size -= MIN (fact->size, self->channels.queued_size);
  floe_data_channel_handle_fact (channel, fact);
}

void
floe_peer_flush_consumed (FloePeerConnection *self)
{
  FloeOrder *order;

  if (self->is_closed || self->channels.consumed_size == 0)
    return;
  order = floe_order_new (FLOE_ORDER_CONSUMED);
  order->key = self->channels.consumed_key;
  order->size = self->channels.consumed_size;
  self->channels.consumed_size = 0;
  floe_stack_post (self->stack, order);
}

void
floe_peer_note_consumed (FloePeerConnection *self, guint32 key, gsize size)
{
  if (key != self->channels.consumed_key)
    floe_peer_flush_consumed (self);
  self->channels.consumed_key = key;
  self->channels.consumed_size += size;
}

static gboolean
check_info (FloePeerConnection *self, const FloeChannelInfo *info, GError **error)
{
  int limit = (int) floe_configuration_get_max_channels (self->configuration);

  if (strlen (info->label) > G_MAXUINT16 || strlen (info->protocol) > G_MAXUINT16)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                         "A label or protocol can have at most 65535 bytes");
  else if (!g_utf8_validate (info->label, -1, NULL) || !g_utf8_validate (info->protocol, -1, NULL))
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE, "Label and protocol must be UTF-8");
  else if (info->max_retransmits >= 0 && info->max_packet_life_time >= 0)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                         "A channel can have a number of retransmissions or a life time for its "
                         "packets, not both");
  else if (info->is_negotiated && info->id == G_MAXUINT16)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE, "65535 is not an id of a channel");
  else if (info->is_negotiated && info->id >= limit)
    g_set_error (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "The id %d is too high: max-channels of the configuration is %d", info->id, limit);
  else
    return TRUE;
  return FALSE;
}

/* Whether a negotiated id is taken; ids of others are chosen below, from what is left. */
static gboolean
is_id_in_use (FloePeerConnection *self, int id)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, self->channels.by_key);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    if (floe_data_channel_get_id (channel) == id)
      return TRUE;
  return FALSE;
}

static gboolean
check_may_create (FloePeerConnection *self, const FloeChannelInfo *info, GError **error)
{
  if (self->is_closed)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                         "The connection is closed: make a new one");
  else if (!check_info (self, info, error))
    return FALSE;
  else if (info->is_negotiated && is_id_in_use (self, info->id))
    g_set_error (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "The id %d is in use: choose another, on both sides", info->id);
  else if (g_hash_table_size (self->channels.by_key)
           >= floe_configuration_get_max_channels (self->configuration))
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                         "The connection has max-channels channels already: close one first");
  else
    return TRUE;
  return FALSE;
}

/**
 * floe_peer_connection_create_data_channel:
 * @self: a connection
 * @label: a name for the channel, UTF-8, at most 65535 bytes; need not be unique
 * @init: (nullable) (transfer none): options; %NULL for an ordered and reliable channel
 * @error: return location for an error, or %NULL
 *
 * Makes a data channel (W3C RTCPeerConnection.createDataChannel). It opens when the connection is
 * up. The first channel of a connection makes #FloePeerConnection::negotiation-needed follow. The
 * connection holds the channel until it is closed.
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when the connection is closed, with %FLOE_ERROR_TYPE when
 * the options contradict each other or a text is too long or not UTF-8, and with
 * %FLOE_ERROR_OPERATION when the negotiated id is in use or too high, or when there are
 * #FloeConfiguration:max-channels channels already.
 *
 * Returns: (transfer full): the new channel
 * Since: 1.0
 */
FloeDataChannel *
floe_peer_connection_create_data_channel (FloePeerConnection *self, const char *label,
                                          const FloeDataChannelInit *init, GError **error)
{
  g_autoptr (FloeDataChannelInit) defaults = NULL;
  g_auto (FloeChannelInfo) info = { 0 };
  FloeDataChannel *channel;
  FloeOrder *order;

  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);
  g_return_val_if_fail (label != NULL, NULL);

  if (init == NULL)
    init = defaults = floe_data_channel_init_new ();
  floe_channel_info_copy (&info, floe_data_channel_init_get_info (init));
  g_free (info.label);
  info.label = g_strdup (label);
  if (!check_may_create (self, &info, error))
    return NULL;

  channel = floe_data_channel_new (self, self->channels.next_key, &info, FALSE);
  self->channels.next_key += 2;
  floe_data_channel_announce (channel);
  g_hash_table_insert (self->channels.by_key,
                       GUINT_TO_POINTER (floe_data_channel_get_key (channel)),
                       g_object_ref (channel));
  order = new_channel_order (FLOE_ORDER_OPEN_CHANNEL, channel);
  order->with.channel = g_new0 (FloeChannelInfo, 1);
  floe_channel_info_copy (order->with.channel, &info);
  floe_stack_post (self->stack, order);

  floe_jsep_want_data (self->jsep);
  floe_peer_update_negotiation_needed (self);
  return channel;
}
