/* SPDX-License-Identifier: MPL-2.0 */
/* What a member of a room and its rendezvous say to each other, as text. */
#include <floe-test.h>

#include <algorithm>

extern "C"
{
#include "floe-room-message.h"
#include "sample-json.h"
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

/* Whether @text, with single quotes, was read into @out. */
bool
Read (const std::string &text, FloeRoomMessage *out, GError **error = nullptr)
{
  const std::string json = Json (text);
  g_autoptr (JsonObject) object = sample_json_parse_object (json.data (), json.size (), error);

  return object != nullptr && floe_room_message_read (object, out, error);
}

TEST (RoomMessage, TellsWhoIsThereAndWhoOffers)
{
  g_auto (FloeRoomMessage) peer = {}, gone = {};

  ASSERT_TRUE (Read ("{'type':'peer','session':7,'offers':true,'new':[1]}", &peer));
  EXPECT_EQ (peer.kind, FLOE_ROOM_MESSAGE_PEER);
  EXPECT_EQ (peer.session, 7);
  EXPECT_TRUE (peer.offers);
  ASSERT_TRUE (Read ("{'type':'gone','session':0}", &gone));
  EXPECT_EQ (gone.kind, FLOE_ROOM_MESSAGE_GONE);
  EXPECT_EQ (gone.session, 0);
}

TEST (RoomMessage, HasADescriptionInIt)
{
  g_auto (FloeRoomMessage) message = {};

  ASSERT_TRUE (Read ("{'type':'description','session':1,'description':"
                     "{'type':'answer','sdp':'v=0\\r\\n'}}",
                     &message));
  EXPECT_EQ (message.kind, FLOE_ROOM_MESSAGE_DESCRIPTION);
  EXPECT_EQ (floe_session_description_get_sdp_type (message.description), FLOE_SDP_TYPE_ANSWER);
  EXPECT_STREQ (floe_session_description_get_sdp (message.description), "v=0\r\n");
}

TEST (RoomMessage, HasACandidateOrTheEndOfThemInIt)
{
  const std::string line = "candidate:1 1 udp 1 127.0.0.1 9 typ host";
  const std::string start = "{'type':'candidate','session':1,'candidate':";
  g_auto (FloeRoomMessage) one = {}, empty = {}, null = {};

  ASSERT_TRUE (Read (start + "{'candidate':'" + line + "','sdpMid':'0'}}", &one));
  EXPECT_EQ (floe_ice_candidate_get_candidate (one.candidate), line);
  ASSERT_TRUE (Read (start + "{'candidate':'','sdpMLineIndex':0}}", &empty));
  EXPECT_TRUE (floe_ice_candidate_is_end_of_candidates (empty.candidate));
  ASSERT_TRUE (Read (start + "null}", &null));
  EXPECT_TRUE (floe_ice_candidate_is_end_of_candidates (null.candidate));
}

TEST (RoomMessage, IsNotReadWhenItMakesNoSense)
{
  for (const char *text :
       { "{}", "{'type':1}", "{'type':'hello'}", "{'type':'peer','offers':true}",
         "{'type':'peer','session':-1}", "{'type':'peer','session':'1'}",
         "{'type':'gone','session':9007199254740992}", "{'type':'description','session':1}",
         "{'type':'description','session':1,'description':'v=0'}",
         "{'type':'description','session':1,'description':{'candidate':''}}",
         "{'type':'description','session':1,'description':{'type':'pranswer','sdp':''}}",
         "{'type':'description','description':{'type':'offer','sdp':''}}",
         "{'type':'candidate','session':1}", "{'type':'candidate','session':1,'candidate':7}",
         "{'type':'candidate','session':1,'candidate':{'candidate':'nonsense'}}",
         "{'type':'candidate','session':1,'candidate':{'type':'offer','sdp':''}}" })
    {
      FloeRoomMessage message = {};
      ErrorHolder error;
      EXPECT_FALSE (Read (text, &message, error)) << text;
      EXPECT_NE (error.get (), nullptr) << text;
      EXPECT_EQ (message.description, nullptr) << text;
      EXPECT_EQ (message.candidate, nullptr) << text;
    }
}

/* The URLs of all servers in a welcome with @servers in it. */
std::vector<std::string>
UrlsOf (const std::string &servers)
{
  g_auto (FloeRoomMessage) message = {};
  std::vector<std::string> urls;

  EXPECT_TRUE (Read ("{'type':'welcome','iceServers':" + servers + "}", &message));
  for (guint i = 0; message.ice_servers != nullptr && i < message.ice_servers->len; i++)
    {
      auto *server = static_cast<FloeIceServer *> (g_ptr_array_index (message.ice_servers, i));
      for (const char *const *url = floe_ice_server_get_urls (server); *url != nullptr; url++)
        urls.push_back (*url);
    }
  return urls;
}

TEST (RoomWelcome, MayAskForAPrivacyLevel)
{
  const std::pair<const char *, FloePrivacyLevel> asked[] = {
    { "", FLOE_PRIVACY_LEVEL_OPEN },
    { ",'privacy':'open'", FLOE_PRIVACY_LEVEL_OPEN },
    { ",'privacy':'no-host'", FLOE_PRIVACY_LEVEL_NO_HOST },
    { ",'privacy':'relay-only'", FLOE_PRIVACY_LEVEL_RELAY_ONLY },
    { ",'privacy':'unheard-of'", FLOE_PRIVACY_LEVEL_OPEN },
    { ",'privacy':4", FLOE_PRIVACY_LEVEL_OPEN },
  };

  for (const auto &[member, level] : asked)
    {
      g_auto (FloeRoomMessage) message = {};

      ASSERT_TRUE (Read (std::string ("{'type':'welcome'") + member + "}", &message)) << member;
      EXPECT_EQ (message.privacy, level) << member;
    }
}

using Urls = std::vector<std::string>;

TEST (RoomWelcome, HasTheServersThatAreGood)
{
  EXPECT_EQ (UrlsOf ("[{'urls':'stun:a'},{'urls':['stun:b','stun:c']}]"),
             Urls ({ "stun:a", "stun:b", "stun:c" }));
  EXPECT_EQ (UrlsOf ("[{'urls':['turns:a','turn:b'],'username':'u','credential':'c'}]"),
             Urls ({ "turns:a", "turn:b" }));
  EXPECT_EQ (UrlsOf ("[{'urls':['turns:a?transport=udp','turn:b'],'username':'u',"
                     "'credential':'c'}]"),
             Urls ({ "turn:b" }));
  EXPECT_EQ (UrlsOf ("[7,null,{},{'urls':{}},{'urls':[]},{'urls':[1,{},null,'http:x']},"
                     "{'urls':['turn:no-credential']},{'urls':'stun:d'}]"),
             Urls ({ "stun:d" }));
  EXPECT_EQ (UrlsOf ("[{'urls':'stun:" + std::string (600, 'a') + "'}]"), Urls ());
  EXPECT_EQ (UrlsOf ("null"), Urls ());
}

TEST (RoomWelcome, HasNoMoreServersThanAProgramCanUse)
{
  std::string servers = "[";

  for (int i = 0; i < 20; i++)
    servers += "{'urls':['stun:a','stun:b','stun:c','stun:d','stun:e','stun:f']},";
  servers.back () = ']';
  EXPECT_EQ (UrlsOf (servers).size (),
             static_cast<size_t> (FLOE_ROOM_MAX_ICE_SERVERS * FLOE_ROOM_MAX_ICE_URLS));
}

TEST (RoomRefusal, IsAnErrorInOurOwnWords)
{
  struct
  {
    const char *code;
    FloeError error;
  } cases[] = { { "'no-room'", FLOE_ERROR_INVALID_ACCESS },
                { "'full'", FLOE_ERROR_NETWORK },
                { "'duplicate'", FLOE_ERROR_NETWORK },
                { "'dismissed'", FLOE_ERROR_OPERATION },
                { "'protocol'", FLOE_ERROR_OPERATION },
                { "'busy'", FLOE_ERROR_NETWORK },
                { "'timeout'", FLOE_ERROR_NETWORK },
                { "'new'", FLOE_ERROR_OPERATION },
                { "7", FLOE_ERROR_OPERATION } };

  for (const auto &c : cases)
    {
      g_auto (FloeRoomMessage) message = {};
      ASSERT_TRUE (Read (
          std::string ("{'type':'error','message':'\\u001b[2J','code':") + c.code + "}", &message));
      ASSERT_EQ (message.kind, FLOE_ROOM_MESSAGE_ERROR);
      EXPECT_TRUE (g_error_matches (message.error, FLOE_ERROR, c.error)) << c.code;
      EXPECT_EQ (strchr (message.error->message, '\033'), nullptr) << c.code;
    }
}

TEST (RoomMessage, IsWrittenAsTheProtocolSays)
{
  g_autoptr (FloeSessionDescription) description =
      floe_session_description_new (FLOE_SDP_TYPE_OFFER, "v=0\r\n");
  g_autoptr (FloeIceCandidate) candidate =
      floe_ice_candidate_new ("candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", 0, "uf", nullptr);

  EXPECT_EQ (TakeString (floe_room_message_write_join ("a-1", TRUE)),
             Json ("{'type':'join','id':'a-1','opens':true}"));
  EXPECT_EQ (TakeString (floe_room_message_write_gone (3)), Json ("{'type':'gone','session':3}"));
  EXPECT_EQ (TakeString (floe_room_message_write_description (3, description)),
             Json ("{'type':'description','session':3,"
                   "'description':{'type':'offer','sdp':'v=0\\r\\n'}}"));
  EXPECT_EQ (TakeString (floe_room_message_write_candidate (3, candidate)),
             Json ("{'type':'candidate','session':3,'candidate':"
                   "{'candidate':'candidate:1 1 udp 1 127.0.0.1 9 typ host','sdpMid':'0',"
                   "'sdpMLineIndex':0,'usernameFragment':'uf'}}"));
  EXPECT_EQ (TakeString (floe_room_message_write_candidate (3, nullptr)),
             Json ("{'type':'candidate','session':3,'candidate':null}"));
}

} // namespace
