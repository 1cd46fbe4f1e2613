/* SPDX-License-Identifier: MPL-2.0 */
/* The server's TLS. */
#include <string.h>

#include "turn-check-private.h"
#include "turn-random.h"

/* coturn takes a version that it is not to speak for no TLS at all, and waits for more. */
#define ANSWER_SECONDS 2
#define TLS_1_0 0x0301
#define TLS_1_1 0x0302
#define RECORD_ALERT 21
#define RECORD_HANDSHAKE 22
#define SERVER_HELLO 2

static void
put (GByteArray *array, guint32 value, guint size)
{
  while (size-- > 0)
    {
      guint8 byte = (guint8) (value >> 8 * size);
      g_byte_array_append (array, &byte, 1);
    }
}

static void
put_name (GByteArray *array, const char *host)
{
  guint length = (guint) strlen (host);

  if (g_hostname_is_ip_address (host))
    return;
  put (array, 0, 2); /* server_name, RFC 6066 section 3 */
  put (array, length + 5, 2);
  put (array, length + 3, 2);
  put (array, 0, 1);
  put (array, length, 2);
  g_byte_array_append (array, (const guint8 *) host, length);
}

/* A ClientHello (RFC 4346 section 7.4.1.2) that offers no more than TLS 1.1. GIO can't be made to
 * send one, which is right of it. */
static GByteArray *
make_old_hello (const char *host)
{
  static const guint16 ciphers[] = { 0xc00a, 0xc014, 0xc009, 0xc013, 0x0035, 0x002f, 0x00ff };
  static const guint8 groups[] = { 0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24, 0, 11, 0, 2, 1, 0 };
  GByteArray *hello = g_byte_array_new ();
  guint8 random[32];
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) extensions = g_byte_array_new ();

  put_name (extensions, host);
  g_byte_array_append (extensions, groups, sizeof groups);
  put (body, TLS_1_1, 2);
  turn_random_fill (random, sizeof random);
  g_byte_array_append (body, random, sizeof random);
  put (body, 0, 1); /* no session */
  put (body, sizeof ciphers, 2);
  for (guint i = 0; i < G_N_ELEMENTS (ciphers); i++)
    put (body, ciphers[i], 2);
  put (body, 0x0100, 2); /* no compression */
  put (body, extensions->len, 2);
  g_byte_array_append (body, extensions->data, extensions->len);
  put (hello, RECORD_HANDSHAKE, 1);
  put (hello, TLS_1_0, 2);
  put (hello, body->len + 4, 2);
  put (hello, 1, 1); /* client_hello */
  put (hello, body->len, 3);
  g_byte_array_append (hello, body->data, body->len);
  return hello;
}

/* The first bytes of the answer, as many as came: 0 for silence, or a connection that was closed;
 * -1 when there was none. */
static gssize
ask_old_tls (TurnCheck *self, guint8 *answer, gsize size)
{
  g_autoptr (GByteArray) hello = make_old_hello (self->options->server.host);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  gsize count = 0;

  g_socket_client_set_timeout (client, ANSWER_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (self->address), NULL, NULL);
  if (connection == NULL
      || !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                     hello->data, hello->len, NULL, NULL, NULL))
    return -1;
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), answer, size,
                           &count, NULL, NULL);
  return (gssize) count;
}

static void
check_versions (TurnCheck *self)
{
  guint8 answer[11] = { 0 };
  gssize size = ask_old_tls (self, answer, sizeof answer);
  guint version = (guint) (answer[9] << 8 | answer[10]);

  if (size == sizeof answer && answer[0] == RECORD_HANDSHAKE && answer[5] == SERVER_HELLO
      && version <= TLS_1_1)
    turn_report_add (self->report, "old-tls", TURN_VERDICT_OPEN,
                     "TLS 1.%u is spoken (no-tlsv1 and no-tlsv1_1 forbid it, RFC 8996)",
                     version & 0xff ? (version & 0xff) - 1 : 0);
  else if (size == 0 || (size > 0 && answer[0] == RECORD_ALERT))
    turn_report_add (self->report, "old-tls", TURN_VERDICT_OK, "TLS before 1.2 is refused");
  else
    turn_report_add (self->report, "old-tls", TURN_VERDICT_UNKNOWN,
                     "whether TLS before 1.2 is refused could not be found out");
}

static void
check_certificate (TurnCheck *self, GTlsCertificateFlags errors)
{
  static const struct
  {
    GTlsCertificateFlags flag;
    const char *text;
  } texts[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "nobody that is trusted here signed it" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
    { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "it is too weak" },
  };
  g_autoptr (GString) why = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (errors & texts[i].flag)
      g_string_append_printf (why, "%s%s", why->len > 0 ? ", " : "", texts[i].text);
  if (errors == 0)
    turn_report_add (self->report, "certificate", TURN_VERDICT_OK, "the certificate is good for %s",
                     self->options->server.host);
  else
    turn_report_add (self->report, "certificate", TURN_VERDICT_OPEN,
                     "clients will refuse the certificate for %s: %s", self->options->server.host,
                     why->len > 0 ? why->str : "it can't be checked");
}

void
turn_check_tls (TurnCheck *self, GTlsCertificateFlags errors)
{
  check_certificate (self, errors);
  check_versions (self);
}
