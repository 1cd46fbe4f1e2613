/* SPDX-License-Identifier: MPL-2.0 */
#include <gtest/gtest.h>

#include <string>

#include "floe-way-memory-private.h"

static const gint64 NOW = 1790000000;

class WayMemory : public testing::Test
{
protected:
  ~WayMemory () override
  {
    floe_way_memory_free (self_);
  }

  static std::string Key (int number)
  {
    std::string digits = std::to_string (number);

    return std::string (64 - digits.size (), 'a') + digits;
  }
  FloeStrategyMemory Get (const std::string &key, gint64 now_s = NOW)
  {
    return floe_way_memory_get (self_, now_s, key.c_str ());
  }
  bool Put (const std::string &key, FloeStrategyMemory way, gint64 now_s = NOW)
  {
    return floe_way_memory_put (self_, now_s, key.c_str (), way);
  }
  std::string Text (gint64 now_s = NOW)
  {
    g_autofree char *text = floe_way_memory_serialize (self_, now_s);

    return text;
  }
  void Parse (const std::string &text, gint64 now_s = NOW)
  {
    floe_way_memory_free (self_);
    self_ = floe_way_memory_parse (text.data (), text.size (), now_s);
  }

  FloeWayMemory *self_ = floe_way_memory_new ();
};

TEST_F (WayMemory, KnowsTheLastWayOfEachNetwork)
{
  EXPECT_TRUE (Put (Key (1), FLOE_STRATEGY_MEMORY_RELAY));
  EXPECT_TRUE (Put (Key (2), FLOE_STRATEGY_MEMORY_DIRECT));
  EXPECT_TRUE (Put (Key (1), FLOE_STRATEGY_MEMORY_DIRECT));
  EXPECT_FALSE (Put (Key (1), FLOE_STRATEGY_MEMORY_DIRECT)) << "That is nothing new";

  EXPECT_EQ (Get (Key (1)), FLOE_STRATEGY_MEMORY_DIRECT);
  EXPECT_EQ (Get (Key (2)), FLOE_STRATEGY_MEMORY_DIRECT);
  EXPECT_EQ (Get (Key (3)), FLOE_STRATEGY_MEMORY_NONE);
  EXPECT_EQ (floe_way_memory_get (self_, NOW, nullptr), FLOE_STRATEGY_MEMORY_NONE);
}

TEST_F (WayMemory, ForgetsAfterAWeekAndNotBefore)
{
  Put (Key (1), FLOE_STRATEGY_MEMORY_RELAY);

  EXPECT_EQ (Get (Key (1), NOW + FLOE_WAY_MEMORY_MAX_AGE_S), FLOE_STRATEGY_MEMORY_RELAY);
  EXPECT_EQ (Get (Key (1), NOW + FLOE_WAY_MEMORY_MAX_AGE_S + 1), FLOE_STRATEGY_MEMORY_NONE);
  EXPECT_EQ (Text (NOW + FLOE_WAY_MEMORY_MAX_AGE_S + 1), "floe-ways 1\n");
  EXPECT_EQ (Get (Key (1), NOW - 1), FLOE_STRATEGY_MEMORY_NONE) << "The clock was set back";
}

TEST_F (WayMemory, ForgetsTheOldestOfTooMany)
{
  for (int i = 0; i <= FLOE_WAY_MEMORY_SIZE; i++)
    Put (Key (i), FLOE_STRATEGY_MEMORY_RELAY);

  EXPECT_EQ (floe_way_memory_get_count (self_), (guint) FLOE_WAY_MEMORY_SIZE);
  EXPECT_EQ (Get (Key (0)), FLOE_STRATEGY_MEMORY_NONE);
  EXPECT_EQ (Get (Key (1)), FLOE_STRATEGY_MEMORY_RELAY);
  EXPECT_EQ (Get (Key (FLOE_WAY_MEMORY_SIZE)), FLOE_STRATEGY_MEMORY_RELAY);
}

TEST_F (WayMemory, TakesNothingButKeysAndWays)
{
  EXPECT_FALSE (Put ("192.0.2.1", FLOE_STRATEGY_MEMORY_RELAY));
  EXPECT_FALSE (Put (std::string (64, 'g'), FLOE_STRATEGY_MEMORY_RELAY));
  EXPECT_FALSE (Put (Key (1), FLOE_STRATEGY_MEMORY_NONE));
  EXPECT_EQ (floe_way_memory_get_count (self_), 0u);
}

TEST_F (WayMemory, IsTheSameAfterItWasText)
{
  Put (Key (1), FLOE_STRATEGY_MEMORY_RELAY);
  Put (Key (2), FLOE_STRATEGY_MEMORY_DIRECT, NOW + 1);
  std::string text = Text (NOW + 2);

  EXPECT_EQ (text,
             "floe-ways 1\n" + Key (2) + " direct 1790000001\n" + Key (1) + " relay 1790000000\n");
  Parse (text, NOW + 2);
  EXPECT_EQ (Text (NOW + 2), text);
  EXPECT_EQ (Get (Key (1), NOW + 2), FLOE_STRATEGY_MEMORY_RELAY);
}

struct BadText
{
  const char *name;
  std::string text;
};

class WayMemoryText : public WayMemory, public testing::WithParamInterface<BadText>
{
};

TEST_P (WayMemoryText, IsLeftOutWhereItIsNotOfItsForm)
{
  Parse (GetParam ().text);

  EXPECT_EQ (floe_way_memory_get_count (self_), 0u);
}

static const std::string key (64, 'b');

INSTANTIATE_TEST_SUITE_P (
    Hostile, WayMemoryText,
    testing::Values (
        BadText{ "Empty", "" }, BadText{ "AnotherVersion", "floe-ways 2\n" + key + " relay 5\n" },
        BadText{ "NoHeader", key + " relay 1789999999\n" },
        BadText{ "NoKey", "floe-ways 1\n10.0.0.1 relay 1789999999\n" },
        BadText{ "NoWay", "floe-ways 1\n" + key + " both 1789999999\n" },
        BadText{ "NoTime", "floe-ways 1\n" + key + " relay\n" },
        BadText{ "Negative", "floe-ways 1\n" + key + " relay -1\n" },
        BadText{ "TooLarge", "floe-ways 1\n" + key + " relay 99999999999999999999\n" },
        BadText{ "OfTheFuture", "floe-ways 1\n" + key + " relay 1790000001\n" },
        BadText{ "TooOld", "floe-ways 1\n" + key + " relay 1789000000\n" },
        BadText{ "MoreWords", "floe-ways 1\n" + key + " relay 1789999999 x\n" },
        BadText{ "TooLong", "floe-ways 1\n" + std::string (FLOE_WAY_MEMORY_MAX_TEXT, '\n') + key
                                + " relay 1789999999\n" },
        BadText{ "WithANul", std::string ("floe-ways 1\n\0", 13) + key + " relay 1789999999\n" }),
    [] (const auto &info) { return std::string (info.param.name); });
