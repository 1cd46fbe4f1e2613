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

TEST_F (SourceTreeTest, IsListedInOrderWithFoldersBeforeTheirContent)
{
  source_.MakeFolder ("t/b/c");
  source_.MakeFolder ("t/a");
  source_.WriteFile ("t/b/c/2", "22");
  source_.WriteFile ("t/b/c/10", "1");
  source_.WriteFile ("t/Z", "");
  source_.WriteFile ("single", "123");

  ASSERT_TRUE (List ({ "t", "single" })) << error_.message ();
  EXPECT_EQ (Entries (), "t/ t/Z=0 t/a/ t/b/ t/b/c/ t/b/c/10=1 t/b/c/2=2 single=3");
  EXPECT_EQ (source_tree_get_file_count (tree_), 4u);
  EXPECT_EQ (source_tree_get_size (tree_), 6);
  EXPECT_EQ (source_tree_get_left_out_count (tree_), 0u);
}

TEST_F (SourceTreeTest, SaysWhatIsInEachItem)
{
  SourceItem item;

  source_.MakeFolder ("t/b");
  source_.WriteFile ("t/b/1", "22");
  source_.WriteFile ("t/2", "333");
  source_.WriteFile ("f", "1");
  ASSERT_TRUE (List ({ "f", "t" }));
  ASSERT_EQ (source_tree_get_item_count (tree_), 2u);
  source_tree_get_item (tree_, 0, &item);
  EXPECT_EQ (item.kind, SOURCE_FILE);
  EXPECT_STREQ (item.name, "f");
  EXPECT_EQ (item.size, 1);
  EXPECT_EQ (item.files, 1u);
  source_tree_get_item (tree_, 1, &item);
  EXPECT_EQ (item.kind, SOURCE_FOLDER);
  EXPECT_STREQ (item.name, "t");
  EXPECT_EQ (item.size, 5);
  EXPECT_EQ (item.files, 2u);
}

TEST_F (SourceTreeTest, IsCalledWhatItsFolderIsCalledWhenThePathDoesNotSay)
{
  source_.MakeFolder ("t/b");
  source_.MakeLink ("l", "t");

  for (const char *path : { "t/", "t/.", "t/b/..", "t//", "t/./" })
    {
      ASSERT_TRUE (List ({ path })) << path;
      EXPECT_EQ (Entries (), "t/ t/b/") << path;
    }
  ASSERT_TRUE (List ({ "l/" }));
  EXPECT_EQ (Entries (), "t/ t/b/");
}

TEST_F (SourceTreeTest, NumbersItemsOfTheSameName)
{
  for (const char *folder : { "1", "2", "3" })
    {
      source_.MakeFolder (std::string (folder) + "/v1.2");
      source_.WriteFile (std::string (folder) + "/a.txt", folder);
    }
  source_.WriteFile ("a (1).txt", "mine");
  ASSERT_TRUE (List ({ "1/a.txt", "a (1).txt", "2/a.txt", "3/a.txt", "1/v1.2", "2/v1.2" }));
  EXPECT_EQ (Entries (), "a.txt=1 a (1).txt=4 a (2).txt=1 a (3).txt=1 v1.2/ v1.2 (1)/");
}

TEST_F (SourceTreeTest, IsStandardInputOnlyOnce)
{
  SourceItem item;
  SourceEntry entry;

  source_.WriteFile ("stdin", "x");
  ASSERT_TRUE (List ({ "stdin", "-" }));
  EXPECT_EQ (Entries (), "stdin=1 stdin (1)=-1");
  EXPECT_EQ (source_tree_get_size (tree_), -1);
  source_tree_get_item (tree_, 1, &item);
  EXPECT_EQ (item.size, -1);
  EXPECT_EQ (item.files, 1u);
  source_tree_get_entry (tree_, 1, &entry);
  EXPECT_EQ (entry.mode, G_MAXUINT);
  EXPECT_EQ (entry.mtime_ms, -1);
  EXPECT_FALSE (List ({ "-", "-" }));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
}

TEST_F (SourceTreeTest, HasLinksThatStayInsideAndLeavesOutTheOthers)
{
  source_.WriteFile ("secret", "x");
  source_.MakeFolder ("t/a");
  source_.WriteFile ("t/f", "x");
  source_.MakeLink ("t/a/inside", "../f");
  source_.MakeLink ("t/dangling", "none");
  source_.MakeLink ("t/absolute", source_ / "t/f");
  source_.MakeLink ("t/outside", "../secret");
  source_.MakeLink ("t/a/outside", "../../secret");
  source_.MakeLink ("t/a/around", "../../t/f");
  source_.MakeLink ("t/a/late", "./../f");
  ASSERT_TRUE (List ({ "t" }));
  EXPECT_EQ (Entries (), "t/ t/a/ t/a/inside->../f t/dangling->none t/f=1");
  EXPECT_EQ (source_tree_get_left_out_count (tree_), 5u);
}

TEST_F (SourceTreeTest, FollowsALinkThatWasNamed)
{
  source_.MakeFolder ("deep/t");
  source_.WriteFile ("deep/t/f", "abc");
  source_.MakeLink ("folder", "deep/t");
  source_.MakeLink ("file", "deep/t/f");
  source_.MakeLink ("dangling", "none");
  ASSERT_TRUE (List ({ "folder", "file" }));
  EXPECT_EQ (Entries (), "folder/ folder/f=3 file=3");
  EXPECT_FALSE (List ({ "dangling" }));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

TEST_F (SourceTreeTest, LeavesOutWhatIsNoFile)
{
  struct sockaddr_un address = {};
  const int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  source_.MakeFolder ("t");
  source_.WriteFile ("t/f", "x");
  ASSERT_EQ (mkfifo ((source_ / "t/pipe").c_str (), 0600), 0);
  address.sun_family = AF_UNIX;
  g_strlcpy (address.sun_path, (source_ / "t/socket").c_str (), sizeof address.sun_path);
  ASSERT_EQ (bind (fd, reinterpret_cast<struct sockaddr *> (&address), sizeof address), 0);
  close (fd);
  ASSERT_TRUE (List ({ "t" }));
  EXPECT_EQ (Entries (), "t/ t/f=1");
  EXPECT_EQ (source_tree_get_left_out_count (tree_), 2u);

  for (const char *name : { "t/pipe", "t/socket", "/dev/null" })
    {
      EXPECT_FALSE (List ({ name }));
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE)) << name;
    }
}

TEST_F (SourceTreeTest, SendsHardLinksAsFiles)
{
  source_.MakeFolder ("t");
  source_.WriteFile ("t/a", "xy");
  ASSERT_EQ (link ((source_ / "t/a").c_str (), (source_ / "t/b").c_str ()), 0);
  ASSERT_TRUE (List ({ "t" }));
  EXPECT_EQ (Entries (), "t/ t/a=2 t/b=2");
}

TEST_F (SourceTreeTest, FindsUniqueNamesForWhatIsNotUtf8)
{
  TemporaryFolder target;

  source_.MakeFolder ("t");
  source_.WriteFile ("t/\xff.txt", "ff");
  source_.WriteFile ("t/\xfe.txt", "fe");
  source_.WriteFile ("t/\ufffd.txt", "valid");
  source_.MakeFolder ("t/d\xff");
  source_.WriteFile ("t/d\xff/x", "deep");
  ASSERT_TRUE (List ({ "t" })) << error_.message ();
  CopyAll (target);
  EXPECT_EQ (target.Show (), "t/\nt/d\ufffd/\nt/d\ufffd/x=deep\nt/\ufffd (1).txt=fe\n"
                             "t/\ufffd (2).txt=ff\nt/\ufffd.txt=valid\n");
}

TEST_F (SourceTreeTest, RefusesWhatATransferCannotHold)
{
  std::string deep = "t";

  source_.MakeFolder ("n");
  source_.WriteFile ("n/" + std::string (100, '\xff'), "x");
  EXPECT_FALSE (List ({ "n" }));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG));
  for (int i = 1; i < 64; i++)
    deep += "/d";
  source_.MakeFolder (deep);
  ASSERT_TRUE (List ({ "t" })) << error_.message ();
  EXPECT_EQ (source_tree_get_entry_count (tree_), 64u);
  source_.WriteFile (deep + "/f", "x");
  EXPECT_FALSE (List ({ "t" }));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG));
}

TEST_F (SourceTreeTest, ArrivesFromTheDeepestFolderAllowed)
{
  TemporaryFolder target;
  std::string deep = "t";

  for (int i = 1; i < 63; i++)
    deep += "/d";
  source_.MakeFolder (deep);
  source_.WriteFile (deep + "/f", "x");
  ASSERT_TRUE (List ({ "t" })) << error_.message ();
  CopyAll (target);
  EXPECT_EQ (target.Show (), source_.Show ());
}

TEST_F (SourceTreeTest, NamesWhatIsNotThereInAWayFitForATerminal)
{
  EXPECT_FALSE (List ({ "no\033[2Jsuch" }));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  EXPECT_NE (std::string (error_.message ()).find ("no_[2Jsuch"), std::string::npos);
}

TEST_F (SourceTreeTest, FailsBeforehandWhenSomethingCannotBeRead)
{
  const bool is_root = geteuid () == 0;

  ASSERT_EQ (chmod (source_.path ().c_str (), 0755), 0);
  source_.MakeFolder ("t/a");
  source_.WriteFile ("t/a/f", "x", 0200);
  source_.MakeFolder ("u/a");
  ASSERT_EQ (chmod ((source_ / "u/a").c_str (), 0300), 0);
  if (is_root && seteuid (65534) != 0)
    GTEST_SKIP () << "root, and cannot be anybody else here";
  for (const char *name : { "t", "t/a/f", "u" })
    {
      EXPECT_FALSE (List ({ name })) << name;
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)) << name;
    }
  ASSERT_EQ (seteuid (is_root ? 0 : geteuid ()), 0);
}

} // namespace
