/* SPDX-License-Identifier: MPL-2.0 */
/* Sending on a data channel, and closing it. */
#include "floe-data-channel-private.h"

#include <floe/floe-error.h>

#include <string.h>

/* The checks of W3C 6.2 "send" that need no connection. */
static gboolean
check_open (FloeDataChannel *self, GError **error)
{
  if (self->ready_state == FLOE_DATA_CHANNEL_STATE_OPEN && self->connection != NULL)
    return TRUE;
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
               "The data channel \"%s\" is not open: send from \"open\" on and until it closes",
               self->info.label);
  return FALSE;
}

static gboolean
send_message (FloeDataChannel *self, gboolean is_text, GBytes *bytes, GError **error)
{
  if (!check_open (self, error) || !floe_peer_send (self->connection, self, is_text, bytes, error))
    return FALSE;
  self->buffered_amount += g_bytes_get_size (bytes);
  return TRUE;
}

/**
 * floe_data_channel_send_text:
 * @self: a data channel
 * @text: a message, valid UTF-8
 * @error: return location for an error, or %NULL
 *
 * Queues a text message (W3C RTCDataChannel.send). Returns at once; follow
 * #FloeDataChannel:buffered-amount to know how much has not left yet.
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when the channel is not open, with %FLOE_ERROR_TYPE when
 * the message is larger than floe_peer_connection_get_max_message_size() or not UTF-8, and with
 * %FLOE_ERROR_OPERATION when more than 16 MiB wait on the connection; nothing is sent then.
 *
 * Returns: %TRUE when the message was queued
 * Since: 1.0
 */
gboolean
floe_data_channel_send_text (FloeDataChannel *self, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                           "The text is not UTF-8: send it as bytes, or convert it first");
      return FALSE;
    }
  bytes = g_bytes_new (text, strlen (text));
  return send_message (self, TRUE, bytes, error);
}

/**
 * floe_data_channel_send_bytes:
 * @self: a data channel
 * @bytes: (transfer none): a message
 * @error: return location for an error, or %NULL
 *
 * Queues a binary message (W3C RTCDataChannel.send). @bytes is kept until it is sent and copied
 * once, when it is cut into packets.
 *
 * Fails as floe_data_channel_send_text() does: with %FLOE_ERROR_INVALID_STATE when the channel is
 * not open, with %FLOE_ERROR_TYPE when the message is too large, with %FLOE_ERROR_OPERATION when
 * too much waits on the connection.
 *
 * Returns: %TRUE when the message was queued
 * Since: 1.0
 */
gboolean
floe_data_channel_send_bytes (FloeDataChannel *self, GBytes *bytes, GError **error)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  return send_message (self, FALSE, bytes, error);
}

/**
 * floe_data_channel_close:
 * @self: a data channel
 *
 * Closes the channel in both directions after what is queued has been sent (W3C
 * RTCDataChannel.close). #FloeDataChannel::close follows when the peer has agreed. Does nothing
 * when the channel is closing or closed.
 *
 * Since: 1.0
 */
void
floe_data_channel_close (FloeDataChannel *self)
{
  g_return_if_fail (FLOE_IS_DATA_CHANNEL (self));

  if (self->ready_state >= FLOE_DATA_CHANNEL_STATE_CLOSING || self->connection == NULL)
    return;
  floe_peer_close_channel (self->connection, self);
  self->ready_state = FLOE_DATA_CHANNEL_STATE_CLOSING;
  floe_data_channel_notify (self, FLOE_CHANNEL_PROP_READY_STATE);
}
