/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-directory-watch-private.h"

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"

/* A directory that has not answered then is not going to. */
#define LIMIT_US (30 * G_TIME_SPAN_SECOND)
/* After a failure, then after twice that, and so on. */
#define MIN_RETRY_S 60
#define MAX_RETRY_S 3600

/* A call that is under way. The directory may keep it as long as it likes. */
typedef struct
{
  FloeDirectoryWatch *watch; /* (unowned) (nullable): NULL when nobody waits any more */
  GCancellable *cancellable; /* (owned) */
} Call;

struct _FloeDirectoryWatch
{
  FloeServerDirectory *directory; /* (owned) */
  GMainContext *context;          /* (owned) */
  const FloeDirectoryWatchEvents *events;
  gpointer user_data;
  GPtrArray *servers; /* (owned) (nullable) (element-type FloeIceServer) */
  Call *call;         /* (unowned) (nullable) */
  GSource *timer;     /* (owned) */
  gint64 ask_us;      /* when to ask; -1 */
  gint64 limit_us;    /* when @call is given up; -1 */
  gint64 settle_us;   /* when nobody waits any longer; -1 */
  guint retry_s;      /* after the next failure; 0: the last answer was good */
};

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

static void
arm_timer (FloeDirectoryWatch *self)
{
  floe_deadline_source_set (self->timer,
                            sooner (self->ask_us, sooner (self->limit_us, self->settle_us)));
}

static void
settle (FloeDirectoryWatch *self)
{
  if (self->settle_us == -1)
    return;
  self->settle_us = -1;
  self->events->settled (self->user_data);
}

static void
leave_call (FloeDirectoryWatch *self)
{
  Call *call = g_steal_pointer (&self->call);

  self->limit_us = -1;
  if (call == NULL)
    return;
  call->watch = NULL;
  g_cancellable_cancel (call->cancellable);
}

/* What was known before stays. Touches nothing after the event. */
static void
take_failure (FloeDirectoryWatch *self, const char *text)
{
  gboolean is_first = self->retry_s == 0;

  self->retry_s = CLAMP (2 * self->retry_s, MIN_RETRY_S, MAX_RETRY_S);
  self->ask_us = g_get_monotonic_time () + self->retry_s * (gint64) G_TIME_SPAN_SECOND;
  settle (self);
  arm_timer (self);
  floe_info (FLOE_LOG_PEER, "no servers from the directory: %s", text);
  if (is_first)
    self->events->failed (text, self->user_data);
}

static void
take_servers (FloeDirectoryWatch *self, GPtrArray *servers, guint lifetime_s)
{
  self->retry_s = 0;
  self->ask_us = -1;
  if (lifetime_s > 0)
    self->ask_us = g_get_monotonic_time () + lifetime_s * (gint64) G_TIME_SPAN_SECOND;
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->servers = g_ptr_array_ref (servers);
  floe_debug (FLOE_LOG_PEER, "the directory names %u servers", servers->len);
  self->events->found (self->user_data);
  settle (self);
  arm_timer (self);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  FloeDirectoryWatch *self = call->watch;
  g_autoptr (GError) error = NULL;
  guint lifetime_s = 0;
  g_autoptr (GPtrArray) servers = floe_server_directory_list_finish (FLOE_SERVER_DIRECTORY (source),
                                                                     result, &lifetime_s, &error);

  g_object_unref (call->cancellable);
  g_free (call);
  if (self == NULL)
    return;
  self->call = NULL;
  self->limit_us = -1;
  if (servers != NULL)
    take_servers (self, servers, lifetime_s);
  else
    take_failure (self, error->message);
}

/* Touches nothing after the call: the directory is the application's. */
static void
ask (FloeDirectoryWatch *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  g_autoptr (FloeServerDirectory) directory = g_object_ref (self->directory);
  Call *call = g_new0 (Call, 1);

  call->watch = self;
  call->cancellable = g_cancellable_new ();
  self->call = call;
  self->ask_us = -1;
  self->limit_us = g_get_monotonic_time () + LIMIT_US;
  arm_timer (self);
  g_main_context_push_thread_default (context);
  floe_server_directory_list_async (directory, call->cancellable, on_listed, call);
  g_main_context_pop_thread_default (context);
}

static gboolean
is_due (gint64 time_us, gint64 now_us)
{
  return time_us != -1 && now_us >= time_us;
}

static void
on_deadline (gpointer user_data)
{
  FloeDirectoryWatch *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (is_due (self->settle_us, now_us))
    settle (self);
  arm_timer (self);
  if (is_due (self->limit_us, now_us))
    {
      leave_call (self);
      take_failure (self, "The directory of servers did not answer within 30 s");
    }
  else if (is_due (self->ask_us, now_us))
    ask (self);
}

FloeDirectoryWatch *
floe_directory_watch_new (FloeServerDirectory *directory, GMainContext *context,
                          const FloeDirectoryWatchEvents *events, gpointer user_data)
{
  FloeDirectoryWatch *self = g_new0 (FloeDirectoryWatch, 1);

  self->directory = g_object_ref (directory);
  self->context = g_main_context_ref (context);
  self->events = events;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  self->ask_us = self->limit_us = self->settle_us = -1;
  return self;
}

void
floe_directory_watch_free (FloeDirectoryWatch *self)
{
  leave_call (self);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_object_unref (self->directory);
  g_main_context_unref (self->context);
  g_free (self);
}

void
floe_directory_watch_start (FloeDirectoryWatch *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->ask_us = now_us;
  self->settle_us = now_us + FLOE_DIRECTORY_PATIENCE_US;
  arm_timer (self);
}

GPtrArray *
floe_directory_watch_get_servers (const FloeDirectoryWatch *self)
{
  return self->servers;
}
