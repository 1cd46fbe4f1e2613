/* SPDX-License-Identifier: MPL-2.0 */
/* Whether two NATs can be crossed directly, by which method, and what each side does for it: from
 * what both sides have told each other. Both sides ask with the same two summaries, each with its
 * own first, and get answers that fit together.
 *
 *   side\side  O  F  C  A  P  D  S  Rb R  X
 *   O          I  I  I  I  I  I  I  I  I  Xt     I   plain ICE
 *   F          I  I  I  I  I  B  N  B  B  Xt     N   one side foretells its ports
 *   C          I  I  I  I  I  I  I  I  I  Xt     L   both do, and check in lock step
 *   A          I  I  I  I  I  I  I  I  I  Xt     B   one side opens sockets, the other tries ports
 *   P          I  I  I  I  I  B  N  B  B  Xt     b   both do both, in small blocks of ports
 *   D          I  B  I  I  B  B  B* B  B  Xt     T   relay
 *   S          I  N  I  I  N  B* L  b  T  Xt     Xt  relay over TCP or TLS, or ICE-TCP
 *   Rb         I  B  I  I  B  B  b  b  T  Xt     *   any B of D's is N when D is sequential
 *   R          I  B  I  I  B  B  T  T  T  Xt
 *   X          Xt Xt Xt Xt Xt Xt Xt Xt Xt Xt
 *
 * What is not known counts as the worst that it may be, unless nothing is.
 *
 * Layer: strategy. GLib only. May include: base, sdp. Pure. */
#pragma once

#include "floe-nat-summary-codec-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_STRATEGY_CLASS_UNKNOWN,
  FLOE_STRATEGY_CLASS_OPEN,              /* O: no NAT, no filter */
  FLOE_STRATEGY_CLASS_FIREWALL,          /* F: no NAT, filtered by address and port */
  FLOE_STRATEGY_CLASS_FULL_CONE,         /* C: one mapping, no filter */
  FLOE_STRATEGY_CLASS_RESTRICTED,        /* A: one mapping, filtered by address */
  FLOE_STRATEGY_CLASS_PORT_RESTRICTED,   /* P: one mapping, filtered by address and port */
  FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT, /* D: a mapping and a filter for each address */
  FLOE_STRATEGY_CLASS_SEQUENTIAL,        /* S: a mapping for each address and port, the next one */
  FLOE_STRATEGY_CLASS_BLOCK,             /* Rb: ..., any one of a small block */
  FLOE_STRATEGY_CLASS_RANDOM,            /* R: ..., any */
  FLOE_STRATEGY_CLASS_BLOCKED,           /* X: UDP does not get out */
} FloeStrategyClass;

#define FLOE_STRATEGY_CLASS_COUNT (FLOE_STRATEGY_CLASS_BLOCKED + 1)

typedef enum
{
  FLOE_STRATEGY_METHOD_UNKNOWN,      /* too little is known: plain ICE, and then we shall see */
  FLOE_STRATEGY_METHOD_PLAIN,        /* I */
  FLOE_STRATEGY_METHOD_FORETOLD,     /* N */
  FLOE_STRATEGY_METHOD_LOCK_STEP,    /* L */
  FLOE_STRATEGY_METHOD_PUNCH,        /* B */
  FLOE_STRATEGY_METHOD_PUNCH_BLOCKS, /* b */
  FLOE_STRATEGY_METHOD_RELAY,        /* T */
  FLOE_STRATEGY_METHOD_RELAY_TCP,    /* Xt */
} FloeStrategyMethod;

#define FLOE_STRATEGY_METHOD_COUNT (FLOE_STRATEGY_METHOD_RELAY_TCP + 1)

/* What one side does besides plain checks. The pairs that there are: NONE and NONE, FORETELL and
 * AWAIT, LOCK_STEP twice, OPEN and SPRAY, BLOCK twice. */
typedef enum
{
  FLOE_STRATEGY_PART_NONE,
  FLOE_STRATEGY_PART_FORETELL,  /* tells the ports that it will have next, as candidates */
  FLOE_STRATEGY_PART_AWAIT,     /* checks what the other side foretells */
  FLOE_STRATEGY_PART_LOCK_STEP, /* its n-th check goes to the n-th port of the other side */
  FLOE_STRATEGY_PART_OPEN,      /* sends from many sockets to one port */
  FLOE_STRATEGY_PART_SPRAY,     /* sends from one socket to many ports */
  FLOE_STRATEGY_PART_BLOCK,     /* sends from some sockets to some ports */
} FloeStrategyPart;

/* The figures of a part; those that it does not need are 0. */
typedef struct
{
  FloeStrategyPart part;
  guint window;      /* FORETELL, AWAIT, LOCK_STEP: ports */
  guint local_step;  /* FORETELL, LOCK_STEP: from one of our ports to the next */
  guint remote_step; /* LOCK_STEP: the other side's */
  guint sockets;     /* OPEN, BLOCK */
  guint probes;      /* OPEN, SPRAY, BLOCK: packets at most that SPRAY sends, or each BLOCK */
  guint rate;        /* OPEN, SPRAY, BLOCK: packets a second at most */
  guint pool; /* SPRAY, BLOCK: the other side's ports are in a block of so many, which has the
               * port of its reflexive candidate; 0: they may be any */
} FloeStrategyTactic;

typedef struct
{
  FloeStrategyClass local_class;
  FloeStrategyClass remote_class;
  FloeStrategyMethod method; /* that both sides agree to */
  FloeStrategyTactic local;  /* what we do */
  FloeStrategyTactic remote; /* what the other side does */
  double probability;        /* of a direct path; 0 to 1 */
  guint expected_ms;      /* until there is one, or with a relay method until that carries: half of
                           * the times it takes less, at a round trip of 40 ms; 0: it takes longer
                           * than anybody would wait */
  guint expected_packets; /* that both sides send for it */
  gboolean is_spoiled;    /* each side's first packet spoils a port of the other side */
  gboolean is_doubted;    /* what is known of either side is not much */
} FloeStrategyOutcome;

FloeStrategyClass floe_strategy_classify (const FloeNatSummary *summary);

/* What is possible when both sides do all they can: the table above. Symmetric. */
FloeStrategyMethod floe_strategy_get_method (const FloeNatSummary *a, const FloeNatSummary *b);

/* What will be done and what is to be expected of it. NULL is: nothing is known. @local is as it
 * was told to the other side, or else the two sides' parts do not fit. @is_offerer settles what is
 * the same on both sides. */
void floe_strategy_predict (FloeStrategyOutcome *out, const FloeNatSummary *local,
                            const FloeNatSummary *remote, gboolean is_offerer);

/* "a port-restricted NAT" */
const char *floe_strategy_class_to_string (FloeStrategyClass kind);

G_END_DECLS
