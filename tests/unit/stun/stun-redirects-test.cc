/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-redirects-private.h"

#include <floe/floe-error.h>

#include "stun-messages.h"

static FloeStunAddress
Ipv4 (guint8 a, guint8 b, guint8 c, guint8 d, guint16 port = 3478)
{
  return { { a, b, c, d }, FLOE_STUN_IPV4_SIZE, port };
}

static FloeStunAddress
Ipv6 (guint8 first, guint8 second, guint8 last = 1)
{
  FloeStunAddress address = { { first, second }, FLOE_STUN_IPV6_SIZE, 3478 };

  address.bytes[15] = last;
  return address;
}

struct ScopeCase
{
  const char *name;
  FloeStunAddress address;
  FloeStunScope scope;
};

class StunScope : public testing::TestWithParam<ScopeCase>
{
};

TEST_P (StunScope, IsThatOfTheRegistries)
{
  EXPECT_EQ (floe_stun_address_get_scope (&GetParam ().address), GetParam ().scope);
}

static FloeStunAddress
Mapped (guint8 a, guint8 b)
{
  FloeStunAddress address = Ipv6 (0, 0);

  address.bytes[10] = address.bytes[11] = 0xff;
  address.bytes[12] = a;
  address.bytes[13] = b;
  return address;
}

INSTANTIATE_TEST_SUITE_P (
    Addresses, StunScope,
    testing::Values (ScopeCase{ "None", {}, FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Unspecified", Ipv4 (0, 0, 0, 0), FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Loopback", Ipv4 (127, 255, 0, 1), FLOE_STUN_SCOPE_LOOPBACK },
                     ScopeCase{ "LinkLocal", Ipv4 (169, 254, 1, 1), FLOE_STUN_SCOPE_LINK },
                     ScopeCase{ "Private10", Ipv4 (10, 1, 1, 1), FLOE_STUN_SCOPE_PRIVATE },
                     ScopeCase{ "Private172", Ipv4 (172, 31, 1, 1), FLOE_STUN_SCOPE_PRIVATE },
                     ScopeCase{ "BehindPrivate172", Ipv4 (172, 32, 1, 1), FLOE_STUN_SCOPE_GLOBAL },
                     ScopeCase{ "Private192", Ipv4 (192, 168, 1, 1), FLOE_STUN_SCOPE_PRIVATE },
                     ScopeCase{ "Shared", Ipv4 (100, 127, 1, 1), FLOE_STUN_SCOPE_SHARED },
                     ScopeCase{ "BehindShared", Ipv4 (100, 128, 1, 1), FLOE_STUN_SCOPE_GLOBAL },
                     ScopeCase{ "Multicast", Ipv4 (224, 0, 0, 1), FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Broadcast", Ipv4 (255, 255, 255, 255), FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Global", Ipv4 (8, 8, 8, 8), FLOE_STUN_SCOPE_GLOBAL },
                     ScopeCase{ "Unspecified6", Ipv6 (0, 0, 0), FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Loopback6", Ipv6 (0, 0), FLOE_STUN_SCOPE_LOOPBACK },
                     ScopeCase{ "LinkLocal6", Ipv6 (0xfe, 0xbf), FLOE_STUN_SCOPE_LINK },
                     ScopeCase{ "UniqueLocal6", Ipv6 (0xfd, 1), FLOE_STUN_SCOPE_PRIVATE },
                     ScopeCase{ "Multicast6", Ipv6 (0xff, 2), FLOE_STUN_SCOPE_NONE },
                     ScopeCase{ "Global6", Ipv6 (0x20, 1), FLOE_STUN_SCOPE_GLOBAL },
                     ScopeCase{ "MappedLoopback", Mapped (127, 0), FLOE_STUN_SCOPE_LOOPBACK },
                     ScopeCase{ "MappedPrivate", Mapped (10, 0), FLOE_STUN_SCOPE_PRIVATE }),
    [] (const auto &info) { return std::string (info.param.name); });

class StunRedirects : public testing::Test
{
protected:
  bool Follow (const FloeStunAddress &from, const FloeStunAddress &to)
  {
    Bytes request = BuildRequest (FLOE_STUN_METHOD_ALLOCATE);
    Bytes wire = BuildError (request, 300, [&] (auto *builder) {
      if (to.size != 0)
        floe_stun_builder_add_address (builder, FLOE_STUN_ALTERNATE_SERVER, &to);
    });
    FloeStunMessage response = ParseMessage (wire);
    bool is_followed =
        floe_stun_redirects_follow (&redirects_, now_us_, &from, &response, &alternate_, error_);

    EXPECT_EQ (is_followed, !error_.Is (FLOE_ERROR, FLOE_ERROR_NETWORK));
    EXPECT_TRUE (!is_followed || floe_stun_address_equal (&alternate_, &to));
    return is_followed;
  }

  gint64 now_us_ = 0;
  FloeStunRedirects redirects_ = {};
  FloeStunAddress alternate_ = {};
  ErrorHolder error_;
};

struct RedirectCase
{
  const char *name;
  FloeStunAddress from, to;
  bool is_followed;
};

class StunRedirectTo : public StunRedirects, public testing::WithParamInterface<RedirectCase>
{
};

TEST_P (StunRedirectTo, IsFollowedOnlyWhereItMayLead)
{
  EXPECT_EQ (Follow (GetParam ().from, GetParam ().to), GetParam ().is_followed)
      << error_.message ();
}

/* RFC 8489 sections 10 and 14.15, and what a hostile server must not make us do. */
INSTANTIATE_TEST_SUITE_P (
    Servers, StunRedirectTo,
    testing::Values (
        RedirectCase{ "Other", Ipv4 (8, 8, 8, 8), Ipv4 (9, 9, 9, 9), true },
        RedirectCase{ "OtherPort", Ipv4 (8, 8, 8, 8), Ipv4 (8, 8, 8, 8, 443), true },
        RedirectCase{ "Unnamed", Ipv4 (8, 8, 8, 8), {}, false },
        RedirectCase{ "Itself", Ipv4 (8, 8, 8, 8), Ipv4 (8, 8, 8, 8), false },
        RedirectCase{ "OtherFamily", Ipv4 (8, 8, 8, 8), Ipv6 (0x20, 1), false },
        RedirectCase{ "Port0", Ipv4 (8, 8, 8, 8), Ipv4 (9, 9, 9, 9, 0), false },
        RedirectCase{ "Multicast", Ipv4 (8, 8, 8, 8), Ipv4 (224, 0, 0, 251), false },
        RedirectCase{ "IntoTheLocalNetwork", Ipv4 (8, 8, 8, 8), Ipv4 (192, 168, 1, 1), false },
        RedirectCase{ "IntoTheCarriersNetwork", Ipv4 (8, 8, 8, 8), Ipv4 (100, 64, 0, 1), false },
        RedirectCase{ "IntoThisHost", Ipv4 (192, 168, 1, 1), Ipv4 (127, 0, 0, 1), false },
        RedirectCase{ "IntoThisHost6", Ipv6 (0x20, 1), Ipv6 (0, 0), false },
        RedirectCase{ "MappedIntoThisHost", Ipv6 (0x20, 1), Mapped (127, 0), false },
        RedirectCase{ "WithinTheLocalNetwork", Ipv4 (10, 0, 0, 1), Ipv4 (10, 0, 0, 2), true },
        RedirectCase{ "OutOfTheLocalNetwork", Ipv4 (10, 0, 0, 1), Ipv4 (9, 9, 9, 9), true }),
    [] (const auto &info) { return std::string (info.param.name); });

/* RFC 8489 section 10: "This prevents infinite ping-ponging between servers in case of redirection
 * loops." */
TEST_F (StunRedirects, NeverGoBackWithinFiveMinutes)
{
  EXPECT_TRUE (Follow (Ipv4 (8, 8, 8, 1), Ipv4 (8, 8, 8, 2)));
  now_us_ = FLOE_STUN_REDIRECT_MEMORY_US - 1;
  EXPECT_FALSE (Follow (Ipv4 (8, 8, 8, 2), Ipv4 (8, 8, 8, 1)));
  now_us_++;
  EXPECT_TRUE (Follow (Ipv4 (8, 8, 8, 2), Ipv4 (8, 8, 8, 1)));
}

TEST_F (StunRedirects, EndSomewhere)
{
  int count = 0;

  while (count < 100
         && Follow (Ipv4 (8, 8, 8, (guint8) count), Ipv4 (8, 8, 8, (guint8) (count + 1))))
    count++;
  EXPECT_EQ (count, FLOE_STUN_MAX_TRIED - 1);
}
