/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-core-private.h"

#define TO(state) (1u << (state))

static const guint allowed_next[] = {
  [FLOE_CHANNEL_CONNECTING] = TO (FLOE_CHANNEL_OPEN) | TO (FLOE_CHANNEL_CLOSED),
  [FLOE_CHANNEL_OPEN] = TO (FLOE_CHANNEL_CLOSING) | TO (FLOE_CHANNEL_CLOSED),
  [FLOE_CHANNEL_CLOSING] = TO (FLOE_CHANNEL_CLOSED),
  [FLOE_CHANNEL_CLOSED] = 0,
};

static void
set_state (FloeChannelCore *self, FloeChannelState next)
{
  g_assert (allowed_next[self->state] & TO (next));
  self->state = next;
}

static FloeChannelActions
ask_reset (FloeChannelCore *self)
{
  self->is_draining = FALSE;
  if (self->is_reset_asked)
    return 0;
  self->is_reset_asked = TRUE;
  return FLOE_CHANNEL_RESET;
}

static FloeChannelActions
finish (FloeChannelCore *self)
{
  set_state (self, FLOE_CHANNEL_CLOSED);
  return FLOE_CHANNEL_TELL_CLOSED;
}

/* Not by our close(): what is queued would not be read any more. */
static FloeChannelActions
start_closing (FloeChannelCore *self)
{
  FloeChannelActions actions = FLOE_CHANNEL_CLEAR_QUEUE;

  if (self->state == FLOE_CHANNEL_OPEN)
    {
      set_state (self, FLOE_CHANNEL_CLOSING);
      actions |= FLOE_CHANNEL_TELL_CLOSING;
    }
  return actions | ask_reset (self);
}

FloeChannelCore
floe_channel_core_init (FloeChannelOrigin origin)
{
  /* RFC 8832 section 6: before any message came, "all other messages containing user data and
   * belonging to this data channel MUST be sent ordered". The peer's OPEN is such a message, and
   * a negotiated channel has no OPEN that data could overtake. */
  return (FloeChannelCore){ .state = FLOE_CHANNEL_CONNECTING,
                            .origin = origin,
                            .may_send_unordered = origin != FLOE_CHANNEL_LOCAL };
}

FloeChannelActions
floe_channel_core_handle_ready (FloeChannelCore *self)
{
  static const FloeChannelActions messages[] = {
    [FLOE_CHANNEL_LOCAL] = FLOE_CHANNEL_SEND_OPEN,
    [FLOE_CHANNEL_NEGOTIATED] = 0,
    [FLOE_CHANNEL_PEERS] = FLOE_CHANNEL_SEND_ACK,
  };

  if (self->state != FLOE_CHANNEL_CONNECTING)
    return 0;
  set_state (self, FLOE_CHANNEL_OPEN);
  return messages[self->origin] | FLOE_CHANNEL_TELL_OPENED;
}

FloeChannelActions
floe_channel_core_handle_ack (FloeChannelCore *self)
{
  self->may_send_unordered = TRUE;
  return 0;
}

FloeChannelActions
floe_channel_core_handle_data (FloeChannelCore *self)
{
  self->may_send_unordered = TRUE;
  return self->state == FLOE_CHANNEL_OPEN ? FLOE_CHANNEL_DELIVER : 0;
}

FloeChannelActions
floe_channel_core_handle_violation (FloeChannelCore *self)
{
  if (self->state != FLOE_CHANNEL_OPEN && self->state != FLOE_CHANNEL_CLOSING)
    return 0;
  return start_closing (self);
}

FloeChannelActions
floe_channel_core_close (FloeChannelCore *self, gboolean has_queue)
{
  if (self->state == FLOE_CHANNEL_CONNECTING)
    return FLOE_CHANNEL_CLEAR_QUEUE | finish (self);
  if (self->state != FLOE_CHANNEL_OPEN)
    return 0;
  set_state (self, FLOE_CHANNEL_CLOSING);
  self->is_draining = has_queue;
  return has_queue ? 0 : ask_reset (self);
}

FloeChannelActions
floe_channel_core_handle_drained (FloeChannelCore *self)
{
  return self->is_draining ? ask_reset (self) : 0;
}

FloeChannelActions
floe_channel_core_handle_incoming_reset (FloeChannelCore *self)
{
  if (self->state != FLOE_CHANNEL_OPEN && self->state != FLOE_CHANNEL_CLOSING)
    return 0;
  self->is_incoming_done = TRUE;
  if (self->is_outgoing_done)
    return finish (self);
  /* RFC 8831 section 6.7: "when a peer sees an incoming stream [...] reset, it also resets its
   * corresponding outgoing stream". */
  return start_closing (self);
}

FloeChannelActions
floe_channel_core_handle_outgoing_reset (FloeChannelCore *self, gboolean is_done)
{
  if (self->stale_resets > 0)
    {
      self->stale_resets--;
      return 0;
    }
  if (self->state != FLOE_CHANNEL_CLOSING || !self->is_reset_asked || self->is_outgoing_done)
    return 0;
  if (!is_done)
    return FLOE_CHANNEL_RETIRE_ID | finish (self);
  self->is_outgoing_done = TRUE;
  return self->is_incoming_done ? finish (self) : 0;
}

FloeChannelActions
floe_channel_core_handle_lost (FloeChannelCore *self)
{
  if (self->state == FLOE_CHANNEL_CLOSED)
    return 0;
  return FLOE_CHANNEL_CLEAR_QUEUE | finish (self);
}

gboolean
floe_channel_core_is_successor_allowed (const FloeChannelCore *self)
{
  return self->state == FLOE_CHANNEL_CLOSING && self->is_incoming_done && self->is_reset_asked;
}

int
floe_channel_core_choose_id (gboolean is_dtls_client, guint limit, FloeChannelIsUsedFunc is_used,
                             gpointer user_data)
{
  limit = MIN (limit, FLOE_CHANNEL_MAX_ID + 1);
  for (guint id = is_dtls_client ? 0 : 1; id < limit; id += 2)
    if (!is_used (id, user_data))
      return (int) id;
  return -1;
}

gboolean
floe_channel_core_is_peers_id (gboolean is_dtls_client, guint id)
{
  return id <= FLOE_CHANNEL_MAX_ID && (id % 2 == 0) != is_dtls_client;
}
