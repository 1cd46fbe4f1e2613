/* SPDX-License-Identifier: MPL-2.0 */
/* Two who meet in a room of a real rendezvous on the loopback interface: one who sits in its
 * process, and one who comes by WebSocket. */
#include "signaling-trace.h"

extern "C"
{
#include "floe-connector.h"
#include "floe-rendezvous.h"
#include "floe-websocket-signaling.h"
}

namespace
{

class SignalingTest : public testing::Test
{
protected:
  SignalingTest ()
  {
    g_autoptr (GPtrArray) servers =
        g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (floe_ice_server_unref));
    const char *urls[] = { "stun:192.0.2.1", nullptr };
    g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (host, 0);
    FloeRendezvousOptions options = {};

    g_ptr_array_add (servers, floe_ice_server_new (urls, nullptr, nullptr, nullptr));
    options.ice_servers = servers;
    rendezvous_ = floe_rendezvous_new (&options);
    bound_ = floe_rendezvous_listen (rendezvous_, G_INET_SOCKET_ADDRESS (any_port), nullptr);
    address_.scheme = g_strdup ("http");
    address_.host = g_strdup ("127.0.0.1");
    address_.port = g_inet_socket_address_get_port (bound_);
    address_.has_code = TRUE;
    floe_code_generate (&address_.code);
    room_ = TakeString (floe_code_get_room (&address_.code));
  }
  ~SignalingTest () override
  {
    floe_rendezvous_close (rendezvous_);
    g_object_unref (rendezvous_);
    g_object_unref (bound_);
    floe_room_address_clear (&address_);
  }

  std::unique_ptr<SignalingTrace> Sit (bool opens = true)
  {
    return std::make_unique<SignalingTrace> (
        floe_rendezvous_join (rendezvous_, room_.c_str (), opens));
  }
  std::unique_ptr<SignalingTrace> Come (bool opens = false)
  {
    return std::make_unique<SignalingTrace> (
        floe_websocket_signaling_new (&address_, opens, nullptr));
  }
  static void Describe (SignalingTrace &from, FloeSdpType type, const char *sdp)
  {
    g_autoptr (FloeSessionDescription) description = floe_session_description_new (type, sdp);

    floe_signaling_send_description (from.get (), description);
  }
  static void SendCandidate (SignalingTrace &from)
  {
    g_autoptr (FloeIceCandidate) candidate =
        floe_ice_candidate_new ("candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", 0, "u", nullptr);

    floe_signaling_send_candidate (from.get (), candidate);
  }

  FloeRendezvous *rendezvous_;
  GInetSocketAddress *bound_;
  FloeRoomAddress address_ = {};
  std::string room_;
};

const char first_has_peer[] = "welcome:1 peer:offers";
const char second_has_peer[] = "welcome:1 peer:answers";

TEST_F (SignalingTest, CarriesAnOfferAnAnswerAndCandidatesAcross)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto second = Come ();

  ASSERT_EQ (first->After (first_has_peer), first_has_peer);
  ASSERT_EQ (second->After (second_has_peer), second_has_peer);
  Describe (*first, FLOE_SDP_TYPE_OFFER, "o");
  SendCandidate (*first);
  floe_signaling_send_candidate (first->get (), nullptr);
  const std::string heard = std::string (second_has_peer) + " description:o candidate end";
  EXPECT_EQ (second->After (heard), heard);
  Describe (*second, FLOE_SDP_TYPE_ANSWER, "a");
  SendCandidate (*second);
  floe_signaling_send_candidate (second->get (), nullptr);
  const std::string answered = std::string (first_has_peer) + " description:a candidate end";
  EXPECT_EQ (first->After (answered), answered);
}

TEST_F (SignalingTest, IsTheSameWhoeverOpensTheRoom)
{
  auto first = Come (true);
  first->After ("welcome:1");
  auto second = Sit (false);

  EXPECT_EQ (first->After (first_has_peer), first_has_peer);
  EXPECT_EQ (second->After (second_has_peer), second_has_peer);
  Describe (*first, FLOE_SDP_TYPE_OFFER, "o");
  const std::string heard = std::string (second_has_peer) + " description:o";
  EXPECT_EQ (second->After (heard), heard);
}

TEST_F (SignalingTest, LetsAnotherOneComeAfterOneLeft)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto second = Come ();
  ASSERT_EQ (first->After (first_has_peer), first_has_peer);
  second.reset ();
  const std::string alone = std::string (first_has_peer) + " gone";
  ASSERT_EQ (first->After (alone), alone);
  auto third = Come ();

  EXPECT_EQ (first->After (alone + " peer:offers"), alone + " peer:offers");
  EXPECT_EQ (third->After (second_has_peer), second_has_peer);
}

TEST_F (SignalingTest, LetsGoWhomTheFirstDismisses)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto second = Come ();
  ASSERT_EQ (second->After (second_has_peer), second_has_peer);
  floe_signaling_dismiss_peer (first->get ());
  const std::string dismissed = std::string (second_has_peer) + " OperationError";
  EXPECT_EQ (second->After (dismissed), dismissed);
  auto third = Come ();
  const std::string again = std::string (first_has_peer) + " peer:offers";

  EXPECT_EQ (third->After (second_has_peer), second_has_peer);
  EXPECT_EQ (first->After (again), again);
}

TEST_F (SignalingTest, TellsTheSecondThatTheFirstLeft)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto second = Come ();
  ASSERT_EQ (second->After (second_has_peer), second_has_peer);
  first.reset ();
  const std::string alone = std::string (second_has_peer) + " gone";

  second->After (alone);
  EXPECT_EQ (second->text ().substr (0, alone.size ()), alone);
}

TEST_F (SignalingTest, FindsNobodyWhereNobodyIs)
{
  auto alone = Come ();

  EXPECT_EQ (alone->After ("InvalidAccessError"), "InvalidAccessError");
}

TEST_F (SignalingTest, TakesNoThird)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto second = Come ();
  ASSERT_EQ (second->After (second_has_peer), second_has_peer);
  auto third = Come ();

  EXPECT_EQ (third->After ("NetworkError"), "NetworkError");
  EXPECT_EQ (first->text (), first_has_peer);
  EXPECT_EQ (second->text (), second_has_peer);
}

TEST_F (SignalingTest, EndsWhenTheRendezvousDoes)
{
  auto first = Come (true);
  first->After ("welcome:1");
  floe_rendezvous_close (rendezvous_);

  EXPECT_EQ (first->After ("welcome:1 NetworkError"), "welcome:1 NetworkError");
}

/* A connection and the connector for one peer. */
class Coupled
{
public:
  explicit Coupled (FloeSignaling *signaling)
  {
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

    floe_configuration_set_include_loopback (configuration, TRUE);
    connection_ = floe_peer_connection_new (configuration, nullptr);
    connector_ = floe_connector_new (connection_, signaling);
  }
  ~Coupled ()
  {
    floe_peer_connection_close (connection_);
    g_object_unref (connector_);
    g_object_unref (connection_);
  }
  void Offer ()
  {
    g_autoptr (FloeDataChannel) channel =
        floe_peer_connection_create_data_channel (connection_, "floe", nullptr, nullptr);

    floe_connector_offer (connector_);
  }
  FloePeerConnection *connection ()
  {
    return connection_;
  }

private:
  FloePeerConnection *connection_;
  FloeConnector *connector_;
};

bool
IsConnected (Coupled &coupled)
{
  return floe_peer_connection_get_connection_state (coupled.connection ())
         == FLOE_PEER_CONNECTION_STATE_CONNECTED;
}

TEST_F (SignalingTest, ConnectsTwoPeersAfterAnotherWasDismissed)
{
  auto first = Sit ();
  first->After ("welcome:1");
  auto stranger = Come ();
  ASSERT_EQ (first->After (first_has_peer), first_has_peer);
  auto to_stranger = std::make_unique<Coupled> (first->get ());
  to_stranger->Offer ();
  floe_signaling_dismiss_peer (first->get ());
  to_stranger.reset ();
  auto second = Come ();
  const std::string again = std::string (first_has_peer) + " peer:offers";
  ASSERT_EQ (first->After (again), again);
  ASSERT_EQ (second->After (second_has_peer), second_has_peer);

  Coupled offers (first->get ()), answers (second->get ());
  offers.Offer ();
  EXPECT_TRUE (RunUntil ([&] { return IsConnected (offers) && IsConnected (answers); }));
}

} // namespace
