/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-heartbeat-codec-private.h"

#include "floe-crc32c-private.h"
#include "floe-reader-private.h"

#define CHUNK_HEARTBEAT 4
#define CHUNK_HEARTBEAT_ACK 5
#define CHUNK_HEADER_SIZE 4
/* RFC 9260 section 3.3.5: "Heartbeat Info Type = 1". */
#define PARAMETER_HEARTBEAT_INFO 1
#define INFO_SIZE 16
#define CHUNK_SIZE (CHUNK_HEADER_SIZE + INFO_SIZE)
/* "Floe": usrsctp's own heartbeat info starts with its clock and is longer. */
#define MAGIC 0x466c6f65u

G_STATIC_ASSERT (FLOE_SCTP_HEARTBEAT_SIZE == FLOE_SCTP_HEADER_SIZE + CHUNK_SIZE);

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source port          |       Destination port        |
 * +-------------------------------+-------------------------------+
 * |                       Verification tag                        |
 * +---------------------------------------------------------------+
 * |                           Checksum                            |
 * +---------------+---------------+-------------------------------+
 * |   Type = 4    |   Flags = 0   |          Length = 20          |
 * +---------------+---------------+-------------------------------+
 * |    Heartbeat info type = 1    |          Length = 16          |
 * +-------------------------------+-------------------------------+
 * |                         Magic "Floe"                          |
 * +---------------------------------------------------------------+
 * |                        Nonce (64 bits)                        |
 * |                                                               |
 * +---------------------------------------------------------------+ */
gsize
floe_sctp_heartbeat_write (const FloeSctpHeartbeatRoute *route, guint64 nonce, guint8 *buffer,
                           gsize size)
{
  FloeWriter writer = floe_writer_init (buffer, size);

  floe_writer_uint (&writer, route->local_port, 2);
  floe_writer_uint (&writer, route->remote_port, 2);
  floe_writer_uint (&writer, route->peer_tag, 4);
  floe_writer_uint (&writer, 0, 4);
  floe_writer_uint (&writer, CHUNK_HEARTBEAT, 1);
  floe_writer_uint (&writer, 0, 1);
  floe_writer_uint (&writer, CHUNK_SIZE, 2);
  floe_writer_uint (&writer, PARAMETER_HEARTBEAT_INFO, 2);
  floe_writer_uint (&writer, INFO_SIZE, 2);
  floe_writer_uint (&writer, MAGIC, 4);
  floe_writer_uint (&writer, nonce, 8);
  if (writer.failed)
    return 0;
  floe_sctp_checksum_fill (buffer, writer.used);
  return writer.used;
}

static gboolean
parse_ack (const guint8 *body, gsize size, guint64 *nonce)
{
  FloeReader reader = floe_reader_init (body, size);
  guint type = floe_reader_uint (&reader, 2);
  guint length = floe_reader_uint (&reader, 2);
  guint32 magic = floe_reader_uint (&reader, 4);

  *nonce = floe_reader_uint (&reader, 8);
  return !reader.failed && reader.size == 0 && type == PARAMETER_HEARTBEAT_INFO
         && length == INFO_SIZE && magic == MAGIC;
}

gboolean
floe_sctp_heartbeat_find_ack (const guint8 *packet, gsize size, FloeSctpHeartbeatAck *out)
{
  FloeReader reader = floe_reader_init (packet, size);

  floe_reader_bytes (&reader, FLOE_SCTP_HEADER_SIZE);
  while (!reader.failed && reader.size > 0)
    {
      gsize offset = size - reader.size;
      guint type = floe_reader_uint (&reader, 1);
      gsize length, padding;
      const guint8 *body;
      guint64 nonce;

      floe_reader_bytes (&reader, 1);
      length = floe_reader_uint (&reader, 2);
      if (length < CHUNK_HEADER_SIZE)
        return FALSE;
      body = floe_reader_bytes (&reader, length - CHUNK_HEADER_SIZE);
      /* RFC 9260 section 3.2: the padding of the last chunk may be missing in practice. */
      padding = MIN (-length & 3, reader.size);
      floe_reader_bytes (&reader, padding);
      if (body != NULL && type == CHUNK_HEARTBEAT_ACK
          && parse_ack (body, length - CHUNK_HEADER_SIZE, &nonce))
        {
          *out = (FloeSctpHeartbeatAck){ nonce, offset, length + padding };
          return TRUE;
        }
    }
  return FALSE;
}
