/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-outputs-private.h"

typedef struct
{
  FloeNatOutputType type;
  guint socket;
  FloeStunAddress to;
  GBytes *bytes; /* (owned) (nullable) */
} Output;

static void
free_output (Output *output)
{
  g_clear_pointer (&output->bytes, g_bytes_unref);
  g_free (output);
}

void
floe_nat_outputs_clear (NatOutputs *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) free_output);
  g_clear_pointer ((Output **) &self->told, free_output);
}

void
floe_nat_outputs_push (NatOutputs *self, FloeNatOutputType type, guint socket)
{
  Output *output = g_new0 (Output, 1);

  output->type = type;
  output->socket = socket;
  g_queue_push_tail (&self->queue, output);
}

void
floe_nat_outputs_push_send (NatOutputs *self, guint socket, const FloeStunAddress *to,
                            const guint8 *data, gsize size)
{
  Output *output = g_new0 (Output, 1);

  *output = (Output){ FLOE_NAT_OUTPUT_SEND, socket, *to, g_bytes_new (data, size) };
  g_queue_push_tail (&self->queue, output);
}

gboolean
floe_nat_outputs_poll (NatOutputs *self, FloeNatOutput *output)
{
  Output *next = g_queue_pop_head (&self->queue);

  g_clear_pointer ((Output **) &self->told, free_output);
  if (next == NULL)
    return FALSE;
  self->told = next;
  *output = (FloeNatOutput){ .type = next->type, .socket = next->socket, .to = next->to };
  if (next->bytes != NULL)
    output->data = g_bytes_get_data (next->bytes, &output->size);
  return TRUE;
}
