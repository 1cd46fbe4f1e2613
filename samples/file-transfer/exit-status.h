/* SPDX-License-Identifier: MPL-2.0 */
/* What floe's exit status says; floe(1) lists the same. */
#pragma once

typedef enum
{
  EXIT_STATUS_OK = 0,
  EXIT_STATUS_FAILED = 1,       /* the connection or the transfer failed */
  EXIT_STATUS_USAGE = 2,        /* the command line makes no sense */
  EXIT_STATUS_INTEGRITY = 4,    /* what arrived is not what was sent */
  EXIT_STATUS_FILE = 5,         /* a file here can't be read or written */
  EXIT_STATUS_TIMED_OUT = 6,    /* nothing happened for too long */
  EXIT_STATUS_INTERRUPTED = 130 /* by a signal */
} ExitStatus;
