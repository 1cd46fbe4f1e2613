/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that knows the credentials and does anything at all, by a seed: FLOE_ICE_SEEDS=N for more.
 */
#include "raw-test.h"

#include <cstdlib>
#include <random>

class IceAnything : public RawTest
{
protected:
  guint Pick (guint count)
  {
    return (guint) (random_ () % count);
  }

  FloeStunAddress PickAddress (GSocketAddress *from)
  {
    FloeStunAddress own = StunAddress (from);

    switch (Pick (6))
      {
      case 0:
        return StunAddress ("2001:db8::1", own.port);
      case 1:
        return StunAddress ("127.0.0.1", (guint16) Pick (4));
      case 2:
        return StunAddress ("198.51.100.1", (guint16) Pick (65536));
      default:
        return own;
      }
  }

  Bytes PickResponse (RawPeer &stranger, GSocketAddress *from, const FloeStunMessage &request)
  {
    static const guint codes[] = { 300, 400, 401, 403, 420, 437, 438, 487, 487, 487, 500, 0, 999 };
    FloeStunAddress mapped = PickAddress (from);

    switch (Pick (8))
      {
      case 0:
      case 1:
        return stranger.Error (request, codes[Pick (G_N_ELEMENTS (codes))], Pick (3) != 0);
      case 2:
      case 3:
        return stranger.Success (request, from, [] (FloeStunBuilder *) {});
      case 4:
        return stranger.Success (request, from, nullptr, "wrong password, clearly");
      case 5:
        return stranger.Success (request, from);
      default:
        return stranger.Success (request, from, [&] (FloeStunBuilder *builder) {
          floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
        });
      }
  }

  void Respond (RawPeer &stranger, RawSocket &socket, GSocketAddress *from,
                const FloeStunMessage &request)
  {
    RawSocket *through = Pick (10) == 0 ? stranger.sockets[Pick (4)].get () : &socket;
    guint count = Pick (4) == 0 ? 2 : 1;

    if (Pick (4) == 0)
      return;
    for (guint i = 0; i < count; i++)
      {
        Bytes bytes = PickResponse (stranger, from, request);

        if (Pick (3) == 0 && late_.size () < 200)
          late_.emplace_back (through, bytes);
        else
          through->Send (from, bytes);
      }
  }

  CheckOptions PickCheck ()
  {
    CheckOptions check;

    check.priority = Pick (4) == 0   ? 0
                     : Pick (3) == 0 ? 0xffffffff
                                     : 0x60000000 + Pick (0x1f000000);
    check.has_priority = Pick (10) != 0;
    check.uses_candidate = Pick (2) == 0;
    check.role = Pick (4) != 0   ? role_
                 : Pick (2) == 0 ? FLOE_STUN_ICE_CONTROLLING
                                 : FLOE_STUN_ICE_CONTROLLED;
    check.tie_breaker = Pick (2) == 0 ? 0 : G_MAXUINT64;
    if (Pick (20) == 0)
      check.password = "wrong password, clearly";
    if (Pick (20) == 0)
      check.fill = [] (FloeStunBuilder *builder) {
        floe_stun_builder_add (builder, 0x7fff, "", 0);
      };
    return check;
  }

  void Act (IcePeer &agent, RawPeer &stranger)
  {
    guint socket = Pick (4);

    switch (Pick (8))
      {
      case 0:
        stranger.Offer (agent, *stranger.sockets[socket], 1 + Pick (G_MAXINT32 - 1));
        break;
      case 1:
        for (auto &late : late_)
          late.first->Send (agent_address_, late.second);
        late_.clear ();
        break;
      case 2:
        agent.Send ("data");
        break;
      case 3:
        if (stranger.sockets.size () < 12)
          stranger.AddSocket ();
        SendCheck (stranger, PickCheck (), stranger.sockets.size () - 1);
        break;
      default:
        for (guint i = Pick (8); i < 8; i++)
          SendCheck (stranger, PickCheck (), Pick (2) == 0 ? socket : Pick (4));
      }
  }

  void RunSeed (guint seed)
  {
    IcePeer agent (context_, (random_.seed (seed), Options (Pick (2) == 0)));
    RawPeer stranger (context_);

    for (int i = 0; i < 3; i++)
      stranger.AddSocket ();
    stranger.answer = [&] (RawSocket &socket, GSocketAddress *from,
                           const FloeStunMessage &request) {
      Respond (stranger, socket, from, request);
    };
    Begin (agent, stranger);
    for (int i = 0; i < 150; i++)
      {
        Act (agent, stranger);
        Pause ((int) Pick (4));
      }
    late_.clear ();
    g_clear_object (&agent_address_);
  }

  std::mt19937 random_;
  std::vector<std::pair<RawSocket *, Bytes> > late_;
};

TEST_F (IceAnything, DoesNotCrash)
{
  const char *text = g_getenv ("FLOE_ICE_SEEDS");
  const char *first = g_getenv ("FLOE_ICE_FIRST_SEED");
  guint start = first != nullptr ? (guint) atoi (first) : 1;
  guint count = text != nullptr ? (guint) atoi (text) : 20;

  for (guint seed = start; seed < start + count; seed++)
    {
      SCOPED_TRACE (seed);
      if (text != nullptr)
        {
          printf ("seed %u\n", seed);
          fflush (stdout);
        }
      RunSeed (seed);
      if (HasFatalFailure ())
        return;
    }
}
