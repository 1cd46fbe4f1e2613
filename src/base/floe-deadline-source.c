/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-deadline-source-private.h"

static gboolean
dispatch_deadline (GSource *source, GSourceFunc callback, gpointer user_data)
{
  /* Once a setting: whoever wants another deadline sets it from inside the callback. */
  g_source_set_ready_time (source, -1);
  ((FloeDeadlineFunc) (void (*) (void)) callback) (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs deadline_funcs = { NULL, NULL, dispatch_deadline, NULL, NULL, NULL };

GSource *
floe_deadline_source_new (GMainContext *context, FloeDeadlineFunc func, gpointer user_data)
{
  GSource *source = g_source_new (&deadline_funcs, sizeof (GSource));

  g_source_set_name (source, "Floe deadline");
  g_source_set_callback (source, (GSourceFunc) (void (*) (void)) func, user_data, NULL);
  g_source_attach (source, context);
  return source;
}

void
floe_deadline_source_set (GSource *source, gint64 deadline_us)
{
  if (g_source_get_ready_time (source) != deadline_us)
    g_source_set_ready_time (source, deadline_us);
}
