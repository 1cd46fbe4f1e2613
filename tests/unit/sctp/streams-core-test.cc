/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-streams-core-private.h"
#include "floe-test.h"

class StreamsCore : public testing::Test
{
protected:
  ~StreamsCore () override
  {
    floe_sctp_streams_core_free (core_);
  }

  void Add (std::vector<guint16> streams)
  {
    floe_sctp_streams_core_add (core_, streams.data (), streams.size ());
  }

  std::vector<guint16> Poll ()
  {
    guint16 streams[FLOE_SCTP_RESET_BATCH];
    gsize count = floe_sctp_streams_core_poll (core_, now_us_, streams);
    return std::vector<guint16> (streams, streams + count);
  }

  std::vector<guint16> Done (std::vector<guint16> streams)
  {
    std::vector<guint16> ours (streams.size ());
    ours.resize (
        floe_sctp_streams_core_handle_done (core_, streams.data (), streams.size (), ours.data ()));
    return ours;
  }

  std::vector<guint16> Refused (std::vector<guint16> streams)
  {
    std::vector<guint16> given_up (streams.size ());
    given_up.resize (floe_sctp_streams_core_handle_refused (core_, now_us_, streams.data (),
                                                            streams.size (), given_up.data ()));
    return given_up;
  }

  FloeSctpStreamsCore *core_ = floe_sctp_streams_core_new (1024);
  gint64 now_us_ = 0;
};

using Streams = std::vector<guint16>;

TEST_F (StreamsCore, AsksInOrderAndOnce)
{
  EXPECT_TRUE (floe_sctp_streams_core_is_idle (core_));
  Add ({ 4, 2, 4 });
  Add ({ 2, 9 });
  EXPECT_EQ (Poll (), (Streams{ 4, 2, 9 }));
  Add ({ 4 }); /* in flight */
  EXPECT_EQ (Poll (), Streams{});
  EXPECT_EQ (Done ({ 4, 2, 9 }), (Streams{ 4, 2, 9 }));
  EXPECT_TRUE (floe_sctp_streams_core_is_idle (core_));
  Add ({ 4 });
  EXPECT_EQ (Poll (), Streams{ 4 });
}

TEST_F (StreamsCore, KeepsABatchSmall)
{
  Streams many (300);
  for (guint16 i = 0; i < 300; i++)
    many[i] = i;
  Add (many);
  Streams first = Poll ();
  EXPECT_EQ (first.size (), gsize (FLOE_SCTP_RESET_BATCH));
  EXPECT_EQ (Poll (), Streams{});
  Done ({ 0, 1, 2 });
  EXPECT_EQ (Poll (), (Streams{ 128, 129, 130 }));
}

TEST_F (StreamsCore, OthersResetsAreNotOurs)
{
  Add ({ 1 });
  EXPECT_EQ (Done ({ 1 }), Streams{}); /* not asked for yet */
  Poll ();
  EXPECT_EQ (Done ({ 7, 1, 1 }), Streams{ 1 });
}

TEST_F (StreamsCore, ARefusedResetIsAskedAgainWithDoublingPauses)
{
  Add ({ 1 });
  Poll ();
  for (gint64 pause_us = 100000; pause_us <= 3200000; pause_us *= 2)
    {
      EXPECT_EQ (Refused ({ 1 }), Streams{});
      EXPECT_EQ (floe_sctp_streams_core_get_deadline (core_), now_us_ + pause_us);
      now_us_ += pause_us - 1;
      EXPECT_EQ (Poll (), Streams{});
      now_us_++;
      EXPECT_EQ (Poll (), Streams{ 1 });
    }
  EXPECT_EQ (Refused ({ 1 }), Streams{});
  now_us_ += 5000000;
  EXPECT_EQ (Poll (), Streams{ 1 });
  EXPECT_EQ (Refused ({ 1 }), Streams{ 1 }); /* the eighth time */
  EXPECT_TRUE (floe_sctp_streams_core_is_idle (core_));
  EXPECT_EQ (floe_sctp_streams_core_get_deadline (core_), -1);
}

TEST_F (StreamsCore, APendingStreamIsKnown)
{
  EXPECT_FALSE (floe_sctp_streams_core_is_pending (core_, 3));
  Add ({ 3 });
  EXPECT_TRUE (floe_sctp_streams_core_is_pending (core_, 3));
  Poll ();
  EXPECT_TRUE (floe_sctp_streams_core_is_pending (core_, 3));
  Done ({ 3 });
  EXPECT_FALSE (floe_sctp_streams_core_is_pending (core_, 3));
}

TEST_F (StreamsCore, StreamsBeyondTheLastAreIgnored)
{
  Add ({ 1024, 65535 });
  EXPECT_TRUE (floe_sctp_streams_core_is_idle (core_));
  EXPECT_EQ (Done ({ 1024 }), Streams{});
  EXPECT_FALSE (floe_sctp_streams_core_is_pending (core_, 65535));
}
