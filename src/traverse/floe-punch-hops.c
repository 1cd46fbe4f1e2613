/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-hops-private.h"

#include "floe-probe-target-private.h"

guint
floe_punch_hops_get_next (FloePunchHops *self, guint socket)
{
  g_return_val_if_fail (socket < G_N_ELEMENTS (self->asked), FLOE_PUNCH_USUAL_HOPS);
  if (self->count < FLOE_PUNCH_MAX_HOPS && self->asked[socket] == 0)
    {
      self->asked[socket] = (guint8) ++self->count;
      return self->asked[socket];
    }
  return self->hops != 0 ? self->hops : FLOE_PUNCH_USUAL_HOPS;
}

void
floe_punch_hops_handle_exceeded (FloePunchHops *self, guint socket, const FloeStunAddress *router,
                                 const FloeStunAddress *peer)
{
  guint hops;

  g_return_if_fail (socket < G_N_ELEMENTS (self->asked));
  hops = self->asked[socket];
  if (hops == 0 || !floe_probe_target_is_public (router))
    return;
  /* The peer's own router is one too many; without a NAT of ours the first one may be a filter, and
   * is to be passed. */
  if (floe_stun_address_is_same_host (router, peer))
    hops--;
  else if (!self->is_translated)
    hops++;
  if (hops > 0 && (self->hops == 0 || hops < self->hops))
    self->hops = hops;
}
