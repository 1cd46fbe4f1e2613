/* SPDX-License-Identifier: MPL-2.0 */
/* What it is for: libnice, a tunnel, and a real TURN server. */
#include "../coturn.h"
#include "floe-stun-attributes-private.h"
#include "tunnel-test.h"

#include <glib/gstdio.h>
#include <nice/agent.h>

using testing::HasSubstr;
using testing::Not;

/* An agent that gathers through a tunnel, as if the tunnel's port were an HTTP proxy. */
class RelayAgent
{
public:
  RelayAgent (const Tunnel &tunnel, const char *credential)
      : agent (nice_agent_new (nullptr, NICE_COMPATIBILITY_RFC5245))
  {
    NiceAddress loopback;

    g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, "force-relay", TRUE, "proxy-type",
                  NICE_PROXY_TYPE_HTTP, "proxy-ip", "127.0.0.1", "proxy-port",
                  (guint) floe_tunnel_get_port (tunnel.tunnel), "proxy-username",
                  floe_tunnel_get_username (tunnel.tunnel), "proxy-password",
                  floe_tunnel_get_password (tunnel.tunnel), nullptr);
    nice_address_init (&loopback);
    nice_address_set_from_string (&loopback, "127.0.0.1");
    nice_agent_add_local_address (agent, &loopback);
    stream_ = nice_agent_add_stream (agent, 1);
    /* Where it thinks it goes to does not count. */
    nice_agent_set_relay_info (agent, stream_, 1, "192.0.2.1", 3478, Coturn::Username (),
                               credential, NICE_RELAY_TYPE_TURN_TCP);
    nice_agent_attach_recv (
        agent, stream_, 1, nullptr, [] (NiceAgent *, guint, guint, guint, char *, gpointer) {},
        nullptr);
    g_signal_connect (agent, "candidate-gathering-done",
                      G_CALLBACK (+[] (NiceAgent *, guint, gpointer user_data) {
                        static_cast<RelayAgent *> (user_data)->is_done = true;
                      }),
                      this);
    nice_agent_gather_candidates (agent, stream_);
  }
  ~RelayAgent ()
  {
    g_clear_object (&agent);
  }
  RelayAgent (const RelayAgent &) = delete;
  RelayAgent &operator= (const RelayAgent &) = delete;

  guint RelayedCount () const
  {
    GSList *candidates = nice_agent_get_local_candidates (agent, stream_, 1);
    guint count = 0;

    for (GSList *node = candidates; node != nullptr; node = node->next)
      count += static_cast<NiceCandidate *> (node->data)->type == NICE_CANDIDATE_TYPE_RELAYED;
    g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
    return count;
  }
  /* Asks it to give its allocation back. */
  void Close ()
  {
    nice_agent_close_async (
        agent,
        [] (GObject *, GAsyncResult *, gpointer user_data) {
          static_cast<RelayAgent *> (user_data)->is_closed = true;
        },
        this);
  }

  NiceAgent *agent;
  bool is_done = false;
  bool is_closed = false;

private:
  guint stream_;
};

class TunnelRelayTest : public TunnelTest
{
protected:
  TunnelRelayTest ()
  {
    std::string pem = authority_.IssuePem (TestAuthority::Wish ());
    char *directory = g_dir_make_tmp ("floe-relay-XXXXXX", nullptr);

    directory_ = directory;
    g_free (directory);
    path_ = directory_ + "/server.pem";
    g_file_set_contents (path_.c_str (), pem.data (), (gssize) pem.size (), nullptr);
    coturn_ =
        std::make_unique<Coturn> (std::vector<std::string>{ "--cert=" + path_, "--pkey=" + path_ });
  }
  ~TunnelRelayTest () override
  {
    coturn_.reset ();
    g_unlink (path_.c_str ());
    g_rmdir (directory_.c_str ());
  }
  void SetUp () override
  {
    if (!coturn_->IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  TestAuthority authority_;
  std::string directory_, path_;
  std::unique_ptr<Coturn> coturn_;
};

TEST_F (TunnelRelayTest, LibniceGetsARelayOverTlsAndGivesItBack)
{
  gint64 start_us = g_get_monotonic_time ();
  Tunnel tunnel ("localhost", coturn_->port (), authority_.database ());
  RelayAgent agent (tunnel, Coturn::Credential ());

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return agent.is_done; })) << coturn_->Log ();
  RecordProperty ("gather_ms", (int) ((g_get_monotonic_time () - start_us) / 1000));
  EXPECT_EQ (agent.RelayedCount (), 1u) << tunnel.message << coturn_->Log ();
  /* The first request of a long-term credential is refused always, and as often as libnice repeats
   * it when it has to wait. */
  ASSERT_GE (tunnel.error_responses.size (), 1u);
  EXPECT_THAT (coturn_->Log (), Not (HasSubstr ("refreshed")));

  agent.Close ();
  tunnel.Free ();
  EXPECT_TRUE (Run (LIMIT_MS, [&] {
    return coturn_->Log ().find ("lifetime=0") != std::string::npos;
  })) << coturn_->Log ();
  EXPECT_TRUE (Run (LIMIT_MS, [&] { return agent.is_closed; }));
}

TEST_F (TunnelRelayTest, AWrongPasswordIsToldByTheServersOwnCode)
{
  Tunnel tunnel ("localhost", coturn_->port (), authority_.database ());
  RelayAgent agent (tunnel, "wrong");

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return agent.is_done; })) << coturn_->Log ();
  EXPECT_EQ (agent.RelayedCount (), 0u);
  ASSERT_GE (tunnel.error_responses.size (), 2u);
  for (const std::string &response : tunnel.error_responses)
    {
      auto *data = reinterpret_cast<const guint8 *> (response.data ());
      FloeStunMessage message;
      FloeStunError error;

      ASSERT_TRUE (floe_stun_message_parse (&message, data, response.size (), nullptr));
      ASSERT_TRUE (floe_stun_message_get_error (&message, &error));
      EXPECT_EQ (error.code, 401u);
    }
  EXPECT_EQ (tunnel.failed_count, 0u);
}

/* libnice itself would wait for half a minute. */
TEST_F (TunnelRelayTest, ARefusedCertificateIsToldAtOnce)
{
  TestAuthority other;
  Tunnel tunnel ("localhost", coturn_->port (), other.database ());
  RelayAgent agent (tunnel, Coturn::Credential ());

  EXPECT_TRUE (Run (LIMIT_MS, [&] { return tunnel.failed_count == 1; }));
  EXPECT_FALSE (agent.is_done);
  EXPECT_EQ (agent.RelayedCount (), 0u);
  EXPECT_THAT (tunnel.message, HasSubstr ("an authority that is not trusted"));
}
