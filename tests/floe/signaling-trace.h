/* SPDX-License-Identifier: MPL-2.0 */
/* Writes down what a FloeSignaling emits, so that a test can compare it. */
#pragma once

#include <floe-test.h>

#include <functional>

extern "C"
{
#include "floe-signaling.h"
}

/* Whether @is_true came to hold while the main context ran, within ten seconds. */
inline bool
RunUntil (const std::function<bool ()> &is_true)
{
  bool is_late = false;
  const guint timer = g_timeout_add_seconds (
      10,
      [] (gpointer data) -> gboolean {
        *static_cast<bool *> (data) = true;
        return G_SOURCE_CONTINUE;
      },
      &is_late);

  while (!is_true () && !is_late)
    g_main_context_iteration (nullptr, TRUE);
  g_source_remove (timer);
  return is_true ();
}

/* Takes a signaling, follows it, and lets it go in the end. */
class SignalingTrace
{
public:
  explicit SignalingTrace (FloeSignaling *signaling) : signaling_ (signaling)
  {
    g_signal_connect (signaling, "welcome", G_CALLBACK (OnWelcome), this);
    g_signal_connect (signaling, "peer", G_CALLBACK (OnPeer), this);
    g_signal_connect (signaling, "description", G_CALLBACK (OnDescription), this);
    g_signal_connect (signaling, "candidate", G_CALLBACK (OnCandidate), this);
    g_signal_connect (signaling, "gone", G_CALLBACK (OnGone), this);
    g_signal_connect (signaling, "error", G_CALLBACK (OnError), this);
  }
  ~SignalingTrace ()
  {
    g_signal_handlers_disconnect_by_data (signaling_, this);
    floe_signaling_close (signaling_);
    g_object_unref (signaling_);
  }
  SignalingTrace (const SignalingTrace &) = delete;
  SignalingTrace &operator= (const SignalingTrace &) = delete;

  FloeSignaling *get ()
  {
    return signaling_;
  }
  /* What was emitted so far, one word each with a blank between. */
  const std::string &text () const
  {
    return text_;
  }
  /* Waits until as much was emitted as @expected has, and gives what was. */
  std::string After (const std::string &expected)
  {
    RunUntil ([&] { return text_.size () >= expected.size (); });
    return text_;
  }
  /* Called at each word. */
  std::function<void (const std::string &word)> on_word;

private:
  void Add (const std::string &word)
  {
    text_ += (text_.empty () ? "" : " ") + word;
    if (on_word)
      on_word (word);
  }
  static void OnWelcome (FloeSignaling *, GPtrArray *servers, SignalingTrace *self)
  {
    self->Add ("welcome:" + std::to_string (servers->len));
  }
  static void OnPeer (FloeSignaling *, gboolean offers, SignalingTrace *self)
  {
    self->Add (offers ? "peer:offers" : "peer:answers");
  }
  static void OnDescription (FloeSignaling *, FloeSessionDescription *description,
                             SignalingTrace *self)
  {
    self->Add (std::string ("description:") + floe_session_description_get_sdp (description));
  }
  static void OnCandidate (FloeSignaling *, FloeIceCandidate *candidate, SignalingTrace *self)
  {
    const bool is_end = candidate == nullptr || floe_ice_candidate_is_end_of_candidates (candidate);

    self->Add (is_end ? "end" : "candidate");
  }
  static void OnGone (FloeSignaling *, SignalingTrace *self)
  {
    self->Add ("gone");
  }
  static void OnError (FloeSignaling *, const GError *error, SignalingTrace *self)
  {
    const bool is_ours = error->domain == FLOE_ERROR;

    self->Add (is_ours ? floe_error_get_name (static_cast<FloeError> (error->code)) : "foreign");
  }

  FloeSignaling *signaling_;
  std::string text_;
};
