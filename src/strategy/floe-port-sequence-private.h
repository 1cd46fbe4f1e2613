/* SPDX-License-Identifier: MPL-2.0 */
/* Arithmetic of NATs that give the next port to each new mapping: along a ring of ports, by a step
 * that may be negative.
 *
 * Layer: strategy. GLib only. Pure. */
#pragma once

#include "floe-port-draw-private.h"
#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* NATs that step wider are not known. */
#define FLOE_PORT_MAX_STEP 64

/* Whole and in order, whatever was said of it. */
FloePortPool floe_port_sequence_complete_pool (const FloePortPool *pool);
/* A NAT may give ports outside of what was taken for its pool. */
void floe_port_sequence_widen (FloePortPool *pool, guint16 port);
/* From one port to another along the ring, by the shorter way. */
int floe_port_sequence_get_distance (const FloePortPool *pool, guint16 from, guint16 to);
guint16 floe_port_sequence_move (const FloePortPool *pool, guint16 from, int by);
/* @known (0: not), when it fits @distance; else the greatest of 1, 2, 4 and 8 that does. It has the
 * sign of @distance. */
int floe_port_sequence_find_step (guint known, int distance);

/* Two fresh sockets ask a STUN server, one immediately before and one immediately after packets to
 * new destinations have left from a third. As long as the NAT takes them in that order, the ports
 * of the new mappings lie between those of the samples, whatever others do meanwhile. And they
 * stay: unlike a foretold port, which the next flow of anybody takes, one that is bracketed may be
 * told as late as the mapping lives. */
#define FLOE_PORT_BRACKET_MAX 64
/* With one sample only: so many more ports than mappings of ours. */
#define FLOE_PORT_BRACKET_SLACK 8

typedef struct
{
  FloeStunAddress before; /* size 0: there was no answer */
  FloeStunAddress after;
  guint step;  /* of the NAT report; 0: not known */
  guint count; /* mappings that were made between them */
} FloePortBracket;

/* The ports, in the order in which they were taken; returns how many. 0 when the samples can't be
 * of such a NAT, or when others took too many. */
guint floe_port_bracket_list (const FloePortBracket *self, guint16 ports[FLOE_PORT_BRACKET_MAX]);

G_END_DECLS
