/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-ice-remote-private.h"
G_END_DECLS

class IceRemote : public testing::Test
{
protected:
  IceRemote ()
  {
    floe_ice_remote_init (&remote_);
  }
  ~IceRemote () override
  {
    floe_ice_remote_clear (&remote_);
  }

  void Add (guint16 port, const char *ufrag = "", const char *address = "192.0.2.1")
  {
    FloeCandidate candidate = {};

    g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
    g_strlcpy (candidate.ufrag, ufrag, sizeof candidate.ufrag);
    g_strlcpy (candidate.address, address, sizeof candidate.address);
    candidate.component = 1;
    candidate.priority = 1;
    candidate.port = port;
    floe_ice_remote_add (&remote_, &candidate);
  }

  void SetCredentials ()
  {
    floe_ice_remote_set_credentials (&remote_, "abcd", "0123456789012345678901");
  }

  FloeIceRemote remote_;
};

TEST_F (IceRemote, KeepsCandidatesThatComeBeforeTheCredentials)
{
  Add (1);
  EXPECT_EQ (remote_.candidates->len, 0u);
  SetCredentials ();
  EXPECT_EQ (remote_.candidates->len, 1u);
}

TEST_F (IceRemote, DropsCandidatesOfAnotherGeneration)
{
  Add (1, "efgh");
  SetCredentials ();
  Add (2, "efgh");
  Add (3, "abcd");
  EXPECT_EQ (remote_.candidates->len, 1u);
  EXPECT_EQ (remote_.dropped_count, 2u);
}

TEST_F (IceRemote, CountsWhatItCannotUse)
{
  SetCredentials ();
  Add (1, "", "x.local");
  Add (0);
  EXPECT_EQ (remote_.candidates->len, 0u);
  EXPECT_EQ (remote_.dropped_count, 2u);
}

TEST_F (IceRemote, TakesACandidateOnce)
{
  SetCredentials ();
  for (int i = 0; i < 1000; i++)
    Add (1);
  Add (2);
  EXPECT_EQ (remote_.candidates->len, 2u);
}

TEST_F (IceRemote, IsBoundedBeforeAndAfterTheCredentials)
{
  for (guint16 i = 1; i <= 1000; i++)
    Add (i);
  EXPECT_EQ (remote_.early->len, 100u);
  SetCredentials ();
  for (guint16 i = 1; i <= 1000; i++)
    Add (i);
  EXPECT_EQ (remote_.candidates->len, 100u);
}

TEST_F (IceRemote, KeepsItsFirstCredentials)
{
  SetCredentials ();
  floe_ice_remote_set_credentials (&remote_, "wxyz", "9876543210987654321098");
  EXPECT_STREQ (remote_.ufrag, "abcd");
}
