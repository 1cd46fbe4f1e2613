/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-reader-private.h"
#include "floe-test.h"

TEST (Reader, ReadsNumbersBigEndianOneAfterAnother)
{
  const guint8 data[] = { 1, 2, 3, 4, 5, 6 };
  FloeReader reader = floe_reader_init (data, sizeof data);

  EXPECT_EQ (floe_reader_uint (&reader, 1), 0x01u);
  EXPECT_EQ (floe_reader_uint (&reader, 2), 0x0203u);
  EXPECT_EQ (floe_reader_uint (&reader, 3), 0x040506u);
  EXPECT_EQ (reader.size, 0u);
  EXPECT_FALSE (reader.failed);
}

TEST (Reader, ReadsEightBytesWithTheTopBitSet)
{
  const guint8 data[] = { 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8 };
  FloeReader reader = floe_reader_init (data, sizeof data);

  EXPECT_EQ (floe_reader_uint (&reader, 8), G_GUINT64_CONSTANT (0xfffefdfcfbfaf9f8));
  EXPECT_FALSE (reader.failed);
}

TEST (Reader, YieldsZeroAndFailsWhenTheInputIsShort)
{
  const guint8 data[] = { 0xff };
  FloeReader reader = floe_reader_init (data, sizeof data);

  EXPECT_EQ (floe_reader_uint (&reader, 2), 0u);
  EXPECT_TRUE (reader.failed);
}

TEST (Reader, StaysFailedThoughWhatIsLeftWouldDo)
{
  const guint8 data[] = { 0xff };
  FloeReader reader = floe_reader_init (data, sizeof data);

  floe_reader_uint (&reader, 2);
  EXPECT_EQ (floe_reader_uint (&reader, 1), 0u);
  EXPECT_EQ (floe_reader_bytes (&reader, 0), nullptr);
  EXPECT_TRUE (reader.failed);
}

TEST (Reader, RefusesASizeThatWouldWrapAround)
{
  const guint8 data[] = { 1, 2 };
  FloeReader reader = floe_reader_init (data, sizeof data);

  EXPECT_EQ (floe_reader_bytes (&reader, G_MAXSIZE), nullptr);
  EXPECT_TRUE (reader.failed);
}

TEST (Reader, GivesNoBytesFromNoInputWithoutFailing)
{
  FloeReader reader = floe_reader_init (nullptr, 0);

  EXPECT_NE (floe_reader_bytes (&reader, 0), nullptr);
  EXPECT_FALSE (reader.failed);
  EXPECT_EQ (floe_reader_uint (&reader, 1), 0u);
  EXPECT_TRUE (reader.failed);
}

TEST (Reader, HandsOutTheBytesInPlace)
{
  const guint8 data[] = { 1, 2, 3 };
  FloeReader reader = floe_reader_init (data, sizeof data);

  EXPECT_EQ (floe_reader_bytes (&reader, 2), data);
  EXPECT_EQ (floe_reader_bytes (&reader, 1), data + 2);
}

TEST (Writer, WritesNumbersBigEndianAndCutsThemToTheirSize)
{
  guint8 data[6] = {};
  FloeWriter writer = floe_writer_init (data, sizeof data);

  floe_writer_uint (&writer, 0x1ff, 1);
  floe_writer_uint (&writer, 0x0203, 2);
  floe_writer_uint (&writer, 0x040506, 3);
  EXPECT_EQ (writer.used, 6u);
  EXPECT_FALSE (writer.failed);
  EXPECT_EQ (std::vector<guint8> (data, data + 6), (std::vector<guint8>{ 0xff, 2, 3, 4, 5, 6 }));
}

TEST (Writer, WritesNothingOfWhatDoesNotFitAndStaysFailed)
{
  guint8 data[3] = { 9, 9, 9 };
  FloeWriter writer = floe_writer_init (data, 2);

  floe_writer_uint (&writer, 1, 1);
  floe_writer_uint (&writer, 0x0203, 2);
  EXPECT_TRUE (writer.failed);
  floe_writer_uint (&writer, 4, 1);
  EXPECT_TRUE (writer.failed);
  EXPECT_EQ (writer.used, 1u);
  EXPECT_EQ (std::vector<guint8> (data, data + 3), (std::vector<guint8>{ 1, 9, 9 }));
}

TEST (Writer, TakesNoBytesIntoNoRoom)
{
  FloeWriter writer = floe_writer_init (nullptr, 0);

  floe_writer_bytes (&writer, nullptr, 0);
  EXPECT_FALSE (writer.failed);
  floe_writer_bytes (&writer, "x", 1);
  EXPECT_TRUE (writer.failed);
}

TEST (Writer, WritesWhatTheReaderReads)
{
  guint8 data[15];
  FloeWriter writer = floe_writer_init (data, sizeof data);
  FloeReader reader = floe_reader_init (data, sizeof data);

  for (gsize size : { 1, 2, 4, 8 })
    floe_writer_uint (&writer, G_GUINT64_CONSTANT (0x8877665544332211) >> (64 - 8 * size), size);
  EXPECT_EQ (writer.used, sizeof data);
  for (gsize size : { 1, 2, 4, 8 })
    EXPECT_EQ (floe_reader_uint (&reader, size),
               G_GUINT64_CONSTANT (0x8877665544332211) >> (64 - 8 * size));
}
