/* SPDX-License-Identifier: MPL-2.0 */
/* A folder for one test, and what is in it as text. */
#pragma once

#include <floe-test.h>

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>

class TemporaryFolder
{
public:
  TemporaryFolder ()
  {
    path_ = TakeString (g_dir_make_tmp ("floe-files-XXXXXX", nullptr));
  }
  ~TemporaryFolder ()
  {
    Remove (path_);
  }
  TemporaryFolder (const TemporaryFolder &) = delete;

  std::string operator/ (const std::string &name) const
  {
    return path_ + "/" + name;
  }
  const std::string &path () const
  {
    return path_;
  }

  void WriteFile (const std::string &name, const std::string &content, mode_t mode = 0644) const
  {
    const std::string path = *this / name;
    ASSERT_TRUE (g_file_set_contents (path.c_str (), content.data (),
                                      static_cast<gssize> (content.size ()), nullptr))
        << path;
    ASSERT_EQ (chmod (path.c_str (), mode), 0);
  }
  void MakeFolder (const std::string &name) const
  {
    ASSERT_EQ (g_mkdir_with_parents ((*this / name).c_str (), 0755), 0) << name;
  }
  void MakeLink (const std::string &name, const std::string &target) const
  {
    ASSERT_EQ (symlink (target.c_str (), (*this / name).c_str ()), 0) << name;
  }

  std::string ReadFile (const std::string &name) const
  {
    char *content = nullptr;
    gsize size = 0;
    if (!g_file_get_contents ((*this / name).c_str (), &content, &size, nullptr))
      return "(no file)";
    std::string result (content, size);
    g_free (content);
    return result;
  }
  struct stat Status (const std::string &name) const
  {
    struct stat status = {};
    EXPECT_EQ (lstat ((*this / name).c_str (), &status), 0) << name;
    return status;
  }
  mode_t Mode (const std::string &name) const
  {
    return Status (name).st_mode & 07777;
  }
  void SetTime (const std::string &name, time_t seconds, long nanoseconds = 0) const
  {
    const struct timespec times[2] = { { seconds, nanoseconds }, { seconds, nanoseconds } };
    ASSERT_EQ (utimensat (AT_FDCWD, (*this / name).c_str (), times, 0), 0) << name;
  }

  /* All that is in it, one a line, sorted: "a/", "a/b=content", "a/l->target". */
  std::string Show () const
  {
    std::vector<std::string> lines;
    Collect ("", &lines);
    std::sort (lines.begin (), lines.end ());
    std::string result;
    for (const std::string &line : lines)
      result += line + "\n";
    return result;
  }

private:
  static std::vector<std::string> ListNames (const std::string &path)
  {
    std::vector<std::string> names;
    g_autoptr (GDir) folder = g_dir_open (path.c_str (), 0, nullptr);
    const char *name;
    while (folder != nullptr && (name = g_dir_read_name (folder)) != nullptr)
      names.push_back (name);
    return names;
  }
  static void Remove (const std::string &path)
  {
    struct stat status;
    if (lstat (path.c_str (), &status) == 0 && S_ISDIR (status.st_mode))
      {
        chmod (path.c_str (), 0700);
        for (const std::string &name : ListNames (path))
          Remove (path + "/" + name);
      }
    g_remove (path.c_str ());
  }
  void Collect (const std::string &prefix, std::vector<std::string> *lines) const
  {
    for (const std::string &base : ListNames (*this / prefix))
      {
        const std::string name = prefix + base;
        const mode_t mode = Status (name).st_mode;
        if (S_ISDIR (mode))
          {
            lines->push_back (name + "/");
            Collect (name + "/", lines);
          }
        else if (S_ISLNK (mode))
          lines->push_back (name + "->"
                            + TakeString (g_file_read_link ((*this / name).c_str (), nullptr)));
        else
          lines->push_back (name + "=" + ReadFile (name));
      }
  }

  std::string path_;
};
