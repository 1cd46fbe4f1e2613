/* SPDX-License-Identifier: MPL-2.0 */
/* What floe finds to send, and that it arrives as it was. */
#include "files-test.h"

#include <sys/socket.h>
#include <sys/un.h>

extern "C"
{
#include "output-folder.h"
#include "source-tree.h"
}

namespace
{

class SourceTreeTest : public testing::Test
{
protected:
  ~SourceTreeTest () override
  {
    g_clear_pointer (&tree_, source_tree_free);
  }

  /* Lists @names beneath the folder. */
  bool List (const std::vector<std::string> &names)
  {
    std::vector<std::string> paths;
    std::vector<const char *> pointers;

    for (const std::string &name : names)
      paths.push_back (name == "-" || name[0] == '/' ? name : source_ / name);
    for (const std::string &path : paths)
      pointers.push_back (path.c_str ());
    pointers.push_back (nullptr);
    g_clear_pointer (&tree_, source_tree_free);
    tree_ = source_tree_new (pointers.data (), error_);
    return tree_ != nullptr;
  }

  /* "a/ a/b=3 a/l->b", in the order of sending. */
  std::string Entries () const
  {
    std::string result;
    for (guint i = 0; i < source_tree_get_entry_count (tree_); i++)
      {
        SourceEntry entry;
        source_tree_get_entry (tree_, i, &entry);
        result += (i > 0 ? " " : "") + std::string (entry.path);
        if (entry.kind == SOURCE_FOLDER)
          result += "/";
        else if (entry.kind == SOURCE_LINK)
          result += std::string ("->") + entry.target;
        else
          result += "=" + std::to_string (entry.size);
      }
    return result;
  }

  guint IndexOf (const std::string &path) const
  {
    SourceEntry entry;
    for (guint i = 0; i < source_tree_get_entry_count (tree_); i++)
      {
        source_tree_get_entry (tree_, i, &entry);
        if (path == entry.path)
          return i;
      }
    ADD_FAILURE () << path << " is not listed";
    return 0;
  }

  /* Sends entry @index into @folder, as a receiver would be told. */
  void Copy (guint index, OutputFolder *folder)
  {
    SourceEntry entry;
    char data[7];
    gssize size;
    guint64 total = 0;

    source_tree_get_entry (tree_, index, &entry);
    if (entry.kind == SOURCE_FOLDER)
      {
        ASSERT_TRUE (
            output_folder_make_folder (folder, entry.path, entry.mode, entry.mtime_ms, error_))
            << error_.message ();
        return;
      }
    if (entry.kind == SOURCE_LINK)
      {
        ASSERT_TRUE (output_folder_make_link (folder, entry.path, entry.target, error_))
            << error_.message ();
        return;
      }
    g_autoptr (GInputStream) stream = source_tree_open (tree_, index, error_);
    ASSERT_NE (stream, nullptr) << error_.message ();
    ASSERT_EQ (output_folder_begin_file (folder, entry.path, entry.size, entry.mode, entry.mtime_ms,
                                         error_),
               OUTPUT_BEGUN)
        << error_.message ();
    while ((size = g_input_stream_read (stream, data, sizeof data, nullptr, error_)) > 0)
      {
        ASSERT_TRUE (output_folder_write (folder, data, static_cast<gsize> (size), error_));
        total += static_cast<guint64> (size);
      }
    ASSERT_EQ (size, 0) << error_.message ();
    ASSERT_TRUE (source_tree_check_unchanged (tree_, index, stream, total, error_))
        << error_.message ();
    ASSERT_TRUE (output_folder_commit_file (folder, error_)) << error_.message ();
  }

  void CopyAll (const TemporaryFolder &target)
  {
    g_autoptr (OutputFolder) folder = output_folder_new (target.path ().c_str (), error_);

    ASSERT_NE (folder, nullptr) << error_.message ();
    for (guint i = 0; i < source_tree_get_item_count (tree_); i++)
      {
        SourceItem item;
        gboolean exists;
        source_tree_get_item (tree_, i, &item);
        ASSERT_TRUE (output_folder_announce (folder, item.name, &exists, error_));
        ASSERT_FALSE (exists);
      }
    for (guint i = 0; i < source_tree_get_entry_count (tree_); i++)
      Copy (i, folder);
    ASSERT_TRUE (output_folder_finish (folder, error_)) << error_.message ();
  }

  TemporaryFolder source_;
  SourceTree *tree_ = nullptr;
  ErrorHolder error_;
};

TEST_F (SourceTreeTest, ArrivesAsItWas)
{
  TemporaryFolder target;

  source_.MakeFolder ("t/empty");
  source_.MakeFolder ("t/b/c");
  source_.WriteFile ("t/b/c/file", "some content that takes several reads", 0640);
  source_.WriteFile ("t/none", "");
  source_.WriteFile ("t/.hidden", "x", 0755);
  source_.WriteFile ("t/Übung 你好 שלום", "names");
  source_.WriteFile ("t/b/read-only", "r", 0444);
  source_.MakeLink ("t/b/c/up", "../../none");
  source_.MakeLink ("t/l", "b/c");
  source_.SetTime ("t/b/c/file", 1000000000, 123456789);
  source_.SetTime ("t/b/c", 1100000000);
  source_.SetTime ("t/b", 1200000000);
  source_.SetTime ("t", 1300000000);
  ASSERT_EQ (chmod ((source_ / "t/b/c").c_str (), 0500), 0);
  ASSERT_TRUE (List ({ "t" })) << error_.message ();
  CopyAll (target);

  EXPECT_EQ (target.Show (), source_.Show ());
  for (const char *name :
       { "t", "t/b", "t/b/c", "t/b/c/file", "t/empty", "t/.hidden", "t/b/read-only", "t/none" })
    EXPECT_EQ (target.Mode (name), source_.Mode (name)) << name;
  for (const char *name : { "t", "t/b", "t/b/c", "t/b/c/file" })
    EXPECT_EQ (target.Status (name).st_mtim.tv_sec, source_.Status (name).st_mtim.tv_sec) << name;
  EXPECT_EQ (target.Status ("t/b/c/file").st_mtim.tv_nsec, 123000000);
}

} // namespace
