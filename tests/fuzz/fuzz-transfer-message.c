/* SPDX-License-Identifier: MPL-2.0 */
/* Property: what is read can be written, within the bound, and is read from there to the same. */
#include "transfer-message.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* (transfer full): the items of @offer, as they are written. */
static char *
write_offer (const TransferOffer *offer)
{
  g_autofree TransferItem *items = g_new (TransferItem, offer->items->len + 1);

  for (guint i = 0; i < offer->items->len; i++)
    items[i] = *(const TransferItem *) offer->items->pdata[i];
  return transfer_message_write_offer (offer->files, offer->bytes, items, offer->items->len);
}

/* (transfer full) (nullable): NULL when nobody writes this. */
static char *
write_message (const TransferMessage *message)
{
  switch (message->kind)
    {
    case TRANSFER_MESSAGE_HELLO:
      return message->hello.version == TRANSFER_VERSION ? transfer_message_write_hello (
                 message->hello.role, message->hello.nonce, FLOE_PRIVACY_LEVEL_OPEN)
                                                        : NULL;
    case TRANSFER_MESSAGE_PROOF:
      return transfer_message_write_proof (message->mac);
    case TRANSFER_MESSAGE_ERROR:
      return transfer_message_write_error (message->error.code, message->error.message);
    case TRANSFER_MESSAGE_OFFER:
      return write_offer (&message->offer);
    case TRANSFER_MESSAGE_ACCEPT:
      return transfer_message_write_accept ();
    case TRANSFER_MESSAGE_REFUSE:
      return transfer_message_write_refuse (message->reason);
    case TRANSFER_MESSAGE_FOLDER:
      return transfer_message_write_folder (&message->entry);
    case TRANSFER_MESSAGE_FILE:
      return transfer_message_write_file (&message->entry);
    case TRANSFER_MESSAGE_END:
      return transfer_message_write_end (&message->end);
    case TRANSFER_MESSAGE_LINK:
      return transfer_message_write_link (&message->entry);
    case TRANSFER_MESSAGE_SKIP:
      return transfer_message_write_skip (message->index);
    case TRANSFER_MESSAGE_STORED:
      return transfer_message_write_stored (message->index);
    case TRANSFER_MESSAGE_DONE:
      return transfer_message_write_done (&message->done);
    case TRANSFER_MESSAGE_UNKNOWN:
      break;
    }
  return NULL;
}

static void
compare_offers (const TransferOffer *offer, const TransferOffer *again)
{
  g_assert_cmpuint (again->files, ==, offer->files);
  g_assert_cmpint (again->bytes, ==, offer->bytes);
  g_assert_cmpuint (again->items->len + again->more, ==, offer->items->len);
  for (guint i = 0; i < again->items->len; i++)
    {
      const TransferItem *item = offer->items->pdata[i];
      const TransferItem *same = again->items->pdata[i];

      g_assert_cmpstr (same->name, ==, item->name);
      g_assert_cmpint (same->kind, ==, item->kind);
      g_assert_cmpuint (same->files, ==, item->files);
      g_assert_cmpint (same->size, ==, item->size);
    }
}

static void
compare_entries (TransferMessageKind kind, const TransferEntry *entry, const TransferEntry *again)
{
  g_assert_cmpstr (again->path, ==, entry->path);
  g_assert_cmpstr (again->target, ==, entry->target);
  g_assert_cmpuint (again->index, ==, entry->index);
  g_assert_cmpint (again->size, ==, entry->size);
  if (kind == TRANSFER_MESSAGE_LINK)
    return; /* has no attributes of its own */
  g_assert_cmpuint (again->mode, ==, entry->mode);
  g_assert_cmpint (again->mtime_ms, ==, entry->mtime_ms);
}

static void
compare_ends (const TransferEnd *end, const TransferEnd *again)
{
  g_assert_cmpuint (again->index, ==, end->index);
  g_assert_true (again->is_skipped == end->is_skipped);
  g_assert_cmpint (again->bytes, ==, end->bytes);
  g_assert_cmpstr (again->sha256, ==, end->sha256);
}

static void
compare (const TransferMessage *message, const TransferMessage *again)
{
  g_assert_cmpint (again->kind, ==, message->kind);
  switch (message->kind)
    {
    case TRANSFER_MESSAGE_HELLO:
      g_assert_cmpint (again->hello.role, ==, message->hello.role);
      g_assert_cmpmem (again->hello.nonce, FLOE_PROOF_NONCE_SIZE, message->hello.nonce,
                       FLOE_PROOF_NONCE_SIZE);
      break;
    case TRANSFER_MESSAGE_PROOF:
      g_assert_cmpstr (again->mac, ==, message->mac);
      break;
    case TRANSFER_MESSAGE_ERROR:
      g_assert_cmpint (again->error.code, ==, message->error.code);
      g_assert_cmpstr (again->error.message, ==, message->error.message);
      break;
    case TRANSFER_MESSAGE_OFFER:
      compare_offers (&message->offer, &again->offer);
      break;
    case TRANSFER_MESSAGE_REFUSE:
      g_assert_cmpstr (again->reason, ==, message->reason);
      break;
    case TRANSFER_MESSAGE_FOLDER:
    case TRANSFER_MESSAGE_FILE:
    case TRANSFER_MESSAGE_LINK:
      compare_entries (message->kind, &message->entry, &again->entry);
      break;
    case TRANSFER_MESSAGE_END:
      compare_ends (&message->end, &again->end);
      break;
    case TRANSFER_MESSAGE_SKIP:
    case TRANSFER_MESSAGE_STORED:
      g_assert_cmpuint (again->index, ==, message->index);
      break;
    case TRANSFER_MESSAGE_DONE:
      g_assert_cmpuint (again->done.files, ==, message->done.files);
      g_assert_cmpint (again->done.bytes, ==, message->done.bytes);
      break;
    default:
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (TransferMessage) message = { 0 };
  g_auto (TransferMessage) again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  gboolean is_read = transfer_message_read (text, &message, &error);

  g_assert_true (is_read != g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX));
  if (is_read)
    written = write_message (&message);
  if (written == NULL)
    return 0;
  g_assert_cmpuint (strlen (written), <=, TRANSFER_MAX_TEXT_SIZE);
  g_assert_true (transfer_message_read (written, &again, NULL));
  compare (&message, &again);
  return 0;
}
