/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-security-codec-private.h"

#define COOKIE "obMatJos2"
#define COOKIE_SIZE 9
#define FEATURES_SIZE 4 /* in base64 */
#define MAX_ALGORITHMS 16

/* RFC 8489 section 18.1 counts the 24 bits from the most significant one, but its own example in
 * appendix B.1 and an erratum from the least significant one. Both are in use, and the bits do not
 * meet, so either is taken as the promise; what is written is the erratum's. */
#define PASSWORD_ALGORITHMS_BITS (0x800000 | 0x000001)
#define USERNAME_ANONYMITY_BITS (0x400000 | 0x000002)

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

FloeStunSecurity
floe_stun_nonce_get_security (const char *nonce, gsize size)
{
  guint32 bits = 0;

  if (size < FLOE_STUN_NONCE_COOKIE_SIZE || memcmp (nonce, COOKIE, COOKIE_SIZE) != 0)
    return FLOE_STUN_SECURITY_NONE;
  for (gsize i = COOKIE_SIZE; i < FLOE_STUN_NONCE_COOKIE_SIZE; i++)
    {
      const char *digit = memchr (base64_digits, nonce[i], sizeof base64_digits - 1);

      if (digit == NULL)
        return FLOE_STUN_SECURITY_NONE;
      bits = bits << 6 | (guint32) (digit - base64_digits);
    }
  return (bits & PASSWORD_ALGORITHMS_BITS ? FLOE_STUN_SECURITY_PASSWORD_ALGORITHMS : 0)
         | (bits & USERNAME_ANONYMITY_BITS ? FLOE_STUN_SECURITY_USERNAME_ANONYMITY : 0);
}

void
floe_stun_nonce_write_cookie (char cookie[FLOE_STUN_NONCE_COOKIE_SIZE], FloeStunSecurity security)
{
  memcpy (cookie, COOKIE, COOKIE_SIZE);
  memset (cookie + COOKIE_SIZE, base64_digits[0], FEATURES_SIZE);
  cookie[FLOE_STUN_NONCE_COOKIE_SIZE - 1] = base64_digits[security];
}

/* RFC 8489 section 14.11:
 *
 *   |          Algorithm           |  Algorithm Parameters Length   |
 *   |                    Algorithm Parameters (variable)            |
 *
 * TRUE with the number 0 for one that can't be used: MD5 and SHA-256 have no parameters. FALSE when
 * it is cut off. */
static gboolean
read_algorithm (FloeReader *reader, guint *number)
{
  gsize size;

  *number = (guint) floe_reader_uint (reader, 2);
  size = (gsize) floe_reader_uint (reader, 2);
  floe_reader_bytes (reader, size + (-size & 3));
  if (size != 0 || (*number != FLOE_STUN_PASSWORD_MD5 && *number != FLOE_STUN_PASSWORD_SHA256))
    *number = 0;
  return !reader->failed;
}

gboolean
floe_stun_message_get_algorithms (const FloeStunMessage *self, FloeStunPasswordAlgorithm *algorithm)
{
  FloeStunAttribute attribute;
  FloeReader reader;
  guint number, first = 0;

  if (!floe_stun_message_find (self, FLOE_STUN_PASSWORD_ALGORITHMS, &attribute)
      || attribute.size > FLOE_STUN_MAX_ALGORITHMS_SIZE)
    return FALSE;
  reader = floe_reader_init (attribute.value, attribute.size);
  while (reader.size > 0)
    {
      if (!read_algorithm (&reader, &number))
        return FALSE;
      if (first == 0)
        first = number;
    }
  if (first == 0)
    return FALSE;
  *algorithm = (FloeStunPasswordAlgorithm) first;
  return TRUE;
}

gboolean
floe_stun_message_get_algorithm (const FloeStunMessage *self, FloeStunPasswordAlgorithm *algorithm)
{
  FloeStunAttribute attribute;
  FloeReader reader;
  guint number;

  if (!floe_stun_message_find (self, FLOE_STUN_PASSWORD_ALGORITHM, &attribute))
    return FALSE;
  reader = floe_reader_init (attribute.value, attribute.size);
  if (!read_algorithm (&reader, &number) || reader.size != 0 || number == 0)
    return FALSE;
  *algorithm = (FloeStunPasswordAlgorithm) number;
  return TRUE;
}

void
floe_stun_builder_add_algorithms (FloeStunBuilder *self, const guint16 *algorithms, gsize count)
{
  guint8 value[4 * MAX_ALGORITHMS];
  FloeWriter writer = floe_writer_init (value, sizeof value);

  for (gsize i = 0; i < MIN (count, MAX_ALGORITHMS); i++)
    {
      floe_writer_uint (&writer, algorithms[i], 2);
      floe_writer_uint (&writer, 0, 2);
    }
  floe_stun_builder_add (self, FLOE_STUN_PASSWORD_ALGORITHMS, value, writer.used);
}

void
floe_stun_builder_add_algorithm (FloeStunBuilder *self, FloeStunPasswordAlgorithm algorithm)
{
  floe_stun_builder_add_uint (self, FLOE_STUN_PASSWORD_ALGORITHM, (guint64) algorithm << 16, 4);
}
