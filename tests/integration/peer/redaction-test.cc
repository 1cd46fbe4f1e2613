/* SPDX-License-Identifier: MPL-2.0 */
/* What the log of a real connection tells of addresses and names. */
#include "peer-pair.h"

#include <mutex>
#include <regex>

static const char secret_name[] = "secret-name.invalid";

/* One writer per process. The network thread logs as well. */
static struct
{
  std::mutex lock;
  std::vector<std::string> lines;
} kept;

static GLogWriterOutput
Keep (GLogLevelFlags, const GLogField *fields, gsize n_fields, gpointer)
{
  std::string domain, message;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = static_cast<const char *> (fields[i].value);
      else if (g_str_equal (fields[i].key, "MESSAGE"))
        message = static_cast<const char *> (fields[i].value);
    }
  std::lock_guard<std::mutex> guard (kept.lock);
  if (domain == "Floe")
    kept.lines.push_back (message);
  return G_LOG_WRITER_HANDLED;
}

static std::vector<std::string>
TakeLines ()
{
  std::lock_guard<std::mutex> guard (kept.lock);

  return std::move (kept.lines);
}

class RedactionOfAConnection : public testing::Test
{
protected:
  static void SetUpTestSuite ()
  {
    g_setenv ("G_MESSAGES_DEBUG", "Floe", TRUE);
    g_unsetenv ("FLOE_DEBUG");
    g_unsetenv ("FLOE_LOG_ADDRESSES");
    g_log_set_writer_func (Keep, nullptr, nullptr);
  }

  static FloeConfiguration *Configure ()
  {
    FloeConfiguration *configuration = floe_configuration_new ();
    std::string urls[] = { "stun:127.0.0.1:1", std::string ("stun:") + secret_name,
                           std::string ("turn:") + secret_name,
                           std::string ("turns:") + secret_name, "turn:127.0.0.1:1?transport=tcp" };

    floe_configuration_set_include_loopback (configuration, TRUE);
    for (const std::string &url : urls)
      EXPECT_TRUE (floe_configuration_add_ice_server_url (configuration, url.c_str (), "user",
                                                          "password", nullptr));
    return configuration;
  }
};

TEST_F (RedactionOfAConnection, LeavesNoAddressAndNoNameInTheLog)
{
  /* Four groups of digits, or three of anything that IPv6 has with colons in between. */
  const std::regex literal ("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+|[0-9a-f]*:[0-9a-f]*:[0-9a-f]+");
  g_autoptr (FloeConfiguration) configuration = Configure ();
  auto alice = std::make_unique<Peer> (configuration), bob = std::make_unique<Peer> (configuration);
  int error_count = 0;
  std::unique_ptr<Channel> channel = alice->CreateChannel ("test");
  std::vector<std::string> lines;

  g_signal_connect (alice->pc, "ice-candidate-error",
                    G_CALLBACK (+[] (FloePeerConnection *, const char *, guint, const char *,
                                     int *count) { (*count)++; }),
                    &error_count);
  Negotiate (*alice, *bob);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_open (); }, 60));
  EXPECT_TRUE (RunUntil ([&] { return error_count >= 3; }, 60)) << error_count;
  g_signal_handlers_disconnect_by_data (alice->pc, &error_count);
  floe_peer_connection_close (alice->pc);
  floe_peer_connection_close (bob->pc);
  channel.reset ();
  alice.reset ();
  bob.reset ();
  lines = TakeLines ();
  EXPECT_GT (lines.size (), 10u) << "something is logged at all";
  for (const std::string &line : lines)
    {
      EXPECT_FALSE (std::regex_search (line, literal)) << line;
      EXPECT_EQ (line.find ("secret-name"), std::string::npos) << line;
    }
}

TEST_F (RedactionOfAConnection, LeavesNoAddressInWhatIsToldOfIt)
{
  g_autoptr (FloeConfiguration) configuration = Configure ();
  Peer alice (configuration), bob (configuration);
  std::unique_ptr<Channel> channel = alice.CreateChannel ("test");

  Negotiate (alice, bob);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_open (); }, 60));
  g_autoptr (FloeConnectionMetrics) metrics = floe_peer_connection_get_metrics (alice.pc);
  g_autofree char *json = floe_connection_metrics_to_json (metrics);
  g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (alice.pc);
  std::string sdp = floe_session_description_get_sdp (local);
  const std::regex candidate ("candidate:[^ ]+ 1 [^ ]+ [0-9]+ ([^ ]+) ([0-9]+)");
  guint count = 0;

  for (std::sregex_iterator found (sdp.begin (), sdp.end (), candidate), end; found != end;
       ++found, count++)
    EXPECT_EQ (std::string (json).find ((*found)[1]), std::string::npos) << (*found)[1];
  EXPECT_GT (count, 0u);
  EXPECT_EQ (std::string (json).find ("secret-name"), std::string::npos);
}
