/* SPDX-License-Identifier: MPL-2.0 */
/* What is left when all has failed: nothing on the wire, at servers, in the main loop and among the
 * process's descriptors. And from when on an answerer knows that somebody has its answer. */
#include "../coturn.h"
#include "../stun-responder.h"
#include "../traverse/descriptors.h"
#include "raw-test.h"

G_BEGIN_DECLS
#include "floe-ice-transport-internal-private.h"
#include "floe-nice-agent-private.h"
G_END_DECLS

/* How often @text has @word in it. */
static int
Count (const std::string &text, const std::string &word)
{
  int count = 0;

  for (size_t at = 0; (at = text.find (word, at)) != std::string::npos; at += word.size ())
    count++;
  return count;
}

class IceFailed : public RawTest
{
protected:
  /* What the main loop waits for, its own descriptor among that; -1 when something is due, or will
   * be by itself. */
  int CountAwaited ()
  {
    int timeout_ms, priority, count;
    GPollFD fds[64];

    EXPECT_TRUE (g_main_context_acquire (context_));
    g_main_context_prepare (context_, &priority);
    count = g_main_context_query (context_, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
    g_main_context_release (context_);
    return timeout_ms == -1 ? count : -1;
  }

  /* Not by a timer of ours, which would be found. */
  bool BecomesQuiet (int awaited, int descriptors)
  {
    for (int i = 0; i < 600; i++)
      {
        while (g_main_context_iteration (context_, FALSE))
          ;
        if (CountAwaited () == awaited && CountDescriptors () == descriptors
            && floe_nice_agent_get_count () == 0)
          return true;
        g_usleep (50 * G_TIME_SPAN_MILLISECOND);
      }
    return false;
  }

  bool Fails (IcePeer &agent)
  {
    return Run (30000, [&] { return agent.state == FLOE_ICE_CONNECTION_STATE_FAILED; });
  }

  /* A silent peer with an address for UDP and one for TCP. */
  void Try (IcePeer &agent, RawPeer &stranger)
  {
    FloeCandidate over_tcp = stranger.Candidate (stranger.sockets[0]->port);

    stranger.answer = [] (RawSocket &, GSocketAddress *, const FloeStunMessage &) {};
    over_tcp.transport = FLOE_CANDIDATE_TCP_PASSIVE;
    Begin (agent, stranger);
    floe_ice_transport_add_remote_candidate (agent.transport, &over_tcp);
  }
};

TEST_F (IceFailed, LeavesNothingBehind)
{
  Coturn coturn;
  StunResponder responder (context_);
  std::string stun = responder.Url (), udp = coturn.Url ("udp"), tcp = coturn.Url ("tcp");
  PeerOptions options = Options ();

  if (!coturn.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  options.urls = { stun.c_str (), udp.c_str (), tcp.c_str () };
  options.tcp_start_ms = 0;
  options.failed_timeout_ms = 3000;
  int awaited = 0, descriptors = 0;
  /* The first time things are opened that stay: GLib's. */
  for (bool is_first : { true, false })
    {
      RawPeer stranger (context_);

      if (!is_first)
        {
          awaited = CountAwaited ();
          descriptors = CountDescriptors ();
        }
      IcePeer agent (context_, options);

      Try (agent, stranger);
      ASSERT_TRUE (Fails (agent));
      EXPECT_GT (stranger.request_count, 0u);
      if (is_first)
        {
          agent.Drop ();
          Run (30000, [] { return floe_nice_agent_get_count () == 0; });
          continue;
        }
      EXPECT_TRUE (BecomesQuiet (awaited, descriptors))
          << CountAwaited () << " for " << awaited << ", " << CountDescriptors () << " for "
          << descriptors << " descriptors, " << floe_nice_agent_get_count () << " agents";
      EXPECT_EQ (
          std::count (agent.states.begin (), agent.states.end (), FLOE_ICE_CONNECTION_STATE_FAILED),
          1);
      EXPECT_EQ (agent.states.back (), FLOE_ICE_CONNECTION_STATE_FAILED);

      guint checks = stranger.request_count, asked = responder.request_count;

      Pause (1000);
      EXPECT_EQ (stranger.request_count, checks);
      EXPECT_EQ (responder.request_count, asked);
    }
  std::string log = coturn.Log ();

  EXPECT_GE (Count (log, "ALLOCATE processed, success"), 2) << log;
  /* Each is deleted when it is refreshed for 0 s, or its connection ends. */
  EXPECT_TRUE (Run (30000, [&] {
    log = coturn.Log ();
    return Count (log, "delete: realm") >= Count (log, "ALLOCATE processed, success");
  })) << log;
}

TEST_F (IceFailed, TellsOfItsPathsEndAndOfTheEndOfGatheringFirst)
{
  StunResponder silent (context_);
  std::string url = silent.Url ();
  PeerOptions options = Options ();
  guint ended = 0;

  silent.is_holding = true;
  options.urls = { url.c_str () };
  options.failed_timeout_ms = 100;
  IcePeer agent (context_, options);
  RawPeer stranger (context_);

  agent.on_event = [&] {
    if (agent.state != FLOE_ICE_CONNECTION_STATE_FAILED || ended != 0)
      return;
    for (const FloePathStep &step : agent.steps)
      ended += step.kind == FLOE_PATH_STEP_ENDED;
    EXPECT_EQ (ended, 1u);
    EXPECT_EQ (agent.gathered_count, 1u);
  };
  Try (agent, stranger);
  ASSERT_TRUE (Fails (agent));
  EXPECT_EQ (ended, 1u);
}

TEST_F (IceFailed, IsFinal)
{
  PeerOptions options = Options ();

  options.failed_timeout_ms = 300;
  IcePeer agent (context_, options);
  RawPeer stranger (context_);
  FloePathSpec spec = { .kind = FLOE_PATH_DIRECT };
  RawPeer::Answer honest = stranger.answer;

  Try (agent, stranger);
  ASSERT_TRUE (Fails (agent));

  gsize candidate_count = agent.candidates.size (), state_count = agent.states.size ();
  guint request_count = stranger.request_count;

  /* All that may still be called for an application that has not heard of it yet. */
  stranger.answer = honest;
  stranger.Offer (agent, stranger.AddSocket (), 0x7ffffffe);
  SendCheck (stranger);
  floe_ice_transport_set_remote_end_of_candidates (agent.transport);
  floe_ice_transport_handle_network_change (agent.transport);
  floe_ice_transport_set_mapping_lifetime (agent.transport, 60);
  floe_ice_transport_handle_life (agent.transport, 0);
  floe_ice_transport_handle_answer (agent.transport, 0, 1000);
  floe_ice_transport_handle_sent (agent.transport);
  agent.SetServers (options);
  EXPECT_FALSE (agent.Send ("nobody hears this"));
  EXPECT_EQ (floe_ice_transport_add_path (agent.transport, &spec), FLOE_ICE_NO_PATH);
  floe_ice_transport_count (agent.transport);
  Pause (1000);
  EXPECT_EQ (agent.candidates.size (), candidate_count);
  EXPECT_EQ (agent.states.size (), state_count);
  EXPECT_EQ (stranger.request_count, request_count);
  /* What was counted can still be asked for. */
  EXPECT_EQ (agent.steps.back ().kind, FLOE_PATH_STEP_TOLD_ALL);
}

TEST_F (IceFailed, AnAnswererKnowsByThePeersCheckThatItHasTheAnswer)
{
  IcePeer agent (context_, Options (false));
  RawPeer stranger (context_);
  CheckOptions guessed;

  stranger.answer = [] (RawSocket &, GSocketAddress *, const FloeStunMessage &) {};
  Begin (agent, stranger);
  stranger.AddSocket ();
  guessed.password = "anybodysanybodysanybodys";
  SendCheck (stranger, guessed, 1);
  Pause (200);
  EXPECT_EQ (agent.transport->timing.met_us, -1);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&agent.transport->core),
             agent.transport->core.hopeless_since_us + FLOE_ICE_AWAIT_US);
  SendCheck (stranger, {}, 1);
  EXPECT_TRUE (Run (30000, [&] { return agent.transport->timing.met_us != -1; }));
  EXPECT_TRUE (Run (30000, [&] {
    return floe_ice_state_core_get_deadline (&agent.transport->core)
           < agent.transport->core.hopeless_since_us + FLOE_ICE_AWAIT_US;
  }));
}

TEST_F (IceFailed, AnAnswererKnowsByALateCandidateThatThePeerHasTheAnswer)
{
  IcePeer agent (context_, Options (false));
  RawPeer stranger (context_);

  stranger.answer = [] (RawSocket &, GSocketAddress *, const FloeStunMessage &) {};
  Begin (agent, stranger);
  stranger.Offer (agent, stranger.AddSocket (), 0x7ffffffe);
  EXPECT_TRUE (agent.transport->timing.met_us == -1
               || g_get_monotonic_time ()
                      > agent.transport->timing.both_us + 8 * G_TIME_SPAN_SECOND);
  Pause (8500);
  stranger.Offer (agent, stranger.AddSocket (), 0x7ffffffd);
  EXPECT_NE (agent.transport->timing.met_us, -1);
}
