/* SPDX-License-Identifier: MPL-2.0 */
#include "transfer-message.h"

#include <string.h>

#include "sample-json.h"
#include "sample-privacy.h"

/* What an offer takes besides its items, at most. */
#define OFFER_FRAME_SIZE 256

char *
transfer_message_write_hello (FloeProofRole role, const guint8 nonce[FLOE_PROOF_NONCE_SIZE],
                              FloePrivacyLevel privacy)
{
  JsonObject *object = sample_json_new_message ("hello");
  g_autofree char *digits = floe_proof_nonce_to_string (nonce);

  json_object_set_int_member (object, "version", TRANSFER_VERSION);
  json_object_set_array_member (object, "features", json_array_new ());
  json_object_set_string_member (object, "role", role == FLOE_PROOF_SENDER ? "send" : "receive");
  json_object_set_string_member (object, "nonce", digits);
  json_object_set_string_member (object, "privacy", sample_privacy_get_name (privacy));
  return sample_json_take_line (object);
}

char *
transfer_message_write_proof (const char *mac)
{
  JsonObject *object = sample_json_new_message ("proof");

  json_object_set_string_member (object, "mac", mac);
  return sample_json_take_line (object);
}

char *
transfer_message_write_error (TransferErrorCode code, const char *message)
{
  JsonObject *object = sample_json_new_message ("error");

  json_object_set_string_member (object, "code", transfer_error_code_to_string (code));
  json_object_set_string_member (object, "message", message);
  return sample_json_take_line (object);
}

/* (transfer full). */
static JsonNode *
item_to_node (const TransferItem *item)
{
  static const char *const kinds[] = {
    [TRANSFER_ITEM_FILE] = "file", [TRANSFER_ITEM_FOLDER] = "folder", [TRANSFER_ITEM_LINK] = "link"
  };
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "name", item->name);
  json_object_set_string_member (object, "kind", kinds[item->kind]);
  if (item->kind == TRANSFER_ITEM_FOLDER)
    json_object_set_int_member (object, "files", item->files);
  sample_json_set_index (object, "size", item->size);
  json_node_take_object (node, object);
  return node;
}

char *
transfer_message_write_offer (guint files, gint64 bytes, const TransferItem *items, guint count)
{
  JsonObject *object = sample_json_new_message ("offer");
  JsonArray *array = json_array_new ();
  gsize size = OFFER_FRAME_SIZE;
  guint listed;

  for (listed = 0; listed < count; listed++)
    {
      g_autoptr (JsonNode) node = item_to_node (&items[listed]);
      g_autofree char *text = sample_json_to_line (json_node_get_object (node));
      size += strlen (text) + 1; /* and a comma */
      if (size > TRANSFER_MAX_TEXT_SIZE)
        break;
      json_array_add_element (array, g_steal_pointer (&node));
    }
  json_object_set_int_member (object, "files", files);
  sample_json_set_index (object, "bytes", bytes);
  json_object_set_array_member (object, "items", array);
  json_object_set_int_member (object, "more", count - listed);
  return sample_json_take_line (object);
}

char *
transfer_message_write_accept (void)
{
  return sample_json_take_line (sample_json_new_message ("accept"));
}

char *
transfer_message_write_refuse (const char *reason)
{
  JsonObject *object = sample_json_new_message ("refuse");

  json_object_set_string_member (object, "message", reason);
  return sample_json_take_line (object);
}

static void
set_attributes (JsonObject *object, const TransferEntry *entry)
{
  if (entry->mode != G_MAXUINT)
    json_object_set_int_member (object, "mode", entry->mode);
  if (entry->mtime_ms >= 0 && entry->mtime_ms <= TRANSFER_MAX_NUMBER)
    json_object_set_int_member (object, "mtime", entry->mtime_ms);
}

char *
transfer_message_write_folder (const TransferEntry *entry)
{
  JsonObject *object = sample_json_new_message ("folder");

  json_object_set_string_member (object, "path", entry->path);
  set_attributes (object, entry);
  return sample_json_take_line (object);
}

char *
transfer_message_write_file (const TransferEntry *entry)
{
  JsonObject *object = sample_json_new_message ("file");

  json_object_set_int_member (object, "index", entry->index);
  json_object_set_string_member (object, "path", entry->path);
  sample_json_set_index (object, "size", entry->size);
  set_attributes (object, entry);
  return sample_json_take_line (object);
}

char *
transfer_message_write_link (const TransferEntry *entry)
{
  JsonObject *object = sample_json_new_message ("link");

  json_object_set_string_member (object, "path", entry->path);
  json_object_set_string_member (object, "target", entry->target);
  return sample_json_take_line (object);
}

char *
transfer_message_write_end (const TransferEnd *end)
{
  JsonObject *object = sample_json_new_message ("end");

  json_object_set_int_member (object, "index", end->index);
  if (end->is_skipped)
    json_object_set_boolean_member (object, "skipped", TRUE);
  else
    {
      json_object_set_int_member (object, "bytes", end->bytes);
      json_object_set_string_member (object, "sha256", end->sha256);
    }
  return sample_json_take_line (object);
}

static char *
write_index (const char *type, guint index)
{
  JsonObject *object = sample_json_new_message (type);

  json_object_set_int_member (object, "index", index);
  return sample_json_take_line (object);
}

char *
transfer_message_write_skip (guint index)
{
  return write_index ("skip", index);
}

char *
transfer_message_write_stored (guint index)
{
  return write_index ("stored", index);
}

char *
transfer_message_write_done (const TransferDone *done)
{
  JsonObject *object = sample_json_new_message ("done");

  json_object_set_int_member (object, "files", done->files);
  json_object_set_int_member (object, "bytes", done->bytes);
  return sample_json_take_line (object);
}
