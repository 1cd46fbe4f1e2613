/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dcep-codec-private.h"
#include "floe-test.h"

#include <floe/floe-error.h>

using Bytes = std::vector<guint8>;

static Bytes
Serialize (const FloeDcepOpen &open)
{
  g_autoptr (GBytes) wire = floe_dcep_open_serialize (&open);
  gsize size;
  auto *data = static_cast<const guint8 *> (g_bytes_get_data (wire, &size));

  return Bytes (data, data + size);
}

TEST (DcepOpen, WritesTheWireFormat)
{
  FloeDcepOpen open = {
    const_cast<char *> ("ab"), const_cast<char *> ("xyz"), 256, FALSE, -1, 3000
  };
  EXPECT_EQ (Serialize (open),
             (Bytes{ 3, 0x82, 1, 0, 0, 0, 0x0b, 0xb8, 0, 2, 0, 3, 'a', 'b', 'x', 'y', 'z' }));
}

struct Kind
{
  const char *name;
  guint8 type;
  guint32 parameter;
  gboolean is_ordered;
  int max_retransmits, max_packet_life_time;
};

class DcepKind : public testing::TestWithParam<Kind>
{
};

TEST_P (DcepKind, IsReadAndWrittenAlike)
{
  const Kind &kind = GetParam ();
  Bytes wire = { 3,
                 kind.type,
                 0,
                 7,
                 guint8 (kind.parameter >> 24),
                 guint8 (kind.parameter >> 16),
                 guint8 (kind.parameter >> 8),
                 guint8 (kind.parameter),
                 0,
                 1,
                 0,
                 0,
                 'l' };
  g_auto (FloeDcepOpen) open = {};
  ErrorHolder error;

  ASSERT_TRUE (floe_dcep_open_parse (&open, wire.data (), wire.size (), error)) << error.message ();
  EXPECT_EQ (open.is_ordered, kind.is_ordered);
  EXPECT_EQ (open.max_retransmits, kind.max_retransmits);
  EXPECT_EQ (open.max_packet_life_time, kind.max_packet_life_time);
  EXPECT_EQ (open.priority, 7);
  EXPECT_STREQ (open.label, "l");
  EXPECT_STREQ (open.protocol, "");
  EXPECT_EQ (Serialize (open)[1], kind.type);
}

INSTANTIATE_TEST_SUITE_P (Types, DcepKind,
                          testing::Values (Kind{ "Reliable", 0x00, 0, TRUE, -1, -1 },
                                           Kind{ "ReliableIgnoresTheParameter", 0x00, 99, TRUE, -1,
                                                 -1 },
                                           Kind{ "ReliableUnordered", 0x80, 0, FALSE, -1, -1 },
                                           Kind{ "Rexmit", 0x01, 5, TRUE, 5, -1 },
                                           Kind{ "RexmitZero", 0x01, 0, TRUE, 0, -1 },
                                           Kind{ "RexmitUnordered", 0x81, 5, FALSE, 5, -1 },
                                           Kind{ "RexmitHuge", 0x01, 0xffffffff, TRUE, 65535, -1 },
                                           Kind{ "Timed", 0x02, 5, TRUE, -1, 5 },
                                           Kind{ "TimedUnordered", 0x82, 5, FALSE, -1, 5 }),
                          [] (const auto &test) { return std::string (test.param.name); });

struct BadOpen
{
  const char *name;
  Bytes wire;
};

class DcepOpenRejects : public testing::TestWithParam<BadOpen>
{
};

TEST_P (DcepOpenRejects, WithASyntaxError)
{
  g_auto (FloeDcepOpen) open = {};
  ErrorHolder error;

  EXPECT_FALSE (
      floe_dcep_open_parse (&open, GetParam ().wire.data (), GetParam ().wire.size (), error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
  EXPECT_EQ (open.label, nullptr);
}

INSTANTIATE_TEST_SUITE_P (
    Wire, DcepOpenRejects,
    testing::Values (BadOpen{ "Empty", {} },
                     BadOpen{ "Short", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
                     BadOpen{ "OtherMessage", { 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
                     BadOpen{ "LabelPastEnd", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0 } },
                     BadOpen{ "ProtocolPastEnd", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 'a' } },
                     BadOpen{ "BytesLeftOver", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'a' } },
                     BadOpen{ "TypeThree", { 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
                     BadOpen{ "Reserved7f", { 3, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
                     BadOpen{ "ReservedFf", { 3, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
                     BadOpen{ "LabelNotUtf8", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xff } },
                     BadOpen{ "ProtocolNotUtf8", { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xc3 } }),
    [] (const auto &test) { return std::string (test.param.name); });

TEST (DcepOpen, ANulInTheLabelIsReplaced)
{
  const Bytes wire = { 3, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 'a', 0, 'b' };
  g_auto (FloeDcepOpen) open = {};

  ASSERT_TRUE (floe_dcep_open_parse (&open, wire.data (), wire.size (), nullptr));
  EXPECT_STREQ (open.label, "a\xef\xbf\xbd"
                            "b");
}

TEST (DcepOpen, AStringOver65535BytesCannotBeWritten)
{
  std::string label (65535, 'x');
  FloeDcepOpen open = { label.data (), const_cast<char *> (""), 0, TRUE, -1, -1 };
  EXPECT_EQ (Serialize (open).size (), 12u + 65535);
  label += 'x';
  open.label = label.data ();
  EXPECT_EQ (floe_dcep_open_serialize (&open), nullptr);
}

TEST (DcepType, IsTheFirstByteAndAnAckMayBePadded)
{
  const guint8 open[] = { 3 }, ack[] = { 2, 0, 0, 0 }, other[] = { 1 };
  EXPECT_EQ (floe_dcep_get_type (open, 1), FLOE_DCEP_OPEN);
  EXPECT_EQ (floe_dcep_get_type (ack, 1), FLOE_DCEP_ACK);
  EXPECT_EQ (floe_dcep_get_type (ack, 4), FLOE_DCEP_ACK);
  EXPECT_EQ (floe_dcep_get_type (ack, 0), FLOE_DCEP_INVALID);
  EXPECT_EQ (floe_dcep_get_type (other, 1), FLOE_DCEP_INVALID);
  EXPECT_EQ (floe_dcep_get_type (other, 0), FLOE_DCEP_INVALID);
}
