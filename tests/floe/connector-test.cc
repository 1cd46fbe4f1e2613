/* SPDX-License-Identifier: MPL-2.0 */
/* What couples a connection with its signalling, and when it lets go. */
#include "signaling-trace.h"

extern "C"
{
#include "floe-connector.h"
#include "floe-stdio-signaling.h"
#include "sample-json.h"
}

namespace
{

class ConnectorTest : public testing::Test
{
protected:
  ConnectorTest ()
  {
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

    floe_configuration_set_include_loopback (configuration, TRUE);
    connection_ = floe_peer_connection_new (configuration, nullptr);
    signaling_ = floe_stdio_signaling_new (Write, this);
    connector_ = floe_connector_new (connection_, signaling_);
    g_signal_connect (connector_, "negotiation-failed", G_CALLBACK (OnFailed), this);
  }
  ~ConnectorTest () override
  {
    floe_peer_connection_close (connection_);
    g_clear_object (&connector_);
    g_object_unref (signaling_);
    g_object_unref (connection_);
  }

  void Offer ()
  {
    g_autoptr (FloeDataChannel) channel =
        floe_peer_connection_create_data_channel (connection_, "floe", nullptr, nullptr);

    floe_connector_offer (connector_);
  }
  bool Receive (const char *text)
  {
    g_autoptr (JsonObject) object = sample_json_parse_object (text, strlen (text), nullptr);

    return floe_stdio_signaling_receive (FLOE_STDIO_SIGNALING (signaling_), object, nullptr);
  }
  /* Waits until the connection has done all that it was asked to: it does one after the other. */
  void Settle ()
  {
    bool is_done = false;

    floe_peer_connection_create_offer_async (
        connection_, nullptr,
        [] (GObject *source, GAsyncResult *result, gpointer data) {
          FloeSessionDescription *offer = floe_peer_connection_create_offer_finish (
              FLOE_PEER_CONNECTION (source), result, nullptr);
          g_clear_pointer (&offer, floe_session_description_unref);
          *static_cast<bool *> (data) = true;
        },
        &is_done);
    EXPECT_TRUE (RunUntil ([&] { return is_done; }));
  }
  static void Write (JsonObject *object, gpointer user_data)
  {
    static_cast<ConnectorTest *> (user_data)->written_.push_back (
        TakeString (sample_json_to_line (object)));
    json_object_unref (object);
  }
  static void OnFailed (FloeConnector *, const GError *, ConnectorTest *self)
  {
    self->events_ += "failed ";
  }
  static void OnPeer (FloeSignaling *signaling, gboolean, ConnectorTest *self)
  {
    self->connector_ = floe_connector_new (self->connection_, signaling);
  }

  FloePeerConnection *connection_;
  FloeSignaling *signaling_;
  FloeConnector *connector_;
  std::vector<std::string> written_;
  std::string events_;
};

const char bad_answer[] = "{\"type\":\"answer\",\"sdp\":\"nonsense\"}";

TEST_F (ConnectorTest, SendsTheDescriptionBeforeItsCandidates)
{
  Offer ();
  ASSERT_TRUE (RunUntil ([&] { return written_.size () >= 2; }));

  EXPECT_EQ (written_[0].find ("{\"type\":\"offer\""), 0U) << written_[0];
  for (size_t i = 1; i < written_.size (); i++)
    EXPECT_EQ (written_[i].find ("{\"candidate\":"), 0U) << written_[i];
}

TEST_F (ConnectorTest, TellsOfADescriptionThatCannotBeApplied)
{
  EXPECT_TRUE (Receive (bad_answer));
  Settle ();

  EXPECT_EQ (events_, "failed ");
}

TEST_F (ConnectorTest, SaysNothingOnceItWasDropped)
{
  Offer ();
  g_clear_object (&connector_); /* while the offer is under way */
  Settle ();

  EXPECT_TRUE (written_.empty ()) << written_[0];
}

TEST_F (ConnectorTest, LetsGoWhenItsPeerDoes)
{
  Offer ();
  floe_signaling_emit_gone (signaling_);
  EXPECT_TRUE (Receive (bad_answer));
  floe_connector_offer (connector_);
  Settle ();

  EXPECT_TRUE (written_.empty ()) << written_[0];
  EXPECT_EQ (events_, "");
}

TEST_F (ConnectorTest, LetsGoWhenTheNextPeerComes)
{
  Offer ();
  floe_signaling_emit_peer (signaling_, TRUE);
  EXPECT_TRUE (Receive (bad_answer));
  Settle ();

  EXPECT_TRUE (written_.empty ()) << written_[0];
  EXPECT_EQ (events_, "");
}

TEST_F (ConnectorTest, IsForThePeerInWhoseHandlerItWasMade)
{
  g_clear_object (&connector_);
  g_signal_connect (signaling_, "peer", G_CALLBACK (OnPeer), this);
  floe_signaling_emit_peer (signaling_, TRUE);
  ASSERT_NE (connector_, nullptr);
  Offer ();
  Settle ();

  EXPECT_FALSE (written_.empty ());
}

TEST_F (ConnectorTest, IsSilentWhenSignalingIsClosed)
{
  floe_signaling_close (signaling_);
  Offer ();
  EXPECT_TRUE (Receive (bad_answer));
  Settle ();

  EXPECT_TRUE (written_.empty ()) << written_[0];
  EXPECT_EQ (events_, "");
}

TEST_F (ConnectorTest, TakesNothingElseFromAScript)
{
  EXPECT_FALSE (Receive ("{\"cmd\":\"offer\"}"));
  EXPECT_FALSE (Receive ("{\"type\":\"rollback\",\"sdp\":\"\"}"));
}

} // namespace
