/* SPDX-License-Identifier: MPL-2.0 */
/* Multicast DNS messages for tests. */
#pragma once

#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-mdns-link-private.h"
G_END_DECLS

#define NAME "8c4f1a2e-0d3b-4a57-9f21-6f0f6a7b1c2d.local"
#define OTHER_NAME "11111111-2222-4333-8444-555555555555.local"

using Bytes = std::vector<guint8>;

inline FloeMdnsAddress
Address (std::initializer_list<guint8> bytes)
{
  FloeMdnsAddress address = {};

  address.size = bytes.size ();
  std::copy (bytes.begin (), bytes.end (), address.bytes);
  return address;
}

inline FloeMdnsAddress
Ipv4 (guint8 last)
{
  return Address ({ 192, 0, 2, last });
}

inline FloeMdnsAddress
Ipv6 (guint8 last)
{
  return Address ({ 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last });
}

inline void
AddQuestion (FloeMdnsMessage *message, const char *name, guint16 type, bool wants_unicast = false)
{
  FloeMdnsQuestion *question = &message->questions[message->question_count++];

  g_strlcpy (question->name, name, sizeof question->name);
  question->type = type;
  question->wants_unicast = wants_unicast;
}

inline void
AddRecord (FloeMdnsMessage *message, const char *name, const FloeMdnsAddress &address,
           guint32 ttl_s = 120)
{
  FloeMdnsRecord *record = &message->records[message->record_count++];

  g_strlcpy (record->name, name, sizeof record->name);
  record->type = floe_mdns_address_get_type (&address);
  record->ttl_s = ttl_s;
  record->flushes_cache = TRUE;
  record->address = address;
}

inline std::unique_ptr<FloeMdnsMessage>
Response (const char *name, const FloeMdnsAddress &address, guint32 ttl_s = 120)
{
  auto message = std::make_unique<FloeMdnsMessage> ();

  message->is_response = TRUE;
  AddRecord (message.get (), name, address, ttl_s);
  return message;
}

inline std::unique_ptr<FloeMdnsMessage>
Query (const char *name, guint16 type, bool wants_unicast = false)
{
  auto message = std::make_unique<FloeMdnsMessage> ();

  AddQuestion (message.get (), name, type, wants_unicast);
  return message;
}
