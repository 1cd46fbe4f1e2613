/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: what is passed on is UTF-8 on one line, no longer than a message may be, and would be
 * passed on unchanged; an id is made of what the protocol allows. */
#include "rendezvous-message.h"

#include "floe-signaling-message.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_id (const char *id)
{
  g_assert_cmpuint (strlen (id), >, 0);
  g_assert_cmpuint (strlen (id), <=, 64);
  g_assert_cmpuint (strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
                    ==, strlen (id));
}

static void
check_relay (const RendezvousMessage *message)
{
  g_auto (RendezvousMessage) again = { 0 };

  g_assert_cmpuint (strlen (message->text), <=, FLOE_SIGNALING_MAX_SIZE);
  g_assert_true (g_utf8_validate (message->text, -1, NULL));
  g_assert_null (strpbrk (message->text, "\r\n"));
  g_assert_true (rendezvous_message_read (message->text, strlen (message->text), &again, NULL));
  g_assert_cmpint (again.kind, ==, RENDEZVOUS_MESSAGE_RELAY);
  g_assert_cmpint (again.session, ==, message->session);
  g_assert_cmpstr (again.text, ==, message->text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (RendezvousMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_read = rendezvous_message_read ((const char *) data, size, &message, &error);

  g_assert_true (is_read != g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX));
  if (!is_read)
    return 0;
  g_assert_true ((message.id != NULL) == (message.kind == RENDEZVOUS_MESSAGE_JOIN));
  g_assert_true ((message.text != NULL) == (message.kind == RENDEZVOUS_MESSAGE_RELAY));
  g_assert_cmpint (message.session, >=, 0);
  if (message.kind == RENDEZVOUS_MESSAGE_JOIN)
    check_id (message.id);
  else if (message.kind == RENDEZVOUS_MESSAGE_RELAY)
    check_relay (&message);
  return 0;
}
