/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-error.h>

/* DOMException: https://webidl.spec.whatwg.org/#idl-DOMException-error-names; RTCError: WebRTC,
 * RTCErrorDetailType. Not the nicks, which bindings make the names of the codes from. */
static const char *const w3c_names[] = {
  [FLOE_ERROR_INVALID_STATE] = "InvalidStateError",
  [FLOE_ERROR_INVALID_ACCESS] = "InvalidAccessError",
  [FLOE_ERROR_INVALID_MODIFICATION] = "InvalidModificationError",
  [FLOE_ERROR_OPERATION] = "OperationError",
  [FLOE_ERROR_NOT_SUPPORTED] = "NotSupportedError",
  [FLOE_ERROR_SYNTAX] = "SyntaxError",
  [FLOE_ERROR_TYPE] = "TypeError",
  [FLOE_ERROR_RANGE] = "RangeError",
  [FLOE_ERROR_ABORT] = "AbortError",
  [FLOE_ERROR_TIMEOUT] = "TimeoutError",
  [FLOE_ERROR_NETWORK] = "NetworkError",
  [FLOE_ERROR_DTLS_FAILURE] = "dtls-failure",
  [FLOE_ERROR_FINGERPRINT_FAILURE] = "fingerprint-failure",
  [FLOE_ERROR_SCTP_FAILURE] = "sctp-failure",
  [FLOE_ERROR_SDP_SYNTAX_ERROR] = "sdp-syntax-error",
  [FLOE_ERROR_DATA_CHANNEL_FAILURE] = "data-channel-failure",
};

/**
 * floe_error_quark:
 *
 * Gets the error domain of the library. May be called from any thread.
 *
 * Returns: the quark of %FLOE_ERROR
 * Since: 1.0
 */
GQuark
floe_error_quark (void)
{
  /* Not G_DEFINE_QUARK: the formatter puts spaces into its first argument, and so into the name
   * that bindings know the domain by. */
  return g_quark_from_static_string ("floe-error-quark");
}

/**
 * floe_error_get_name:
 * @code: a code of %FLOE_ERROR
 *
 * Gets the name that the W3C gives to the error: the name of a DOMException such as
 * `InvalidStateError`, or the detail of an RTCError such as `dtls-failure`. May be called from any
 * thread.
 *
 * Returns: (transfer none): the name, or `UnknownError` when @code is not a member of #FloeError
 * Since: 1.0
 */
const char *
floe_error_get_name (FloeError code)
{
  return (guint) code < G_N_ELEMENTS (w3c_names) ? w3c_names[code] : "UnknownError";
}
