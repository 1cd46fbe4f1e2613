/* SPDX-License-Identifier: MPL-2.0 */
/* Two transports with a real TURN server, whose direct way opens and shuts. */
#include "coturn.h"
#include "ice-peer.h"

class IceRise : public IceTest
{
protected:
  void SetUp () override
  {
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
    url_ = coturn_.Url ("udp");
  }

  PeerOptions Options (bool is_controlling)
  {
    PeerOptions options;

    options.urls.push_back (url_.c_str ());
    options.is_controlling = is_controlling;
    return options;
  }

  /* As long as the way is shut candidates but relays are not told. */
  void Couple (IcePeer &a, IcePeer &b)
  {
    for (auto [from, to] : { std::make_pair (&a, &b), std::make_pair (&b, &a) })
      {
        from->on_candidate = [this, to = to] (const FloeCandidate &candidate) {
          if (candidate.type == FLOE_ICE_CANDIDATE_TYPE_RELAY || is_open_)
            floe_ice_transport_add_remote_candidate (to->transport, &candidate);
        };
        AnswerProbes (*from);
      }
  }

  void Connect (IcePeer &a, IcePeer &b)
  {
    Couple (a, b);
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
    ASSERT_TRUE (Run (10000, [&] { return a.IsConnected () && b.IsConnected (); }));
    ASSERT_TRUE (a.Send ("hello") && b.Send ("hello"));
    ASSERT_TRUE (Run (5000, [&] { return !a.messages.empty () && !b.messages.empty (); }));
  }

  static bool IsDirect (const IcePeer &peer)
  {
    return peer.local.type != FLOE_ICE_CANDIDATE_TYPE_RELAY
           && peer.remote.type != FLOE_ICE_CANDIDATE_TYPE_RELAY;
  }

  gsize Count (const char *what) const
  {
    std::string log = coturn_.Log ();
    gsize count = 0;

    for (gsize at = 0; (at = log.find (what, at)) != std::string::npos; at++)
      count++;
    return count;
  }

  Coturn coturn_;
  std::string url_;
  bool is_open_ = false;
};

TEST_F (IceRise, ATryOnNewSocketsLeadsFromTheRelayToADirectPath)
{
  IcePeer a (context_, Options (true)), b (context_, Options (false));

  Connect (a, b);
  ASSERT_FALSE (IsDirect (a)) << "only the relays are known";
  is_open_ = true;
  EXPECT_TRUE (Run (20000, [&] { return IsDirect (a) && IsDirect (b); }));
  EXPECT_TRUE (a.IsConnected () && b.IsConnected ());
  EXPECT_EQ (a.reasons.front (), FLOE_PATH_REASON_FIRST);
  EXPECT_EQ (a.reasons.back (), FLOE_PATH_REASON_BETTER);
  EXPECT_TRUE (Run (10000, [&] { return a.gathered_count + b.gathered_count > 2; }))
      << "what the try gathered was told, and its end";
}

TEST_F (IceRise, RelaysAreGivenBackWhenADirectPathHasCarriedForAWhile)
{
  PeerOptions a_options = Options (true), b_options = Options (false);

  a_options.relay_warm_ms = b_options.relay_warm_ms = 500;
  is_open_ = true;
  IcePeer a (context_, a_options), b (context_, b_options);
  Connect (a, b);
  ASSERT_TRUE (Run (20000, [&] { return IsDirect (a) && IsDirect (b); }));
  EXPECT_TRUE (Run (20000, [&] {
    return Count ("ALLOCATE processed, success") > 0
           && Count ("lifetime=0") == Count ("ALLOCATE processed, success");
  })) << coturn_.Log ();
  EXPECT_TRUE (a.IsConnected () && b.IsConnected ());
}
