/* SPDX-License-Identifier: MPL-2.0 */
#include "tunnel-test.h"

using testing::ElementsAre;
using testing::IsEmpty;

struct ProxyCase
{
  const char *name;
  TestProxy::Kind kind;
  bool has_tls;
  const char *password;
};

class TunnelProxiesTest : public TunnelTest, public testing::WithParamInterface<ProxyCase>
{
protected:
  TunnelProxiesTest ()
      : server_ (TestServer::Echo, GetParam ().has_tls
                                       ? authority_.Issue ({ "DNS:turn.behind", -60, 3600 })
                                       : nullptr),
        proxy_ (GetParam ().kind, GetParam ().password)
  {
  }

  GTlsDatabase *database () const
  {
    return GetParam ().has_tls ? authority_.database () : nullptr;
  }
  std::string proxy () const
  {
    return "127.0.0.1:" + std::to_string (proxy_.port ());
  }
  std::string server () const
  {
    return "turn.behind:" + std::to_string (server_.port ());
  }

  TestAuthority authority_;
  TestServer server_;
  TestProxy proxy_;
};

/* The name exists at the proxy only, so it was the proxy that resolved it. */
TEST_P (TunnelProxiesTest, LeadToAServerByItsName)
{
  Tunnel tunnel ("turn.behind", server_.port (), database (), proxy_.Uri (GetParam ().password));
  Client client (tunnel);
  std::string message = StunMessage (FLOE_STUN_SUCCESS) + ChannelData (1 << 20);
  gsize start = 0;

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return client.IsLetIn (); })) << tunnel.message;
  client.text.clear ();
  EXPECT_TRUE (Run (LIMIT_MS, [&] {
    start += client.Send (message.substr (start, 65536));
    client.Poll ();
    return client.text.size () == message.size ();
  }));
  EXPECT_TRUE (client.text == message);
  EXPECT_THAT (proxy_.targets (), ElementsAre (server ()));
  EXPECT_EQ (tunnel.failed_count, 0u);
}

class TunnelPasswordTest : public TunnelProxiesTest
{
};

TEST_P (TunnelPasswordTest, OfAProxyMayBeWrong)
{
  Tunnel tunnel ("turn.behind", server_.port (), database (), proxy_.Uri ("user:wrong"));

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_EQ (tunnel.message, "The proxy " + proxy () + " refuses the user name or the password");
  EXPECT_THAT (proxy_.targets (), IsEmpty ());
}

TEST_P (TunnelPasswordTest, OfAProxyMayBeMissing)
{
  Tunnel tunnel ("turn.behind", server_.port (), database (), proxy_.Uri ());

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.message, "The proxy " + proxy () + " wants a user name and a password");
}

TEST_P (TunnelProxiesTest, TellWhenTheServerCantBeReached)
{
  Tunnel tunnel ("turn.behind", 1, database (), proxy_.Uri (GetParam ().password));

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_THAT (tunnel.message, testing::StartsWith ("The proxy " + proxy ()
                                                    + " makes no connection to turn.behind:1"));
}

static const ProxyCase http = { "Http", TestProxy::HTTP, false, "" },
                       http_tls = { "HttpTls", TestProxy::HTTP, true, "" },
                       http_password = { "HttpPassword", TestProxy::HTTP, false, "user:p4ss" },
                       http_both = { "HttpPasswordTls", TestProxy::HTTP, true, "user:p4ss" },
                       socks = { "Socks", TestProxy::SOCKS5, false, "" },
                       socks_tls = { "SocksTls", TestProxy::SOCKS5, true, "" },
                       socks_password = { "SocksPassword", TestProxy::SOCKS5, false, "user:p4ss" },
                       socks_both = { "SocksPasswordTls", TestProxy::SOCKS5, true, "user:p4ss" };

static std::string
NameOf (const testing::TestParamInfo<ProxyCase> &info)
{
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P (Ways, TunnelProxiesTest,
                          testing::Values (http, http_tls, http_password, http_both, socks,
                                           socks_tls, socks_password, socks_both),
                          NameOf);

INSTANTIATE_TEST_SUITE_P (Ways, TunnelPasswordTest,
                          testing::Values (http_password, http_both, socks_password, socks_both),
                          NameOf);

class TunnelProxyTest : public TunnelTest
{
protected:
  TestServer server_{ TestServer::Echo };
  TestProxy proxy_{ TestProxy::HTTP };
};

TEST_F (TunnelProxyTest, MayForbid)
{
  proxy_.status = 403;
  Tunnel tunnel ("turn.behind", 443, nullptr, proxy_.Uri ());

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.message, "The proxy 127.0.0.1:" + std::to_string (proxy_.port ())
                                 + " does not allow a connection to turn.behind:443");
}

TEST_F (TunnelProxyTest, MayBeGone)
{
  Tunnel tunnel ("turn.behind", 443, nullptr, "http://user:secret@127.0.0.1:1");

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.message, "The proxy 127.0.0.1:1 refuses connections: nothing listens there");
}

TEST_F (TunnelProxyTest, MayHaveNoName)
{
  Tunnel tunnel ("turn.behind", 443, nullptr, "socks5://user:secret@proxy.invalid:1080");

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_THAT (tunnel.message, testing::StartsWith ("The name of the proxy proxy.invalid:1080 "));
}

TEST_F (TunnelProxyTest, MayBeOfAKindThatIsNotThere)
{
  Tunnel tunnel ("turn.behind", 443, nullptr, "gopher://user:secret@127.0.0.1:70");

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.failed_count, 1u);
  EXPECT_THAT (tunnel.message, testing::Not (testing::HasSubstr ("secret")));
}

TEST_F (TunnelProxyTest, MayBeSilent)
{
  TestServer silent ([] (GIOStream *stream) {
    while (!ReadBytes (stream, 1).empty ())
      ;
  });
  std::string proxy = "127.0.0.1:" + std::to_string (silent.port ());
  Tunnel tunnel ("turn.behind", 443, nullptr, "http://" + proxy, 300);

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.code, FLOE_ERROR_TIMEOUT);
  EXPECT_EQ (tunnel.message, "The proxy " + proxy + " did not connect to turn.behind:443 in 0.3 s");
}

/* What GIO asks without a resolver of ours: the desktop, or the environment. */
TEST_F (TunnelProxyTest, IsTakenFromTheSettingsOfTheMachine)
{
  g_setenv ("https_proxy", proxy_.Uri ().c_str (), TRUE);
  char **proxies = g_proxy_resolver_lookup (g_proxy_resolver_get_default (),
                                            "https://turn.behind:443", nullptr, nullptr);
  bool is_heeded =
      g_strcmp0 (proxies != nullptr ? proxies[0] : nullptr, proxy_.Uri ().c_str ()) == 0;
  g_strfreev (proxies);
  if (is_heeded)
    {
      Tunnel tunnel ("turn.behind", server_.port (), nullptr, "");

      EXPECT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
      EXPECT_EQ (tunnel.opened_count, 1u) << tunnel.message;
      EXPECT_THAT (proxy_.targets (),
                   ElementsAre ("turn.behind:" + std::to_string (server_.port ())));
    }
  g_unsetenv ("https_proxy");
  if (!is_heeded)
    GTEST_SKIP () << "the environment does not count here";
}

/* A resolver that names several ways, and notes what it was asked for. */
struct ListResolver
{
  GObject parent;
};
struct ListResolverClass
{
  GObjectClass parent;
};

static std::vector<std::string> listed, asked;

static char **
Lookup (const char *uri)
{
  GStrvBuilder *builder = g_strv_builder_new ();

  asked.push_back (uri);
  for (const std::string &proxy : listed)
    g_strv_builder_add (builder, proxy.c_str ());
  char **proxies = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return proxies;
}

static void
ListResolverInterfaceInit (gpointer vtable, gpointer)
{
  auto *interface = static_cast<GProxyResolverInterface *> (vtable);

  interface->is_supported = [] (GProxyResolver *) -> gboolean { return TRUE; };
  interface->lookup = [] (GProxyResolver *, const char *uri, GCancellable *, GError **) {
    return Lookup (uri);
  };
  interface->lookup_async = [] (GProxyResolver *self, const char *uri, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data) {
    GTask *task = g_task_new (self, cancellable, callback, user_data);

    g_task_return_pointer (task, Lookup (uri), (GDestroyNotify) g_strfreev);
    g_object_unref (task);
  };
  interface->lookup_finish = [] (GProxyResolver *, GAsyncResult *result, GError **error) {
    return static_cast<char **> (g_task_propagate_pointer (G_TASK (result), error));
  };
}

static GType
ListResolverGetType ()
{
  static GType type = 0;
  static const GInterfaceInfo info = { ListResolverInterfaceInit, nullptr, nullptr };

  if (type == 0)
    {
      type =
          g_type_register_static_simple (G_TYPE_OBJECT, "ListResolver", sizeof (ListResolverClass),
                                         nullptr, sizeof (ListResolver), nullptr, (GTypeFlags) 0);
      g_type_add_interface_static (type, G_TYPE_PROXY_RESOLVER, &info);
    }
  return type;
}

class TunnelResolverTest : public TunnelTest
{
protected:
  TunnelResolverTest ()
  {
    listed.clear ();
    asked.clear ();
  }
  ~TunnelResolverTest () override
  {
    g_clear_pointer (&tunnel_, floe_tunnel_free);
    g_object_unref (resolver_);
  }
  void Open (const char *host, guint16 port)
  {
    static const FloeTunnelEvents events = {
      [] (gint64, gpointer user_data) {
        static_cast<TunnelResolverTest *> (user_data)->result_ = "opened";
      },
      [] (const GError *error, gpointer user_data) {
        static_cast<TunnelResolverTest *> (user_data)->result_ = error->message;
      },
      [] (const guint8 *, gsize, gpointer) {},
    };
    FloeTunnelConfig config = {};

    config.host = host;
    config.port = port;
    config.proxy_resolver = resolver_;
    tunnel_ = floe_tunnel_new (g_main_context_default (), &config, &events, this, nullptr);
    ASSERT_TRUE (Run (LIMIT_MS, [&] { return !result_.empty (); }));
  }

  TestServer server_{ TestServer::Echo };
  GProxyResolver *resolver_ = G_PROXY_RESOLVER (g_object_new (ListResolverGetType (), nullptr));
  FloeTunnel *tunnel_ = nullptr;
  std::string result_;
};

TEST_F (TunnelResolverTest, IsAskedForHttpsWhateverIsSpoken)
{
  listed = { "direct://" };
  Open ("127.0.0.1", server_.port ());
  EXPECT_EQ (result_, "opened");
  EXPECT_THAT (asked, ElementsAre ("https://127.0.0.1:" + std::to_string (server_.port ())));
}

TEST_F (TunnelResolverTest, IsAskedForIpv6InBrackets)
{
  listed = { "http://127.0.0.1:1" };
  Open ("2001:db8::1", 443);
  EXPECT_THAT (asked, ElementsAre ("https://[2001:db8::1]:443"));
}

TEST_F (TunnelResolverTest, HasTheNextWayTakenWhenOneFails)
{
  TestProxy proxy (TestProxy::HTTP);

  listed = { "http://127.0.0.1:1", "socks5://127.0.0.1:2", proxy.Uri () };
  Open ("turn.behind", server_.port ());
  EXPECT_EQ (result_, "opened");
  EXPECT_THAT (proxy.targets (), ElementsAre ("turn.behind:" + std::to_string (server_.port ())));
  g_clear_pointer (&tunnel_, floe_tunnel_free);
}

TEST_F (TunnelResolverTest, HasTheFirstFailureTold)
{
  listed = { "http://127.0.0.1:1", "direct://" };
  Open ("127.0.0.1", 2);
  EXPECT_EQ (result_, "The proxy 127.0.0.1:1 refuses connections: nothing listens there");
}

TEST_F (TunnelResolverTest, MayNameNothing)
{
  Open ("127.0.0.1", 2);
  EXPECT_EQ (result_, "The settings do not tell what proxies lead to 127.0.0.1:2: they name none");
}
