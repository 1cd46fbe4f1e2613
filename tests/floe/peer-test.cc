/* SPDX-License-Identifier: MPL-2.0 */
/* The parts of floe-peer that need no connection. */
#include <floe-test.h>
#include <gmock/gmock.h>

extern "C"
{
#include "peer-options.h"
#include "peer-payload.h"
}

namespace
{

TEST (PeerPayload, HasTheChecksumThatOthersCompute)
{
  g_autoptr (GBytes) payload = peer_make_payload (3);
  const guint8 *data = static_cast<const guint8 *> (g_bytes_get_data (payload, nullptr));

  EXPECT_EQ (data[0], 7);
  EXPECT_EQ (data[1], 38);
  EXPECT_EQ (data[2], 69);
  EXPECT_EQ (peer_crc32 (reinterpret_cast<const guint8 *> ("123456789"), 9), 0xcbf43926u);
  EXPECT_EQ (peer_crc32 (nullptr, 0), 0u);
}

/* What a command line makes of a configuration, or says against it. */
class PeerLine
{
public:
  explicit PeerLine (std::vector<std::string> words)
  {
    std::vector<char *> argv;
    int argc;
    char **arguments;

    words.insert (words.begin (), "floe-peer");
    for (std::string &word : words)
      argv.push_back (word.data ());
    argv.push_back (nullptr);
    argc = static_cast<int> (words.size ());
    arguments = argv.data ();
    if (peer_options_parse (&options, &argc, &arguments, error))
      configuration = peer_options_make_configuration (&options, error);
  }
  ~PeerLine ()
  {
    g_clear_object (&configuration);
    peer_options_clear (&options);
  }
  PeerLine (const PeerLine &) = delete;
  PeerLine &operator= (const PeerLine &) = delete;

  FloeIceServer *Server (guint i) const
  {
    GPtrArray *servers = floe_configuration_get_ice_servers (configuration);

    return static_cast<FloeIceServer *> (g_ptr_array_index (servers, i));
  }

  PeerOptions options = {};
  FloeConfiguration *configuration = nullptr;
  ErrorHolder error;
};

TEST (PeerOptions, GiveEachServerItsOwnCredentials)
{
  PeerLine line ({ "--ice-server", "stun:a.example", "--ice-server", "turn:b.example", "--ice-user",
                   "u", "--ice-pass", "p", "--ice-server", "turn:c.example", "--ice-user", "v",
                   "--turn-secret", "north", "--turn-lifetime", "60" });
  ASSERT_NE (line.configuration, nullptr) << line.error.message ();

  EXPECT_STREQ (floe_ice_server_get_username (line.Server (0)), nullptr);
  EXPECT_STREQ (floe_ice_server_get_username (line.Server (1)), "u");
  EXPECT_STREQ (floe_ice_server_get_credential (line.Server (1)), "p");
  std::string username = floe_ice_server_get_username (line.Server (2));
  gint64 left_s = std::stoll (username) - g_get_real_time () / G_USEC_PER_SEC;
  EXPECT_THAT (username, testing::EndsWith (":v"));
  EXPECT_LE (left_s, 60);
  EXPECT_GT (left_s, 0);
}

TEST (PeerOptions, SetTheWayToServers)
{
  PeerLine line ({ "--proxy", "socks5://user:secret@proxy.example:1080" });
  ASSERT_NE (line.configuration, nullptr) << line.error.message ();
  GProxyResolver *resolver = floe_configuration_get_proxy_resolver (line.configuration);
  char **proxies = g_proxy_resolver_lookup (resolver, "https://turn.example", nullptr, nullptr);

  EXPECT_STREQ (proxies[0], "socks5://user:secret@proxy.example:1080");
  g_strfreev (proxies);
  EXPECT_EQ (floe_configuration_get_proxy_resolver (PeerLine ({}).configuration), nullptr);
}

struct BadPeerLine
{
  const char *name;
  std::vector<std::string> words;
  const char *message;
};

class PeerOptionsRefuse : public testing::TestWithParam<BadPeerLine>
{
};

TEST_P (PeerOptionsRefuse, AndSayWhy)
{
  PeerLine line (GetParam ().words);

  EXPECT_EQ (line.configuration, nullptr);
  EXPECT_THAT (line.error.message (), testing::HasSubstr (GetParam ().message));
  EXPECT_THAT (line.error.message (), testing::Not (testing::HasSubstr ("secret")));
}

INSTANTIATE_TEST_SUITE_P (
    Lines, PeerOptionsRefuse,
    testing::Values (
        BadPeerLine{ "UserOfNothing", { "--ice-user", "u" }, "--ice-user belongs after the" },
        BadPeerLine{ "LifetimeOfNothing",
                     { "--turn-lifetime", "9" },
                     "--turn-lifetime belongs after the" },
        BadPeerLine{ "LifetimeOfNone",
                     { "--ice-server", "turn:a", "--turn-lifetime", "0" },
                     "--turn-lifetime takes seconds" },
        BadPeerLine{ "LifetimeOfWords",
                     { "--ice-server", "turn:a", "--turn-lifetime", "long" },
                     "--turn-lifetime takes seconds" },
        BadPeerLine{ "NoServer", { "--ice-server", "http://a" }, "" },
        BadPeerLine{ "NoAuthority", { "--tls-ca", "/nonexistent" }, "--tls-ca: /nonexistent: " },
        BadPeerLine{ "ProxyOfNoKind",
                     { "--proxy", "ftp://user:secret@proxy.example" },
                     "--proxy takes a URI such as" },
        BadPeerLine{ "ProxyWithoutHost", { "--proxy", "socks5://" }, "--proxy " },
        BadPeerLine{ "Argument", { "offer" }, "unexpected argument offer" }),
    [] (const auto &info) { return std::string (info.param.name); });

} // namespace
