// SPDX-License-Identifier: MPL-2.0
// What a C++ program makes of Floe: objects that free themselves, functions for callbacks, and two
// peers that exchange a message.
#include <floe/floe.h>

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace
{

struct Unref
{
  void operator() (gpointer object) const
  {
    g_object_unref (object);
  }
  void operator() (FloeSessionDescription *description) const
  {
    floe_session_description_unref (description);
  }
  void operator() (GError *error) const
  {
    g_error_free (error);
  }
  void operator() (GMainLoop *loop) const
  {
    g_main_loop_unref (loop);
  }
};
template <typename T> using Owned = std::unique_ptr<T, Unref>;

// A function as the handler of a signal: it lives as long as the handler does.
template <typename... Arguments> struct Handler
{
  using Function = std::function<void (Arguments...)>;

  static void Call (gpointer, Arguments... arguments, gpointer function)
  {
    (*static_cast<Function *> (function)) (arguments...);
  }
  static void Free (gpointer function, GClosure *)
  {
    delete static_cast<Function *> (function);
  }
};

template <typename... Arguments>
void
Connect (gpointer object, const char *signal, typename Handler<Arguments...>::Function function)
{
  using Glue = Handler<Arguments...>;

  g_signal_connect_data (object, signal, G_CALLBACK (Glue::Call),
                         new typename Glue::Function (std::move (function)), Glue::Free,
                         static_cast<GConnectFlags> (0));
}

class Peer
{
public:
  explicit Peer (FloeConfiguration *configuration)
  {
    GError *error = nullptr;

    connection_.reset (floe_peer_connection_new (configuration, &error));
    if (connection_ == nullptr)
      {
        Owned<GError> owned (error);
        throw std::string (owned->message);
      }
  }
  ~Peer ()
  {
    floe_peer_connection_close (connection_.get ());
  }
  Peer (const Peer &) = delete;
  Peer &operator= (const Peer &) = delete;

  FloePeerConnection *get () const
  {
    return connection_.get ();
  }

  // Offers, and lets the two tell each other the rest.
  static void Meet (Peer &offerer, Peer &answerer)
  {
    offerer.other_ = &answerer;
    answerer.other_ = &offerer;
    offerer.Trickle ();
    answerer.Trickle ();
    offerer.Describe ();
  }

private:
  void Trickle ()
  {
    Connect<FloeIceCandidate *> (get (), "ice-candidate", [this] (FloeIceCandidate *candidate) {
      floe_peer_connection_add_ice_candidate_async (other_->get (), candidate, nullptr, nullptr,
                                                    nullptr);
    });
  }

  void Describe ()
  {
    floe_peer_connection_set_local_description_async (get (), nullptr, nullptr, OnDescribed, this);
  }

  static void OnDescribed (GObject *, GAsyncResult *result, gpointer data)
  {
    auto *self = static_cast<Peer *> (data);
    GError *error = nullptr;

    if (!floe_peer_connection_set_local_description_finish (self->get (), result, &error))
      {
        Owned<GError> owned (error);
        std::cerr << owned->message << '\n';
        return;
      }
    Owned<FloeSessionDescription> description (
        floe_peer_connection_get_local_description (self->get ()));
    floe_peer_connection_set_remote_description_async (self->other_->get (), description.get (),
                                                       nullptr, nullptr, nullptr);
    if (floe_session_description_get_sdp_type (description.get ()) == FLOE_SDP_TYPE_OFFER)
      self->other_->Describe ();
  }

  Owned<FloePeerConnection> connection_;
  Peer *other_ = nullptr;
};

} // namespace

int
main ()
{
  Owned<GMainLoop> loop (g_main_loop_new (nullptr, FALSE));
  Owned<FloeConfiguration> configuration (floe_configuration_new ());
  std::string heard;

  floe_configuration_set_include_loopback (configuration.get (), TRUE);
  Peer alice (configuration.get ()), bob (configuration.get ());
  Owned<FloeDataChannel> chat (
      floe_peer_connection_create_data_channel (alice.get (), "chat", nullptr, nullptr));
  Connect<> (chat.get (), "open",
             [&chat] { floe_data_channel_send_text (chat.get (), "hello", nullptr); });
  Connect<FloeDataChannel *> (bob.get (), "data-channel", [&] (FloeDataChannel *channel) {
    Connect<const char *> (channel, "message-text", [&] (const char *text) {
      heard = text;
      g_main_loop_quit (loop.get ());
    });
  });
  Peer::Meet (alice, bob);
  g_main_loop_run (loop.get ());
  std::cout << "bob got: " << heard << '\n';
  return heard == "hello" ? 0 : 1;
}
