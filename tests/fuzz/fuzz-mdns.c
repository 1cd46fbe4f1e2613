/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: what parses is within bounds and about names that candidates may have; it parses
 * again, to the same, when it is written; and no core is upset by it. */
#include <string.h>

#include "floe-mdns-resolver-core-private.h"
#include "floe-mdns-responder-core-private.h"

#define NAME "8c4f1a2e-0d3b-4a57-9f21-6f0f6a7b1c2d.local"
#define MAX_OUTPUTS 8 /* of one message: answers, announcements, in both families */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_message (const FloeMdnsMessage *message)
{
  char name[FLOE_MDNS_NAME_SIZE];

  g_assert_cmpuint (message->question_count, <=, FLOE_MDNS_MAX_QUESTIONS);
  g_assert_cmpuint (message->record_count, <=, FLOE_MDNS_MAX_RECORDS);
  for (guint i = 0; i < message->question_count; i++)
    {
      g_assert_true (floe_mdns_name_set (name, message->questions[i].name));
      g_assert_cmpstr (name, ==, message->questions[i].name);
    }
  for (guint i = 0; i < message->record_count; i++)
    {
      const FloeMdnsRecord *record = &message->records[i];

      g_assert_true (floe_mdns_name_set (name, record->name));
      g_assert_cmpstr (name, ==, record->name);
      g_assert_cmpuint (floe_mdns_address_get_type (&record->address), ==, record->type);
    }
}

static void
check_again (const FloeMdnsMessage *message)
{
  g_autofree FloeMdnsMessage *again = g_new0 (FloeMdnsMessage, 1);
  guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE];
  gsize size = floe_mdns_message_serialize (message, buffer);

  if (size == 0)
    return;
  g_assert_true (floe_mdns_message_parse (again, buffer, size, NULL));
  g_assert_cmpmem (message, sizeof *message, again, sizeof *again);
}

static void
check_responder (const FloeMdnsMessage *message)
{
  g_autoptr (FloeMdnsResponderCore) core = floe_mdns_responder_core_new ();
  g_autofree FloeMdnsOutput *output = g_new0 (FloeMdnsOutput, 1);
  FloeMdnsAddress address = { { 192, 0, 2, 1 }, FLOE_MDNS_IPV4_SIZE };
  FloeMdnsLink link = { 1, FLOE_MDNS_FAMILY_IPV4 };
  FloeMdnsSource source = { address, (guint16) (message->id % 2 == 0 ? FLOE_MDNS_PORT : 1024) };
  guint count = 0;

  g_assert_true (floe_mdns_responder_core_add (core, 0, NAME, &address, 1));
  floe_mdns_responder_core_handle_query (core, 1, &link, &source, message);
  while (floe_mdns_responder_core_poll (core, G_TIME_SPAN_MINUTE, output))
    {
      guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE];

      g_assert_cmpuint (floe_mdns_message_serialize (&output->message, buffer), >, 0);
      g_assert_cmpuint (++count, <=, MAX_OUTPUTS);
    }
}

static void
check_resolver (const FloeMdnsMessage *message)
{
  g_autoptr (FloeMdnsResolverCore) core = floe_mdns_resolver_core_new ();
  FloeMdnsEvent event;
  guint found_count = 0;

  g_assert_true (floe_mdns_resolver_core_start (core, 0, NAME));
  floe_mdns_resolver_core_handle_response (core, 1, message);
  while (floe_mdns_resolver_core_poll (core, &event))
    found_count += event.type == FLOE_MDNS_EVENT_FOUND;
  g_assert_cmpuint (found_count, <=, FLOE_MDNS_N_FAMILIES);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree FloeMdnsMessage *message = g_new0 (FloeMdnsMessage, 1);

  if (!floe_mdns_message_parse (message, data, size, NULL))
    return 0;
  check_message (message);
  check_again (message);
  check_responder (message);
  check_resolver (message);
  return 0;
}
