/* SPDX-License-Identifier: MPL-2.0 */
/* floe's command line: what it takes, what it refuses and how it says so. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <clocale>
#include <cstdio>
#include <unistd.h>

extern "C"
{
#include "options.h"
}

namespace
{

#define CODE "000G40R40M30E209185GR38E1W"

/* A command line that may be written to, as main () gets it. */
class CommandLine
{
public:
  explicit CommandLine (std::vector<std::string> words) : words_ (std::move (words))
  {
    words_.insert (words_.begin (), "floe");
    for (std::string &word : words_)
      argv_.push_back (word.data ());
    argv_.push_back (nullptr);
  }
  ~CommandLine ()
  {
    options_clear (&options);
  }
  bool Parse ()
  {
    return options_parse (&options, static_cast<int> (words_.size ()), argv_.data (), error);
  }
  const std::string &operator[] (size_t i) const
  {
    return words_[i];
  }

  Options options = {};
  ErrorHolder error;

private:
  std::vector<std::string> words_;
  std::vector<char *> argv_;
};

class OptionsTest : public testing::Test
{
protected:
  OptionsTest ()
  {
    setlocale (LC_ALL, "C.UTF-8");
    g_unsetenv ("FLOE_CODE");
    g_unsetenv ("FLOE_TURN_PASSWORD");
  }
};

TEST_F (OptionsTest, NeedNoneToSend)
{
  CommandLine line ({ "send", "a", "b", "-" });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_EQ (line.options.command, COMMAND_SEND);
  EXPECT_EQ (line.options.form, REPORT_TEXT);
  EXPECT_EQ (g_strv_length (line.options.paths), 3U);
  EXPECT_FALSE (line.options.has_address);
  EXPECT_FALSE (line.options.has_listen);
  ASSERT_NE (line.options.listen, nullptr);
  EXPECT_EQ (g_inet_socket_address_get_port (line.options.listen), 0);
  EXPECT_TRUE (g_inet_address_get_is_any (g_inet_socket_address_get_address (line.options.listen)));
  EXPECT_EQ (line.options.ice_servers->len, 0U);
  EXPECT_EQ (line.options.timeout_s, 0U);
}

TEST_F (OptionsTest, TakePathsThatBeginWithADashBehindTwo)
{
  CommandLine line ({ "send", "--", "--json", "-x" });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_STREQ (line.options.paths[0], "--json");
  EXPECT_STREQ (line.options.paths[1], "-x");
  EXPECT_EQ (line.options.form, REPORT_TEXT);
}

TEST_F (OptionsTest, ToReceiveAreAnAddressWithItsCode)
{
  CommandLine line ({ "receive", "--yes", "-o", "/tmp", "--json", "http://[::1]:81/#" CODE });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_EQ (line.options.command, COMMAND_RECEIVE);
  EXPECT_EQ (line.options.form, REPORT_JSON);
  EXPECT_TRUE (line.options.has_address);
  EXPECT_TRUE (line.options.address.has_code);
  EXPECT_EQ (TakeString (floe_code_to_string (&line.options.address.code)), CODE);
  EXPECT_STREQ (line.options.address.host, "::1");
  EXPECT_STREQ (line.options.directory, "/tmp");
  EXPECT_TRUE (line.options.accepts);
  EXPECT_FALSE (line.options.has_conflict_rule);
}

TEST_F (OptionsTest, ToReceiveAreACodeWithItsServer)
{
  CommandLine line ({ "receive", CODE, "--server", "https://floe.example", "--skip" });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_EQ (TakeString (floe_room_address_to_string (&line.options.address)),
             "https://floe.example:443/#" CODE);
  EXPECT_STREQ (line.options.directory, ".");
  EXPECT_TRUE (line.options.has_conflict_rule);
  EXPECT_EQ (line.options.conflict_rule, CONFLICT_SKIP);
}

TEST_F (OptionsTest, ToReceiveMayBeMissingToInvite)
{
  CommandLine own ({ "receive" });
  CommandLine elsewhere ({ "receive", "--server=http://127.0.0.1:8080/" });

  ASSERT_TRUE (own.Parse ()) << own.error.message ();
  EXPECT_FALSE (own.options.has_address);
  EXPECT_NE (own.options.listen, nullptr);
  ASSERT_TRUE (elsewhere.Parse ()) << elsewhere.error.message ();
  EXPECT_TRUE (elsewhere.options.has_address);
  EXPECT_FALSE (elsewhere.options.address.has_code);
}

TEST_F (OptionsTest, TakeTheCodeFromTheEnvironmentAndOutOfIt)
{
  CommandLine whole ({ "receive" }), code ({ "receive", "--server", "http://127.0.0.1:1" });

  g_setenv ("FLOE_CODE", "http://127.0.0.1:81/#" CODE, TRUE);
  ASSERT_TRUE (whole.Parse ()) << whole.error.message ();
  EXPECT_TRUE (whole.options.address.has_code);
  EXPECT_EQ (g_getenv ("FLOE_CODE"), nullptr);
  g_setenv ("FLOE_CODE", CODE, TRUE);
  ASSERT_TRUE (code.Parse ()) << code.error.message ();
  EXPECT_TRUE (code.options.address.has_code);
  EXPECT_EQ (code.options.address.port, 1);
}

TEST_F (OptionsTest, NameTheEnvironmentWhereItIsToBlame)
{
  CommandLine line ({ "receive" });

  g_setenv ("FLOE_CODE", CODE, TRUE);
  EXPECT_FALSE (line.Parse ());
  EXPECT_THAT (line.error.message (), testing::StartsWith ("FLOE_CODE: "));
  EXPECT_THAT (line.error.message (), testing::HasSubstr ("--server"));
}

TEST_F (OptionsTest, HideSecretsAmongTheArguments)
{
  CommandLine url ({ "receive", "http://127.0.0.1:81/#" CODE });
  CommandLine code ({ "receive", "--server", "http://127.0.0.1:81", CODE });
  CommandLine password ({ "serve", "--turn", "turn:x", "--turn-user", "u", "--turn-password", "p1",
                          "--turn-password=p2" });

  ASSERT_TRUE (url.Parse ());
  EXPECT_EQ (url[2], "http://127.0.0.1:81/#" + std::string (26, '*'));
  ASSERT_TRUE (code.Parse ());
  EXPECT_EQ (code[4], std::string (26, '*'));
  EXPECT_EQ (code[3], "http://127.0.0.1:81");
  ASSERT_TRUE (password.Parse ()) << password.error.message ();
  EXPECT_EQ (password[7], "**");
  EXPECT_EQ (password[8], "--turn-password=**");
  EXPECT_EQ (password[5], "u");

  CommandLine proxy ({ "send", "a", "--proxy", "http://u:p@h:1", "--proxy=socks5://h:2" });
  EXPECT_TRUE (proxy.Parse ()) << proxy.error.message ();
  EXPECT_EQ (proxy[4], "http://***@h:1");
  EXPECT_EQ (proxy[5], "--proxy=socks5://h:2");
}

TEST_F (OptionsTest, MakeServersOfUris)
{
  CommandLine line ({ "send", "a", "--stun", "stun:stun.example", "--turn", "turn:a.example:99",
                      "--turn=TURN:b.example?transport=tcp", "--turn-user", "u" });
  FloeIceServer *last;

  g_setenv ("FLOE_TURN_PASSWORD", "secret", TRUE);
  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  ASSERT_EQ (line.options.ice_servers->len, 3U);
  last = static_cast<FloeIceServer *> (g_ptr_array_index (line.options.ice_servers, 2));
  EXPECT_STREQ (floe_ice_server_get_urls (last)[0], "TURN:b.example?transport=tcp");
  EXPECT_STREQ (floe_ice_server_get_username (last), "u");
  EXPECT_STREQ (floe_ice_server_get_credential (last), "secret");
  EXPECT_EQ (g_getenv ("FLOE_TURN_PASSWORD"), nullptr);
}

TEST_F (OptionsTest, OfTheConnectionAreRead)
{
  CommandLine line ({ "send", "a", "--port-range", "50000-50100", "--timeout", "86400", "--turn",
                      "turn:x", "--turn-user=u", "--turn-password=p", "--relay-only" });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_EQ (line.options.min_port, 50000);
  EXPECT_EQ (line.options.max_port, 50100);
  EXPECT_EQ (line.options.timeout_s, 86400U);
  EXPECT_EQ (line.options.privacy, FLOE_PRIVACY_LEVEL_RELAY_ONLY);
}

TEST_F (OptionsTest, NamePrivacyLevels)
{
  static const char *const names[] = { "open", "default-route", "obfuscated", "no-host" };

  for (int i = 0; i < 4; i++)
    for (const char *command : { "send", "receive", "serve" })
      {
        std::vector<std::string> words = { command, "--privacy", names[i] };
        if (words[0] == "send")
          words.push_back ("a");
        CommandLine line (words);

        ASSERT_TRUE (line.Parse ()) << line.error.message ();
        EXPECT_EQ (line.options.privacy, (FloePrivacyLevel) i);
      }
}

TEST_F (OptionsTest, TakeTheRelayFromARendezvousElsewhere)
{
  CommandLine line (
      { "send", "a", "--server", "http://x", "--privacy", "relay-only", "--relay-only" });

  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_EQ (line.options.privacy, FLOE_PRIVACY_LEVEL_RELAY_ONLY);
}

TEST_F (OptionsTest, OfServeSayWhereAndAsWhom)
{
  CommandLine plain ({ "serve" });
  CommandLine line ({ "serve", "--listen", "127.0.0.1:81", "--host", "floe.example", "--host",
                      "b\u00fccher.example", "--log-addresses" });
  g_auto (FloeRoomAddress) address = {};

  ASSERT_TRUE (plain.Parse ()) << plain.error.message ();
  EXPECT_EQ (g_inet_socket_address_get_port (plain.options.listen), 8080);
  ASSERT_TRUE (line.Parse ()) << line.error.message ();
  EXPECT_TRUE (line.options.has_listen);
  EXPECT_TRUE (line.options.logs_addresses);
  EXPECT_STREQ (line.options.hosts[1], "xn--bcher-kva.example");
  options_get_own_address (&line.options, line.options.listen, &address);
  EXPECT_EQ (TakeString (floe_room_address_to_string (&address)), "http://floe.example:81/");
}

TEST_F (OptionsTest, TakeACertificateAndTrust)
{
  g_autoptr (FloeCertificate) certificate = nullptr;
  g_autofree char *key = nullptr, *folder = g_dir_make_tmp ("floe-options-XXXXXX", nullptr);
  const std::string cert_path = std::string (folder) + "/cert.pem",
                    key_path = std::string (folder) + "/key.pem";
  CommandLine own ({ "serve", "--tls-cert", cert_path, "--tls-key", key_path, "--listen", "[::1]:1",
                     "--host", "floe.example" });
  CommandLine other ({ "send", "a", "--server", "https://floe.example", "--tls-ca", cert_path });
  g_auto (FloeRoomAddress) address = {};

  certificate = floe_certificate_generate (nullptr);
  ASSERT_NE (certificate, nullptr);
  g_file_set_contents (cert_path.c_str (),
                       TakeString (floe_certificate_to_pem (certificate, &key)).c_str (), -1,
                       nullptr);
  g_file_set_contents (key_path.c_str (), key, -1, nullptr);
  ASSERT_TRUE (own.Parse ()) << own.error.message ();
  ASSERT_NE (own.options.certificate, nullptr);
  options_get_own_address (&own.options, own.options.listen, &address);
  EXPECT_EQ (TakeString (floe_room_address_to_string (&address)), "https://floe.example:1/");
  ASSERT_TRUE (other.Parse ()) << other.error.message ();
  EXPECT_NE (other.options.trust, nullptr);
  remove (cert_path.c_str ());
  remove (key_path.c_str ());
  rmdir (folder);
}

struct BadLine
{
  const char *title;
  std::vector<std::string> words;
  const char *said; /* part of the message */
};

class OptionsRefuse : public testing::TestWithParam<BadLine>
{
};

TEST_P (OptionsRefuse, AndSayWhy)
{
  CommandLine line (GetParam ().words);

  g_unsetenv ("FLOE_CODE");
  g_unsetenv ("FLOE_TURN_PASSWORD");
  ASSERT_FALSE (line.Parse ());
  EXPECT_THAT (line.error.message (), testing::HasSubstr (GetParam ().said));
  EXPECT_THAT (line.error.message (), testing::Not (testing::HasSubstr (CODE)));
}

const std::string url = "http://127.0.0.1:81/#" CODE;

INSTANTIATE_TEST_SUITE_P (
    Lines, OptionsRefuse,
    testing::Values (
        BadLine{ "Nothing", {}, "send, receive, serve or nat" },
        BadLine{ "AnotherWord", { "fetch" }, "no command fetch" },
        BadLine{ "NoPath", { "send" }, "what to send" },
        BadLine{ "EmptyPath", { "send", "" }, "empty path" },
        BadLine{ "StdinTwice", { "send", "-", "-" }, "only once" },
        BadLine{ "UnknownOption", { "send", "a", "--frob" }, "--frob" },
        BadLine{ "OutputOfSend", { "send", "a", "--output", "x" }, "--output" },
        BadLine{ "YesOfSend", { "send", "a", "--yes" }, "--yes" },
        BadLine{ "ServerOfServe", { "serve", "--server", "http://x" }, "--server" },
        BadLine{ "TimeoutOfServe", { "serve", "--timeout", "5" }, "--timeout" },
        BadLine{ "LogOfSend", { "send", "a", "--log-addresses" }, "--log-addresses" },
        BadLine{ "ArgumentOfServe", { "serve", "a" }, "options only" },
        BadLine{ "TimeoutZero", { "send", "a", "--timeout", "0" }, "--timeout takes 1 to 86400" },
        BadLine{ "TimeoutBelow", { "send", "a", "--timeout", "-1" }, "--timeout takes" },
        BadLine{ "TimeoutAbove", { "send", "a", "--timeout", "86401" }, "--timeout takes" },
        BadLine{ "TimeoutNoNumber", { "send", "a", "--timeout", "1x" }, "--timeout" },
        BadLine{ "PortsReversed", { "send", "a", "--port-range", "9-8" }, "--port-range takes" },
        BadLine{ "PortsOne", { "send", "a", "--port-range", "9" }, "--port-range takes" },
        BadLine{ "PortsZero", { "send", "a", "--port-range", "0-9" }, "--port-range takes" },
        BadLine{ "PortsAbove", { "send", "a", "--port-range", "1-65536" }, "--port-range takes" },
        BadLine{ "PortsMore", { "send", "a", "--port-range", "1-2-3" }, "--port-range takes" },
        BadLine{ "PortsHuge",
                 { "send", "a", "--port-range", "1-99999999999999999999" },
                 "--port-range takes" },
        BadLine{ "StunThatIsTurn", { "send", "a", "--stun", "turn:x" }, "--stun takes" },
        BadLine{ "StunNoUri", { "send", "a", "--stun", "stun.example" }, "--stun takes" },
        BadLine{ "StunBadPort", { "send", "a", "--stun", "stun:x:99999" }, "--stun: " },
        BadLine{ "TurnThatIsStun",
                 { "send", "a", "--turn", "stun:x", "--turn-user=u", "--turn-password=p" },
                 "--turn takes" },
        BadLine{ "TurnWithoutUser", { "send", "a", "--turn", "turn:x" }, "--turn needs" },
        BadLine{ "TurnWithoutPassword",
                 { "send", "a", "--turn", "turn:x", "--turn-user", "u" },
                 "FLOE_TURN_PASSWORD" },
        BadLine{ "ProxyOfNoKind",
                 { "send", "a", "--proxy", "ftp://proxy.example" },
                 "--proxy takes a URI such as" },
        BadLine{ "ProxyWithoutHost", { "send", "a", "--proxy", "http://" }, "--proxy takes" },
        BadLine{ "TurnAuthorityMissing",
                 { "send", "a", "--turn-ca", "/nonexistent" },
                 "--turn-ca: /nonexistent: " },
        BadLine{ "ProxyOfServe", { "serve", "--proxy", "direct://" }, "--proxy" },
        BadLine{ "UserWithoutTurn", { "send", "a", "--turn-user", "u" }, "--turn-user goes with" },
        BadLine{ "RelayWithoutTurn", { "send", "a", "--relay-only" }, "--relay-only needs" },
        BadLine{ "RelayLevelWithoutTurn",
                 { "send", "a", "--privacy", "relay-only" },
                 "needs a relay: give --turn" },
        BadLine{ "RelayOfServeWithoutTurn", { "serve", "--relay-only" }, "give --turn" },
        BadLine{ "RelayOfServeWithoutTls",
                 { "serve", "--relay-only", "--turn=turn:x", "--turn-user=u", "--turn-password=p" },
                 "--tls-cert" },
        BadLine{ "PrivacyOfNoKind", { "send", "a", "--privacy", "high" }, "takes one of open" },
        BadLine{ "PrivacyTwice",
                 { "send", "a", "--privacy", "no-host", "--relay-only" },
                 "leave one of the two out" },
        BadLine{ "ListenNowhere", { "send", "a", "--listen", "floe.example:1" }, "--listen: " },
        BadLine{ "ListenAndServer",
                 { "send", "a", "--listen", "127.0.0.1", "--server", "http://x" },
                 "of our own" },
        BadLine{ "HostAndUrl", { "receive", url, "--host", "x" }, "of our own" },
        BadLine{ "HostWithPort", { "serve", "--host", "x:80" }, "--host takes" },
        BadLine{ "HostEmpty", { "serve", "--host", "" }, "--host takes" },
        BadLine{ "CertWithoutKey", { "serve", "--tls-cert", "x" }, "go together" },
        BadLine{ "KeyWithoutCert", { "serve", "--tls-key", "x" }, "go together" },
        BadLine{ "CertMissing",
                 { "serve", "--tls-cert", "/nonexistent", "--tls-key", "/nonexistent" },
                 "--tls-cert" },
        BadLine{ "AuthorityForHttp",
                 { "send", "a", "--server", "http://x", "--tls-ca", "x" },
                 "--tls-ca is for" },
        BadLine{ "AuthorityMissing",
                 { "send", "a", "--server", "https://x", "--tls-ca", "/nonexistent" },
                 "--tls-ca: " },
        BadLine{ "ServerNoUrl", { "send", "a", "--server", "x" }, "--server takes" },
        BadLine{ "ServerWithCode", { "send", "a", "--server", url }, "without a code" }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    ReceiveLines, OptionsRefuse,
    testing::Values (
        BadLine{ "UrlWithoutCode", { "receive", "http://127.0.0.1:81/" }, "has no code" },
        BadLine{ "UrlAndServer", { "receive", "--server", "http://x", url }, "goes with a code" },
        BadLine{ "UrlOfAnother", { "receive", "ftp://x/#" CODE }, "no address" },
        BadLine{ "CodeWithoutServer", { "receive", CODE }, "needs --server" },
        BadLine{ "NeitherUrlNorCode", { "receive", "abc" }, "neither" },
        BadLine{ "TwoUrls", { "receive", url, url }, "Give one" },
        BadLine{ "TwoRules", { "receive", url, "--skip", "--rename" }, "exclude each other" },
        BadLine{ "StdoutAndJson", { "receive", url, "--stdout", "--json" }, "--json" },
        BadLine{ "StdoutAndOutput", { "receive", url, "--stdout", "-o", "x" }, "--output" },
        BadLine{ "StdoutAndRule", { "receive", url, "--stdout", "--skip" }, "--skip" }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST_F (OptionsTest, KnowTheFormEvenWhenTheyAreWrong)
{
  CommandLine line ({ "send", "--frob", "--json" });

  EXPECT_FALSE (line.Parse ());
  EXPECT_EQ (line.options.form, REPORT_JSON);
}

TEST_F (OptionsTest, OfEachCommandAreListedInItsHelp)
{
  for (const char *command : { "send", "receive", "serve" })
    {
      CommandLine line ({ command, "--help" });
      testing::internal::CaptureStdout ();
      EXPECT_TRUE (line.Parse ());
      EXPECT_TRUE (line.options.is_answered);
      EXPECT_THAT (testing::internal::GetCapturedStdout (), testing::HasSubstr ("--json"));
    }
  for (const char *option : { "--help", "--version", "help", "-h" })
    {
      CommandLine line ({ option });
      testing::internal::CaptureStdout ();
      EXPECT_TRUE (line.Parse ());
      EXPECT_TRUE (line.options.is_answered);
      EXPECT_THAT (testing::internal::GetCapturedStdout (), testing::HasSubstr ("floe"));
    }
}

} // namespace
