/* SPDX-License-Identifier: MPL-2.0 */
/* The many sockets of punching: that they are distinct, heard, bounded, and gone afterwards. */
#include "../ice/ice-peer.h"
#include "descriptors.h"

#include <set>

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-punch-sockets-private.h"
G_END_DECLS

namespace
{

FloeStunAddress
Loopback (guint16 port = 0)
{
  FloeStunAddress address;

  EXPECT_TRUE (floe_stun_address_from_text ("127.0.0.1", &address));
  address.port = port;
  return address;
}

class PunchSockets : public IceTest
{
protected:
  PunchSockets () : descriptors_ (CountDescriptors ())
  {
  }
  void SetUp () override
  {
    if (floe_punch_sockets_get_room (256) == 0)
      GTEST_SKIP () << "not on this system, or hardly any descriptors are left";
    Make (0, 0);
  }
  ~PunchSockets () override
  {
    g_clear_pointer (&sockets_, floe_punch_sockets_free);
  }

  void Make (guint16 min_port, guint16 max_port)
  {
    static const FloePunchSocketsEvents events = {
      [] (guint socket, const FloeStunAddress *from, const guint8 *data, gsize size,
          gpointer user_data) {
        PunchSockets *self = static_cast<PunchSockets *> (user_data);

        self->received_.emplace_back (socket, from->port, std::string ((const char *) data, size));
        if (self->on_received_)
          self->on_received_ (socket);
      },
      [] (gpointer user_data) { static_cast<PunchSockets *> (user_data)->prohibited_count_++; },
      [] (guint, const FloeStunAddress *, gpointer) {},
    };
    FloeStunAddress base = Loopback ();

    g_clear_pointer (&sockets_, floe_punch_sockets_free);
    sockets_ = floe_punch_sockets_new (context_, &base, min_port, max_port, &events, this);
    ASSERT_NE (sockets_, nullptr);
  }
  void SendText (guint socket, guint16 port, const std::string &text, guint ttl = 0)
  {
    FloeStunAddress to = Loopback (port);

    floe_punch_sockets_send (sockets_, socket, &to, ttl, (const guint8 *) text.data (),
                             text.size ());
  }
  int descriptors_;
  FloePunchSockets *sockets_ = nullptr;
  std::vector<std::tuple<guint, guint16, std::string> > received_;
  std::function<void (guint)> on_received_;
  guint prohibited_count_ = 0;
};

/* A socket of the test's own that tells its port. */
GSocket *
BindPlain (guint16 *port)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
  GInetAddress *address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  GSocketAddress *any = g_inet_socket_address_new (address, 0), *bound;

  EXPECT_TRUE (g_socket_bind (socket, any, FALSE, nullptr));
  bound = g_socket_get_local_address (socket, nullptr);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_object_unref (bound);
  g_object_unref (any);
  g_object_unref (address);
  return socket;
}

TEST_F (PunchSockets, AreAllOpenAtOnceOnPortsOfTheirOwnAndLeaveNothingBehind)
{
  guint count = floe_punch_sockets_get_room (FLOE_PROBE_MAX_SOCKETS);
  std::set<guint16> ports;

  for (guint i = 0; i < count; i++)
    ASSERT_TRUE (floe_punch_sockets_open (sockets_, i, FALSE));
  EXPECT_GE (CountDescriptors (), descriptors_ + (int) count);
  for (guint i = 0; i < count; i++)
    ports.insert (floe_punch_sockets_close (sockets_, i));
  EXPECT_EQ (ports.size (), count);
  EXPECT_EQ (ports.count (0), 0u);
  g_clear_pointer (&sockets_, floe_punch_sockets_free);
  EXPECT_EQ (CountDescriptors (), descriptors_);
}

TEST_F (PunchSockets, AreClosedWithTheSet)
{
  for (guint i = 0; i < 8; i++)
    ASSERT_TRUE (floe_punch_sockets_open (sockets_, i, FALSE));
  g_clear_pointer (&sockets_, floe_punch_sockets_free);
  EXPECT_EQ (CountDescriptors (), descriptors_);
}

TEST_F (PunchSockets, AreTheOneThatGotADatagram)
{
  guint16 port;
  GSocket *other = BindPlain (&port);

  for (guint i = 0; i < 40; i++)
    ASSERT_TRUE (floe_punch_sockets_open (sockets_, i, FALSE));
  SendText (17, port, "hello");
  char text[16] = {};
  GSocketAddress *from = nullptr;
  ASSERT_EQ (g_socket_receive_from (other, &from, text, sizeof text, nullptr, nullptr), 5);
  ASSERT_EQ (g_socket_send_to (other, from, "answer", 6, nullptr, nullptr), 6);
  ASSERT_TRUE (Run (10000, [&] { return !received_.empty (); }));
  EXPECT_EQ (received_.front (), std::make_tuple (17u, port, std::string ("answer")));
  g_object_unref (from);
  g_object_unref (other);
}

TEST_F (PunchSockets, DropWhatIsLongerThanAnyCheck)
{
  guint16 port;
  GSocket *other = BindPlain (&port);
  char text[16] = {}, flood[1400] = {};
  GSocketAddress *from = nullptr;

  ASSERT_TRUE (floe_punch_sockets_open (sockets_, 0, FALSE));
  SendText (0, port, "hello");
  ASSERT_EQ (g_socket_receive_from (other, &from, text, sizeof text, nullptr, nullptr), 5);
  g_socket_send_to (other, from, flood, sizeof flood, nullptr, nullptr);
  g_socket_send_to (other, from, "short", 5, nullptr, nullptr);
  ASSERT_TRUE (Run (10000, [&] { return !received_.empty (); }));
  EXPECT_EQ (std::get<2> (received_.front ()), "short");
  g_object_unref (from);
  g_object_unref (other);
}

TEST_F (PunchSockets, MayBeClosedAndOpenedWhileTheyAreHeard)
{
  guint16 port;
  GSocket *other = BindPlain (&port);
  guint16 first, second;

  ASSERT_TRUE (floe_punch_sockets_open (sockets_, 0, FALSE));
  ASSERT_TRUE (floe_punch_sockets_open (sockets_, 1, FALSE));
  on_received_ = [this] (guint socket) {
    floe_punch_sockets_close (sockets_, 0);
    floe_punch_sockets_close (sockets_, 1);
    EXPECT_TRUE (floe_punch_sockets_open (sockets_, 2, FALSE));
  };
  for (guint i = 0; i < 2; i++)
    {
      char text[16];
      GSocketAddress *from = nullptr;

      SendText (i, port, "hello");
      g_socket_receive_from (other, &from, text, sizeof text, nullptr, nullptr);
      (i == 0 ? first : second) = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from));
      g_object_unref (from);
    }
  for (guint16 to : { first, first, second, second })
    {
      GInetAddress *address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
      GSocketAddress *target = g_inet_socket_address_new (address, to);

      g_socket_send_to (other, target, "x", 1, nullptr, nullptr);
      g_object_unref (target);
      g_object_unref (address);
    }
  EXPECT_TRUE (Run (10000, [&] { return !received_.empty (); }));
  Pause (50);
  EXPECT_EQ (received_.size (), 1u);
  g_object_unref (other);
}

TEST_F (PunchSockets, StayInTheRangeOfPorts)
{
  Make (42000, 42999);
  for (guint i = 0; i < 32; i++)
    ASSERT_TRUE (floe_punch_sockets_open (sockets_, i, FALSE));
  for (guint i = 0; i < 32; i++)
    {
      guint16 port = floe_punch_sockets_close (sockets_, i);

      EXPECT_GE (port, 42000);
      EXPECT_LE (port, 42999);
    }
}

TEST_F (PunchSockets, AreRefusedWhenTheRangeHasNoRoom)
{
  guint16 port;
  GSocket *other = BindPlain (&port);

  Make (port, port);
  EXPECT_FALSE (floe_punch_sockets_open (sockets_, 0, FALSE));
  EXPECT_EQ (floe_punch_sockets_close (sockets_, 0), 0);
  g_object_unref (other);
}

TEST_F (PunchSockets, HaveEvenPortsWhereThatIsWanted)
{
  for (guint i = 0; i < 8; i++)
    ASSERT_TRUE (floe_punch_sockets_open (sockets_, i, TRUE));
  for (guint i = 0; i < 8; i++)
    EXPECT_EQ (floe_punch_sockets_close (sockets_, i) % 2, 0);
}

TEST_F (PunchSockets, AreFewerWhenLittleRoomIsLeftAndRefusedWhenNoneIs)
{
  DescriptorLimit limit ((rlim_t) CountDescriptors () + 20);
  guint room = floe_punch_sockets_get_room (FLOE_PROBE_MAX_SOCKETS), opened = 0;

  EXPECT_GE (room, 8u);
  EXPECT_LE (room, 10u);
  while (opened < 64 && floe_punch_sockets_open (sockets_, opened, FALSE))
    opened++;
  EXPECT_GE (opened, room);
  EXPECT_LT (opened, 64u);
  EXPECT_EQ (floe_punch_sockets_get_room (FLOE_PROBE_MAX_SOCKETS), 0u);
}

TEST_F (PunchSockets, SendOnAfterNobodyWasThere)
{
  guint16 port, gone;
  GSocket *other = BindPlain (&port), *nobody = BindPlain (&gone);
  char text[16];

  g_object_unref (nobody);
  ASSERT_TRUE (floe_punch_sockets_open (sockets_, 0, FALSE));
  SendText (0, gone, "anybody?");
  SendText (0, port, "hello", 3);
  EXPECT_EQ (g_socket_receive (other, text, sizeof text, nullptr, nullptr), 5);
  Pause (20);
  EXPECT_EQ (prohibited_count_, 0u) << "a closed port is no prohibition";
  g_object_unref (other);
}

} // namespace
