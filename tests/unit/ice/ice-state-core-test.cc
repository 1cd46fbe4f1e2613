/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-ice-state-core-private.h"
G_END_DECLS

static const gint64 TIMEOUT_US = 39500 * G_TIME_SPAN_MILLISECOND;

class IceStateCore : public testing::Test
{
protected:
  IceStateCore ()
  {
    floe_ice_state_core_init (&core_, TIMEOUT_US, FALSE);
  }

  /* Returns the last state that the facts lead to. */
  FloeIceConnectionState Tell ()
  {
    int count = 0;

    while (floe_ice_state_core_handle_facts (&core_, &facts_, now_us_))
      EXPECT_LT (++count, 5);
    return core_.state;
  }

  FloeIceConnectionState Connect ()
  {
    facts_.is_checking = facts_.is_carried = facts_.is_alive = TRUE;
    return Tell ();
  }

  gint64 now_us_ = 1000 * G_TIME_SPAN_SECOND;
  FloeIceStateCore core_;
  FloeIceFacts facts_ = {};
};

TEST_F (IceStateCore, IsNewUntilBothSidesHaveCredentials)
{
  facts_.is_gathered = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_NEW);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), -1);
  facts_.is_checking = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CHECKING);
}

TEST_F (IceStateCore, FailsNotBeforeTheTimeoutEvenWhenAllIsKnown)
{
  facts_.is_checking = facts_.is_gathered = facts_.is_remote_ended = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CHECKING);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), now_us_ + TIMEOUT_US);
  now_us_ += TIMEOUT_US - 1;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CHECKING);
  now_us_ += 1;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_FAILED);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), -1);
}

TEST_F (IceStateCore, FailedIsFinalUntilItIsClosed)
{
  facts_.is_checking = TRUE;
  Tell ();
  EXPECT_FALSE (floe_ice_state_core_is_over (&core_));
  now_us_ += TIMEOUT_US;
  ASSERT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_FAILED);
  EXPECT_TRUE (floe_ice_state_core_is_over (&core_));
  EXPECT_EQ (Connect (), FLOE_ICE_CONNECTION_STATE_FAILED);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), -1);
  facts_.is_closed = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CLOSED);
}

TEST_F (IceStateCore, AnAnswererThatNobodyHasMetWaitsMuchLonger)
{
  gint64 start_us = now_us_;

  facts_.is_checking = TRUE;
  facts_.met_us = -1;
  Tell ();
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), start_us + FLOE_ICE_AWAIT_US);
  now_us_ += FLOE_ICE_AWAIT_US - 1;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CHECKING);
  now_us_ += 1;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_FAILED);
}

TEST_F (IceStateCore, TheFirstSignOfThePeerGivesItTheWholeTimeFromThenOn)
{
  facts_.is_checking = TRUE;
  facts_.met_us = -1;
  Tell ();
  now_us_ += 200 * G_TIME_SPAN_SECOND;
  facts_.met_us = now_us_;
  Tell ();
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), now_us_ + TIMEOUT_US);
  now_us_ += TIMEOUT_US;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_FAILED);
}

TEST_F (IceStateCore, ASignOfThePeerFromBeforeMakesNothingShorter)
{
  gint64 start_us = now_us_;

  facts_.is_checking = TRUE;
  facts_.met_us = now_us_ - 100 * G_TIME_SPAN_SECOND;
  Tell ();
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), start_us + TIMEOUT_US);
}

TEST_F (IceStateCore, CompletesWhenEverythingIsKnownAndChecked)
{
  EXPECT_EQ (Connect (), FLOE_ICE_CONNECTION_STATE_CONNECTED);
  facts_.is_gathered = facts_.is_remote_ended = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CONNECTED);
  facts_.is_ready = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_COMPLETED);
  facts_.is_ready = FALSE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_COMPLETED);
}

TEST_F (IceStateCore, DisconnectsWithoutLifeAndFailsWhenThatHasLasted)
{
  for (gint64 met_us : { gint64{ 0 }, gint64{ -1 } })
    {
      floe_ice_state_core_init (&core_, TIMEOUT_US, FALSE);
      facts_ = {};
      facts_.met_us = met_us;
      Connect ();
      now_us_ += 100 * TIMEOUT_US;
      facts_.is_alive = FALSE;
      EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_DISCONNECTED);
      now_us_ += FLOE_ICE_LOST_US - 1;
      EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_DISCONNECTED);
      now_us_ += 1;
      EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_FAILED);
    }
}

TEST_F (IceStateCore, LifeThatComesBackInTimeStartsTheClockAnew)
{
  Connect ();
  facts_.is_alive = FALSE;
  Tell ();
  now_us_ += FLOE_ICE_LOST_US - 1;
  facts_.is_alive = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CONNECTED);
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), -1);
  facts_.is_alive = FALSE;
  Tell ();
  EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), now_us_ + FLOE_ICE_LOST_US);
}

TEST_F (IceStateCore, TheApplicationsTimeIsKeptToWhateverIsKnown)
{
  for (bool was_connected : { false, true })
    {
      for (gint64 met_us : { gint64{ -1 }, now_us_ + TIMEOUT_US / 2 })
        {
          floe_ice_state_core_init (&core_, TIMEOUT_US, TRUE);
          facts_ = {};
          if (was_connected)
            Connect ();
          facts_.is_checking = TRUE;
          facts_.is_carried = facts_.is_alive = FALSE;
          facts_.met_us = met_us;
          Tell ();
          EXPECT_EQ (floe_ice_state_core_get_deadline (&core_), now_us_ + TIMEOUT_US);
        }
    }
}

TEST_F (IceStateCore, DisconnectsWhenTheLastPairIsGone)
{
  Connect ();
  facts_.is_carried = facts_.is_alive = FALSE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_DISCONNECTED);
}

TEST_F (IceStateCore, ClosedIsFinalFromEveryState)
{
  Connect ();
  facts_.is_closed = TRUE;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CLOSED);
  facts_.is_closed = FALSE;
  now_us_ += 2 * TIMEOUT_US;
  EXPECT_EQ (Tell (), FLOE_ICE_CONNECTION_STATE_CLOSED);
}
