/* SPDX-License-Identifier: MPL-2.0 */
/* Two SCTP engines far from each other, in the time of the test: a link with a delay, and if so
 * wanted with a bandwidth, a queue that drops what it has no room for, losses, and a receiver that
 * looks at its socket only now and then. */
#pragma once

#include <cmath>

#include "floe-sctp-pair.h"

class SctpLink
{
public:
  explicit SctpLink (const FloeSctpConfig &config = DefaultSctpConfig ()) : a (config), b (config)
  {
    b.on_message = [this] (guint16, guint32, GBytes *bytes) {
      received += g_bytes_get_size (bytes);
    };
    floe_sctp_engine_connect (a.engine);
    floe_sctp_engine_connect (b.engine);
  }

  /* Lets time pass, millisecond by millisecond. */
  void Run (guint ms)
  {
    for (guint passed = 0; passed < ms; passed++)
      {
        TakeFromA ();
        TakeFromB ();
        GiveToB ();
        if (std::fmod (now_ms, a_looks_every_ms) == 0)
          for (; !to_a_.empty () && to_a_.begin ()->first <= now_ms; to_a_.erase (to_a_.begin ()))
            a.Input (to_a_.begin ()->second);
        floe_sctp_runtime_advance (1);
        now_ms++;
      }
  }

  /* @a sends all the time what the buffer of @most bytes takes. Returns what @b got. */
  gsize Transfer (guint ms, gsize most = G_MAXSIZE)
  {
    static const std::string message = Pattern (16000);
    gsize before = received;

    for (guint passed = 0; passed < ms; passed++)
      {
        while (floe_sctp_engine_get_buffered (a.engine) < most
               && a.Send (0, message) == FLOE_SCTP_SENT)
          ;
        Run (1);
      }
    return received - before;
  }

  SctpEnd a, b;
  double now_ms = 0;
  double delay_ms = 60;       /* each way; what is sent after a change may overtake */
  double rate = 0;            /* from @a to @b, bytes per millisecond; 0: no limit */
  double queue_ms = 0;        /* the longest that a packet waits for its turn */
  double loss_percent = 0;    /* in each direction */
  gsize room = 0;             /* packets that fit into the socket of @b; 0: no limit */
  guint b_looks_every_ms = 1; /* on average */
  guint a_looks_every_ms = 1;
  gsize received = 0; /* bytes of messages */
  gsize sent = 0;     /* packets of @a */
  gsize most = 0;     /* of them in one millisecond */
  gsize repeated = 0; /* of them with data that was sent before */
  gsize dropped = 0;  /* by the queue and the socket */
  std::mt19937 random{ 1 };

private:
  using Way = std::multimap<double, Packet>;

  bool IsLost ()
  {
    return loss_percent > 0 && random () % 100000 < loss_percent * 1000;
  }

  void Count (const Packet &packet)
  {
    guint32 tsn;

    if (packet[12] != 0)
      return;
    tsn = (guint32) packet[16] << 24 | (guint32) packet[17] << 16 | (guint32) packet[18] << 8
          | packet[19];
    if (has_tsn_ && (gint32) (tsn - last_tsn_) <= 0)
      repeated++;
    else
      last_tsn_ = tsn;
    has_tsn_ = true;
  }

  void TakeFromA ()
  {
    sent += a.sent.size ();
    most = std::max (most, a.sent.size ());
    for (auto &packet : a.sent)
      {
        Count (packet);
        if (IsLost ())
          continue;
        busy_until_ms_ = std::max (busy_until_ms_, now_ms);
        if (rate > 0 && busy_until_ms_ - now_ms > queue_ms)
          {
            dropped++;
            continue;
          }
        if (rate > 0)
          busy_until_ms_ += (packet.size () + LOWER_HEADERS) / rate;
        to_b_.emplace (busy_until_ms_ + delay_ms, std::move (packet));
      }
    a.sent.clear ();
  }

  void TakeFromB ()
  {
    for (auto &packet : b.sent)
      if (!IsLost ())
        to_a_.emplace (now_ms + delay_ms, std::move (packet));
    b.sent.clear ();
  }

  void GiveToB ()
  {
    for (; !to_b_.empty () && to_b_.begin ()->first <= now_ms; to_b_.erase (to_b_.begin ()))
      if (room > 0 && socket_.size () >= room)
        dropped++;
      else
        socket_.push_back (std::move (to_b_.begin ()->second));
    if (now_ms < look_ms_)
      return;
    for (const auto &packet : socket_)
      b.Input (packet);
    socket_.clear ();
    look_ms_ = now_ms + 1;
    if (b_looks_every_ms > 1)
      look_ms_ += random () % (2 * b_looks_every_ms - 1);
  }

  /* DTLS, UDP and IP */
  static constexpr gsize LOWER_HEADERS = 65;

  Way to_a_, to_b_;
  std::vector<Packet> socket_;
  double busy_until_ms_ = 0, look_ms_ = 0;
  guint32 last_tsn_ = 0;
  bool has_tsn_ = false;
};
