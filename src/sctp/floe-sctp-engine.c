/* SPDX-License-Identifier: MPL-2.0 */
#include <errno.h>

#include "floe-crc32c-private.h"
#include "floe-log-private.h"
#include "floe-sctp-heartbeat-codec-private.h"
#include "floe-sctp-internal-private.h"
#include "floe-sctp-runtime-private.h"

/* RFC 9260 section 3.2 */
#define CHUNK_INIT 1
/* More than any INIT that makes sense, less than what is worth keeping for a stranger. */
#define MAX_EARLY_SIZE 2048

#define TO(state) (1u << (state))

static const guint allowed_next[] = {
  [FLOE_SCTP_CONNECTING] = TO (FLOE_SCTP_CONNECTED) | TO (FLOE_SCTP_CLOSED) | TO (FLOE_SCTP_FAILED),
  [FLOE_SCTP_CONNECTED] = TO (FLOE_SCTP_CLOSED) | TO (FLOE_SCTP_FAILED),
  [FLOE_SCTP_CLOSED] = 0,
  [FLOE_SCTP_FAILED] = 0,
};

static const char *const state_names[] = { "connecting", "connected", "closed", "failed" };

static void
set_state (FloeSctpEngine *self, FloeSctpState next, const char *reason)
{
  g_assert (allowed_next[self->state] & TO (next));
  floe_debug (FLOE_LOG_SCTP, "%u: %s -> %s (%s)", self->id, state_names[self->state],
              state_names[next], reason);
  self->state = next;
}

static gboolean
is_up (const FloeSctpEngine *self)
{
  return self->state == FLOE_SCTP_CONNECTED && self->socket != NULL;
}

static void
release_socket (FloeSctpEngine *self)
{
  if (self->socket != NULL)
    floe_sctp_socket_free (g_steal_pointer (&self->socket), self->id);
  floe_sctp_pacer_clear (&self->pacer);
  floe_sctp_engine_drop_partial (self);
  floe_sctp_fragments_core_clear (self->mends.fragments);
}

static gboolean
ask_resets (FloeSctpEngine *self)
{
  guint16 streams[FLOE_SCTP_RESET_BATCH];
  gsize count;

  if (!is_up (self))
    return FALSE;
  count = floe_sctp_streams_core_poll (self->resets, floe_sctp_runtime_get_time (), streams);
  if (count == 0)
    return FALSE;
  if (!floe_sctp_socket_reset (self->socket, streams, count))
    {
      floe_sctp_streams_core_handle_done (self->resets, streams, count, streams);
      self->callbacks.outgoing_reset (streams, count, FALSE, self->user_data);
    }
  return TRUE;
}

static gboolean
report_room (FloeSctpEngine *self)
{
  if (self->wanted_room == 0 || !is_up (self)
      || floe_sctp_socket_get_used (self->socket) + self->wanted_room
             > floe_sctp_socket_get_limit (self->socket))
    return FALSE;
  self->wanted_room = 0;
  self->callbacks.writable (self->user_data);
  return TRUE;
}

/* A request to reset streams for which the peer's data was waited. */
static gboolean
feed_held (FloeSctpEngine *self)
{
  g_autoptr (GBytes) held = floe_sctp_reset_gate_core_take (&self->mends.gate);

  if (held == NULL || self->socket == NULL)
    return FALSE;
  usrsctp_conninput (GUINT_TO_POINTER (self->id), g_bytes_get_data (held, NULL),
                     g_bytes_get_size (held), 0);
  return TRUE;
}

/* What was acknowledged has been read: receive() found nothing more. Only what stands behind a
 * message that comes in parts can't be read before its end. */
static void
forget_fragments (FloeSctpEngine *self)
{
  if (self->inbox.is_reading && self->inbox.size == 0 && self->mends.gate.has_arrived)
    floe_sctp_fragments_core_forget (self->mends.fragments, self->mends.gate.arrived_tsn);
}

void
floe_sctp_engine_process (FloeSctpEngine *self)
{
  gboolean has_more = TRUE;

  if (self->is_processing)
    return;
  self->is_processing = TRUE;
  while (has_more)
    {
      floe_sctp_engine_flush_output (self);
      has_more = floe_sctp_engine_receive (self) || ask_resets (self) || report_room (self)
                 || feed_held (self);
    }
  floe_sctp_engine_flush_output (self);
  forget_fragments (self);
  self->is_processing = FALSE;
  if (self->pacer.waiting.length > 0)
    floe_sctp_runtime_wake (floe_sctp_engine_get_deadline (self));
}

gint64
floe_sctp_engine_get_deadline (const FloeSctpEngine *self)
{
  return floe_sctp_pacer_get_deadline (&self->pacer);
}

gboolean
floe_sctp_engine_is_waiting (const FloeSctpEngine *self)
{
  return self->socket != NULL && self->is_started
         && (self->state == FLOE_SCTP_CONNECTING || !floe_sctp_streams_core_is_idle (self->resets)
             || floe_sctp_socket_get_used (self->socket) > 0);
}

void
floe_sctp_engine_end (FloeSctpEngine *self, FloeSctpState state, const char *reason)
{
  if (self->socket == NULL)
    return;
  set_state (self, state, reason);
  release_socket (self);
  floe_sctp_engine_flush_output (self);
  self->callbacks.state_changed (state, self->user_data);
}

void
floe_sctp_engine_set_connected (FloeSctpEngine *self, guint stream_count)
{
  if (self->state != FLOE_SCTP_CONNECTING)
    return;
  self->stream_count = stream_count;
  set_state (self, FLOE_SCTP_CONNECTED, "handshake done");
  self->callbacks.state_changed (self->state, self->user_data);
}

FloeSctpEngine *
floe_sctp_engine_new (const FloeSctpConfig *config, const FloeSctpCallbacks *callbacks,
                      gpointer user_data)
{
  FloeSctpEngine *self;

  g_return_val_if_fail (config != NULL && callbacks != NULL, NULL);
  g_return_val_if_fail (config->mtu >= 576, NULL);
  g_return_val_if_fail (config->max_channels >= 1 && config->max_channels <= G_MAXUINT16, NULL);

  self = g_new0 (FloeSctpEngine, 1);
  self->config = *config;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->resets = floe_sctp_streams_core_new (config->max_channels);
  self->outbox = floe_sctp_outbox_new ();
  self->inbox.is_reading = TRUE;
  self->mends.fragments = floe_sctp_fragments_core_new (config->max_message_size);
  self->id = floe_sctp_runtime_add (self);
  self->socket = floe_sctp_socket_new (config, self->id);
  return self;
}

void
floe_sctp_engine_free (FloeSctpEngine *self)
{
  g_return_if_fail (!self->is_processing);

  floe_sctp_runtime_remove (self->id);
  release_socket (self);
  floe_sctp_outbox_free (&self->outbox);
  floe_sctp_pacer_clear (&self->pacer);
  g_clear_pointer (&self->resets, floe_sctp_streams_core_free);
  g_clear_pointer (&self->early_init, g_bytes_unref);
  floe_sctp_reset_gate_core_clear (&self->mends.gate);
  g_clear_pointer (&self->mends.fragments, floe_sctp_fragments_core_free);
  g_free (self);
}

static void
feed (FloeSctpEngine *self, const guint8 *packet, gsize size)
{
  guint8 copy[FLOE_SCTP_RESTART_MAX_SIZE + FLOE_SCTP_RESTART_GROWTH];
  gboolean is_recovered = floe_sctp_repeat_core_handle_input (&self->mends.repeat, packet, size);
  g_autoptr (GBytes) rest =
      floe_sctp_reset_gate_core_handle_input (&self->mends.gate, packet, size);
  g_autofree guint8 *marked = NULL;
  gsize copy_size;

  if (rest != NULL)
    packet = g_bytes_get_data (rest, &size);
  marked = floe_sctp_fragments_mark (packet, size);
  if (marked != NULL)
    packet = marked;
  copy_size = floe_sctp_restart_core_handle_input (
      &self->mends.restart, floe_sctp_runtime_get_time (), packet, size, copy);
  /* Checksums were checked above: usrsctp looks at none. */
  if (copy_size > 0)
    usrsctp_conninput (GUINT_TO_POINTER (self->id), copy, copy_size, 0);
  else if (size > FLOE_SCTP_HEADER_SIZE)
    usrsctp_conninput (GUINT_TO_POINTER (self->id), packet, size, 0);
  if (is_recovered && is_up (self))
    floe_sctp_socket_begin_window (self->socket);
}

void
floe_sctp_engine_connect (FloeSctpEngine *self)
{
  g_autoptr (GBytes) early_init = g_steal_pointer (&self->early_init);

  if (self->is_started || self->state != FLOE_SCTP_CONNECTING)
    return;
  self->is_started = TRUE;
  floe_sctp_runtime_catch_up ();
  if (self->socket == NULL || !floe_sctp_socket_connect (self->socket, &self->config, self->id))
    {
      set_state (self, FLOE_SCTP_FAILED, "usrsctp refused to connect");
      release_socket (self);
      self->callbacks.state_changed (self->state, self->user_data);
      return;
    }
  if (early_init != NULL)
    feed (self, g_bytes_get_data (early_init, NULL), g_bytes_get_size (early_init));
  floe_sctp_engine_process (self);
}

static void
keep_early_init (FloeSctpEngine *self, const guint8 *packet, gsize size)
{
  if (size <= FLOE_SCTP_HEADER_SIZE || size > MAX_EARLY_SIZE
      || packet[FLOE_SCTP_HEADER_SIZE] != CHUNK_INIT)
    return;
  g_clear_pointer (&self->early_init, g_bytes_unref);
  self->early_init = g_bytes_new (packet, size);
}

/* Takes the answers to our own heartbeats out of @packet, which is ours. */
static gsize
take_heartbeat_acks (FloeSctpEngine *self, guint8 *packet, gsize size)
{
  FloeSctpHeartbeatAck ack;

  while (self->socket != NULL && floe_sctp_heartbeat_find_ack (packet, size, &ack))
    {
      memmove (packet + ack.offset, packet + ack.offset + ack.size, size - ack.offset - ack.size);
      size -= ack.size;
      self->callbacks.heartbeat_answered (ack.nonce, self->user_data);
    }
  return size;
}

void
floe_sctp_engine_handle_packet (FloeSctpEngine *self, const guint8 *packet, gsize size)
{
  FloeSctpHeartbeatAck ack;

  if (self->socket == NULL)
    return;
  if (!floe_sctp_checksum_is_right (packet, size))
    {
      self->bad_checksums++;
      return;
    }
  if (!self->is_started)
    {
      keep_early_init (self, packet, size);
      return;
    }
  floe_sctp_runtime_catch_up ();
  if (floe_sctp_heartbeat_find_ack (packet, size, &ack))
    {
      g_autofree guint8 *rest = g_memdup2 (packet, size);

      size = take_heartbeat_acks (self, rest, size);
      if (self->socket != NULL && size > FLOE_SCTP_HEADER_SIZE)
        feed (self, rest, size);
    }
  else
    feed (self, packet, size);
  floe_sctp_engine_process (self);
}

static FloeSctpSendResult
pass_message (FloeSctpEngine *self, const struct sctp_sendv_spa *spa, const guint8 *data,
              gsize size)
{
  ssize_t sent;

  floe_sctp_socket_fit (self->socket, size);
  sent = usrsctp_sendv (self->socket, data, size, NULL, 0, (void *) spa, sizeof *spa,
                        SCTP_SENDV_SPA, 0);
  if (sent == (ssize_t) size)
    return FLOE_SCTP_SENT;
  if (sent < 0 && errno == EWOULDBLOCK)
    {
      self->wanted_room = size;
      return FLOE_SCTP_WOULD_BLOCK;
    }
  floe_debug (FLOE_LOG_SCTP, "%u: send failed: %s", self->id, g_strerror (errno));
  return FLOE_SCTP_SEND_FAILED;
}

FloeSctpSendResult
floe_sctp_engine_send (FloeSctpEngine *self, const FloeSctpSendInfo *info, const guint8 *data,
                       gsize size)
{
  struct sctp_sendv_spa spa = { .sendv_flags = SCTP_SEND_SNDINFO_VALID };
  FloeSctpSendResult result;

  if (!is_up (self) || size == 0 || info->stream >= self->stream_count)
    return FLOE_SCTP_SEND_FAILED;
  if (floe_sctp_streams_core_is_pending (self->resets, info->stream))
    {
      self->is_reset_awaited = TRUE;
      return FLOE_SCTP_WOULD_BLOCK;
    }
  spa.sendv_sndinfo.snd_sid = info->stream;
  spa.sendv_sndinfo.snd_ppid = htonl (info->ppid);
  spa.sendv_sndinfo.snd_flags = info->is_unordered ? SCTP_UNORDERED : 0;
  if (info->max_retransmits >= 0 || info->max_packet_life_time >= 0)
    spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
  if (info->max_retransmits >= 0)
    spa.sendv_prinfo = (struct sctp_prinfo){ SCTP_PR_SCTP_RTX, (guint32) info->max_retransmits };
  else if (info->max_packet_life_time >= 0)
    spa.sendv_prinfo =
        (struct sctp_prinfo){ SCTP_PR_SCTP_TTL, (guint32) info->max_packet_life_time };
  floe_sctp_runtime_catch_up ();
  result = pass_message (self, &spa, data, size);
  floe_sctp_engine_process (self);
  return result;
}

gboolean
floe_sctp_engine_reset_streams (FloeSctpEngine *self, const guint16 *streams, gsize count)
{
  if (!is_up (self))
    return FALSE;
  for (gsize i = 0; i < count; i++)
    if (streams[i] >= self->stream_count)
      return FALSE;
  floe_sctp_streams_core_add (self->resets, streams, count);
  floe_sctp_runtime_catch_up ();
  floe_sctp_engine_process (self);
  return TRUE;
}

void
floe_sctp_engine_set_reading (FloeSctpEngine *self, gboolean is_reading)
{
  if (self->inbox.is_reading == is_reading)
    return;
  self->inbox.is_reading = is_reading;
  if (is_reading)
    floe_sctp_engine_process (self);
}

gsize
floe_sctp_engine_make_heartbeat (FloeSctpEngine *self, guint64 nonce, guint8 *buffer, gsize size)
{
  const FloeSctpHeartbeatRoute route = { self->config.local_port, self->config.remote_port,
                                         self->peer_tag };

  if (!is_up (self) || self->peer_tag == 0)
    return 0;
  return floe_sctp_heartbeat_write (&route, nonce, buffer, size);
}

void
floe_sctp_engine_resume (FloeSctpEngine *self, gboolean is_heard)
{
  if (!is_up (self))
    return;
  floe_sctp_runtime_catch_up ();
  floe_sctp_repeat_core_handle_silence (&self->mends.repeat);
  floe_sctp_socket_ask (self->socket, &self->config, self->id);
  if (is_heard && self->mends.repeat.sack_size > 0)
    floe_sctp_engine_append_output (self, self->mends.repeat.sack, self->mends.repeat.sack_size);
  if (self->mends.repeat.size > 0)
    floe_sctp_engine_append_output (self, self->mends.repeat.packet, self->mends.repeat.size);
  floe_sctp_engine_process (self);
}

guint
floe_sctp_engine_get_stream_count (const FloeSctpEngine *self)
{
  return self->stream_count;
}

FloeSctpState
floe_sctp_engine_get_state (const FloeSctpEngine *self)
{
  return self->state;
}

gsize
floe_sctp_engine_get_buffered (const FloeSctpEngine *self)
{
  return is_up (self) ? floe_sctp_socket_get_used (self->socket) : 0;
}

guint64
floe_sctp_engine_get_bad_checksums (const FloeSctpEngine *self)
{
  return self->bad_checksums;
}

void
floe_sctp_engine_close (FloeSctpEngine *self)
{
  if (self->socket == NULL)
    return;
  set_state (self, FLOE_SCTP_CLOSED, "close()");
  floe_sctp_runtime_catch_up ();
  release_socket (self);
  floe_sctp_engine_flush_output (self);
}
