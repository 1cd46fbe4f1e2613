/* SPDX-License-Identifier: MPL-2.0 */
/* An output folder that entries are put into as a receiver would. */
#pragma once

#include "files-test.h"

extern "C"
{
#include "output-folder.h"
}

class OutputFolderTest : public testing::Test
{
protected:
  ~OutputFolderTest () override
  {
    Drop ();
  }

  /* Offers @names. */
  void Open (ConflictRule rule, const std::vector<std::string> &names)
  {
    gboolean exists;

    Drop ();
    folder_ = output_folder_new ((target_ / "out").c_str (), error_);
    ASSERT_NE (folder_, nullptr) << error_.message ();
    output_folder_set_rule (folder_, rule);
    for (const std::string &name : names)
      ASSERT_TRUE (output_folder_announce (folder_, name.c_str (), &exists, error_)) << name;
  }
  void SetUp () override
  {
    target_.MakeFolder ("out");
  }
  void Drop ()
  {
    g_clear_pointer (&folder_, output_folder_free);
  }

  OutputResult Begin (const std::string &path, guint mode = G_MAXUINT, gint64 mtime_ms = -1)
  {
    return output_folder_begin_file (folder_, path.c_str (), -1, mode, mtime_ms, error_);
  }
  bool Write (const std::string &text)
  {
    return output_folder_write (folder_, text.data (), text.size (), error_);
  }
  bool Commit ()
  {
    return output_folder_commit_file (folder_, error_);
  }

  /* One entry: "a/", "a/b=content" or "a/l->target". "": all went well. */
  std::string Put (const std::string &entry)
  {
    const size_t equals = entry.find ('='), arrow = entry.find ("->");

    if (arrow != std::string::npos)
      return output_folder_make_link (folder_, entry.substr (0, arrow).c_str (),
                                      entry.substr (arrow + 2).c_str (), error_)
                 ? ""
                 : error_.message ();
    if (equals == std::string::npos)
      return output_folder_make_folder (folder_, entry.substr (0, entry.size () - 1).c_str (),
                                        G_MAXUINT, -1, error_)
                 ? ""
                 : error_.message ();
    const OutputResult result = Begin (entry.substr (0, equals));
    if (result == OUTPUT_SKIPPED)
      return "skipped";
    return result == OUTPUT_BEGUN && Write (entry.substr (equals + 1)) && Commit ()
               ? ""
               : error_.message ();
  }
  bool Finish ()
  {
    return output_folder_finish (folder_, error_);
  }

  TemporaryFolder target_;
  OutputFolder *folder_ = nullptr;
  ErrorHolder error_;
};
