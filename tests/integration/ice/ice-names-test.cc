/* SPDX-License-Identifier: MPL-2.0 */
/* Peers that know each other's host candidates by name only. */
#include "../own-namespace.h"
#include "ice-peer.h"

#include <cstring>
#include <fstream>
#include <sstream>

#define LIMIT_MS 20000

class IceNames : public OwnNamespaceTest
{
};

static bool
IsName (const FloeCandidate &candidate)
{
  return g_str_has_suffix (candidate.address, ".local");
}

static void
Enter ()
{
  EnterNamespace ();
  Do ("ip link set lo up");
  AddInterface ();
}

static PeerOptions
Options (FloePrivacyLevel privacy, bool is_controlling = false)
{
  PeerOptions options;

  options.interfaces = { "d0" };
  options.privacy = privacy;
  options.is_controlling = is_controlling;
  return options;
}

static void
Connect (GMainContext *context, IcePeer &a, IcePeer &b)
{
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  Require (RunUntil (context, LIMIT_MS, [&] { return a.IsConnected () && b.IsConnected (); }),
           "connected");
}

/* Whether @text is in any byte of what @peer has told. */
static bool
HasTold (const IcePeer &peer, const std::string &text)
{
  std::string all;

  for (const FloeCandidate &candidate : peer.candidates)
    all += TakeString (floe_candidate_serialize (&candidate)) + "\n";
  all += TakeString (floe_candidate_serialize (&peer.local)) + "\n"
         + TakeString (floe_candidate_serialize (&peer.remote));
  return all.find (text) != std::string::npos;
}

static void
ConnectByNames ()
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  IcePeer a (context, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, true));
  IcePeer b (context, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED));

  Wire (a, b);
  Connect (context, a, b);
  Require (a.candidates.size () == 1 && IsName (a.candidates[0]), "a name is told");
  Require (a.local.type == FLOE_ICE_CANDIDATE_TYPE_HOST
               && strcmp (a.local.address, a.candidates[0].address) == 0
               && strcmp (a.remote.address, b.candidates[0].address) == 0,
           "the pair has the names");
  Require (!HasTold (a, "192.0.2.1") && !HasTold (b, "192.0.2.1"), "nobody is told an address");
  Require (strcmp (a.candidates[0].address, b.candidates[0].address) != 0, "each has its own");
  _Exit (0);
}

TEST_F (IceNames, ConnectTwoThatHideTheirAddresses)
{
  EXPECT_EXIT (ConnectByNames (), HasPassed, "");
}

/* All candidates and their end are there before gathering, as with an offer that is sent whole. */
static void
WaitForTheName ()
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  IcePeer a (context, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, true));
  IcePeer b (context, Options (FLOE_PRIVACY_LEVEL_OPEN));

  floe_ice_transport_gather (a.transport);
  Require (RunUntil (context, LIMIT_MS, [&] { return a.gathered_count > 0; }), "gathered");
  b.TakeCredentials (a);
  a.TakeCredentials (b);
  floe_ice_transport_add_remote_candidate (b.transport, &a.candidates[0]);
  floe_ice_transport_set_remote_end_of_candidates (b.transport);
  floe_ice_transport_gather (b.transport);
  Require (RunUntil (context, LIMIT_MS, [&] { return b.IsConnected (); }), "connected");
  Require (strcmp (b.remote.address, a.candidates[0].address) == 0, "by name");
  _Exit (0);
}

TEST_F (IceNames, AreWaitedForAfterTheLastCandidate)
{
  EXPECT_EXIT (WaitForTheName (), HasPassed, "");
}

/* All fails while a name is being looked up. */
static void
FailWhileLookingUp ()
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  PeerOptions options = Options (FLOE_PRIVACY_LEVEL_OBFUSCATED);
  FloeCandidate candidate = {};

  options.failed_timeout_ms = 1000;
  IcePeer a (context, options);
  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_strlcpy (candidate.address, "nobody.local", sizeof candidate.address);
  candidate.component = 1;
  candidate.priority = 1;
  candidate.port = 4000;
  floe_ice_transport_set_remote_credentials (a.transport, "ufrag", "passwordpasswordpassword");
  floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  floe_ice_transport_set_remote_end_of_candidates (a.transport);
  floe_ice_transport_gather (a.transport);
  Require (
      RunUntil (context, LIMIT_MS, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_FAILED; }),
      "failed");
  RunUntil (context, 100, [] { return false; });
  _Exit (0);
}

TEST_F (IceNames, AreGivenUpWhenTheConnectionFails)
{
  EXPECT_EXIT (FailWhileLookingUp (), HasPassed, "");
}

static void
TellOf (IcePeer &peer, const char *name, guint16 port)
{
  FloeCandidate candidate = {};

  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_strlcpy (candidate.address, name, sizeof candidate.address);
  candidate.component = 1;
  candidate.priority = 1;
  candidate.port = port;
  floe_ice_transport_add_remote_candidate (peer.transport, &candidate);
}

/* @b has found a name of @a's, and is about to be told so, when its time is over. */
static void
EndWithWhatWasFound (bool is_closed)
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  PeerOptions options = Options (FLOE_PRIVACY_LEVEL_OPEN);

  options.failed_timeout_ms = 1000;
  options.resolve_names = true;
  IcePeer a (context, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, true));
  IcePeer b (context, options);
  floe_ice_transport_gather (a.transport);
  Require (RunUntil (context, LIMIT_MS, [&] { return !a.candidates.empty (); }), "a name");
  b.TakeCredentials (a);
  floe_ice_transport_gather (b.transport);
  b.on_event = [&] {
    /* What comes later is no use to anybody. */
    if (b.state == FLOE_ICE_CONNECTION_STATE_FAILED)
      TellOf (b, a.candidates[0].address, 4000);
    if (b.state == FLOE_ICE_CONNECTION_STATE_FAILED && is_closed)
      floe_ice_transport_close (b.transport);
  };
  TellOf (b, "peer.example", 4000);
  for (guint16 port = 4000; port < 4003; port++)
    TellOf (b, a.candidates[0].address, port);
  if (is_closed)
    floe_ice_transport_close (b.transport);
  else
    g_usleep (1200 * G_TIME_SPAN_MILLISECOND);
  Require (is_closed
               || RunUntil (context, LIMIT_MS,
                            [&] { return b.state == FLOE_ICE_CONNECTION_STATE_FAILED; }),
           "failed");
  RunUntil (context, 100, [] { return false; });
  _Exit (0);
}

TEST_F (IceNames, ThatWereFoundAreDroppedWhenTheConnectionFails)
{
  EXPECT_EXIT (EndWithWhatWasFound (false), HasPassed, "");
}

TEST_F (IceNames, ThatWereFoundAreDroppedWhenTheConnectionIsClosed)
{
  EXPECT_EXIT (EndWithWhatWasFound (true), HasPassed, "");
}

/* What a network without multicast makes of it: the name leads nowhere, but its owner's checks
 * come. */
static void
ConnectByChecksAlone (guint16 port_shift, const char *expected)
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  IcePeer a (context, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, true));
  IcePeer b (context, Options (FLOE_PRIVACY_LEVEL_OPEN));

  Wire (a, b);
  a.on_candidate = [&] (FloeCandidate candidate) {
    g_strlcpy (candidate.address, "nobody.local", sizeof candidate.address);
    candidate.port = (guint16) (candidate.port + port_shift);
    floe_ice_transport_add_remote_candidate (b.transport, &candidate);
  };
  Connect (context, a, b);
  Require (b.remote.type == FLOE_ICE_CANDIDATE_TYPE_PRFLX, "a peer-reflexive candidate");
  Require (strcmp (b.remote.address, expected) == 0, "whose address is not shown");
  Require (strcmp (b.local.address, "192.0.2.1") == 0, "as the own one is");
  _Exit (0);
}

TEST_F (IceNames, ThatLeadNowhereAreReplacedByChecks)
{
  EXPECT_EXIT (ConnectByChecksAlone (0, "nobody.local"), HasPassed, "");
}

TEST_F (IceNames, HideAddressesOfOtherPortsToo)
{
  EXPECT_EXIT (ConnectByChecksAlone (1, "0.0.0.0"), HasPassed, "");
}

/* UDP datagrams that have left this network namespace, as the kernel counts them. */
static guint64
CountSent ()
{
  std::ifstream ipv4 ("/proc/net/snmp"), ipv6 ("/proc/net/snmp6");
  std::string line, name;
  guint64 value, count = 0;

  while (std::getline (ipv4, line))
    {
      std::istringstream words (line);

      /* In-Datagrams, NoPorts, InErrors, OutDatagrams; the line before has the words. */
      if (words >> name && name == "Udp:" && words >> value >> value >> value >> value)
        count += value;
    }
  while (ipv6 >> name >> value)
    count += name == "Udp6OutDatagrams" ? value : 0;
  return count;
}

static void
Ask (const PeerOptions &options, const char *name, bool is_asked)
{
  Enter ();
  GMainContext *context = g_main_context_new ();
  IcePeer a (context, options);
  FloeCandidate candidate = {};

  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_strlcpy (candidate.address, name, sizeof candidate.address);
  candidate.component = 1;
  candidate.priority = 1;
  candidate.port = 4000;
  floe_ice_transport_set_remote_credentials (a.transport, "ufrag", "passwordpasswordpassword");
  floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  Require (RunUntil (context, LIMIT_MS, [&] { return a.gathered_count > 0; }), "gathered");
  RunUntil (context, 200, [] { return false; });
  Require ((CountSent () > 0) == is_asked, "questions are sent, or none");
  _Exit (0);
}

TEST_F (IceNames, OfMulticastDnsAreLookedUp)
{
  EXPECT_EXIT (Ask (Options (FLOE_PRIVACY_LEVEL_OPEN), "peer.local", true), HasPassed, "");
}

TEST_F (IceNames, OfDnsAreNotLookedUp)
{
  EXPECT_EXIT (Ask (Options (FLOE_PRIVACY_LEVEL_OPEN), "peer.example", false), HasPassed, "");
}

TEST_F (IceNames, AreNotLookedUpWithoutHostCandidates)
{
  EXPECT_EXIT (Ask (Options (FLOE_PRIVACY_LEVEL_NO_HOST), "peer.local", false), HasPassed, "");
}

TEST_F (IceNames, AreNotLookedUpWithRelaysOnly)
{
  PeerOptions options = Options (FLOE_PRIVACY_LEVEL_OPEN);

  options.relay_only = true;
  EXPECT_EXIT (Ask (options, "peer.local", false), HasPassed, "");
}
