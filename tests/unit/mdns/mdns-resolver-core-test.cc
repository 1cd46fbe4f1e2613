/* SPDX-License-Identifier: MPL-2.0 */
#include "mdns-messages.h"

G_BEGIN_DECLS
#include "floe-mdns-resolver-core-private.h"
G_END_DECLS

#define SECOND ((gint64) G_TIME_SPAN_SECOND)

class MdnsResolverCore : public testing::Test
{
protected:
  ~MdnsResolverCore () override
  {
    floe_mdns_resolver_core_free (core_);
  }

  bool Start (const char *name = NAME)
  {
    return floe_mdns_resolver_core_start (core_, now_us_, name);
  }

  void Handle (const FloeMdnsMessage &response)
  {
    floe_mdns_resolver_core_handle_response (core_, now_us_, &response);
  }

  gint64 Deadline ()
  {
    return floe_mdns_resolver_core_get_deadline (core_);
  }

  /* All events, in a word each. */
  std::string Events ()
  {
    static const char *const words[] = { "ask", "found", "missed", "ended" };
    FloeMdnsEvent event;
    std::string all;

    while (floe_mdns_resolver_core_poll (core_, &event))
      {
        all += (all.empty () ? "" : " ") + std::string (words[event.type]);
        if (event.type == FLOE_MDNS_EVENT_ASK)
          all += event.question_type == FLOE_MDNS_TYPE_A ? "4" : "6";
        if (event.type == FLOE_MDNS_EVENT_FOUND)
          all += std::to_string (event.address.size) + "#"
                 + std::to_string (event.address.bytes[event.address.size - 1]);
      }
    return all;
  }

  /* What happens until @end_us, with the seconds since the start. */
  std::string Trace (gint64 end_us)
  {
    gint64 start_us = now_us_;
    std::string trace;

    while (Deadline () != -1 && Deadline () <= end_us)
      {
        now_us_ = Deadline ();
        floe_mdns_resolver_core_handle_timeout (core_, now_us_);
        trace += "[" + std::to_string ((now_us_ - start_us) / SECOND) + "] " + Events () + "\n";
      }
    return trace;
  }

  FloeMdnsResolverCore *core_ = floe_mdns_resolver_core_new ();
  gint64 now_us_ = 1000 * SECOND;
};

TEST_F (MdnsResolverCore, AsksForBothFamiliesAtOnceInQuestionsOfTheirOwn)
{
  EXPECT_TRUE (Start ());
  EXPECT_EQ (Events (), "ask4 ask6");
  EXPECT_EQ (Deadline (), now_us_ + SECOND);
}

TEST_F (MdnsResolverCore, AsksEverMoreSlowlyAndGivesUp)
{
  Start ();
  Events ();
  EXPECT_EQ (Trace (now_us_ + 1000 * SECOND), "[1] ask4 ask6\n"
                                              "[3] ask4 ask6\n"
                                              "[5] missed\n"
                                              "[7] ask4 ask6\n"
                                              "[15] ask4 ask6\n"
                                              "[31] ask4 ask6\n"
                                              "[63] ask4 ask6\n"
                                              "[64] ended\n");
  EXPECT_FALSE (floe_mdns_resolver_core_is_open (core_, NAME));
}

TEST_F (MdnsResolverCore, AsksNoMoreWhenItHasAnAnswer)
{
  Start ();
  Events ();
  now_us_ += SECOND / 2;
  Handle (*Response (NAME, Ipv4 (1)));
  EXPECT_EQ (Events (), "found4#1");
  EXPECT_FALSE (floe_mdns_resolver_core_is_pending (core_, NAME));
  EXPECT_EQ (Trace (now_us_ + 1000 * SECOND), "[5] ended\n");
}

TEST_F (MdnsResolverCore, TakesTheFirstAddressOfEachFamily)
{
  auto response = Response (NAME, Ipv4 (1));

  Start ();
  Events ();
  AddRecord (response.get (), NAME, Ipv4 (2));
  AddRecord (response.get (), NAME, Ipv6 (3));
  Handle (*response);
  Handle (*Response (NAME, Ipv6 (4)));
  Handle (*Response (NAME, Ipv4 (5)));
  EXPECT_EQ (Events (), "found4#1 found16#3");
  EXPECT_EQ (floe_mdns_resolver_core_get_found (core_, NAME, FLOE_MDNS_FAMILY_IPV4)->bytes[3], 1);
  EXPECT_EQ (floe_mdns_resolver_core_get_found (core_, NAME, FLOE_MDNS_FAMILY_IPV6)->bytes[15], 3);
}

TEST_F (MdnsResolverCore, FindsWhoPublishesLate)
{
  Start ();
  Events ();
  Trace (now_us_ + 20 * SECOND);
  EXPECT_FALSE (floe_mdns_resolver_core_is_pending (core_, NAME));
  Handle (*Response (NAME, Ipv4 (1)));
  EXPECT_EQ (Events (), "found4#1");
  /* There is still time for the other family. */
  now_us_ += SECOND;
  Handle (*Response (NAME, Ipv6 (1)));
  EXPECT_EQ (Events (), "found16#1");
}

TEST_F (MdnsResolverCore, DoesNotTakeAFarewellForAnAddress)
{
  Start ();
  Events ();
  Handle (*Response (NAME, Ipv4 (1), 0));
  EXPECT_EQ (Events (), "");
}

TEST_F (MdnsResolverCore, TakesOnlyAnswersToWhatItAsks)
{
  auto query = Query (NAME, FLOE_MDNS_TYPE_A);

  Start ();
  Events ();
  Handle (*Response (OTHER_NAME, Ipv4 (1)));
  AddRecord (query.get (), NAME, Ipv4 (1)); /* a known answer of somebody who asks, too */
  Handle (*query);
  EXPECT_EQ (Events (), "");
  EXPECT_TRUE (floe_mdns_resolver_core_is_pending (core_, NAME));
}

TEST_F (MdnsResolverCore, TakesNoAnswerWhenItHasGivenUp)
{
  Start ();
  Trace (now_us_ + 1000 * SECOND);
  Handle (*Response (NAME, Ipv4 (1)));
  EXPECT_EQ (Events (), "");
}

TEST_F (MdnsResolverCore, LooksANameUpOnce)
{
  EXPECT_TRUE (Start ());
  EXPECT_TRUE (Start ());
  EXPECT_EQ (Events (), "ask4 ask6");
  floe_mdns_resolver_core_stop (core_, NAME);
  EXPECT_EQ (Deadline (), -1);
  EXPECT_EQ (floe_mdns_resolver_core_get_found (core_, NAME, FLOE_MDNS_FAMILY_IPV4), nullptr);
}

TEST_F (MdnsResolverCore, LooksUpNoMoreThanItsLimit)
{
  int count = 0;

  while (count < 2 * FLOE_MDNS_MAX_LOOKUPS
         && Start (("name-" + std::to_string (count) + ".local").c_str ()))
    count++;
  EXPECT_EQ (count, FLOE_MDNS_MAX_LOOKUPS);
}
