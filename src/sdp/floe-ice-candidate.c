/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-candidate-private.h"

#include <floe/floe-error.h>

/**
 * FloeIceCandidate:
 *
 * An address at which a peer may be reached, or the news that no further one will come (W3C
 * RTCIceCandidate). The two peers exchange candidates through the application's signalling.
 *
 * A candidate whose transport or type the library does not know (such as `ssltcp`) is legal: it
 * keeps its text, what is asked about its parts is answered as if they were absent, and when it is
 * given to a connection it is ignored without an error.
 *
 * Instances never change after they were made, and may be shared between threads.
 *
 * Since: 1.0
 */
struct _FloeIceCandidate
{
  char *text;          /* (owned): "" for the end of candidates */
  char *sdp_mid;       /* (owned) (nullable) */
  int sdp_mline_index; /* -1: absent */
  char *ufrag;         /* (owned) (nullable) */
  gboolean is_end;     /* @value says nothing */
  FloeCandidate value;
};

G_DEFINE_BOXED_TYPE (FloeIceCandidate, floe_ice_candidate, floe_ice_candidate_ref,
                     floe_ice_candidate_unref)

/* Takes @text. */
static FloeIceCandidate *
new_candidate (char *text, const FloeCandidate *value, const char *sdp_mid, int sdp_mline_index,
               const char *ufrag)
{
  FloeIceCandidate *self = g_atomic_rc_box_new0 (FloeIceCandidate);

  self->text = text;
  self->sdp_mid = g_strdup (sdp_mid);
  self->sdp_mline_index = MAX (sdp_mline_index, -1);
  self->is_end = value == NULL;
  if (value != NULL)
    self->value = *value;
  if (ufrag == NULL && self->value.ufrag[0] != '\0')
    ufrag = self->value.ufrag;
  self->ufrag = g_strdup (ufrag);
  return self;
}

FloeIceCandidate *
floe_ice_candidate_new_from_value (const FloeCandidate *candidate, const char *sdp_mid,
                                   int sdp_mline_index, const char *ufrag)
{
  char *text = candidate != NULL ? floe_candidate_serialize (candidate) : g_strdup ("");

  return new_candidate (text, candidate, sdp_mid, sdp_mline_index, ufrag);
}

const FloeCandidate *
floe_ice_candidate_get_value (const FloeIceCandidate *self)
{
  return self->is_end ? NULL : &self->value;
}

/* The parts of a candidate that the public getters show, or NULL. */
static const FloeCandidate *
get_known_value (const FloeIceCandidate *self)
{
  return self->is_end || self->value.transport == FLOE_CANDIDATE_OTHER ? NULL : &self->value;
}

/**
 * floe_ice_candidate_new:
 * @candidate: (nullable): the text, `candidate:…` (RFC 8839 section 5.1); %NULL or empty for the
 *   end of candidates
 * @sdp_mid: (nullable): the media section's identification, the value of its `a=mid`
 * @sdp_mline_index: the media section's index from 0 on, or -1 when absent
 * @username_fragment: (nullable): the peer's ICE username fragment; %NULL takes the one in
 *   @candidate, if it has one
 * @error: return location for an error
 *
 * Makes a candidate of what the peer sent. When both @sdp_mid and @sdp_mline_index are given,
 * @sdp_mid counts. May be called from any thread.
 *
 * Fails with %FLOE_ERROR_TYPE when a candidate has neither @sdp_mid nor @sdp_mline_index (for the
 * end of candidates that is allowed, and ends those of all media sections), and with
 * %FLOE_ERROR_SYNTAX when the text does not parse. The latter differs from the W3C, whose
 * constructor takes any text so that `addIceCandidate` fails later; here the error comes where the
 * text is (W3C webrtc-pc section 4.8.1).
 *
 * Returns: (transfer full) (nullable): a new candidate, or %NULL with @error set
 * Since: 1.0
 */
FloeIceCandidate *
floe_ice_candidate_new (const char *candidate, const char *sdp_mid, int sdp_mline_index,
                        const char *username_fragment, GError **error)
{
  FloeCandidate value;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (candidate == NULL || *candidate == '\0')
    return new_candidate (g_strdup (""), NULL, sdp_mid, sdp_mline_index, username_fragment);
  if (sdp_mid == NULL && sdp_mline_index < 0)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                           "A candidate needs its media section: give sdp_mid or sdp_mline_index");
      return NULL;
    }
  if (!floe_candidate_parse (&value, candidate, error))
    return NULL;
  return new_candidate (g_strdup (candidate), &value, sdp_mid, sdp_mline_index, username_fragment);
}

/**
 * floe_ice_candidate_ref:
 * @self: a candidate
 *
 * Takes a reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 * Since: 1.0
 */
FloeIceCandidate *
floe_ice_candidate_ref (FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear_candidate (gpointer data)
{
  FloeIceCandidate *self = data;

  g_free (self->text);
  g_free (self->sdp_mid);
  g_free (self->ufrag);
}

/**
 * floe_ice_candidate_unref:
 * @self: (transfer full): a candidate
 *
 * Drops a reference; the last one frees the candidate. May be called from any thread.
 *
 * Since: 1.0
 */
void
floe_ice_candidate_unref (FloeIceCandidate *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_candidate);
}

/**
 * floe_ice_candidate_get_candidate:
 * @self: a candidate
 *
 * Gets the candidate as text, to be sent to the peer as it is (W3C RTCIceCandidate.candidate).
 *
 * Returns: (transfer none): `candidate:…`, or the empty string for the end of candidates
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_candidate (const FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * floe_ice_candidate_get_sdp_mid:
 * @self: a candidate
 *
 * Gets the identification of the media section that the candidate belongs to (W3C
 * RTCIceCandidate.sdpMid).
 *
 * Returns: (transfer none) (nullable): the identification, or %NULL when absent
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_sdp_mid (const FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sdp_mid;
}

/**
 * floe_ice_candidate_get_sdp_mline_index:
 * @self: a candidate
 *
 * Gets the index of the media section that the candidate belongs to (W3C
 * RTCIceCandidate.sdpMLineIndex).
 *
 * Returns: the index from 0 on, or -1 when absent
 * Since: 1.0
 */
int
floe_ice_candidate_get_sdp_mline_index (const FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->sdp_mline_index;
}

/**
 * floe_ice_candidate_get_username_fragment:
 * @self: a candidate
 *
 * Gets the ICE username fragment of the side that the candidate belongs to (W3C
 * RTCIceCandidate.usernameFragment).
 *
 * Returns: (transfer none) (nullable): the username fragment, or %NULL when absent
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_username_fragment (const FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ufrag;
}

/**
 * floe_ice_candidate_is_end_of_candidates:
 * @self: a candidate
 *
 * Tells whether this is no candidate but the news that no further one will come (RFC 8838
 * section 13).
 *
 * Returns: %TRUE for the end of candidates
 * Since: 1.0
 */
gboolean
floe_ice_candidate_is_end_of_candidates (const FloeIceCandidate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_end;
}

/**
 * floe_ice_candidate_get_foundation:
 * @self: a candidate
 *
 * Gets the foundation: candidates with the same one are alike in type, base and server (RFC 8445
 * section 5.1.1.3, W3C RTCIceCandidate.foundation).
 *
 * Returns: (transfer none) (nullable): the foundation, or %NULL when there is none to show
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_foundation (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, NULL);

  value = get_known_value (self);
  return value != NULL ? value->foundation : NULL;
}

/**
 * floe_ice_candidate_get_component:
 * @self: a candidate
 *
 * Gets the component: 1 is the one that carries data (RFC 8445 section 13, W3C
 * RTCIceCandidate.component).
 *
 * Returns: the component, 1 to 256, or 0 when there is none to show
 * Since: 1.0
 */
guint
floe_ice_candidate_get_component (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, 0);

  value = get_known_value (self);
  return value != NULL ? value->component : 0;
}

/**
 * floe_ice_candidate_get_priority:
 * @self: a candidate
 *
 * Gets the priority: higher ones are preferred (RFC 8445 section 5.1.2, W3C
 * RTCIceCandidate.priority).
 *
 * Returns: the priority, 1 to 2147483647, or 0 when there is none to show
 * Since: 1.0
 */
guint32
floe_ice_candidate_get_priority (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, 0);

  value = get_known_value (self);
  return value != NULL ? value->priority : 0;
}

/**
 * floe_ice_candidate_get_address:
 * @self: a candidate
 *
 * Gets the address: an IPv4 or IPv6 literal, or a name such as one under `.local` (W3C
 * RTCIceCandidate.address).
 *
 * Returns: (transfer none) (nullable): the address, or %NULL when there is none to show
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_address (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, NULL);

  value = get_known_value (self);
  return value != NULL ? value->address : NULL;
}

/**
 * floe_ice_candidate_get_protocol:
 * @self: a candidate
 *
 * Gets the transport protocol (W3C RTCIceCandidate.protocol). It says nothing when
 * floe_ice_candidate_get_component() is 0.
 *
 * Returns: the protocol, %FLOE_ICE_PROTOCOL_UDP when there is none to show
 * Since: 1.0
 */
FloeIceProtocol
floe_ice_candidate_get_protocol (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, FLOE_ICE_PROTOCOL_UDP);

  value = get_known_value (self);
  return value == NULL || value->transport == FLOE_CANDIDATE_UDP ? FLOE_ICE_PROTOCOL_UDP
                                                                 : FLOE_ICE_PROTOCOL_TCP;
}

/**
 * floe_ice_candidate_get_tcp_type:
 * @self: a candidate
 *
 * Gets how a TCP candidate takes part in connecting: `active` connects, `passive` is connected to,
 * `so` does both at once (RFC 6544 section 4.5, W3C RTCIceCandidate.tcpType).
 *
 * Returns: (transfer none) (nullable): the TCP type, or %NULL when the candidate is not a TCP one
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_tcp_type (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, NULL);

  value = get_known_value (self);
  return value != NULL ? floe_candidate_get_tcp_type (value) : NULL;
}

/**
 * floe_ice_candidate_get_port:
 * @self: a candidate
 *
 * Gets the port (W3C RTCIceCandidate.port). An active TCP candidate has none of its own and says 9
 * or 0 (RFC 6544 section 4.5).
 *
 * Returns: the port, or 0 when there is none to show
 * Since: 1.0
 */
guint16
floe_ice_candidate_get_port (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, 0);

  value = get_known_value (self);
  return value != NULL ? value->port : 0;
}

/**
 * floe_ice_candidate_get_candidate_type:
 * @self: a candidate
 *
 * Gets the kind of the candidate (W3C RTCIceCandidate.type). It says nothing when
 * floe_ice_candidate_get_component() is 0.
 *
 * Returns: the kind, %FLOE_ICE_CANDIDATE_TYPE_HOST when there is none to show
 * Since: 1.0
 */
FloeIceCandidateType
floe_ice_candidate_get_candidate_type (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, FLOE_ICE_CANDIDATE_TYPE_HOST);

  value = get_known_value (self);
  return value != NULL ? value->type : FLOE_ICE_CANDIDATE_TYPE_HOST;
}

/**
 * floe_ice_candidate_get_related_address:
 * @self: a candidate
 *
 * Gets the address that the candidate was derived from: the base of a server-reflexive one, the
 * mapped address of a relay (RFC 8839 section 5.1, W3C RTCIceCandidate.relatedAddress).
 *
 * Returns: (transfer none) (nullable): the address, or %NULL when absent
 * Since: 1.0
 */
const char *
floe_ice_candidate_get_related_address (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, NULL);

  value = get_known_value (self);
  return value != NULL && value->related_address[0] != '\0' ? value->related_address : NULL;
}

/**
 * floe_ice_candidate_get_related_port:
 * @self: a candidate
 *
 * Gets the port that belongs to floe_ice_candidate_get_related_address() (W3C
 * RTCIceCandidate.relatedPort).
 *
 * Returns: the port, or 0 when absent
 * Since: 1.0
 */
guint16
floe_ice_candidate_get_related_port (const FloeIceCandidate *self)
{
  const FloeCandidate *value;

  g_return_val_if_fail (self != NULL, 0);

  value = get_known_value (self);
  return value != NULL ? value->related_port : 0;
}
