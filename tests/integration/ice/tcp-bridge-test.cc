/* SPDX-License-Identifier: MPL-2.0 */
/* Who is let through the door of a bridge. */
#include "ice-peer.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-tcp-bridge-private.h"
G_END_DECLS

class TcpBridge : public IceTest
{
protected:
  void SetUp () override
  {
    GSocketAddress *any = g_inet_socket_address_new_from_string ("127.0.0.1", 0), *bound;
    GSocket *listener = MakeSocket (), *connection = MakeSocket ();

    g_socket_bind (listener, any, FALSE, nullptr);
    g_socket_listen (listener, nullptr);
    bound = g_socket_get_local_address (listener, nullptr);
    ASSERT_TRUE (g_socket_connect (connection, bound, nullptr, nullptr));
    far_ = g_socket_accept (listener, nullptr, nullptr);
    ASSERT_NE (far_, nullptr);
    g_socket_set_blocking (far_, FALSE);
    g_socket_set_blocking (connection, FALSE);
    bridge_ = floe_tcp_bridge_new (context_, connection, &door_);
    ASSERT_NE (bridge_, nullptr);
    g_object_unref (connection);
    g_object_unref (listener);
    g_object_unref (bound);
    g_object_unref (any);
  }
  void TearDown () override
  {
    g_clear_pointer (&bridge_, floe_tcp_bridge_free);
    g_clear_object (&far_);
  }

  static GSocket *MakeSocket ()
  {
    return g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                         nullptr);
  }

  GSocket *Connect ()
  {
    GSocketAddress *address = floe_stun_address_to_socket_address (&door_);
    GSocket *client = MakeSocket ();

    EXPECT_TRUE (g_socket_connect (client, address, nullptr, nullptr));
    g_socket_set_blocking (client, FALSE);
    g_object_unref (address);
    return client;
  }

  /* Another process, which was told of the port. What it sees: 0 that it was sent away, 1 that it
   * got something or stayed. */
  pid_t StartStranger ()
  {
    struct sockaddr_in address = {};
    pid_t pid;

    address.sin_family = AF_INET;
    address.sin_port = htons (door_.port);
    memcpy (&address.sin_addr, door_.bytes, sizeof address.sin_addr);
    pid = fork ();
    if (pid == 0)
      {
        int fd = socket (AF_INET, SOCK_STREAM, 0);
        char byte;

        alarm (60);
        if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
          _exit (2);
        (void) !write (fd, "stranger", 8);
        _exit (read (fd, &byte, 1) <= 0 ? 0 : 1);
      }
    return pid;
  }

  int AwaitStranger (pid_t pid)
  {
    int status = -1;

    EXPECT_TRUE (Run (60000, [&] { return waitpid (pid, &status, WNOHANG) == pid; }));
    return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
  }

  std::string ReadFar ()
  {
    char text[64];
    gssize size = g_socket_receive (far_, text, sizeof text, nullptr, nullptr);

    return size > 0 ? std::string (text, (gsize) size) : "";
  }

  FloeStunAddress door_ = {};
  FloeTcpBridge *bridge_ = nullptr;
  GSocket *far_ = nullptr; /* (owned): the other end of the connection */
};

TEST_F (TcpBridge, LetsThisProcessIn)
{
  GSocket *client = Connect ();
  std::string text;

  g_socket_send (client, "hello", 5, nullptr, nullptr);
  EXPECT_TRUE (Run (20000, [&] { return (text += ReadFar ()) == "hello"; })) << text;
  g_object_unref (client);
}

TEST_F (TcpBridge, SendsAwayWhoIsNotOfThisProcess)
{
  std::string text;
  GSocket *client;

  for (int i = 0; i < 3; i++)
    ASSERT_EQ (AwaitStranger (StartStranger ()), 0) << i;
  EXPECT_EQ (ReadFar (), "");
  client = Connect ();
  g_socket_send (client, "hello", 5, nullptr, nullptr);
  EXPECT_TRUE (Run (20000, [&] { return (text += ReadFar ()) == "hello"; })) << text;
  g_object_unref (client);
}
