/* SPDX-License-Identifier: MPL-2.0 */
/* Two channel sets over two SCTP engines in one process. */
#pragma once

#include "floe-channel-set-private.h"
#include "sctp/floe-sctp-pair.h"

struct ChannelMessage
{
  bool is_text;
  std::string data;
};

/* What became of one channel. */
struct ChannelRecord
{
  bool is_incoming = false, is_open = false, is_closing = false, is_closed = false;
  int id = -1;
  int error_code = -1;
  std::string label, protocol;
  bool is_ordered = true;
  int max_retransmits = -1, max_packet_life_time = -1;
  std::vector<ChannelMessage> messages;
  gsize sent = 0;
};

class ChannelSide
{
public:
  ChannelSide (SctpEnd &end, guint max_channels) : end_ (end)
  {
    static const FloeChannelEvents events = {
      [] (guint32 key, const FloeChannelInfo *info, gpointer self) {
        static_cast<ChannelSide *> (self)->HandleIncoming (key, info);
      },
      [] (guint32 key, guint16 id, gpointer self) {
        auto *side = static_cast<ChannelSide *> (self);
        EXPECT_FALSE (side->channels[key].is_open);
        side->channels[key].is_open = true;
        side->channels[key].id = id;
        side->opened_order.push_back (key);
        if (side->on_opened)
          side->on_opened (key);
      },
      [] (guint32 key, gboolean is_text, GBytes *bytes, gpointer self) {
        static_cast<ChannelSide *> (self)->HandleMessage (key, is_text, bytes);
      },
      [] (guint32 key, gsize size, gpointer self) {
        static_cast<ChannelSide *> (self)->channels[key].sent += size;
      },
      [] (guint32 key, gpointer self) {
        auto *side = static_cast<ChannelSide *> (self);
        EXPECT_FALSE (side->channels[key].is_closed);
        side->channels[key].is_closing = true;
        if (side->on_closing)
          side->on_closing (key);
      },
      [] (guint32 key, const GError *error, gpointer self) {
        auto *side = static_cast<ChannelSide *> (self);
        EXPECT_FALSE (side->channels[key].is_closed);
        side->channels[key].is_closed = true;
        side->channels[key].error_code = error != nullptr ? error->code : -1;
        if (side->on_closed)
          side->on_closed (key);
      },
    };
    set = floe_channel_set_new (max_channels, &events, this);
    Attach ();
  }

  ~ChannelSide ()
  {
    floe_channel_set_free (set);
  }

  /* As the stack does it. */
  void Attach ()
  {
    end_.on_message = [this] (guint16 stream, guint32 ppid, GBytes *bytes) {
      floe_channel_set_handle_message (set, stream, ppid, g_bytes_ref (bytes));
    };
    end_.on_incoming_reset = [this] (const guint16 *streams, gsize count) {
      floe_channel_set_handle_incoming_reset (set, streams, count);
    };
    end_.on_outgoing_reset = [this] (const guint16 *streams, gsize count, gboolean is_done) {
      floe_channel_set_handle_outgoing_reset (set, streams, count, is_done);
    };
    end_.on_writable = [this] { floe_channel_set_handle_writable (set); };
    end_.on_state = [this] (FloeSctpState state) {
      floe_channel_set_set_engine (set, state == FLOE_SCTP_CONNECTED ? end_.engine : nullptr,
                                   nullptr);
    };
  }

  guint32 Open (const std::string &label = "", const FloeChannelInfo *options = nullptr)
  {
    FloeChannelInfo info = {};
    if (options != nullptr)
      info = *options;
    else
      {
        info.is_ordered = TRUE;
        info.max_retransmits = info.max_packet_life_time = info.id = -1;
      }
    info.label = const_cast<char *> (label.c_str ());
    if (info.protocol == nullptr)
      info.protocol = const_cast<char *> ("");
    last_key_ += 2;
    floe_channel_set_open (set, last_key_, &info);
    return last_key_;
  }

  void Send (guint32 key, const std::string &data, bool is_text = true)
  {
    GBytes *bytes = g_bytes_new (data.data (), data.size ());
    floe_channel_set_send (set, key, is_text, bytes);
    g_bytes_unref (bytes);
  }

  void Close (guint32 key)
  {
    floe_channel_set_close (set, key);
  }

  /* The key of the channel on @id. */
  guint32 Find (int id)
  {
    for (auto &[key, record] : channels)
      if (record.id == id && !record.is_closed)
        return key;
    return 0;
  }

  FloeChannelSet *set;
  std::map<guint32, ChannelRecord> channels;
  std::vector<guint32> opened_order;
  bool is_consuming = true;
  std::function<void (guint32)> on_opened, on_closing, on_closed, on_incoming;
  std::function<void (guint32, const std::string &)> on_message;

private:
  void HandleIncoming (guint32 key, const FloeChannelInfo *info)
  {
    ChannelRecord &record = channels[key];

    EXPECT_EQ (key % 2, 0u);
    record.is_incoming = true;
    record.label = info->label;
    record.protocol = info->protocol;
    record.is_ordered = info->is_ordered;
    record.max_retransmits = info->max_retransmits;
    record.max_packet_life_time = info->max_packet_life_time;
    record.id = info->id;
    if (on_incoming)
      on_incoming (key);
  }

  void HandleMessage (guint32 key, gboolean is_text, GBytes *bytes)
  {
    gsize size;
    auto *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));
    std::string copy (data != nullptr ? data : "", size);

    EXPECT_TRUE (channels[key].is_open);
    EXPECT_FALSE (channels[key].is_closed);
    channels[key].messages.push_back ({ is_text != FALSE, copy });
    g_bytes_unref (bytes);
    if (is_consuming)
      floe_channel_set_handle_consumed (set, key, size + FLOE_MESSAGE_OVERHEAD);
    if (on_message)
      on_message (key, copy);
  }

  SctpEnd &end_;
  guint32 last_key_ = G_MAXUINT32; /* the first is 1 */
};

/* a is the DTLS client. */
class ChannelPair
{
public:
  explicit ChannelPair (const FloeSctpConfig &config = DefaultSctpConfig ())
      : sctp (config), a (sctp.a, config.max_channels), b (sctp.b, config.max_channels)
  {
  }

  void Connect ()
  {
    floe_channel_set_set_role (a.set, TRUE);
    floe_channel_set_set_role (b.set, FALSE);
    sctp.Connect ();
  }

  SctpPair sctp;
  ChannelSide a, b;
};
