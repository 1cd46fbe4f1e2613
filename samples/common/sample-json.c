/* SPDX-License-Identifier: MPL-2.0 */
#include "sample-json.h"

#include <floe/floe.h>

#include <string.h>

/* Nothing that the samples exchange nests deeper than an array of objects in an object. */
#define MAX_DEPTH 8

/* Of the whole part of a number: json-glib lets one overflow that does not fit in 64 bits. */
#define MAX_DIGITS 18
#define UNIT_ESCAPE_SIZE 6 /* of a UTF-16 code unit: \uXXXX */

/* Fills @unit with the UTF-16 code unit whose escape @text begins with. */
static gboolean
read_unit (const char *text, gsize size, guint *unit)
{
  *unit = 0;
  if (size < UNIT_ESCAPE_SIZE || text[0] != '\\' || text[1] != 'u')
    return FALSE;
  for (guint i = 2; i < UNIT_ESCAPE_SIZE; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      *unit = *unit << 4 | (guint) g_ascii_xdigit_value (text[i]);
    }
  return TRUE;
}

/* The size of the escape that @text begins with (RFC 8259 section 7), a pair of surrogates being
 * one. 0 when it is none, half a pair, or NUL, which would end the string for C. */
static gsize
get_escape_size (const char *text, gsize size)
{
  guint unit, low;

  if (size < 2)
    return 0;
  if (text[1] != 'u')
    return strchr ("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
  if (!read_unit (text, size, &unit) || unit == 0)
    return 0;
  if (unit < 0xd800 || unit > 0xdfff)
    return UNIT_ESCAPE_SIZE;
  if (unit > 0xdbff || !read_unit (text + UNIT_ESCAPE_SIZE, size - UNIT_ESCAPE_SIZE, &low)
      || low < 0xdc00 || low > 0xdfff)
    return 0;
  return 2 * UNIT_ESCAPE_SIZE;
}

/* The size of the string that @text begins with, quotes included; 0 when it is none. */
static gsize
get_string_size (const char *text, gsize size)
{
  gsize i = 1;

  while (i < size && text[i] != '"')
    {
      gsize step = text[i] == '\\' ? get_escape_size (text + i, size - i) : 1;

      if (step == 0 || (guint8) text[i] < ' ')
        return 0;
      i += step;
    }
  return i < size ? i + 1 : 0;
}

static gsize
count_digits (const char *text, gsize size)
{
  gsize count = 0;

  while (count < size && g_ascii_isdigit (text[count]))
    count++;
  return count;
}

/* The size of the number that @text begins with (RFC 8259 section 6); 0 when it is none, too long,
 * or more follows. */
static gsize
get_number_size (const char *text, gsize size)
{
  gsize i = text[0] == '-' ? 1 : 0;
  gsize count = count_digits (text + i, size - i);

  if (count == 0 || count > MAX_DIGITS || (count > 1 && text[i] == '0'))
    return 0;
  i += count;
  if (i < size && text[i] == '.')
    {
      count = count_digits (text + i + 1, size - i - 1);
      i += 1 + count;
    }
  if (count > 0 && i < size && (text[i] == 'e' || text[i] == 'E'))
    {
      i += i + 1 < size && (text[i + 1] == '+' || text[i + 1] == '-') ? 2 : 1;
      count = count_digits (text + i, size - i);
      i += count;
    }
  if (count == 0 || (i < size && (g_ascii_isalnum (text[i]) || text[i] == '.')))
    return 0;
  return i;
}

/* The size of what @text begins with: a string, a number, or one other character of JSON's. 0 when
 * it is none. */
static gsize
get_token_size (const char *text, gsize size)
{
  if (text[0] == '"')
    return get_string_size (text, size);
  if (text[0] == '-' || g_ascii_isdigit (text[0]))
    return get_number_size (text, size);
  return g_ascii_isalpha (text[0]) || strchr ("{}[]:, \t\r\n", text[0]) != NULL ? 1 : 0;
}

/* Whether @text, which has no NUL, is made of JSON's tokens, is one object if anything, and nests
 * no deeper than MAX_DEPTH. Says nothing about grammar: that is the parser's. */
static gboolean
is_safe_to_parse (const char *text, gsize size)
{
  gboolean has_root = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < size;)
    {
      gsize token_size = get_token_size (text + i, size - i);

      if (token_size == 0)
        return FALSE;
      if (depth == 0 && !g_ascii_isspace (text[i]))
        { /* json-glib would take any number of values here, and leak all but one. */
          if (has_root || text[i] != '{')
            return FALSE;
          has_root = TRUE;
        }
      if ((text[i] == '{' || text[i] == '[') && ++depth > MAX_DEPTH)
        return FALSE;
      if (text[i] == '}' || text[i] == ']')
        depth--;
      i += token_size;
    }
  return has_root && depth == 0;
}

JsonObject *
sample_json_parse_object (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) parse_error = NULL;

  if (size == 0 || !g_utf8_validate_len (text, size, NULL) || !is_safe_to_parse (text, size))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is not a JSON object");
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, (gssize) size, &parse_error))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "This is not JSON: %s",
                   parse_error->message);
      return NULL;
    }
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

char *
sample_json_to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  GString *line;

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  line = g_string_new (text);
  /* The one control character that json-glib 1.6 does not escape. */
  g_string_replace (line, "\x1f", "\\u001f", 0);
  return g_string_free (line, FALSE);
}

char *
sample_json_take_line (JsonObject *object)
{
  char *line = sample_json_to_line (object);

  json_object_unref (object);
  return line;
}

JsonObject *
sample_json_new_message (const char *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  return object;
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
