/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-options.h"

#include <stdlib.h>

typedef struct
{
  char *url;      /* (owned) */
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
} Server;

typedef struct
{
  GPtrArray *servers; /* (owned): of Server */
  char **interfaces;  /* (owned) (nullable) */
  gboolean no_echo;
  gboolean relay_only;
  gboolean include_loopback;
  gboolean verbose;
  gboolean version;
} Raw;

static void
server_free (gpointer data)
{
  Server *server = data;

  g_free (server->url);
  g_free (server->username);
  g_free (server->password);
  g_free (server);
}

static gboolean
on_ice_server (const char *option, const char *value, gpointer user_data, GError **error)
{
  Raw *raw = user_data;
  Server *server = g_new0 (Server, 1);

  server->url = g_strdup (value);
  g_ptr_array_add (raw->servers, server);
  return TRUE;
}

/* --ice-user and --ice-pass belong to the server before them. */
static gboolean
on_ice_credential (const char *option, const char *value, gpointer user_data, GError **error)
{
  Raw *raw = user_data;
  Server *server;
  char **place;

  if (raw->servers->len == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s belongs after the --ice-server that it is for", option);
      return FALSE;
    }
  server = g_ptr_array_index (raw->servers, raw->servers->len - 1);
  place = g_str_equal (option, "--ice-user") ? &server->username : &server->password;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
parse_raw (Raw *raw, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "no-echo", 0, 0, G_OPTION_ARG_NONE, &raw->no_echo, "Send nothing back", NULL },
    { "ice-server", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_server,
      "Use a STUN or TURN server (may be repeated)", "URL" },
    { "ice-user", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "User name for the server before it", "NAME" },
    { "ice-pass", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "Password for the server before it", "PASSWORD" },
    { "relay-only", 0, 0, G_OPTION_ARG_NONE, &raw->relay_only, "Use relays of TURN servers only",
      NULL },
    { "include-loopback", 0, 0, G_OPTION_ARG_NONE, &raw->include_loopback,
      "Also use loopback addresses", NULL },
    { "interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->interfaces,
      "Use this network interface only (may be repeated)", "NAME" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose, "Log to standard error", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &raw->version, "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("main", "", "", raw, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, "A WebRTC peer for scripts: JSON lines on standard input "
                                         "and output, see floe-peer(1).");
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "unexpected argument %s",
                   (*argv)[1]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply_raw (const Raw *raw, PeerOptions *options, GError **error)
{
  FloeConfiguration *configuration = options->configuration;

  for (guint i = 0; i < raw->servers->len; i++)
    {
      const Server *server = g_ptr_array_index (raw->servers, i);
      if (!floe_configuration_add_ice_server_url (configuration, server->url, server->username,
                                                  server->password, error))
        return FALSE;
    }
  if (raw->relay_only)
    floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
  if (raw->interfaces != NULL)
    floe_configuration_set_interfaces (configuration, (const char *const *) raw->interfaces);
  floe_configuration_set_include_loopback (configuration, raw->include_loopback);
  options->echoes = !raw->no_echo;
  return TRUE;
}

void
peer_options_clear (PeerOptions *self)
{
  g_clear_object (&self->configuration);
}

gboolean
peer_options_parse (PeerOptions *options, int *argc, char ***argv, GError **error)
{
  Raw raw = { .servers = g_ptr_array_new_with_free_func (server_free) };
  gboolean is_parsed = parse_raw (&raw, argc, argv, error);

  if (is_parsed && raw.version)
    {
      g_print ("floe-peer %s\n", FLOE_VERSION_S);
      exit (EXIT_SUCCESS);
    }
  if (raw.verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  options->configuration = floe_configuration_new ();
  is_parsed = is_parsed && apply_raw (&raw, options, error);
  g_ptr_array_unref (raw.servers);
  g_strfreev (raw.interfaces);
  return is_parsed;
}
