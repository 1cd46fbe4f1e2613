/* SPDX-License-Identifier: MPL-2.0 */
/* Two connections in one process, and signalling between them, through the public API alone. */
#pragma once

#include <floe/floe.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "floe-test.h"

/* Iterates the default context until @done says so; FALSE after @seconds. */
inline bool
RunUntil (const std::function<bool ()> &done, double seconds = 10)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  GSource *waker = g_timeout_source_new (5);

  g_source_set_callback (
      waker, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr, nullptr);
  g_source_attach (waker, nullptr);
  while (!done () && g_get_monotonic_time () < deadline)
    g_main_context_iteration (nullptr, TRUE);
  g_source_destroy (waker);
  g_source_unref (waker);
  return done ();
}

/* Lets the main loop run for a while. */
inline void
RunFor (double seconds)
{
  RunUntil ([] { return false; }, seconds);
}

/* What the process has in memory, in KiB. */
inline long
ResidentKib ()
{
  g_autofree char *text = nullptr;

  if (!g_file_get_contents ("/proc/self/statm", &text, nullptr, nullptr))
    return 0;
  return atol (strchr (text, ' ')) * (sysconf (_SC_PAGESIZE) / 1024);
}

inline GBytes *
MakePattern (gsize size)
{
  std::vector<guint8> data (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (31 * i + 7);
  return g_bytes_new (data.data (), size);
}

/* Records all that a channel says. */
class Channel
{
public:
  explicit Channel (FloeDataChannel *channel) : channel_ (channel)
  {
    g_signal_connect (channel, "open", G_CALLBACK (+[] (FloeDataChannel *, Channel *self) {
                        self->events.push_back ("open");
                      }),
                      this);
    g_signal_connect (channel, "message-text",
                      G_CALLBACK (+[] (FloeDataChannel *, const char *text, Channel *self) {
                        self->texts.push_back (text);
                      }),
                      this);
    g_signal_connect (channel, "message-bytes",
                      G_CALLBACK (+[] (FloeDataChannel *, GBytes *bytes, Channel *self) {
                        gsize size;
                        auto data = (const char *) g_bytes_get_data (bytes, &size);
                        self->bytes.push_back (std::string (data != nullptr ? data : "", size));
                      }),
                      this);
    g_signal_connect (channel, "buffered-amount-low",
                      G_CALLBACK (+[] (FloeDataChannel *, Channel *self) { self->low_count++; }),
                      this);
    g_signal_connect (channel, "closing", G_CALLBACK (+[] (FloeDataChannel *, Channel *self) {
                        self->events.push_back ("closing");
                      }),
                      this);
    g_signal_connect (channel, "close", G_CALLBACK (+[] (FloeDataChannel *, Channel *self) {
                        self->events.push_back ("close");
                      }),
                      this);
    g_signal_connect (channel, "error",
                      G_CALLBACK (+[] (FloeDataChannel *, GError *error, Channel *self) {
                        self->events.push_back (std::string ("error ")
                                                + floe_error_get_name ((FloeError) error->code));
                      }),
                      this);
  }
  ~Channel ()
  {
    g_signal_handlers_disconnect_by_data (channel_, this);
    g_object_unref (channel_);
  }
  Channel (const Channel &) = delete;

  FloeDataChannel *get () const
  {
    return channel_;
  }
  FloeDataChannelState state () const
  {
    return floe_data_channel_get_ready_state (channel_);
  }
  bool is_open () const
  {
    return state () == FLOE_DATA_CHANNEL_STATE_OPEN;
  }
  bool is_closed () const
  {
    return state () == FLOE_DATA_CHANNEL_STATE_CLOSED;
  }
  bool SendPattern (gsize size, GError **error = nullptr)
  {
    g_autoptr (GBytes) bytes = MakePattern (size);

    return floe_data_channel_send_bytes (channel_, bytes, error);
  }
  bool SendText (const char *text, GError **error = nullptr)
  {
    return floe_data_channel_send_text (channel_, text, error);
  }

  std::vector<std::string> events;
  std::vector<std::string> texts;
  std::vector<std::string> bytes;
  int low_count = 0;

private:
  FloeDataChannel *channel_; /* (owned) */
};

/* One end: a connection that records its signals and hands what it must to the other end. */
class Peer
{
public:
  explicit Peer (FloeConfiguration *configuration = nullptr)
  {
    g_autoptr (FloeConfiguration) loopback = nullptr;
    ErrorHolder error;

    if (configuration == nullptr)
      {
        configuration = loopback = floe_configuration_new ();
        floe_configuration_set_include_loopback (configuration, TRUE);
      }
    pc = floe_peer_connection_new (configuration, error);
    EXPECT_NE (pc, nullptr) << error.message ();
    Watch ();
  }
  ~Peer ()
  {
    for (auto *candidate : kept)
      floe_ice_candidate_unref (candidate);
    if (pc == nullptr)
      return;
    g_signal_handlers_disconnect_by_data (pc, this);
    g_object_unref (pc);
  }
  Peer (const Peer &) = delete;

  std::unique_ptr<Channel> CreateChannel (const char *label,
                                          const FloeDataChannelInit *init = nullptr)
  {
    ErrorHolder error;
    FloeDataChannel *channel = floe_peer_connection_create_data_channel (pc, label, init, error);

    EXPECT_NE (channel, nullptr) << error.message ();
    return std::make_unique<Channel> (channel);
  }
  Channel *Incoming (gsize index = 0) const
  {
    return index < incoming.size () ? incoming[index].get () : nullptr;
  }
  FloePeerConnectionState state () const
  {
    return floe_peer_connection_get_connection_state (pc);
  }
  bool is_connected () const
  {
    return state () == FLOE_PEER_CONNECTION_STATE_CONNECTED;
  }

  /* Runs the call to its end; "" or the error's name. */
  std::string SetLocal (FloeSessionDescription *description = nullptr);
  std::string SetRemote (FloeSessionDescription *description);
  std::string AddCandidate (FloeIceCandidate *candidate);

  FloePeerConnection *pc;
  Peer *other = nullptr;                /* where candidates go as they come; null: they are kept */
  std::vector<FloeIceCandidate *> kept; /* (owned) */
  std::vector<std::unique_ptr<Channel> > incoming;
  std::vector<std::string> states; /* of the connection, as notified */
  int negotiation_needed_count = 0;
  bool is_gathering_done = false;

private:
  void Watch ();
};

inline void
Peer::Watch ()
{
  g_signal_connect (
      pc, "ice-candidate",
      G_CALLBACK (+[] (FloePeerConnection *, FloeIceCandidate *candidate, Peer *self) {
        if (candidate == nullptr)
          self->is_gathering_done = true;
        if (self->other != nullptr)
          floe_peer_connection_add_ice_candidate_async (self->other->pc, candidate, nullptr,
                                                        nullptr, nullptr);
        else if (candidate != nullptr)
          self->kept.push_back (floe_ice_candidate_ref (candidate));
      }),
      this);
  g_signal_connect (pc, "data-channel",
                    G_CALLBACK (+[] (FloePeerConnection *, FloeDataChannel *channel, Peer *self) {
                      self->incoming.push_back (
                          std::make_unique<Channel> (FLOE_DATA_CHANNEL (g_object_ref (channel))));
                    }),
                    this);
  g_signal_connect (pc, "negotiation-needed", G_CALLBACK (+[] (FloePeerConnection *, Peer *self) {
                      self->negotiation_needed_count++;
                    }),
                    this);
  g_signal_connect (pc, "notify::connection-state",
                    G_CALLBACK (+[] (FloePeerConnection *, GParamSpec *, Peer *self) {
                      g_autoptr (GEnumClass) names =
                          (GEnumClass *) g_type_class_ref (FLOE_TYPE_PEER_CONNECTION_STATE);

                      self->states.push_back (g_enum_get_value (names, self->state ())->value_nick);
                    }),
                    this);
}

/* The result of one asynchronous call. */
struct Outcome
{
  bool is_done = false;
  std::string error; /* the error's name, "" for success */

  void Fill (GError *failure)
  {
    is_done = true;
    if (failure == nullptr)
      return;
    error = failure->domain == FLOE_ERROR ? floe_error_get_name ((FloeError) failure->code)
                                          : failure->message;
    g_error_free (failure);
  }
};

template <gboolean (*Finish) (FloePeerConnection *, GAsyncResult *, GError **)>
inline void
FillOutcome (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  Finish (FLOE_PEER_CONNECTION (source), result, &error);
  ((Outcome *) user_data)->Fill (error);
}

inline std::string
Peer::SetLocal (FloeSessionDescription *description)
{
  Outcome outcome;

  floe_peer_connection_set_local_description_async (
      pc, description, nullptr, FillOutcome<floe_peer_connection_set_local_description_finish>,
      &outcome);
  EXPECT_FALSE (outcome.is_done) << "The callback ran inside the call";
  RunUntil ([&] { return outcome.is_done; });
  return outcome.is_done ? outcome.error : "(never ended)";
}

inline std::string
Peer::SetRemote (FloeSessionDescription *description)
{
  Outcome outcome;

  floe_peer_connection_set_remote_description_async (
      pc, description, nullptr, FillOutcome<floe_peer_connection_set_remote_description_finish>,
      &outcome);
  EXPECT_FALSE (outcome.is_done) << "The callback ran inside the call";
  RunUntil ([&] { return outcome.is_done; });
  return outcome.is_done ? outcome.error : "(never ended)";
}

inline std::string
Peer::AddCandidate (FloeIceCandidate *candidate)
{
  Outcome outcome;

  floe_peer_connection_add_ice_candidate_async (
      pc, candidate, nullptr, FillOutcome<floe_peer_connection_add_ice_candidate_finish>, &outcome);
  RunUntil ([&] { return outcome.is_done; });
  return outcome.is_done ? outcome.error : "(never ended)";
}

/* A description with its text changed. */
using Edit = std::function<std::string (std::string)>;

inline FloeSessionDescription *
EditDescription (FloeSessionDescription *description, const Edit &edit)
{
  std::string sdp = floe_session_description_get_sdp (description);

  return floe_session_description_new (floe_session_description_get_sdp_type (description),
                                       edit (sdp).c_str ());
}

/* Offer and answer; candidates trickle. @edit_offer and @edit_answer change what the other sees. */
inline void
Negotiate (Peer &offerer, Peer &answerer, const Edit &edit_offer = {}, const Edit &edit_answer = {})
{
  offerer.other = &answerer;
  answerer.other = &offerer;
  ASSERT_EQ (offerer.SetLocal (), "");
  {
    g_autoptr (FloeSessionDescription) local =
        floe_peer_connection_get_local_description (offerer.pc);
    g_autoptr (FloeSessionDescription) offer =
        edit_offer ? EditDescription (local, edit_offer) : floe_session_description_ref (local);
    ASSERT_EQ (answerer.SetRemote (offer), "");
  }
  ASSERT_EQ (answerer.SetLocal (), "");
  g_autoptr (FloeSessionDescription) local =
      floe_peer_connection_get_local_description (answerer.pc);
  g_autoptr (FloeSessionDescription) answer =
      edit_answer ? EditDescription (local, edit_answer) : floe_session_description_ref (local);
  ASSERT_EQ (offerer.SetRemote (answer), "");
}

/* Two connected peers with one open channel, what most tests begin with. */
class PeerPairTest : public testing::Test
{
protected:
  void Connect (const FloeDataChannelInit *init = nullptr)
  {
    channel = alice.CreateChannel ("test", init);
    Negotiate (alice, bob);
    ASSERT_TRUE (RunUntil ([&] { return channel->is_open () && bob.Incoming () != nullptr; }));
    peer_channel = bob.Incoming ();
  }

  Peer alice;
  Peer bob;
  std::unique_ptr<Channel> channel;
  Channel *peer_channel = nullptr;
};
