/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-reflexive-candidate-private.h"
G_END_DECLS

struct Mapped
{
  const char *name;
  FloeStunAddress base;
  FloeStunAddress mapped;
  bool is_taken;
};

class ReflexiveAddress : public testing::TestWithParam<Mapped>
{
};

static const FloeStunAddress kBase4 = { { 192, 168, 0, 2 }, FLOE_STUN_IPV4_SIZE, 5000 };
static const FloeStunAddress kBase6 = { { 0x20, 0x01, 0x0d, 0xb8, 2 }, FLOE_STUN_IPV6_SIZE, 5000 };

TEST_P (ReflexiveAddress, IsTakenWhereItFitsTheBase)
{
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1, 2, 3 };
  guint8 data[64];
  FloeStunBuilder builder =
      floe_stun_builder_init (data, sizeof data, FLOE_STUN_SUCCESS, FLOE_STUN_METHOD_BINDING, id);
  FloeStunMessage response;
  FloeStunAddress mapped;

  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &GetParam ().mapped);
  ASSERT_TRUE (
      floe_stun_message_parse (&response, data, floe_stun_builder_finish (&builder), nullptr));
  EXPECT_EQ (floe_reflexive_read (&response, &GetParam ().base, &mapped), GetParam ().is_taken);
}

/* Behind NAT64 a socket of IPv6 is seen at a public address of IPv4. */
INSTANTIATE_TEST_SUITE_P (
    Mapped, ReflexiveAddress,
    testing::Values (
        Mapped{ "TheSameFamily", kBase4, { { 203, 0, 113, 1 }, FLOE_STUN_IPV4_SIZE, 7000 }, true },
        Mapped{ "APrivateOneOfTheSameFamily",
                kBase4,
                { { 10, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, 7000 },
                true },
        Mapped{ "BehindNat64", kBase6, { { 203, 0, 113, 1 }, FLOE_STUN_IPV4_SIZE, 7000 }, true },
        Mapped{ "BehindNat64ButPrivate",
                kBase6,
                { { 10, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, 7000 },
                false },
        Mapped{ "BehindNat64ButLoopback",
                kBase6,
                { { 127, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, 7000 },
                false },
        Mapped{ "PortZero", kBase6, { { 203, 0, 113, 1 }, FLOE_STUN_IPV4_SIZE, 0 }, false },
        Mapped{ "Ipv6OnABaseOfIpv4",
                kBase4,
                { { 0x20, 0x01, 0x0d, 0xb8, 9 }, FLOE_STUN_IPV6_SIZE, 7000 },
                false }),
    [] (const auto &info) { return std::string (info.param.name); });
