/* SPDX-License-Identifier: MPL-2.0 */
/* A peer of the benchmark for a stack with a C interface: reads commands, one JSON object a line,
 * and lets the ends of its connections carry them out. tests/bench/README.md has the commands. */
#pragma once

#include "bench-end.h"

/* Runs until the driver says so or closes the input. Gives the status of the process. */
int bench_peer_run (const BenchStack *stack, int argc, char **argv);
