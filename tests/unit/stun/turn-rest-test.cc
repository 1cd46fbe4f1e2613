/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-rest-private.h"

#include "floe-test.h"

struct RestCase
{
  const char *name;
  std::string secret;
  gint64 expiry_s;
  const char *user;
  const char *username;
  const char *password;
};

class TurnRest : public testing::TestWithParam<RestCase>
{
};

/* Passwords from: printf %s USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64 */
TEST_P (TurnRest, IsWhatOpensslMakes)
{
  const RestCase &c = GetParam ();
  std::string username = TakeString (floe_turn_rest_make_username (c.expiry_s, c.user));

  EXPECT_EQ (username, c.username);
  EXPECT_EQ (
      TakeString (floe_turn_rest_make_password (c.secret.c_str (), username.c_str (), nullptr)),
      c.password);
  EXPECT_EQ (floe_turn_rest_get_expiry (username.c_str ()), c.expiry_s);
}

INSTANTIATE_TEST_SUITE_P (
    Vectors, TurnRest,
    testing::Values (RestCase{ "WithUser", "north wind", 1433895918, "filetransfer",
                               "1433895918:filetransfer", "PR++UBs1KGPSpIJHsDmFDEZW7AU=" },
                     RestCase{ "WithoutUser", "north", 1700000000, nullptr, "1700000000",
                               "CWyHi3zCeWqXBir9thl4m+iZPRY=" },
                     RestCase{ "SecretLongerThanABlock", std::string (100, 'x'), 1700000000,
                               "alice", "1700000000:alice", "kfMlSk7XdUYhsKh/pM81//pPw/8=" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (TurnRestExpiry, IsMinusOneForNamesThatHaveNone)
{
  for (const char *username :
       { "", "alice", ":alice", "12x:alice", "-1:alice", "99999999999999999999:alice" })
    EXPECT_EQ (floe_turn_rest_get_expiry (username), -1) << username;
}
