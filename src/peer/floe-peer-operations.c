/* SPDX-License-Identifier: MPL-2.0 */
/* The operations chain of W3C 4.4.1.2: one call after the other, each in a turn of the main loop.
 */
#include "floe-peer-connection-private.h"

#include <floe/floe-error.h>

typedef struct
{
  FloeOperationFunc run;
  GTask *task; /* (owned) */
} Operation;

static gboolean run_next_operation (gpointer user_data);

static void
free_operation (Operation *operation)
{
  g_object_unref (operation->task);
  g_free (operation);
}

static void
schedule_operation (FloePeerConnection *self)
{
  if (self->operations.source == NULL && !g_queue_is_empty (&self->operations.queue))
    self->operations.source = floe_peer_defer (self, run_next_operation);
}

static gboolean
run_next_operation (gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);
  Operation *operation = g_queue_peek_head (&self->operations.queue);

  floe_peer_clear_source (&self->operations.source);
  if (!g_task_return_error_if_cancelled (operation->task))
    operation->run (self, operation->task);
  /* A handler may have closed the connection meanwhile, which takes the queue away. */
  if (g_queue_remove (&self->operations.queue, operation))
    free_operation (operation);
  if (self->is_closed)
    return G_SOURCE_REMOVE;
  if (g_queue_is_empty (&self->operations.queue))
    floe_peer_update_negotiation_needed (self);
  schedule_operation (self);
  return G_SOURCE_REMOVE;
}

void
floe_peer_chain_operation (FloePeerConnection *self, GTask *task, FloeOperationFunc run)
{
  Operation *operation;

  if (self->is_closed)
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                               "The connection is closed: make a new one");
      g_object_unref (task);
      return;
    }
  operation = g_new0 (Operation, 1);
  operation->run = run;
  operation->task = task;
  g_queue_push_tail (&self->operations.queue, operation);
  schedule_operation (self);
}

void
floe_peer_abort_operations (FloePeerConnection *self)
{
  Operation *operation;

  while ((operation = g_queue_pop_head (&self->operations.queue)) != NULL)
    {
      if (!g_task_get_completed (operation->task))
        g_task_return_new_error (operation->task, FLOE_ERROR, FLOE_ERROR_ABORT,
                                 "The connection was closed before this could be done");
      free_operation (operation);
    }
}

static gboolean
emit_negotiation_needed (gpointer user_data)
{
  FloePeerConnection *self = user_data;

  floe_peer_clear_source (&self->operations.needed_source);
  /* W3C 4.7.3: asked for again when the calls that are pending are done and the exchange that is
   * under way has ended, if it is still needed then. */
  if (!g_queue_is_empty (&self->operations.queue)
      || floe_jsep_get_signaling_state (self->jsep) != FLOE_SIGNALING_STATE_STABLE)
    self->operations.is_negotiation_needed = FALSE;
  else
    floe_peer_emit (self, FLOE_PEER_SIGNAL_NEGOTIATION_NEEDED);
  return G_SOURCE_REMOVE;
}

/* W3C 4.7.3 "update the negotiation-needed flag". */
void
floe_peer_update_negotiation_needed (FloePeerConnection *self)
{
  if (self->is_closed || !g_queue_is_empty (&self->operations.queue)
      || floe_jsep_get_signaling_state (self->jsep) != FLOE_SIGNALING_STATE_STABLE)
    return;
  if (!floe_jsep_is_negotiation_needed (self->jsep))
    {
      self->operations.is_negotiation_needed = FALSE;
      floe_peer_clear_source (&self->operations.needed_source);
      return;
    }
  if (self->operations.is_negotiation_needed)
    return;
  self->operations.is_negotiation_needed = TRUE;
  self->operations.needed_source = floe_peer_defer (self, emit_negotiation_needed);
}

void
floe_peer_update_signaling_state (FloePeerConnection *self)
{
  FloeSignalingState next =
      self->is_closed ? FLOE_SIGNALING_STATE_CLOSED : floe_jsep_get_signaling_state (self->jsep);

  if (self->states.signaling == next)
    return;
  self->states.signaling = next;
  floe_peer_notify (self, FLOE_PEER_PROP_SIGNALING_STATE);
}
