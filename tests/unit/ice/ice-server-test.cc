/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-ice-server-private.h"
#include <floe/floe-error.h>
G_END_DECLS

struct BadServer
{
  const char *name;
  std::vector<const char *> urls;
  const char *username;
  const char *credential;
  FloeError code;
};

class IceServerRejects : public testing::TestWithParam<BadServer>
{
};

TEST_P (IceServerRejects, AsW3cSays)
{
  std::vector<const char *> urls = GetParam ().urls;
  ErrorHolder error;

  urls.push_back (nullptr);
  EXPECT_EQ (
      floe_ice_server_new (urls.data (), GetParam ().username, GetParam ().credential, error),
      nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, GetParam ().code)) << error.message ();
}

static const std::string long_name (509, 'u');

INSTANTIATE_TEST_SUITE_P (
    W3c, IceServerRejects,
    testing::Values (
        BadServer{ "NoUrls", {}, nullptr, nullptr, FLOE_ERROR_SYNTAX },
        BadServer{ "BadUrl", { "ftp:x" }, nullptr, nullptr, FLOE_ERROR_SYNTAX },
        BadServer{ "OneBadUrl", { "stun:a.org", "stun:" }, nullptr, nullptr, FLOE_ERROR_SYNTAX },
        BadServer{ "NoUsername", { "turn:a.org" }, nullptr, "c", FLOE_ERROR_INVALID_ACCESS },
        BadServer{ "NoCredential", { "turn:a.org" }, "u", nullptr, FLOE_ERROR_INVALID_ACCESS },
        BadServer{ "LongUsername",
                   { "turn:a.org" },
                   long_name.c_str (),
                   "c",
                   FLOE_ERROR_INVALID_ACCESS },
        BadServer{ "TurnsWithoutCredential",
                   { "turns:a.org" },
                   "u",
                   nullptr,
                   FLOE_ERROR_INVALID_ACCESS },
        BadServer{ "TurnsOverUdp",
                   { "turns:a.org?transport=udp" },
                   "u",
                   "c",
                   FLOE_ERROR_NOT_SUPPORTED }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (IceServer, KeepsCopiesOfWhatItWasGiven)
{
  char url[] = "turn:a.org";
  const char *urls[] = { "stun:b.org", url, nullptr };
  g_autoptr (FloeIceServer) server = floe_ice_server_new (urls, "me", "secret", nullptr);

  url[0] = 'x';
  ASSERT_NE (server, nullptr);
  EXPECT_STREQ (floe_ice_server_get_urls (server)[0], "stun:b.org");
  EXPECT_STREQ (floe_ice_server_get_urls (server)[1], "turn:a.org");
  EXPECT_EQ (floe_ice_server_get_urls (server)[2], nullptr);
  EXPECT_STREQ (floe_ice_server_get_username (server), "me");
  EXPECT_STREQ (floe_ice_server_get_credential (server), "secret");
}

class IcePlan : public testing::Test
{
protected:
  ~IcePlan () override
  {
    g_ptr_array_unref (servers_);
    g_clear_pointer (&plan_, g_ptr_array_unref);
  }

  void Add (const char *url)
  {
    const char *urls[] = { url, nullptr };

    g_ptr_array_add (servers_, floe_ice_server_new (urls, "me", "secret", nullptr));
  }

  guint Plan (FloeIceTransportPolicy policy = FLOE_ICE_TRANSPORT_POLICY_ALL)
  {
    g_clear_pointer (&plan_, g_ptr_array_unref);
    plan_ = floe_ice_servers_to_plan (servers_, policy, nullptr);
    return plan_->len;
  }

  const FloePathSpec *Row (guint i)
  {
    return static_cast<const FloePathSpec *> (g_ptr_array_index (plan_, i));
  }

  std::string Asked ()
  {
    std::string asked;

    for (guint i = 0; i < Row (0)->stun_servers->len; i++)
      asked += TakeString (
                   floe_ice_uri_serialize (&g_array_index (Row (0)->stun_servers, FloeIceUri, i)))
               + " ";
    return asked;
  }

  GPtrArray *servers_ = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  GPtrArray *plan_ = nullptr;
};

TEST_F (IcePlan, WithoutServersIsOneDirectPath)
{
  ASSERT_EQ (Plan (), 1u);
  EXPECT_EQ (Row (0)->kind, FLOE_PATH_DIRECT);
  EXPECT_EQ (Asked (), "");
  EXPECT_TRUE (Row (0)->may_carry_data);
  EXPECT_EQ (Row (0)->start_after_ms, 0u);
}

TEST_F (IcePlan, AsksAllStunServersAndThenTheTurnServersOverUdp)
{
  Add ("turn:tcp.org?transport=tcp");
  Add ("turn:udp.org:3479");
  Add ("stun:first.org");
  Add ("stun:second.org");
  ASSERT_EQ (Plan (), 3u);
  EXPECT_EQ (Asked (), "stun:first.org stun:second.org turn:udp.org:3479 ");
}

TEST_F (IcePlan, AsksAServerOnceThatIsThereAsBoth)
{
  Add ("turn:a.org");
  Add ("stun:A.org");
  Add ("stun:a.org:3479");
  Plan ();
  EXPECT_EQ (Asked (), "stun:A.org stun:a.org:3479 ");
}

TEST_F (IcePlan, AsksABoundedNumberOfStunServers)
{
  for (int i = 0; i < 20; i++)
    Add (("stun:s" + std::to_string (i) + ".org").c_str ());
  Plan ();
  EXPECT_EQ (Row (0)->stun_servers->len, 8u);
}

TEST_F (IcePlan, HasARelayPathForEachTurnUrlInTheirOrder)
{
  Add ("turn:t.org?transport=tcp");
  Add ("turn:t.org");
  Add ("turns:t.org");
  ASSERT_EQ (Plan (), 4u);
  EXPECT_EQ (Row (1)->kind, FLOE_PATH_RELAY);
  EXPECT_EQ (Row (1)->server.protocol, FLOE_ICE_PROTOCOL_TCP);
  EXPECT_STREQ (Row (2)->username, "me");
  EXPECT_STREQ (Row (2)->credential, "secret");
  EXPECT_EQ (floe_path_spec_get_relay_protocol (Row (0)), FLOE_RELAY_PROTOCOL_NONE);
  EXPECT_EQ (floe_path_spec_get_relay_protocol (Row (1)), FLOE_RELAY_PROTOCOL_TCP);
  EXPECT_EQ (floe_path_spec_get_relay_protocol (Row (2)), FLOE_RELAY_PROTOCOL_UDP);
  EXPECT_EQ (floe_path_spec_get_relay_protocol (Row (3)), FLOE_RELAY_PROTOCOL_TLS);
  EXPECT_EQ (Row (3)->server.port, 5349);
  EXPECT_GT (Row (0)->preference, Row (2)->preference);
}

TEST_F (IcePlan, GetsNothingFromAStunServerOverTls)
{
  Add ("stuns:s.org");
  ASSERT_EQ (Plan (), 1u);
  EXPECT_STREQ (Row (0)->server.host, "");
}

TEST_F (IcePlan, HasRelayPathsOnlyWithPolicyRelay)
{
  Add ("stun:s.org");
  EXPECT_EQ (Plan (FLOE_ICE_TRANSPORT_POLICY_RELAY), 0u);
  Add ("turn:t.org");
  ASSERT_EQ (Plan (FLOE_ICE_TRANSPORT_POLICY_RELAY), 1u);
  EXPECT_EQ (Row (0)->kind, FLOE_PATH_RELAY);
}

TEST_F (IcePlan, IsBounded)
{
  for (int i = 0; i < 50; i++)
    Add ("turn:t.org");
  EXPECT_EQ (Plan (), 9u);
}
