/* SPDX-License-Identifier: MPL-2.0 */
/* Copies one stream to another without blocking. It holds one buffer of bytes at most, and reads
 * only when that is written: a slow reader slows the writer down.
 *
 * Layer: tunnel. May include: base. Belongs to the thread that runs its context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FloeTunnelPipe FloeTunnelPipe;

typedef enum
{
  FLOE_TUNNEL_PIPE_FINISHED,    /* the input ended, and all of it is written */
  FLOE_TUNNEL_PIPE_READ_ERROR,  /* the input broke; what came before is written */
  FLOE_TUNNEL_PIPE_WRITE_ERROR, /* the output broke */
} FloeTunnelPipeEnd;

typedef struct
{
  /* (nullable): looks at what was read before it is written. FALSE stops, and then the pipe may
   * have been freed. */
  gboolean (*look) (const guint8 *data, gsize size, gpointer user_data);
  /* Once; the pipe does nothing after it, and may be freed in it. @error is NULL at the end of the
   * input. */
  void (*ended) (FloeTunnelPipeEnd end, const GError *error, gpointer user_data);
} FloeTunnelPipeFuncs;

/* The streams must be pollable. @funcs is static. */
FloeTunnelPipe *floe_tunnel_pipe_new (GMainContext *context, GInputStream *input,
                                      GOutputStream *output, const FloeTunnelPipeFuncs *funcs,
                                      gpointer user_data);

/* Begins, from the main loop, with @first as if it had been read: at most a buffer of it. */
void floe_tunnel_pipe_start (FloeTunnelPipe *self, GBytes *first);

void floe_tunnel_pipe_free (FloeTunnelPipe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTunnelPipe, floe_tunnel_pipe_free)

G_END_DECLS
