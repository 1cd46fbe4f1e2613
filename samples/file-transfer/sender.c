/* SPDX-License-Identifier: MPL-2.0 */
#include "sender.h"

#include <string.h>

#include "file-reader.h"
#include "session.h"
#include "source-tree.h"

/* What may wait in the channel. */
#define MAX_BUFFERED (1024 * 1024)
/* Files that the receiver may owe an answer for; each takes some memory. */
#define MAX_UNCONFIRMED 4096

typedef enum
{
  STATE_BEFORE,  /* the proof */
  STATE_OFFERED, /* somebody thinks about it */
  STATE_SENDING,
  STATE_CONFIRMING, /* all was sent, not all is confirmed */
  STATE_DONE,       /* "done" went out */
} SenderState;

/* A file that went out. */
typedef struct
{
  guint entry;
  guint64 size;
  char sha256[TRANSFER_HASH_DIGITS + 1];
} SentFile;

typedef struct
{
  Report *report;          /* (unowned) */
  Session *session;        /* (owned) */
  SourceTree *tree;        /* (owned) */
  FileReader *reader;      /* (owned) (nullable): of the file that is being sent */
  GHashTable *unconfirmed; /* (owned): of SentFile by index */
  SenderState state;
  guint next_entry;
  guint next_index;    /* of files; the one that is being sent is before it */
  guint64 file_sent;   /* of the file that is being sent */
  guint64 moved_size;  /* of all that was sent or does not have to be any more */
  TransferDone stored; /* what the receiver confirmed */
} Sender;

/* The file that is being sent. */
static void
get_current (Sender *self, SourceEntry *entry)
{
  source_tree_get_entry (self->tree, self->next_entry - 1, entry);
}

static void
fail_with_file_error (Sender *self, const GError *error)
{
  session_fail (self->session, EXIT_STATUS_FILE, error->message);
}

static void
forget_file (Sender *self)
{
  g_clear_pointer (&self->reader, file_reader_free);
  self->file_sent = 0;
}

static void pump (gpointer user_data);

static void
begin_file (Sender *self, const SourceEntry *entry)
{
  guint entry_index = self->next_entry - 1;
  TransferEntry message = { .path = (char *) entry->path,
                            .index = self->next_index++,
                            .size = entry->size,
                            .mode = entry->mode,
                            .mtime_ms = entry->mtime_ms };
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input = source_tree_open (self->tree, entry_index, &error);

  if (input == NULL)
    {
      fail_with_file_error (self, error);
      return;
    }
  report_file (self->report, entry->path, entry->size);
  session_send_text (self->session, transfer_message_write_file (&message));
  self->reader = file_reader_new (input, entry->size < 0, pump, self);
}

static void
send_entry (Sender *self)
{
  SourceEntry entry;
  TransferEntry message;

  source_tree_get_entry (self->tree, self->next_entry++, &entry);
  if (entry.kind == SOURCE_FILE)
    {
      begin_file (self, &entry);
      return;
    }
  message = (TransferEntry){ .path = (char *) entry.path,
                             .target = (char *) entry.target,
                             .mode = entry.mode,
                             .mtime_ms = entry.mtime_ms };
  session_send_text (self->session, entry.kind == SOURCE_FOLDER
                                        ? transfer_message_write_folder (&message)
                                        : transfer_message_write_link (&message));
}

/* All of a file was sent. */
static void
end_file (Sender *self)
{
  guint index = self->next_index - 1;
  guint64 size = file_reader_get_size (self->reader);
  TransferEnd end = { .index = index, .bytes = (gint64) size };
  SentFile *file;
  g_autoptr (GError) error = NULL;

  if (!source_tree_check_unchanged (self->tree, self->next_entry - 1,
                                    file_reader_get_input (self->reader), size, &error))
    {
      fail_with_file_error (self, error);
      return;
    }
  file = g_new0 (SentFile, 1);
  file->entry = self->next_entry - 1;
  file->size = size;
  g_strlcpy (end.sha256, file_reader_get_sha256 (self->reader), sizeof end.sha256);
  memcpy (file->sha256, end.sha256, sizeof file->sha256);
  g_hash_table_insert (self->unconfirmed, GUINT_TO_POINTER (index), file);
  session_send_text (self->session, transfer_message_write_end (&end));
  forget_file (self);
}

/* Sends more of a file. FALSE when that has to wait. */
static gboolean
send_content (Sender *self)
{
  g_autoptr (GBytes) chunk = NULL;
  SourceEntry entry;

  if (file_reader_get_error (self->reader) != NULL)
    {
      fail_with_file_error (self, file_reader_get_error (self->reader));
      return FALSE;
    }
  if (file_reader_is_at_end (self->reader))
    {
      end_file (self);
      return TRUE;
    }
  chunk = file_reader_take (self->reader, session_get_chunk_size (self->session));
  if (chunk == NULL)
    return FALSE;
  get_current (self, &entry);
  self->file_sent += g_bytes_get_size (chunk);
  self->moved_size += g_bytes_get_size (chunk);
  if (entry.size >= 0 && self->file_sent > (guint64) entry.size)
    {
      g_autofree char *message = g_strdup_printf ("%s became longer while it was sent", entry.path);
      session_fail (self->session, EXIT_STATUS_FILE, message);
      return FALSE;
    }
  session_send_bytes (self->session, chunk);
  return TRUE;
}

static gboolean
has_room (Sender *self)
{
  gsize chunk_size = session_get_chunk_size (self->session);

  return session_get_buffered (self->session) + chunk_size <= MAX_BUFFERED
         && g_hash_table_size (self->unconfirmed) < MAX_UNCONFIRMED;
}

/* "done" tells how much was not skipped, so it waits until that is known. */
static void
finish_sending (Sender *self)
{
  if (self->state != STATE_CONFIRMING || g_hash_table_size (self->unconfirmed) > 0)
    return;
  self->state = STATE_DONE;
  session_send_text (self->session, transfer_message_write_done (&self->stored));
}

/* Sends as long as there is something to send and the channel takes it. */
static void
pump (gpointer user_data)
{
  Sender *self = user_data;

  while (self->state == STATE_SENDING && !session_is_ending (self->session) && has_room (self))
    {
      if (self->reader != NULL)
        {
          if (!send_content (self))
            return;
        }
      else if (self->next_entry < source_tree_get_entry_count (self->tree))
        send_entry (self);
      else
        self->state = STATE_CONFIRMING;
    }
  finish_sending (self);
}

static void
offer (gpointer user_data)
{
  Sender *self = user_data;
  guint count = source_tree_get_item_count (self->tree);
  g_autofree TransferItem *items = g_new0 (TransferItem, count);
  static const TransferItemKind kinds[] = { [SOURCE_FILE] = TRANSFER_ITEM_FILE,
                                            [SOURCE_FOLDER] = TRANSFER_ITEM_FOLDER,
                                            [SOURCE_LINK] = TRANSFER_ITEM_LINK };

  for (guint i = 0; i < count; i++)
    {
      SourceItem item;
      source_tree_get_item (self->tree, i, &item);
      items[i] = (TransferItem){ (char *) item.name, kinds[item.kind], item.files, item.size };
    }
  self->state = STATE_OFFERED;
  session_set_awaits_person (self->session, TRUE);
  session_send_text (self->session, transfer_message_write_offer (
                                        source_tree_get_file_count (self->tree),
                                        source_tree_get_size (self->tree), items, count));
}

static void
handle_accept (Sender *self)
{
  self->state = STATE_SENDING;
  session_set_awaits_person (self->session, FALSE);
  pump (self);
}

static void
handle_refuse (Sender *self, const char *reason)
{
  g_autofree char *message = *reason != '\0'
                                 ? g_strdup_printf ("The other side does not want it: %s", reason)
                                 : g_strdup ("The other side does not want it");

  session_end (self->session, EXIT_STATUS_REFUSED, message, FALSE);
}

static void
handle_stored (Sender *self, guint index)
{
  SentFile *file = g_hash_table_lookup (self->unconfirmed, GUINT_TO_POINTER (index));
  SourceEntry entry;

  if (file == NULL)
    {
      session_fail_protocol (self->session, "The receiver confirms what was not sent");
      return;
    }
  source_tree_get_entry (self->tree, file->entry, &entry);
  self->stored.files++;
  self->stored.bytes += (gint64) file->size;
  report_file_done (self->report, entry.path, file->size, file->sha256);
  g_hash_table_remove (self->unconfirmed, GUINT_TO_POINTER (index));
  pump (self);
}

static void
handle_skip (Sender *self, guint index)
{
  gboolean is_current = self->reader != NULL && index == self->next_index - 1;
  const TransferEnd end = { .index = index, .is_skipped = TRUE };
  SourceEntry entry;

  if (is_current)
    {
      get_current (self, &entry);
      if (entry.size > 0)
        self->moved_size += (guint64) entry.size - self->file_sent;
      forget_file (self);
      session_send_text (self->session, transfer_message_write_end (&end));
    }
  else if (!g_hash_table_remove (self->unconfirmed, GUINT_TO_POINTER (index)))
    {
      session_fail_protocol (self->session, "The receiver skips what was not sent");
      return;
    }
  pump (self);
}

static void
handle_done (Sender *self, const TransferDone *done)
{
  if (done->files != self->stored.files || done->bytes != self->stored.bytes)
    {
      session_fail (self->session, EXIT_STATUS_INTEGRITY,
                    "The receiver has something else than what was sent");
      return;
    }
  report_done (self->report, done->files, (guint64) done->bytes,
               session_get_seconds (self->session));
  session_finish (self->session, FALSE);
}

static void
handle_message (const TransferMessage *message, gpointer user_data)
{
  Sender *self = user_data;
  gboolean is_sending = self->state == STATE_SENDING || self->state == STATE_CONFIRMING;

  if (message->kind == TRANSFER_MESSAGE_ACCEPT && self->state == STATE_OFFERED)
    handle_accept (self);
  else if (message->kind == TRANSFER_MESSAGE_REFUSE)
    handle_refuse (self, message->reason);
  else if (message->kind == TRANSFER_MESSAGE_STORED && is_sending)
    handle_stored (self, message->index);
  else if (message->kind == TRANSFER_MESSAGE_SKIP && is_sending)
    handle_skip (self, message->index);
  else if (message->kind == TRANSFER_MESSAGE_DONE && self->state == STATE_DONE)
    handle_done (self, &message->done);
  else
    session_fail_protocol (self->session, "The receiver's messages come in a strange order");
}

static void
handle_bytes (GBytes *bytes, gpointer user_data)
{
  Sender *self = user_data;

  session_fail_protocol (self->session, "The other side is no receiver");
}

static void
get_progress (guint64 *bytes, gint64 *total, gpointer user_data)
{
  Sender *self = user_data;
  guint64 buffered = session_get_buffered (self->session);

  *bytes = self->moved_size - MIN (buffered, self->moved_size);
  *total = source_tree_get_size (self->tree);
}

static void
warn_of_left_out (Sender *self)
{
  guint count = source_tree_get_left_out_count (self->tree);
  g_autofree char *message = NULL;

  if (count == 0)
    return;
  message =
      g_strdup_printf ("Left out: %u of what is no file, folder or link, or leads outside", count);
  report_warning (self->report, message);
}

ExitStatus
sender_run (const Options *options, Report *report)
{
  static const SessionEngine engine = { FLOE_PROOF_SENDER, offer, handle_message,
                                        handle_bytes,      pump,  get_progress };
  Sender self = { .report = report };
  ExitStatus status = EXIT_STATUS_FILE;
  g_autoptr (GError) error = NULL;

  self.tree = source_tree_new ((const char *const *) options->paths, &error);
  if (self.tree == NULL)
    {
      report_error (report, status, error->message);
      return status;
    }
  warn_of_left_out (&self);
  self.unconfirmed = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self.session = session_new (options, report, &engine, &self);
  status = session_run (self.session);
  g_clear_pointer (&self.reader, file_reader_free);
  g_clear_pointer (&self.session, session_free);
  g_hash_table_unref (self.unconfirmed);
  source_tree_free (self.tree);
  return status;
}
