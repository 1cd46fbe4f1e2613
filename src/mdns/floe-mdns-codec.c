/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mdns-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-reader-private.h"

#define SUFFIX ".local"

/* RFC 1035 section 4.1.1, RFC 6762 sections 18.2 to 18.11 */
#define FLAG_RESPONSE 0x8000
#define MASK_OPCODE 0x7800
#define FLAG_AUTHORITATIVE 0x0400
#define FLAG_TRUNCATED 0x0200
#define MASK_RCODE 0x000f

#define CLASS_IN 1
#define CLASS_MASK 0x7fff
#define CLASS_TOP_BIT 0x8000 /* QU in questions, cache-flush in records */

#define MAX_LABEL_SIZE 63 /* RFC 1035 section 2.3.4 */
#define MAX_NAME_SIZE 255
#define MAX_LABELS 127

/* RFC 1035 section 4.1.4: the first two bits of a length say what it is. */
#define LABEL_MASK 0xc0
#define LABEL_POINTER 0xc0
#define POINTER_MASK 0x3fff
/* Each leads to a label at least, and names on a link have a few. One message has room for 1500
 * names, and who fills it with pointers to pointers is to cost little time. */
#define MAX_POINTERS 16

typedef struct
{
  const guint8 *data; /* the whole message: pointers count from its beginning */
  gsize size;
  FloeReader reader;
} MessageReader;

static gsize
get_offset (const MessageReader *self)
{
  return self->size - self->reader.size;
}

/* The characters of host names (RFC 952), and "_", which some names have. */
static gboolean
is_label_character (guint8 character)
{
  return g_ascii_isalnum (character) || character == '-' || character == '_';
}

/* Puts a label behind the others in @name; FALSE when this is no name for us. */
static gboolean
append_label (char name[FLOE_MDNS_NAME_SIZE], const guint8 *label, gsize size)
{
  gsize used = strlen (name);

  if (used + 1 + size >= FLOE_MDNS_NAME_SIZE)
    return FALSE;
  if (used > 0)
    name[used++] = '.';
  for (gsize i = 0; i < size; i++)
    {
      if (!is_label_character (label[i]))
        return FALSE;
      name[used + i] = g_ascii_tolower ((char) label[i]);
    }
  name[used + size] = '\0';
  return TRUE;
}

static gboolean
is_ours (const char *name)
{
  const char *dot = strchr (name, '.');

  return dot != NULL && dot > name && dot - name <= MAX_LABEL_SIZE && strcmp (dot, SUFFIX) == 0;
}

/* RFC 1035 section 4.1.4: "a pointer to a prior occurance of the same name". Each has to lead
 * further back than the one before it, so there is an end to them. Writes "" to @name for one that
 * is not ours. */
static void
read_name (MessageReader *self, char name[FLOE_MDNS_NAME_SIZE])
{
  FloeReader away; /* where a pointer has led */
  FloeReader *reader = &self->reader;
  gsize limit = get_offset (self);
  gsize used = 0;
  guint pointers = 0;
  gboolean is_known = TRUE;

  name[0] = '\0';
  for (guint labels = 0; !self->reader.failed; labels++)
    {
      guint8 length = (guint8) floe_reader_uint (reader, 1);
      const guint8 *label;

      if ((length & LABEL_MASK) == LABEL_POINTER)
        {
          gsize to = (length << 8 | floe_reader_uint (reader, 1)) & POINTER_MASK;

          self->reader.failed |= reader->failed || to >= limit || ++pointers > MAX_POINTERS;
          if (self->reader.failed)
            return;
          limit = to;
          away = floe_reader_init (self->data + to, self->size - to);
          reader = &away;
          continue;
        }
      label = floe_reader_bytes (reader, length);
      used += 1u + length;
      self->reader.failed |=
          reader->failed || length > MAX_LABEL_SIZE || used > MAX_NAME_SIZE || labels > MAX_LABELS;
      if (self->reader.failed || length == 0)
        break;
      is_known = is_known && append_label (name, label, length);
    }
  if (!is_known || !is_ours (name))
    name[0] = '\0';
}

static void
read_question (MessageReader *self, FloeMdnsMessage *out)
{
  FloeMdnsQuestion question = { 0 };
  guint16 class;

  read_name (self, question.name);
  question.type = (guint16) floe_reader_uint (&self->reader, 2);
  class = (guint16) floe_reader_uint (&self->reader, 2);
  question.wants_unicast = (class & CLASS_TOP_BIT) != 0;
  if (self->reader.failed || question.name[0] == '\0' || (class & CLASS_MASK) != CLASS_IN
      || (question.type != FLOE_MDNS_TYPE_A && question.type != FLOE_MDNS_TYPE_AAAA
          && question.type != FLOE_MDNS_TYPE_ANY)
      || out->question_count == FLOE_MDNS_MAX_QUESTIONS)
    return;
  out->questions[out->question_count++] = question;
}

static gsize
get_address_size (guint16 type)
{
  if (type == FLOE_MDNS_TYPE_A)
    return FLOE_MDNS_IPV4_SIZE;
  return type == FLOE_MDNS_TYPE_AAAA ? FLOE_MDNS_IPV6_SIZE : 0;
}

static void
read_record (MessageReader *self, FloeMdnsMessage *out, gboolean is_kept, gboolean is_additional)
{
  FloeMdnsRecord record = { .is_additional = is_additional };
  guint16 class, size;
  const guint8 *data;

  read_name (self, record.name);
  record.type = (guint16) floe_reader_uint (&self->reader, 2);
  class = (guint16) floe_reader_uint (&self->reader, 2);
  record.ttl_s = (guint32) floe_reader_uint (&self->reader, 4);
  size = (guint16) floe_reader_uint (&self->reader, 2);
  data = floe_reader_bytes (&self->reader, size);
  record.flushes_cache = (class & CLASS_TOP_BIT) != 0;
  record.address.size = get_address_size (record.type);
  if (data == NULL || !is_kept || record.name[0] == '\0' || (class & CLASS_MASK) != CLASS_IN
      || record.address.size == 0 || record.address.size != size
      || out->record_count == FLOE_MDNS_MAX_RECORDS)
    return;
  memcpy (record.address.bytes, data, size);
  out->records[out->record_count++] = record;
}

/* RFC 1035 section 4.1:
 *
 *     | id | flags | number of questions, answers, authorities, additionals |   2 bytes each
 *     | questions: name, type, class | records: name, type, class, TTL, size, data | */
gboolean
floe_mdns_message_parse (FloeMdnsMessage *out, const guint8 *data, gsize size, GError **error)
{
  g_autofree FloeMdnsMessage *message = g_new0 (FloeMdnsMessage, 1);
  MessageReader reader = { data, size, floe_reader_init (data, size) };
  guint16 flags, question_count, answer_count, authority_count, additional_count;

  message->id = (guint16) floe_reader_uint (&reader.reader, 2);
  flags = (guint16) floe_reader_uint (&reader.reader, 2);
  question_count = (guint16) floe_reader_uint (&reader.reader, 2);
  answer_count = (guint16) floe_reader_uint (&reader.reader, 2);
  authority_count = (guint16) floe_reader_uint (&reader.reader, 2);
  additional_count = (guint16) floe_reader_uint (&reader.reader, 2);
  message->is_response = (flags & FLAG_RESPONSE) != 0;
  message->is_truncated = (flags & FLAG_TRUNCATED) != 0;
  for (guint i = 0; i < question_count && !reader.reader.failed; i++)
    read_question (&reader, message);
  for (guint i = 0; i < answer_count && !reader.reader.failed; i++)
    read_record (&reader, message, TRUE, FALSE);
  /* Of those who are about to take a name (RFC 6762 section 8.2). */
  for (guint i = 0; i < authority_count && !reader.reader.failed; i++)
    read_record (&reader, message, FALSE, FALSE);
  for (guint i = 0; i < additional_count && !reader.reader.failed; i++)
    read_record (&reader, message, TRUE, TRUE);
  /* RFC 6762 sections 18.3 and 18.11: other opcodes and response codes "MUST be silently
   * ignored". */
  if (reader.reader.failed || size > FLOE_MDNS_MAX_RECEIVED_SIZE
      || (flags & (MASK_OPCODE | MASK_RCODE)) != 0)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "What came by multicast is no mDNS message (RFC 6762 section 18)");
      return FALSE;
    }
  *out = *message;
  return TRUE;
}

/* Without compression: names are few and short. */
static void
write_name (FloeWriter *writer, const char *name)
{
  while (*name != '\0')
    {
      gsize length = strcspn (name, ".");

      floe_writer_uint (writer, length, 1);
      floe_writer_bytes (writer, name, length);
      name += length;
      name += *name == '.';
    }
  floe_writer_uint (writer, 0, 1);
}

static void
write_question (FloeWriter *writer, const FloeMdnsQuestion *question)
{
  write_name (writer, question->name);
  floe_writer_uint (writer, question->type, 2);
  floe_writer_uint (writer, CLASS_IN | (question->wants_unicast ? CLASS_TOP_BIT : 0), 2);
}

/* RFC 6762 section 6.1 has NSEC "in a restricted form": the name itself as the next one, and a
 * bitmap of the types that there are, here the one that is @address's (RFC 4034 section 4.1.2). */
static void
write_types (FloeWriter *writer, const FloeMdnsRecord *record)
{
  guint16 type = floe_mdns_address_get_type (&record->address);
  guint8 bitmap[FLOE_MDNS_TYPE_AAAA / 8 + 1] = { 0 };
  gsize bitmap_size = type / 8u + 1;

  bitmap[type / 8] = (guint8) (0x80 >> type % 8);
  /* A dot less than the labels' lengths, and the end. */
  floe_writer_uint (writer, strlen (record->name) + 2 + 2 + bitmap_size, 2);
  write_name (writer, record->name);
  floe_writer_uint (writer, 0, 1); /* window */
  floe_writer_uint (writer, bitmap_size, 1);
  floe_writer_bytes (writer, bitmap, bitmap_size);
}

static void
write_record (FloeWriter *writer, const FloeMdnsRecord *record)
{
  write_name (writer, record->name);
  floe_writer_uint (writer, record->type, 2);
  floe_writer_uint (writer, CLASS_IN | (record->flushes_cache ? CLASS_TOP_BIT : 0), 2);
  floe_writer_uint (writer, record->ttl_s, 4);
  if (record->type == FLOE_MDNS_TYPE_NSEC)
    {
      write_types (writer, record);
      return;
    }
  floe_writer_uint (writer, record->address.size, 2);
  floe_writer_bytes (writer, record->address.bytes, record->address.size);
}

static guint
write_records (FloeWriter *writer, const FloeMdnsMessage *self, gboolean are_additional)
{
  guint count = 0;

  for (guint i = 0; i < self->record_count; i++)
    {
      if (self->records[i].is_additional != are_additional)
        continue;
      count++;
      if (writer != NULL)
        write_record (writer, &self->records[i]);
    }
  return count;
}

gsize
floe_mdns_message_serialize (const FloeMdnsMessage *self, guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE])
{
  FloeWriter writer = floe_writer_init (buffer, FLOE_MDNS_MAX_SENT_SIZE);

  floe_writer_uint (&writer, self->id, 2);
  /* RFC 6762 section 18.4: responses are authoritative. */
  floe_writer_uint (&writer,
                    (self->is_response ? FLAG_RESPONSE | FLAG_AUTHORITATIVE : 0)
                        | (self->is_truncated ? FLAG_TRUNCATED : 0),
                    2);
  floe_writer_uint (&writer, self->question_count, 2);
  floe_writer_uint (&writer, write_records (NULL, self, FALSE), 2);
  floe_writer_uint (&writer, 0, 2);
  floe_writer_uint (&writer, write_records (NULL, self, TRUE), 2);
  for (guint i = 0; i < self->question_count; i++)
    write_question (&writer, &self->questions[i]);
  write_records (&writer, self, FALSE);
  write_records (&writer, self, TRUE);
  return writer.failed ? 0 : writer.used;
}

gboolean
floe_mdns_name_set (char name[FLOE_MDNS_NAME_SIZE], const char *text)
{
  char lower[FLOE_MDNS_NAME_SIZE];
  gsize size = strlen (text);

  if (size >= sizeof lower)
    return FALSE;
  for (gsize i = 0; i <= size; i++)
    {
      if (text[i] != '.' && text[i] != '\0' && !is_label_character ((guint8) text[i]))
        return FALSE;
      lower[i] = g_ascii_tolower (text[i]);
    }
  if (!is_ours (lower))
    return FALSE;
  memcpy (name, lower, size + 1);
  return TRUE;
}

guint16
floe_mdns_address_get_type (const FloeMdnsAddress *self)
{
  return self->size == FLOE_MDNS_IPV4_SIZE ? FLOE_MDNS_TYPE_A : FLOE_MDNS_TYPE_AAAA;
}

gboolean
floe_mdns_address_equal (const FloeMdnsAddress *a, const FloeMdnsAddress *b)
{
  return a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
}
