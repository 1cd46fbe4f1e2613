/* SPDX-License-Identifier: MPL-2.0 */
/* What becomes of what is there already, and of names that become the same. */
#include "files-output-test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace
{

const char refused[] = "refused";
const char skipped[] = "skipped";

struct Entry
{
  const char *what;   /* as Put() takes it */
  const char *result; /* "" by default: made */
};

struct Conflict
{
  const char *title;
  ConflictRule rule;
  std::vector<const char *> before; /* the user's: "a/", "a=x", "l->a", in the folder */
  std::vector<Entry> entries;
  const char *after; /* all there is in the end */
};

class OutputConflict : public OutputFolderTest, public testing::WithParamInterface<Conflict>
{
};

TEST_P (OutputConflict, IsResolvedAsTheRuleSays)
{
  const Conflict &conflict = GetParam ();

  for (const std::string entry : conflict.before)
    {
      const size_t equals = entry.find ('='), arrow = entry.find ("->");
      if (arrow != std::string::npos)
        target_.MakeLink ("out/" + entry.substr (0, arrow), entry.substr (arrow + 2));
      else if (equals != std::string::npos)
        target_.WriteFile ("out/" + entry.substr (0, equals), entry.substr (equals + 1));
      else
        target_.MakeFolder ("out/" + entry);
    }
  Open (conflict.rule, {});
  output_folder_expect_more (folder_);
  for (const Entry &entry : conflict.entries)
    {
      const std::string expected = entry.result != nullptr ? entry.result : "";
      const std::string result = Put (entry.what);
      if (expected == refused)
        EXPECT_TRUE (!result.empty () && result != skipped) << entry.what << ": " << result;
      else
        EXPECT_EQ (result, expected) << entry.what;
    }
  EXPECT_TRUE (Finish ()) << error_.message ();
  std::string after = target_.Show ();
  for (size_t at = 0; (at = after.find ("out/", at)) != std::string::npos;)
    after.erase (at, 4);
  EXPECT_EQ (after, std::string ("\n") + conflict.after);
}

INSTANTIATE_TEST_SUITE_P (
    Refuse, OutputConflict,
    testing::Values (
        Conflict{ "File", CONFLICT_REFUSE, { "f=old" }, { { "f=new", refused } }, "f=old\n" },
        Conflict{ "Folder", CONFLICT_REFUSE, { "t/" }, { { "t/", refused } }, "t/\n" },
        Conflict{ "Link", CONFLICT_REFUSE, { "f->x" }, { { "f=new", refused } }, "f->x\n" },
        Conflict{ "InsideAFolderOfItsOwn",
                  CONFLICT_REFUSE,
                  {},
                  { { "t/" }, { "t/f=1" }, { "t/f=2" }, { "t/f->x" } },
                  "t/\nt/f (1)=2\nt/f (2)->x\nt/f=1\n" }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Overwrite, OutputConflict,
    testing::Values (
        Conflict{ "File", CONFLICT_OVERWRITE, { "f=old" }, { { "f=new" } }, "f=new\n" },
        Conflict{ "LinkByFile",
                  CONFLICT_OVERWRITE,
                  { "f->mine", "mine=x" },
                  { { "f=new" } },
                  "f=new\nmine=x\n" },
        Conflict{ "FolderIsMerged",
                  CONFLICT_OVERWRITE,
                  { "t/", "t/f=old", "t/mine=x", "t/sub/", "t/sub/f=old" },
                  { { "t/" }, { "t/f=new" }, { "t/sub/" }, { "t/sub/f=new" }, { "t/g=1" } },
                  "t/\nt/f=new\nt/g=1\nt/mine=x\nt/sub/\nt/sub/f=new\n" },
        Conflict{ "FolderInTheWayOfAFile",
                  CONFLICT_OVERWRITE,
                  { "t/", "t/mine=x" },
                  { { "t=new", refused } },
                  "t/\nt/mine=x\n" },
        Conflict{ "FileInTheWayOfAFolder",
                  CONFLICT_OVERWRITE,
                  { "t=mine" },
                  { { "t/", refused }, { "t/f=x", refused } },
                  "t=mine\n" },
        Conflict{ "LinkIsNoFolder",
                  CONFLICT_OVERWRITE,
                  { "t->elsewhere", "elsewhere/" },
                  { { "t/", refused }, { "t/f=x", refused } },
                  "elsewhere/\nt->elsewhere\n" },
        Conflict{ "DeepLinkIsNoFolder",
                  CONFLICT_OVERWRITE,
                  { "t/", "t/l->../elsewhere", "elsewhere/" },
                  { { "t/" }, { "t/l/", refused }, { "t/l/f=x", refused } },
                  "elsewhere/\nt/\nt/l->../elsewhere\n" },
        Conflict{ "ByLink",
                  CONFLICT_OVERWRITE,
                  { "t/", "t/f=old", "t/l->old", "t/d/" },
                  { { "t/" }, { "t/f->new" }, { "t/l->new" }, { "t/d->new", refused } },
                  "t/\nt/d/\nt/f->new\nt/l->new\n" },
        Conflict{
            "NeverWhatItMadeItself",
            CONFLICT_OVERWRITE,
            { "t/", "t/a_=old" },
            { { "t/" }, { "t/a\001=1" }, { "t/a\002=2" }, { "t/a_=3" }, { "x=1" }, { "x=2" } },
            "t/\nt/a_ (1)=2\nt/a_ (2)=3\nt/a_=1\nx (1)=2\nx=1\n" },
        Conflict{ "NeverALinkItMadeItself",
                  CONFLICT_OVERWRITE,
                  { "t/" },
                  { { "t/" }, { "t/l->1" }, { "t/l->2" }, { "t/l=3" } },
                  "t/\nt/l (1)->2\nt/l (2)=3\nt/l->1\n" }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Skip, OutputConflict,
    testing::Values (
        Conflict{ "File", CONFLICT_SKIP, { "f=old" }, { { "f=new", skipped } }, "f=old\n" },
        Conflict{ "Link", CONFLICT_SKIP, { "f->x" }, { { "f=new", skipped } }, "f->x\n" },
        Conflict{ "FolderInTheWayOfAFile",
                  CONFLICT_SKIP,
                  { "t/" },
                  { { "t=new", skipped } },
                  "t/\n" },
        Conflict{ "FolderIsMerged",
                  CONFLICT_SKIP,
                  { "t/", "t/f=old", "t/l->old" },
                  { { "t/" }, { "t/f=new", skipped }, { "t/g=1" }, { "t/l->new" } },
                  "t/\nt/f=old\nt/g=1\nt/l->old\n" },
        Conflict{ "FileInTheWayOfAFolder",
                  CONFLICT_SKIP,
                  { "t=mine" },
                  { { "t/", refused } },
                  "t=mine\n" },
        Conflict{ "NeverWhatItMadeItself",
                  CONFLICT_SKIP,
                  { "a_=old" },
                  { { "a\001=1", skipped }, { "b\001=1" }, { "b\002=2" }, { "b_/" }, { "b_/f=x" } },
                  "a_=old\nb_ (1)=2\nb_ (2)/\nb_ (2)/f=x\nb_=1\n" }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Rename, OutputConflict,
    testing::Values (
        Conflict{ "Nothing", CONFLICT_RENAME, {}, { { "f.x=new" } }, "f.x=new\n" },
        Conflict{ "File",
                  CONFLICT_RENAME,
                  { "f.txt=old", "f (1).txt=older" },
                  { { "f.txt=new" } },
                  "f (1).txt=older\nf (2).txt=new\nf.txt=old\n" },
        Conflict{
            "FolderForTheWholeTransfer",
            CONFLICT_RENAME,
            { "v1.2/", "v1.2/f=old" },
            { { "v1.2/" }, { "v1.2/a/" }, { "v1.2/a/f=1" }, { "x=1" }, { "v1.2/f=new" } },
            "v1.2 (1)/\nv1.2 (1)/a/\nv1.2 (1)/a/f=1\nv1.2 (1)/f=new\nv1.2/\nv1.2/f=old\nx=1\n" },
        Conflict{ "FolderThatIsSentTwice",
                  CONFLICT_RENAME,
                  { "t/" },
                  { { "t/" }, { "u/" }, { "t/" }, { "t/f=x" } },
                  "t (1)/\nt (1)/f=x\nt/\nu/\n" },
        Conflict{ "FileInTheWayOfAFolder",
                  CONFLICT_RENAME,
                  { "t=mine" },
                  { { "t/" }, { "t/f=x" } },
                  "t (1)/\nt (1)/f=x\nt=mine\n" },
        Conflict{ "LinkInTheWay",
                  CONFLICT_RENAME,
                  { "t->elsewhere", "elsewhere/" },
                  { { "t/" }, { "t/f=x" } },
                  "elsewhere/\nt (1)/\nt (1)/f=x\nt->elsewhere\n" },
        Conflict{
            "FoldersThatBecomeOne",
            CONFLICT_RENAME,
            {},
            { { "t\001/" }, { "t\002/" }, { "t\002/f=2" }, { "t\001/f=1" }, { ".t/" }, { "_t/" } },
            "_t (1)/\n_t/\nt_ (1)/\nt_ (1)/f=2\nt_/\nt_/f=1\n" },
        Conflict{
            "DeepFoldersThatBecomeOne",
            CONFLICT_RENAME,
            {},
            { { "t/" }, { "t/a\001/" }, { "t/a\001/f=1" }, { "t/a\002/" }, { "t/a\002/f=2" } },
            "t/\nt/a_ (1)/\nt/a_ (1)/f=2\nt/a_/\nt/a_/f=1\n" }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST_F (OutputFolderTest, KeepsTheOldFileUntilTheNewOneIsWhole)
{
  target_.WriteFile ("out/f", "old");
  Open (CONFLICT_OVERWRITE, { "f" });
  ASSERT_EQ (Begin ("f"), OUTPUT_BEGUN);
  ASSERT_TRUE (Write ("half"));
  EXPECT_EQ (target_.ReadFile ("out/f"), "old");
  Drop ();
  EXPECT_EQ (target_.Show (), "out/\nout/f=old\n");
}

TEST_F (OutputFolderTest, SaysThatAFolderIsInTheWayBeforeTheContentComes)
{
  target_.MakeFolder ("out/f");
  Open (CONFLICT_OVERWRITE, { "f" });
  EXPECT_EQ (Begin ("f"), OUTPUT_FAILED);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY)) << error_.message ();
}

TEST_F (OutputFolderTest, DoesNotReplaceWhatComesWhileAFileIsReceived)
{
  for (ConflictRule rule : { CONFLICT_REFUSE, CONFLICT_OVERWRITE, CONFLICT_RENAME, CONFLICT_SKIP })
    {
      Open (rule, { "f" });
      ASSERT_EQ (Begin ("f"), OUTPUT_BEGUN);
      ASSERT_TRUE (Write ("new"));
      target_.WriteFile ("out/f", "mine");
      EXPECT_FALSE (Commit ());
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_EXISTS)) << error_.message ();
      Drop ();
      EXPECT_EQ (target_.Show (), "out/\nout/f=mine\n");
      g_remove ((target_ / "out/f").c_str ());
    }
}

TEST_F (OutputFolderTest, LeavesTheModesTimesAndLifeOfTheUsersFoldersAlone)
{
  target_.MakeFolder ("out/t/empty");
  target_.SetTime ("out/t/empty", 1000000000);
  ASSERT_EQ (chmod ((target_ / "out/t/empty").c_str (), 0750), 0);
  Open (CONFLICT_OVERWRITE, { "t" });
  ASSERT_TRUE (output_folder_make_folder (folder_, "t", 0500, 5000, error_));
  ASSERT_TRUE (output_folder_make_folder (folder_, "t/empty", 0500, 5000, error_));
  Drop ();
  Open (CONFLICT_OVERWRITE, { "t" });
  ASSERT_TRUE (output_folder_make_folder (folder_, "t", 0500, 5000, error_));
  ASSERT_TRUE (output_folder_make_folder (folder_, "t/empty", 0500, 5000, error_));
  ASSERT_TRUE (Finish ());
  EXPECT_EQ (target_.Mode ("out/t"), 0755u);
  EXPECT_EQ (target_.Mode ("out/t/empty"), 0750u);
  EXPECT_EQ (target_.Status ("out/t/empty").st_mtim.tv_sec, 1000000000);
}

TEST_F (OutputFolderTest, SaysUnderWhichNameAFileIsKept)
{
  target_.MakeFolder ("out/t");
  Open (CONFLICT_RENAME, { "t" });
  ASSERT_EQ (Put ("t/"), "");
  ASSERT_EQ (Begin ("t/a\033b"), OUTPUT_BEGUN);
  EXPECT_STREQ (output_folder_get_file_name (folder_), "t (1)/a_b");
  Open (CONFLICT_SKIP, { "f" });
  target_.WriteFile ("out/f", "");
  ASSERT_EQ (Begin ("f"), OUTPUT_SKIPPED);
  EXPECT_STREQ (output_folder_get_file_name (folder_), "f");
}

TEST_F (OutputFolderTest, GivesUpOnANameThatIsTakenAThousandTimes)
{
  Open (CONFLICT_REFUSE, { "t" });
  ASSERT_EQ (Put ("t/"), "");
  target_.WriteFile ("out/t/f", "");
  for (int i = 1; i <= 1000; i++)
    target_.WriteFile ("out/t/f (" + std::to_string (i) + ")", "");
  EXPECT_EQ (Begin ("t/f"), OUTPUT_FAILED);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_EXISTS));
}

bool
WriteText (const char *path, const std::string &text)
{
  const int fd = open (path, O_WRONLY);
  const bool is_written = write (fd, text.data (), text.size ()) > 0;
  close (fd);
  return is_written;
}

/* Makes a mount namespace, and if need be a user namespace in which the user may mount. */
bool
LeaveMountNamespace ()
{
  const uid_t user = geteuid ();
  const std::string group_map =
      std::to_string (getegid ()) + " " + std::to_string (getegid ()) + " 1";
  const std::string user_map = std::to_string (user) + " " + std::to_string (user) + " 1";

  if (unshare (CLONE_NEWNS | (user != 0 ? CLONE_NEWUSER : 0)) != 0)
    return false;
  if (user == 0)
    return mount ("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return WriteText ("/proc/self/setgroups", "deny") && WriteText ("/proc/self/gid_map", group_map)
         && WriteText ("/proc/self/uid_map", user_map);
}

/* Fills a file system of 64 KiB, in a process and a mount namespace of its own. Returns the
 * process's exit status: 0 when all was well, 77 when it may not mount. */
int
FillSmallDisk (const std::string &mount_point)
{
  const std::string block (4096, 'x');
  ErrorHolder error;
  gboolean exists;

  if (!LeaveMountNamespace ()
      || mount ("floe", mount_point.c_str (), "tmpfs", 0, "size=64k,mode=0777") != 0)
    return 77;
  OutputFolder *folder = output_folder_new (mount_point.c_str (), error);
  if (folder == nullptr || !output_folder_announce (folder, "f", &exists, error))
    return 1;
  if (!output_folder_has_room (folder, 60 * 1024, error)
      || output_folder_has_room (folder, 65 * 1024, error)
      || !error.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return 2;
  if (output_folder_begin_file (folder, "f", -1, 0644, -1, error) != OUTPUT_BEGUN)
    return 3;
  for (int i = 0; output_folder_write (folder, block.data (), block.size (), error); i++)
    if (i > 16)
      return 4;
  if (!error.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return 5;
  output_folder_free (folder);
  g_autoptr (GDir) listing = g_dir_open (mount_point.c_str (), 0, nullptr);
  return g_dir_read_name (listing) == nullptr ? 0 : 6;
}

TEST_F (OutputFolderTest, SaysWhenTheDiskIsFullAndLeavesNothing)
{
  int status;
  const pid_t child = fork ();

  ASSERT_GE (child, 0);
  if (child == 0)
    _exit (FillSmallDisk (target_ / "out"));
  ASSERT_EQ (waitpid (child, &status, 0), child);
  ASSERT_TRUE (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    GTEST_SKIP () << "may not mount";
  EXPECT_EQ (WEXITSTATUS (status), 0);
}

} // namespace
