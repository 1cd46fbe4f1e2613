/* SPDX-License-Identifier: MPL-2.0 */
/* How much of a rendezvous one address may have. */
#include <floe-test.h>

extern "C"
{
#include "rendezvous-limits.h"
}

namespace
{

const guint max_connections = 100;
const guint max_handshakes = RENDEZVOUS_MAX_HANDSHAKES_PER_ADDRESS + 10;

class LimitsTest : public testing::Test
{
protected:
  ~LimitsTest () override
  {
    slots_.clear ();
    rendezvous_limits_free (limits_);
  }
  /* (nullable): a slot that lives as long as the test, or until Leave(). */
  RendezvousSlot *Take (const std::string &text)
  {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text.c_str ());
    RendezvousSlot *slot = rendezvous_limits_take (limits_, address, now_us_);

    if (slot != nullptr)
      slots_.emplace_back (slot, rendezvous_slot_free);
    return slot;
  }
  void Leave ()
  {
    slots_.pop_back ();
  }
  int TakeAll (const std::string &text)
  {
    int count = 0;

    while (Take (text) != nullptr)
      count++;
    return count;
  }
  int JoinAll (RendezvousSlot *slot)
  {
    int count = 0;

    while (rendezvous_slot_take_join (slot, now_us_))
      count++;
    return count;
  }

  gint64 now_us_ = 1000000;
  RendezvousLimits *limits_ = rendezvous_limits_new (max_connections, max_handshakes);
  std::vector<std::unique_ptr<RendezvousSlot, void (*) (RendezvousSlot *)> > slots_;
};

TEST_F (LimitsTest, BoundConnectionsOfAnAddressAndNotOfOthers)
{
  EXPECT_EQ (TakeAll ("192.0.2.1"), RENDEZVOUS_MAX_CONNECTIONS_PER_ADDRESS);
  EXPECT_NE (Take ("192.0.2.2"), nullptr);
  Leave ();
  Leave ();
  EXPECT_NE (Take ("192.0.2.1"), nullptr);
}

TEST_F (LimitsTest, BoundConnectionsInAll)
{
  int count = 0;

  for (int i = 1; i < 10; i++)
    count += TakeAll ("192.0.2." + std::to_string (i));
  EXPECT_EQ (count, static_cast<int> (max_connections));
}

TEST_F (LimitsTest, TakeAnIpv6PrefixAsOneAddress)
{
  for (int i = 0; i < RENDEZVOUS_MAX_CONNECTIONS_PER_ADDRESS; i++)
    ASSERT_NE (Take ("2001:db8:1:2::" + std::to_string (i)), nullptr);
  EXPECT_EQ (Take ("2001:db8:1:2:ffff::1"), nullptr);
  EXPECT_NE (Take ("2001:db8:1:3::1"), nullptr);
}

TEST_F (LimitsTest, TellIpv4AddressesApartOnAnIpv6Socket)
{
  EXPECT_EQ (TakeAll ("::ffff:192.0.2.1"), RENDEZVOUS_MAX_CONNECTIONS_PER_ADDRESS);
  EXPECT_EQ (Take ("192.0.2.1"), nullptr) << "the same, whatever the socket";
  EXPECT_NE (Take ("::ffff:192.0.2.2"), nullptr);
}

TEST_F (LimitsTest, BoundHandshakes)
{
  std::vector<RendezvousSlot *> taken;

  for (int i = 0; i < RENDEZVOUS_MAX_HANDSHAKES_PER_ADDRESS; i++)
    {
      taken.push_back (Take ("192.0.2.1"));
      EXPECT_TRUE (rendezvous_slot_begin_handshake (taken.back ()));
    }
  EXPECT_FALSE (rendezvous_slot_begin_handshake (Take ("192.0.2.1")));
  EXPECT_TRUE (rendezvous_slot_begin_handshake (Take ("192.0.2.2")));

  rendezvous_slot_end_handshake (taken[0]);
  rendezvous_slot_end_handshake (taken[0]);
  EXPECT_TRUE (rendezvous_slot_begin_handshake (Take ("192.0.2.1")));
  EXPECT_FALSE (rendezvous_slot_begin_handshake (Take ("192.0.2.1")));
}

TEST_F (LimitsTest, BoundHandshakesInAll)
{
  int count = 0;

  for (guint i = 0; i < max_handshakes + 10; i++)
    count += rendezvous_slot_begin_handshake (Take ("192.0.2." + std::to_string (i)));
  EXPECT_EQ (count, static_cast<int> (max_handshakes));
  Leave ();
  slots_.erase (slots_.begin ());
  EXPECT_TRUE (rendezvous_slot_begin_handshake (Take ("192.0.2.77")))
      << "a slot that goes gives its handshake back";
}

TEST_F (LimitsTest, AllowABurstOfJoinsAndThenARate)
{
  RendezvousSlot *slot = Take ("192.0.2.1");

  EXPECT_EQ (JoinAll (slot), RENDEZVOUS_JOIN_BURST);
  now_us_ += RENDEZVOUS_JOIN_INTERVAL_US - 1;
  EXPECT_EQ (JoinAll (slot), 0);
  now_us_ += 1;
  EXPECT_EQ (JoinAll (slot), 1);
  now_us_ += 1000 * RENDEZVOUS_JOIN_BURST * RENDEZVOUS_JOIN_INTERVAL_US;
  EXPECT_EQ (JoinAll (slot), RENDEZVOUS_JOIN_BURST) << "what is not used does not add up";
}

TEST_F (LimitsTest, RememberJoinsWhenTheConnectionIsGone)
{
  JoinAll (Take ("192.0.2.1"));
  Leave ();
  EXPECT_EQ (JoinAll (Take ("192.0.2.1")), 0);
  EXPECT_EQ (JoinAll (Take ("192.0.2.2")), RENDEZVOUS_JOIN_BURST);
}

TEST_F (LimitsTest, ForgetTheOldestOfTooManyAddresses)
{
  RendezvousSlot *stays = Take ("198.51.100.1");

  JoinAll (stays);
  for (int i = 0; i < 1000; i++)
    {
      now_us_++;
      ASSERT_NE (Take ("10.0." + std::to_string (i / 250) + "." + std::to_string (i % 250)),
                 nullptr);
      Leave ();
    }
  EXPECT_LE (rendezvous_limits_get_address_count (limits_), 2 * max_connections);
  EXPECT_EQ (JoinAll (Take ("198.51.100.1")), 0) << "one with connections is not forgotten";
}

} // namespace
