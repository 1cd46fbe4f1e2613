/* SPDX-License-Identifier: MPL-2.0 */
/* An HTTP (RFC 9110 section 9.3.6) and a SOCKS5 (RFC 1928, RFC 1929) proxy on a loopback port,
 * which note what they are asked for. */
#pragma once

#include "test-server.h"

#include <mutex>
#include <vector>

class TestProxy : public TestServer
{
public:
  enum Kind
  {
    HTTP,
    SOCKS5,
  };

  /* @password: "user:password" that is asked for, or empty. Names end in ".behind" exist only
   * behind it: they are 127.0.0.1. */
  TestProxy (Kind kind, const std::string &password = "");
  ~TestProxy () override;

  /* @password: what the URI has before the @, or empty. */
  std::string Uri (const std::string &password = "") const;
  /* "host:port" of each request that was let through or refused. */
  std::vector<std::string> targets ();
  /* What all requests are answered with, over HTTP, instead of a connection. */
  std::atomic<int> status{ 0 };

private:
  void Serve (GIOStream *client);
  void ServeHttp (GIOStream *client);
  void ServeSocks (GIOStream *client);
  bool AuthenticateSocks (GIOStream *client);
  GSocketConnection *Connect (const std::string &host, guint16 port);

  Kind kind_;
  std::string password_;
  std::mutex mutex_;
  std::vector<std::string> targets_;
};

/* Passes everything on to another port, and notes it. */
class Tap : public TestServer
{
public:
  explicit Tap (guint16 target);
  ~Tap () override;

  /* Both directions, as they came. */
  std::string seen ();

private:
  void Note (const char *data, gsize size);

  std::mutex mutex_;
  std::string seen_;
};
