/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dcep-codec-private.h"

#include <floe/floe-error.h>
#include <string.h>

#include "floe-reader-private.h"

#define OPEN_HEADER_SIZE 12
/* RFC 8832 section 5.1: the channel type, whose high bit says unordered. */
#define TYPE_RELIABLE 0x00
#define TYPE_REXMIT 0x01
#define TYPE_TIMED 0x02
#define TYPE_UNORDERED 0x80

/* A NUL is legal in UTF-8, but not in a C string: U+FFFD takes its place. NULL: not UTF-8. */
static char *
take_utf8 (const guint8 *bytes, gsize size)
{
  const char *text = (const char *) bytes;
  GString *result = g_string_sized_new (size);

  while (size > 0)
    {
      gsize run = strnlen (text, size);

      if (run > 0 && !g_utf8_validate (text, (gssize) run, NULL))
        {
          g_string_free (result, TRUE);
          return NULL;
        }
      g_string_append_len (result, text, (gssize) run);
      text += run;
      size -= run;
      if (size > 0)
        {
          g_string_append (result, "\357\277\275");
          text++;
          size--;
        }
    }
  return g_string_free (result, FALSE);
}

static gboolean
take_reliability (FloeDcepOpen *open, guint type, guint32 parameter)
{
  /* The W3C's attributes are 16 bits wide. */
  int value = (int) MIN (parameter, G_MAXUINT16);

  open->is_ordered = !(type & TYPE_UNORDERED);
  open->max_retransmits = open->max_packet_life_time = -1;
  switch (type & ~TYPE_UNORDERED)
    {
    case TYPE_RELIABLE:
      /* RFC 8832 section 5.1: "The Reliability Parameter [...] MUST be ignored on reception." */
      return TRUE;
    case TYPE_REXMIT:
      open->max_retransmits = value;
      return TRUE;
    case TYPE_TIMED:
      open->max_packet_life_time = value;
      return TRUE;
    default:
      return FALSE;
    }
}

void
floe_dcep_open_clear (FloeDcepOpen *self)
{
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->protocol, g_free);
}

FloeDcepType
floe_dcep_get_type (const guint8 *data, gsize size)
{
  if (size > 0 && data[0] == FLOE_DCEP_OPEN)
    return FLOE_DCEP_OPEN;
  /* RFC 8832 section 5.2 has one byte; pion pads it to four. */
  if (size > 0 && data[0] == FLOE_DCEP_ACK)
    return FLOE_DCEP_ACK;
  return FLOE_DCEP_INVALID;
}

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 0x03  | Channel type  |           Priority            |
 * +---------------+---------------+-------------------------------+
 * |                     Reliability parameter                     |
 * +-------------------------------+-------------------------------+
 * |         Label length          |        Protocol length        |
 * +-------------------------------+-------------------------------+
 * |                        Label, protocol                        |
 * +---------------------------------------------------------------+ */
gboolean
floe_dcep_open_parse (FloeDcepOpen *out, const guint8 *data, gsize size, GError **error)
{
  g_auto (FloeDcepOpen) open = { 0 };
  FloeReader reader = floe_reader_init (data, size);
  guint message_type = floe_reader_uint (&reader, 1);
  guint channel_type = floe_reader_uint (&reader, 1);
  guint32 parameter;
  gsize label_size, protocol_size;
  const guint8 *label, *protocol;

  open.priority = floe_reader_uint (&reader, 2);
  parameter = floe_reader_uint (&reader, 4);
  label_size = floe_reader_uint (&reader, 2);
  protocol_size = floe_reader_uint (&reader, 2);
  label = floe_reader_bytes (&reader, label_size);
  protocol = floe_reader_bytes (&reader, protocol_size);
  if (reader.failed || reader.size > 0 || message_type != FLOE_DCEP_OPEN)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The peer's DATA_CHANNEL_OPEN of %zu bytes is not as long as it says", size);
      return FALSE;
    }
  if (!take_reliability (&open, channel_type, parameter))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The peer's DATA_CHANNEL_OPEN has the unknown channel type 0x%02x",
                   channel_type);
      return FALSE;
    }
  open.label = take_utf8 (label, label_size);
  open.protocol = take_utf8 (protocol, protocol_size);
  if (open.label == NULL || open.protocol == NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The label or protocol of the peer's DATA_CHANNEL_OPEN is not UTF-8");
      return FALSE;
    }
  *out = open;
  open = (FloeDcepOpen){ 0 };
  return TRUE;
}

GBytes *
floe_dcep_open_serialize (const FloeDcepOpen *self)
{
  gsize label_size = strlen (self->label), protocol_size = strlen (self->protocol);
  gsize size = OPEN_HEADER_SIZE + label_size + protocol_size;
  guint type = TYPE_RELIABLE;
  guint32 parameter = 0;
  FloeWriter writer;

  if (label_size > G_MAXUINT16 || protocol_size > G_MAXUINT16)
    return NULL;
  if (self->max_retransmits >= 0)
    {
      type = TYPE_REXMIT;
      parameter = (guint32) self->max_retransmits;
    }
  else if (self->max_packet_life_time >= 0)
    {
      type = TYPE_TIMED;
      parameter = (guint32) self->max_packet_life_time;
    }
  writer = floe_writer_init (g_malloc (size), size);
  floe_writer_uint (&writer, FLOE_DCEP_OPEN, 1);
  floe_writer_uint (&writer, type | (self->is_ordered ? 0 : TYPE_UNORDERED), 1);
  floe_writer_uint (&writer, self->priority, 2);
  floe_writer_uint (&writer, parameter, 4);
  floe_writer_uint (&writer, label_size, 2);
  floe_writer_uint (&writer, protocol_size, 2);
  floe_writer_bytes (&writer, self->label, label_size);
  floe_writer_bytes (&writer, self->protocol, protocol_size);
  return g_bytes_new_take (writer.data - writer.used, size);
}

GBytes *
floe_dcep_ack_serialize (void)
{
  static const guint8 ack[] = { FLOE_DCEP_ACK };

  return g_bytes_new_static (ack, sizeof ack);
}
