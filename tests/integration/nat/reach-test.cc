/* SPDX-License-Identifier: MPL-2.0 */
/* What is asked over TCP and TLS, of good and of odd servers. */
#include "../tunnel/test-authority.h"
#include "../tunnel/test-server.h"
#include "floe-nat-ask-private.h"
#include "floe-nat-reach-private.h"
#include "floe-test.h"

#include <floe/floe-error.h>

static const FloeStunAddress loopback = { { 127, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, 0 };

#define HEADER_SIZE 20

/* A success response without attributes, or with @size bytes behind the header that @claims. */
static std::string
Answer (const std::string &request, gsize claims = 0, gsize size = 0)
{
  std::string answer = request.substr (0, HEADER_SIZE);

  answer[0] = 0x01;
  answer[1] = 0x01;
  answer[2] = (char) (claims >> 8);
  answer[3] = (char) claims;
  return answer + std::string (size, '\0');
}

static void
ServeStun (GIOStream *stream)
{
  std::string request = ReadBytes (stream, HEADER_SIZE);

  if (request.size () == HEADER_SIZE)
    WriteText (stream, Answer (request));
}

class NatAsk : public testing::Test
{
protected:
  void Ask (guint16 port, bool is_tls = false, GTlsDatabase *database = nullptr,
            guint timeout_ms = 20000, GCancellable *cancellable = nullptr)
  {
    g_autoptr (GProxyResolver) none = g_simple_proxy_resolver_new ("direct://", nullptr);
    FloeNatAskConfig config = { "localhost", port, is_tls, &loopback, none, database, timeout_ms };

    is_over_ = has_answer_ = false;
    floe_nat_ask_async (&config, cancellable, OnAnswer, this);
    while (!is_over_)
      g_main_context_iteration (nullptr, TRUE);
  }

  bool is_over_ = false, has_answer_ = false;
  gint64 rtt_us_ = -1;
  ErrorHolder error_;

private:
  static void OnAnswer (GObject *, GAsyncResult *result, gpointer user_data)
  {
    auto *self = (NatAsk *) user_data;

    self->is_over_ = true;
    self->has_answer_ = floe_nat_ask_finish (result, &self->rtt_us_, self->error_);
  }
};

TEST_F (NatAsk, AnAnswerOverTcpTellsItsTime)
{
  TestServer server (ServeStun);

  Ask (server.port ());
  EXPECT_TRUE (has_answer_) << error_.message ();
  EXPECT_GT (rtt_us_, 0);
}

TEST_F (NatAsk, AnAnswerOverTlsNeedsAGoodCertificate)
{
  TestAuthority authority, stranger;
  TestServer server (ServeStun, authority.Issue ());

  Ask (server.port (), true, authority.database ());
  EXPECT_TRUE (has_answer_) << error_.message ();
  Ask (server.port (), true, stranger.database ());
  EXPECT_FALSE (has_answer_);
  EXPECT_TRUE (error_.Is (FLOE_ERROR, FLOE_ERROR_NETWORK)) << error_.message ();
}

struct OddServer
{
  const char *name;
  std::string (*answer) (const std::string &request);
};

class NatAskOdd : public NatAsk, public testing::WithParamInterface<OddServer>
{
};

TEST_P (NatAskOdd, IsNoAnswer)
{
  auto answer = GetParam ().answer;
  TestServer server ([answer] (GIOStream *stream) {
    std::string request = ReadBytes (stream, HEADER_SIZE);

    if (request.size () == HEADER_SIZE)
      WriteText (stream, answer (request));
  });

  Ask (server.port ());
  EXPECT_FALSE (has_answer_);
  EXPECT_TRUE (error_.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << error_.message ();
}

INSTANTIATE_TEST_SUITE_P (
    Servers, NatAskOdd,
    testing::Values (
        OddServer{ "ThatSaysNothing", [] (const std::string &) { return std::string (); } },
        OddServer{ "ThatCutsTheHeader",
                   [] (const std::string &request) { return Answer (request).substr (0, 7); } },
        OddServer{ "ThatCutsTheBody",
                   [] (const std::string &request) { return Answer (request, 200, 100); } },
        OddServer{ "ThatClaimsTooMuch",
                   [] (const std::string &request) { return Answer (request, 65532, 4000); } },
        OddServer{ "ThatAnswersAnother",
                   [] (const std::string &request) {
                     std::string answer = Answer (request);
                     answer[HEADER_SIZE - 1] ^= 1;
                     return answer;
                   } },
        OddServer{ "ThatEchoes", [] (const std::string &request) { return request; } },
        OddServer{ "OfTheWeb",
                   [] (const std::string &) {
                     return std::string ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                   } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (NatAsk, SilenceEnds)
{
  TestServer server ([] (GIOStream *stream) { ReadBytes (stream, 1000); });

  Ask (server.port (), false, nullptr, 100);
  EXPECT_FALSE (has_answer_);
  EXPECT_TRUE (error_.Is (FLOE_ERROR, FLOE_ERROR_TIMEOUT)) << error_.message ();
}

TEST_F (NatAsk, CancellingEnds)
{
  TestServer server ([] (GIOStream *stream) { ReadBytes (stream, 1000); });
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_timeout_add_once (
      50, [] (gpointer data) { g_cancellable_cancel ((GCancellable *) data); }, cancellable);
  Ask (server.port (), false, nullptr, 20000, cancellable);
  EXPECT_FALSE (has_answer_);
  EXPECT_TRUE (error_.Is (G_IO_ERROR, G_IO_ERROR_CANCELLED)) << error_.message ();
}

/* Tells of no proxy, and heeds nothing, until it is freed. */
struct DeafResolver
{
  GObject parent;
  GPtrArray *tasks; /* (owned) (element-type GTask) */
};

struct DeafResolverClass
{
  GObjectClass parent;
};

static void
deaf_resolver_ask (GProxyResolver *self, const char *, GCancellable *, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_ptr_array_add (((DeafResolver *) self)->tasks, g_task_new (self, nullptr, callback, user_data));
}

static char **
deaf_resolver_finish (GProxyResolver *, GAsyncResult *result, GError **error)
{
  return (char **) g_task_propagate_pointer (G_TASK (result), error);
}

static void
deaf_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->lookup_async = deaf_resolver_ask;
  iface->lookup_finish = deaf_resolver_finish;
}

G_DEFINE_TYPE_WITH_CODE (DeafResolver, deaf_resolver, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, deaf_resolver_iface_init))

static void
deaf_resolver_class_init (DeafResolverClass *)
{
}

static void
deaf_resolver_init (DeafResolver *self)
{
  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

/* The tasks answer, for what waits for them to be freed. */
static void
LetGo (DeafResolver *self)
{
  for (guint i = 0; i < self->tasks->len; i++)
    g_task_return_new_error ((GTask *) g_ptr_array_index (self->tasks, i), G_IO_ERROR,
                             G_IO_ERROR_FAILED, "late");
  g_ptr_array_unref (self->tasks);
  g_object_unref (self);
}

class NatReach : public testing::Test
{
protected:
  void TearDown () override
  {
    if (reach_ != nullptr)
      floe_nat_reach_free (reach_);
    floe_nat_plan_unref (plan_);
    /* What was under way ends now. */
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }
  void Add (FloeNatWay way, guint16 port, const char *host = "127.0.0.1")
  {
    FloeNatTarget target = {};

    target.url = (char *) "url";
    target.host = (char *) host;
    target.port = port;
    target.way = way;
    floe_nat_plan_add_target (plan_, &target);
  }
  void Start (guint32 skipped = 0)
  {
    if (plan_->proxy_resolver == nullptr)
      plan_->proxy_resolver = g_simple_proxy_resolver_new ("direct://", nullptr);
    reach_ =
        floe_nat_reach_new (g_main_context_default (), plan_, &loopback, skipped, &events_, this);
  }
  void Wait ()
  {
    while (done_count_ == 0)
      g_main_context_iteration (nullptr, TRUE);
  }
  FloeNatReachVerdict Judge (FloeNatWay way) const
  {
    return floe_nat_reach_judge (reach_, way);
  }

  FloeNatPlan *plan_ = floe_nat_plan_new ();
  FloeNatReach *reach_ = nullptr;
  guint done_count_ = 0;

private:
  static void OnChanged (gpointer)
  {
  }
  static void OnDone (gpointer self)
  {
    ((NatReach *) self)->done_count_++;
  }

  static constexpr FloeNatReachEvents events_ = { OnChanged, OnDone };
};

TEST_F (NatReach, AServerThatAnswersProvesTheWay)
{
  TestServer server (ServeStun);

  Add (FLOE_NAT_WAY_TCP, server.port ());
  Start ();
  Wait ();
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).answer, FLOE_NAT_ANSWER_YES);
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).proof.confidence, FLOE_NAT_CONFIDENCE_HIGH);
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TLS).answer, FLOE_NAT_ANSWER_UNKNOWN);
  FloeNatFault fault;
  gint64 rtt_us;
  ASSERT_TRUE (floe_nat_reach_get_server (reach_, 0, &fault, &rtt_us));
  EXPECT_EQ (fault, FLOE_NAT_FAULT_NONE);
  EXPECT_GT (rtt_us, 0);
}

/* A refusal tells that something was reached. */
TEST_F (NatReach, RefusalsProveNothing)
{
  guint16 port;
  {
    TestServer gone (ServeStun);
    port = gone.port ();
  }
  Add (FLOE_NAT_WAY_TCP, port, "127.0.0.1");
  Add (FLOE_NAT_WAY_TCP, port, "127.0.0.2");
  Start ();
  Wait ();
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).answer, FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_STRNE (Judge (FLOE_NAT_WAY_TCP).proof.evidence, "");
}

TEST_F (NatReach, OtherHostsAreTriedWhenUdpIsSilent)
{
  TestServer server (ServeStun);

  Add (FLOE_NAT_WAY_UDP, server.port ());
  Start ();
  Wait ();
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).answer, FLOE_NAT_ANSWER_YES);
}

TEST_F (NatReach, OtherHostsAreLeftAloneWhenUdpWorks)
{
  TestServer server (ServeStun);

  Add (FLOE_NAT_WAY_UDP, server.port ());
  Start ();
  floe_nat_reach_set_udp_works (reach_);
  Wait ();
  EXPECT_EQ (server.connection_count (), 0u);
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).answer, FLOE_NAT_ANSWER_UNKNOWN);
}

TEST_F (NatReach, WhatIsSkippedIsNotAsked)
{
  TestServer server (ServeStun);

  Add (FLOE_NAT_WAY_TCP, server.port ());
  Start (1);
  Wait ();
  EXPECT_EQ (server.connection_count (), 0u);
  EXPECT_EQ (done_count_, 1u);
}

TEST_F (NatReach, AResolverThatNeverAnswersIsGivenUp)
{
  auto *resolver = (DeafResolver *) g_object_new (deaf_resolver_get_type (), nullptr);
  gint64 start_us = g_get_monotonic_time ();

  Add (FLOE_NAT_WAY_TCP, 9);
  Add (FLOE_NAT_WAY_UDP, 9, "127.0.0.2");
  plan_->proxy_resolver = G_PROXY_RESOLVER (g_object_ref (resolver));
  Start ();
  while (done_count_ == 0 && g_get_monotonic_time () < start_us + 20 * G_TIME_SPAN_SECOND)
    g_main_context_iteration (nullptr, FALSE);
  EXPECT_EQ (done_count_, 1u);
  EXPECT_EQ (resolver->tasks->len, 3u) << "what was guessed was asked for as well";
  EXPECT_EQ (Judge (FLOE_NAT_WAY_TCP).answer, FLOE_NAT_ANSWER_UNKNOWN);
  EXPECT_STREQ (Judge (FLOE_NAT_WAY_TCP).proof.evidence, "no answer in time");
  LetGo (resolver);
}

TEST_F (NatReach, AtMostTwoServersOfAKindAreAsked)
{
  TestServer servers[] = { TestServer (ServeStun), TestServer (ServeStun), TestServer (ServeStun) };
  guint asked = 0;

  for (TestServer &server : servers)
    Add (FLOE_NAT_WAY_TCP, server.port ());
  Start ();
  Wait ();
  for (TestServer &server : servers)
    asked += server.connection_count ();
  EXPECT_EQ (asked, (guint) FLOE_NAT_REACH_MAX_SERVERS);
}
