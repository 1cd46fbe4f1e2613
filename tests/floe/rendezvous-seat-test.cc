/* SPDX-License-Identifier: MPL-2.0 */
/* The seats of the process that runs a rendezvous, two of which can talk. */
#include <floe-test.h>
#include <gmock/gmock.h>

extern "C"
{
#include "floe-rendezvous.h"
}

using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

const std::string room (64, 'a');

/* A seat and what it told; no more than one turn of the main loop at a time. */
class Seat
{
public:
  Seat (FloeRendezvous *rendezvous, bool opens)
      : signaling_ (floe_rendezvous_join (rendezvous, room.c_str (), opens))
  {
    g_signal_connect_swapped (signaling_, "welcome", G_CALLBACK (OnWelcome), this);
    g_signal_connect_swapped (signaling_, "peer", G_CALLBACK (OnPeer), this);
    g_signal_connect_swapped (signaling_, "description", G_CALLBACK (OnDescription), this);
    g_signal_connect_swapped (signaling_, "candidate", G_CALLBACK (OnCandidate), this);
    g_signal_connect_swapped (signaling_, "gone", G_CALLBACK (OnGone), this);
    g_signal_connect_swapped (signaling_, "error", G_CALLBACK (OnError), this);
  }
  ~Seat ()
  {
    g_signal_handlers_disconnect_by_data (signaling_, this);
    g_object_unref (signaling_);
  }
  void Describe (const char *sdp)
  {
    g_autoptr (FloeSessionDescription) description =
        floe_session_description_new (FLOE_SDP_TYPE_OFFER, sdp);
    floe_signaling_send_description (signaling_, description);
  }
  FloeSignaling *get () const
  {
    return signaling_;
  }
  std::vector<std::string> Take ()
  {
    return std::exchange (told_, {});
  }
  bool closes_on_welcome = false;

private:
  static void OnWelcome (Seat *self, GPtrArray *servers)
  {
    self->told_.push_back ("welcome " + std::to_string (servers->len));
    if (self->closes_on_welcome)
      floe_signaling_close (self->signaling_);
  }
  static void OnPeer (Seat *self, gboolean offers)
  {
    self->told_.push_back (offers ? "peer offers" : "peer");
  }
  static void OnDescription (Seat *self, FloeSessionDescription *description)
  {
    self->told_.push_back (floe_session_description_get_sdp (description));
  }
  static void OnCandidate (Seat *self, FloeIceCandidate *candidate)
  {
    self->told_.push_back (std::string ("candidate ")
                           + floe_ice_candidate_get_candidate (candidate));
  }
  static void OnGone (Seat *self)
  {
    self->told_.push_back ("gone");
  }
  static void OnError (Seat *self, const GError *error)
  {
    self->told_.push_back (error->code == FLOE_ERROR_NETWORK          ? "network"
                           : error->code == FLOE_ERROR_INVALID_ACCESS ? "no room"
                                                                      : "error");
  }

  FloeSignaling *signaling_;
  std::vector<std::string> told_;
};

class SeatTest : public testing::Test
{
protected:
  SeatTest ()
  {
    const char *const urls[] = { "turn:turn.example.net", nullptr };
    g_autoptr (GPtrArray) servers =
        g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (floe_ice_server_unref));
    FloeRendezvousOptions options = {};

    g_ptr_array_add (servers, floe_ice_server_new (urls, "user", "secret", nullptr));
    options.ice_servers = servers;
    rendezvous_ = floe_rendezvous_new (&options);
  }
  ~SeatTest () override
  {
    g_object_unref (rendezvous_);
  }
  static void Settle ()
  {
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  FloeRendezvous *rendezvous_;
};

TEST_F (SeatTest, TellsNothingInsideACall)
{
  Seat first (rendezvous_, true);
  Seat second (rendezvous_, false);

  EXPECT_THAT (first.Take (), IsEmpty ());
  EXPECT_THAT (second.Take (), IsEmpty ());
  Settle ();
  first.Describe ("a");
  EXPECT_THAT (second.Take (), ElementsAre ("welcome 1", "peer"));
}

TEST_F (SeatTest, LetsTwoTalk)
{
  Seat first (rendezvous_, true);
  Seat second (rendezvous_, false);

  Settle ();
  EXPECT_THAT (first.Take (), ElementsAre ("welcome 1", "peer offers"));
  EXPECT_THAT (second.Take (), ElementsAre ("welcome 1", "peer"));
  first.Describe ("from first");
  second.Describe ("from second");
  floe_signaling_send_candidate (first.get (), nullptr);
  Settle ();
  EXPECT_THAT (second.Take (), ElementsAre ("from first", "candidate "));
  EXPECT_THAT (first.Take (), ElementsAre ("from second"));
}

TEST_F (SeatTest, SaysThatNobodyIsThere)
{
  Seat seat (rendezvous_, false);

  Settle ();
  EXPECT_THAT (seat.Take (), ElementsAre ("no room"));
}

TEST_F (SeatTest, TellsNothingOfAPeerThatItSentAway)
{
  Seat first (rendezvous_, true);
  Seat second (rendezvous_, false);

  Settle ();
  first.Take ();
  second.Take ();
  second.Describe ("under way");
  floe_signaling_dismiss_peer (first.get ());
  Settle ();
  EXPECT_THAT (first.Take (), IsEmpty ());
  EXPECT_THAT (second.Take (), ElementsAre ("error"));

  Seat third (rendezvous_, false);
  Settle ();
  EXPECT_THAT (first.Take (), ElementsAre ("peer offers"));
}

TEST_F (SeatTest, TellsWhenTheOtherLeaves)
{
  Seat first (rendezvous_, true);
  {
    Seat second (rendezvous_, false);
    Settle ();
    first.Take ();
  }
  Settle ();
  EXPECT_THAT (first.Take (), ElementsAre ("gone"));

  Seat third (rendezvous_, false);
  Settle ();
  third.Take ();
  floe_signaling_close (first.get ());
  Settle ();
  EXPECT_THAT (third.Take (), ElementsAre ("gone", "network"));
}

TEST_F (SeatTest, TellsNothingAfterClose)
{
  Seat first (rendezvous_, true);
  Seat second (rendezvous_, false);

  first.closes_on_welcome = true;
  Settle ();
  EXPECT_THAT (first.Take (), ElementsAre ("welcome 1"));
  floe_signaling_close (first.get ());
  first.Describe ("nobody hears this");
  Settle ();
  EXPECT_THAT (first.Take (), IsEmpty ());
}

TEST_F (SeatTest, TellsThatTheRendezvousClosed)
{
  Seat first (rendezvous_, true);

  Settle ();
  first.Take ();
  floe_rendezvous_close (rendezvous_);
  floe_rendezvous_close (rendezvous_);
  EXPECT_THAT (first.Take (), IsEmpty ());
  Settle ();
  EXPECT_THAT (first.Take (), ElementsAre ("network"));
}

} // namespace
