/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-random-private.h"
#include "floe-test.h"

#include <set>

TEST (Random, FillsAllBytesAndNoMore)
{
  /* A byte that stays 0 in 64 fills was never written: by chance that happens once in 256^64. */
  guint8 seen[33] = {};

  for (int i = 0; i < 64; i++)
    {
      guint8 bytes[34] = {};
      floe_random_bytes (bytes, 33);
      for (int j = 0; j < 33; j++)
        seen[j] |= bytes[j];
      EXPECT_EQ (bytes[33], 0);
    }
  for (guint8 byte : seen)
    EXPECT_NE (byte, 0);
}

TEST (Random, FillsMoreThanTheKernelGivesAtOnce)
{
  /* getrandom(2): requests of more than 256 bytes may be interrupted and so be short. */
  std::vector<guint8> bytes (1 << 20);
  std::set<guint8> tail;

  floe_random_bytes (bytes.data (), bytes.size ());
  tail.insert (bytes.end () - 1024, bytes.end ());
  EXPECT_GT (tail.size (), 128u);
}

TEST (Random, TakesZeroBytes)
{
  floe_random_bytes (nullptr, 0);
}

TEST (Random, NumbersDiffer)
{
  std::set<guint64> long_numbers;
  std::set<guint32> numbers;

  for (int i = 0; i < 64; i++)
    {
      long_numbers.insert (floe_random_uint64 ());
      numbers.insert (floe_random_uint32 ());
    }
  EXPECT_EQ (long_numbers.size (), 64u);
  EXPECT_GT (numbers.size (), 60u);
}

TEST (RandomIceString, HasTheLengthAskedFor)
{
  for (gsize length : { 0, 1, 4, 24, 256 })
    EXPECT_EQ (TakeString (floe_random_ice_string (length)).size (), length);
}

TEST (RandomIceString, UsesAllIceCharsAndNoOther)
{
  /* RFC 8839 section 5.4: "ice-char = ALPHA / DIGIT / "+" / "/"". */
  std::string text = TakeString (floe_random_ice_string (8192));
  std::set<char> used (text.begin (), text.end ());

  EXPECT_EQ (used.size (), 64u);
  for (char c : used)
    EXPECT_TRUE (g_ascii_isalnum (c) || c == '+' || c == '/') << c;
}

TEST (ConstantTimeEqual, ComparesAllBytes)
{
  const guint8 left[] = { 1, 2, 3, 4 };

  EXPECT_TRUE (floe_constant_time_equal (left, 4, std::vector<guint8>{ 1, 2, 3, 4 }.data (), 4));
  for (int i = 0; i < 4; i++)
    {
      std::vector<guint8> right (left, left + 4);
      right[i] ^= 0x80;
      EXPECT_FALSE (floe_constant_time_equal (left, 4, right.data (), 4)) << i;
    }
}

TEST (ConstantTimeEqual, TellsLengthsApart)
{
  EXPECT_FALSE (floe_constant_time_equal ("abc", 3, "abcd", 4));
  EXPECT_FALSE (floe_constant_time_equal ("abc", 3, "", 0));
  EXPECT_TRUE (floe_constant_time_equal ("", 0, "", 0));
}

TEST (ConstantTimeEqual, NullEqualsNothing)
{
  EXPECT_FALSE (floe_constant_time_equal (nullptr, 0, nullptr, 0));
  EXPECT_FALSE (floe_constant_time_equal ("", 0, nullptr, 0));
  EXPECT_FALSE (floe_constant_time_equal (nullptr, 0, "", 0));
}
