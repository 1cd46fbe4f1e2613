/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nice-servers-private.h"

#include <gio/gio.h>
#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-nice-agent-private.h"

/* libnice wants an address to name to the proxy, which does not heed it. */
#define TUNNEL_TARGET "192.0.2.1"
#define TUNNEL_ADDRESS "127.0.0.1"

static void
add_address (NiceAgent *agent, const char *text)
{
  NiceAddress address;

  nice_address_init (&address);
  if (nice_address_set_from_string (&address, text))
    nice_agent_add_local_address (agent, &address);
}

/* FALSE when there is none: libnice would take all that the machine has. */
static gboolean
add_all_addresses (NiceAgent *agent, const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    add_address (agent, g_array_index (addresses, FloeLocalAddress, i).text);
  return addresses->len > 0;
}

/* A relay needs one socket towards its server: from each further address libnice would ask for
 * one more allocation, to give it back at once. */
static gboolean
add_address_towards (NiceAgent *agent, GInetAddress *server, guint16 port, const GArray *addresses,
                     gboolean has_free_choice)
{
  FloeLocalAddress source;
  gboolean is_allowed = has_free_choice;

  if (!floe_local_address_towards (server, port, &source))
    return FALSE;
  for (guint i = 0; i < addresses->len && !is_allowed; i++)
    is_allowed = strcmp (g_array_index (addresses, FloeLocalAddress, i).text, source.text) == 0;
  if (is_allowed)
    add_address (agent, source.text);
  return is_allowed;
}

/* The first address of a family, or NULL. */
static GInetAddress *
find_family (GList *servers, GSocketFamily family)
{
  for (GList *link = servers; link != NULL; link = link->next)
    {
      if (g_inet_address_get_family (link->data) == family)
        return link->data;
    }
  return NULL;
}

/* From loopback the host's own addresses are reached, but nothing beyond: the system takes what is
 * sent there and drops it. */
static gboolean
is_cut_off (GList *servers, const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      if (!g_array_index (addresses, FloeLocalAddress, i).is_loopback)
        return FALSE;
    }
  for (GList *link = servers; link != NULL; link = link->next)
    {
      FloeStunAddress server = floe_stun_address_from_inet (link->data, 0);

      if (floe_stun_address_get_scope (&server) != FLOE_STUN_SCOPE_GLOBAL)
        return FALSE;
    }
  return TRUE;
}

static void
add_turn_server (NiceAgent *agent, const FloePathSpec *spec, GInetAddress *server)
{
  g_autofree char *text = g_inet_address_to_string (server);

  nice_agent_set_relay_info (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, text, spec->server.port,
                             spec->username, spec->credential, NICE_RELAY_TYPE_TURN_UDP);
}

gboolean
floe_nice_servers_use_stun (NiceAgent *agent, const FloeIceUri *uri, GList *servers,
                            const GArray *addresses)
{
  /* libnice asks one STUN server an agent. IPv4 first: that is where the NATs are. */
  GInetAddress *server = find_family (servers, G_SOCKET_FAMILY_IPV4);
  g_autofree char *text = NULL;

  if (server == NULL)
    server = find_family (servers, G_SOCKET_FAMILY_IPV6);
  if (uri != NULL && server != NULL)
    {
      text = g_inet_address_to_string (server);
      g_object_set (agent, "stun-server", text, "stun-server-port", (guint) uri->port, NULL);
    }
  return add_all_addresses (agent, addresses);
}

gboolean
floe_nice_servers_use_turn (NiceAgent *agent, const FloePathSpec *spec, GList *servers,
                            const GArray *addresses, gboolean has_free_choice)
{
  static const GSocketFamily families[] = { G_SOCKET_FAMILY_IPV4, G_SOCKET_FAMILY_IPV6 };
  gboolean has_source = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      GInetAddress *server = find_family (servers, families[i]);

      if (server == NULL)
        continue;
      add_turn_server (agent, spec, server);
      if (add_address_towards (agent, server, spec->server.port, addresses, has_free_choice))
        has_source = TRUE;
    }
  return has_source || (!is_cut_off (servers, addresses) && add_all_addresses (agent, addresses));
}

void
floe_nice_servers_use_tunnel (NiceAgent *agent, const FloePathSpec *spec, const FloeTunnel *tunnel)
{
  g_object_set (agent, "proxy-type", NICE_PROXY_TYPE_HTTP, "proxy-ip", TUNNEL_ADDRESS, "proxy-port",
                (guint) floe_tunnel_get_port (tunnel), "proxy-username",
                floe_tunnel_get_username (tunnel), "proxy-password",
                floe_tunnel_get_password (tunnel), NULL);
  add_address (agent, TUNNEL_ADDRESS);
  /* Never NICE_RELAY_TYPE_TURN_TLS, which would be plain TCP: the tunnel does the TLS. */
  nice_agent_set_relay_info (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, TUNNEL_TARGET,
                             spec->server.port, spec->username, spec->credential,
                             NICE_RELAY_TYPE_TURN_TCP);
}
