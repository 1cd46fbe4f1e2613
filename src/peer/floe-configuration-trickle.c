/* SPDX-License-Identifier: MPL-2.0 */
/* Whether an application hands candidates to the peer as they come. */
#include "floe-configuration-private.h"

/**
 * floe_configuration_set_trickle:
 * @self: a configuration
 * @trickle: %FALSE where each side sends one description, with all candidates in it, and nothing
 *   after it
 *
 * Sets whether candidates are exchanged as they come (RFC 8838). It is %TRUE at first, and should
 * stay so where it can be: connections open sooner.
 *
 * With %FALSE descriptions say that this side takes no later candidates (RFC 8840 section 4.1.1),
 * and all that the peer has to know is there when #FloePeerConnection:ice-gathering-state is
 * %FLOE_ICE_GATHERING_STATE_COMPLETE: the address of a relay, too, whatever the strategy is. So a
 * relay is asked for by each connection, also where a direct path is to be expected.
 *
 * A connection to whose #FloePeerConnection::ice-candidate nobody listens when it begins to gather
 * gathers the same way, as nothing else than its description can reach the peer; it still takes
 * later candidates of the peer's.
 *
 * Since: 1.0
 */
void
floe_configuration_set_trickle (FloeConfiguration *self, gboolean trickle)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  trickle = trickle != FALSE;
  if (self->paths.trickle == trickle)
    return;
  self->paths.trickle = trickle;
  g_object_notify (G_OBJECT (self), "trickle");
}

/**
 * floe_configuration_get_trickle:
 * @self: a configuration
 *
 * Gets whether candidates are exchanged as they come.
 *
 * Returns: %FALSE where each side sends one description and nothing after it
 * Since: 1.0
 */
gboolean
floe_configuration_get_trickle (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), TRUE);

  return self->paths.trickle;
}
