/* SPDX-License-Identifier: MPL-2.0 */
/* Two engines and the link between them, on which nothing moves unless the test says so. */
#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <floe/floe-error.h>

#include "floe-certificate-private.h"
#include "floe-dtls-engine-private.h"
#include "floe-test.h"

using Bytes = std::vector<guint8>;

inline Bytes
FromText (const std::string &text)
{
  return Bytes (text.begin (), text.end ());
}

/* One certificate a kind for the whole program: RSA keys take their time. */
FloeCertificate *EcdsaCertificate ();
FloeCertificate *OtherEcdsaCertificate ();
FloeCertificate *RsaCertificate ();
FloeCertificate *P384Certificate ();

std::string Fingerprint (FloeCertificate *certificate,
                         FloeFingerprintHash hash = FLOE_FINGERPRINT_SHA256);
/* @fingerprint with its last digit changed. */
std::string Flip (std::string fingerprint);

class Side
{
public:
  Side (FloeCertificate *certificate, bool is_client, const std::vector<std::string> &fingerprints,
        gsize mtu = 1200);
  ~Side ()
  {
    floe_dtls_engine_free (engine);
  }
  Side (const Side &) = delete;

  bool Handle (const Bytes &datagram)
  {
    return floe_dtls_engine_handle_datagram (engine, datagram.data (), datagram.size ());
  }
  bool Send (const std::string &text)
  {
    return floe_dtls_engine_send (engine, reinterpret_cast<const guint8 *> (text.data ()),
                                  text.size ());
  }
  FloeDtlsState State () const
  {
    return floe_dtls_engine_get_state (engine);
  }
  /* Takes what the engine wants sent. */
  std::deque<Bytes> Take ()
  {
    return std::exchange (out, {});
  }

  FloeDtlsEngine *engine;
  std::deque<Bytes> out;
  std::vector<std::string> received;
  std::vector<FloeDtlsState> states;
  int error_code = -1;
  std::string error_message;
  std::function<void ()> on_output, on_received, on_state;
};

class Pair
{
public:
  Pair (FloeCertificate *client_certificate = EcdsaCertificate (),
        FloeCertificate *server_certificate = OtherEcdsaCertificate (), gsize mtu = 1200);
  /* What each side is told to expect of the other. */
  Pair (const std::vector<std::string> &client_expects,
        const std::vector<std::string> &server_expects);

  void Start ()
  {
    floe_dtls_engine_start (server.engine);
    floe_dtls_engine_start (client.engine);
  }
  /* Carries datagrams until none is under way. */
  void Run ();
  void Connect ()
  {
    Start ();
    Run ();
  }
  bool Connected () const
  {
    return client.State () == FLOE_DTLS_CONNECTED && server.State () == FLOE_DTLS_CONNECTED;
  }
  /* Lets the clock go on to the next deadline of either side, and that side act. */
  void NextTimeout ();

  Side client, server;
  gsize largest = 0; /* bytes, of all datagrams that Run() carried */
};
