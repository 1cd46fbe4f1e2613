/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dtls-bio-private.h"

#include <string.h>

/* Holds any data record of a WebRTC connection and any handshake datagram; longer ones grow. */
#define PACKET_CAPACITY 2048

struct _FloeDtlsPacket
{
  FloeDtlsPacket *next; /* (owned) (nullable) */
  FloeDtlsSink sink;
  gpointer sink_data; /* (unowned) */
  gsize size;
  gsize capacity;
  guint8 data[];
};

static void
free_packets (FloeDtlsPacket *packet)
{
  while (packet != NULL)
    {
      FloeDtlsPacket *next = packet->next;

      g_free (packet);
      packet = next;
    }
}

static FloeDtlsPacket *
take_packet (FloeDtlsPort *self, gsize size)
{
  FloeDtlsPacket *packet = self->spare;

  if (packet != NULL && packet->capacity >= size)
    {
      self->spare = packet->next;
    }
  else
    {
      gsize capacity = MAX (size, PACKET_CAPACITY);

      packet = g_malloc (sizeof *packet + capacity);
      packet->capacity = capacity;
    }
  packet->next = NULL;
  return packet;
}

static void
queue_packet (FloeDtlsPort *self, FloeDtlsPacket *packet)
{
  if (self->first == NULL)
    self->first = packet;
  else
    self->last->next = packet;
  self->last = packet;
}

static int
on_write (BIO *bio, const char *data, int size)
{
  FloeDtlsPort *self = BIO_get_data (bio);
  FloeDtlsPacket *packet;

  if (self == NULL || size <= 0)
    return -1;
  packet = take_packet (self, (gsize) size);
  packet->sink = self->sink;
  packet->sink_data = self->sink_data;
  packet->size = (gsize) size;
  memcpy (packet->data, data, packet->size);
  queue_packet (self, packet);
  return size;
}

/* One datagram a read. What doesn't fit is lost, as with a socket. */
static int
on_read (BIO *bio, char *buffer, int size)
{
  FloeDtlsPort *self = BIO_get_data (bio);
  gsize count;

  BIO_clear_retry_flags (bio);
  if (self == NULL || self->input == NULL || size <= 0)
    {
      BIO_set_retry_read (bio);
      return -1;
    }
  count = MIN (self->input_size, (gsize) size);
  memcpy (buffer, self->input, count);
  self->input = NULL;
  return (int) count;
}

static long
on_control (BIO *bio, int command, long number, void *pointer)
{
  const FloeDtlsPort *self = BIO_get_data (bio);

  switch (command)
    {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return self != NULL ? (long) self->mtu : 0;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: /* the MTU is that of the payload already */
    default:
      return 0;
    }
}

static BIO_METHOD *
create_method (void)
{
  BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "floe-datagram");

  if (method == NULL || !BIO_meth_set_write (method, on_write)
      || !BIO_meth_set_read (method, on_read) || !BIO_meth_set_ctrl (method, on_control))
    g_error ("OpenSSL could not make a BIO method");
  return method;
}

void
floe_dtls_port_init (FloeDtlsPort *self, gsize mtu, FloeDtlsSink sink, gpointer sink_data)
{
  *self = (FloeDtlsPort){ .mtu = mtu, .sink = sink, .sink_data = sink_data };
}

void
floe_dtls_port_clear (FloeDtlsPort *self)
{
  free_packets (g_steal_pointer (&self->first));
  free_packets (g_steal_pointer (&self->spare));
}

void
floe_dtls_port_flush (FloeDtlsPort *self)
{
  while (self->first != NULL)
    {
      FloeDtlsPacket *packet = self->first;

      self->first = packet->next;
      packet->sink (packet->data, packet->size, packet->sink_data);
      packet->next = self->spare;
      self->spare = packet;
    }
}

gboolean
floe_dtls_port_has_output (const FloeDtlsPort *self)
{
  return self->first != NULL;
}

BIO *
floe_dtls_bio_new (FloeDtlsPort *port)
{
  static BIO_METHOD *method = NULL;
  BIO *bio;

  if (g_once_init_enter (&method))
    g_once_init_leave (&method, create_method ());
  bio = BIO_new (method);
  if (bio == NULL)
    return NULL;
  BIO_set_data (bio, port);
  BIO_set_init (bio, 1);
  return bio;
}
