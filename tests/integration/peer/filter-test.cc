/* SPDX-License-Identifier: MPL-2.0 */
/* What an application makes of single candidates. */
#include <gio/gio.h>

#include "peer-pair.h"

/* Asked about candidates of one connection; records what it is asked, and answers as it is told. */
class CandidateFilter
{
public:
  using Answer = std::function<bool (FloeIceCandidate *, bool)>;

  CandidateFilter (Peer &peer, Answer answer) : peer_ (peer), answer_ (std::move (answer))
  {
    g_signal_connect (peer.pc, "filter-candidate", G_CALLBACK (+OnCandidate), this);
  }
  ~CandidateFilter ()
  {
    g_signal_handlers_disconnect_by_data (peer_.pc, this);
  }
  CandidateFilter (const CandidateFilter &) = delete;

  std::vector<std::string> local, remote; /* texts, in the order in which it was asked */

private:
  static gboolean OnCandidate (FloePeerConnection *, FloeIceCandidate *candidate, gboolean is_local,
                               CandidateFilter *self)
  {
    (is_local ? self->local : self->remote)
        .push_back (floe_ice_candidate_get_candidate (candidate));
    return self->answer_ (candidate, is_local);
  }

  Peer &peer_;
  Answer answer_;
};

/* A port of 127.0.0.1 that counts what reaches it. */
class Target
{
public:
  Target ()
  {
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
    g_autoptr (GSocketAddress) bound = nullptr;

    socket_ =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    EXPECT_TRUE (g_socket_bind (socket_, any, FALSE, nullptr));
    bound = g_socket_get_local_address (socket_, nullptr);
    port_ = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  }
  ~Target ()
  {
    g_object_unref (socket_);
  }
  Target (const Target &) = delete;

  std::string Candidate () const
  {
    return "candidate:77 1 udp 2130706431 127.0.0.1 " + std::to_string (port_) + " typ host";
  }
  bool WasReached () const
  {
    return g_socket_condition_check (socket_, G_IO_IN) != 0;
  }

private:
  GSocket *socket_; /* (owned) */
  guint16 port_;
};

static bool
KeepAll (FloeIceCandidate *, bool)
{
  return true;
}

static std::string
LocalSdp (Peer &peer)
{
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (peer.pc);

  return floe_session_description_get_sdp (local);
}

class PeerFilter : public PeerPairTest
{
protected:
  /* Bob has Alice's offer, and she has nothing of his. */
  void Offer (const Edit &edit = {})
  {
    channel = alice.CreateChannel ("any");
    ASSERT_EQ (alice.SetLocal (), "");
    g_autoptr (FloeSessionDescription) local =
        floe_peer_connection_get_local_description (alice.pc);
    g_autoptr (FloeSessionDescription) offer =
        edit ? EditDescription (local, edit) : floe_session_description_ref (local);

    ASSERT_EQ (bob.SetRemote (offer), "");
  }

  std::string Trickle (const std::string &text)
  {
    ErrorHolder error;
    g_autoptr (FloeIceCandidate) candidate =
        floe_ice_candidate_new (text.c_str (), "0", 0, nullptr, error);

    return candidate != nullptr ? bob.AddCandidate (candidate) : error.message ();
  }
};

TEST_F (PeerFilter, LocalCandidateThatIsDroppedIsNeitherSignalledNorDescribed)
{
  std::string dropped;
  CandidateFilter filter (alice, [&] (FloeIceCandidate *candidate, bool) {
    if (!dropped.empty ())
      return true;
    dropped = floe_ice_candidate_get_candidate (candidate);
    return false;
  });

  channel = alice.CreateChannel ("any");
  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  ASSERT_FALSE (dropped.empty ());
  for (FloeIceCandidate *candidate : alice.kept)
    EXPECT_NE (floe_ice_candidate_get_candidate (candidate), dropped);
  EXPECT_EQ (LocalSdp (alice).find (dropped), std::string::npos);
  EXPECT_NE (LocalSdp (alice).find ("a=end-of-candidates"), std::string::npos);
}

TEST_F (PeerFilter, TheOthersComeInTheirOrderAndAreAskedAboutOnce)
{
  CandidateFilter filter (alice, KeepAll);
  std::vector<std::string> told;

  channel = alice.CreateChannel ("any");
  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  for (FloeIceCandidate *candidate : alice.kept)
    told.push_back (floe_ice_candidate_get_candidate (candidate));
  EXPECT_EQ (filter.local, told);
  EXPECT_FALSE (told.empty ());
  EXPECT_TRUE (filter.remote.empty ());
}

TEST_F (PeerFilter, EndOfCandidatesComesWhenAllWereDropped)
{
  CandidateFilter filter (alice, [] (FloeIceCandidate *, bool) { return false; });

  channel = alice.CreateChannel ("any");
  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  EXPECT_TRUE (alice.kept.empty ());
  EXPECT_EQ (LocalSdp (alice).find ("a=candidate:"), std::string::npos);
}

TEST_F (PeerFilter, ConnectsWithoutWhatWasDropped)
{
  /* Alice knows nothing of Bob but what his checks tell her. */
  CandidateFilter filter (alice, [] (FloeIceCandidate *, bool is_local) { return is_local; });

  Connect ();
  EXPECT_FALSE (filter.remote.empty ());
}

/* The kept one shows that checks are under way. */
TEST_F (PeerFilter, RemoteCandidateThatIsDroppedGetsNoPacket)
{
  Target kept, dropped;
  CandidateFilter filter (bob, [&] (FloeIceCandidate *candidate, bool is_local) {
    return is_local || floe_ice_candidate_get_candidate (candidate) != dropped.Candidate ();
  });

  Offer ();
  ASSERT_EQ (Trickle (dropped.Candidate ()), "");
  ASSERT_EQ (Trickle (kept.Candidate ()), "");
  ASSERT_EQ (bob.SetLocal (), "");
  EXPECT_TRUE (RunUntil ([&] { return kept.WasReached (); }));
  RunFor (0.5);
  EXPECT_FALSE (dropped.WasReached ());
  EXPECT_EQ (filter.remote, (std::vector<std::string>{ dropped.Candidate (), kept.Candidate () }));
}

TEST_F (PeerFilter, SoDoesOneInsideTheDescription)
{
  Target kept, dropped;
  CandidateFilter filter (bob, [&] (FloeIceCandidate *candidate, bool is_local) {
    return is_local || floe_ice_candidate_get_candidate (candidate) != dropped.Candidate ();
  });

  Offer ([&] (std::string sdp) {
    return sdp + "a=" + dropped.Candidate () + "\r\na=" + kept.Candidate () + "\r\n";
  });
  ASSERT_EQ (bob.SetLocal (), "");
  EXPECT_TRUE (RunUntil ([&] { return kept.WasReached (); }));
  RunFor (0.5);
  EXPECT_FALSE (dropped.WasReached ());
}

TEST_F (PeerFilter, SoDoesOneThatCameBeforeTheDescription)
{
  Target kept, dropped;
  CandidateFilter filter (bob, [&] (FloeIceCandidate *candidate, bool is_local) {
    return is_local || floe_ice_candidate_get_candidate (candidate) != dropped.Candidate ();
  });

  ASSERT_EQ (Trickle (dropped.Candidate ()), "");
  ASSERT_EQ (Trickle (kept.Candidate ()), "");
  EXPECT_TRUE (filter.remote.empty ());
  Offer ();
  ASSERT_EQ (bob.SetLocal (), "");
  EXPECT_TRUE (RunUntil ([&] { return kept.WasReached (); }));
  RunFor (0.5);
  EXPECT_FALSE (dropped.WasReached ());
}

TEST_F (PeerFilter, FirstHandlerThatDropsIsTheLastOneAsked)
{
  CandidateFilter first (alice, [] (FloeIceCandidate *, bool) { return false; });
  CandidateFilter second (alice, KeepAll);

  channel = alice.CreateChannel ("any");
  ASSERT_EQ (alice.SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] { return alice.is_gathering_done; }));
  EXPECT_FALSE (first.local.empty ());
  EXPECT_TRUE (second.local.empty ());
}

TEST_F (PeerFilter, HandlerMayCloseTheConnection)
{
  Target target;
  CandidateFilter filter (bob, [&] (FloeIceCandidate *, bool is_local) {
    if (!is_local)
      floe_peer_connection_close (bob.pc);
    return true;
  });

  channel = alice.CreateChannel ("any");
  ASSERT_EQ (alice.SetLocal (), "");
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (alice.pc);
  g_autoptr (FloeSessionDescription) offer = EditDescription (local, [&] (std::string sdp) {
    return sdp + "a=" + target.Candidate () + "\r\na=end-of-candidates\r\n";
  });
  EXPECT_EQ (bob.SetRemote (offer), "AbortError");
  EXPECT_EQ (filter.remote.size (), 1u);
  RunFor (0.1);
  EXPECT_FALSE (target.WasReached ());
}
