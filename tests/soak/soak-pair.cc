/* SPDX-License-Identifier: MPL-2.0 */
#include "soak-pair.h"

/* Connects @handler (object, ..., Call *). */
template <typename Handler>
static void
connect_shared (gpointer object, const char *signal, Handler handler, const Call &ends)
{
  g_signal_connect_data (
      object, signal, G_CALLBACK (handler), new Call (ends),
      [] (gpointer user_data, GClosure *) { delete (Call *) user_data; }, (GConnectFlags) 0);
}

Call *
BeginCall (const Call &ends)
{
  ends->pending_count++;
  return new Call (ends);
}

/* A callback comes once, also after the connection was closed. */
Call
EndCall (gpointer user_data)
{
  std::unique_ptr<Call> call ((Call *) user_data);

  g_assert_cmpuint ((*call)->pending_count, >, 0);
  (*call)->pending_count--;
  return *call;
}

/* A call may fail because the connection was closed meanwhile, and for no other reason. */
static bool
has_succeeded (gboolean is_done, GError **error)
{
  if (is_done || g_error_matches (*error, FLOE_ERROR, FLOE_ERROR_ABORT)
      || g_error_matches (*error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE))
    return is_done;
  g_error ("A call has failed: %s", (*error)->message);
}

static void
on_candidate_added (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  Call ends = EndCall (user_data);

  has_succeeded (
      floe_peer_connection_add_ice_candidate_finish (FLOE_PEER_CONNECTION (pc), result, &error),
      &error);
}

static void
on_candidate (FloePeerConnection *pc, FloeIceCandidate *candidate, Call *user_data)
{
  Call ends = *user_data; /* a handler may drop the object, and this with it */
  int from = pc == ends->pc[0] ? 0 : 1;
  g_autoptr (FloeIceCandidate) passed = nullptr;

  if (ends->pc[!from] == nullptr)
    return;
  if (candidate != nullptr && ends->relay != nullptr)
    passed = ends->relay->Replace (from, candidate);
  else if (candidate != nullptr)
    passed = floe_ice_candidate_ref (candidate);
  if (passed == nullptr && candidate != nullptr)
    return;
  floe_peer_connection_add_ice_candidate_async (ends->pc[!from], passed, nullptr,
                                                on_candidate_added, BeginCall (ends));
}

static void
on_channel_open (FloeDataChannel *, Call *user_data)
{
  Call ends = *user_data; /* a handler may drop the object, and this with it */

  if (ends->on_open)
    ends->on_open ();
}

static void
on_data_channel (FloePeerConnection *pc, FloeDataChannel *channel, Call *user_data)
{
  Call ends = *user_data; /* a handler may drop the object, and this with it */
  int end = pc == ends->pc[0] ? 0 : 1;

  if (ends->channel[end] == nullptr)
    ends->channel[end] = FLOE_DATA_CHANNEL (g_object_ref (channel));
  if (ends->on_channel)
    ends->on_channel (end, channel);
}

/* What @pc has set, with no candidates in it if these have to be replaced. */
static FloeSessionDescription *
get_description (FloePeerConnection *pc, bool is_bare)
{
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (pc);
  g_auto (GStrv) lines = nullptr;
  std::string kept;

  if (!is_bare || local == nullptr)
    return g_steal_pointer (&local);
  lines = g_strsplit (floe_session_description_get_sdp (local), "\r\n", -1);
  for (char **line = lines; *line != nullptr && **line != '\0'; line++)
    if (!g_str_has_prefix (*line, "a=candidate:") && !g_str_equal (*line, "a=end-of-candidates"))
      kept += std::string (*line) + "\r\n";
  return floe_session_description_new (floe_session_description_get_sdp_type (local),
                                       kept.c_str ());
}

static void
on_answer_taken (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  Call ends = EndCall (user_data);

  has_succeeded (floe_peer_connection_set_remote_description_finish (FLOE_PEER_CONNECTION (pc),
                                                                     result, &error),
                 &error);
}

static void
on_answered (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  g_autoptr (FloeSessionDescription) answer = nullptr;
  Call ends = EndCall (user_data);

  if (!has_succeeded (floe_peer_connection_set_local_description_finish (FLOE_PEER_CONNECTION (pc),
                                                                         result, &error),
                      &error)
      || ends->pc[0] == nullptr)
    return;
  answer = get_description (FLOE_PEER_CONNECTION (pc), ends->relay != nullptr);
  if (answer != nullptr)
    floe_peer_connection_set_remote_description_async (ends->pc[0], answer, nullptr,
                                                       on_answer_taken, BeginCall (ends));
}

static void
on_offer_taken (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  Call ends = EndCall (user_data);

  if (has_succeeded (floe_peer_connection_set_remote_description_finish (FLOE_PEER_CONNECTION (pc),
                                                                         result, &error),
                     &error)
      && ends->pc[1] != nullptr)
    floe_peer_connection_set_local_description_async (ends->pc[1], nullptr, nullptr, on_answered,
                                                      BeginCall (ends));
}

static void
on_offered (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  g_autoptr (FloeSessionDescription) offer = nullptr;
  Call ends = EndCall (user_data);

  ends->has_offered = true;
  if (!has_succeeded (floe_peer_connection_set_local_description_finish (FLOE_PEER_CONNECTION (pc),
                                                                         result, &error),
                      &error)
      || ends->pc[1] == nullptr)
    return;
  offer = get_description (FLOE_PEER_CONNECTION (pc), ends->relay != nullptr);
  if (offer != nullptr)
    floe_peer_connection_set_remote_description_async (ends->pc[1], offer, nullptr, on_offer_taken,
                                                       BeginCall (ends));
}

Ends::~Ends ()
{
  Drop ();
}

void
Ends::Drop ()
{
  for (int end : { 0, 1 })
    {
      g_clear_object (&channel[end]);
      g_clear_object (&pc[end]);
    }
}

Pair::Pair (FloeConfiguration *configuration, LossyRelay *relay) : ends_ (std::make_shared<Ends> ())
{
  ends_->relay = relay;
  for (int end : { 0, 1 })
    {
      g_autoptr (GError) error = nullptr;
      FloePeerConnection *made = floe_peer_connection_new (configuration, &error);

      if (made == nullptr)
        g_error ("No connection: %s", error->message);
      ends_->pc[end] = made;
      connect_shared (made, "ice-candidate", on_candidate, ends_);
      connect_shared (made, "data-channel", on_data_channel, ends_);
    }
}

Pair::~Pair ()
{
  ends_->on_open = nullptr;
  ends_->on_channel = nullptr;
  ends_->Drop ();
}

void
Pair::Start ()
{
  g_autoptr (GError) error = nullptr;

  ends_->channel[0] = floe_peer_connection_create_data_channel (pc (0), "soak", nullptr, &error);
  if (ends_->channel[0] == nullptr)
    g_error ("No channel: %s", error->message);
  connect_shared (ends_->channel[0], "open", on_channel_open, ends_);
  floe_peer_connection_set_local_description_async (pc (0), nullptr, nullptr, on_offered,
                                                    BeginCall (ends_));
}

bool
Pair::is_open () const
{
  return channel (0) != nullptr && channel (1) != nullptr
         && floe_data_channel_get_ready_state (channel (0)) == FLOE_DATA_CHANNEL_STATE_OPEN;
}

void
Pair::WaitForOpen ()
{
  WaitUntil ("waiting for an open channel", [this] { return is_open (); });
}

void
Pair::Close ()
{
  for (int end : { 0, 1 })
    if (pc (end) != nullptr)
      floe_peer_connection_close (pc (end));
}
