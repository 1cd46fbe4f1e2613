/* SPDX-License-Identifier: MPL-2.0 */
/* Property: whatever datagrams come, an engine that expects a certificate that nobody has never
 * connects, never delivers a byte, and stays within its state machine.
 *
 * Input: a byte whose lowest bit says whether the engine is the client, then datagrams, each
 * after its size in two bytes (big-endian). */
#include "floe-certificate-private.h"
#include "floe-dtls-engine-private.h"
#include "fuzz-input.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MTU 1200
#define MAX_DATAGRAMS 64

static void
on_output (const guint8 *data, gsize size, gpointer user_data)
{
  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <=, MTU);
}

static void
on_received (const guint8 *data, gsize size, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_state_changed (FloeDtlsState state, const GError *error, gpointer user_data)
{
  g_assert_cmpint (state, !=, FLOE_DTLS_CONNECTED);
  g_assert_true ((error != NULL) == (state == FLOE_DTLS_FAILED));
}

static const FloeDtlsCallbacks callbacks = { on_output, on_received, on_state_changed };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static FloeCertificate *certificate = NULL;
  const char *nobody[] = { "sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
                           "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00",
                           NULL };
  FloeReader reader = floe_reader_init (data, size);
  gboolean is_client = floe_reader_uint (&reader, 1) & 1;
  g_autoptr (FloeDtlsEngine) engine = NULL;

  if (certificate == NULL)
    certificate = floe_certificate_generate (NULL);
  engine = floe_dtls_engine_new (certificate, is_client, nobody, MTU, &callbacks, NULL);
  floe_dtls_engine_start (engine);
  for (int i = 0; i < MAX_DATAGRAMS && reader.size > 0; i++)
    {
      gsize datagram_size = fuzz_input_size (&reader, 2);
      g_autofree guint8 *datagram = fuzz_input_copy (&reader, datagram_size);

      g_assert_false (floe_dtls_engine_handle_datagram (engine, datagram, datagram_size));
      g_assert_false (floe_dtls_engine_send (engine, (const guint8 *) "x", 1));
    }
  g_assert_cmpint (floe_dtls_engine_get_state (engine), !=, FLOE_DTLS_CONNECTED);
  floe_dtls_engine_close (engine);
  return 0;
}
