/* SPDX-License-Identifier: MPL-2.0 */
/* An ICE peer by hand: UDP sockets that know the credentials, and answer checks as a test says. */
#pragma once

#include <gio/gio.h>

#include "ice-peer.h"

G_BEGIN_DECLS
#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"
G_END_DECLS

using Bytes = std::vector<guint8>;
using Fill = std::function<void (FloeStunBuilder *)>;

inline FloeStunAddress
StunAddress (const char *text, guint16 port)
{
  GInetAddress *address = g_inet_address_new_from_string (text);
  FloeStunAddress result = {};

  result.size = g_inet_address_get_native_size (address);
  memcpy (result.bytes, g_inet_address_to_bytes (address), result.size);
  result.port = port;
  g_object_unref (address);
  return result;
}

inline FloeStunAddress
StunAddress (GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  std::string text =
      TakeString (g_inet_address_to_string (g_inet_socket_address_get_address (inet)));

  return StunAddress (text.c_str (), g_inet_socket_address_get_port (inet));
}

/* One of the peer's sockets, on 127.0.0.1 or another address of the machine. */
class RawSocket
{
public:
  using Handler = std::function<void (RawSocket &, GSocketAddress *, const Bytes &)>;

  RawSocket (GMainContext *context, Handler handler, const char *address = "127.0.0.1")
      : handler_ (std::move (handler))
  {
    GInetAddress *inet = g_inet_address_new_from_string (address);
    GSocketAddress *any = g_inet_socket_address_new (inet, 0), *bound;

    socket_ = g_socket_new (g_inet_address_get_family (inet), G_SOCKET_TYPE_DATAGRAM,
                            G_SOCKET_PROTOCOL_UDP, nullptr);
    g_socket_set_blocking (socket_, FALSE);
    EXPECT_TRUE (g_socket_bind (socket_, any, FALSE, nullptr));
    bound = g_socket_get_local_address (socket_, nullptr);
    port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    g_object_unref (bound);
    g_object_unref (any);
    g_object_unref (inet);
    source_ = g_socket_create_source (socket_, G_IO_IN, nullptr);
    g_source_set_callback (source_, G_SOURCE_FUNC (+OnReadable), this, nullptr);
    g_source_attach (source_, context);
  }

  ~RawSocket ()
  {
    g_source_destroy (source_);
    g_source_unref (source_);
    g_object_unref (socket_);
  }

  RawSocket (const RawSocket &) = delete;
  RawSocket &operator= (const RawSocket &) = delete;

  void Send (GSocketAddress *to, const Bytes &bytes)
  {
    g_socket_send_to (socket_, to, (const char *) bytes.data (), bytes.size (), nullptr, nullptr);
  }

  guint16 port;

private:
  static gboolean OnReadable (GSocket *socket, GIOCondition, gpointer data)
  {
    RawSocket *self = static_cast<RawSocket *> (data);
    Bytes bytes (2048);
    GSocketAddress *from = nullptr;
    gssize size = g_socket_receive_from (socket, &from, (char *) bytes.data (), bytes.size (),
                                         nullptr, nullptr);

    if (size >= 0 && from != nullptr)
      {
        bytes.resize (size);
        self->handler_ (*self, from, bytes);
      }
    g_clear_object (&from);
    return G_SOURCE_CONTINUE;
  }

  Handler handler_;
  GSocket *socket_;
  GSource *source_;
};

/* What a check of the peer's says. */
struct CheckOptions
{
  guint32 priority = 0x6e7f00ff;
  bool has_priority = true;
  bool uses_candidate = false;
  int role = FLOE_STUN_ICE_CONTROLLED; /* 0: none */
  guint64 tie_breaker = 1;
  std::string username; /* "": the right one */
  std::string password; /* "": the right one */
  bool is_proved = true;
  Fill fill = [] (FloeStunBuilder *) {};
};

class RawPeer
{
public:
  /* How a request is answered: by the peer's own rule until a test says otherwise. */
  using Answer = std::function<void (RawSocket &, GSocketAddress *, const FloeStunMessage &)>;

  explicit RawPeer (GMainContext *context) : context_ (context)
  {
    AddSocket ();
  }

  RawSocket &AddSocket (const char *address = "127.0.0.1")
  {
    auto handler = [this] (RawSocket &socket, GSocketAddress *from, const Bytes &bytes) {
      Take (socket, from, bytes);
    };

    sockets.push_back (std::make_unique<RawSocket> (context_, handler, address));
    return *sockets.back ();
  }

  /* Makes @other take this one for its peer; its checks go out when it has a candidate. */
  void Introduce (IcePeer &other)
  {
    other_ufrag = other.ufrag;
    other_pwd = other.pwd;
    floe_ice_transport_set_remote_credentials (other.transport, ufrag.c_str (), pwd.c_str ());
  }

  FloeCandidate Candidate (guint16 port, guint32 priority = 0x7effffff,
                           const char *address = "127.0.0.1") const
  {
    FloeCandidate candidate = {};

    g_snprintf (candidate.foundation, sizeof candidate.foundation, "r%u", port);
    g_strlcpy (candidate.address, address, sizeof candidate.address);
    candidate.component = 1;
    candidate.transport = FLOE_CANDIDATE_UDP;
    candidate.priority = priority;
    candidate.port = port;
    candidate.type = FLOE_ICE_CANDIDATE_TYPE_HOST;
    return candidate;
  }

  void Offer (IcePeer &other, RawSocket &socket, guint32 priority = 0x7effffff)
  {
    FloeCandidate candidate = Candidate (socket.port, priority);

    floe_ice_transport_add_remote_candidate (other.transport, &candidate);
  }

  Bytes Check (const CheckOptions &options = {})
  {
    const std::string name =
        options.username.empty () ? other_ufrag + ":" + ufrag : options.username;
    const std::string &password = options.password.empty () ? other_pwd : options.password;
    guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];

    for (guint8 &byte : id)
      byte = (guint8) g_random_int ();
    return Build (FLOE_STUN_REQUEST, id, options.is_proved ? password.c_str () : nullptr,
                  [&] (FloeStunBuilder *builder) {
                    if (name != "-")
                      floe_stun_builder_add (builder, FLOE_STUN_USERNAME, name.data (),
                                             name.size ());
                    if (options.has_priority)
                      floe_stun_builder_add_uint (builder, FLOE_STUN_PRIORITY, options.priority, 4);
                    if (options.role != 0)
                      floe_stun_builder_add_uint (builder, (FloeStunAttributeType) options.role,
                                                  options.tie_breaker, 8);
                    if (options.uses_candidate)
                      floe_stun_builder_add_flag (builder, FLOE_STUN_USE_CANDIDATE);
                    options.fill (builder);
                  });
  }

  /* The response that RFC 8445 asks for, unless the test's own parts are in it. */
  Bytes Success (const FloeStunMessage &request, GSocketAddress *from, const Fill &fill = nullptr,
                 const char *password = nullptr) const
  {
    FloeStunAddress mapped = StunAddress (from);

    return Build (FLOE_STUN_SUCCESS, request.transaction_id,
                  password != nullptr ? password : pwd.c_str (), [&] (FloeStunBuilder *builder) {
                    if (fill)
                      fill (builder);
                    else
                      floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS,
                                                         &mapped);
                  });
  }

  Bytes Error (const FloeStunMessage &request, guint code, bool is_proved) const
  {
    return Build (FLOE_STUN_ERROR, request.transaction_id, is_proved ? pwd.c_str () : nullptr,
                  [code] (FloeStunBuilder *builder) { AddError (builder, code); });
  }

  /* Also codes that no builder of ours would write. */
  static void AddError (FloeStunBuilder *builder, guint code)
  {
    const guint8 value[8] = { 0, 0, (guint8) (code / 100), (guint8) (code % 100), 'N', 'o', '.' };

    floe_stun_builder_add (builder, FLOE_STUN_ERROR_CODE, value, 7);
  }

  /* @password NULL: without MESSAGE-INTEGRITY. */
  static Bytes Build (FloeStunClass message_class, const guint8 *id, const char *password,
                      const Fill &fill)
  {
    Bytes buffer (2048);
    FloeStunBuilder builder = floe_stun_builder_init (buffer.data (), buffer.size (), message_class,
                                                      FLOE_STUN_METHOD_BINDING, id);

    fill (&builder);
    if (password != nullptr)
      {
        FloeStunKey key = {};

        floe_stun_key_init_short_term (&key, password, nullptr);
        floe_stun_builder_add_integrity (&builder, &key);
        floe_stun_key_clear (&key);
      }
    floe_stun_builder_add_fingerprint (&builder);
    buffer.resize (floe_stun_builder_finish (&builder));
    return buffer;
  }

  GMainContext *context_;
  std::string ufrag = TakeString (floe_random_ice_string (4));
  std::string pwd = TakeString (floe_random_ice_string (24));
  std::string other_ufrag, other_pwd;
  std::vector<std::unique_ptr<RawSocket> > sockets;
  Answer answer = [this] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, Success (request, from));
  };
  GSocketAddress *target = nullptr; /* (owned): where checks come from */
  guint request_count = 0, success_count = 0, indication_count = 0;
  std::vector<guint> errors;         /* codes of error responses that came */
  std::vector<std::string> messages; /* what is not STUN */

  ~RawPeer ()
  {
    g_clear_object (&target);
  }
  RawPeer (const RawPeer &) = delete;
  RawPeer &operator= (const RawPeer &) = delete;

private:
  void Take (RawSocket &socket, GSocketAddress *from, const Bytes &bytes)
  {
    FloeStunMessage message;
    FloeStunError error;

    if (!floe_stun_message_parse (&message, bytes.data (), bytes.size (), nullptr))
      {
        messages.emplace_back ((const char *) bytes.data (), bytes.size ());
        return;
      }
    if (message.message_class == FLOE_STUN_SUCCESS)
      success_count++;
    else if (message.message_class == FLOE_STUN_INDICATION)
      indication_count++;
    else if (message.message_class == FLOE_STUN_ERROR)
      errors.push_back (floe_stun_message_get_error (&message, &error) ? error.code : 0);
    if (message.message_class != FLOE_STUN_REQUEST)
      return;
    request_count++;
    g_set_object (&target, from);
    answer (socket, from, message);
  }
};
