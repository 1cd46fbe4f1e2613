/* SPDX-License-Identifier: MPL-2.0 */
/* A program that wants no thread runs the network side on its own main context. */
#include "peer-pair.h"

/* GLib may have threads of its own; ours has a name. */
static bool
HasNetworkThread ()
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, nullptr);
  const char *id;

  while (dir != nullptr && (id = g_dir_read_name (dir)) != nullptr)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", id);
      g_autofree char *name = nullptr;

      if (g_file_get_contents (path, &name, nullptr, nullptr)
          && g_str_has_prefix (name, "floe-network"))
        return true;
    }
  return false;
}

TEST (OneThread, IsEnoughForTwoConnections)
{
  ErrorHolder error;

  ASSERT_TRUE (floe_set_network_context (g_main_context_default (), error)) << error.message ();
  {
    Peer alice;
    Peer bob;
    auto channel = alice.CreateChannel ("test");

    Negotiate (alice, bob);
    ASSERT_TRUE (RunUntil ([&] { return channel->is_open () && bob.Incoming () != nullptr; }));
    for (int i = 0; i < 20; i++)
      ASSERT_TRUE (channel->SendPattern (65536));
    EXPECT_TRUE (RunUntil ([&] { return bob.Incoming ()->bytes.size () == 20; }));
    EXPECT_FALSE (HasNetworkThread ());
    floe_data_channel_close (channel->get ());
    EXPECT_TRUE (RunUntil ([&] { return channel->is_closed (); }));
    floe_peer_connection_close (alice.pc);
    EXPECT_TRUE (
        RunUntil ([&] { return bob.state () == FLOE_PEER_CONNECTION_STATE_DISCONNECTED; }));
  }
  RunFor (0.1);
}
