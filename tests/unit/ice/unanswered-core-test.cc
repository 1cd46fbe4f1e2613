/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-inet-convert-private.h"
#include "floe-unanswered-core-private.h"
G_END_DECLS

static const gsize packet_size = 1024;

class UnansweredCore : public testing::Test
{
protected:
  ~UnansweredCore () override
  {
    floe_unanswered_core_free (core_);
  }

  static FloeStunAddress Address (const std::string &text, guint16 port = 5000)
  {
    FloeStunAddress address = {};

    EXPECT_TRUE (floe_stun_address_from_text (text.c_str (), &address)) << text;
    address.port = port;
    return address;
  }

  bool Take (const std::string &text, guint16 port = 5000, gsize size = packet_size)
  {
    FloeStunAddress to = Address (text, port);

    return floe_unanswered_core_take (core_, now_us_, &to, size);
  }

  bool Send (const std::string &text)
  {
    FloeStunAddress to = Address (text);

    return floe_unanswered_core_send (core_, now_us_, &to, 1);
  }

  void Answer (const std::string &text)
  {
    FloeStunAddress from = Address (text);

    floe_unanswered_core_handle_answer (core_, now_us_, &from);
  }

  /* How many packets of @packet_size it may have now. */
  guint Spend (const std::string &text)
  {
    guint count = 0;

    while (count < 100000 && Take (text, (guint16) (1024 + count % 60000)))
      count++;
    return count;
  }

  FloeUnansweredCore *core_ = floe_unanswered_core_new ();
  gint64 now_us_ = 1000000;
};

TEST_F (UnansweredCore, GivesAnAddressItsBurstOnAllPortsTogether)
{
  EXPECT_EQ (Spend ("198.51.100.1"), FLOE_UNANSWERED_BURST_SIZE / packet_size);
  EXPECT_FALSE (Take ("198.51.100.1", 7));
  EXPECT_FALSE (Take ("198.51.100.1", 5000, 1));
  EXPECT_TRUE (Take ("198.51.100.2"));
}

TEST_F (UnansweredCore, GivesLittleInTheLongRun)
{
  guint count;

  Spend ("198.51.100.1");
  now_us_ += G_TIME_SPAN_HOUR;
  count = Spend ("198.51.100.1");
  EXPECT_EQ (count, 3600u * FLOE_UNANSWERED_BYTES_PER_S / packet_size);
}

TEST_F (UnansweredCore, NeverGivesMoreThanTheBurst)
{
  now_us_ += 1000 * G_TIME_SPAN_HOUR;
  Spend ("198.51.100.1");
  now_us_ += 1000 * G_TIME_SPAN_HOUR;
  EXPECT_EQ (Spend ("198.51.100.1"), FLOE_UNANSWERED_BURST_SIZE / packet_size);
  EXPECT_FALSE (Take ("198.51.100.9", 5000, FLOE_UNANSWERED_BURST_SIZE + 1));
}

TEST_F (UnansweredCore, CountsNothingOfWhoAnswersForAnHour)
{
  Spend ("198.51.100.1");
  Answer ("198.51.100.1");
  EXPECT_EQ (Spend ("198.51.100.1"), 100000u);
  EXPECT_FALSE (Take ("198.51.100.1", 5000, FLOE_UNANSWERED_BURST_SIZE + 1));
  now_us_ += FLOE_UNANSWERED_TRUST_US + 1;
  EXPECT_LT (Spend ("198.51.100.1"), FLOE_UNANSWERED_BURST_SIZE / packet_size);
}

TEST_F (UnansweredCore, TakesANetworkOfIpv6ForOneAddress)
{
  EXPECT_EQ (Spend ("2001:db8:0:1::1"), FLOE_UNANSWERED_BURST_SIZE / packet_size);
  EXPECT_FALSE (Take ("2001:db8:0:1:ffff::7"));
  EXPECT_TRUE (Take ("2001:db8:0:2::1"));
}

TEST_F (UnansweredCore, CountsNothingOnLoopback)
{
  EXPECT_EQ (Spend ("127.0.0.1"), 100000u);
  EXPECT_EQ (Spend ("::1"), 100000u);
  Answer ("127.0.0.1");
  EXPECT_EQ (floe_unanswered_core_get_count (core_), 0u);
}

TEST_F (UnansweredCore, KeepsSoManyAccountsAndForgetsWhoOwesLeast)
{
  Spend ("198.51.100.1");
  for (guint i = 0; i < 10000; i++)
    Take ("203.0." + std::to_string (i / 250) + "." + std::to_string (i % 250));
  EXPECT_EQ (floe_unanswered_core_get_count (core_), (guint) FLOE_UNANSWERED_MAX_ACCOUNTS);
  EXPECT_FALSE (Take ("198.51.100.1"));
}

TEST_F (UnansweredCore, ForgetsWhatIsSettled)
{
  for (guint i = 0; i < FLOE_UNANSWERED_MAX_ACCOUNTS; i++)
    Take ("203.0." + std::to_string (i / 250) + "." + std::to_string (i % 250));
  now_us_ += G_TIME_SPAN_HOUR;
  Take ("198.51.100.1");
  EXPECT_EQ (floe_unanswered_core_get_count (core_), 1u);
}

TEST_F (UnansweredCore, HasOneRateForPacketsToWhomever)
{
  guint count = 0;

  while (count < 10000 && Send ("198.51.100." + std::to_string (count % 200)))
    count++;
  EXPECT_EQ (count, (guint) FLOE_UNANSWERED_PACKET_BURST);
  EXPECT_TRUE (Take ("198.51.100.1")) << "what goes out at a pace has no such rate";
  now_us_ += G_TIME_SPAN_SECOND;
  for (count = 0; count < 10000 && Send ("198.51.100.1");)
    count++;
  EXPECT_EQ (count, (guint) FLOE_UNANSWERED_PACKETS_PER_S);
}
