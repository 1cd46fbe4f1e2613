/* SPDX-License-Identifier: MPL-2.0 */
/* An agent of libnice's without Floe's guards, in a process of its own that may die. */
#pragma once

#include "raw-peer.h"

#include <cstdio>
#include <cstdlib>

G_BEGIN_DECLS
#include <nice/agent.h>
#include <nice/nice-version.h>
G_END_DECLS

/* An agent of libnice's as Floe makes it, but for what the test turns on. */
class BareAgent
{
public:
  BareAgent (GMainContext *context, RawPeer &peer, gboolean has_freshness, gboolean has_keepalive)
  {
    NiceAddress loopback;

    agent_ = NICE_AGENT (g_object_new (
        NICE_TYPE_AGENT, "compatibility", NICE_COMPATIBILITY_RFC5245, "main-context", context,
        "nomination-mode", NICE_NOMINATION_MODE_AGGRESSIVE, "controlling-mode", TRUE, "ice-tcp",
        FALSE, "upnp", FALSE, "consent-freshness", has_freshness, "keepalive-conncheck",
        has_keepalive, nullptr));
    nice_agent_add_stream (agent_, 1);
    nice_address_init (&loopback);
    nice_address_set_from_string (&loopback, "127.0.0.1");
    nice_agent_add_local_address (agent_, &loopback);
    nice_agent_attach_recv (agent_, 1, 1, context, Discard, nullptr);
    g_signal_connect (agent_, "component-state-changed", G_CALLBACK (OnState), this);
    nice_agent_gather_candidates (agent_, 1);
    Introduce (peer);
    Offer (peer, *peer.sockets[0], 0x7effffff);
  }

  void Offer (const RawPeer &peer, const RawSocket &socket, guint32 priority)
  {
    FloeCandidate candidate = peer.Candidate (socket.port, priority);
    NiceCandidate *nice = nice_candidate_new (NICE_CANDIDATE_TYPE_HOST);
    GSList *list = g_slist_append (nullptr, nice);

    nice->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    nice->stream_id = nice->component_id = 1;
    nice->priority = priority;
    g_strlcpy (nice->foundation, candidate.foundation, sizeof nice->foundation);
    nice_address_set_from_string (&nice->addr, candidate.address);
    nice_address_set_port (&nice->addr, candidate.port);
    nice_agent_set_remote_candidates (agent_, 1, 1, list);
    g_slist_free (list);
    nice_candidate_free (nice);
  }

  bool Send ()
  {
    return nice_agent_send (agent_, 1, 1, 1, "x") == 1;
  }

  guint state = NICE_COMPONENT_STATE_DISCONNECTED;

private:
  static void Discard (NiceAgent *, guint, guint, guint, char *, gpointer)
  {
  }
  static void OnState (NiceAgent *, guint, guint, guint state, gpointer data)
  {
    static_cast<BareAgent *> (data)->state = state;
  }

  void Introduce (RawPeer &peer)
  {
    char *ufrag = nullptr, *pwd = nullptr;

    nice_agent_get_local_credentials (agent_, 1, &ufrag, &pwd);
    peer.other_ufrag = TakeString (ufrag);
    peer.other_pwd = TakeString (pwd);
    nice_agent_set_remote_credentials (agent_, 1, peer.ufrag.c_str (), peer.pwd.c_str ());
  }

  NiceAgent *agent_;
};

/* The tests' processes end here, or die before. */
[[noreturn]] inline void
Survive ()
{
  fflush (nullptr);
  _Exit (0);
}

/* 0.1.21 is what these were seen with. A newer one that survives has no need of the guard. */
inline bool
HasDied (int status)
{
  bool is_newer = NICE_VERSION_MAJOR > 0 || NICE_VERSION_MINOR > 1 || NICE_VERSION_MICRO > 21;

  if (is_newer && WIFEXITED (status) && WEXITSTATUS (status) == 0)
    {
      printf ("this libnice survives: see docs/libnice.md for what may go\n");
      return true;
    }
  return !WIFEXITED (status) || WEXITSTATUS (status) != 0;
}
