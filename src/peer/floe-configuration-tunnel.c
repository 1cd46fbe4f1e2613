/* SPDX-License-Identifier: MPL-2.0 */
/* What a configuration says of the way to servers over TCP and TLS. */
#include "floe-configuration-private.h"

/**
 * floe_configuration_set_proxy_resolver:
 * @self: a configuration
 * @resolver: (nullable) (transfer none): says which proxies to use, or %NULL for what the desktop
 *   says
 *
 * Sets through which proxies TURN servers are reached over TCP and TLS: HTTP proxies (by CONNECT)
 * and SOCKS proxies. For one proxy that is always used take g_simple_proxy_resolver_new(), and
 * `g_simple_proxy_resolver_new ("direct://", NULL)` for none. UDP never goes through a proxy. The
 * resolver is asked in the network thread.
 *
 * Since: 1.0
 */
void
floe_configuration_set_proxy_resolver (FloeConfiguration *self, GProxyResolver *resolver)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (resolver == NULL || G_IS_PROXY_RESOLVER (resolver));

  if (g_set_object (&self->proxy_resolver, resolver))
    g_object_notify (G_OBJECT (self), "proxy-resolver");
}

/**
 * floe_configuration_get_proxy_resolver:
 * @self: a configuration
 *
 * Gets what says through which proxies TURN servers are reached.
 *
 * Returns: (transfer none) (nullable): the resolver that was set
 * Since: 1.0
 */
GProxyResolver *
floe_configuration_get_proxy_resolver (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->proxy_resolver;
}

/**
 * floe_configuration_set_tls_database:
 * @self: a configuration
 * @database: (nullable) (transfer none): certificates of authorities, or %NULL for the system's
 *
 * Sets which authorities the certificates of `turns:` servers must be from; for a company's own
 * authority take g_tls_file_database_new(). A server whose certificate is from another one, has
 * expired, or is for another host is refused. The database is used in the network thread.
 *
 * Since: 1.0
 */
void
floe_configuration_set_tls_database (FloeConfiguration *self, GTlsDatabase *database)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (database == NULL || G_IS_TLS_DATABASE (database));

  if (g_set_object (&self->tls_database, database))
    g_object_notify (G_OBJECT (self), "tls-database");
}

/**
 * floe_configuration_get_tls_database:
 * @self: a configuration
 *
 * Gets which authorities the certificates of `turns:` servers must be from.
 *
 * Returns: (transfer none) (nullable): the database that was set
 * Since: 1.0
 */
GTlsDatabase *
floe_configuration_get_tls_database (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->tls_database;
}
