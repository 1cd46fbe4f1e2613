/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-turn-rest-private.h"
#include <floe/floe-error.h>
#include <floe/floe-turn-credentials.h>
G_END_DECLS

static gint64
NowS ()
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

TEST (TurnCredentials, EndWhenTheyWereAskedTo)
{
  gint64 before_s = NowS ();
  g_autoptr (FloeTurnCredentials) credentials =
      floe_turn_credentials_new ("north", "alice", 600, nullptr);
  gint64 expiry_s = floe_turn_credentials_get_expiry (credentials);

  EXPECT_GE (expiry_s, before_s + 600);
  EXPECT_LE (expiry_s, NowS () + 600);
  EXPECT_EQ (floe_turn_credentials_get_username (credentials),
             std::to_string (expiry_s) + ":alice");
  EXPECT_EQ (floe_turn_rest_get_expiry (floe_turn_credentials_get_username (credentials)),
             expiry_s);
}

TEST (TurnCredentials, HaveThePasswordThatTheServerWorksOut)
{
  g_autoptr (FloeTurnCredentials) credentials =
      floe_turn_credentials_new ("north", nullptr, 60, nullptr);
  const char *username = floe_turn_credentials_get_username (credentials);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) "north", 5);
  guint8 digest[20];
  gsize size = sizeof digest;

  EXPECT_EQ (username, std::to_string (floe_turn_credentials_get_expiry (credentials)));
  g_hmac_update (hmac, (const guchar *) username, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_autofree char *expected = g_base64_encode (digest, size);
  EXPECT_STREQ (floe_turn_credentials_get_password (credentials), expected);
}

/* From `openssl dgst -sha1 -hmac north -binary | base64` of the user name. */
TEST (TurnCredentials, MatchAKnownVector)
{
  g_autofree char *password = floe_turn_rest_make_password ("north", "1433895918:alice", nullptr);

  EXPECT_STREQ (password, "RqMvcGPYTJMGThVLSi4amT4zFtI=");
}

struct BadCredentials
{
  const char *name;
  const char *secret;
  std::string user;
  guint lifetime;
  FloeError code;
};

class TurnCredentialsReject : public testing::TestWithParam<BadCredentials>
{
};

TEST_P (TurnCredentialsReject, WhatMakesNone)
{
  ErrorHolder error;

  EXPECT_EQ (floe_turn_credentials_new (GetParam ().secret, GetParam ().user.c_str (),
                                        GetParam ().lifetime, error),
             nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, GetParam ().code)) << error.message ();
}

INSTANTIATE_TEST_SUITE_P (
    Arguments, TurnCredentialsReject,
    testing::Values (BadCredentials{ "NoSecret", "", "u", 60, FLOE_ERROR_SYNTAX },
                     BadCredentials{ "NoTime", "s", "u", 0, FLOE_ERROR_RANGE },
                     BadCredentials{ "NotUtf8", "s", "\xff", 60, FLOE_ERROR_SYNTAX },
                     BadCredentials{ "LongUser", "s", std::string (488, 'u'), 60,
                                     FLOE_ERROR_SYNTAX }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (TurnCredentials, TakeTheLongestUser)
{
  g_autoptr (FloeTurnCredentials) credentials =
      floe_turn_credentials_new ("s", std::string (487, 'u').c_str (), G_MAXUINT, nullptr);

  ASSERT_NE (credentials, nullptr);
  EXPECT_LE (strlen (floe_turn_credentials_get_username (credentials)), 508u);
}
