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
  /* It sees everybody at @mapped_host, with the port that they have and @port_offset more. */
  explicit StunResponder (GMainContext *context, guint16 port_offset = 0)
      : port_offset_ (port_offset)
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
    for (Reply &reply : held_)
      g_object_unref (reply.to);
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

  /* Sends what was held back, and holds nothing back any more. */
  void Release ()
  {
    is_holding = false;
    for (Reply &reply : held_)
      {
        g_socket_send_to (socket_, reply.to, (const char *) reply.data.data (), reply.data.size (),
                          nullptr, nullptr);
        g_object_unref (reply.to);
      }
    held_.clear ();
  }

  bool is_holding = false;
  guint8 mapped_host[4] = { 192, 0, 2, 77 };
  guint16 mapped_port = 0; /* what everybody is told, unless it is 0 */
  /* 0: no answer */
  std::vector<guint16> next_ports; /* what who asks next is told, each once, before all that */
  guint request_count = 0;
  std::set<guint16> ports; /* that asked */

private:
  struct Reply
  {
    GSocketAddress *to; /* (owned) */
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
    Reply reply = { G_SOCKET_ADDRESS (g_object_ref (sender)), {} };
    guint16 from = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (sender));
    guint16 seen = mapped_port != 0 ? mapped_port : (guint16) (from + port_offset_);

    if (!next_ports.empty ())
      {
        seen = next_ports.front ();
        next_ports.erase (next_ports.begin ());
      }
    guint8 address[] = { (guint8) (seen >> 8), (guint8) seen,  mapped_host[0],
                         mapped_host[1],       mapped_host[2], mapped_host[3] };

    request_count++;
    ports.insert (from);
    if (seen == 0)
      return g_object_unref (reply.to);
    for (gsize i = 0; i < sizeof address && !is_old; i++)
      address[i] ^= cookie[i < 2 ? i : i - 2];
    reply.data = { 0x01, 0x01, 0, 12 };
    reply.data.insert (reply.data.end (), request + 4, request + 20);
    reply.data.insert (reply.data.end (), { 0, (guint8) (is_old ? 0x01 : 0x20), 0, 8, 0, 1 });
    reply.data.insert (reply.data.end (), address, address + sizeof address);
    held_.push_back (reply);
    if (!is_holding)
      Release ();
  }

  guint16 port_offset_;
  GSocket *socket_;
  GSource *source_;
  std::vector<Reply> held_;
};
