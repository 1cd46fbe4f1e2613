/* SPDX-License-Identifier: MPL-2.0 */
/* Two SCTP engines back to back: packets go through queues that may lose and reorder them by a
 * seeded generator, time passes only when the test says so. */
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "floe-sctp-engine-private.h"
#include "floe-sctp-runtime-private.h"
#include "floe-test.h"

using Packet = std::vector<guint8>;

inline FloeSctpConfig
DefaultSctpConfig ()
{
  FloeSctpConfig config = {};
  config.local_port = config.remote_port = 5000;
  config.max_channels = 1024;
  config.mtu = 1200;
  config.max_message_size = 256 * 1024;
  config.send_buffer_size = 1024 * 1024;
  config.receive_buffer_size = 1024 * 1024;
  return config;
}

struct SctpMessage
{
  guint16 stream;
  guint32 ppid;
  std::string data;
};

/* One engine and everything that it said. */
class SctpEnd
{
public:
  explicit SctpEnd (const FloeSctpConfig &config = DefaultSctpConfig ()) : config_ (config)
  {
    static const FloeSctpCallbacks callbacks = {
      [] (const guint8 *packet, gsize size, gpointer self) {
        static_cast<SctpEnd *> (self)->HandleOutput (packet, size);
      },
      [] (FloeSctpState state, gpointer self) {
        static_cast<SctpEnd *> (self)->HandleState (state);
      },
      [] (guint16 stream, guint32 ppid, GBytes *bytes, gpointer self) {
        static_cast<SctpEnd *> (self)->HandleMessage (stream, ppid, bytes);
      },
      [] (const guint16 *streams, gsize count, gpointer self) {
        auto *end = static_cast<SctpEnd *> (self);
        end->incoming_resets.insert (end->incoming_resets.end (), streams, streams + count);
        if (end->on_incoming_reset)
          end->on_incoming_reset (streams, count);
      },
      [] (const guint16 *streams, gsize count, gboolean is_done, gpointer self) {
        auto *end = static_cast<SctpEnd *> (self);
        auto &list = is_done ? end->outgoing_resets : end->refused_resets;
        list.insert (list.end (), streams, streams + count);
        if (end->on_outgoing_reset)
          end->on_outgoing_reset (streams, count, is_done);
      },
      [] (gpointer self) {
        auto *end = static_cast<SctpEnd *> (self);
        end->writable_count++;
        if (end->on_writable)
          end->on_writable ();
      },
      [] (guint64 nonce, gpointer self) {
        static_cast<SctpEnd *> (self)->answered.push_back (nonce);
      },
    };
    engine = floe_sctp_engine_new (&config, &callbacks, this);
  }

  ~SctpEnd ()
  {
    Free ();
  }

  void Free ()
  {
    g_clear_pointer (&engine, floe_sctp_engine_free);
  }

  FloeSctpSendResult Send (guint16 stream, const std::string &data, guint32 ppid = 51,
                           bool is_unordered = false, int max_retransmits = -1, int life_ms = -1)
  {
    FloeSctpSendInfo info = { stream, ppid, is_unordered, max_retransmits, life_ms };
    return floe_sctp_engine_send (engine, &info, reinterpret_cast<const guint8 *> (data.data ()),
                                  data.size ());
  }

  void Input (const Packet &packet)
  {
    floe_sctp_engine_handle_packet (engine, packet.data (), packet.size ());
  }

  FloeSctpState State () const
  {
    return floe_sctp_engine_get_state (engine);
  }

  FloeSctpEngine *engine = nullptr;
  std::deque<Packet> sent;
  std::vector<FloeSctpState> states;
  std::vector<SctpMessage> messages;
  std::vector<guint16> incoming_resets, outgoing_resets, refused_resets;
  std::vector<guint64> answered;
  guint writable_count = 0;
  gsize largest = 0;
  std::function<void (FloeSctpState)> on_state;
  std::function<void (guint16, guint32, GBytes *)> on_message;
  std::function<void (const guint16 *, gsize)> on_incoming_reset;
  std::function<void (const guint16 *, gsize, gboolean)> on_outgoing_reset;
  std::function<void ()> on_writable;

private:
  void HandleOutput (const guint8 *packet, gsize size)
  {
    sent.emplace_back (packet, packet + size);
    largest = std::max (largest, size);
  }

  void HandleState (FloeSctpState state)
  {
    states.push_back (state);
    if (on_state)
      on_state (state);
  }

  void HandleMessage (guint16 stream, guint32 ppid, GBytes *bytes)
  {
    gsize size;
    auto *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));

    if (on_message)
      on_message (stream, ppid, bytes);
    else
      messages.push_back ({ stream, ppid, std::string (data, size) });
    g_bytes_unref (bytes);
  }

  FloeSctpConfig config_;
};

class SctpPair
{
public:
  explicit SctpPair (const FloeSctpConfig &config = DefaultSctpConfig ()) : a (config), b (config)
  {
  }

  SctpPair (const FloeSctpConfig &a_config, const FloeSctpConfig &b_config)
      : a (a_config), b (b_config)
  {
  }

  void Connect ()
  {
    floe_sctp_engine_connect (a.engine);
    floe_sctp_engine_connect (b.engine);
    Settle ();
    ASSERT_EQ (a.State (), FLOE_SCTP_CONNECTED);
    ASSERT_EQ (b.State (), FLOE_SCTP_CONNECTED);
  }

  /* Carries packets until none is left. */
  void Settle ()
  {
    while (Carry (a, b) || Carry (b, a))
      ;
  }

  /* Lets time pass in steps of 10 ms, as the network would. */
  void Run (guint ms)
  {
    for (guint passed = 0; passed < ms; passed += 10)
      {
        Settle ();
        floe_sctp_runtime_advance (10);
      }
    Settle ();
  }

  bool RunUntil (const std::function<bool ()> &is_done, guint max_ms = 60000)
  {
    for (guint passed = 0; passed < max_ms; passed += 10)
      {
        Settle ();
        if (is_done ())
          return true;
        floe_sctp_runtime_advance (10);
      }
    return is_done ();
  }

  SctpEnd a, b;
  guint loss_percent = 0;
  guint swap_percent = 0;
  std::mt19937 random{ 1 };

private:
  bool Carry (SctpEnd &from, SctpEnd &to)
  {
    if (from.sent.empty ())
      return false;
    Packet packet = std::move (from.sent.front ());
    from.sent.pop_front ();
    if (random () % 100 < loss_percent)
      return true;
    if (random () % 100 < swap_percent && !from.sent.empty ())
      {
        from.sent.insert (from.sent.begin () + std::min<gsize> (3, from.sent.size ()), packet);
        return true;
      }
    if (to.engine != nullptr)
      to.Input (packet);
    return true;
  }
};

/* Bytes that tell where they are from. */
inline std::string
Pattern (gsize size, guint seed = 0)
{
  std::string text (size, '\0');

  for (gsize i = 0; i < size; i++)
    text[i] = static_cast<char> ((31 * (i + seed) + 7 + (i >> 8)) & 0xff);
  return text;
}
