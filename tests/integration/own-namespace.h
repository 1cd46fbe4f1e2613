/* SPDX-License-Identifier: MPL-2.0 */
/* For tests that need a machine's interfaces: a process of its own in a network namespace of its
 * own, which it may make as root or where users may. */
#pragma once

#include "floe-test.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define CANNOT_MAKE_NAMESPACES 77

inline bool
Write (const char *path, const std::string &text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  bool is_ok = fd >= 0 && write (fd, text.data (), text.size ()) == (ssize_t) text.size ();

  if (fd >= 0)
    close (fd);
  return is_ok;
}

inline void
EnterNamespace ()
{
  uid_t uid = geteuid ();

  if (unshare (uid == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER) != 0
      || (uid != 0 && !Write ("/proc/self/uid_map", "0 " + std::to_string (uid) + " 1\n")))
    _Exit (CANNOT_MAKE_NAMESPACES);
}

inline void
Do (const char *command)
{
  if (system (command) != 0)
    {
      fprintf (stderr, "failed: %s\n", command);
      _Exit (CANNOT_MAKE_NAMESPACES);
    }
}

/* d0, with 192.0.2.1. */
inline void
AddInterface ()
{
  Do ("ip link add d0 type veth peer name d1 && ip link set d1 up && "
      "ip address add 192.0.2.1/24 dev d0 && ip link set d0 up");
  /* An interface runs a moment after it is up. */
  Do ("for i in $(seq 100); do ip -o link show d0 | grep -q 'state UP' && exit 0; sleep 0.05; "
      "done; "
      "exit 1");
}

/* The child's way of EXPECT_TRUE. */
inline void
Require (bool is_so, const char *what)
{
  if (is_so)
    return;
  fprintf (stderr, "not so: %s\n", what);
  _Exit (1);
}

inline bool has_skipped;

inline bool
HasPassed (int status)
{
  has_skipped = WIFEXITED (status) && WEXITSTATUS (status) == CANNOT_MAKE_NAMESPACES;
  return has_skipped || (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

/* Each test is EXPECT_EXIT (Function (), HasPassed, ""). */
class OwnNamespaceTest : public testing::Test
{
protected:
  void SetUp () override
  {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
  }
  void TearDown () override
  {
    if (has_skipped)
      GTEST_SKIP () << "no network namespace can be made here, or iproute2 is missing";
  }
};
