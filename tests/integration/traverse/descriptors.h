/* SPDX-License-Identifier: MPL-2.0 */
/* How many descriptors this process has, and a limit on how many it may have. */
#pragma once

#include <glib.h>
#include <sys/resource.h>

/* -1 where that can't be told. */
inline int
CountDescriptors ()
{
  GDir *directory = g_dir_open ("/proc/self/fd", 0, nullptr);
  int count = -1;

  if (directory == nullptr)
    return -1;
  for (count = 0; g_dir_read_name (directory) != nullptr; count++)
    ;
  g_dir_close (directory);
  return count;
}

/* Until it goes out of scope. */
class DescriptorLimit
{
public:
  explicit DescriptorLimit (rlim_t limit)
  {
    getrlimit (RLIMIT_NOFILE, &before_);
    struct rlimit now = { limit, before_.rlim_max };

    setrlimit (RLIMIT_NOFILE, &now);
  }
  ~DescriptorLimit ()
  {
    setrlimit (RLIMIT_NOFILE, &before_);
  }

private:
  struct rlimit before_ = {};
};
