/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-expiry-core-private.h"

#define NOTICE_US (60 * G_TIME_SPAN_SECOND)
#define NOTICE_PART 5

/* Four thousand years. What is later is a number of another kind, and could not be multiplied. */
#define MAX_EXPIRY_S (G_MAXINT32 * G_GINT64_CONSTANT (64))

gint64
floe_expiry_core_get_due_us (gint64 expiry_s, gint64 now_us)
{
  gint64 left_us;

  if (expiry_s <= now_us / G_USEC_PER_SEC || expiry_s >= MAX_EXPIRY_S)
    return -1;
  left_us = expiry_s * G_USEC_PER_SEC - now_us;
  return now_us + left_us - MIN (NOTICE_US, left_us / NOTICE_PART);
}

gint64
floe_expiry_core_get_wait_us (gint64 due_us, gint64 now_us)
{
  return CLAMP (due_us - now_us, 0, FLOE_EXPIRY_LOOK_US);
}
