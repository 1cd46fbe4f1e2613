/* SPDX-License-Identifier: MPL-2.0 */
/* Two ends that prove the code to each other, and what goes wrong on the way. */
#include <floe-test.h>

extern "C"
{
#include "handshake.h"
#include "transfer-message.h"
}

namespace
{

std::string
Sdp (const std::string &byte)
{
  std::string digits = byte;

  for (int i = 1; i < FLOE_PROOF_FINGERPRINT_SIZE; i++)
    digits += ":" + byte;
  return "v=0\r\na=fingerprint:sha-256 " + digits + "\r\n";
}

/* One end: A is the sender and offers unless told otherwise. */
struct Setting
{
  guint8 key = 7;
  FloeProofRole role = FLOE_PROOF_SENDER;
  bool offers = true;
  std::string local = Sdp ("AA");
  std::string remote = Sdp ("BB");
};

class End
{
public:
  explicit End (const Setting &setting)
  {
    std::vector<guint8> key (FLOE_CODE_KEY_SIZE, setting.key);
    const HandshakeOptions options = { key.data (),
                                       setting.role,
                                       setting.offers,
                                       FLOE_PRIVACY_LEVEL_NO_HOST,
                                       setting.local.c_str (),
                                       setting.remote.c_str () };
    self_ = handshake_new (&options);
  }
  ~End ()
  {
    handshake_free (self_);
  }
  /* All that it says now. */
  std::vector<std::string> Say ()
  {
    std::vector<std::string> texts;

    while (char *text = handshake_poll (self_))
      texts.push_back (TakeString (text));
    return texts;
  }
  void Hear (const std::vector<std::string> &texts)
  {
    for (const std::string &text : texts)
      handshake_handle_text (self_, text.c_str ());
  }
  Handshake *get ()
  {
    return self_;
  }
  HandshakeState state ()
  {
    return handshake_get_state (self_);
  }

private:
  Handshake *self_;
};

const Setting sender_setting;
const Setting receiver_setting = { 7, FLOE_PROOF_RECEIVER, false, Sdp ("BB"), Sdp ("AA") };

/* Lets @a and @b talk until neither has anything to say. */
void
Talk (End &a, End &b)
{
  for (auto from_a = a.Say (), from_b = b.Say (); !from_a.empty () || !from_b.empty ();
       from_a = a.Say (), from_b = b.Say ())
    {
      b.Hear (from_a);
      a.Hear (from_b);
    }
}

TEST (Handshake, ProvesTwoEndsThatKnowTheCode)
{
  End a (sender_setting), b (receiver_setting);

  Talk (a, b);
  EXPECT_EQ (a.state (), HANDSHAKE_PROVEN);
  EXPECT_EQ (b.state (), HANDSHAKE_PROVEN);
}

TEST (Handshake, ProvesWhicheverSideOffers)
{
  Setting sender = sender_setting, receiver = receiver_setting;
  sender.offers = false;
  receiver.offers = true;
  End a (sender), b (receiver);

  Talk (a, b);
  EXPECT_EQ (a.state (), HANDSHAKE_PROVEN);
  EXPECT_EQ (b.state (), HANDSHAKE_PROVEN);
}

TEST (Handshake, LetsTheReceiverProveFirst)
{
  End a (sender_setting), b (receiver_setting);
  auto hello = a.Say ();

  ASSERT_EQ (hello.size (), 1u);
  EXPECT_NE (hello[0].find ("\"privacy\":\"no-host\""), std::string::npos) << hello[0];
  a.Hear (b.Say ());
  EXPECT_TRUE (a.Say ().empty ()) << "the sender proved to somebody unknown";
  b.Hear (hello);
  EXPECT_EQ (b.Say ().size (), 1u);
  EXPECT_EQ (b.state (), HANDSHAKE_NEEDS_MORE);
}

struct Difference
{
  const char *title;
  Setting sender, receiver;
};

class HandshakeRefuses : public testing::TestWithParam<Difference>
{
};

TEST_P (HandshakeRefuses, EndsThatDoNotSeeTheSame)
{
  End a (GetParam ().sender), b (GetParam ().receiver);

  Talk (a, b);
  for (End *end : { &a, &b })
    {
      EXPECT_EQ (end->state (), HANDSHAKE_FAILED);
      EXPECT_EQ (handshake_get_status (end->get ()), EXIT_STATUS_AUTHENTICATION);
      EXPECT_NE (handshake_get_message (end->get ()), nullptr);
    }
}

const std::string two_fingerprints = Sdp ("AA") + Sdp ("CC");

INSTANTIATE_TEST_SUITE_P (
    Differences, HandshakeRefuses,
    testing::Values (Difference{ "AnotherCode",
                                 sender_setting,
                                 { 8, FLOE_PROOF_RECEIVER, false, Sdp ("BB"), Sdp ("AA") } },
                     Difference{ "SwappedFingerprints",
                                 { 7, FLOE_PROOF_SENDER, true, Sdp ("AA"), Sdp ("CC") },
                                 { 7, FLOE_PROOF_RECEIVER, false, Sdp ("BB"), Sdp ("CC") } },
                     Difference{ "OneSwappedFingerprint",
                                 sender_setting,
                                 { 7, FLOE_PROOF_RECEIVER, false, Sdp ("BB"), Sdp ("CC") } },
                     Difference{ "BothOffer",
                                 sender_setting,
                                 { 7, FLOE_PROOF_RECEIVER, true, Sdp ("BB"), Sdp ("AA") } },
                     Difference{ "AnAddedFingerprint",
                                 sender_setting,
                                 { 7, FLOE_PROOF_RECEIVER, false, Sdp ("BB"), two_fingerprints } },
                     Difference{ "NoFingerprint",
                                 { 7, FLOE_PROOF_SENDER, true, Sdp ("AA"), "v=0\r\n" },
                                 receiver_setting }),
    [] (const auto &info) { return std::string (info.param.title); });

/* What a stranger says to a sender, and how that ends. */
struct Speech
{
  const char *title;
  std::vector<std::string> texts;
  ExitStatus status;
};

class HandshakeEnds : public testing::TestWithParam<Speech>
{
};

TEST_P (HandshakeEnds, WhenAStrangerSays)
{
  End a (sender_setting);
  auto hello = a.Say ();

  a.Hear (GetParam ().texts);
  EXPECT_EQ (a.state (), HANDSHAKE_FAILED);
  EXPECT_EQ (handshake_get_status (a.get ()), GetParam ().status);
  for (const std::string &text : a.Say ())
    EXPECT_EQ (text.find ("{\"type\":\"error\""), 0u) << text;
}

const std::string nonce (64, '4');
const std::string hello =
    "{\"type\":\"hello\",\"version\":1,\"role\":\"receive\",\"nonce\":\"" + nonce + "\"}";
const std::string proof = "{\"type\":\"proof\",\"mac\":\"" + nonce + "\"}";

INSTANTIATE_TEST_SUITE_P (
    Speeches, HandshakeEnds,
    testing::Values (
        Speech{ "AWrongProof", { hello, proof }, EXIT_STATUS_AUTHENTICATION },
        Speech{ "ProofBeforeHello", { proof }, EXIT_STATUS_FAILED },
        Speech{ "HelloTwice", { hello, hello }, EXIT_STATUS_FAILED },
        Speech{ "AcceptBeforeProof", { hello, "{\"type\":\"accept\"}" }, EXIT_STATUS_FAILED },
        Speech{
            "TheSameRole",
            { "{\"type\":\"hello\",\"version\":1,\"role\":\"send\",\"nonce\":\"" + nonce + "\"}" },
            EXIT_STATUS_FAILED },
        Speech{ "AnotherVersion",
                { "{\"type\":\"hello\",\"version\":2,\"role\":\"receive\",\"nonce\":\"" + nonce
                  + "\"}" },
                EXIT_STATUS_FAILED },
        Speech{ "NoNonce",
                { "{\"type\":\"hello\",\"version\":1,\"role\":\"receive\"}" },
                EXIT_STATUS_FAILED },
        Speech{ "Nonsense", { "hello" }, EXIT_STATUS_FAILED },
        Speech{ "AnotherCode",
                { hello, "{\"type\":\"error\",\"code\":\"authentication\"}" },
                EXIT_STATUS_AUTHENTICATION },
        Speech{ "AnError",
                { "{\"type\":\"error\",\"code\":\"interrupted\",\"message\":\"x\"}" },
                EXIT_STATUS_FAILED }),
    [] (const auto &info) { return std::string (info.param.title); });

TEST (Handshake, DoesNotTakeItsOwnProofForAnothers)
{
  End b (receiver_setting);
  auto said = b.Say ();

  b.Hear ({ "{\"type\":\"hello\",\"version\":1,\"role\":\"send\",\"nonce\":\"" + nonce + "\"}" });
  auto own_proof = b.Say ();
  ASSERT_EQ (own_proof.size (), 1u);
  b.Hear (own_proof);
  EXPECT_EQ (b.state (), HANDSHAKE_FAILED);
  EXPECT_EQ (handshake_get_status (b.get ()), EXIT_STATUS_AUTHENTICATION);
}

TEST (Handshake, TakesNoProofOfAnotherTime)
{
  End a (sender_setting), b (receiver_setting), later (sender_setting);
  auto hello_a = a.Say (), hello_b = b.Say ();

  b.Hear (hello_a);
  auto proof_b = b.Say ();
  a.Hear (hello_b);
  a.Hear (proof_b);
  EXPECT_EQ (a.state (), HANDSHAKE_PROVEN);
  later.Say ();
  later.Hear (hello_b);
  later.Hear (proof_b);
  EXPECT_EQ (later.state (), HANDSHAKE_FAILED);
}

TEST (Handshake, IgnoresWhatItDoesNotKnow)
{
  End a (sender_setting), b (receiver_setting);

  a.Hear ({ "{\"type\":\"news\"}" });
  b.Hear ({ "{\"type\":\"news\",\"proof\":1}" });
  Talk (a, b);
  EXPECT_EQ (a.state (), HANDSHAKE_PROVEN);
  EXPECT_EQ (b.state (), HANDSHAKE_PROVEN);
}

TEST (Handshake, TakesNoContentBeforeTheProof)
{
  End a (sender_setting);

  handshake_handle_bytes (a.get ());
  EXPECT_EQ (a.state (), HANDSHAKE_FAILED);
  EXPECT_EQ (handshake_get_status (a.get ()), EXIT_STATUS_FAILED);
}

TEST (Handshake, HearsNothingAfterItsEnd)
{
  End a (sender_setting), b (receiver_setting);

  Talk (a, b);
  a.Hear ({ "nonsense" });
  handshake_handle_bytes (a.get ());
  EXPECT_EQ (a.state (), HANDSHAKE_PROVEN);
}

} // namespace
