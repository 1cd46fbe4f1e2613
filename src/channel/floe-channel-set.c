/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-set-private.h"

#include <floe/floe-error.h>

#include "floe-channel-internal-private.h"
#include "floe-dcep-codec-private.h"
#include "floe-log-private.h"

/* What the application may leave untaken before the peer is held back. */
#define CHANNEL_BOUND (1024 * 1024)
#define TOTAL_BOUND (4 * 1024 * 1024)
/* RFC 8831 section 6.4: "normal". */
#define PRIORITY_NORMAL 256

static void
clear_channel (gpointer data)
{
  FloeChannel *channel = data;

  floe_channel_info_clear (&channel->info);
  g_clear_error (&channel->error);
}

FloeChannel *
floe_channel_new (guint32 key, FloeChannelOrigin origin)
{
  FloeChannel *channel = g_rc_box_new0 (FloeChannel);

  channel->key = key;
  channel->info.id = -1;
  channel->core = floe_channel_core_init (origin);
  return channel;
}

void
floe_channel_unref (FloeChannel *channel)
{
  g_rc_box_release_full (channel, clear_channel);
}

static FloeChannel *
find_key (FloeChannelSet *self, guint32 key)
{
  FloeChannel *channel = g_hash_table_lookup (self->by_key, GUINT_TO_POINTER (key));

  return channel != NULL ? g_rc_box_acquire (channel) : NULL;
}

FloeChannel *
floe_channel_set_find_stream (FloeChannelSet *self, guint stream)
{
  FloeChannel *channel = g_hash_table_lookup (self->by_stream, GUINT_TO_POINTER (stream));

  return channel != NULL ? g_rc_box_acquire (channel) : NULL;
}

void
floe_channel_set_add_stream (FloeChannelSet *self, FloeChannel *channel)
{
  g_hash_table_insert (self->by_stream, GUINT_TO_POINTER ((guint) channel->info.id),
                       g_rc_box_acquire (channel));
}

void
floe_channel_set_add_key (FloeChannelSet *self, FloeChannel *channel)
{
  g_hash_table_insert (self->by_key, GUINT_TO_POINTER (channel->key), g_rc_box_acquire (channel));
}

static void
forget (FloeChannelSet *self, FloeChannel *channel)
{
  gpointer id = GUINT_TO_POINTER ((guint) channel->info.id);

  if (channel->info.id >= 0 && g_hash_table_lookup (self->by_stream, id) == channel)
    g_hash_table_remove (self->by_stream, id);
  g_hash_table_remove (self->by_key, GUINT_TO_POINTER (channel->key));
}

gboolean
floe_channel_set_is_id_used (guint id, gpointer user_data)
{
  FloeChannelSet *self = user_data;

  return g_hash_table_contains (self->by_stream, GUINT_TO_POINTER (id))
         || g_hash_table_contains (self->retired_ids, GUINT_TO_POINTER (id));
}

guint
floe_channel_set_get_limit (FloeChannelSet *self)
{
  return MIN (self->max_channels, floe_sctp_engine_get_stream_count (self->engine));
}

static GBytes *
make_open (const FloeChannelInfo *info)
{
  const FloeDcepOpen open = { .label = info->label,
                              .protocol = info->protocol,
                              .priority = PRIORITY_NORMAL,
                              .is_ordered = info->is_ordered,
                              .max_retransmits = info->max_retransmits,
                              .max_packet_life_time = info->max_packet_life_time };

  return floe_dcep_open_serialize (&open);
}

/* Events go last of each step: a handler may ask the set anything. */
static void
apply_opening (FloeChannelSet *self, FloeChannel *channel, FloeChannelActions actions)
{
  if (actions & FLOE_CHANNEL_SEND_OPEN)
    floe_send_queue_core_push_dcep (self->queue, channel->key, make_open (&channel->info));
  if (actions & FLOE_CHANNEL_SEND_ACK)
    floe_send_queue_core_push_dcep (self->queue, channel->key, floe_dcep_ack_serialize ());
  if (actions & (FLOE_CHANNEL_SEND_ACK | FLOE_CHANNEL_TELL_OPENED))
    floe_send_queue_core_start (self->queue, channel->key);
  if (!(actions & FLOE_CHANNEL_TELL_OPENED))
    return;
  floe_debug (FLOE_LOG_CHANNEL, "channel %u is open on stream %d", channel->key, channel->info.id);
  self->events->opened (channel->key, (guint16) channel->info.id, self->user_data);
  floe_channel_set_pump (self);
}

static void
apply_closing (FloeChannelSet *self, FloeChannel *channel, FloeChannelActions actions)
{
  guint16 stream = (guint16) channel->info.id;

  if (actions & FLOE_CHANNEL_CLEAR_QUEUE)
    floe_send_queue_core_clear (self->queue, channel->key);
  if (actions & FLOE_CHANNEL_TELL_CLOSING && channel->key != 0)
    self->events->closing (channel->key, self->user_data);
  /* Fails only when the association ends, which ends the channel too. */
  if (actions & FLOE_CHANNEL_RESET && self->engine != NULL)
    floe_sctp_engine_reset_streams (self->engine, &stream, 1);
  if (actions & FLOE_CHANNEL_RETIRE_ID)
    g_hash_table_add (self->retired_ids, GUINT_TO_POINTER ((guint) stream));
  if (!(actions & FLOE_CHANNEL_TELL_CLOSED))
    return;
  floe_debug (FLOE_LOG_CHANNEL, "channel %u is closed%s%s", channel->key,
              channel->error != NULL ? ": " : "",
              channel->error != NULL ? channel->error->message : "");
  floe_send_queue_core_clear (self->queue, channel->key);
  forget (self, channel);
  if (channel->key != 0)
    self->events->closed (channel->key, channel->error, self->user_data);
}

void
floe_channel_set_apply (FloeChannelSet *self, FloeChannel *channel, FloeChannelActions actions)
{
  apply_opening (self, channel, actions);
  apply_closing (self, channel, actions);
}

void
floe_channel_set_fail (FloeChannelSet *self, FloeChannel *channel, const GError *error)
{
  if (channel->error == NULL && error != NULL)
    channel->error = g_error_copy (error);
  floe_channel_set_apply (self, channel, floe_channel_core_handle_lost (&channel->core));
}

static void
fail_without_id (FloeChannelSet *self, FloeChannel *channel)
{
  g_autoptr (GError) error = NULL;

  if (channel->info.is_negotiated)
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "The data channel's id %d is in use, or beyond the %u streams that both peers "
                 "have",
                 channel->info.id,
                 self->engine != NULL ? floe_channel_set_get_limit (self) : self->max_channels);
  else
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "No stream is left for another data channel: close one, or raise max-channels");
  floe_channel_set_fail (self, channel, error);
}

/* A negotiated id is taken from open() on, so that no automatic one gets it. */
static gboolean
ensure_id (FloeChannelSet *self, FloeChannel *channel)
{
  guint limit = floe_channel_set_get_limit (self);

  if (channel->info.id >= 0)
    return (guint) channel->info.id < limit;
  channel->info.id =
      floe_channel_core_choose_id (self->is_dtls_client, limit, floe_channel_set_is_id_used, self);
  if (channel->info.id < 0)
    return FALSE;
  floe_channel_set_add_stream (self, channel);
  return TRUE;
}

static void
open_waiting (FloeChannelSet *self)
{
  while (self->engine != NULL && self->is_role_known && !g_queue_is_empty (&self->waiting))
    {
      guint32 key = GPOINTER_TO_UINT (g_queue_pop_head (&self->waiting));
      g_autoptr (FloeChannel) channel = find_key (self, key);

      if (channel == NULL)
        continue;
      if (ensure_id (self, channel))
        floe_channel_set_apply (self, channel, floe_channel_core_handle_ready (&channel->core));
      else
        fail_without_id (self, channel);
    }
}

static FloeSctpSendResult
pass_to_engine (FloeChannelSet *self, const FloeChannel *channel, const FloeQueuedMessage *message)
{
  FloeSctpSendInfo info = { .stream = (guint16) channel->info.id,
                            .ppid = message->ppid,
                            .max_retransmits = -1,
                            .max_packet_life_time = -1 };
  gsize size;
  const guint8 *data = g_bytes_get_data (message->wire, &size);

  if (!message->is_dcep)
    {
      info.is_unordered = !channel->info.is_ordered && channel->core.may_send_unordered;
      info.max_retransmits = channel->info.max_retransmits;
      info.max_packet_life_time = channel->info.max_packet_life_time;
    }
  return floe_sctp_engine_send (self->engine, &info, data, size);
}

static void
handle_unsendable (FloeChannelSet *self, FloeChannel *channel)
{
  if (self->engine == NULL || floe_sctp_engine_get_state (self->engine) != FLOE_SCTP_CONNECTED)
    return;
  if (channel->error == NULL)
    g_set_error (&channel->error, FLOE_ERROR, FLOE_ERROR_DATA_CHANNEL_FAILURE,
                 "SCTP refused a message of the data channel");
  floe_channel_set_apply (self, channel, floe_channel_core_handle_violation (&channel->core));
}

/* FALSE: no room. */
static gboolean
send_one (FloeChannelSet *self, FloeQueuedMessage *message)
{
  g_autoptr (FloeChannel) channel = find_key (self, message->key);
  FloeSctpSendResult result;

  if (channel == NULL)
    return TRUE;
  self->taken_key = message->key;
  /* Cleared when room comes up while SCTP is being asked. */
  self->is_blocked = TRUE;
  result = pass_to_engine (self, channel, message);
  self->taken_key = 0;
  if (result == FLOE_SCTP_WOULD_BLOCK)
    {
      floe_send_queue_core_put_back (self->queue, message);
      return !self->is_blocked;
    }
  self->is_blocked = FALSE;
  if (result == FLOE_SCTP_SEND_FAILED)
    {
      handle_unsendable (self, channel);
      return TRUE;
    }
  if (message->size > 0)
    self->events->sent (message->key, message->size, self->user_data);
  if (floe_send_queue_core_is_empty (self->queue, message->key))
    floe_channel_set_apply (self, channel, floe_channel_core_handle_drained (&channel->core));
  return TRUE;
}

void
floe_channel_set_pump (FloeChannelSet *self)
{
  gboolean has_room = TRUE;

  if (self->is_pumping || self->is_blocked)
    return;
  self->is_pumping = TRUE;
  while (has_room && self->engine != NULL)
    {
      g_auto (FloeQueuedMessage) message = { 0 };

      if (!floe_send_queue_core_take (self->queue, &message))
        break;
      has_room = send_one (self, &message);
    }
  self->is_pumping = FALSE;
}

void
floe_channel_set_update_reading (FloeChannelSet *self)
{
  gboolean may_read = floe_receive_account_core_may_read (self->account);

  if (may_read == self->is_reading)
    return;
  self->is_reading = may_read;
  if (self->engine != NULL)
    floe_sctp_engine_set_reading (self->engine, may_read);
}

FloeChannelSet *
floe_channel_set_new (guint max_channels, const FloeChannelEvents *events, gpointer user_data)
{
  FloeChannelSet *self = g_new0 (FloeChannelSet, 1);

  self->events = events;
  self->user_data = user_data;
  self->max_channels = max_channels;
  self->by_key = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                        (GDestroyNotify) floe_channel_unref);
  self->by_stream = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                           (GDestroyNotify) floe_channel_unref);
  self->retired_ids = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->queue = floe_send_queue_core_new ();
  self->account = floe_receive_account_core_new (CHANNEL_BOUND, TOTAL_BOUND);
  self->is_reading = TRUE;
  return self;
}

void
floe_channel_set_free (FloeChannelSet *self)
{
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_stream);
  g_hash_table_unref (self->retired_ids);
  g_queue_clear (&self->waiting);
  floe_send_queue_core_free (self->queue);
  floe_receive_account_core_free (self->account);
  g_free (self);
}

void
floe_channel_set_set_role (FloeChannelSet *self, gboolean is_dtls_client)
{
  self->is_role_known = TRUE;
  self->is_dtls_client = is_dtls_client;
  open_waiting (self);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint32 left = GPOINTER_TO_UINT (*(const gpointer *) a);
  guint32 right = GPOINTER_TO_UINT (*(const gpointer *) b);

  return left < right ? -1 : left > right;
}

static void
close_all (FloeChannelSet *self, const GError *error)
{
  guint count;
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (self->by_key, &count);

  qsort (keys, count, sizeof (gpointer), compare_keys);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (FloeChannel) channel = find_key (self, GPOINTER_TO_UINT (keys[i]));

      if (channel != NULL)
        floe_channel_set_fail (self, channel, error);
    }
}

void
floe_channel_set_set_engine (FloeChannelSet *self, FloeSctpEngine *engine, const GError *error)
{
  self->engine = engine;
  self->is_blocked = FALSE;
  if (engine == NULL)
    {
      self->is_over = TRUE;
      close_all (self, error);
      g_hash_table_remove_all (self->by_stream);
      return;
    }
  if (!self->is_reading)
    floe_sctp_engine_set_reading (engine, FALSE);
  open_waiting (self);
}

void
floe_channel_set_open (FloeChannelSet *self, guint32 key, const FloeChannelInfo *info)
{
  g_autoptr (FloeChannel) channel =
      floe_channel_new (key, info->is_negotiated ? FLOE_CHANNEL_NEGOTIATED : FLOE_CHANNEL_LOCAL);
  gboolean is_id_free = TRUE;

  floe_channel_info_copy (&channel->info, info);
  if (!info->is_negotiated)
    channel->info.id = -1;
  else
    is_id_free = info->id >= 0 && (guint) info->id < self->max_channels
                 && info->id <= FLOE_CHANNEL_MAX_ID
                 && !floe_channel_set_is_id_used ((guint) info->id, self);
  floe_channel_set_add_key (self, channel);
  if (is_id_free && info->is_negotiated)
    floe_channel_set_add_stream (self, channel);
  if (!is_id_free)
    fail_without_id (self, channel);
  else if (self->is_over)
    floe_channel_set_fail (self, channel, NULL);
  else
    {
      g_queue_push_tail (&self->waiting, GUINT_TO_POINTER (key));
      open_waiting (self);
    }
}

void
floe_channel_set_send (FloeChannelSet *self, guint32 key, gboolean is_text, GBytes *bytes)
{
  g_autoptr (FloeChannel) channel = find_key (self, key);

  if (channel == NULL || channel->core.state > FLOE_CHANNEL_OPEN)
    return;
  floe_send_queue_core_push (self->queue, key, is_text, bytes);
  floe_channel_set_pump (self);
}

void
floe_channel_set_close (FloeChannelSet *self, guint32 key)
{
  g_autoptr (FloeChannel) channel = find_key (self, key);
  gboolean has_queue;

  if (channel == NULL)
    return;
  has_queue = self->taken_key == key || !floe_send_queue_core_is_empty (self->queue, key);
  floe_channel_set_apply (self, channel, floe_channel_core_close (&channel->core, has_queue));
}

void
floe_channel_set_handle_consumed (FloeChannelSet *self, guint32 key, gsize size)
{
  floe_receive_account_core_handle_consumed (self->account, key, size);
  floe_channel_set_update_reading (self);
}

void
floe_channel_set_handle_writable (FloeChannelSet *self)
{
  self->is_blocked = FALSE;
  floe_channel_set_pump (self);
}
