/* SPDX-License-Identifier: MPL-2.0 */
/* What a core has to say, in order: the queue behind FloeNatOutput. The bytes of the output that
 * was taken last stay valid until the next one is.
 *
 * Layer: nat. GLib only. One thread. */
#pragma once

#include "floe-nat-core-private.h"

G_BEGIN_DECLS

typedef struct
{
  GQueue queue;  /* (owned) */
  gpointer told; /* (owned) (nullable): the last one */
} NatOutputs;

void floe_nat_outputs_clear (NatOutputs *self);
void floe_nat_outputs_push (NatOutputs *self, FloeNatOutputType type, guint socket);
void floe_nat_outputs_push_send (NatOutputs *self, guint socket, const FloeStunAddress *to,
                                 const guint8 *data, gsize size);
gboolean floe_nat_outputs_poll (NatOutputs *self, FloeNatOutput *output);

G_END_DECLS
