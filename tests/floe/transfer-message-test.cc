/* SPDX-License-Identifier: MPL-2.0 */
/* The messages of a transfer: what is refused, and that what was written is read. */
#include <floe-test.h>

extern "C"
{
#include "transfer-message.h"
}

namespace
{

struct Text
{
  const char *title;
  std::string text;
};

class TransferMessageRejects : public testing::TestWithParam<Text>
{
};

TEST_P (TransferMessageRejects, WhatBreaksTheProtocol)
{
  g_auto (TransferMessage) message = {};
  ErrorHolder error;

  EXPECT_FALSE (transfer_message_read (GetParam ().text.c_str (), &message, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX));
  EXPECT_EQ (message.kind, TRANSFER_MESSAGE_UNKNOWN);
}

const std::string digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::string
Message (const std::string &type, const std::string &members)
{
  return "{\"type\":\"" + type + "\"" + (members.empty () ? "" : "," + members) + "}";
}

std::string
Item (const std::string &members)
{
  return Message ("offer", "\"files\":1,\"bytes\":1,\"items\":[" + members + "]");
}

INSTANTIATE_TEST_SUITE_P (
    Frames, TransferMessageRejects,
    testing::Values (Text{ "Empty", "" }, Text{ "NoJson", "hello" }, Text{ "NoObject", "[]" },
                     Text{ "NoType", "{}" }, Text{ "TypeNoText", "{\"type\":1}" },
                     Text{ "TypeHalfACharacter", "{\"type\":\"\\ud800\"}" },
                     Text{ "Deep", Message ("x", "\"a\":" + std::string (30000, '[')) },
                     Text{ "TooLong",
                           Message ("accept", "\"a\":\"" + std::string (65536, 'x') + "\"") }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Dialogue, TransferMessageRejects,
    testing::Values (
        Text{ "HelloNoVersion",
              Message ("hello", "\"role\":\"send\",\"nonce\":\"" + digits + "\"") },
        Text{ "HelloVersionText", Message ("hello", "\"version\":\"1\"") },
        Text{ "HelloNoRole", Message ("hello", "\"version\":1,\"nonce\":\"" + digits + "\"") },
        Text{ "HelloRole",
              Message ("hello", "\"version\":1,\"role\":\"x\",\"nonce\":\"" + digits + "\"") },
        Text{ "HelloShortNonce",
              Message ("hello", "\"version\":1,\"role\":\"send\",\"nonce\":\"00\"") },
        Text{ "ProofNone", Message ("proof", "") },
        Text{ "ProofShort", Message ("proof", "\"mac\":\"00\"") },
        Text{ "ProofLong", Message ("proof", "\"mac\":\"" + digits + "0\"") },
        Text{ "ProofUpper", Message ("proof", "\"mac\":\"A" + digits.substr (1) + "\"") },
        Text{ "SkipNothing", Message ("skip", "") },
        Text{ "SkipNull", Message ("skip", "\"index\":null") },
        Text{ "SkipNegative", Message ("skip", "\"index\":-1") },
        Text{ "StoredText", Message ("stored", "\"index\":\"1\"") },
        Text{ "StoredHuge", Message ("stored", "\"index\":4294967296") },
        Text{ "DoneNoFiles", Message ("done", "\"bytes\":1") },
        Text{ "DoneNoBytes", Message ("done", "\"files\":1") },
        Text{ "DoneFraction", Message ("done", "\"files\":1,\"bytes\":1.5") },
        Text{ "DoneHuge", Message ("done", "\"files\":1,\"bytes\":9007199254740992") },
        Text{ "DoneOverflow", Message ("done", "\"files\":1,\"bytes\":99999999999999999999") }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Offers, TransferMessageRejects,
    testing::Values (
        Text{ "NoItems", Message ("offer", "\"files\":1,\"bytes\":1") },
        Text{ "ItemsObject", Message ("offer", "\"files\":1,\"bytes\":1,\"items\":{}") },
        Text{ "NoFiles", Message ("offer", "\"bytes\":1,\"items\":[]") },
        Text{ "NegativeBytes", Message ("offer", "\"files\":1,\"bytes\":-1,\"items\":[]") },
        Text{ "MoreText",
              Message ("offer", "\"files\":1,\"bytes\":1,\"items\":[],\"more\":\"1\"") },
        Text{ "ItemText", Item ("\"a\"") }, Text{ "ItemNull", Item ("null") },
        Text{ "ItemNoName", Item ("{\"kind\":\"file\",\"size\":1}") },
        Text{ "ItemNoKind", Item ("{\"name\":\"a\",\"size\":1}") },
        Text{ "ItemOtherKind", Item ("{\"name\":\"a\",\"kind\":\"pipe\",\"size\":1}") },
        Text{ "FolderNoFiles", Item ("{\"name\":\"a\",\"kind\":\"folder\",\"size\":1}") },
        Text{ "ItemNegative", Item ("{\"name\":\"a\",\"kind\":\"file\",\"size\":-1}") },
        Text{ "SecondItem", Item ("{\"name\":\"a\",\"kind\":\"file\",\"size\":1},{}") },
        Text{ "NameLong", Item ("{\"name\":\"" + std::string (5000, 'x')
                                + "\",\"kind\":\"file\",\"size\":1}") }),
    [] (const auto &info) { return std::string (info.param.title); });

INSTANTIATE_TEST_SUITE_P (
    Entries, TransferMessageRejects,
    testing::Values (
        Text{ "FolderNoPath", Message ("folder", "\"mode\":1") },
        Text{ "FolderLongPath",
              Message ("folder", "\"path\":\"" + std::string (4097, 'x') + "\"") },
        Text{ "FolderMode", Message ("folder", "\"path\":\"a\",\"mode\":512") },
        Text{ "FolderModeText", Message ("folder", "\"path\":\"a\",\"mode\":\"1\"") },
        Text{ "FolderTime", Message ("folder", "\"path\":\"a\",\"mtime\":-1") },
        Text{ "FileNoIndex", Message ("file", "\"path\":\"a\",\"size\":1") },
        Text{ "FileNoPath", Message ("file", "\"index\":0,\"size\":1") },
        Text{ "FileSizeText", Message ("file", "\"index\":0,\"path\":\"a\",\"size\":\"1\"") },
        Text{ "FilePathSurrogate",
              Message ("file", "\"index\":0,\"path\":\"a\\udc00b\",\"size\":1") },
        Text{ "EndNoIndex", Message ("end", "\"bytes\":1,\"sha256\":\"" + digits + "\"") },
        Text{ "EndNoBytes", Message ("end", "\"index\":0,\"sha256\":\"" + digits + "\"") },
        Text{ "EndNoHash", Message ("end", "\"index\":0,\"bytes\":1") },
        Text{ "EndNotSkipped", Message ("end", "\"index\":0,\"skipped\":false") },
        Text{ "LinkNoTarget", Message ("link", "\"path\":\"a\"") },
        Text{ "LinkNoPath", Message ("link", "\"target\":\"a\"") },
        Text{ "LinkLongTarget",
              Message ("link", "\"path\":\"a\",\"target\":\"" + std::string (4097, 'x') + "\"") }),
    [] (const auto &info) { return std::string (info.param.title); });

/* Reads what was written, and frees it. */
class ReadBack
{
public:
  explicit ReadBack (char *text)
  {
    g_autofree char *owned = text;
    EXPECT_LE (strlen (owned), (size_t) TRANSFER_MAX_TEXT_SIZE);
    EXPECT_TRUE (transfer_message_read (owned, &message_, nullptr)) << owned;
  }
  ~ReadBack ()
  {
    transfer_message_clear (&message_);
  }
  const TransferMessage *operator->() const
  {
    return &message_;
  }

private:
  TransferMessage message_ = {};
};

TEST (TransferMessage, ReadsTheDialogueItWrites)
{
  guint8 nonce[FLOE_PROOF_NONCE_SIZE] = { 1, 2, 3 };
  const TransferDone totals = { 3, TRANSFER_MAX_NUMBER };
  ReadBack hello (transfer_message_write_hello (FLOE_PROOF_SENDER, nonce, FLOE_PRIVACY_LEVEL_OPEN));
  ReadBack proof (transfer_message_write_proof (digits.c_str ()));
  ReadBack error (transfer_message_write_error (TRANSFER_ERROR_TIMEOUT, "why"));
  ReadBack accept (transfer_message_write_accept ());
  ReadBack refuse (transfer_message_write_refuse ("no \"thanks\""));
  ReadBack skip (transfer_message_write_skip (7));
  ReadBack stored (transfer_message_write_stored (G_MAXINT32));
  ReadBack done (transfer_message_write_done (&totals));

  EXPECT_EQ (hello->kind, TRANSFER_MESSAGE_HELLO);
  EXPECT_EQ (hello->hello.version, TRANSFER_VERSION);
  EXPECT_EQ (hello->hello.role, FLOE_PROOF_SENDER);
  EXPECT_EQ (memcmp (hello->hello.nonce, nonce, sizeof nonce), 0);
  EXPECT_EQ (proof->kind, TRANSFER_MESSAGE_PROOF);
  EXPECT_EQ (proof->mac, digits);
  EXPECT_EQ (error->error.code, TRANSFER_ERROR_TIMEOUT);
  EXPECT_STREQ (error->error.message, "why");
  EXPECT_EQ (accept->kind, TRANSFER_MESSAGE_ACCEPT);
  EXPECT_STREQ (refuse->reason, "no \"thanks\"");
  EXPECT_EQ (skip->kind, TRANSFER_MESSAGE_SKIP);
  EXPECT_EQ (skip->index, 7u);
  EXPECT_EQ (stored->kind, TRANSFER_MESSAGE_STORED);
  EXPECT_EQ (stored->index, (guint) G_MAXINT32);
  EXPECT_EQ (done->done.files, 3u);
  EXPECT_EQ (done->done.bytes, TRANSFER_MAX_NUMBER);
}

TEST (TransferMessage, ReadsTheEntriesItWrites)
{
  char path[] = "a \"b\"\n/\xc3\xbc", target[] = "../c";
  const TransferEntry entry = { path, target, 9, 1234, 0755, 1700000000000 };
  const TransferEntry bare = { path, nullptr, 0, -1, G_MAXUINT, -1 };
  TransferEnd whole = { 9, FALSE, 1234, {} };
  const TransferEnd skipped = { 9, TRUE, 0, {} };
  memcpy (whole.sha256, digits.c_str (), sizeof whole.sha256);
  ReadBack folder (transfer_message_write_folder (&entry));
  ReadBack file (transfer_message_write_file (&entry));
  ReadBack unknown (transfer_message_write_file (&bare));
  ReadBack link (transfer_message_write_link (&entry));
  ReadBack end (transfer_message_write_end (&whole));
  ReadBack end_skipped (transfer_message_write_end (&skipped));

  EXPECT_EQ (folder->kind, TRANSFER_MESSAGE_FOLDER);
  EXPECT_STREQ (folder->entry.path, path);
  EXPECT_EQ (folder->entry.mode, 0755u);
  EXPECT_EQ (folder->entry.mtime_ms, 1700000000000);
  EXPECT_EQ (file->kind, TRANSFER_MESSAGE_FILE);
  EXPECT_EQ (file->entry.index, 9u);
  EXPECT_EQ (file->entry.size, 1234);
  EXPECT_EQ (unknown->entry.size, -1);
  EXPECT_EQ (unknown->entry.mode, G_MAXUINT);
  EXPECT_EQ (unknown->entry.mtime_ms, -1);
  EXPECT_EQ (link->kind, TRANSFER_MESSAGE_LINK);
  EXPECT_STREQ (link->entry.target, target);
  EXPECT_FALSE (end->end.is_skipped);
  EXPECT_EQ (end->end.bytes, 1234);
  EXPECT_EQ (end->end.sha256, digits);
  EXPECT_TRUE (end_skipped->end.is_skipped);
}

TEST (TransferMessage, ReadsTheOfferItWrites)
{
  char file_name[] = "notes.txt", folder_name[] = "photos", link_name[] = "latest";
  const TransferItem items[] = { { file_name, TRANSFER_ITEM_FILE, 0, -1 },
                                 { folder_name, TRANSFER_ITEM_FOLDER, 9, 5000 },
                                 { link_name, TRANSFER_ITEM_LINK, 0, 0 } };
  ReadBack offer (transfer_message_write_offer (10, -1, items, G_N_ELEMENTS (items)));

  ASSERT_EQ (offer->kind, TRANSFER_MESSAGE_OFFER);
  EXPECT_EQ (offer->offer.files, 10u);
  EXPECT_EQ (offer->offer.bytes, -1);
  EXPECT_EQ (offer->offer.more, 0u);
  ASSERT_EQ (offer->offer.items->len, 3u);
  for (guint i = 0; i < 3; i++)
    {
      auto item = static_cast<const TransferItem *> (g_ptr_array_index (offer->offer.items, i));
      EXPECT_STREQ (item->name, items[i].name);
      EXPECT_EQ (item->kind, items[i].kind);
      EXPECT_EQ (item->files, items[i].files);
      EXPECT_EQ (item->size, items[i].size);
    }
}

TEST (TransferMessage, CountsTheItemsThatDoNotFit)
{
  std::string name (255, '\x1f'); /* six bytes each, as JSON */
  std::vector<TransferItem> items (1000, { name.data (), TRANSFER_ITEM_FILE, 0, 1 });
  ReadBack offer (transfer_message_write_offer (1000, 1000, items.data (), 1000));

  ASSERT_EQ (offer->kind, TRANSFER_MESSAGE_OFFER);
  EXPECT_GT (offer->offer.items->len, 10u);
  EXPECT_EQ (offer->offer.items->len + offer->offer.more, 1000u);
}

TEST (TransferMessage, TellsUnknownTypesApart)
{
  g_auto (TransferMessage) message = {};

  ASSERT_TRUE (transfer_message_read ("{\"type\":\"news\",\"index\":-1}", &message, nullptr));
  EXPECT_EQ (message.kind, TRANSFER_MESSAGE_UNKNOWN);
}

TEST (TransferMessage, ReadsNothingElseOfAnotherVersion)
{
  g_auto (TransferMessage) message = {};

  ASSERT_TRUE (transfer_message_read ("{\"type\":\"hello\",\"version\":2}", &message, nullptr));
  EXPECT_EQ (message.hello.version, 2);
}

TEST (TransferMessage, ShowsOnlyTheBeginningOfALongReason)
{
  std::string text = Message ("error", "\"message\":\"" + std::string (9000, 'x') + "\"");
  g_auto (TransferMessage) message = {};

  ASSERT_TRUE (transfer_message_read (text.c_str (), &message, nullptr));
  EXPECT_EQ (strlen (message.error.message), 200u);
}

TEST (TransferMessage, LetsThePeerChooseNoOtherStatusThanThatOfWhatIsShared)
{
  for (auto code : { TRANSFER_ERROR_FAILED, TRANSFER_ERROR_PROTOCOL, TRANSFER_ERROR_FILE,
                     TRANSFER_ERROR_TIMEOUT, TRANSFER_ERROR_INTERRUPTED })
    EXPECT_EQ (transfer_error_code_to_status (code), EXIT_STATUS_FAILED);
  EXPECT_EQ (transfer_error_code_to_status (TRANSFER_ERROR_INTEGRITY), EXIT_STATUS_INTEGRITY);
  EXPECT_EQ (transfer_error_code_to_status (TRANSFER_ERROR_AUTHENTICATION),
             EXIT_STATUS_AUTHENTICATION);
}

TEST (TransferMessage, TellsOfAnEndWithAReasonAndWithout)
{
  char reason[] = "too hot", none[] = "";
  const TransferError hot = { TRANSFER_ERROR_FAILED, reason };
  const TransferError silent = { TRANSFER_ERROR_FAILED, none };

  EXPECT_EQ (TakeString (transfer_error_to_text (&hot)), "The other side gave up: too hot");
  EXPECT_EQ (TakeString (transfer_error_to_text (&silent)), "The other side gave up");
}

} // namespace
