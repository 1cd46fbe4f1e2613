/* SPDX-License-Identifier: MPL-2.0 */
/* The command line of "floe nat". */
#include <floe-test.h>
#include <gmock/gmock.h>

extern "C"
{
#include "options.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

class OptionsNatTest : public testing::Test
{
protected:
  OptionsNatTest ()
  {
    g_unsetenv ("FLOE_TURN_PASSWORD");
  }
  ~OptionsNatTest () override
  {
    options_clear (&options_);
  }
  bool Parse (std::vector<std::string> words)
  {
    std::vector<char *> argv;

    options_clear (&options_);
    options_ = {};
    words_ = std::move (words);
    words_.insert (words_.begin (), { "floe", "nat" });
    for (std::string &word : words_)
      argv.push_back (word.data ());
    argv.push_back (nullptr);
    return options_parse (&options_, static_cast<int> (words_.size ()), argv.data (), error_);
  }

  std::vector<std::string> words_;
  Options options_ = {};
  ErrorHolder error_;
};

TEST_F (OptionsNatTest, NeedAServerAndSayHowToGiveOne)
{
  EXPECT_FALSE (Parse ({}));
  EXPECT_EQ (options_.command, COMMAND_NAT);
  EXPECT_THAT (error_.message (), HasSubstr ("--stun stun:HOST"));
}

TEST_F (OptionsNatTest, TakeSeveralServersAndInterfaces)
{
  ASSERT_TRUE (
      Parse ({ "--stun", "stun:a", "--stun=stun:b", "--turn", "turn:c", "--turn-user", "u",
               "--turn-password", "secret", "--interface", "lo", "--interface", "192.0.2.1" }))
      << error_.message ();
  EXPECT_EQ (options_.ice_servers->len, 3U);
  EXPECT_EQ (g_strv_length (options_.nat.interfaces), 2U);
  EXPECT_FALSE (options_.nat.with_evidence);
  EXPECT_EQ (words_[10], "******");
}

TEST_F (OptionsNatTest, TakeThePasswordOfTheEnvironment)
{
  g_setenv ("FLOE_TURN_PASSWORD", "secret", TRUE);
  ASSERT_TRUE (Parse ({ "--turn", "turn:c", "--turn-user", "u", "--verbose", "--json" }));
  EXPECT_STREQ (floe_ice_server_get_credential (
                    static_cast<FloeIceServer *> (g_ptr_array_index (options_.ice_servers, 0))),
                "secret");
  EXPECT_EQ (g_getenv ("FLOE_TURN_PASSWORD"), nullptr);
  EXPECT_TRUE (options_.nat.with_evidence);
  EXPECT_EQ (options_.form, REPORT_JSON);
}

TEST_F (OptionsNatTest, TakeAProxyAndHideItsPassword)
{
  for (std::string uri :
       { "http://u:secret@proxy.example:3128", "socks5://u:se%40cret@[::1]:1080" })
    {
      ASSERT_TRUE (Parse ({ "--stun", "stun:a", "--proxy", uri })) << error_.message ();
      EXPECT_NE (options_.nat.proxy, nullptr);
      EXPECT_THAT (words_.back (), Not (HasSubstr ("cret")));
      EXPECT_THAT (words_.back (), HasSubstr ("*@"));
    }
  ASSERT_TRUE (Parse ({ "--stun", "stun:a", "--proxy=http://proxy:1" }));
  EXPECT_EQ (words_.back (), "--proxy=http://proxy:1");
}

TEST_F (OptionsNatTest, RefuseWhatMakesNoSenseAndNameTheOption)
{
  struct
  {
    std::vector<std::string> words;
    const char *message;
  } cases[] = { { { "here" }, "takes options only" },
                { { "--proxy", "proxy:3128" }, "--proxy" },
                { { "--proxy", "ftp://proxy" }, "--proxy" },
                { { "--proxy", "http://" }, "--proxy" },
                { { "--interface", "nosuch0" }, "--interface" },
                { { "--interface", "" }, "--interface" },
                { { "--tls-ca", "/nowhere" }, "--tls-ca" },
                { { "--turn", "turn:x" }, "--turn-user" },
                { { "--stun", "turn:x" }, "--stun" },
                { { "--timeout", "3" }, "--timeout" },
                { { "--relay-only" }, "--relay-only" } };

  for (auto &c : cases)
    {
      c.words.insert (c.words.begin (), { "--stun", "stun:a" });
      EXPECT_FALSE (Parse (c.words)) << c.message;
      EXPECT_THAT (error_.message (), HasSubstr (c.message));
    }
}

TEST_F (OptionsNatTest, DoNotRepeatAProxyThatIsWrong)
{
  EXPECT_FALSE (Parse ({ "--stun", "stun:a", "--proxy", "nothttp://u:secret@x" }));
  EXPECT_THAT (error_.message (), Not (HasSubstr ("secret")));
}

} // namespace
