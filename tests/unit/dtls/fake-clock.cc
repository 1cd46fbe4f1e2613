/* SPDX-License-Identifier: MPL-2.0 */
#include "fake-clock.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace
{
int64_t now_us = INT64_C (1000000000);
}

namespace fake_clock
{
int64_t
NowUs ()
{
  return now_us;
}

void
Advance (int64_t us)
{
  now_us += us;
}

void
AdvanceTo (int64_t deadline_us)
{
  if (deadline_us > now_us)
    now_us = deadline_us;
}
}

extern "C" int
gettimeofday (struct timeval *value, void *) noexcept
{
  value->tv_sec = now_us / 1000000;
  value->tv_usec = now_us % 1000000;
  return 0;
}

extern "C" int
clock_gettime (clockid_t id, struct timespec *value) noexcept
{
  if (id != CLOCK_MONOTONIC)
    return (int) syscall (SYS_clock_gettime, id, value);
  value->tv_sec = now_us / 1000000;
  value->tv_nsec = (now_us % 1000000) * 1000;
  return 0;
}
