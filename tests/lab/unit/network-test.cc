/* SPDX-License-Identifier: MPL-2.0 */
/* Worlds in virtual time. */
#include "network-test.h"

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{
const char *const kHome = "router home eim-apdf\n"
                          "host alice behind=home\n"
                          "host bob behind=home\n"
                          "host server addresses=2\n";
}

TEST (Network, TranslatesOnTheWayOutAndBack)
{
  Network net (kHome);
  EXPECT_EQ (net.Try ("alice", net.At ("alice", 5000), net.At ("server", 80), "server"),
             "203.0.113.1:5000 > " + net.At ("server", 80));
  EXPECT_EQ (net.Try ("server", net.At ("server", 80), "203.0.113.1:5000", "alice"),
             net.At ("server", 80) + " > " + net.At ("alice", 5000));
  EXPECT_EQ (net.Try ("server", net.At ("server", 81), "203.0.113.1:5000", "alice"), "");
  EXPECT_THAT (net.TakeFacts (), ElementsAre ("home mapped", "home dropped:filtered"));
}

TEST (Network, AddsUpTheDelaysOfAllLinks)
{
  Network net ("router home eim-eif delay=10ms\nhost alice behind=home delay=3ms\n"
               "host server up.delay=7ms down.delay=5ms\n");
  gint64 began_us = net.now_us ();
  net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server");
  EXPECT_EQ (net.arrived_us () - began_us, 18 * kMillisecond);
  began_us = net.now_us ();
  net.Try ("server", net.At ("server", 2), "203.0.113.1:1", "alice");
  EXPECT_EQ (net.arrived_us () - began_us, 20 * kMillisecond);
}

TEST (Network, PassesThroughAChainOfNats)
{
  Network net ("router carrier cgn\nrouter home eim-apdf behind=carrier\n"
               "host alice behind=home\nhost server\n");
  std::string seen = net.Try ("alice", net.At ("alice", 5000), net.At ("server", 80), "server");
  EXPECT_THAT (seen, testing::StartsWith ("203.0.113.1:"));
  EXPECT_EQ (net.TakeFacts (), (std::vector<std::string>{ "home mapped", "carrier mapped" }));
  std::string external = seen.substr (0, seen.find (' '));
  EXPECT_EQ (net.Try ("server", net.At ("server", 80), external, "alice"),
             net.At ("server", 80) + " > " + net.At ("alice", 5000));
}

TEST (Network, KeepsNeighboursAmongThemselvesUnlessIsolated)
{
  Network net (kHome);
  EXPECT_EQ (net.Try ("alice", net.At ("alice", 1), net.At ("bob", 2), "bob"),
             net.At ("alice", 1) + " > " + net.At ("bob", 2));
  Network isolated ("router home eim-apdf isolated=yes\nhost alice behind=home\n"
                    "host bob behind=home\n");
  EXPECT_EQ (isolated.Try ("alice", isolated.At ("alice", 1), isolated.At ("bob", 2), "bob"), "");
  EXPECT_THAT (isolated.TakeFacts (), ElementsAre ("home dropped:isolated"));
}

TEST (Network, SpreadsMulticastAmongNeighboursOnly)
{
  Network net (kHome);
  net.Send ("alice", Udp (net.At ("alice", 5353), "224.0.0.251:5353"));
  net.Wait (kSecond);
  EXPECT_NE (net.Receive ("bob"), nullptr);
  EXPECT_EQ (net.Receive ("alice"), nullptr);
  EXPECT_EQ (net.Receive ("server"), nullptr);
}

TEST (Network, SwallowsWhatNobodyOwnsAndWhatComesFromNowhere)
{
  Network net (kHome);
  EXPECT_EQ (net.Try ("server", net.At ("server", 1), "10.1.2.3:4", "server"), "");
  EXPECT_EQ (net.Try ("server", "10.1.2.3:4", net.At ("server", 1, 1), "server"), "");
  EXPECT_THAT (net.TakeFacts (),
               ElementsAre ("internet dropped:no-route", "internet dropped:bogus-source"));
}

TEST (Network, HasNoRouteToWhatIsBehindANat)
{
  Network net ("router home eim-eif\nhost alice behind=home\nhost server\n");
  EXPECT_EQ (net.Try ("server", net.At ("server", 1), net.At ("alice", 2), "alice"), "");
  EXPECT_THAT (net.TakeFacts (), ElementsAre ("internet dropped:no-route"));
}

TEST (Network, KeepsTheOrderOfWhatIsSentAtOnce)
{
  Network net (std::string ("default delay=5ms\n") + kHome);
  for (int number = 0; number < 10; number++)
    net.Send ("alice", Udp (net.At ("alice", 1), net.At ("server", 2), std::to_string (number)));
  net.Wait (kSecond);
  for (int number = 0; number < 10; number++)
    EXPECT_EQ (Payload (*net.Receive ("server")), std::to_string (number));
}

TEST (Network, RoutesPublicAddressesBehindAFirewall)
{
  Network net ("router office firewall\nhost alice behind=office\nhost server\n");
  EXPECT_EQ (net.Try ("server", net.At ("server", 1), net.At ("alice", 2), "alice"), "");
  EXPECT_EQ (net.Try ("alice", net.At ("alice", 2), net.At ("server", 1), "server"),
             net.At ("alice", 2) + " > " + net.At ("server", 1));
  EXPECT_EQ (net.Try ("server", net.At ("server", 1), net.At ("alice", 2), "alice"),
             net.At ("server", 1) + " > " + net.At ("alice", 2));
}

TEST (Network, HasIpv6BehindAFirewallBesideTheNat)
{
  Network net ("default family=dual\nrouter home eim-eif\nhost alice behind=home\nhost server\n");
  std::string alice = net.At ("alice", 1, 1), server = net.At ("server", 2, 1);
  EXPECT_EQ (net.Try ("server", server, alice, "alice"), "");
  EXPECT_EQ (net.Try ("alice", alice, server, "server"), alice + " > " + server);
  EXPECT_EQ (net.Try ("server", server, alice, "alice"), server + " > " + alice);
}

TEST (Network, TranslatesIpv6OnlyHostsToIpv4)
{
  Network net ("router cell eim-adf family=nat64\nhost phone behind=cell\nhost server\n");
  EXPECT_EQ (net.Try ("phone", net.At ("phone", 5000), "[64:ff9b::198.51.100.2]:80", "server"),
             "203.0.113.1:5000 > 198.51.100.2:80");
  EXPECT_EQ (net.Try ("server", "198.51.100.2:81", "203.0.113.1:5000", "phone"),
             "[64:ff9b::c633:6402]:81 > " + net.At ("phone", 5000));
}

TEST (Network, LetsPacketsDieOfOldAgeWithAWordFromTheGateway)
{
  Network net (kHome);
  Packet packet = Udp (net.At ("alice", 5000), net.At ("server", 80));
  lab_put16 (packet->data + 10, (guint16) (lab_get16 (packet->data + 10) + (63 << 8)));
  packet->data[8] = 1;
  net.Send ("alice", std::move (packet));
  net.Wait (kSecond);
  Packet error = net.Receive ("alice");
  ASSERT_NE (error, nullptr);
  EXPECT_TRUE (Header (*error).is_icmp_error);
  EXPECT_EQ (Text (Header (*error).source), "192.168.1.1:0");
}

TEST (Network, TellsTheMtuUnlessItIsABlackHole)
{
  for (bool is_hole : { false, true })
    {
      Network net (std::string ("router home eim-apdf mtu=1280")
                   + (is_hole ? " black-hole=yes" : "")
                   + "\nhost alice behind=home\nhost server\n");
      net.Send ("alice", Udp (net.At ("alice", 1), net.At ("server", 2), std::string (1300, 'x')));
      net.Wait (kSecond);
      Packet error = net.Receive ("alice");
      EXPECT_EQ (error == nullptr, is_hole);
      EXPECT_THAT (net.TakeFacts (), Contains ("home dropped:too-big"));
      if (error != nullptr)
        {
          EXPECT_EQ (lab_get16 (error->data + Header (*error).transport + 6), 1280);
          EXPECT_TRUE (lab_packet_checksums_are_right (error.get ()));
          EXPECT_EQ (Text (Header (*error).destination), net.At ("alice", 0));
        }
    }
}

TEST (Network, TellsTheMtuToWhoIsOutsideAboutWhatHeKnows)
{
  Network net ("router home apdm-random\nhost alice behind=home mtu=1280\nhost server\n");
  std::string seen = net.Try ("alice", net.At ("alice", 5000), net.At ("server", 80), "server");
  std::string external = seen.substr (0, seen.find (' '));
  net.Send ("server", Udp (net.At ("server", 80), external, std::string (1300, 'x')));
  net.Wait (kSecond);
  EXPECT_EQ (net.Receive ("alice"), nullptr);
  Packet error = net.Receive ("server");
  ASSERT_NE (error, nullptr);
  LabHeader header = Header (*error), inner;
  EXPECT_EQ (Text (header.source), "203.0.113.1:0") << "not the address inside";
  ASSERT_TRUE (
      lab_header_parse_excerpt (&inner, error->data + header.inner, error->size - header.inner));
  EXPECT_EQ (Text (inner.destination), external);
}

TEST (Network, AnswersAPingToTheGateway)
{
  Network net (kHome);
  LabAddress alice = Address (net.AddressOf ("alice")), gateway = Address ("192.168.1.1");
  net.Send ("alice", Packet (lab_packet_new_echo (&alice, &gateway, 7, FALSE)));
  net.Wait (kSecond);
  Packet reply = net.Receive ("alice");
  ASSERT_NE (reply, nullptr);
  EXPECT_EQ (Header (*reply).destination.port, 7);
}

TEST (Network, RepeatsItselfWithTheSameSeed)
{
  auto run = [] (guint64 seed) {
    Network net (
        "router home apdm-random loss=30%\nhost alice behind=home jitter=5ms\nhost server\n", seed);
    std::string seen;
    for (int port = 1; port < 50; port++)
      seen += net.Try ("alice", net.At ("alice", 5000), net.At ("server", port), "server") + "\n";
    return seen;
  };
  EXPECT_EQ (run (3), run (3));
  EXPECT_NE (run (3), run (4));
}

TEST (NetworkCommands, RebootLosesTheTable)
{
  Network net ("router home eim-eif\nhost alice behind=home\nhost server\n");
  net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server");
  EXPECT_THAT (net.Command ("mappings home"),
               testing::StartsWith ("udp " + net.At ("alice", 1) + " 203.0.113.1:1 "));
  EXPECT_EQ (net.Command ("reboot home"), "");
  EXPECT_EQ (net.Command ("mappings home"), "");
  EXPECT_EQ (net.Try ("server", net.At ("server", 2), "203.0.113.1:1", "alice"), "");
}

TEST (NetworkCommands, ReaddressGivesAnotherAddress)
{
  Network net ("router home eim-eif\nhost alice behind=home\nhost server\n");
  net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server");
  std::string address = net.Command ("readdress home");
  EXPECT_NE (address, "203.0.113.1\n");
  address.pop_back ();
  EXPECT_EQ (net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server"),
             address + ":1 > " + net.At ("server", 2));
}

TEST (NetworkCommands, LinksGoDownAndUpAndChange)
{
  Network net (kHome);
  auto arrives = [&] {
    return net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server") != "";
  };
  EXPECT_TRUE (arrives ());
  EXPECT_EQ (net.Command ("down alice"), "");
  EXPECT_FALSE (arrives ());
  EXPECT_EQ (net.Command ("up alice/eth0"), "");
  EXPECT_TRUE (arrives ());
  EXPECT_EQ (net.Command ("set home up.loss=100% filtering=endpoint-independent"), "");
  EXPECT_FALSE (arrives ());
  EXPECT_EQ (net.Try ("server", net.At ("server", 77), "203.0.113.1:1", "alice") != "", true);
  EXPECT_THAT (net.Command ("counters alice"), testing::StartsWith ("up 4 "));
}

TEST (NetworkCommands, FlowsAreCountedAtTheHost)
{
  Network net (kHome);
  net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server");
  net.Try ("alice", net.At ("alice", 1), net.At ("server", 2), "server");
  net.Try ("server", net.At ("server", 2), "203.0.113.1:1", "alice");
  EXPECT_EQ (net.Command ("flows alice"),
             "udp " + net.At ("alice", 1) + " " + net.At ("server", 2) + " 2 60 1 30\n");
}

TEST (NetworkCommands, SayWhatWasWrong)
{
  Network net (kHome);
  EXPECT_EQ (net.Command ("dance home"), "error: there is no command 'dance'");
  EXPECT_EQ (net.Command ("reboot nobody"), "error: there is no 'nobody' with a link");
  EXPECT_EQ (net.Command ("reboot"), "error: 'reboot' is no VERB NODE");
  EXPECT_EQ (net.Command ("reboot alice"), "error: 'alice' has no NAT");
  EXPECT_EQ (net.Command ("down internet"), "error: there is no 'internet' with a link");
  EXPECT_EQ (net.Command ("set home translate=no"), "error: 'translate=no' can't be set");
  EXPECT_THAT (net.Command ("set home colour=red"), testing::HasSubstr ("colour"));
}
