/* SPDX-License-Identifier: MPL-2.0 */
/* No byte of the application moves before the peer's certificate is the one that was promised. */
#include "peer-pair.h"

struct Forgery
{
  const char *name;
  Edit edit;
};

static std::string
ReplaceFingerprint (std::string sdp, const std::string &with)
{
  gsize at = sdp.find ("a=fingerprint:");

  return sdp.replace (at, sdp.find ('\n', at) + 1 - at, with);
}

static std::string
FlipDigit (std::string sdp)
{
  gsize at = sdp.find (':', sdp.find ("a=fingerprint:sha-256 ") + strlen ("a=fingerprint:s")) + 1;

  sdp[at] = sdp[at] == '0' ? '1' : '0';
  return sdp;
}

static const Forgery forgeries[] = {
  { "FlippedDigit", FlipDigit },
  { "Missing", [] (std::string sdp) { return ReplaceFingerprint (sdp, ""); } },
  { "UnknownHash",
    [] (std::string sdp) {
      return ReplaceFingerprint (sdp, "a=fingerprint:sha-999 00:11:22:33:44:55:66:77\r\n");
    } },
  { "Md5Only",
    [] (std::string sdp) {
      return ReplaceFingerprint (
          sdp, "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n");
    } },
};

class Identity : public PeerPairTest,
                 public testing::WithParamInterface<std::tuple<int, const char *> >
{
};

/* The forged description goes to one end, which must refuse; by a=setup in the answer that end is
 * the DTLS client or the server. */
TEST_P (Identity, ForgedNeverOpens)
{
  const Forgery &forgery = forgeries[std::get<0> (GetParam ())];
  bool is_offer_forged = std::string (std::get<1> (GetParam ())) == "Client";
  std::string refusal;

  channel = alice.CreateChannel ("test");
  alice.other = &bob;
  bob.other = &alice;
  ASSERT_EQ (alice.SetLocal (), "");
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (alice.pc);
  if (is_offer_forged) /* the answerer is the DTLS client */
    {
      g_autoptr (FloeSessionDescription) forged = EditDescription (offer, forgery.edit);
      refusal = bob.SetRemote (forged);
    }
  else
    ASSERT_EQ (bob.SetRemote (offer), "");
  if (refusal.empty ())
    {
      ASSERT_EQ (bob.SetLocal (), "");
      g_autoptr (FloeSessionDescription) answer =
          floe_peer_connection_get_local_description (bob.pc);
      g_autoptr (FloeSessionDescription) forged = is_offer_forged
                                                      ? floe_session_description_ref (answer)
                                                      : EditDescription (answer, forgery.edit);
      refusal = alice.SetRemote (forged);
    }
  Peer &victim = is_offer_forged ? bob : alice;
  if (refusal.empty ())
    {
      EXPECT_TRUE (RunUntil ([&] { return victim.state () == FLOE_PEER_CONNECTION_STATE_FAILED; }));
    }
  RunFor (0.2);
  /* Who refuses knows why; the other one only hears that it was refused. */
  if (refusal.empty ())
    {
      EXPECT_EQ (
          channel->events,
          (std::vector<std::string>{
              is_offer_forged ? "error dtls-failure" : "error fingerprint-failure", "close" }));
    }
  EXPECT_FALSE (channel->is_open ());
  EXPECT_TRUE (bob.incoming.empty ());
}

INSTANTIATE_TEST_SUITE_P (Peers, Identity,
                          testing::Combine (testing::Range (0, (int) G_N_ELEMENTS (forgeries)),
                                            testing::Values ("Client", "Server")),
                          [] (const auto &info) {
                            return std::string (forgeries[std::get<0> (info.param)].name)
                                   + std::get<1> (info.param);
                          });

TEST_F (PeerPairTest, IdentityOfAnotherHashMayStandBesideTheRightOne)
{
  auto add = [] (std::string sdp) {
    gsize at = sdp.find ("a=fingerprint:");

    return sdp.insert (at, "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n");
  };

  channel = alice.CreateChannel ("test");
  Negotiate (alice, bob, add, add);
  EXPECT_TRUE (RunUntil ([&] { return channel->is_open (); }));
}
