/* SPDX-License-Identifier: MPL-2.0 */
/* A connection can be closed at any time and from anywhere, and says nothing afterwards. */
#include "peer-pair.h"

using Strings = std::vector<std::string>;

class Closing : public PeerPairTest
{
};

/* Counts what must not come after close(). */
struct Watcher
{
  explicit Watcher (FloePeerConnection *pc)
  {
    for (const char *signal : { "ice-candidate", "data-channel", "negotiation-needed" })
      g_signal_connect_swapped (pc, signal, G_CALLBACK (+[] (Watcher *self) { self->count++; }),
                                this);
  }
  int count = 0;
};

TEST_F (Closing, TellsClosedOnceAndNothingElse)
{
  Connect ();
  alice.states.clear ();
  Strings before = channel->events;
  Watcher watcher (alice.pc);
  floe_peer_connection_close (alice.pc);
  floe_peer_connection_close (alice.pc);
  EXPECT_TRUE (alice.states.empty ()) << "notified inside the call";
  EXPECT_EQ (alice.state (), FLOE_PEER_CONNECTION_STATE_CLOSED);
  EXPECT_TRUE (channel->is_closed ());
  RunFor (0.2);
  EXPECT_EQ (alice.states, Strings ({ "closed" }));
  EXPECT_EQ (channel->events, before);
  EXPECT_EQ (watcher.count, 0);
  EXPECT_EQ (alice.SetLocal (), "InvalidStateError");
  ErrorHolder error;
  EXPECT_FALSE (channel->SendText ("late", error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
  g_signal_handlers_disconnect_by_data (alice.pc, &watcher);
}

TEST_F (Closing, IsSeenByThePeer)
{
  Connect ();
  floe_peer_connection_close (alice.pc);
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->is_closed (); }, 2));
  EXPECT_EQ (peer_channel->events.back (), "close");
  EXPECT_TRUE (
      RunUntil ([&] { return bob.state () == FLOE_PEER_CONNECTION_STATE_DISCONNECTED; }, 2));
}

TEST_F (Closing, IsSeenByAPeerWithoutAnOpenChannel)
{
  Connect ();
  floe_data_channel_close (channel->get ());
  ASSERT_TRUE (RunUntil ([&] { return channel->is_closed () && peer_channel->is_closed (); }));
  floe_peer_connection_close (alice.pc);
  EXPECT_TRUE (
      RunUntil ([&] { return bob.state () == FLOE_PEER_CONNECTION_STATE_DISCONNECTED; }, 2));
  EXPECT_EQ (bob.states.back (), "disconnected");
}

TEST_F (Closing, AbortsPendingCalls)
{
  Outcome outcome;

  channel = alice.CreateChannel ("test");
  floe_peer_connection_set_local_description_async (
      alice.pc, nullptr, nullptr, FillOutcome<floe_peer_connection_set_local_description_finish>,
      &outcome);
  floe_peer_connection_close (alice.pc);
  EXPECT_FALSE (outcome.is_done) << "the callback ran inside close()";
  EXPECT_TRUE (RunUntil ([&] { return outcome.is_done; }));
  EXPECT_EQ (outcome.error, "AbortError");
}

TEST_F (Closing, OfTheLastReferenceIsEnough)
{
  Connect ();
  g_signal_handlers_disconnect_by_data (alice.pc, &alice);
  bob.other = nullptr;
  g_clear_object (&alice.pc);
  EXPECT_TRUE (channel->is_closed ());
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->is_closed (); }, 2));
}

/* After so many turns of the main loop the connection is closed: at every stage of its way up. */
class ClosingAtStage : public PeerPairTest, public testing::WithParamInterface<int>
{
};

TEST_P (ClosingAtStage, LeavesNothingBehind)
{
  int turns = GetParam ();

  channel = alice.CreateChannel ("test");
  alice.other = &bob;
  bob.other = &alice;
  ASSERT_EQ (alice.SetLocal (), "");
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (alice.pc);
  ASSERT_EQ (bob.SetRemote (offer), "");
  ASSERT_EQ (bob.SetLocal (), "");
  g_autoptr (FloeSessionDescription) answer = floe_peer_connection_get_local_description (bob.pc);
  floe_peer_connection_set_remote_description_async (alice.pc, answer, nullptr, nullptr, nullptr);
  for (int i = 0; i < turns && !channel->is_open (); i++)
    g_main_context_iteration (nullptr, i % 2 == 0);
  Watcher watcher (alice.pc);
  floe_peer_connection_close (alice.pc);
  RunFor (0.05);
  EXPECT_EQ (watcher.count, 0);
  EXPECT_EQ (alice.states.back (), "closed");
  g_signal_handlers_disconnect_by_data (alice.pc, &watcher);
}

INSTANTIATE_TEST_SUITE_P (Connection, ClosingAtStage,
                          testing::Values (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40));

/* The signal inside whose handler the connection is closed, and by which end it is emitted. */
struct Handler
{
  const char *name;
  const char *object; /* "pc", "channel", "peer pc" or "peer channel" */
  const char *signal;
};

class ClosingInside : public PeerPairTest, public testing::WithParamInterface<Handler>
{
};

struct Closer
{
  FloePeerConnection *pc;
  int count = 0;
};

static void
CloseHere (Closer *self)
{
  self->count++;
  floe_peer_connection_close (self->pc);
}

TEST_P (ClosingInside, AHandlerIsTheLastThatItHears)
{
  std::string object = GetParam ().object;
  Closer closer{ object == "pc" || object == "channel" ? alice.pc : bob.pc };

  channel = alice.CreateChannel ("test");
  if (object == "pc" || object == "peer pc")
    g_signal_connect_swapped (closer.pc, GetParam ().signal, G_CALLBACK (CloseHere), &closer);
  else if (object == "channel")
    g_signal_connect_swapped (channel->get (), GetParam ().signal, G_CALLBACK (CloseHere), &closer);
  alice.other = &bob;
  bob.other = &alice;
  RunFor (0.02); /* negotiation-needed comes when no call is pending */
  floe_peer_connection_set_local_description_async (alice.pc, nullptr, nullptr, nullptr, nullptr);
  RunUntil (
      [&] {
        return floe_peer_connection_get_signaling_state (alice.pc) != FLOE_SIGNALING_STATE_STABLE;
      },
      1);
  g_autoptr (FloeSessionDescription) offer = floe_peer_connection_get_local_description (alice.pc);
  if (offer != nullptr)
    {
      bob.SetRemote (offer);
      bob.SetLocal ();
      g_autoptr (FloeSessionDescription) answer =
          floe_peer_connection_get_local_description (bob.pc);
      if (answer != nullptr)
        alice.SetRemote (answer);
    }
  if (object == "peer channel" && RunUntil ([&] { return bob.Incoming () != nullptr; }))
    g_signal_connect_swapped (bob.Incoming ()->get (), GetParam ().signal, G_CALLBACK (CloseHere),
                              &closer);
  RunUntil ([&] { return channel->is_open (); }, 1);
  if (channel->is_open ())
    {
      channel->SendText ("text");
      channel->SendPattern (10);
      RunFor (0.05);
      if (channel->is_open ())
        floe_data_channel_close (channel->get ());
    }
  EXPECT_TRUE (RunUntil ([&] { return closer.count > 0; }, 3)) << "the signal never came";
  RunFor (0.05);
  /* A state's notification may come once more, for closed. */
  EXPECT_LE (closer.count, std::string (GetParam ().signal).find ("notify") == 0 ? 2 : 1);
  EXPECT_EQ (floe_peer_connection_get_connection_state (closer.pc),
             FLOE_PEER_CONNECTION_STATE_CLOSED);
  g_signal_handlers_disconnect_by_data (closer.pc, &closer);
  g_signal_handlers_disconnect_by_data (channel->get (), &closer);
  if (bob.Incoming () != nullptr)
    g_signal_handlers_disconnect_by_data (bob.Incoming ()->get (), &closer);
}

INSTANTIATE_TEST_SUITE_P (
    Connection, ClosingInside,
    testing::Values (Handler{ "IceCandidate", "pc", "ice-candidate" },
                     Handler{ "NegotiationNeeded", "pc", "negotiation-needed" },
                     Handler{ "SignalingState", "pc", "notify::signaling-state" },
                     Handler{ "GatheringState", "pc", "notify::ice-gathering-state" },
                     Handler{ "IceConnectionState", "pc", "notify::ice-connection-state" },
                     Handler{ "ConnectionState", "pc", "notify::connection-state" },
                     Handler{ "DataChannel", "peer pc", "data-channel" },
                     Handler{ "Open", "channel", "open" },
                     Handler{ "ReadyState", "channel", "notify::ready-state" },
                     Handler{ "BufferedAmount", "channel", "notify::buffered-amount" },
                     Handler{ "BufferedAmountLow", "channel", "buffered-amount-low" },
                     Handler{ "Close", "channel", "close" },
                     Handler{ "MessageText", "peer channel", "message-text" },
                     Handler{ "MessageBytes", "peer channel", "message-bytes" },
                     Handler{ "PeerClosing", "peer channel", "closing" },
                     Handler{ "PeerClose", "peer channel", "close" }),
    [] (const auto &info) { return std::string (info.param.name); });

/* A notification with a signal right behind it: closed inside the one, it says no other. */
struct Notice
{
  const char *name;
  const char *signal;
  FloeDataChannelState state; /* the channel's, when the connection is closed */
};

class ClosingInsideANotice : public PeerPairTest, public testing::WithParamInterface<Notice>
{
};

TEST_P (ClosingInsideANotice, HoldsTheSignalBehindItBack)
{
  struct State
  {
    FloePeerConnection *pc;
    FloeDataChannelState wanted;
    int closed_count = 0;
    int late_count = 0;
  } state{ nullptr, GetParam ().state };
  auto on_notice = +[] (FloeDataChannel *object, GParamSpec *, State *self) {
    if (floe_data_channel_get_ready_state (object) != self->wanted || self->closed_count++ > 0)
      return;
    floe_peer_connection_close (self->pc);
  };
  auto on_late = +[] (State *self) { self->late_count += self->closed_count > 0; };
  channel = alice.CreateChannel ("test");
  state.pc = alice.pc;
  g_signal_connect (channel->get (), GetParam ().signal, G_CALLBACK (on_notice), &state);
  for (const char *signal : { "notify::id", "open", "closing", "close", "buffered-amount-low" })
    g_signal_connect_swapped (channel->get (), signal, G_CALLBACK (on_late), &state);
  Negotiate (alice, bob);
  RunUntil ([&] { return bob.Incoming () != nullptr || state.closed_count > 0; });
  if (channel->is_open ())
    {
      channel->SendText ("text");
      RunFor (0.05);
      if (bob.Incoming () != nullptr)
        floe_data_channel_close (bob.Incoming ()->get ());
    }
  EXPECT_TRUE (RunUntil ([&] { return state.closed_count > 0; }));
  RunFor (0.05);
  EXPECT_EQ (state.late_count, 0);
  g_signal_handlers_disconnect_by_data (channel->get (), &state);
}

INSTANTIATE_TEST_SUITE_P (
    Connection, ClosingInsideANotice,
    testing::Values (Notice{ "Open", "notify::ready-state", FLOE_DATA_CHANNEL_STATE_OPEN },
                     Notice{ "Closing", "notify::ready-state", FLOE_DATA_CHANNEL_STATE_CLOSING },
                     Notice{ "Closed", "notify::ready-state", FLOE_DATA_CHANNEL_STATE_CLOSED },
                     Notice{ "BufferedAmount", "notify::buffered-amount",
                             FLOE_DATA_CHANNEL_STATE_OPEN }),
    [] (const auto &info) { return std::string (info.param.name); });

static int
CountDescriptors ()
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, nullptr);
  int count = 0;

  while (g_dir_read_name (dir) != nullptr)
    count++;
  return count;
}

TEST (Cycles, ThreeHundredConnectionsLeaveMemoryAndDescriptorsFlat)
{
  int descriptors = 0;
  long memory = 0;

  for (int i = 0; i < 300; i++)
    {
      {
        Peer alice;
        Peer bob;
        auto channel = alice.CreateChannel ("cycle");

        Negotiate (alice, bob);
        ASSERT_TRUE (RunUntil ([&] { return channel->is_open (); })) << i;
        floe_peer_connection_close (alice.pc);
        floe_peer_connection_close (bob.pc);
      }
      RunFor (0.001);
      if (i == 99)
        {
          RunFor (0.3);
          descriptors = CountDescriptors ();
          memory = ResidentKib ();
        }
    }
  RunFor (0.3);
  EXPECT_LE (CountDescriptors (), descriptors + 2);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  /* 200 connections more may cost less than 8 KiB each that was not there before: a leak of one
   * connection's buffers would be a hundred times that. */
  EXPECT_LE (ResidentKib (), memory + 200 * 8);
#endif
  (void) memory;
}
