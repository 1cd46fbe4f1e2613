/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: an object that is accepted has only strings that are UTF-8; what the samples can pass
 * on of it (text, whole numbers and what is true or not) is written on one line, and is read from
 * there to the same. */
#include "sample-json.h"

#include <floe/floe.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_SIZE 16

static void
check_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  const char *text = sample_json_get_string (object, name, MAX_SIZE);
  const char *whole = sample_json_get_string (object, name, G_MAXUINT16);
  gboolean is_value = JSON_NODE_HOLDS_VALUE (node);
  JsonObject *copy = user_data;

  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_true (text == NULL || (text == whole && strlen (text) <= MAX_SIZE));
  g_assert_true (whole == NULL || g_utf8_validate (whole, -1, NULL));
  g_assert_true (sample_json_has (object, name) == !JSON_NODE_HOLDS_NULL (node));
  if (whole != NULL)
    sample_json_set_string (copy, name, whole);
  else if (is_value && json_node_get_value_type (node) == G_TYPE_INT64)
    json_object_set_int_member (copy, name, sample_json_get_int (object, name, 0));
  else if (is_value && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    json_object_set_boolean_member (copy, name, sample_json_get_boolean (object, name, FALSE));
}

static void
check_object (JsonObject *object)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  g_autoptr (JsonObject) again = NULL;
  g_autofree char *line = NULL;

  json_object_foreach_member (object, check_member, copy);
  line = sample_json_to_line (copy);
  g_assert_null (strpbrk (line, "\r\n"));
  again = sample_json_parse_object (line, strlen (line), NULL);
  g_assert_nonnull (again);
  g_assert_true (json_object_equal (copy, again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = sample_json_parse_object ((const char *) data, size, &error);

  g_assert_true ((object == NULL) == g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX));
  if (object != NULL)
    check_object (object);
  return 0;
}
