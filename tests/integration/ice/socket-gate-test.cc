/* SPDX-License-Identifier: MPL-2.0 */
/* What the kernel lets through a gate. Loopback delivers while a datagram is sent, so what has not
 * come then does not come. */
#include "raw-peer.h"

G_BEGIN_DECLS
#include "floe-socket-gate-private.h"
G_END_DECLS

class SocketGate : public testing::TestWithParam<const char *>
{
protected:
  static GSocket *Open (const char *text)
  {
    GInetAddress *inet = g_inet_address_new_from_string (text);
    GSocketAddress *any = g_inet_socket_address_new (inet, 0);
    GSocket *socket = g_socket_new (g_inet_address_get_family (inet), G_SOCKET_TYPE_DATAGRAM,
                                    G_SOCKET_PROTOCOL_UDP, nullptr);

    g_socket_set_blocking (socket, FALSE);
    EXPECT_TRUE (g_socket_bind (socket, any, FALSE, nullptr));
    g_object_unref (any);
    g_object_unref (inet);
    return socket;
  }

  static FloeStunAddress AddressOf (GSocket *socket)
  {
    GSocketAddress *bound = g_socket_get_local_address (socket, nullptr);
    FloeStunAddress address = StunAddress (bound);

    g_object_unref (bound);
    return address;
  }

  bool Passes (GSocket *from, const Bytes &bytes = { 'd', 'a', 't', 'a' })
  {
    GSocketAddress *to = g_socket_get_local_address (guarded_, nullptr);
    char buffer[2048];

    EXPECT_EQ (
        g_socket_send_to (from, to, (const char *) bytes.data (), bytes.size (), nullptr, nullptr),
        (gssize) bytes.size ());
    g_object_unref (to);
    return g_socket_receive (guarded_, buffer, sizeof buffer, nullptr, nullptr)
           == (gssize) bytes.size ();
  }

  void Close (const FloeSocketGate &gate)
  {
    g_autoptr (GError) error = nullptr;

    ASSERT_TRUE (floe_socket_gate_close (&gate, guarded_, &error)) << error->message;
  }

  ~SocketGate () override
  {
    g_object_unref (guarded_);
    g_object_unref (server_);
    g_object_unref (other_);
  }

  GSocket *guarded_ = Open (GetParam ()), *server_ = Open (GetParam ()),
          *other_ = Open (GetParam ());
};

TEST_P (SocketGate, LetsNobodyThroughWhenNobodyIsNamed)
{
  ASSERT_TRUE (Passes (other_));
  Close ({});
  EXPECT_FALSE (Passes (other_));
  EXPECT_FALSE (Passes (server_));
}

TEST_P (SocketGate, LetsServersThroughByAddressAndPort)
{
  FloeSocketGate gate = {};
  FloeStunAddress server = AddressOf (server_);
  FloeStunAddress foreign = server;

  foreign.bytes[foreign.size - 2] ^= 1;
  foreign.port = AddressOf (other_).port;
  ASSERT_TRUE (floe_socket_gate_add_server (&gate, &foreign));
  ASSERT_TRUE (floe_socket_gate_add_server (&gate, &server));
  Close (gate);
  EXPECT_TRUE (Passes (server_));
  EXPECT_FALSE (Passes (other_));
}

TEST_P (SocketGate, TakesAsManyServersAsThereIsRoomFor)
{
  FloeSocketGate gate = {};
  FloeStunAddress server = AddressOf (other_), last = AddressOf (server_);

  gate.stops_redirects = TRUE;
  for (guint i = 0; i < FLOE_SOCKET_GATE_MAX_SERVERS - 1; i++)
    {
      server.bytes[server.size - 2] = (guint8) (i + 1);
      ASSERT_TRUE (floe_socket_gate_add_server (&gate, &server));
    }
  ASSERT_TRUE (floe_socket_gate_add_server (&gate, &last));
  EXPECT_FALSE (floe_socket_gate_add_server (&gate, &last));
  Close (gate);
  EXPECT_TRUE (Passes (server_));
  EXPECT_FALSE (Passes (other_));
}

TEST_P (SocketGate, KeepsLoopbackOutOfWhatIsGlobal)
{
  FloeSocketGate gate = {};

  gate.lets_global_in = TRUE;
  Close (gate);
  EXPECT_FALSE (Passes (other_));
}

TEST_P (SocketGate, StopsRedirectsAndNoOtherError)
{
  const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1 };
  const guint8 filler[7] = { 'f' };
  FloeSocketGate gate = {};
  FloeStunAddress server = AddressOf (server_);

  ASSERT_TRUE (floe_socket_gate_add_server (&gate, &server));
  gate.stops_redirects = TRUE;
  Close (gate);
  auto error = [&] (guint before, guint8 error_class, guint8 number) {
    return RawPeer::Build (FLOE_STUN_ERROR, id, nullptr, [=] (FloeStunBuilder *builder) {
      const guint8 value[4] = { 0, 0, error_class, number };

      for (guint i = 0; i < before; i++)
        floe_stun_builder_add (builder, FLOE_STUN_SOFTWARE, filler, 1 + i % sizeof filler);
      floe_stun_builder_add (builder, FLOE_STUN_ERROR_CODE, value, sizeof value);
    });
  };

  for (guint before = 0; before < 12; before++)
    {
      EXPECT_TRUE (Passes (server_, error (before, 4, 1))) << before;
      EXPECT_TRUE (Passes (server_, error (before, 4, 0))) << before;
      EXPECT_FALSE (Passes (server_, error (before, 3, 0))) << before;
      EXPECT_FALSE (Passes (server_, error (before, 2, 100))) << before;
      EXPECT_FALSE (Passes (server_, error (before, 1, 200))) << before;
      /* Bits that are reserved don't hide it. */
      EXPECT_FALSE (Passes (server_, error (before, 0xf8 | 3, 0))) << before;
    }
  EXPECT_FALSE (Passes (server_, error (12, 3, 0))) << "behind all that is looked at";
  EXPECT_TRUE (
      Passes (server_, RawPeer::Build (FLOE_STUN_SUCCESS, id, nullptr, [] (FloeStunBuilder *) {})));
  EXPECT_TRUE (Passes (server_, { 0x40, 0x00, 0x00, 0x00 })) << "channel data";
  EXPECT_FALSE (Passes (other_, error (0, 4, 1)));
}

TEST_P (SocketGate, DropsErrorsThatEndTooSoon)
{
  FloeSocketGate gate = {};
  FloeStunAddress server = AddressOf (server_);

  ASSERT_TRUE (floe_socket_gate_add_server (&gate, &server));
  gate.stops_redirects = TRUE;
  Close (gate);
  for (gsize size = 2; size < 28; size++)
    {
      Bytes bytes (size);

      bytes[0] = 0x01;
      bytes[1] = 0x13;
      EXPECT_FALSE (Passes (server_, bytes)) << size;
    }
}

INSTANTIATE_TEST_SUITE_P (Families, SocketGate, testing::Values ("127.0.0.1", "::1"),
                          [] (const auto &info) {
                            return std::string (info.index == 0 ? "Ipv4" : "Ipv6");
                          });
