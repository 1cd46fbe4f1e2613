/* SPDX-License-Identifier: MPL-2.0 */
/* usrsctp asks gettimeofday() how old a packet is. Here it gets the time of the test, which passes
 * only with floe_sctp_runtime_advance(). */
#include <sys/time.h>

#include "floe-sctp-runtime-private.h"

extern "C" __attribute__ ((visibility ("default"))) int
gettimeofday (struct timeval *__restrict now, void *__restrict zone) noexcept
{
  gint64 time_us = floe_sctp_runtime_get_time ();

  now->tv_sec = 1700000000 + time_us / G_USEC_PER_SEC;
  now->tv_usec = time_us % G_USEC_PER_SEC;
  return 0;
}
