/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-path-spec-private.h"

#include <string.h>

FloePathType
floe_path_spec_get_type (const FloePathSpec *self)
{
  static const FloePathType relays[] = {
    [FLOE_RELAY_PROTOCOL_NONE] = FLOE_PATH_TYPE_RELAY_UDP,
    [FLOE_RELAY_PROTOCOL_UDP] = FLOE_PATH_TYPE_RELAY_UDP,
    [FLOE_RELAY_PROTOCOL_TCP] = FLOE_PATH_TYPE_RELAY_TCP,
    [FLOE_RELAY_PROTOCOL_TLS] = FLOE_PATH_TYPE_RELAY_TLS,
  };

  if (self->kind == FLOE_PATH_ICE_TCP)
    return FLOE_PATH_TYPE_ICE_TCP;
  return self->kind == FLOE_PATH_RELAY ? relays[floe_path_spec_get_relay_protocol (self)]
                                       : self->type;
}

FloeRelayProtocol
floe_path_spec_get_relay_protocol (const FloePathSpec *self)
{
  if (self->kind != FLOE_PATH_RELAY)
    return FLOE_RELAY_PROTOCOL_NONE;
  if (self->server.scheme == FLOE_ICE_URI_TURNS)
    return FLOE_RELAY_PROTOCOL_TLS;
  return self->server.protocol == FLOE_ICE_PROTOCOL_TCP ? FLOE_RELAY_PROTOCOL_TCP
                                                        : FLOE_RELAY_PROTOCOL_UDP;
}

FloePathSpec *
floe_path_spec_copy (const FloePathSpec *self)
{
  FloePathSpec *copy = g_memdup2 (self, sizeof *self);

  if (self->stun_servers != NULL)
    copy->stun_servers = g_array_copy (self->stun_servers);
  copy->username = g_strdup (self->username);
  copy->credential = g_strdup (self->credential);
  return copy;
}

void
floe_path_spec_free (FloePathSpec *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->stun_servers, g_array_unref);
  g_free (self->username);
  if (self->credential != NULL)
    explicit_bzero (self->credential, strlen (self->credential));
  g_free (self->credential);
  g_free (self);
}
