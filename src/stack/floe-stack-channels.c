/* SPDX-License-Identifier: MPL-2.0 */
/* SCTP over DTLS, and the channels over SCTP: their events go up as facts. */
#include "floe-stack-internal-private.h"

#include <floe/floe-error.h>

#include "floe-log-private.h"
#include "floe-packet-kind-private.h"
#include "floe-sctp-runtime-private.h"

/* What SCTP takes at once; more waits in the channels' queues. A larger message enlarges it. */
#define SEND_BUFFER_SIZE (1024 * 1024)
#define RECEIVE_BUFFER_SIZE (1024 * 1024)

static void
output_packet (const guint8 *packet, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  /* What asks whether a path works is answered on that path as well, since the one that carries may
   * be dead; and not there alone, for it may be open in one direction only. */
  if (self->input_path_id != FLOE_STACK_NO_PATH && self->input_path_id != self->carrier_id
      && floe_packet_is_heartbeat_answer (packet, size))
    floe_stack_send_on (self, self->input_path_id, packet, size);
  floe_dtls_engine_send (self->dtls, packet, size);
  if (floe_packet_has_data (packet, size))
    floe_ice_transport_handle_sent (self->ice);
}

static void
change_sctp_state (FloeSctpState state, gpointer user_data)
{
  FloeStack *self = user_data;
  g_autoptr (GError) error = NULL;

  floe_debug (FLOE_LOG_STACK, "SCTP state %d", state);
  if (state == FLOE_SCTP_CONNECTED)
    floe_channel_set_set_engine (self->channels, self->sctp, NULL);
  else if (state == FLOE_SCTP_FAILED)
    g_set_error_literal (&error, FLOE_ERROR, FLOE_ERROR_SCTP_FAILURE,
                         "The SCTP association was lost: the peer no longer answers");
  if (state == FLOE_SCTP_FAILED || state == FLOE_SCTP_CLOSED)
    floe_stack_end_channels (self, error);
}

static void
receive_message (guint16 stream, guint32 ppid, GBytes *bytes, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_channel_set_handle_message (self->channels, stream, ppid, bytes);
}

static void
handle_incoming_reset (const guint16 *streams, gsize count, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_channel_set_handle_incoming_reset (self->channels, streams, count);
}

static void
handle_outgoing_reset (const guint16 *streams, gsize count, gboolean is_done, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_channel_set_handle_outgoing_reset (self->channels, streams, count, is_done);
}

static void
handle_writable (gpointer user_data)
{
  FloeStack *self = user_data;

  floe_channel_set_handle_writable (self->channels);
  floe_stack_flush_sent (self);
}

static void
handle_heartbeat_answer (guint64 nonce, gpointer user_data)
{
  FloeStack *self = user_data;
  guint path_id;
  gint64 sent_us;

  if (floe_probe_ledger_take (&self->probes, nonce, &path_id, &sent_us))
    floe_ice_transport_handle_answer (self->ice, path_id, g_get_monotonic_time () - sent_us);
}

static const FloeSctpCallbacks sctp_callbacks = {
  .output = output_packet,
  .state_changed = change_sctp_state,
  .message = receive_message,
  .incoming_reset = handle_incoming_reset,
  .outgoing_reset = handle_outgoing_reset,
  .writable = handle_writable,
  .heartbeat_answered = handle_heartbeat_answer,
};

void
floe_stack_start_sctp (FloeStack *self)
{
  /* SCTP pads its packets to 4 bytes: what is left of a datagram, rounded down. */
  gsize mtu = (FLOE_STACK_DATAGRAM_SIZE - floe_dtls_engine_get_overhead (self->dtls)) & ~(gsize) 3;
  FloeSctpConfig config = {
    .local_port = FLOE_STACK_SCTP_PORT,
    .remote_port = self->remote->sctp_port,
    .max_channels = self->settings.max_channels,
    .mtu = mtu,
    /* To JSEP 0 is no limit; even then a length has to fit into 32 bits. */
    .max_message_size =
        self->settings.max_message_size != 0 ? self->settings.max_message_size : G_MAXUINT32,
    .send_buffer_size = SEND_BUFFER_SIZE,
    .receive_buffer_size = RECEIVE_BUFFER_SIZE,
  };

  if (self->sctp != NULL)
    return;
  floe_sctp_runtime_init (self->settings.ice.context);
  self->sctp = floe_sctp_engine_new (&config, &sctp_callbacks, self);
  floe_sctp_engine_connect (self->sctp);
}

void
floe_stack_end_channels (FloeStack *self, const GError *error)
{
  if (self->channels != NULL)
    floe_channel_set_set_engine (self->channels, NULL, error);
}

static void
tell_incoming (guint32 key, const FloeChannelInfo *info, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CHANNEL_INCOMING);

  fact->key = key;
  fact->size = floe_stack_get_elapsed_ms (user_data);
  fact->with.channel = g_new0 (FloeChannelInfo, 1);
  floe_channel_info_copy (fact->with.channel, info);
  floe_stack_tell (user_data, fact);
}

static void
tell_opened (guint32 key, guint16 id, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CHANNEL_OPENED);

  fact->key = key;
  fact->number = id;
  fact->size = floe_stack_get_elapsed_ms (user_data);
  floe_stack_tell (user_data, fact);
}

static void
tell_message (guint32 key, gboolean is_text, GBytes *bytes, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CHANNEL_MESSAGE);

  fact->key = key;
  fact->is_text = is_text;
  fact->bytes = bytes;
  floe_stack_tell (user_data, fact);
}

void
floe_stack_flush_sent (FloeStack *self)
{
  FloeFact *fact;

  if (self->sent_size == 0)
    return;
  fact = floe_fact_new (FLOE_FACT_CHANNEL_SENT);
  fact->key = self->sent_key;
  fact->size = self->sent_size;
  self->sent_size = 0;
  floe_stack_tell (self, fact);
}

static void
note_sent (guint32 key, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  if (key != self->sent_key)
    floe_stack_flush_sent (self);
  self->sent_key = key;
  self->sent_size += size;
}

static void
tell_closing (guint32 key, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CHANNEL_CLOSING);

  fact->key = key;
  floe_stack_tell (user_data, fact);
}

static void
tell_closed (guint32 key, const GError *error, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CHANNEL_CLOSED);

  /* What was sent before the end is told before the end. */
  floe_stack_flush_sent (user_data);
  fact->key = key;
  fact->error = error != NULL ? g_error_copy (error) : NULL;
  floe_stack_tell (user_data, fact);
}

static const FloeChannelEvents channel_events = {
  .incoming = tell_incoming,
  .opened = tell_opened,
  .message = tell_message,
  .sent = note_sent,
  .closing = tell_closing,
  .closed = tell_closed,
};

void
floe_stack_ensure_channels (FloeStack *self)
{
  if (self->channels == NULL)
    self->channels = floe_channel_set_new (self->settings.max_channels, &channel_events, self);
}
