/* SPDX-License-Identifier: MPL-2.0 */
/* Ports that follow from each other, and those that are bracketed: by hand, and against the
 * laboratory's sequential NATs. */
#include "floe-port-sequence-private.h"
#include "prediction-world.h"

namespace
{

constexpr guint16 kNone = 0; /* no answer */

FloeStunAddress
At (guint16 port, guint8 last = 1)
{
  return { { 203, 0, 113, last }, port != kNone ? (gsize) FLOE_STUN_IPV4_SIZE : 0, port };
}

std::vector<guint16>
List (const FloePortBracket &bracket)
{
  guint16 ports[FLOE_PORT_BRACKET_MAX];
  guint count = floe_port_bracket_list (&bracket, ports);

  return { ports, ports + count };
}

struct Case
{
  const char *name;
  guint16 before, after;
  guint step, count;
  std::vector<guint16> ports;
};

class PortBracket : public testing::TestWithParam<Case>
{
};

TEST_P (PortBracket, HasThePortsBetween)
{
  const Case &test = GetParam ();

  EXPECT_EQ (List ({ At (test.before), At (test.after), test.step, test.count }), test.ports);
}

INSTANTIATE_TEST_SUITE_P (
    Samples, PortBracket,
    testing::Values (Case{ "Quiet", 2000, 2002, 1, 1, { 2001 } },
                     Case{ "TwoChecks", 2000, 2003, 1, 2, { 2001, 2002 } },
                     Case{ "OfOthersToo", 2000, 2004, 1, 1, { 2001, 2002, 2003 } },
                     Case{ "StepOfTwo", 2000, 2004, 2, 1, { 2002 } },
                     Case{ "TheReportIsWrong", 2000, 2006, 4, 1, { 2002, 2004 } },
                     Case{ "UnknownStep", 2000, 2008, 0, 1, {} }, /* taken for two neighbours */
                     Case{ "Downwards", 2002, 2000, 1, 1, { 2001 } },
                     Case{ "RoundTheEnd", 65534, 1025, 1, 1, { 65535, 1024 } },
                     Case{ "NothingBetween", 2000, 2001, 1, 1, {} },
                     Case{ "TheSameMapping", 2000, 2000, 1, 1, {} },
                     Case{ "RandomAfterAll", 2000, 31234, 1, 1, {} },
                     Case{ "NoAnswer", kNone, kNone, 1, 1, {} },
                     Case{ "NoAnswerAfter",
                           2000,
                           kNone,
                           2,
                           1,
                           { 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018 } },
                     Case{ "NoAnswerBefore",
                           kNone,
                           2000,
                           1,
                           1,
                           { 1999, 1998, 1997, 1996, 1995, 1994, 1993, 1992, 1991 } },
                     Case{ "AMadStep",
                           2000,
                           kNone,
                           G_MAXUINT,
                           0,
                           { 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008 } },
                     Case{ "BelowThePool", 500, 503, 1, 1, { 501, 502 } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (PortBracketOf, TwoAddressesIsNone)
{
  EXPECT_TRUE (List ({ At (2000, 1), At (2002, 2), 1, 1 }).empty ());
}

TEST (PortBracketOf, ManyOthersHasAMostOf64Ports)
{
  EXPECT_EQ (List ({ At (2000), At (2065), 1, 1 }).size (), 64u);
  EXPECT_TRUE (List ({ At (2000), At (2066), 1, 1 }).empty ());
  EXPECT_EQ (List ({ At (2000), At (kNone), 1, G_MAXUINT16 }).size (), 64u);
}

/* Alice brackets her check to bob, tells him, and he checks what lies between: whoever else is
 * there, and however late he hears of it. */
struct Busy
{
  const char *name;
  const char *knobs;
  guint step;
  gint64 signalling_ms;
};

class PortBracketMeets : public testing::TestWithParam<Busy>
{
};

TEST_P (PortBracketMeets, Always)
{
  guint told = 0, seeds = SeedCount ();

  for (guint64 seed = 1; seed <= seeds; seed++)
    {
      PredictionWorld world (std::string ("apdm-sequential ") + GetParam ().knobs, "eim-apdf",
                             seed);
      FloeStunAddress bob = world.Reflexive ("bob");
      FloePortBracket bracket = world.Bracket ("alice", bob, GetParam ().step);
      std::vector<guint16> ports = List (bracket);

      EXPECT_GE (ports.size (), 1u);
      told += ports.size ();
      world.net ().Wait (GetParam ().signalling_ms * kMillisecond);
      for (guint16 port : ports)
        {
          FloeStunAddress to = bracket.before;

          to.port = port;
          world.Send ("bob", to, "check");
        }
      world.net ().Wait (100 * kMillisecond);
      EXPECT_FALSE (world.Take ("alice").empty ()) << "seed " << seed;
    }
  if (g_getenv ("FLOE_PUNCH_TABLE") != nullptr)
    g_print ("| PxS %s | %.1f |\n", GetParam ().name, (double) told / seeds);
}

INSTANTIATE_TEST_SUITE_P (PxS, PortBracketMeets,
                          testing::Values (Busy{ "Quiet", "", 1, 40 },
                                           Busy{ "StepOf4", "step=4", 4, 40 },
                                           Busy{ "ThreeHundredASecond", "foreign=300", 1, 100 },
                                           Busy{ "SlowSignalling", "foreign=100", 1, 5000 }),
                          [] (const auto &info) { return std::string (info.param.name); });

} // namespace
