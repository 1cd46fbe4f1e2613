/* SPDX-License-Identifier: MPL-2.0 */
/* Worlds that are not one NAT and good servers, and the contract of the core. */
#include "nat-world.h"

namespace
{
const std::vector<NatServerSpec> kTwo = { kStun, kStun };

std::string
World (const std::string &kind)
{
  return "router home " + kind + " delay=10ms\n";
}
}

TEST (NatCore, CallsUdpBlockedWhenSeveralServersAreSilentOnTwoPorts)
{
  NatWorld world (World ("udp-blocked"), { kBehaviour, kTurn, kStun }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_NO);
  EXPECT_EQ (floe_nat_findings_get_type (&report), FLOE_NAT_TYPE_BLOCKED);
  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (report.filtering, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (report.external_count, 0u);
  for (guint i = 0; i < report.server_count; i++)
    EXPECT_EQ (report.servers[i].fault, FLOE_NAT_FAULT_SILENT);
}

TEST (NatCore, DoesNotTakeADeadServerForABlockedNetwork)
{
  NatWorld world (World ("eim-eif"), { { false, false, Vice::Silent } }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_EQ (floe_nat_findings_get_type (&report), FLOE_NAT_TYPE_UNKNOWN);
}

TEST (NatCore, KnowsNothingWithoutServers)
{
  NatWorld world (World ("eim-eif"), {}, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_EQ (report.packet_count, 0u);
}

TEST (NatCore, KnowsNoMappingFromOneAddress)
{
  NatWorld world (World ("eim-eif"), { kStun }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (report.external_count, 1u);
}

/* One TURN server alone tells symmetric, and what is not filtered at all, but no more. */
TEST (NatCore, DoesWhatItCanWithOneTurnServer)
{
  NatWorld cone (World ("eim-apdf"), { kTurn }, 1), symmetric (World ("apdm-random"), { kTurn }, 1);

  EXPECT_EQ (cone.Run ().mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_EQ (cone.report ().filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT)
      << cone.Describe ();
  EXPECT_EQ (symmetric.Run ().mapping, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT);
}

TEST (NatCore, LosesNoMoreThanTimeToADeadServer)
{
  NatWorld world (World ("eim-adf"),
                  { { false, true, Vice::Silent }, kTurn, { true, false, Vice::Silent }, kStun },
                  1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT) << world.Describe ();
  EXPECT_EQ (report.filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT) << world.Describe ();
  EXPECT_LE (report.proofs[FLOE_NAT_ASPECT_MAPPING].after_us, 500 * kMillisecond);
}

/* A chain is as its worse box on each axis. */
TEST (NatCore, SeesAChainAsItsWorseBox)
{
  NatWorld world ("router carrier cgn-symmetric delay=5ms\n"
                  "router home eim-adf behind=carrier delay=5ms\n",
                  { kBehaviour, kTurn, kStun }, 3);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT);
  EXPECT_EQ (report.filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT);
  EXPECT_EQ (report.allocation, FLOE_NAT_ALLOCATION_PORT_BLOCK);
  EXPECT_EQ (report.carrier, FLOE_NAT_ANSWER_YES);
}

TEST (NatCore, SuspectsACarrierOfWhomItHasItsAddress)
{
  NatWorld world ("router home cgn\n", kTwo, 1);
  NatWorld open ("router home open\n", kTwo, 1);

  EXPECT_EQ (world.Run ().carrier, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (open.Run ().carrier, FLOE_NAT_ANSWER_NO);
}

TEST (NatCore, TellsTheStepOfASequentialNatAmongForeignTraffic)
{
  NatWorld world (World ("apdm-sequential step=4 foreign=50"), { kTurn, kStun }, 5);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.allocation, FLOE_NAT_ALLOCATION_SEQUENTIAL);
  EXPECT_EQ (report.step, 4u);
}

TEST (NatCore, TellsAnIpv6Firewall)
{
  NatWorld world ("router home eim-apdf family=ipv6 delay=10ms\ndefault family=ipv6\n",
                  { kBehaviour, kTurn, kStun }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_EQ (report.base.size, (gsize) FLOE_STUN_IPV6_SIZE);
  EXPECT_EQ (report.is_translated, FLOE_NAT_ANSWER_NO);
  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT) << world.Describe ();
  EXPECT_EQ (report.filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT) << world.Describe ();
  EXPECT_EQ (floe_nat_findings_get_type (&report), FLOE_NAT_TYPE_PORT_RESTRICTED);
}

TEST (NatCore, AsksNoServerOfAnotherFamily)
{
  FloeStunAddress base = AddressOf (1, 0);
  FloeNatServer server = { { { 0x20, 1 }, FLOE_STUN_IPV6_SIZE, 3478 }, nullptr, 0 };
  FloeNatCore *core = floe_nat_core_new (&base, &server, 1);
  FloeNatOutput output;

  floe_nat_core_start (core, kSecond);
  while (floe_nat_core_poll (core, &output))
    EXPECT_NE (output.type, FLOE_NAT_OUTPUT_SEND);
  EXPECT_EQ (floe_nat_core_get_findings (core)->servers[0].fault, FLOE_NAT_FAULT_OTHER_FAMILY);
  floe_nat_core_free (core);
}

TEST (NatCore, DoesNotBlameTheNetworkWhenNoSocketCouldBeBound)
{
  FloeStunAddress base = { { 192, 168, 1, 2 }, FLOE_STUN_IPV4_SIZE, 0 };
  FloeNatServer servers[] = { { AddressOf (1, 3478), nullptr, 0 },
                              { AddressOf (2, 3478), nullptr, 0 } };
  FloeNatCore *core = floe_nat_core_new (&base, servers, 2);

  floe_nat_core_start (core, kSecond);
  while (floe_nat_core_get_deadline (core) >= 0)
    floe_nat_core_handle_timeout (core, floe_nat_core_get_deadline (core));
  EXPECT_EQ (floe_nat_core_get_findings (core)->udp, FLOE_NAT_ANSWER_UNKNOWN);
  floe_nat_core_free (core);
}

/* Copies of what was sent, cut and damaged, and noise: as an attacker on the way may answer. */
TEST (NatCore, OutlivesNoise)
{
  FloeStunAddress base = { { 192, 168, 1, 2 }, FLOE_STUN_IPV4_SIZE, 0 };
  FloeNatServer servers[] = { { AddressOf (1, 3478), nullptr, 0 },
                              { AddressOf (2, 3478), nullptr, 0 } };
  GRand *rand = g_rand_new_with_seed (1);

  for (guint run = 0; run < 200; run++)
    {
      FloeNatCore *core = floe_nat_core_new (&base, servers, 2);
      gint64 now_us = kSecond;
      bool is_done = false;

      floe_nat_core_start (core, now_us);
      while (!is_done)
        {
          std::vector<std::pair<FloeNatOutput, Bytes> > sent;
          FloeNatOutput output;

          while (floe_nat_core_poll (core, &output))
            {
              is_done = is_done || output.type == FLOE_NAT_OUTPUT_DONE;
              if (output.type == FLOE_NAT_OUTPUT_SEND)
                sent.emplace_back (output, Bytes (output.data, output.data + output.size));
            }
          for (auto &one : sent)
            {
              one.second[0] = (guint8) g_rand_int_range (rand, 0, 2);
              one.second[1] = (guint8) g_rand_int_range (rand, 0, 256);
              one.second.resize ((gsize) g_rand_int_range (rand, 0, 64));
              floe_nat_core_handle_datagram (core, now_us, one.first.socket, &one.first.to,
                                             one.second.data (), one.second.size ());
            }
          if (floe_nat_core_get_deadline (core) >= 0)
            now_us = floe_nat_core_get_deadline (core);
          floe_nat_core_handle_timeout (core, now_us);
        }
      EXPECT_LE (now_us, kSecond + FLOE_NAT_MAX_TIME_US);
      EXPECT_EQ (floe_nat_core_get_findings (core)->mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
      floe_nat_core_free (core);
    }
  g_rand_free (rand);
}
