/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

#include <arpa/inet.h>
#include <cstring>

G_BEGIN_DECLS
#include "floe-nat64-codec-private.h"
G_END_DECLS

static std::vector<guint8>
Bytes4 (const char *text)
{
  std::vector<guint8> bytes (FLOE_NAT64_IPV4_SIZE);

  EXPECT_EQ (inet_pton (AF_INET, text, bytes.data ()), 1) << text;
  return bytes;
}

static std::vector<guint8>
Bytes6 (const char *text)
{
  std::vector<guint8> bytes (FLOE_NAT64_IPV6_SIZE);

  EXPECT_EQ (inet_pton (AF_INET6, text, bytes.data ()), 1) << text;
  return bytes;
}

static std::string
Text (int family, const guint8 *bytes)
{
  char text[INET6_ADDRSTRLEN];

  return inet_ntop (family, bytes, text, sizeof text);
}

static FloeNat64Prefix
PrefixOf (const char *text, guint bits)
{
  FloeNat64Prefix prefix = {};

  EXPECT_TRUE (floe_nat64_prefix_set (&prefix, Bytes6 (text).data (), bits)) << text;
  return prefix;
}

static std::string
Describe (const FloeNat64 &nat64)
{
  std::string text;

  for (guint i = 0; i < nat64.count; i++)
    text += (i > 0 ? " " : "") + Text (AF_INET6, nat64.prefixes[i].bytes) + "/"
            + std::to_string (nat64.prefixes[i].bits);
  return text;
}

static std::string
Read (const std::vector<const char *> &answers)
{
  std::vector<FloeNat64Answer> records (answers.size ());
  FloeNat64 nat64;

  for (gsize i = 0; i < answers.size (); i++)
    memcpy (records[i].bytes, Bytes6 (answers[i]).data (), FLOE_NAT64_IPV6_SIZE);
  floe_nat64_read (&nat64, records.data (), (guint) records.size ());
  return Describe (nat64);
}

struct Embedding
{
  const char *name;
  const char *prefix;
  guint bits;
  const char *embedded;
};

class Nat64Embeds : public testing::TestWithParam<Embedding>
{
};

TEST_P (Nat64Embeds, AndExtractsAsTheRfcDoes)
{
  FloeNat64Prefix prefix = PrefixOf (GetParam ().prefix, GetParam ().bits);
  guint8 ipv6[FLOE_NAT64_IPV6_SIZE], ipv4[FLOE_NAT64_IPV4_SIZE] = {};

  floe_nat64_prefix_embed (&prefix, Bytes4 ("192.0.2.33").data (), ipv6);
  EXPECT_EQ (Text (AF_INET6, ipv6), GetParam ().embedded);
  EXPECT_TRUE (floe_nat64_prefix_extract (&prefix, ipv6, ipv4));
  EXPECT_EQ (Text (AF_INET, ipv4), "192.0.2.33");
  ipv6[8] = 1;
  EXPECT_FALSE (floe_nat64_prefix_extract (&prefix, ipv6, ipv4)) << "the u octet is not zero";
  ipv6[8] = 0;
  ipv6[0] ^= 1;
  EXPECT_FALSE (floe_nat64_prefix_extract (&prefix, ipv6, ipv4)) << "another prefix";
}

/* RFC 6052 section 2.4, tables 2 and 3. */
INSTANTIATE_TEST_SUITE_P (
    Rfc6052Section24, Nat64Embeds,
    testing::Values (Embedding{ "Slash32", "2001:db8::", 32, "2001:db8:c000:221::" },
                     Embedding{ "Slash40", "2001:db8:100::", 40, "2001:db8:1c0:2:21::" },
                     Embedding{ "Slash48", "2001:db8:122::", 48, "2001:db8:122:c000:2:2100::" },
                     Embedding{ "Slash56", "2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::" },
                     Embedding{ "Slash64", "2001:db8:122:344::", 64,
                                "2001:db8:122:344:c0:2:2100:0" },
                     Embedding{ "Slash96", "2001:db8:122:344::", 96, "2001:db8:122:344::c000:221" },
                     Embedding{ "WellKnown", "64:ff9b::", 96, "64:ff9b::c000:221" }),
    [] (const auto &info) { return std::string (info.param.name); });

struct BadPrefix
{
  const char *name;
  const char *address;
  guint bits;
};

class Nat64Prefix : public testing::TestWithParam<BadPrefix>
{
};

TEST_P (Nat64Prefix, IsRefusedAndLeftAlone)
{
  FloeNat64Prefix prefix = { { 1, 2, 3 }, 7 };

  EXPECT_FALSE (
      floe_nat64_prefix_set (&prefix, Bytes6 (GetParam ().address).data (), GetParam ().bits));
  EXPECT_EQ (prefix.bits, 7u);
}

INSTANTIATE_TEST_SUITE_P (Bad, Nat64Prefix,
                          testing::Values (BadPrefix{ "Length0", "2001:db8::", 0 },
                                           BadPrefix{ "Length72", "2001:db8::", 72 },
                                           BadPrefix{ "Length128", "2001:db8::", 128 },
                                           BadPrefix{ "UOctet", "2001:db8:0:0:100::", 96 },
                                           BadPrefix{ "Unspecified", "::", 96 },
                                           BadPrefix{ "Mapped", "::ffff:0:0", 96 },
                                           BadPrefix{ "LinkLocal", "fe80::", 64 },
                                           BadPrefix{ "SiteLocal", "fec0::", 64 },
                                           BadPrefix{ "Multicast", "ff02::", 96 },
                                           BadPrefix{ "WellKnownOfAnotherLength", "64:ff9b::", 64 },
                                           BadPrefix{ "Reserved", "4000::", 32 }),
                          [] (const auto &info) { return std::string (info.param.name); });

struct Answers
{
  const char *name;
  std::vector<const char *> records;
  const char *prefixes;
};

class Nat64Answers : public testing::TestWithParam<Answers>
{
};

TEST_P (Nat64Answers, TellThePrefixes)
{
  EXPECT_EQ (Read (GetParam ().records), GetParam ().prefixes);
}

/* RFC 7050 section 3: 192.0.0.170 is c000:aa, 192.0.0.171 c000:ab. */
INSTANTIATE_TEST_SUITE_P (
    Rfc7050Section3, Nat64Answers,
    testing::Values (
        Answers{ "WellKnown", { "64:ff9b::192.0.0.170", "64:ff9b::192.0.0.171" }, "64:ff9b::/96" },
        Answers{ "OnlyTheSecond", { "64:ff9b::192.0.0.171" }, "64:ff9b::/96" },
        Answers{ "Slash32", { "2001:db8:c000:aa::", "2001:db8:c000:ab::" }, "2001:db8::/32" },
        Answers{ "Slash40", { "2001:db8:1c0:0:aa::" }, "2001:db8:100::/40" },
        Answers{ "Slash48", { "2001:db8:122:c000:0:aa00::" }, "2001:db8:122::/48" },
        Answers{ "Slash56", { "2001:db8:122:3c0:0:aa::" }, "2001:db8:122:300::/56" },
        Answers{ "Slash64", { "2001:db8:122:344:c0:0:aa00:0" }, "2001:db8:122:344::/64" },
        Answers{ "UniqueLocal", { "fd00:64::192.0.0.170" }, "fd00:64::/96" },
        Answers{ "LocalUse", { "64:ff9b:1:fffe::192.0.0.170" }, "64:ff9b:1:fffe::/96" },
        Answers{ "Several",
                 { "2001:db8:1::192.0.0.170", "64:ff9b::192.0.0.170", "2001:db8:1::192.0.0.171" },
                 "2001:db8:1::/96 64:ff9b::/96" },
        /* The prefix looks like the well-known address itself. */
        Answers{ "AmbiguousAndNotConfirmed", { "2001:db8:c000:aa::192.0.0.170" }, "" },
        Answers{ "AmbiguousAndConfirmed",
                 { "2001:db8:c000:aa::192.0.0.170", "2001:db8:c000:aa::192.0.0.171" },
                 "2001:db8:c000:aa::/96" },
        Answers{ "None", {}, "" }, Answers{ "NoSuchAddress", { "64:ff9b::192.0.0.172" }, "" },
        Answers{ "AnOrdinaryAddress", { "2001:db8::1" }, "" }, Answers{ "Loopback", { "::1" }, "" },
        Answers{ "Mapped", { "::ffff:192.0.0.170" }, "" },
        Answers{ "LinkLocal", { "fe80::192.0.0.170" }, "" },
        Answers{ "Multicast", { "ff0e::192.0.0.170" }, "" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Nat64, ReadsABoundedNumberOfAnswersAndKeepsFewPrefixes)
{
  std::vector<FloeNat64Answer> records (1000);
  FloeNat64 nat64;

  for (gsize i = 0; i < records.size (); i++)
    {
      memcpy (records[i].bytes, Bytes6 ("2001:db8::192.0.0.170").data (), FLOE_NAT64_IPV6_SIZE);
      records[i].bytes[4] = (guint8) (i >> 8);
      records[i].bytes[5] = (guint8) i;
    }
  floe_nat64_read (&nat64, records.data (), (guint) records.size ());
  EXPECT_EQ (nat64.count, (guint) FLOE_NAT64_MAX_PREFIXES);
}

struct Reach
{
  const char *name;
  const char *address;
  bool is_public;
  bool is_reached; /* by a prefix of the network's own */
};

class Nat64Address : public testing::TestWithParam<Reach>
{
};

TEST_P (Nat64Address, IsTranslatedWhereItMayBe)
{
  FloeNat64Prefix well_known = PrefixOf ("64:ff9b::", 96), own = PrefixOf ("2001:db8:1::", 96);
  std::vector<guint8> ipv4 = Bytes4 (GetParam ().address);
  guint8 ipv6[FLOE_NAT64_IPV6_SIZE];

  EXPECT_EQ (floe_nat64_is_public (ipv4.data ()), GetParam ().is_public);
  EXPECT_EQ (floe_nat64_synthesize (&well_known, ipv4.data (), ipv6), GetParam ().is_public);
  EXPECT_EQ (floe_nat64_synthesize (&own, ipv4.data (), ipv6), GetParam ().is_reached);
}

INSTANTIATE_TEST_SUITE_P (Of, Nat64Address,
                          testing::Values (Reach{ "Public", "198.51.100.1", true, true },
                                           Reach{ "Unspecified", "0.0.0.0", false, false },
                                           Reach{ "Loopback", "127.0.0.1", false, false },
                                           Reach{ "LinkLocal", "169.254.1.1", false, false },
                                           Reach{ "Private10", "10.0.0.1", false, true },
                                           Reach{ "Private172", "172.31.255.255", false, true },
                                           Reach{ "AfterPrivate172", "172.32.0.0", true, true },
                                           Reach{ "Private192", "192.168.1.1", false, true },
                                           Reach{ "Shared", "100.127.0.1", false, true },
                                           Reach{ "AfterShared", "100.128.0.1", true, true },
                                           Reach{ "Multicast", "224.0.0.1", false, false },
                                           Reach{ "Reserved", "240.0.0.1", false, false },
                                           Reach{ "Broadcast", "255.255.255.255", false, false }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST (Nat64, ExtractsByItsPrefixesAndTheWellKnownOne)
{
  FloeNat64 nat64 = { { PrefixOf ("2001:db8:1::", 48) }, 1 };
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];

  EXPECT_TRUE (floe_nat64_extract (&nat64, Bytes6 ("2001:db8:1:c000:2:2100::").data (), ipv4));
  EXPECT_EQ (Text (AF_INET, ipv4), "192.0.2.33");
  EXPECT_TRUE (floe_nat64_extract (nullptr, Bytes6 ("64:ff9b::192.0.2.34").data (), ipv4));
  EXPECT_EQ (Text (AF_INET, ipv4), "192.0.2.34");
  EXPECT_FALSE (floe_nat64_extract (nullptr, Bytes6 ("2001:db8:1:c000:2:2100::").data (), ipv4));
  EXPECT_EQ (floe_nat64_find_bits (&nat64, Bytes6 ("2001:db8:1:c000:2:2100::").data ()), 48u);
  EXPECT_EQ (floe_nat64_find_bits (&nat64, Bytes6 ("64:ff9b::1").data ()), 96u);
  EXPECT_EQ (floe_nat64_find_bits (&nat64, Bytes6 ("2001:db8:2::").data ()), 0u);
}
