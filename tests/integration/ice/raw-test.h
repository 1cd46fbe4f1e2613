/* SPDX-License-Identifier: MPL-2.0 */
/* An agent and a peer by hand that has been introduced to it. */
#pragma once

#include "raw-peer.h"

class RawTest : public IceTest
{
protected:
  /* For the agent; the stranger takes the other role. */
  PeerOptions Options (bool is_controlling = true)
  {
    PeerOptions options;

    options.is_controlling = is_controlling;
    role_ = is_controlling ? FLOE_STUN_ICE_CONTROLLED : FLOE_STUN_ICE_CONTROLLING;
    return options;
  }

  ~RawTest () override
  {
    g_clear_object (&agent_address_);
  }

  /* The stranger's first socket is offered: @agent's checks go there. */
  void Begin (IcePeer &agent, RawPeer &stranger)
  {
    stranger.Introduce (agent);
    floe_ice_transport_gather (agent.transport);
    ASSERT_TRUE (Run (20000, [&] { return !agent.candidates.empty (); }));
    g_clear_object (&agent_address_); /* a test may begin twice */
    agent_address_ = g_inet_socket_address_new_from_string (agent.candidates[0].address,
                                                            agent.candidates[0].port);
    stranger.Offer (agent, *stranger.sockets[0]);
  }

  void SendCheck (RawPeer &stranger, const CheckOptions &options = {}, gsize socket = 0)
  {
    stranger.sockets[socket]->Send (agent_address_, stranger.Check (options));
  }

  /* From here on the stranger does all that RFC 8445 asks of a peer. */
  bool Reconcile (IcePeer &agent, RawPeer &stranger)
  {
    CheckOptions check;
    gsize known_errors = stranger.errors.size ();

    stranger.answer = [&stranger] (RawSocket &socket, GSocketAddress *from,
                                   const FloeStunMessage &request) {
      socket.Send (from, stranger.Success (request, from));
    };
    check.role = role_;
    for (int i = 0; i < 100 && !Carries (agent, stranger); i++)
      {
        /* RFC 8445 section 7.2.5.1: after a 487 the roles are switched. */
        if (stranger.errors.size () > known_errors && stranger.errors.back () == 487)
          check.role = check.role == FLOE_STUN_ICE_CONTROLLED ? FLOE_STUN_ICE_CONTROLLING
                                                              : FLOE_STUN_ICE_CONTROLLED;
        known_errors = stranger.errors.size ();
        check.uses_candidate = check.role == FLOE_STUN_ICE_CONTROLLING;
        for (gsize socket = 0; socket < stranger.sockets.size () && socket < 4; socket++)
          SendCheck (stranger, check, socket);
        Pause (40);
      }
    return Carries (agent, stranger);
  }

  /* Data goes through, out and in. */
  bool Carries (IcePeer &agent, RawPeer &stranger)
  {
    gsize out_count = stranger.messages.size (), in_count = agent.messages.size ();

    if (!agent.IsConnected () || !agent.Send ("out"))
      return false;
    stranger.sockets[0]->Send (agent_address_, { 'i', 'n' });
    return Run (500, [&] {
      return stranger.messages.size () > out_count && agent.messages.size () > in_count;
    });
  }

  GSocketAddress *agent_address_ = nullptr; /* (owned) */
  int role_ = FLOE_STUN_ICE_CONTROLLED;
};
