/* SPDX-License-Identifier: MPL-2.0 */
/* The rules for paths and link targets: docs/protocol.md section 4. */
#include <floe-test.h>

extern "C"
{
#include "transfer-path.h"
}

namespace
{

std::string
Repeat (const std::string &text, int count)
{
  std::string result;
  for (int i = 0; i < count; i++)
    result += text;
  return result;
}

struct Path
{
  const char *title;
  std::string text;
  bool is_good;
};

class TransferPath : public testing::TestWithParam<Path>
{
};

TEST_P (TransferPath, IsSplitOrRefused)
{
  const Path &path = GetParam ();
  ErrorHolder error;
  g_auto (GStrv) segments = transfer_path_split (path.text.c_str (), error);

  EXPECT_EQ (segments != nullptr, path.is_good) << error.message ();
  EXPECT_EQ (error.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME), !path.is_good);
  if (path.is_good)
    {
      ASSERT_NE (segments, nullptr);
      EXPECT_EQ (TakeString (g_strjoinv ("/", segments)), path.text);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Paths, TransferPath,
    testing::Values (
        Path{ "File", "a", true }, Path{ "Folder", "a/b/c", true }, Path{ "Hidden", ".a/.b", true },
        Path{ "ThreeDots", ".../....", true }, Path{ "Scripts", "Ü/你好/שלום", true },
        Path{ "Backslashes", "..\\..\\a", true }, Path{ "Controls", "a\n/\033[2J", true },
        Path{ "LongestSegment", std::string (255, 'x'), true },
        Path{ "MostSegments", Repeat ("a/", 63) + "a", true },
        Path{ "Longest", Repeat (std::string (255, 'x') + "/", 15) + std::string (255, 'x') + "x",
              false },
        Path{ "LongestThatIsAllowed",
              Repeat (std::string (255, 'x') + "/", 15) + std::string (255, 'x'), true },
        Path{ "Empty", "", false }, Path{ "Absolute", "/etc/passwd", false },
        Path{ "OnlyASlash", "/", false }, Path{ "TwoSlashes", "a//b", false },
        Path{ "SlashAtTheEnd", "a/", false }, Path{ "Dot", ".", false },
        Path{ "DotInside", "a/./b", false }, Path{ "DotAtTheEnd", "a/.", false },
        Path{ "Parent", "..", false }, Path{ "ParentFirst", "../a", false },
        Path{ "ParentInside", "a/../b", false }, Path{ "ParentAtTheEnd", "a/..", false },
        Path{ "ManyParents", Repeat ("../", 30) + "etc/passwd", false },
        Path{ "NotUtf8", "a/\xff", false },
        Path{ "OverlongSlash",
              "a\xc0\xaf"
              "b",
              false },
        Path{ "Surrogate", "\xed\xa0\x80", false },
        Path{ "SegmentTooLong", std::string (256, 'x'), false },
        Path{ "TooManySegments", Repeat ("a/", 64) + "a", false },
        Path{ "TooLong", Repeat ("x", 4097), false },
        Path{ "OnlySlashes", Repeat ("/", 4096), false }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (TransferPathSafety, LeavesNothingForATerminalToActUpon)
{
  struct
  {
    const char *segment;
    const char *deep;
    const char *first;
  } cases[] = {
    { "photo.jpg", "photo.jpg", "photo.jpg" },
    { "Übung 你好 שלום", "Übung 你好 שלום", "Übung 你好 שלום" },
    { ".bashrc", ".bashrc", "_bashrc" },
    { "...", "...", "_.." },
    { "..\\x", ".._x", "_._x" },
    { "\033[2Jx", "_[2Jx", "_[2Jx" },
    { "a\r\n\tb\177", "a___b_", "a___b_" },
    { "a\u202egpj.exe", "a_gpj.exe", "a_gpj.exe" },
    { "\u200b.", "_.", "_." },
    { ".\u200b", "._", "__" },
    { "\u2028\u2029\u0085", "___", "___" },
    { "\U000e0041", "_", "_" },
    { " .x", " .x", " .x" },
  };

  for (const auto &c : cases)
    {
      EXPECT_EQ (TakeString (transfer_path_make_safe (c.segment, FALSE)), c.deep);
      EXPECT_EQ (TakeString (transfer_path_make_safe (c.segment, TRUE)), c.first);
    }
}

struct Target
{
  const char *title;
  std::string text;
  guint folder_count;
  bool is_inside;
};

class TransferTarget : public testing::TestWithParam<Target>
{
};

TEST_P (TransferTarget, StaysInsideOrIsRefused)
{
  const Target &target = GetParam ();

  EXPECT_EQ (transfer_path_is_inside (target.text.c_str (), target.folder_count), target.is_inside);
}

INSTANTIATE_TEST_SUITE_P (
    Targets, TransferTarget,
    testing::Values (Target{ "Sibling", "a", 0, true }, Target{ "Deeper", "a/b", 0, true },
                     Target{ "Itself", ".", 0, true }, Target{ "DotFirst", "./a", 0, true },
                     Target{ "Folder", "a/", 0, true }, Target{ "ClimbsOne", "../a", 1, true },
                     Target{ "ClimbsAll", "../..", 2, true },
                     Target{ "Hidden", "..a/...", 0, true }, Target{ "Empty", "", 5, false },
                     Target{ "Absolute", "/etc/passwd", 5, false }, Target{ "Root", "/", 5, false },
                     Target{ "ClimbsOut", "..", 0, false },
                     Target{ "ClimbsTooHigh", "../../a", 1, false },
                     Target{ "ClimbsTooHighWithSlashes", "..//..", 1, false },
                     Target{ "ClimbsLate", "a/..", 5, false },
                     Target{ "ClimbsAfterADot", "./../a", 5, false },
                     Target{ "ClimbsAgain", "../a/..", 5, false },
                     Target{ "ClimbsManyTimes", Repeat ("../", 1000), 63, false },
                     Target{ "NotUtf8", "\xff", 5, false },
                     Target{ "SegmentTooLong", std::string (256, 'x'), 5, false },
                     Target{ "TooLong", Repeat ("x/", 2049), 5, false }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (TransferTargetSafety, NamesWhatItsNamesBecome)
{
  EXPECT_EQ (TakeString (transfer_path_make_target_safe ("../a\n/.b\\c")), "../a_/.b_c");
}

TEST (TransferPathNumber, ComesBeforeTheExtension)
{
  struct
  {
    const char *name;
    gboolean has_extension;
    const char *expected;
  } cases[] = {
    { "a", TRUE, "a (2)" },
    { "a.txt", TRUE, "a (2).txt" },
    { "a.tar.gz", TRUE, "a.tar (2).gz" },
    { ".hidden", TRUE, ".hidden (2)" },
    { "a.", TRUE, "a. (2)" },
    { "v1.2", FALSE, "v1.2 (2)" },
    { "Mr. Someone and his friends", TRUE, "Mr. Someone and his friends (2)" },
  };

  for (const auto &c : cases)
    EXPECT_EQ (TakeString (transfer_path_number (c.name, 2, c.has_extension)), c.expected);
}

TEST (TransferPathNumber, FitsIntoASegmentWhateverTheName)
{
  for (const std::string &name : { std::string (255, 'x'), std::string (251, 'x') + ".txt",
                                   Repeat ("ü", 127), "x" + Repeat ("ü", 127), Repeat ("😀", 63) })
    for (guint number : { 1u, 10u, 1000u })
      {
        const std::string numbered =
            TakeString (transfer_path_number (name.c_str (), number, TRUE));
        EXPECT_TRUE (transfer_path_is_segment (numbered.c_str ())) << numbered;
        EXPECT_NE (numbered.find ("(" + std::to_string (number) + ")"), std::string::npos);
        EXPECT_GT (numbered.size (), 250u);
      }
}

} // namespace
