/* SPDX-License-Identifier: MPL-2.0 */
/* What floe does with names and files, without a connection. */
#include <floe-test.h>

extern "C"
{
#include "safe-text.h"
}

namespace
{

struct Name
{
  const char *title;
  std::string given;
  const char *expected; /* nullptr: refused */
};

class SafeFileName : public testing::TestWithParam<Name>
{
};

TEST_P (SafeFileName, StaysInsideItsDirectory)
{
  g_autofree char *safe = safe_file_name (GetParam ().given.c_str ());

  EXPECT_STREQ (safe, GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (
    Names, SafeFileName,
    testing::Values (
        Name{ "Plain", "photo.jpg", "photo.jpg" }, Name{ "Spaces", "my photo.jpg", "my photo.jpg" },
        Name{ "Unicode", "Übung.txt", "Übung.txt" }, Name{ "Parent", "../x", "x" },
        Name{ "Absolute", "/etc/passwd", "passwd" }, Name{ "Backslash", "..\\..\\x", "x" },
        Name{ "Empty", "", nullptr }, Name{ "Dot", ".", nullptr }, Name{ "DotDot", "..", nullptr },
        Name{ "OnlyASlash", "a/", nullptr }, Name{ "ParentOnly", "../..", nullptr },
        Name{ "Blanks", "   ", nullptr }, Name{ "Hidden", ".bashrc", "_bashrc" },
        Name{ "HiddenBehindABlank", " .bashrc", "_bashrc" },
        Name{ "DotsBehindABlank", " ..", "_." }, Name{ "Newline", "a\nb", "a_b" },
        Name{ "Escape", "\033[2Jx", "_[2Jx" }, Name{ "Delete", "a\177b", "a_b" },
        Name{ "RightToLeft", "a\u202egpj.exe", "a_gpj.exe" }, Name{ "NotUtf8", "a\xff", nullptr },
        Name{ "Hash", "a#b%c", "a#b%c" }, Name{ "TooLong", std::string (256, 'x'), nullptr }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (SafeFileNameLength, MayBeAsLongAsFileSystemsAllow)
{
  const std::string longest (SAFE_FILE_NAME_MAX, 'x');

  EXPECT_EQ (TakeString (safe_file_name (longest.c_str ())), longest);
}

TEST (SafeMessage, ShowsNoControlCharacterAndIsShort)
{
  g_autofree char *safe = safe_message ("a\033[31mb\xff\n\u200bccc", 10);

  EXPECT_STREQ (safe, "a_[31mb\ufffd__");
}

} // namespace
