/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: an algorithm that is chosen is one that we have, and is the same after it was written
 * and read again; a nonce's cookie that is written promises what was read; and no redirection leads
 * out of the Internet. */
#include "floe-stun-redirects-private.h"
#include "floe-stun-security-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_nonce (const FloeStunMessage *message)
{
  char cookie[FLOE_STUN_NONCE_COOKIE_SIZE];
  FloeStunSecurity security;
  const char *nonce;
  gsize size;

  if (!floe_stun_message_get_text (message, FLOE_STUN_NONCE, &nonce, &size))
    return;
  security = floe_stun_nonce_get_security (nonce, size);
  floe_stun_nonce_write_cookie (cookie, security);
  g_assert_cmpint (floe_stun_nonce_get_security (cookie, sizeof cookie), ==, security);
}

static void
check_algorithm (const FloeStunMessage *message, FloeStunPasswordAlgorithm algorithm)
{
  guint8 buffer[64];
  FloeStunBuilder builder = floe_stun_builder_init (
      buffer, sizeof buffer, FLOE_STUN_REQUEST, FLOE_STUN_METHOD_BINDING, message->transaction_id);
  const guint16 number = algorithm;
  FloeStunPasswordAlgorithm list, one;
  FloeStunMessage again;

  g_assert_true (algorithm == FLOE_STUN_PASSWORD_MD5 || algorithm == FLOE_STUN_PASSWORD_SHA256);
  floe_stun_builder_add_algorithms (&builder, &number, 1);
  floe_stun_builder_add_algorithm (&builder, algorithm);
  g_assert_true (
      floe_stun_message_parse (&again, buffer, floe_stun_builder_finish (&builder), NULL));
  g_assert_true (floe_stun_message_get_algorithms (&again, &list) && list == algorithm);
  g_assert_true (floe_stun_message_get_algorithm (&again, &one) && one == algorithm);
}

static void
check_redirection (const FloeStunMessage *message)
{
  const FloeStunAddress server = { { 192, 0, 2, 1 }, FLOE_STUN_IPV4_SIZE, 3478 };
  FloeStunRedirects redirects = { 0 };
  FloeStunAddress alternate;

  if (floe_stun_redirects_follow (&redirects, 0, &server, message, &alternate, NULL))
    {
      g_assert_cmpint (floe_stun_address_get_scope (&alternate), ==, FLOE_STUN_SCOPE_GLOBAL);
      g_assert_false (
          floe_stun_redirects_follow (&redirects, 0, &alternate, message, &alternate, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeStunPasswordAlgorithm algorithm;
  FloeStunMessage message;

  if (!floe_stun_message_parse (&message, data, size, NULL))
    return 0;
  check_nonce (&message);
  if (floe_stun_message_get_algorithms (&message, &algorithm))
    check_algorithm (&message, algorithm);
  if (floe_stun_message_get_algorithm (&message, &algorithm))
    check_algorithm (&message, algorithm);
  check_redirection (&message);
  return 0;
}
