/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-enum-types.h>
#include <floe/floe-error.h>

#include "floe-test.h"

struct ErrorName
{
  FloeError code;
  const char *name;
};

class ErrorNames : public testing::TestWithParam<ErrorName>
{
};

/* DOMException: https://webidl.spec.whatwg.org/#idl-DOMException-error-names; RTCError: WebRTC,
 * RTCErrorDetailType. */
TEST_P (ErrorNames, AreThoseOfTheW3c)
{
  EXPECT_STREQ (floe_error_get_name (GetParam ().code), GetParam ().name);
}

INSTANTIATE_TEST_SUITE_P (
    All, ErrorNames,
    testing::Values (ErrorName{ FLOE_ERROR_INVALID_STATE, "InvalidStateError" },
                     ErrorName{ FLOE_ERROR_INVALID_ACCESS, "InvalidAccessError" },
                     ErrorName{ FLOE_ERROR_INVALID_MODIFICATION, "InvalidModificationError" },
                     ErrorName{ FLOE_ERROR_OPERATION, "OperationError" },
                     ErrorName{ FLOE_ERROR_NOT_SUPPORTED, "NotSupportedError" },
                     ErrorName{ FLOE_ERROR_SYNTAX, "SyntaxError" },
                     ErrorName{ FLOE_ERROR_TYPE, "TypeError" },
                     ErrorName{ FLOE_ERROR_RANGE, "RangeError" },
                     ErrorName{ FLOE_ERROR_ABORT, "AbortError" },
                     ErrorName{ FLOE_ERROR_TIMEOUT, "TimeoutError" },
                     ErrorName{ FLOE_ERROR_NETWORK, "NetworkError" },
                     ErrorName{ FLOE_ERROR_DTLS_FAILURE, "dtls-failure" },
                     ErrorName{ FLOE_ERROR_FINGERPRINT_FAILURE, "fingerprint-failure" },
                     ErrorName{ FLOE_ERROR_SCTP_FAILURE, "sctp-failure" },
                     ErrorName{ FLOE_ERROR_SDP_SYNTAX_ERROR, "sdp-syntax-error" },
                     ErrorName{ FLOE_ERROR_DATA_CHANNEL_FAILURE, "data-channel-failure" }),
    [] (const auto &info) { return "Code" + std::to_string (info.param.code); });

TEST (Error, NamesEveryCodeOnce)
{
  GEnumClass *codes = static_cast<GEnumClass *> (g_type_class_ref (FLOE_TYPE_ERROR));

  EXPECT_EQ (codes->n_values, 16u) << "add the new code to the table of this test";
  for (guint i = 0; i < codes->n_values; i++)
    EXPECT_STRNE (floe_error_get_name (static_cast<FloeError> (codes->values[i].value)),
                  "UnknownError");
  g_type_class_unref (codes);
}

/* Bindings make the names of the codes from the nicks: Floe.Error.INVALID_STATE. */
TEST (Error, HasNicksThatAreTheNamesOfTheCodes)
{
  GEnumClass *codes = static_cast<GEnumClass *> (g_type_class_ref (FLOE_TYPE_ERROR));

  for (guint i = 0; i < codes->n_values; i++)
    {
      std::string name = std::string ("FLOE_ERROR_") + codes->values[i].value_nick;
      for (char &c : name)
        c = c == '-' ? '_' : g_ascii_toupper (c);
      EXPECT_STREQ (name.c_str (), codes->values[i].value_name);
    }
  g_type_class_unref (codes);
}

TEST (Error, CallsACodeOfNobodyUnknown)
{
  EXPECT_STREQ (floe_error_get_name (static_cast<FloeError> (4711)), "UnknownError");
}

TEST (Error, DomainHasTheNameThatBindingsExpect)
{
  EXPECT_STREQ (g_quark_to_string (FLOE_ERROR), "floe-error-quark");
}
