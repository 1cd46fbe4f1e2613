/* SPDX-License-Identifier: MPL-2.0 */
/* Reading a file ahead in another thread. */
#include <floe-test.h>

#include <glib-unix.h>
#include <gio/gunixinputstream.h>
#include <unistd.h>

extern "C"
{
#include "file-reader.h"
}

namespace
{

std::string
MakeContent (size_t size)
{
  std::string content (size, '\0');

  for (size_t i = 0; i < size; i++)
    content[i] = static_cast<char> (i * 7 + i / 251);
  return content;
}

std::string
Sha256 (const std::string &content)
{
  return TakeString (g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar *> (content.data ()), content.size ()));
}

class FileReaderTest : public testing::Test
{
protected:
  void Open (GInputStream *input, gboolean is_stream)
  {
    reader_ = file_reader_new (input, is_stream, OnChange, this);
  }
  void TearDown () override
  {
    g_clear_pointer (&reader_, file_reader_free);
  }
  /* Takes what there is, in pieces of @piece bytes, until the end or an error. */
  std::string TakeAll (gsize piece)
  {
    std::string content;

    while (!file_reader_is_at_end (reader_) && file_reader_get_error (reader_) == nullptr)
      {
        g_autoptr (GBytes) bytes = file_reader_take (reader_, piece);
        if (bytes == nullptr)
          {
            g_main_context_iteration (nullptr, TRUE);
            continue;
          }
        EXPECT_LE (g_bytes_get_size (bytes), piece);
        content.append (static_cast<const char *> (g_bytes_get_data (bytes, nullptr)),
                        g_bytes_get_size (bytes));
      }
    return content;
  }
  static void OnChange (gpointer user_data)
  {
    static_cast<FileReaderTest *> (user_data)->changes_++;
  }

  FileReader *reader_ = nullptr;
  int changes_ = 0;
};

class FileReaderSizes : public FileReaderTest, public testing::WithParamInterface<size_t>
{
};

TEST_P (FileReaderSizes, GiveAllBytesAndTheirHash)
{
  std::string content = MakeContent (GetParam ());
  g_autoptr (GInputStream) input =
      g_memory_input_stream_new_from_data (content.data (), (gssize) content.size (), nullptr);

  Open (input, FALSE);
  EXPECT_EQ (TakeAll (65536), content);
  EXPECT_EQ (file_reader_get_size (reader_), content.size ());
  EXPECT_EQ (file_reader_get_sha256 (reader_), Sha256 (content));
}

/* A block is 512 KiB. */
INSTANTIATE_TEST_SUITE_P (Sizes, FileReaderSizes,
                          testing::Values (0, 1, 65535, 65536, 524287, 524288, 524289, 1048576,
                                           3000000));

TEST_F (FileReaderTest, HandsOnAtOnceWhatAStreamGives)
{
  int fds[2];
  ASSERT_TRUE (g_unix_open_pipe (fds, FD_CLOEXEC, nullptr));
  g_autoptr (GInputStream) input = g_unix_input_stream_new (fds[0], TRUE);
  GBytes *bytes = nullptr;

  Open (input, TRUE);
  ASSERT_EQ (write (fds[1], "abc", 3), 3);
  while ((bytes = file_reader_take (reader_, 10)) == nullptr)
    g_main_context_iteration (nullptr, TRUE);
  EXPECT_EQ (g_bytes_get_size (bytes), 3u);
  EXPECT_FALSE (file_reader_is_at_end (reader_));
  g_bytes_unref (bytes);
  close (fds[1]);
  EXPECT_EQ (TakeAll (10), "");
  EXPECT_TRUE (file_reader_is_at_end (reader_));
}

TEST_F (FileReaderTest, TellsWhatCanNotBeRead)
{
  g_autoptr (GInputStream) directory = g_unix_input_stream_new (open ("/", O_RDONLY), TRUE);

  Open (directory, FALSE);
  EXPECT_EQ (TakeAll (10), "");
  EXPECT_NE (file_reader_get_error (reader_), nullptr);
  EXPECT_FALSE (file_reader_is_at_end (reader_));
}

TEST_F (FileReaderTest, CallsNobodyAfterItIsFreed)
{
  std::string content = MakeContent (3000000);
  g_autoptr (GInputStream) input =
      g_memory_input_stream_new_from_data (content.data (), (gssize) content.size (), nullptr);

  Open (input, FALSE);
  g_clear_pointer (&reader_, file_reader_free);
  /* The thread's answer is all that can come. */
  g_main_context_iteration (nullptr, TRUE);
  EXPECT_EQ (changes_, 0);
}

} // namespace
