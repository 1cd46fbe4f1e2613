/* SPDX-License-Identifier: MPL-2.0 */
/* Runs that end early: cancelled, closed, dropped. */
#include "discovery.h"

#include <dirent.h>

class NatEnding : public testing::Test
{
protected:
  void SetUp () override
  {
    discovery_.AddServer (server_.Url ());
  }
  /* Lets the network thread begin. */
  static void WaitALittle ()
  {
    bool is_over = false;

    g_timeout_add_once (
        50, [] (gpointer flag) { *(bool *) flag = true; }, &is_over);
    Discovery::WaitFor ([&is_over] { return is_over; });
  }

  SilentServer server_; /* so the run takes its time */
  Discovery discovery_;
};

TEST_F (NatEnding, WithoutAServerThereIsNobodyToAsk)
{
  Discovery empty;
  DiscoveryCall call;

  empty.Run (call);
  EXPECT_TRUE (call.Failed (FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS));
}

TEST_F (NatEnding, ACancelledCallEndsAndTheOtherGoesOn)
{
  DiscoveryCall cancelled, other;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  discovery_.Start (cancelled, cancellable);
  discovery_.Start (other);
  WaitALittle ();
  g_cancellable_cancel (cancellable);
  discovery_.Wait (cancelled);
  EXPECT_TRUE (cancelled.Failed (G_IO_ERROR, G_IO_ERROR_CANCELLED));
  discovery_.Wait (other);
  EXPECT_NE (FindReport (other.reports, "127.0.0.1"), nullptr);
}

/* The end of the first run waits to be told when the second call begins. */
TEST_F (NatEnding, ACallGetsWhatItsOwnServersSay)
{
  DiscoveryCall first, second;

  discovery_.Start (first);
  g_usleep (2 * G_USEC_PER_SEC); /* long enough for the run; too short, and this proves nothing */
  discovery_.AddServer ("stun:127.0.0.3:" + std::to_string (Coturn::PickPort ()));
  discovery_.Start (second);
  discovery_.Wait (second);
  FloeNatReport *report = FindReport (second.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_servers (report)->len, 2u);
  EXPECT_TRUE (first.is_over);
}

TEST_F (NatEnding, ACallThatIsCancelledBeforeSendsNothing)
{
  DiscoveryCall call;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  discovery_.Start (call, cancellable);
  discovery_.Wait (call);
  EXPECT_TRUE (call.Failed (G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

TEST_F (NatEnding, AfterAllHaveCancelledAnotherRunWorks)
{
  DiscoveryCall cancelled, again;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  discovery_.Start (cancelled, cancellable);
  WaitALittle ();
  g_cancellable_cancel (cancellable);
  discovery_.Wait (cancelled);
  discovery_.Run (again);
  EXPECT_NE (FindReport (again.reports, "127.0.0.1"), nullptr);
}

TEST_F (NatEnding, ClosingAbortsWhatIsUnderWay)
{
  DiscoveryCall call, late;

  discovery_.Start (call);
  WaitALittle ();
  floe_nat_discovery_close (discovery_.get ());
  discovery_.Wait (call);
  EXPECT_TRUE (call.Failed (FLOE_ERROR, FLOE_ERROR_ABORT));
  floe_nat_discovery_close (discovery_.get ());
  discovery_.Run (late);
  EXPECT_TRUE (late.Failed (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
}

TEST_F (NatEnding, AHandlerMayCloseAndDrop)
{
  DiscoveryCall call;

  g_signal_connect (discovery_.get (), "changed",
                    G_CALLBACK (+[] (FloeNatDiscovery *discovery, gpointer self) {
                      floe_nat_discovery_close (discovery);
                      ((Discovery *) self)->Drop ();
                    }),
                    &discovery_);
  discovery_.Start (call);
  discovery_.Wait (call);
  EXPECT_TRUE (call.Failed (FLOE_ERROR, FLOE_ERROR_ABORT));
  EXPECT_EQ (discovery_.get (), nullptr);
}

TEST_F (NatEnding, NothingIsEmittedAfterAHandlerHasClosed)
{
  DiscoveryCall call;
  guint changed_count = 0;

  g_signal_connect (
      discovery_.get (), "notify::reports",
      G_CALLBACK (+[] (FloeNatDiscovery *discovery) { floe_nat_discovery_close (discovery); }),
      nullptr);
  g_signal_connect (discovery_.get (), "changed",
                    G_CALLBACK (+[] (FloeNatDiscovery *, guint *count) { (*count)++; }),
                    &changed_count);
  discovery_.Start (call);
  discovery_.Wait (call);
  EXPECT_TRUE (call.Failed (FLOE_ERROR, FLOE_ERROR_ABORT));
  EXPECT_EQ (changed_count, 0u);
}

TEST_F (NatEnding, TheRunOfADroppedObjectIsStillFinished)
{
  DiscoveryCall call;

  discovery_.Start (call);
  discovery_.Drop ();
  discovery_.Wait (call);
  EXPECT_NE (FindReport (call.reports, "127.0.0.1"), nullptr);
}

static guint
CountDescriptors ()
{
  guint count = 0;
  DIR *folder = opendir ("/proc/self/fd");

  while (folder != nullptr && readdir (folder) != nullptr)
    count++;
  if (folder != nullptr)
    closedir (folder);
  return count;
}

TEST_F (NatEnding, NoSocketIsLeftBehind)
{
  DiscoveryCall warm_up;
  guint before;

  discovery_.Run (warm_up);
  before = CountDescriptors ();
  for (guint i = 0; i < 20; i++)
    {
      DiscoveryCall call;
      Discovery other;

      other.AddServer (server_.Url ());
      other.Start (call);
      WaitALittle ();
      floe_nat_discovery_close (other.get ());
      Discovery::Wait (call);
    }
  Discovery::WaitFor ([before] { return CountDescriptors () <= before; });
}
