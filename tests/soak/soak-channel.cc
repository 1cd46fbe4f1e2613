/* SPDX-License-Identifier: MPL-2.0 */
#include "soak-channel.h"

#include <string.h>

#include <utility>

#define MAX_SIZE ((gsize) 256 * 1024)

/* One packet: when usrsctp 0.9.5 gives up the last of larger ones, its channel may be closed only
 * when something else is sent; see docs/architecture.md. */
#define MAX_PARTIAL_SIZE ((gsize) 1000)

SoakChannel::SoakChannel (guint number, Random &random, Tally &tally)
    : number_ (number), tally_ (tally), opener_ ((int) random.Below (2)),
      limit_ ((guint16) random.Below (200)),
      reliability_ ((int) random.Below (3)), rules_{ random.Below (2) == 0, reliability_ == 0,
                                                     reliability_ == 0 ? MAX_SIZE
                                                                       : MAX_PARTIAL_SIZE },
      flows_{ Flow (random.Next (), rules_), Flow (random.Next (), rules_) }, sides_{ { this, 0 },
                                                                                      { this, 1 } }
{
  tally.channels++;
}

SoakChannel::~SoakChannel ()
{
  for (int end : { 0, 1 })
    {
      tally_.messages += flows_[end].sent_count ();
      tally_.sent += flows_[end].sent_bytes ();
      tally_.received += flows_[end].received_bytes ();
      if (channel_[end] == nullptr)
        continue;
      g_signal_handlers_disconnect_by_data (channel_[end], &sides_[end]);
      g_object_unref (channel_[end]);
    }
}

void
SoakChannel::Watch (int end, FloeDataChannel *channel)
{
  Side *side = &sides_[end];

  channel_[end] = channel;
  g_signal_connect (channel, "error", G_CALLBACK (+[] (FloeDataChannel *, GError *error, Side *at) {
                      at->self->tally_.faults.push_back (error->message);
                    }),
                    side);
  g_signal_connect (channel, "message-text",
                    G_CALLBACK (+[] (FloeDataChannel *, const char *text, Side *at) {
                      at->self->Take (at->end, text, strlen (text), true);
                    }),
                    side);
  g_signal_connect (channel, "message-bytes",
                    G_CALLBACK (+[] (FloeDataChannel *, GBytes *bytes, Side *at) {
                      gsize size;
                      auto *data = (const char *) g_bytes_get_data (bytes, &size);

                      at->self->Take (at->end, data, size, false);
                    }),
                    side);
  g_signal_connect (
      channel, "close",
      G_CALLBACK (+[] (FloeDataChannel *, Side *at) { at->self->HandleClose (at->end); }), side);
}

void
SoakChannel::Open (FloePeerConnection *pc, const char *label)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  g_autoptr (GError) error = nullptr;
  FloeDataChannel *channel;

  floe_data_channel_init_set_ordered (init, rules_.is_ordered);
  if (reliability_ == 1)
    floe_data_channel_init_set_max_retransmits (init, limit_ % 4);
  else if (reliability_ == 2)
    floe_data_channel_init_set_max_packet_life_time (init, limit_);
  channel = floe_peer_connection_create_data_channel (pc, label, init, &error);
  if (channel == nullptr)
    g_error ("No channel: %s", error->message);
  Watch (opener_, channel);
}

void
SoakChannel::Adopt (int end, FloeDataChannel *channel)
{
  if (end == opener_ || channel_[end] != nullptr)
    {
      tally_.faults.push_back (Format ("channel %u was told of twice", number_));
      return;
    }
  if (floe_data_channel_get_ordered (channel) != rules_.is_ordered)
    tally_.faults.push_back (Format ("channel %u came in another kind", number_));
  Watch (end, FLOE_DATA_CHANNEL (g_object_ref (channel)));
}

void
SoakChannel::Send (int end)
{
  if (channel_[end] != nullptr
      && floe_data_channel_get_ready_state (channel_[end]) == FLOE_DATA_CHANNEL_STATE_OPEN
      && !flows_[end].Send (channel_[end]))
    tally_.faults.push_back (Format ("channel %u is open and did not take a message", number_));
}

void
SoakChannel::Close (int end)
{
  if (channel_[end] == nullptr)
    end = !end;
  if (channel_[end] == nullptr)
    return;
  id_ = MAX (id_, floe_data_channel_get_id (channel_[end]));
  has_called_close_[end] = true;
  floe_data_channel_close (channel_[end]);
}

guint64
SoakChannel::buffered () const
{
  guint64 sum = 0;

  for (FloeDataChannel *channel : channel_)
    sum += channel != nullptr ? floe_data_channel_get_buffered_amount (channel) : 0;
  return sum;
}

void
SoakChannel::Take (int end, const char *data, gsize size, bool is_text)
{
  std::string bytes (data != nullptr ? data : "", size);
  std::string fault;
  Falsehood falsehood = std::exchange (falsehood_, FALSEHOOD_NONE);

  if (falsehood == FALSEHOOD_LOST)
    return;
  if (falsehood == FALSEHOOD_OTHER_BYTE && size > 0)
    bytes[size / 2] ^= 1;
  fault = flows_[!end].Take (bytes.data (), size, is_text);
  if (falsehood == FALSEHOOD_TWICE)
    fault = flows_[!end].Take (bytes.data (), size, is_text);
  if (!fault.empty ())
    tally_.faults.push_back (Format ("channel %u, to end %d: %s", number_, end, fault.c_str ()));
}

/* Closing sends what is queued first (RFC 8831 section 6.7), so all that a reliable channel was
 * given has arrived, unless this end has closed it too and so takes no messages any more. */
void
SoakChannel::HandleClose (int end)
{
  id_ = MAX (id_, floe_data_channel_get_id (channel_[end]));
  if (is_closed_[end])
    tally_.faults.push_back (Format ("channel %u was closed twice", number_));
  is_closed_[end] = true;
  if (rules_.is_reliable && !has_called_close_[end] && flows_[!end].missing () > 0)
    tally_.faults.push_back (Format (
        "channel %u (id %d, %s), to end %d, which did not close it: %zu of %u messages have not "
        "arrived; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes have",
        number_, id_, rules_.is_ordered ? "ordered" : "unordered", end, flows_[!end].missing (),
        flows_[!end].sent_count (), flows_[!end].received_bytes (), flows_[!end].sent_bytes ()));
}
