/* SPDX-License-Identifier: MPL-2.0 */
#include <gio/gio.h>
#include <gtest/gtest.h>

#include "floe-network-watch-private.h"

struct Told
{
  int changes = 0;
  int ends = 0;
};

class NetworkWatch : public testing::Test
{
protected:
  static void SetUpTestSuite ()
  {
    /* One that asks nobody. */
    g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  }
  NetworkWatch ()
  {
    watch_ = floe_network_watch_new ([] (gpointer data, gpointer) { ((Told *) data)->changes++; },
                                     &told_, [] (gpointer data) { ((Told *) data)->ends++; });
  }
  void End ()
  {
    floe_network_watch_free (watch_);
  }

  GNetworkMonitor *monitor_ = g_network_monitor_get_default ();
  Told told_;
  FloeNetworkWatch *watch_;
};

TEST_F (NetworkWatch, TellsOfAnotherNetwork)
{
  g_signal_emit_by_name (monitor_, "network-changed", TRUE);
  EXPECT_EQ (told_.changes, 1);
  End ();
}

TEST_F (NetworkWatch, TellsWhenTheSameNetworkBecomesMetered)
{
  g_object_notify (G_OBJECT (monitor_), "network-metered");
  EXPECT_EQ (told_.changes, 1);
  End ();
}

TEST_F (NetworkWatch, TellsNothingAfterItsEndAndGivesItsDataBackOnce)
{
  End ();
  g_object_notify (G_OBJECT (monitor_), "network-metered");
  g_signal_emit_by_name (monitor_, "network-changed", TRUE);
  EXPECT_EQ (told_.changes, 0);
  EXPECT_EQ (told_.ends, 1);
}
