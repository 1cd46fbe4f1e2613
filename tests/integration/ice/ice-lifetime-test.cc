/* SPDX-License-Identifier: MPL-2.0 */
#include "ice-peer.h"

#include <gio/gio.h>

/* Closing, at every stage and from inside every event, and what is left behind. */
class IceLifetimeTest : public IceTest
{
protected:
  static PeerOptions Controlling ()
  {
    PeerOptions options;

    options.is_controlling = true;
    return options;
  }

  static guint CountDescriptors ()
  {
    GDir *directory = g_dir_open ("/proc/self/fd", 0, nullptr);
    guint count = 0;

    while (g_dir_read_name (directory) != nullptr)
      count++;
    g_dir_close (directory);
    return count;
  }

  void Start (IcePeer &a, IcePeer &b)
  {
    Wire (a, b);
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
  }
};

TEST_F (IceLifetimeTest, ATransportThatNeverStartedCanBeDropped)
{
  IcePeer a (context_, {});
}

TEST_F (IceLifetimeTest, ClosingRightAfterTheStartIsSilent)
{
  IcePeer a (context_, {});

  floe_ice_transport_gather (a.transport);
  floe_ice_transport_close (a.transport);
  floe_ice_transport_close (a.transport);
  Pause (50);
  EXPECT_TRUE (a.candidates.empty ());
  EXPECT_TRUE (a.states.empty ());
  EXPECT_EQ (a.gathered_count, 0u);
  EXPECT_EQ (floe_ice_transport_get_state (a.transport), FLOE_ICE_CONNECTION_STATE_CLOSED);
}

TEST_F (IceLifetimeTest, AllCallsAreHarmlessAfterClose)
{
  IcePeer a (context_, {});
  FloeCandidate candidate = {};

  floe_ice_transport_close (a.transport);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_set_remote_credentials (a.transport, "abcd", "0123456789012345678901");
  floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  floe_ice_transport_set_remote_end_of_candidates (a.transport);
  floe_ice_transport_handle_life (a.transport, 0);
  EXPECT_FALSE (a.Send ("nothing"));
  EXPECT_FALSE (floe_ice_transport_send_on (a.transport, 0, (const guint8 *) "x", 1));
}

/* The n-th event closes and drops the transport, for every n until both are connected. */
TEST_F (IceLifetimeTest, EveryEventMayDropTheTransport)
{
  for (int last = 1; last <= 12; last++)
    {
      IcePeer a (context_, Controlling ()), b (context_, {});
      int count = 0;
      int after = 0;

      a.on_event = [&] {
        if (a.transport == nullptr)
          after++;
        if (++count == last)
          a.Drop ();
      };
      Start (a, b);
      b.on_event = [&] {
        if (b.IsConnected ())
          b.Send ("data");
      };
      Run (100, [&] { return a.transport == nullptr; });
      Pause (10);
      EXPECT_EQ (after, 0) << "dropped in event " << last;
    }
}

TEST_F (IceLifetimeTest, TheReceivedEventMayDropTheTransport)
{
  IcePeer a (context_, Controlling ()), b (context_, {});

  Start (a, b);
  ASSERT_TRUE (Run (3000, [&] { return a.IsConnected () && b.IsConnected (); }));
  a.on_event = [&] {
    if (!a.messages.empty ())
      a.Drop ();
  };
  for (int i = 0; i < 20; i++)
    EXPECT_TRUE (b.Send ("one of many"));
  ASSERT_TRUE (Run (1000, [&] { return a.transport == nullptr; }));
  Pause (50);
  EXPECT_EQ (a.messages.size (), 1u);
}

TEST_F (IceLifetimeTest, ClosingDuringANameLookupIsSilent)
{
  PeerOptions options;

  options.urls = { "stun:nothing.invalid", "turn:nothing.invalid" };
  IcePeer a (context_, options);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_close (a.transport);
  Pause (300);
  EXPECT_TRUE (a.errors.empty ());
}

TEST_F (IceLifetimeTest, ClosingDuringAQueryOfAServerIsSilent)
{
  PeerOptions options;

  options.urls = { "stun:127.0.0.1:9", "turn:127.0.0.1:9", "turn:127.0.0.1:9?transport=tcp" };
  for (int pause_ms : { 0, 1, 20 })
    {
      IcePeer a (context_, options);

      floe_ice_transport_gather (a.transport);
      Pause (pause_ms);
      a.errors.clear ();
      floe_ice_transport_close (a.transport);
      Pause (20);
      EXPECT_TRUE (a.errors.empty ());
    }
  /* What is still on its way is waited for, or the leak check would see it. */
  Pause (4500);
}

TEST_F (IceLifetimeTest, ManyConnectionsLeaveNoDescriptorBehind)
{
  guint before = 0;

  for (int i = 0; i < 300; i++)
    {
      IcePeer a (context_, Controlling ()), b (context_, {});

      Start (a, b);
      ASSERT_TRUE (Run (3000, [&] { return a.IsConnected () && b.IsConnected (); })) << i;
      if (i == 10)
        before = CountDescriptors ();
    }
  IcePeer a (context_, Controlling ()), b (context_, {});
  Start (a, b);
  ASSERT_TRUE (Run (3000, [&] { return a.IsConnected () && b.IsConnected (); }));
  EXPECT_LE (CountDescriptors (), before);
}
