/* SPDX-License-Identifier: MPL-2.0 */
/* What a program sees that finds Floe through pkg-config. */
#include <floe/floe.h>

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FloePeerConnection) connection = floe_peer_connection_new (NULL, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  floe_peer_connection_close (connection);
  g_print ("%s\n", FLOE_VERSION_S);
  return floe_peer_connection_get_signaling_state (connection) != FLOE_SIGNALING_STATE_CLOSED;
}
