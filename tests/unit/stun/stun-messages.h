/* SPDX-License-Identifier: MPL-2.0 */
/* STUN messages for tests, and a server of long- and short-term credentials that lives in memory.
 */
#pragma once

#include "floe-stun-attributes-private.h"
#include "floe-stun-integrity-private.h"

#include <functional>

#include "floe-test.h"

using Bytes = std::vector<guint8>;
using Fill = std::function<void (FloeStunBuilder *)>;

inline Bytes
BuildMessage (FloeStunClass message_class, guint16 method, const guint8 *id, const Fill &fill)
{
  Bytes buffer (4000);
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer.data (), buffer.size (), message_class, method, id);

  fill (&builder);
  buffer.resize (floe_stun_builder_finish (&builder));
  return buffer;
}

inline Bytes
BuildRequest (
    guint16 method, const Fill &fill = [] (auto *) {}, guint8 id_byte = 0)
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { id_byte };

  return BuildMessage (FLOE_STUN_REQUEST, method, id, fill);
}

inline FloeStunMessage
ParseMessage (const Bytes &wire)
{
  FloeStunMessage message = {};
  ErrorHolder error;

  EXPECT_TRUE (floe_stun_message_parse (&message, wire.data (), wire.size (), error))
      << error.message ();
  return message;
}

inline Bytes
BuildResponse (
    const Bytes &request, FloeStunClass message_class, const Fill &fill = [] (auto *) {})
{
  FloeStunMessage message = ParseMessage (request);

  return BuildMessage (message_class, message.method, message.transaction_id, fill);
}

inline Bytes
BuildError (
    const Bytes &request, guint code, const Fill &fill = [] (auto *) {})
{
  return BuildResponse (request, FLOE_STUN_ERROR, [&] (auto *builder) {
    floe_stun_builder_add_error (builder, code, "Reason");
    fill (builder);
  });
}

inline std::string
TextOf (const Bytes &wire, FloeStunAttributeType type)
{
  FloeStunMessage message = ParseMessage (wire);
  const char *text;
  gsize size;

  return floe_stun_message_get_text (&message, type, &text, &size) ? std::string (text, size) : "";
}

inline FloeStunAddress
AddressOf (guint8 last, guint16 port)
{
  return { { 192, 0, 2, last }, FLOE_STUN_IPV4_SIZE, port };
}

/* RFC 8489 section 9.2.4, with what hostile or old servers do otherwise as options. */
class FakeServer
{
public:
  std::string username = "alice", password = "secret", realm = "here", nonce = "nonce-1";
  std::vector<guint16> algorithms; /* offered; empty: an old server */

  Bytes Challenge (const Bytes &request, guint code) const
  {
    return BuildError (request, code, [this] (auto *builder) {
      floe_stun_builder_add_text (builder, FLOE_STUN_REALM, realm.c_str ());
      floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, nonce.c_str ());
      if (!algorithms.empty ())
        floe_stun_builder_add_algorithms (builder, algorithms.data (), algorithms.size ());
    });
  }

  /* A response with the proof that an honest server gives. */
  Bytes Prove (const Bytes &request, FloeStunClass message_class, const Fill &fill) const
  {
    g_auto (FloeStunKey) key = MakeKey ();

    return BuildResponse (request, message_class, [&] (auto *builder) {
      fill (builder);
      if (algorithms.empty ())
        floe_stun_builder_add_integrity (builder, &key);
      else
        floe_stun_builder_add_integrity_sha256 (builder, &key);
    });
  }
  Bytes Accept (const Bytes &request) const
  {
    return Prove (request, FLOE_STUN_SUCCESS, [] (auto *) {});
  }

  Bytes Answer (const Bytes &request) const
  {
    FloeStunMessage message = ParseMessage (request);
    g_auto (FloeStunKey) key = MakeKey ();

    if (floe_stun_message_get_proofs (&message) == FLOE_STUN_PROOF_NONE)
      return Challenge (request, FLOE_STUN_ERROR_UNAUTHENTICATED);
    if (TextOf (request, FLOE_STUN_NONCE) != nonce)
      return Challenge (request, FLOE_STUN_ERROR_STALE_NONCE);
    if (floe_stun_message_check_integrity (&message, &key) != FLOE_STUN_INTEGRITY_RIGHT)
      return Challenge (request, FLOE_STUN_ERROR_UNAUTHENTICATED);
    return Accept (request);
  }

private:
  FloeStunKey MakeKey () const
  {
    FloeStunKey key = {};

    floe_stun_key_init_long_term (&key,
                                  algorithms.empty () ? FLOE_STUN_PASSWORD_MD5
                                                      : (FloeStunPasswordAlgorithm) algorithms[0],
                                  username.c_str (), realm.c_str (), password.c_str (), nullptr);
    return key;
  }
};
