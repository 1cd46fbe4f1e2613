/* SPDX-License-Identifier: MPL-2.0 */
/* A server on a loopback port with a thread a connection, so that it can be written as one reads
 * it. What it does with a connection is a function; it ends when the connection does. */
#pragma once

#include <gio/gio.h>

#include <atomic>
#include <functional>
#include <string>

class TestServer
{
public:
  /* In a thread of its own; the connection is closed after it. */
  using Handler = std::function<void (GIOStream *)>;

  explicit TestServer (Handler handler, GSocketFamily family = G_SOCKET_FAMILY_IPV4);
  /* With TLS. @certificate: (transfer full). */
  TestServer (Handler handler, GTlsCertificate *certificate,
              GSocketFamily family = G_SOCKET_FAMILY_IPV4);
  virtual ~TestServer ();
  TestServer (const TestServer &) = delete;
  TestServer &operator= (const TestServer &) = delete;

  guint16 port () const
  {
    return port_;
  }
  guint connection_count () const
  {
    return connection_count_;
  }
  /* Threads whose connection has not ended. */
  guint open_count () const
  {
    return open_count_;
  }
  bool HasServed (guint count) const
  {
    return connection_count_ >= count && open_count_ == 0;
  }

  /* Sends back what comes, until the other side has finished. */
  static void Echo (GIOStream *stream);

protected:
  /* Waits for what runs; derived classes call it before their members go. */
  void Stop ();

private:
  static gboolean OnIncoming (GSocketService *service, GSocketConnection *connection,
                              GObject *source, gpointer user_data);
  static gboolean OnRun (GThreadedSocketService *service, GSocketConnection *connection,
                         GObject *source, gpointer user_data);
  void Serve (GSocketConnection *connection);

  Handler handler_;
  GTlsCertificate *certificate_ = nullptr;
  GSocketService *service_ = nullptr;
  GCancellable *stopped_;
  guint16 port_ = 0;
  std::atomic<guint> connection_count_{ 0 };
  std::atomic<guint> open_count_{ 0 };
};

using CarriedFunc = std::function<void (const char *data, gsize size)>;

/* Both directions, until both have ended. @carried hears what passes, in two threads. */
void CarryBetween (GIOStream *a, GIOStream *b, const CarriedFunc &carried = nullptr);

/* Reads until @end has come, byte by byte; what came before the stream ended if it has not. */
std::string ReadUntil (GIOStream *stream, const std::string &end);
/* Exactly @size bytes, or fewer at the end of the stream. */
std::string ReadBytes (GIOStream *stream, gsize size);
bool WriteText (GIOStream *stream, const std::string &text);
