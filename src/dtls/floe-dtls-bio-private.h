/* SPDX-License-Identifier: MPL-2.0 */
/* Where OpenSSL meets datagrams: one goes in and is read whole, each write comes out as one.
 *
 * OpenSSL's memory BIO runs datagrams together, its datagram BIO wants a socket. Here what comes
 * out is queued while OpenSSL works and handed over by flush(), when no OpenSSL function is on the
 * stack any more, so that whoever gets it may call into the engine again.
 *
 * Layer: dtls. Network thread only. */
#pragma once

#include <glib.h>
#include <openssl/bio.h>

G_BEGIN_DECLS

typedef void (*FloeDtlsSink) (const guint8 *data, gsize size, gpointer user_data);

typedef struct _FloeDtlsPacket FloeDtlsPacket;

typedef struct
{
  const guint8 *input; /* (unowned) (nullable): the datagram that was not read yet */
  gsize input_size;
  gsize mtu;             /* bytes, of handshake datagrams */
  FloeDtlsSink sink;     /* where the next writes go */
  gpointer sink_data;    /* (unowned) */
  FloeDtlsPacket *first; /* (owned) (nullable): what waits to be flushed */
  FloeDtlsPacket *last;  /* (unowned) (nullable) */
  FloeDtlsPacket *spare; /* (owned) (nullable): used packets, so that sending allocates nothing */
} FloeDtlsPort;

void floe_dtls_port_init (FloeDtlsPort *self, gsize mtu, FloeDtlsSink sink, gpointer sink_data);
void floe_dtls_port_clear (FloeDtlsPort *self);

/* Hands what was written to its sinks, in order. A sink may cause more writes and flush again. */
void floe_dtls_port_flush (FloeDtlsPort *self);

/* Whether something waits to be flushed. */
gboolean floe_dtls_port_has_output (const FloeDtlsPort *self);

/* Returns: (transfer full) (nullable): a BIO on @port, which must outlive it. */
BIO *floe_dtls_bio_new (FloeDtlsPort *port);

G_END_DECLS
