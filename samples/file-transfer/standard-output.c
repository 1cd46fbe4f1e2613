/* SPDX-License-Identifier: MPL-2.0 */
#include "standard-output.h"

#include <errno.h>
#include <glib-unix.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };

struct _StandardOutput
{
  GMainContext *context; /* (owned): of nothing but this wait, so that it calls nobody else */
  GSource *sources[G_N_ELEMENTS (signal_numbers)]; /* (owned) */
  gboolean is_interrupted;
  gboolean is_ready;
};

static gboolean
on_signal (gpointer user_data)
{
  StandardOutput *self = user_data;

  self->is_interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  StandardOutput *self = user_data;

  self->is_ready = TRUE;
  return G_SOURCE_REMOVE;
}

StandardOutput *
standard_output_new (void)
{
  StandardOutput *self = g_new0 (StandardOutput, 1);

  self->context = g_main_context_new ();
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    {
      self->sources[i] = g_unix_signal_source_new (signal_numbers[i]);
      g_source_set_callback (self->sources[i], on_signal, self, NULL);
      g_source_attach (self->sources[i], self->context);
    }
  return self;
}

void
standard_output_free (StandardOutput *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    {
      g_source_destroy (self->sources[i]);
      g_source_unref (self->sources[i]);
    }
  g_main_context_unref (self->context);
  g_free (self);
}

/* Waits until it takes PIPE_BUF bytes, or has an error to tell, or a signal came. */
static gboolean
wait_until_ready (StandardOutput *self)
{
  GPollFD now = { .fd = STDOUT_FILENO, .events = G_IO_OUT };
  g_autoptr (GSource) source = NULL;

  if (g_poll (&now, 1, 0) > 0)
    return TRUE;
  source = g_unix_fd_source_new (STDOUT_FILENO, G_IO_OUT);
  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (source, self->context);
  self->is_ready = FALSE;
  while (!self->is_ready && !self->is_interrupted)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (source);
  return !self->is_interrupted;
}

gboolean
standard_output_write (StandardOutput *self, const guint8 *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gssize written;
      int code;

      if (!wait_until_ready (self))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Interrupted");
          return FALSE;
        }
      /* More might block, whatever poll() says (pipe(7)). */
      written = write (STDOUT_FILENO, data, MIN (size, PIPE_BUF));
      code = errno;
      if (written >= 0)
        {
          data += written;
          size -= (gsize) written;
        }
      else if (code != EAGAIN && code != EINTR)
        {
          g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
                       "Standard output can't be written: %s", g_strerror (code));
          return FALSE;
        }
    }
  return TRUE;
}
