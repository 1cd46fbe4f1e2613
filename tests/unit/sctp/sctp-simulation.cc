/* SPDX-License-Identifier: MPL-2.0 */
/* How fast data gets through a link of which everything is known: the goodput of many transfers, in
 * the time of the simulation, so that the machine and its load don't matter. No test: its figures
 * are those of decision 39. Usage: sctp-simulation OPTION=VALUE... */
#include <cstdio>
#include <cstdlib>

#include "floe-sctp-internal-private.h"
#include "floe-sctp-link.h"

static std::map<std::string, double> options = {
  { "mbit", 100 },    /* the link's bandwidth */
  { "rtt", 100 },     /* ms; each transfer has up to 5 % more or less */
  { "queue", 1 },     /* of the link, in bandwidth-delay products; it drops the last to come */
  { "loss", 0 },      /* percent, in each direction */
  { "buffer", 1024 }, /* of both sides, KiB */
  { "room", 0 },      /* packets that fit into the receiver's socket; 0: no limit */
  { "look", 1 },      /* how often the receiver looks at it, ms on average */
  { "pace", 1 },      /* 0: nothing waits */
  { "seconds", 8 },   /* that each transfer takes, from the beginning */
  { "seeds", 11 },    /* transfers, with the seeds 1 to this */
};

static bool
Parse (const std::string &text)
{
  gsize equals = text.find ('=');
  auto option = options.find (text.substr (0, equals));

  if (equals == std::string::npos || option == options.end ())
    return false;
  option->second = std::atof (text.c_str () + equals + 1);
  return option->second >= 0;
}

/* Mbit/s */
static double
Simulate (guint seed)
{
  const gint64 NEVER_US = G_MAXINT64 / 2;
  const guint seconds = (guint) options["seconds"];
  FloeSctpConfig config = DefaultSctpConfig ();
  double rtt_ms;

  config.send_buffer_size = config.receive_buffer_size = (gsize) options["buffer"] * 1024;
  SctpLink link (config);
  link.random.seed (seed);
  rtt_ms = options["rtt"] * (0.95 + (link.random () % 101) / 1000.0);
  link.delay_ms = rtt_ms / 2;
  link.rate = options["mbit"] * 125;
  link.queue_ms = rtt_ms * options["queue"];
  link.room = (gsize) options["room"];
  link.b_looks_every_ms = (guint) options["look"];
  /* It never hears of the path then. */
  if (options["pace"] == 0)
    link.a.engine->pacer.asked_us = NEVER_US;
  link.Run (1000);
  link.loss_percent = options["loss"];
  return link.Transfer (seconds * 1000) * 8e-6 / seconds;
}

int
main (int argc, char **argv)
{
  std::vector<double> rates;
  gsize count;

  for (int i = 1; i < argc; i++)
    if (!Parse (argv[i]))
      {
        std::fprintf (stderr, "%s: no such option, or no value of it\n", argv[i]);
        return 2;
      }
  count = std::max<gsize> (1, (gsize) options["seeds"]);
  options["seconds"] = std::max (1.0, options["seconds"]);
  for (guint seed = 1; seed <= count; seed++)
    rates.push_back (Simulate (seed));
  std::sort (rates.begin (), rates.end ());
  std::printf ("median %.1f Mbit/s, from %.1f to %.1f\n",
               (rates[(count - 1) / 2] + rates[count / 2]) / 2, rates.front (), rates.back ());
  return 0;
}
