/* SPDX-License-Identifier: MPL-2.0 */
#include "transfer-message.h"

#include <floe/floe.h>
#include <string.h>

#include "safe-text.h"
#include "sample-json.h"

/* Room for a name of 255 bytes, each of them escaped, and some. */
#define MAX_TEXT_SIZE (8 * 1024)
#define MAX_NAME_SIZE 4096
#define MAX_ERROR_CHARACTERS 200

void
transfer_message_clear (TransferMessage *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->sha256, g_free);
  g_clear_pointer (&self->message, g_free);
}

static gboolean
is_sha256 (const char *text)
{
  return text != NULL && strlen (text) == TRANSFER_SHA256_DIGITS
         && strspn (text, "0123456789abcdef") == TRANSFER_SHA256_DIGITS;
}

static gboolean
read_file (JsonObject *object, TransferMessage *out)
{
  const char *name = sample_json_get_string (object, "name", MAX_NAME_SIZE);
  gint64 size = sample_json_get_int (object, "size", -1);

  if (name == NULL || size < 0 || size > TRANSFER_MAX_SIZE)
    return FALSE;
  out->kind = TRANSFER_MESSAGE_FILE;
  out->name = g_strdup (name);
  out->size = (guint64) size;
  return TRUE;
}

static gboolean
read_sha256 (JsonObject *object, TransferMessageKind kind, TransferMessage *out)
{
  const char *sha256 = sample_json_get_string (object, "sha256", TRANSFER_SHA256_DIGITS);

  if (!is_sha256 (sha256))
    return FALSE;
  out->kind = kind;
  out->sha256 = g_strdup (sha256);
  return TRUE;
}

static gboolean
read_error (JsonObject *object, TransferMessage *out)
{
  const char *code = sample_json_get_string (object, "code", 32);
  const char *message = sample_json_get_string (object, "message", MAX_TEXT_SIZE);

  out->kind = TRANSFER_MESSAGE_ERROR;
  out->message = safe_message (message != NULL ? message : "unknown", MAX_ERROR_CHARACTERS);
  out->status = g_strcmp0 (code, transfer_status_code (EXIT_STATUS_INTEGRITY)) == 0
                    ? EXIT_STATUS_INTEGRITY
                    : EXIT_STATUS_FAILED;
  return TRUE;
}

static gboolean
read_object (JsonObject *object, TransferMessage *out)
{
  const char *type = sample_json_get_string (object, "type", 32);

  if (g_strcmp0 (type, "file") == 0)
    return read_file (object, out);
  if (g_strcmp0 (type, "end") == 0)
    return read_sha256 (object, TRANSFER_MESSAGE_END, out);
  if (g_strcmp0 (type, "received") == 0)
    return read_sha256 (object, TRANSFER_MESSAGE_RECEIVED, out);
  if (g_strcmp0 (type, "error") == 0)
    return read_error (object, out);
  return FALSE;
}

gboolean
transfer_message_read (const char *text, TransferMessage *out, GError **error)
{
  gsize size = strnlen (text, MAX_TEXT_SIZE + 1);
  g_autoptr (JsonObject) object = NULL;

  if (size <= MAX_TEXT_SIZE)
    object = sample_json_parse_object (text, size, NULL);
  if (object != NULL && read_object (object, out))
    return TRUE;
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                       "The other side does not keep to the transfer protocol");
  return FALSE;
}

/* (transfer full): takes @object. */
static char *
finish (JsonObject *object)
{
  char *line = sample_json_to_line (object);

  json_object_unref (object);
  return line;
}

static JsonObject *
message_new (const char *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  return object;
}

char *
transfer_message_write_file (const char *name, guint64 size)
{
  JsonObject *object = message_new ("file");

  json_object_set_string_member (object, "name", name);
  json_object_set_int_member (object, "size", (gint64) size);
  return finish (object);
}

char *
transfer_message_write_end (const char *sha256)
{
  JsonObject *object = message_new ("end");

  json_object_set_string_member (object, "sha256", sha256);
  return finish (object);
}

char *
transfer_message_write_received (const char *sha256)
{
  JsonObject *object = message_new ("received");

  json_object_set_string_member (object, "sha256", sha256);
  return finish (object);
}

char *
transfer_message_write_error (ExitStatus status, const char *message)
{
  JsonObject *object = message_new ("error");

  json_object_set_string_member (object, "code", transfer_status_code (status));
  json_object_set_string_member (object, "message", message);
  return finish (object);
}

const char *
transfer_status_code (ExitStatus status)
{
  switch (status)
    {
    case EXIT_STATUS_OK:
      return "ok";
    case EXIT_STATUS_USAGE:
      return "usage";
    case EXIT_STATUS_INTEGRITY:
      return "integrity";
    case EXIT_STATUS_FILE:
      return "file";
    case EXIT_STATUS_TIMED_OUT:
      return "timeout";
    case EXIT_STATUS_INTERRUPTED:
      return "interrupted";
    case EXIT_STATUS_FAILED:
    default:
      return "failed";
    }
}
