/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-socket-names-private.h"

#include <sys/socket.h>

#include "floe-inet-convert-private.h"

static gboolean
get_name (int fd, int (*get) (int, struct sockaddr *, socklen_t *), FloeStunAddress *out)
{
  struct sockaddr_storage storage = { 0 };
  socklen_t size = sizeof storage;
  g_autoptr (GSocketAddress) found = NULL;

  if (get (fd, (struct sockaddr *) &storage, &size) != 0
      || (storage.ss_family != AF_INET && storage.ss_family != AF_INET6))
    return FALSE;
  found = g_socket_address_new_from_native (&storage, size);
  return found != NULL && floe_stun_address_from_socket_address (found, out);
}

gboolean
floe_socket_name_get_local (int fd, FloeStunAddress *out)
{
  return get_name (fd, getsockname, out);
}

gboolean
floe_socket_name_get_remote (int fd, FloeStunAddress *out)
{
  return get_name (fd, getpeername, out);
}
