/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-behaviour-codec-private.h"

/* RFC 5780 section 7.2:
 *
 *   |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 A B 0| */
#define CHANGES_ADDRESS 0x4
#define CHANGES_PORT 0x2

gboolean
floe_stun_message_get_change_request (const FloeStunMessage *self, gboolean *changes_address,
                                      gboolean *changes_port)
{
  guint64 value;

  if (!floe_stun_message_get_uint (self, FLOE_STUN_CHANGE_REQUEST, 4, &value))
    return FALSE;
  *changes_address = (value & CHANGES_ADDRESS) != 0;
  *changes_port = (value & CHANGES_PORT) != 0;
  return TRUE;
}

/* RFC 5780 section 7.5: 16 bits of port, then two bytes of padding, which some count as part of the
 * attribute and some do not. */
gboolean
floe_stun_message_get_response_port (const FloeStunMessage *self, guint16 *port)
{
  guint64 value;

  if (floe_stun_message_get_uint (self, FLOE_STUN_RESPONSE_PORT, 4, &value))
    value >>= 16;
  else if (!floe_stun_message_get_uint (self, FLOE_STUN_RESPONSE_PORT, 2, &value))
    return FALSE;
  *port = (guint16) value;
  return TRUE;
}

void
floe_stun_builder_add_change_request (FloeStunBuilder *self, gboolean changes_address,
                                      gboolean changes_port)
{
  floe_stun_builder_add_uint (
      self, FLOE_STUN_CHANGE_REQUEST,
      (changes_address ? CHANGES_ADDRESS : 0) | (changes_port ? CHANGES_PORT : 0), 4);
}

void
floe_stun_builder_add_response_port (FloeStunBuilder *self, guint16 port)
{
  floe_stun_builder_add_uint (self, FLOE_STUN_RESPONSE_PORT, (guint64) port << 16, 4);
}

void
floe_stun_builder_add_padding (FloeStunBuilder *self, gsize size)
{
  g_autofree guint8 *zeros = g_malloc0 (size);

  floe_stun_builder_add (self, FLOE_STUN_PADDING, zeros, size);
}
