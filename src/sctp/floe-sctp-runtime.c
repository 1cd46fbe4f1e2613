/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-runtime-private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <usrsctp.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-sctp-internal-private.h"

/* usrsctp's finest timer is the delayed SACK of 20 ms, and it matters only just after a packet. */
#define BUSY_TICK_US (10 * G_TIME_SPAN_MILLISECOND)
#define BUSY_FOR_US (300 * G_TIME_SPAN_MILLISECOND)
/* Then only retransmissions are left, of 400 ms or more. */
#define WAITING_TICK_US (100 * G_TIME_SPAN_MILLISECOND)
/* Nothing is outstanding on any association; usrsctp's housekeeping counts in seconds. */
#define IDLE_TICK_US (1 * G_TIME_SPAN_SECOND)
/* What an engine leaves behind (a reference that a timer holds) is cleared a little later. */
#define LINGER_US (2 * G_TIME_SPAN_SECOND)

/* When the retransmission timer expires, usrsctp repeats only what was sent at least the timeout
 * ago by the system's clock, and doubles the timeout even if that is nothing: a timer that is a
 * millisecond early costs two timeouts more. Its own clock may be a tick behind when a timer is
 * started, which is 1/40 of the shortest timeout; going slower by that, it is never early. */
#define SLOWNESS 40

/* RFC 9260 section 6.1 limits bursts by cutting the window down to so many packets more than are
 * under way, and advises 4: for senders without a pacer, and too few for windows of hundreds. */
#define MAX_BURST 16

typedef struct
{
  GHashTable *engines; /* (owned): id to FloeSctpEngine (unowned): an engine removes itself */
  GSource *timer;      /* (owned) (nullable): none in tests, which advance() by hand */
  guint last_id;
  gint64 ticked_us; /* the system's time that usrsctp's clock has come to */
  gint64 active_us; /* when usrsctp was last called for a packet or a message */
} Runtime;

static Runtime runtime;

static void log_message (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
log_message (const char *format, ...)
{
  char text[256];
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  floe_debug (FLOE_LOG_SCTP, "usrsctp: %s", g_strchomp (text));
}

static int
on_output (void *address, void *buffer, size_t size, guint8 tos, guint8 set_df)
{
  FloeSctpEngine *engine = g_hash_table_lookup (runtime.engines, address);

  if (engine != NULL)
    floe_sctp_engine_queue_output (engine, buffer, size);
  return 0;
}

/* What usrsctp has one of for the whole process; the rest is set per socket. */
static void
start_usrsctp (void)
{
  usrsctp_init_nothreads (0, on_output, log_message);
  usrsctp_enable_crc32c_offload ();
  usrsctp_sysctl_set_sctp_ecn_enable (0);
  usrsctp_sysctl_set_sctp_asconf_enable (0);
  usrsctp_sysctl_set_sctp_auth_enable (0);
  usrsctp_sysctl_set_sctp_nrsack_enable (0);
  usrsctp_sysctl_set_sctp_pktdrop_enable (0);
  usrsctp_sysctl_set_sctp_pr_enable (1);
  usrsctp_sysctl_set_sctp_reconfig_enable (1);
  /* The send buffer is the bound; 512 chunks would be 600 KB. */
  usrsctp_sysctl_set_sctp_max_chunks_on_queue (1 << 20);
  usrsctp_sysctl_set_sctp_initial_cwnd (10);
  usrsctp_sysctl_set_sctp_max_burst_default (MAX_BURST);
}

static void
ensure_started (void)
{
  if (runtime.engines != NULL)
    return;
  runtime.engines = g_hash_table_new (g_direct_hash, g_direct_equal);
  start_usrsctp ();
}

/* usrsctp's clock goes forward to the system's time @now_us. */
static void
tick (gint64 now_us)
{
  const gint64 millisecond_us = G_TIME_SPAN_MILLISECOND + G_TIME_SPAN_MILLISECOND / SLOWNESS;
  gint64 elapsed_ms = (now_us - runtime.ticked_us) / millisecond_us;

  if (elapsed_ms <= 0)
    return;
  runtime.ticked_us += elapsed_ms * millisecond_us;
  usrsctp_handle_timers ((guint32) MIN (elapsed_ms, G_MAXINT32));
}

/* A callback may free any engine but the one that calls it, so each is looked up anew. */
static void
process_engines (void)
{
  guint count;
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (runtime.engines, &count);

  for (guint i = 0; i < count; i++)
    {
      FloeSctpEngine *engine = g_hash_table_lookup (runtime.engines, ids[i]);

      if (engine != NULL)
        floe_sctp_engine_process (engine);
    }
}

static gboolean
has_waiting_engine (void)
{
  GHashTableIter iter;
  gpointer engine;

  g_hash_table_iter_init (&iter, runtime.engines);
  while (g_hash_table_iter_next (&iter, NULL, &engine))
    if (floe_sctp_engine_is_waiting (engine))
      return TRUE;
  return FALSE;
}

/* The first of the packets that wait to be sent, -1: none does. */
static gint64
first_deadline (void)
{
  GHashTableIter iter;
  gpointer engine;
  gint64 first_us = -1;

  g_hash_table_iter_init (&iter, runtime.engines);
  while (g_hash_table_iter_next (&iter, NULL, &engine))
    {
      gint64 deadline_us = floe_sctp_engine_get_deadline (engine);

      if (deadline_us >= 0 && (first_us < 0 || deadline_us < first_us))
        first_us = deadline_us;
    }
  return first_us;
}

static void
arm_timer (gint64 now_us)
{
  gint64 period_us = IDLE_TICK_US;
  gint64 first_us = first_deadline ();

  if (now_us - runtime.active_us < BUSY_FOR_US)
    period_us = BUSY_TICK_US;
  else if (has_waiting_engine ())
    period_us = WAITING_TICK_US;
  else if (g_hash_table_size (runtime.engines) == 0 && now_us - runtime.active_us > LINGER_US)
    {
      floe_deadline_source_set (runtime.timer, -1);
      return;
    }
  if (first_us < 0)
    first_us = now_us + period_us;
  floe_deadline_source_set (runtime.timer, MIN (first_us, now_us + period_us));
}

static void
on_timer (gpointer user_data)
{
  tick (g_get_monotonic_time ());
  process_engines ();
  arm_timer (g_get_monotonic_time ());
}

void
floe_sctp_runtime_init (GMainContext *context)
{
  g_return_if_fail (context != NULL);

  ensure_started ();
  if (runtime.timer != NULL)
    return;
  runtime.ticked_us = g_get_monotonic_time ();
  runtime.timer = floe_deadline_source_new (context, on_timer, NULL);
}

void
floe_sctp_runtime_advance (guint elapsed_ms)
{
  ensure_started ();
  runtime.ticked_us += elapsed_ms * G_TIME_SPAN_MILLISECOND;
  if (elapsed_ms > 0)
    usrsctp_handle_timers (elapsed_ms);
  process_engines ();
}

guint
floe_sctp_runtime_add (FloeSctpEngine *engine)
{
  ensure_started ();
  runtime.last_id++;
  g_hash_table_insert (runtime.engines, GUINT_TO_POINTER (runtime.last_id), engine);
  floe_sctp_runtime_catch_up ();
  return runtime.last_id;
}

void
floe_sctp_runtime_remove (guint id)
{
  g_hash_table_remove (runtime.engines, GUINT_TO_POINTER (id));
}

void
floe_sctp_runtime_catch_up (void)
{
  gint64 now_us;

  if (runtime.timer == NULL)
    return;
  now_us = g_get_monotonic_time ();
  if (now_us - runtime.ticked_us >= BUSY_TICK_US)
    {
      tick (now_us);
      /* Other engines hear of their timers from the source, not inside this engine's call. */
      floe_deadline_source_set (runtime.timer, now_us);
    }
  else if (now_us - runtime.active_us >= BUSY_FOR_US)
    floe_deadline_source_set (runtime.timer, now_us + BUSY_TICK_US);
  runtime.active_us = now_us;
}

void
floe_sctp_runtime_wake (gint64 deadline_us)
{
  if (runtime.timer == NULL)
    return;
  /* Whatever else the timer was set for comes at most a tick later. */
  if (g_source_get_ready_time (runtime.timer) < 0
      || g_source_get_ready_time (runtime.timer) > deadline_us)
    floe_deadline_source_set (runtime.timer, deadline_us);
}

gint64
floe_sctp_runtime_get_time (void)
{
  return runtime.timer != NULL ? g_get_monotonic_time () : runtime.ticked_us;
}
