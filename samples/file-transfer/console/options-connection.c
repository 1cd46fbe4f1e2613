/* SPDX-License-Identifier: MPL-2.0 */
#include <string.h>

#include "options-check.h"
#include "sample-privacy.h"
#include "sample-ways.h"

#define MAX_TIMEOUT_S (24 * 60 * 60)

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

/* Whether @uri has the scheme @name, or that with TLS. */
static gboolean
has_scheme (const char *uri, const char *name)
{
  gsize size = strlen (name);

  if (g_ascii_strncasecmp (uri, name, size) != 0)
    return FALSE;
  uri += size;
  return uri[0] == ':' || ((uri[0] == 's' || uri[0] == 'S') && uri[1] == ':');
}

/* @scheme: "stun" or "turn", which is the option's name, too. */
static gboolean
add_servers (char **uris, const char *scheme, const char *user, const char *password,
             GPtrArray *servers, GError **error)
{
  for (gsize i = 0; uris != NULL && uris[i] != NULL; i++)
    {
      const char *const urls[] = { uris[i], NULL };
      FloeIceServer *server;

      if (!has_scheme (uris[i], scheme))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--%s takes a URI such as %s:server.example:3478", scheme, scheme);
          return FALSE;
        }
      server = floe_ice_server_new (urls, user, password, error);
      if (server == NULL)
        {
          g_prefix_error (error, "--%s: ", scheme);
          return FALSE;
        }
      g_ptr_array_add (servers, server);
    }
  return TRUE;
}

static gboolean
read_servers (const RawConnection *raw, GPtrArray *servers, GError **error)
{
  if (raw->turn == NULL && raw->turn_user != NULL)
    return fail (error, "--turn-user goes with --turn");
  if (raw->turn != NULL && (raw->turn_user == NULL || raw->turn_password == NULL))
    return fail (error, "--turn needs --turn-user, and --turn-password or FLOE_TURN_PASSWORD");
  return add_servers (raw->stun, "stun", NULL, NULL, servers, error)
         && add_servers (raw->turn, "turn", raw->turn_user, raw->turn_password, servers, error);
}

/* A port at *@text, which goes on behind it; 0 if there is none. */
static guint16
read_port (const char **text)
{
  char *end;
  guint64 port;

  if (!g_ascii_isdigit (**text))
    return 0;
  port = g_ascii_strtoull (*text, &end, 10);
  *text = end;
  return port <= G_MAXUINT16 ? (guint16) port : 0;
}

static gboolean
read_port_range (const char *text, Options *options, GError **error)
{
  const char *rest = text;

  if (text == NULL)
    return TRUE;
  options->min_port = read_port (&rest);
  if (options->min_port != 0 && *rest == '-')
    {
      rest++;
      options->max_port = read_port (&rest);
    }
  return (*rest == '\0' && options->max_port != 0 && options->min_port <= options->max_port)
         || fail (error, "--port-range takes two ports, as in 50000-50100");
}

static gboolean
read_ways (const RawConnection *raw, Options *options, GError **error)
{
  if (raw->turn_authority != NULL)
    {
      options->turn_trust = sample_ways_read_authorities (raw->turn_authority, error);
      if (options->turn_trust == NULL)
        {
          g_prefix_error (error, "--turn-ca: ");
          return FALSE;
        }
    }
  if (raw->turn_proxy != NULL)
    {
      options->turn_proxy = sample_ways_make_resolver (raw->turn_proxy, error);
      if (options->turn_proxy == NULL)
        {
          g_prefix_error (error, "--proxy ");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_privacy (const RawConnection *raw, Options *options, GError **error)
{
  options->privacy = FLOE_PRIVACY_LEVEL_OPEN;
  if (raw->privacy != NULL && !sample_privacy_parse (raw->privacy, &options->privacy, error))
    {
      g_prefix_error (error, "--privacy ");
      return FALSE;
    }
  if (raw->relay_only && raw->privacy != NULL && options->privacy != FLOE_PRIVACY_LEVEL_RELAY_ONLY)
    return fail (error, "--relay-only is --privacy relay-only: leave one of the two out");
  if (raw->relay_only)
    options->privacy = FLOE_PRIVACY_LEVEL_RELAY_ONLY;
  if (options->privacy != FLOE_PRIVACY_LEVEL_RELAY_ONLY)
    return TRUE;
  /* A rendezvous elsewhere may tell of relays. */
  if (raw->turn == NULL && !options->has_address)
    return fail (error, "--relay-only needs a relay: give --turn");
  /* docs/protocol.md section 2: others are told of it over TLS only. */
  if (options->command == COMMAND_SERVE && options->certificate == NULL)
    return fail (error, "--relay-only needs a relay that those who meet are told of, which is done "
                        "over https only: give --tls-cert and --tls-key");
  return TRUE;
}

gboolean
options_check_connection (const RawOptions *raw, Options *options, GError **error)
{
  if (raw->timeout_s != TIMEOUT_NOT_GIVEN && (raw->timeout_s < 1 || raw->timeout_s > MAX_TIMEOUT_S))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--timeout takes 1 to %d seconds", MAX_TIMEOUT_S);
      return FALSE;
    }
  options->timeout_s = raw->timeout_s == TIMEOUT_NOT_GIVEN ? 0 : (guint) raw->timeout_s;
  options->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  return read_privacy (&raw->connection, options, error)
         && read_servers (&raw->connection, options->ice_servers, error)
         && read_ways (&raw->connection, options, error)
         && read_port_range (raw->connection.port_range, options, error);
}
