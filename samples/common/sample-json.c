/* SPDX-License-Identifier: MPL-2.0 */
#include "sample-json.h"

#include <floe/floe.h>

#include <string.h>

/* Nothing that the samples exchange nests deeper than an array of objects in an object. */
#define MAX_DEPTH 8

/* Whether @text is made of JSON's characters and nests no deeper than MAX_DEPTH. Says nothing
 * about grammar: that is the parser's. */
static gboolean
is_safe_to_parse (const char *text, gsize size)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < size; i++)
    {
      char c = text[i];

      if (c == '\0')
        return FALSE;
      if (in_string)
        {
          /* json-glib would end the string there, and nobody means to send one. */
          if (c == '\\' && size - i >= 6 && memcmp (text + i, "\\u0000", 6) == 0)
            return FALSE;
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
          continue;
        }
      if (c == '"')
        in_string = TRUE;
      else if ((c == '{' || c == '[') && ++depth > MAX_DEPTH)
        return FALSE;
      else if ((c == '}' || c == ']') && depth-- == 0)
        return FALSE;
      else if (!g_ascii_isalnum (c) && strchr ("{}[]:,+-. \t\r\n", c) == NULL)
        return FALSE;
    }
  return !in_string && depth == 0;
}

JsonObject *
sample_json_parse_object (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) parse_error = NULL;
  JsonNode *root;

  if (!g_utf8_validate_len (text, size, NULL) || !is_safe_to_parse (text, size))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is not JSON");
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, size, &parse_error))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is not JSON: %s",
                   parse_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is not a JSON object");
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}

char *
sample_json_to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

/* (nullable): the member's node when it is a value of @type. */
static JsonNode *
get_value (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

const char *
sample_json_get_string (JsonObject *object, const char *name, gsize max_size)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING);
  const char *text = node != NULL ? json_node_get_string (node) : NULL;

  return text != NULL && strnlen (text, max_size + 1) <= max_size ? text : NULL;
}

gint64
sample_json_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = get_value (object, name, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : fallback;
}

gboolean
sample_json_get_boolean (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = get_value (object, name, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

gboolean
sample_json_has (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

void
sample_json_set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

void
sample_json_set_index (JsonObject *object, const char *name, gint64 value)
{
  if (value >= 0)
    json_object_set_int_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}
