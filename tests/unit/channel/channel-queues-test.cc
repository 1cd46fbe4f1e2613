/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dcep-codec-private.h"
#include "floe-message-text-private.h"
#include "floe-receive-account-core-private.h"
#include "floe-send-queue-core-private.h"
#include "floe-test.h"

class SendQueue : public testing::Test
{
protected:
  ~SendQueue () override
  {
    floe_send_queue_core_free (core_);
  }

  void Push (guint32 key, const std::string &data, bool is_text = true)
  {
    g_autoptr (GBytes) bytes = g_bytes_new (data.data (), data.size ());
    floe_send_queue_core_push (core_, key, is_text, bytes);
  }

  std::string Take ()
  {
    g_auto (FloeQueuedMessage) message = {};
    if (!floe_send_queue_core_take (core_, &message))
      return "(none)";
    return Text (message);
  }

  static std::string Text (const FloeQueuedMessage &message)
  {
    gsize size;
    auto *data = static_cast<const char *> (g_bytes_get_data (message.wire, &size));
    return std::string (data, size);
  }

  FloeSendQueueCore *core_ = floe_send_queue_core_new ();
};

TEST_F (SendQueue, ServesStartedChannelsInTurn)
{
  Push (1, "a1");
  Push (1, "a2");
  Push (1, "a3");
  Push (3, "b1");
  Push (5, "c1");
  EXPECT_EQ (Take (), "(none)");
  floe_send_queue_core_start (core_, 1);
  floe_send_queue_core_start (core_, 3);
  EXPECT_EQ (Take (), "a1");
  EXPECT_EQ (Take (), "b1");
  EXPECT_EQ (Take (), "a2");
  EXPECT_EQ (Take (), "a3");
  EXPECT_EQ (Take (), "(none)");
  floe_send_queue_core_start (core_, 5);
  EXPECT_EQ (Take (), "c1");
}

TEST_F (SendQueue, WhatIsPutBackComesFirst)
{
  FloeQueuedMessage message;
  Push (1, "a1");
  Push (1, "a2");
  Push (3, "b1");
  floe_send_queue_core_start (core_, 1);
  floe_send_queue_core_start (core_, 3);
  ASSERT_TRUE (floe_send_queue_core_take (core_, &message));
  EXPECT_EQ (floe_send_queue_core_get_total (core_), 4u);
  floe_send_queue_core_put_back (core_, &message);
  EXPECT_EQ (floe_send_queue_core_get_total (core_), 6u);
  EXPECT_EQ (Take (), "a1");
  EXPECT_EQ (Take (), "b1");
  EXPECT_EQ (Take (), "a2");
}

TEST_F (SendQueue, WhatIsPutBackToAClearedChannelIsGone)
{
  FloeQueuedMessage message;
  Push (1, "a1");
  floe_send_queue_core_start (core_, 1);
  ASSERT_TRUE (floe_send_queue_core_take (core_, &message));
  floe_send_queue_core_clear (core_, 1);
  floe_send_queue_core_put_back (core_, &message);
  EXPECT_EQ (Take (), "(none)");
}

TEST_F (SendQueue, DcepGoesBeforeWhatWaits)
{
  Push (1, "data");
  floe_send_queue_core_push_dcep (core_, 1, g_bytes_new_static ("open", 4));
  floe_send_queue_core_start (core_, 1);
  g_auto (FloeQueuedMessage) message = {};
  ASSERT_TRUE (floe_send_queue_core_take (core_, &message));
  EXPECT_TRUE (message.is_dcep);
  EXPECT_EQ (message.ppid, guint32 (FLOE_PPID_DCEP));
  EXPECT_EQ (message.size, 0u);
  EXPECT_EQ (Take (), "data");
}

TEST_F (SendQueue, CountsBytesByChannel)
{
  Push (1, "four");
  Push (3, "sixsix");
  EXPECT_EQ (floe_send_queue_core_get_size (core_, 1), 4u);
  EXPECT_EQ (floe_send_queue_core_get_size (core_, 3), 6u);
  EXPECT_EQ (floe_send_queue_core_get_size (core_, 5), 0u);
  EXPECT_EQ (floe_send_queue_core_get_total (core_), 10u);
  EXPECT_FALSE (floe_send_queue_core_is_empty (core_, 1));
  floe_send_queue_core_clear (core_, 1);
  EXPECT_TRUE (floe_send_queue_core_is_empty (core_, 1));
  EXPECT_EQ (floe_send_queue_core_get_total (core_), 6u);
}

TEST_F (SendQueue, PpidsTellTextBinaryAndEmpty)
{
  const struct
  {
    const char *data;
    bool is_text;
    guint32 ppid;
    gsize wire_size;
  } cases[] = {
    { "x", true, 51, 1 }, { "x", false, 53, 1 }, { "", true, 56, 1 }, { "", false, 57, 1 }
  };
  floe_send_queue_core_start (core_, 1);
  for (auto &test : cases)
    {
      g_auto (FloeQueuedMessage) message = {};
      Push (1, test.data, test.is_text);
      ASSERT_TRUE (floe_send_queue_core_take (core_, &message));
      EXPECT_EQ (message.ppid, test.ppid);
      EXPECT_EQ (g_bytes_get_size (message.wire), test.wire_size);
      EXPECT_EQ (message.size, strlen (test.data));
    }
}

class ReceiveAccount : public testing::Test
{
protected:
  ~ReceiveAccount () override
  {
    floe_receive_account_core_free (core_);
  }
  void Delivered (guint32 key, gsize size)
  {
    floe_receive_account_core_handle_delivered (core_, key, size);
  }
  void Consumed (guint32 key, gsize size)
  {
    floe_receive_account_core_handle_consumed (core_, key, size);
  }
  bool MayRead ()
  {
    return floe_receive_account_core_may_read (core_);
  }

  FloeReceiveAccountCore *core_ = floe_receive_account_core_new (100, 250);
};

TEST_F (ReceiveAccount, AChannelStopsReadingOverItsBoundUntilUnderHalf)
{
  Delivered (1, 100);
  EXPECT_TRUE (MayRead ());
  Delivered (1, 1);
  EXPECT_FALSE (MayRead ());
  Consumed (1, 51);
  EXPECT_FALSE (MayRead ());
  Consumed (1, 1);
  EXPECT_TRUE (MayRead ());
}

TEST_F (ReceiveAccount, AllTogetherStopReadingToo)
{
  for (guint32 key : { 1, 2, 3 })
    Delivered (key, 80);
  EXPECT_TRUE (MayRead ());
  Delivered (4, 11);
  EXPECT_FALSE (MayRead ());
  Consumed (1, 80);
  EXPECT_FALSE (MayRead ());
  Consumed (2, 80);
  EXPECT_TRUE (MayRead ());
}

TEST_F (ReceiveAccount, TwoFullChannelsMustBothBeRead)
{
  Delivered (1, 110);
  Delivered (2, 110);
  Consumed (1, 110);
  EXPECT_FALSE (MayRead ());
  Consumed (2, 110);
  EXPECT_TRUE (MayRead ());
}

TEST_F (ReceiveAccount, MoreThanWasDeliveredCountsAsAllOfIt)
{
  Delivered (1, 200);
  Delivered (2, 40);
  Consumed (1, 1000000);
  Consumed (7, 50);
  EXPECT_TRUE (MayRead ());
  Delivered (2, 61);
  EXPECT_FALSE (MayRead ());
}

static std::string
MakeValid (const std::string &text)
{
  g_autoptr (GBytes) bytes =
      floe_message_text_make_valid (g_bytes_new (text.data (), text.size ()));
  gsize size;
  auto *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));
  return std::string (data != nullptr ? data : "", size);
}

TEST (MessageText, ValidTextIsLeftAlone)
{
  for (const std::string &text : { std::string (), std::string ("abc"), std::string ("\0", 1),
                                   std::string ("a\0\0\xc3\xa9", 5) })
    EXPECT_EQ (MakeValid (text), text);
  GBytes *bytes = g_bytes_new_static ("same", 4);
  GBytes *same = floe_message_text_make_valid (bytes);
  EXPECT_EQ (bytes, same);
  g_bytes_unref (same);
}

TEST (MessageText, InvalidBytesAreReplacedAndNulsKept)
{
  EXPECT_EQ (MakeValid ("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ (MakeValid (std::string ("\0\xff\0", 3)), std::string ("\0\xef\xbf\xbd\0", 5));
  EXPECT_EQ (MakeValid (std::string ("ok\0\xc3", 4)), std::string ("ok\0\xef\xbf\xbd", 6));
}
