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

static GParamSpec *properties[FLOE_CHANNEL_N_PROPS];
static guint signals[FLOE_CHANNEL_N_SIGNALS];

void
floe_data_channel_notify (FloeDataChannel *self, FloeChannelProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

guint
floe_data_channel_get_signal_id (FloeChannelSignal signal)
{
  return signals[signal];
}

void
floe_data_channel_emit (FloeDataChannel *self, FloeChannelSignal signal, ...)
{
  va_list arguments;

  va_start (arguments, signal);
  g_signal_emit_valist (self, signals[signal], 0, arguments);
  va_end (arguments);
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
  floe_channel_info_clear (&self->info);
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
    case FLOE_CHANNEL_PROP_LABEL:
      g_value_set_string (value, self->info.label);
      break;
    case FLOE_CHANNEL_PROP_PROTOCOL:
      g_value_set_string (value, self->info.protocol);
      break;
    case FLOE_CHANNEL_PROP_ID:
      g_value_set_int (value, self->info.id);
      break;
    case FLOE_CHANNEL_PROP_READY_STATE:
      g_value_set_enum (value, self->ready_state);
      break;
    case FLOE_CHANNEL_PROP_BUFFERED_AMOUNT:
      g_value_set_uint64 (value, self->buffered_amount);
      break;
    case FLOE_CHANNEL_PROP_BUFFERED_AMOUNT_LOW_THRESHOLD:
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
  if (prop_id == FLOE_CHANNEL_PROP_BUFFERED_AMOUNT_LOW_THRESHOLD)
    floe_data_channel_set_buffered_amount_low_threshold (FLOE_DATA_CHANNEL (object),
                                                         g_value_get_uint64 (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
floe_data_channel_finalize (GObject *object)
{
  FloeDataChannel *self = FLOE_DATA_CHANNEL (object);

  floe_data_channel_drop_pending (self);
  floe_channel_info_clear (&self->info);
  G_OBJECT_CLASS (floe_data_channel_parent_class)->finalize (object);
}

static void
make_properties (void)
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
  properties[FLOE_CHANNEL_PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", readable);
  /**
   * FloeDataChannel:protocol:
   *
   * The subprotocol's name, or the empty string (W3C RTCDataChannel.protocol).
   *
   * Since: 1.0
   */
  properties[FLOE_CHANNEL_PROP_PROTOCOL] =
      g_param_spec_string ("protocol", NULL, NULL, "", readable);
  /**
   * FloeDataChannel:id:
   *
   * The SCTP stream of the channel, -1 as long as it has none (W3C RTCDataChannel.id).
   *
   * Since: 1.0
   */
  properties[FLOE_CHANNEL_PROP_ID] = g_param_spec_int ("id", NULL, NULL, -1, 65534, -1, readable);
  /**
   * FloeDataChannel:ready-state:
   *
   * The state of the channel (W3C RTCDataChannel.readyState).
   *
   * Since: 1.0
   */
  properties[FLOE_CHANNEL_PROP_READY_STATE] =
      g_param_spec_enum ("ready-state", NULL, NULL, FLOE_TYPE_DATA_CHANNEL_STATE,
                         FLOE_DATA_CHANNEL_STATE_CONNECTING, readable);
  /**
   * FloeDataChannel:buffered-amount:
   *
   * Bytes of messages that wait to be sent (W3C RTCDataChannel.bufferedAmount).
   *
   * Since: 1.0
   */
  properties[FLOE_CHANNEL_PROP_BUFFERED_AMOUNT] =
      g_param_spec_uint64 ("buffered-amount", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FloeDataChannel:buffered-amount-low-threshold:
   *
   * At how many bytes #FloeDataChannel::buffered-amount-low is emitted
   * (W3C RTCDataChannel.bufferedAmountLowThreshold).
   *
   * Since: 1.0
   */
  properties[FLOE_CHANNEL_PROP_BUFFERED_AMOUNT_LOW_THRESHOLD] = g_param_spec_uint64 (
      "buffered-amount-low-threshold", NULL, NULL, 0, G_MAXUINT64, 0, writable);
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
  make_properties ();
  g_object_class_install_properties (object_class, FLOE_CHANNEL_N_PROPS, properties);

  /**
   * FloeDataChannel::open:
   * @self: the channel
   *
   * The channel is open: messages can be sent.
   *
   * Since: 1.0
   */
  signals[FLOE_CHANNEL_SIGNAL_OPEN] = new_signal ("open", G_TYPE_NONE);
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
  signals[FLOE_CHANNEL_SIGNAL_MESSAGE_TEXT] = new_signal ("message-text", G_TYPE_STRING);
  /**
   * FloeDataChannel::message-bytes:
   * @self: the channel
   * @bytes: the message
   *
   * A binary message has come. See #FloeDataChannel::message-text.
   *
   * Since: 1.0
   */
  signals[FLOE_CHANNEL_SIGNAL_MESSAGE_BYTES] = new_signal ("message-bytes", G_TYPE_BYTES);
  /**
   * FloeDataChannel::buffered-amount-low:
   * @self: the channel
   *
   * #FloeDataChannel:buffered-amount has fallen to the threshold or below it.
   *
   * Since: 1.0
   */
  signals[FLOE_CHANNEL_SIGNAL_BUFFERED_AMOUNT_LOW] =
      new_signal ("buffered-amount-low", G_TYPE_NONE);
  /**
   * FloeDataChannel::closing:
   * @self: the channel
   *
   * The peer is closing the channel.
   *
   * Since: 1.0
   */
  signals[FLOE_CHANNEL_SIGNAL_CLOSING] = new_signal ("closing", G_TYPE_NONE);
  /**
   * FloeDataChannel::close:
   * @self: the channel
   *
   * The channel is closed. Not emitted when the connection was closed on this side.
   *
   * Since: 1.0
   */
  signals[FLOE_CHANNEL_SIGNAL_CLOSE] = new_signal ("close", G_TYPE_NONE);
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
  signals[FLOE_CHANNEL_SIGNAL_ERROR] = new_signal ("error", G_TYPE_ERROR);
}

static void
floe_data_channel_init (FloeDataChannel *self)
{
  g_queue_init (&self->pending);
  /* What an application makes by itself belongs to no connection, and never opens. */
  self->ready_state = FLOE_DATA_CHANNEL_STATE_CLOSED;
  self->info.label = g_strdup ("");
  self->info.protocol = g_strdup ("");
}
