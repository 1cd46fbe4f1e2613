/* SPDX-License-Identifier: MPL-2.0 */
#include "receiver.h"

#include <string.h>

#include "file-sink.h"
#include "safe-text.h"
#include "session.h"
#include "transfer-message.h"

typedef enum
{
  EXPECTS_FILE,
  EXPECTS_CONTENT,
  EXPECTS_NOTHING,
} Expectation;

typedef struct
{
  Session *session;         /* (owned) */
  Report *report;           /* (unowned) */
  FloeDataChannel *channel; /* (owned) (nullable): NULL until the sender opened it */
  FileSink *sink;           /* (owned) */
  GChecksum *checksum;      /* (owned) */
  char *name;               /* (owned) (nullable): NULL until the sender gave it */
  guint64 size;
  guint64 received_size;
  Expectation expects;
} Receiver;

/* Gives up with @status and @message, and tells the sender no more than it needs to know. */
static void
give_up (Receiver *self, ExitStatus status, const char *message)
{
  const char *told = status == EXIT_STATUS_FILE        ? "the file can't be stored there"
                     : status == EXIT_STATUS_INTEGRITY ? "the content arrived damaged"
                                                       : "it does not understand what it is sent";
  g_autofree char *text = transfer_message_write_error (status, told);

  if (self->expects == EXPECTS_NOTHING)
    return;
  self->expects = EXPECTS_NOTHING;
  if (floe_data_channel_send_text (self->channel, text, NULL))
    session_fail_politely (self->session, status, message);
  else
    session_fail (self->session, status, message);
}

static void
handle_file (Receiver *self, const TransferMessage *message)
{
  g_autoptr (GError) error = NULL;

  self->name = safe_file_name (message->name);
  self->size = message->size;
  if (self->name == NULL)
    give_up (self, EXIT_STATUS_FAILED, "The sender gave a name that no file can have here");
  else if (!file_sink_begin (self->sink, self->name, self->size, &error))
    give_up (self, EXIT_STATUS_FILE, error->message);
  else
    self->expects = EXPECTS_CONTENT;
}

static void
finish (Receiver *self)
{
  const char *sha256 = g_checksum_get_string (self->checksum);
  g_autofree char *text = transfer_message_write_received (sha256);
  g_autoptr (GError) error = NULL;

  if (!file_sink_commit (self->sink, &error))
    {
      give_up (self, EXIT_STATUS_FILE, error->message);
      return;
    }
  self->expects = EXPECTS_NOTHING;
  report_done (self->report, self->name, self->size, sha256, session_get_seconds (self->session));
  /* The file is here and right, so this side has succeeded even if the sender never hears it. */
  session_end (self->session, EXIT_STATUS_OK,
               floe_data_channel_send_text (self->channel, text, NULL));
}

static void
handle_end (Receiver *self, const char *sha256)
{
  if (self->received_size != self->size)
    give_up (self, EXIT_STATUS_INTEGRITY, "The file arrived incomplete, and was not kept");
  else if (strcmp (sha256, g_checksum_get_string (self->checksum)) != 0)
    give_up (self, EXIT_STATUS_INTEGRITY,
             "The file arrived damaged (its SHA-256 differs), and was not kept");
  else
    finish (self);
}

static void
handle_sender_error (Receiver *self, const TransferMessage *message)
{
  g_autofree char *complaint = g_strdup_printf ("The sender gave up: %s", message->message);

  self->expects = EXPECTS_NOTHING;
  session_fail (self->session, message->status, complaint);
}

static void
on_message_text (FloeDataChannel *channel, const char *text, Receiver *self)
{
  g_auto (TransferMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (self->expects == EXPECTS_NOTHING)
    return;
  if (!transfer_message_read (text, &message, &error))
    give_up (self, EXIT_STATUS_FAILED, error->message);
  else if (message.kind == TRANSFER_MESSAGE_ERROR)
    handle_sender_error (self, &message);
  else if (message.kind == TRANSFER_MESSAGE_FILE && self->expects == EXPECTS_FILE)
    handle_file (self, &message);
  else if (message.kind == TRANSFER_MESSAGE_END && self->expects == EXPECTS_CONTENT)
    handle_end (self, message.sha256);
  else
    give_up (self, EXIT_STATUS_FAILED, "The sender's messages come in a strange order");
}

static void
on_message_bytes (FloeDataChannel *channel, GBytes *bytes, Receiver *self)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  if (self->expects == EXPECTS_NOTHING)
    return;
  if (self->expects != EXPECTS_CONTENT)
    {
      give_up (self, EXIT_STATUS_FAILED, "The sender's messages come in a strange order");
      return;
    }
  if (size > self->size - self->received_size)
    {
      give_up (self, EXIT_STATUS_INTEGRITY, "More arrives than the file was said to have");
      return;
    }
  if (!file_sink_write (self->sink, data, size, &error))
    {
      give_up (self, EXIT_STATUS_FILE, error->message);
      return;
    }
  g_checksum_update (self->checksum, data, (gssize) size);
  self->received_size += size;
}

static void
on_error (FloeDataChannel *channel, const GError *error, Receiver *self)
{
  session_fail (self->session, EXIT_STATUS_FAILED, error->message);
}

static void
on_close (FloeDataChannel *channel, Receiver *self)
{
  session_lose_peer (self->session);
}

static void
on_data_channel (FloePeerConnection *connection, FloeDataChannel *channel, Receiver *self)
{
  if (self->channel != NULL
      || strcmp (floe_data_channel_get_protocol (channel), TRANSFER_CHANNEL_PROTOCOL) != 0
      || !floe_data_channel_get_ordered (channel)
      || floe_data_channel_get_max_retransmits (channel) >= 0
      || floe_data_channel_get_max_packet_life_time (channel) >= 0)
    {
      floe_data_channel_close (channel);
      return;
    }
  self->channel = g_object_ref (channel);
  g_signal_connect (channel, "message-text", G_CALLBACK (on_message_text), self);
  g_signal_connect (channel, "message-bytes", G_CALLBACK (on_message_bytes), self);
  g_signal_connect (channel, "error", G_CALLBACK (on_error), self);
  g_signal_connect (channel, "close", G_CALLBACK (on_close), self);
}

static void
prepare (FloePeerConnection *connection, gpointer user_data)
{
  g_signal_connect (connection, "data-channel", G_CALLBACK (on_data_channel), user_data);
}

static void
get_progress (guint64 *bytes, guint64 *total, gpointer user_data)
{
  Receiver *self = user_data;

  *bytes = self->received_size;
  *total = self->size;
}

static void
receiver_clear (Receiver *self)
{
  FloePeerConnection *connection =
      self->session != NULL ? session_get_connection (self->session) : NULL;

  if (connection != NULL)
    g_signal_handlers_disconnect_by_data (connection, self);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  g_clear_object (&self->channel);
  g_clear_pointer (&self->session, session_free);
  g_clear_pointer (&self->sink, file_sink_free);
  g_clear_pointer (&self->checksum, g_checksum_free);
  g_clear_pointer (&self->name, g_free);
}

static ExitStatus
fetch (Receiver *self, const FloeRoomAddress *address, const Options *options)
{
  const SessionHandlers handlers = { prepare, get_progress };
  const SessionOptions session_options = { .includes_loopback =
                                               floe_room_address_is_loopback (address),
                                           .timeout_s = options->timeout_s };

  self->session = session_new (self->report, &session_options, &handlers, self);
  session_join (self->session, address);
  return session_run (self->session);
}

ExitStatus
receiver_run (const Options *options, Report *report)
{
  Receiver self = { .report = report };
  ExitStatus status = EXIT_STATUS_OK;
  g_auto (FloeRoomAddress) address = { 0 };
  g_autoptr (GError) error = NULL;

  self.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  if (!floe_room_address_parse (options->argument, &address, &error))
    status = EXIT_STATUS_USAGE;
  else if ((self.sink = file_sink_new (options->directory, &error)) == NULL)
    status = EXIT_STATUS_FILE;
  else
    status = fetch (&self, &address, options);
  if (error != NULL)
    report_error (report, status, error->message);
  receiver_clear (&self);
  return status;
}
