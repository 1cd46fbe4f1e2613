/* SPDX-License-Identifier: MPL-2.0 */
/* Where floe puts what it receives. */
#include "files-output-test.h"

#include <csignal>
#include <sys/resource.h>

namespace
{

TEST_F (OutputFolderTest, NeedsAFolder)
{
  target_.WriteFile ("file", "");
  EXPECT_EQ (output_folder_new ("/nonexistent", error_), nullptr);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  EXPECT_EQ (output_folder_new ((target_ / "file").c_str (), error_), nullptr);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY));
}

TEST_F (OutputFolderTest, MayItselfBeALink)
{
  target_.MakeFolder ("real");
  g_rmdir ((target_ / "out").c_str ());
  target_.MakeLink ("out", "real");
  Open (CONFLICT_REFUSE, { "f" });
  EXPECT_EQ (Put ("f=x"), "");
  EXPECT_EQ (target_.ReadFile ("real/f"), "x");
}

TEST_F (OutputFolderTest, ShowsAFileUnderItsNameOnlyWhenItIsWhole)
{
  Open (CONFLICT_REFUSE, { "f" });
  ASSERT_EQ (Begin ("f"), OUTPUT_BEGUN);
  ASSERT_TRUE (Write ("half"));
  const std::string during = target_.Show ();
  EXPECT_EQ (during.rfind ("out/\nout/.floe-", 0), 0u) << during;
  EXPECT_NE (during.find (".part=half\n"), std::string::npos) << during;
  EXPECT_STREQ (output_folder_get_file_name (folder_), "f");
  ASSERT_TRUE (Write (" whole"));
  ASSERT_TRUE (Commit ());
  EXPECT_EQ (target_.Show (), "out/\nout/f=half whole\n");
}

TEST_F (OutputFolderTest, RemovesWhatWasNotCommitted)
{
  Open (CONFLICT_REFUSE, { "t" });
  EXPECT_EQ (Put ("t/"), "");
  EXPECT_EQ (Put ("t/whole=x"), "");
  EXPECT_EQ (Put ("t/a/"), "");
  EXPECT_EQ (Put ("t/a/b/"), "");
  ASSERT_EQ (Begin ("t/a/b/f"), OUTPUT_BEGUN);
  ASSERT_TRUE (Write ("half"));
  Drop ();
  EXPECT_EQ (target_.Show (), "out/\nout/t/\nout/t/whole=x\n");
}

TEST_F (OutputFolderTest, DropsAFileWhenAnotherEntryBegins)
{
  Open (CONFLICT_REFUSE, { "a", "b", "t" });
  ASSERT_EQ (Begin ("a"), OUTPUT_BEGUN);
  EXPECT_EQ (Put ("b=x"), "");
  ASSERT_EQ (Begin ("a"), OUTPUT_BEGUN);
  EXPECT_EQ (Put ("t/"), "");
  EXPECT_TRUE (Finish ());
  EXPECT_EQ (target_.Show (), "out/\nout/b=x\nout/t/\n");
}

TEST_F (OutputFolderTest, TakesOnlyWhatWasOffered)
{
  Open (CONFLICT_REFUSE, { "t" });
  EXPECT_EQ (Begin ("u"), OUTPUT_FAILED);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME));
  EXPECT_NE (Put ("u/"), "");
  EXPECT_NE (Put ("t/missing/f=x"), "") << "its folder was not sent";
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME));
  output_folder_expect_more (folder_);
  EXPECT_EQ (Put ("u=x"), "");
  EXPECT_EQ (target_.Show (), "out/\nout/u=x\n");
}

TEST_F (OutputFolderTest, SaysWhatIsThereAlready)
{
  gboolean exists = FALSE;

  target_.MakeLink ("out/a_b", "nowhere");
  Open (CONFLICT_REFUSE, {});
  ASSERT_TRUE (output_folder_announce (folder_, "a\nb", &exists, error_));
  EXPECT_TRUE (exists) << "a link, and under the name that it gets here";
  ASSERT_TRUE (output_folder_announce (folder_, "ab", &exists, error_));
  EXPECT_FALSE (exists);
  for (const char *name : { "", ".", "..", "a/b", "/", "a\xff" })
    {
      EXPECT_FALSE (output_folder_announce (folder_, name, &exists, error_)) << name;
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)) << name;
    }
}

TEST_F (OutputFolderTest, HasABoundOnWhatIsAnnounced)
{
  gboolean exists;
  int count = 0;

  Open (CONFLICT_REFUSE, {});
  while (count < 10000
         && output_folder_announce (folder_, std::to_string (count).c_str (), &exists, error_))
    count++;
  EXPECT_GT (count, 5000) << "an offer of 64 KiB";
  EXPECT_LT (count, 10000);
}

TEST_F (OutputFolderTest, HasABoundOnFoldersAndLinks)
{
  int count = 0;

  Open (CONFLICT_REFUSE, { "t" });
  while (count < 2000000 && output_folder_make_folder (folder_, "t", G_MAXUINT, -1, error_))
    count++;
  EXPECT_EQ (count, 1000000);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME));
  EXPECT_NE (Put ("t/l->x"), "");
}

class HostilePath : public OutputFolderTest, public testing::WithParamInterface<const char *>
{
};

TEST_P (HostilePath, GetsNothingWrittenAnywhere)
{
  const std::string path = GetParam ();

  target_.WriteFile ("secret", "s");
  Open (CONFLICT_OVERWRITE, { "t" });
  output_folder_expect_more (folder_);
  ASSERT_EQ (Put ("t/"), "");
  const std::string before = target_.Show ();
  EXPECT_EQ (Begin (path), OUTPUT_FAILED);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)) << error_.message ();
  EXPECT_FALSE (output_folder_make_folder (folder_, path.c_str (), 0777, 0, error_));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)) << error_.message ();
  EXPECT_FALSE (output_folder_make_link (folder_, path.c_str (), "a", error_));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)) << error_.message ();
  EXPECT_EQ (target_.Show (), before);
}

INSTANTIATE_TEST_SUITE_P (Paths, HostilePath,
                          testing::Values ("", "/", "..", "../secret", "t/../../secret", "t/..",
                                           "t/.", "./t", "t//a", "/tmp/floe-hostile", "t/a/",
                                           "t/\xff", "t/\xc0\xae\xc0\xae/secret"));

TEST_F (OutputFolderTest, RefusesLinksThatLeadOut)
{
  Open (CONFLICT_OVERWRITE, { "t", "l" });
  ASSERT_EQ (Put ("t/"), "");
  ASSERT_EQ (Put ("t/a/"), "");
  const std::string before = target_.Show ();
  for (const char *entry :
       { "t/l->..", "t/l->../secret", "t/l->/etc/passwd", "t/a/l->../..", "t/a/l->a/../..",
         "t/a/l->./..", "t/l->", "t/l->a/..", "l->t", "l->.", "t/l->\xff" })
    {
      EXPECT_NE (Put (entry), "") << entry;
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)) << entry;
    }
  EXPECT_EQ (target_.Show (), before);
  EXPECT_EQ (Put ("t/a/l->../x\ny"), "");
  EXPECT_EQ (target_.Show (), before + "out/t/a/l->../x_y\n");
}

TEST_F (OutputFolderTest, NeverGoesThroughALinkOfTheTransfer)
{
  Open (CONFLICT_REFUSE, { "t" });
  ASSERT_EQ (Put ("t/"), "");
  ASSERT_EQ (Put ("t/a/"), "");
  ASSERT_EQ (Put ("t/l->a"), "");
  EXPECT_NE (Put ("t/l/f=x"), "");
  EXPECT_EQ (Put ("t/l/"), "") << "another thing of the same name";
  EXPECT_EQ (Put ("t/l/f=x"), "");
  EXPECT_EQ (target_.Show (),
             "out/\nout/t/\nout/t/a/\nout/t/l (1)/\nout/t/l (1)/f=x\nout/t/l->a\n");
}

TEST_F (OutputFolderTest, NeverGoesThroughALinkThatTookAFoldersPlace)
{
  target_.MakeFolder ("elsewhere");
  Open (CONFLICT_REFUSE, { "t" });
  ASSERT_EQ (Put ("t/"), "");
  ASSERT_EQ (Put ("t/a/"), "");
  ASSERT_EQ (Put ("t/b/"), "");
  ASSERT_EQ (g_rmdir ((target_ / "out/t/a").c_str ()), 0);
  target_.MakeLink ("out/t/a", "../../elsewhere");
  EXPECT_NE (Put ("t/a/f=x"), "");
  EXPECT_NE (Put ("t/a/c/"), "");
  EXPECT_EQ (target_.Show (), "elsewhere/\nout/\nout/t/\nout/t/a->../../elsewhere\nout/t/b/\n");
}

TEST_F (OutputFolderTest, GivesFilesTheirModeButNotMoreThanTheUserWants)
{
  Open (CONFLICT_REFUSE, { "a", "b", "c" });
  const mode_t old_umask = umask (027);
  const bool is_made = Begin ("a", 06777) == OUTPUT_BEGUN && Commit ()
                       && Begin ("b", 0444) == OUTPUT_BEGUN && Write ("x") && Commit ()
                       && Begin ("c", G_MAXUINT) == OUTPUT_BEGUN && Commit ();
  umask (old_umask);
  ASSERT_TRUE (is_made) << error_.message ();
  EXPECT_EQ (target_.Mode ("out/a"), 0750u);
  EXPECT_EQ (target_.Mode ("out/b"), 0440u);
  EXPECT_EQ (target_.Mode ("out/c"), 0640u);
}

TEST_F (OutputFolderTest, GivesFoldersTheirModesAndTimesWhenTheyAreFull)
{
  Open (CONFLICT_REFUSE, { "t" });
  const mode_t old_umask = umask (027);
  const bool is_made = output_folder_make_folder (folder_, "t", 07555, 1000000000500, error_)
                       && output_folder_make_folder (folder_, "t/a", 0, 1100000000000, error_)
                       && Put ("t/a/f=x").empty ()
                       && output_folder_make_folder (folder_, "t/b", 0777, -1, error_);
  umask (old_umask);
  ASSERT_TRUE (is_made) << error_.message ();
  EXPECT_EQ (target_.Mode ("out/t"), 0750u) << "still open";
  EXPECT_EQ (target_.Mode ("out/t/a"), 0u) << "already left";
  EXPECT_EQ (target_.Status ("out/t/a").st_mtim.tv_sec, 1100000000);
  ASSERT_TRUE (Finish ()) << error_.message ();
  EXPECT_EQ (target_.Mode ("out/t"), 0550u);
  EXPECT_EQ (target_.Mode ("out/t/b"), 0750u);
  EXPECT_EQ (target_.Status ("out/t").st_mtim.tv_sec, 1000000000);
  EXPECT_EQ (target_.Status ("out/t").st_mtim.tv_nsec, 500000000);
}

TEST_F (OutputFolderTest, LosesNoFileOverATimeThatCannotBe)
{
  Open (CONFLICT_REFUSE, { "a", "b" });
  for (const char *name : { "a", "b" })
    {
      ASSERT_EQ (Begin (name, 0644, name[0] == 'a' ? G_MAXINT64 : (gint64{ 1 } << 53) - 1),
                 OUTPUT_BEGUN);
      EXPECT_TRUE (Commit ()) << error_.message ();
    }
}

TEST_F (OutputFolderTest, KnowsWhatDoesNotFit)
{
  Open (CONFLICT_REFUSE, { "f" });
  EXPECT_TRUE (output_folder_has_room (folder_, 0, error_));
  EXPECT_TRUE (output_folder_has_room (folder_, 1, error_));
  for (guint64 size : { guint64{ 1 } << 60, G_MAXUINT64 })
    {
      EXPECT_FALSE (output_folder_has_room (folder_, size, error_));
      EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    }
  EXPECT_EQ (output_folder_begin_file (folder_, "f", G_MAXINT64, 0644, -1, error_), OUTPUT_FAILED);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE));
  EXPECT_EQ (target_.Show (), "out/\n");
  target_.WriteFile ("out/f", "mine");
  Open (CONFLICT_SKIP, { "f" });
  EXPECT_EQ (output_folder_begin_file (folder_, "f", G_MAXINT64, 0644, -1, error_), OUTPUT_SKIPPED);
}

TEST_F (OutputFolderTest, SaysWhenAFileMayNotBeSoLarge)
{
  const struct rlimit limit = { 1000, RLIM_INFINITY };
  struct rlimit old_limit;
  auto *const old_handler = std::signal (SIGXFSZ, SIG_IGN);

  Open (CONFLICT_REFUSE, { "f" });
  ASSERT_EQ (Begin ("f"), OUTPUT_BEGUN);
  ASSERT_EQ (getrlimit (RLIMIT_FSIZE, &old_limit), 0);
  ASSERT_EQ (setrlimit (RLIMIT_FSIZE, &limit), 0);
  const bool is_written = Write (std::string (2000, 'x'));
  ASSERT_EQ (setrlimit (RLIMIT_FSIZE, &old_limit), 0);
  std::signal (SIGXFSZ, old_handler);
  EXPECT_FALSE (is_written);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_NO_SPACE)) << error_.message ();
  Drop ();
  EXPECT_EQ (target_.Show (), "out/\n");
}

} // namespace
