/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: no getter of floe-turn's reads past the message; and what both it and the library
 * take for a message, both read alike: they were written apart. */
#include "floe-stun-attributes-private.h"
#include "turn-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
compare (const FloeStunMessage *theirs, const guint8 *data, gsize size)
{
  FloeStunError error;
  FloeStunAddress address;
  TurnAddress ours;
  guint16 port;

  g_assert_cmpuint (turn_message_get_method (data), ==, theirs->method);
  g_assert_cmpint ((int) turn_message_get_class (data), ==, (int) theirs->message_class);
  if (floe_stun_message_get_error (theirs, &error))
    g_assert_cmpuint (turn_message_get_error (data, size), ==, error.code);
  if (floe_stun_message_get_xor_address (theirs, FLOE_STUN_XOR_RELAYED_ADDRESS, &address))
    {
      g_assert_true (
          turn_message_get_address (data, size, TURN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &ours, &port));
      g_assert_cmpmem (ours.bytes, ours.size, address.bytes, address.size);
      g_assert_cmpuint (port, ==, address.port);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const TurnAttribute texts[] = { TURN_ATTRIBUTE_REALM, TURN_ATTRIBUTE_NONCE,
                                         TURN_ATTRIBUTE_SOFTWARE };
  static const guint8 key[TURN_KEY_SIZE] = { 1 };
  FloeStunMessage theirs;
  TurnAddress peer;
  guint16 port;

  g_assert_cmpint (turn_frame_get_size (data, size, TRUE), >=, -1);
  if (!turn_message_is_valid (data, size))
    return 0;
  g_assert_cmpint (turn_frame_get_size (data, size, TRUE), ==, (gssize) size);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (turn_message_get_string (data, size, texts[i]));
  turn_message_get_address (data, size, TURN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer, &port);
  turn_message_is_signed (data, size, key);
  if (floe_stun_message_parse (&theirs, data, size, NULL))
    compare (&theirs, data, size);
  return 0;
}
