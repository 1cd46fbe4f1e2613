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

  void AddTcp (guint16 port, FloeCandidateTransport transport = FLOE_CANDIDATE_TCP_PASSIVE)
  {
    FloeCandidate candidate = {};

    g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
    g_strlcpy (candidate.address, "192.0.2.1", sizeof candidate.address);
    candidate.component = 1;
    candidate.priority = 1;
    candidate.port = port;
    candidate.transport = transport;
    floe_ice_remote_add (&remote_, &candidate);
  }

  void SetPrefix (std::vector<guint8> prefix = { 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x64 })
  {
    FloeNat64 nat64 = { {}, 1 };

    prefix.resize (FLOE_NAT64_IPV6_SIZE);
    ASSERT_TRUE (floe_nat64_prefix_set (&nat64.prefixes[0], prefix.data (), 96));
    floe_ice_remote_set_nat64 (&remote_, &nat64);
  }

  std::string Translated ()
  {
    std::string all;

    for (guint i = 0; i < remote_.translated->len; i++)
      {
        auto *candidate = (const NiceCandidate *) g_ptr_array_index (remote_.translated, i);
        char text[NICE_ADDRESS_STRING_LEN];

        nice_address_to_string (&candidate->addr, text);
        all += (i > 0 ? " " : "") + std::string (text) + "#"
               + std::to_string (nice_address_get_port (&candidate->addr));
      }
    return all;
  }

  std::string Restore (const char *address, guint16 port)
  {
    FloeCandidate candidate = {};

    g_strlcpy (candidate.address, address, sizeof candidate.address);
    candidate.port = port;
    floe_ice_remote_restore (&remote_, &candidate);
    return candidate.address;
  }

  void SetCredentials ()
  {
    floe_ice_remote_set_credentials (&remote_, "abcd", "0123456789012345678901");
  }

  FloeIceRemote remote_;
};

TEST_F (IceRemote, GivesNobodyThePortsOfLockStep)
{
  FloeCandidate candidate = {};

  floe_ice_remote_set_credentials (&remote_, "ufrag", "a password of 22 chars");
  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_strlcpy (candidate.address, "192.0.2.1", sizeof candidate.address);
  candidate.component = 1;
  candidate.priority = 1;
  candidate.port = 4000;
  candidate.lock = { 1, 1 };
  floe_ice_remote_add (&remote_, &candidate);
  EXPECT_EQ (remote_.candidates->len, 0u);
  candidate.lock = {};
  floe_ice_remote_add (&remote_, &candidate);
  EXPECT_EQ (remote_.candidates->len, 1u);
}

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

TEST_F (IceRemote, TranslatesPublicIpv4AddressesWheneverThePrefixComes)
{
  SetCredentials ();
  Add (1, "", "198.51.100.1");
  Add (2, "", "2001:db8::1");
  EXPECT_EQ (Translated (), "");
  SetPrefix ();
  EXPECT_EQ (Translated (), "2001:db8:64::c633:6401#1");
  Add (3, "", "198.51.100.2");
  EXPECT_EQ (Translated (), "2001:db8:64::c633:6401#1 2001:db8:64::c633:6402#3");
  EXPECT_EQ (remote_.candidates->len, 3u);
}

TEST_F (IceRemote, TranslatesNothingThatIsNotPublic)
{
  guint16 port = 0;

  SetCredentials ();
  SetPrefix ();
  for (const char *address : { "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.64.0.1", "127.0.0.1",
                               "169.254.0.1", "192.0.0.170" })
    Add (++port, "", address);
  EXPECT_EQ (Translated (), "");
}

TEST_F (IceRemote, TranslatesNoMoreThanItMayHold)
{
  SetCredentials ();
  SetPrefix ();
  for (guint16 i = 1; i <= 1000; i++)
    Add (i, "", "198.51.100.1");
  SetPrefix ({ 0x00, 0x64, 0xff, 0x9b });
  EXPECT_EQ (remote_.translated->len, 100u);
}

TEST_F (IceRemote, DoesNotRepeatWhatThePeerHasTranslatedItself)
{
  SetCredentials ();
  SetPrefix ();
  Add (1, "", "2001:db8:64::c633:6401");
  Add (1, "", "198.51.100.1");
  EXPECT_EQ (Translated (), "");
}

TEST_F (IceRemote, TellsCandidatesAsThePeerDid)
{
  SetCredentials ();
  EXPECT_EQ (Restore ("64:ff9b::c633:6401", 1), "64:ff9b::c633:6401");
  SetPrefix ();
  Add (1, "", "198.51.100.1");
  Add (2, "", "2001:db8:64::c633:6402");
  EXPECT_EQ (Restore ("2001:db8:64::c633:6401", 1), "198.51.100.1");
  EXPECT_EQ (Restore ("2001:db8:64::c633:6402", 2), "2001:db8:64::c633:6402");
  EXPECT_EQ (Restore ("2001:db8:64::c633:6402", 3), "198.51.100.2") << "one it did not tell";
  EXPECT_EQ (Restore ("2001:db8::1", 1), "2001:db8::1");
  EXPECT_EQ (Restore ("198.51.100.9", 1), "198.51.100.9");
}

TEST_F (IceRemote, KeepsTcpCandidatesApart)
{
  SetCredentials ();
  Add (5000);
  AddTcp (5000);
  AddTcp (5000);
  EXPECT_EQ (remote_.candidates->len, 1u);
  ASSERT_EQ (remote_.tcp->len, 1u);
  EXPECT_EQ (remote_.dropped_count, 1u);
  AddTcp (9, FLOE_CANDIDATE_TCP_ACTIVE);
  EXPECT_EQ (remote_.tcp->len, 1u);
}

TEST_F (IceRemote, KeepsTheNewestTcpCandidates)
{
  SetCredentials ();
  for (guint16 i = 0; i < 100; i++)
    AddTcp (5000 + i);
  ASSERT_EQ (remote_.tcp->len, (guint) FLOE_MAX_REMOTE_TCP_CANDIDATES);
  EXPECT_EQ (remote_.tcp_number, 100u);
  auto *last = (const NiceCandidate *) g_ptr_array_index (remote_.tcp, remote_.tcp->len - 1);
  EXPECT_EQ (nice_address_get_port (&last->addr), 5099u);
}

TEST_F (IceRemote, DoesNotTranslateTcpCandidates)
{
  SetCredentials ();
  SetPrefix ();
  AddTcp (5000);
  EXPECT_EQ (Translated (), "");
}

/* As many as there are ports; each is another candidate. */
TEST_F (IceRemote, TakesAFewHundredAtATimeAndDropsTheOthers)
{
  guint taken;

  SetCredentials ();
  for (guint16 port = 1; port <= 10000; port++)
    Add (port);
  taken = remote_.last_number;
  EXPECT_GE (taken, (guint) FLOE_REMOTE_CANDIDATE_BURST);
  EXPECT_LT (taken, 5000u); /* two more a second, however long this takes */
  EXPECT_EQ (remote_.candidates->len, (guint) FLOE_MAX_REMOTE_CANDIDATES);
  EXPECT_EQ (remote_.dropped_count, 10000u - taken);
}

/* What is refused anyway takes no place of the others. */
TEST_F (IceRemote, DoesNotCountWhatItRefuses)
{
  SetCredentials ();
  for (int i = 0; i < 1000; i++)
    {
      Add (1, "", "224.0.0.1");
      Add (2);
    }
  Add (3);
  EXPECT_EQ (remote_.candidates->len, 2u);
}
