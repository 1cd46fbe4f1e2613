/* SPDX-License-Identifier: MPL-2.0 */
/* The address of a room that somebody was told, and a code alone.
 *
 * Properties: what is read is written as text that is read to the same; GLib takes the address of
 * the WebSocket for a URI with the same host and port, and without the code; no error repeats a
 * code; loopback is private. */
#include "floe-room-address.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_websocket (const FloeRoomAddress *address)
{
  g_autofree char *text = floe_room_address_to_websocket_uri (address);
  g_autofree char *code = floe_code_to_string (&address->code);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  /* Unless somebody calls a host by the code. */
  g_assert_true (strstr (text, code) == NULL || strstr (address->host, code) != NULL);
  g_assert_nonnull (uri);
  g_assert_cmpstr (g_uri_get_host (uri), ==, address->host);
  g_assert_true (g_uri_get_port (uri) == -1 || g_uri_get_port (uri) == address->port);
}

static void
check_address (const char *text)
{
  g_auto (FloeRoomAddress) address = { 0 };
  g_auto (FloeRoomAddress) again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;

  if (!floe_room_address_parse (text, &address, &error))
    {
      g_assert_true (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX));
      return;
    }
  written = floe_room_address_to_string (&address);
  g_assert_true (floe_room_address_parse (written, &again, NULL));
  g_assert_cmpstr (address.scheme, ==, again.scheme);
  g_assert_cmpstr (address.host, ==, again.host);
  g_assert_cmpuint (address.port, ==, again.port);
  g_assert_cmpint (address.has_code, ==, again.has_code);
  if (address.has_code)
    {
      g_assert_cmpmem (&address.code, sizeof address.code, &again.code, sizeof again.code);
      check_websocket (&address);
    }
  if (floe_room_address_is_loopback (&address))
    g_assert_true (floe_room_address_is_private (&address));
}

static void
check_code (const char *text)
{
  g_auto (FloeCode) code = { 0 };
  g_auto (FloeCode) again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  g_autofree char *room = NULL;

  if (!floe_code_parse (text, &code, &error))
    {
      g_assert_true (strlen (text) < 8 || strstr (error->message, text) == NULL);
      return;
    }
  written = floe_code_to_string (&code);
  g_assert_true (floe_code_parse (written, &again, NULL));
  g_assert_cmpmem (&code, sizeof code, &again, sizeof again);
  room = floe_code_get_room (&code);
  g_assert_true (floe_code_is_room (room));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_address (text);
  check_code (text);
  floe_code_is_room (text);
  return 0;
}
