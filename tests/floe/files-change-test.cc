/* SPDX-License-Identifier: MPL-2.0 */
/* What becomes of files that change between being listed and being sent. */
#include "files-test.h"

#include <functional>

extern "C"
{
#include "source-tree.h"
}

namespace
{

class SourceChangeTest : public testing::Test
{
protected:
  SourceChangeTest ()
  {
    source_.MakeFolder ("t/a");
    source_.WriteFile ("t/a/f", "0123456789");
    source_.WriteFile ("other", "0123456789");
    const std::string path = source_ / "t";
    const char *const paths[] = { path.c_str (), nullptr };
    tree_ = source_tree_new (paths, error_);
  }
  ~SourceChangeTest () override
  {
    g_clear_object (&stream_);
    source_tree_free (tree_);
  }

  /* The file is entry 2: "t", "t/a", "t/a/f". */
  bool Open ()
  {
    g_clear_object (&stream_);
    stream_ = source_tree_open (tree_, 2, error_);
    return stream_ != nullptr;
  }
  guint64 Read (gsize limit)
  {
    char data[100];
    gsize size = 0;
    EXPECT_TRUE (g_input_stream_read_all (stream_, data, limit, &size, nullptr, error_));
    return size;
  }
  bool IsUnchanged (guint64 read_size)
  {
    return source_tree_check_unchanged (tree_, 2, stream_, read_size, error_);
  }

  TemporaryFolder source_;
  SourceTree *tree_ = nullptr;
  GInputStream *stream_ = nullptr;
  ErrorHolder error_;
};

TEST_F (SourceChangeTest, IsNotSeenWhereThereIsNone)
{
  ASSERT_TRUE (Open ());
  EXPECT_TRUE (IsUnchanged (Read (100))) << error_.message ();
  ASSERT_TRUE (Open ());
  EXPECT_EQ (Read (100), 10u);
  EXPECT_FALSE (IsUnchanged (9));
  EXPECT_FALSE (IsUnchanged (11));
}

struct Change
{
  const char *title;
  std::function<void (const std::string &file)> make;
};

class SourceChangeKind : public SourceChangeTest, public testing::WithParamInterface<Change>
{
};

TEST_P (SourceChangeKind, IsNoticedWhileTheFileIsRead)
{
  ASSERT_TRUE (Open ());
  const guint64 size = Read (5);
  GetParam ().make (source_ / "t/a/f");
  EXPECT_FALSE (IsUnchanged (size + Read (90)));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_FAILED)) << error_.message ();
}

TEST_P (SourceChangeKind, IsNoticedWhenTheFileIsOpened)
{
  GetParam ().make (source_ / "t/a/f");
  EXPECT_FALSE (Open ());
  EXPECT_NE (error_.get (), nullptr);
}

void
Rewrite (const std::string &file, const std::string &content)
{
  const int fd = open (file.c_str (), O_WRONLY | O_TRUNC);
  ASSERT_EQ (write (fd, content.data (), content.size ()), static_cast<gssize> (content.size ()));
  close (fd);
}

INSTANTIATE_TEST_SUITE_P (
    Changes, SourceChangeKind,
    testing::Values (
        Change{ "Grows", [] (const std::string &file) { Rewrite (file, "0123456789+"); } },
        Change{ "Shrinks", [] (const std::string &file) { Rewrite (file, "0"); } },
        /* Times tick only every few milliseconds: these two say that time has passed. */
        Change{ "OtherContentOfTheSameSize",
                [] (const std::string &file) {
                  const struct timespec times[2] = { { 5, 0 }, { 5, 0 } };
                  Rewrite (file, "9876543210");
                  utimensat (AT_FDCWD, file.c_str (), times, 0);
                } },
        Change{ "IsReplaced",
                [] (const std::string &file) {
                  g_remove (file.c_str ());
                  g_file_set_contents (file.c_str (), "0123456789", 10, nullptr);
                  const struct timespec times[2] = { { 5, 0 }, { 5, 0 } };
                  utimensat (AT_FDCWD, file.c_str (), times, 0);
                } }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST_F (SourceChangeTest, IntoALinkIsNotFollowed)
{
  g_remove ((source_ / "t/a/f").c_str ());
  source_.MakeLink ("t/a/f", source_ / "other");
  EXPECT_FALSE (Open ());
}

TEST_F (SourceChangeTest, OfAFolderIntoALinkIsNotFollowed)
{
  ASSERT_EQ (rename ((source_ / "t/a").c_str (), (source_ / "elsewhere").c_str ()), 0);
  source_.MakeLink ("t/a", source_ / "elsewhere");
  EXPECT_FALSE (Open ());
}

TEST_F (SourceChangeTest, OfAFolderIntoAnotherIsNoticed)
{
  ASSERT_EQ (rename ((source_ / "t/a").c_str (), (source_ / "elsewhere").c_str ()), 0);
  source_.MakeFolder ("t/a");
  ASSERT_EQ (rename ((source_ / "elsewhere/f").c_str (), (source_ / "t/a/f").c_str ()), 0);
  EXPECT_FALSE (Open ());
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_FAILED));
}

TEST_F (SourceChangeTest, IntoAPipeDoesNotBlock)
{
  g_remove ((source_ / "t/a/f").c_str ());
  ASSERT_EQ (mkfifo ((source_ / "t/a/f").c_str (), 0600), 0);
  EXPECT_FALSE (Open ());
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_FAILED));
}

TEST_F (SourceChangeTest, OfWhereTheTreeIsDoesNotMatterOnceItIsOpen)
{
  ASSERT_TRUE (Open ());
  ASSERT_EQ (rename ((source_ / "t").c_str (), (source_ / "moved").c_str ()), 0);
  EXPECT_TRUE (Open ()) << "the folder is still open";
  EXPECT_TRUE (IsUnchanged (Read (100))) << error_.message ();
}

TEST_F (SourceChangeTest, IsNotSeenByAnAsynchronousReaderEither)
{
  struct Result
  {
    GMainLoop *loop;
    gssize size;
  } result = { g_main_loop_new (nullptr, FALSE), -1 };
  char data[100];

  ASSERT_TRUE (Open ());
  g_input_stream_read_async (
      stream_, data, sizeof data, G_PRIORITY_DEFAULT, nullptr,
      [] (GObject *stream, GAsyncResult *async_result, gpointer user_data) {
        auto *done = static_cast<Result *> (user_data);
        done->size = g_input_stream_read_finish (G_INPUT_STREAM (stream), async_result, nullptr);
        g_main_loop_quit (done->loop);
      },
      &result);
  g_main_loop_run (result.loop);
  g_main_loop_unref (result.loop);
  EXPECT_EQ (std::string (data, static_cast<size_t> (result.size)), "0123456789");
  EXPECT_TRUE (IsUnchanged (10));
}

} // namespace
