/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-data-channel-private.h"

#include <floe/floe-enum-types.h>

/**
 * FloeDataChannel:
 *
 * A channel for messages between the two ends of a connection (W3C RTCDataChannel).
 *
 * It belongs to the main context of its connection, which holds it until it is closed. Its signals
 * are emitted there, and never inside a call; only the notification of a property that a call sets
 * comes with that call.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (FloeDataChannel, floe_data_channel, G_TYPE_OBJECT)

/* docs/decisions/0004-messages-wait-for-a-handler.md */
#define END_PATIENCE_US G_TIME_SPAN_SECOND

enum
{
  PROP_LABEL = 1,
  PROP_PROTOCOL,
  PROP_ID,
  PROP_READY_STATE,
  PROP_BUFFERED_AMOUNT,
  PROP_BUFFERED_AMOUNT_LOW_THRESHOLD,
  N_PROPS,
};

enum
{
  SIGNAL_OPEN,
  SIGNAL_MESSAGE_TEXT,
  SIGNAL_MESSAGE_BYTES,
  SIGNAL_BUFFERED_AMOUNT_LOW,
  SIGNAL_CLOSING,
  SIGNAL_CLOSE,
  SIGNAL_ERROR,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_ready_state (FloeDataChannel *self, FloeDataChannelState state)
{
  if (self->ready_state == state)
    return;
  self->ready_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY_STATE]);
}

static void
drop_pending (FloeDataChannel *self)
{
  g_queue_clear_full (&self->pending, (GDestroyNotify) floe_fact_free);
}

static gboolean
has_listener (FloeDataChannel *self)
{
  return g_signal_has_handler_pending (self, signals[SIGNAL_MESSAGE_TEXT], 0, FALSE)
         || g_signal_has_handler_pending (self, signals[SIGNAL_MESSAGE_BYTES], 0, FALSE);
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
      g_signal_emit (self, signals[SIGNAL_MESSAGE_BYTES], 0, fact->bytes);
      return;
    }
  data = g_bytes_get_data (fact->bytes, &size);
  text = g_strndup (size > 0 ? data : "", size);
  g_signal_emit (self, signals[SIGNAL_MESSAGE_TEXT], 0, text);
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
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_OPEN)
    g_signal_emit (self, signals[SIGNAL_OPEN], 0);
}

static void
emit_closing (FloeDataChannel *self)
{
  if (self->ready_state >= FLOE_DATA_CHANNEL_STATE_CLOSING)
    return;
  set_ready_state (self, FLOE_DATA_CHANNEL_STATE_CLOSING);
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_CLOSING)
    g_signal_emit (self, signals[SIGNAL_CLOSING], 0);
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
    g_signal_emit (self, signals[SIGNAL_ERROR], 0, error);
  if (!is_closed (connection))
    g_signal_emit (self, signals[SIGNAL_CLOSE], 0);
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
  g_autoptr (FloeDataChannel) alive = g_object_ref (self);
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
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUFFERED_AMOUNT]);
  if (self->connection != NULL && was_above && self->buffered_amount <= self->low_threshold)
    g_signal_emit (self, signals[SIGNAL_BUFFERED_AMOUNT_LOW], 0);
}

void
floe_data_channel_handle_fact (FloeDataChannel *self, FloeFact *fact)
{
  g_autoptr (FloeDataChannel) alive = g_object_ref (self);

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
  g_autoptr (FloeDataChannel) alive = g_object_ref (self);

  self->connection = NULL;
  self->ready_state = FLOE_DATA_CHANNEL_STATE_CLOSED;
  drop_pending (self);
  if (self->sink != NULL)
    self->sink (NULL, self->sink_data);
}

void
floe_data_channel_set_sink (FloeDataChannel *self, FloeChannelSinkFunc func, gpointer user_data)
{
  self->sink = func;
  self->sink_data = user_data;
}

guint32
floe_data_channel_get_key (FloeDataChannel *self)
{
  return self->key;
}

FloePeerConnection *
floe_data_channel_get_connection (FloeDataChannel *self)
{
  return self->connection;
}

FloeDataChannel *
floe_data_channel_new (FloePeerConnection *connection, guint32 key, const FloeChannelInfo *info,
                       gboolean is_open)
{
  FloeDataChannel *self = g_object_new (FLOE_TYPE_DATA_CHANNEL, NULL);

  self->connection = connection;
  self->key = key;
  floe_channel_info_copy (&self->info, info);
  self->ready_state = is_open ? FLOE_DATA_CHANNEL_STATE_OPEN : FLOE_DATA_CHANNEL_STATE_CONNECTING;
  return self;
}

static void
floe_data_channel_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FloeDataChannel *self = FLOE_DATA_CHANNEL (object);

  switch (prop_id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->info.label);
      break;
    case PROP_PROTOCOL:
      g_value_set_string (value, self->info.protocol);
      break;
    case PROP_ID:
      g_value_set_int (value, self->info.id);
      break;
    case PROP_READY_STATE:
      g_value_set_enum (value, self->ready_state);
      break;
    case PROP_BUFFERED_AMOUNT:
      g_value_set_uint64 (value, self->buffered_amount);
      break;
    case PROP_BUFFERED_AMOUNT_LOW_THRESHOLD:
      g_value_set_uint64 (value, self->low_threshold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_data_channel_set_property (GObject *object, guint prop_id, const GValue *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_BUFFERED_AMOUNT_LOW_THRESHOLD)
    floe_data_channel_set_buffered_amount_low_threshold (FLOE_DATA_CHANNEL (object),
                                                         g_value_get_uint64 (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
floe_data_channel_finalize (GObject *object)
{
  FloeDataChannel *self = FLOE_DATA_CHANNEL (object);

  drop_pending (self);
  floe_channel_info_clear (&self->info);
  G_OBJECT_CLASS (floe_data_channel_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * FloeDataChannel:label:
   *
   * The name that whoever made the channel gave it (W3C RTCDataChannel.label).
   *
   * Since: 1.0
   */
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", readable);
  /**
   * FloeDataChannel:protocol:
   *
   * The subprotocol's name, or the empty string (W3C RTCDataChannel.protocol).
   *
   * Since: 1.0
   */
  properties[PROP_PROTOCOL] = g_param_spec_string ("protocol", NULL, NULL, "", readable);
  /**
   * FloeDataChannel:id:
   *
   * The SCTP stream of the channel, -1 as long as it has none (W3C RTCDataChannel.id).
   *
   * Since: 1.0
   */
  properties[PROP_ID] = g_param_spec_int ("id", NULL, NULL, -1, 65534, -1, readable);
  /**
   * FloeDataChannel:ready-state:
   *
   * The state of the channel (W3C RTCDataChannel.readyState).
   *
   * Since: 1.0
   */
  properties[PROP_READY_STATE] =
      g_param_spec_enum ("ready-state", NULL, NULL, FLOE_TYPE_DATA_CHANNEL_STATE,
                         FLOE_DATA_CHANNEL_STATE_CONNECTING, readable);
  /**
   * FloeDataChannel:buffered-amount:
   *
   * Bytes of messages that wait to be sent (W3C RTCDataChannel.bufferedAmount).
   *
   * Since: 1.0
   */
  properties[PROP_BUFFERED_AMOUNT] =
      g_param_spec_uint64 ("buffered-amount", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FloeDataChannel:buffered-amount-low-threshold:
   *
   * At how many bytes #FloeDataChannel::buffered-amount-low is emitted
   * (W3C RTCDataChannel.bufferedAmountLowThreshold).
   *
   * Since: 1.0
   */
  properties[PROP_BUFFERED_AMOUNT_LOW_THRESHOLD] = g_param_spec_uint64 (
      "buffered-amount-low-threshold", NULL, NULL, 0, G_MAXUINT64, 0, writable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static guint
new_signal (const char *name, GType parameter)
{
  return g_signal_new (name, FLOE_TYPE_DATA_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, parameter != G_TYPE_NONE ? 1 : 0, parameter);
}

static void
floe_data_channel_class_init (FloeDataChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = floe_data_channel_get_property;
  object_class->set_property = floe_data_channel_set_property;
  object_class->finalize = floe_data_channel_finalize;
  install_properties (object_class);

  /**
   * FloeDataChannel::open:
   * @self: the channel
   *
   * The channel is open: messages can be sent.
   *
   * Since: 1.0
   */
  signals[SIGNAL_OPEN] = new_signal ("open", G_TYPE_NONE);
  /**
   * FloeDataChannel::message-text:
   * @self: the channel
   * @text: the message, valid UTF-8; it ends at a NUL character if the peer sent one
   *
   * A text message has come. As long as no handler of this signal or of
   * #FloeDataChannel::message-bytes is connected (blocked ones don't count), messages wait, and
   * the peer is held back when they are too many.
   *
   * Since: 1.0
   */
  signals[SIGNAL_MESSAGE_TEXT] = new_signal ("message-text", G_TYPE_STRING);
  /**
   * FloeDataChannel::message-bytes:
   * @self: the channel
   * @bytes: the message
   *
   * A binary message has come. See #FloeDataChannel::message-text.
   *
   * Since: 1.0
   */
  signals[SIGNAL_MESSAGE_BYTES] = new_signal ("message-bytes", G_TYPE_BYTES);
  /**
   * FloeDataChannel::buffered-amount-low:
   * @self: the channel
   *
   * #FloeDataChannel:buffered-amount has fallen to the threshold or below it.
   *
   * Since: 1.0
   */
  signals[SIGNAL_BUFFERED_AMOUNT_LOW] = new_signal ("buffered-amount-low", G_TYPE_NONE);
  /**
   * FloeDataChannel::closing:
   * @self: the channel
   *
   * The peer is closing the channel.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CLOSING] = new_signal ("closing", G_TYPE_NONE);
  /**
   * FloeDataChannel::close:
   * @self: the channel
   *
   * The channel is closed. Not emitted when the connection was closed on this side.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CLOSE] = new_signal ("close", G_TYPE_NONE);
  /**
   * FloeDataChannel::error:
   * @self: the channel
   * @error: what happened: %FLOE_ERROR_OPERATION when no stream is left for the channel, else
   *   %FLOE_ERROR_DATA_CHANNEL_FAILURE, %FLOE_ERROR_SCTP_FAILURE, %FLOE_ERROR_DTLS_FAILURE, or
   *   %FLOE_ERROR_FINGERPRINT_FAILURE when the peer is not who its description promised
   *
   * The channel was lost. #FloeDataChannel::close follows.
   *
   * Since: 1.0
   */
  signals[SIGNAL_ERROR] = new_signal ("error", G_TYPE_ERROR);
}

static void
floe_data_channel_init (FloeDataChannel *self)
{
  g_queue_init (&self->pending);
}
