/* SPDX-License-Identifier: MPL-2.0 */
/* How parts of unordered messages are marked, put together and forgotten, and how much is kept. */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-sctp-fragments-core-private.h"
G_END_DECLS

#define LIMIT 1000

/* Flags of a DATA chunk (RFC 9260 section 3.3.1). */
enum
{
  END = 1,
  BEGIN = 2,
  WHOLE = BEGIN | END,
  UNORDERED = 4,
  AT_ONCE = 8,
};

using Packet = std::vector<guint8>;

static void
Append (Packet &packet, std::initializer_list<guint32> words)
{
  for (guint32 word : words)
    for (int shift : { 24, 16, 8, 0 })
      packet.push_back ((guint8) (word >> shift));
}

/* Of stream 3, with one byte and its padding. */
static void
AppendData (Packet &packet, guint flags, guint32 ppid)
{
  Append (packet, { flags << 16 | 17, 7, 0x00030000, ppid, 0x78000000 });
}

static Packet
Mark (const Packet &packet)
{
  g_autofree guint8 *marked = floe_sctp_fragments_mark (packet.data (), packet.size ());

  return marked == nullptr ? packet : Packet (marked, marked + packet.size ());
}

struct Marking
{
  const char *name;
  guint flags;
  guint32 ppid;
  guint marked_flags;
  guint32 marked_ppid;
};

static const Marking markings[] = {
  { "Begin", UNORDERED | BEGIN, 51, UNORDERED | WHOLE, 0xf10e8033 },
  { "Middle", UNORDERED, 51, UNORDERED | WHOLE, 0xf10e0033 },
  { "End", UNORDERED | END, 53, UNORDERED | WHOLE, 0xf10e4035 },
  { "AnswerAtOnce", UNORDERED | END | AT_ONCE, 53, UNORDERED | WHOLE | AT_ONCE, 0xf10e4035 },
  { "LargestIdentifier", UNORDERED | BEGIN, 0x3fff, UNORDERED | WHOLE, 0xf10ebfff },
  { "StrangeIdentifier", UNORDERED | BEGIN, 0x4000, UNORDERED | WHOLE, 0xf10e8000 },
  { "LooksLikeAMark", UNORDERED | BEGIN, 0xf10ec033, UNORDERED | WHOLE, 0xf10e8000 },
  { "WholeLooksLikeAMark", UNORDERED | WHOLE, 0xf10ec033, UNORDERED | WHOLE, 0 },
  { "OrderedLooksLikeAMark", BEGIN, 0xf10e8033, BEGIN, 0 },
  { "Whole", UNORDERED | WHOLE, 51, UNORDERED | WHOLE, 51 },
  { "WholeStrangeIdentifier", UNORDERED | WHOLE, 0x12345678, UNORDERED | WHOLE, 0x12345678 },
  { "OrderedBegin", BEGIN, 51, BEGIN, 51 },
  { "OrderedMiddle", 0, 0x12345678, 0, 0x12345678 },
  { "OrderedWhole", WHOLE, 51, WHOLE, 51 },
};

class FragmentsMark : public testing::TestWithParam<Marking>
{
};

TEST_P (FragmentsMark, ChangesPartsOfUnorderedMessagesAndWhatLooksLikeThem)
{
  Packet packet (12, 0), expected (12, 0);

  /* Behind another chunk, and before one. */
  Append (packet, { 0x03000010, 1, 2, 0 });
  AppendData (packet, GetParam ().flags, GetParam ().ppid);
  AppendData (packet, WHOLE, 50);
  Append (expected, { 0x03000010, 1, 2, 0 });
  AppendData (expected, GetParam ().marked_flags, GetParam ().marked_ppid);
  AppendData (expected, WHOLE, 50);
  EXPECT_EQ (Mark (packet), expected);
  EXPECT_EQ (floe_sctp_fragments_is_marked (GetParam ().marked_ppid),
             (GetParam ().marked_ppid & 0xffff0000) == 0xf10e0000);
}

INSTANTIATE_TEST_SUITE_P (Chunks, FragmentsMark, testing::ValuesIn (markings),
                          [] (const auto &info) { return info.param.name; });

/* Whatever is cut off or has a wrong length is left to usrsctp. */
TEST (FragmentsMarkBytes, BearAnyBytes)
{
  Packet packet (12, 0);

  AppendData (packet, UNORDERED | BEGIN, 51);
  for (gsize size = 0; size < 12 + 17; size++)
    {
      const Packet part (packet.begin (), packet.begin () + (long) size);

      EXPECT_EQ (Mark (part), part) << size;
    }
  for (guint length = 0; length < 16; length++)
    {
      Packet wrong = packet;

      wrong[15] = (guint8) length;
      EXPECT_EQ (Mark (wrong), wrong) << length;
    }
}

struct Part
{
  guint32 tsn;
  guint flags;
  const char *data;
  guint16 stream = 3;
};

struct Assembly
{
  const char *name;
  std::vector<Part> parts;
  std::vector<std::string> messages;
  bool leaves_some;
};

static const Assembly assemblies[] = {
  { "InTurn", { { 1, BEGIN, "a" }, { 2, 0, "b" }, { 3, END, "c" } }, { "abc" }, false },
  { "Backwards", { { 3, END, "c" }, { 2, 0, "b" }, { 1, BEGIN, "a" } }, { "abc" }, false },
  { "TheMiddleLast", { { 1, BEGIN, "a" }, { 3, END, "c" }, { 2, 0, "b" } }, { "abc" }, false },
  { "TwoParts", { { 1, BEGIN, "a" }, { 2, END, "b" } }, { "ab" }, false },
  { "LongRunsMeet",
    { { 1, BEGIN, "a" },
      { 5, 0, "e" },
      { 2, 0, "b" },
      { 6, END, "f" },
      { 4, 0, "d" },
      { 3, 0, "c" } },
    { "abcdef" },
    false },
  { "NumbersThatWrap",
    { { 0xffffffff, BEGIN, "a" }, { 1, END, "c" }, { 0, 0, "b" } },
    { "abc" },
    false },
  { "TwoMessagesInOneAnother",
    { { 1, BEGIN, "a" }, { 3, BEGIN, "c" }, { 4, END, "d" }, { 2, END, "b" } },
    { "cd", "ab" },
    false },
  { "NeighboursOfTwoMessages", { { 2, END, "b" }, { 3, BEGIN, "c" } }, {}, true },
  { "NeighboursOfTwoStreams", { { 1, BEGIN, "a", 3 }, { 2, END, "b", 4 } }, {}, true },
  { "TheBeginningIsMissing", { { 2, 0, "b" }, { 3, END, "c" } }, {}, true },
  { "TheMiddleIsMissing", { { 1, BEGIN, "a" }, { 3, END, "c" } }, {}, true },
  { "TheEndIsMissing", { { 1, BEGIN, "a" }, { 2, 0, "b" } }, {}, true },
  { "Twice", { { 1, BEGIN, "a" }, { 1, BEGIN, "x" }, { 2, END, "b" } }, { "ab" }, false },
  { "MarkedAsWhole", { { 1, WHOLE, "a" } }, { "a" }, false },
};

class FragmentsCore : public testing::Test
{
protected:
  ~FragmentsCore () override
  {
    floe_sctp_fragments_core_free (core_);
  }

  FloeSctpFragmentResult Add (const Part &part, guint32 ppid = 51)
  {
    const FloeSctpFragment fragment = { part.stream, part.tsn,
                                        0xf10e0000 | part.flags << 14 | ppid };
    GBytes *message = nullptr;
    FloeSctpFragmentResult result = floe_sctp_fragments_core_add (
        core_, &fragment, g_bytes_new (part.data, strlen (part.data)), &message, &ppid_);

    EXPECT_EQ (message != nullptr, result == FLOE_SCTP_FRAGMENT_COMPLETE);
    if (message != nullptr)
      messages_.push_back (std::string ((const char *) g_bytes_get_data (message, nullptr),
                                        g_bytes_get_size (message)));
    g_clear_pointer (&message, g_bytes_unref);
    return result;
  }

  void Forget (guint32 tsn)
  {
    floe_sctp_fragments_core_forget (core_, tsn);
  }

  gsize size () const
  {
    return floe_sctp_fragments_core_get_size (core_);
  }

  FloeSctpFragmentsCore *core_ = floe_sctp_fragments_core_new (LIMIT);
  std::vector<std::string> messages_;
  guint32 ppid_ = 0;
};

class FragmentsAssembly : public FragmentsCore, public testing::WithParamInterface<Assembly>
{
};

TEST_P (FragmentsAssembly, GivesWhatIsWholeAndKeepsTheRest)
{
  for (const Part &part : GetParam ().parts)
    Add (part);
  EXPECT_EQ (messages_, GetParam ().messages);
  EXPECT_EQ (size () > 0, GetParam ().leaves_some);
  floe_sctp_fragments_core_clear (core_);
  EXPECT_EQ (size (), 0u);
}

INSTANTIATE_TEST_SUITE_P (Orders, FragmentsAssembly, testing::ValuesIn (assemblies),
                          [] (const auto &info) { return info.param.name; });

TEST_F (FragmentsCore, TakesTheIdentifierOfTheFirstPart)
{
  Add ({ 2, END, "b" }, 53);
  Add ({ 1, BEGIN, "a" }, 51);
  EXPECT_EQ (ppid_, 51u);
}

struct Forgetting
{
  const char *name;
  Part part;
  guint32 tsn;
  bool is_kept;
};

/* A part that was acknowledged, and is not there, doesn't come any more (RFC 3758 section 3.6). */
static const Forgetting forgettings[] = {
  { "AllThatIsThereHasArrived", { 5, BEGIN, "a" }, 5, true },
  { "TheNextIsGivenUp", { 5, BEGIN, "a" }, 6, false },
  { "TheOneBeforeIsGivenUp", { 5, END, "a" }, 4, false },
  { "TheOneBeforeMayStillCome", { 5, END, "a" }, 3, true },
  { "AMiddleWhoseBeginningIsGivenUp", { 5, 0, "a" }, 4, false },
  { "AMiddleWhoseBeginningMayStillCome", { 5, 0, "a" }, 3, true },
  { "TheNextIsGivenUpWhereNumbersWrap", { 0xffffffff, BEGIN, "a" }, 0, false },
  { "NumbersThatWrapAreNotOld", { 1, BEGIN, "a" }, 0xffffffff, true },
};

class FragmentsForgetting : public FragmentsCore, public testing::WithParamInterface<Forgetting>
{
};

TEST_P (FragmentsForgetting, KeepsWhatMayStillBecomeWhole)
{
  Add (GetParam ().part);
  Forget (GetParam ().tsn);
  EXPECT_EQ (size () > 0, GetParam ().is_kept);
}

INSTANTIATE_TEST_SUITE_P (Ends, FragmentsForgetting, testing::ValuesIn (forgettings),
                          [] (const auto &info) { return info.param.name; });

TEST_F (FragmentsCore, ForgetsOneAndGivesTheOther)
{
  Add ({ 1, BEGIN, "a" });
  Add ({ 4, BEGIN, "d" });
  Forget (2);
  Add ({ 5, END, "e" });
  EXPECT_EQ (messages_, std::vector<std::string> ({ "de" }));
  EXPECT_EQ (size (), 0u);
}

TEST_F (FragmentsCore, RefusesAMessageAboveItsLimit)
{
  const std::string half (LIMIT / 2, 'x');

  EXPECT_EQ (Add ({ 1, BEGIN, half.c_str () }), FLOE_SCTP_FRAGMENT_KEPT);
  EXPECT_EQ (Add ({ 3, END, "x" }), FLOE_SCTP_FRAGMENT_KEPT);
  EXPECT_EQ (Add ({ 2, 0, half.c_str () }), FLOE_SCTP_FRAGMENT_TOO_LONG);
}

TEST_F (FragmentsCore, TakesAMessageOfJustItsLimit)
{
  const std::string half (LIMIT / 2, 'x');

  EXPECT_EQ (Add ({ 1, BEGIN, half.c_str () }), FLOE_SCTP_FRAGMENT_KEPT);
  EXPECT_EQ (Add ({ 2, END, half.c_str () }), FLOE_SCTP_FRAGMENT_COMPLETE);
}

/* A peer that begins messages and ends none, on as many streams as there are. */
TEST_F (FragmentsCore, RefusesToKeepWithoutEnd)
{
  const std::string data (LIMIT, 'x');
  guint32 tsn = 0;

  while (tsn < 100000
         && Add ({ tsn, BEGIN, data.c_str (), (guint16) tsn }) == FLOE_SCTP_FRAGMENT_KEPT)
    tsn++;
  EXPECT_GT (tsn, 4096u) << "as much may be under way";
  EXPECT_LT (tsn, 10000u);
  EXPECT_LT (size (), 9000000u);
}

/* One byte in each: what keeping them costs counts. */
TEST_F (FragmentsCore, CountsWhatSmallPartsCost)
{
  guint32 tsn = 0;

  while (tsn < 1000000 && Add ({ 2 * tsn, 0, "x" }) == FLOE_SCTP_FRAGMENT_KEPT)
    tsn++;
  EXPECT_LT (tsn, 50000u);
}

TEST_F (FragmentsCore, ForgetsAPeerThatOnlyBeginsAsFastAsThatIsAcknowledged)
{
  for (guint32 tsn = 0; tsn < 100000; tsn++)
    {
      ASSERT_EQ (Add ({ tsn, BEGIN, "x" }), FLOE_SCTP_FRAGMENT_KEPT);
      Forget (tsn);
    }
  EXPECT_LT (size (), 1000u);
}
