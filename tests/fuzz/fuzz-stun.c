/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a message that parses, built again of its attributes, parses again and has the same
 * header and attributes; and no getter reads past the datagram. */
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_COUNT 16

static void
check_same (const FloeStunMessage *a, const FloeStunMessage *b)
{
  FloeStunIterator i = floe_stun_iterator_init (a), j = floe_stun_iterator_init (b);
  FloeStunAttribute x, y;

  g_assert_cmpint (a->message_class, ==, b->message_class);
  g_assert_cmpuint (a->method, ==, b->method);
  g_assert_cmpmem (a->transaction_id, sizeof a->transaction_id, b->transaction_id,
                   sizeof b->transaction_id);
  while (floe_stun_iterator_next (&i, &x))
    {
      g_assert_true (floe_stun_iterator_next (&j, &y));
      g_assert_cmpuint (x.type, ==, y.type);
      if (x.type == FLOE_STUN_FINGERPRINT)
        g_assert_cmpuint (x.size, ==, y.size);
      else
        g_assert_cmpmem (x.value, x.size, y.value, y.size);
    }
  g_assert_false (floe_stun_iterator_next (&j, &y));
}

static void
build_again (const FloeStunMessage *message)
{
  g_autofree guint8 *buffer = g_malloc (message->size);
  FloeStunBuilder builder = floe_stun_builder_init (buffer, message->size, message->message_class,
                                                    message->method, message->transaction_id);
  FloeStunIterator iterator = floe_stun_iterator_init (message);
  FloeStunAttribute attribute;
  FloeStunMessage again;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      if (attribute.type == FLOE_STUN_FINGERPRINT)
        floe_stun_builder_add_fingerprint (&builder);
      else
        floe_stun_builder_add (&builder, attribute.type, attribute.value, attribute.size);
    }
  g_assert_cmpuint (floe_stun_builder_finish (&builder), >=, FLOE_STUN_HEADER_SIZE);
  g_assert_true (
      floe_stun_message_parse (&again, buffer, floe_stun_builder_finish (&builder), NULL));
  check_same (message, &again);
}

static void
read_values (const FloeStunMessage *message)
{
  FloeStunKey key = { (guint8 *) "key", 3 };
  FloeStunAddress address;
  FloeStunError error;
  const char *text;
  guint64 number;
  gsize size;
  guint16 types[MAX_COUNT];

  g_assert_cmpuint (floe_stun_message_list_unknown (message, NULL, 0, types, MAX_COUNT), <=,
                    MAX_COUNT);
  g_assert_cmpuint (floe_stun_message_get_unknown (message, types, MAX_COUNT), <=, MAX_COUNT);
  floe_stun_message_get_address (message, FLOE_STUN_MAPPED_ADDRESS, &address);
  floe_stun_message_get_xor_address (message, FLOE_STUN_XOR_MAPPED_ADDRESS, &address);
  floe_stun_message_get_uint (message, FLOE_STUN_PRIORITY, 4, &number);
  if (floe_stun_message_get_text (message, FLOE_STUN_USERNAME, &text, &size))
    g_assert_true (g_utf8_validate_len (text, size, NULL));
  if (floe_stun_message_get_error (message, &error))
    g_assert_true (error.code >= 300 && error.code <= 699);
  floe_stun_message_check_integrity (message, &key);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeStunMessage message;

  if (!floe_stun_message_parse (&message, data, size, NULL))
    return 0;
  read_values (&message);
  build_again (&message);
  return 0;
}
