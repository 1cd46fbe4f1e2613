/* SPDX-License-Identifier: MPL-2.0 */
/* Why a TURN server lends no address, in words that say what to do about it. Layer: ice. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_CODE_UNREACHABLE 701 /* W3C webrtc-pc section 4.8.2, errorCode */

/* Returns: (transfer full): of an error code of RFC 8489 or RFC 8656 (300 to 699), or of
 * FLOE_CODE_UNREACHABLE. @username (nullable); @now_s: seconds of Unix time. */
char *floe_turn_cause_describe (guint code, const char *username, gint64 now_s);

G_END_DECLS
