/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-certificate.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>

/* Two ends of one TLS connection inside this process. */
typedef struct
{
  guint waits_for; /* ends that are not done */
  GError *error;   /* (owned) (nullable): the first */
} Handshake;

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handshake *handshake = user_data;
  g_autoptr (GError) error = NULL;

  handshake->waits_for--;
  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error)
      && handshake->error == NULL)
    handshake->error = g_steal_pointer (&error);
  /* The other end would wait for ever. */
  if (handshake->error != NULL)
    g_io_stream_close (G_IO_STREAM (source), NULL, NULL);
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors,
            gpointer user_data)
{
  return TRUE;
}

static GIOStream *
stream_of_fd (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);

  if (socket == NULL)
    return NULL;
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* GTlsCertificate takes any key with any certificate. Only a key that belongs to it can sign a
 * handshake that a client believes. */
static gboolean
belong_together (GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GIOStream) near = NULL;
  g_autoptr (GIOStream) far = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autoptr (GIOStream) client = NULL;
  Handshake handshake = { 2, NULL };
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return FALSE;
    }
  g_main_context_push_thread_default (context);
  near = stream_of_fd (fds[0], error);
  far = stream_of_fd (fds[1], near != NULL ? error : NULL);
  if (near != NULL && far != NULL
      && (server = g_tls_server_connection_new (near, certificate, error)) != NULL
      && (client = g_tls_client_connection_new (far, NULL, error)) != NULL)
    {
      g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_any), NULL);
      g_tls_connection_handshake_async (G_TLS_CONNECTION (server), G_PRIORITY_DEFAULT, NULL,
                                        on_handshake, &handshake);
      g_tls_connection_handshake_async (G_TLS_CONNECTION (client), G_PRIORITY_DEFAULT, NULL,
                                        on_handshake, &handshake);
      while (handshake.waits_for > 0)
        g_main_context_iteration (context, TRUE);
      if (handshake.error != NULL)
        g_propagate_error (error, g_steal_pointer (&handshake.error));
    }
  g_main_context_pop_thread_default (context);
  return client != NULL && (error == NULL || *error == NULL);
}

static void add_problem (GPtrArray *problems, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_problem (GPtrArray *problems, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
check_names_and_times (GTlsCertificate *certificate, const char *path, const char *host,
                       GPtrArray *problems)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, 0);
  GTlsCertificateFlags flags = g_tls_certificate_verify (certificate, identity, NULL);

  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    add_problem (problems, "%s is not for %s: clients would refuse it", path, host);
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    add_problem (problems, "%s has expired", path);
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    add_problem (problems, "%s is not valid yet", path);
}

void
turn_certificate_check (const char *certificate_path, const char *key_path, const char *host,
                        GPtrArray *problems)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  if (g_stat (key_path, &status) == 0 && (status.st_mode & 07) != 0)
    add_problem (problems, "Everybody may read the key %s: chmod o= %s", key_path, key_path);
  certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &error);
  if (certificate == NULL)
    {
      add_problem (problems, "The certificate %s with the key %s: %s", certificate_path, key_path,
                   error->message);
      return;
    }
  check_names_and_times (certificate, certificate_path, host, problems);
  if (!belong_together (certificate, &error))
    add_problem (problems, "The key %s is not that of the certificate %s (%s)", key_path,
                 certificate_path, error->message);
}
