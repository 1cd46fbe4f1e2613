/* SPDX-License-Identifier: MPL-2.0 */
/* Property: what a CHANGE-REQUEST and a RESPONSE-PORT say is the same after it was written and read
 * again; and every address belongs somewhere. */
#include "floe-stun-behaviour-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  gboolean has_change;
  gboolean changes_address;
  gboolean changes_port;
  gboolean has_port;
  guint16 port;
} Behaviour;

static Behaviour
read_behaviour (const FloeStunMessage *message)
{
  Behaviour read = { 0 };

  read.has_change =
      floe_stun_message_get_change_request (message, &read.changes_address, &read.changes_port);
  read.has_port = floe_stun_message_get_response_port (message, &read.port);
  return read;
}

static void
check_addresses (const FloeStunMessage *message)
{
  static const FloeStunAttributeType types[] = { FLOE_STUN_RESPONSE_ORIGIN,
                                                 FLOE_STUN_OTHER_ADDRESS };
  FloeStunAddress address;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (floe_stun_message_get_address (message, types[i], &address))
        {
          g_assert_cmpint (floe_stun_address_get_scope (&address), <=, FLOE_STUN_SCOPE_GLOBAL);
          g_assert_true (floe_stun_address_equal (&address, &address));
        }
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeStunMessage message, again;
  FloeStunBuilder builder;
  Behaviour first, second;
  guint8 buffer[64];

  if (!floe_stun_message_parse (&message, data, size, NULL))
    return 0;
  check_addresses (&message);
  first = read_behaviour (&message);
  builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                    FLOE_STUN_METHOD_BINDING, message.transaction_id);
  if (first.has_change)
    floe_stun_builder_add_change_request (&builder, first.changes_address, first.changes_port);
  if (first.has_port)
    floe_stun_builder_add_response_port (&builder, first.port);
  g_assert_true (
      floe_stun_message_parse (&again, buffer, floe_stun_builder_finish (&builder), NULL));
  second = read_behaviour (&again);
  g_assert_cmpint (first.has_change, ==, second.has_change);
  g_assert_cmpint (first.changes_address, ==, second.changes_address);
  g_assert_cmpint (first.changes_port, ==, second.changes_port);
  g_assert_cmpint (first.has_port, ==, second.has_port);
  g_assert_cmpuint (first.port, ==, second.port);
  return 0;
}
