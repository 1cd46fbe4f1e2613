/* SPDX-License-Identifier: MPL-2.0 */
/* What a connection remembers of the network that it is on: paths are told by facts of the network
 * side, as no test can take the host from one network to another. */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-nat-report-private.h"
#include "floe-peer-connection-private.h"
G_END_DECLS

#include <floe/floe.h>
#include <string>

class NatWays : public ::testing::Test
{
protected:
  NatWays ()
  {
    FloeNatRecord *record = floe_nat_record_new ();
    g_autoptr (FloeNatReport) report = nullptr;

    record->key = g_strdup (key_.c_str ());
    record->is_complete = TRUE;
    report = floe_nat_report_new (record);
    floe_nat_record_unref (record);
    floe_configuration_set_nat_report (configuration_, report);
    connection_ = floe_peer_connection_new (configuration_, nullptr);
  }
  ~NatWays () override
  {
    floe_peer_connection_close (connection_);
    while (g_main_context_iteration (nullptr, FALSE))
      ;
    g_object_unref (connection_);
    g_object_unref (configuration_);
  }

  void Move (FloeIceCandidateType type, FloePathReason reason)
  {
    FloeFact *fact = floe_fact_new (FLOE_FACT_PAIR);
    FloeCandidate candidate = {};

    candidate.type = type;
    candidate.port = 9;
    g_strlcpy (candidate.address, "192.0.2.1", sizeof candidate.address);
    fact->number = reason;
    fact->with.pair = g_new0 (FloeCandidate, 2);
    fact->with.pair[0] = fact->with.pair[1] = candidate;
    floe_mailbox_post_always (connection_->facts, &fact->letter, 0);
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  /* "direct", "relay", or "" for nothing. */
  std::string Remembered ()
  {
    g_autofree char *text = floe_configuration_get_strategy_memory (configuration_);
    std::string memory = text;
    size_t at = memory.find (key_);

    if (at == std::string::npos)
      return "";
    at += key_.size () + 1;
    return memory.substr (at, memory.find (' ', at) - at);
  }

  const std::string key_ = std::string (64, 'a');
  FloeConfiguration *configuration_ = floe_configuration_new ();
  FloePeerConnection *connection_ = nullptr;
};

TEST_F (NatWays, TheLastOneIsRememberedOfTheNetwork)
{
  EXPECT_EQ (Remembered (), "");
  Move (FLOE_ICE_CANDIDATE_TYPE_RELAY, FLOE_PATH_REASON_FIRST);
  EXPECT_EQ (Remembered (), "relay");
  Move (FLOE_ICE_CANDIDATE_TYPE_SRFLX, FLOE_PATH_REASON_BETTER);
  EXPECT_EQ (Remembered (), "direct");
}

TEST_F (NatWays, WhatWorksOnAnotherNetworkIsNotSaidOfTheOneBefore)
{
  Move (FLOE_ICE_CANDIDATE_TYPE_SRFLX, FLOE_PATH_REASON_FIRST);
  Move (FLOE_ICE_CANDIDATE_TYPE_RELAY, FLOE_PATH_REASON_NETWORK_CHANGED);
  EXPECT_EQ (Remembered (), "direct");
  Move (FLOE_ICE_CANDIDATE_TYPE_RELAY, FLOE_PATH_REASON_BETTER);
  EXPECT_EQ (Remembered (), "direct");
}
