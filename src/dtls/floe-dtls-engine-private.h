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
 * What comes before its time is kept, within bounds: any datagram before start(), and application
 * records before the handshake is finished.
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
  /* A datagram for the peer: of the handshake, then at most @mtu bytes; or what send() made. */
  void (*output) (const guint8 *data, gsize size, gpointer user_data);
  /* A decrypted application record. */
  void (*received) (const guint8 *data, gsize size, gpointer user_data);
  /* @error is set for FAILED only: DTLS_FAILURE or FINGERPRINT_FAILURE. */
  void (*state_changed) (FloeDtlsState state, const GError *error, gpointer user_data);
} FloeDtlsCallbacks;

/* @fingerprints: NULL-terminated "hash-func XX:XX…" from the peer's description. RFC 8122 section
 * 5: several may be given for several certificates and hashes; only SHA-256, -384 and -512 count;
 * of the strongest hash function present one must match, so an empty list never connects. @mtu:
 * bytes of UDP payload, 280 to 65507. @callbacks is static. */
FloeDtlsEngine *floe_dtls_engine_new (FloeCertificate *certificate, gboolean is_client,
                                      const char *const *fingerprints, gsize mtu,
                                      const FloeDtlsCallbacks *callbacks, gpointer user_data);
void floe_dtls_engine_free (FloeDtlsEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeDtlsEngine, floe_dtls_engine_free)

/* The client sends its ClientHello; the server waits for one. FAILED after 30 s in which the
 * handshake didn't get on. */
void floe_dtls_engine_start (FloeDtlsEngine *self);

/* Returns TRUE when the datagram held at least one record that decrypted: a sign of life. What is
 * no DTLS (RFC 7983: its first byte is not 20 to 63), forged, replayed or cut off is dropped. */
gboolean floe_dtls_engine_handle_datagram (FloeDtlsEngine *self, const guint8 *data, gsize size);

/* One application record in one datagram. FALSE when not connected, empty or longer than 16,384
 * bytes (RFC 6347 section 4.1: 2^14). Whether the path takes it, with the overhead, is the
 * caller's to know. */
gboolean floe_dtls_engine_send (FloeDtlsEngine *self, const guint8 *data, gsize size);

/* As send, but gives the datagram to @output instead of the callback: for probes on other paths. */
typedef void (*FloeDtlsOutputFunc) (const guint8 *data, gsize size, gpointer user_data);
gboolean floe_dtls_engine_send_to (FloeDtlsEngine *self, const guint8 *data, gsize size,
                                   FloeDtlsOutputFunc output, gpointer user_data);

gint64 floe_dtls_engine_get_deadline (const FloeDtlsEngine *self); /* -1: none */
void floe_dtls_engine_handle_timeout (FloeDtlsEngine *self);

FloeDtlsState floe_dtls_engine_get_state (const FloeDtlsEngine *self);

/* Datagrams that were of no use: no DTLS, or nothing in them decrypted. */
guint64 floe_dtls_engine_get_dropped_count (const FloeDtlsEngine *self);

/* Bytes that a record adds to the application data with the negotiated cipher; before one is
 * negotiated, the most that it may be. */
gsize floe_dtls_engine_get_overhead (const FloeDtlsEngine *self);

/* Sends close_notify if connected, and is CLOSED. Idempotent; no state_changed comes of it. */
void floe_dtls_engine_close (FloeDtlsEngine *self);

G_END_DECLS
