/* SPDX-License-Identifier: MPL-2.0 */
#include "sample-ways.h"

GTlsDatabase *
sample_ways_read_authorities (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  GTlsDatabase *database;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "TLS is not there: install glib-networking");
      return NULL;
    }
  database = g_tls_file_database_new (absolute, error);
  if (database == NULL)
    g_prefix_error (error, "%s: ", path);
  return database;
}

/* What GIO can go through: its proxy extensions, and none. */
static gboolean
is_known_scheme (const char *scheme)
{
  static const char *const schemes[] = { "http",    "https",  "socks", "socks4",
                                         "socks4a", "socks5", NULL };

  return g_strv_contains (schemes, scheme);
}

GProxyResolver *
sample_ways_make_resolver (const char *uri, GError **error)
{
  g_autoptr (GUri) parsed = NULL;

  if (g_strcmp0 (uri, "direct://") != 0)
    {
      parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);
      if (parsed == NULL || !is_known_scheme (g_uri_get_scheme (parsed))
          || g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0')
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "takes a URI such as http://proxy.example:3128, "
                               "socks5://user:password@proxy.example:1080, or direct:// for none");
          return NULL;
        }
    }
  return g_simple_proxy_resolver_new (uri, NULL);
}
