/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-options.h"

#include <stdlib.h>
#include <string.h>

#include "sample-ways.h"

typedef struct
{
  PeerServers *servers; /* (unowned) */
  char **interfaces;    /* (owned) (nullable) */
  char *tls_ca;         /* (owned) (nullable) */
  char *proxy;          /* (owned) (nullable) */
  char *nat;            /* (owned) (nullable) */
  char *strategy;       /* (owned) (nullable) */
  char *privacy;        /* (owned) (nullable) */
  int fail_after_ms;    /* 0: not given */
  gboolean no_echo;
  gboolean relay_only;
  gboolean include_loopback;
  gboolean verbose;
  gboolean version;
} Raw;

static void
raw_clear (Raw *self)
{
  g_strfreev (self->interfaces);
  g_free (self->tls_ca);
  g_free (self->proxy);
  g_free (self->nat);
  g_free (self->strategy);
  g_free (self->privacy);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static gboolean
on_ice_server (const char *option, const char *value, gpointer user_data, GError **error)
{
  Raw *raw = user_data;

  peer_servers_add (raw->servers, value);
  return TRUE;
}

static gboolean
set_lifetime (PeerServers *servers, const char *value, GError **error)
{
  guint64 lifetime_s;

  return g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT32, &lifetime_s, error)
         && peer_servers_set_lifetime (servers, (guint) lifetime_s);
}

/* These belong to the server before them. */
static gboolean
on_ice_credential (const char *option, const char *value, gpointer user_data, GError **error)
{
  PeerServers *servers = ((Raw *) user_data)->servers;
  g_autoptr (GError) wrong = NULL;
  gboolean is_set;

  if (strcmp (option, "--ice-user") == 0)
    is_set = peer_servers_set_user (servers, value);
  else if (strcmp (option, "--ice-pass") == 0)
    is_set = peer_servers_set_password (servers, value);
  else if (strcmp (option, "--turn-secret") == 0)
    is_set = peer_servers_set_secret (servers, value);
  else
    is_set = set_lifetime (servers, value, &wrong);
  if (wrong != NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s takes seconds: %s", option,
                 wrong->message);
  else if (!is_set)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "%s belongs after the --ice-server that it is for", option);
  return is_set;
}

static void
add_servers (GOptionGroup *group)
{
  static const GOptionEntry entries[] = {
    { "ice-server", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_server,
      "Use a STUN or TURN server (may be repeated)", "URL" },
    { "ice-user", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "User name for the server before it", "NAME" },
    { "ice-pass", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "Password for the server before it", "PASSWORD" },
    { "turn-secret", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "Make credentials for the server before it of this secret", "SECRET" },
    { "turn-lifetime", 0, 0, G_OPTION_ARG_CALLBACK, on_ice_credential,
      "How long such credentials hold (default: 3600)", "SECONDS" },
    G_OPTION_ENTRY_NULL
  };

  g_option_group_add_entries (group, entries);
}

static void
add_others (GOptionGroup *group, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_ca,
      "Trust these certificate authorities for turns:", "FILE" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &raw->proxy, "Reach TURN over TCP and TLS through this",
      "URI" },
    { "nat", 0, 0, G_OPTION_ARG_STRING, &raw->nat,
      "What the NAT is, instead of having it found out", "SUMMARY" },
    { "strategy", 0, 0, G_OPTION_ARG_STRING, &raw->strategy,
      "auto, direct-fast, direct-patient, turn-fallback or turn-only", "NAME" },
    { "fail-after", 0, 0, G_OPTION_ARG_INT, &raw->fail_after_ms,
      "Fail when nothing has worked for so many milliseconds", "MS" },
    { "privacy", 0, 0, G_OPTION_ARG_STRING, &raw->privacy,
      "open, default-route, obfuscated, no-host or relay-only", "LEVEL" },
    { "no-echo", 0, 0, G_OPTION_ARG_NONE, &raw->no_echo, "Send nothing back", NULL },
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

  g_option_group_add_entries (group, entries);
}

static gboolean
parse_raw (Raw *raw, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("main", "", "", raw, NULL);

  add_servers (group);
  add_others (group, raw);
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
parse_strategy (const char *name, FloeStrategy *out, GError **error)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (FLOE_TYPE_STRATEGY);
  const GEnumValue *value = g_enum_get_value_by_nick (names, name);

  if (value == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "there is no strategy called %s", name);
      return FALSE;
    }
  *out = value->value;
  return TRUE;
}

static gboolean
parse_privacy (const char *name, FloePrivacyLevel *out, GError **error)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (FLOE_TYPE_PRIVACY_LEVEL);
  const GEnumValue *value = g_enum_get_value_by_nick (names, name);

  if (value == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "there is no privacy level called %s", name);
      return FALSE;
    }
  *out = value->value;
  return TRUE;
}

static gboolean
apply_raw (Raw *raw, PeerOptions *options, GError **error)
{
  if (raw->tls_ca != NULL)
    {
      options->authorities = sample_ways_read_authorities (raw->tls_ca, error);
      if (options->authorities == NULL)
        {
          g_prefix_error (error, "--tls-ca: ");
          return FALSE;
        }
    }
  if (raw->proxy != NULL)
    {
      options->proxies = sample_ways_make_resolver (raw->proxy, error);
      if (options->proxies == NULL)
        {
          g_prefix_error (error, "--proxy ");
          return FALSE;
        }
    }
  if (raw->strategy != NULL && !parse_strategy (raw->strategy, &options->strategy, error))
    return FALSE;
  if (raw->privacy != NULL && !parse_privacy (raw->privacy, &options->privacy, error))
    return FALSE;
  if (raw->fail_after_ms < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--fail-after takes milliseconds");
      return FALSE;
    }
  options->fail_after_ms = (guint) raw->fail_after_ms;
  options->nat = g_steal_pointer (&raw->nat);
  options->interfaces = g_steal_pointer (&raw->interfaces);
  options->relay_only = raw->relay_only;
  options->include_loopback = raw->include_loopback;
  options->echoes = !raw->no_echo;
  return TRUE;
}

void
peer_options_clear (PeerOptions *self)
{
  g_clear_pointer (&self->servers, peer_servers_free);
  g_clear_pointer (&self->interfaces, g_strfreev);
  g_clear_pointer (&self->nat, g_free);
  g_clear_object (&self->authorities);
  g_clear_object (&self->proxies);
}

gboolean
peer_options_parse (PeerOptions *options, int *argc, char ***argv, GError **error)
{
  g_auto (Raw) raw = { 0 };

  options->servers = peer_servers_new ();
  raw.servers = options->servers;
  if (!parse_raw (&raw, argc, argv, error))
    return FALSE;
  if (raw.version)
    {
      g_print ("floe-peer %s\n", FLOE_VERSION_S);
      exit (EXIT_SUCCESS);
    }
  if (raw.verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  return apply_raw (&raw, options, error);
}

FloeConfiguration *
peer_options_make_configuration (const PeerOptions *options, GError **error)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

  if (!peer_servers_apply (options->servers, configuration, error))
    return NULL;
  if (options->nat != NULL
      && !floe_configuration_set_nat_summary (configuration, options->nat, error))
    {
      g_prefix_error (error, "--nat: ");
      return NULL;
    }
  floe_configuration_set_strategy (configuration, options->strategy);
  floe_configuration_set_ice_failed_timeout (configuration, options->fail_after_ms);
  floe_configuration_set_privacy_level (configuration, options->privacy);
  if (options->relay_only)
    floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
  if (options->interfaces != NULL)
    floe_configuration_set_interfaces (configuration, (const char *const *) options->interfaces);
  floe_configuration_set_include_loopback (configuration, options->include_loopback);
  floe_configuration_set_tls_database (configuration, options->authorities);
  floe_configuration_set_proxy_resolver (configuration, options->proxies);
  return g_steal_pointer (&configuration);
}
