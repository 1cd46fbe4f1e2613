/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: no getter of TURN reads past the datagram or gives what the RFC does not allow;
 * ChannelData that parses is written as it was read; a stream is cut into frames that make
 * progress. */
#include "floe-turn-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_turn_values (const FloeStunMessage *message)
{
  FloeStunAddress address;
  FloeStunFamily family;
  FloeStunError error;
  FloeTurnIcmp icmp;
  const guint8 *bytes;
  gboolean flag;
  guint32 lifetime_s;
  guint16 number;
  guint8 protocol;
  gsize size;

  if (floe_turn_message_get_channel (message, &number))
    g_assert_true (number >= FLOE_TURN_MIN_CHANNEL && number <= FLOE_TURN_MAX_CHANNEL);
  if (floe_turn_message_get_data (message, &bytes, &size) && size > 0)
    g_assert_true (bytes > message->data && bytes + size <= message->data + message->size);
  if (floe_turn_message_get_token (message, &bytes))
    g_assert_true (bytes + FLOE_TURN_TOKEN_SIZE <= message->data + message->size);
  if (floe_turn_message_get_address_error (message, &family, &error))
    g_assert_true (error.code >= 300 && error.code <= 699);
  if (floe_turn_message_get_relayed (message, FLOE_STUN_FAMILY_IPV6, &address))
    g_assert_cmpuint (address.size, ==, FLOE_STUN_IPV6_SIZE);
  if (floe_turn_message_get_icmp (message, &icmp))
    g_assert_true (icmp.type <= 127 && icmp.code <= 511);
  floe_turn_message_get_lifetime (message, &lifetime_s);
  floe_turn_message_get_family (message, FLOE_STUN_REQUESTED_ADDRESS_FAMILY, &family);
  floe_turn_message_get_transport (message, &protocol);
  floe_turn_message_get_even_port (message, &flag);
}

static void
check_channel_data (const guint8 *data, gsize size)
{
  FloeTurnChannelData message;
  g_autofree guint8 *buffer = NULL;

  if (!floe_turn_channel_data_parse (&message, data, size))
    return;
  buffer = g_malloc (size);
  g_assert_cmpuint (floe_turn_channel_data_write (&message, FALSE, buffer, size), ==,
                    FLOE_TURN_CHANNEL_HEADER_SIZE + message.size);
  g_assert_cmpmem (buffer, FLOE_TURN_CHANNEL_HEADER_SIZE + message.size, data,
                   FLOE_TURN_CHANNEL_HEADER_SIZE + message.size);
}

static void
cut_stream (const guint8 *data, gsize size)
{
  gsize frame_size;

  while (floe_turn_stream_get_frame_size (data, size, &frame_size) && frame_size != 0
         && frame_size <= size)
    {
      g_assert_cmpuint (frame_size, >=, FLOE_TURN_CHANNEL_HEADER_SIZE);
      data += frame_size;
      size -= frame_size;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeStunMessage message;

  check_channel_data (data, size);
  cut_stream (data, size);
  if (!floe_stun_message_parse (&message, data, size, NULL))
    return 0;
  read_turn_values (&message);
  return 0;
}
