/* SPDX-License-Identifier: MPL-2.0 */
/* One connection to a rendezvous, over a pair of sockets, and what it gets when it takes too long.
 */
#include <floe-test.h>
#include <gio/gio.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

extern "C"
{
#include "rendezvous-client.h"
}

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

namespace
{

const guint never_ms = 3600 * 1000;
const gint64 limit_us = 10 * G_TIME_SPAN_SECOND;

/* A client's frame; a mask of zeros changes nothing. */
std::string
Frame (int first, const std::string &payload)
{
  return std::string (1, static_cast<char> (first)) + static_cast<char> (0x80 | payload.size ())
         + std::string (4, '\0') + payload;
}

const std::string upgrade =
    "GET /ws/" + std::string (64, 'a')
    + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: floe.1\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const std::string join = Frame (0x81, "{\"type\":\"join\",\"id\":\"a\",\"opens\":true}");
const std::string ping ("\x89\x00", 2);

class ClientTest : public testing::Test
{
protected:
  ClientTest ()
  {
    int fds[2];

    EXPECT_EQ (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    near_ = g_socket_new_from_fd (fds[0], nullptr);
    far_ = g_socket_new_from_fd (fds[1], nullptr);
    g_socket_set_blocking (far_, FALSE);
  }
  ~ClientTest () override
  {
    g_clear_pointer (&client_, rendezvous_client_free);
    rendezvous_rooms_free (rooms_);
    rendezvous_limits_free (limits_);
    g_object_unref (near_);
    g_object_unref (far_);
  }
  void Start (RendezvousPatience patience)
  {
    g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketConnection) io = g_socket_connection_factory_create_connection (near_);

    house_.rooms = rooms_;
    house_.welcome = "welcome!";
    house_.machine = "machine";
    house_.patience = patience;
    house_.handle_gone = OnGone;
    house_.user_data = this;
    client_ = rendezvous_client_new (&house_, G_IO_STREAM (io), near_,
                                     rendezvous_limits_take (limits_, address, 0));
  }
  void Send (const std::string &data)
  {
    EXPECT_EQ (g_socket_send (far_, data.data (), data.size (), nullptr, nullptr),
               static_cast<gssize> (data.size ()));
  }
  /* Runs the main loop, and reads what comes, until @condition holds or time is up. */
  template <typename Condition> bool WaitFor (Condition condition)
  {
    gint64 end_us = g_get_monotonic_time () + limit_us;
    guint wake_up = g_timeout_add (
        5, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);

    while (!condition () && g_get_monotonic_time () < end_us)
      {
        g_main_context_iteration (nullptr, TRUE);
        Read ();
      }
    g_source_remove (wake_up);
    return condition ();
  }
  bool WaitForText (const std::string &text)
  {
    return WaitFor ([&] { return received_.find (text) != std::string::npos; });
  }
  void Read ()
  {
    char buffer[4096];
    gssize size = g_socket_receive (far_, buffer, sizeof (buffer), nullptr, nullptr);

    if (size > 0)
      received_.append (buffer, static_cast<size_t> (size));
    is_at_end_ |= size == 0;
  }
  static void OnGone (gpointer user_data, RendezvousClient *client)
  {
    auto *self = static_cast<ClientTest *> (user_data);
    EXPECT_EQ (self->client_, client);
    g_clear_pointer (&self->client_, rendezvous_client_free);
  }

  RendezvousRooms *rooms_ = rendezvous_rooms_new (nullptr, 10);
  RendezvousLimits *limits_ = rendezvous_limits_new (10, 10);
  RendezvousHouse house_ = {};
  RendezvousClient *client_ = nullptr;
  GSocket *near_;
  GSocket *far_;
  std::string received_;
  bool is_at_end_ = false;
};

TEST_F (ClientTest, GetsAPageAndTheEnd)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_TRUE (WaitForText ("</html>"));
  EXPECT_THAT (received_, StartsWith ("HTTP/1.1 200 OK\r\n"));
  g_socket_close (far_, nullptr);
  EXPECT_TRUE (WaitFor ([this] { return client_ == nullptr; }));
}

TEST_F (ClientTest, MayAskForOneFileAfterTheOther)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  for (int i = 0; i < 3; i++)
    {
      Send ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      ASSERT_TRUE (WaitForText ("</html>")) << i;
      EXPECT_THAT (received_, StartsWith ("HTTP/1.1 200 OK\r\n"));
      received_.clear ();
    }
  Send (upgrade + join);
  EXPECT_TRUE (WaitForText ("welcome!"));
}

TEST_F (ClientTest, GetsTheEndAfterOneFileWhenItAsksForTwoAtOnce)
{
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send (request + request);
  ASSERT_TRUE (WaitForText ("</html>"));
  EXPECT_THAT (received_, HasSubstr ("Connection: close\r\n"));
  EXPECT_EQ (received_.find ("HTTP/1.1", 1), std::string::npos);
}

TEST_F (ClientTest, IsDroppedInSilenceWhenItAsksForNoMore)
{
  Start ({ 50, never_ms, never_ms, 50 });
  Send ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE (WaitForText ("</html>"));
  EXPECT_TRUE (WaitFor ([this] { return is_at_end_; }));
  EXPECT_EQ (received_.find ("408"), std::string::npos);
}

TEST_F (ClientTest, IsToldWhenItsRequestTakesTooLong)
{
  Start ({ 1, never_ms, never_ms, 1 });
  Send ("GET / HTTP/1.1\r\n");

  EXPECT_TRUE (WaitForText ("408 Request Timeout\n"));
}

TEST_F (ClientTest, IsToldWhenItDoesNotJoin)
{
  Start ({ never_ms, 1, never_ms, never_ms });
  Send (upgrade);

  EXPECT_TRUE (WaitForText ("\x88\x02")) << "a close frame";
  EXPECT_THAT (received_, HasSubstr ("\"code\":\"timeout\""));
}

TEST_F (ClientTest, MayJoinWithItsRequest)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send (upgrade + join);

  EXPECT_TRUE (WaitForText ("welcome!"));
  EXPECT_THAT (received_, StartsWith ("HTTP/1.1 101 "));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 1u);
}

TEST_F (ClientTest, IsDroppedWhenItDoesNotAnswerAPing)
{
  Start ({ never_ms, 1, 1, never_ms });
  Send (upgrade + join);

  EXPECT_TRUE (WaitFor ([this] { return client_ == nullptr; }));
  Read ();
  EXPECT_THAT (received_, EndsWith (ping));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

TEST_F (ClientTest, StaysWhenItAnswersPings)
{
  Start ({ never_ms, 1, 200, never_ms });
  Send (upgrade + join);

  for (int i = 0; i < 3; i++)
    {
      ASSERT_TRUE (WaitForText (ping)) << i;
      received_.clear ();
      Send (Frame (0x8a, ""));
    }
  EXPECT_NE (client_, nullptr);
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 1u);
}

/* RFC 6455 section 7.4.1: 1003 is "a type of data it cannot accept". */
TEST_F (ClientTest, IsToldWhatWasWrongWithAFrame)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send (upgrade + join + Frame (0x82, "binary"));

  EXPECT_TRUE (WaitForText ("\x88\x02\x03\xeb"));
  EXPECT_THAT (received_, HasSubstr ("\"code\":\"protocol\""));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

/* There is no memory yet for what is in a message. */
TEST_F (ClientTest, IsToldWhenItsFirstMessageIsEmpty)
{
  Start ({ never_ms, never_ms, never_ms });
  Send (upgrade + Frame (0x81, ""));

  EXPECT_TRUE (WaitForText ("\"code\":\"protocol\""));
}

TEST_F (ClientTest, IsToldWhenTheRendezvousEnds)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send (upgrade + join);
  EXPECT_TRUE (WaitForText ("welcome!"));

  g_clear_pointer (&client_, rendezvous_client_free);
  Read ();
  EXPECT_THAT (received_, EndsWith ("\x88\x02\x03\xe9"));
}

TEST_F (ClientTest, LeavesItsRoomWhenTheConnectionBreaks)
{
  Start ({ never_ms, never_ms, never_ms, never_ms });
  Send (upgrade + join);
  EXPECT_TRUE (WaitForText ("welcome!"));

  g_socket_close (far_, nullptr);
  EXPECT_TRUE (WaitFor ([this] { return client_ == nullptr; }));
  EXPECT_EQ (rendezvous_rooms_get_count (rooms_), 0u);
}

} // namespace
