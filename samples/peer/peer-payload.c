/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-payload.h"

/* The polynomial of IEEE 802.3 with its bits reversed. */
#define POLYNOMIAL 0xedb88320u

guint32
peer_crc32 (const guint8 *data, gsize size)
{
  static guint32 table[256];
  guint32 crc = 0xffffffffu;

  if (table[1] == 0)
    for (guint32 i = 0; i < G_N_ELEMENTS (table); i++)
      {
        guint32 entry = i;
        for (guint bit = 0; bit < 8; bit++)
          entry = (entry >> 1) ^ ((entry & 1) != 0 ? POLYNOMIAL : 0);
        table[i] = entry;
      }
  for (gsize i = 0; i < size; i++)
    crc = (crc >> 8) ^ table[(crc ^ data[i]) & 0xff];
  return ~crc;
}

GBytes *
peer_make_payload (gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (31 * i + 7);
  return g_bytes_new_take (data, size);
}
