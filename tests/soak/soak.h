/* SPDX-License-Identifier: MPL-2.0 */
/* What the programs of the soak suite share: results, a watchdog, waiting, random numbers. */
#pragma once

#include <floe/floe.h>

#include <functional>
#include <string>

/* Prints 'ok NAME' and 'not ok NAME: why', which run.sh counts. */
class Results
{
public:
  explicit Results (const char *subject) : subject_ (subject)
  {
  }
  void Check (const char *name, bool is_ok, const std::string &why);
  /* A figure, or whatever else a reader wants to know. */
  void Note (const char *format, ...) G_GNUC_PRINTF (2, 3);
  int status () const
  {
    return has_failed_ ? 1 : 0;
  }

private:
  std::string subject_;
  bool has_failed_ = false;
};

std::string Format (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Reads the options of @entries, and prepares the process: an environment in which memory can be
 * counted, a watchdog, and as many descriptors as it may have. Exits when an option is wrong. */
void BeginSoak (int *argc, char ***argv, const GOptionEntry *entries, const char *summary);

/* Tells the watchdog that something went on: after ten minutes without, the process ends with what
 * @what said last. That is no bound that a busy machine could miss. */
void StillAlive (const char *what);

/* Iterates the thread-default context until @done says so. Every turn must come from an event. */
void WaitUntil (const char *what, const std::function<bool ()> &done);

/* Iterates it as long as something is due, for a while at most: never waits. */
void Drain ();

/* The same numbers for the same seed, on any machine. */
class Random
{
public:
  explicit Random (guint64 seed) : state_ (seed)
  {
  }
  guint64 Next ();
  /* 0 to @bound - 1. */
  guint32 Below (guint32 bound)
  {
    return (guint32) (Next () % bound);
  }
  bool Happens (double probability)
  {
    return (double) (Next () >> 11) * 0x1p-53 < probability;
  }

private:
  guint64 state_;
};

/* Everything goes over 127.0.0.1 and UDP. */
FloeConfiguration *NewConfiguration ();
