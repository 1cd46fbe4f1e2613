/* SPDX-License-Identifier: MPL-2.0 */
/* What is remembered in a file, by processes of their own: memory would know too much. */
#include "discovery.h"

#include <sys/stat.h>

class NatCacheFile : public testing::Test
{
protected:
  void SetUp () override
  {
    char *folder = g_dir_make_tmp ("floe-nat-XXXXXX", nullptr);

    ASSERT_NE (folder, nullptr);
    folder_ = folder;
    path_ = folder_ + "/networks";
    g_free (folder);
  }
  void TearDown () override
  {
    g_unlink (path_.c_str ());
    g_rmdir (path_.c_str ());
    g_rmdir (folder_.c_str ());
  }
  void UseFile (Discovery &discovery) const
  {
    g_autoptr (GFile) file = g_file_new_for_path (path_.c_str ());

    floe_nat_discovery_set_cache_file (discovery.get (), file);
  }
  std::string Read () const
  {
    char *text = nullptr;

    g_file_get_contents (path_.c_str (), &text, nullptr, nullptr);
    return TakeString (text);
  }
  void Write (const std::string &text) const
  {
    ASSERT_TRUE (
        g_file_set_contents (path_.c_str (), text.data (), (gssize) text.size (), nullptr));
  }
  static bool HasNetwork (const std::string &text)
  {
    return text.find ("mapping=") != std::string::npos;
  }
  void FindsOut (const Coturn &server) const
  {
    Discovery discovery;
    DiscoveryCall call;

    UseFile (discovery);
    discovery.AddServer (server.Url ("udp"));
    discovery.Run (call);
    EXPECT_NE (FindReport (call.reports, "127.0.0.1"), nullptr);
  }
  /* Runs, and waits until the file tells of it. */
  void RunAndRemember (const Coturn &server) const
  {
    Discovery discovery;
    DiscoveryCall call;

    UseFile (discovery);
    discovery.AddServer (server.Url ("udp"));
    discovery.Run (call);
    ASSERT_NE (FindReport (call.reports, "127.0.0.1"), nullptr);
    Discovery::WaitFor ([this] { return HasNetwork (Read ()); });
  }

  std::string folder_, path_;
};

#define NEEDS_COTURN(server)                                                                       \
  if (!(server).IsRunning ())                                                                      \
  GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start"

TEST_F (NatCacheFile, IsForTheOwnerAloneAndNamesNobody)
{
  Coturn server;
  NEEDS_COTURN (server);
  struct stat status;

  RunAndRemember (server);
  ASSERT_EQ (stat (path_.c_str (), &status), 0);
  EXPECT_EQ (status.st_mode & 0777, 0600u);
  std::string text = Read ();
  EXPECT_EQ (text.find ("127.0.0.1"), std::string::npos) << text;
  EXPECT_EQ (text.find ("7f000001"), std::string::npos) << text;
  EXPECT_EQ (text.find (std::to_string (server.port ())), std::string::npos) << text;
}

/* A file that others can read is not left so. */
TEST_F (NatCacheFile, AWorldReadableFileIsReplacedByAPrivateOne)
{
  Coturn server;
  NEEDS_COTURN (server);
  struct stat status;

  Write ("");
  ASSERT_EQ (chmod (path_.c_str (), 0644), 0);
  RunAndRemember (server);
  ASSERT_EQ (stat (path_.c_str (), &status), 0);
  EXPECT_EQ (status.st_mode & 0777, 0600u);
}

TEST_F (NatCacheFile, BrokenFilesCountAsEmpty)
{
  Coturn server;
  NEEDS_COTURN (server);
  const std::string hostile[] = {
    "",
    std::string ("\0\0\0", 3),
    "not a key file",
    "[floe-nat-cache]\nversion=1\n[../../etc/passwd]\ntime=1\n",
    std::string (300000, 'x'),
    "[floe-nat-cache]\nversion=1\n\xff\xfe=1\n",
  };

  for (const std::string &text : hostile)
    {
      Write (text);
      RunAndRemember (server);
    }
}

TEST_F (NatCacheFile, APipeInItsPlaceStopsNothing)
{
  Coturn server;
  NEEDS_COTURN (server);
  ASSERT_EQ (mkfifo (path_.c_str (), 0600), 0);
  FindsOut (server);
}

TEST_F (NatCacheFile, AFolderInItsPlaceStopsNothing)
{
  Coturn server;
  NEEDS_COTURN (server);
  ASSERT_EQ (g_mkdir (path_.c_str (), 0700), 0);
  FindsOut (server);
}
