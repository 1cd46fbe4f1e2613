/* SPDX-License-Identifier: MPL-2.0 */
/* Connections that are made with properties by name, as bindings do, and with a main context that
 * is not the thread-default one. */
#include "peer-pair.h"

/* A context that another thread runs. */
class ContextOfAnotherThread
{
public:
  ContextOfAnotherThread ()
  {
    thread_ = g_thread_new (
        "other",
        [] (gpointer data) -> gpointer {
          g_main_loop_run ((GMainLoop *) data);
          return nullptr;
        },
        loop_);
    while (!g_main_loop_is_running (loop_))
      g_thread_yield ();
    /* It is about to take it. */
    while (g_main_context_acquire (context))
      {
        g_main_context_release (context);
        g_thread_yield ();
      }
  }
  ~ContextOfAnotherThread ()
  {
    g_main_loop_quit (loop_);
    g_thread_join (thread_);
    g_main_loop_unref (loop_);
    g_main_context_unref (context);
  }
  ContextOfAnotherThread (const ContextOfAnotherThread &) = delete;

  GMainContext *context = g_main_context_new ();

private:
  GMainLoop *loop_ = g_main_loop_new (context, FALSE);
  GThread *thread_;
};

class Construction : public testing::Test
{
protected:
  static FloePeerConnection *Make (FloeConfiguration *configuration, GMainContext *context)
  {
    return FLOE_PEER_CONNECTION (g_object_new (FLOE_TYPE_PEER_CONNECTION, "configuration",
                                               configuration, "main-context", context, nullptr));
  }
};

TEST_F (Construction, WithoutAnythingIsThatOfADefaultConnection)
{
  g_autoptr (FloePeerConnection) pc = Make (nullptr, nullptr);
  ErrorHolder error;

  EXPECT_TRUE (g_initable_init (G_INITABLE (pc), nullptr, error));
  EXPECT_TRUE (FLOE_IS_CONFIGURATION (floe_peer_connection_get_configuration (pc)));
  EXPECT_EQ (floe_peer_connection_get_main_context (pc), g_main_context_default ());
  EXPECT_EQ (floe_peer_connection_get_signaling_state (pc), FLOE_SIGNALING_STATE_STABLE);
}

TEST_F (Construction, WithAContextOfAnotherThreadGivesAClosedConnectionThatSaysWhy)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  ContextOfAnotherThread other;
  g_autoptr (FloePeerConnection) pc = Make (configuration, other.context);
  ErrorHolder error, late;
  Outcome outcome;

  EXPECT_FALSE (g_initable_init (G_INITABLE (pc), nullptr, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE)) << error.message ();
  EXPECT_FALSE (g_initable_init (G_INITABLE (pc), nullptr, nullptr));
  EXPECT_EQ (floe_peer_connection_get_connection_state (pc), FLOE_PEER_CONNECTION_STATE_CLOSED);
  EXPECT_EQ (floe_peer_connection_get_configuration (pc), configuration);
  EXPECT_EQ (floe_peer_connection_get_local_description (pc), nullptr);
  EXPECT_EQ (floe_peer_connection_create_data_channel (pc, "late", nullptr, late), nullptr);
  EXPECT_TRUE (late.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
  g_autoptr (FloeConnectionMetrics) metrics = floe_peer_connection_get_metrics (pc);
  EXPECT_EQ (floe_connection_metrics_get_path_count (metrics), 0u);
  floe_peer_connection_set_local_description_async (
      pc, nullptr, nullptr, FillOutcome<floe_peer_connection_set_local_description_finish>,
      &outcome);
  EXPECT_TRUE (RunUntil ([&] { return outcome.is_done; }));
  EXPECT_EQ (outcome.error, "InvalidStateError");
  floe_peer_connection_close (pc);
}

/* The loop runs the context without having made it the thread-default one, as GLib allows. */
TEST_F (Construction, WithAContextHasCallbacksComeThereAndNowhereElse)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FloePeerConnection) pc = Make (nullptr, context);
  Outcome outcome;

  EXPECT_EQ (floe_peer_connection_get_main_context (pc), context);
  floe_peer_connection_set_local_description_async (
      pc, nullptr, nullptr, FillOutcome<floe_peer_connection_set_local_description_finish>,
      &outcome);
  RunFor (0.05);
  EXPECT_FALSE (outcome.is_done) << "on the thread-default context";
  while (!outcome.is_done)
    g_main_context_iteration (context, TRUE);
  EXPECT_EQ (outcome.error, "");
  floe_peer_connection_close (pc);
  while (g_main_context_pending (context))
    g_main_context_iteration (context, FALSE);
}
