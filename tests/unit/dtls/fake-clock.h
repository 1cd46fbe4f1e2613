/* SPDX-License-Identifier: MPL-2.0 */
/* A clock that only the test moves. OpenSSL reads the time of day for its timers and GLib the
 * monotonic clock, both through libc, whose functions the test program replaces by these. */
#pragma once

#include <cstdint>

namespace fake_clock
{
int64_t NowUs ();
void Advance (int64_t us);
/* To the moment @deadline_us, if that is ahead. */
void AdvanceTo (int64_t deadline_us);
}
