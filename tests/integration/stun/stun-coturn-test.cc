/* SPDX-License-Identifier: MPL-2.0 */
/* Our STUN and TURN requests at a real server. */
#include "../coturn.h"
#include "floe-turn-rest-private.h"
#include "stun-asker.h"

class StunCoturn : public testing::Test
{
protected:
  void Start (const std::vector<std::string> &options = {})
  {
    server_ = std::make_unique<Coturn> (options);
  }
  bool IsRunning () const
  {
    return server_->IsRunning ();
  }
  std::unique_ptr<StunAsker> MakeAsker (const char *username = Coturn::Username (),
                                        const char *password = Coturn::Credential (),
                                        bool is_stream = false)
  {
    return std::make_unique<StunAsker> (
        server_->port (), floe_stun_credentials_new_long_term (username, password, nullptr),
        is_stream);
  }
  static Outcome Allocate (StunAsker &asker)
  {
    return asker.Ask (FLOE_STUN_METHOD_ALLOCATE, [] (auto *builder) {
      floe_turn_builder_add_transport (builder, FLOE_TURN_PROTOCOL_UDP);
      floe_turn_builder_add_lifetime (builder, 700);
    });
  }
  static Outcome Refresh (StunAsker &asker, guint32 lifetime_s)
  {
    return asker.Ask (FLOE_STUN_METHOD_REFRESH, [lifetime_s] (auto *builder) {
      floe_turn_builder_add_lifetime (builder, lifetime_s);
    });
  }
  static Outcome Permit (StunAsker &asker, const FloeStunAddress &peer)
  {
    return asker.Ask (FLOE_STUN_METHOD_CREATE_PERMISSION, [&peer] (auto *builder) {
      floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_PEER_ADDRESS, &peer);
    });
  }

  std::unique_ptr<Coturn> server_;
};

#define NEEDS_COTURN()                                                                             \
  if (!IsRunning ())                                                                               \
  GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start"

static void
ExpectAuthentic (const Outcome &outcome)
{
  EXPECT_EQ (outcome.result, FLOE_STUN_RESULT_SUCCESS) << outcome.error;
  EXPECT_TRUE (outcome.is_authentic);
}

TEST_F (StunCoturn, ABindingTellsTheAddressOfTheSocket)
{
  Start ();
  NEEDS_COTURN ();
  StunAsker asker (server_->port ());
  Outcome binding = asker.Ask (FLOE_STUN_METHOD_BINDING);
  FloeStunAddress mapped, expected = asker.address ();

  ASSERT_EQ (binding.result, FLOE_STUN_RESULT_SUCCESS) << binding.error;
  EXPECT_FALSE (binding.is_authentic);
  ASSERT_TRUE (
      floe_stun_message_get_xor_address (&binding.response, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped));
  EXPECT_TRUE (floe_stun_address_equal (&mapped, &expected));
  EXPECT_EQ (asker.requests (), 1u);
}

TEST_F (StunCoturn, ARightPasswordAllocatesAndRelays)
{
  Start ();
  NEEDS_COTURN ();
  auto client = MakeAsker ();
  StunAsker peer (server_->port ());
  Outcome allocation = Allocate (*client);
  FloeStunAddress relayed;
  guint32 lifetime_s = 0;

  ExpectAuthentic (allocation);
  ASSERT_TRUE (
      floe_turn_message_get_relayed (&allocation.response, FLOE_STUN_FAMILY_IPV4, &relayed));
  EXPECT_TRUE (floe_turn_message_get_lifetime (&allocation.response, &lifetime_s));
  EXPECT_EQ (lifetime_s, 700u);
  EXPECT_EQ (client->requests (), 2u) << "the first one was answered with 401";

  ExpectAuthentic (Permit (*client, peer.address ()));
  EXPECT_EQ (client->requests (), 3u) << "the nonce is kept";

  guint8 indication[200];
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1 };
  FloeStunBuilder builder = floe_stun_builder_init (
      indication, sizeof indication, FLOE_STUN_INDICATION, FLOE_STUN_METHOD_SEND, id);
  FloeStunAddress to = peer.address ();
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, &to);
  floe_turn_builder_add_data (&builder, "through", 7);
  client->Send (indication, floe_stun_builder_finish (&builder));
  std::vector<guint8> got = peer.Receive ();
  EXPECT_EQ (std::string (got.begin (), got.end ()), "through");

  Outcome binding = client->Ask (FLOE_STUN_METHOD_CHANNEL_BIND, [&] (auto *request) {
    floe_turn_builder_add_channel (request, FLOE_TURN_MIN_CHANNEL);
    floe_stun_builder_add_xor_address (request, FLOE_STUN_XOR_PEER_ADDRESS, &to);
  });
  ExpectAuthentic (binding);
  FloeTurnChannelData message = { FLOE_TURN_MIN_CHANNEL, (const guint8 *) "short", 5 };
  client->Send (indication,
                floe_turn_channel_data_write (&message, FALSE, indication, sizeof indication));
  got = peer.Receive ();
  EXPECT_EQ (std::string (got.begin (), got.end ()), "short");

  Outcome refresh = Refresh (*client, 0);
  ExpectAuthentic (refresh);
  EXPECT_TRUE (floe_turn_message_get_lifetime (&refresh.response, &lifetime_s));
  EXPECT_EQ (lifetime_s, 0u);
}

/* RFC 8656 section 12.5: both kinds of messages in one stream, padded. */
TEST_F (StunCoturn, AStreamCarriesRequestsAndChannelData)
{
  Start ();
  NEEDS_COTURN ();
  auto client = MakeAsker (Coturn::Username (), Coturn::Credential (), true);
  StunAsker peer (server_->port ());
  FloeStunAddress to = peer.address (), relayed;
  Outcome allocation = Allocate (*client);

  ExpectAuthentic (allocation);
  ASSERT_TRUE (
      floe_turn_message_get_relayed (&allocation.response, FLOE_STUN_FAMILY_IPV4, &relayed));
  ExpectAuthentic (client->Ask (FLOE_STUN_METHOD_CHANNEL_BIND, [&] (auto *request) {
    floe_turn_builder_add_channel (request, FLOE_TURN_MAX_CHANNEL);
    floe_stun_builder_add_xor_address (request, FLOE_STUN_XOR_PEER_ADDRESS, &to);
  }));

  guint8 buffer[64];
  FloeTurnChannelData message = { FLOE_TURN_MAX_CHANNEL, (const guint8 *) "short", 5 };
  gsize size = floe_turn_channel_data_write (&message, TRUE, buffer, sizeof buffer);
  ASSERT_EQ (size, 12u);
  client->Send (buffer, size);
  std::vector<guint8> got = peer.Receive ();
  EXPECT_EQ (std::string (got.begin (), got.end ()), "short");

  peer.SendTo (relayed.port, "answer!");
  got = client->Receive ();
  ASSERT_TRUE (floe_turn_channel_data_parse (&message, got.data (), got.size ()));
  EXPECT_EQ (message.channel, FLOE_TURN_MAX_CHANNEL);
  EXPECT_EQ (std::string ((const char *) message.data, message.size), "answer!");
  ExpectAuthentic (Refresh (*client, 0));
}

/* coturn answers with 437 (RFC 8656 section 7.2: the 5-tuple has an allocation) before it looks who
 * asks, and proves nothing. */
TEST_F (StunCoturn, AnErrorWithoutProofIsToldAfterAShortWait)
{
  Start ();
  NEEDS_COTURN ();
  auto client = MakeAsker ();
  gint64 start_us;

  ExpectAuthentic (Allocate (*client));
  start_us = g_get_monotonic_time ();
  Outcome again = Allocate (*client);
  EXPECT_EQ (again.result, FLOE_STUN_RESULT_ERROR) << again.error;
  EXPECT_EQ (again.error_code, (guint) FLOE_STUN_ERROR_ALLOCATION_MISMATCH);
  EXPECT_FALSE (again.is_authentic);
  EXPECT_LT (g_get_monotonic_time () - start_us, G_TIME_SPAN_SECOND);
  ExpectAuthentic (Refresh (*client, 0));
}

/* RFC 8489 section 9.2.4: "Any response generated by the server MUST include" a proof. */
TEST_F (StunCoturn, AQuotaThatIsUsedUpIsProved)
{
  Start ({ "--user-quota=1" });
  NEEDS_COTURN ();
  auto first = MakeAsker (), second = MakeAsker ();

  ExpectAuthentic (Allocate (*first));
  Outcome refused = Allocate (*second);
  EXPECT_EQ (refused.result, FLOE_STUN_RESULT_ERROR) << refused.error;
  EXPECT_EQ (refused.error_code, (guint) FLOE_STUN_ERROR_QUOTA_REACHED);
  EXPECT_TRUE (refused.is_authentic);
  ExpectAuthentic (Refresh (*first, 0));
}

TEST_F (StunCoturn, AForbiddenPeerIsProved)
{
  Start ({ "--denied-peer-ip=127.0.0.9" });
  NEEDS_COTURN ();
  auto client = MakeAsker ();

  ExpectAuthentic (Allocate (*client));
  Outcome refused = Permit (*client, { { 127, 0, 0, 9 }, FLOE_STUN_IPV4_SIZE, 9 });
  EXPECT_EQ (refused.result, FLOE_STUN_RESULT_ERROR) << refused.error;
  EXPECT_EQ (refused.error_code, (guint) FLOE_STUN_ERROR_FORBIDDEN);
  EXPECT_TRUE (refused.is_authentic);
  ExpectAuthentic (Refresh (*client, 0));
}

TEST_F (StunCoturn, AWrongPasswordIsRefusedAtOnce)
{
  Start ();
  NEEDS_COTURN ();
  for (const char *username : { Coturn::Username (), "nobody" })
    {
      auto client = MakeAsker (username, "wrong");
      Outcome allocation = Allocate (*client);

      EXPECT_EQ (allocation.result, FLOE_STUN_RESULT_REFUSED) << allocation.error;
      EXPECT_EQ (allocation.error_code, (guint) FLOE_STUN_ERROR_UNAUTHENTICATED);
      EXPECT_EQ (client->requests (), 2u);
      EXPECT_NE (allocation.error.find (username), std::string::npos) << allocation.error;
    }
}

TEST_F (StunCoturn, AStaleNonceIsReplaced)
{
  Start ({ "--stale-nonce=1" });
  NEEDS_COTURN ();
  auto client = MakeAsker ();

  ExpectAuthentic (Allocate (*client));
  guint requests = client->requests ();
  g_usleep (2200 * 1000);
  Outcome refresh = Refresh (*client, 600);
  ExpectAuthentic (refresh);
  EXPECT_EQ (refresh.error_code, (guint) FLOE_STUN_ERROR_STALE_NONCE) << "the server asked for it";
  EXPECT_EQ (client->requests (), requests + 2);
  ExpectAuthentic (Refresh (*client, 0));
}

class StunCoturnRest : public StunCoturn
{
protected:
  static constexpr const char *secret_ = "north wind";

  std::unique_ptr<StunAsker> MakeRestAsker (gint64 lifetime_s, const char *secret)
  {
    gint64 expiry_s = g_get_real_time () / G_USEC_PER_SEC + lifetime_s;
    std::string username = TakeString (floe_turn_rest_make_username (expiry_s, "alice"));
    std::string password =
        TakeString (floe_turn_rest_make_password (secret, username.c_str (), nullptr));

    return MakeAsker (username.c_str (), password.c_str ());
  }
};

TEST_F (StunCoturnRest, CredentialsOfASharedSecretAreTakenUntilTheyExpire)
{
  Start ({ "--use-auth-secret", std::string ("--static-auth-secret=") + secret_ });
  NEEDS_COTURN ();
  auto good = MakeRestAsker (60, secret_);
  ExpectAuthentic (Allocate (*good));
  ExpectAuthentic (Refresh (*good, 0));

  auto expired = MakeRestAsker (-60, secret_), forged = MakeRestAsker (60, "south wind");
  EXPECT_EQ (Allocate (*expired).result, FLOE_STUN_RESULT_REFUSED);
  EXPECT_EQ (Allocate (*forged).result, FLOE_STUN_RESULT_REFUSED);
}

TEST_F (StunCoturn, AnotherServerThatItNamesIsReported)
{
  Start ({ "--alternate-server=127.0.0.1:9" });
  NEEDS_COTURN ();
  auto client = MakeAsker ();
  Outcome allocation = Allocate (*client);
  FloeStunAddress alternate;

  ASSERT_EQ (allocation.result, FLOE_STUN_RESULT_ERROR) << allocation.error;
  EXPECT_EQ (allocation.error_code, (guint) FLOE_STUN_ERROR_TRY_ALTERNATE);
  ASSERT_TRUE (
      floe_stun_message_get_address (&allocation.response, FLOE_STUN_ALTERNATE_SERVER, &alternate));
  EXPECT_EQ (alternate.port, 9);
}
