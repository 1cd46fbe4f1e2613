/* SPDX-License-Identifier: MPL-2.0 */
/* TCP simultaneous open through two NATs (RFC 6544 sections 5.2 and 7.1; RFC 5382 REQ-2: a NAT
 * "MUST support [it]"), which libnice 0.1.21 does not have: learns from STUN servers over TCP by
 * which address and port the world sees a port of ours, keeps that mapping open, and connects from
 * this port to the peer's, as the peer does to ours. Each connection that comes of it is given to
 * libnice by a bridge.
 *
 * Bounded: two ports of ours, four of the peer's, and ten seconds for each pair.
 *
 * Layer: ice. Network thread only. Knows nothing of agents and candidates. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_TCP_SO_MAX_BASES 2 /* one a family */
#define FLOE_TCP_SO_MAX_REMOTES 4

typedef struct _FloeTcpSo FloeTcpSo;

typedef struct
{
  /* The world sees @base as @mapped. */
  void (*mapped) (const FloeStunAddress *mapped, const FloeStunAddress *base, gpointer user_data);
  /* Who connects to @door, on the loopback address, is connected from @mapped to @remote. */
  void (*met) (const FloeStunAddress *mapped, const FloeStunAddress *remote,
               const FloeStunAddress *door, gpointer user_data);
} FloeTcpSoEvents;

typedef struct
{
  GMainContext *context;   /* (unowned) */
  const GArray *servers;   /* (element-type FloeIceUri): asked over TCP, whatever they say */
  const GArray *addresses; /* (element-type FloeLocalAddress): to bind to */
  guint16 min_port;        /* 0, 0: any */
  guint16 max_port;
} FloeTcpSoConfig;

/* What @config points to is copied, but for the context; @events is static. They come from the
 * main loop. */
FloeTcpSo *floe_tcp_so_new (const FloeTcpSoConfig *config, const FloeTcpSoEvents *events,
                            gpointer user_data);
void floe_tcp_so_free (FloeTcpSo *self);

/* The peer connects from there. */
void floe_tcp_so_add_remote (FloeTcpSo *self, const FloeStunAddress *remote);

G_END_DECLS
