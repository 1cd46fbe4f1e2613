/* SPDX-License-Identifier: MPL-2.0 */
/* Transport addresses as STUN carries them, as values, and what part of the world they belong to.
 *
 * Layer: stun. GLib only. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_STUN_IPV4_SIZE 4
#define FLOE_STUN_IPV6_SIZE 16

/* RFC 8489 section 14.1 */
typedef enum
{
  FLOE_STUN_FAMILY_IPV4 = 0x01,
  FLOE_STUN_FAMILY_IPV6 = 0x02,
} FloeStunFamily;

typedef struct
{
  guint8 bytes[FLOE_STUN_IPV6_SIZE]; /* in network order; zeros behind an IPv4 address */
  gsize size;                        /* 4 for IPv4, 16 for IPv6, 0 for none */
  guint16 port;
} FloeStunAddress;

/* From the narrowest to the widest. */
typedef enum
{
  FLOE_STUN_SCOPE_NONE, /* no address of one host: unspecified, multicast, broadcast, reserved */
  FLOE_STUN_SCOPE_LOOPBACK,
  FLOE_STUN_SCOPE_LINK,
  FLOE_STUN_SCOPE_PRIVATE, /* RFC 1918, RFC 4193 */
  FLOE_STUN_SCOPE_SHARED,  /* between a carrier's NAT and its customers, RFC 6598 */
  FLOE_STUN_SCOPE_GLOBAL,
} FloeStunScope;

/* All addresses whose first @bits are those of @bytes, but for those of an earlier range. */
typedef struct
{
  guint8 bytes[FLOE_STUN_IPV6_SIZE];
  guint bits;
  FloeStunScope scope;
} FloeStunRange;

/* (transfer none): what get_scope() goes by, for addresses of @size bytes: the first range that an
 * address is of decides, and all addresses are of the last one, which has no bits. */
const FloeStunRange *floe_stun_scope_get_ranges (gsize size);

FloeStunFamily floe_stun_address_get_family (const FloeStunAddress *self);
gboolean floe_stun_address_equal (const FloeStunAddress *a, const FloeStunAddress *b);
/* Equal but for the port. */
gboolean floe_stun_address_is_same_host (const FloeStunAddress *a, const FloeStunAddress *b);
/* An IPv4-mapped IPv6 address has the scope of the IPv4 address. */
FloeStunScope floe_stun_address_get_scope (const FloeStunAddress *self);

G_END_DECLS
