/* SPDX-License-Identifier: MPL-2.0 */
#include "soak.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>

#define WATCHDOG_S 600

static std::atomic<const char *> last_sign{ "the beginning" };

void
Results::Check (const char *name, bool is_ok, const std::string &why)
{
  if (is_ok)
    printf ("ok %s-%s\n", subject_.c_str (), name);
  else
    printf ("not ok %s-%s: %s\n", subject_.c_str (), name, why.c_str ());
  fflush (stdout);
  has_failed_ |= !is_ok;
}

void
Results::Note (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  printf ("# %s: ", subject_.c_str ());
  vprintf (format, arguments);
  printf ("\n");
  fflush (stdout);
  va_end (arguments);
}

std::string
Format (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return text;
}

/* A signal's handler may do little more than that. */
static void
on_alarm (int)
{
  static const char prefix[] = "not ok watchdog: ten minutes without a sign of life, after: ";
  const char *sign = last_sign;
  ssize_t written = write (STDOUT_FILENO, prefix, sizeof prefix - 1);

  written = write (STDOUT_FILENO, sign, strlen (sign));
  written = write (STDOUT_FILENO, "\n", 1);
  (void) written;
  abort ();
}

/* What is in use is counted to the byte only when nobody keeps a store of free blocks, and a
 * critical is a bug of ours wherever it comes from. glibc and GLib read this when a process begins.
 */
static const struct
{
  const char *name;
  const char *value;
} environment[] = {
  { "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0" },
  { "G_SLICE", "always-malloc" },
  { "G_DEBUG", "fatal-criticals" },
};

/* Begins anew, unless the environment is so already. */
static void
begin_in_environment (char **argv)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", nullptr);
  bool is_right = true;

  for (const auto &variable : environment)
    {
      is_right &= g_strcmp0 (g_getenv (variable.name), variable.value) == 0;
      g_setenv (variable.name, variable.value, TRUE);
    }
  if (is_right)
    return;
  if (program != nullptr)
    execv (program, argv);
  g_printerr ("Not begun anew: %s\n", g_strerror (errno));
  exit (2);
}

void
BeginSoak (int *argc, char ***argv, const GOptionEntry *entries, const char *summary)
{
  g_autoptr (GOptionContext) context = g_option_context_new (nullptr);
  g_autoptr (GError) error = nullptr;
  struct rlimit limit;

  begin_in_environment (*argv);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, nullptr);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (2);
    }
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
  signal (SIGALRM, on_alarm);
  StillAlive ("the beginning");
}

void
StillAlive (const char *what)
{
  last_sign = what;
  alarm (WATCHDOG_S);
}

void
WaitUntil (const char *what, const std::function<bool ()> &done)
{
  GMainContext *context = g_main_context_get_thread_default ();

  StillAlive (what);
  while (!done ())
    g_main_context_iteration (context, TRUE);
}

void
Drain ()
{
  GMainContext *context = g_main_context_get_thread_default ();

  for (int i = 0; i < 10000 && g_main_context_iteration (context, FALSE); i++)
    continue;
}

guint64
Random::Next ()
{
  /* SplitMix64: a counter that is stirred. */
  guint64 mixed = state_ += 0x9e3779b97f4a7c15;

  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

FloeConfiguration *
NewConfiguration ()
{
  static const char *const interfaces[] = { "lo", nullptr };
  FloeConfiguration *configuration = floe_configuration_new ();

  floe_configuration_set_interfaces (configuration, interfaces);
  floe_configuration_set_ice_tcp (configuration, FALSE);
  return configuration;
}
