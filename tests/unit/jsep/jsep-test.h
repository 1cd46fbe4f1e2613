/* SPDX-License-Identifier: MPL-2.0 */
/* A FloeJsep with the actions of its last description, for the tests of this folder. */
#pragma once

#include <gmock/gmock.h>

#include <floe/floe-error.h>

#include "floe-jsep-private.h"
#include "floe-test.h"

class Peer
{
public:
  explicit Peer (const char *name)
      : ufrag_ (std::string (name) + "ufrag"), pwd_ (std::string (name) + "password0123456789012")
  {
    FloeJsepIdentity identity = {};

    identity.ufrag = ufrag_.c_str ();
    identity.pwd = pwd_.c_str ();
    identity.fingerprint = "sha-256 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
                           "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF";
    identity.session_id = 4611686018427387903;
    identity.max_message_size = 262144;
    identity.max_channels = 1024;
    jsep_ = floe_jsep_new (&identity);
  }
  ~Peer ()
  {
    floe_jsep_actions_clear (&actions_);
    floe_jsep_free (jsep_);
  }

  operator FloeJsep * ()
  {
    return jsep_;
  }
  const FloeJsepActions &actions () const
  {
    return actions_;
  }
  const ErrorHolder &error () const
  {
    return error_;
  }
  const std::string &ufrag () const
  {
    return ufrag_;
  }

  std::string CreateOffer ()
  {
    return TakeString (floe_jsep_create_offer (jsep_, error_));
  }
  std::string CreateAnswer ()
  {
    return TakeString (floe_jsep_create_answer (jsep_, error_));
  }

  bool Apply (FloeJsepSide side, FloeSdpType type, const std::string &sdp)
  {
    FloeJsepActions actions = {};

    if (!floe_jsep_apply (jsep_, side, type, sdp.c_str (), &actions, error_))
      return false;
    floe_jsep_actions_clear (&actions_);
    actions_ = actions;
    return true;
  }
  bool Local (FloeSdpType type, const std::string &sdp)
  {
    return Apply (FLOE_JSEP_LOCAL, type, sdp);
  }
  bool Remote (FloeSdpType type, const std::string &sdp)
  {
    return Apply (FLOE_JSEP_REMOTE, type, sdp);
  }

  std::string Description (FloeJsepSide side, FloeJsepSlot slot)
  {
    FloeSdpType type;
    return TakeString (floe_jsep_get_description (jsep_, side, slot, &type));
  }
  FloeSignalingState State () const
  {
    return floe_jsep_get_signaling_state (jsep_);
  }
  bool Failed (FloeError code) const
  {
    return error_.Is (FLOE_ERROR, code);
  }

private:
  std::string ufrag_;
  std::string pwd_;
  FloeJsep *jsep_;
  FloeJsepActions actions_ = {};
  ErrorHolder error_;
};

inline FloeCandidate
Candidate (const char *text)
{
  FloeCandidate candidate = {};
  EXPECT_TRUE (floe_candidate_parse (&candidate, text, nullptr)) << text;
  return candidate;
}

/* @offerer wants data and both apply everything. */
inline void
Connect (Peer &offerer, Peer &answerer)
{
  floe_jsep_want_data (offerer);
  std::string offer = offerer.CreateOffer ();
  ASSERT_TRUE (offerer.Local (FLOE_SDP_TYPE_OFFER, offer)) << offerer.error ().message ();
  ASSERT_TRUE (answerer.Remote (FLOE_SDP_TYPE_OFFER, offer)) << answerer.error ().message ();
  std::string answer = answerer.CreateAnswer ();
  ASSERT_TRUE (answerer.Local (FLOE_SDP_TYPE_ANSWER, answer)) << answerer.error ().message ();
  ASSERT_TRUE (offerer.Remote (FLOE_SDP_TYPE_ANSWER, answer)) << offerer.error ().message ();
}
