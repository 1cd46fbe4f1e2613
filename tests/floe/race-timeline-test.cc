/* SPDX-License-Identifier: MPL-2.0 */
/* How floe --verbose draws a race. */
#include "race-timeline.h"

#include <sstream>

#include "floe-test.h"

static std::vector<std::string>
Draw (const std::vector<RacePath> &paths, const std::vector<RaceMove> &moves, gint64 now_ms)
{
  std::istringstream text (TakeString (
      race_timeline_draw (paths.data (), paths.size (), moves.data (), moves.size (), now_ms)));
  std::vector<std::string> lines;

  for (std::string line; std::getline (text, line);)
    lines.push_back (line);
  return lines;
}

TEST (RaceTimeline, DrawsALineForEachPath)
{
  const std::vector<RacePath> paths = {
    { 1, "relay-udp", FALSE, 0, 100, 200, 200, 2400 },
    { 2, "direct", FALSE, 0, 50, -1, -1, -1 },
    { 3, "direct", TRUE, 1400, 1500, 1900, 2000, -1 },
  };
  const std::vector<std::string> expected = {
    "path, ms        start  check  works carries    end 0                       2800",
    "   1 relay-udp      0    100    200     200   2400 .-##################====x",
    "   2 direct         0     50      -       -      - ----------------------------",
    "   3+direct      1400   1500   1900    2000      -               .----=########",
    ". begun  - checked  = works  # carries data  x ended  + a later try",
  };

  EXPECT_EQ (Draw (paths, { { 200, 1 }, { 2000, 3 } }, 2800), expected);
}

TEST (RaceTimeline, DrawsAnAttemptThatCameToNothing)
{
  const std::vector<std::string> lines =
      Draw ({ { 1, "direct", FALSE, 0, 41, -1, -1, -1 } }, {}, 39500);

  ASSERT_EQ (lines.size (), 3u);
  EXPECT_EQ (lines[1],
             "   1 direct         0     41      -       -      - ----------------------------");
}

TEST (RaceTimeline, DrawsAPathThatCarriesAgain)
{
  const std::vector<RacePath> paths = { { 1, "relay-tls", FALSE, 0, 0, 0, 0, -1 },
                                        { 2, "direct", FALSE, 0, 0, 0, 700, 1400 } };
  const std::vector<std::string> lines = Draw (paths, { { 0, 1 }, { 700, 2 }, { 1400, 1 } }, 2800);

  EXPECT_EQ (lines[1],
             "   1 relay-tls      0      0      0       0      - #######=======##############");
  EXPECT_EQ (lines[2], "   2 direct         0      0      0     700   1400 =======#######x");
}

TEST (RaceTimeline, FitsATerminalWhateverTheTimes)
{
  const gint64 day_ms = 24 * 3600 * 1000;
  const gint64 odd_times[] = { -1, 0, 1, 1000000, 100 * day_ms, G_MAXINT64 / 1000 };

  for (gint64 now_ms : odd_times)
    for (gint64 time_ms : odd_times)
      {
        const std::vector<RacePath> paths = { { G_MAXUINT, "a-very-long-name", TRUE, time_ms,
                                                time_ms, time_ms, time_ms, time_ms } };

        for (const std::string &line : Draw (paths, { { time_ms, G_MAXUINT } }, now_ms))
          EXPECT_LE (line.size (), 79u) << line;
      }
}

TEST (RaceTimeline, DrawsNothingBeforeAnythingHasBegun)
{
  EXPECT_EQ (Draw ({}, {}, 0).size (), 2u);
}
