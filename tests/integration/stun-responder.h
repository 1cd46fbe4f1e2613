/* SPDX-License-Identifier: MPL-2.0 */
/* A STUN server on 127.0.0.1 within the test's own main loop: it says what it was told to say. */
#pragma once

#include <gio/gio.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

class StunResponder
{
public:
  /* It sees everybody at 192.0.2.77, with the port that they have and @port_offset more. */
  StunResponder (GMainContext *context, guint16 port_offset, guint delay_ms = 0)
      : context_ (context), port_offset_ (port_offset), delay_ms_ (delay_ms)
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any_port = g_inet_socket_address_new (loopback, 0);

    socket_ =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    g_socket_bind (socket_, any_port, FALSE, nullptr);
    g_socket_set_blocking (socket_, FALSE);
    source_ = g_socket_create_source (socket_, G_IO_IN, nullptr);
    g_source_set_callback (source_, G_SOURCE_FUNC (OnReadable), this, nullptr);
    g_source_attach (source_, context);
    g_object_unref (any_port);
    g_object_unref (loopback);
  }
  ~StunResponder ()
  {
    for (GSource *timer : timers_)
      {
        g_source_destroy (timer);
        g_source_unref (timer);
      }
    g_source_destroy (source_);
    g_source_unref (source_);
    g_object_unref (socket_);
  }
  StunResponder (const StunResponder &) = delete;
  StunResponder &operator= (const StunResponder &) = delete;

  std::string Url () const
  {
    GSocketAddress *bound = g_socket_get_local_address (socket_, nullptr);
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

    g_object_unref (bound);
    return "stun:127.0.0.1:" + std::to_string (port);
  }

  bool is_silent = false;
  guint request_count = 0;
  std::set<guint16> ports; /* that asked */

private:
  struct Reply
  {
    StunResponder *self;
    GSocketAddress *to;
    std::vector<guint8> data;
  };

  static gboolean OnReadable (GSocket *socket, GIOCondition condition, gpointer data)
  {
    StunResponder *self = static_cast<StunResponder *> (data);
    guint8 bytes[1500];
    GSocketAddress *sender = nullptr;
    gssize size =
        g_socket_receive_from (socket, &sender, (char *) bytes, sizeof bytes, nullptr, nullptr);

    /* RFC 8489 section 5: a Binding request */
    if (size >= 20 && bytes[0] == 0 && bytes[1] == 1)
      self->Take (bytes, sender);
    g_clear_object (&sender);
    return G_SOURCE_CONTINUE;
  }

  /* RFC 8489 sections 14.1 and 14.2. libnice's requests are of RFC 3489: without the cookie, so
   * the answer may not XOR with it. */
  void Take (const guint8 *request, GSocketAddress *sender)
  {
    static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };
    bool is_old = !std::equal (cookie, cookie + sizeof cookie, request + 4);
    Reply *reply = new Reply{ this, G_SOCKET_ADDRESS (g_object_ref (sender)), {} };
    guint16 from = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (sender));
    guint16 seen = (guint16) (from + port_offset_);
    guint8 address[] = { (guint8) (seen >> 8), (guint8) seen, 192, 0, 2, 77 };

    request_count++;
    ports.insert (from);
    for (gsize i = 0; i < sizeof address && !is_old; i++)
      address[i] ^= cookie[i < 2 ? i : i - 2];
    reply->data = { 0x01, 0x01, 0, 12 };
    reply->data.insert (reply->data.end (), request + 4, request + 20);
    reply->data.insert (reply->data.end (), { 0, (guint8) (is_old ? 0x01 : 0x20), 0, 8, 0, 1 });
    reply->data.insert (reply->data.end (), address, address + sizeof address);
    if (delay_ms_ == 0)
      {
        Send (reply);
        Free (reply);
        return;
      }
    GSource *timer = g_timeout_source_new (delay_ms_);
    g_source_set_callback (
        timer,
        [] (gpointer data) -> gboolean {
          Send (static_cast<Reply *> (data));
          return G_SOURCE_REMOVE;
        },
        reply, [] (gpointer data) { Free (static_cast<Reply *> (data)); });
    g_source_attach (timer, context_);
    timers_.push_back (timer);
  }

  static void Send (Reply *reply)
  {
    if (!reply->self->is_silent)
      g_socket_send_to (reply->self->socket_, reply->to, (const char *) reply->data.data (),
                        reply->data.size (), nullptr, nullptr);
  }
  static void Free (Reply *reply)
  {
    g_object_unref (reply->to);
    delete reply;
  }

  GMainContext *context_;
  guint16 port_offset_;
  guint delay_ms_;
  GSocket *socket_;
  GSource *source_;
  std::vector<GSource *> timers_;
};
