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

/* Some networks let only a few ports out. */
TEST (NatCore, SaysWhenUdpGetsOutToAFewPortsOnly)
{
  NatServerSpec server = { false, false, Vice::Also443 };
  NatWorld narrow (World ("udp-53-443"), { server, server }, 1);
  NatWorld wide (World ("eim-apdf"), { server, server }, 1);
  const FloeNatFindings &report = narrow.Run ();

  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (report.udp_limited, FLOE_NAT_ANSWER_YES) << narrow.Describe ();
  EXPECT_EQ (report.proofs[FLOE_NAT_ASPECT_UDP].confidence, FLOE_NAT_CONFIDENCE_LOW);
  EXPECT_THAT (report.proofs[FLOE_NAT_ASPECT_UDP].evidence, testing::HasSubstr ("443"));
  EXPECT_EQ (report.mapping, FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT) << narrow.Describe ();
  EXPECT_EQ (report.is_translated, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (report.external_count, 1u);
  for (guint i = 0; i < report.server_count; i++)
    EXPECT_EQ (report.servers[i].fault, FLOE_NAT_FAULT_SILENT) << "on its own port";
  EXPECT_EQ (wide.Run ().udp_limited, FLOE_NAT_ANSWER_NO);
}

/* A dead server beside one that is on 443 says nothing of the network. */
TEST (NatCore, DoesNotTakeADeadServerForALimit)
{
  NatWorld world (World ("eim-apdf"),
                  { { false, false, Vice::Only443 }, { false, false, Vice::Silent } }, 1);

  EXPECT_EQ (world.Run ().udp_limited, FLOE_NAT_ANSWER_UNKNOWN) << world.Describe ();
}

/* As a server does that is given with port 443. */
TEST (NatCore, FindsTheLimitAlsoWhenAServerIsGivenOnPort443)
{
  NatWorld world (World ("udp-53-443"),
                  { { false, false, Vice::Only443 }, { false, false, Vice::Also443 } }, 1);

  EXPECT_EQ (world.Run ().udp_limited, FLOE_NAT_ANSWER_YES) << world.Describe ();
}

TEST (NatCore, SaysWhenSomethingRewritesWhatPasses)
{
  const struct
  {
    const char *kind;
    FloeNatAnswer rewriting;
  } cases[] = { { "alg", FLOE_NAT_ANSWER_YES },
                { "eim-apdf", FLOE_NAT_ANSWER_NO },
                { "apdm-random", FLOE_NAT_ANSWER_NO },
                { "open", FLOE_NAT_ANSWER_UNKNOWN } };

  for (const auto &one : cases)
    for (const std::vector<NatServerSpec> &servers :
         { kTwo, std::vector<NatServerSpec>{ kTurn }, std::vector<NatServerSpec>{ kBehaviour } })
      {
        NatWorld world (World (one.kind), servers, 1);
        const FloeNatFindings &report = world.Run ();
        const FloeNatProof &proof = report.proofs[FLOE_NAT_ASPECT_REWRITING];
        SCOPED_TRACE (one.kind + std::string ("\n") + world.Describe ());

        EXPECT_EQ (report.rewriting, one.rewriting);
        EXPECT_STRNE (proof.evidence, "");
        EXPECT_EQ (proof.confidence != FLOE_NAT_CONFIDENCE_NONE,
                   one.rewriting != FLOE_NAT_ANSWER_UNKNOWN);
      }
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

/* ICMP tells at once that nobody will answer: there is nothing to wait for. */
TEST (NatCore, EndsAsSoonAsAllServersHaveRefused)
{
  for (bool is_by_host : { true, false })
    {
      FloeStunAddress base = { { 192, 168, 1, 2 }, FLOE_STUN_IPV4_SIZE, 0 };
      FloeNatServer servers[] = { { AddressOf (1, 3478), nullptr, 0 },
                                  { AddressOf (2, 3478), nullptr, 0 } };
      FloeNatCore *core = floe_nat_core_new (&base, servers, 2);
      std::vector<FloeNatOutput> sent;
      FloeNatOutput output;
      bool is_done = false;

      floe_nat_core_start (core, kSecond);
      for (guint round = 0; round < 10 && !is_done; round++)
        {
          while (floe_nat_core_poll (core, &output))
            {
              FloeStunAddress local = base;

              local.port = 40000;
              is_done = output.type == FLOE_NAT_OUTPUT_DONE;
              if (output.type == FLOE_NAT_OUTPUT_OPEN)
                floe_nat_core_set_local (core, output.socket, &local);
              if (output.type == FLOE_NAT_OUTPUT_SEND)
                sent.push_back (output);
            }
          for (const FloeNatOutput &one : sent)
            {
              if (is_by_host)
                floe_nat_core_note_host (core, &one.to);
              floe_nat_core_handle_unreachable (core, kSecond + kMillisecond, one.socket, &one.to);
            }
          sent.clear ();
        }
      EXPECT_TRUE (is_done) << "without a timeout";
      const FloeNatFindings *report = floe_nat_core_get_findings (core);
      /* Port 443 of both was tried, too. */
      EXPECT_EQ (report->packet_count, 4u);
      /* Hosts that say themselves that nothing listens there prove that UDP got to them. */
      EXPECT_EQ (report->udp, is_by_host ? FLOE_NAT_ANSWER_UNKNOWN : FLOE_NAT_ANSWER_NO);
      EXPECT_THAT (report->proofs[FLOE_NAT_ASPECT_UDP].evidence,
                   testing::HasSubstr (is_by_host ? "nothing listens" : "refused"));
      floe_nat_core_free (core);
    }
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
