/* SPDX-License-Identifier: MPL-2.0 */
#include "sender.h"

#include <string.h>

#include "floe-rendezvous.h"
#include "host-address.h"
#include "safe-text.h"
#include "session.h"
#include "transfer-message.h"

/* The message size that every WebRTC implementation takes. */
#define MAX_CHUNK (64 * 1024)
/* What is read from the file at once. */
#define BLOCK_SIZE (512 * 1024)
/* What may wait in the channel, and when to give it more. */
#define MAX_BUFFERED (1024 * 1024)
#define LOW_BUFFERED (512 * 1024)

typedef struct
{
  Session *session;         /* (owned) */
  Report *report;           /* (unowned) */
  FloeDataChannel *channel; /* (owned) (nullable): NULL until somebody joined */
  GInputStream *file;       /* (owned) */
  char *name;               /* (owned): as the receiver is told */
  guint64 size;
  guint64 sent_size;
  GBytes *block; /* (owned) (nullable): what was read and not all sent */
  gsize block_offset;
  GChecksum *checksum;       /* (owned) */
  GCancellable *cancellable; /* (owned): of reading */
  gboolean is_reading;
  gboolean has_ended; /* "end" went out */
} Sender;

static void
fail_with_error (Sender *self, ExitStatus status, const GError *error)
{
  session_fail (self->session, status, error->message);
}

static void
send_text (Sender *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!floe_data_channel_send_text (self->channel, text, &error))
    fail_with_error (self, EXIT_STATUS_FAILED, error);
}

static gsize
get_chunk_size (Sender *self)
{
  guint64 limit =
      floe_peer_connection_get_max_message_size (session_get_connection (self->session));

  return limit == 0 ? MAX_CHUNK : (gsize) MIN (limit, MAX_CHUNK);
}

/* Sends what was read as long as the channel has room. FALSE when that failed. */
static gboolean
send_block (Sender *self)
{
  gsize chunk_size = get_chunk_size (self);
  gsize block_size = g_bytes_get_size (self->block);

  while (self->block_offset < block_size)
    {
      gsize size = MIN (chunk_size, block_size - self->block_offset);
      g_autoptr (GBytes) chunk = NULL;
      g_autoptr (GError) error = NULL;

      if (floe_data_channel_get_buffered_amount (self->channel) + size > MAX_BUFFERED)
        return TRUE;
      chunk = g_bytes_new_from_bytes (self->block, self->block_offset, size);
      if (!floe_data_channel_send_bytes (self->channel, chunk, &error))
        {
          fail_with_error (self, EXIT_STATUS_FAILED, error);
          return FALSE;
        }
      self->block_offset += size;
      self->sent_size += size;
    }
  g_clear_pointer (&self->block, g_bytes_unref);
  return TRUE;
}

static void
send_end (Sender *self)
{
  g_autofree char *text = transfer_message_write_end (g_checksum_get_string (self->checksum));

  self->has_ended = TRUE;
  send_text (self, text);
}

static void pump (Sender *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sender *self = user_data; /* gone if the error says "cancelled" */
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_reading = FALSE;
  if (block == NULL)
    {
      fail_with_error (self, EXIT_STATUS_FILE, error);
      return;
    }
  if (g_bytes_get_size (block) == 0)
    {
      session_fail (self->session, EXIT_STATUS_FILE, "The file became shorter while it was read");
      return;
    }
  g_checksum_update (self->checksum, g_bytes_get_data (block, NULL),
                     (gssize) g_bytes_get_size (block));
  self->block = g_steal_pointer (&block);
  self->block_offset = 0;
  pump (self);
}

/* Moves the file on by one step: sends what is there, or reads more, or says that it was all. */
static void
pump (Sender *self)
{
  if (self->is_reading || self->has_ended)
    return;
  if (self->block != NULL && !send_block (self))
    return;
  if (self->block != NULL) /* the channel is full: on_buffered_amount_low() goes on */
    return;
  if (self->sent_size == self->size)
    {
      send_end (self);
      return;
    }
  self->is_reading = TRUE;
  g_input_stream_read_bytes_async (self->file, MIN (BLOCK_SIZE, self->size - self->sent_size),
                                   G_PRIORITY_DEFAULT, self->cancellable, on_read, self);
}

static void
on_open (FloeDataChannel *channel, Sender *self)
{
  g_autofree char *text = transfer_message_write_file (self->name, self->size);

  send_text (self, text);
  pump (self);
}

static void
on_buffered_amount_low (FloeDataChannel *channel, Sender *self)
{
  pump (self);
}

static void
handle_received (Sender *self, const char *sha256)
{
  if (!self->has_ended)
    session_fail (self->session, EXIT_STATUS_FAILED,
                  "The receiver says that it has all before it could");
  else if (strcmp (sha256, g_checksum_get_string (self->checksum)) != 0)
    session_fail (self->session, EXIT_STATUS_INTEGRITY,
                  "The receiver has something else than what was sent");
  else
    {
      report_done (self->report, self->name, self->size, sha256,
                   session_get_seconds (self->session));
      session_end (self->session, EXIT_STATUS_OK, FALSE);
    }
}

static void
on_message_text (FloeDataChannel *channel, const char *text, Sender *self)
{
  g_auto (TransferMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *complaint = NULL;

  if (!transfer_message_read (text, &message, &error))
    fail_with_error (self, EXIT_STATUS_FAILED, error);
  else if (message.kind == TRANSFER_MESSAGE_RECEIVED)
    handle_received (self, message.sha256);
  else if (message.kind == TRANSFER_MESSAGE_ERROR)
    {
      complaint = g_strdup_printf ("The receiver gave up: %s", message.message);
      session_fail (self->session, message.status, complaint);
    }
  else
    session_fail (self->session, EXIT_STATUS_FAILED, "The other side is no receiver");
}

static void
on_message_bytes (FloeDataChannel *channel, GBytes *bytes, Sender *self)
{
  session_fail (self->session, EXIT_STATUS_FAILED, "The other side is no receiver");
}

static void
on_error (FloeDataChannel *channel, const GError *error, Sender *self)
{
  fail_with_error (self, EXIT_STATUS_FAILED, error);
}

static void
on_close (FloeDataChannel *channel, Sender *self)
{
  session_lose_peer (self->session);
}

static void
prepare (FloePeerConnection *connection, gpointer user_data)
{
  Sender *self = user_data;
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  g_autoptr (GError) error = NULL;

  floe_data_channel_init_set_protocol (init, TRANSFER_CHANNEL_PROTOCOL);
  self->channel =
      floe_peer_connection_create_data_channel (connection, TRANSFER_CHANNEL_LABEL, init, &error);
  if (self->channel == NULL)
    {
      fail_with_error (self, EXIT_STATUS_FAILED, error);
      return;
    }
  floe_data_channel_set_buffered_amount_low_threshold (self->channel, LOW_BUFFERED);
  g_signal_connect (self->channel, "open", G_CALLBACK (on_open), self);
  g_signal_connect (self->channel, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low),
                    self);
  g_signal_connect (self->channel, "message-text", G_CALLBACK (on_message_text), self);
  g_signal_connect (self->channel, "message-bytes", G_CALLBACK (on_message_bytes), self);
  g_signal_connect (self->channel, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->channel, "close", G_CALLBACK (on_close), self);
}

static void
get_progress (guint64 *bytes, guint64 *total, gpointer user_data)
{
  Sender *self = user_data;
  guint64 buffered = floe_data_channel_get_buffered_amount (self->channel);

  *total = self->size;
  *bytes = self->sent_size - MIN (buffered, self->sent_size);
}

/* Opens @path, a regular file; FALSE with an error. */
static gboolean
open_file (Sender *self, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                         G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autofree char *shown = g_filename_display_basename (path);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s is not a file", shown);
      return FALSE;
    }
  self->size = (guint64) g_file_info_get_size (info);
  self->name = safe_file_name (shown);
  if (self->name == NULL)
    self->name = g_strdup ("file");
  self->file = G_INPUT_STREAM (g_file_read (file, NULL, error));
  return self->file != NULL;
}

/* (transfer full): runs a rendezvous at @listen and fills @address with where it is for others and
 * @own with where it is for us. NULL with an error. */
static FloeRendezvous *
start_rendezvous (GInetSocketAddress *listen, FloeRoomAddress *address, FloeRoomAddress *own,
                  GError **error)
{
  g_autofree char *token = floe_room_token_new ();
  g_autoptr (FloeRendezvous) rendezvous = floe_rendezvous_new (token);
  g_autoptr (GInetSocketAddress) bound = floe_rendezvous_listen (rendezvous, listen, error);

  if (bound == NULL)
    return NULL;
  host_address_for_others (bound, token, address);
  host_address_for_us (bound, token, own);
  return g_steal_pointer (&rendezvous);
}

static ExitStatus
serve (Sender *self, const Options *options)
{
  g_auto (FloeRoomAddress) address = { 0 };
  g_auto (FloeRoomAddress) own = { 0 };
  g_autoptr (FloeRendezvous) rendezvous = NULL;
  g_autofree char *invitation = NULL;
  g_autoptr (GError) error = NULL;
  const SessionHandlers handlers = { prepare, get_progress };
  SessionOptions session_options = { .offers = TRUE, .timeout_s = options->timeout_s };

  rendezvous = start_rendezvous (options->listen, &address, &own, &error);
  if (rendezvous == NULL)
    {
      report_error (self->report, EXIT_STATUS_FAILED, error->message);
      return EXIT_STATUS_FAILED;
    }
  session_options.includes_loopback = floe_room_address_is_loopback (&address);
  invitation = floe_room_address_to_string (&address);
  session_options.invitation = invitation;
  self->session = session_new (self->report, &session_options, &handlers, self);
  session_join (self->session, &own);
  return session_run (self->session);
}

static void
sender_clear (Sender *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  g_clear_object (&self->channel);
  g_clear_pointer (&self->session, session_free);
  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->block, g_bytes_unref);
  g_clear_pointer (&self->checksum, g_checksum_free);
  g_clear_pointer (&self->name, g_free);
}

ExitStatus
sender_run (const Options *options, Report *report)
{
  Sender self = { .report = report };
  ExitStatus status = EXIT_STATUS_FILE;
  g_autoptr (GError) error = NULL;

  self.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self.cancellable = g_cancellable_new ();
  if (open_file (&self, options->argument, &error))
    status = serve (&self, options);
  else
    report_error (report, status, error->message);
  sender_clear (&self);
  return status;
}
