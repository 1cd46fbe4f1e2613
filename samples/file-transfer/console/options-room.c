/* SPDX-License-Identifier: MPL-2.0 */
#include <string.h>

#include "host-address.h"
#include "options-check.h"
#include "prompt.h"

#define SERVE_PORT 8080
/* RFC 1035 section 2.3.4. */
#define MAX_HOST_SIZE 253

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
read_server (const char *text, Options *options, GError **error)
{
  if (!floe_room_address_parse (text, &options->address, NULL))
    return fail (error, "--server takes the address of a rendezvous, as in https://floe.example/");
  options->has_address = TRUE;
  if (options->address.has_code)
    return fail (error, "--server takes an address without a code; "
                        "one with a code stands by itself: floe receive 'URL'");
  return TRUE;
}

/* @text: a URL with a code, or a code for the server that options->address is. */
static gboolean
read_invitation (const char *text, Options *options, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (strstr (text, "://") == NULL)
    {
      if (!floe_code_parse (text, &options->address.code, &local_error))
        return fail (error, "This is neither a code, which has 26 letters and digits, nor an "
                            "address, as in http://HOST:PORT/#CODE");
      if (!options->has_address)
        return fail (error, "A code by itself needs --server URL; without one, give the whole "
                            "address, as in http://HOST:PORT/#CODE");
      options->address.has_code = TRUE;
      return TRUE;
    }
  if (options->has_address)
    return fail (error, "--server goes with a code; an address names its server itself");
  if (!floe_room_address_parse (text, &options->address, error))
    return FALSE;
  options->has_address = TRUE;
  return options->address.has_code
         || fail (error, "This address has no code; it ends in # and 26 letters and digits");
}

static gboolean
read_receive_argument (const RawOptions *raw, Options *options, GError **error)
{
  gboolean is_read;
  char *secret;

  if (raw->arguments == NULL) /* it invites */
    return TRUE;
  if (raw->arguments[1] != NULL)
    return fail (error, "Give one address or code to receive from");
  if (strcmp (raw->arguments[0], "-") != 0)
    return read_invitation (raw->arguments[0], options, error);
  secret = prompt_read_secret ("Address or code: ");
  if (secret == NULL)
    return fail (error, "There is nobody to ask for the address");
  is_read = read_invitation (secret, options, error);
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
  return is_read;
}

static gboolean
is_host_name (const char *name)
{
  gsize size = strlen (name);

  if (size == 0 || size > MAX_HOST_SIZE || name[0] == '.' || name[0] == '-')
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '.' && name[i] != '-')
      return FALSE;
  return TRUE;
}

static gboolean
read_hosts (const RawRoom *raw, Options *options, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (raw->hosts == NULL)
    return TRUE;
  for (gsize i = 0; raw->hosts[i] != NULL; i++)
    {
      g_autofree char *name = g_hostname_to_ascii (raw->hosts[i]);
      if (name == NULL || !is_host_name (name))
        return fail (error, "--host takes a name without scheme and port, as in floe.example");
      g_strv_builder_add (builder, name);
    }
  options->hosts = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_own (const RawRoom *raw, Options *options, GError **error)
{
  if (raw->listen != NULL)
    {
      options->listen = host_address_parse (raw->listen, error);
      options->has_listen = TRUE;
    }
  else
    options->listen =
        host_address_get_wildcard (options->command == COMMAND_SERVE ? SERVE_PORT : 0);
  if (options->listen == NULL)
    {
      g_prefix_error (error, "--listen: ");
      return FALSE;
    }
  if ((raw->tls_certificate == NULL) != (raw->tls_key == NULL))
    return fail (error, "--tls-cert and --tls-key go together");
  if (raw->tls_certificate != NULL)
    {
      options->certificate =
          g_tls_certificate_new_from_files (raw->tls_certificate, raw->tls_key, error);
      if (options->certificate == NULL)
        {
          g_prefix_error (error, "--tls-cert, --tls-key: ");
          return FALSE;
        }
    }
  return read_hosts (raw, options, error);
}

static gboolean
read_trust (const RawRoom *raw, Options *options, GError **error)
{
  g_autofree char *path = NULL;

  if (raw->tls_authority == NULL)
    return TRUE;
  if (!options->has_address || strcmp (options->address.scheme, "https") != 0)
    return fail (error, "--tls-ca is for an https rendezvous elsewhere");
  path = g_canonicalize_filename (raw->tls_authority, NULL);
  options->trust = g_tls_file_database_new (path, error);
  if (options->trust == NULL)
    g_prefix_error (error, "--tls-ca: ");
  return options->trust != NULL;
}

gboolean
options_check_room (const RawOptions *raw, Options *options, GError **error)
{
  const RawRoom *room = &raw->room;

  if (room->server != NULL && !read_server (room->server, options, error))
    return FALSE;
  if (options->command == COMMAND_RECEIVE && !read_receive_argument (raw, options, error))
    {
      if (raw->has_code_of_environment)
        g_prefix_error (error, "FLOE_CODE: ");
      return FALSE;
    }
  if (!read_trust (room, options, error))
    return FALSE;
  options->logs_addresses = room->logs_addresses;
  if (!options->has_address)
    return read_own (room, options, error);
  if (room->listen != NULL || room->hosts != NULL || room->tls_certificate != NULL
      || room->tls_key != NULL)
    return fail (error, "--listen, --host, --tls-cert and --tls-key are for a rendezvous of our "
                        "own; the one to use is elsewhere");
  return TRUE;
}
