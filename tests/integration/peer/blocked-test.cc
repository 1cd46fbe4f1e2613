/* SPDX-License-Identifier: MPL-2.0 */
/* The network thread keeps a connection alive while the application does nothing at all. */
#include "peer-pair.h"

class Blocked : public PeerPairTest
{
};

TEST_F (Blocked, ApplicationOfFortySecondsLosesNothing)
{
  Connect ();
  ASSERT_TRUE (RunUntil ([&] { return alice.is_connected () && bob.is_connected (); }));
  ASSERT_TRUE (channel->SendText ("before"));
  /* Longer than RFC 7675's 30 s and any keepalive. */
  g_usleep (40 * G_USEC_PER_SEC);
  ASSERT_TRUE (channel->SendText ("after"));
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->texts.size () == 2; }, 5));
  EXPECT_EQ (alice.states, (std::vector<std::string>{ "connecting", "connected" }));
  EXPECT_EQ (bob.states, (std::vector<std::string>{ "connecting", "connected" }));
}
