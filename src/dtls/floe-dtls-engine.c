/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dtls-engine-private.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <floe/floe-error.h>

#include "floe-dtls-context-private.h"
#include "floe-log-private.h"

/* RFC 7983 section 7: a first byte of 20 to 63 is DTLS. */
#define FIRST_BYTE_MIN 20
#define FIRST_BYTE_MAX 63

/* RFC 6347 section 4.1: type 1, version 2, epoch 2, sequence number 6, length 2. The major version
 * is 254 in all versions of DTLS. */
#define RECORD_HEADER_SIZE 13
#define MAJOR_VERSION 0xfe
#define CONTENT_APPLICATION_DATA 23
#define MAX_PLAINTEXT_SIZE 16384

/* What a record grows by: its header, the explicit nonce where there is one, the tag (RFC 5288,
 * RFC 7905). */
#define AES_GCM_OVERHEAD (RECORD_HEADER_SIZE + 8 + 16)
#define CHACHA20_OVERHEAD (RECORD_HEADER_SIZE + 16)

/* Long enough for a peer that computes slowly on a path that loses half of what it carries. */
#define HANDSHAKE_PATIENCE_US (30 * G_TIME_SPAN_SECOND)

/* What an honest peer may send ahead: a ClientHello in pieces and its retransmissions, or the
 * first flight of SCTP. */
#define MAX_KEPT_COUNT 32
#define MAX_KEPT_SIZE (64 * 1024)

struct _FloeDtlsEngine
{
  SSL *ssl;                           /* (owned) */
  FloeDtlsPort port;                  /* what @ssl reads and writes */
  FloeDtlsVerifier verifier;          /* what @ssl asks about certificates */
  const FloeDtlsCallbacks *callbacks; /* (unowned): static */
  gpointer user_data;                 /* (unowned) */
  FloeDtlsState state;
  gint64 give_up_us; /* while CONNECTING: monotonic */
  GQueue kept;       /* of (owned) GBytes: datagrams that came before their time */
  gsize kept_size;   /* bytes */
  gsize overhead;
  guint64 dropped_count;
  guint8 plaintext[MAX_PLAINTEXT_SIZE];
};

#define TO(state) (1u << (state))
static const guint allowed_next[] = {
  [FLOE_DTLS_NEW] = TO (FLOE_DTLS_CONNECTING) | TO (FLOE_DTLS_CLOSED),
  [FLOE_DTLS_CONNECTING] = TO (FLOE_DTLS_CONNECTED) | TO (FLOE_DTLS_CLOSED) | TO (FLOE_DTLS_FAILED),
  [FLOE_DTLS_CONNECTED] = TO (FLOE_DTLS_CLOSED) | TO (FLOE_DTLS_FAILED),
  [FLOE_DTLS_CLOSED] = 0,
  [FLOE_DTLS_FAILED] = 0,
};
static const char *const state_names[] = { "new", "connecting", "connected", "closed", "failed" };

static void
drop_kept (FloeDtlsEngine *self)
{
  g_queue_clear_full (&self->kept, (GDestroyNotify) g_bytes_unref);
  self->kept_size = 0;
}

static void
set_state (FloeDtlsEngine *self, FloeDtlsState next, const char *reason)
{
  g_assert (allowed_next[self->state] & TO (next));
  floe_debug (FLOE_LOG_DTLS, "%s -> %s (%s)", state_names[self->state], state_names[next], reason);
  self->state = next;
  if (next == FLOE_DTLS_CLOSED || next == FLOE_DTLS_FAILED)
    drop_kept (self);
}

/* An alert may wait to be sent: the peer learns first. */
static void
fail (FloeDtlsEngine *self, FloeError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (FLOE_ERROR, code, message);

  set_state (self, FLOE_DTLS_FAILED, message);
  floe_dtls_port_flush (&self->port);
  self->callbacks->state_changed (FLOE_DTLS_FAILED, error, self->user_data);
}

/* After an OpenSSL function has failed for good. */
static void
fail_as_openssl_says (FloeDtlsEngine *self)
{
  const char *reason = ERR_reason_error_string (ERR_peek_last_error ());
  g_autofree char *message = NULL;

  ERR_clear_error ();
  if (self->verifier.rejected)
    {
      message = g_strdup_printf ("The peer's certificate matches none of the %u fingerprints of "
                                 "its description that are SHA-256 or better: the description "
                                 "is an old one, or was altered on its way",
                                 self->verifier.expected->len);
      fail (self, FLOE_ERROR_FINGERPRINT_FAILURE, message);
      return;
    }
  if (self->verifier.peer_alert >= 0)
    message = g_strdup_printf ("The peer ended DTLS with the alert \"%s\"",
                               SSL_alert_desc_string_long (self->verifier.peer_alert));
  else
    message = g_strdup_printf ("DTLS failed: %s", reason != NULL ? reason : "unknown reason");
  fail (self, FLOE_ERROR_DTLS_FAILURE, message);
}

/* RFC 5246 section 7.2.1: "The other party MUST respond with a close_notify alert of its own". */
static void
handle_close_notify (FloeDtlsEngine *self)
{
  SSL_shutdown (self->ssl);
  ERR_clear_error ();
  set_state (self, FLOE_DTLS_CLOSED, "close_notify came");
  floe_dtls_port_flush (&self->port);
  self->callbacks->state_changed (FLOE_DTLS_CLOSED, NULL, self->user_data);
}

/* SSL_read() gave no data. Returns whether it decrypted something nonetheless: an alert, or a
 * Finished that shows that the peer misses our last flight, which OpenSSL then sends again. */
static gboolean
handle_read_end (FloeDtlsEngine *self, int result)
{
  gboolean decrypted = self->verifier.peer_alert >= 0 || floe_dtls_port_has_output (&self->port);

  switch (SSL_get_error (self->ssl, result))
    {
    case SSL_ERROR_WANT_READ:
      floe_dtls_port_flush (&self->port);
      break;
    case SSL_ERROR_ZERO_RETURN:
      handle_close_notify (self);
      break;
    default:
      fail_as_openssl_says (self);
      break;
    }
  return decrypted;
}

/* Gives what the present datagram holds to received(). OpenSSL may have records from before too
 * when the handshake has just ended: then @drain reads until nothing is left, at the price of one
 * call more. Returns whether something decrypted. */
static gboolean
read_records (FloeDtlsEngine *self, gboolean drain)
{
  gboolean decrypted = FALSE;

  self->verifier.peer_alert = -1;
  do
    {
      int size;

      ERR_clear_error ();
      size = SSL_read (self->ssl, self->plaintext, sizeof self->plaintext);
      if (size <= 0)
        return handle_read_end (self, size) || decrypted;
      decrypted = TRUE;
      floe_dtls_port_flush (&self->port);
      if (self->state == FLOE_DTLS_CONNECTED)
        self->callbacks->received (self->plaintext, (gsize) size, self->user_data);
    }
  while (self->state == FLOE_DTLS_CONNECTED && (drain || SSL_has_pending (self->ssl)));
  return decrypted;
}

static gsize
compute_overhead (const SSL *ssl)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher (ssl);

  return SSL_CIPHER_get_cipher_nid (cipher) == NID_chacha20_poly1305 ? CHACHA20_OVERHEAD
                                                                     : AES_GCM_OVERHEAD;
}

/* Reads datagrams that came before their time, in the order in which they came. OpenSSL may have
 * kept some of their records as well: those are replays to it now, and no loss to be counted. */
static void
read_kept (FloeDtlsEngine *self)
{
  GQueue kept = self->kept;
  guint64 dropped_count = self->dropped_count;
  GBytes *datagram;

  g_queue_init (&self->kept);
  self->kept_size = 0;
  while ((datagram = g_queue_pop_head (&kept)) != NULL)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (datagram, &size);

      floe_dtls_engine_handle_datagram (self, data, size);
      g_bytes_unref (datagram);
    }
  self->dropped_count = dropped_count;
}

static void
handle_connected (FloeDtlsEngine *self)
{
  self->overhead = compute_overhead (self->ssl);
  set_state (self, FLOE_DTLS_CONNECTED, SSL_get_cipher_name (self->ssl));
  self->callbacks->state_changed (FLOE_DTLS_CONNECTED, NULL, self->user_data);
  if (self->state == FLOE_DTLS_CONNECTED)
    read_records (self, TRUE);
  self->port.input = NULL;
  read_kept (self);
}

static void
be_patient (FloeDtlsEngine *self)
{
  self->give_up_us = g_get_monotonic_time () + HANDSHAKE_PATIENCE_US;
}

/* Goes on with the handshake as far as the present datagram, if any, leads. Returns whether that
 * was to its end. */
static gboolean
advance_handshake (FloeDtlsEngine *self)
{
  OSSL_HANDSHAKE_STATE before = SSL_get_state (self->ssl);
  int result, problem;

  ERR_clear_error ();
  result = SSL_do_handshake (self->ssl);
  problem = SSL_get_error (self->ssl, result);
  if (problem == SSL_ERROR_ZERO_RETURN)
    {
      handle_close_notify (self);
      return FALSE;
    }
  if (problem != SSL_ERROR_NONE && problem != SSL_ERROR_WANT_READ)
    {
      fail_as_openssl_says (self);
      return FALSE;
    }
  if (SSL_get_state (self->ssl) != before)
    be_patient (self);
  floe_dtls_port_flush (&self->port);
  if (result != 1 || self->state != FLOE_DTLS_CONNECTING)
    return FALSE;
  handle_connected (self);
  return TRUE;
}

/* Whether @data begins with a whole DTLS record. */
static gboolean
is_dtls (const guint8 *data, gsize size)
{
  return size >= RECORD_HEADER_SIZE && data[0] >= FIRST_BYTE_MIN && data[0] <= FIRST_BYTE_MAX
         && data[1] == MAJOR_VERSION
         && size - RECORD_HEADER_SIZE >= ((gsize) data[11] << 8 | data[12]);
}

static gboolean
has_application_record (const guint8 *data, gsize size)
{
  while (is_dtls (data, size))
    {
      gsize record_size = RECORD_HEADER_SIZE + ((gsize) data[11] << 8 | data[12]);

      if (data[0] == CONTENT_APPLICATION_DATA)
        return TRUE;
      data += record_size;
      size -= record_size;
    }
  return FALSE;
}

static void
keep (FloeDtlsEngine *self, const guint8 *data, gsize size)
{
  if (self->kept.length >= MAX_KEPT_COUNT || size > MAX_KEPT_SIZE - self->kept_size)
    {
      self->dropped_count++;
      return;
    }
  g_queue_push_tail (&self->kept, g_bytes_new (data, size));
  self->kept_size += size;
}

FloeDtlsEngine *
floe_dtls_engine_new (FloeCertificate *certificate, gboolean is_client,
                      const char *const *fingerprints, gsize mtu,
                      const FloeDtlsCallbacks *callbacks, gpointer user_data)
{
  FloeDtlsEngine *self = g_new0 (FloeDtlsEngine, 1);

  self->callbacks = callbacks;
  self->user_data = user_data;
  self->state = FLOE_DTLS_NEW;
  self->overhead = AES_GCM_OVERHEAD;
  g_queue_init (&self->kept);
  floe_dtls_verifier_init (&self->verifier, fingerprints);
  floe_dtls_port_init (&self->port, CLAMP (mtu, FLOE_DTLS_MIN_MTU, FLOE_DTLS_MAX_MTU),
                       callbacks->output, user_data);
  self->ssl = floe_dtls_context_new_session (certificate, is_client, &self->verifier, &self->port);
  if (self->ssl == NULL)
    g_error ("OpenSSL could not make a session: %s",
             ERR_reason_error_string (ERR_peek_last_error ()));
  return self;
}

void
floe_dtls_engine_free (FloeDtlsEngine *self)
{
  SSL_free (self->ssl);
  floe_dtls_port_clear (&self->port);
  floe_dtls_verifier_clear (&self->verifier);
  drop_kept (self);
  g_free (self);
}

void
floe_dtls_engine_start (FloeDtlsEngine *self)
{
  if (self->state != FLOE_DTLS_NEW)
    return;
  set_state (self, FLOE_DTLS_CONNECTING, "start");
  be_patient (self);
  self->callbacks->state_changed (FLOE_DTLS_CONNECTING, NULL, self->user_data);
  if (self->state == FLOE_DTLS_CONNECTING)
    advance_handshake (self);
  read_kept (self);
}

gboolean
floe_dtls_engine_handle_datagram (FloeDtlsEngine *self, const guint8 *data, gsize size)
{
  gboolean decrypted = FALSE;

  if (!is_dtls (data, size))
    {
      self->dropped_count++;
      return FALSE;
    }
  self->port.input = data;
  self->port.input_size = size;
  switch (self->state)
    {
    case FLOE_DTLS_NEW:
      keep (self, data, size);
      break;
    case FLOE_DTLS_CONNECTING:
      /* OpenSSL drops application records that overtake the Finished before them. */
      if (has_application_record (data, size))
        keep (self, data, size);
      decrypted = advance_handshake (self);
      break;
    case FLOE_DTLS_CONNECTED:
      decrypted = read_records (self, FALSE);
      self->dropped_count += decrypted ? 0 : 1;
      break;
    case FLOE_DTLS_CLOSED:
    case FLOE_DTLS_FAILED:
    default:
      self->dropped_count++;
      break;
    }
  self->port.input = NULL;
  return decrypted;
}

gboolean
floe_dtls_engine_send (FloeDtlsEngine *self, const guint8 *data, gsize size)
{
  return floe_dtls_engine_send_to (self, data, size, self->callbacks->output, self->user_data);
}

gboolean
floe_dtls_engine_send_to (FloeDtlsEngine *self, const guint8 *data, gsize size,
                          FloeDtlsOutputFunc output, gpointer user_data)
{
  int written;

  if (self->state != FLOE_DTLS_CONNECTED || size == 0 || size > MAX_PLAINTEXT_SIZE)
    return FALSE;
  self->port.sink = output;
  self->port.sink_data = user_data;
  ERR_clear_error ();
  written = SSL_write (self->ssl, data, (int) size);
  self->port.sink = self->callbacks->output;
  self->port.sink_data = self->user_data;
  floe_dtls_port_flush (&self->port);
  return written == (int) size;
}

gint64
floe_dtls_engine_get_deadline (const FloeDtlsEngine *self)
{
  struct timeval left;
  gint64 retransmit_us;

  if (self->state != FLOE_DTLS_CONNECTING)
    return -1;
  if (DTLSv1_get_timeout (self->ssl, &left) != 1)
    return self->give_up_us;
  retransmit_us =
      g_get_monotonic_time () + (gint64) left.tv_sec * G_TIME_SPAN_SECOND + left.tv_usec;
  return MIN (retransmit_us, self->give_up_us);
}

void
floe_dtls_engine_handle_timeout (FloeDtlsEngine *self)
{
  if (self->state != FLOE_DTLS_CONNECTING)
    return;
  if (g_get_monotonic_time () >= self->give_up_us)
    {
      fail (self, FLOE_ERROR_DTLS_FAILURE,
            "The DTLS handshake stopped: the peer sent nothing of use for 30 s");
      return;
    }
  ERR_clear_error ();
  if (DTLSv1_handle_timeout (self->ssl) < 0)
    fail_as_openssl_says (self);
  else
    floe_dtls_port_flush (&self->port);
}

FloeDtlsState
floe_dtls_engine_get_state (const FloeDtlsEngine *self)
{
  return self->state;
}

guint64
floe_dtls_engine_get_dropped_count (const FloeDtlsEngine *self)
{
  return self->dropped_count;
}

gsize
floe_dtls_engine_get_overhead (const FloeDtlsEngine *self)
{
  return self->overhead;
}

void
floe_dtls_engine_close (FloeDtlsEngine *self)
{
  if (self->state == FLOE_DTLS_CLOSED || self->state == FLOE_DTLS_FAILED)
    return;
  if (self->state == FLOE_DTLS_CONNECTED)
    {
      SSL_shutdown (self->ssl);
      ERR_clear_error ();
    }
  set_state (self, FLOE_DTLS_CLOSED, "close");
  floe_dtls_port_flush (&self->port);
}
