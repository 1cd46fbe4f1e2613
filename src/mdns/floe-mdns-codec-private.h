/* SPDX-License-Identifier: MPL-2.0 */
/* Multicast DNS messages (RFC 6762 section 18) as far as candidates need them: questions for, and
 * answers with, the addresses of names such as "a5f6….local".
 *
 * Layer: mdns. May include: base. Pure. Knows nothing of sockets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One label of at most 63 bytes (RFC 1035 section 2.3.4), ".local", and the end. */
#define FLOE_MDNS_NAME_SIZE 70

#define FLOE_MDNS_MAX_QUESTIONS 32
#define FLOE_MDNS_MAX_RECORDS 32
/* RFC 6762 section 17: "MUST NOT exceed 9000 bytes"; what Floe writes fits into any frame. */
#define FLOE_MDNS_MAX_RECEIVED_SIZE 9000
#define FLOE_MDNS_MAX_SENT_SIZE 1232

#define FLOE_MDNS_IPV4_SIZE 4
#define FLOE_MDNS_IPV6_SIZE 16

typedef enum
{
  FLOE_MDNS_TYPE_A = 1,
  FLOE_MDNS_TYPE_AAAA = 28,
  FLOE_MDNS_TYPE_NSEC = 47, /* written, never read: "has an address of the other family only" */
  FLOE_MDNS_TYPE_ANY = 255, /* in questions */
} FloeMdnsType;

typedef struct
{
  guint8 bytes[FLOE_MDNS_IPV6_SIZE]; /* in network order; zeros behind an IPv4 address */
  gsize size;                        /* 4 or 16 */
} FloeMdnsAddress;

typedef struct
{
  char name[FLOE_MDNS_NAME_SIZE]; /* lower case */
  guint16 type;
  gboolean wants_unicast; /* RFC 6762 section 5.4: the QU bit */
} FloeMdnsQuestion;

typedef struct
{
  char name[FLOE_MDNS_NAME_SIZE]; /* lower case */
  guint16 type;                   /* A or AAAA when read */
  gboolean flushes_cache;         /* RFC 6762 section 10.2 */
  gboolean is_additional;         /* in the additional section */
  guint32 ttl_s;                  /* 0: the record is withdrawn (section 10.1) */
  FloeMdnsAddress address;        /* also of NSEC: whose family is the one that there is */
} FloeMdnsRecord;

typedef struct
{
  guint16 id;
  gboolean is_response;
  gboolean is_truncated; /* RFC 6762 section 7.2: more known answers follow */
  guint question_count;
  FloeMdnsQuestion questions[FLOE_MDNS_MAX_QUESTIONS];
  guint record_count;
  FloeMdnsRecord records[FLOE_MDNS_MAX_RECORDS]; /* of the answer and additional sections */
} FloeMdnsMessage;

/* Reads a message from the link. Questions and records that are not about addresses of such names,
 * and those beyond the limits, are passed over; @out is untouched on failure. */
gboolean floe_mdns_message_parse (FloeMdnsMessage *out, const guint8 *data, gsize size,
                                  GError **error);

/* Writes @self to @buffer, records that are additional after the others. Returns the size; 0 when
 * it does not fit. */
gsize floe_mdns_message_serialize (const FloeMdnsMessage *self,
                                   guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE]);

/* Whether @text is a name that candidates may have, draft-ietf-mmusic-mdns-ice-candidates
 * section 3.2.1: under ".local", with no other dot. Writes it in lower case to @name. */
gboolean floe_mdns_name_set (char name[FLOE_MDNS_NAME_SIZE], const char *text);

guint16 floe_mdns_address_get_type (const FloeMdnsAddress *self);
gboolean floe_mdns_address_equal (const FloeMdnsAddress *a, const FloeMdnsAddress *b);

G_END_DECLS
