/* SPDX-License-Identifier: MPL-2.0 */
/* The privacy filter over offers and answers as real stacks made them, with a TURN server, an own
 * address in each family, and with what each of them does by itself to hide addresses. */
#include <floe/floe-privacy.h>

#include "floe-test.h"
#include "privacy-oracle.h"

static std::string
Read (const std::string &name)
{
  g_autofree char *contents = nullptr;
  g_autofree char *path = g_build_filename (PRIVACY_CORPUS, name.c_str (), nullptr);
  gsize size = 0;

  EXPECT_TRUE (g_file_get_contents (path, &contents, &size, nullptr)) << path;
  return contents != nullptr ? std::string (contents, size) : "";
}

static std::string
Filter (const std::string &text, FloePrivacyLevel level)
{
  return TakeString (floe_privacy_filter_sdp (text.c_str (), level, nullptr));
}

static int
Count (const std::string &text, const std::string &what)
{
  int count = 0;

  for (size_t at = text.find (what); at != std::string::npos; at = text.find (what, at + 1))
    count++;
  return count;
}

static std::vector<std::string>
Lines (const std::string &text)
{
  g_auto (GStrv) parts = g_strsplit (text.c_str (), "\r\n", -1);

  return std::vector<std::string> (parts, parts + g_strv_length (parts));
}

/* What is left of the candidates. */
struct Description
{
  const char *name;
  int all, obfuscated, no_host, relay_only;
};

class PrivacyCorpus : public testing::TestWithParam<Description>
{
protected:
  const std::string text_ = Read (std::string ("privacy-filter/") + GetParam ().name);
};

TEST_P (PrivacyCorpus, IsLeftWithTheCandidatesOfTheLevel)
{
  const Description &description = GetParam ();

  EXPECT_EQ (Count (text_, "a=candidate:"), description.all);
  EXPECT_EQ (Count (Filter (text_, FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE), "a=candidate:"),
             description.all);
  EXPECT_EQ (Count (Filter (text_, FLOE_PRIVACY_LEVEL_OBFUSCATED), "a=candidate:"),
             description.obfuscated);
  EXPECT_EQ (Count (Filter (text_, FLOE_PRIVACY_LEVEL_NO_HOST), "a=candidate:"),
             description.no_host);
  EXPECT_EQ (Count (Filter (text_, FLOE_PRIVACY_LEVEL_RELAY_ONLY), "a=candidate:"),
             description.relay_only);
}

TEST_P (PrivacyCorpus, HasRelaysOnlyInTheStrictestLevel)
{
  std::string filtered = Filter (text_, FLOE_PRIVACY_LEVEL_RELAY_ONLY);

  EXPECT_EQ (Count (filtered, "typ relay"), Count (filtered, "a=candidate:"));
  EXPECT_EQ (Count (filtered, ".local"), 0);
  EXPECT_EQ (Count (filtered, "typ host"), 0);
  EXPECT_EQ (Count (filtered, "typ srflx"), 0);
  EXPECT_EQ (Count (filtered, "10.77.0.1"), 0); /* the machine's addresses when this was made */
  EXPECT_EQ (Count (filtered, "fd77::1"), 0);
  EXPECT_EQ (Count (filtered, "fe80::"), 0);
}

/* Everything but addresses: what a connection needs. */
TEST_P (PrivacyCorpus, KeepsAllOtherLinesByteForByteInTheirOrder)
{
  for (int level = FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE; level <= FLOE_PRIVACY_LEVEL_RELAY_ONLY;
       level++)
    {
      std::vector<std::string> expected, left;

      for (const std::string &line : Lines (text_))
        if (line.empty () || !oracle_may_change (line.c_str ()))
          expected.push_back (line);
      for (const std::string &line : Lines (Filter (text_, (FloePrivacyLevel) level)))
        if (line.empty () || !oracle_may_change (line.c_str ()))
          left.push_back (line);
      EXPECT_EQ (left, expected) << "at level " << level;
    }
}

TEST_P (PrivacyCorpus, KeepsEachSectionsMediaProtocolAndFormats)
{
  std::vector<std::string> before, after;

  for (const std::string &line : Lines (text_))
    if (line.compare (0, 2, "m=") == 0)
      before.push_back (line);
  for (const std::string &line : Lines (Filter (text_, FLOE_PRIVACY_LEVEL_RELAY_ONLY)))
    if (line.compare (0, 2, "m=") == 0)
      after.push_back (line);
  ASSERT_EQ (after.size (), before.size ());
  for (size_t i = 0; i < before.size (); i++)
    {
      g_auto (GStrv) words = g_strsplit (before[i].c_str (), " ", 3);
      std::string port = strcmp (words[1], "0") == 0 ? "0" : "9";

      EXPECT_EQ (after[i], std::string (words[0]) + " " + port + " " + words[2]);
    }
}

INSTANTIATE_TEST_SUITE_P (Stacks, PrivacyCorpus,
                          testing::Values (Description{ "chromium-offer", 12, 12, 6, 3 },
                                           Description{ "chromium-answer", 4, 4, 2, 1 },
                                           Description{ "firefox-offer", 24, 24, 4, 2 },
                                           Description{ "firefox-answer", 6, 6, 2, 1 },
                                           Description{ "pion-offer", 4, 2, 2, 1 },
                                           Description{ "pion-answer", 4, 2, 2, 1 },
                                           Description{ "aiortc-offer", 4, 1, 1, 1 },
                                           Description{ "aiortc-answer", 4, 1, 1, 1 },
                                           Description{ "webrtcbin-offer", 15, 3, 3, 1 },
                                           Description{ "webrtcbin-answer", 15, 3, 3, 1 }),
                          [] (const auto &info) {
                            std::string name = info.param.name;

                            for (char &c : name)
                              c = c == '-' ? '_' : c;
                            return name;
                          });

/* All that there is, the hostile ones among them. */
class PrivacyProperty : public testing::TestWithParam<const char *>
{
};

TEST_P (PrivacyProperty, NothingForbiddenIsLeftAndASecondPassChangesNothing)
{
  g_autofree char *folder = g_build_filename (PRIVACY_CORPUS, GetParam (), nullptr);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, nullptr);
  const char *name;
  int count = 0;

  ASSERT_NE (dir, nullptr) << folder;
  for (; (name = g_dir_read_name (dir)) != nullptr; count++)
    for (int i = FLOE_PRIVACY_LEVEL_OPEN; i <= FLOE_PRIVACY_LEVEL_RELAY_ONLY; i++)
      {
        FloePrivacyLevel level = (FloePrivacyLevel) i;
        std::string text = Read (std::string (GetParam ()) + "/" + name);
        std::string filtered = Filter (text, level);
        const char *wrong = oracle_check_sdp (text.c_str (), filtered.c_str (), level);

        EXPECT_STREQ (wrong, nullptr) << name << " at level " << level << ":\n" << filtered;
        EXPECT_EQ (Filter (filtered, level), filtered) << name << " at level " << level;
      }
  EXPECT_GT (count, 5);
}

INSTANTIATE_TEST_SUITE_P (Corpora, PrivacyProperty, testing::Values ("privacy-filter", "sdp"),
                          [] (const auto &info) {
                            return std::string (info.param == std::string ("sdp") ? "Sdp"
                                                                                  : "Privacy");
                          });
