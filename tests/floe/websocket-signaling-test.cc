/* SPDX-License-Identifier: MPL-2.0 */
/* The WebSocket's end of signalling against a server that says what a test tells it to. */
#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include <algorithm>

#include "signaling-trace.h"

extern "C"
{
#include "floe-signaling-message.h"
#include "floe-websocket-signaling.h"
}

namespace
{

/* JSON from @text, which has single quotes, so that it can be read in here. */
std::string
Json (std::string text)
{
  std::replace (text.begin (), text.end (), '\'', '"');
  return text;
}

const char welcome[] = "{'type':'welcome'}";
const char peer[] = "{'type':'peer','session':1,'offers':true}";
const char candidate_line[] = "candidate:1 1 udp 1 127.0.0.1 9 typ host";

std::string
Candidate (int session)
{
  return "{'type':'candidate','session':" + std::to_string (session) + ",'candidate':{'candidate':'"
         + candidate_line + "','sdpMid':'0'}}";
}

std::string
Description (int session, const char *sdp)
{
  return "{'type':'description','session':" + std::to_string (session)
         + ",'description':{'type':'offer','sdp':'" + sdp + "'}}";
}

class WebsocketSignalingTest : public testing::Test
{
protected:
  WebsocketSignalingTest ()
  {
    char protocol[] = "floe.1";
    char *protocols[] = { protocol, nullptr };
    GSList *uris;

    server_ = soup_server_new (nullptr, nullptr);
    soup_server_add_websocket_handler (server_, "/ws", nullptr, protocols, OnConnection, this,
                                       nullptr);
    EXPECT_TRUE (soup_server_listen_local (server_, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, nullptr));
    uris = soup_server_get_uris (server_);
    address_.scheme = g_strdup ("http");
    address_.host = g_strdup ("127.0.0.1");
    address_.port = static_cast<guint16> (g_uri_get_port (static_cast<GUri *> (uris->data)));
    address_.has_code = TRUE;
    g_slist_free_full (uris, reinterpret_cast<GDestroyNotify> (g_uri_unref));
  }
  ~WebsocketSignalingTest () override
  {
    Hang ();
    soup_server_disconnect (server_);
    g_object_unref (server_);
    floe_room_address_clear (&address_);
  }

  /* A signaling for which the server has said @lines after its join. */
  std::unique_ptr<SignalingTrace> Join (const std::vector<std::string> &lines)
  {
    script_ = lines;
    return std::make_unique<SignalingTrace> (
        floe_websocket_signaling_new (&address_, FALSE, nullptr));
  }
  void Say (const std::string &text)
  {
    soup_websocket_connection_send_text (connection_, Json (text).c_str ());
  }
  /* Lets the server end the connection. */
  void Hang ()
  {
    if (connection_ == nullptr)
      return;
    g_signal_handlers_disconnect_by_data (connection_, this);
    if (soup_websocket_connection_get_state (connection_) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close (connection_, 1001, nullptr);
    g_clear_object (&connection_);
  }

  static void OnConnection (SoupServer *, SoupServerMessage *, const char *,
                            SoupWebsocketConnection *connection, gpointer user_data)
  {
    auto *self = static_cast<WebsocketSignalingTest *> (user_data);

    self->connection_ = SOUP_WEBSOCKET_CONNECTION (g_object_ref (connection));
    g_signal_connect (connection, "message", G_CALLBACK (OnMessage), self);
    g_signal_connect (connection, "closed", G_CALLBACK (OnClosed), self);
  }
  static void OnMessage (SoupWebsocketConnection *, int, GBytes *bytes,
                         WebsocketSignalingTest *self)
  {
    gsize size;
    const char *text = static_cast<const char *> (g_bytes_get_data (bytes, &size));

    self->heard_.emplace_back (text, size);
    for (const std::string &line : self->script_)
      self->Say (line);
    self->script_.clear ();
  }
  static void OnClosed (SoupWebsocketConnection *, WebsocketSignalingTest *self)
  {
    self->is_closed_ = true;
  }

  SoupServer *server_;
  SoupWebsocketConnection *connection_ = nullptr;
  FloeRoomAddress address_ = {};
  std::vector<std::string> script_;
  std::vector<std::string> heard_;
  bool is_closed_ = false;
};

TEST_F (WebsocketSignalingTest, MapsWhatTheRendezvousSays)
{
  auto trace =
      Join ({ "{'type':'welcome','iceServers':[{'urls':'stun:a'}]}", peer, Description (1, "x"),
              Candidate (1), "{'type':'candidate','session':1,'candidate':null}",
              "{'type':'gone','session':1}", "{'type':'peer','session':2}" });
  const std::string expected =
      "welcome:1 peer:offers description:x candidate end gone peer:answers";

  EXPECT_EQ (trace->After (expected), expected);
}

TEST_F (WebsocketSignalingTest, JoinsUnderANewNameEachTime)
{
  auto one = Join ({ welcome });
  one->After ("welcome:0");
  Hang ();
  auto two = Join ({ welcome });
  two->After ("welcome:0");

  ASSERT_EQ (heard_.size (), 2U);
  EXPECT_EQ (heard_[0].find (Json ("{'type':'join','id':'")), 0U) << heard_[0];
  EXPECT_NE (heard_[0].find (Json ("'opens':false")), std::string::npos) << heard_[0];
  EXPECT_NE (heard_[0], heard_[1]);
}

TEST_F (WebsocketSignalingTest, DropsWhatIsOfAnotherSession)
{
  auto trace = Join ({ welcome, Candidate (1), peer, Candidate (2), Description (0, "old"),
                       "{'type':'gone','session':2}", "{'type':'gone','session':1}", Candidate (1),
                       "{'type':'peer','session':3}", Candidate (1), Description (3, "new") });
  const std::string expected = "welcome:0 peer:offers gone peer:answers description:new";

  EXPECT_EQ (trace->After (expected), expected);
}

TEST_F (WebsocketSignalingTest, TellsThatOneLeftBeforeItTellsOfTheNext)
{
  auto trace = Join ({ welcome, peer, peer, "{'type':'peer','session':2}" });
  const std::string expected = "welcome:0 peer:offers gone peer:answers";

  EXPECT_EQ (trace->After (expected), expected);
}

TEST_F (WebsocketSignalingTest, LetsNobodyInBeforeTheRoomDoes)
{
  auto trace = Join ({ peer, Candidate (1), welcome, welcome, "{'type':'peer','session':2}" });

  EXPECT_EQ (trace->After ("welcome:0 peer:answers"), "welcome:0 peer:answers");
}

TEST_F (WebsocketSignalingTest, LeavesOutWhatItDoesNotKnow)
{
  auto trace = Join ({ welcome, "{'type':'news'}", "{}", peer,
                       "{'type':'candidate','session':1,'candidate':{'candidate':'new kind'}}",
                       Candidate (1) });

  EXPECT_EQ (trace->After ("welcome:0 peer:offers candidate"), "welcome:0 peer:offers candidate");
}

TEST_F (WebsocketSignalingTest, SendsForTheSessionThatIsThere)
{
  g_autoptr (FloeSessionDescription) description =
      floe_session_description_new (FLOE_SDP_TYPE_OFFER, "s");
  auto trace = Join ({ welcome });

  trace->After ("welcome:0");
  floe_signaling_send_description (trace->get (), description); /* for nobody */
  floe_signaling_dismiss_peer (trace->get ());
  Say ("{'type':'peer','session':9,'offers':true}");
  trace->After ("welcome:0 peer:offers");
  floe_signaling_send_description (trace->get (), description);
  floe_signaling_send_candidate (trace->get (), nullptr);
  floe_signaling_dismiss_peer (trace->get ());
  floe_signaling_send_candidate (trace->get (), nullptr); /* for nobody */
  floe_signaling_close (trace->get ());
  ASSERT_TRUE (RunUntil ([&] { return is_closed_; }));
  ASSERT_EQ (heard_.size (), 4U);
  EXPECT_EQ (heard_[1], Json (Description (9, "s")));
  EXPECT_EQ (heard_[2], Json ("{'type':'candidate','session':9,'candidate':null}"));
  EXPECT_EQ (heard_[3], Json ("{'type':'gone','session':9}"));
}

TEST_F (WebsocketSignalingTest, DropsWhatOneSentWhoWasDismissed)
{
  auto trace = Join ({ welcome, peer });

  trace->After ("welcome:0 peer:offers");
  floe_signaling_dismiss_peer (trace->get ());
  Say (Candidate (1));
  Say ("{'type':'gone','session':1}");
  Say ("{'type':'peer','session':2}");
  EXPECT_EQ (trace->After ("welcome:0 peer:offers peer:answers"),
             "welcome:0 peer:offers peer:answers");
}

TEST_F (WebsocketSignalingTest, EndsWithWhatTheRendezvousRefuses)
{
  auto trace = Join ({ "{'type':'error','code':'no-room'}", welcome });

  EXPECT_EQ (trace->After ("InvalidAccessError"), "InvalidAccessError");
  EXPECT_TRUE (RunUntil ([&] { return is_closed_; }));
  EXPECT_EQ (trace->text (), "InvalidAccessError");
}

TEST_F (WebsocketSignalingTest, EndsWhenTheConnectionDoes)
{
  auto trace = Join ({ welcome });

  trace->After ("welcome:0");
  Hang ();
  EXPECT_EQ (trace->After ("welcome:0 NetworkError"), "welcome:0 NetworkError");
}

TEST_F (WebsocketSignalingTest, EndsWhenMoreIsSaidThanAnybodyNeeds)
{
  std::vector<std::string> lines = { welcome, peer };
  std::string expected = "welcome:0 peer:offers";

  for (int i = 0; i < 1025; i++)
    lines.push_back (Candidate (1));
  for (int i = 0; i < 1024; i++)
    expected += " candidate";
  expected += " OperationError";
  auto trace = Join (lines);
  EXPECT_EQ (trace->After (expected), expected);
}

TEST_F (WebsocketSignalingTest, EndsAtWhatIsNoObject)
{
  for (const std::string &text : { std::string ("hello"), std::string ("[]"), std::string ("'x'"),
                                   std::string (30000, '['), std::string () })
    {
      auto trace = Join ({ welcome, text });
      EXPECT_EQ (trace->After ("welcome:0 OperationError"), "welcome:0 OperationError") << text;
      Hang ();
    }
}

TEST_F (WebsocketSignalingTest, EndsAtBytesAndAtFramesThatAreTooLong)
{
  auto one = Join ({ welcome });
  one->After ("welcome:0");
  soup_websocket_connection_send_binary (connection_, "{}", 2);
  EXPECT_EQ (one->After ("welcome:0 OperationError"), "welcome:0 OperationError");
  Hang ();

  auto two = Join ({ welcome, std::string (FLOE_SIGNALING_MAX_SIZE + 1, ' ') });
  EXPECT_EQ (two->After ("welcome:0 NetworkError"), "welcome:0 NetworkError");
}

TEST_F (WebsocketSignalingTest, EmitsNothingOnceClosedInAHandler)
{
  for (const char *last : { "welcome:0", "peer:offers", "gone", "description:x" })
    {
      auto trace = Join ({ welcome, peer, "{'type':'peer','session':2,'offers':true}",
                           Description (2, "x"), Candidate (2) });
      bool is_over = false;
      trace->on_word = [&] (const std::string &word) {
        EXPECT_FALSE (is_over) << word;
        is_over = is_over || word == last;
        if (is_over)
          floe_signaling_close (trace->get ());
      };
      is_closed_ = false;
      EXPECT_TRUE (RunUntil ([&] { return is_closed_; })) << last;
      EXPECT_TRUE (is_over) << last;
      Hang ();
    }
}

TEST_F (WebsocketSignalingTest, SaysSoWhenNobodyListens)
{
  soup_server_disconnect (server_);
  auto trace = Join ({});

  EXPECT_EQ (trace->text (), ""); /* not inside the call */
  EXPECT_EQ (trace->After ("NetworkError"), "NetworkError");
}

TEST_F (WebsocketSignalingTest, SaysSoWhenTheServerIsNoRendezvous)
{
  soup_server_remove_handler (server_, "/ws");
  auto trace = Join ({});

  EXPECT_EQ (trace->After ("OperationError"), "OperationError");
}

TEST_F (WebsocketSignalingTest, SaysSoWhenTheServerSpeaksAnotherProtocol)
{
  soup_server_remove_handler (server_, "/ws");
  soup_server_add_websocket_handler (server_, "/ws", nullptr, nullptr, OnConnection, this, nullptr);
  auto trace = Join ({});

  EXPECT_EQ (trace->After ("OperationError"), "OperationError");
  EXPECT_TRUE (heard_.empty ());
}

TEST_F (WebsocketSignalingTest, SaysSoWhenTheHostCannotBe)
{
  g_free (address_.host);
  address_.host = g_strdup ("[");
  auto trace = Join ({});

  EXPECT_EQ (trace->text (), "");
  EXPECT_EQ (trace->After ("OperationError"), "OperationError");
}

TEST_F (WebsocketSignalingTest, MayBeClosedBeforeItIsConnected)
{
  auto trace = Join ({ welcome });

  floe_signaling_close (trace->get ());
  floe_signaling_close (trace->get ());
  auto other = Join ({ welcome });
  EXPECT_EQ (other->After ("welcome:0"), "welcome:0");
  EXPECT_EQ (trace->text (), "");
}

/* The same over TLS, with a certificate for 127.0.0.1 that no system trusts. */
class SecureSignalingTest : public WebsocketSignalingTest
{
protected:
  void SetUp () override
  {
    g_autofree char *folder = g_dir_make_tmp ("floe-test-XXXXXX", nullptr);
    const std::string key = std::string (folder) + "/key",
                      certificate = std::string (folder) + "/c";
    const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                                "-nodes -days 2 -subj /CN=x -addext subjectAltName=IP:127.0.0.1 "
                                "-keyout "
                                + key + " -out " + certificate;
    g_autoptr (GTlsCertificate) own = nullptr;
    g_autofree char *log = nullptr;

    g_spawn_command_line_sync (command.c_str (), nullptr, &log, nullptr, nullptr);
    own = g_tls_certificate_new_from_files (certificate.c_str (), key.c_str (), nullptr);
    trust_ = g_tls_file_database_new (certificate.c_str (), nullptr);
    g_remove (key.c_str ());
    g_remove (certificate.c_str ());
    g_rmdir (folder);
    if (own == nullptr || trust_ == nullptr)
      GTEST_SKIP () << "no openssl, or no TLS in GIO: " << (log != nullptr ? log : "");
    Secure (own);
  }
  ~SecureSignalingTest () override
  {
    g_clear_object (&trust_);
  }
  void Secure (GTlsCertificate *own)
  {
    GSList *uris;

    soup_server_disconnect (server_);
    soup_server_set_tls_certificate (server_, own);
    ASSERT_TRUE (
        soup_server_listen_local (server_, 0,
                                  static_cast<SoupServerListenOptions> (SOUP_SERVER_LISTEN_IPV4_ONLY
                                                                        | SOUP_SERVER_LISTEN_HTTPS),
                                  nullptr));
    uris = soup_server_get_uris (server_);
    address_.port = static_cast<guint16> (g_uri_get_port (static_cast<GUri *> (uris->data)));
    g_free (address_.scheme);
    address_.scheme = g_strdup ("https");
    g_slist_free_full (uris, reinterpret_cast<GDestroyNotify> (g_uri_unref));
  }
  std::unique_ptr<SignalingTrace> JoinTrusting (GTlsDatabase *trust)
  {
    script_ = { welcome };
    return std::make_unique<SignalingTrace> (
        floe_websocket_signaling_new (&address_, FALSE, trust));
  }

  GTlsDatabase *trust_ = nullptr;
};

TEST_F (SecureSignalingTest, TrustsWhomItIsToldTo)
{
  auto trace = JoinTrusting (trust_);

  EXPECT_EQ (trace->After ("welcome:0"), "welcome:0");
}

TEST_F (SecureSignalingTest, TrustsNobodyElse)
{
  auto trace = JoinTrusting (nullptr);

  EXPECT_EQ (trace->After ("OperationError"), "OperationError");
  EXPECT_TRUE (heard_.empty ());
}

TEST_F (SecureSignalingTest, TrustsItUnderItsNameOnly)
{
  g_free (address_.host);
  address_.host = g_strdup ("localhost");
  auto trace = JoinTrusting (trust_);

  EXPECT_EQ (trace->After ("OperationError"), "OperationError");
  EXPECT_TRUE (heard_.empty ());
}

/* The next look comes after one more time without an answer: nothing may be heard until then. */
TEST_F (WebsocketSignalingTest, StaysWhereItsPingsAreAnswered)
{
  auto trace = Join ({ welcome });
  bool is_over = false;

  floe_websocket_signaling_set_keepalive (FLOE_WEBSOCKET_SIGNALING (trace->get ()), 1);
  g_timeout_add_seconds (
      5,
      [] (gpointer data) -> gboolean {
        *static_cast<bool *> (data) = true;
        return G_SOURCE_REMOVE;
      },
      &is_over);
  RunUntil ([&] { return is_over; });
  EXPECT_EQ (trace->text (), "welcome:0");
}

} // namespace
