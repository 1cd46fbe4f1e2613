/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-ice-names-private.h"
#include "floe-mdns-private.h"
G_END_DECLS

/* Before gathering: no name is looked up or published. */
class IceNames : public testing::Test
{
protected:
  IceNames ()
  {
    floe_ice_remote_init (&remote_);
    floe_ice_remote_set_credentials (&remote_, "ufrag", "password");
    shared_.remote = &remote_;
    SetLevel (FLOE_PRIVACY_LEVEL_OPEN);
    names_ = floe_ice_names_new (
        &shared_, [] (const FloeCandidate *, gpointer) {}, nullptr);
  }
  ~IceNames () override
  {
    floe_ice_names_free (names_);
    floe_ice_remote_clear (&remote_);
  }

  void SetLevel (FloePrivacyLevel level)
  {
    shared_.rules = floe_privacy_rules_get (level, FLOE_ICE_TRANSPORT_POLICY_ALL);
  }

  static FloeCandidate Candidate (const std::string &address, guint16 port = 4000,
                                  FloeIceCandidateType type = FLOE_ICE_CANDIDATE_TYPE_HOST)
  {
    FloeCandidate candidate = {};

    g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
    g_strlcpy (candidate.address, address.c_str (), sizeof candidate.address);
    candidate.component = 1;
    candidate.priority = 1;
    candidate.port = port;
    candidate.type = type;
    return candidate;
  }

  bool Take (const FloeCandidate &candidate)
  {
    return floe_ice_names_take (names_, &candidate);
  }

  /* The peer tells an address. */
  void Tell (const FloeCandidate &candidate)
  {
    floe_ice_remote_add (&remote_, &candidate);
  }

  std::string Show (const std::string &address, guint16 port)
  {
    FloeCandidate candidate = Candidate (address, port, FLOE_ICE_CANDIDATE_TYPE_PRFLX);

    floe_ice_names_show (names_, &candidate);
    return candidate.address;
  }

  FloeIceRemote remote_;
  FloeIceShared shared_ = {};
  FloeIceNames *names_;
};

TEST_F (IceNames, AreNotWhatAddressesHave)
{
  EXPECT_FALSE (Take (Candidate ("192.0.2.1")));
  EXPECT_FALSE (Take (Candidate ("2001:db8::1")));
  EXPECT_FALSE (floe_ice_names_is_pending (names_));
}

TEST_F (IceNames, OfMdnsAreWaitedForAndOthersDropped)
{
  EXPECT_TRUE (Take (Candidate ("peer.example")));
  EXPECT_TRUE (Take (Candidate ("a.b.local")));
  EXPECT_FALSE (floe_ice_names_is_pending (names_));
  EXPECT_TRUE (Take (Candidate ("peer.local")));
  EXPECT_TRUE (floe_ice_names_is_pending (names_));
}

TEST_F (IceNames, OfUselessCandidatesAreDropped)
{
  FloeCandidate active = Candidate ("peer.local"), second = Candidate ("peer.local");

  active.transport = FLOE_CANDIDATE_TCP_ACTIVE;
  second.component = 2;
  EXPECT_TRUE (Take (active));
  EXPECT_TRUE (Take (second));
  EXPECT_TRUE (Take (Candidate ("peer.local", 0)));
  EXPECT_FALSE (floe_ice_names_is_pending (names_));
}

TEST_F (IceNames, AreDroppedWhereALookUpWouldShowThisHost)
{
  SetLevel (FLOE_PRIVACY_LEVEL_NO_HOST);
  EXPECT_TRUE (Take (Candidate ("peer.local")));
  SetLevel (FLOE_PRIVACY_LEVEL_RELAY_ONLY);
  EXPECT_TRUE (Take (Candidate ("peer.local")));
  EXPECT_FALSE (floe_ice_names_is_pending (names_));
}

/* What is shown tells which ones are known. */
TEST_F (IceNames, AreRememberedUpToALimit)
{
  for (guint i = 0; i < 10000; i++)
    EXPECT_TRUE (Take (Candidate ("n" + std::to_string (i) + ".local", (guint16) (1000 + i))));
  EXPECT_EQ (Show ("192.0.2.1", 1000), "n0.local");
  EXPECT_EQ (Show ("192.0.2.1", 1000 + FLOE_MDNS_MAX_USER_LOOKUPS - 1),
             "n" + std::to_string (FLOE_MDNS_MAX_USER_LOOKUPS - 1) + ".local");
  EXPECT_EQ (Show ("192.0.2.1", 1000 + FLOE_MDNS_MAX_USER_LOOKUPS), "0.0.0.0");
}

TEST_F (IceNames, HaveAFewCandidatesEach)
{
  for (guint16 i = 0; i < 100; i++)
    EXPECT_TRUE (Take (Candidate ("peer.local", (guint16) (1000 + i))));
  EXPECT_EQ (Show ("192.0.2.1", 1000 + FLOE_MAX_CANDIDATES_PER_NAME - 1), "peer.local");
  EXPECT_EQ (Show ("192.0.2.1", 1000 + FLOE_MAX_CANDIDATES_PER_NAME), "0.0.0.0");
}

TEST_F (IceNames, MayComeAfterThePeersChecks)
{
  EXPECT_EQ (Show ("192.0.2.1", 4000), "0.0.0.0");
  Take (Candidate ("peer.local", 4000));
  EXPECT_EQ (Show ("192.0.2.1", 4000), "peer.local");
}

TEST_F (IceNames, LeaveWhatThePeerHasTold)
{
  Take (Candidate ("peer.local", 4000));
  Tell (Candidate ("198.51.100.1", 4000, FLOE_ICE_CANDIDATE_TYPE_SRFLX));
  EXPECT_EQ (Show ("198.51.100.1", 4000), "198.51.100.1");
  EXPECT_EQ (Show ("198.51.100.1", 5000), "198.51.100.1");
}

TEST_F (IceNames, AreNotInventedForPeersThatTellTheirHosts)
{
  Tell (Candidate ("192.0.2.1", 4000));
  EXPECT_EQ (Show ("198.51.100.1", 4000), "198.51.100.1");
}

TEST_F (IceNames, ThatAreNotLookedUpHideAddressesAllTheSame)
{
  SetLevel (FLOE_PRIVACY_LEVEL_NO_HOST);
  Tell (Candidate ("192.0.2.1"));
  EXPECT_EQ (Show ("198.51.100.1", 4000), "198.51.100.1");
  EXPECT_TRUE (Take (Candidate ("peer.local")));
  EXPECT_EQ (Show ("198.51.100.1", 4000), "0.0.0.0");
  EXPECT_EQ (Show ("192.0.2.1", 4000), "192.0.2.1");
}

TEST_F (IceNames, AreMissingBeforeGathering)
{
  FloeCandidate host = Candidate ("192.0.2.1"), relay = host;

  relay.type = FLOE_ICE_CANDIDATE_TYPE_RELAY;
  EXPECT_TRUE (floe_ice_names_hide (names_, &host));
  SetLevel (FLOE_PRIVACY_LEVEL_OBFUSCATED);
  EXPECT_FALSE (floe_ice_names_hide (names_, &host));
  EXPECT_TRUE (floe_ice_names_hide (names_, &relay));
}
