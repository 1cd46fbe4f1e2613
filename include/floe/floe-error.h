/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

/**
 * FLOE_ERROR:
 *
 * The error domain of the library. Codes are members of #FloeError.
 *
 * Since: 1.0
 */
#define FLOE_ERROR (floe_error_quark ())

/**
 * FloeError:
 * @FLOE_ERROR_INVALID_STATE: the call is not allowed in the present state
 * @FLOE_ERROR_INVALID_ACCESS: the object does not allow this use
 * @FLOE_ERROR_INVALID_MODIFICATION: the object can't be changed so
 * @FLOE_ERROR_OPERATION: the operation failed for a reason of its own
 * @FLOE_ERROR_NOT_SUPPORTED: the feature is not there
 * @FLOE_ERROR_SYNTAX: text or bytes did not parse
 * @FLOE_ERROR_TYPE: a value is not of the kind that the call takes
 * @FLOE_ERROR_RANGE: a value is outside the range that the call takes
 * @FLOE_ERROR_ABORT: the connection was closed while the call was pending
 * @FLOE_ERROR_TIMEOUT: the peer or a server did not answer in time
 * @FLOE_ERROR_NETWORK: the network or a server refused
 * @FLOE_ERROR_DTLS_FAILURE: the DTLS handshake failed
 * @FLOE_ERROR_FINGERPRINT_FAILURE: the peer's certificate is not the
 *   one that its description promised
 * @FLOE_ERROR_SCTP_FAILURE: the SCTP association failed
 * @FLOE_ERROR_SDP_SYNTAX_ERROR: a session description did not parse
 * @FLOE_ERROR_DATA_CHANNEL_FAILURE: a data channel failed
 *
 * Codes of %FLOE_ERROR. floe_error_get_name() gives the name that the W3C has for each: a
 * DOMException's name or an RTCError's detail.
 *
 * Since: 1.0
 */
typedef enum
{
  FLOE_ERROR_INVALID_STATE,
  FLOE_ERROR_INVALID_ACCESS,
  FLOE_ERROR_INVALID_MODIFICATION,
  FLOE_ERROR_OPERATION,
  FLOE_ERROR_NOT_SUPPORTED,
  FLOE_ERROR_SYNTAX,
  FLOE_ERROR_TYPE,
  FLOE_ERROR_RANGE,
  FLOE_ERROR_ABORT,
  FLOE_ERROR_TIMEOUT,
  FLOE_ERROR_NETWORK,
  FLOE_ERROR_DTLS_FAILURE,
  FLOE_ERROR_FINGERPRINT_FAILURE,
  FLOE_ERROR_SCTP_FAILURE,
  FLOE_ERROR_SDP_SYNTAX_ERROR,
  FLOE_ERROR_DATA_CHANNEL_FAILURE,
} FloeError;

FLOE_AVAILABLE_IN_1_0
GQuark floe_error_quark (void);

FLOE_AVAILABLE_IN_1_0
const char *floe_error_get_name (FloeError code);

G_END_DECLS
