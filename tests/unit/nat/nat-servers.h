/* SPDX-License-Identifier: MPL-2.0 */
/* STUN and TURN servers on hosts of a virtual world, honest and other ones. */
#pragma once

#include <set>

#include "floe-stun-behaviour-codec-private.h"
#include "floe-turn-codec-private.h"

#include "network-test.h"
#include "stun-messages.h"

enum class Vice
{
  None,
  Silent,
  Garbage,
  NoAddress,
  PlainAddressOnly, /* as servers of RFC 3489 do */
  PrivateAddress,
  WrongAddress,
  WrongPort,
  ChangingPort,
  WrongTransaction,
  WrongSource,
  WrongSourceAddress, /* has two, and answers from the other one */
  Duplicates,
  Vanishes, /* after three answers */
  Error,
  Redirects,        /* 300, and nowhere to */
  UnknownAttribute, /* 420 */
  OtherIsItself,
  OtherIsPrivate,
  OtherIsDead,
  IgnoresChange,
  DropsChange,
  IgnoresPort, /* RESPONSE-PORT */
  WrongPassword,
  EndlessChallenge,
  RelayIsPrivate,
  RelayElsewhere, /* its relayed addresses are on a host that does not exist */
  RelaysNothing,
  NoPermission,
  Quota,             /* 486 */
  Full,              /* 508 */
  ForgetsAllocation, /* 437 to all that comes after Allocate */
  StaleNonces,       /* 438 to everything */
  /* Odd, but allowed: */
  NoBinding,
  RelayOnOther,      /* its relayed addresses are on its other address */
  SecondNamesItself, /* as coturn's second address does: OTHER-ADDRESS is the second one itself */
  Also443,           /* answers on port 443 as well */
  Only443,           /* is given with port 443 */
};

inline FloeStunAddress
ToStun (const LabEndpoint &endpoint)
{
  FloeStunAddress address = {};
  bool is_v4 = lab_address_is_v4 (&endpoint.address);

  address.size = is_v4 ? FLOE_STUN_IPV4_SIZE : FLOE_STUN_IPV6_SIZE;
  memcpy (address.bytes, endpoint.address.bytes + (is_v4 ? 12 : 0), address.size);
  address.port = endpoint.port;
  return address;
}

/* As DNS64 tells it to a host that has IPv6 only. */
inline FloeStunAddress
Synthesize (const FloeStunAddress &address)
{
  FloeStunAddress result = { { 0x00, 0x64, 0xff, 0x9b }, FLOE_STUN_IPV6_SIZE, address.port };

  memcpy (result.bytes + 12, address.bytes, FLOE_STUN_IPV4_SIZE);
  return result;
}

inline LabEndpoint
ToLab (const FloeStunAddress &address)
{
  LabEndpoint endpoint = {};
  bool is_v4 = address.size == FLOE_STUN_IPV4_SIZE;

  if (is_v4)
    endpoint.address.bytes[10] = endpoint.address.bytes[11] = 0xff;
  memcpy (endpoint.address.bytes + (is_v4 ? 12 : 0), address.bytes, address.size);
  endpoint.port = address.port;
  return endpoint;
}

/* One server on one host: of RFC 5780 when the host has two addresses, of TURN when it is told. */
class Server
{
public:
  static constexpr guint16 kPort = 3478, kOtherPort = 3479, kRelayPort = 50000, kWebPort = 443;

  Server (Network &net, const std::string &host, bool has_other, bool is_turn, Vice vice)
      : net_ (net), host_ (host), vice_ (vice), has_other_ (has_other), is_turn_ (is_turn)
  {
    for (guint i = 0; i < (has_other ? 2u : 1u); i++)
      addresses_.push_back (Endpoint (net.At (host, kPort, i)).address);
  }

  FloeStunAddress address (guint index = 0) const
  {
    return ToStun ({ addresses_[index], vice_ == Vice::Only443 ? kWebPort : kPort });
  }
  bool is_turn () const
  {
    return is_turn_;
  }
  guint allocation_count () const
  {
    return (guint) relays_.size ();
  }

  void Serve ()
  {
    while (Packet packet = net_.Receive (host_))
      {
        LabHeader header = Header (*packet);
        const guint8 *data = packet->data + header.payload;
        Bytes payload (data, data + (packet->size - header.payload));

        if (vice_ == Vice::Vanishes && ++serial_ > 3)
          relays_.clear ();
        else if (header.protocol == LAB_PROTOCOL_UDP && vice_ != Vice::Silent)
          Handle (header.destination, header.source, payload);
      }
  }

private:
  void Send (const LabEndpoint &from, const LabEndpoint &to, const Bytes &bytes)
  {
    net_.Send (host_, Packet (lab_packet_new_udp (&from, &to, bytes.data (), bytes.size ())));
  }

  void Handle (const LabEndpoint &at, const LabEndpoint &from, const Bytes &payload)
  {
    FloeStunMessage message = {};

    if (at.port >= kRelayPort)
      return HandlePeer (at.port, from, payload);
    if ((at.port != kPort && !(has_other_ && at.port == kOtherPort)
         && !((vice_ == Vice::Also443 || vice_ == Vice::Only443) && at.port == kWebPort))
        || !floe_stun_message_parse (&message, payload.data (), payload.size (), nullptr))
      return;
    if (message.method == FLOE_STUN_METHOD_BINDING && message.message_class == FLOE_STUN_REQUEST)
      Bind (at, from, payload, message);
    else if (is_turn_ && message.message_class == FLOE_STUN_REQUEST)
      Send (at, from, HandleTurn (from, payload, message));
    else if (is_turn_ && message.method == FLOE_STUN_METHOD_SEND)
      Relay (from, message);
  }

  FloeStunAddress Mapped (const LabEndpoint &from)
  {
    FloeStunAddress mapped = ToStun (from);

    if (vice_ == Vice::PrivateAddress)
      mapped = { { 192, 168, 1, 7 }, FLOE_STUN_IPV4_SIZE, from.port };
    else if (vice_ == Vice::WrongAddress)
      mapped.bytes[3] ^= 0x55;
    else if (vice_ == Vice::WrongPort)
      mapped.port ^= 0x55;
    else if (vice_ == Vice::ChangingPort)
      mapped.port = (guint16) (20000 + ++serial_);
    return mapped;
  }

  FloeStunAddress Other (const LabEndpoint &at)
  {
    bool is_first = lab_address_equal (&at.address, &addresses_[0]);
    guint16 port = at.port == kPort ? kOtherPort : kPort;

    if (vice_ == Vice::OtherIsItself || (vice_ == Vice::SecondNamesItself && !is_first))
      return ToStun ({ at.address, port });
    if (vice_ == Vice::OtherIsPrivate)
      return { { 10, 0, 0, 1 }, FLOE_STUN_IPV4_SIZE, port };
    if (vice_ == Vice::OtherIsDead)
      return { { 198, 51, 100, 250 }, FLOE_STUN_IPV4_SIZE, port };
    return ToStun ({ addresses_[is_first ? 1 : 0], port });
  }

  void Bind (const LabEndpoint &at, const LabEndpoint &from, const Bytes &request,
             const FloeStunMessage &message)
  {
    gboolean changes_address = FALSE, changes_port = FALSE;
    guint16 response_port = from.port;
    LabEndpoint origin = at;
    FloeStunAddress other = has_other_ ? Other (at) : FloeStunAddress{};

    if (vice_ == Vice::NoBinding)
      return;
    floe_stun_message_get_change_request (&message, &changes_address, &changes_port);
    if (vice_ != Vice::IgnoresPort)
      floe_stun_message_get_response_port (&message, &response_port);
    if ((changes_address || changes_port) && (!has_other_ || vice_ == Vice::DropsChange))
      return;
    if (changes_address && vice_ != Vice::IgnoresChange
        && !(vice_ == Vice::SecondNamesItself && lab_address_equal (&at.address, &addresses_[1])))
      origin.address = addresses_[lab_address_equal (&at.address, &addresses_[0]) ? 1 : 0];
    if (changes_port && vice_ != Vice::IgnoresChange)
      origin.port = at.port == kPort ? kOtherPort : kPort;
    if (vice_ == Vice::WrongSource)
      origin.port = 9999;
    else if (vice_ == Vice::WrongSourceAddress)
      origin.address = addresses_[lab_address_equal (&at.address, &addresses_[0]) ? 1 : 0];
    for (guint i = 0; i < (vice_ == Vice::Duplicates ? 3u : 1u); i++)
      Send (origin, { from.address, response_port }, Answer (from, request, other));
  }

  Bytes Answer (const LabEndpoint &from, const Bytes &request, const FloeStunAddress &other)
  {
    FloeStunAddress mapped = Mapped (from);
    Bytes response;

    if (vice_ == Vice::Garbage)
      return { 1, 1, 0, 200, 0x21, 0x12, 0xa4, 0x42, 9, 9 };
    if (vice_ == Vice::Error)
      return BuildError (request, FLOE_STUN_ERROR_SERVER_ERROR);
    if (vice_ == Vice::Redirects)
      return BuildError (request, FLOE_STUN_ERROR_TRY_ALTERNATE);
    if (vice_ == Vice::UnknownAttribute)
      return BuildError (request, FLOE_STUN_ERROR_UNKNOWN_ATTRIBUTE);
    response = BuildResponse (request, FLOE_STUN_SUCCESS, [&] (auto *builder) {
      if (vice_ != Vice::NoAddress && vice_ != Vice::PlainAddressOnly)
        floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
      if (vice_ != Vice::NoAddress)
        floe_stun_builder_add_address (builder, FLOE_STUN_MAPPED_ADDRESS, &mapped);
      if (other.size > 0)
        floe_stun_builder_add_address (builder, FLOE_STUN_OTHER_ADDRESS, &other);
      /* As coturn does: an ALG spoils it. */
      floe_stun_builder_add_fingerprint (builder);
    });
    if (vice_ == Vice::WrongTransaction)
      response[10] ^= 1;
    return response;
  }

  Bytes HandleTurn (const LabEndpoint &from, const Bytes &request, const FloeStunMessage &message)
  {
    FloeStunAddress mapped = Mapped (from), relayed, peer;
    Bytes verdict = credentials_.Answer (request);

    if (vice_ == Vice::EndlessChallenge)
      credentials_.nonce += "x";
    if (vice_ == Vice::WrongPassword)
      return BuildError (request, FLOE_STUN_ERROR_FORBIDDEN);
    if (ParseMessage (verdict).message_class != FLOE_STUN_SUCCESS)
      return verdict;
    if (vice_ == Vice::ForgetsAllocation && message.method == FLOE_STUN_METHOD_CREATE_PERMISSION)
      relays_.clear ();
    if (guint code = TurnError (message))
      return credentials_.Prove (request, FLOE_STUN_ERROR, [code] (auto *builder) {
        floe_stun_builder_add_error (builder, code, "No");
      });
    if (message.method == FLOE_STUN_METHOD_ALLOCATE)
      {
        relayed = Allocate (from);
        return credentials_.Prove (request, FLOE_STUN_SUCCESS, [&] (auto *builder) {
          floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_RELAYED_ADDRESS, &relayed);
          floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
          floe_turn_builder_add_lifetime (builder, 60);
        });
      }
    if (message.method == FLOE_STUN_METHOD_REFRESH)
      relays_.erase (Text (from));
    else if (vice_ == Vice::NoPermission)
      return credentials_.Prove (request, FLOE_STUN_ERROR, [] (auto *builder) {
        floe_stun_builder_add_error (builder, FLOE_STUN_ERROR_FORBIDDEN, "No");
      });
    else if (floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_PEER_ADDRESS, &peer))
      permissions_.insert (HostOf (peer));
    return verdict;
  }

  guint TurnError (const FloeStunMessage &message) const
  {
    bool is_first = message.method == FLOE_STUN_METHOD_ALLOCATE;

    if (vice_ == Vice::Quota && is_first)
      return FLOE_STUN_ERROR_QUOTA_REACHED;
    if (vice_ == Vice::Full && is_first)
      return FLOE_STUN_ERROR_NO_CAPACITY;
    if (vice_ == Vice::ForgetsAllocation && message.method == FLOE_STUN_METHOD_CREATE_PERMISSION)
      return FLOE_STUN_ERROR_ALLOCATION_MISMATCH;
    return vice_ == Vice::StaleNonces ? FLOE_STUN_ERROR_STALE_NONCE : 0;
  }

  static std::string HostOf (FloeStunAddress address)
  {
    address.port = 0;
    return Text (ToLab (address));
  }

  FloeStunAddress Allocate (const LabEndpoint &from)
  {
    auto found =
        relays_.emplace (Text (from), Client{ (guint16) (kRelayPort + relays_.size ()), from });
    FloeStunAddress relayed = ToStun ({ addresses_[0], found.first->second.port });

    if (vice_ == Vice::RelayIsPrivate)
      relayed = { { 172, 16, 0, 1 }, FLOE_STUN_IPV4_SIZE, relayed.port };
    else if (vice_ == Vice::RelayOnOther)
      relayed = ToStun ({ addresses_[1], relayed.port });
    else if (vice_ == Vice::RelayElsewhere)
      relayed = { { 198, 51, 100, 251 }, FLOE_STUN_IPV4_SIZE, relayed.port };
    return relayed;
  }

  void Relay (const LabEndpoint &from, const FloeStunMessage &message)
  {
    auto client = relays_.find (Text (from));
    FloeStunAddress peer = {};
    const guint8 *data = nullptr;
    gsize size = 0;

    if (client != relays_.end () && vice_ != Vice::RelaysNothing
        && floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_PEER_ADDRESS, &peer)
        && floe_turn_message_get_data (&message, &data, &size)
        && permissions_.count (HostOf (peer)) > 0)
      Send ({ addresses_[vice_ == Vice::RelayOnOther ? 1 : 0], client->second.port }, ToLab (peer),
            Bytes (data, data + size));
  }

  void HandlePeer (guint16 port, const LabEndpoint &from, const Bytes &payload)
  {
    FloeStunAddress peer = ToStun (from);
    guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = {};

    for (const auto &client : relays_)
      if (client.second.port == port && permissions_.count (HostOf (peer)) > 0)
        Send ({ addresses_[0], kPort }, client.second.from,
              BuildMessage (FLOE_STUN_INDICATION, FLOE_STUN_METHOD_DATA, id, [&] (auto *builder) {
                floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_PEER_ADDRESS, &peer);
                floe_turn_builder_add_data (builder, payload.data (), payload.size ());
              }));
  }

  struct Client
  {
    guint16 port;
    LabEndpoint from;
  };

  Network &net_;
  std::string host_;
  Vice vice_;
  bool has_other_, is_turn_;
  std::vector<LabAddress> addresses_;
  std::map<std::string, Client> relays_;
  std::set<std::string> permissions_;
  FakeServer credentials_;
  guint serial_ = 0;
};
