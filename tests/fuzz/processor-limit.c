/* SPDX-License-Identifier: MPL-2.0 */
/* No input may keep a processor busy for longer than this, with the sanitizers' part of it.
 *
 * libFuzzer's own -timeout goes by the clock on the wall, which goes on where a busy machine, or
 * one that was suspended, gives the target nothing. So every target is linked with
 * --wrap=LLVMFuzzerTestOneInput, and gets a timer that runs while it does; libFuzzer takes the
 * abort() for a crash and keeps the input. Its -timeout is left for what waits for ever. */
#include <glib.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_SECONDS 5

/* The names that the linker makes of the target's. */
/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
int __wrap_LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
on_limit (int signal_number)
{
  static const char text[] = "ERROR: an input keeps a processor busy for more than 5 seconds\n";

  if (write (STDERR_FILENO, text, sizeof text - 1) > 0)
    abort ();
  abort ();
}

static void
set_timer (long seconds)
{
  const struct itimerval limit = { .it_value.tv_sec = seconds };

  setitimer (ITIMER_PROF, &limit, NULL);
}

int
__wrap_LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static gboolean is_prepared = FALSE;
  int result;

  if (!is_prepared)
    {
      signal (SIGPROF, on_limit);
      is_prepared = TRUE;
    }
  set_timer (MAX_SECONDS);
  result = __real_LLVMFuzzerTestOneInput (data, size);
  set_timer (0);
  return result;
}
/* NOLINTEND(bugprone-reserved-identifier) */
