/* SPDX-License-Identifier: MPL-2.0 */
/* CRC32c, the checksum of SCTP packets (RFC 9260 appendix A).
 *
 * usrsctp's own takes 1 us a packet; the instruction that x86 has for it a tenth of that.
 *
 * Layer: sctp. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 floe_crc32c (const guint8 *data, gsize size);
/* The same without special instructions: for other processors, and to test the one with the other.
 */
guint32 floe_crc32c_portable (const guint8 *data, gsize size);

/* The checksum field of an SCTP packet, whose common header must be there. */
#define FLOE_SCTP_HEADER_SIZE 12
void floe_sctp_checksum_fill (guint8 *packet, gsize size);
gboolean floe_sctp_checksum_is_right (const guint8 *packet, gsize size);

G_END_DECLS
