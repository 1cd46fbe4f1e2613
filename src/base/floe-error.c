/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-enum-types.h>
#include <floe/floe-error.h>

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
 * `InvalidStateError`, or the detail of an RTCError such as `dtls-failure`. It is also the nick of
 * the enumeration's value. May be called from any thread.
 *
 * Returns: (transfer none): the name, or `UnknownError` when @code is not a member of #FloeError
 * Since: 1.0
 */
const char *
floe_error_get_name (FloeError code)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (FLOE_TYPE_ERROR);
  const GEnumValue *value = g_enum_get_value (codes, (int) code);

  return value != NULL ? value->value_nick : "UnknownError";
}
