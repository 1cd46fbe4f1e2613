/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-servers.h"

#include <string.h>

#define DEFAULT_LIFETIME_S 3600

typedef struct
{
  char *url;      /* (owned) */
  char *user;     /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
  char *secret;   /* (owned) (nullable) */
  guint lifetime_s;
} Server;

struct _PeerServers
{
  GPtrArray *all; /* (owned): of Server */
};

static void
clear_secret (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

static void
server_free (gpointer data)
{
  Server *server = data;

  g_free (server->url);
  g_free (server->user);
  clear_secret (&server->password);
  clear_secret (&server->secret);
  g_free (server);
}

PeerServers *
peer_servers_new (void)
{
  PeerServers *self = g_new0 (PeerServers, 1);

  self->all = g_ptr_array_new_with_free_func (server_free);
  return self;
}

void
peer_servers_free (PeerServers *self)
{
  g_ptr_array_unref (self->all);
  g_free (self);
}

void
peer_servers_add (PeerServers *self, const char *url)
{
  Server *server = g_new0 (Server, 1);

  server->url = g_strdup (url);
  server->lifetime_s = DEFAULT_LIFETIME_S;
  g_ptr_array_add (self->all, server);
}

static Server *
get_last (PeerServers *self)
{
  return self->all->len > 0 ? g_ptr_array_index (self->all, self->all->len - 1) : NULL;
}

gboolean
peer_servers_set_user (PeerServers *self, const char *user)
{
  Server *server = get_last (self);

  if (server != NULL)
    {
      g_free (server->user);
      server->user = g_strdup (user);
    }
  return server != NULL;
}

gboolean
peer_servers_set_password (PeerServers *self, const char *password)
{
  Server *server = get_last (self);

  if (server != NULL)
    {
      clear_secret (&server->password);
      server->password = g_strdup (password);
    }
  return server != NULL;
}

gboolean
peer_servers_set_secret (PeerServers *self, const char *secret)
{
  Server *server = get_last (self);

  if (server != NULL)
    {
      clear_secret (&server->secret);
      server->secret = g_strdup (secret);
    }
  return server != NULL;
}

gboolean
peer_servers_set_lifetime (PeerServers *self, guint lifetime_s)
{
  Server *server = get_last (self);

  if (server != NULL)
    server->lifetime_s = lifetime_s;
  return server != NULL;
}

static gboolean
apply_server (const Server *server, FloeConfiguration *configuration, GError **error)
{
  g_autoptr (FloeTurnCredentials) credentials = NULL;

  if (server->secret == NULL)
    return floe_configuration_add_ice_server_url (configuration, server->url, server->user,
                                                  server->password, error);
  credentials = floe_turn_credentials_new (server->secret, server->user, server->lifetime_s, error);
  return credentials != NULL
         && floe_configuration_add_ice_server_url (
             configuration, server->url, floe_turn_credentials_get_username (credentials),
             floe_turn_credentials_get_password (credentials), error);
}

gboolean
peer_servers_apply (PeerServers *self, FloeConfiguration *configuration, GError **error)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!apply_server (g_ptr_array_index (self->all, i), configuration, error))
      return FALSE;
  return TRUE;
}
