/* SPDX-License-Identifier: MPL-2.0 */
#include "ice-peer.h"

#include <array>
#include <atomic>
#include <thread>

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-socket-tap-private.h"
#include "floe-stun-codec-private.h"
G_END_DECLS

using Bytes = std::vector<guint8>;

static GSocket *
NewSocket (GSocketFamily family)
{
  GInetAddress *loopback = g_inet_address_new_loopback (family);
  GSocketAddress *any_port = g_inet_socket_address_new (loopback, 0);
  GSocket *socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);

  EXPECT_TRUE (g_socket_bind (socket, any_port, FALSE, nullptr));
  g_socket_set_blocking (socket, FALSE);
  g_object_unref (any_port);
  g_object_unref (loopback);
  return socket;
}

static Bytes
MakeStun (FloeStunClass message_class, guint16 method, const guint8 *tag)
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = {};
  Bytes data (FLOE_STUN_HEADER_SIZE);

  memcpy (id, tag, FLOE_SOCKET_TAP_TAG_SIZE);
  FloeStunBuilder builder =
      floe_stun_builder_init (data.data (), data.size (), message_class, method, id);
  EXPECT_EQ (floe_stun_builder_finish (&builder), data.size ());
  return data;
}

class SocketTap : public IceTest, public testing::WithParamInterface<GSocketFamily>
{
protected:
  void SetUp () override
  {
#ifdef __linux__
    ASSERT_TRUE (floe_socket_tap_is_possible ());
#else
    GTEST_SKIP () << "only Linux has a way to share a port";
#endif
    socket_ = NewSocket (GetParam ());
    other_ = NewSocket (GetParam ());
    GSocketAddress *address = g_socket_get_local_address (socket_, nullptr);
    floe_stun_address_from_socket_address (address, &address_);
    to_ = address;
  }
  void TearDown () override
  {
    g_clear_pointer (&tap_, floe_socket_tap_free);
    g_clear_object (&socket_);
    g_clear_object (&other_);
    g_clear_object (&to_);
  }

  bool Make ()
  {
    ErrorHolder error;

    tap_ = floe_socket_tap_new (
        socket_, context_,
        [] (const FloeStunAddress *from, const guint8 *data, gsize size, gpointer self) {
          static_cast<SocketTap *> (self)->answers_.emplace_back (data, data + size);
          static_cast<SocketTap *> (self)->from_ = *from;
        },
        this, error);
    EXPECT_NE (tap_, nullptr) << error.message ();
    return tap_ != nullptr;
  }
  void Send (const Bytes &data)
  {
    g_socket_send_to (other_, to_, (const char *) data.data (), data.size (), nullptr, nullptr);
  }
  /* How many datagrams wait at libnice's socket. */
  guint Drain ()
  {
    char data[2000];
    guint count = 0;

    while (g_socket_receive (socket_, data, sizeof data, nullptr, nullptr) >= 0)
      count++;
    return count;
  }

  GSocket *socket_ = nullptr, *other_ = nullptr;
  GSocketAddress *to_ = nullptr;
  FloeStunAddress address_ = {}, from_ = {};
  FloeSocketTap *tap_ = nullptr;
  std::vector<Bytes> answers_;
};

TEST_P (SocketTap, GetsTheResponsesWithItsTagAndNothingElse)
{
  ASSERT_TRUE (Make ());
  const guint8 *tag = floe_socket_tap_get_tag (tap_);
  Bytes success = MakeStun (FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_BINDING, tag);
  Bytes error = MakeStun (FLOE_STUN_ERROR, FLOE_STUN_METHOD_BINDING, tag);
  Bytes short_tag (success.begin (), success.begin () + 11), bad_cookie = success, other = success;

  bad_cookie[4] ^= 1;
  other[11] ^= 1;
  for (const Bytes &data :
       { success, MakeStun (FLOE_STUN_REQUEST, FLOE_STUN_METHOD_BINDING, tag),
         MakeStun (FLOE_STUN_INDICATION, FLOE_STUN_METHOD_BINDING, tag),
         MakeStun (FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_ALLOCATE, tag), short_tag, bad_cookie, other,
         Bytes (), Bytes{ 1 }, Bytes (1400, 0x16), error })
    Send (data);
  EXPECT_TRUE (Run (2000, [&] { return answers_.size () == 2; }));
  EXPECT_EQ (answers_, (std::vector<Bytes>{ success, error }));
  EXPECT_EQ (Drain (), 9u);
  EXPECT_EQ (floe_socket_tap_get_stray_count (tap_), 0u);
}

TEST_P (SocketTap, SendsFromTheSamePortAndTellsWhoAnswers)
{
  ASSERT_TRUE (Make ());
  GSocketAddress *other = g_socket_get_local_address (other_, nullptr), *sender = nullptr;
  FloeStunAddress to, seen;
  char data[100];

  floe_stun_address_from_socket_address (other, &to);
  ASSERT_TRUE (floe_socket_tap_send (tap_, &to, (const guint8 *) "hello", 5, nullptr));
  ASSERT_EQ (g_socket_receive_from (other_, &sender, data, sizeof data, nullptr, nullptr), 5);
  floe_stun_address_from_socket_address (sender, &seen);
  EXPECT_TRUE (floe_stun_address_equal (&seen, &address_));
  EXPECT_TRUE (floe_stun_address_equal (floe_socket_tap_get_address (tap_), &address_));
  Send (MakeStun (FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_BINDING, floe_socket_tap_get_tag (tap_)));
  EXPECT_TRUE (Run (2000, [&] { return !answers_.empty (); }));
  EXPECT_TRUE (floe_stun_address_equal (&from_, &to));
  g_object_unref (sender);
  g_object_unref (other);
}

TEST_P (SocketTap, LeavesEverythingToTheOtherSocketWhenItIsFreed)
{
  ASSERT_TRUE (Make ());
  Bytes answer =
      MakeStun (FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_BINDING, floe_socket_tap_get_tag (tap_));

  g_clear_pointer (&tap_, floe_socket_tap_free);
  Send (answer);
  Send (Bytes{ 1, 2, 3 });
  EXPECT_EQ (Drain (), 2u);
  ASSERT_TRUE (Make ()) << "and can be made again";
  Send (MakeStun (FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_BINDING, floe_socket_tap_get_tag (tap_)));
  EXPECT_TRUE (Run (2000, [&] { return !answers_.empty (); }));
}

TEST_P (SocketTap, OutlivesTheOtherSocket)
{
  ASSERT_TRUE (Make ());
  g_socket_close (socket_, nullptr);
  Send (Bytes{ 1, 2, 3 });
  EXPECT_TRUE (Run (2000, [&] { return floe_socket_tap_get_stray_count (tap_) == 1; }));
}

/* Peers that send as fast as it is read. */
class Traffic
{
public:
  Traffic (GSocketFamily family, GSocketAddress *to) : to_ (to)
  {
    for (guint i = 0; i < 64; i++)
      peers_.push_back (NewSocket (family));
    thread_ = std::thread ([this] {
      while (!is_over_)
        {
          if (sent - received >= 100)
            std::this_thread::yield ();
          else if (g_socket_send_to (peers_[sent % peers_.size ()], to_, "check", 5, nullptr,
                                     nullptr)
                   == 5)
            sent++;
        }
    });
  }
  ~Traffic ()
  {
    for (GSocket *peer : peers_)
      g_object_unref (peer);
  }
  void Stop ()
  {
    is_over_ = true;
    thread_.join ();
  }
  std::atomic<guint> sent{ 0 }, received{ 0 };

private:
  GSocketAddress *to_;
  std::vector<GSocket *> peers_;
  std::atomic<bool> is_over_{ false };
  std::thread thread_;
};

/* A tap may get what is not its own in the moment between its joining and its program only, and
 * counts that. */
TEST_P (SocketTap, NoDatagramIsLostUnderTraffic)
{
  guint stray_count = 0, sent_count = 0;

  for (guint i = 0; i < 40; i++)
    {
      TearDown ();
      SetUp ();
      Traffic traffic (GetParam (), to_);
      guint strays = 0, before = 0;

      ASSERT_TRUE (Make ());
      while (traffic.received < 500)
        {
          g_main_context_iteration (context_, FALSE);
          strays = floe_socket_tap_get_stray_count (tap_);
          traffic.received += Drain () + strays - before;
          before = strays;
        }
      traffic.Stop ();
      traffic.received += Drain ();
      EXPECT_EQ (traffic.received, traffic.sent);
      stray_count += strays;
      sent_count += traffic.sent;
    }
  EXPECT_LT (stray_count, sent_count / 4);
  RecordProperty ("strays", (int) stray_count);
}

INSTANTIATE_TEST_SUITE_P (Families, SocketTap,
                          testing::Values (G_SOCKET_FAMILY_IPV4, G_SOCKET_FAMILY_IPV6),
                          [] (const auto &info) {
                            return info.param == G_SOCKET_FAMILY_IPV4 ? "IPv4" : "IPv6";
                          });

TEST (SocketTapRefuses, ASocketThatIsNotBound)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
  ErrorHolder error;

  g_socket_close (socket, nullptr);
  EXPECT_EQ (floe_socket_tap_new (
                 socket, nullptr, [] (auto...) {}, nullptr, error),
             nullptr);
  EXPECT_NE (std::string (error.message ()), "");
  g_object_unref (socket);
}

TEST (SocketTapRefuses, WhenTheEnvironmentSaysSo)
{
  g_setenv ("FLOE_SOCKET_TAPS", "0", TRUE);
  EXPECT_FALSE (floe_socket_tap_is_possible ());
  g_unsetenv ("FLOE_SOCKET_TAPS");
}
