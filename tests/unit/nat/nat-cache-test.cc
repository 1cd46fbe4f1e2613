/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-cache-codec-private.h"
#include "floe-nat-cache-private.h"
#include "floe-test.h"

static const gint64 now_us = G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC;

static std::string
MakeKey (guint number)
{
  char text[65];

  g_snprintf (text, sizeof text, "%064x", number);
  return text;
}

static FloeNatRecord *
MakeRecord (guint number, gint64 time_us = now_us)
{
  FloeNatRecord *record = floe_nat_record_new ();
  FloeNatFindings *findings = &record->findings;

  record->key = g_strdup (MakeKey (number).c_str ());
  record->is_complete = TRUE;
  record->time_us = time_us;
  findings->udp = FLOE_NAT_ANSWER_YES;
  findings->is_translated = FLOE_NAT_ANSWER_YES;
  findings->mapping = FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT;
  findings->filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
  findings->allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL;
  findings->step = 2;
  findings->udp_limited = FLOE_NAT_ANSWER_NO;
  findings->rewriting = FLOE_NAT_ANSWER_YES;
  findings->lifetime_s = 45;
  findings->proofs[FLOE_NAT_ASPECT_MAPPING].confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
  findings->external_count = 1;
  findings->externals[0].address = { { 203, 0, 113, 77 }, FLOE_STUN_IPV4_SIZE, 0 };
  record->external_network = { { 203, 0, 113, 0 }, FLOE_STUN_IPV4_SIZE, 0 };
  return record;
}

class NatCache : public testing::Test
{
protected:
  void TearDown () override
  {
    floe_nat_cache_free (cache_);
  }
  void Put (guint number, gint64 time_us = now_us)
  {
    g_autoptr (FloeNatRecord) record = MakeRecord (number, time_us);

    floe_nat_cache_put (cache_, now_us, record);
  }
  FloeNatRecord *Get (guint number, gint64 at_us = now_us)
  {
    return floe_nat_cache_get (cache_, at_us, MakeKey (number).c_str ());
  }

  FloeNatCache *cache_ = floe_nat_cache_new ();
};

TEST_F (NatCache, KeepsARecordOfEachNetwork)
{
  Put (1);
  Put (2);
  Put (1);
  EXPECT_EQ (floe_nat_cache_get_count (cache_), 2u);
  ASSERT_NE (Get (1), nullptr);
  EXPECT_EQ (Get (1)->key, MakeKey (1));
  EXPECT_EQ (Get (3), nullptr);
}

TEST_F (NatCache, ForgetsTheLeastLatelyUsed)
{
  for (guint i = 0; i < FLOE_NAT_CACHE_SIZE; i++)
    Put (i);
  ASSERT_NE (Get (0), nullptr);
  Put (FLOE_NAT_CACHE_SIZE);
  EXPECT_EQ (floe_nat_cache_get_count (cache_), (guint) FLOE_NAT_CACHE_SIZE);
  EXPECT_NE (Get (0), nullptr) << "it was used after the others";
  EXPECT_EQ (Get (1), nullptr);
}

TEST_F (NatCache, ForgetsWhatIsAWeekOld)
{
  Put (1);
  EXPECT_NE (Get (1, now_us + FLOE_NAT_MAX_AGE_US), nullptr);
  EXPECT_EQ (Get (1, now_us + FLOE_NAT_MAX_AGE_US + 1), nullptr);
  EXPECT_EQ (floe_nat_cache_get_count (cache_), 0u);
}

TEST_F (NatCache, TakesNothingOfTheFutureNorOfThePast)
{
  Put (1, now_us + 1);
  Put (2, now_us - FLOE_NAT_MAX_AGE_US - 1);
  EXPECT_EQ (floe_nat_cache_get_count (cache_), 0u);
}

TEST_F (NatCache, AnOlderRecordDoesNotReplaceAYoungerOne)
{
  Put (1, now_us);
  Put (1, now_us - G_USEC_PER_SEC);
  ASSERT_NE (Get (1), nullptr);
  EXPECT_EQ (Get (1)->time_us, now_us);
}

TEST (NatCacheCodec, WhatIsWrittenIsReadButForAddresses)
{
  g_autoptr (GPtrArray) records = floe_nat_records_new ();
  g_ptr_array_add (records, MakeRecord (7));
  std::string text = TakeString (floe_nat_cache_serialize (records));
  g_autoptr (GPtrArray) again = floe_nat_cache_parse (text.data (), text.size ());

  ASSERT_EQ (again->len, 1u) << text;
  auto *record = (FloeNatRecord *) g_ptr_array_index (again, 0);
  EXPECT_EQ (record->key, MakeKey (7));
  EXPECT_EQ (record->time_us, now_us);
  EXPECT_TRUE (record->is_complete);
  EXPECT_EQ (record->findings.udp, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (record->findings.mapping, FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT);
  EXPECT_EQ (record->findings.filtering, FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT);
  EXPECT_EQ (record->findings.allocation, FLOE_NAT_ALLOCATION_SEQUENTIAL);
  EXPECT_EQ (record->findings.step, 2u);
  EXPECT_EQ (record->findings.lifetime_s, 45u);
  EXPECT_EQ (record->findings.proofs[FLOE_NAT_ASPECT_MAPPING].confidence,
             FLOE_NAT_CONFIDENCE_MEDIUM);
  FloeStunAddress network = { { 203, 0, 113, 0 }, FLOE_STUN_IPV4_SIZE, 0 };
  EXPECT_TRUE (floe_stun_address_equal (&record->external_network, &network));
  EXPECT_EQ (record->findings.external_count, 0u);
  EXPECT_EQ (text.find ("cb00714d"), std::string::npos) << "203.0.113.77 is written down";
  EXPECT_EQ (text.find ("203.0.113.77"), std::string::npos);
}

TEST (NatCacheCodec, WhatTellsNothingIsNotWritten)
{
  g_autoptr (GPtrArray) records = floe_nat_records_new ();
  FloeNatRecord *incomplete = MakeRecord (1), *silent = MakeRecord (2), *nameless = MakeRecord (3);

  incomplete->is_complete = FALSE;
  silent->findings.udp = FLOE_NAT_ANSWER_UNKNOWN;
  g_clear_pointer (&nameless->key, g_free);
  g_ptr_array_add (records, incomplete);
  g_ptr_array_add (records, silent);
  g_ptr_array_add (records, nameless);
  std::string text = TakeString (floe_nat_cache_serialize (records));
  EXPECT_EQ (text.find ("mapping="), std::string::npos) << text;
}

/* A change to a good file: what is replaced by what. */
struct Damage
{
  const char *name;
  const char *before;
  const char *after;
};

class NatCacheCodecRejects : public testing::TestWithParam<Damage>
{
};

TEST_P (NatCacheCodecRejects, TheNetworkAndKeepsTheOther)
{
  g_autoptr (GPtrArray) records = floe_nat_records_new ();
  g_ptr_array_add (records, MakeRecord (1));
  std::string good = TakeString (floe_nat_cache_serialize (records));
  std::string head = good.substr (0, good.find ("[0000"));
  std::string group = good.substr (head.size ());
  std::string other = group;
  size_t at = group.find (GetParam ().before);

  ASSERT_NE (at, std::string::npos) << good;
  group.replace (at, strlen (GetParam ().before), GetParam ().after);
  other.replace (other.find ("0001]"), 5, "0002]");
  std::string text = head + group + "\n" + other;
  g_autoptr (GPtrArray) found = floe_nat_cache_parse (text.data (), text.size ());
  ASSERT_EQ (found->len, 1u) << text;
  EXPECT_EQ (((FloeNatRecord *) g_ptr_array_index (found, 0))->key, MakeKey (2));
}

INSTANTIATE_TEST_SUITE_P (
    Hostile, NatCacheCodecRejects,
    testing::Values (Damage{ "WordUnknown", "udp=yes", "udp=perhaps" },
                     Damage{ "BehaviourUnknown", "mapping=address-dependent", "mapping=odd" },
                     Damage{ "NumberTooLarge", "step=2", "step=70000" },
                     Damage{ "NumberNegative", "step=2", "step=-2" },
                     Damage{ "NumberMissing", "step=2", "steps=2" },
                     Damage{ "TimeNegative", "time=1", "time=-1" },
                     Damage{ "LifetimeTooLong", "lifetime=45", "lifetime=4500000" },
                     Damage{ "AddressCut", "external-network=cb007100", "external-network=cb0071" },
                     Damage{ "AddressOdd", "external-network=cb007100",
                             "external-network=cb0071zz" },
                     Damage{ "KeyTooShort", "[00", "[0" }, Damage{ "KeyOdd", "[00", "[.." },
                     Damage{ "ConfidenceUnknown", "udp-confidence=none", "udp-confidence=9" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (NatCacheCodec, FilesThatAreNoneOfOursAreEmpty)
{
  std::string large =
      "[floe-nat-cache]\nversion=1\n" + std::string (FLOE_NAT_CACHE_MAX_FILE_SIZE, '#');
  std::string with_nul ("[floe-nat-cache]\nversion=1\n\0", 27);

  for (const std::string &text :
       { std::string (), std::string ("[x]\ny=z\n"), std::string ("[floe-nat-cache]\nversion=2\n"),
         std::string ("[floe-nat-cache]\nversion=one\n"), large, with_nul })
    {
      g_autoptr (GPtrArray) found = floe_nat_cache_parse (text.data (), text.size ());
      EXPECT_EQ (found->len, 0u);
    }
}
