/* SPDX-License-Identifier: MPL-2.0 */
/* A channel as a GIOStream: bytes in order, with back-pressure, through GIO's own functions. */
#include "peer-pair.h"

class Stream : public PeerPairTest
{
protected:
  void ConnectStreams ()
  {
    Connect ();
    near.reset (floe_data_channel_stream_new (channel->get ()));
    far.reset (floe_data_channel_stream_new (peer_channel->get ()));
  }
  struct Unref
  {
    void operator() (gpointer object) const
    {
      g_object_unref (object);
    }
  };
  std::unique_ptr<FloeDataChannelStream, Unref> near;
  std::unique_ptr<FloeDataChannelStream, Unref> far;
  GInputStream *Input (FloeDataChannelStream *stream)
  {
    return g_io_stream_get_input_stream (G_IO_STREAM (stream));
  }
  GOutputStream *Output (FloeDataChannelStream *stream)
  {
    return g_io_stream_get_output_stream (G_IO_STREAM (stream));
  }
};

/* A memory stream is read in threads; a data channel's must not be touched there, and is not. */
TEST_F (Stream, SplicesTenMebibytesIntoAFile)
{
  constexpr gsize size = 10 * 1024 * 1024;
  g_autoptr (GBytes) pattern = MakePattern (size);
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (pattern);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
  gssize sent = -2;
  gssize received = -2;
  auto finish = [] (GObject *stream, GAsyncResult *result, gpointer user_data) {
    *(gssize *) user_data =
        g_output_stream_splice_finish (G_OUTPUT_STREAM (stream), result, nullptr);
  };

  ConnectStreams ();
  g_output_stream_splice_async (Output (near.get ()), source, G_OUTPUT_STREAM_SPLICE_NONE,
                                G_PRIORITY_DEFAULT, nullptr, finish, &sent);
  g_output_stream_splice_async (sink, Input (far.get ()), G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, nullptr, finish, &received);
  ASSERT_TRUE (RunUntil ([&] { return sent != -2; }, 30));
  EXPECT_EQ (sent, (gssize) size);
  g_io_stream_close_async (G_IO_STREAM (near.get ()), G_PRIORITY_DEFAULT, nullptr, nullptr,
                           nullptr);
  ASSERT_TRUE (RunUntil ([&] { return received != -2; }, 30));
  ASSERT_EQ (received, (gssize) size);
  EXPECT_EQ (memcmp (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (sink)),
                     g_bytes_get_data (pattern, nullptr), size),
             0);
}

TEST_F (Stream, HoldsTheWriterWhenNobodyReads)
{
  std::string data (64 * 1024, 'x');
  auto *output = G_POLLABLE_OUTPUT_STREAM (Output ((ConnectStreams (), near.get ())));
  gsize written = 0;
  gint64 deadline = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < deadline && written < 64 * 1024 * 1024)
    {
      gssize size = g_pollable_output_stream_write_nonblocking (output, data.data (), data.size (),
                                                                nullptr, nullptr);
      if (size > 0)
        written += size;
      else
        RunFor (0.02);
    }
  /* What the queues on the way hold: some mebibytes, not the 64 that were there to be written. */
  EXPECT_GT (written, 1024u * 1024);
  EXPECT_LT (written, 8u * 1024 * 1024);
}

TEST_F (Stream, SaysThatItCannotBlock)
{
  char buffer[10];
  ErrorHolder error;

  ConnectStreams ();
  EXPECT_EQ (g_input_stream_read (Input (near.get ()), buffer, sizeof buffer, nullptr, error), -1);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED)) << error.message ();
}

TEST_F (Stream, EndsWhenThePeerClosesAndRefusesToWrite)
{
  gssize got = -2;
  char buffer[10];
  ErrorHolder error;

  ConnectStreams ();
  g_input_stream_read_async (
      Input (near.get ()), buffer, sizeof buffer, G_PRIORITY_DEFAULT, nullptr,
      [] (GObject *stream, GAsyncResult *result, gpointer user_data) {
        *(gssize *) user_data =
            g_input_stream_read_finish (G_INPUT_STREAM (stream), result, nullptr);
      },
      &got);
  RunFor (0.05);
  EXPECT_EQ (got, -2);
  floe_data_channel_close (peer_channel->get ());
  EXPECT_TRUE (RunUntil ([&] { return got == 0; }));
  EXPECT_EQ (g_pollable_output_stream_write_nonblocking (
                 G_POLLABLE_OUTPUT_STREAM (Output (near.get ())), "x", 1, nullptr, error),
             -1);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE)) << error.message ();
}

TEST_F (Stream, OutlivesTheConnection)
{
  ErrorHolder error;
  char buffer[10];

  ConnectStreams ();
  floe_peer_connection_close (alice.pc);
  EXPECT_EQ (g_pollable_input_stream_read_nonblocking (
                 G_POLLABLE_INPUT_STREAM (Input (near.get ())), buffer, 10, nullptr, error),
             0);
  near.reset ();
  far.reset ();
  RunFor (0.05);
}

/* Sixteen mebibytes are what a connection queues: more streams than that has room for must wait
 * for each other, not fail. */
TEST_F (Stream, HoldsTheWritersOfManyChannelsWhenTogetherTheyQueueTooMuch)
{
  constexpr int count = 20;
  std::string data (64 * 1024, 'x');
  std::vector<std::unique_ptr<Channel> > channels;
  std::vector<std::unique_ptr<FloeDataChannelStream, Unref> > streams;
  ErrorHolder error;
  gsize written = 0;

  Connect ();
  for (int i = 0; i < count; i++)
    channels.push_back (alice.CreateChannel ("one of many"));
  ASSERT_TRUE (RunUntil ([&] { return bob.incoming.size () == count + 1; }));
  for (int i = 0; i < count; i++)
    streams.emplace_back (floe_data_channel_stream_new (channels[i]->get ()));
  /* The main loop does not run, so nothing is taken off the account. */
  for (auto &stream : streams)
    {
      auto *output = G_POLLABLE_OUTPUT_STREAM (Output (stream.get ()));

      while (g_pollable_output_stream_is_writable (output))
        {
          gssize size = g_pollable_output_stream_write_nonblocking (output, data.data (),
                                                                    data.size (), nullptr, error);
          ASSERT_GT (size, 0) << error.message ();
          written += size;
        }
    }
  EXPECT_EQ (written, 16u * 1024 * 1024);
  EXPECT_EQ (g_pollable_output_stream_write_nonblocking (
                 G_POLLABLE_OUTPUT_STREAM (Output (streams.back ().get ())), data.data (),
                 data.size (), nullptr, error),
             -1);
  EXPECT_TRUE (error.Is (G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) << error.message ();
  EXPECT_TRUE (RunUntil ([&] {
    return g_pollable_output_stream_is_writable (
        G_POLLABLE_OUTPUT_STREAM (Output (streams.back ().get ())));
  }));
}

/* What nobody reads any more must not hold up the connection for the others. */
TEST_F (Stream, DroppedUnreadLetsTheOtherChannelsGoOn)
{
  ConnectStreams ();
  auto other = alice.CreateChannel ("other");
  ASSERT_TRUE (RunUntil ([&] { return bob.Incoming (1) != nullptr; }));
  /* The stream fills up, then the channel, then the peer is held back. */
  for (int i = 0; i < 64; i++)
    ASSERT_TRUE (channel->SendPattern (65536));
  RunFor (0.5);
  ASSERT_TRUE (other->SendText ("behind all that"));
  RunFor (0.1);
  EXPECT_TRUE (bob.Incoming (1)->texts.empty ());
  far.reset ();
  EXPECT_TRUE (RunUntil ([&] { return !bob.Incoming (1)->texts.empty (); }));
  EXPECT_TRUE (RunUntil ([&] { return channel->is_closed (); }));
}
