/* SPDX-License-Identifier: MPL-2.0 */
/* What floe says about files, and repeats of what the other side says. */
#include <floe-test.h>

#include <cerrno>

extern "C"
{
#include "file-error.h"
#include "safe-text.h"
}

namespace
{

TEST (SafeMessage, ShowsNoControlCharacterAndIsShort)
{
  g_autofree char *safe = safe_message ("a\033[31mb\xff\n\u200bccc", 10);

  EXPECT_STREQ (safe, "a_[31mb\ufffd__");
}

TEST (SafeMessage, LeavesWhatPeopleWrite)
{
  for (const char *text : { "", "Übung 你好 שלום", "a#b%c\\d", "😀" })
    EXPECT_EQ (TakeString (safe_message (text, 100)), text);
}

TEST (FileError, NamesTheFileInAWayFitForATerminal)
{
  ErrorHolder error;

  EXPECT_FALSE (file_error_set (error, ENOENT, "Can't read", "a\033b"));
  EXPECT_STREQ (error.message (), "Can't read a_b: No such file or directory");
  EXPECT_TRUE (error.Is (G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  EXPECT_FALSE (file_error_set_rule (error, G_IO_ERROR_EXISTS, std::string (9999, 'x').c_str (),
                                     "This is a rule"));
  EXPECT_EQ (error.message (), std::string (300, 'x') + ": This is a rule");
}

TEST (FileError, KnowsTheWaysInWhichADiskIsFull)
{
  for (int code : { ENOSPC, EDQUOT, EFBIG })
    {
      ErrorHolder error;
      file_error_set (error, code, "Can't write", "f");
      EXPECT_TRUE (error.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE)) << code;
    }
}

} // namespace
