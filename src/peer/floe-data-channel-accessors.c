/* SPDX-License-Identifier: MPL-2.0 */
/* What can be asked of a data channel. */
#include "floe-data-channel-private.h"

/**
 * floe_data_channel_get_label:
 * @self: a data channel
 *
 * Gets the name that whoever made the channel gave it.
 *
 * Returns: (transfer none): the label, possibly empty
 * Since: 1.0
 */
const char *
floe_data_channel_get_label (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), NULL);

  return self->info.label;
}

/**
 * floe_data_channel_get_protocol:
 * @self: a data channel
 *
 * Gets the subprotocol's name.
 *
 * Returns: (transfer none): the protocol, possibly empty
 * Since: 1.0
 */
const char *
floe_data_channel_get_protocol (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), NULL);

  return self->info.protocol;
}

/**
 * floe_data_channel_get_ordered:
 * @self: a data channel
 *
 * Gets whether messages arrive in the order in which they were sent.
 *
 * Returns: %TRUE when they do
 * Since: 1.0
 */
gboolean
floe_data_channel_get_ordered (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), FALSE);

  return self->info.is_ordered;
}

/**
 * floe_data_channel_get_max_packet_life_time:
 * @self: a data channel
 *
 * Gets for how long a message is sent at most.
 *
 * Returns: milliseconds, or -1 when there is no such limit
 * Since: 1.0
 */
int
floe_data_channel_get_max_packet_life_time (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), -1);

  return self->info.max_packet_life_time;
}

/**
 * floe_data_channel_get_max_retransmits:
 * @self: a data channel
 *
 * Gets how many times a message is sent again at most.
 *
 * Returns: a number, or -1 when there is no such limit
 * Since: 1.0
 */
int
floe_data_channel_get_max_retransmits (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), -1);

  return self->info.max_retransmits;
}

/**
 * floe_data_channel_get_negotiated:
 * @self: a data channel
 *
 * Gets whether the application agreed on the channel with the peer's application itself.
 *
 * Returns: %TRUE when it did
 * Since: 1.0
 */
gboolean
floe_data_channel_get_negotiated (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), FALSE);

  return self->info.is_negotiated;
}

/**
 * floe_data_channel_get_id:
 * @self: a data channel
 *
 * Gets the SCTP stream of the channel. A channel that was not negotiated has none until the
 * connection is up.
 *
 * Returns: 0 to 65534, or -1
 * Since: 1.0
 */
int
floe_data_channel_get_id (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), -1);

  return self->info.id;
}

/**
 * floe_data_channel_get_ready_state:
 * @self: a data channel
 *
 * Gets the state of the channel.
 *
 * Returns: the state
 * Since: 1.0
 */
FloeDataChannelState
floe_data_channel_get_ready_state (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), FLOE_DATA_CHANNEL_STATE_CLOSED);

  return self->ready_state;
}

/**
 * floe_data_channel_get_buffered_amount:
 * @self: a data channel
 *
 * Gets how much waits to be sent. Messages that SCTP has taken are not counted: on the whole
 * connection at most 1 MiB, or one larger message. The number stays when the channel closes.
 *
 * Returns: bytes
 * Since: 1.0
 */
guint64
floe_data_channel_get_buffered_amount (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), 0);

  return self->buffered_amount;
}

/**
 * floe_data_channel_get_buffered_amount_low_threshold:
 * @self: a data channel
 *
 * Gets at how many bytes #FloeDataChannel::buffered-amount-low is emitted.
 *
 * Returns: bytes
 * Since: 1.0
 */
guint64
floe_data_channel_get_buffered_amount_low_threshold (FloeDataChannel *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), 0);

  return self->low_threshold;
}

/**
 * floe_data_channel_set_buffered_amount_low_threshold:
 * @self: a data channel
 * @threshold: bytes
 *
 * Sets at how many bytes #FloeDataChannel::buffered-amount-low is emitted. The default is 0.
 *
 * Since: 1.0
 */
void
floe_data_channel_set_buffered_amount_low_threshold (FloeDataChannel *self, guint64 threshold)
{
  g_return_if_fail (FLOE_IS_DATA_CHANNEL (self));

  if (self->low_threshold == threshold)
    return;
  self->low_threshold = threshold;
  g_object_notify (G_OBJECT (self), "buffered-amount-low-threshold");
}
