/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-link.h"

#include <cmath>

#include "lab-test.h"

namespace
{
class Link
{
public:
  explicit Link (const std::vector<std::string> &knobs, guint32 seed = 1)
  {
    LabLinkConfig config;
    lab_link_config_init (&config);
    for (const std::string &knob : knobs)
      {
        ErrorHolder error;
        size_t equals = knob.find ('=');
        EXPECT_TRUE (lab_link_config_set (&config, knob.substr (0, equals).c_str (),
                                          knob.substr (equals + 1).c_str (), error))
            << error.message ();
      }
    lab_link_init (&link_, &config, seed);
  }
  ~Link ()
  {
    lab_link_clear (&link_);
  }
  Link (const Link &) = delete;
  Link &operator= (const Link &) = delete;

  /* When it arrives, or -1. */
  gint64 Send (gint64 now_us, gsize size = 1000)
  {
    reason_ = lab_link_send (&link_, now_us, size, &arrivals_);
    return reason_ == nullptr ? arrivals_.at_us[0] : -1;
  }
  std::string reason () const
  {
    return reason_ != nullptr ? reason_ : "";
  }
  guint copies () const
  {
    return arrivals_.count;
  }
  const LabLinkCounters &counters () const
  {
    return link_.counters;
  }

private:
  LabLink link_{};
  LabLinkArrivals arrivals_{};
  const char *reason_ = nullptr;
};
}

TEST (Link, WithoutKnobsIsAnIdealWire)
{
  Link link ({});
  for (gint64 now : { 0, 5, 5, 100 })
    EXPECT_EQ (link.Send (now, 1500), now);
  EXPECT_EQ (link.counters ().packets, 4u);
  EXPECT_EQ (link.counters ().bytes, 6000u);
  EXPECT_EQ (link.counters ().dropped, 0u);
}

TEST (Link, DelaysByTheMicrosecond)
{
  Link link ({ "delay=20ms" });
  EXPECT_EQ (link.Send (7), 20007);
}

TEST (Link, JitterStaysInRangeAndKeepsOrder)
{
  Link link ({ "delay=10ms", "jitter=5ms" });
  gint64 last = 0, least = G_MAXINT64, most = 0;
  for (gint64 now = 0; now < 1000 * kSecond; now += kSecond)
    {
      gint64 arrives = link.Send (now);
      EXPECT_GE (arrives, last);
      last = arrives;
      least = std::min (least, arrives - now);
      most = std::max (most, arrives - now);
    }
  EXPECT_THAT (least, testing::AllOf (testing::Ge (10000), testing::Lt (10200)));
  EXPECT_THAT (most, testing::AllOf (testing::Le (15000), testing::Gt (14800)));
}

TEST (Link, OvertakesOnlyWhereItMay)
{
  for (bool may : { false, true })
    {
      Link link ({ "jitter=50ms", may ? "reorder=yes" : "reorder=no" });
      int overtaken = 0;
      gint64 last = 0;
      for (gint64 now = 0; now < kSecond; now += kMillisecond)
        {
          gint64 arrives = link.Send (now);
          overtaken += arrives < last;
          last = std::max (last, arrives);
        }
      EXPECT_EQ (overtaken > 0, may);
    }
}

TEST (Link, LosesItsShare)
{
  for (double share : { 0.01, 0.05, 0.2 })
    {
      Link link ({ "loss=" + std::to_string (share * 100) + "%" });
      int lost = 0;
      for (int i = 0; i < 20000; i++)
        lost += link.Send (i) < 0;
      /* Five standard deviations. */
      EXPECT_NEAR (lost, 20000 * share, 5 * std::sqrt (20000 * share * (1 - share)));
      EXPECT_EQ (link.counters ().dropped, (guint64) lost);
    }
}

TEST (Link, LosesInBurstsOfTheLengthThatIsAsked)
{
  Link link ({ "loss=10%", "burst=5" });
  int lost = 0, runs = 0;
  bool was_lost = false;
  for (int i = 0; i < 100000; i++)
    {
      bool is_lost = link.Send (i) < 0;
      lost += is_lost;
      runs += is_lost && !was_lost;
      was_lost = is_lost;
    }
  EXPECT_NEAR (lost / 100000.0, 0.1, 0.015);
  EXPECT_NEAR (double (lost) / runs, 5, 0.5);
}

TEST (Link, LosesAllAtAHundredPercent)
{
  Link link ({ "loss=100%" });
  EXPECT_EQ (link.Send (0), -1);
  EXPECT_EQ (link.reason (), "loss");
}

TEST (Link, SendsOneAfterTheOtherAtItsRate)
{
  Link link ({ "rate=8mbit", "delay=1ms", "queue=10ms" });
  EXPECT_EQ (link.Send (0, 1000), 2 * kMillisecond)
      << "a millisecond on the way out, one on the wire";
  EXPECT_EQ (link.Send (0, 1000), 3 * kMillisecond);
  EXPECT_EQ (link.Send (100 * kMillisecond, 500), 101500) << "idle in between";
}

TEST (Link, DropsAtTheTailOfItsQueue)
{
  Link link ({ "rate=8mbit", "queue=10ms" });
  int sent = 0;
  while (link.Send (0, 1000) >= 0)
    sent++;
  EXPECT_EQ (sent, 11) << "ten milliseconds wait, and one packet is being sent";
  EXPECT_EQ (link.reason (), "queue");
  EXPECT_GE (link.Send (kMillisecond, 1000), 0) << "room for one again";
}

TEST (Link, DuplicatesItsShare)
{
  Link link ({ "duplicate=10%" });
  int copies = 0;
  for (int i = 0; i < 10000; i++)
    {
      link.Send (i);
      copies += (int) link.copies ();
    }
  EXPECT_NEAR (copies, 11000, 150);
}

TEST (Link, RefusesWhatIsTooBigOrWhenItIsDown)
{
  Link narrow ({ "mtu=1280" }), down ({ "down=yes" });
  EXPECT_EQ (narrow.Send (0, 1280), 0);
  EXPECT_EQ (narrow.Send (0, 1281), -1);
  EXPECT_EQ (narrow.reason (), "too-big");
  EXPECT_EQ (down.Send (0), -1);
  EXPECT_EQ (down.reason (), "down");
}

TEST (Link, RepeatsItselfWithTheSameSeedOnly)
{
  auto pattern = [] (guint32 seed) {
    Link link ({ "loss=50%" }, seed);
    std::string text;
    for (int i = 0; i < 100; i++)
      text += link.Send (i) < 0 ? 'x' : '.';
    return text;
  };
  EXPECT_EQ (pattern (1), pattern (1));
  EXPECT_NE (pattern (1), pattern (2));
}

TEST (LinkKnobs, TellWhatTheyExpected)
{
  LabLinkConfig config;
  ErrorHolder error;
  lab_link_config_init (&config);
  const std::vector<std::vector<const char *> > cases{ { "delay", "20" },
                                                       { "loss", "101%" },
                                                       { "rate", "-1mbit" },
                                                       { "mtu", "9000" },
                                                       { "colour", "red" } };
  for (const auto &bad : cases)
    {
      EXPECT_FALSE (lab_link_config_set (&config, bad[0], bad[1], error)) << bad[0];
      EXPECT_THAT (error.message (), testing::HasSubstr (bad[0]));
    }
}
