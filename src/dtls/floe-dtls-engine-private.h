/* SPDX-License-Identifier: MPL-2.0 */
/* DTLS 1.2 with mutual authentication by fingerprint (RFC 8827, RFC 8842), sans-IO.
 *
 * Callbacks run inside the call that caused them, in order; inside them the engine may be asked
 * to send or close, but not be freed. Nothing is given to received() before the peer's certificate
 * has matched one of the expected fingerprints.
 *
 * OpenSSL's timers read the clock themselves: handle_timeout() takes no time, get_deadline() is in
 * monotonic microseconds.
 *
 * Layer: dtls. May include: base. No socket, no GSource. Network thread only. */
#pragma once

#include <glib.h>

#include <floe/floe-certificate.h>

G_BEGIN_DECLS

typedef struct _FloeDtlsEngine FloeDtlsEngine;

typedef enum
{
  FLOE_DTLS_NEW,
  FLOE_DTLS_CONNECTING,
  FLOE_DTLS_CONNECTED,
  FLOE_DTLS_CLOSED, /* close_notify came, or close() was called */
  FLOE_DTLS_FAILED,
} FloeDtlsState;

typedef struct
{
  /* A datagram for the peer, at most @mtu bytes. */
  void (*output) (const guint8 *data, gsize size, gpointer user_data);
  /* A decrypted application record. */
  void (*received) (const guint8 *data, gsize size, gpointer user_data);
  /* @error is set for FAILED only: DTLS_FAILURE or FINGERPRINT_FAILURE. */
  void (*state_changed) (FloeDtlsState state, const GError *error, gpointer user_data);
} FloeDtlsCallbacks;

/* @fingerprints: NULL-terminated "hash-func XX:XX…" from the peer's description. RFC 8122 section
 * 5: several may be given for several certificates and hashes; only SHA-256, -384 and -512 count;
 * of the strongest hash function present one must match. @callbacks is static. */
FloeDtlsEngine *floe_dtls_engine_new (FloeCertificate *certificate, gboolean is_client,
                                      const char *const *fingerprints, gsize mtu,
                                      const FloeDtlsCallbacks *callbacks, gpointer user_data);
void floe_dtls_engine_free (FloeDtlsEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeDtlsEngine, floe_dtls_engine_free)

/* The client sends its ClientHello; the server waits for one. */
void floe_dtls_engine_start (FloeDtlsEngine *self);

/* Returns TRUE when the datagram held at least one record that decrypted: a sign of life. */
gboolean floe_dtls_engine_handle_datagram (FloeDtlsEngine *self, const guint8 *data, gsize size);

/* One application record in one datagram. FALSE when not connected or too long. */
gboolean floe_dtls_engine_send (FloeDtlsEngine *self, const guint8 *data, gsize size);

/* As send, but gives the datagram to @output instead of the callback: for probes on other paths. */
typedef void (*FloeDtlsOutputFunc) (const guint8 *data, gsize size, gpointer user_data);
gboolean floe_dtls_engine_send_to (FloeDtlsEngine *self, const guint8 *data, gsize size,
                                   FloeDtlsOutputFunc output, gpointer user_data);

gint64 floe_dtls_engine_get_deadline (const FloeDtlsEngine *self); /* -1: none */
void floe_dtls_engine_handle_timeout (FloeDtlsEngine *self);

FloeDtlsState floe_dtls_engine_get_state (const FloeDtlsEngine *self);

/* Bytes that a record adds to the application data with the negotiated cipher. */
gsize floe_dtls_engine_get_overhead (const FloeDtlsEngine *self);

/* Sends close_notify. Idempotent; no state_changed comes of it. */
void floe_dtls_engine_close (FloeDtlsEngine *self);

G_END_DECLS
