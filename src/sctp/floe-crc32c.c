/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-crc32c-private.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

/* RFC 9260 appendix A: the polynomial 0x1EDC6F41, bits reversed. */
#define POLYNOMIAL 0x82f63b78u
#define CHECKSUM_OFFSET 8
#define N_SLICES 8

typedef guint32 (*UpdateFunc) (guint32 crc, const guint8 *data, gsize size);

/* slices[k][b] is what byte b contributes when k more bytes follow it: eight bytes are then
 * eight look-ups that don't wait for each other. */
static guint32 slices[N_SLICES][256];

static void
fill_slices (void)
{
  for (guint value = 0; value < 256; value++)
    {
      guint32 crc = value;

      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
      slices[0][value] = crc;
    }
  for (guint k = 1; k < N_SLICES; k++)
    for (guint value = 0; value < 256; value++)
      slices[k][value] = slices[k - 1][value] >> 8 ^ slices[0][slices[k - 1][value] & 0xff];
}

static void
ensure_slices (void)
{
  static gsize is_filled = 0;

  if (g_once_init_enter (&is_filled))
    {
      fill_slices ();
      g_once_init_leave (&is_filled, 1);
    }
}

static guint32
update_portable (guint32 crc, const guint8 *data, gsize size)
{
  ensure_slices ();
  for (; size >= N_SLICES; data += N_SLICES, size -= N_SLICES)
    crc = slices[7][(crc ^ data[0]) & 0xff] ^ slices[6][(crc >> 8 ^ data[1]) & 0xff]
          ^ slices[5][(crc >> 16 ^ data[2]) & 0xff] ^ slices[4][(crc >> 24 ^ data[3]) & 0xff]
          ^ slices[3][data[4]] ^ slices[2][data[5]] ^ slices[1][data[6]] ^ slices[0][data[7]];
  for (; size > 0; data++, size--)
    crc = crc >> 8 ^ slices[0][(crc ^ *data) & 0xff];
  return crc;
}

#if defined(__x86_64__)
__attribute__ ((target ("sse4.2"))) static guint32
update_sse42 (guint32 crc, const guint8 *data, gsize size)
{
  guint64 wide = crc;

  for (; size >= 8; data += 8, size -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      wide = _mm_crc32_u64 (wide, word);
    }
  crc = (guint32) wide;
  for (; size > 0; data++, size--)
    crc = _mm_crc32_u8 (crc, *data);
  return crc;
}
#endif

static UpdateFunc
get_update (void)
{
  static gsize chosen = 0;

  if (g_once_init_enter (&chosen))
    {
      UpdateFunc update = update_portable;

#if defined(__x86_64__)
      if (__builtin_cpu_supports ("sse4.2"))
        update = update_sse42;
#endif
      g_once_init_leave (&chosen, (gsize) update);
    }
  return (UpdateFunc) chosen;
}

/* The packet's checksum, computed with zeros in the place of the field. */
static guint32
compute_of_packet (const guint8 *packet, gsize size)
{
  static const guint8 zeros[4] = { 0 };
  UpdateFunc update = get_update ();
  guint32 crc = update (G_MAXUINT32, packet, CHECKSUM_OFFSET);

  crc = update (crc, zeros, sizeof zeros);
  return ~update (crc, packet + FLOE_SCTP_HEADER_SIZE, size - FLOE_SCTP_HEADER_SIZE);
}

guint32
floe_crc32c (const guint8 *data, gsize size)
{
  return ~get_update () (G_MAXUINT32, data, size);
}

guint32
floe_crc32c_portable (const guint8 *data, gsize size)
{
  return ~update_portable (G_MAXUINT32, data, size);
}

void
floe_sctp_checksum_fill (guint8 *packet, gsize size)
{
  guint32 crc;

  g_return_if_fail (size >= FLOE_SCTP_HEADER_SIZE);

  /* The only field of SCTP that goes out with its low byte first. */
  crc = GUINT32_TO_LE (compute_of_packet (packet, size));
  memcpy (packet + CHECKSUM_OFFSET, &crc, sizeof crc);
}

gboolean
floe_sctp_checksum_is_right (const guint8 *packet, gsize size)
{
  guint32 crc;

  if (size < FLOE_SCTP_HEADER_SIZE)
    return FALSE;
  memcpy (&crc, packet + CHECKSUM_OFFSET, sizeof crc);
  return GUINT32_FROM_LE (crc) == compute_of_packet (packet, size);
}
