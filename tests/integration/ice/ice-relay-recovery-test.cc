/* SPDX-License-Identifier: MPL-2.0 */
/* Relays that come after all, or have to be replaced by others. */
#include "coturn.h"
#include "ice-peer.h"

#include <map>
#include <memory>

G_BEGIN_DECLS
#include "floe-stun-attributes-private.h"
G_END_DECLS

/* Stands before a TURN server and answers the first request itself, with an error. */
class FlakyServer
{
public:
  FlakyServer (GMainContext *context, guint16 server_port, guint code)
      : context_ (context), code_ (code)
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

    server_ = g_inet_socket_address_new (loopback, server_port);
    g_object_unref (loopback);
    front_ = Open (nullptr);
    GSocketAddress *bound = g_socket_get_local_address (front_, nullptr);
    url = "turn:127.0.0.1:"
          + std::to_string (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
    g_object_unref (bound);
  }
  ~FlakyServer ()
  {
    for (GSource *source : sources_)
      {
        g_source_destroy (source);
        g_source_unref (source);
      }
    for (auto &client : clients_)
      {
        g_object_unref (client.second.back);
        g_object_unref (client.second.address);
      }
    g_object_unref (front_);
    g_object_unref (server_);
  }
  FlakyServer (const FlakyServer &) = delete;

  std::string url;
  guint refused_count = 0;

private:
  struct Client
  {
    GSocketAddress *address;
    GSocket *back; /* towards the server */
  };

  GSocket *Open (GSocketAddress *peer)
  {
    GSocket *socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any = g_inet_socket_address_new (loopback, 0);
    GSource *source;

    g_socket_set_blocking (socket, FALSE);
    g_socket_bind (socket, any, FALSE, nullptr);
    if (peer != nullptr)
      g_socket_connect (socket, peer, nullptr, nullptr);
    source = g_socket_create_source (socket, G_IO_IN, nullptr);
    g_source_set_callback (source, G_SOURCE_FUNC (OnReadable), this, nullptr);
    g_source_attach (source, context_);
    sources_.push_back (source);
    g_object_unref (any);
    g_object_unref (loopback);
    return socket;
  }

  static gboolean OnReadable (GSocket *socket, GIOCondition, gpointer data)
  {
    FlakyServer *self = static_cast<FlakyServer *> (data);
    GSocketAddress *from = nullptr;
    char datagram[2048];
    gssize size =
        g_socket_receive_from (socket, &from, datagram, sizeof datagram, nullptr, nullptr);

    if (size > 0 && socket == self->front_)
      self->TakeRequest (from, datagram, (gsize) size);
    else if (size > 0)
      self->TakeResponse (socket, datagram, (gsize) size);
    g_clear_object (&from);
    return G_SOURCE_CONTINUE;
  }

  void TakeRequest (GSocketAddress *from, const char *datagram, gsize size)
  {
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from));

    if (refused_count == 0)
      {
        Refuse (from, (const guint8 *) datagram, size);
        return;
      }
    if (clients_.count (port) == 0)
      clients_[port] = { G_SOCKET_ADDRESS (g_object_ref (from)), Open (server_) };
    g_socket_send (clients_[port].back, datagram, size, nullptr, nullptr);
  }

  void TakeResponse (GSocket *back, const char *datagram, gsize size)
  {
    for (auto &client : clients_)
      if (client.second.back == back)
        g_socket_send_to (front_, client.second.address, datagram, size, nullptr, nullptr);
  }

  void Refuse (GSocketAddress *to, const guint8 *datagram, gsize size)
  {
    FloeStunMessage request;
    guint8 buffer[256];

    if (!floe_stun_message_parse (&request, datagram, size, nullptr))
      return;
    FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_ERROR,
                                                      request.method, request.transaction_id);
    floe_stun_builder_add_error (&builder, code_, "Not now");
    floe_stun_builder_add_fingerprint (&builder);
    g_socket_send_to (front_, to, (const char *) buffer, floe_stun_builder_finish (&builder),
                      nullptr, nullptr);
    refused_count++;
  }

  GMainContext *context_;
  guint code_;
  GSocketAddress *server_;
  GSocket *front_;
  std::vector<GSource *> sources_;
  std::map<guint16, Client> clients_;
};

class RelayRecovery : public IceTest
{
protected:
  void SetUp () override
  {
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  static PeerOptions OptionsFor (const std::vector<std::string> &urls)
  {
    PeerOptions options;

    for (const std::string &url : urls)
      options.urls.push_back (url.c_str ());
    options.relay_only = true;
    return options;
  }

  Coturn coturn_;
};

/* libnice gives up at such an answer (it heeds none but 400, 401 and 438 without a proof), and
 * Floe's question shows that it was of the moment. */
TEST_F (RelayRecovery, AServerThatRefusesOnceIsAskedAgain)
{
  FlakyServer flaky (context_, coturn_.port (), 400);
  std::vector<std::string> urls = { flaky.url };
  IcePeer peer (context_, OptionsFor (urls));

  floe_ice_transport_gather (peer.transport);
  EXPECT_TRUE (Run (6000, [&] { return peer.gathered_count == 1; }));
  EXPECT_EQ (flaky.refused_count, 1u);
  EXPECT_EQ (peer.candidates.size (), 1u);
  EXPECT_TRUE (peer.errors.empty ());
  EXPECT_TRUE (Run (3000, [&] { return coturn_.Log ().find ("lifetime=0") != std::string::npos; }))
      << "what the question was lent is given back";
}

TEST_F (RelayRecovery, TheReserveIsBegunWhenNothingComesThroughTheRelayThatCarries)
{
  Coturn second, third;
  std::vector<std::string> urls = { coturn_.Url ("tcp"), second.Url ("tcp"), third.Url ("tcp") };
  PeerOptions direct;

  direct.is_controlling = true;
  IcePeer a (context_, OptionsFor (urls)), b (context_, direct);
  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (8000, [&] { return a.IsConnected () && a.candidates.size () == 2; }));
  floe_ice_transport_handle_life (a.transport, a.pair_path);
  Pause (200);
  EXPECT_EQ (a.candidates.size (), 2u);
  /* From now on there is no life. */
  EXPECT_TRUE (Run (30000, [&] { return a.candidates.size () >= 3; }));
  EXPECT_TRUE (a.errors.empty ());
}

TEST_F (RelayRecovery, ServersThatSendOneRoundInCirclesOverUdpAreLeft)
{
  guint16 first_port = Coturn::PickPort ();
  Coturn second ({ "--alternate-server=127.0.0.1:" + std::to_string (first_port) });
  Coturn first ({ "--alternate-server=" + second.Address () }, first_port);
  std::vector<std::string> urls = { first.Url ("udp") };
  IcePeer peer (context_, OptionsFor (urls));

  floe_ice_transport_gather (peer.transport);
  ASSERT_TRUE (Run (8000, [&] { return peer.gathered_count == 1; }));
  EXPECT_EQ (peer.errors.size (), 1u);
  Pause (1000); /* the agent's end */
  gsize logged = first.Log ().size ();
  Pause (1000);
  EXPECT_EQ (first.Log ().size (), logged) << "it goes on for ever";
}

TEST_F (RelayRecovery, OtherServersMayBeGivenAfterAllHaveFailed)
{
  std::vector<std::string> urls = { coturn_.Url ("udp") };
  PeerOptions options = OptionsFor (urls), wrong = options;

  wrong.credential = "wrong";
  IcePeer peer (context_, wrong);
  floe_ice_transport_gather (peer.transport);
  ASSERT_TRUE (Run (6000, [&] { return peer.gathered_count == 1; }));
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_TRUE (peer.candidates.empty ());
  peer.SetServers (options);
  EXPECT_TRUE (Run (6000, [&] { return peer.candidates.size () == 1; }));
  EXPECT_TRUE (Run (2000, [&] { return peer.gathered_count == 2; }));
}
