/* SPDX-License-Identifier: MPL-2.0 */
/* What a process has: memory, descriptors, threads, and sources of its main loops, timers among
 * them. And whether it stays as it was. */
#pragma once

#include <string>
#include <vector>

#include "soak.h"

struct Reading
{
  gint64 in_use = 0;            /* bytes that are allocated and not freed */
  gint64 resident = 0;          /* bytes of memory that the process occupies */
  std::vector<std::string> fds; /* what each descriptor leads to */
  std::vector<std::string> threads;
  std::vector<std::string> sources; /* of the default context and the network thread's */
  guint armed = 0;                  /* those that will run by themselves at some time: timers */
  guint agents = 0;                 /* libnice's */
};

class Gauge
{
public:
  /* How much in-use memory may grow: @per_step bytes for each step, and @once. */
  Gauge (Results &results, gint64 per_step, gint64 once);

  /* Before the first connection. */
  void ReadBefore ();

  /* Waits until nothing is under way any more, and reads. All connections of the caller's must be
   * closed, or @may_be_connected said. The first one is what later ones are compared with. */
  void Sample (guint step, bool may_be_connected = false);

  /* Compares the samples with each other, and the last one with what there was before the first
   * connection. Reports all of it. */
  void Judge ();

  /* When it is known that it won't become quiet. */
  void set_max_looks (int max_looks)
  {
    max_looks_ = max_looks;
  }

  static Reading Read ();
  static gint64 InUse ();
  static gint64 Resident ();
  /* libnice's: one a path. */
  static guint Agents ();

private:
  void JudgeMemory ();
  void JudgeEnd ();

  Results &results_;
  gint64 per_step_;
  gint64 once_;
  int max_looks_;
  Reading before_;
  Reading first_;
  Reading last_;
  guint first_step_ = 0;
  guint last_step_ = 0;
  bool is_begun_ = false;
};
