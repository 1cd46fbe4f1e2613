/* SPDX-License-Identifier: MPL-2.0 */
#include "test-server.h"

#include <thread>

/* The leak checker of clang 14 and gcc 12 follows what a thread that has ended had for the
 * thread-local variables of GIO's TLS module, and crashes. */
extern "C" const char *
__asan_default_options ()
{
  return "intercept_tls_get_addr=0";
}

std::string
ReadBytes (GIOStream *stream, gsize size)
{
  std::string text (size, '\0');
  gsize count = 0;

  g_input_stream_read_all (g_io_stream_get_input_stream (stream), text.data (), size, &count,
                           nullptr, nullptr);
  text.resize (count);
  return text;
}

std::string
ReadUntil (GIOStream *stream, const std::string &end)
{
  std::string text;

  while (text.size () < 10000
         && (text.size () < end.size ()
             || text.compare (text.size () - end.size (), end.size (), end) != 0))
    {
      std::string next = ReadBytes (stream, 1);

      if (next.empty ())
        break;
      text += next;
    }
  return text;
}

bool
WriteText (GIOStream *stream, const std::string &text)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), text.data (),
                                    text.size (), nullptr, nullptr, nullptr);
}

static void
FinishWriting (GIOStream *stream)
{
  if (G_IS_SOCKET_CONNECTION (stream))
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)), FALSE, TRUE,
                       nullptr);
  else
    g_output_stream_close (g_io_stream_get_output_stream (stream), nullptr, nullptr);
}

static void
CarryOneWay (GIOStream *from, GIOStream *to, const CarriedFunc &carried)
{
  char buffer[16384];
  gssize count;

  while ((count = g_input_stream_read (g_io_stream_get_input_stream (from), buffer, sizeof buffer,
                                       nullptr, nullptr))
         > 0)
    {
      if (carried)
        carried (buffer, (gsize) count);
      if (!WriteText (to, std::string (buffer, (gsize) count)))
        break;
    }
  FinishWriting (to);
}

void
CarryBetween (GIOStream *a, GIOStream *b, const CarriedFunc &carried)
{
  std::thread other ([&] { CarryOneWay (b, a, carried); });

  CarryOneWay (a, b, carried);
  other.join ();
}

TestServer::TestServer (Handler handler, GSocketFamily family)
    : TestServer (std::move (handler), nullptr, family)
{
}

TestServer::TestServer (Handler handler, GTlsCertificate *certificate, GSocketFamily family)
    : handler_ (std::move (handler)), certificate_ (certificate), stopped_ (g_cancellable_new ())
{
  GInetAddress *loopback = g_inet_address_new_loopback (family);
  GSocketAddress *any = g_inet_socket_address_new (loopback, 0), *bound = nullptr;

  service_ = g_threaded_socket_service_new (-1);
  g_signal_connect (service_, "incoming", G_CALLBACK (OnIncoming), this);
  g_signal_connect (service_, "run", G_CALLBACK (OnRun), this);
  if (g_socket_listener_add_address (G_SOCKET_LISTENER (service_), any, G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr))
    {
      port_ = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
      g_object_unref (bound);
    }
  g_object_unref (any);
  g_object_unref (loopback);
}

TestServer::~TestServer ()
{
  Stop ();
  g_clear_object (&certificate_);
  g_object_unref (stopped_);
}

void
TestServer::Stop ()
{
  if (service_ == nullptr)
    return;
  g_socket_service_stop (service_);
  g_socket_listener_close (G_SOCKET_LISTENER (service_));
  g_cancellable_cancel (stopped_);
  /* A tunnel lets go of its server in the main loop. */
  while (open_count_ > 0)
    g_main_context_iteration (nullptr, FALSE);
  g_clear_object (&service_);
}

/* Counts it before its thread starts. */
gboolean
TestServer::OnIncoming (GSocketService *, GSocketConnection *, GObject *, gpointer user_data)
{
  auto *self = static_cast<TestServer *> (user_data);

  self->open_count_++;
  self->connection_count_++;
  return FALSE;
}

gboolean
TestServer::OnRun (GThreadedSocketService *, GSocketConnection *connection, GObject *,
                   gpointer user_data)
{
  auto *self = static_cast<TestServer *> (user_data);

  self->Serve (connection);
  self->open_count_--;
  return TRUE;
}

void
TestServer::Serve (GSocketConnection *connection)
{
  GIOStream *stream = G_IO_STREAM (g_object_ref (connection));

  if (certificate_ != nullptr)
    {
      g_object_unref (stream);
      stream = g_tls_server_connection_new (G_IO_STREAM (connection), certificate_, nullptr);
      if (!g_tls_connection_handshake (G_TLS_CONNECTION (stream), nullptr, nullptr))
        {
          g_io_stream_close (stream, nullptr, nullptr);
          g_object_unref (stream);
          return;
        }
    }
  handler_ (stream);
  g_io_stream_close (stream, nullptr, nullptr);
  g_object_unref (stream);
}

void
TestServer::Echo (GIOStream *stream)
{
  CarryOneWay (stream, stream, nullptr);
}
