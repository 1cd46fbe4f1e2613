/* SPDX-License-Identifier: MPL-2.0 */
#include <net/if.h>
#include <string.h>

#include "options-check.h"
#include "sample-ways.h"

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

static gboolean
is_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL;
}

/* A name that is misspelt would look like a network that lets nothing out. */
static gboolean
read_interfaces (char **interfaces, Options *options, GError **error)
{
  for (gsize i = 0; interfaces != NULL && interfaces[i] != NULL; i++)
    if (!is_address (interfaces[i]) && if_nametoindex (interfaces[i]) == 0)
      {
        g_autofree char *valid = g_utf8_make_valid (interfaces[i], -1);
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--interface: there is no %s here; \"ip address\" lists those there are",
                     valid);
        return FALSE;
      }
  options->nat.interfaces = g_strdupv (interfaces);
  return TRUE;
}

static gboolean
read_proxy (const char *text, Options *options, GError **error)
{
  if (text == NULL)
    return TRUE;
  options->nat.proxy = sample_ways_make_resolver (text, error);
  if (options->nat.proxy == NULL)
    g_prefix_error (error, "--proxy ");
  return options->nat.proxy != NULL;
}

static gboolean
read_trust (const char *file, Options *options, GError **error)
{
  g_autofree char *path = NULL;

  if (file == NULL)
    return TRUE;
  path = g_canonicalize_filename (file, NULL);
  options->trust = g_tls_file_database_new (path, error);
  if (options->trust == NULL)
    g_prefix_error (error, "--tls-ca: ");
  return options->trust != NULL;
}

gboolean
options_check_nat (const RawOptions *raw, Options *options, GError **error)
{
  options->nat.with_evidence = raw->verbose;
  options->nat.explains = raw->nat.explains;
  if (raw->nat.explains && raw->json)
    return fail (error, "--explain is for people: leave --json out");
  if (options->ice_servers->len == 0)
    return fail (error, "Say whom to ask: --stun stun:HOST, or better --turn turn:HOST with "
                        "--turn-user and FLOE_TURN_PASSWORD");
  return read_interfaces (raw->nat.interfaces, options, error)
         && read_proxy (raw->nat.proxy, options, error)
         && read_trust (raw->room.tls_authority, options, error);
}
