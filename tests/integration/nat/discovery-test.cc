/* SPDX-License-Identifier: MPL-2.0 */
/* Discovery with real sockets, and coturn where one has to answer. */
#include "discovery.h"

class NatDiscovery : public testing::Test
{
protected:
  void StartServer (const std::vector<std::string> &options = {})
  {
    server_ = std::make_unique<Coturn> (options);
  }
  bool IsRunning () const
  {
    return server_->IsRunning ();
  }
  std::string Stun (const char *address = "127.0.0.1") const
  {
    return std::string ("stun:") + address + ":" + std::to_string (server_->port ());
  }

  std::unique_ptr<Coturn> server_;
  Discovery discovery_;
};

#define NEEDS_COTURN()                                                                             \
  if (!IsRunning ())                                                                               \
  GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start"

TEST_F (NatDiscovery, ATurnServerIsAskedOverUdpAndTcp)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall call;

  discovery_.AddServer (server_->Url ("udp"));
  discovery_.AddServer (server_->Url ("tcp"));
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (floe_nat_report_get_tcp (report), FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (floe_nat_report_get_tls (report), FLOE_NAT_ANSWER_UNKNOWN) << "no server for it";
  EXPECT_EQ (floe_nat_report_get_translation (report), FLOE_NAT_ANSWER_NO);
  EXPECT_STREQ (floe_nat_report_get_interface (report), "lo");
  EXPECT_EQ (floe_nat_report_get_family (report), G_SOCKET_FAMILY_IPV4);
  EXPECT_STREQ (floe_nat_report_get_external_addresses (report)[0], "127.0.0.1");
  EXPECT_TRUE (floe_nat_report_is_complete (report));
  EXPECT_LE (floe_nat_report_get_packet_count (report), 60u);
  EXPECT_NE (floe_nat_report_get_evidence (report, FLOE_NAT_ASPECT_UDP), nullptr);
  EXPECT_EQ (GetFault (report, 0), FLOE_NAT_FAULT_NONE);
  EXPECT_EQ (GetFault (report, 1), FLOE_NAT_FAULT_NONE);
  auto *first = (FloeNatServerReport *) g_ptr_array_index (floe_nat_report_get_servers (report), 0);
  EXPECT_EQ (floe_nat_server_report_get_url (first), server_->Url ("udp"));
  EXPECT_EQ (floe_nat_server_report_get_address (first),
             "127.0.0.1:" + std::to_string (server_->port ()));
  EXPECT_GE (floe_nat_server_report_get_round_trip_time (first), 0);
}

/* Two addresses: no NAT on loopback, and servers of two addresses that say so. */
TEST_F (NatDiscovery, LoopbackIsOpen)
{
  StartServer ({ "-L", "127.0.0.2" });
  NEEDS_COTURN ();
  DiscoveryCall call;

  discovery_.AddServer (server_->Url ("udp"));
  discovery_.AddServer (Stun ("127.0.0.2"));
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_mapping (report), FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT);
  EXPECT_EQ (floe_nat_report_get_filtering (report), FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT);
  EXPECT_EQ (floe_nat_report_get_nat_type (report), FLOE_NAT_TYPE_OPEN);
  EXPECT_EQ (floe_nat_report_get_confidence (report, FLOE_NAT_ASPECT_MAPPING),
             FLOE_NAT_CONFIDENCE_HIGH);
}

TEST_F (NatDiscovery, AWrongPasswordIsTheServersFaultAndNoError)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall call;
  ErrorHolder error;

  ASSERT_TRUE (floe_configuration_add_ice_server_url (
      floe_nat_discovery_get_configuration (discovery_.get ()), server_->Url ("udp").c_str (),
      "nobody", "wrong", error));
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (GetFault (report, 0), FLOE_NAT_FAULT_REFUSED);
}

TEST_F (NatDiscovery, ARightPasswordAfterAWrongOneIsTriedAtOnce)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall wrong, right;
  Discovery mended;
  ErrorHolder error;

  ASSERT_TRUE (floe_configuration_add_ice_server_url (
      floe_nat_discovery_get_configuration (discovery_.get ()), server_->Url ("udp").c_str (),
      Coturn::Username (), "wrong", error));
  discovery_.Run (wrong);
  ASSERT_NE (FindReport (wrong.reports, "127.0.0.1"), nullptr);
  EXPECT_NE (GetFault (FindReport (wrong.reports, "127.0.0.1"), 0), FLOE_NAT_FAULT_NONE);
  mended.AddServer (server_->Url ("udp"));
  mended.Run (right);
  ASSERT_NE (FindReport (right.reports, "127.0.0.1"), nullptr);
  EXPECT_EQ (GetFault (FindReport (right.reports, "127.0.0.1"), 0), FLOE_NAT_FAULT_NONE);
}

/* Nothing listens: the kernel says so, and nobody waits for the rest of the time. */
TEST_F (NatDiscovery, DeadServersAreSilent)
{
  DiscoveryCall call;
  std::string port = std::to_string (Coturn::PickPort ());

  discovery_.AddServer ("stun:127.0.0.1:" + port);
  discovery_.AddServer ("turn:127.0.0.1:" + port + "?transport=tcp");
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_UNKNOWN) << "one server is too few";
  EXPECT_EQ (floe_nat_report_get_tcp (report), FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_EQ (floe_nat_report_get_mapping (report), FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (GetFault (report, 0), FLOE_NAT_FAULT_SILENT);
  EXPECT_EQ (GetFault (report, 1), FLOE_NAT_FAULT_SILENT);
  EXPECT_EQ (floe_nat_report_get_external_addresses (report)[0], nullptr);
}

TEST_F (NatDiscovery, ANameWithoutAddressIsUnresolved)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall call;

  /* RFC 6761 section 6.4: never a name of the DNS. */
  discovery_.AddServer ("stun:floe.invalid:3478");
  discovery_.AddServer (server_->Url ("udp"));
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (GetFault (report, 0), FLOE_NAT_FAULT_UNRESOLVED);
  EXPECT_EQ (GetFault (report, 1), FLOE_NAT_FAULT_NONE);
}

/* Nobody knows what leads to a server without an address, but that there is none is a report. */
TEST_F (NatDiscovery, NamesWithoutAnyAddressAreReportedAsWell)
{
  DiscoveryCall call;

  discovery_.AddServer ("stun:floe.invalid:3478");
  discovery_.AddServer ("turn:floe2.invalid:3478?transport=tcp");
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_NE (
      strstr (floe_nat_report_get_evidence (report, FLOE_NAT_ASPECT_UDP), "could be resolved"),
      nullptr);
  EXPECT_EQ (GetFault (report, 0), FLOE_NAT_FAULT_UNRESOLVED);
}

/* The kernel tells that nothing listens there: that is no proof of a network without UDP. */
TEST_F (NatDiscovery, HostsWithoutServersAreNoBlockedNetwork)
{
  DiscoveryCall call;
  std::string port = std::to_string (Coturn::PickPort ());

  discovery_.AddServer ("stun:127.0.0.1:" + port);
  discovery_.AddServer ("stun:127.0.0.2:" + port);
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_NE (strstr (floe_nat_report_get_evidence (report, FLOE_NAT_ASPECT_UDP), "nothing listens"),
             nullptr);
  EXPECT_EQ (floe_nat_report_get_packet_count (report), 4u) << "port 443 was tried, and no more";
}

/* A firewall may let nothing else through. */
TEST_F (NatDiscovery, AllPacketsComeFromThePortRange)
{
  SilentServer server;
  DiscoveryCall call;

  ASSERT_TRUE (floe_configuration_set_port_range (
      floe_nat_discovery_get_configuration (discovery_.get ()), 21000, 21003, nullptr));
  discovery_.AddServer (server.Url ());
  discovery_.Run (call);
  ASSERT_NE (FindReport (call.reports, "127.0.0.1"), nullptr);
  std::vector<guint16> ports = server.TakeSenders ();
  EXPECT_GE (ports.size (), 1u);
  for (guint16 port : ports)
    EXPECT_TRUE (port >= 21000 && port <= 21003) << port;
}

/* Not even the first socket can be bound then, and that is no fault of the network. */
TEST_F (NatDiscovery, APortRangeThatIsTakenProvesNothing)
{
  SilentServer server;
  DiscoveryCall call;

  ASSERT_TRUE (
      floe_configuration_set_port_range (floe_nat_discovery_get_configuration (discovery_.get ()),
                                         server.port (), server.port (), nullptr));
  discovery_.AddServer (server.Url ());
  discovery_.AddServer ("stun:127.0.0.2:" + std::to_string (server.port ()));
  discovery_.Run (call);
  FloeNatReport *report = FindReport (call.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  EXPECT_EQ (floe_nat_report_get_udp (report), FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_STREQ (floe_nat_report_get_evidence (report, FLOE_NAT_ASPECT_UDP),
                "no socket could be bound");
}

TEST_F (NatDiscovery, ASecondRunOnTheSameNetworkSendsNothing)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall first, second, other;
  Discovery other_discovery;

  discovery_.AddServer (server_->Url ("udp"));
  discovery_.Run (first);
  FloeNatReport *report = FindReport (first.reports, "127.0.0.1");
  ASSERT_NE (report, nullptr);
  discovery_.Run (second);
  ASSERT_NE (FindReport (second.reports, "127.0.0.1"), nullptr);
  EXPECT_EQ (floe_nat_report_get_time (FindReport (second.reports, "127.0.0.1")),
             floe_nat_report_get_time (report));
  /* Nor does another object's; other servers are another question. */
  other_discovery.AddServer (server_->Url ("udp"));
  other_discovery.Run (other);
  ASSERT_NE (FindReport (other.reports, "127.0.0.1"), nullptr);
  EXPECT_EQ (floe_nat_report_get_time (FindReport (other.reports, "127.0.0.1")),
             floe_nat_report_get_time (report));
  DiscoveryCall with_more;
  discovery_.AddServer (server_->StunUrl ());
  discovery_.Run (with_more);
  ASSERT_NE (FindReport (with_more.reports, "127.0.0.1"), nullptr);
  EXPECT_GT (floe_nat_report_get_time (FindReport (with_more.reports, "127.0.0.1")),
             floe_nat_report_get_time (report));
}

TEST_F (NatDiscovery, TwoCallsShareOneRun)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall first, second;

  discovery_.AddServer (server_->Url ("udp"));
  discovery_.Start (first);
  discovery_.Start (second);
  discovery_.Wait (first);
  discovery_.Wait (second);
  ASSERT_NE (FindReport (first.reports, "127.0.0.1"), nullptr) << "of the same measurement";
  ASSERT_NE (FindReport (second.reports, "127.0.0.1"), nullptr);
  EXPECT_EQ (floe_nat_report_get_time (FindReport (first.reports, "127.0.0.1")),
             floe_nat_report_get_time (FindReport (second.reports, "127.0.0.1")));
}

TEST_F (NatDiscovery, ReportsAndTheSignalTellWhatIsKnown)
{
  StartServer ();
  NEEDS_COTURN ();
  DiscoveryCall call;
  guint changes = 0, notifies = 0;
  auto count = +[] (GObject *, gpointer counter) { ++*(guint *) counter; };
  auto count_notify = +[] (GObject *, GParamSpec *, gpointer counter) { ++*(guint *) counter; };

  g_signal_connect (discovery_.get (), "changed", G_CALLBACK (count), &changes);
  g_signal_connect (discovery_.get (), "notify::reports", G_CALLBACK (count_notify), &notifies);
  EXPECT_EQ (floe_nat_discovery_get_reports (discovery_.get ())->len, 0u);
  discovery_.AddServer (server_->Url ("udp"));
  discovery_.Run (call);
  EXPECT_GE (changes, 1u);
  EXPECT_EQ (changes, notifies);
  FloeNatReport *last =
      FindReport (floe_nat_discovery_get_reports (discovery_.get ()), "127.0.0.1");
  ASSERT_NE (last, nullptr);
  EXPECT_TRUE (floe_nat_report_is_complete (last));
}

TEST_F (NatDiscovery, TheBackgroundMeasuresWithoutBeingAsked)
{
  StartServer ();
  NEEDS_COTURN ();

  discovery_.AddServer (server_->Url ("udp"));
  floe_nat_discovery_set_background (discovery_.get (), TRUE);
  EXPECT_TRUE (floe_nat_discovery_get_background (discovery_.get ()));
  discovery_.WaitFor ([this] {
    FloeNatReport *report =
        FindReport (floe_nat_discovery_get_reports (discovery_.get ()), "127.0.0.1");
    return report != nullptr && floe_nat_report_is_complete (report);
  });
  floe_nat_discovery_set_background (discovery_.get (), FALSE);
  EXPECT_FALSE (floe_nat_discovery_get_background (discovery_.get ()));
}
