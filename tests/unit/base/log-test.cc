/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-log-private.h"
#include "floe-test.h"

#include <floe/floe-network.h>

#include <cstring>

struct RedactionCase
{
  const char *name;
  const char *address;
  const char *logged;
};

class Redaction : public testing::TestWithParam<RedactionCase>
{
};

TEST_P (Redaction, KeepsTheNetworkAndHidesTheHost)
{
  char buffer[FLOE_REDACTED_SIZE];

  EXPECT_STREQ (floe_redact_address (GetParam ().address, buffer), GetParam ().logged);
}

INSTANTIATE_TEST_SUITE_P (
    Addresses, Redaction,
    testing::Values (
        RedactionCase{ "Ipv4", "203.0.113.77", "203.0.x.x" },
        RedactionCase{ "Ipv4Private", "10.1.2.3", "10.1.x.x" },
        RedactionCase{ "Ipv4Loopback", "127.0.0.1", "127.0.0.1" },
        RedactionCase{ "NameThatLooksLikeLoopback", "127.secret.example", "x.name" },
        RedactionCase{ "Ipv6", "2001:db8:85a3::8a2e:370:7334", "2001:db8:x" },
        RedactionCase{ "Ipv6Loopback", "::1", "::1" },
        RedactionCase{ "Ipv6LinkLocalWithScope", "fe80::1ff:fe23:4567:890a%eth0", "fe80::x" },
        RedactionCase{ "Ipv4InIpv6", "::ffff:203.0.113.77", "::x" },
        RedactionCase{ "Mdns", "1f4712db-ea17-4bcf-a596-105139dfd8bf.local", "x.local" },
        RedactionCase{ "HostName", "turn.example.org", "x.name" },
        RedactionCase{ "HostNameWithPort", "secret.example.org:3478:x", "x.name" },
        RedactionCase{ "OneGroup", "12345", "x" }, RedactionCase{ "TwoGroups", "12.34", "x" },
        RedactionCase{ "OneColon", "ab:cd", "x" }, RedactionCase{ "Empty", "", "x" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (Redaction, NeverOverrunsItsBuffer)
{
  std::string groups = std::string (300, '1') + ":" + std::string (300, '2') + ":3";
  char buffer[FLOE_REDACTED_SIZE];
  const char *logged = floe_redact_address (groups.c_str (), buffer);

  EXPECT_LT (strlen (logged), static_cast<gsize> (FLOE_REDACTED_SIZE));
}

struct TextCase
{
  const char *name;
  const char *text;
  const char *logged;
};

class RedactionOfText : public testing::TestWithParam<TextCase>
{
};

TEST_P (RedactionOfText, FindsTheAddressesInIt)
{
  EXPECT_EQ (TakeString (floe_redact_text (GetParam ().text)), GetParam ().logged);
}

INSTANTIATE_TEST_SUITE_P (
    Errors, RedactionOfText,
    testing::Values (
        TextCase{ "Empty", "", "" },
        TextCase{ "None", "path 1: 20.5 ms: ready.", "path 1: 20.5 ms: ready." },
        TextCase{ "Alone", "203.0.113.77", "203.0.x.x" },
        TextCase{ "WithPort", "to 203.0.113.77:3478: refused", "to 203.0.x.x:3478: refused" },
        TextCase{ "AtTheEndOfASentence", "It is 203.0.113.77.", "It is 203.0.x.x." },
        TextCase{ "InBrackets", "[2001:db8::1:2]:3478 is gone", "[2001:db8:x]:3478 is gone" },
        TextCase{ "BeforeAColon", "2001:db8:1:2:3:4:5:6: refused", "2001:db8:x: refused" },
        TextCase{ "Two", "10.1.2.3-10.4.5.6", "10.1.x.x-10.4.x.x" },
        TextCase{ "WithScope", "fe80::1:2%eth0", "fe80::x%eth0" },
        TextCase{ "MappedIpv4", "::ffff:203.0.113.77", "::x" },
        TextCase{ "GluedToAWord", "xyz203.0.113.77xyz", "xyz203.0.x.xxyz" },
        TextCase{ "InAUri", "stun:203.0.113.77:3478", "stun:203.0.x.x:3478" },
        TextCase{ "BehindANameOfHex", "face:203.0.113.77", "face:203.0.x.x" },
        TextCase{ "Ipv6BehindAColon", "base:[]:2001:db8::1:2.", "base:[]:2001:db8:x." },
        TextCase{ "GluedToHex", "face203.0.113.77", "face203.0.113.77" },
        TextCase{ "Loopback", "127.0.0.1 and ::1", "127.0.0.1 and ::1" },
        TextCase{ "Time", "at 12:30:45", "at 12:30:45" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (RedactionOfText, BearsLongWords)
{
  std::string text (100000, '1');

  EXPECT_EQ (TakeString (floe_redact_text (text.c_str ())), text);
  EXPECT_EQ (TakeString (floe_redact_text ((text + " 203.0.113.77").c_str ())),
             text + " 203.0.x.x");
}

TEST (RedactionOfErrors, TellsTheCodeAndNotTheMessage)
{
  GError *error = g_error_new (G_FILE_ERROR, 7, "Error resolving secret.example.org");
  char buffer[FLOE_REDACTED_SIZE];

  EXPECT_STREQ (floe_redact_error (error, buffer), "g-file-error-quark 7");
  floe_set_log_addresses (TRUE);
  EXPECT_STREQ (floe_redact_error (error, buffer), "Error resolving secret.example.org");
  floe_set_log_addresses (FALSE);
  g_error_free (error);
}

TEST (Redaction, IsOffWhenTheApplicationSaysSo)
{
  std::string name (300, 'n');
  char buffer[FLOE_REDACTED_SIZE];

  floe_set_log_addresses (TRUE);
  EXPECT_STREQ (floe_redact_address ("203.0.113.77", buffer), "203.0.113.77");
  EXPECT_EQ (strlen (floe_redact_address (name.c_str (), buffer)),
             static_cast<gsize> (FLOE_REDACTED_SIZE - 1));
  floe_set_log_addresses (FALSE);
  EXPECT_STREQ (floe_redact_address ("203.0.113.77", buffer), "203.0.x.x");
}

/* One writer per process: it keeps what was logged for the test that looks at it. */
class Log : public testing::Test
{
protected:
  static void SetUpTestSuite ()
  {
    g_log_set_writer_func (Keep, nullptr, nullptr);
  }

  static GLogWriterOutput Keep (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
                                gpointer)
  {
    std::string domain, category, message;

    for (gsize i = 0; i < n_fields; i++)
      {
        auto *value = static_cast<const char *> (fields[i].value);
        if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
          domain = value;
        else if (g_str_equal (fields[i].key, "FLOE_CATEGORY"))
          category = value;
        else if (g_str_equal (fields[i].key, "MESSAGE"))
          message = value;
      }
    kept_.push_back (domain + "|" + category + "|" + std::to_string (level) + "|" + message);
    return G_LOG_WRITER_HANDLED;
  }

  static std::vector<std::string> kept_;
};

std::vector<std::string> Log::kept_;

TEST_F (Log, PutsTheCategoryInFrontAndInAField)
{
  kept_.clear ();
  floe_warning (FLOE_LOG_ICE, "no answer from %s after %d ms", "x.name", 500);
  EXPECT_EQ (kept_, (std::vector<std::string>{ "Floe|ice|" + std::to_string (G_LOG_LEVEL_WARNING)
                                               + "|ice: no answer from x.name after 500 ms" }));
}

TEST_F (Log, DoesNotComputeDebugArgumentsThatNobodyReads)
{
  int computed = 0;

  kept_.clear ();
  floe_debug (FLOE_LOG_DTLS, "%d", ++computed);
  EXPECT_EQ (computed, floe_log_is_debug_enabled (FLOE_LOG_DTLS) ? 1 : 0);
  EXPECT_EQ (kept_.size (), static_cast<gsize> (computed));
}

TEST_F (Log, ShortensAddressesInEveryMessage)
{
  kept_.clear ();
  floe_warning (FLOE_LOG_ICE, "could not connect to %s:%u", "203.0.113.77", 3478u);
  ASSERT_EQ (kept_.size (), 1u);
  EXPECT_NE (kept_[0].find ("203.0.x.x:3478"), std::string::npos) << kept_[0];
  EXPECT_EQ (kept_[0].find ("113.77"), std::string::npos) << kept_[0];
}

TEST_F (Log, NamesEveryCategory)
{
  kept_.clear ();
  for (int i = 0; i < FLOE_N_LOG_CATEGORIES; i++)
    floe_info (static_cast<FloeLogCategory> (i), "x");
  ASSERT_EQ (kept_.size (), static_cast<gsize> (FLOE_N_LOG_CATEGORIES));
  for (const auto &line : kept_)
    EXPECT_EQ (line.find ("Floe||"), std::string::npos) << line;
}
