/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <string>
#include <vector>

G_BEGIN_DECLS
#include "floe-relay-core-private.h"
G_END_DECLS

#define MS G_TIME_SPAN_MILLISECOND

/* A world of servers: what each does when it is asked, in virtual time. */
struct Server
{
  FloeRelayProtocol protocol;
  int round_trip_ms; /* of a probe; -1 for silence */
  int allocation_ms; /* -1 for silence, which libnice takes 3800 ms to notice */
  bool refuses = false;
};

static const Server udp_near = { FLOE_RELAY_PROTOCOL_UDP, 20, 40 };
static const Server udp_middle = { FLOE_RELAY_PROTOCOL_UDP, 50, 100 };
static const Server udp_far = { FLOE_RELAY_PROTOCOL_UDP, 90, 180 };
static const Server udp_slow = { FLOE_RELAY_PROTOCOL_UDP, 300, 600 };
static const Server udp_dead = { FLOE_RELAY_PROTOCOL_UDP, -1, -1 };
static const Server udp_no_binding = { FLOE_RELAY_PROTOCOL_UDP, -1, 40 };
static const Server udp_refuses = { FLOE_RELAY_PROTOCOL_UDP, 30, 60, true };
static const Server tcp = { FLOE_RELAY_PROTOCOL_TCP, -1, 150 };
static const Server tcp_dead = { FLOE_RELAY_PROTOCOL_TCP, -1, -1 };
static const Server tls = { FLOE_RELAY_PROTOCOL_TLS, -1, 200 };

class RelayCore : public testing::Test
{
protected:
  static const guint none = G_MAXUINT;

  void Start (const std::vector<Server> &servers)
  {
    servers_ = servers;
    floe_relay_core_init (&core_);
    for (guint i = 0; i < servers.size (); i++)
      EXPECT_TRUE (floe_relay_core_add (&core_, now_us_, i, servers[i].protocol));
    floe_relay_core_start (&core_, now_us_);
    Drain ();
  }

  /* Lets the servers do what they do until @until_ms. */
  void Run (int until_ms)
  {
    for (;;)
      {
        gint64 next_us = floe_relay_core_get_deadline (&core_);

        for (const Coming &coming : coming_)
          if (next_us == -1 || coming.at_us < next_us)
            next_us = coming.at_us;
        if (next_us == -1 || next_us > until_ms * MS)
          break;
        ASSERT_GE (next_us, now_us_) << "a deadline that does not move on";
        now_us_ = next_us;
        Step ();
        ASSERT_LT (++steps_, 1000) << "no end";
      }
    now_us_ = until_ms * MS;
  }

  void Drain ()
  {
    FloeRelayOutput output;

    while (floe_relay_core_poll (&core_, &output))
      {
        const Server &server = servers_[output.id];
        static const char *const verbs[] = { "", "probe", "begin", "end" };

        trace_ += std::to_string (now_us_ / MS) + " " + verbs[output.type] + " "
                  + std::to_string (output.id) + "\n";
        if (output.type == FLOE_RELAY_OUTPUT_PROBE)
          Come (output, server.round_trip_ms, 2000);
        else if (output.type == FLOE_RELAY_OUTPUT_BEGIN)
          Come (output, server.allocation_ms, 3800);
      }
  }

  FloeRelayState State (guint id)
  {
    for (guint i = 0; i < core_.count; i++)
      if (core_.relays[i].id == id)
        return core_.relays[i].state;
    return FLOE_RELAY_FAILED;
  }

  guint CountKept ()
  {
    guint count = 0;

    for (guint i = 0; i < core_.count; i++)
      count += core_.relays[i].state == FLOE_RELAY_KEPT;
    return count;
  }

  FloeRelayCore core_ = {};
  gint64 now_us_ = 0;
  std::string trace_;
  std::vector<Server> servers_;

private:
  struct Coming
  {
    gint64 at_us;
    FloeRelayOutput output;
    bool is_silence;
  };

  void Come (const FloeRelayOutput &output, int after_ms, int silence_ms)
  {
    coming_.push_back (
        { now_us_ + (after_ms < 0 ? silence_ms : after_ms) * MS, output, after_ms < 0 });
  }

  void Tell (const Coming &coming)
  {
    const Server &server = servers_[coming.output.id];
    guint id = coming.output.id;

    if (coming.output.type == FLOE_RELAY_OUTPUT_PROBE && coming.is_silence)
      floe_relay_core_handle_silence (&core_, now_us_, id);
    else if (coming.output.type == FLOE_RELAY_OUTPUT_PROBE)
      floe_relay_core_handle_answer (&core_, now_us_, id, server.round_trip_ms * MS);
    else if (coming.is_silence || server.refuses)
      floe_relay_core_handle_failed (&core_, now_us_, id);
    else
      floe_relay_core_handle_relayed (&core_, now_us_, id);
  }

  void Step ()
  {
    std::vector<Coming> due;

    for (gsize i = 0; i < coming_.size ();)
      if (coming_[i].at_us <= now_us_)
        {
          due.push_back (coming_[i]);
          coming_.erase (coming_.begin () + (gssize) i);
        }
      else
        i++;
    for (const Coming &coming : due)
      {
        Tell (coming);
        Drain ();
      }
    floe_relay_core_handle_timeout (&core_, now_us_);
    Drain ();
  }

  std::vector<Coming> coming_;
  int steps_ = 0;
};

struct Story
{
  const char *name;
  std::vector<Server> servers;
  const char *trace; /* within 10 s */
};

class RelayCoreStories : public RelayCore, public testing::WithParamInterface<Story>
{
};

TEST_P (RelayCoreStories, GoAsDecided)
{
  Start (GetParam ().servers);
  Run (10000);
  EXPECT_EQ (trace_, GetParam ().trace);
  EXPECT_LE (CountKept (), (guint) FLOE_RELAY_MAX_KEPT);
  EXPECT_TRUE (floe_relay_core_is_settled (&core_));
}

INSTANTIATE_TEST_SUITE_P (
    Race, RelayCoreStories,
    testing::Values (
        Story{ "NoServers", {}, "" }, Story{ "OneUdp", { udp_near }, "0 begin 0\n" },
        Story{ "TwoUdpAtOnce", { udp_far, udp_near }, "0 begin 0\n0 begin 1\n" },
        Story{ "TcpStaysInReserveWhenUdpAnswers", { tcp, udp_near, tls }, "0 begin 1\n" },
        Story{ "TcpAndTlsAfterTheLeadOfUdp",
               { tcp, udp_dead, tls },
               "0 begin 1\n250 begin 0\n250 begin 2\n" },
        Story{ "TcpAtOnceWithoutUdp", { tls, tcp }, "0 begin 0\n0 begin 1\n" },
        Story{ "TcpAtOnceWhenUdpRefuses", { udp_refuses, tcp }, "0 begin 0\n60 begin 1\n" },
        Story{ "OfThreeUdpTheFirstTwoThatAnswer",
               { udp_far, udp_near, udp_middle },
               "0 probe 0\n0 probe 1\n0 probe 2\n20 begin 1\n50 begin 2\n" },
        Story{ "SilentOnesAreNotBegun",
               { udp_dead, udp_dead, udp_far },
               "0 probe 0\n0 probe 1\n0 probe 2\n90 begin 2\n" },
        Story{ "TheNextBestWhenOneRefuses",
               { udp_far, udp_near, udp_refuses, udp_middle },
               "0 probe 0\n0 probe 1\n0 probe 2\n0 probe 3\n20 begin 1\n30 begin 2\n90 begin 3\n" },
        Story{ "ServersThatAnswerNoBindingAreTheLastResort",
               { udp_no_binding, udp_no_binding, udp_no_binding },
               "0 probe 0\n0 probe 1\n0 probe 2\n1000 begin 0\n1000 begin 1\n" },
        Story{ "TcpBeforeTheLastResort",
               { udp_no_binding, udp_no_binding, udp_no_binding, tcp },
               "0 probe 0\n0 probe 1\n0 probe 2\n250 begin 3\n" },
        Story{ "ThreeThatAnswerAreOneTooMany",
               { udp_slow, tcp, tls },
               "0 begin 0\n250 begin 1\n250 begin 2\n600 end 2\n" },
        Story{ "TheNextTcpWhenOneIsDead",
               { tcp_dead, tcp_dead, tcp },
               "0 begin 0\n0 begin 1\n3800 begin 2\n" },
        Story{ "AllAreDead", { udp_dead, tcp_dead }, "0 begin 0\n250 begin 1\n" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (RelayCore, BeginsTheReserveWhenAKeptOneIsLost)
{
  Start ({ udp_near, tcp });
  Run (1000);
  floe_relay_core_handle_failed (&core_, now_us_, 0);
  Drain ();
  EXPECT_EQ (trace_, "0 begin 0\n1000 begin 1\n");
}

/* The old agent's end is told again before the new one has begun. */
TEST_F (RelayCore, BeginsAgainWhatWasLostWhateverIsToldOfTheOldOne)
{
  FloeRelayOutput output;

  Start ({ udp_near });
  Run (1000);
  floe_relay_core_handle_failed (&core_, now_us_, 0);
  floe_relay_core_retry (&core_, now_us_);
  floe_relay_core_handle_failed (&core_, now_us_, 0);
  ASSERT_TRUE (floe_relay_core_poll (&core_, &output));
  EXPECT_EQ (output.type, FLOE_RELAY_OUTPUT_BEGIN);
  floe_relay_core_handle_failed (&core_, now_us_, 0);
  EXPECT_EQ (core_.relays[0].state, FLOE_RELAY_FAILED);
}

TEST_F (RelayCore, BeginsTheReserveWhenAKeptOneFallsSilentAndKeepsItWhenItComesBack)
{
  Start ({ udp_near, udp_middle, udp_far });
  Run (1000);
  trace_ = "";
  floe_relay_core_set_suspect (&core_, now_us_, 0, TRUE);
  Drain ();
  EXPECT_EQ (trace_, "1000 begin 2\n");
  Run (2000);
  EXPECT_EQ (CountKept (), 3u) << "the silent one is not given back: it may be the peer's fault";
  floe_relay_core_set_suspect (&core_, now_us_, 0, FALSE);
  Drain ();
  EXPECT_EQ (trace_, "1000 begin 2\n2000 end 2\n");
}

/* One comes back and another falls silent before anybody has ended the third. */
TEST_F (RelayCore, DoesNotBeginWhatHasNotEnded)
{
  Start ({ udp_near, udp_middle, udp_far });
  Run (1000);
  floe_relay_core_set_suspect (&core_, now_us_, 0, TRUE);
  Drain ();
  Run (2000);
  trace_ = "";
  floe_relay_core_set_suspect (&core_, now_us_, 0, FALSE);
  floe_relay_core_set_suspect (&core_, now_us_, 1, TRUE);
  Drain ();
  EXPECT_EQ (trace_, "") << "it has an address, and is wanted again";
  EXPECT_EQ (State (2), FLOE_RELAY_KEPT);
}

TEST_F (RelayCore, DoesNotEmptyTheReserveForAPeerThatHasGone)
{
  Start ({ udp_near, udp_near, udp_near, udp_near, udp_near, udp_near, udp_near, udp_near });
  Run (1000);
  for (int i = 0; i < 8; i++)
    {
      for (guint id = 0; id < 8; id++)
        floe_relay_core_set_suspect (&core_, now_us_, id, TRUE);
      Drain ();
      Run (2000 + i * 1000);
    }
  EXPECT_EQ (CountKept (), 4u);
}

TEST_F (RelayCore, GivesTheWorstBackThatDoesNotCarry)
{
  Start ({ udp_slow, tcp, tls });
  Run (500);
  floe_relay_core_set_carrier (&core_, now_us_, TRUE, 2);
  Run (1000);
  EXPECT_EQ (State (2), FLOE_RELAY_KEPT);
  EXPECT_EQ (State (1), FLOE_RELAY_RESERVE);
}

TEST_F (RelayCore, RanksByProtocolThenByTimeThenByOrder)
{
  Start ({ tls, tcp, udp_far, udp_near, tcp });
  Run (1000);
  EXPECT_EQ (floe_relay_core_get_rank (&core_, 3), 0u);
  EXPECT_EQ (floe_relay_core_get_rank (&core_, 2), 1u);
  EXPECT_EQ (floe_relay_core_get_rank (&core_, 1), 2u);
  EXPECT_EQ (floe_relay_core_get_rank (&core_, 4), 3u);
  EXPECT_EQ (floe_relay_core_get_rank (&core_, 0), 4u);
}

TEST_F (RelayCore, BeginsAReplacementAtOnceWhenTheOldOneWasBegun)
{
  Start ({ udp_near, tcp });
  Run (1000);
  servers_.resize (12, udp_near);
  floe_relay_core_replace (&core_, now_us_, 0, 10);
  floe_relay_core_replace (&core_, now_us_, 1, 11);
  Drain ();
  EXPECT_EQ (trace_, "0 begin 0\n1000 begin 10\n");
  EXPECT_EQ (State (11), FLOE_RELAY_RESERVE);
}

TEST_F (RelayCore, BeginsAnotherWhenTheOnlyOneIsRemoved)
{
  Start ({ udp_near, tcp });
  Run (1000);
  floe_relay_core_remove (&core_, now_us_, 0);
  Drain ();
  EXPECT_EQ (trace_, "0 begin 0\n1000 begin 1\n");
}

TEST_F (RelayCore, BeginsOneThatIsAddedWhenThereIsRoom)
{
  Start ({ udp_near });
  Run (1000);
  servers_.push_back (udp_far);
  EXPECT_TRUE (floe_relay_core_add (&core_, now_us_, 1, FLOE_RELAY_PROTOCOL_UDP));
  Drain ();
  EXPECT_EQ (trace_, "0 begin 0\n1000 begin 1\n");
}

TEST_F (RelayCore, IsBounded)
{
  Start ({ udp_near, udp_near, udp_near, udp_near, udp_near, udp_near, udp_near, udp_near });
  EXPECT_FALSE (floe_relay_core_add (&core_, now_us_, 8, FLOE_RELAY_PROTOCOL_UDP));
}

TEST_F (RelayCore, IsNotSettledBeforeTheFirstAddress)
{
  Start ({ udp_near, udp_dead, tcp });
  EXPECT_FALSE (floe_relay_core_is_settled (&core_));
  Run (39);
  EXPECT_FALSE (floe_relay_core_is_settled (&core_));
  Run (40);
  EXPECT_TRUE (floe_relay_core_is_settled (&core_));
}

TEST_F (RelayCore, PassesOverNewsOfOnesThatItDoesNotKnow)
{
  Start ({ udp_near });
  floe_relay_core_handle_relayed (&core_, 5, 77);
  floe_relay_core_handle_failed (&core_, 5, 77);
  floe_relay_core_handle_answer (&core_, 5, 77, 5);
  floe_relay_core_remove (&core_, 5, 77);
  floe_relay_core_replace (&core_, 5, 77, 78);
  EXPECT_EQ (core_.count, 1u);
}

TEST_F (RelayCore, WaitsForOnesThatAreHeldAndIsSettledMeanwhile)
{
  servers_ = { udp_near, tcp };
  floe_relay_core_init (&core_);
  for (guint i = 0; i < servers_.size (); i++)
    {
      floe_relay_core_add (&core_, 0, i, servers_[i].protocol);
      floe_relay_core_set_held (&core_, i, TRUE);
    }
  floe_relay_core_start (&core_, 0);
  Drain ();
  Run (5000);
  EXPECT_EQ (trace_, "");
  EXPECT_TRUE (floe_relay_core_is_settled (&core_));
  EXPECT_EQ (floe_relay_core_get_deadline (&core_), -1);
  floe_relay_core_set_held (&core_, 0, FALSE);
  floe_relay_core_handle_released (&core_, now_us_);
  Drain ();
  EXPECT_FALSE (floe_relay_core_is_settled (&core_));
  Run (6000);
  EXPECT_EQ (trace_, "5000 begin 0\n") << "and TCP is still held";
}

TEST_F (RelayCore, BeginsTcpAloneWhereUdpIsHeld)
{
  servers_ = { udp_near, tcp };
  floe_relay_core_init (&core_);
  for (guint i = 0; i < servers_.size (); i++)
    floe_relay_core_add (&core_, 0, i, servers_[i].protocol);
  floe_relay_core_set_held (&core_, 0, TRUE);
  floe_relay_core_start (&core_, 0);
  Drain ();
  EXPECT_EQ (trace_, "0 begin 1\n") << "at once, as there is nothing to wait for";
}

TEST_F (RelayCore, ProbesManyWhenTheyAreNotHeldAnyMore)
{
  servers_ = { udp_far, udp_near, udp_middle };
  floe_relay_core_init (&core_);
  for (guint i = 0; i < servers_.size (); i++)
    {
      floe_relay_core_add (&core_, 0, i, servers_[i].protocol);
      floe_relay_core_set_held (&core_, i, TRUE);
    }
  floe_relay_core_start (&core_, 0);
  Run (1000);
  for (guint i = 0; i < servers_.size (); i++)
    floe_relay_core_set_held (&core_, i, FALSE);
  floe_relay_core_handle_released (&core_, now_us_);
  Drain ();
  Run (3000);
  EXPECT_EQ (State (0), FLOE_RELAY_RESERVE) << trace_;
  EXPECT_EQ (State (1), FLOE_RELAY_KEPT) << trace_;
  EXPECT_EQ (State (2), FLOE_RELAY_KEPT) << trace_;
}

TEST_F (RelayCore, LeavesAloneWhatGoesOnWhenItIsHeld)
{
  Start ({ udp_near });
  Run (100);
  floe_relay_core_set_held (&core_, 0, TRUE);
  Drain ();
  Run (1000);
  EXPECT_EQ (State (0), FLOE_RELAY_KEPT);
  EXPECT_EQ (trace_, "0 begin 0\n");
}
