/* SPDX-License-Identifier: MPL-2.0 */
/* IPv4 addresses inside IPv6 ones, RFC 6052 section 2.2, and what the AAAA records of
 * ipv4only.arpa tell of a network's prefixes, RFC 7050 section 3. Addresses are bytes in network
 * order.
 *
 * Layer: base. GLib only. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_NAT64_IPV4_SIZE 4
#define FLOE_NAT64_IPV6_SIZE 16

/* Prefixes of one network: more are not used, and so many AAAA records are looked at. */
#define FLOE_NAT64_MAX_PREFIXES 4
#define FLOE_NAT64_MAX_ANSWERS 32

typedef struct
{
  guint8 bytes[FLOE_NAT64_IPV6_SIZE]; /* zeros behind the prefix */
  guint bits;                         /* 32, 40, 48, 56, 64 or 96 */
} FloeNat64Prefix;

typedef struct
{
  FloeNat64Prefix prefixes[FLOE_NAT64_MAX_PREFIXES];
  guint count; /* 0: nothing is translated */
} FloeNat64;

typedef struct
{
  guint8 bytes[FLOE_NAT64_IPV6_SIZE];
} FloeNat64Answer;

/* The first @bits of @address. FALSE for other lengths than the six, and for what no translator
 * has: multicast, link-local and reserved addresses. */
gboolean floe_nat64_prefix_set (FloeNat64Prefix *self, const guint8 *address, guint bits);

void floe_nat64_prefix_embed (const FloeNat64Prefix *self, const guint8 *ipv4, guint8 *ipv6);
/* FALSE when @ipv6 has another prefix, or a "u" octet that is not zero. */
gboolean floe_nat64_prefix_extract (const FloeNat64Prefix *self, const guint8 *ipv6, guint8 *ipv4);

/* What the AAAA records of ipv4only.arpa tell: all prefixes that follow from them, in their order.
 * One that a record fits in several ways counts only when both of the well-known addresses,
 * 192.0.0.170 and .171, speak for it. */
void floe_nat64_read (FloeNat64 *self, const FloeNat64Answer *answers, guint count);

/* Whether an IPv4 address is one that all the Internet may reach. */
gboolean floe_nat64_is_public (const guint8 *ipv4);

/* By which address a host that has IPv6 only reaches @ipv4. FALSE for what is not to be
 * translated: addresses of no single host, of the same host or link; and, RFC 6052 section 3.1,
 * "The Well-Known Prefix MUST NOT be used to represent non-global IPv4 addresses". */
gboolean floe_nat64_synthesize (const FloeNat64Prefix *self, const guint8 *ipv4, guint8 *ipv6);

/* The IPv4 address within @ipv6, if that has one of the prefixes or the well-known one. @self
 * (nullable). */
gboolean floe_nat64_extract (const FloeNat64 *self, const guint8 *ipv6, guint8 *ipv4);

/* The length of that prefix, or 0 when there is none. @self (nullable). */
guint floe_nat64_find_bits (const FloeNat64 *self, const guint8 *ipv6);

G_END_DECLS
