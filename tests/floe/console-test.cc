/* SPDX-License-Identifier: MPL-2.0 */
/* What floe shows: addresses, events, QR codes and progress. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <unistd.h>

extern "C"
{
#include "host-address.h"
#include "progress-meter.h"
#include "qr-code.h"
#include "report-json.h"
#include "report.h"
#include "sample-json.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

TEST (HostAddress, ReadsAnAddressWithAndWithoutPort)
{
  struct
  {
    const char *text, *host;
    int port;
  } cases[] = { { "127.0.0.1", "127.0.0.1", 0 },
                { "0.0.0.0:80", "0.0.0.0", 80 },
                { "[::]:1234", "::", 1234 },
                { "::1", "::1", 0 },
                { "localhost:5", "127.0.0.1", 5 } };

  for (const auto &c : cases)
    {
      g_autoptr (GInetSocketAddress) address = host_address_parse (c.text, nullptr);
      ASSERT_NE (address, nullptr) << c.text;
      EXPECT_EQ (
          TakeString (g_inet_address_to_string (g_inet_socket_address_get_address (address))),
          c.host);
      EXPECT_EQ (g_inet_socket_address_get_port (address), c.port);
    }
  for (const char *text : { "", "example.org:80", "127.0.0.1:99999", "127.0.0.1:x" })
    EXPECT_EQ (host_address_parse (text, nullptr), nullptr) << text;
}

TEST (HostAddress, OfAWildcardIsOneThatCanBePassedOn)
{
  for (const char *text : { "0.0.0.0:81", "[::]:81" })
    {
      g_autoptr (GInetSocketAddress) bound = host_address_parse (text, nullptr);
      g_auto (FloeRoomAddress) address = {};
      g_auto (FloeRoomAddress) again = {};

      host_address_for_others (bound, &address);
      EXPECT_STREQ (address.scheme, "http");
      EXPECT_EQ (address.port, 81);
      EXPECT_STRNE (address.host, "0.0.0.0");
      EXPECT_STRNE (address.host, "::");
      EXPECT_FALSE (address.has_code);
      EXPECT_TRUE (floe_room_address_parse (
          TakeString (floe_room_address_to_string (&address)).c_str (), &again, nullptr));
    }
}

TEST (HostAddress, OfAnythingElseStays)
{
  g_autoptr (GInetSocketAddress) bound = host_address_parse ("[::1]:82", nullptr);
  g_auto (FloeRoomAddress) address = {};

  host_address_for_others (bound, &address);
  EXPECT_STREQ (address.host, "::1");
  EXPECT_EQ (address.port, 82);
}

TEST (HostAddress, ForAllIsAWildcard)
{
  g_autoptr (GInetSocketAddress) address = host_address_get_wildcard (83);

  EXPECT_TRUE (g_inet_address_get_is_any (g_inet_socket_address_get_address (address)));
  EXPECT_EQ (g_inet_socket_address_get_port (address), 83);
}

/* What is written to a stream while it lives. */
class Capture
{
public:
  explicit Capture (FILE *stream) : stream_ (stream), file_ (tmpfile ())
  {
    fflush (stream_);
    saved_ = dup (fileno (stream_));
    dup2 (fileno (file_), fileno (stream_));
  }
  ~Capture ()
  {
    Finish ();
    fclose (file_);
  }
  std::string Finish ()
  {
    std::string text;

    if (saved_ == -1)
      return text;
    fflush (stream_);
    dup2 (saved_, fileno (stream_));
    close (saved_);
    saved_ = -1;
    rewind (file_);
    for (int c = getc (file_); c != EOF; c = getc (file_))
      text.push_back (static_cast<char> (c));
    return text;
  }

private:
  FILE *stream_;
  FILE *file_;
  int saved_;
};

const char code[] = "000G40R40M30E209185GR38E1W";
const char url[] = "http://192.0.2.7:81/#000G40R40M30E209185GR38E1W";

void
ReportAll (Report *report)
{
  const char *const names[] = { "photos", "a\033[31mb\u202ec" };

  report_ready (report, url, code, nullptr, TRUE);
  report_listening (report, "http://192.0.2.7:8080/");
  report_warning (report, "careful");
  report_offer (report, names, 2, 3, 9, -1);
  report_connected (report, nullptr, nullptr, 12);
  report_file (report, "x", -1);
  report_progress (report, 5, -1);
  report_progress (report, 5, 10);
  report_file_done (report, "evil\033[2J\u202e\xff.txt", 10, "abc");
  report_done (report, 1, 10, 0.5);
  report_error (report, EXIT_STATUS_INTEGRITY, "it differs");
}

TEST (ReportJson, IsOneObjectALineAndNothingElse)
{
  g_autoptr (Report) report = report_new (REPORT_JSON);
  Capture out (stdout), err (stderr);
  std::string said, logged;

  ReportAll (report);
  said = out.Finish ();
  logged = err.Finish ();
  EXPECT_EQ (said,
             std::string ("{\"event\":\"ready\",\"url\":\"") + url + "\",\"code\":\"" + code
                 + "\"}\n"
                   "{\"event\":\"listening\",\"url\":\"http://192.0.2.7:8080/\"}\n"
                   "{\"event\":\"connected\",\"ms\":12,\"path\":null,\"local_candidate\":null,"
                   "\"remote_candidate\":null,\"protocol\":null,\"strategy\":null,"
                   "\"local_nat\":\"UNKNOWN\",\"remote_nat\":\"UNKNOWN\"}\n"
                   "{\"event\":\"file\",\"name\":\"x\",\"size\":null}\n"
                   "{\"event\":\"progress\",\"bytes\":5,\"total\":null}\n"
                   "{\"event\":\"progress\",\"bytes\":5,\"total\":10}\n"
                   "{\"event\":\"file-done\",\"name\":\"evil\\u001b[2J\\u202e\uFFFD.txt\","
                   "\"bytes\":10,\"sha256\":\"abc\"}\n"
                   "{\"event\":\"done\",\"files\":1,\"bytes\":10,\"seconds\":0.5}\n"
                   "{\"event\":\"error\",\"code\":\"integrity\",\"message\":\"it differs\"}\n");
  /* What somebody is asked about they have to see. */
  EXPECT_EQ (logged, "floe: warning: careful\n"
                     "Offered: 9 files\n    photos\n    a_[31mb_c\n    and 3 more\n");
}

TEST (ReportJson, MeansTheSameWhenItIsEscaped)
{
  const std::string text = "{\"a\":\"\u202e\u2028\U000e0001\u00e4\U0001f600\x7f\"}";
  const std::string escaped = TakeString (report_json_escape (text.c_str ()));
  g_autoptr (JsonObject) object =
      sample_json_parse_object (escaped.c_str (), escaped.size (), nullptr);

  EXPECT_EQ (escaped, "{\"a\":\"\\u202e\\u2028\\udb40\\udc01\u00e4\U0001f600\\u007f\"}");
  ASSERT_NE (object, nullptr);
  EXPECT_STREQ (sample_json_get_string (object, "a", 100),
                "\u202e\u2028\U000e0001\u00e4\U0001f600\x7f");
}

TEST (ReportText, HoldsNothingThatATerminalActsUpon)
{
  g_autoptr (Report) report = report_new (REPORT_TEXT);
  Capture out (stdout), err (stderr);
  std::string said, logged;

  ReportAll (report);
  said = out.Finish ();
  logged = err.Finish ();
  for (char c : said + logged)
    EXPECT_TRUE (c == '\n' || (c & 0xe0) != 0) << static_cast<int> (c);
  EXPECT_THAT (said, Not (HasSubstr ("\u202e")));
  EXPECT_THAT (said, HasSubstr (std::string ("floe receive '") + url + "'"));
  EXPECT_THAT (said, HasSubstr ("and 3 more"));
  EXPECT_THAT (said, HasSubstr ("SHA-256 abc"));
  EXPECT_THAT (logged, HasSubstr ("floe: it differs\n"));
}

TEST (ReportText, LeavesStandardOutputAloneWhenItIsTaken)
{
  g_autoptr (Report) report = report_new (REPORT_TEXT);
  Capture out (stdout), err (stderr);
  std::string said;

  report_use_stderr (report);
  ReportAll (report);
  said = out.Finish ();
  EXPECT_EQ (said, "");
  EXPECT_THAT (err.Finish (), HasSubstr ("Done: 1 file, 10 bytes"));
}

TEST (ReportText, TellsTheCodeWhereTheServerIsNotOurOwn)
{
  g_autoptr (Report) report = report_new (REPORT_TEXT);
  Capture out (stdout);

  report_ready (report, url, code, "http://192.0.2.7:81/", TRUE);
  EXPECT_THAT (out.Finish (),
               HasSubstr (std::string ("floe receive --server 'http://192.0.2.7:81/' ") + code));
}

TEST (ReportText, WarnsOfPlainHttpThroughNetworksOfOthers)
{
  struct
  {
    const char *url;
    bool warns;
  } cases[] = { { "http://192.168.1.1:80/", false },
                { "http://[::1]:80/", false },
                { "https://floe.example/", false },
                { "http://floe.example/", true },
                { "http://192.0.2.1/", true } };

  for (const auto &c : cases)
    {
      g_autoptr (Report) report = report_new (REPORT_TEXT);
      g_auto (FloeRoomAddress) address = {};
      Capture err (stderr);

      ASSERT_TRUE (floe_room_address_parse (c.url, &address, nullptr));
      host_address_warn_if_exposed (&address, report);
      EXPECT_EQ (err.Finish ().find ("warning: ") != std::string::npos, c.warns) << c.url;
    }
}

TEST (ExitStatusCodes, AreWordsForEachStatus)
{
  struct
  {
    ExitStatus status;
    const char *code;
    int number;
  } cases[] = { { EXIT_STATUS_OK, "ok", 0 },
                { EXIT_STATUS_FAILED, "failed", 1 },
                { EXIT_STATUS_USAGE, "usage", 2 },
                { EXIT_STATUS_REFUSED, "refused", 3 },
                { EXIT_STATUS_AUTHENTICATION, "authentication", 4 },
                { EXIT_STATUS_INTEGRITY, "integrity", 4 },
                { EXIT_STATUS_FILE, "file", 5 },
                { EXIT_STATUS_TIMED_OUT, "timeout", 6 },
                { EXIT_STATUS_INTERRUPTED, "interrupted", 130 } };

  for (const auto &c : cases)
    {
      EXPECT_STREQ (exit_status_code (c.status), c.code);
      EXPECT_EQ (exit_status_to_int (c.status), c.number);
    }
}

/* The lines of @drawing: '#' where both halves are light, '^' the upper one, '_' the lower one. */
std::vector<std::string>
ReadDrawing (const std::string &drawing)
{
  std::vector<std::string> lines (1);
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (drawing.c_str (), -1, nullptr);

  for (const gunichar *c = characters; *c != 0; c++)
    if (*c == '\n')
      lines.emplace_back ();
    else
      lines.back ().push_back (*c == 0x2588   ? '#'
                               : *c == 0x2580 ? '^'
                               : *c == 0x2584 ? '_'
                               : *c == ' '    ? ' '
                                              : '?');
  lines.pop_back ();
  return lines;
}

TEST (QrCode, HasTheModulesOfTheStandard)
{
  const std::vector<std::string> lines =
      ReadDrawing (TakeString (qr_code_draw ("floe", FALSE, 80)));

  /* Version 1 has 21 modules a side, and 4 of quiet zone around. */
  ASSERT_EQ (lines.size (), 15U);
  for (const std::string &line : lines)
    ASSERT_EQ (line.size (), 29U);
  EXPECT_EQ (lines[0], std::string (29, '#'));
  EXPECT_EQ (lines[1], std::string (29, '#'));
  /* The upper left finder pattern, two rows a line: 7x7 dark, within it 5x5 light, 3x3 dark. */
  EXPECT_EQ (lines[2].substr (4, 8), " _____ #");
  EXPECT_EQ (lines[3].substr (4, 8), " #   # #");
  EXPECT_EQ (lines[4].substr (4, 8), " #___# #");
  EXPECT_EQ (lines[5].substr (4, 8), "_______#");
  EXPECT_EQ (lines[2].substr (18, 7), " _____ ");
}

TEST (QrCode, IsLeftOutWhereItDoesNotFit)
{
  EXPECT_NE (TakeString (qr_code_draw ("floe", TRUE, 29)), "");
  EXPECT_EQ (qr_code_draw ("floe", TRUE, 28), nullptr);
  EXPECT_EQ (qr_code_draw (std::string (5000, 'x').c_str (), TRUE, G_MAXINT), nullptr);
  EXPECT_EQ (qr_code_draw ("", TRUE, 80), nullptr);
}

TEST (QrCode, SetsBothColoursOnEachLineAndNoneUnlessAsked)
{
  const std::string plain = TakeString (qr_code_draw ("floe", FALSE, 80));
  const std::string colored = TakeString (qr_code_draw ("floe", TRUE, 80));

  EXPECT_EQ (plain.find ('\033'), std::string::npos);
  EXPECT_EQ (std::count (colored.begin (), colored.end (), '\033'), 3 * 15);
  EXPECT_EQ (std::regex_replace (colored, std::regex ("\033\\[[0-9;]*m"), ""), plain);
}

TEST (Progress, SmoothsTheRateAndStartsAnewWithLess)
{
  ProgressMeter meter = {};
  gint64 now_us = 1000;

  progress_meter_update (&meter, now_us, 0);
  EXPECT_EQ (meter.rate, 0);
  progress_meter_update (&meter, now_us += G_USEC_PER_SEC, 1000);
  EXPECT_DOUBLE_EQ (meter.rate, 1000);
  progress_meter_update (&meter, now_us, 5000); /* no time has passed */
  EXPECT_DOUBLE_EQ (meter.rate, 1000);
  progress_meter_update (&meter, now_us += G_USEC_PER_SEC, 3000);
  EXPECT_DOUBLE_EQ (meter.rate, 1250);
  progress_meter_update (&meter, now_us += G_USEC_PER_SEC, 10);
  EXPECT_EQ (meter.rate, 0);
}

TEST (Progress, FitsTheWidthAndTellsWhatIsLeft)
{
  ProgressMeter meter = {};

  setlocale (LC_ALL, "C.UTF-8");
  meter.rate = 1000000;
  EXPECT_EQ (
      TakeString (progress_meter_format (&meter, 25000000, 100000000, 88)),
      " 25 %  [#########.............................] 25.0 MB of 100.0 MB, 1.0 MB/s, 1:15 left");
  EXPECT_EQ (TakeString (progress_meter_format (&meter, 25000000, -1, 80)), "25.0 MB, 1.0 MB/s");
  EXPECT_THAT (TakeString (progress_meter_format (&meter, 0, 9000000000, 80)),
               HasSubstr ("2:30:00 left"));
  EXPECT_THAT (TakeString (progress_meter_format (&meter, 0, 0, 80)), HasSubstr ("0 bytes of"));
  EXPECT_THAT (TakeString (progress_meter_format (&meter, 11, 10, 80)), HasSubstr ("100 %"));
  for (guint width = 0; width < 120; width++)
    EXPECT_LE (g_utf8_strlen (
                   TakeString (progress_meter_format (&meter, 1, 100000000, width)).c_str (), -1),
               width);
}

} // namespace
