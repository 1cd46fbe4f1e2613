/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"
#include "floe-tunnel-error-private.h"

#include <floe/floe-error.h>

struct CauseCase
{
  const char *name;
  FloeTunnelPhase phase;
  const char *proxy;
  GQuark (*domain) (void);
  int code;
  FloeError expected;
  const char *message;
};

class TunnelError : public testing::TestWithParam<CauseCase>
{
};

TEST_P (TunnelError, NamesTheCause)
{
  FloeTunnelSituation situation = { GetParam ().phase, "turn.example:443", GetParam ().proxy,
                                    nullptr };
  GError *cause = g_error_new_literal (GetParam ().domain (), GetParam ().code, "as GIO says");
  GError *error = floe_tunnel_error_new (&situation, cause);

  EXPECT_TRUE (g_error_matches (error, FLOE_ERROR, GetParam ().expected)) << error->code;
  EXPECT_STREQ (error->message, GetParam ().message);
  g_error_free (error);
  g_error_free (cause);
}

#define PROXY "proxy.example:3128"

INSTANTIATE_TEST_SUITE_P (
    Causes, TunnelError,
    testing::Values (
        CauseCase{ "Name", FLOE_TUNNEL_PHASE_RESOLVING, nullptr, g_resolver_error_quark,
                   G_RESOLVER_ERROR_NOT_FOUND, FLOE_ERROR_NETWORK,
                   "The name of the server turn.example:443 was not found" },
        CauseCase{ "NameOfTheProxy", FLOE_TUNNEL_PHASE_RESOLVING, PROXY, g_resolver_error_quark,
                   G_RESOLVER_ERROR_NOT_FOUND, FLOE_ERROR_NETWORK,
                   "The name of the proxy proxy.example:3128 was not found" },
        CauseCase{ "NoNameServer", FLOE_TUNNEL_PHASE_RESOLVING, nullptr, g_resolver_error_quark,
                   G_RESOLVER_ERROR_TEMPORARY_FAILURE, FLOE_ERROR_NETWORK,
                   "The name of the server turn.example:443 can't be looked up now: no name server "
                   "answers" },
        CauseCase{ "Refused", FLOE_TUNNEL_PHASE_CONNECTING, nullptr, g_io_error_quark,
                   G_IO_ERROR_CONNECTION_REFUSED, FLOE_ERROR_NETWORK,
                   "The server turn.example:443 refuses connections: nothing listens there" },
        CauseCase{ "Unreachable", FLOE_TUNNEL_PHASE_CONNECTING, nullptr, g_io_error_quark,
                   G_IO_ERROR_NETWORK_UNREACHABLE, FLOE_ERROR_NETWORK,
                   "The server turn.example:443 can't be reached: no way leads there" },
        CauseCase{ "Silent", FLOE_TUNNEL_PHASE_CONNECTING, nullptr, g_io_error_quark,
                   G_IO_ERROR_TIMED_OUT, FLOE_ERROR_TIMEOUT,
                   "The server turn.example:443 does not answer" },
        CauseCase{ "Else", FLOE_TUNNEL_PHASE_CONNECTING, nullptr, g_io_error_quark,
                   G_IO_ERROR_PERMISSION_DENIED, FLOE_ERROR_NETWORK,
                   "No connection to the server turn.example:443: as GIO says" },
        CauseCase{ "ProxyGone", FLOE_TUNNEL_PHASE_CONNECTING, PROXY, g_io_error_quark,
                   G_IO_ERROR_CONNECTION_REFUSED, FLOE_ERROR_NETWORK,
                   "The proxy proxy.example:3128 refuses connections: nothing listens there" },
        CauseCase{ "ProxyRefusesTheServer", FLOE_TUNNEL_PHASE_PROXY, PROXY, g_io_error_quark,
                   G_IO_ERROR_CONNECTION_REFUSED, FLOE_ERROR_NETWORK,
                   "The proxy proxy.example:3128 makes no connection to turn.example:443: as GIO "
                   "says" },
        CauseCase{ "ProxyWantsAPassword", FLOE_TUNNEL_PHASE_PROXY, PROXY, g_io_error_quark,
                   G_IO_ERROR_PROXY_NEED_AUTH, FLOE_ERROR_NETWORK,
                   "The proxy proxy.example:3128 wants a user name and a password" },
        CauseCase{ "ProxyRefusesThePassword", FLOE_TUNNEL_PHASE_PROXY, PROXY, g_io_error_quark,
                   G_IO_ERROR_PROXY_AUTH_FAILED, FLOE_ERROR_NETWORK,
                   "The proxy proxy.example:3128 refuses the user name or the password" },
        CauseCase{ "ProxyForbids", FLOE_TUNNEL_PHASE_PROXY, PROXY, g_io_error_quark,
                   G_IO_ERROR_PROXY_NOT_ALLOWED, FLOE_ERROR_NETWORK,
                   "The proxy proxy.example:3128 does not allow a connection to turn.example:443" },
        CauseCase{ "NotTls", FLOE_TUNNEL_PHASE_TLS, nullptr, g_tls_error_quark, G_TLS_ERROR_NOT_TLS,
                   FLOE_ERROR_NETWORK,
                   "No secure connection to turn.example:443: it does not speak TLS on this port, "
                   "or hangs up" },
        CauseCase{ "Tls", FLOE_TUNNEL_PHASE_TLS, PROXY, g_tls_error_quark, G_TLS_ERROR_HANDSHAKE,
                   FLOE_ERROR_NETWORK, "No secure connection to turn.example:443: as GIO says" },
        CauseCase{ "Certificate", FLOE_TUNNEL_PHASE_TLS, nullptr, g_tls_error_quark,
                   G_TLS_ERROR_BAD_CERTIFICATE, FLOE_ERROR_NETWORK,
                   "The certificate of turn.example:443 is refused" }),
    [] (const auto &info) { return std::string (info.param.name); });

struct SilenceCase
{
  FloeTunnelPhase phase;
  const char *proxy;
  const char *message;
};

TEST (TunnelErrors, TellWhoWasSilent)
{
  static const SilenceCase cases[] = {
    { FLOE_TUNNEL_PHASE_LOOKUP, nullptr,
      "What proxies lead to turn.example:443 was not found out in 1.5 s" },
    { FLOE_TUNNEL_PHASE_RESOLVING, nullptr,
      "The name of the server turn.example:443 was not resolved in 1.5 s: no name server answers" },
    { FLOE_TUNNEL_PHASE_CONNECTING, nullptr,
      "The server turn.example:443 gave no answer in 1.5 s" },
    { FLOE_TUNNEL_PHASE_CONNECTING, PROXY, "The proxy proxy.example:3128 gave no answer in 1.5 s" },
    { FLOE_TUNNEL_PHASE_PROXY, PROXY,
      "The proxy proxy.example:3128 did not connect to turn.example:443 in 1.5 s" },
    { FLOE_TUNNEL_PHASE_TLS, nullptr,
      "turn.example:443 accepts connections, but gave no answer over TLS in 1.5 s" },
  };

  for (const SilenceCase &silence : cases)
    {
      FloeTunnelSituation situation = { silence.phase, "turn.example:443", silence.proxy, nullptr };
      GError *error = floe_tunnel_error_new_silence (&situation, 1500);

      EXPECT_TRUE (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_TIMEOUT));
      EXPECT_STREQ (error->message, silence.message);
      g_error_free (error);
    }
}

TEST (TunnelErrors, PutBracketsAroundIpv6)
{
  EXPECT_EQ (TakeString (floe_tunnel_format_target ("2001:db8::1", 443)), "[2001:db8::1]:443");
  EXPECT_EQ (TakeString (floe_tunnel_format_target ("192.0.2.1", 3478)), "192.0.2.1:3478");
}
