/* SPDX-License-Identifier: MPL-2.0 */
#include "receiver.h"

#include "consent.h"
#include "incoming-file.h"
#include "prompt.h"
#include "session.h"

/* What is shown of an offer. */
#define MAX_SHOWN_NAMES 20

typedef enum
{
  STATE_BEFORE, /* the offer */
  STATE_ASKING,
  STATE_RECEIVING,
  STATE_DONE,
} ReceiverState;

typedef struct
{
  const Options *options; /* (unowned) */
  Report *report;         /* (unowned) */
  Session *session;       /* (owned) */
  OutputFolder *folder;   /* (owned) (nullable): NULL for standard output */
  Consent *consent;       /* (owned) (nullable): while somebody is asked */
  IncomingFile *file;     /* (owned) (nullable): NULL between files */
  ReceiverState state;
  gboolean is_interrupted; /* by a signal of which the session hears next */
  guint offered_files;
  gint64 offered_bytes; /* -1: not known */
  guint begun_files;
  guint64 received_size; /* of all files, with what was dropped */
  TransferDone stored;
  TransferDone skipped; /* of what the sender may not have known in time that it was skipped */
} Receiver;

/* What went wrong with a file or a name: some of that is the sender's fault. */
static void
fail_with_error (Receiver *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->is_interrupted = TRUE;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME))
    session_fail_protocol (self->session, error->message);
  else
    session_fail (self->session, EXIT_STATUS_FILE, error->message);
}

static void
fail_integrity (Receiver *self, const char *message)
{
  session_fail (self->session, EXIT_STATUS_INTEGRITY, message);
}

static void
fail_order (Receiver *self)
{
  session_fail_protocol (self->session, "The sender's messages come in a strange order");
}

/* Does not take what is offered: the sender is told @reason, the user @message. */
static void
refuse (Receiver *self, ExitStatus status, const char *reason, const char *message)
{
  session_send_text (self->session, transfer_message_write_refuse (reason));
  session_end (self->session, status, message, TRUE);
}

static void
on_consent (ConsentAnswer answer, ConflictRule rule, gpointer user_data)
{
  Receiver *self = user_data;

  g_clear_pointer (&self->consent, consent_free);
  if (session_is_ending (self->session))
    return;
  session_set_awaits_person (self->session, FALSE);
  switch (answer)
    {
    case CONSENT_ACCEPTED:
      if (self->folder != NULL)
        output_folder_set_rule (self->folder, rule);
      self->state = STATE_RECEIVING;
      session_send_text (self->session, transfer_message_write_accept ());
      break;
    case CONSENT_REFUSED:
      refuse (self, EXIT_STATUS_REFUSED, "they said no", "Refused");
      break;
    case CONSENT_CONFLICT:
      refuse (self, EXIT_STATUS_FILE, "something of that name exists there",
              "Some of what is offered exists here already: say --overwrite, --rename or --skip");
      break;
    case CONSENT_NOBODY:
    default:
      refuse (self, EXIT_STATUS_USAGE, "nobody is there who could accept it",
              "There is no terminal to ask at: say --yes to accept what is offered");
      break;
    }
}

/* Takes note of what is offered; @existing_name (out) (nullable): some that exists. FALSE when the
 * session was ended for it. */
static gboolean
announce (Receiver *self, const TransferOffer *offer, const char **existing_name)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < offer->items->len; i++)
    {
      const TransferItem *item = g_ptr_array_index (offer->items, i);
      gboolean exists = FALSE;
      if (!output_folder_announce (self->folder, item->name, &exists, &error))
        {
          fail_with_error (self, error);
          return FALSE;
        }
      if (exists && *existing_name == NULL)
        *existing_name = item->name;
    }
  if (offer->more > 0)
    output_folder_expect_more (self->folder);
  if (offer->bytes > 0 && !output_folder_has_room (self->folder, (guint64) offer->bytes, &error))
    {
      refuse (self, EXIT_STATUS_FILE, "there is not enough room for it", error->message);
      return FALSE;
    }
  return TRUE;
}

static void
show_offer (Receiver *self, const TransferOffer *offer)
{
  const char *names[MAX_SHOWN_NAMES];
  guint count = MIN (offer->items->len, MAX_SHOWN_NAMES);

  /* A program that reads events is told by them; somebody who may be asked wants to see it. */
  if (self->options->form == REPORT_JSON && !prompt_is_possible ())
    return;
  for (guint i = 0; i < count; i++)
    names[i] = ((const TransferItem *) g_ptr_array_index (offer->items, i))->name;
  report_offer (self->report, names, count, offer->more + (offer->items->len - count), offer->files,
                offer->bytes);
}

/* Whether standard output can take it. */
static gboolean
is_one_file (const TransferOffer *offer)
{
  return offer->files == 1 && offer->items->len == 1 && offer->more == 0
         && ((const TransferItem *) g_ptr_array_index (offer->items, 0))->kind
                == TRANSFER_ITEM_FILE;
}

static void
handle_offer (Receiver *self, const TransferOffer *offer)
{
  const char *existing_name = NULL;

  self->state = STATE_ASKING;
  self->offered_files = offer->files;
  self->offered_bytes = offer->bytes;
  show_offer (self, offer);
  if (self->folder == NULL && !is_one_file (offer))
    {
      refuse (self, EXIT_STATUS_USAGE, "it only takes one file",
              "Standard output takes one file, and something else is offered");
      return;
    }
  if (self->folder != NULL && !announce (self, offer, &existing_name))
    return;
  session_set_awaits_person (self->session, TRUE);
  self->consent = consent_new (self->options, existing_name, on_consent, self);
}

static void
handle_folder (Receiver *self, const TransferEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (self->folder == NULL)
    fail_order (self);
  else if (!output_folder_make_folder (self->folder, entry->path, entry->mode, entry->mtime_ms,
                                       &error))
    fail_with_error (self, error);
}

static void
handle_link (Receiver *self, const TransferEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (self->folder == NULL)
    fail_order (self);
  else if (!output_folder_make_link (self->folder, entry->path, entry->target, &error))
    fail_with_error (self, error);
}

/* Whether @size more bytes are no more than was offered. */
static gboolean
was_offered (Receiver *self, guint64 size)
{
  return self->offered_bytes < 0 || size <= (guint64) self->offered_bytes - self->received_size;
}

static void
handle_file (Receiver *self, const TransferEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (entry->index != self->begun_files)
    {
      fail_order (self);
      return;
    }
  if (self->begun_files == self->offered_files
      || (entry->size > 0 && !was_offered (self, (guint64) entry->size)))
    {
      fail_integrity (self, "More is sent than was offered");
      return;
    }
  self->begun_files++;
  self->file = incoming_file_new (self->folder, entry, &error);
  if (self->file == NULL)
    fail_with_error (self, error);
  else if (incoming_file_is_skipped (self->file))
    session_send_text (self->session, transfer_message_write_skip (entry->index));
  else
    report_file (self->report, incoming_file_get_name (self->file), entry->size);
}

/* The end of a file that was skipped. A sender that did not know of it yet has sent all of it. */
static void
end_skipped_file (Receiver *self, const TransferEnd *end)
{
  guint64 size = incoming_file_get_size (self->file);

  if (!end->is_skipped && (guint64) end->bytes != size)
    {
      fail_integrity (self, "A file that was skipped had another size than the sender says");
      return;
    }
  if (!end->is_skipped)
    {
      self->skipped.files++;
      self->skipped.bytes += end->bytes;
    }
  g_clear_pointer (&self->file, incoming_file_free);
}

static void
handle_end (Receiver *self, const TransferEnd *end)
{
  const char *sha256 = NULL;
  guint64 size;
  g_autoptr (GError) error = NULL;

  if (end->index != incoming_file_get_index (self->file)
      || (end->is_skipped && !incoming_file_is_skipped (self->file)))
    {
      fail_order (self);
      return;
    }
  if (incoming_file_is_skipped (self->file))
    {
      end_skipped_file (self, end);
      return;
    }
  sha256 = incoming_file_check (self->file, end);
  if (sha256 == NULL)
    {
      fail_integrity (self, "A file arrived incomplete or damaged, and was not kept");
      return;
    }
  if (!incoming_file_commit (self->file, &error))
    {
      fail_with_error (self, error);
      return;
    }
  size = incoming_file_get_size (self->file);
  self->stored.files++;
  self->stored.bytes += (gint64) size;
  session_send_text (self->session, transfer_message_write_stored (end->index));
  report_file_done (self->report, incoming_file_get_name (self->file), size, sha256);
  g_clear_pointer (&self->file, incoming_file_free);
}

static void
warn_of_skipped (Receiver *self)
{
  guint count = self->begun_files - self->stored.files;
  g_autofree char *message = NULL;

  if (count == 0)
    return;
  message = g_strdup_printf ("Skipped, because they exist already: %u of %u files", count,
                             self->begun_files);
  report_warning (self->report, message);
}

static void
handle_done (Receiver *self, const TransferDone *done)
{
  g_autoptr (GError) error = NULL;

  if (done->files < self->stored.files || done->bytes < self->stored.bytes
      || done->files - self->stored.files > self->skipped.files
      || done->bytes - self->stored.bytes > self->skipped.bytes)
    {
      fail_integrity (self, "The sender says that it sent something else than what arrived");
      return;
    }
  if (self->folder != NULL && !output_folder_finish (self->folder, &error))
    {
      fail_with_error (self, error);
      return;
    }
  self->state = STATE_DONE;
  session_send_text (self->session, transfer_message_write_done (&self->stored));
  warn_of_skipped (self);
  report_done (self->report, self->stored.files, (guint64) self->stored.bytes,
               session_get_seconds (self->session));
  /* All is here and right, so this side has succeeded even if the sender never hears it. */
  session_finish (self->session, TRUE);
}

/* Whether a message of @kind makes sense now. */
static gboolean
is_due (Receiver *self, TransferMessageKind kind)
{
  switch (kind)
    {
    case TRANSFER_MESSAGE_OFFER:
      return self->state == STATE_BEFORE;
    case TRANSFER_MESSAGE_END:
      return self->state == STATE_RECEIVING && self->file != NULL;
    case TRANSFER_MESSAGE_FOLDER:
    case TRANSFER_MESSAGE_FILE:
    case TRANSFER_MESSAGE_LINK:
    case TRANSFER_MESSAGE_DONE:
      return self->state == STATE_RECEIVING && self->file == NULL;
    default:
      return FALSE;
    }
}

static void
handle_message (const TransferMessage *message, gpointer user_data)
{
  Receiver *self = user_data;

  if (self->is_interrupted)
    return;
  if (!is_due (self, message->kind))
    fail_order (self);
  else if (message->kind == TRANSFER_MESSAGE_OFFER)
    handle_offer (self, &message->offer);
  else if (message->kind == TRANSFER_MESSAGE_FOLDER)
    handle_folder (self, &message->entry);
  else if (message->kind == TRANSFER_MESSAGE_FILE)
    handle_file (self, &message->entry);
  else if (message->kind == TRANSFER_MESSAGE_LINK)
    handle_link (self, &message->entry);
  else if (message->kind == TRANSFER_MESSAGE_END)
    handle_end (self, &message->end);
  else
    handle_done (self, &message->done);
}

static void
handle_bytes (GBytes *bytes, gpointer user_data)
{
  Receiver *self = user_data;
  gsize size = g_bytes_get_size (bytes);
  g_autoptr (GError) error = NULL;

  if (self->is_interrupted)
    return;
  if (self->file == NULL)
    fail_order (self);
  else if (!incoming_file_expects (self->file, size) || !was_offered (self, size))
    fail_integrity (self, "More arrives than was offered");
  else if (!incoming_file_write (self->file, bytes, &error))
    fail_with_error (self, error);
  else
    self->received_size += size;
}

static void
start (gpointer user_data)
{
}

static void
handle_room (gpointer user_data)
{
}

static void
get_progress (guint64 *bytes, gint64 *total, gpointer user_data)
{
  Receiver *self = user_data;

  *bytes = self->received_size;
  *total = self->offered_bytes;
}

ExitStatus
receiver_run (const Options *options, Report *report)
{
  static const SessionEngine engine = { FLOE_PROOF_RECEIVER, start,       handle_message,
                                        handle_bytes,        handle_room, get_progress };
  Receiver self = { .options = options, .report = report, .offered_bytes = -1 };
  ExitStatus status = EXIT_STATUS_FILE;
  g_autoptr (GError) error = NULL;

  if (!options->to_stdout)
    self.folder = output_folder_new (options->directory != NULL ? options->directory : ".", &error);
  if (error != NULL)
    {
      report_error (report, status, error->message);
      return status;
    }
  self.session = session_new (options, report, &engine, &self);
  status = session_run (self.session);
  g_clear_pointer (&self.consent, consent_free);
  g_clear_pointer (&self.file, incoming_file_free);
  g_clear_pointer (&self.folder, output_folder_free);
  /* Last: once it does not watch signals any more, one ends the program right there. */
  g_clear_pointer (&self.session, session_free);
  return status;
}
