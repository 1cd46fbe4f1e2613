/* SPDX-License-Identifier: MPL-2.0 */
/* How many descriptors this process has, and a limit on how many it may have. */
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

/* Without opening one, which may not be possible. */
inline int
CountDescriptors ()
{
  int count = 0;

  for (int descriptor = 0; descriptor < 4096; descriptor++)
    count += fcntl (descriptor, F_GETFD) != -1;
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
