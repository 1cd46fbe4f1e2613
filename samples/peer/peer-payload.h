/* SPDX-License-Identifier: MPL-2.0 */
/* What test messages are made of, and how one tells that they arrived whole. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-32 as in IEEE 802.3, which zlib, PNG and most scripting languages call crc32. */
guint32 peer_crc32 (const guint8 *data, gsize size);

/* (transfer full): @size bytes, the i-th of which is (31 i + 7) mod 256. */
GBytes *peer_make_payload (gsize size);

G_END_DECLS
