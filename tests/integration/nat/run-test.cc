/* SPDX-License-Identifier: MPL-2.0 */
/* Runs and what is remembered: turns, old records, other networks. */
#include "discovery.h"
#include "floe-inet-convert-private.h"
#include "floe-nat-run-private.h"

#define OLD_US (20 * G_TIME_SPAN_MINUTE)

struct RunWatch
{
  bool is_done = false;
  guint change_count = 0;
  GPtrArray *changed = nullptr, *done = nullptr; /* the last ones */

  ~RunWatch ()
  {
    g_clear_pointer (&changed, g_ptr_array_unref);
    g_clear_pointer (&done, g_ptr_array_unref);
  }
};

static FloeNatRecord *
FindLoopback (GPtrArray *records)
{
  for (guint i = 0; records != nullptr && i < records->len; i++)
    {
      auto *record = (FloeNatRecord *) g_ptr_array_index (records, i);

      if (floe_stun_address_get_scope (&record->findings.base) == FLOE_STUN_SCOPE_LOOPBACK)
        return record;
    }
  return nullptr;
}

static void
OnChanged (GPtrArray *records, gpointer user_data)
{
  auto *watch = (RunWatch *) user_data;

  g_clear_pointer (&watch->changed, g_ptr_array_unref);
  watch->changed = g_ptr_array_ref (records);
  watch->change_count++;
}

static void
OnDone (GPtrArray *records, gpointer user_data)
{
  auto *watch = (RunWatch *) user_data;

  watch->done = g_ptr_array_ref (records);
  watch->is_done = true;
}

static const FloeNatRunEvents events = { OnChanged, OnDone };

class NatRun : public testing::Test
{
protected:
  void SetUp () override
  {
    static const char *const loopback[] = { "lo", nullptr };

    plan_->interfaces = g_strdupv ((char **) loopback);
    plan_->proxy_resolver = g_simple_proxy_resolver_new ("direct://", nullptr);
  }
  void TearDown () override
  {
    floe_nat_plan_unref (plan_);
    floe_nat_cache_free (cache_);
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }
  void AddServer (guint16 port)
  {
    FloeNatTarget target = {};

    target.url = target.host = (char *) "127.0.0.1";
    target.port = port;
    floe_nat_plan_add_target (plan_, &target);
  }
  FloeNatRun *Start (RunWatch &watch)
  {
    return floe_nat_run_new (g_main_context_default (), plan_, cache_, &events, &watch);
  }
  static void Wait (const RunWatch &watch)
  {
    while (!watch.is_done)
      g_main_context_iteration (nullptr, TRUE);
  }
  void Run (RunWatch &watch)
  {
    g_autoptr (FloeNatRun) run = Start (watch);

    Wait (watch);
    ASSERT_NE (FindLoopback (watch.done), nullptr);
  }
  /* What an earlier run may have found in the network of @present. */
  FloeNatRecord *PutOld (const FloeNatRecord *present, const char *external)
  {
    g_autoptr (FloeNatRecord) old = floe_nat_record_copy (present);

    old->is_complete = TRUE;
    old->time_us = g_get_real_time () - OLD_US;
    old->findings.udp = FLOE_NAT_ANSWER_YES;
    old->findings.mapping = FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT;
    old->findings.lifetime_s = 77;
    old->findings.proofs[FLOE_NAT_ASPECT_LIFETIME].confidence = FLOE_NAT_CONFIDENCE_HIGH;
    floe_stun_address_from_text (external, &old->external_network);
    floe_nat_cache_remove (cache_, old->key);
    floe_nat_cache_put (cache_, g_get_real_time (), old);
    return floe_nat_cache_get (cache_, g_get_real_time (), present->key);
  }

  SilentServer server_;
  FloeNatPlan *plan_ = floe_nat_plan_new ();
  FloeNatCache *cache_ = floe_nat_cache_new ();
};

TEST_F (NatRun, WhatIsRememberedIsToldWhileItIsMeasured)
{
  RunWatch first, second;

  AddServer (server_.port ());
  Run (first);
  EXPECT_EQ (floe_nat_cache_get_count (cache_), 0u) << "what fails is not remembered";
  FloeNatRecord *old = PutOld (FindLoopback (first.done), "203.0.113.0");
  ASSERT_NE (old, nullptr);
  gint64 old_time_us = old->time_us;
  Run (second);
  ASSERT_GE (second.change_count, 1u);
  FloeNatRecord *told = FindLoopback (second.changed);
  ASSERT_NE (told, nullptr);
  EXPECT_EQ (told->time_us, old_time_us);
  EXPECT_EQ (told->findings.mapping, FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT);
  EXPECT_STREQ (told->interface, "lo");
  /* Nobody has answered now, and that is what the run says. */
  EXPECT_EQ (FindLoopback (second.done)->findings.mapping, FLOE_NAT_BEHAVIOUR_UNKNOWN);
  EXPECT_GT (FindLoopback (second.done)->time_us, old_time_us);
}

TEST_F (NatRun, ALifetimeIsKeptInTheSameNetworkAndForgottenInAnother)
{
  Coturn server;
  RunWatch first, same, other;

  if (!server.IsRunning ())
    GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  AddServer (server.port ());
  Run (first);
  PutOld (FindLoopback (first.done), "127.0.0.0");
  Run (same);
  EXPECT_EQ (FindLoopback (same.done)->findings.lifetime_s, 77u);
  PutOld (FindLoopback (first.done), "203.0.113.0");
  Run (other);
  EXPECT_EQ (FindLoopback (other.done)->findings.lifetime_s, 0u);
  EXPECT_NE (FindLoopback (other.done)->findings.mapping, FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT);
}

TEST_F (NatRun, RunsTakeTurns)
{
  RunWatch first, second, third;
  FloeNatRun *run, *next;

  AddServer (server_.port ());
  run = Start (first);
  next = Start (second);
  g_autoptr (FloeNatRun) last = Start (third);
  Wait (first);
  EXPECT_EQ (second.change_count, 0u) << "it has not begun";
  /* One that gives up its turn before it has come delays nobody. */
  floe_nat_run_free (next);
  floe_nat_run_free (run);
  Wait (third);
  EXPECT_FALSE (second.is_done);
  EXPECT_NE (FindLoopback (third.done), nullptr);
}

TEST_F (NatRun, FreeingItEndsEverything)
{
  RunWatch watch, next;

  AddServer (server_.port ());
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (FloeNatRun) run = Start (watch);

      for (guint j = 0; j < i; j++)
        g_main_context_iteration (nullptr, FALSE);
    }
  EXPECT_FALSE (watch.is_done);
  Run (next);
}
