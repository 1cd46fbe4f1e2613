/* SPDX-License-Identifier: MPL-2.0 */
#include "transfer-message.h"

#include <string.h>

#include "sample-json.h"

#define MAX_WORD_SIZE 32
/* What is shown of what the other side says about an error. */
#define MAX_REASON_CHARACTERS 200
#define MODE_BITS 0777

static const char *const error_words[] = {
  [TRANSFER_ERROR_FAILED] = "failed",
  [TRANSFER_ERROR_PROTOCOL] = "protocol",
  [TRANSFER_ERROR_AUTHENTICATION] = "authentication",
  [TRANSFER_ERROR_INTEGRITY] = "integrity",
  [TRANSFER_ERROR_FILE] = "file",
  [TRANSFER_ERROR_TIMEOUT] = "timeout",
  [TRANSFER_ERROR_INTERRUPTED] = "interrupted",
};

static void
transfer_item_free (gpointer data)
{
  TransferItem *item = data;

  g_free (item->name);
  g_free (item);
}

void
transfer_message_clear (TransferMessage *self)
{
  switch (self->kind)
    {
    case TRANSFER_MESSAGE_ERROR:
      g_free (self->error.message);
      break;
    case TRANSFER_MESSAGE_OFFER:
      g_clear_pointer (&self->offer.items, g_ptr_array_unref);
      break;
    case TRANSFER_MESSAGE_REFUSE:
      g_free (self->reason);
      break;
    case TRANSFER_MESSAGE_FOLDER:
    case TRANSFER_MESSAGE_FILE:
    case TRANSFER_MESSAGE_LINK:
      g_free (self->entry.path);
      g_free (self->entry.target);
      break;
    default:
      break;
    }
  *self = (TransferMessage){ 0 };
}

/* Fills @out with the member @name; with @fallback when it is missing or null. FALSE when it is
 * something else than a number of up to @max, or when @fallback is needed and below -1. */
static gboolean
read_number (JsonObject *object, const char *name, gint64 max, gint64 fallback, gint64 *out)
{
  if (!sample_json_has (object, name))
    {
      *out = fallback;
      return fallback >= -1;
    }
  *out = sample_json_get_int (object, name, -1);
  return *out >= 0 && *out <= max;
}

/* As read_number(), for what has to be there. */
static gboolean
read_count (JsonObject *object, const char *name, guint *out)
{
  gint64 number;

  if (!read_number (object, name, G_MAXINT32, -2, &number))
    return FALSE;
  *out = (guint) number;
  return TRUE;
}

static gboolean
read_digits (JsonObject *object, const char *name, char out[TRANSFER_HASH_DIGITS + 1])
{
  const char *text = sample_json_get_string (object, name, TRANSFER_HASH_DIGITS);

  if (text == NULL || strlen (text) != TRANSFER_HASH_DIGITS
      || strspn (text, "0123456789abcdef") != TRANSFER_HASH_DIGITS)
    return FALSE;
  memcpy (out, text, TRANSFER_HASH_DIGITS + 1);
  return TRUE;
}

/* (transfer full): the member @name, cut to what is worth showing; empty when there is none. */
static char *
read_reason (JsonObject *object, const char *name)
{
  const char *text = sample_json_get_string (object, name, TRANSFER_MAX_TEXT_SIZE);
  glong size = text != NULL ? g_utf8_strlen (text, -1) : 0;

  return size == 0 ? g_strdup ("") : g_utf8_substring (text, 0, MIN (size, MAX_REASON_CHARACTERS));
}

static gboolean
read_hello (JsonObject *object, TransferMessage *out)
{
  const char *role = sample_json_get_string (object, "role", MAX_WORD_SIZE);
  const char *nonce = sample_json_get_string (object, "nonce", TRANSFER_HASH_DIGITS);

  if (!read_number (object, "version", TRANSFER_MAX_NUMBER, -2, &out->hello.version))
    return FALSE;
  /* Nobody knows what else another version says. */
  if (out->hello.version != TRANSFER_VERSION)
    return TRUE;
  if (g_strcmp0 (role, "send") == 0)
    out->hello.role = FLOE_PROOF_SENDER;
  else if (g_strcmp0 (role, "receive") == 0)
    out->hello.role = FLOE_PROOF_RECEIVER;
  else
    return FALSE;
  return nonce != NULL && floe_proof_parse_nonce (nonce, out->hello.nonce);
}

static gboolean
read_proof (JsonObject *object, TransferMessage *out)
{
  return read_digits (object, "mac", out->mac);
}

static gboolean
read_error (JsonObject *object, TransferMessage *out)
{
  const char *code = sample_json_get_string (object, "code", MAX_WORD_SIZE);

  out->error.code = TRANSFER_ERROR_FAILED;
  for (guint i = 0; i < G_N_ELEMENTS (error_words); i++)
    if (g_strcmp0 (code, error_words[i]) == 0)
      out->error.code = (TransferErrorCode) i;
  out->error.message = read_reason (object, "message");
  return TRUE;
}

/* (transfer full) (nullable). */
static TransferItem *
read_item (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name =
      object != NULL ? sample_json_get_string (object, "name", TRANSFER_MAX_PATH_SIZE) : NULL;
  const char *kind = object != NULL ? sample_json_get_string (object, "kind", MAX_WORD_SIZE) : NULL;
  TransferItem item = { 0 };

  if (name == NULL || !read_number (object, "size", TRANSFER_MAX_NUMBER, -1, &item.size))
    return NULL;
  if (g_strcmp0 (kind, "file") == 0)
    item.kind = TRANSFER_ITEM_FILE;
  else if (g_strcmp0 (kind, "link") == 0)
    item.kind = TRANSFER_ITEM_LINK;
  else if (g_strcmp0 (kind, "folder") == 0 && read_count (object, "files", &item.files))
    item.kind = TRANSFER_ITEM_FOLDER;
  else
    return NULL;
  item.name = g_strdup (name);
  return g_memdup2 (&item, sizeof item);
}

static gboolean
read_offer (JsonObject *object, TransferMessage *out)
{
  JsonNode *node = json_object_get_member (object, "items");
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || !read_count (object, "files", &out->offer.files)
      || !read_number (object, "bytes", TRANSFER_MAX_NUMBER, -1, &out->offer.bytes))
    return FALSE;
  if (sample_json_has (object, "more") && !read_count (object, "more", &out->offer.more))
    return FALSE;
  out->offer.items = g_ptr_array_new_with_free_func (transfer_item_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      TransferItem *item = read_item (json_array_get_element (array, i));
      if (item == NULL)
        return FALSE;
      g_ptr_array_add (out->offer.items, item);
    }
  return TRUE;
}

static gboolean
read_nothing (JsonObject *object, TransferMessage *out)
{
  return TRUE;
}

static gboolean
read_refuse (JsonObject *object, TransferMessage *out)
{
  out->reason = read_reason (object, "message");
  return TRUE;
}

/* Where an entry is, and its attributes. */
static gboolean
read_entry (JsonObject *object, TransferMessage *out)
{
  const char *path = sample_json_get_string (object, "path", TRANSFER_MAX_PATH_SIZE);
  gint64 mode;

  if (path == NULL || !read_number (object, "mode", MODE_BITS, -1, &mode)
      || !read_number (object, "mtime", TRANSFER_MAX_NUMBER, -1, &out->entry.mtime_ms))
    return FALSE;
  out->entry.mode = mode >= 0 ? (guint) mode : G_MAXUINT;
  out->entry.path = g_strdup (path);
  return TRUE;
}

static gboolean
read_file (JsonObject *object, TransferMessage *out)
{
  return read_count (object, "index", &out->entry.index)
         && read_number (object, "size", TRANSFER_MAX_NUMBER, -1, &out->entry.size)
         && read_entry (object, out);
}

static gboolean
read_link (JsonObject *object, TransferMessage *out)
{
  const char *target = sample_json_get_string (object, "target", TRANSFER_MAX_PATH_SIZE);

  if (target == NULL || !read_entry (object, out))
    return FALSE;
  out->entry.target = g_strdup (target);
  return TRUE;
}

static gboolean
read_end (JsonObject *object, TransferMessage *out)
{
  out->end.is_skipped = sample_json_get_boolean (object, "skipped", FALSE);
  if (!read_count (object, "index", &out->end.index))
    return FALSE;
  return out->end.is_skipped
         || (read_number (object, "bytes", TRANSFER_MAX_NUMBER, -2, &out->end.bytes)
             && read_digits (object, "sha256", out->end.sha256));
}

static gboolean
read_index (JsonObject *object, TransferMessage *out)
{
  return read_count (object, "index", &out->index);
}

static gboolean
read_done (JsonObject *object, TransferMessage *out)
{
  return read_count (object, "files", &out->done.files)
         && read_number (object, "bytes", TRANSFER_MAX_NUMBER, -2, &out->done.bytes);
}

typedef struct
{
  const char *type;
  gboolean (*read) (JsonObject *object, TransferMessage *out);
} MessageType;

static const MessageType message_types[] = {
  [TRANSFER_MESSAGE_UNKNOWN] = { "", read_nothing },
  [TRANSFER_MESSAGE_HELLO] = { "hello", read_hello },
  [TRANSFER_MESSAGE_PROOF] = { "proof", read_proof },
  [TRANSFER_MESSAGE_ERROR] = { "error", read_error },
  [TRANSFER_MESSAGE_OFFER] = { "offer", read_offer },
  [TRANSFER_MESSAGE_ACCEPT] = { "accept", read_nothing },
  [TRANSFER_MESSAGE_REFUSE] = { "refuse", read_refuse },
  [TRANSFER_MESSAGE_FOLDER] = { "folder", read_entry },
  [TRANSFER_MESSAGE_FILE] = { "file", read_file },
  [TRANSFER_MESSAGE_END] = { "end", read_end },
  [TRANSFER_MESSAGE_LINK] = { "link", read_link },
  [TRANSFER_MESSAGE_SKIP] = { "skip", read_index },
  [TRANSFER_MESSAGE_STORED] = { "stored", read_index },
  [TRANSFER_MESSAGE_DONE] = { "done", read_done },
};

/* Fills @out, whose fields may be half filled when this returns FALSE. */
static gboolean
read_object (JsonObject *object, TransferMessage *out)
{
  const char *type = sample_json_get_string (object, "type", TRANSFER_MAX_TEXT_SIZE);

  if (type == NULL)
    return FALSE;
  for (guint i = 1; i < G_N_ELEMENTS (message_types); i++)
    if (strcmp (type, message_types[i].type) == 0)
      {
        out->kind = (TransferMessageKind) i;
        return message_types[i].read (object, out);
      }
  return TRUE;
}

gboolean
transfer_message_read (const char *text, TransferMessage *out, GError **error)
{
  gsize size = strnlen (text, TRANSFER_MAX_TEXT_SIZE + 1);
  g_auto (TransferMessage) message = { 0 };
  g_autoptr (JsonObject) object = NULL;

  if (size <= TRANSFER_MAX_TEXT_SIZE)
    object = sample_json_parse_object (text, size, NULL);
  if (object == NULL || !read_object (object, &message))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "The other side does not keep to the transfer protocol");
      return FALSE;
    }
  *out = message;
  message = (TransferMessage){ 0 };
  return TRUE;
}

const char *
transfer_error_code_to_string (TransferErrorCode code)
{
  return error_words[code];
}

char *
transfer_error_to_text (const TransferError *error)
{
  static const char text[] = "The other side gave up";

  return error->message[0] != '\0' ? g_strdup_printf ("%s: %s", text, error->message)
                                   : g_strdup (text);
}

ExitStatus
transfer_error_code_to_status (TransferErrorCode code)
{
  /* What went wrong over there is no exit status here, except that what both ends have in common is
   * wrong. */
  if (code == TRANSFER_ERROR_AUTHENTICATION)
    return EXIT_STATUS_AUTHENTICATION;
  return code == TRANSFER_ERROR_INTEGRITY ? EXIT_STATUS_INTEGRITY : EXIT_STATUS_FAILED;
}

TransferErrorCode
transfer_error_code_from_status (ExitStatus status)
{
  switch (status)
    {
    case EXIT_STATUS_AUTHENTICATION:
      return TRANSFER_ERROR_AUTHENTICATION;
    case EXIT_STATUS_INTEGRITY:
      return TRANSFER_ERROR_INTEGRITY;
    case EXIT_STATUS_FILE:
      return TRANSFER_ERROR_FILE;
    case EXIT_STATUS_TIMED_OUT:
      return TRANSFER_ERROR_TIMEOUT;
    case EXIT_STATUS_INTERRUPTED:
      return TRANSFER_ERROR_INTERRUPTED;
    default:
      return TRANSFER_ERROR_FAILED;
    }
}
