/* SPDX-License-Identifier: MPL-2.0 */
#include "mdns-messages.h"

#include <floe/floe-error.h>

#include <cstring>

static Bytes
Serialize (const FloeMdnsMessage &message)
{
  Bytes wire (FLOE_MDNS_MAX_SENT_SIZE);

  wire.resize (floe_mdns_message_serialize (&message, wire.data ()));
  return wire;
}

/* The name in pieces: "\x04" "name" as text is easier to read than numbers. */
static Bytes
operator+ (Bytes left, const std::string &right)
{
  left.insert (left.end (), right.begin (), right.end ());
  return left;
}

static Bytes
operator+ (Bytes left, const Bytes &right)
{
  left.insert (left.end (), right.begin (), right.end ());
  return left;
}

static Bytes
Header (guint16 flags, guint8 questions, guint8 answers, guint8 authorities = 0,
        guint8 additionals = 0)
{
  return {
    0, 0,          (guint8) (flags >> 8), (guint8) flags, 0, questions, 0, answers, 0, authorities,
    0, additionals
  };
}

static const Bytes record_end = { 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 192, 0, 2, 1 };
static const std::string peer_local = std::string ("\4peer\5local\0", 12);

class MdnsCodec : public testing::Test
{
protected:
  bool Parse (const Bytes &wire)
  {
    return floe_mdns_message_parse (&message_, wire.data (), wire.size (), error_);
  }

  FloeMdnsMessage message_ = {};
  ErrorHolder error_;
};

TEST_F (MdnsCodec, WritesAQuestionAsRfc1035HasIt)
{
  auto query = Query ("peer.local", FLOE_MDNS_TYPE_AAAA, true);

  EXPECT_EQ (Serialize (*query), Header (0, 1, 0) + peer_local + Bytes ({ 0, 28, 0x80, 1 }));
}

TEST_F (MdnsCodec, WritesAnAnswerThatFlushesCaches)
{
  auto response = Response ("peer.local", Ipv4 (1));

  EXPECT_EQ (Serialize (*response), Header (0x8400, 0, 1) + peer_local + record_end);
}

TEST_F (MdnsCodec, WritesWhatThereIsNot)
{
  auto response = Response ("peer.local", Ipv4 (1));

  response->records[0].type = FLOE_MDNS_TYPE_NSEC;
  response->records[0].is_additional = TRUE;
  /* RFC 4034 section 4.1.2: window 0, one byte, type 1. */
  EXPECT_EQ (Serialize (*response), Header (0x8400, 0, 0, 0, 1) + peer_local
                                        + Bytes ({ 0, 47, 0x80, 1, 0, 0, 0, 120, 0, 15 })
                                        + peer_local + Bytes ({ 0, 1, 0x40 }));
}

TEST_F (MdnsCodec, ReadsWhatItWrites)
{
  auto response = Response (NAME, Ipv4 (1));

  AddRecord (response.get (), OTHER_NAME, Ipv6 (2), 0);
  AddQuestion (response.get (), NAME, FLOE_MDNS_TYPE_ANY, true);
  response->records[1].is_additional = TRUE;
  response->id = 0x1234;
  response->is_truncated = TRUE;
  ASSERT_TRUE (Parse (Serialize (*response))) << error_.message ();
  EXPECT_EQ (memcmp (&message_, response.get (), sizeof message_), 0);
}

TEST_F (MdnsCodec, FollowsPointersBack)
{
  Bytes wire = Header (0x8400, 1, 1) + peer_local + Bytes ({ 0, 1, 0, 1 }) + Bytes ({ 0xc0, 12 })
               + record_end;

  ASSERT_TRUE (Parse (wire)) << error_.message ();
  ASSERT_EQ (message_.record_count, 1u);
  EXPECT_STREQ (message_.records[0].name, "peer.local");
  EXPECT_EQ (message_.records[0].ttl_s, 120u);
  EXPECT_TRUE (message_.records[0].flushes_cache);
}

TEST_F (MdnsCodec, FollowsAPointerInTheMiddleOfAName)
{
  /* "other" and then the "local" of "peer.local". */
  Bytes wire = Header (0x8400, 1, 1) + peer_local + Bytes ({ 0, 1, 0, 1 }) + std::string ("\5OTHER")
               + Bytes ({ 0xc0, 17 }) + record_end;

  ASSERT_TRUE (Parse (wire)) << error_.message ();
  ASSERT_EQ (message_.record_count, 1u);
  EXPECT_STREQ (message_.records[0].name, "other.local");
}

TEST_F (MdnsCodec, PassesOverWhatIsNotAboutAddresses)
{
  Bytes wire = Header (0x8400, 0, 3, 1, 1) + std::string ("\5_http\4_tcp\5local\0", 18)
               + Bytes ({ 0, 12, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12 })               /* PTR */
               + peer_local + Bytes ({ 0, 1, 0, 3, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4 }) /* class CH */
               + peer_local + Bytes ({ 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3 })    /* 3 bytes */
               + peer_local + record_end /* of one who probes */ + peer_local + record_end;

  ASSERT_TRUE (Parse (wire)) << error_.message ();
  ASSERT_EQ (message_.record_count, 1u);
  EXPECT_TRUE (message_.records[0].is_additional);
}

TEST_F (MdnsCodec, KeepsNoMoreThanItHasRoomFor)
{
  Bytes wire = Header (0x8400, 0, FLOE_MDNS_MAX_RECORDS + 9);

  for (int i = 0; i < FLOE_MDNS_MAX_RECORDS + 9; i++)
    wire = wire + peer_local + record_end;
  ASSERT_TRUE (Parse (wire)) << error_.message ();
  EXPECT_EQ (message_.record_count, (guint) FLOE_MDNS_MAX_RECORDS);
}

TEST_F (MdnsCodec, WritesNothingThatDoesNotFit)
{
  auto response = Response (NAME, Ipv6 (1));

  for (int i = 1; i < FLOE_MDNS_MAX_RECORDS; i++)
    AddRecord (response.get (), NAME, Ipv6 (1));
  EXPECT_EQ (Serialize (*response).size (), 0u);
}

struct BadMessage
{
  const char *name;
  Bytes wire;
};

class MdnsCodecRefuses : public testing::TestWithParam<BadMessage>
{
};

TEST_P (MdnsCodecRefuses, TheMessage)
{
  FloeMdnsMessage message = {}, untouched = {};
  ErrorHolder error;

  EXPECT_FALSE (floe_mdns_message_parse (&message, GetParam ().wire.data (),
                                         GetParam ().wire.size (), error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
  EXPECT_EQ (memcmp (&message, &untouched, sizeof message), 0);
}

static Bytes
LongName ()
{
  Bytes wire = Header (0, 1, 0);

  for (int i = 0; i < 128; i++)
    wire = wire + std::string ("\1a");
  return wire + Bytes ({ 0, 0, 1, 0, 1 });
}

/* Pointers that each lead to the one before, where nobody looks for names: in the data of a record.
 */
static Bytes
ChainOfPointers ()
{
  Bytes wire = Header (0x8400, 1, 1) + peer_local + Bytes ({ 0, 1, 0, 1, 0, 0, 9, 0, 1 });
  guint8 before = 12, count = 17;

  wire = wire + Bytes ({ 0, 0, 0, 9, 0, (guint8) (2 * count) });
  for (guint8 i = 0; i < count; i++)
    {
      wire = wire + Bytes ({ 0xc0, before });
      before = (guint8) (wire.size () - 2);
    }
  wire[7]++; /* a record with that name */
  return wire + Bytes ({ 0xc0, before }) + record_end;
}

INSTANTIATE_TEST_SUITE_P (
    Wire, MdnsCodecRefuses,
    testing::Values (
        BadMessage{ "Empty", {} }, BadMessage{ "ShortHeader", Bytes (11) },
        BadMessage{ "MissingQuestion", Header (0, 1, 0) },
        BadMessage{ "CutName", Header (0, 1, 0) + std::string ("\4pe") },
        BadMessage{ "NameWithoutEnd", Header (0, 1, 0) + std::string ("\4peer") },
        BadMessage{ "CutType", Header (0, 1, 0) + peer_local + Bytes ({ 0 }) },
        BadMessage{ "CutData", Header (0x8400, 0, 1) + peer_local
                                   + Bytes ({ 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3 }) },
        BadMessage{ "PointerToItself", Header (0, 1, 0) + Bytes ({ 0xc0, 12, 0, 1, 0, 1 }) },
        BadMessage{ "PointerAhead", Header (0, 1, 0) + Bytes ({ 0xc0, 14 }) + peer_local },
        BadMessage{ "PointersInACircle",
                    Header (0, 1, 0) + Bytes ({ 1, 'a', 0xc0, 16, 1, 'b', 0xc0, 12, 0, 1, 0, 1 }) },
        BadMessage{ "PointerBackIntoItsOwnName",
                    Header (0, 1, 0) + Bytes ({ 1, 'a', 0xc0, 12, 0, 1, 0, 1 }) },
        BadMessage{ "PointerBeyondTheEnd", Header (0, 1, 0) + Bytes ({ 0xff, 0xff, 0, 1, 0, 1 }) },
        BadMessage{ "TooManyPointers", ChainOfPointers () },
        BadMessage{ "LabelOfUnknownKind", Header (0, 1, 0) + Bytes ({ 0x41, 'a', 0, 0, 1, 0, 1 }) },
        BadMessage{ "NameTooLong", LongName () },
        BadMessage{ "OtherOpcode", Header (0x2800, 1, 0) + peer_local + Bytes ({ 0, 1, 0, 1 }) },
        BadMessage{ "ResponseCode", Header (0x8403, 1, 0) + peer_local + Bytes ({ 0, 1, 0, 1 }) },
        BadMessage{ "TooLong", Header (0, 0, 0) + Bytes (FLOE_MDNS_MAX_RECEIVED_SIZE) }),
    [] (const auto &info) { return std::string (info.param.name); });

struct NameCase
{
  const char *name;
  std::string text;
  const char *expected; /* NULL: refused */
};

class MdnsName : public testing::TestWithParam<NameCase>
{
};

TEST_P (MdnsName, IsOneOfACandidateOrNot)
{
  char name[FLOE_MDNS_NAME_SIZE] = "";

  EXPECT_EQ (floe_mdns_name_set (name, GetParam ().text.c_str ()), GetParam ().expected != nullptr);
  EXPECT_STREQ (name, GetParam ().expected != nullptr ? GetParam ().expected : "");
}

INSTANTIATE_TEST_SUITE_P (
    Text, MdnsName,
    testing::Values (
        NameCase{ "Uuid", NAME, NAME }, NameCase{ "Upper", "PEER.Local", "peer.local" },
        NameCase{ "Longest", std::string (63, 'a') + ".local",
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                  ".local" },
        NameCase{ "TooLong", std::string (64, 'a') + ".local", nullptr },
        NameCase{ "TwoDots", "a.b.local", nullptr }, NameCase{ "NoLabel", ".local", nullptr },
        NameCase{ "OtherDomain", "peer.example", nullptr },
        NameCase{ "Root", "peer.local.", nullptr }, NameCase{ "Space", "pe er.local", nullptr },
        NameCase{ "NotAscii", "p\xc3\xa9.local", nullptr }, NameCase{ "Empty", "", nullptr }),
    [] (const auto &info) { return std::string (info.param.name); });
