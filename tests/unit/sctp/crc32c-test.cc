/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-crc32c-private.h"
#include "floe-test.h"

#include <random>

struct CrcCase
{
  const char *name;
  std::vector<guint8> data;
  guint32 crc;
};

static std::vector<guint8>
Counting (int first, int step)
{
  std::vector<guint8> data;
  for (int i = 0; i < 32; i++)
    data.push_back (static_cast<guint8> (first + i * step));
  return data;
}

class Crc32c : public testing::TestWithParam<CrcCase>
{
};

TEST_P (Crc32c, MatchesThePublishedValue)
{
  const CrcCase &test = GetParam ();
  EXPECT_EQ (floe_crc32c (test.data.data (), test.data.size ()), test.crc);
  EXPECT_EQ (floe_crc32c_portable (test.data.data (), test.data.size ()), test.crc);
}

/* RFC 3720 appendix B.4 and the check value of the catalogues. */
INSTANTIATE_TEST_SUITE_P (
    Vectors, Crc32c,
    testing::Values (
        CrcCase{ "Empty", {}, 0 }, CrcCase{ "Zeros", std::vector<guint8> (32, 0), 0x8a9136aa },
        CrcCase{ "Ones", std::vector<guint8> (32, 0xff), 0x62a8ab43 },
        CrcCase{ "Rising", Counting (0, 1), 0x46dd794e },
        CrcCase{ "Falling", Counting (31, -1), 0x113fdb5c },
        CrcCase{ "Digits", { '1', '2', '3', '4', '5', '6', '7', '8', '9' }, 0xe3069283 }),
    [] (const auto &test) { return std::string (test.param.name); });

TEST (Crc32cPortable, AgreesWithTheOtherAtEachSizeAndOffset)
{
  std::mt19937 random (1);
  std::vector<guint8> data (1300);
  for (guint8 &byte : data)
    byte = static_cast<guint8> (random ());
  for (gsize size = 0; size < 1280; size++)
    EXPECT_EQ (floe_crc32c (data.data () + size % 9, size),
               floe_crc32c_portable (data.data () + size % 9, size));
}

TEST (SctpChecksum, IsRightOnlyForWhatItWasMadeFor)
{
  std::vector<guint8> packet (100, 7);
  floe_sctp_checksum_fill (packet.data (), packet.size ());
  EXPECT_TRUE (floe_sctp_checksum_is_right (packet.data (), packet.size ()));
  EXPECT_FALSE (floe_sctp_checksum_is_right (packet.data (), packet.size () - 1));
  EXPECT_FALSE (floe_sctp_checksum_is_right (packet.data (), 11));
  for (gsize i = 0; i < packet.size (); i++)
    {
      packet[i] ^= 0x10;
      EXPECT_FALSE (floe_sctp_checksum_is_right (packet.data (), packet.size ())) << i;
      packet[i] ^= 0x10;
    }
}
