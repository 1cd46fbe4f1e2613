/* SPDX-License-Identifier: MPL-2.0 */
/* Two connections in one process for the benches: made, negotiated and opened. */
#pragma once

#include <floe/floe.h>

typedef struct
{
  FloePeerConnection *offerer;  /* (owned) */
  FloePeerConnection *answerer; /* (owned) */
  FloeDataChannel *near;        /* (owned) */
  FloeDataChannel *far;         /* (owned) (nullable): from its announcement on */
  gboolean is_open;
} BenchPair;

/* Makes a pair over loopback and starts it; run the main loop until is_open and far are set. */
void bench_pair_start (BenchPair *pair, FloeConfiguration *configuration);
void bench_pair_clear (BenchPair *pair);

/* Iterates the default context until @flag is set; exits with a message after 30 s. */
void bench_wait (const gboolean *flag, const char *what);

/* A configuration that uses loopback alone. */
FloeConfiguration *bench_configuration_new (void);
