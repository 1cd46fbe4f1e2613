/* SPDX-License-Identifier: MPL-2.0 */
/* The WebSocket's end of signalling when the way to the rendezvous is lost without a word. */
#include <cstring>

#include "signaling-trace.h"

extern "C"
{
#include "floe-websocket-signaling.h"
}

namespace
{

/* A rendezvous that says welcome, and then nothing any more, as one does to which the way is lost.
 */
class SilentServer
{
public:
  SilentServer ()
  {
    service_ = g_socket_service_new ();
    port_ = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service_), nullptr, nullptr);
    g_signal_connect (service_, "incoming", G_CALLBACK (OnIncoming), this);
  }
  ~SilentServer ()
  {
    g_socket_service_stop (service_);
    g_object_unref (service_);
    g_clear_object (&connection_);
  }
  guint16 port () const
  {
    return port_;
  }

private:
  static gboolean OnIncoming (GSocketService *, GSocketConnection *connection, GObject *,
                              SilentServer *self)
  {
    g_set_object (&self->connection_, connection);
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                               self->request_, sizeof self->request_ - 1, G_PRIORITY_DEFAULT,
                               nullptr, OnRequest, self);
    return TRUE;
  }
  static void OnRequest (GObject *input, GAsyncResult *result, gpointer user_data)
  {
    auto *self = static_cast<SilentServer *> (user_data);
    const std::string welcome = "{\"type\":\"welcome\"}";
    g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
    g_autofree char *encoded = nullptr;
    guint8 digest[20];
    gsize size = sizeof digest;
    std::string key;

    EXPECT_GT (g_input_stream_read_finish (G_INPUT_STREAM (input), result, nullptr), 0);
    key = std::strstr (self->request_, "Sec-WebSocket-Key: ") + strlen ("Sec-WebSocket-Key: ");
    key = key.substr (0, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    g_checksum_update (checksum, reinterpret_cast<const guchar *> (key.data ()), -1);
    g_checksum_get_digest (checksum, digest, &size);
    encoded = g_base64_encode (digest, size);
    const std::string answer = std::string ("HTTP/1.1 101 Switching Protocols\r\n"
                                            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                            "Sec-WebSocket-Protocol: floe.1\r\n"
                                            "Sec-WebSocket-Accept: ")
                               + encoded + "\r\n\r\n\x81" + static_cast<char> (welcome.size ())
                               + welcome;
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->connection_)),
                               answer.data (), answer.size (), nullptr, nullptr, nullptr);
  }

  GSocketService *service_;
  GSocketConnection *connection_ = nullptr;
  char request_[4096] = {};
  guint16 port_;
};

TEST (WebsocketSignaling, IsLostWhenNobodyAnswersItsPings)
{
  SilentServer server;
  char scheme[] = "http", host[] = "127.0.0.1";
  const FloeRoomAddress address = { scheme, host, server.port (), {}, TRUE };
  FloeSignaling *signaling = floe_websocket_signaling_new (&address, FALSE, nullptr);
  SignalingTrace trace (signaling);

  floe_websocket_signaling_set_keepalive (FLOE_WEBSOCKET_SIGNALING (signaling), 1);
  EXPECT_EQ (trace.After ("welcome:0 NetworkError"), "welcome:0 NetworkError");
}

} // namespace
