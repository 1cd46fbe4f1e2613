/* SPDX-License-Identifier: MPL-2.0 */
/* What comes from the peer: messages, DCEP, resets (RFC 8832 section 6). */
#include <floe/floe-error.h>

#include "floe-channel-internal-private.h"
#include "floe-dcep-codec-private.h"
#include "floe-log-private.h"
#include "floe-message-text-private.h"

/* A stream without a channel, to be reset: a channel that nobody above hears of keeps the id from
 * being used before the stream was reset in both directions. */
static FloeChannel *
add_unknown (FloeChannelSet *self, guint16 stream)
{
  FloeChannel *channel = floe_channel_new (0, FLOE_CHANNEL_PEERS);

  channel->info.id = stream;
  floe_channel_core_handle_ready (&channel->core);
  floe_channel_set_add_stream (self, channel);
  return channel;
}

/* Takes @error. RFC 8832 section 6: "the corresponding data channel MUST be closed"; the
 * association and all other channels go on. */
static void
punish (FloeChannelSet *self, guint16 stream, GError *error)
{
  g_autoptr (FloeChannel) channel = floe_channel_set_find_stream (self, stream);

  floe_debug (FLOE_LOG_CHANNEL, "stream %u: %s", stream, error->message);
  if (channel == NULL)
    channel = add_unknown (self, stream);
  if (channel->error == NULL)
    channel->error = g_steal_pointer (&error);
  g_clear_error (&error);
  floe_channel_set_apply (self, channel, floe_channel_core_handle_violation (&channel->core));
}

static GError *
violation (const char *text)
{
  return g_error_new_literal (FLOE_ERROR, FLOE_ERROR_DATA_CHANNEL_FAILURE, text);
}

/* The former channel of the stream ends here, though the news of its last reset is still out. */
static guint
replace_former (FloeChannelSet *self, FloeChannel *former)
{
  guint stale_resets = former->core.stale_resets + (former->core.is_outgoing_done ? 0 : 1);

  floe_channel_set_apply (self, former, floe_channel_core_handle_lost (&former->core));
  return stale_resets;
}

static void
accept_open (FloeChannelSet *self, guint16 stream, FloeDcepOpen *open, guint stale_resets)
{
  g_autoptr (FloeChannel) channel = NULL;
  FloeChannelActions actions;

  self->last_peer_key += 2;
  channel = floe_channel_new (self->last_peer_key, FLOE_CHANNEL_PEERS);
  channel->core.stale_resets = stale_resets;
  channel->info = (FloeChannelInfo){ .label = g_steal_pointer (&open->label),
                                     .protocol = g_steal_pointer (&open->protocol),
                                     .is_ordered = open->is_ordered,
                                     .max_retransmits = open->max_retransmits,
                                     .max_packet_life_time = open->max_packet_life_time,
                                     .id = stream };
  floe_channel_set_add_key (self, channel);
  floe_channel_set_add_stream (self, channel);
  actions = floe_channel_core_handle_ready (&channel->core);
  floe_channel_set_apply (self, channel, actions & ~FLOE_CHANNEL_TELL_OPENED);
  floe_receive_account_core_handle_delivered (self->account, channel->key,
                                              floe_channel_info_get_cost (&channel->info));
  floe_channel_set_update_reading (self);
  self->events->incoming (channel->key, &channel->info, self->user_data);
  if (channel->core.state == FLOE_CHANNEL_OPEN)
    floe_channel_set_apply (self, channel, actions & FLOE_CHANNEL_TELL_OPENED);
  floe_channel_set_pump (self);
}

static void
handle_open (FloeChannelSet *self, guint16 stream, const guint8 *data, gsize size)
{
  g_autoptr (FloeChannel) former = floe_channel_set_find_stream (self, stream);
  g_auto (FloeDcepOpen) open = { 0 };
  GError *error = NULL;
  guint stale_resets = 0;

  if (!floe_dcep_open_parse (&open, data, size, &error))
    {
      error->code = FLOE_ERROR_DATA_CHANNEL_FAILURE;
      punish (self, stream, error);
      return;
    }
  if (former != NULL && !floe_channel_core_is_successor_allowed (&former->core))
    {
      punish (self, stream, violation ("The peer opened a data channel on a stream in use"));
      return;
    }
  /* An answer needs the stream in our direction too. */
  if (!floe_channel_core_is_peers_id (self->is_dtls_client, stream) || self->engine == NULL
      || stream >= floe_channel_set_get_limit (self))
    {
      punish (self, stream, violation ("The peer opened a data channel on a stream of ours"));
      return;
    }
  if (former != NULL)
    stale_resets = replace_former (self, former);
  accept_open (self, stream, &open, stale_resets);
}

static void
handle_dcep (FloeChannelSet *self, guint16 stream, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (FloeChannel) channel = NULL;

  switch (floe_dcep_get_type (data, size))
    {
    case FLOE_DCEP_OPEN:
      handle_open (self, stream, data, size);
      break;
    case FLOE_DCEP_ACK:
      channel = floe_channel_set_find_stream (self, stream);
      if (channel != NULL)
        floe_channel_core_handle_ack (&channel->core);
      break;
    case FLOE_DCEP_INVALID:
    default:
      punish (self, stream, violation ("The peer sent an unknown DCEP message"));
      break;
    }
}

/* Takes @bytes. */
static void
deliver (FloeChannelSet *self, FloeChannel *channel, gboolean is_text, GBytes *bytes)
{
  if (is_text)
    bytes = floe_message_text_make_valid (bytes);
  floe_receive_account_core_handle_delivered (self->account, channel->key,
                                              g_bytes_get_size (bytes) + FLOE_MESSAGE_OVERHEAD);
  /* Before the event, which may take the message and let reading go on. */
  floe_channel_set_update_reading (self);
  self->events->message (channel->key, is_text, bytes, self->user_data);
}

/* Takes @bytes. */
static void
deliver_by_ppid (FloeChannelSet *self, FloeChannel *channel, guint32 ppid, GBytes *bytes)
{
  gboolean is_empty = ppid == FLOE_PPID_STRING_EMPTY || ppid == FLOE_PPID_BINARY_EMPTY;

  if (is_empty)
    {
      g_bytes_unref (bytes);
      bytes = g_bytes_new_static ("", 0);
    }
  switch (ppid)
    {
    case FLOE_PPID_STRING:
    case FLOE_PPID_STRING_PARTIAL: /* out of use; each part was a message to SCTP */
    case FLOE_PPID_STRING_EMPTY:
      deliver (self, channel, TRUE, bytes);
      break;
    case FLOE_PPID_BINARY:
    case FLOE_PPID_BINARY_PARTIAL:
    case FLOE_PPID_BINARY_EMPTY:
      deliver (self, channel, FALSE, bytes);
      break;
    default:
      floe_debug (FLOE_LOG_CHANNEL, "channel %u: a message with the unknown PPID %u", channel->key,
                  ppid);
      g_bytes_unref (bytes);
      break;
    }
}

void
floe_channel_set_handle_message (FloeChannelSet *self, guint16 stream, guint32 ppid, GBytes *bytes)
{
  g_autoptr (GBytes) owned = bytes;
  g_autoptr (FloeChannel) channel = NULL;

  if (ppid == FLOE_PPID_DCEP)
    {
      handle_dcep (self, stream, bytes);
      return;
    }
  channel = floe_channel_set_find_stream (self, stream);
  /* RFC 8832 section 6: "receiving a message containing user data on an unused stream indicates
   * an error": the OPEN and what follows until its ACK are ordered. */
  if (channel == NULL)
    punish (self, stream, violation ("The peer sent data on a stream without a data channel"));
  else if (floe_channel_core_handle_data (&channel->core) & FLOE_CHANNEL_DELIVER
           && channel->key != 0)
    deliver_by_ppid (self, channel, ppid, g_steal_pointer (&owned));
}

void
floe_channel_set_handle_incoming_reset (FloeChannelSet *self, const guint16 *streams, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (FloeChannel) channel = floe_channel_set_find_stream (self, streams[i]);

      if (channel != NULL)
        floe_channel_set_apply (self, channel,
                                floe_channel_core_handle_incoming_reset (&channel->core));
    }
}

void
floe_channel_set_handle_outgoing_reset (FloeChannelSet *self, const guint16 *streams, gsize count,
                                        gboolean is_done)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (FloeChannel) channel = floe_channel_set_find_stream (self, streams[i]);

      if (channel != NULL)
        floe_channel_set_apply (self, channel,
                                floe_channel_core_handle_outgoing_reset (&channel->core, is_done));
    }
}
