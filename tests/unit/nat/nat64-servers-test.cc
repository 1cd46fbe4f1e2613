/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <algorithm>

G_BEGIN_DECLS
#include "floe-nat-core-internal-private.h"
G_END_DECLS

static const FloeStunAddress ipv4 = { { 192, 0, 2, 33 }, FLOE_STUN_IPV4_SIZE, 3479 };

struct Nat64Server
{
  const char *name;
  std::vector<guint8> address;
  guint told_bits;
  guint bits;
  std::vector<guint8> reached; /* where 192.0.2.33 is */
};

class Nat64Servers : public testing::TestWithParam<Nat64Server>
{
};

/* The server is 198.51.100.1 behind the prefixes of RFC 6052 section 2.4. */
TEST_P (Nat64Servers, AreSeenThroughByTheirPrefix)
{
  const Nat64Server &param = GetParam ();
  FloeNatServer server = { { {}, FLOE_STUN_IPV6_SIZE, 3478 }, nullptr, param.told_bits };
  std::vector<guint8> expected = param.reached;
  guint bits;

  std::copy (param.address.begin (), param.address.end (), server.address.bytes);
  bits = floe_nat_get_nat64_bits (&server);
  EXPECT_EQ (bits, param.bits);
  EXPECT_EQ (floe_nat_is_sane (&server.address, bits, &ipv4), param.bits != 0);
  EXPECT_EQ (floe_nat_get_relay_family (&server.address, bits),
             param.bits != 0 ? FLOE_STUN_FAMILY_IPV4 : FLOE_STUN_FAMILY_IPV6);
  FloeStunAddress reached = floe_nat_core_reach (&server.address, bits, &ipv4);
  EXPECT_EQ (reached.port, ipv4.port);
  expected.resize (reached.size);
  EXPECT_EQ (std::vector<guint8> (reached.bytes, reached.bytes + reached.size), expected);
}

INSTANTIATE_TEST_SUITE_P (
    Of, Nat64Servers,
    testing::Values (
        Nat64Server{ "TheWellKnownPrefix",
                     { 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 198, 51, 100, 1 },
                     0,
                     96,
                     { 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33 } },
        Nat64Server{ "OneOfTheirOwn",
                     { 0x20, 0x01, 0x0d, 0xb8, 1, 34, 3, 68, 0, 198, 51, 100, 1 },
                     64,
                     64,
                     { 0x20, 0x01, 0x0d, 0xb8, 1, 34, 3, 68, 0, 192, 0, 2, 33 } },
        Nat64Server{ "AShortOne",
                     { 0x20, 0x01, 0x0d, 0xb8, 198, 51, 100, 1 },
                     32,
                     32,
                     { 0x20, 0x01, 0x0d, 0xb8, 192, 0, 2, 33 } },
        Nat64Server{ "NoPrefix", { 0x20, 0x01, 0x0d, 0xb8, 1 }, 0, 0, { 192, 0, 2, 33 } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Nat64Server, OfIpv4AreBehindNone)
{
  FloeNatServer server = { ipv4, nullptr, 96 };

  EXPECT_EQ (floe_nat_get_nat64_bits (&server), 0u);
}
