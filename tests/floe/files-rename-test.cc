/* SPDX-License-Identifier: MPL-2.0 */
/* How a received file gets its name on file systems that lack a way to do it. */
#include "files-test.h"

#include <cerrno>
#include <sys/syscall.h>

extern "C"
{
#include "output-file.h"
}

namespace
{

/* What the system calls below fail with instead of being made; 0: nothing. */
int rename_error;
int link_error;

} // namespace

/* These take the place of the C library's, which this program would be linked with otherwise. */
extern "C" int
renameat2 (int old_fd, const char *old_name, int new_fd, const char *new_name,
           unsigned int flags) noexcept
{
  errno = rename_error;
  if (rename_error != 0)
    return -1;
  return static_cast<int> (syscall (SYS_renameat2, old_fd, old_name, new_fd, new_name, flags));
}

extern "C" int
linkat (int old_fd, const char *old_name, int new_fd, const char *new_name, int flags) noexcept
{
  errno = link_error;
  if (link_error != 0)
    return -1;
  return static_cast<int> (syscall (SYS_linkat, old_fd, old_name, new_fd, new_name, flags));
}

namespace
{

struct System
{
  const char *title;
  int rename_error;
  int link_error;
};

class OutputFileNaming : public testing::TestWithParam<System>
{
protected:
  OutputFileNaming ()
  {
    rename_error = GetParam ().rename_error;
    link_error = GetParam ().link_error;
    fd_ = open (folder_.path ().c_str (), O_RDONLY | O_DIRECTORY);
    file_ = output_file_new (fd_, "f", 0600, error_);
  }
  ~OutputFileNaming () override
  {
    g_clear_pointer (&file_, output_file_free);
    close (fd_);
  }

  TemporaryFolder folder_;
  ErrorHolder error_;
  OutputFile *file_ = nullptr;
  int fd_ = -1;
};

TEST_P (OutputFileNaming, WorksAndLeavesNoHiddenFile)
{
  ASSERT_TRUE (output_file_write (file_, "new", 3, error_));
  EXPECT_TRUE (output_file_commit (file_, "f", FALSE, -1, error_)) << error_.message ();
  g_clear_pointer (&file_, output_file_free);
  EXPECT_EQ (folder_.Show (), "f=new\n");
}

TEST_P (OutputFileNaming, ReplacesNothing)
{
  folder_.WriteFile ("f", "mine");
  ASSERT_TRUE (output_file_write (file_, "new", 3, error_));
  EXPECT_FALSE (output_file_commit (file_, "f", FALSE, -1, error_));
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_EXISTS)) << error_.message ();
  g_clear_pointer (&file_, output_file_free);
  EXPECT_EQ (folder_.Show (), "f=mine\n");
}

TEST_P (OutputFileNaming, ReplacesWhatItIsToldTo)
{
  folder_.WriteFile ("f", "mine");
  ASSERT_TRUE (output_file_write (file_, "new", 3, error_));
  EXPECT_TRUE (output_file_commit (file_, "f", TRUE, -1, error_)) << error_.message ();
  EXPECT_EQ (folder_.Show (), "f=new\n");
}

INSTANTIATE_TEST_SUITE_P (Systems, OutputFileNaming,
                          testing::Values (System{ "Linux", 0, 0 },
                                           System{ "WithoutTheFlag", EINVAL, 0 },
                                           System{ "WithoutTheCall", ENOSYS, 0 },
                                           System{ "WithoutHardLinks", EINVAL, EPERM }),
                          [] (const auto &info) { return std::string (info.param.title); });

TEST (OutputFileSync, HappensForLargeFilesWithoutLosingAny)
{
  const std::string block (1024 * 1024, 'x');
  TemporaryFolder folder;
  ErrorHolder error;
  const int fd = open (folder.path ().c_str (), O_RDONLY | O_DIRECTORY);

  rename_error = link_error = 0;
  OutputFile *file = output_file_new (fd, "large", 0600, error);
  for (int i = 0; i < 17; i++)
    ASSERT_TRUE (output_file_write (file, block.data (), block.size (), error));
  EXPECT_TRUE (output_file_commit (file, "large", FALSE, 1000, error)) << error.message ();
  output_file_free (file);
  close (fd);
  EXPECT_EQ (folder.Status ("large").st_size, 17 * 1024 * 1024);
  EXPECT_EQ (folder.Status ("large").st_mtim.tv_sec, 1);
}

} // namespace
