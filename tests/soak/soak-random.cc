/* SPDX-License-Identifier: MPL-2.0 */
/* soak-random: channels of all kinds are opened, used and closed at random by both ends of one
 * connection, over a network that loses, doubles and reorders datagrams.
 *
 *   soak-random [--seconds N] [--loss PERCENT] [--seed N] [--falsify]
 *
 * From time to time all channels are closed, and what is left is measured. --falsify changes what
 * arrives, which must be seen. */
#include <set>

#include "soak-channel.h"
#include "soak-gauge.h"
#include "soak-pair.h"

#define MAX_CHANNELS 24
#define MAX_BUFFERED (2 * 1024 * 1024)
#define ACTIONS_PER_TURN 8
#define ROUNDS 8

/* What is in use when all channels are closed, and the connection is not: what SCTP keeps for the
 * streams that were used, and what has not been acknowledged. */
#define GROWTH_CONNECTED (256 * 1024)
/* A path with its agent: another one is tried when this one falls silent, as it does on a machine
 * that leaves us no time. */
#define GROWTH_PER_AGENT (256 * 1024)

#define GROWTH_ONCE (16 * 1024)
#define GROWTH_PER_CHANNEL 48

struct LossyNetwork
{
  guint64 seed;
  double loss;
};

class Storm
{
public:
  Storm (Pair &pair, guint64 seed, bool is_falsifying)
      : pair_ (pair), random_ (seed), is_falsifying_ (is_falsifying)
  {
    pair.ends ()->on_channel = [this] (int end, FloeDataChannel *channel) {
      HandleChannel (end, channel);
    };
  }

  /* Acts at random for so long. */
  void Rage (gint64 end_us);
  /* Closes all, waits until that is done, and looks at what had to arrive. */
  void Calm ();

  Tally tally;
  std::set<int> ids;

private:
  void HandleChannel (int end, FloeDataChannel *channel);
  void Act ();
  void Open ();
  void Send ();
  void Close ();
  void Forget ();
  SoakChannel *Pick ();

  Pair &pair_;
  Random random_;
  bool is_falsifying_;
  guint opened_ = 0;
  std::map<std::string, std::unique_ptr<SoakChannel> > channels_; /* by label */
};

/* The other end tells of the one channel of the pair, and of those that we have opened. */
void
Storm::HandleChannel (int end, FloeDataChannel *channel)
{
  auto found = channels_.find (floe_data_channel_get_label (channel));

  if (found != channels_.end ())
    found->second->Adopt (end, channel);
}

void
Storm::Open ()
{
  guint number = opened_++;
  std::string label = Format ("channel %u", number);
  auto channel = std::make_unique<SoakChannel> (number, random_, tally);

  channel->Open (pair_.pc (channel->opener ()), label.c_str ());
  if (is_falsifying_ && number % 3 == 0)
    channel->Falsify ((Falsehood) (number / 3 % FALSEHOOD_COUNT));
  channels_[label] = std::move (channel);
}

SoakChannel *
Storm::Pick ()
{
  auto chosen = channels_.begin ();

  if (channels_.empty ())
    return nullptr;
  std::advance (chosen, random_.Below ((guint32) channels_.size ()));
  return chosen->second.get ();
}

void
Storm::Send ()
{
  SoakChannel *channel = Pick ();
  guint64 buffered = 0;

  for (const auto &other : channels_)
    buffered += other.second->buffered ();
  if (channel != nullptr && buffered < MAX_BUFFERED)
    channel->Send ((int) random_.Below (2));
}

void
Storm::Close ()
{
  SoakChannel *channel = Pick ();

  if (channel != nullptr)
    channel->Close ((int) random_.Below (2));
}

/* What has been closed at both ends. */
void
Storm::Forget ()
{
  for (auto it = channels_.begin (); it != channels_.end ();)
    if (it->second->is_over ())
      {
        ids.insert (it->second->id ());
        it = channels_.erase (it);
      }
    else
      ++it;
}

void
Storm::Act ()
{
  guint32 chance = random_.Below (1000);

  if (chance < 30 && channels_.size () < MAX_CHANNELS)
    Open ();
  else if (chance < 50)
    Close ();
  else
    Send ();
}

void
Storm::Rage (gint64 end_us)
{
  StillAlive ("acting at random");
  while (g_get_monotonic_time () < end_us)
    {
      for (int i = 0; i < ACTIONS_PER_TURN; i++)
        Act ();
      Drain ();
      Forget ();
      g_usleep (G_TIME_SPAN_MILLISECOND);
    }
}

void
Storm::Calm ()
{
  for (const auto &channel : channels_)
    channel.second->Close ((int) random_.Below (2));
  WaitUntil ("waiting for all channels to be closed", [this] {
    Forget ();
    return channels_.empty ();
  });
}

static void
judge (const Storm &storm, Results &results)
{
  const Tally &tally = storm.tally;

  results.Note ("%u channels with %zu ids; %" G_GUINT64_FORMAT " messages of %" G_GUINT64_FORMAT
                " MB sent, %" G_GUINT64_FORMAT " MB arrived",
                tally.channels, storm.ids.size (), tally.messages, tally.sent / 1000000,
                tally.received / 1000000);
  results.Check ("every-byte", tally.faults.empty (),
                 Format ("%zu faults, the first: %s", tally.faults.size (),
                         tally.faults.empty () ? "" : tally.faults.front ().c_str ()));
  /* Both ends give out ids of their own; one that is being closed is still taken. */
  results.Check ("ids-are-used-again", storm.ids.size () <= 8 * MAX_CHANNELS,
                 Format ("%zu ids for %u channels", storm.ids.size (), tally.channels));
}

/* Once, with a connection that is closed at the end; how many channels there were. */
static guint
run (gint64 duration_us, int rounds, const LossyNetwork &network, bool is_falsifying,
     Results &results)
{
  g_autoptr (FloeConfiguration) configuration = NewConfiguration ();
  LossyRelay relay (network.seed, network.loss);
  Pair pair (configuration, &relay);
  Storm storm (pair, network.seed, is_falsifying);
  gint64 start, first_use = 0, last_use = 0, bound;
  guint agents = 0, first_agents = 0;

  pair.Start ();
  pair.WaitForOpen ();
  start = g_get_monotonic_time ();
  for (int round = 1; round <= rounds; round++)
    {
      storm.Rage (start + duration_us * round / rounds);
      storm.Calm ();
      last_use = Gauge::InUse ();
      agents = Gauge::Agents ();
      if (round == 1)
        {
          first_use = last_use;
          first_agents = agents;
        }
      results.Note ("round %d: %u channels so far, %" G_GINT64_FORMAT " bytes in use, %u agents",
                    round, storm.tally.channels, last_use, agents);
    }
  judge (storm, results);
  bound = GROWTH_CONNECTED + (gint64) GROWTH_PER_AGENT * (agents - MIN (agents, first_agents));
  results.Check ("memory-while-connected", last_use - first_use <= bound,
                 Format ("%" G_GINT64_FORMAT
                         " bytes more after %d rounds with %u agents, %u before",
                         last_use - first_use, rounds, agents, first_agents));
  results.Note ("%" G_GUINT64_FORMAT " datagrams passed, %" G_GUINT64_FORMAT " lost",
                relay.passed (), relay.lost ());
  pair.Close ();
  return storm.tally.channels;
}

int
main (int argc, char **argv)
{
  int seconds = 10;
  double loss = 2;
  gint64 seed = 1;
  gboolean is_falsifying = FALSE;
  guint channels = 0;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long", "N" },
    { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &loss, "How much is lost", "PERCENT" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "What chance begins with", "N" },
    { "falsify", 0, 0, G_OPTION_ARG_NONE, &is_falsifying, "Change what arrives", nullptr },
    {},
  };
  Results results ("random");

  BeginSoak (&argc, &argv, entries, "Channels opened, used and closed at random");
  Gauge gauge (results, GROWTH_PER_CHANNEL, GROWTH_ONCE);

  results.Note ("%d s, %.1f %% loss, seed %" G_GINT64_FORMAT, seconds, loss, seed);
  gauge.ReadBefore ();
  for (int part : { 1, 9 })
    {
      channels += run (part * seconds * G_TIME_SPAN_SECOND / 10, part == 1 ? 2 : ROUNDS,
                       { (guint64) seed, loss / 100 }, is_falsifying, results);
      gauge.Sample (channels);
    }
  gauge.Judge ();
  return results.status ();
}
