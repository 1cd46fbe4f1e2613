/* SPDX-License-Identifier: MPL-2.0 */
#include "soak-gauge.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <set>

G_BEGIN_DECLS
#include "floe-network-thread-private.h"
#include "floe-nice-agent-private.h"
G_END_DECLS

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
/* Of <sanitizer/allocator_interface.h>, which GCC does not install. */
extern "C" size_t __sanitizer_get_current_allocated_bytes (void);
#else
#define HAS_SANITIZER 0
#endif

/* How often it must look the same before it counts as quiet, how long between two looks, and how
 * many looks there are at most. */
#define QUIET_LOOKS 5
#define LOOK_US (20 * G_TIME_SPAN_MILLISECOND)
#define MAX_LOOKS 3000

/* The allocator rounds the same block differently, by where it lies. */
#define JITTER 512

/* What stays for the life of the process after the first connection. */
static const char *const lasting_threads[] = {
  "floe-network",  /* the network thread */
  "SCTP iterator", /* usrsctp's, which it starts even without its other threads */
  "gmain",         /* GLib's worker, which GNetworkMonitor uses */
};

/* The same for sources that are not armed. */
static const char *const lasting_sources[] = {
  "Floe deadline", /* usrsctp's timers, all in one */
  "GSocket",       /* GNetworkMonitor's netlink */
};

/* What the resident memory may grow by: the allocator keeps pages, and splits them differently each
 * time. What is not given back shows in what is in use, to the byte. */
#define RESIDENT_SLACK (8 * 1024 * 1024)

gint64
Gauge::InUse ()
{
#if HAS_SANITIZER
  return (gint64) __sanitizer_get_current_allocated_bytes ();
#else
  struct mallinfo2 info = mallinfo2 ();

  return (gint64) (info.uordblks + info.hblkhd);
#endif
}

gint64
Gauge::Resident ()
{
  g_autofree char *text = nullptr;

  if (!g_file_get_contents ("/proc/self/statm", &text, nullptr, nullptr))
    return 0;
  return atol (strchr (text, ' ')) * sysconf (_SC_PAGESIZE);
}

/* "socket", "anon_inode:[eventfd]" or a file's path. */
static std::vector<std::string>
list_descriptors ()
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, nullptr);
  std::vector<std::string> list;
  const char *name;

  while (folder != nullptr && (name = g_dir_read_name (folder)) != nullptr)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, nullptr);
      g_autofree char *target = g_file_read_link (path, nullptr);

      /* The folder's own descriptor is in it. */
      if (target == nullptr || strstr (target, "/fd") != nullptr)
        continue;
      list.push_back (g_str_has_prefix (target, "socket:") ? "socket" : target);
    }
  std::sort (list.begin (), list.end ());
  return list;
}

/* The thread sanitizer has a thread, which begins late and has the program's name. */
static bool
is_of_sanitizer (const std::string &name)
{
#ifdef __SANITIZE_THREAD__
  return name == program_invocation_short_name;
#else
  (void) name;
  return false;
#endif
}

static std::vector<std::string>
list_threads ()
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/task", 0, nullptr);
  std::vector<std::string> list;
  const char *id;

  while (folder != nullptr && (id = g_dir_read_name (folder)) != nullptr)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", id);
      g_autofree char *name = nullptr;

      if (g_file_get_contents (path, &name, nullptr, nullptr)
          && !is_of_sanitizer (g_strchomp (name)))
        list.push_back (name);
    }
  std::sort (list.begin (), list.end ());
  return list;
}

/* The sources of one context, by their ids, which are given in turn: what is new since the last
 * time is looked for, and what was there then. Called in the context's thread. */
struct SourceList
{
  GMainContext *context = nullptr;
  std::set<guint> ids;
  guint seen = 0;
  std::vector<std::string> names;
  guint armed = 0; /* those that will run by themselves at some time */
  bool is_read = false;

  void Read ()
  {
    GSource *probe = g_idle_source_new ();
    guint last = g_source_attach (probe, context);
    std::set<guint> left;

    g_source_destroy (probe);
    g_source_unref (probe);
    for (guint id = seen + 1; id < last; id++)
      ids.insert (id);
    seen = last;
    names.clear ();
    armed = 0;
    for (guint id : ids)
      if (GSource *source = g_main_context_find_source_by_id (context, id))
        Add (left, id, source);
    ids = left;
  }

private:
  void Add (std::set<guint> &left, guint id, GSource *source)
  {
    const char *name = g_source_get_name (source);

    left.insert (id);
    if (source == g_main_current_source ())
      return;
    names.push_back (name != nullptr ? name : "(no name)");
    armed += g_source_get_ready_time (source) != -1;
  }
};

static SourceList own_sources, network_sources;
static GMutex read_lock;
static GCond read_cond;

static gboolean
read_network_sources (gpointer)
{
  network_sources.Read ();
  g_mutex_lock (&read_lock);
  network_sources.is_read = true;
  g_cond_signal (&read_cond);
  g_mutex_unlock (&read_lock);
  return G_SOURCE_REMOVE;
}

static void
read_sources (Reading &reading)
{
  std::vector<std::string> &list = reading.sources;

  own_sources.context = g_main_context_default ();
  own_sources.Read ();
  network_sources.context = floe_network_get_context ();
  network_sources.is_read = false;
  g_main_context_invoke (network_sources.context, read_network_sources, nullptr);
  g_mutex_lock (&read_lock);
  while (!network_sources.is_read)
    g_cond_wait (&read_cond, &read_lock);
  g_mutex_unlock (&read_lock);
  list = own_sources.names;
  list.insert (list.end (), network_sources.names.begin (), network_sources.names.end ());
  std::sort (list.begin (), list.end ());
  reading.armed = own_sources.armed + network_sources.armed;
}

Reading
Gauge::Read ()
{
  Reading reading;

  /* GLib's idle workers end by themselves, after a quarter of a minute. */
  g_thread_pool_stop_unused_threads ();
  /* Before the lists, which take memory themselves. */
  reading.in_use = InUse ();
  reading.resident = Resident ();
  read_sources (reading);
  reading.agents = floe_nice_agent_get_count ();
  reading.fds = list_descriptors ();
  reading.threads = list_threads ();
  return reading;
}

static std::string
join (const std::vector<std::string> &list)
{
  std::string text;

  for (const std::string &item : list)
    text += (text.empty () ? "" : ", ") + item;
  return text.empty () ? "nothing" : text;
}

/* What @now has and @then had not; both are sorted. */
static std::vector<std::string>
find_new (const std::vector<std::string> &now, const std::vector<std::string> &then)
{
  std::vector<std::string> difference;

  std::set_difference (now.begin (), now.end (), then.begin (), then.end (),
                       std::back_inserter (difference));
  return difference;
}

Gauge::Gauge (Results &results, gint64 per_step, gint64 once)
    : results_ (results), per_step_ (per_step), once_ (once), max_looks_ (MAX_LOOKS)
{
  /* Memory goes back to the system as soon as it can, and what is in use is exact. */
  mallopt (M_TRIM_THRESHOLD, 128 * 1024);
  mallopt (M_MXFAST, 0);
}

void
Gauge::ReadBefore ()
{
  /* Without the network thread, which reading its sources would begin. */
  before_.fds = list_descriptors ();
  before_.threads = list_threads ();
  before_.resident = Resident ();
  before_.in_use = InUse ();
}

static bool
looks_like (const Reading &one, const Reading &other)
{
  return ABS (one.in_use - other.in_use) <= JITTER && one.fds == other.fds
         && one.threads == other.threads && one.sources == other.sources
         && one.agents == other.agents;
}

/* It was so quiet once: so few must it be again. */
static bool
is_as_few (const Reading &now, const Reading &then)
{
  return now.fds.size () <= then.fds.size () && now.threads.size () <= then.threads.size ()
         && now.sources.size () <= then.sources.size () && now.armed <= then.armed
         && now.agents <= then.agents;
}

void
Gauge::Sample (guint step, bool may_be_connected)
{
  Reading last;
  int same = 0;

  StillAlive ("waiting for quiet");
  for (int looks = 0; looks < max_looks_ && same < QUIET_LOOKS; looks++)
    {
      Reading now;

      Drain ();
      now = Read ();
      same = looks_like (now, last) ? same + 1 : 0;
      /* What the lists themselves took is not what is measured. */
      if (may_be_connected && is_as_few (now, last) && looks >= 2 * QUIET_LOOKS)
        same = QUIET_LOOKS;
      else if (!may_be_connected && (now.agents > 0 || now.armed > 0))
        same = 0;
      else if (is_begun_ && !is_as_few (now, first_))
        same = 0;
      last = now;
      g_usleep (LOOK_US);
    }
#if !HAS_SANITIZER
  /* Pages that nothing lies on any more go back: what stays is in use, or between what is. */
  malloc_trim (0);
#endif
  last.resident = Resident ();
  last_ = last;
  last_step_ = step;
  if (!is_begun_)
    {
      first_ = last;
      first_step_ = step;
      is_begun_ = true;
      /* With what was taken for remembering it. */
      first_.in_use = InUse ();
    }
  results_.Note ("after %u: %" G_GINT64_FORMAT " bytes in use, %" G_GINT64_FORMAT
                 " KiB resident, %zu descriptors, %zu threads, %zu sources, %u of them armed, "
                 "%u agents",
                 step, last.in_use, last.resident / 1024, last.fds.size (), last.threads.size (),
                 last.sources.size (), last.armed, last.agents);
}

void
Gauge::JudgeMemory ()
{
  guint steps = last_step_ - first_step_;
  gint64 growth = last_.in_use - first_.in_use;
  gint64 bound = once_ + per_step_ * steps;
  gint64 resident_growth = last_.resident - first_.resident;

  results_.Note ("from %u to %u: %+" G_GINT64_FORMAT " bytes in use, %+.1f each; %+" G_GINT64_FORMAT
                 " KiB resident",
                 first_step_, last_step_, growth, (double) growth / MAX (steps, 1),
                 resident_growth / 1024);
  results_.Check ("memory", growth <= bound,
                  Format ("%" G_GINT64_FORMAT
                          " bytes more in use after %u, at most %" G_GINT64_FORMAT,
                          growth, steps, bound));
#if !HAS_SANITIZER
  results_.Check ("resident-memory", resident_growth <= RESIDENT_SLACK,
                  Format ("%" G_GINT64_FORMAT " KiB more", resident_growth / 1024));
#endif
}

/* Each of @names once. */
template <gsize N>
static void
remove_each (std::vector<std::string> &list, const char *const (&names)[N])
{
  for (const char *name : names)
    {
      auto found = std::find (list.begin (), list.end (), name);

      if (found != list.end ())
        list.erase (found);
    }
}

void
Gauge::JudgeEnd ()
{
  std::vector<std::string> threads = find_new (last_.threads, before_.threads);
  std::vector<std::string> sources = last_.sources;

  results_.Note ("left of the first connection: %s; threads %s; sources %s",
                 join (find_new (first_.fds, before_.fds)).c_str (), join (threads).c_str (),
                 join (sources).c_str ());
  remove_each (threads, lasting_threads);
  remove_each (sources, lasting_sources);
  results_.Check ("descriptors", last_.fds.size () <= first_.fds.size (),
                  "more: " + join (find_new (last_.fds, first_.fds)));
  results_.Check ("threads", threads.empty (), "more: " + join (threads));
  results_.Check ("sources", sources.empty (), "more: " + join (sources));
  results_.Check ("timers", last_.armed == 0, Format ("%u sources are armed", last_.armed));
  results_.Check ("agents", last_.agents == 0, Format ("%u left", last_.agents));
}

void
Gauge::Judge ()
{
  JudgeMemory ();
  JudgeEnd ();
}
