/* SPDX-License-Identifier: MPL-2.0 */
/* What floe-turn writes, reads and reports. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <unistd.h>

extern "C"
{
#include "turn-config.h"
#include "turn-login.h"
#include "turn-report.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

/* A configuration without faults, to break in one place. */
class TurnConfigTest : public testing::Test
{
public:
  TurnConfigTest ()
  {
    turn_config_init (&config);
    config.realm = g_strdup ("relay.test");
    config.has_no_tls = TRUE;
    Add ("25.0.0.1");
  }
  ~TurnConfigTest () override
  {
    turn_config_clear (&config);
  }
  void Add (const char *address)
  {
    ErrorHolder error;
    EXPECT_TRUE (turn_config_add_address (&config, address, error)) << error.message ();
  }
  void Replace (const char *address)
  {
    g_array_set_size (config.addresses, 0);
    Add (address);
  }
  std::string Problems ()
  {
    g_autoptr (GPtrArray) problems = turn_config_check (&config);
    std::string text;
    for (guint i = 0; i < problems->len; i++)
      text += std::string (static_cast<const char *> (g_ptr_array_index (problems, i))) + "\n";
    return text;
  }
  std::string Lines ()
  {
    std::string all = TakeString (turn_config_to_text (&config)), lines = "\n";
    g_auto (GStrv) split = g_strsplit (all.c_str (), "\n", -1);
    for (guint i = 0; split[i] != nullptr; i++)
      if (split[i][0] != '#' && split[i][0] != '\0')
        lines += std::string (split[i]) + "\n";
    return lines;
  }

  TurnConfig config;
};

TEST_F (TurnConfigTest, IsWithoutFaultsToBeginWith)
{
  EXPECT_EQ (Problems (), "");
}

TEST_F (TurnConfigTest, RefusesAddressesThatReachNobody)
{
  for (const char *address : { "10.0.0.1", "127.0.0.1", "100.64.1.1", "203.0.113.1", "::1",
                               "fe80::1", "fd00::1", "2001:db8::1", "::ffff:25.0.0.1" })
    {
      Replace (address);
      EXPECT_THAT (Problems (), HasSubstr (address));
    }
  for (const char *address : { "25.0.0.1/25.0.0.1", "25.0.0.1/26.0.0.1", "25.0.0.1/127.0.0.1",
                               "25.0.0.1/fd00::1", "25.0.0.1/0.0.0.0" })
    {
      Replace (address);
      EXPECT_NE (Problems (), "") << address;
    }
  for (const char *address : { "25.0.0.1/10.0.0.1", "25.0.0.1/100.64.0.1", "2600::1/fd00::1" })
    {
      Replace (address);
      EXPECT_EQ (Problems (), "") << address;
    }
  for (const char *address : { "", "relay.test", "25.0.0.1/", "25.0.0.1/x", "fe80::1%eth0" })
    {
      ErrorHolder error;
      EXPECT_FALSE (turn_config_add_address (&config, address, error)) << address;
      EXPECT_TRUE (error.Is (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE));
    }
}

TEST_F (TurnConfigTest, RefusesAnAddressTwice)
{
  Add ("25.0.0.1");
  EXPECT_THAT (Problems (), HasSubstr ("twice"));
}

struct PortCase
{
  int port, tls_port, min, max, user_quota, total_quota;
  bool is_good;
};

TEST_F (TurnConfigTest, RefusesPortsAndQuotasThatMakeNoSense)
{
  const PortCase cases[] = {
    { 443, 5349, 1024, 65535, 12, 1200, false }, { 443, 444, 1024, 65535, 12, 1200, true },
    { 0, 5349, 49152, 65535, 12, 1200, false },  { 65536, 443, 49152, 65535, 12, 1200, false },
    { 443, 443, 49152, 65535, 12, 1200, false }, { 3478, 5349, 1023, 2000, 1, 1, false },
    { 3478, 5349, 50000, 49999, 1, 1, false },   { 3478, 5349, 60000, 65536, 1, 1, false },
    { 3478, 5349, 50000, 50099, 12, 100, true }, { 3478, 5349, 50000, 50099, 12, 101, false },
    { 3478, 5349, 3479, 9000, 1, 1, false },     { 3478, 5349, 50000, 50099, 0, 100, false },
    { 3478, 5349, 50000, 50099, 12, 11, false }, { 3478, -1, 50000, 50099, 12, 12, false },
  };
  config.has_no_tls = FALSE;
  for (const PortCase &each : cases)
    {
      config.port = each.port;
      config.tls_port = each.tls_port;
      config.min_port = each.min;
      config.max_port = each.max;
      config.user_quota = each.user_quota;
      config.total_quota = each.total_quota;
      std::string problems = Problems ();
      /* The certificate is missing in all of them. */
      EXPECT_EQ (std::count (problems.begin (), problems.end (), '\n') == 1, each.is_good)
          << problems;
    }
}

TEST_F (TurnConfigTest, RefusesWhatCoturnWouldMisunderstand)
{
  for (const char *user :
       { "", ":long-enough-password", "a b:long-enough-password", "alice:short",
         "alice:", "alice:0x00112233445566778899aabbccddeeff", "alice:with space in it",
         "alice:=long-enough-one", "alice:long-enough;", "alice:long\nenough\nno-auth",
         "alice:\"long-enough\"" })
    {
      g_array_set_size (config.users, 0);
      turn_config_add_user (&config, user);
      EXPECT_NE (Problems (), "") << user;
    }
  g_array_set_size (config.users, 0);
  turn_config_add_user (&config, "alice");
  turn_config_add_user (&config, "bob:a:long=password");
  EXPECT_EQ (Problems (), "");
  for (const char *realm : { "", "a b", "a\nno-auth", "a=b", "ä" })
    {
      g_free (config.realm);
      config.realm = g_strdup (realm);
      EXPECT_NE (Problems (), "") << realm;
    }
}

TEST_F (TurnConfigTest, RefusesASecretThatIsNone)
{
  for (const char *secret : { "", "short", "with spaces in it and long enough, too" })
    {
      g_free (config.secret);
      config.secret = g_strdup (secret);
      EXPECT_THAT (Problems (), HasSubstr ("The secret")) << secret;
    }
}

TEST_F (TurnConfigTest, MakesSecretsOf256Bits)
{
  g_auto (TurnConfig) other = {};
  turn_config_init (&other);
  EXPECT_EQ (strlen (config.secret), 64u);
  EXPECT_STRNE (config.secret, other.secret);
}

TEST_F (TurnConfigTest, HasUsersOrASecretAndNeverBoth)
{
  EXPECT_THAT (Lines (), HasSubstr ("\nuse-auth-secret\nstatic-auth-secret="));
  EXPECT_THAT (Lines (), Not (HasSubstr ("lt-cred-mech")));
  turn_config_add_user (&config, "alice:long-enough-password");
  EXPECT_THAT (Lines (), HasSubstr ("\nlt-cred-mech\nuser=alice:long-enough-password\n"));
  EXPECT_THAT (Lines (), Not (HasSubstr ("secret")));
}

TEST_F (TurnConfigTest, NamesThePrivateAddressBehindANat)
{
  EXPECT_THAT (Lines (), HasSubstr ("\nlistening-ip=25.0.0.1\nrelay-ip=25.0.0.1\n"));
  EXPECT_THAT (Lines (), Not (HasSubstr ("external-ip")));
  Replace ("25.0.0.1/10.0.0.5");
  EXPECT_THAT (Lines (), HasSubstr ("\nlistening-ip=10.0.0.5\nrelay-ip=10.0.0.5\n"
                                    "external-ip=25.0.0.1/10.0.0.5\n"));
}

TEST_F (TurnConfigTest, TellsNatsApartWithTwoPublicAddressesOnly)
{
  EXPECT_THAT (Lines (), HasSubstr ("\nno-rfc5780\n"));
  Add ("2600::1");
  EXPECT_THAT (Lines (), HasSubstr ("\nno-rfc5780\n"));
  Add ("25.0.0.2");
  EXPECT_THAT (Lines (), Not (HasSubstr ("no-rfc5780")));
  Add ("25.0.0.3/10.0.0.3");
  EXPECT_THAT (Lines (), HasSubstr ("\nno-rfc5780\n"));
}

TEST_F (TurnConfigTest, HasWhatKeepsARelayFromAbuse)
{
  for (const char *line : { "fingerprint", "stale-nonce=600", "no-multicast-peers", "no-cli",
                            "no-tcp-relay", "no-software-attribute", "no-dynamic-ip-list",
                            "user-quota=12", "total-quota=1200", "max-bps=3000000", "no-tls" })
    EXPECT_THAT (Lines (), HasSubstr ("\n" + std::string (line) + "\n"));
  EXPECT_THAT (Lines (), Not (HasSubstr ("verbose")));
  config.wants_tcp_relay = TRUE;
  config.max_bps = 0;
  EXPECT_THAT (Lines (), Not (HasSubstr ("no-tcp-relay")));
  EXPECT_THAT (Lines (), Not (HasSubstr ("max-bps")));
}

TEST_F (TurnConfigTest, AsksForACapabilityForLowPorts)
{
  EXPECT_THAT (TakeString (turn_config_describe_next (&config, "x")),
               Not (HasSubstr ("CAP_NET_BIND_SERVICE")));
  config.port = 443;
  EXPECT_THAT (TakeString (turn_config_describe_next (&config, "x")),
               HasSubstr ("CAP_NET_BIND_SERVICE"));
}

/* HMAC-SHA-1 of "1700000000:alice" with "north", by OpenSSL. */
TEST (TurnLogin, IsWhatOpensslMakes)
{
  g_auto (TurnLogin) login = {};
  turn_login_from_secret (&login, "north", "alice", 1700000000);
  EXPECT_STREQ (login.username, "1700000000:alice");
  EXPECT_STREQ (login.password, "Cd/49soE35ICqcJF/bCTn8Z4OyE=");
}

class TurnLoginFile : public testing::Test
{
public:
  TurnLoginFile ()
  {
    path_ = TakeString (g_strdup_printf ("%s/floe-turn-test.%d", g_get_tmp_dir (), getpid ()));
  }
  ~TurnLoginFile () override
  {
    remove (path_.c_str ());
    g_free (secret_);
    turn_login_clear (&login_);
  }
  bool Read (const char *text)
  {
    g_clear_pointer (&secret_, g_free);
    turn_login_clear (&login_);
    EXPECT_TRUE (g_file_set_contents (path_.c_str (), text, -1, nullptr));
    ErrorHolder error;
    return turn_login_read_config (path_.c_str (), &secret_, &login_, error);
  }

  std::string path_;
  char *secret_ = nullptr;
  TurnLogin login_ = {};
};

TEST_F (TurnLoginFile, HasTheSecretOrAUser)
{
  ASSERT_TRUE (Read ("# static-auth-secret=no\nrealm=a\n static-auth-secret = yes \nuser=a:b\n"));
  EXPECT_STREQ (secret_, "yes");
  EXPECT_EQ (login_.username, nullptr);
  ASSERT_TRUE (Read ("userdb=/x\nuser=hidden:0x00\nuser=alice:a:b\nuser=bob:c"));
  EXPECT_EQ (secret_, nullptr);
  EXPECT_STREQ (login_.username, "alice");
  EXPECT_STREQ (login_.password, "a:b");
  EXPECT_FALSE (Read (""));
  EXPECT_FALSE (Read ("user=hidden:0x00\nuser\nstatic-auth-secret"));
}

TEST (TurnReport, ProvesNothingWithoutARefusal)
{
  g_autoptr (TurnReport) report = turn_report_new ("turn:a");
  EXPECT_EQ (turn_report_get_verdict (report), TURN_VERDICT_UNKNOWN);
  turn_report_add_range (report, "10.0.0.0/8", "private", TURN_VERDICT_OK, "403");
  EXPECT_EQ (turn_report_get_verdict (report), TURN_VERDICT_OK);
  turn_report_add (report, "software", TURN_VERDICT_NOTE, "talks");
  EXPECT_EQ (turn_report_get_verdict (report), TURN_VERDICT_OK);
  turn_report_add (report, "nonce", TURN_VERDICT_UNKNOWN, "silence");
  EXPECT_EQ (turn_report_get_verdict (report), TURN_VERDICT_UNKNOWN);
  turn_report_add_range (report, "fc00::/7", "private", TURN_VERDICT_OPEN, "success");
  EXPECT_EQ (turn_report_get_verdict (report), TURN_VERDICT_OPEN);
  EXPECT_THAT (TakeString (turn_report_to_text (report, FALSE)), HasSubstr ("fc00::/7"));
  EXPECT_THAT (TakeString (turn_report_to_text (report, FALSE)), Not (HasSubstr ("10.0.0.0/8")));
}

} // namespace
