/* SPDX-License-Identifier: MPL-2.0 */
/* What the network side tells a data channel, and when it may be given to the application. */
#include "floe-data-channel-private.h"

/* docs/decisions/0004-messages-wait-for-a-handler.md */
#define END_PATIENCE_US G_TIME_SPAN_SECOND

static void
set_ready_state (FloeDataChannel *self, FloeDataChannelState state)
{
  if (self->ready_state == state)
    return;
  self->ready_state = state;
  floe_data_channel_notify (self, FLOE_CHANNEL_PROP_READY_STATE);
}

void
floe_data_channel_drop_pending (FloeDataChannel *self)
{
  g_queue_clear_full (&self->pending, (GDestroyNotify) floe_fact_free);
}

static gboolean
has_listener (FloeDataChannel *self)
{
  return g_signal_has_handler_pending (
             self, floe_data_channel_get_signal_id (FLOE_CHANNEL_SIGNAL_MESSAGE_TEXT), 0, FALSE)
         || g_signal_has_handler_pending (
             self, floe_data_channel_get_signal_id (FLOE_CHANNEL_SIGNAL_MESSAGE_BYTES), 0, FALSE);
}

static void
emit_message (FloeDataChannel *self, FloeFact *fact)
{
  g_autofree char *text = NULL;
  gsize size;
  const char *data;

  /* W3C 6.2: "If channel.[[ReadyState]] is not "open", abort these steps and discard". */
  if (self->ready_state != FLOE_DATA_CHANNEL_STATE_OPEN)
    return;
  if (!fact->is_text)
    {
      floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_MESSAGE_BYTES, fact->bytes);
      return;
    }
  data = g_bytes_get_data (fact->bytes, &size);
  text = g_strndup (size > 0 ? data : "", size);
  floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_MESSAGE_TEXT, text);
}

static void
emit_open (FloeDataChannel *self, guint id)
{
  self->info.id = (int) id;
  if (self->is_open_told || self->ready_state > FLOE_DATA_CHANNEL_STATE_OPEN)
    return;
  self->is_open_told = TRUE;
  set_ready_state (self, FLOE_DATA_CHANNEL_STATE_OPEN);
  /* A handler of the one may close the channel, or the connection, before the next. */
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_OPEN)
    floe_data_channel_notify (self, FLOE_CHANNEL_PROP_ID);
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_OPEN)
    floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_OPEN);
}

static void
emit_closing (FloeDataChannel *self)
{
  if (self->ready_state >= FLOE_DATA_CHANNEL_STATE_CLOSING)
    return;
  set_ready_state (self, FLOE_DATA_CHANNEL_STATE_CLOSING);
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_CLOSING)
    floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_CLOSING);
}

/* Lets go of @connection, which lets go of us. */
static void
leave_connection (FloeDataChannel *self, FloePeerConnection *connection)
{
  self->connection = NULL;
  floe_peer_forget_channel (connection, self, self->buffered_amount);
  if (self->sink != NULL)
    self->sink (NULL, self->sink_data);
}

static gboolean
is_closed (FloePeerConnection *connection)
{
  return floe_peer_connection_get_connection_state (connection)
         == FLOE_PEER_CONNECTION_STATE_CLOSED;
}

static void
emit_close (FloeDataChannel *self, const GError *error)
{
  g_autoptr (FloePeerConnection) connection = NULL;

  if (self->connection == NULL)
    return;
  connection = g_object_ref (self->connection);
  leave_connection (self, connection);
  set_ready_state (self, FLOE_DATA_CHANNEL_STATE_CLOSED);
  /* A handler may close the connection, which does not know us any more. */
  if (error != NULL && !is_closed (connection))
    floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_ERROR, error);
  if (!is_closed (connection))
    floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_CLOSE);
}

/* Nobody has come for the messages that stand before the channel's end. */
static gboolean
has_waited_enough (FloeDataChannel *self)
{
  return self->end_us != 0 && g_get_monotonic_time () >= self->end_us + END_PATIENCE_US;
}

/* Whether the message at the head of the queue may leave it. A sink takes it right here. */
static gboolean
may_take_message (FloeDataChannel *self, FloeFact *fact)
{
  if (self->sink != NULL)
    return self->sink (fact->bytes, self->sink_data);
  return has_listener (self) || self->ready_state != FLOE_DATA_CHANNEL_STATE_OPEN
         || has_waited_enough (self);
}

static void
emit_fact (FloeDataChannel *self, FloeFact *fact)
{
  switch (fact->type)
    {
    case FLOE_FACT_CHANNEL_OPENED:
      emit_open (self, fact->number);
      break;
    case FLOE_FACT_CHANNEL_MESSAGE:
      if (self->connection != NULL)
        floe_peer_note_consumed (self->connection, self->key,
                                 g_bytes_get_size (fact->bytes) + FLOE_MESSAGE_OVERHEAD);
      if (self->sink == NULL)
        emit_message (self, fact);
      break;
    case FLOE_FACT_CHANNEL_CLOSING:
      emit_closing (self);
      break;
    default:
      emit_close (self, fact->error);
      break;
    }
}

gboolean
floe_data_channel_flush (FloeDataChannel *self)
{
  /* A handler may drop the last reference. */
  g_autoptr (FloeDataChannel) alive G_GNUC_UNUSED = g_object_ref (self);
  FloeFact *head;

  while (self->is_announced && (head = g_queue_peek_head (&self->pending)) != NULL)
    {
      g_autoptr (FloeFact) fact = NULL;

      if (head->type == FLOE_FACT_CHANNEL_MESSAGE && !may_take_message (self, head))
        return self->sink == NULL;
      /* The sink may have closed the connection, and with it emptied the queue. */
      if (g_queue_peek_head (&self->pending) != head)
        continue;
      fact = g_queue_pop_head (&self->pending);
      emit_fact (self, fact);
    }
  return !g_queue_is_empty (&self->pending);
}

static void
handle_sent (FloeDataChannel *self, gsize size)
{
  gboolean was_above = self->buffered_amount > self->low_threshold;

  self->buffered_amount -= MIN (size, self->buffered_amount);
  floe_data_channel_notify (self, FLOE_CHANNEL_PROP_BUFFERED_AMOUNT);
  if (self->connection != NULL && was_above && self->buffered_amount <= self->low_threshold)
    floe_data_channel_emit (self, FLOE_CHANNEL_SIGNAL_BUFFERED_AMOUNT_LOW);
}

void
floe_data_channel_handle_fact (FloeDataChannel *self, FloeFact *fact)
{
  g_autoptr (FloeDataChannel) alive G_GNUC_UNUSED = g_object_ref (self);

  if (fact->type == FLOE_FACT_CHANNEL_SENT)
    {
      handle_sent (self, fact->size);
      floe_fact_free (fact);
      return;
    }
  if (self->end_us == 0
      && (fact->type == FLOE_FACT_CHANNEL_CLOSING || fact->type == FLOE_FACT_CHANNEL_CLOSED))
    self->end_us = g_get_monotonic_time ();
  g_queue_push_tail (&self->pending, fact);
  if (floe_data_channel_flush (self) && self->connection != NULL)
    floe_peer_hold (self->connection, FALSE);
}

void
floe_data_channel_announce (FloeDataChannel *self)
{
  self->is_announced = TRUE;
  if (self->connection != NULL && self->ready_state == FLOE_DATA_CHANNEL_STATE_OPEN)
    floe_peer_note_consumed (self->connection, self->key, floe_channel_info_get_cost (&self->info));
}

void
floe_data_channel_detach (FloeDataChannel *self)
{
  g_autoptr (FloeDataChannel) alive G_GNUC_UNUSED = g_object_ref (self);

  self->connection = NULL;
  self->ready_state = FLOE_DATA_CHANNEL_STATE_CLOSED;
  floe_data_channel_drop_pending (self);
  if (self->sink != NULL)
    self->sink (NULL, self->sink_data);
}
