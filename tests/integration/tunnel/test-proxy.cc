/* SPDX-License-Identifier: MPL-2.0 */
#include "test-proxy.h"

TestProxy::TestProxy (Kind kind, const std::string &password)
    : TestServer ([this] (GIOStream *client) { Serve (client); }), kind_ (kind),
      password_ (password)
{
}

TestProxy::~TestProxy ()
{
  Stop ();
}

std::string
TestProxy::Uri (const std::string &password) const
{
  return std::string (kind_ == HTTP ? "http://" : "socks5://")
         + (password.empty () ? "" : password + "@") + "127.0.0.1:" + std::to_string (port ());
}

std::vector<std::string>
TestProxy::targets ()
{
  std::lock_guard<std::mutex> lock (mutex_);

  return targets_;
}

GSocketConnection *
TestProxy::Connect (const std::string &host, guint16 port)
{
  static const std::string behind = ".behind";
  bool is_behind = host.size () > behind.size ()
                   && host.compare (host.size () - behind.size (), behind.size (), behind) == 0;
  GSocketClient *client = g_socket_client_new ();

  {
    std::lock_guard<std::mutex> lock (mutex_);
    targets_.push_back (host + ":" + std::to_string (port));
  }
  g_socket_client_set_enable_proxy (client, FALSE);
  GSocketConnection *connection = g_socket_client_connect_to_host (
      client, is_behind ? "127.0.0.1" : host.c_str (), port, nullptr, nullptr);
  g_object_unref (client);
  return connection;
}

void
TestProxy::Serve (GIOStream *client)
{
  if (kind_ == HTTP)
    ServeHttp (client);
  else
    ServeSocks (client);
}

void
TestProxy::ServeHttp (GIOStream *client)
{
  std::string head = ReadUntil (client, "\r\n\r\n");
  gsize start = head.find (' ') + 1, colon = head.find (' ', start);
  char *encoded =
      g_base64_encode (reinterpret_cast<const guchar *> (password_.data ()), password_.size ());
  bool is_welcome = password_.empty ()
                    || head.find (std::string ("Proxy-Authorization: Basic ") + encoded + "\r\n")
                           != std::string::npos;

  g_free (encoded);
  if (head.rfind ("CONNECT ", 0) != 0 || colon == std::string::npos)
    return;
  colon = head.rfind (':', colon);
  if (!is_welcome)
    {
      WriteText (client,
                 "HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"t\"\r\n\r\n");
      return;
    }
  if (status != 0)
    {
      WriteText (client, "HTTP/1.0 " + std::to_string (status) + " As the test wants\r\n\r\n");
      return;
    }
  GSocketConnection *server =
      Connect (head.substr (start, colon - start), (guint16) std::stoi (head.substr (colon + 1)));
  if (server == nullptr)
    {
      WriteText (client, "HTTP/1.0 502 Nothing there\r\n\r\n");
      return;
    }
  WriteText (client, "HTTP/1.0 200 There you are\r\n\r\n");
  CarryBetween (client, G_IO_STREAM (server));
  g_object_unref (server);
}

bool
TestProxy::AuthenticateSocks (GIOStream *client)
{
  std::string greeting = ReadBytes (client, 2);
  std::string methods = ReadBytes (client, greeting.size () == 2 ? (guchar) greeting[1] : 0);
  char method = password_.empty () ? 0 : 2;

  if (methods.find (method) == std::string::npos)
    {
      WriteText (client, "\x05\xff");
      return false;
    }
  WriteText (client, std::string ("\x05") + method);
  if (method == 0)
    return true;
  ReadBytes (client, 1);
  std::string user = ReadBytes (client, (guchar) ReadBytes (client, 1)[0]);
  std::string password = ReadBytes (client, (guchar) ReadBytes (client, 1)[0]);
  bool is_welcome = user + ":" + password == password_;
  WriteText (client, std::string ("\x01") + (is_welcome ? '\0' : '\1'));
  return is_welcome;
}

void
TestProxy::ServeSocks (GIOStream *client)
{
  if (!AuthenticateSocks (client))
    return;
  std::string request = ReadBytes (client, 4), host;
  if (request.size () < 4)
    return;
  if (request[3] == 3)
    host = ReadBytes (client, (guchar) ReadBytes (client, 1)[0]);
  else
    {
      bool is_ipv4 = request[3] == 1;
      std::string bytes = ReadBytes (client, is_ipv4 ? 4 : 16);
      GInetAddress *address =
          g_inet_address_new_from_bytes (reinterpret_cast<const guint8 *> (bytes.data ()),
                                         is_ipv4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
      char *text = g_inet_address_to_string (address);

      host = text;
      g_free (text);
      g_object_unref (address);
    }
  std::string port = ReadBytes (client, 2);
  GSocketConnection *server = Connect (host, (guint16) ((guchar) port[0] << 8 | (guchar) port[1]));
  /* RFC 1928 section 6: 5 is "Connection refused". */
  WriteText (client, std::string ("\x05") + (server != nullptr ? '\0' : '\5')
                         + std::string ("\0\1\0\0\0\0\0\0", 8));
  if (server == nullptr)
    return;
  CarryBetween (client, G_IO_STREAM (server));
  g_object_unref (server);
}

Tap::Tap (guint16 target)
    : TestServer ([this, target] (GIOStream *client) {
        GSocketClient *onwards = g_socket_client_new ();
        GSocketConnection *server =
            g_socket_client_connect_to_host (onwards, "127.0.0.1", target, nullptr, nullptr);

        g_object_unref (onwards);
        if (server == nullptr)
          return;
        CarryBetween (client, G_IO_STREAM (server),
                      [this] (const char *data, gsize size) { Note (data, size); });
        g_object_unref (server);
      })
{
}

Tap::~Tap ()
{
  Stop ();
}

std::string
Tap::seen ()
{
  std::lock_guard<std::mutex> lock (mutex_);

  return seen_;
}

void
Tap::Note (const char *data, gsize size)
{
  std::lock_guard<std::mutex> lock (mutex_);

  seen_.append (data, size);
}
