/* SPDX-License-Identifier: MPL-2.0 */
/* What floe's exit status says; floe(1) lists the same. */
#pragma once

typedef enum
{
  EXIT_STATUS_OK = 0,
  EXIT_STATUS_FAILED = 1,         /* the connection or the transfer failed */
  EXIT_STATUS_USAGE = 2,          /* the command line makes no sense */
  EXIT_STATUS_REFUSED = 3,        /* the other side does not want it */
  EXIT_STATUS_AUTHENTICATION = 4, /* the other side does not know the code */
  EXIT_STATUS_FILE = 5,           /* a file here can't be read or written */
  EXIT_STATUS_TIMED_OUT = 6,      /* nothing happened for too long */
  EXIT_STATUS_INTERRUPTED = 130,  /* by a signal */
  /* Not an exit status of its own: ends as EXIT_STATUS_AUTHENTICATION, but is told apart in words.
   */
  EXIT_STATUS_INTEGRITY = 4 | 0x100, /* what arrived is not what was sent */
  /* What "floe nat" found. */
  EXIT_STATUS_STREAM_ONLY = 3 | 0x200, /* only TCP or TLS gets through */
  EXIT_STATUS_UNREACHABLE = 4 | 0x200  /* nothing does */
} ExitStatus;

/* What main () returns for it. */
static inline int
exit_status_to_int (ExitStatus status)
{
  return (int) status & 0xff;
}
