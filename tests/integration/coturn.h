/* SPDX-License-Identifier: MPL-2.0 */
/* A TURN server of our own on 127.0.0.1: coturn, started for a test and stopped after it. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <string>
#include <vector>

class Coturn
{
public:
  /* @options: what turnserver gets on its command line besides. With a certificate among them it
   * speaks TLS on its port as well. @port: 0 for one that is free. */
  explicit Coturn (const std::vector<std::string> &options = {}, guint16 port = 0)
      : wanted_port_ (port)
  {
    char *directory = g_dir_make_tmp ("floe-coturn-XXXXXX", nullptr);

    directory_ = directory != nullptr ? directory : "/tmp";
    g_free (directory);
    /* Somebody else may have taken the port meanwhile. */
    for (int i = 0; i < 3 && !is_running_; i++)
      {
        port_ = wanted_port_ != 0 ? wanted_port_ : PickPort ();
        Start (options);
      }
  }

  ~Coturn ()
  {
    Stop ();
    for (const char *name : { "log", "pid", "db" })
      g_unlink ((directory_ + "/" + name).c_str ());
    g_rmdir (directory_.c_str ());
  }

  Coturn (const Coturn &) = delete;
  Coturn &operator= (const Coturn &) = delete;

  /* FALSE when turnserver is not installed, or does not come up. */
  bool IsRunning () const
  {
    return is_running_;
  }
  guint16 port () const
  {
    return port_;
  }
  static const char *Username ()
  {
    return "floe";
  }
  static const char *Credential ()
  {
    return "secret";
  }

  std::string Url (const char *transport) const
  {
    return "turn:127.0.0.1:" + std::to_string (port_) + "?transport=" + transport;
  }

  std::string TlsUrl (const char *host = "127.0.0.1") const
  {
    return std::string ("turns:") + host + ":" + std::to_string (port_);
  }

  /* As other servers name it. */
  std::string Address () const
  {
    return "127.0.0.1:" + std::to_string (port_);
  }

  /* As when the server's machine fails: nothing is told to anybody. */
  void Kill ()
  {
    Stop ();
    is_running_ = false;
  }

  std::string StunUrl () const
  {
    return "stun:127.0.0.1:" + std::to_string (port_);
  }

  std::string Log () const
  {
    char *text = nullptr;
    std::string result;

    if (g_file_get_contents ((directory_ + "/log").c_str (), &text, nullptr, nullptr))
      result = text;
    g_free (text);
    return result;
  }

  /* On the same port, knowing nothing of what was before. */
  void Restart (const std::vector<std::string> &options = {})
  {
    Start (options);
  }

  /* A UDP port of 127.0.0.1 that was free a moment ago. */
  static guint16 PickPort ()
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any = g_inet_socket_address_new (loopback, 0), *bound;
    GSocket *socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    guint16 port;

    g_socket_bind (socket, any, FALSE, nullptr);
    bound = g_socket_get_local_address (socket, nullptr);
    port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    g_object_unref (bound);
    g_object_unref (socket);
    g_object_unref (any);
    g_object_unref (loopback);
    return port;
  }

private:
  void Start (const std::vector<std::string> &options)
  {
    std::string user = std::string (Username ()) + ":" + Credential ();

    Stop ();
    std::string listening = std::to_string (port_);
    std::string log = directory_ + "/log", pid = directory_ + "/pid", db = directory_ + "/db";
    const char *const argv[] = { "turnserver",
                                 "-n",
                                 "--verbose",
                                 "--no-cli",
                                 "--allow-loopback-peers",
                                 "-L",
                                 "127.0.0.1",
                                 "-E",
                                 "127.0.0.1",
                                 "-p",
                                 listening.c_str (),
                                 "--min-port",
                                 "49152",
                                 "--max-port",
                                 "49951",
                                 "--lt-cred-mech",
                                 "--realm",
                                 "floe.test",
                                 "--user",
                                 user.c_str (),
                                 "--simple-log",
                                 "--log-file",
                                 log.c_str (),
                                 "--pidfile",
                                 pid.c_str (),
                                 "--userdb",
                                 db.c_str (),
                                 "--relay-threads",
                                 "1",
                                 nullptr };
    std::vector<const char *> command (argv, argv + G_N_ELEMENTS (argv) - 1);

    std::string tls_port = std::to_string (PickPort ());
    bool has_certificate = false;

    for (const std::string &option : options)
      {
        command.push_back (option.c_str ());
        has_certificate = has_certificate || option.compare (0, 6, "--cert") == 0;
      }
    if (has_certificate)
      command.insert (command.end (), { "--tls-listening-port", tls_port.c_str (), "--no-dtls" });
    else
      command.insert (command.end (), { "--no-tls", "--no-dtls" });
    command.push_back (nullptr);
    server_ = g_subprocess_newv (
        command.data (),
        (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE),
        nullptr);
    is_running_ = server_ != nullptr && WaitForPort (options);
  }

  void Stop ()
  {
    if (server_ == nullptr)
      return;
    g_subprocess_force_exit (server_);
    g_subprocess_wait (server_, nullptr, nullptr);
    g_clear_object (&server_);
  }

  /* coturn opens its ports one after the other, and serves some of them before the others: it is up
   * when each of its addresses answers over UDP and takes a TCP connection. On a busy machine that
   * takes seconds. */
  bool WaitForPort (const std::vector<std::string> &options) const
  {
    std::vector<std::string> addresses = { "127.0.0.1" };

    for (size_t i = 0; i + 1 < options.size (); i++)
      if (options[i] == "-L")
        addresses.push_back (options[i + 1]);
    for (const std::string &address : addresses)
      {
        int tries = 500;

        while (!Answers (address) || !Accepts (address))
          if (--tries == 0 || g_subprocess_get_identifier (server_) == nullptr)
            return false;
      }
    return true;
  }

  bool Accepts (const std::string &address) const
  {
    GSocketClient *client = g_socket_client_new ();
    GSocketConnection *connection =
        g_socket_client_connect_to_host (client, address.c_str (), port_, nullptr, nullptr);
    bool is_up = connection != nullptr;

    g_clear_object (&connection);
    g_object_unref (client);
    return is_up;
  }

  /* A Binding request, for which it waits a moment: RFC 8489 section 5. */
  bool Answers (const std::string &address) const
  {
    static const guint8 request[20] = { 0,    1,   0,   0,   0x21, 0x12, 0xa4,
                                        0x42, 'c', 'o', 't', 'u',  'r',  'n' };
    GSocketAddress *server = g_inet_socket_address_new_from_string (address.c_str (), port_);
    GSocket *socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    char answer[1500];
    bool is_up;

    g_socket_connect (socket, server, nullptr, nullptr);
    g_socket_send (socket, (const char *) request, sizeof request, nullptr, nullptr);
    is_up = g_socket_condition_timed_wait (socket, G_IO_IN, 50 * 1000, nullptr, nullptr)
            && g_socket_receive (socket, answer, sizeof answer, nullptr, nullptr) > 0;
    /* A port that is closed says so at once. */
    if (!is_up)
      g_usleep (20 * 1000);
    g_object_unref (socket);
    g_object_unref (server);
    return is_up;
  }

  guint16 wanted_port_;
  guint16 port_ = 0;
  std::string directory_;
  GSubprocess *server_ = nullptr;
  bool is_running_ = false;
};
