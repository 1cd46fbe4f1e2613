/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-error-private.h"

#include <floe/floe-error.h>

#include <string.h>

static const struct
{
  GTlsCertificateFlags flag;
  const char *text;
} certificate_faults[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, "it is from an authority that is not trusted" },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host name" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not yet valid" },
  { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
  { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "it uses an algorithm that is not secure any more" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "it could not be verified" },
};

/* Who was spoken to: a proxy resolves the server's name and connects to it. */
static const char *
get_next_hop (const FloeTunnelSituation *situation)
{
  return situation->proxy != NULL ? situation->proxy : situation->server;
}

static const char *
get_role (const FloeTunnelSituation *situation)
{
  return situation->proxy != NULL ? "proxy" : "server";
}

static char *
describe_certificate (const FloeTunnelSituation *situation, GTlsCertificateFlags faults)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "The certificate of %s is refused", situation->server);
  for (gsize i = 0, count = 0; i < G_N_ELEMENTS (certificate_faults); i++)
    if ((faults & certificate_faults[i].flag) != 0)
      g_string_append_printf (text, "%s%s", count++ == 0 ? ": " : ", and ",
                              certificate_faults[i].text);
  return g_string_free (text, FALSE);
}

static char *
describe_tls (const FloeTunnelSituation *situation, const GError *cause)
{
  GTlsCertificateFlags faults = 0;

  if (situation->tls != NULL)
    faults = g_tls_connection_get_peer_certificate_errors (situation->tls);
  if (faults != 0 || g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return describe_certificate (situation, faults);
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
    return g_strdup_printf (
        "No secure connection to %s: it does not speak TLS on this port, or hangs "
        "up",
        situation->server);
  return g_strdup_printf ("No secure connection to %s: %s", situation->server, cause->message);
}

static char *
describe_name (const FloeTunnelSituation *situation, const GError *cause)
{
  if (cause->code == G_RESOLVER_ERROR_NOT_FOUND)
    return g_strdup_printf ("The name of the %s %s was not found", get_role (situation),
                            get_next_hop (situation));
  if (cause->code == G_RESOLVER_ERROR_TEMPORARY_FAILURE)
    return g_strdup_printf ("The name of the %s %s can't be looked up now: no name server answers",
                            get_role (situation), get_next_hop (situation));
  return g_strdup_printf ("The name of the %s %s can't be looked up: %s", get_role (situation),
                          get_next_hop (situation), cause->message);
}

/* What GIO says of a proxy that was reached. NULL for other errors. */
static char *
describe_proxy (const FloeTunnelSituation *situation, const GError *cause)
{
  const char *proxy = situation->proxy;

  if (cause->domain != G_IO_ERROR || proxy == NULL)
    return NULL;
  switch (cause->code)
    {
    case G_IO_ERROR_PROXY_NEED_AUTH:
      return g_strdup_printf ("The proxy %s wants a user name and a password", proxy);
    case G_IO_ERROR_PROXY_AUTH_FAILED:
      return g_strdup_printf ("The proxy %s refuses the user name or the password", proxy);
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return g_strdup_printf ("The proxy %s does not allow a connection to %s", proxy,
                              situation->server);
    case G_IO_ERROR_PROXY_FAILED:
      return g_strdup_printf ("The proxy %s makes no connection to %s: %s", proxy,
                              situation->server, cause->message);
    default:
      break;
    }
  if (situation->phase == FLOE_TUNNEL_PHASE_PROXY)
    return g_strdup_printf ("The proxy %s makes no connection to %s: %s", proxy, situation->server,
                            cause->message);
  return NULL;
}

/* GIO names the address when it can't bind to it, because it has gone meanwhile, say. */
static gboolean
names_local (const FloeTunnelSituation *situation, const GError *cause)
{
  g_autofree char *local =
      situation->local != NULL ? g_inet_address_to_string (situation->local) : NULL;

  return local != NULL && strstr (cause->message, local) != NULL;
}

static char *
describe_connection (const FloeTunnelSituation *situation, const GError *cause)
{
  const char *role = get_role (situation);
  const char *hop = get_next_hop (situation);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_strdup_printf ("The %s %s refuses connections: nothing listens there", role, hop);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE))
    return g_strdup_printf ("The %s %s can't be reached: no way leads there", role, hop);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup_printf ("The %s %s does not answer", role, hop);
  if (names_local (situation, cause))
    return g_strdup_printf ("No connection to the %s %s: the address that it should begin at can't "
                            "be used",
                            role, hop);
  return g_strdup_printf ("No connection to the %s %s: %s", role, hop, cause->message);
}

GError *
floe_tunnel_error_new (const FloeTunnelSituation *situation, const GError *cause)
{
  FloeError code = FLOE_ERROR_NETWORK;
  g_autofree char *text = describe_proxy (situation, cause);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = FLOE_ERROR_TIMEOUT;
  if (text == NULL && cause->domain == G_RESOLVER_ERROR)
    text = describe_name (situation, cause);
  else if (text == NULL && situation->phase == FLOE_TUNNEL_PHASE_TLS)
    text = describe_tls (situation, cause);
  else if (text == NULL)
    text = describe_connection (situation, cause);
  return g_error_new_literal (FLOE_ERROR, code, text);
}

GError *
floe_tunnel_error_new_silence (const FloeTunnelSituation *situation, guint timeout_ms)
{
  double seconds = timeout_ms / 1000.0;

  switch (situation->phase)
    {
    case FLOE_TUNNEL_PHASE_LOOKUP:
      return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                          "What proxies lead to %s was not found out in %g s", situation->server,
                          seconds);
    case FLOE_TUNNEL_PHASE_RESOLVING:
      return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                          "The name of the %s %s was not resolved in %g s: no name server answers",
                          get_role (situation), get_next_hop (situation), seconds);
    case FLOE_TUNNEL_PHASE_PROXY:
      return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                          "The proxy %s did not connect to %s in %g s", situation->proxy,
                          situation->server, seconds);
    case FLOE_TUNNEL_PHASE_TLS:
      return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                          "%s accepts connections, but gave no answer over TLS in %g s",
                          situation->server, seconds);
    case FLOE_TUNNEL_PHASE_CONNECTING:
    default:
      return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT, "The %s %s gave no answer in %g s",
                          get_role (situation), get_next_hop (situation), seconds);
    }
}

char *
floe_tunnel_format_target (const char *host, int port)
{
  gboolean is_ipv6 = strchr (host, ':') != NULL;

  return g_strdup_printf ("%s%s%s:%d", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}
