/* SPDX-License-Identifier: MPL-2.0 */
/* A tunnel, what it has told, and a client of it, in the main loop of the test. */
#pragma once

#include "floe-stun-codec-private.h"
#include "floe-test.h"
#include "floe-tunnel-private.h"
#include "test-authority.h"
#include "test-proxy.h"

#include <floe/floe-error.h>
#include <gmock/gmock.h>

#include <functional>

class TunnelTest : public testing::Test
{
protected:
  /* Runs the main loop until @condition or the end of @limit_ms, and says which. */
  static bool Run (guint limit_ms, const std::function<bool ()> &condition)
  {
    gint64 end_us = g_get_monotonic_time () + limit_ms * G_TIME_SPAN_MILLISECOND;
    guint tick = g_timeout_add (
        5, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);

    bool is_met;

    while (!(is_met = condition ()) && g_get_monotonic_time () < end_us)
      g_main_context_iteration (nullptr, TRUE);
    g_source_remove (tick);
    return is_met;
  }

  /* What never happens is waited for as long. */
  static constexpr guint LIMIT_MS = 20000;
};

class Tunnel
{
public:
  /* @proxy: a URI, "direct://", or empty for the settings of the machine. */
  Tunnel (const char *host, guint16 port, GTlsDatabase *database,
          const std::string &proxy = "direct://", guint timeout_ms = 0,
          const char *identity = nullptr, GSocketAddress *local = nullptr)
  {
    GProxyResolver *resolver =
        proxy.empty () ? nullptr : g_simple_proxy_resolver_new (proxy.c_str (), nullptr);
    FloeTunnelConfig config = {};
    ErrorHolder error;

    config.host = host;
    config.port = port;
    config.is_tls = database != nullptr;
    config.identity = identity;
    config.local_address = local;
    config.proxy_resolver = resolver;
    config.tls_database = database;
    config.timeout_ms = timeout_ms;
    tunnel = floe_tunnel_new (g_main_context_default (), &config, &events, this, error);
    EXPECT_NE (tunnel, nullptr) << error.message ();
    g_clear_object (&resolver);
  }
  ~Tunnel ()
  {
    Free ();
  }
  Tunnel (const Tunnel &) = delete;
  Tunnel &operator= (const Tunnel &) = delete;

  void Free ()
  {
    g_clear_pointer (&tunnel, floe_tunnel_free);
  }
  bool IsDone () const
  {
    return opened_count + failed_count > 0;
  }

  FloeTunnel *tunnel;
  guint opened_count = 0;
  guint failed_count = 0;
  int code = -1;
  std::string message;
  std::vector<std::string> error_responses;
  std::function<void ()> on_error_response;

private:
  static void OnOpened (gint64 elapsed_us, gpointer user_data)
  {
    EXPECT_GT (elapsed_us, 0);
    static_cast<Tunnel *> (user_data)->opened_count++;
  }
  static void OnFailed (const GError *error, gpointer user_data)
  {
    auto *self = static_cast<Tunnel *> (user_data);

    EXPECT_EQ (error->domain, FLOE_ERROR);
    self->failed_count++;
    self->code = error->code;
    self->message = error->message;
  }
  static void OnErrorResponse (const guint8 *message, gsize size, gpointer user_data)
  {
    auto *self = static_cast<Tunnel *> (user_data);

    self->error_responses.emplace_back (reinterpret_cast<const char *> (message), size);
    if (self->on_error_response)
      self->on_error_response ();
  }

  static constexpr FloeTunnelEvents events = { OnOpened, OnFailed, OnErrorResponse };
};

/* A connection to a loopback port that never blocks. */
class Client
{
public:
  explicit Client (guint16 port)
      : socket (
          g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr))
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *address = g_inet_socket_address_new (loopback, port);

    is_connected = g_socket_connect (socket, address, nullptr, nullptr);
    g_socket_set_blocking (socket, FALSE);
    g_object_unref (address);
    g_object_unref (loopback);
  }
  /* Says who it is, as libnice does. */
  explicit Client (const Tunnel &tunnel) : Client (floe_tunnel_get_port (tunnel.tunnel))
  {
    Send (Connect (floe_tunnel_get_username (tunnel.tunnel),
                   floe_tunnel_get_password (tunnel.tunnel)));
  }
  ~Client ()
  {
    g_object_unref (socket);
  }
  Client (const Client &) = delete;
  Client &operator= (const Client &) = delete;

  static std::string Connect (const std::string &user, const std::string &password)
  {
    std::string plain = user + ":" + password;
    char *encoded =
        g_base64_encode (reinterpret_cast<const guchar *> (plain.data ()), plain.size ());
    std::string head = std::string ("CONNECT 192.0.2.1:3478 HTTP/1.0\r\nHost: 192.0.2.1\r\n"
                                    "Content-Length: 0\r\nProxy-Authorization: Basic ")
                       + encoded + "\r\n\r\n";

    g_free (encoded);
    return head;
  }

  /* Sends what fits and returns how much that was. */
  gsize Send (const std::string &text)
  {
    gssize count = g_socket_send (socket, text.data (), text.size (), nullptr, nullptr);

    return count > 0 ? (gsize) count : 0;
  }
  void FinishSending ()
  {
    g_socket_shutdown (socket, FALSE, TRUE, nullptr);
  }
  /* Takes what is there into text. */
  bool Poll (gsize limit = 1 << 20)
  {
    std::string buffer (limit, '\0');
    GError *error = nullptr;
    gssize count = g_socket_receive (socket, buffer.data (), limit, nullptr, &error);

    if (count > 0)
      text.append (buffer, 0, (gsize) count);
    else if (count == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      has_ended = true;
    g_clear_error (&error);
    return count > 0;
  }
  bool IsLetIn ()
  {
    Poll ();
    return text.rfind ("HTTP/1.0 200 ", 0) == 0 && text.find ("\r\n\r\n") != std::string::npos;
  }
  bool HasEnded ()
  {
    while (Poll ())
      ;
    return has_ended;
  }

  GSocket *socket;
  bool is_connected;
  bool has_ended = false;
  std::string text;
};

/* A STUN message of no attribute but an ERROR-CODE where @code is one. */
inline std::string
StunMessage (FloeStunClass message_class, guint code = 0)
{
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1, 2, 3 };
  guint8 bytes[64], value[4] = { 0, 0, (guint8) (code / 100), (guint8) (code % 100) };
  FloeStunBuilder builder =
      floe_stun_builder_init (bytes, sizeof bytes, message_class, FLOE_STUN_METHOD_ALLOCATE, id);

  if (code != 0)
    floe_stun_builder_add (&builder, FLOE_STUN_ERROR_CODE, value, sizeof value);
  return std::string (reinterpret_cast<char *> (bytes), floe_stun_builder_finish (&builder));
}

/* @size bytes of ChannelData messages, a multiple of 1024. */
inline std::string
ChannelData (gsize size)
{
  std::string text;

  for (gsize i = 0; i < size / 1024; i++)
    text += std::string ("\x40\0\x03\xfc", 4) + std::string (1020, (char) ('a' + i % 23));
  return text;
}
