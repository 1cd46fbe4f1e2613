/* SPDX-License-Identifier: MPL-2.0 */
/* The parts of floe-peer that need no connection. */
#include <floe-test.h>

extern "C"
{
#include "peer-payload.h"
}

namespace
{

TEST (PeerPayload, HasTheChecksumThatOthersCompute)
{
  g_autoptr (GBytes) payload = peer_make_payload (3);
  const guint8 *data = static_cast<const guint8 *> (g_bytes_get_data (payload, nullptr));

  EXPECT_EQ (data[0], 7);
  EXPECT_EQ (data[1], 38);
  EXPECT_EQ (data[2], 69);
  EXPECT_EQ (peer_crc32 (reinterpret_cast<const guint8 *> ("123456789"), 9), 0xcbf43926u);
  EXPECT_EQ (peer_crc32 (nullptr, 0), 0u);
}

} // namespace
