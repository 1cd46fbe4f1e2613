/* SPDX-License-Identifier: MPL-2.0 */
/* The STUN client on a real UDP or TCP socket of 127.0.0.1, driven by hand. */
#pragma once

#include "floe-stun-client-core-private.h"
#include "floe-turn-codec-private.h"

#include <gio/gio.h>

#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "floe-test.h"

/* What came of a request, for as long as a test wants it. */
struct Outcome
{
  FloeStunResult result;
  bool is_authentic;
  guint error_code;
  gint64 rtt_us;
  std::string error;
  std::vector<guint8> bytes;
  FloeStunMessage response;
};

class StunAsker
{
public:
  using Fill = std::function<void (FloeStunBuilder *)>;

  explicit StunAsker (guint16 server_port, FloeStunCredentials *credentials = nullptr,
                      bool is_stream = false)
      : client_ (floe_stun_client_core_new (8)), credentials_ (credentials), is_stream_ (is_stream)
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any = g_inet_socket_address_new (loopback, 0);

    server_ = g_inet_socket_address_new (loopback, server_port);
    socket_ = g_socket_new (G_SOCKET_FAMILY_IPV4,
                            is_stream ? G_SOCKET_TYPE_STREAM : G_SOCKET_TYPE_DATAGRAM,
                            G_SOCKET_PROTOCOL_DEFAULT, nullptr);
    g_socket_bind (socket_, any, FALSE, nullptr);
    if (is_stream)
      g_socket_connect (socket_, server_, nullptr, nullptr);
    g_socket_set_blocking (socket_, FALSE);
    route_.remote = { { 127, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, server_port };
    g_object_unref (any);
    g_object_unref (loopback);
  }
  ~StunAsker ()
  {
    floe_stun_client_core_free (client_);
    if (credentials_ != nullptr)
      floe_stun_credentials_unref (credentials_);
    g_object_unref (socket_);
    g_object_unref (server_);
  }
  StunAsker (const StunAsker &) = delete;
  StunAsker &operator= (const StunAsker &) = delete;

  guint16 port () const
  {
    GSocketAddress *bound = g_socket_get_local_address (socket_, nullptr);
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

    g_object_unref (bound);
    return port;
  }
  FloeStunAddress address () const
  {
    return { { 127, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, port () };
  }
  /* Requests so far; one that was repeated, as it may be on a busy machine, counts once. */
  guint requests () const
  {
    return (guint) ids_.size ();
  }

  /* Asks, and waits for what comes of it: at most the 5 s that it may take. */
  Outcome Ask (
      guint16 method, const Fill &fill = [] (auto *) {})
  {
    guint8 buffer[512];
    static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = {};
    FloeStunBuilder builder =
        floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST, method, id);
    FloeStunRequest request = {};
    ErrorHolder error;

    fill (&builder);
    floe_stun_builder_add_fingerprint (&builder);
    request.data = buffer;
    request.size = floe_stun_builder_finish (&builder);
    request.to = route_;
    request.credentials = credentials_;
    request.is_reliable = is_stream_;
    request.timing.give_up_us = 5 * G_TIME_SPAN_SECOND;
    EXPECT_NE (floe_stun_client_core_start (client_, g_get_monotonic_time (), &request, error), 0u)
        << error.message ();
    return Run ();
  }

  /* Sends what is no request. */
  void Send (const guint8 *data, gsize size)
  {
    g_socket_send_to (socket_, is_stream_ ? nullptr : server_, (const char *) data, size, nullptr,
                      nullptr);
  }

  void SendTo (guint16 port, const std::string &text)
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *to = g_inet_socket_address_new (loopback, port);

    g_socket_send_to (socket_, to, text.data (), text.size (), nullptr, nullptr);
    g_object_unref (to);
    g_object_unref (loopback);
  }

  /* A datagram that is no response, or nothing after ten seconds. */
  std::vector<guint8> Receive ()
  {
    for (gint64 end_us = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
         others_.empty () && g_get_monotonic_time () < end_us;)
      Wait (end_us);
    if (others_.empty ())
      return {};
    std::vector<guint8> first = others_.front ();
    others_.erase (others_.begin ());
    return first;
  }

private:
  Outcome Run ()
  {
    for (;;)
      {
        FloeStunOutput output;

        while (floe_stun_client_core_poll (client_, &output))
          {
            if (output.type == FLOE_STUN_OUTPUT_DONE)
              return Keep (*output.outcome);
            ids_.insert (std::vector<guint8> (output.data + 8, output.data + 20));
            Send (output.data, output.size);
          }
        Wait (floe_stun_client_core_get_deadline (client_));
        floe_stun_client_core_handle_timeout (client_, g_get_monotonic_time ());
      }
  }

  void Wait (gint64 until_us)
  {
    guint8 buffer[2048];
    gint64 wait_us = MAX (until_us - g_get_monotonic_time (), 0);

    if (!g_socket_condition_timed_wait (socket_, G_IO_IN, wait_us, nullptr, nullptr))
      return;
    gssize size =
        g_socket_receive_from (socket_, nullptr, (char *) buffer, sizeof buffer, nullptr, nullptr);
    if (size <= 0)
      return;
    if (!is_stream_)
      return Take (buffer, (gsize) size);
    stream_.insert (stream_.end (), buffer, buffer + size);
    CutStream ();
  }

  void CutStream ()
  {
    gsize frame_size;

    while (floe_turn_stream_get_frame_size (stream_.data (), stream_.size (), &frame_size)
           && frame_size > 0 && frame_size <= stream_.size ())
      {
        std::vector<guint8> frame (stream_.begin (), stream_.begin () + (gssize) frame_size);

        stream_.erase (stream_.begin (), stream_.begin () + (gssize) frame_size);
        Take (frame.data (), frame.size ());
      }
  }

  void Take (const guint8 *data, gsize size)
  {
    if (!floe_stun_client_core_handle_datagram (client_, g_get_monotonic_time (), &route_, data,
                                                size))
      others_.emplace_back (data, data + size);
  }

  static Outcome Keep (const FloeStunOutcome &outcome)
  {
    Outcome kept{ outcome.result,
                  outcome.is_authentic != FALSE,
                  outcome.error_code,
                  outcome.rtt_us,
                  outcome.error != nullptr ? outcome.error->message : "",
                  {},
                  outcome.response };

    if (outcome.bytes != nullptr)
      {
        gsize size;
        auto *data = (const guint8 *) g_bytes_get_data (outcome.bytes, &size);
        kept.bytes.assign (data, data + size);
      }
    kept.response.data = kept.bytes.data ();
    return kept;
  }

  FloeStunClientCore *client_;
  FloeStunCredentials *credentials_;
  bool is_stream_;
  std::vector<guint8> stream_; /* what has come and is no whole message yet */
  GSocket *socket_;
  GSocketAddress *server_;
  FloeStunRoute route_{};
  std::vector<std::vector<guint8> > others_;
  std::set<std::vector<guint8> > ids_; /* of transactions (RFC 8489 section 5) */
};
